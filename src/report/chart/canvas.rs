//! Drawing in layout units on plotters' SVG backend.

use std::fmt::Write as _;

use plotters::coord::Shift;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{Color, DrawingArea, IntoDrawingArea, IntoFont, SVGBackend, ShapeStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{RGBAColor, TextStyle};

use super::text::escape;
use super::theme::{Ink, Size, UNIT, finish};

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
    extra: String,
}

/// Draws a chart of [`WIDTH`] × `height` layout units with the text alternative `label`.
pub(super) fn draw(height: i32, label: &str, paint: impl FnOnce(&mut Canvas)) -> String {
    let mut drawn = String::new();
    let size = ((WIDTH * UNIT) as u32, (height.max(1) * UNIT) as u32);
    let extra = {
        let area = SVGBackend::with_string(&mut drawn, size).into_drawing_area();
        let mut canvas = Canvas { area, extra: String::new() };
        paint(&mut canvas);
        let _ = canvas.area.present();
        canvas.extra
    };
    finish(&drawn, (WIDTH, height.max(1)), label, &extra)
}

fn units(value: f64) -> i32 {
    (value * f64::from(UNIT)).round().clamp(-1e6, 1e6) as i32
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
        let _ = write!(
            self.extra,
            "<rect class=\"rc-hit\" fill=\"transparent\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\"",
            (x1 - x).max(0),
            (y1 - y).max(0)
        );
        for (name, value) in data {
            let _ = write!(self.extra, " data-{name}=\"{}\"", escape(value));
        }
        let _ = writeln!(self.extra, "><title>{}</title></rect>", escape(title));
    }
}
