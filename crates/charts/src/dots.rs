//! Estimates with their intervals, one for each row, beside the range that chance gives.

use crate::canvas::{
    AXIS_SIZE, Anchor, Area, Canvas, LINE_HEIGHT, Look, Stroke, TEXT_SIZE, Tenths,
};
use crate::colour::{BAND, GRID, SECONDARY, TEXT, WHITE};
use crate::line::Mark;
use crate::scale::Axis;
use crate::words::{width, wrap};
use crate::{Chart, Heading, Page};

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct DotRow {
    /// Whose it is.
    pub name: String,
    /// The figure in words: `4.7, within chance`; `*` where it is hidden.
    pub value: String,
    /// The adjusted estimate; none where it is hidden.
    pub estimate: Option<f64>,
    /// Its 95% interval.
    pub interval: Option<(f64, f64)>,
    /// The value as recorded, before adjustment.
    pub recorded: Option<f64>,
    /// The range that chance alone gives, 99.8% of the time.
    pub chance: Option<(f64, f64)>,
    /// What the estimate is, by its shape.
    pub mark: Mark,
    /// Whether its words are bold.
    pub is_strong: bool,
}

/// A line from top to bottom to compare with.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// What it is, with its figure: `specialty 5.1`.
    pub label: String,
    /// Where it is.
    pub value: f64,
    /// The main one is drawn unbroken and bold, others dashed.
    pub is_main: bool,
}

/// A chart of estimates, in the order given: never by size where rows are people.
#[derive(Clone, Debug, PartialEq)]
pub struct Dots {
    /// What it is called.
    pub heading: Heading,
    /// The width of the wide drawing in pixels: that of its column.
    pub width: u16,
    /// The unit, at the last tick: `days`.
    pub unit: String,
    /// The rows from top to bottom.
    pub rows: Vec<DotRow>,
    /// What to compare with.
    pub references: Vec<Reference>,
}

struct Frame<'a> {
    chart: &'a Dots,
    page: Page,
    axis: Axis,
    name_room: Tenths,
    ends: (Tenths, Tenths),
}

/// Below the labels of the references, which stand in lines of their own where they are close.
const LABEL_HEIGHT: Tenths = 200;
const BAND_HEIGHT: Tenths = 220;
/// What a name may take at the most, in percent of the width.
const MOST_NAME: Tenths = 30;

impl Dots {
    /// Draws the chart.
    pub fn draw(&self) -> Chart {
        Chart::of(self.width, self.note(), |page| self.draw_for(page))
    }

    fn note(&self) -> String {
        let has = |test: fn(&DotRow) -> bool| self.rows.iter().any(test);
        let parts = [
            (has(|it| it.estimate.is_some() && it.mark == Mark::Ordinary), "● adjusted"),
            (has(|it| it.mark == Mark::Concern), "◆ adjusted, beyond chance, a concern"),
            (has(|it| it.mark == Mark::Improvement), "■ adjusted, beyond chance, better"),
            (has(|it| it.mark == Mark::Neither), "▲ adjusted, beyond chance"),
            (has(|it| it.recorded.is_some()), "○ as recorded"),
            (has(|it| it.interval.is_some()), "line with ends: 95% interval"),
            (
                has(|it| it.chance.is_some()),
                "grey band: 998 in 1,000 values fall here by chance alone",
            ),
            (has(|it| it.estimate.is_none()), "* hidden to protect patients"),
        ];
        let parts: Vec<&str> = parts.into_iter().filter_map(|(is, it)| is.then_some(it)).collect();
        if parts.is_empty() { String::new() } else { format!("{}.", parts.join("; ")) }
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        let of_row = |it: &DotRow| {
            let pairs = [it.interval, it.chance].into_iter().flatten();
            let single = [it.estimate, it.recorded].into_iter().flatten();
            pairs.flat_map(|it| [it.0, it.1]).chain(single).collect::<Vec<_>>()
        };
        self.rows.iter().flat_map(of_row).chain(self.references.iter().map(|it| it.value))
    }

    fn frame(&self, page: Page) -> Frame<'_> {
        let page_width = page.width() * 10;
        let widest = |words: fn(&DotRow) -> &String| {
            let widths = self.rows.iter().map(|it| width(words(it), TEXT_SIZE, it.is_strong));
            widths.max().unwrap_or(0) + 160
        };
        let (name_room, ends) = if page.is_narrow() {
            (page_width, (100, page_width - 100))
        } else {
            let name = widest(|it| &it.name).min(page_width * MOST_NAME / 100);
            let right = page_width - widest(|it| &it.value);
            (name - 160, (name, right.max(name + 500)))
        };
        Frame { chart: self, page, axis: Axis::new(self.values(), 4, ends), name_room, ends }
    }

    fn draw_for(&self, page: Page) -> String {
        let frame = self.frame(page);
        let mut canvas = Canvas::new(&self.heading, page);
        let heights: Vec<Tenths> = self.rows.iter().map(|it| frame.height(it)).collect();
        let labels = frame.labels();
        let lines = labels.iter().map(|it| it.1 + 1).max().unwrap_or(0);
        let top = lines * LABEL_HEIGHT + 40;
        let bottom = top + heights.iter().sum::<Tenths>();
        let ticks = frame.axis.ticks();
        for (index, (words, x)) in ticks.iter().enumerate() {
            canvas.line(&[(*x, top), (*x, bottom)], Stroke { colour: GRID, width: 10, dashes: "" });
            let is_last = index + 1 == ticks.len();
            let words = if is_last { format!("{words} {}", self.unit) } else { words.clone() };
            let anchor = if is_last && page.is_narrow() { Anchor::End } else { Anchor::Middle };
            canvas.text((*x, bottom + 200), Look::axis(anchor), words.trim_end());
        }
        let mut row_top = top;
        for (row, height) in std::iter::zip(&self.rows, &heights) {
            frame.draw_band(&mut canvas, row, row_top + height - 290);
            row_top += height;
        }
        frame.draw_references(&mut canvas, &labels, (top, bottom));
        row_top = top;
        for (row, height) in std::iter::zip(&self.rows, &heights) {
            frame.draw_words(&mut canvas, row, row_top);
            frame.draw_row(&mut canvas, row, row_top + height - 180);
            row_top += height;
        }
        canvas.finish(&self.heading, bottom + 280)
    }
}

impl Frame<'_> {
    fn name_lines(&self, row: &DotRow) -> Vec<String> {
        let value = width(&row.value, TEXT_SIZE, row.is_strong) + 160;
        let room = if self.page.is_narrow() { self.name_room - value } else { self.name_room };
        wrap(&row.name, room.max(500), TEXT_SIZE, row.is_strong)
    }

    fn height(&self, row: &DotRow) -> Tenths {
        let words = LINE_HEIGHT * i64::try_from(self.name_lines(row).len()).unwrap_or(1);
        if self.page.is_narrow() { words + 380 } else { (words + 200).max(440) }
    }

    fn draw_words(&self, canvas: &mut Canvas, row: &DotRow, top: Tenths) {
        let lines = self.name_lines(row);
        if self.page.is_narrow() {
            // Lines end at the words.
            let height = LINE_HEIGHT * i64::try_from(lines.len()).unwrap_or(1) + 40;
            let area = Area { left: 0, top, width: self.page.width() * 10, height };
            canvas.ground(area, WHITE);
        }
        let base = if self.page.is_narrow() { top + 180 } else { top + self.height(row) - 130 };
        let words = LINE_HEIGHT * (i64::try_from(lines.len()).unwrap_or(1) - 1);
        let first = if self.page.is_narrow() { base } else { base - words };
        for (line, y) in std::iter::zip(&lines, (0..).map(|it| first + it * LINE_HEIGHT)) {
            canvas.text((0, y), Look::text(Anchor::Start, row.is_strong), line);
        }
        let right = self.page.width() * 10;
        canvas.text((right, base), Look::text(Anchor::End, row.is_strong), &row.value);
    }

    fn draw_band(&self, canvas: &mut Canvas, row: &DotRow, top: Tenths) {
        if let Some((low, high)) = row.chance {
            let (left, right) = (self.axis.place(low), self.axis.place(high));
            let area = Area { left, top, width: (right - left).max(0), height: BAND_HEIGHT };
            canvas.ground(area, BAND);
        }
    }

    fn draw_row(&self, canvas: &mut Canvas, row: &DotRow, y: Tenths) {
        if let Some((low, high)) = row.interval {
            let stroke = Stroke { colour: TEXT, width: 25, dashes: "" };
            let (low, high) = (self.axis.place(low), self.axis.place(high));
            canvas.line(&[(low, y), (high, y)], stroke);
            for x in [low, high] {
                canvas.line(&[(x, y - 60), (x, y + 60)], stroke);
            }
        }
        if let Some(recorded) = row.recorded {
            canvas.circle((self.axis.place(recorded), y), 50, SECONDARY, true);
        }
        if let Some(estimate) = row.estimate {
            let place = (self.axis.place(estimate), y);
            match row.mark {
                Mark::Ordinary => canvas.circle(place, 60, TEXT, false),
                mark => mark.draw(canvas, place),
            }
        }
    }

    /// The references from left to right, each with the line of words that its label stands in.
    fn labels(&self) -> Vec<(&Reference, i64)> {
        let mut sorted: Vec<&Reference> = self.chart.references.iter().collect();
        sorted.sort_by_key(|it| self.axis.place(it.value));
        let mut ends: Vec<Tenths> = Vec::new();
        let mut labels = Vec::new();
        for it in sorted {
            let (left, right) = self.label_span(it);
            let line = ends.iter().position(|end| *end < left).unwrap_or(ends.len());
            ends.resize(ends.len().max(line + 1), 0);
            ends[line] = right + 120;
            labels.push((it, i64::try_from(line).unwrap_or(0)));
        }
        labels
    }

    /// Where a label begins and ends: in the middle of its line, but on the page.
    fn label_span(&self, reference: &Reference) -> (Tenths, Tenths) {
        let room = width(&reference.label, AXIS_SIZE, reference.is_main);
        let most = (self.page.width() * 10 - room).max(0);
        let left = (self.axis.place(reference.value) - room / 2).clamp(0, most);
        (left, left + room)
    }

    fn draw_references(
        &self,
        canvas: &mut Canvas,
        labels: &[(&Reference, i64)],
        (top, bottom): (Tenths, Tenths),
    ) {
        for (reference, line) in labels {
            let (colour, dashes) = if reference.is_main { (TEXT, "") } else { (SECONDARY, "6 4") };
            let (left, right) = self.label_span(reference);
            let look = Look {
                anchor: Anchor::Middle,
                size: AXIS_SIZE,
                colour,
                is_bold: reference.is_main,
            };
            canvas.text(
                (i64::midpoint(left, right), 140 + line * LABEL_HEIGHT),
                look,
                &reference.label,
            );
            let x = self.axis.place(reference.value).clamp(self.ends.0, self.ends.1);
            canvas.line(&[(x, top - 20), (x, bottom)], Stroke { colour, width: 20, dashes });
        }
    }
}
