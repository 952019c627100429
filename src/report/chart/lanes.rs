//! Labels of vertical rules in lanes, so that no label covers another or a rule.

use super::text::width;
use super::theme::Size;

/// A label with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    /// Where the rule is.
    pub(super) x: f64,
    /// The words.
    pub(super) text: String,
    /// Lane, 0 nearest the plot.
    pub(super) lane: usize,
    /// Whether the words end at the rule instead of beginning there.
    pub(super) backwards: bool,
}

impl Label {
    /// Left and right end of the words.
    fn reach(&self) -> (f64, f64) {
        let long = f64::from(width(&self.text, Size::Label)) + 12.0;
        if self.backwards { (self.x - long, self.x) } else { (self.x, self.x + long) }
    }
}

/// Places labels given in order of `x`. Words begin at their rule, or end there when they would
/// cross `right`. A rule hangs down from its lane, so words must lie above every rule they pass.
pub(super) fn lanes(labels: impl IntoIterator<Item = (f64, String)>, right: f64) -> Vec<Label> {
    let mut labels: Vec<Label> =
        labels.into_iter().map(|(x, text)| Label { x, text, lane: 0, backwards: false }).collect();
    for label in &mut labels {
        label.backwards = label.reach().1 > right;
    }
    let backwards = labels.iter().position(|l| l.backwards).unwrap_or(labels.len());
    let forward = (0..labels.len()).rev().filter(|n| labels.get(*n).is_some_and(|l| !l.backwards));
    let order: Vec<usize> = forward.chain(backwards..labels.len()).collect();
    let mut placed: Vec<Label> = Vec::new();
    for n in order {
        let Some(label) = labels.get_mut(n).filter(|l| !placed.contains(l)) else { continue };
        let (from, to) = label.reach();
        let above = placed.iter().filter(|p| {
            let (start, end) = p.reach();
            start < to && from < end
        });
        label.lane = above.map(|p| p.lane + 1).max().unwrap_or(0);
        placed.push(label.clone());
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(at: &[(f64, &str)]) -> Vec<Label> {
        lanes(at.iter().map(|(x, t)| (*x, t.to_string())), 950.0)
    }

    #[test]
    fn distant_labels_share_a_lane() {
        let placed = texts(&[(100.0, "Onset 17:52"), (500.0, "Resolved 20:28")]);
        assert!(placed.iter().all(|l| l.lane == 0));
    }

    #[test]
    fn no_two_labels_of_a_lane_overlap() {
        let at: Vec<(f64, &str)> = (0..9).map(|n| (250.0 + f64::from(n * n) * 9.0, "Cause identified 18:06")).collect();
        let placed = texts(&at);
        for (n, a) in placed.iter().enumerate() {
            for b in placed.iter().skip(n + 1).filter(|b| b.lane == a.lane) {
                assert!(a.reach().1 <= b.reach().0 || b.reach().1 <= a.reach().0, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn the_last_label_stays_on_the_sheet() {
        assert!(texts(&[(900.0, "Recovery started 20:23")])[0].backwards);
    }
}
