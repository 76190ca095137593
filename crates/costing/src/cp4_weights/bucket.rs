//! The rows of one bucket of patients: each is matched, counted and weighed.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use domain::Key;
use hashbrown::HashMap as QuickMap;
use tables::dataset::Event;

use super::columns::{FeedColumns, ORIGIN, ROW, Text};
use super::counted::{Span, Stay, add, exclusive, seconds_in, subtract};
use super::event_rows::Followed;
use super::matches::{RowFate, RowMatch, reference};
use super::plan::{FeedPlan, Plan};
use super::row_plan::{PlannedActivity, RowPlan, RowPlans};
use super::sums::{DayRules, Decided, RowFacts, Sums, by_month};
use super::{BucketWork, FeedTally, OWN, Receiver, Residual, SessionRow};
use crate::cp4_matching::{ByTime, EventSpan, Fields, Outcome, PatientEvents, RowSpan};
use crate::dataset::Dataset;
use crate::error::CostingError;

/// Finding a row's event relies on the order of events, hiding a restricted one on its reference.
pub(super) fn check_events(events: &[Event]) -> Result<(), CostingError> {
    let damaged = |why: &str| Err(CostingError::read(Path::new("events.parquet"), &why));
    if !events.is_sorted_by(|one, next| (one.patient, one.event) < (next.patient, next.event)) {
        return damaged("its events are not in the order of patient and event");
    }
    if events.iter().any(|it| it.restricted && it.restricted_reference.is_none()) {
        return damaged("a legally restricted event has no reference to stand for it");
    }
    if !events.iter().all(|it| possible(it.start_s, it.end_s)) {
        return damaged("an event has an impossible date");
    }
    Ok(())
}

/// Whether moments are within thousands of years, so that adding to them cannot overflow.
fn possible(start: i64, end: Option<i64>) -> bool {
    let possible = |moment: i64| moment.unsigned_abs() < 100_000_000_000;
    possible(start) && end.is_none_or(possible)
}

/// One bucket while its rows are read.
pub(super) struct Pass<'a> {
    plan: &'a Plan,
    events: &'a [Event],
    spans: Vec<EventSpan>,
    patients: Vec<(Key, Range<usize>)>,
    /// Events in the order of time of patients that have many, by the place of their first.
    times: QuickMap<usize, ByTime>,
    texts: QuickMap<String, u128>,
    theatre: BTreeMap<u32, Vec<Span>>,
    sums: Sums<'a>,
    work: BucketWork,
    /// What became of each row, where somebody wants to know.
    pub(super) told: Option<Vec<RowMatch>>,
    /// Weights of the rows of one event, where somebody wants to know.
    pub(super) followed: Option<Followed>,
}

/// The texts that matching compares.
const MATCHED_TEXTS: [Text; 4] = [Text::Specialty, Text::Site, Text::Band, Text::Requester];

/// One feed while its rows are read.
struct Feed<'a> {
    code: &'a str,
    rules: &'a FeedPlan,
    columns: &'a FeedColumns<'a>,
    plans: RowPlans<'a>,
    /// The numbers of the texts that matching compares, by the places of the texts.
    numbers: [Vec<u128>; MATCHED_TEXTS.len()],
    tally: FeedTally,
    days: DayRules,
    /// Rows that more than one event could have had.
    ambiguous: i64,
    kept: Vec<usize>,
}

impl<'a> Pass<'a> {
    pub(super) fn new(plan: &'a Plan, events: &'a [Event]) -> Self {
        let mut pass = Self {
            plan,
            events,
            spans: Vec::with_capacity(events.len()),
            patients: Vec::new(),
            times: QuickMap::new(),
            texts: QuickMap::new(),
            theatre: BTreeMap::new(),
            sums: Sums::new(plan, events.len()),
            work: BucketWork::default(),
            told: None,
            followed: None,
        };
        for (index, event) in events.iter().enumerate() {
            let span = pass.event_span(event);
            pass.spans.push(span);
            match pass.patients.last_mut() {
                Some((patient, range)) if *patient == event.patient => range.end = index + 1,
                _ => pass.patients.push((event.patient, index..index + 1)),
            }
        }
        for (_, range) in &pass.patients {
            if let Some(times) = ByTime::of_many(&pass.spans[range.clone()]) {
                pass.times.insert(range.start, times);
            }
        }
        pass
    }

    fn event_span(&mut self, event: &Event) -> EventSpan {
        let consultant = event.consultant.map(|it| it.to_string()).unwrap_or_default();
        EventSpan {
            event: event.event,
            event_type: self
                .plan
                .event_types
                .get(&event.event_type)
                .copied()
                .unwrap_or(u32::MAX - 1),
            first: event.start_s,
            last: event.end_s.map(|end| if event.end_is_day { end - 1 } else { end }),
            fields: [
                self.number(&event.specialty),
                self.number(&event.site),
                self.number(&event.band),
                event.spell.map_or(0, |it| it.0),
                self.number(&consultant),
            ],
        }
    }

    /// A number for a text, the same for equal texts; 0 for a blank one.
    fn number(&mut self, text: &str) -> u128 {
        if text.is_empty() {
            return 0;
        }
        if let Some(number) = self.texts.get(text) {
            return *number;
        }
        let number = self.texts.len() as u128 + 1;
        self.texts.insert(text.to_owned(), number);
        number
    }

    /// Reads the feeds of a bucket that are wanted.
    pub(super) fn feeds(
        &mut self,
        dataset: &Dataset,
        bucket: u32,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<(), CostingError> {
        for (code, feed) in self.plan.in_order().into_iter().filter(|it| is_wanted(it.0)) {
            self.read(dataset, bucket, (code, feed))?;
        }
        Ok(())
    }

    /// Reads one feed of a bucket.
    pub(super) fn read(
        &mut self,
        dataset: &Dataset,
        bucket: u32,
        (code, feed): (&str, &'a FeedPlan),
    ) -> Result<(), CostingError> {
        let is_told = self.told.is_some() || self.followed.is_some();
        let knows = is_told || self.plan.knows_rows(feed);
        let without = if knows { &[ORIGIN][..] } else { &[ORIGIN, ROW] };
        if let Some(batch) = dataset.feed(code, bucket, without)? {
            let columns = FeedColumns::new(&batch)
                .map_err(|error| CostingError::read(Path::new(code), &error))?;
            return self.feed(code, feed, &columns);
        }
        self.work.feeds.entry(code.to_owned()).or_default();
        Ok(())
    }

    /// Hands over what the rows of one feed gave.
    pub(super) fn take_part(&mut self, feed: &FeedPlan) -> BucketWork {
        let mut part = std::mem::take(&mut self.work);
        self.sums.take(&self.plan.touched(feed), &mut part);
        part
    }

    /// Takes note of theatre time that rows of a feed brought to events in an earlier costing.
    pub(super) fn know_theatre(&mut self, part: &BucketWork) {
        for (event, spans) in &part.theatre {
            let known = self.theatre.entry(*event).or_default();
            *known = spans.iter().fold(std::mem::take(known), |all, span| add(&all, *span));
        }
    }

    /// Rows that name a session, so far.
    pub(super) fn take_session_rows(&mut self) -> Vec<SessionRow> {
        std::mem::take(&mut self.work.session_rows)
    }

    pub(super) fn feed(
        &mut self,
        code: &str,
        rules: &'a FeedPlan,
        columns: &FeedColumns<'_>,
    ) -> Result<(), CostingError> {
        let plans = RowPlans::new(self.plan, rules, columns);
        let numbers = MATCHED_TEXTS
            .map(|text| columns.list(text).into_iter().map(|it| self.number(it)).collect());
        let mut feed = Feed {
            code,
            rules,
            columns,
            plans,
            numbers,
            tally: FeedTally::default(),
            days: DayRules::new(),
            ambiguous: 0,
            kept: Vec::new(),
        };
        let mut from = 0;
        let mut last = None;
        while from < columns.rows {
            let patient = columns.patient(from);
            // Rows without a patient stand behind all others.
            let order = (patient.is_none(), patient);
            if last.is_some_and(|last| last >= order) {
                let why = "its rows are not in the order of patients";
                return Err(CostingError::read(Path::new(code), &why));
            }
            last = Some(order);
            let mut to = from + 1;
            while to < columns.rows && columns.patient(to) == patient {
                to += 1;
            }
            self.patient(&mut feed, from..to, patient)?;
            from = to;
        }
        assert!(feed.tally.closes(), "feed {code}: its rows do not close");
        self.work.feeds.entry(code.to_owned()).or_default().add(&feed.tally);
        if feed.ambiguous > 0 {
            *self.work.notes.ambiguous.entry(code.to_owned()).or_default() += feed.ambiguous;
        }
        for ((month, decided), rows) in by_month(feed.days) {
            let month = format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1); // number: months in a year
            let rule = match decided {
                Decided::Rule(rule) => rules.rule_names[rule].clone(),
                Decided::Reason(reason) => reason.name().to_owned(),
            };
            *self.work.matches.entry((code.to_owned(), month, rule)).or_default() += rows;
        }
        Ok(())
    }

    fn patient(
        &mut self,
        feed: &mut Feed<'_>,
        rows: Range<usize>,
        patient: Option<Key>,
    ) -> Result<(), CostingError> {
        let found = patient
            .and_then(|key| self.patients.binary_search_by_key(&key, |(patient, _)| *patient).ok());
        let events = found.map_or(0..0, |it| self.patients[it].1.clone());
        let stays = (feed.rules.exclusive && patient.is_some())
            .then(|| exclusive(&stays(feed.columns, rows.clone(), self.plan.period.to)));
        for index in rows.clone() {
            let held = stays.as_ref().map(|it| it[index - rows.start].as_slice());
            self.row(feed, index, &events, held)?;
        }
        Ok(())
    }

    fn row(
        &mut self,
        feed: &mut Feed<'_>,
        index: usize,
        events: &Range<usize>,
        held: Option<&[Span]>,
    ) -> Result<(), CostingError> {
        feed.tally.rows += 1;
        let columns = feed.columns;
        let planned = feed.plans.of(columns, index);
        let (start, end) = (columns.start(index), columns.end(index));
        if !possible(start, end) {
            return Err(CostingError::read(Path::new(feed.code), &"a row has an impossible date"));
        }
        if let Some(held) = held.filter(|_| self.plan.counts_beds) {
            // The bed is held while its patient is in theatre, and whatever the row counts as.
            let seconds = seconds_in(held, &self.plan.period);
            if seconds > 0 {
                let location = columns.text(Text::Location, index).to_owned();
                *self.work.beds.entry(location).or_default() += seconds;
            }
        }
        if planned.activities.is_empty() {
            feed.tally.unmapped += 1;
            self.tell(columns, index, RowFate::Unmapped);
            return Ok(());
        }
        if self.plan.period.excludes(start, end) {
            feed.tally.outside += 1;
            self.tell(columns, index, RowFate::OutsidePeriod);
            return Ok(());
        }
        let Some(receiver) = self.receiver(feed, index, events) else { return Ok(()) };
        let mut facts = RowFacts {
            start,
            end,
            seconds: self.plan.period.seconds_of(start, end),
            starts_inside: self.plan.period.holds(start),
            quantity_e4: columns.quantity_e4(index),
            staff_e2: columns.staff_e2(index),
            cost: columns.cost(index),
        };
        if let Some(held) = held {
            facts.seconds = seconds_in(&self.net_of_theatre(held, &receiver), &self.plan.period);
        }
        let category = self.category(&receiver);
        if !planned.activities.iter().any(|it| it.takes(category)) {
            let untaken = (feed.code.to_owned(), category.to_owned());
            *self.work.notes.untaken_categories.entry(untaken).or_default() += 1;
        }
        self.sums.add(&facts, &planned, (&receiver, category), &mut self.work)?;
        self.follow((feed, index), &facts, (&planned, category), &receiver)?;
        self.session_row((columns, index), &facts, (&planned, category), &receiver);
        Ok(())
    }

    /// Whose patient the receiver is: activity without an event counts as that of own patients, and
    /// so does an event that states none.
    fn category(&self, receiver: &Receiver) -> &'a str {
        let stated = match receiver {
            Receiver::Event(event) => self.events[*event as usize].category.as_str(),
            Receiver::Residual(_) => "",
        };
        if stated.is_empty() { OWN } else { stated }
    }

    /// Who receives the row; none if its cost object is not one of the model's.
    fn receiver(
        &mut self,
        feed: &mut Feed<'_>,
        index: usize,
        events: &Range<usize>,
    ) -> Option<Receiver> {
        let object = feed.columns.text(Text::CostObject, index);
        if !object.is_empty() {
            if self.plan.cost_objects.binary_search_by(|it| it.as_str().cmp(object)).is_err() {
                feed.tally.unmapped += 1;
                let named = (feed.code.to_owned(), object.to_owned());
                *self.work.notes.unknown_objects.entry(named).or_default() += 1;
                self.tell(feed.columns, index, RowFate::Unmapped);
                return None;
            }
            feed.tally.other += 1;
            self.tell(feed.columns, index, RowFate::CostObject(object.to_owned()));
            return Some(Receiver::Residual(Residual::CostObject(object.to_owned())));
        }
        let span = self.row_span(feed, index);
        let patient = PatientEvents {
            spans: &self.spans[events.clone()],
            times: self.times.get(&events.start),
        };
        let outcome = feed.rules.matcher.find(&span, patient, &mut feed.kept);
        let (receiver, decided) = match outcome {
            Outcome::Matched { event, rule, candidates } => {
                feed.tally.matched += 1;
                feed.ambiguous += i64::from(candidates > 1);
                let event =
                    u32::try_from(events.start + event).expect("a bucket has under 2³² events");
                if self.told.is_some() {
                    let event = reference(&self.events[event as usize]);
                    let rule = feed.rules.rule_names[rule].clone();
                    self.tell(feed.columns, index, RowFate::Matched { event, rule });
                }
                (Receiver::Event(event), Decided::Rule(rule))
            }
            Outcome::Unmatched(reason) => {
                feed.tally.unmatched += 1;
                self.tell(feed.columns, index, RowFate::Unmatched(reason));
                (Receiver::Residual(Residual::Unmatched(reason)), Decided::Reason(reason))
            }
        };
        let day = self.plan.midnights.day_of(span.first);
        *feed.days.entry((day, decided)).or_default() += 1;
        Some(receiver)
    }

    /// Keeps the weights of a row of the event that is followed, if there is one.
    fn follow(
        &mut self,
        (feed, index): (&Feed<'_>, usize),
        facts: &RowFacts,
        (planned, category): (&RowPlan, &str),
        receiver: &Receiver,
    ) -> Result<(), CostingError> {
        let Some(followed) = &mut self.followed else { return Ok(()) };
        if *receiver != Receiver::Event(followed.event) {
            return Ok(());
        }
        let (feed, row) = (feed.code, feed.columns.row(index));
        followed.meet(feed, row);
        for activity in planned.activities.iter().filter(|it| it.takes(category)) {
            for set in &activity.sets {
                let weight = self.sums.weight_of(facts, set)?;
                followed.add(set.set, (feed, row), weight);
            }
        }
        Ok(())
    }

    /// Keeps what became of a row, if somebody wants to know.
    fn tell(&mut self, columns: &FeedColumns<'_>, index: usize, fate: RowFate) {
        if let Some(told) = &mut self.told {
            told.push(RowMatch { row: columns.row(index), fate });
        }
    }

    fn row_span(&self, feed: &Feed<'_>, index: usize) -> RowSpan {
        let columns = feed.columns;
        let first = columns.start(index);
        let day = columns.start_is_day(index);
        let last = if day { self.plan.midnights.last_second_after(first, 0) } else { first };
        RowSpan {
            has_patient: columns.patient(index).is_some(),
            event: columns.event(index),
            first,
            last,
            fields: feed.fields(index),
        }
    }

    fn net_of_theatre(&self, held: &[Span], receiver: &Receiver) -> Vec<Span> {
        let theatre = match receiver {
            Receiver::Event(event) if self.plan.ward_net_of_theatre => self.theatre.get(event),
            _ => None,
        };
        let Some(theatre) = theatre else { return held.to_vec() };
        held.iter().flat_map(|&span| subtract(span, theatre)).collect()
    }

    fn session_row(
        &mut self,
        (columns, index): (&FeedColumns<'_>, usize),
        facts: &RowFacts,
        (planned, category): (&RowPlan, &str),
        receiver: &Receiver,
    ) {
        if !planned.uses_sessions {
            return;
        }
        let uses = |it: &&PlannedActivity| {
            self.plan.activities[it.activity].uses_sessions && it.takes(category)
        };
        let activities: Vec<usize> =
            planned.activities.iter().filter(uses).map(|it| it.activity).collect();
        if activities.is_empty() {
            return;
        }
        let theatre = activities.iter().any(|it| self.plan.activities[*it].theatre);
        if let (true, Receiver::Event(event), Some(end)) = (theatre, receiver, facts.end) {
            for all in [self.theatre.entry(*event), self.work.theatre.entry(*event)] {
                let spans = all.or_default();
                *spans = add(spans, (facts.start, end));
            }
        }
        let session = columns.text(Text::Session, index);
        if !session.is_empty() {
            self.work.session_rows.push(SessionRow {
                session: session.to_owned(),
                row: columns.row(index),
                used: i128::from(facts.seconds) * i128::from(facts.staff_e2),
                receiver: receiver.clone(),
                activities,
                spread: planned.spread.clone(),
            });
        }
    }
}

impl Feed<'_> {
    /// What matching compares of a row; nothing where no rule compares anything.
    fn fields(&self, index: usize) -> Fields {
        if !self.rules.matcher.compares() {
            return Fields::default();
        }
        let columns = self.columns;
        let number = |field: usize| self.numbers[field][columns.place(MATCHED_TEXTS[field], index)];
        // number: places in MATCHED_TEXTS, with the spell between the last two
        [number(0), number(1), number(2), columns.spell(index), number(3)]
    }
}

fn stays(columns: &FeedColumns<'_>, rows: Range<usize>, open_until: i64) -> Vec<Stay> {
    rows.map(|row| {
        let start = columns.start(row);
        (columns.row(row), (start, columns.end(row).unwrap_or(open_until.max(start))))
    })
    .collect()
}
