//! Draws how time and memory grow with the rows as an SVG picture; a power is a straight line in it.
#![expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "times are not money")]

use std::fmt::Write as _;

use crate::growth::{Point, fit};

/// Size of the picture, and where its lines begin and end, in pixels.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 610.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 340.0;
/// Multiples that get a line across.
const MULTIPLES: [f64; 7] = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0];

/// One thing that grows, with how it is drawn.
struct Series {
    name: &'static str,
    colour: &'static str,
    is_round: bool,
    /// Multiples of the rows and of the value at the first size.
    places: Vec<(f64, f64)>,
}

/// From multiples to pixels, both scales by powers.
#[derive(Clone, Copy)]
struct Scale {
    least: f64,
    most: f64,
}

/// The picture; none of fewer than two sizes.
pub(crate) fn svg(points: &[Point], title: &str) -> Option<String> {
    let first = points.first()?;
    let of = |value: &dyn Fn(&Point) -> f64| {
        let place = |it: &Point| (it.rows as f64 / first.rows as f64, value(it) / value(first));
        points.iter().map(place).collect::<Vec<_>>()
    };
    let time = of(&|it| it.took.seconds);
    let memory = of(&|it| it.took.peak_mib as f64);
    let all = [
        Series { name: "time", colour: "#005eb8", is_round: true, places: time },
        Series { name: "memory", colour: "#7c2855", is_round: false, places: memory },
    ];
    let values = || all.iter().flat_map(|it| &it.places).flat_map(|it| [it.0, it.1]);
    let scale = Scale { least: values().fold(1.0, f64::min), most: values().fold(1.0, f64::max) };
    if points.len() < 2 || scale.most <= scale.least {
        return None;
    }
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"Arial, Helvetica, sans-serif\" font-size=\"14\" fill=\"#212b32\">\n<title>{title}</title>\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
    );
    grid(&mut text, points, scale);
    let grey = "stroke=\"#4c6272\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"";
    line(&mut text, [scale.at((1.0, 1.0)), scale.at((scale.most, scale.most))], grey);
    words(&mut text, (LEFT + 12.0, TOP + 58.0), "", "┄ as fast as the rows, power 1");
    for (place, series) in all.iter().enumerate() {
        series.draw(&mut text, scale)?;
        let power = fit(&series.places)?.power;
        let mark = if series.is_round { "●" } else { "■" };
        let legend = format!("{mark} {}, power {power:.2}", series.name);
        let fill = format!(" fill=\"{}\"", series.colour);
        words(&mut text, (LEFT + 12.0, TOP + 18.0 + 20.0 * place as f64), &fill, &legend);
    }
    Some(text + "</svg>\n")
}

/// Lines across at round multiples, and the sizes below.
fn grid(text: &mut String, points: &[Point], scale: Scale) {
    let light = "stroke=\"#d8dde0\" stroke-width=\"1\"";
    for it in MULTIPLES.into_iter().filter(|it| *it <= scale.most * 1.001) {
        let (_, y) = scale.at((1.0, it));
        line(text, [(LEFT, y), (RIGHT, y)], light);
        words(text, (LEFT - 8.0, y + 5.0), " text-anchor=\"end\"", &format!("× {it}"));
    }
    for point in points {
        let (x, _) = scale.at((point.rows as f64 / points[0].rows as f64, 1.0));
        line(text, [(x, TOP), (x, BOTTOM)], light);
        let millions = format!("{}", point.rows as f64 / 1e6);
        words(text, (x, BOTTOM + 20.0), " text-anchor=\"middle\"", &millions);
    }
    let middle = f64::midpoint(LEFT, RIGHT);
    words(text, (middle, BOTTOM + 44.0), " text-anchor=\"middle\"", "million feed rows");
}

impl Scale {
    fn at(self, (rows, value): (f64, f64)) -> (f64, f64) {
        let part = |it: f64| (it / self.least).ln() / (self.most / self.least).ln();
        (LEFT + (RIGHT - LEFT) * part(rows), BOTTOM + (TOP - BOTTOM) * part(value))
    }
}

impl Series {
    /// The line that fits, and what was measured; none if nothing fits.
    fn draw(&self, text: &mut String, scale: Scale) -> Option<()> {
        let fit = fit(&self.places)?;
        let [first, .., last] = self.places.as_slice() else { return None };
        let ends = [first.0, last.0].map(|it| scale.at((it, fit.of(it))));
        line(text, ends, &format!("stroke=\"{}\" stroke-width=\"1.5\"", self.colour));
        let colour = self.colour;
        for it in &self.places {
            let (x, y) = scale.at(*it);
            let _ = if self.is_round {
                writeln!(text, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"{colour}\"/>")
            } else {
                let (x, y) = (x - 4.5, y - 4.5);
                writeln!(
                    text,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"9\" height=\"9\" fill=\"{colour}\"/>"
                )
            };
        }
        Some(())
    }
}

fn line(text: &mut String, [(x1, y1), (x2, y2)]: [(f64, f64); 2], look: &str) {
    let _ = writeln!(
        text,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" {look}/>"
    );
}

fn words(text: &mut String, (x, y): (f64, f64), look: &str, said: &str) {
    let _ = writeln!(text, "<text x=\"{x:.1}\" y=\"{y:.1}\"{look}>{said}</text>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sized::Took;

    fn point(rows: u64, seconds: f64, peak_mib: u64) -> Point {
        Point { rows, took: Took { seconds, peak_mib } }
    }

    #[test]
    fn a_power_is_a_straight_line() {
        let points = [
            point(1_000_000, 2.0, 50),
            point(10_000_000, 20.0, 158),
            point(100_000_000, 200.0, 500),
        ];
        let text = svg(&points, "Growth").expect("there are three sizes");
        // Time grows as fast as the rows: from corner to corner, ten times being half the way.
        for place in ["cx=\"70.0\" cy=\"340.0\"", "cx=\"340.0\" cy=\"185.0\""] {
            assert!(text.contains(place), "{place} in {text}");
        }
        assert!(text.contains("cx=\"610.0\" cy=\"30.0\""), "{text}");
        // Memory has ten times for a hundred: half the height, less half the mark.
        assert!(text.contains("<rect x=\"605.5\" y=\"180.5\""), "{text}");
        assert!(text.contains("● time, power 1.00") && text.contains("■ memory, power 0.50"));
        assert!(text.contains(">× 30</text>") && !text.contains(">× 300</text>"), "{text}");
        assert_eq!(svg(&points, "Growth"), Some(text));
    }

    #[test]
    fn one_size_is_no_picture() {
        assert_eq!(svg(&[point(1_000_000, 2.0, 50)], "Growth"), None);
        assert_eq!(svg(&[], "Growth"), None);
    }
}
