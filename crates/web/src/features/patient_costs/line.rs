//! The time line of one event: its lanes, drawn, and the same rows as a table.

use std::collections::{BTreeMap, BTreeSet};

use charts::{Heading, Marks, Stretch, TimeLane, Timeline};
use domain::Money;
use results::explain::{Apart, Lane, LaneRow, Named, NoLine, TimeLine, Waiting};

use super::calendar::{self, Calendar};
use super::pence;
use crate::shell::words;

/// The width of the drawing: that of the page, less the margins of a box.
const WIDTH: u16 = 900;
/// What lasts so long is drawn as long as it was; what is shorter as a block.
const LONG_S: i64 = 12 * 3_600;
/// The shortest time of a block: what is shorter is counted.
const BLOCK_S: i64 = 45 * 60;
/// So many things of a traced price on one day are marked one by one.
const MOST_DIAMONDS: usize = 3;

/// What stands on the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    pub(super) svg: String,
    pub(super) note: String,
    /// What the line says of the end of the stay; blank where it cannot be said.
    pub(super) finding: String,
    /// What has no moment of its own, with its cost.
    pub(super) apart: Vec<(String, String)>,
    /// The rows in order of time.
    pub(super) rows: Vec<Row>,
    /// Why there is no line; blank if there is one.
    pub(super) absent: String,
    /// Whether somebody was in a bed.
    pub(super) is_stay: bool,
    /// What a column of the drawing is.
    pub(super) unit: String,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) lane: String,
    pub(super) what: String,
    pub(super) began: String,
    pub(super) length: String,
    pub(super) cost: String,
}

impl View {
    /// The line of an event whose cost is so many pence.
    pub(super) fn of(line: &Result<TimeLine, NoLine>, cost: i64) -> Self {
        match line {
            Ok(line) => Self::drawn(line, cost),
            Err(why) => Self { absent: absent(why), ..Self::default() },
        }
    }

    fn drawn(line: &TimeLine, cost: i64) -> Self {
        let lanes = line.lanes.iter().map(|it| it.cost);
        let exact: Vec<Money> = lanes.chain(line.apart.iter().map(|it| it.cost)).collect();
        let amounts = pence::parts(cost, &exact);
        let (lanes, apart) = amounts.split_at(line.lanes.len());
        let drawing = drawing(line, lanes, (apart.iter().sum(), cost));
        let chart = drawing.draw();
        let mut rows: Vec<(i64, Row)> = Vec::new();
        for lane in &line.lanes {
            rows.extend(lane.rows.iter().map(|it| (it.start_s, row(lane, it))));
        }
        rows.sort_by_key(|it| it.0);
        let apart = std::iter::zip(&line.apart, apart);
        Self {
            svg: chart.svg(),
            note: chart.note,
            finding: finding(line),
            apart: apart.map(|(it, cost)| (it.activity.words().to_owned(), said(*cost))).collect(),
            rows: rows.into_iter().map(|it| it.1).collect(),
            absent: String::new(),
            is_stay: line.lanes.iter().any(|it| it.is_stay),
            unit: drawing.unit,
        }
    }
}

impl View {
    /// A short stay, one without its dataset, and a long one, for samples of the page.
    pub(super) fn samples(cost: i64) -> [Self; 3] {
        const MONDAY: i64 = 1_762_153_800;
        let row = |code: &str, hours: (i64, Option<i64>), pence| LaneRow {
            row: code.to_owned(),
            code: Named { code: code.to_owned(), name: String::new() },
            activities: vec![Named { code: "A".to_owned(), name: "An activity".to_owned() }],
            start_s: MONDAY + hours.0 * 3_600,
            is_day: false,
            end_s: hours.1.map(|it| MONDAY + it * 3_600),
            is_return: false,
            cost: pence::money(pence),
        };
        let lane = |name: &str, (is_stay, is_by_time): (bool, bool), rows: Vec<LaneRow>| Lane {
            feed: Named { code: name.to_owned(), name: name.to_owned() },
            name: name.to_owned(),
            is_stay,
            is_by_time,
            is_traced: name == "Implants",
            cost: rows.iter().map(|it| it.cost).sum(),
            rows,
        };
        let told = |hours: i64| TimeLine {
            start_s: MONDAY,
            end_s: Some(MONDAY + hours * 3_600),
            ready_s: Some(MONDAY + (hours - 72) * 3_600),
            period_s: (MONDAY - 9_000_000, MONDAY + 9_000_000),
            lanes: vec![
                lane("Ward stays", (true, true), vec![row("W10", (0, Some(hours)), 293_333)]),
                lane("Theatres", (false, true), vec![row("SURGERY", (2, Some(4)), 230_450)]),
                lane("Implants", (false, false), vec![row("HIP", (3, None), 50_000)]),
                lane("Tests", (false, false), vec![row("C1", (26, None), 25_000)]),
            ],
            apart: vec![Apart {
                activity: Named { code: "ADM".to_owned(), name: "Admitted episode".to_owned() },
                cost: pence::money(25_000),
            }],
            waiting: Some(Waiting { seconds: 72 * 3_600, cost: pence::money(120_000) }),
        };
        [Ok(told(176)), Err(NoLine::NotHere), Ok(told(900))].map(|it| Self::of(&it, cost))
    }
}

/// Pence in words.
fn said(amount: i64) -> String {
    words::pence(pence::money(amount))
}

fn absent(why: &NoLine) -> String {
    match why {
        NoLine::NotHere => "The files of activity are not on this server, so this page cannot \
             show what happened day by day. The tables below are whole without them."
            .to_owned(),
        NoLine::Other => "The files of activity on this server are not those that this run was \
             made of, so this page cannot show what happened day by day. Cost again from the new \
             files to see it; the tables below are whole without them."
            .to_owned(),
        NoLine::Failed(why) => {
            tracing::warn!(why, "an event has no time line");
            "The files of activity could not be matched again, so this page cannot show what \
             happened day by day. Ask whoever keeps this server to look at its log."
                .to_owned()
        }
    }
}

/// The chart, with a last lane for what has no moment: its pence, and those of all.
fn drawing(line: &TimeLine, amounts: &[i64], (apart, cost): (i64, i64)) -> Timeline {
    let (from_s, to_s) = line.period_s;
    let from = line.start_s.clamp(from_s, to_s - 1);
    let to = line.end_s.unwrap_or(to_s).clamp(from, to_s);
    let rows = line.lanes.iter().flat_map(|it| &it.rows);
    // A stay that began before is drawn from the first day on.
    let moments: Vec<i64> =
        rows.filter(|it| it.end_s.is_none_or(|end| end <= from)).map(|it| it.start_s).collect();
    let days = Calendar::of((from, to), &moments);
    let columns = days.columns();
    let draw = |(it, cost): (&Lane, &i64)| {
        let (marks, label) = marks(it, (&days, columns.len()), line.waiting.is_some());
        TimeLane { name: it.name.clone(), value: said(*cost), marks, label }
    };
    let mut lanes: Vec<TimeLane> = std::iter::zip(&line.lanes, amounts).map(draw).collect();
    if !line.apart.is_empty() {
        lanes.push(TimeLane {
            name: "Not on the line".to_owned(),
            value: said(apart),
            marks: Marks::Nothing,
            label: "has no moment of its own, see below".to_owned(),
        });
    }
    let ready = line.ready_s.filter(|it| *it > from && *it < to).map(|it| {
        let wide = format!("recorded ready to leave, {}", calendar::weekday(it));
        (days.moment(it), wide, "ready to leave".to_owned())
    });
    Timeline {
        heading: Heading {
            id: "line".to_owned(),
            title: "What happened, in order of time".to_owned(),
            description: description(line, cost),
        },
        width: WIDTH,
        columns,
        lanes,
        ready,
        total: ("Total cost".to_owned(), said(cost)),
        unit: days.unit().to_owned(),
    }
}

/// How a lane is drawn, and the words behind its marks.
fn marks(lane: &Lane, (days, count): (&Calendar, usize), has_waiting: bool) -> (Marks, String) {
    let length = |it: &LaneRow| it.end_s.map_or(0, |end| end - it.start_s);
    let longest = lane.rows.iter().map(length).max().unwrap_or(0);
    let on: BTreeSet<String> = lane.rows.iter().map(|it| calendar::date(it.start_s)).collect();
    let is_open = |it: &LaneRow| lane.is_stay && it.end_s.is_none();
    if lane.is_by_time && (longest >= LONG_S || lane.is_stay || lane.rows.iter().any(is_open)) {
        let last = days.last_s();
        let spans = lane.rows.iter().map(|it| (it.start_s, it.end_s.unwrap_or(last)));
        let stretches = joined(spans.collect()).into_iter().map(|it| stretch(days, it)).collect();
        let is_striped = lane.is_stay && has_waiting;
        return (Marks::Stretches { stretches, is_striped }, String::new());
    }
    let all_last = lane.rows.iter().all(|it| it.end_s.is_some() && !it.is_day);
    if lane.is_by_time && all_last && on.len() <= 2 && longest >= BLOCK_S {
        let spans = lane.rows.iter().filter_map(|it| Some((it.start_s, it.end_s?))).collect();
        let spans = joined(spans);
        let time = spans.iter().map(|it| it.1 - it.0).sum();
        return (
            Marks::Blocks(spans.into_iter().map(|it| stretch(days, it)).collect()),
            lasted(time),
        );
    }
    if lane.is_traced && !lane.is_by_time && on.len() == 1 && lane.rows.len() <= MOST_DIAMONDS {
        let place = |it: &LaneRow| days.place(it.start_s, it.is_day);
        let label = match lane.rows.len() {
            1 => "at its own price".to_owned(),
            rows => format!("{rows}, at their own prices"),
        };
        return (Marks::Diamonds(lane.rows.iter().map(place).collect()), label);
    }
    let mut counts = vec![0; count];
    for row in lane.rows.iter().filter(|it| !it.is_return) {
        if let Some(count) = counts.get_mut(days.column(row.start_s)) {
            *count += 1;
        }
    }
    (Marks::Counts(counts), String::new())
}

/// Times that touch or overlap as one.
fn joined(mut spans: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    spans.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, to) in spans {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

fn stretch(days: &Calendar, (from, to): (i64, i64)) -> Stretch {
    Stretch { from: days.moment(from), to: days.moment(to) }
}

/// A length of time: `2 h 15 min`, `7 days 8 h`.
fn lasted(seconds: i64) -> String {
    let minutes = seconds / 60;
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let count = |count: i64, one: &str, more: &str| words::count(count.unsigned_abs(), one, more);
    let parts = match (days, hours) {
        (0, 0) => vec![count(minutes, "min", "min")],
        (0, _) => vec![count(hours, "h", "h"), count(minutes, "min", "min")],
        _ => vec![count(days, "day", "days"), count(hours, "h", "h")],
    };
    let is_nothing = |it: &String| it.starts_with('0') && parts.len() > 1;
    parts.iter().filter(|it| !is_nothing(it)).cloned().collect::<Vec<_>>().join(" ")
}

/// What came after the patient was ready: said only where the model's own method tells it.
fn finding(line: &TimeLine) -> String {
    let Some(waiting) = line.waiting.filter(|it| pence::of(it.cost) > 0) else {
        return String::new();
    };
    format!(
        "The last {} of the stay came after the patient was recorded ready to leave. In that time bed and ward staff account for {}.",
        lasted(waiting.seconds),
        said(pence::of(waiting.cost))
    )
}

/// What somebody would say who describes the chart.
fn description(line: &TimeLine, cost: i64) -> String {
    let mut text = String::new();
    for lane in &line.lanes {
        let count = u64::try_from(lane.rows.len()).unwrap_or(u64::MAX);
        let first = lane.rows.first().map_or_else(String::new, |it| {
            format!(", from {}", calendar::short(it.start_s, it.is_day))
        });
        text += &format!("{}: {}{first}. ", lane.name, words::count(count, "row", "rows"));
    }
    text + &format!("Total cost {}.", said(cost))
}

fn row(lane: &Lane, it: &LaneRow) -> Row {
    let mut activities: BTreeMap<&str, &str> = BTreeMap::new();
    for activity in &it.activities {
        activities.insert(&activity.code, activity.words());
    }
    let of_what = activities.into_values().collect::<Vec<_>>().join("; ");
    let what =
        if it.code.code.is_empty() { of_what } else { format!("{}: {of_what}", it.code.words()) };
    Row {
        lane: lane.name.clone(),
        what: if it.is_return { format!("{what} (given back)") } else { what },
        began: calendar::short(it.start_s, it.is_day),
        length: it.end_s.map_or_else(String::new, |end| lasted(end - it.start_s)),
        cost: words::pence(it.cost),
    }
}
