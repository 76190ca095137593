//! The second pass: whose each row is, what is kept apart, and the tables by patient.

mod aggregate;
mod apply;
mod events;
mod settle;
mod tables;

use rayon::prelude::*;
use rules::year::FeedRole;
use vault::Vault;

use self::events::Events;
use self::settle::Settled;
use super::Intake;
use super::reading::Reading;
use super::side::Side;
use crate::error::IntakeError;
use crate::feeds::prepared::{AllCodes, NUMBER_FOR_CODE, Prepared};
use crate::feeds::write::Writing;
use crate::findings::{Tally, finding};
use crate::identity::{Identities, Persons};

const FEWEST_BUCKETS: u32 = 64;
const ROWS_PER_BUCKET: u64 = 300_000;

/// What the second pass gave.
#[derive(Debug, Default)]
pub(super) struct Second {
    /// Number of buckets.
    pub(super) buckets: u32,
    /// What was found.
    pub(super) tally: Tally,
}

/// Everything that the steps of the second pass share.
struct Pass<'p, 'a> {
    intake: &'p Intake<'a>,
    codes: AllCodes,
    persons: Persons,
    prepared: Vec<Vec<Prepared>>,
    buckets: u32,
    year: String,
}

/// Runs the second pass and writes events and feeds.
pub(super) fn run(
    intake: &Intake<'_>,
    reading: &mut Reading<'_>,
    side: &mut Side,
    vault: &mut Vault,
) -> Result<Second, IntakeError> {
    intake.progress.stage("finding out whose rows are whose");
    let mut tally = Tally::default();
    let mut pass = prepare(intake, reading, side, &mut tally);
    let mut masters = Vec::new();
    for feed in reading.of_role(FeedRole::Master) {
        masters.push(pass.settle_master(reading, feed)?);
    }
    let mut events = Events::default();
    pass.group(reading, side, &mut events, &mut tally)?;
    let natives = pass.know(reading, &mut masters, &mut events)?;
    for settled in &masters {
        pass.apply(reading, settled, &events, &mut tally)?;
    }
    intake.progress.stage("writing events");
    pass.write_events(reading, &masters, &events)?;
    vault.remember(&pass.persons.remembered())?;
    vault.remember(&natives)?;
    drop(natives);
    for settled in masters {
        pass.write_feed(reading, &settled, &events)?;
    }
    intake.progress.stage("writing feeds");
    pass.spread_aggregates(reading, &mut events, &mut tally)?;
    pass.run_auxiliaries(reading, &events, &mut tally)?;
    let (shortened, hopeless) = events.shifts.counts();
    for (code, patients) in [("N9", shortened), ("N10", hopeless)] {
        if patients > 0 {
            tally.sum(finding(code, format!("{patients} patients")).with_rows(0));
        }
    }
    Ok(Second { buckets: pass.buckets, tally })
}

fn prepare<'p, 'a>(
    intake: &'p Intake<'a>,
    reading: &mut Reading<'_>,
    side: &Side,
    tally: &mut Tally,
) -> Pass<'p, 'a> {
    let mut identities = Identities::default();
    let mut codes = AllCodes::default();
    let mut activities = Vec::new();
    for (number, file) in reading.files.iter_mut().enumerate() {
        let Some(mut activity) = file.take_activity() else { continue };
        codes.note_consultants(&activity);
        let ids = identities.absorb(std::mem::take(&mut activity.seen));
        activities.push((number, file.feed, activity, ids));
    }
    for (retired, surviving) in &side.merges {
        identities.merge(retired, surviving);
    }
    if !side.merges.is_empty() {
        let rows = u64::try_from(side.merges.len()).unwrap_or(u64::MAX);
        let message = format!("merges of patients that were followed: {rows}");
        tally.sum(finding("D7", message).with_rows(rows));
    }
    let mut prepared: Vec<Vec<Prepared>> = reading.feeds.iter().map(|_| Vec::new()).collect();
    for (number, feed, activity, ids) in activities {
        let number = u32::try_from(number).expect("fewer than 2^32 files");
        prepared[feed].push(codes.prepare(number, *activity, ids, intake.pseudonyms));
    }
    codes.note_numbers(&identities);
    let unfit = |text: &str| identities.is_somebodys_number(text);
    reading.keep_unfit_apart(&unfit, ("N11", NUMBER_FOR_CODE));
    let rows = |files: &Vec<Prepared>| files.iter().map(Prepared::rows).sum::<u64>();
    let most = prepared.iter().map(rows).max().unwrap_or(0);
    let wanted = u32::try_from(most.div_ceil(ROWS_PER_BUCKET)).unwrap_or(u32::MAX);
    Pass {
        intake,
        codes,
        persons: identities.resolve(intake.pseudonyms),
        prepared,
        buckets: wanted.next_power_of_two().max(FEWEST_BUCKETS),
        year: intake.rules.year.to_string(),
    }
}

impl Pass<'_, '_> {
    fn writing(&self) -> Writing<'_> {
        Writing {
            codes: &self.codes,
            persons: &self.persons,
            pseudonyms: self.intake.pseudonyms,
            year: &self.year,
        }
    }

    /// Settles and writes the other feeds, several at a time.
    fn run_auxiliaries(
        &self,
        reading: &mut Reading<'_>,
        events: &Events,
        tally: &mut Tally,
    ) -> Result<(), IntakeError> {
        let auxiliaries = reading.of_role(FeedRole::Auxiliary);
        let shared = &*reading;
        let settled: Vec<Settled> = auxiliaries
            .par_iter()
            .map(|feed| {
                let settled = self.settle(shared, *feed, events)?;
                self.write_feed(shared, &settled, events)?;
                Ok(settled.without_rows())
            })
            .collect::<Result<_, IntakeError>>()?;
        for it in &settled {
            self.apply(reading, it, events, tally)?;
        }
        Ok(())
    }
}
