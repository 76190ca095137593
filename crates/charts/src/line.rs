//! Measured values in order of time, with average, limits and marks of special cause.

use crate::canvas::{AXIS_SIZE, Anchor, Canvas, Look, Stroke, TEXT_SIZE, Tenths};
use crate::colour::{BLUE, CONCERN, GRID, NEITHER, SECONDARY, TEXT, WHITE};
use crate::scale::Axis;
use crate::words::width;
use crate::{Chart, Heading, Page};

/// What a point is, by its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A circle: ordinary variation.
    Ordinary,
    /// A diamond: special cause, for the worse.
    Concern,
    /// A square: special cause, for the better.
    Improvement,
    /// A triangle: special cause, neither good nor bad.
    Neither,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// When: `Apr 2025`.
    pub label: String,
    /// How much; none where it is hidden or missing, which leaves a gap.
    pub value: Option<f64>,
    /// What it is.
    pub mark: Mark,
}

/// A line across the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// What it is, with its figure: `upper limit 5.3`.
    pub label: String,
    /// Where it is.
    pub value: f64,
}

/// A chart of values in order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is called.
    pub heading: Heading,
    /// The width of the wide drawing in pixels: that of its column.
    pub width: u16,
    /// The values.
    pub points: Vec<Point>,
    /// The average, drawn unbroken.
    pub average: Option<Limit>,
    /// Upper and lower limits, drawn dashed.
    pub limits: Vec<Limit>,
    /// A target, drawn bold.
    pub target: Option<Limit>,
    /// What is special, in two pieces that are lines on a phone: `8 months above average,`, `from August 2025`.
    pub callout: Option<(String, String)>,
    /// The rule and the limits in words: these stand first in the note.
    pub rule: String,
}

impl Mark {
    pub(crate) const fn colour(self) -> &'static str {
        match self {
            Self::Ordinary => TEXT,
            Self::Concern => CONCERN,
            Self::Improvement => BLUE,
            Self::Neither => NEITHER,
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Ordinary => "● Ordinary variation.",
            Self::Concern => "◆ Special cause, for the worse.",
            Self::Improvement => "■ Special cause, for the better.",
            Self::Neither => "▲ Special cause, neither good nor bad.",
        }
    }

    /// Draws the mark at a place.
    pub(crate) fn draw(self, canvas: &mut Canvas, (x, y): (Tenths, Tenths)) {
        let corners = |size: Tenths| match self {
            Self::Ordinary => vec![],
            Self::Concern => vec![(x, y - size), (x + size, y), (x, y + size), (x - size, y)],
            Self::Improvement => {
                let half = size * 3 / 4;
                vec![
                    (x - half, y - half),
                    (x + half, y - half),
                    (x + half, y + half),
                    (x - half, y + half),
                ]
            }
            Self::Neither => {
                vec![(x, y - size), (x + size, y + size * 3 / 4), (x - size, y + size * 3 / 4)]
            }
        };
        if self == Self::Ordinary {
            canvas.circle((x, y), 40, TEXT, false);
            return;
        }
        canvas.shape(&corners(82), WHITE);
        canvas.shape(&corners(65), self.colour());
    }
}

struct Frame<'a> {
    chart: &'a Line,
    page: Page,
    axis: Axis,
    left: Tenths,
    right: Tenths,
}

const TOP: Tenths = 160;
const WIDE_HEIGHT: Tenths = 1_900;
const NARROW_HEIGHT: Tenths = 1_700;

impl Line {
    /// Draws the chart.
    pub fn draw(&self) -> Chart {
        Chart::of(self.width, self.note(), |page| self.draw_for(page))
    }

    fn note(&self) -> String {
        let mut sentences = vec![self.rule.clone()];
        for mark in [Mark::Concern, Mark::Improvement, Mark::Neither, Mark::Ordinary] {
            if self.points.iter().any(|it| it.mark == mark && it.value.is_some()) {
                sentences.push(mark.sentence().to_owned());
            }
        }
        if let Some(average) = &self.average {
            sentences.push(format!("Unbroken line: {}.", average.label));
        }
        if !self.limits.is_empty() {
            let labels: Vec<&str> = self.limits.iter().map(|it| it.label.as_str()).collect();
            sentences.push(format!("Dashed lines: {}.", labels.join(", ")));
        }
        if let Some(target) = &self.target {
            sentences.push(format!("Bold line: {}.", target.label));
        }
        if self.points.iter().any(|it| it.value.is_none()) {
            sentences.push("A gap is a figure that is hidden or missing.".to_owned());
        }
        sentences.retain(|it| !it.is_empty());
        sentences.join(" ")
    }

    fn across(&self) -> impl Iterator<Item = (&Limit, Stroke)> {
        let average = Stroke { colour: SECONDARY, width: 15, dashes: "" };
        let dashed = Stroke { colour: SECONDARY, width: 15, dashes: "6 4" };
        let target = Stroke { colour: TEXT, width: 20, dashes: "" };
        let limits = self.limits.iter().map(move |it| (it, dashed));
        let average = self.average.iter().map(move |it| (it, average));
        average.chain(limits).chain(self.target.iter().map(move |it| (it, target)))
    }

    fn draw_for(&self, page: Page) -> String {
        let page_width = page.width() * 10;
        let top = match (&self.callout, page.is_narrow()) {
            (Some(_), true) => TOP + 420,
            (Some(_), false) => TOP + 220,
            (None, _) => TOP,
        };
        let bottom = top + if page.is_narrow() { NARROW_HEIGHT } else { WIDE_HEIGHT };
        let values = self.points.iter().filter_map(|it| it.value);
        let axis = Axis::new(values.chain(self.across().map(|it| it.0.value)), 3, (bottom, top));
        let ticks = axis.ticks();
        let of_ticks = ticks.iter().map(|it| width(&it.0, AXIS_SIZE, false)).max().unwrap_or(0);
        let of_labels = self.across().map(|it| width(&it.0.label, AXIS_SIZE, false)).max();
        let right = match of_labels {
            Some(room) if !page.is_narrow() => page_width - room - 80,
            _ => page_width,
        };
        let frame = Frame { chart: self, page, axis, left: of_ticks + 80, right };
        let mut canvas = Canvas::new(&self.heading, page);
        for (words, y) in ticks {
            canvas.text((of_ticks, y + 50), Look::axis(Anchor::End), &words);
            let stroke = Stroke { colour: GRID, width: 10, dashes: "" };
            canvas.line(&[(frame.left, y), (right, y)], stroke);
        }
        frame.draw_across(&mut canvas);
        frame.draw_labels(&mut canvas, bottom + 240);
        frame.draw_points(&mut canvas);
        frame.draw_callout(&mut canvas);
        canvas.finish(&self.heading, bottom + 300)
    }
}

impl Frame<'_> {
    fn x(&self, index: usize) -> Tenths {
        let gaps = i64::try_from(self.chart.points.len().max(2) - 1).unwrap_or(1);
        let room = self.right - self.left - 200;
        self.left + 100 + room * i64::try_from(index).unwrap_or(0) / gaps
    }

    fn draw_across(&self, canvas: &mut Canvas) {
        let mut labels: Vec<(Tenths, &str)> = Vec::new();
        for (limit, stroke) in self.chart.across() {
            let y = self.axis.place(limit.value);
            canvas.line(&[(self.left, y), (self.right, y)], stroke);
            labels.push((y, &limit.label));
        }
        if self.page.is_narrow() {
            return;
        }
        labels.sort_unstable();
        let mut last = Tenths::MIN / 2;
        for (y, label) in labels {
            last = y.max(last + 170);
            canvas.text((self.right + 80, last + 50), Look::axis(Anchor::Start), label);
        }
    }

    /// First and last, and on a wide page those between that have room.
    fn draw_labels(&self, canvas: &mut Canvas, y: Tenths) {
        let points = &self.chart.points;
        let Some(last) = points.len().checked_sub(1) else { return };
        let room = |it: &Point| width(&it.label, AXIS_SIZE, false);
        canvas.text((self.x(0), y), Look::axis(Anchor::Start), &points[0].label);
        if last == 0 {
            return;
        }
        canvas.text((self.x(last), y), Look::axis(Anchor::End), &points[last].label);
        if self.page.is_narrow() {
            return;
        }
        let mut taken = self.x(0) + room(&points[0]) + 300;
        let end = self.x(last) - room(&points[last]) - 300;
        let every = (last / 4).max(1);
        for index in (every..last).step_by(every) {
            let half = room(&points[index]) / 2;
            if self.x(index) - half >= taken && self.x(index) + half <= end {
                canvas.text((self.x(index), y), Look::axis(Anchor::Middle), &points[index].label);
                taken = self.x(index) + half + 300;
            }
        }
    }

    fn draw_points(&self, canvas: &mut Canvas) {
        let places: Vec<Option<(Tenths, Tenths)>> = self
            .chart
            .points
            .iter()
            .enumerate()
            .map(|(index, it)| it.value.map(|value| (self.x(index), self.axis.place(value))))
            .collect();
        for piece in places.split(Option::is_none).filter(|it| it.len() > 1) {
            let piece: Vec<_> = piece.iter().copied().flatten().collect();
            canvas.line(&piece, Stroke { colour: TEXT, width: 20, dashes: "" });
        }
        for (point, place) in std::iter::zip(&self.chart.points, places) {
            if let Some(place) = place {
                point.mark.draw(canvas, place);
            }
        }
    }

    /// The words above all: on a wide page in one line that ends at the first special point, where
    /// there is room.
    fn draw_callout(&self, canvas: &mut Canvas) {
        let Some((first, second)) = &self.chart.callout else { return };
        let special = |it: &Point| it.mark != Mark::Ordinary && it.value.is_some();
        let index = self.chart.points.iter().position(special);
        let colour = index.map_or(TEXT, |it| self.chart.points[it].mark.colour());
        let look = |anchor, is_bold| Look { anchor, size: TEXT_SIZE, colour, is_bold };
        if self.page.is_narrow() {
            canvas.text((self.right, 160), look(Anchor::End, true), first);
            canvas.text((self.right, 360), look(Anchor::End, false), second);
            return;
        }
        let words = format!("{first} {second}");
        let end = index.map_or(self.left, |it| self.x(it));
        if end - self.left >= width(&words, TEXT_SIZE, true) {
            canvas.text((end, 160), look(Anchor::End, true), &words);
        } else {
            canvas.text((self.left, 160), look(Anchor::Start, true), &words);
        }
    }
}
