//! What came of joint work, for the page of the board and both directors: benefits verified against
//! claimed, what the guard holds, follow-ups with a month due, differences that were explained, and
//! reviews that are late. Each part is told to those alone who may see it elsewhere.

use std::collections::BTreeMap;

use access::Capability;
use engagement::benefits::{BenefitSettings, Entry, Ledger, Totals};
use engagement::reviews::days_late;
use store::benefits::{self, StoredBenefit};
use store::{Connection, board_versions, follow_ups, reviewing};

use super::Section;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::joint_work::{amount, entry, sees_benefit, sum, unit_names, unit_of};
use crate::shell::reviews_waiting::next_reviews;
use crate::shell::session::{calendar, today};
use crate::shell::variation::{compares, has_month_due, reads_released};
use crate::shell::visit::Visit;
use crate::shell::words;

/// Names of units by code.
type Units = BTreeMap<String, String>;

/// Benefits, what is held, follow-ups, differences that were explained and late reviews, as far as
/// somebody may see them.
pub(super) async fn sections(app: &App, visit: &Visit) -> Result<Vec<Section>, Fault> {
    let mut db = app.store().read().await?;
    let units = unit_names(&mut db).await?;
    let [claimed, held] = benefits(&mut db, visit, &units).await?;
    let followed = followed(&mut db, visit).await?;
    let explained = explained(&mut db, visit, &units).await?;
    Ok(vec![claimed, held, followed, explained, late(&mut db, visit, &units).await?])
}

fn name(units: &Units, code: &str) -> String {
    units.get(code).cloned().unwrap_or_else(|| code.to_owned())
}

/// What was claimed and what of it is verified; and what the guard holds.
async fn benefits(
    db: &mut Connection,
    visit: &Visit,
    units: &Units,
) -> Result<[Section; 2], Fault> {
    if !visit.may(Capability::ReadActions) {
        let said = "Your role reads no benefits.";
        return Ok([claimed(Vec::new(), said.to_owned()), held(Vec::new(), said.to_owned())]);
    }
    let settings = BenefitSettings::own();
    let mut all = benefits::list(db).await?;
    all.retain(|it| sees_benefit(visit, it));
    let entries: Vec<(String, Entry)> =
        all.iter().map(|it| (name(units, &it.of.ground.unit), entry(it, &settings))).collect();
    let said = match all.len() as u64 {
        0 => "No benefit is claimed.".to_owned(),
        count => format!(
            "{}. Each total is its parts added up, and claimed is verified, held and not accepted together. Cash is added to nothing else.",
            words::count(count, "benefit", "benefits")
        ),
    };
    let is_held = |it: &&StoredBenefit| !it.is_withdrawn() && it.is_guarded(&settings);
    let guarded: Vec<Vec<String>> = all
        .iter()
        .filter(is_held)
        .map(|it| {
            let unit = unit_of(&it.of, &settings);
            let amount = amount(it.account(&settings).held, unit.as_deref());
            vec![it.of.title.clone(), amount, name(units, &it.of.ground.unit)]
        })
        .collect();
    let told = match guarded.len() as u64 {
        0 => "The guard holds nothing.".to_owned(),
        count => format!(
            "{}, as a saving may have harmed care.",
            words::count(count, "benefit is held", "benefits are held")
        ),
    };
    Ok([claimed(parts(&entries), said), held(guarded, told)])
}

fn claimed(rows: Vec<Vec<String>>, lead: String) -> Section {
    Section {
        id: "benefits",
        name: "Benefits verified against claimed",
        lead: vec![lead],
        columns: vec![
            ("Of", false),
            ("Claimed", false),
            ("Verified", false),
            ("Held", true),
            ("Not accepted", true),
        ],
        rows,
        more: ("/benefits", "Benefit by benefit"),
        ..Section::default()
    }
}

fn held(rows: Vec<Vec<String>>, lead: String) -> Section {
    let more = if rows.is_empty() { ("", "") } else { ("/benefits", "What worsened beside them") };
    Section {
        id: "held",
        name: "Savings that are held",
        lead: vec![lead],
        columns: vec![("Benefit", false), ("Held", false), ("Of", true)],
        rows,
        more,
        ..Section::default()
    }
}

/// The ledger by its unit and the service lines in it, each unit followed by its total: cash first.
fn parts(entries: &[(String, Entry)]) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<Option<&str>, BTreeMap<&str, Vec<Entry>>> = BTreeMap::new();
    for (service, entry) in entries {
        let services = groups.entry(entry.unit.as_deref()).or_default();
        services.entry(service).or_default().push(entry.clone());
    }
    let mut rows = Vec::new();
    for (unit, services) in groups {
        let called = unit.map_or_else(|| "Cash".to_owned(), words::capital);
        for (service, of) in &services {
            rows.push(row(format!("{called}, {service}"), &totals(of, unit), unit));
        }
        let all: Vec<Entry> = services.into_values().flatten().collect();
        rows.push(row(format!("{called} in all"), &totals(&all, unit), unit));
    }
    rows
}

/// The sums of entries of one unit.
fn totals(entries: &[Entry], unit: Option<&str>) -> Totals {
    let ledger = Ledger::of(entries);
    match unit {
        None => ledger.cash,
        Some(unit) => ledger.units.get(unit).copied().unwrap_or_default(),
    }
}

fn row(name: String, it: &Totals, unit: Option<&str>) -> Vec<String> {
    let sums = [it.claimed, it.verified, it.held, it.not_accepted];
    std::iter::once(name).chain(sums.map(|it| sum(it, unit))).collect()
}

/// How many follow-ups of colleagues have a month to be looked at, for those who compare colleagues.
/// Nothing else of them is told here, and that neither in print nor in the file, which are handed on.
async fn followed(db: &mut Connection, visit: &Visit) -> Result<Section, Fault> {
    let section = |lead: &str, more| Section {
        id: "follow-ups",
        name: "Follow-ups of colleagues",
        lead: vec![lead.to_owned()],
        more,
        is_private: true,
        ..Section::default()
    };
    if !visit.may(Capability::ClinicianComparison) {
        return Ok(section("Your role follows up no colleagues.", ("", "")));
    }
    let (all, on) = (follow_ups::list(db).await?, today(visit.now));
    let seen = all.iter().filter(|it| compares(visit, it.new.of.unit.as_str()));
    let due = seen.filter(|it| has_month_due(it, on)).count() as u64;
    let said = match due {
        0 => "No follow-up of a colleague has a month to be looked at.".to_owned(),
        due => format!(
            "{} a month to be looked at.",
            words::count(due, "follow-up of a colleague has", "follow-ups of colleagues have")
        ),
    };
    Ok(section(&said, ("/follow-ups", "Month by month")))
}

/// Differences as they were explained to the board, without names: as they were released.
async fn explained(db: &mut Connection, visit: &Visit, units: &Units) -> Result<Section, Fault> {
    let section = |rows: Vec<Vec<String>>, lead: String, more| Section {
        id: "differences",
        name: "Differences that were explained",
        lead: vec![lead],
        columns: vec![("Of", false), ("What differs", false), ("Why", true), ("Released", true)],
        rows,
        more,
        ..Section::default()
    };
    if !reads_released(visit) {
        let said = "Your role does not read what is released to the board.";
        return Ok(section(Vec::new(), said.to_owned(), ("", "")));
    }
    let all = board_versions::with_the_board(db).await?;
    let row = |it: &board_versions::StoredBoardVersion| {
        let unit = name(units, it.unit.as_str());
        vec![unit, it.of.differs.clone(), it.of.why.clone(), words::moment(it.at)]
    };
    let said = match all.len() as u64 {
        0 => "No explanation of a difference is with the board.".to_owned(),
        count => format!(
            "{} by a clinician and finance together, without names.",
            words::count(count, "difference is explained", "differences are explained")
        ),
    };
    let more = ("/variation/released", "Each in full");
    Ok(section(all.iter().map(row).collect(), said, more))
}

/// Reviews of service lines whose day is past, the latest of them first.
async fn late(db: &mut Connection, visit: &Visit, units: &Units) -> Result<Section, Fault> {
    let section = |rows: Vec<Vec<String>>, lead: String| Section {
        id: "late-reviews",
        name: "Reviews that are late",
        lead: vec![lead],
        columns: vec![("Service line", false), ("Was due by", true), ("How late", false)],
        rows,
        more: ("/reviews", "All service lines in the programme"),
        ..Section::default()
    };
    let Ok(scope) = visit.scope(Capability::ReadReviews) else {
        return Ok(section(Vec::new(), "Your role reads no reviews.".to_owned()));
    };
    let (reviews, on) = (reviewing::list(db).await?, today(visit.now));
    let mut due = next_reviews(db, &visit.app.settings().reviews, &reviews).await?;
    due.retain(|it| it.1 < on && scope.of_unit(it.0.as_str()).is_some());
    due.sort_by_key(|it| it.1);
    let row = |(unit, day): &(store::UnitCode, domain::Day)| {
        let days = u64::from(days_late(calendar(*day), calendar(on)));
        let late = format!("{} late", words::count(days, "day", "days"));
        vec![name(units, unit.as_str()), words::day(&day.to_string()), late]
    };
    let said = match due.len() as u64 {
        0 => "No review is late.".to_owned(),
        count => format!("{}.", words::count(count, "review is late", "reviews are late")),
    };
    Ok(section(due.iter().map(row).collect(), said))
}

#[cfg(test)]
mod tests {
    use engagement::benefits::Account;

    use super::*;

    const POUND: i64 = 1_000_000;

    fn of(service: &str, unit: &str, [claimed, verified, held, not]: [i64; 4]) -> (String, Entry) {
        let account = Account {
            claimed: claimed * POUND,
            verified: verified * POUND,
            held: held * POUND,
            not_accepted: not * POUND,
        };
        let unit = (!unit.is_empty()).then(|| unit.to_owned());
        (service.to_owned(), Entry { unit, recurrent: true, account })
    }

    #[test]
    fn each_total_is_its_parts_and_cash_is_added_to_nothing_else() {
        // £96,408 + £18,128 = £114,536 claimed, of which £82,400 + £18,128 = £100,528 are verified and
        // £14,008 - £1,000 are held, with £1,000 not accepted.
        let found = parts(&[
            of("Hips", "bed days", [310, 184, 126, 0]),
            of("Skin", "", [18_128, 18_128, 0, 0]),
            of("Hips", "", [90_000, 82_400, 7_600, 0]),
            of("Hips", "", [6_408, 0, 5_408, 1_000]),
        ]);
        let told: Vec<String> =
            found.iter().map(|it| it.join(" | ").replace('\u{a0}', " ")).collect();
        let expected = [
            "Cash, Hips | £96,408 | £82,400 | £13,008 | £1,000",
            "Cash, Skin | £18,128 | £18,128 | £0 | £0",
            "Cash in all | £114,536 | £100,528 | £13,008 | £1,000",
            "Bed days, Hips | 310 bed days | 184 bed days | 126 bed days | 0 bed days",
            "Bed days in all | 310 bed days | 184 bed days | 126 bed days | 0 bed days",
        ];
        assert_eq!(told, expected);
        assert_eq!(parts(&[]), Vec::<Vec<String>>::new());
    }
}
