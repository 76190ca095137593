//! Small trusts by chance: two lists of rules that touch every method, and rows that are awkward.
//!
//! Moments lie about the edges of the period and about a night with a clock change, in steps of a
//! quarter of an hour, so that rows begin and end together, overlap and lie over the edges.

use std::sync::LazyLock;

use domain::{Day, Key, Money};
use proptest::prelude::*;
use tables::dataset::{Event, FeedRow, LedgerLine, Session};
use testkit::DatasetRows;

use crate::given;
use crate::given_activity::{Trust, own_row, rules};
use crate::local_time::Midnights;

const RULES: &str = "# year
    year,last_period
    2025-26,7
    # settings
    setting,value
    ward_net_of_theatre,{net}
    # income
    sequence,cost_centre,account,treatment
    1,*,10*,patient_income
    2,*,15*,netting_permitted
    # mapping
    sequence,cost_centre,account,cost_line,percentage
    1,Shared,*,Nurses,33.3333
    1,Shared,*,Surgeons,66.6667
    2,Estates,*,Estates,
    3,People,*,People,
    4,Nurses,70*,Estates,
    5,Nurses,*,Nurses,
    6,Drugs,*,Drugs,
    7,Devices,*,Devices,
    8,Lab,*,Lab,
    9,Trials,*,Trials,
    10,Prior,*,Prior,
    11,Lost,*,Lost,
    12,Porters,*,Porters,
    # cost_lines
    cost_line,class,support_group,driver,resource,cost_object,reconciliation_item,recurrence,negative_reason
    Devices,PF,,,DEVICES,,,recurrent,allowed
    Drugs,PF,,,DRUGS,,,recurrent,allowed
    Estates,T1,ESTATES,AREA,,,,recurrent,allowed
    Lab,T2,,,LAB,,,technical,allowed
    Lost,,,,,,,,allowed
    Nurses,PF,,,NURSES,,,recurrent,allowed
    People,T2,PEOPLE,HEADS,,,,technical,allowed
    Porters,PF,,,PORTERS,,,recurrent,allowed
    Prior,RECON,,,,,Prior year,,allowed
    Surgeons,PF,,,SURGEONS,,,recurrent,allowed
    Trials,OTHER,,,,RESEARCH,,,allowed
    # statistics
    driver,cost_line,quantity
    AREA,Nurses,60
    AREA,People,20
    AREA,Surgeons,13
    AREA,Trials,7
    HEADS,Devices,3
    HEADS,Estates,1
    HEADS,Lab,2
    HEADS,Nurses,2
    HEADS,Trials,1
    # resources
    resource,method,negative_reason
    DEVICES,SHARE,allowed
    DRUGS,SHARE,allowed
    LAB,SHARE,allowed
    NURSES,SHARE,allowed
    PORTERS,SHARE,allowed
    SURGEONS,FEED,allowed
    # shares
    resource,activity,weight_set,share
    DEVICES,DEVICES,DEVICES-COST,100
    DRUGS,DRUGS,DRUGS-COST,71.3
    DRUGS,STAY,STAY-N,28.7
    LAB,OFFICE,OFFICE-N,10
    LAB,TESTS,TESTS-N,90
    NURSES,ATTENDANCE,ATTENDANCE-N,20
    NURSES,BED,BED-STAFF,50
    NURSES,DRUGS,DRUGS-Q,30
    SURGEONS,BED,BED-TIME,0.5
    SURGEONS,RECOVERY,RECOVERY-TIME,1
    SURGEONS,SURGERY,SURGERY-TIME,2.25
    # weight_sets
    weight_set,activity,driver,staff,basis,minimum_seconds,rwv_table,rwv_key,default_rwv
    ATTENDANCE-N,ATTENDANCE,COUNT,,,,,,
    BED-STAFF,BED,DURATION,yes,,,,,
    BED-TIME,BED,DURATION,,,3600,LOAD,band,1.2
    DEVICES-COST,DEVICES,COST,,ABSOLUTE,,,,
    DRUGS-COST,DRUGS,COST,,,,,,
    DRUGS-Q,DRUGS,QUANTITY,,,,LOAD,code,0
    OFFICE-N,OFFICE,COUNT,,,,,,
    RECOVERY-TIME,RECOVERY,DURATION,yes,,,,,
    STAY-N,STAY,COUNT,,,,,,
    SURGERY-ONE,SURGERY,DURATION,,,1800,,,
    SURGERY-TIME,SURGERY,DURATION,yes,,,LOAD,band,0.75
    TESTS-N,TESTS,COUNT,,,,LOAD,specialty,1
    # rwv
    rwv_table,code,value
    LOAD,A1,3
    LOAD,A2,0
    LOAD,heavy,2.5
    LOAD,S1,0.5
    # activities
    activity,count_unit
    ATTENDANCE,
    BED,minutes
    DEVICES,
    DRUGS,
    OFFICE,
    RECOVERY,
    STAY,
    SURGERY,minutes
    TESTS,
    # activity_rules
    feed,code,band,category,activity
    apc,*,*,*,STAY
    ed,*,*,*,ATTENDANCE
    wards,A*,*,*,BED
    theatre,A1,*,*,SURGERY
    theatre,A2,*,*,RECOVERY
    theatre,A*,*,PRIVATE,SURGERY
    drugs,A1,*,OWN,DRUGS
    drugs,A2,*,*,DRUGS
    devices,*,*,*,DEVICES
    tests,A*,*,*,TESTS
    tests,*,*,PRIVATE,OFFICE
    # feeds
    feed,role,event_type,exclusive,open_end,unmatched
    apc,master,APC,,,
    ed,master,ED,,,
    wards,,,yes,yes,{wards}
    theatre,,,,,{theatre}
    drugs,,,,,{drugs}
    devices,,,,,{devices}
    tests,,,,,{tests}
    # matching
    feed,sequence,identity,event_type,before,after,equalities,tie_breaks
    wards,1,event,,,,,
    wards,2,patient,APC,0d,0d,,nearest
    theatre,1,event,,,,,
    theatre,2,patient,APC,1d,1d,,specialty;nearest
    drugs,1,patient,APC,0h,12h,,nearest
    drugs,2,patient,ED,2h,30m,,
    devices,1,event,,,,,
    devices,2,patient,,,,,nearest
    tests,1,patient,,3d,3d,specialty,
    tests,2,patient,ED,1d,1d,,nearest
    # session_kinds
    session_kind,used_by,unused_to,method,theatre
    PLANNED,RECOVERY;SURGERY,SURGERY,SPREAD,no
    STANDBY,SURGERY,SURGERY,SEPARATE,yes
    # cost_objects
    cost_object
    GP
    RESEARCH
    # specialties
    specialty,service_line
    S1,L1
    S2,L2
    # events
    event_type
    APC
    ED";

const CENTRES: [&str; 13] = [
    "Devices", "Drugs", "Estates", "Lab", "Lost", "Nurses", "Nurses", "People", "Porters", "Prior",
    "Shared", "Trials", "Unknown",
];
const ACCOUNTS: [&str; 6] = ["1000", "1500", "6000", "6100", "6200", "7000"];
const CODES: [&str; 3] = ["A1", "A2", "X"];
const BANDS: [&str; 2] = ["heavy", "light"];
const SPECIALTIES: [&str; 3] = ["", "S1", "S2"];
const CATEGORIES: [&str; 3] = ["", "OWN", "PRIVATE"];
const OBJECTS: [&str; 6] = ["", "", "", "", "GP", "NOBODY"];
const SESSIONS: [(&str, &str); 4] =
    [("s1", "PLANNED"), ("s2", "PLANNED"), ("s3", "STANDBY"), ("s4", "NIGHT")];
const FEEDS: [&str; 5] = ["devices", "drugs", "tests", "theatre", "wards"];

/// How large a trust is at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) patients: u32,
    pub(crate) events: usize,
    pub(crate) rows: usize,
}

/// Few enough for awkward rows to meet.
pub(crate) const SMALL: Size = Size { patients: 4, events: 9, rows: 40 };

/// A ledger without patients.
pub(crate) const LEDGER: Size = Size { patients: 1, events: 0, rows: 0 };

/// Enough patients to fill many buckets.
pub(crate) const MANY: Size = Size { patients: 90, events: 120, rows: 150 };

/// Trusts of a size.
pub(crate) fn trusts(size: Size) -> impl Strategy<Value = Trust> {
    let choices = prop::array::uniform6(any::<bool>());
    let events = prop::collection::vec(event(size), size.events / 3..=size.events);
    let rows = prop::collection::vec(row(size), size.rows / 3..=size.rows);
    let ledger = prop::collection::vec(ledger_line(), 4..20);
    let sessions = prop::array::uniform4((moment(), 1..100_i64, 0..4000_i64));
    (choices, events, rows, ledger, sessions).prop_map(trust)
}

/// Seconds after the first of April, about the edges of the period and a clock change.
fn moment() -> impl Strategy<Value = i64> {
    // Days after 1 April 2025: 29 March (a clock change the night after), 31 March, 25 October (a
    // clock change the night after), 31 October, the last of the period.
    let about = (prop::sample::select(vec![-3_i64, -1, 207, 213]), 0..192_i64)
        .prop_map(|(day, quarter)| day * 86_400 + quarter * 900);
    // The period begins with April and ends with October, which had an hour more of winter time.
    prop_oneof![14 => about, 1 => Just(0), 1 => Just(214 * 86_400 + 3600)]
}

fn quarters() -> impl Strategy<Value = i64> {
    prop_oneof![1 => Just(0), 6 => 1..24_i64, 3 => 24..300_i64].prop_map(|it| it * 900)
}

#[derive(Clone, Debug)]
struct EventSeed {
    patient: u32,
    emergency: bool,
    start: i64,
    length: Option<i64>,
    days: (bool, bool),
    texts: (usize, usize),
    restricted: bool,
}

fn event(size: Size) -> impl Strategy<Value = EventSeed> {
    let length = prop_oneof![6 => quarters().prop_map(Some), 1 => Just(None)];
    let texts = (0..SPECIALTIES.len(), 0..CATEGORIES.len());
    let restricted = prop::bool::weighted(0.1);
    (0..size.patients, any::<bool>(), moment(), length, any::<(bool, bool)>(), texts, restricted)
        .prop_map(|(patient, emergency, start, length, days, texts, restricted)| EventSeed {
            patient,
            emergency,
            start,
            length,
            days: (days.0 && days.1, days.0 && !days.1),
            texts,
            restricted,
        })
}

#[derive(Clone, Debug)]
struct RowSeed {
    feed: usize,
    patient: Option<u32>,
    event: Option<usize>,
    start: i64,
    length: Option<i64>,
    day: bool,
    texts: [usize; 5],
    quantity: Option<i64>,
    staff: Option<i64>,
    cost: Option<i64>,
}

fn row(size: Size) -> impl Strategy<Value = RowSeed> {
    let patient = prop_oneof![9 => (0..size.patients + 1).prop_map(Some), 1 => Just(None)];
    let event = prop_oneof![3 => Just(None), 1 => (0..size.events + 2).prop_map(Some)];
    let length = prop_oneof![9 => quarters().prop_map(Some), 1 => Just(None)];
    let texts =
        (0..CODES.len(), 0..BANDS.len(), 0..SPECIALTIES.len(), 0..OBJECTS.len(), 0..6_usize);
    let number = |least: i64, most: i64| prop::option::weighted(0.8, least..most);
    let money = prop::option::weighted(0.8, -8_000_000_000_i64..9_000_000_000);
    (
        (prop::sample::select(vec![0, 0, 1, 2, 3, 3, 3, 4, 4]), patient, event),
        (moment(), length, prop::bool::weighted(0.2)),
        texts,
        (number(-30_000, 90_000), number(0, 500), money),
    )
        .prop_map(|(who, when, texts, (quantity, staff, cost))| RowSeed {
            feed: who.0,
            patient: who.1,
            event: who.2,
            start: when.0,
            length: when.1,
            day: when.2,
            texts: [texts.0, texts.1, texts.2, texts.3, texts.4],
            quantity,
            staff,
            cost,
        })
}

type LedgerSeed = (usize, usize, i64, i64);

fn ledger_line() -> impl Strategy<Value = LedgerSeed> {
    let amount = prop_oneof![
        1 => -20_i64..20,
        2 => -9_000_000_000_i64..0,
        7 => 1..90_000_000_000_i64,
    ];
    (0..CENTRES.len(), 0..ACCOUNTS.len(), 1..9_i64, amount)
}

type SessionSeed = (i64, i64, i64);

type Seeds =
    ([bool; 6], Vec<EventSeed>, Vec<RowSeed>, Vec<LedgerSeed>, [SessionSeed; SESSIONS.len()]);

fn trust((choices, events, rows, ledger, sessions): Seeds) -> Trust {
    let mut text = RULES.replace("{net}", if choices[5] { "yes" } else { "no" });
    for (feed, absorbed) in FEEDS.iter().zip(choices) {
        let kind = if absorbed { "ABSORBED" } else { "VISIBLE" };
        text = text.replace(&format!("{{{feed}}}"), kind);
    }
    let mut rules = rules(&given::tables(&text));
    rules.organisation = "X-TST".to_owned();
    let clock = Clock::new();
    let events: Vec<Event> =
        (1_u128..).zip(events).map(|(number, seed)| clock.event(number, &seed)).collect();
    let mut dataset = DatasetRows { year: rules.year.to_string(), ..DatasetRows::default() };
    for (code, feed) in &rules.feeds {
        let own = events.iter().filter(|it| it.event_type == feed.event_type);
        dataset.feeds.insert(code.clone(), own.map(own_row).collect());
    }
    for (number, seed) in (1_u128..).zip(rows) {
        let feed = FEEDS[seed.feed];
        let row = clock.row(number, &seed, &events);
        dataset.feeds.get_mut(feed).expect("the model has this feed").push(row);
    }
    dataset.sessions =
        SESSIONS.iter().zip(sessions).map(|(it, seed)| clock.session(it, seed)).collect();
    dataset.ledger = ledger.iter().enumerate().map(line).collect();
    dataset.events = events;
    Trust { rules, rows: dataset }
}

/// A reference far from its neighbours, so that few rows fill many buckets.
fn scattered(kind: u128, number: u128) -> Key {
    // An odd number near 2¹²⁸ / φ: its multiples lie far apart.
    Key((number * 8 + kind).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

fn line((index, (centre, account, period, amount)): (usize, &LedgerSeed)) -> LedgerLine {
    LedgerLine {
        ledger_line: format!("L{index:02}"),
        cost_centre: CENTRES[*centre].to_owned(),
        account: ACCOUNTS[*account].to_owned(),
        year: if *period == 8 { "2024-25" } else { "2025-26" }.to_owned(),
        period: *period,
        amount: Money::from_micro_pounds(*amount),
        ..LedgerLine::default()
    }
}

/// The calendar of the year, worked out once.
pub(crate) static MIDNIGHTS: LazyLock<Midnights> = LazyLock::new(|| {
    let first: Day = "2025-04-01".parse().expect("a day");
    Midnights::around(first, first.plus(364))
});

struct Clock {
    midnights: &'static Midnights,
    april: i64,
}

impl Clock {
    fn new() -> Self {
        let april = MIDNIGHTS.start_of("2025-04-01".parse().expect("a day"));
        Self { midnights: &MIDNIGHTS, april }
    }

    fn midnight(&self, instant: i64, later: i32) -> i64 {
        self.midnights.start_of(self.midnights.day_of(instant).plus(later))
    }

    fn event(&self, number: u128, seed: &EventSeed) -> Event {
        let start = self.april + seed.start;
        let start_s = if seed.days.0 { self.midnight(start, 0) } else { start };
        let end = seed.length.map(|it| start + it);
        let end_s = end.map(|it| if seed.days.1 { self.midnight(it, 1) } else { it });
        Event {
            patient: scattered(1, u128::from(seed.patient)),
            event: scattered(2, number),
            event_type: if seed.emergency { "ED" } else { "APC" }.to_owned(),
            start_s,
            start_is_day: seed.days.0,
            end_s,
            end_is_day: seed.days.1 && end.is_some(),
            specialty: SPECIALTIES[seed.texts.0].to_owned(),
            category: CATEGORIES[seed.texts.1].to_owned(),
            restricted: seed.restricted,
            restricted_reference: seed.restricted.then(|| scattered(3, number)),
            ..Event::default()
        }
    }

    fn row(&self, number: u128, seed: &RowSeed, events: &[Event]) -> FeedRow {
        let start = self.april + seed.start;
        // Intake gives a row the patient of the event that it names.
        let named = seed.event.and_then(|it| events.get(it));
        let patient = seed.patient.map(|it| scattered(1, u128::from(it)));
        let open = seed.length.is_none() && FEEDS[seed.feed] == "wards";
        let [code, band, specialty, object, session] = seed.texts;
        FeedRow {
            patient: named.map(|it| it.patient).or(patient),
            event: seed.event.map(|it| scattered(2, it as u128 + 1)),
            row: scattered(4, number),
            start_s: if seed.day { self.midnight(start, 0) } else { start },
            start_is_day: seed.day,
            end_s: (!open).then(|| start + seed.length.unwrap_or(0)),
            code: CODES[code].to_owned(),
            band: BANDS[band].to_owned(),
            specialty: SPECIALTIES[specialty].to_owned(),
            cost_object: OBJECTS[object].to_owned(),
            session: SESSIONS.get(session).map_or("", |it| it.0).to_owned(),
            quantity_e4: seed.quantity,
            staff_e2: seed.staff,
            cost: seed.cost.map(Money::from_micro_pounds),
            origin: "native".to_owned(),
            ..FeedRow::default()
        }
    }

    fn session(&self, (session, kind): &(&str, &str), seed: SessionSeed) -> Session {
        let start_s = self.april + seed.0;
        Session {
            session: (*session).to_owned(),
            kind: (*kind).to_owned(),
            start_s,
            end_s: start_s + seed.1 * 1800,
            staff_e2: seed.2,
            ..Session::default()
        }
    }
}
