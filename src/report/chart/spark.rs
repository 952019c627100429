//! Error curves small enough for a table cell or a terminal line.

use crate::model::{Bucket, ServiceRates};

/// Eight heights; a blank is a gap in the evidence.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Most columns of [`spark_text`].
const TEXT_WIDTH: usize = 24;

/// The curve cut into `columns` equal stretches of time: the worst ratio of each, `None` where no
/// bucket of it was seen.
fn columns(service: &ServiceRates, columns: usize) -> Vec<Option<f64>> {
    let seen: Vec<&Bucket> = service.buckets.iter().filter(|b| b.ratio.is_some()).collect();
    let (Some(first), Some(last)) = (seen.first(), seen.last()) else {
        return Vec::new();
    };
    let step = seen.windows(2).map(|w| w[1].start_s - w[0].start_s).min().unwrap_or(1).max(1);
    let slots = ((last.start_s - first.start_s) / step + 1).max(1);
    let count = columns.min(usize::try_from(slots).unwrap_or(columns)).max(1);
    let mut worst: Vec<Option<f64>> = vec![None; count];
    for bucket in &seen {
        let slot = (bucket.start_s - first.start_s) / step;
        let at = (slot as i128 * count as i128 / i128::from(slots)) as usize;
        let value = bucket.ratio.map_or(0.0, |r| r.value);
        if let Some(column) = worst.get_mut(at) {
            *column = Some(column.map_or(value, |v| v.max(value)));
        }
    }
    worst
}

/// The error curve in block characters on a 0 to 100 % scale, at most 24 of them; a blank where
/// nothing was seen, empty for a service without a ratio.
pub fn spark_text(service: &ServiceRates) -> String {
    columns(service, TEXT_WIDTH)
        .into_iter()
        .map(|column| match column {
            None => ' ',
            Some(value) => {
                let height = (value.clamp(0.0, 1.0) * 7.0).ceil() as usize;
                BLOCKS.get(height).copied().unwrap_or('█')
            }
        })
        .collect()
}

/// The error curve as a tiny inline SVG of `width` × `height` pixels on a 0 to 100 % scale,
/// coloured by `--chart-bad`; gaps stay gaps. Empty for a service without a ratio. It has no text
/// alternative of its own: the figures stand beside it in the table.
pub fn sparkline(service: &ServiceRates, width: u32, height: u32) -> String {
    let columns = columns(service, (width as usize / 2).max(1));
    if columns.is_empty() {
        return String::new();
    }
    let slot = f64::from(width) / columns.len() as f64;
    let tall = f64::from(height);
    let mut path = String::new();
    for (i, value) in columns.iter().enumerate().filter_map(|(i, v)| v.map(|v| (i, v))) {
        // A seen bucket without errors keeps a hairline, so that it differs from a gap.
        let bar = (value.clamp(0.0, 1.0) * tall).max(0.6);
        path.push_str(&format!("M{:.1} {:.1}h{:.1}V{:.1}h-{:.1}z", i as f64 * slot, tall, slot, tall - bar, slot));
    }
    format!(
        "<svg class=\"recount-spark\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\" focusable=\"false\"><path d=\"{path}\" \
         style=\"fill:var(--chart-bad,#c0480a)\"/></svg>"
    )
}
