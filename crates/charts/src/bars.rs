//! Horizontal bars, from zero, one for each row.

use crate::canvas::{
    AXIS_SIZE, Anchor, Area, BAR_HEIGHT, Canvas, Fill, LEAST_BAR, LINE_HEIGHT, Look,
    NARROW_BAR_HEIGHT, Stroke, TEXT_SIZE, Tenths,
};
use crate::colour::{BLUE, DARK_BLUE, TEXT};
use crate::scale::Scale;
use crate::words::{width, wrap};
use crate::{Chart, Heading, Page};

/// What bars to the left and right of zero mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Amounts: a solid bar adds, a striped one, to the left, takes away.
    Amounts,
    /// Parts of a whole: a bar of all of it is as long as there is room.
    Parts {
        /// All of it, in the unit of the sizes.
        whole: i64,
    },
    /// A balance: a solid bar to the left is a deficit, an outlined one to the right a surplus.
    Balance {
        /// What left of zero is, such as `deficit`.
        below: String,
        /// What right of zero is, such as `surplus`.
        above: String,
    },
}

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it is.
    pub name: String,
    /// Its figure in words, such as `£560` or `deficit of £1.05 million`; `*` where it is hidden.
    pub value: String,
    /// Its length in any whole unit, the same for all; none where the figure is hidden.
    pub size: Option<i64>,
    /// Whether its words are bold.
    pub is_strong: bool,
    /// Whether it is what is left, *everything else*: outlined.
    pub is_rest: bool,
}

/// A chart of bars, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// What it is called.
    pub heading: Heading,
    /// The width of the wide drawing in pixels: that of its column.
    pub width: u16,
    /// What left and right mean.
    pub direction: Direction,
    /// The bars from top to bottom.
    pub bars: Vec<Bar>,
}

struct Frame<'a> {
    chart: &'a Bars,
    page: Page,
    scale: Scale,
    name_room: Tenths,
}

/// What a name may take at the most, in percent of the width.
const MOST_NAME: Tenths = 45;

impl Bars {
    /// Draws the bars.
    pub fn draw(&self) -> Chart {
        Chart::of(self.width, self.note(), |page| self.draw_for(page))
    }

    fn note(&self) -> String {
        let shown = || self.bars.iter().filter_map(|it| it.size);
        let mut sentences = match &self.direction {
            Direction::Amounts if shown().any(|it| it < 0) => {
                vec!["Solid bars add; striped bars take away.".to_owned()]
            }
            Direction::Amounts | Direction::Parts { .. } => Vec::new(),
            Direction::Balance { below, above } => {
                vec![format!("A solid bar is a {below}, an outlined bar a {above}.")]
            }
        };
        if self.bars.iter().any(|it| it.is_rest) {
            sentences.push("The outlined bar is everything else.".to_owned());
        }
        if self.bars.iter().any(|it| it.size.is_none()) {
            sentences.push("* is hidden to protect patients.".to_owned());
        }
        sentences.join(" ")
    }

    fn frame(&self, page: Page) -> Frame<'_> {
        let page_width = page.width() * 10;
        let widest = |words: fn(&Bar) -> &String| {
            let widths = self.bars.iter().map(|it| width(words(it), TEXT_SIZE, it.is_strong));
            widths.max().unwrap_or(0) + 160
        };
        let value_room = widest(|it| &it.value);
        let (left, right, name_room) = if page.is_narrow() {
            (0, page_width, 0)
        } else {
            let name_room = widest(|it| &it.name).min(page_width * MOST_NAME / 100);
            (name_room, (page_width - value_room).max(name_room + 500), name_room - 160)
        };
        let sizes = || self.bars.iter().filter_map(|it| it.size).map(i128::from);
        let (lowest, longest) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
        let highest = match self.direction {
            Direction::Parts { whole } => longest.max(i128::from(whole)),
            Direction::Amounts | Direction::Balance { .. } => longest,
        };
        let scale = Scale::from_zero(lowest, highest, (left, right));
        Frame { chart: self, page, scale, name_room }
    }

    fn draw_for(&self, page: Page) -> String {
        let frame = self.frame(page);
        let mut canvas = Canvas::new(&self.heading, page);
        let top = frame.draw_sides(&mut canvas);
        let mut bottom = top;
        for bar in &self.bars {
            bottom += frame.draw_row(&mut canvas, bar, bottom);
        }
        let zero = frame.scale.place(0);
        if frame.has_axis() && !page.is_narrow() {
            let stroke = Stroke { colour: TEXT, width: 15, dashes: "" };
            canvas.line(&[(zero, top), (zero, bottom)], stroke);
        }
        canvas.finish(&self.heading, bottom)
    }
}

impl Frame<'_> {
    fn has_axis(&self) -> bool {
        self.scale.start < 0 || matches!(self.chart.direction, Direction::Balance { .. })
    }

    /// Says above the bars what left and right are; returns where the bars begin.
    fn draw_sides(&self, canvas: &mut Canvas) -> Tenths {
        let Direction::Balance { below, above } = &self.chart.direction else { return 0 };
        let zero = self.scale.place(0);
        let page_width = self.page.width() * 10;
        let left = zero - 80 - width(below, AXIS_SIZE, false);
        let right = zero + 80 + width(above, AXIS_SIZE, false);
        if left > 0 {
            canvas.text((zero - 80, 140), Look::axis(Anchor::End), below);
        }
        if right < page_width {
            canvas.text((zero + 80, 140), Look::axis(Anchor::Start), above);
        }
        220
    }

    /// Draws one row and returns its height.
    fn draw_row(&self, canvas: &mut Canvas, bar: &Bar, top: Tenths) -> Tenths {
        let narrow = self.page.is_narrow();
        let page_width = self.page.width() * 10;
        let own = width(&bar.value, TEXT_SIZE, bar.is_strong) + 160;
        let room = if narrow { page_width - own } else { self.name_room };
        let lines = wrap(&bar.name, room.max(500), TEXT_SIZE, bar.is_strong);
        let words = LINE_HEIGHT * i64::try_from(lines.len()).unwrap_or(1);
        let base = if narrow { top + 160 } else { top + 240 };
        for (line, y) in std::iter::zip(&lines, (0..).map(|it| base + it * LINE_HEIGHT)) {
            canvas.text((0, y), Look::text(Anchor::Start, bar.is_strong), line);
        }
        canvas.text((page_width, base), Look::text(Anchor::End, bar.is_strong), &bar.value);
        let (bar_top, height) =
            if narrow { (words + 30, NARROW_BAR_HEIGHT) } else { (70, BAR_HEIGHT) };
        self.draw_bar(canvas, bar, (top + bar_top, height));
        if narrow { bar_top + height + 90 } else { (words + 160).max(360) }
    }

    fn draw_bar(&self, canvas: &mut Canvas, bar: &Bar, (top, height): (Tenths, Tenths)) {
        let zero = self.scale.place(0);
        if self.has_axis() && self.page.is_narrow() {
            let stroke = Stroke { colour: TEXT, width: 15, dashes: "" };
            canvas.line(&[(zero, top - 20), (zero, top + height + 20)], stroke);
        }
        let Some(size) = bar.size.filter(|it| *it != 0) else { return };
        let end = self.scale.place(i128::from(size));
        let length = (end - zero).abs().max(LEAST_BAR);
        let left = if size < 0 { zero - length } else { zero };
        let (fill, colour) = match (&self.chart.direction, size < 0) {
            (Direction::Balance { .. }, true) => (Fill::Solid, DARK_BLUE),
            (Direction::Balance { .. }, false) => (Fill::Outlined, DARK_BLUE),
            (_, _) if bar.is_rest => (Fill::Outlined, BLUE),
            (_, true) => (Fill::Striped, BLUE),
            (_, false) => (Fill::Solid, BLUE),
        };
        canvas.bar(Area { left, top, width: length, height }, fill, colour);
    }
}
