//! What happened to one patient, day by day: a lane for each kind, with its cost beside it.

use crate::canvas::{AXIS_SIZE, Anchor, Area, Canvas, Fill, Look, Stroke, TEXT_SIZE, Tenths};
use crate::colour::{BLUE, DARK_BLUE, GRID, GROUND, TEXT, WHITE};
use crate::words::{width, wrap};
use crate::{Chart, Heading, Page};

/// One column of the line: a day, or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// `Mon 3 Nov`.
    pub name: String,
    /// The same on a phone: `M3`.
    pub short: String,
    /// Drawn grey.
    pub is_weekend: bool,
}

/// A moment on the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Number of the column from 0.
    pub column: usize,
    /// How far into the column, in thousandths of it.
    pub thousandths: u16,
}

/// Something that lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its beginning.
    pub from: Moment,
    /// Its end.
    pub to: Moment,
}

/// What is drawn in a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Marks {
    /// Bars, striped from [`Timeline::ready`] on if it says so.
    Stretches {
        /// The bars.
        stretches: Vec<Stretch>,
        /// Whether the part after that moment is striped.
        is_striped: bool,
    },
    /// Dark blocks, short in time, seen however short they are.
    Blocks(Vec<Stretch>),
    /// Diamonds: things used once.
    Diamonds(Vec<Moment>),
    /// How many in each column; a circle where there are any.
    Counts(Vec<u64>),
    /// Nothing that has a place on the line.
    Nothing,
}

/// One kind of what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeLane {
    /// What it is.
    pub name: String,
    /// Its cost, in words.
    pub value: String,
    /// Its marks.
    pub marks: Marks,
    /// Some words behind the last mark; blank for none. Left out where they do not fit.
    pub label: String,
}

/// A chart of one patient's days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// What it is called.
    pub heading: Heading,
    /// The width of the wide drawing in pixels: that of its column.
    pub width: u16,
    /// The columns from left to right.
    pub columns: Vec<Column>,
    /// The lanes from top to bottom.
    pub lanes: Vec<TimeLane>,
    /// A moment that is marked through all lanes, with its words for a wide page and for a phone.
    pub ready: Option<(Moment, String, String)>,
    /// What the total is called and its amount in words.
    pub total: (String, String),
    /// What a column is, for the note: `day`, `week`.
    pub unit: String,
}

const LANE_HEIGHT: Tenths = 520;
const NARROW_LANE_HEIGHT: Tenths = 460;
/// From one line of a name to the next.
const NAME_LINE: Tenths = 180;
const BAR: Tenths = 170;
const BLOCK: Tenths = 240;
const LEAST_BLOCK: Tenths = 40;
const RADIUS: Tenths = 125;
const NARROW_RADIUS: Tenths = 90;
/// What a name may take at the most, in percent of the width.
const MOST_NAME: Tenths = 24;
const GAP: Tenths = 120;

/// Where everything is.
struct Frame<'a> {
    chart: &'a Timeline,
    page: Page,
    left: Tenths,
    right: Tenths,
    /// Below the names of the columns.
    top: Tenths,
}

impl Timeline {
    /// Draws the chart.
    pub fn draw(&self) -> Chart {
        Chart::of(self.width, self.note(), |page| self.draw_for(page))
    }

    fn note(&self) -> String {
        let has = |test: fn(&Marks) -> bool| self.lanes.iter().any(|it| test(&it.marks));
        let mut note = Vec::new();
        if has(|it| matches!(it, Marks::Counts(_))) {
            note.push(format!("Numbers in circles are how many that {}.", self.unit));
        }
        if has(|it| matches!(it, Marks::Diamonds(_))) {
            note.push("Diamond: something used once.".to_owned());
        }
        if self.columns.iter().any(|it| it.is_weekend) {
            note.push("Grey: weekend.".to_owned());
        }
        let striped = |it: &Marks| matches!(it, Marks::Stretches { is_striped: true, .. });
        if self.ready.is_some() && has(striped) {
            note.push(
                "Striped: bed used after the patient was recorded ready to leave.".to_owned(),
            );
        }
        note.join(" ")
    }

    fn draw_for(&self, page: Page) -> String {
        let frame = Frame::new(self, page);
        let mut canvas = Canvas::new(&self.heading, page);
        let heights: Vec<Tenths> = self.lanes.iter().map(|it| frame.lane_height(it)).collect();
        let bottom = frame.top + heights.iter().sum::<Tenths>();
        frame.columns(&mut canvas, bottom);
        frame.ready(&mut canvas, bottom);
        let mut top = frame.top;
        for (lane, height) in std::iter::zip(&self.lanes, heights) {
            frame.lane(&mut canvas, lane, (top, height));
            top += height;
        }
        frame.ready_words(&mut canvas);
        frame.total(&mut canvas, bottom + 100);
        canvas.finish(&self.heading, bottom + 480)
    }
}

impl<'a> Frame<'a> {
    fn new(chart: &'a Timeline, page: Page) -> Self {
        let whole = page.width() * 10;
        let widest = |words: &mut dyn Iterator<Item = (&str, bool)>| {
            words.map(|(it, is_bold)| width(it, TEXT_SIZE, is_bold)).max().unwrap_or(0)
        };
        let (mut left, mut right) = (0, whole);
        if !page.is_narrow() {
            let names = &mut chart.lanes.iter().map(|it| (it.name.as_str(), true));
            left = widest(names).min(whole * MOST_NAME / 100) + GAP;
            let values = chart.lanes.iter().map(|it| (it.value.as_str(), false));
            right -= widest(&mut values.chain([(chart.total.1.as_str(), true)])) + GAP;
        }
        let above = if chart.ready.is_some() { 500 } else { 280 };
        Self { chart, page, left, right, top: above }
    }

    /// The lines of a lane's name, in the room that it has.
    fn name_lines(&self, lane: &TimeLane) -> Vec<String> {
        let room = if self.page.is_narrow() {
            self.right - width(&lane.value, TEXT_SIZE, false) - GAP
        } else {
            self.left - GAP
        };
        wrap(&lane.name, room, TEXT_SIZE, true)
    }

    fn lane_height(&self, lane: &TimeLane) -> Tenths {
        let more = NAME_LINE * (tenths(self.name_lines(lane).len()) - 1);
        if self.page.is_narrow() { NARROW_LANE_HEIGHT + more } else { LANE_HEIGHT.max(300 + more) }
    }

    fn column(&self, number: usize) -> Tenths {
        let count = tenths(self.chart.columns.len().max(1));
        self.left + (self.right - self.left) * tenths(number).min(count) / count
    }

    fn place(&self, at: Moment) -> Tenths {
        let from = self.column(at.column);
        from + (self.column(at.column + 1) - from) * i64::from(at.thousandths.min(1_000)) / 1_000
    }

    /// Names of the columns, weekends and grid. A name that would touch the one before is left
    /// out.
    fn columns(&self, canvas: &mut Canvas, bottom: Tenths) {
        let mut free = Tenths::MIN;
        for (index, column) in self.chart.columns.iter().enumerate() {
            let (from, to) = (self.column(index), self.column(index + 1));
            if column.is_weekend {
                let area = Area { left: from, top: 250, width: to - from, height: bottom - 250 };
                canvas.ground(area, GROUND);
            }
            if index > 0 || !self.page.is_narrow() {
                let grid = Stroke { colour: GRID, width: 10, dashes: "" };
                canvas.line(&[(from, 250), (from, bottom)], grid);
            }
            let name = if self.page.is_narrow() { &column.short } else { &column.name };
            let room = width(name, AXIS_SIZE, false);
            let middle = i64::midpoint(from, to).clamp(room / 2, self.page.width() * 10 - room / 2);
            if middle - room / 2 >= free {
                canvas.text((middle, 140), Look::axis(Anchor::Middle), name);
                free = middle + room / 2 + 60;
            }
        }
    }

    fn ready(&self, canvas: &mut Canvas, bottom: Tenths) {
        if let Some((at, ..)) = &self.chart.ready {
            let dashed = Stroke { colour: TEXT, width: 15, dashes: "5 3" };
            canvas.line(&[(self.place(*at), 270), (self.place(*at), bottom)], dashed);
        }
    }

    /// The words of the line, on whichever side they fit.
    fn ready_words(&self, canvas: &mut Canvas) {
        let Some((at, wide, narrow)) = &self.chart.ready else { return };
        let words = if self.page.is_narrow() { narrow } else { wide };
        let (place, room) = (self.place(*at), width(words, AXIS_SIZE, false));
        let (left, anchor, x) = if place + 60 + room <= self.page.width() * 10 {
            (place + 40, Anchor::Start, place + 60)
        } else {
            (place - 80 - room, Anchor::End, place - 60)
        };
        let area = Area { left, top: 290, width: room + 40, height: 190 };
        canvas.ground(area, WHITE);
        let look = Look { colour: TEXT, ..Look::axis(anchor) };
        canvas.text((x, 430), look, words);
    }

    fn lane(&self, canvas: &mut Canvas, lane: &TimeLane, (top, height): (Tenths, Tenths)) {
        let (name, value) = (Look::text(Anchor::Start, true), Look::text(Anchor::End, false));
        let lines = self.name_lines(lane);
        let more = NAME_LINE * (tenths(lines.len()) - 1);
        let (middle, first, beside) = if self.page.is_narrow() {
            // Words stand on white, so that no grid line runs through them.
            for (index, line) in lines.iter().enumerate() {
                let room = width(line, TEXT_SIZE, true) + 40;
                let top = top + 10 + NAME_LINE * tenths(index);
                canvas.ground(Area { left: 0, top, width: room, height: NAME_LINE + 10 }, WHITE);
            }
            let room = width(&lane.value, TEXT_SIZE, false) + 40;
            let area = Area { left: self.right - room, top: top + 10, width: room, height: 190 };
            canvas.ground(area, WHITE);
            (top + 310 + more, top + 160, top + 160)
        } else {
            let middle = top + height / 2;
            (middle, middle + 55 - more / 2, middle + 55)
        };
        for (index, line) in lines.iter().enumerate() {
            canvas.text((0, first + NAME_LINE * tenths(index)), name, line);
        }
        canvas.text((self.page.width() * 10, beside), value, &lane.value);
        let end = self.marks(canvas, &lane.marks, middle);
        self.label(canvas, &lane.label, (end, middle));
    }

    /// Draws the marks, and says where the last ends.
    fn marks(&self, canvas: &mut Canvas, marks: &Marks, middle: Tenths) -> Tenths {
        let mut end = self.left;
        match marks {
            Marks::Stretches { stretches, is_striped } => {
                for it in stretches {
                    end = end.max(self.stretch(canvas, *it, *is_striped, middle));
                }
            }
            Marks::Blocks(blocks) => {
                for it in blocks {
                    let from = self.place(it.from).min(self.right - LEAST_BLOCK);
                    let to = self.place(it.to).max(from + LEAST_BLOCK);
                    let area = Area {
                        left: from,
                        top: middle - BLOCK / 2,
                        width: to - from,
                        height: BLOCK,
                    };
                    canvas.bar(area, Fill::Solid, DARK_BLUE);
                    end = end.max(to);
                }
            }
            Marks::Diamonds(moments) => {
                for it in moments {
                    let x = self.place(*it).clamp(self.left + 100, self.right - 100);
                    let corners = [
                        (x, middle - 100),
                        (x + 100, middle),
                        (x, middle + 100),
                        (x - 100, middle),
                    ];
                    canvas.shape(&corners, DARK_BLUE);
                    end = end.max(x + 100);
                }
            }
            Marks::Counts(counts) => {
                for (index, count) in counts.iter().enumerate().filter(|it| *it.1 > 0) {
                    let x = i64::midpoint(self.column(index), self.column(index + 1));
                    end = end.max(self.circle(canvas, *count, (x, middle)));
                }
            }
            Marks::Nothing => {}
        }
        end
    }

    fn stretch(
        &self,
        canvas: &mut Canvas,
        it: Stretch,
        is_striped: bool,
        middle: Tenths,
    ) -> Tenths {
        let from = self.place(it.from).min(self.right - LEAST_BLOCK);
        let to = self.place(it.to).max(from + LEAST_BLOCK);
        let ready = self.chart.ready.as_ref().filter(|_| is_striped);
        let turn = ready.map_or(to, |it| self.place(it.0).clamp(from, to));
        let area = |left: Tenths, right: Tenths| Area {
            left,
            top: middle - BAR / 2,
            width: right - left,
            height: BAR,
        };
        if turn > from {
            canvas.bar(area(from, turn), Fill::Solid, BLUE);
        }
        if turn < to {
            // So thin a rest could not be seen with its outline.
            canvas.bar(area(turn.min(to - LEAST_BLOCK), to), Fill::Striped, BLUE);
        }
        to
    }

    fn circle(&self, canvas: &mut Canvas, count: u64, (x, y): (Tenths, Tenths)) -> Tenths {
        let words = count.to_string();
        let size = if self.page.is_narrow() { 12 } else { AXIS_SIZE };
        let least = if self.page.is_narrow() { NARROW_RADIUS } else { RADIUS };
        let radius = least.max(width(&words, size, false) / 2 + 35);
        canvas.circle((x, y), radius, BLUE, true);
        let look = Look { anchor: Anchor::Middle, size, colour: TEXT, is_bold: false };
        canvas.text((x, y + size * 10 * 36 / 100), look, &words);
        x + radius
    }

    fn label(&self, canvas: &mut Canvas, words: &str, (end, middle): (Tenths, Tenths)) {
        let room = width(words, AXIS_SIZE, false);
        if words.is_empty() || end + 80 + room > self.right {
            return;
        }
        let area = Area { left: end + 40, top: middle - 110, width: room + 80, height: 220 };
        canvas.ground(area, WHITE);
        let look = Look { colour: TEXT, ..Look::axis(Anchor::Start) };
        canvas.text((end + 80, middle + 50), look, words);
    }

    fn total(&self, canvas: &mut Canvas, top: Tenths) {
        let end = self.page.width() * 10;
        canvas.line(&[(0, top), (end, top)], Stroke { colour: TEXT, width: 15, dashes: "" });
        let (name, value) = &self.chart.total;
        canvas.text((0, top + 250), Look::text(Anchor::Start, true), name);
        canvas.text((end, top + 250), Look::text(Anchor::End, true), value);
    }
}

fn tenths(count: usize) -> Tenths {
    i64::try_from(count).unwrap_or(i64::MAX)
}
