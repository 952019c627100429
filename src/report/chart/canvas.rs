//! Drawing in layout units: charts put down marks, and plotters' backends draw them as SVG or as pixels.

use std::fmt::Write as _;
use std::sync::Once;

use plotters::coord::Shift;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{
    BitMapBackend, DrawingArea, DrawingBackend, IntoDrawingArea, IntoFont, SVGBackend, ShapeStyle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, RGBAColor, RGBColor, TextStyle, register_font};

use serde::{Serialize, Serializer};

use super::axis::TimeScale;
use super::text::escape;
use super::theme::{Ink, MARKUP, Size, UNIT, finish};
use crate::error::{Error, Result};

/// Width of every chart, layout units.
pub(super) const WIDTH: i32 = 960;
/// Pixels of a bitmap for each layout unit: sharp on screens of twice the usual density.
const PIXELS: f64 = 2.0;
/// Measures words and draws them as pixels: a part of DejaVu Sans (free licence, beside it).
const FONT: &[u8] = include_bytes!("font/DejaVuSans-subset.ttf");

/// A point in layout units; fractions count.
pub(super) type Point = (f64, f64);

/// Where text hangs on its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hang {
    /// Begins there.
    Start,
    /// Centred.
    Middle,
    /// Ends there.
    End,
}

/// Something drawn, in layout units.
#[derive(Clone, Debug, PartialEq)]
enum Mark {
    Block {
        from: Point,
        to: Point,
        ink: Ink,
        alpha: f64,
    },
    Line {
        points: Vec<Point>,
        ink: Ink,
        stroke: f64,
    },
    Shape {
        points: Vec<Point>,
        ink: Ink,
        alpha: f64,
    },
    Circle {
        centre: Point,
        radius: f64,
        ink: Ink,
        stroke: f64,
    },
    Words {
        text: String,
        point: Point,
        hang: Hang,
        size: Size,
        ink: Ink,
    },
    /// Index into the markup between marks.
    Markup(u16),
}

/// A finished drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// A whole `<svg>` element without XML declaration.
    pub svg: String,
    marks: Vec<Mark>,
    height: i32,
}

/// In a view a drawing is its SVG.
impl Serialize for Drawing {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.svg)
    }
}

/// A sheet being drawn on.
#[derive(Default)]
pub(super) struct Canvas {
    marks: Vec<Mark>,
    /// Markup between the drawn marks.
    raw: Vec<String>,
    extra: String,
}

/// Draws a chart of [`WIDTH`] × `height` layout units with the text alternative `label`.
pub(super) fn draw(height: i32, label: &str, paint: impl FnOnce(&mut Canvas)) -> Drawing {
    with_font();
    let height = height.max(1);
    let mut canvas = Canvas::default();
    paint(&mut canvas);
    let mut drawn = String::new();
    {
        let area = SVGBackend::with_string(&mut drawn, ((WIDTH * UNIT) as u32, (height * UNIT) as u32));
        replay(&canvas.marks, &area.into_drawing_area(), &Look::placeholders());
    }
    let svg = finish(&drawn, (WIDTH, height), label, (&canvas.raw, &canvas.extra));
    Drawing { svg, marks: canvas.marks, height }
}

impl Drawing {
    /// The drawing on white as a PNG picture.
    ///
    /// # Errors
    /// [`Error::Internal`] when the library cannot write it.
    pub fn png(&self) -> Result<Vec<u8>> {
        with_font();
        let pixels = |units: i32| (f64::from(units) * PIXELS).round().max(1.0) as u32;
        let (width, height) = (pixels(WIDTH), pixels(self.height));
        let mut buffer = vec![0xff; width as usize * height as usize * 3];
        replay(
            &self.marks,
            &BitMapBackend::with_buffer(&mut buffer, (width, height)).into_drawing_area(),
            &Look::light(),
        );
        let failed = |e: png::EncodingError| Error::Internal { step: "writing a picture", message: e.to_string() };
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&buffer).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(out)
    }
}

/// Makes the font known to plotters, once.
fn with_font() {
    static ONCE: Once = Once::new();
    // A font that does not parse leaves charts without words; a test draws some.
    ONCE.call_once(|| drop(register_font("sans-serif", FontStyle::Normal, FONT)));
}

/// How marks become what a backend draws.
struct Look {
    /// Drawing units for each layout unit.
    scale: f64,
    colour: fn(Ink) -> RGBColor,
    text: fn(Size) -> f64,
    dashes: fn(Ink) -> Vec<f64>,
}

impl Look {
    /// Colours and sizes that the style sheet replaces.
    fn placeholders() -> Self {
        let text = |size: Size| 1.24 * f64::from(size as i32 + 1);
        Look { scale: f64::from(UNIT), colour: Ink::placeholder, text, dashes: |_| Vec::new() }
    }

    /// As the style sheet has it on white.
    fn light() -> Self {
        Look { scale: PIXELS, colour: Ink::light, text: |size| f64::from(size.wide()) * PIXELS, dashes: Ink::dashes }
    }

    fn units(&self, value: f64) -> i32 {
        (value * self.scale).round().clamp(-1e6, 1e6) as i32
    }

    fn at(&self, point: Point) -> (i32, i32) {
        (self.units(point.0), self.units(point.1))
    }

    fn style(&self, ink: Ink, alpha: f64, stroke: f64) -> ShapeStyle {
        let colour: RGBAColor = (self.colour)(ink).mix(alpha);
        ShapeStyle { color: colour, filled: stroke <= 0.0, stroke_width: self.units(stroke).max(0) as u32 }
    }
}

/// Draws marks in order. What a backend cannot draw is left out: writing into memory cannot fail.
fn replay<DB: DrawingBackend>(marks: &[Mark], area: &DrawingArea<DB, Shift>, look: &Look) {
    for mark in marks {
        match mark {
            Mark::Block { from, to, ink, alpha } => {
                let _ = area.draw(&Rectangle::new([look.at(*from), look.at(*to)], look.style(*ink, *alpha, 0.0)));
            }
            Mark::Line { points, ink, stroke } => {
                let dashes = (look.dashes)(*ink);
                let parts = if dashes.is_empty() { vec![points.clone()] } else { dashed(points, &dashes) };
                for part in parts {
                    let points: Vec<(i32, i32)> = part.iter().map(|p| look.at(*p)).collect();
                    let _ = area.draw(&PathElement::new(points, look.style(*ink, 1.0, *stroke)));
                }
            }
            Mark::Shape { points, ink, alpha } => {
                let points: Vec<(i32, i32)> = points.iter().map(|p| look.at(*p)).collect();
                let _ = area.draw(&Polygon::new(points, look.style(*ink, *alpha, 0.0)));
            }
            Mark::Circle { centre, radius, ink, stroke } => {
                let style = look.style(*ink, 1.0, *stroke);
                let _ = area.draw(&Circle::new(look.at(*centre), look.units(*radius), style));
            }
            Mark::Words { text, point, hang, size, ink } => words(area, look, text, (*point, *hang, *size, *ink)),
            Mark::Markup(n) => {
                let [high, low] = n.to_be_bytes();
                let color = RGBColor(MARKUP, high, low).to_rgba();
                if look.scale == f64::from(UNIT) {
                    let mark = ShapeStyle { color, filled: true, stroke_width: 0 };
                    let _ = area.draw(&Rectangle::new([(0, 0), (1, 1)], mark));
                }
            }
        }
    }
    let _ = area.present();
}

fn words<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    look: &Look,
    text: &str,
    (point, hang, size, ink): (Point, Hang, Size, Ink),
) {
    let h = match hang {
        Hang::Start => HPos::Left,
        Hang::Middle => HPos::Center,
        Hang::End => HPos::Right,
    };
    let font = ("sans-serif", (look.text)(size)).into_font();
    let colour = (look.colour)(ink);
    let style = TextStyle::from(font).color(&colour).pos(Pos::new(h, VPos::Center));
    let _ = area.draw(&Text::new(text.to_string(), look.at(point), style));
}

/// A line cut into dashes: `pattern` is drawn, left out, drawn, … in layout units.
fn dashed(points: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    let (mut n, mut left) = (0, pattern.first().copied().unwrap_or(1.0).max(0.1));
    let mut part: Vec<Point> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let [mut from, to] = [pair[0], pair[1]];
        let mut long = (to.0 - from.0).hypot(to.1 - from.1);
        while long > left {
            let share = left / long;
            from = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            part.push(from);
            if n % 2 == 0 {
                parts.push(std::mem::take(&mut part));
            }
            part = vec![from];
            long -= left;
            n += 1;
            left = pattern.get(n % pattern.len()).copied().unwrap_or(1.0).max(0.1);
        }
        left -= long;
        part.push(to);
    }
    if n % 2 == 0 {
        parts.push(part);
    }
    parts.retain(|p| p.len() > 1);
    parts
}

/// `data-` attributes, escaped.
fn attributes(data: &[(&str, String)]) -> String {
    data.iter().fold(String::new(), |mut out, (name, value)| {
        let _ = write!(out, " data-{name}=\"{}\"", escape(value));
        out
    })
}

fn units(value: f64) -> i32 {
    (value * f64::from(UNIT)).round().clamp(-1e6, 1e6) as i32
}

/// A layout unit as it is written in the drawing.
pub(super) fn drawn(value: f64) -> String {
    units(value).to_string()
}

fn at(point: Point) -> (i32, i32) {
    (units(point.0), units(point.1))
}

impl Canvas {
    /// A filled rectangle between two corners.
    pub(super) fn block(&mut self, from: Point, to: Point, ink: Ink, alpha: f64) {
        self.marks.push(Mark::Block { from, to, ink, alpha });
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: &[Point], ink: Ink, stroke: f64) {
        if points.len() > 1 {
            self.marks.push(Mark::Line { points: points.to_vec(), ink, stroke });
        }
    }

    /// A filled shape.
    pub(super) fn shape(&mut self, points: &[Point], ink: Ink, alpha: f64) {
        if points.len() > 2 {
            self.marks.push(Mark::Shape { points: points.to_vec(), ink, alpha });
        }
    }

    /// A filled dot.
    pub(super) fn dot(&mut self, centre: Point, radius: f64, ink: Ink) {
        self.marks.push(Mark::Circle { centre, radius, ink, stroke: 0.0 });
    }

    /// A ring.
    pub(super) fn ring(&mut self, centre: Point, radius: f64, ink: Ink) {
        self.marks.push(Mark::Circle { centre, radius, ink, stroke: 2.0 });
    }

    /// One line of text, vertically centred on its point.
    pub(super) fn words(&mut self, text: &str, point: Point, hang: Hang, size: Size, ink: Ink) {
        self.marks.push(Mark::Words { text: text.to_string(), point, hang, size, ink });
    }

    /// An invisible region that shows `title` under the pointer; `data` are `data-` attributes
    /// from which a page's script can read what the region covers.
    pub(super) fn hover(&mut self, from: Point, to: Point, title: &str, data: &[(&str, String)]) {
        let ((x, y), (x1, y1)) = (at(from), at(to));
        let _ = writeln!(
            self.extra,
            "<rect class=\"rc-hit\" fill=\"transparent\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\"{}><title>{}</title></rect>",
            (x1 - x).max(0),
            (y1 - y).max(0),
            attributes(data),
            escape(title)
        );
    }

    /// Marks that belong together, told by `class` and `data`: what a page's script hides, dims or moves at once.
    pub(super) fn group(&mut self, class: &str, data: &[(&str, String)], paint: impl FnOnce(&mut Self)) {
        self.raw(format!("<g class=\"{class}\"{}>", attributes(data)));
        paint(self);
        self.raw("</g>".to_string());
    }

    /// Marks between two corners over a stretch of time, cut off at the edges: a page's script zooms
    /// by looking at a part of it. Shown alone it changes nothing.
    pub(super) fn inside(&mut self, time: &TimeScale, (y0, y1): (f64, f64), paint: impl FnOnce(&mut Self)) {
        let ((x, y), (x1, y1)) = (at((time.x0, y0)), at((time.x1, y1)));
        let (w, h) = ((x1 - x).max(1), (y1 - y).max(1));
        let data = attributes(&[("from", time.from_s.to_string()), ("to", time.to_s.to_string())]);
        self.raw(format!(
            "<svg class=\"rc-plot\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" viewBox=\"{x} {y} {w} {h}\" \
             preserveAspectRatio=\"none\"{data}>"
        ));
        paint(self);
        self.raw("</svg>".to_string());
    }

    /// A diamond that is a link to a place of the page the chart stands in.
    pub(super) fn link(&mut self, (x, y): Point, target: &str, title: &str, at_s: i64) {
        self.group("rc-at", &[("at", at_s.to_string())], |c| {
            c.shape(&[(x, y - 6.0), (x + 6.0, y), (x, y + 6.0), (x - 6.0, y)], Ink::Severity, 1.0);
        });
        self.spot((x, y), target, title, at_s);
    }

    /// A link over a mark that is drawn already.
    pub(super) fn spot(&mut self, (x, y): Point, target: &str, title: &str, at_s: i64) {
        let (x, y) = at((x, y));
        let r = UNIT * 9;
        let _ = writeln!(
            self.extra,
            "<a class=\"rc-mark\" tabindex=\"-1\" href=\"#{}\" data-at=\"{at_s}\" aria-label=\"{}\"><circle class=\"rc-hit\" fill=\"transparent\" cx=\"{x}\" \
             cy=\"{y}\" r=\"{r}\"><title>{}</title></circle></a>",
            escape(target),
            escape(title),
            escape(title)
        );
    }

    fn raw(&mut self, markup: String) {
        self.marks.push(Mark::Markup(self.raw.len() as u16));
        self.raw.push(markup);
    }
}
