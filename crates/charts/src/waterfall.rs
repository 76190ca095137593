//! A walk from one total to another, step by step.

use domain::Money;

use crate::canvas::{
    Anchor, Area, BAR_HEIGHT, Canvas, Fill, LEAST_BAR, LINE_HEIGHT, Look, NARROW_BAR_HEIGHT,
    Stroke, TEXT_SIZE, Tenths,
};
use crate::colour::{BLUE, GRID, SECONDARY, TEXT, WHITE};
use crate::scale::Scale;
use crate::words::{Precision, tick, tick_in_words, width, wrap};
use crate::{Chart, Heading, Page};

/// One row of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A total: the first row, the last, and any between. It must be what the rows before come to.
    Total {
        /// What it is.
        name: String,
        /// What it comes to.
        amount: Money,
    },
    /// What is added, or taken away where negative.
    Step {
        /// What it is.
        name: String,
        /// By how much.
        amount: Money,
    },
}

/// A walk: the first row is a total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waterfall {
    /// What it is called.
    pub heading: Heading,
    /// The width of the wide drawing in pixels: that of its column.
    pub width: u16,
    /// How amounts are written.
    pub precision: Precision,
    /// The rows from top to bottom.
    pub rows: Vec<Row>,
}

/// Why a walk cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaterfallError {
    /// There is no total to start from.
    NoStart,
    /// A total is not what the rows before it come to.
    DoesNotAddUp {
        /// The total's name.
        name: String,
        /// What the rows before it come to.
        reached: Money,
        /// What it says itself.
        stated: Money,
    },
}

impl std::fmt::Display for WaterfallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoStart => f.write_str("a walk starts with a total"),
            Self::DoesNotAddUp { name, reached, stated } => {
                write!(f, "the walk comes to {reached}, but `{name}` says {stated}")
            }
        }
    }
}

impl std::error::Error for WaterfallError {}

/// A row with the sums before and after it.
struct Span<'a> {
    name: &'a str,
    value: String,
    is_total: bool,
    before: Money,
    after: Money,
}

/// Where things stand in one drawing.
struct Frame {
    page: Page,
    scale: Scale,
    /// How wide a name may be.
    name_room: Tenths,
}

const AXIS_HEIGHT: Tenths = 260;

impl Waterfall {
    /// Draws the walk.
    ///
    /// # Errors
    ///
    /// [`WaterfallError`] if it does not start with a total, or does not add up.
    pub fn draw(&self) -> Result<Chart, WaterfallError> {
        let spans = self.spans()?;
        Ok(Chart::of(self.width, self.note(&spans), |page| self.draw_for(page, &spans)))
    }

    fn spans(&self) -> Result<Vec<Span<'_>>, WaterfallError> {
        let Some(Row::Total { amount: start, .. }) = self.rows.first() else {
            return Err(WaterfallError::NoStart);
        };
        let mut reached = *start;
        let mut spans = Vec::new();
        for row in &self.rows {
            let before = reached;
            let (name, value, is_total) = match row {
                Row::Total { name, amount } if *amount == reached => {
                    (name, self.precision.amount(*amount), true)
                }
                Row::Total { name, amount } => {
                    let name = name.clone();
                    return Err(WaterfallError::DoesNotAddUp { name, reached, stated: *amount });
                }
                Row::Step { name, amount } => {
                    reached += *amount;
                    (name, self.precision.signed(*amount), false)
                }
            };
            spans.push(Span { name, value, is_total, before, after: reached });
        }
        Ok(spans)
    }

    fn draw_for(&self, page: Page, spans: &[Span<'_>]) -> String {
        let frame = Frame::new(self, page, spans);
        let tops: Vec<Tenths> = spans
            .iter()
            .scan(AXIS_HEIGHT, |top, span| {
                let here = *top;
                *top += frame.row_height(span);
                Some(here)
            })
            .collect();
        let height = spans
            .last()
            .zip(tops.last())
            .map_or(AXIS_HEIGHT, |(span, top)| top + frame.row_height(span));
        let mut canvas = Canvas::new(&self.heading, page);
        frame.draw_axis(&mut canvas, height);
        for (index, (span, top)) in std::iter::zip(spans, &tops).enumerate() {
            frame.draw_row(&mut canvas, span, *top);
            if let Some(next) = tops.get(index + 1) {
                let next = next + frame.bar_top(&spans[index + 1]);
                let bottom = top + frame.bar_top(span) + frame.bar_height();
                let x = frame.scale.place(micro(span.after));
                let stroke = Stroke { colour: SECONDARY, width: 10, dashes: "2 2" };
                if !page.is_narrow() {
                    canvas.line(&[(x, bottom), (x, next)], stroke);
                }
            }
        }
        canvas.finish(&self.heading, height)
    }

    fn note(&self, spans: &[Span<'_>]) -> String {
        let adds = spans.iter().any(|it| it.after > it.before);
        let takes = spans.iter().any(|it| it.after < it.before);
        let bars = match (adds, takes) {
            (true, true) => "Solid bars add; striped bars take away.",
            (true, false) => "Solid bars add.",
            (false, true) => "Striped bars take away.",
            (false, false) => "Nothing is added or taken away.",
        };
        let scale = Frame::new(self, Page::Wide(i64::from(self.width)), spans).scale;
        if scale.is_short() {
            return format!(
                "{bars} The scale starts at {}.",
                tick_in_words(scale.start, scale.step)
            );
        }
        bars.to_owned()
    }
}

/// Ticks are no closer than this.
const POUND: i128 = 1_000_000;

fn micro(amount: Money) -> i128 {
    i128::from(amount.micro_pounds())
}

impl Frame {
    /// Both drawings of a walk have the same scale, so that one note fits both.
    fn new(chart: &Waterfall, page: Page, spans: &[Span<'_>]) -> Self {
        let value_room = spans.iter().map(|it| width(&it.value, TEXT_SIZE, it.is_total)).max();
        let value_room = value_room.unwrap_or(0) + 160;
        let wide = i64::from(chart.width) * 10;
        let (left, right) = (wide / 4, (wide - value_room).max(wide / 4 + 500));
        let lowest = spans.iter().map(|it| micro(it.before.min(it.after))).min().unwrap_or(0);
        let highest = spans.iter().map(|it| micro(it.before.max(it.after))).max().unwrap_or(0);
        let ticks = i128::from((right - left) / 1_000);
        let scale = Scale::new((lowest, highest), (ticks, POUND), (left, right));
        if page.is_narrow() {
            let page_width = page.width() * 10;
            let scale = scale.on((0, page_width - 20), 3);
            return Self { page, scale, name_room: page_width - value_room };
        }
        Self { page, scale, name_room: left - 160 }
    }

    fn name_lines(&self, span: &Span<'_>) -> Vec<String> {
        wrap(span.name, self.name_room, TEXT_SIZE, span.is_total)
    }

    fn words_height(&self, span: &Span<'_>) -> Tenths {
        LINE_HEIGHT * i64::try_from(self.name_lines(span).len()).unwrap_or(1)
    }

    const fn bar_height(&self) -> Tenths {
        if self.page.is_narrow() { NARROW_BAR_HEIGHT } else { BAR_HEIGHT }
    }

    /// From the row's top to the bar's.
    fn bar_top(&self, span: &Span<'_>) -> Tenths {
        if self.page.is_narrow() { self.words_height(span) + 30 } else { 70 }
    }

    fn row_height(&self, span: &Span<'_>) -> Tenths {
        if self.page.is_narrow() {
            self.bar_top(span) + NARROW_BAR_HEIGHT + 90
        } else {
            (self.words_height(span) + 160).max(360)
        }
    }

    fn draw_axis(&self, canvas: &mut Canvas, height: Tenths) {
        let page_width = self.page.width() * 10;
        for figure in self.scale.ticks() {
            let x = self.scale.place(figure);
            let words = tick(figure, self.scale.step);
            let half = width(&words, crate::canvas::AXIS_SIZE, false) / 2;
            let anchor = match x {
                x if x < half => Anchor::Start,
                x if x + half > page_width => Anchor::End,
                _ => Anchor::Middle,
            };
            canvas.text((x, 140), Look::axis(anchor), &words);
            let stroke = Stroke { colour: GRID, width: 10, dashes: "" };
            canvas.line(&[(x, 220), (x, height)], stroke);
        }
    }

    fn draw_row(&self, canvas: &mut Canvas, span: &Span<'_>, top: Tenths) {
        let base = if self.page.is_narrow() { top + 160 } else { top + 240 };
        if self.page.is_narrow() {
            // The grid ends at the words.
            let area =
                Area { left: 0, top, width: NARROW_WIDTH, height: self.words_height(span) + 10 };
            canvas.ground(area, WHITE);
        }
        for (line, y) in
            std::iter::zip(self.name_lines(span), (0..).map(|it| base + it * LINE_HEIGHT))
        {
            canvas.text((0, y), Look::text(Anchor::Start, span.is_total), &line);
        }
        let right = self.page.width() * 10;
        canvas.text((right, base), Look::text(Anchor::End, span.is_total), &span.value);
        self.draw_bar(canvas, span, top + self.bar_top(span));
    }

    fn draw_bar(&self, canvas: &mut Canvas, span: &Span<'_>, top: Tenths) {
        let from = if span.is_total { self.scale.start.max(0) } else { micro(span.before) };
        let (from, to) = (self.scale.place(from), self.scale.place(micro(span.after)));
        let height = self.bar_height();
        let area = Area { left: from.min(to), top, width: (to - from).abs(), height };
        if span.is_total {
            canvas.bar(area, Fill::Solid, TEXT);
            if self.scale.is_short() {
                draw_break(canvas, area);
            }
            return;
        }
        if span.after == span.before {
            return;
        }
        let takes = span.after < span.before;
        let wider = Area { width: area.width.max(LEAST_BAR), ..area };
        canvas.bar(wider, if takes { Fill::Striped } else { Fill::Solid }, BLUE);
    }
}

const NARROW_WIDTH: Tenths = crate::NARROW * 10;

/// Cuts a piece out of a total's bar: it starts before the scale does.
fn draw_break(canvas: &mut Canvas, bar: Area) {
    let (left, top) = (bar.left + 130, bar.top);
    let (middle, bottom) = (top + bar.height / 2, top + bar.height);
    let corners = [
        (left, top),
        (left + 50, top),
        (left + 100, middle),
        (left + 50, bottom),
        (left, bottom),
        (left + 50, middle),
    ];
    canvas.shape(&corners, WHITE);
}
