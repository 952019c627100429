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
}

/// Name of the variable, light value, dark value, dash pattern in drawing units.
struct Look(Ink, &'static str, &'static str, &'static str, &'static str);

const LOOKS: [Look; 14] = [
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
];

impl Ink {
    /// The placeholder drawn for this ink.
    pub(super) fn placeholder(self) -> RGBColor {
        RGBColor(0, 0, self as u8 + 1)
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
    fn wide(self) -> i32 {
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

// The attributes beside the style are for viewers that know no variables.
/// Turns the backend's text into the finished drawing: placeholders to variables, a root that
/// scales and speaks, `extra` elements on top. `size` in layout units.
pub(super) fn finish(drawn: &str, size: (i32, i32), label: &str, extra: &str) -> String {
    let mut body =
        drawn.split_once(">\n").map_or("", |(_, rest)| rest).trim_end().trim_end_matches("</svg>").to_string();
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
        "<svg class=\"recount-chart\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{}\" \
         viewBox=\"0 0 {width} {height}\" width=\"100%\" preserveAspectRatio=\"xMidYMin meet\">\n{}\n{body}{extra}</svg>\n",
        escape(label),
        style_sheet(),
    )
}
