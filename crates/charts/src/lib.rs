//! Accessible charts as SVG text: walks, bars, lines with limits, dots with intervals, time lines.
//!
//! A chart places figures, it computes none. Each is drawn twice, for a wide page and for a phone,
//! and [`STYLE`] shows one of the two. Meaning is in shape, fill and words, never in colour alone.
//! There is no script and no inline style, so the strictest content security policy holds, and
//! every text is escaped here: pass it as it is. The page adds what belongs to every chart: its
//! heading, [`Chart::note`] beneath it, a table of the same figures and a download.

mod bars;
mod canvas;
mod colour;
mod dots;
mod line;
mod scale;
mod timeline;
mod waterfall;
mod words;

pub use bars::{Bar, Bars, Direction};
pub use dots::{DotRow, Dots, Reference};
pub use line::{Limit, Line, Mark, Point};
pub use timeline::{Column, Marks, Moment, Stretch, TimeLane, Timeline};
pub use waterfall::{Row, Waterfall, WaterfallError};
pub use words::Precision;

/// What the page's style sheet needs to hold, so that one of the two drawings is shown.
pub const STYLE: &str = include_str!("../data/charts.css");

/// What a chart is called, for those who do not see it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Unique on the page: letters, digits and hyphens.
    pub id: String,
    /// The question or answer that the chart is.
    pub title: String,
    /// What a person would say who describes it in one or two sentences.
    pub description: String,
}

/// A finished chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The drawing for a wide page.
    pub wide: String,
    /// The drawing for a phone.
    pub narrow: String,
    /// The sentences to stand beneath it, that explain every mark. Plain text, not escaped.
    pub note: String,
}

impl Chart {
    /// Drawn for a column of this width, and for a phone.
    fn of(width: u16, note: String, draw: impl Fn(Page) -> String) -> Self {
        Self { wide: draw(Page::Wide(i64::from(width))), narrow: draw(Page::Narrow), note }
    }

    /// Both drawings, ready to be put into a page as they are.
    pub fn svg(&self) -> String {
        format!("{}{}", self.wide, self.narrow)
    }
}

/// For which page a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    /// Of this width in pixels.
    Wide(i64),
    Narrow,
}

/// The width of a drawing for a phone of 375 pixels, less its margins.
const NARROW: i64 = 343;

impl Page {
    const fn width(self) -> i64 {
        match self {
            Self::Wide(width) => width,
            Self::Narrow => NARROW,
        }
    }

    const fn is_narrow(self) -> bool {
        matches!(self, Self::Narrow)
    }
}

#[cfg(test)]
mod tests;
