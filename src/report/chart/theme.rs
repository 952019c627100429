//! Colours and text sizes. Charts are drawn in placeholder colours, one for each [`Ink`]; here the
//! placeholders become CSS variables, so that one drawing serves light, dark and print.

use std::fmt::Write as _;

use plotters::style::RGBColor;

use super::text::escape;

/// What a mark means. Hues follow Okabe and Ito (2008), darkened or lightened for contrast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Words and axes.
    Text,
    /// Secondary words.
    Muted,
    /// Grid lines.
    Grid,
    /// Ground of a panel.
    Panel,
    /// Ground of the page, for halos and dots with a rim.
    Paper,
    /// Errors.
    Bad,
    /// Stretch of impact.
    Window,
    /// Traffic that was there.
    Traffic,
    /// Baseline, dashed.
    Baseline,
    /// First incident of a comparison.
    SideA,
    /// Second incident, dashed.
    SideB,
    /// Second incident where it is a surface or a dot.
    SideBSolid,
    /// Severity track.
    Severity,
    /// Milestones, dashed rules.
    Rule,
    /// One of [`SERIES`] curves that share a plot; each with a dash of its own.
    Series(u8),
}

/// Curves that can be told apart in one plot.
pub(super) const SERIES: usize = 8;

/// Name of the variable, light value, dark value, dash pattern in drawing units.
struct Look(Ink, &'static str, &'static str, &'static str, &'static str);

const LOOKS: [Look; 22] = [
    Look(Ink::Text, "ink", "#1f2328", "#e6e8eb", ""),
    Look(Ink::Muted, "muted", "#57606a", "#a3acb6", ""),
    Look(Ink::Grid, "grid", "#d3d8de", "#3b424b", ""),
    Look(Ink::Panel, "panel", "#f6f7f9", "#1b1f25", ""),
    Look(Ink::Paper, "paper", "#ffffff", "#12151a", ""),
    Look(Ink::Bad, "bad", "#c0480a", "#ff8f52", ""),
    Look(Ink::Window, "window", "#d9861f", "#c9862f", ""),
    Look(Ink::Traffic, "traffic", "#0067a3", "#5cb3ec", ""),
    Look(Ink::Baseline, "baseline", "#57606a", "#a3acb6", "20 14"),
    Look(Ink::SideA, "a", "#0067a3", "#5cb3ec", ""),
    Look(Ink::SideB, "b", "#c0480a", "#ff8f52", "28 12"),
    Look(Ink::SideBSolid, "b", "#c0480a", "#ff8f52", ""),
    Look(Ink::Severity, "severity", "#8a3d78", "#dd95c6", ""),
    Look(Ink::Rule, "rule", "#57606a", "#a3acb6", "10 10"),
    Look(Ink::Series(0), "s0", "#c0480a", "#ff8f52", ""),
    Look(Ink::Series(1), "s1", "#0067a3", "#5cb3ec", ""),
    Look(Ink::Series(2), "s2", "#00785a", "#3fc79c", "36 12"),
    Look(Ink::Series(3), "s3", "#8a3d78", "#dd95c6", "12 10"),
    Look(Ink::Series(4), "s4", "#8a6100", "#e0b341", "36 10 10 10"),
    Look(Ink::Series(5), "s5", "#4a4fb0", "#a3a7ff", "20 12"),
    Look(Ink::Series(6), "s6", "#3d4650", "#c6ced6", "6 10"),
    Look(Ink::Series(7), "s7", "#a3243f", "#ff8fa3", "28 8 6 8 6 8"),
];

/// Red part of the placeholder that stands where markup goes; green and blue hold its number.
pub(super) const MARKUP: u8 = 0xff;

impl Ink {
    /// The placeholder drawn for this ink.
    pub(super) fn placeholder(self) -> RGBColor {
        let at = LOOKS.iter().position(|look| look.0 == self).unwrap_or_default();
        RGBColor(0, 0, at as u8 + 1)
    }

    /// Its colour on white.
    pub(super) fn light(self) -> RGBColor {
        let hex = LOOKS.iter().find(|look| look.0 == self).map_or("", |look| look.2);
        let part = |at: usize| hex.get(at..at + 2).and_then(|h| u8::from_str_radix(h, 16).ok()).unwrap_or_default();
        RGBColor(part(1), part(3), part(5))
    }

    /// Its dashes, layout units; empty for a solid line.
    pub(super) fn dashes(self) -> Vec<f64> {
        let pattern = LOOKS.iter().find(|look| look.0 == self).map_or("", |look| look.4);
        pattern.split(' ').filter_map(|n| n.parse::<f64>().ok()).map(|n| n / f64::from(UNIT)).collect()
    }
}

/// Sizes of text. Layout reckons with the size on narrow screens, the larger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// Axis labels, notes.
    Label,
    /// Panel headings.
    Head,
}

impl Size {
    /// Size on screens narrower than 640 px, layout units; layout must leave room for it.
    pub(super) fn narrow(self) -> i32 {
        match self {
            Size::Label => 20,
            Size::Head => 21,
        }
    }

    /// Size elsewhere.
    pub(super) fn wide(self) -> i32 {
        match self {
            Size::Label => 14,
            Size::Head => 15,
        }
    }

    /// Class in the drawing.
    fn class(self) -> &'static str {
        match self {
            Size::Label => "rc-l",
            Size::Head => "rc-h",
        }
    }
}

/// Drawing units per layout unit: the backend has whole coordinates, and a curve needs finer ones.
pub(super) const UNIT: i32 = 4;

/// Values of all variables as CSS declarations.
fn declarations(dark: bool) -> String {
    let mut out = String::new();
    for Look(ink, name, light, night, _) in &LOOKS {
        if *ink != Ink::SideBSolid {
            let _ = write!(out, "--chart-{name}:{};", if dark { night } else { light });
        }
    }
    out
}

/// The style sheet of every chart; the same text each time, since inlined sheets share a page.
fn style_sheet() -> String {
    let (light, dark) = (declarations(false), declarations(true));
    let size = |narrow: bool| {
        [Size::Label, Size::Head].map(|s| {
            let units = if narrow { s.narrow() } else { s.wide() } * UNIT;
            format!(".recount-chart .{}{{font-size:{units}px}}", s.class())
        })
    };
    format!(
        "<style>.recount-chart{{{light}font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",\
         Arial,sans-serif;font-variant-numeric:tabular-nums}}\
         @media (prefers-color-scheme:dark){{.recount-chart{{{dark}}}}}\
         [data-theme=light] .recount-chart{{{light}}}[data-theme=dark] .recount-chart{{{dark}}}\
         @media print{{.recount-chart,[data-theme=dark] .recount-chart{{{light}}}}}\
         {}@media (max-width:640px){{{}}}\
         .recount-chart polyline{{stroke-linejoin:round}}.recount-chart .rc-hit{{fill:transparent}}</style>",
        size(false).concat(),
        size(true).concat(),
    )
}

/// The backend's text with every placeholder of markup replaced by it. Text in the drawing cannot
/// hold one: its `<` is escaped.
fn with_markup(drawn: &str, raw: &[String]) -> String {
    let mark = format!("fill=\"#{MARKUP:02X}");
    let number = |line: &str| {
        let at = line.starts_with("<rect ").then(|| line.find(&mark)).flatten()? + mark.len();
        usize::from_str_radix(line.get(at..at + 4)?, 16).ok()
    };
    let mut out = String::with_capacity(drawn.len());
    for line in drawn.lines() {
        out.push_str(number(line).and_then(|n| raw.get(n)).map_or(line, String::as_str));
        out.push('\n');
    }
    out
}

// The attributes beside the style are for viewers that know no variables.
/// Turns the backend's text into the finished drawing: placeholders to variables and markup, a root
/// that scales and speaks, `extra` elements on top. `size` in layout units.
pub(super) fn finish(drawn: &str, size: (i32, i32), label: &str, (raw, extra): (&[String], &str)) -> String {
    let body = drawn.split_once(">\n").map_or("", |(_, rest)| rest).trim_end().trim_end_matches("</svg>");
    let mut body = with_markup(body, raw);
    for (at, Look(_, name, light, _, dash)) in LOOKS.iter().enumerate() {
        let dash = if dash.is_empty() { String::new() } else { format!(";stroke-dasharray:{dash}") };
        for property in ["fill", "stroke"] {
            let from = format!("{property}=\"#0000{:02X}\"", at + 1);
            let dash = if property == "stroke" { dash.as_str() } else { "" };
            body = body.replace(
                &from,
                &format!("{property}=\"{light}\" style=\"{property}:var(--chart-{name},{light}){dash}\""),
            );
        }
    }
    for size in [Size::Label, Size::Head] {
        let from = format!("font-family=\"sans-serif\" font-size=\"{}\"", size as i32 + 1);
        let to = format!("class=\"{}\" font-family=\"sans-serif\" font-size=\"{}\"", size.class(), size.wide() * UNIT);
        body = body.replace(&from, &to);
    }
    for (from, to) in
        [(" opacity=\"1\"", ""), (" stroke=\"none\"", ""), (" \"", "\""), ("\">\n", "\">"), ("\n</text>", "</text>")]
    {
        body = body.replace(from, to);
    }
    let (width, height) = (size.0 * UNIT, size.1 * UNIT);
    format!(
        "<svg class=\"recount-chart\" xmlns=\"http://www.w3.org/2000/svg\" role=\"{}\" aria-label=\"{}\" \
         viewBox=\"0 0 {width} {height}\" width=\"100%\" preserveAspectRatio=\"xMidYMin meet\">\n{}\n{body}{extra}</svg>\n",
        // An image has no parts; a drawing with links has.
        if extra.contains("<a ") { "group" } else { "img" },
        escape(label),
        style_sheet(),
    )
}
