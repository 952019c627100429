//! Drawing in layout units on plotters' SVG backend.

use std::fmt::Write as _;

use plotters::coord::Shift;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{Color, DrawingArea, IntoDrawingArea, IntoFont, SVGBackend, ShapeStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{RGBAColor, RGBColor, TextStyle};

use super::axis::TimeScale;
use super::text::escape;
use super::theme::{Ink, MARKUP, Size, UNIT, finish};

/// Width of every chart, layout units.
pub(super) const WIDTH: i32 = 960;

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

/// A sheet being drawn on. Writing into a string cannot fail, so results of the backend are let go.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    /// Markup between the drawn marks, each held open by a mark of its number.
    raw: Vec<String>,
    extra: String,
}

/// Draws a chart of [`WIDTH`] × `height` layout units with the text alternative `label`.
pub(super) fn draw(height: i32, label: &str, paint: impl FnOnce(&mut Canvas)) -> String {
    let mut drawn = String::new();
    let size = ((WIDTH * UNIT) as u32, (height.max(1) * UNIT) as u32);
    let (raw, extra) = {
        let area = SVGBackend::with_string(&mut drawn, size).into_drawing_area();
        let mut canvas = Canvas { area, raw: Vec::new(), extra: String::new() };
        paint(&mut canvas);
        let _ = canvas.area.present();
        (canvas.raw, canvas.extra)
    };
    finish(&drawn, (WIDTH, height.max(1)), label, (&raw, &extra))
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

fn style(ink: Ink, alpha: f64, stroke: f64) -> ShapeStyle {
    let colour: RGBAColor = ink.placeholder().mix(alpha);
    ShapeStyle { color: colour, filled: stroke <= 0.0, stroke_width: units(stroke).max(0) as u32 }
}

impl Canvas<'_> {
    /// A filled rectangle between two corners.
    pub(super) fn block(&mut self, from: Point, to: Point, ink: Ink, alpha: f64) {
        let _ = self.area.draw(&Rectangle::new([at(from), at(to)], style(ink, alpha, 0.0)));
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: &[Point], ink: Ink, stroke: f64) {
        if points.len() > 1 {
            let points: Vec<(i32, i32)> = points.iter().map(|p| at(*p)).collect();
            let _ = self.area.draw(&PathElement::new(points, style(ink, 1.0, stroke)));
        }
    }

    /// A filled shape.
    pub(super) fn shape(&mut self, points: &[Point], ink: Ink, alpha: f64) {
        if points.len() > 2 {
            let points: Vec<(i32, i32)> = points.iter().map(|p| at(*p)).collect();
            let _ = self.area.draw(&Polygon::new(points, style(ink, alpha, 0.0)));
        }
    }

    /// A filled dot.
    pub(super) fn dot(&mut self, centre: Point, radius: f64, ink: Ink) {
        let _ = self.area.draw(&Circle::new(at(centre), units(radius), style(ink, 1.0, 0.0)));
    }

    /// A ring.
    pub(super) fn ring(&mut self, centre: Point, radius: f64, ink: Ink) {
        let _ = self.area.draw(&Circle::new(at(centre), units(radius), style(ink, 1.0, 2.0)));
    }

    /// One line of text, vertically centred on its point.
    pub(super) fn words(&mut self, text: &str, point: Point, hang: Hang, size: Size, ink: Ink) {
        let h = match hang {
            Hang::Start => HPos::Left,
            Hang::Middle => HPos::Center,
            Hang::End => HPos::Right,
        };
        // The size is a placeholder as the colours are: the style sheet decides.
        let font = ("sans-serif", 1.24 * f64::from(size as i32 + 1)).into_font();
        let colour = ink.placeholder();
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(h, VPos::Center));
        let _ = self.area.draw(&Text::new(text.to_string(), at(point), style));
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

    /// A link to a place of the page the chart stands in, with a dot of its own above everything.
    pub(super) fn link(&mut self, (x, y): Point, target: &str, title: &str, at_s: i64) {
        let (x, y) = at((x, y));
        let r = UNIT * 6;
        let _ = writeln!(
            self.extra,
            "<a class=\"rc-mark\" tabindex=\"-1\" href=\"#{}\" data-at=\"{at_s}\" aria-label=\"{}\"><path class=\"rc-change\" fill=\"#5b3fa0\" \
             d=\"M{x} {}l{r} {r}l-{r} {r}l-{r} -{r}z\"><title>{}</title></path></a>",
            escape(target),
            escape(title),
            y - r,
            escape(title)
        );
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
        let n = self.raw.len() as u16;
        self.raw.push(markup);
        let [high, low] = n.to_be_bytes();
        let mark = ShapeStyle { color: RGBColor(MARKUP, high, low).to_rgba(), filled: true, stroke_width: 0 };
        let _ = self.area.draw(&Rectangle::new([(0, 0), (1, 1)], mark));
    }
}
