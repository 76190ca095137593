//! Evidence that a demonstration begins with beside its assessments: a file that waits for a lead, a
//! draft, scores of costing quality, one that was taken as evidence, and a month in which people
//! looked behind the figures of a service.

use std::path::Path;

use anyhow::Result;
use demonstration::Person;
use domain::{Day, FinancialYear};
use jiff::Timestamp;
use store::assessing::{self, Brought, EvidenceFile, NewEvidence, NewScore, ProposalOf};
use store::measures::Month;
use store::{Entry, PersonId, Tx, UnitCode, units, use_counts};
use web::shell::evidence::{SETTINGS, files};
use web::shell::session::today;

use super::people::{self, People};

/// The service line whose leads have evidence to look at, and the one that took a score.
const WITH_FILE: (&str, &str) = ("TORT", "amara.okafor");
const WITH_SCORE: (&str, &str) = ("CARD", "helen.marsh");

/// Days since the notes were taken.
const DAYS_AGO: i32 = 9;

/// More people than are needed to be told of.
const MORE: u64 = 2;

/// Keeps the notes of the demonstration below the site's folder.
pub(super) fn notes(folder: &Path) -> Result<EvidenceFile> {
    let (name, text) = demonstration::NOTES;
    let kept = files::keep_bytes(folder, name, text.as_bytes());
    kept.map_err(|fault| anyhow::anyhow!("{name} cannot be kept: {fault:?}"))
}

/// Records what the demonstration says, for units that there are.
pub(super) async fn record(
    tx: &mut Tx,
    (staff, notes): (&[(Person, PersonId)], &EvidenceFile),
    at: Timestamp,
) -> store::Result<()> {
    let people = people::by_login(staff);
    let (unit, owner) = WITH_FILE;
    if let Some(owner) = people.get(owner)
        && is_there(tx, unit).await?
    {
        with_file(tx, (unit, owner), notes, at).await?;
        looked_behind(tx, unit, at).await?;
    }
    scores(tx, &people, at).await
}

/// Whether there is a unit: another model than the demonstration's has other service lines.
async fn is_there(tx: &mut Tx, unit: &str) -> store::Result<bool> {
    match units::get(tx, &UnitCode::new(unit)).await {
        Ok(_) => Ok(true),
        Err(store::Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn piece((unit, owner): (&str, &PersonId), (kind, title): (&str, &str), day: Day) -> NewEvidence {
    NewEvidence {
        unit: UnitCode::new(unit),
        kind: kind.to_owned(),
        title: title.to_owned(),
        place: String::new(),
        happened_on: day,
        expires_on: None,
        owner: owner.clone(),
        steps: ["P2".to_owned()].into(),
    }
}

/// Notes that wait for a lead, and a draft that is not handed in.
async fn with_file(
    tx: &mut Tx,
    of: (&str, &PersonId),
    notes: &EvidenceFile,
    at: Timestamp,
) -> store::Result<()> {
    let (entry, day) = (Entry::by(of.1.as_str(), at), today(at).plus(-DAYS_AGO));
    let new = piece(of, ("minutes", "Notes of the joint review, as a file"), day);
    let file = Brought { file: Some(notes.clone()), is_draft: false };
    assessing::bring(tx, &new, &file, &entry).await?;
    let plan = NewEvidence {
        place: "Shared drive, plans".to_owned(),
        ..piece(of, ("plan", "Plan of the next three reviews"), day)
    };
    let draft = Brought { file: None, is_draft: true };
    assessing::bring(tx, &plan, &draft, &entry).await?;
    Ok(())
}

/// A month that has ended, in which enough people looked behind the figures of a unit.
async fn looked_behind(tx: &mut Tx, unit: &str, at: Timestamp) -> store::Result<()> {
    let this_month = Month::of(today(at));
    let (month, unit) = (this_month.plus(-1), UnitCode::new(unit));
    let fewest = SETTINGS.people_at_least.value;
    use_counts::begin(tx, month, "of a demonstration").await?;
    for number in 0..fewest + MORE {
        use_counts::mark(tx, (&unit, month), &format!("of a demonstration {number}")).await?;
    }
    let fewest = i64::try_from(fewest).unwrap_or(i64::MAX);
    use_counts::end(tx, (this_month, fewest), &Entry::by("operator", at)).await
}

/// Scores of costing quality, the latest of which one service has taken as evidence.
async fn scores(tx: &mut Tx, people: &People<'_>, at: Timestamp) -> store::Result<()> {
    let mut latest = None;
    for it in demonstration::scores_of_costing_quality() {
        let Some(by) = people.get(it.recorded_by.as_str()) else { continue };
        let mut year = FinancialYear::of(today(at));
        for _ in 0..it.years_ago {
            year = year.previous();
        }
        let new = NewScore {
            measure: it.measure,
            period: year.to_string(),
            score_tenths: it.score_tenths,
            target_tenths: Some(it.target_tenths),
            benchmark: it.benchmark,
            assessor: it.assessor,
            assessed_on: year.last_day().plus(1).min(today(at)),
        };
        assessing::record_score(tx, &new, 0, &Entry::by(by.as_str(), at)).await?;
        latest = Some(new);
    }
    let (unit, taker) = WITH_SCORE;
    let Some((score, taker)) = latest.zip(people.get(taker)) else { return Ok(()) };
    if !is_there(tx, unit).await? {
        return Ok(());
    }
    let of = ProposalOf {
        unit: UnitCode::new(unit),
        proposal: format!("costing-quality {}", score.measure),
        period: score.period.clone(),
    };
    let title = format!("{} of {}", SETTINGS.measure(&score.measure), score.period);
    let new = NewEvidence {
        place: "/assessment/costing-quality".to_owned(),
        steps: ["P3".to_owned()].into(),
        ..piece((unit, taker), ("quality", &title), score.assessed_on)
    };
    assessing::take_proposal(tx, &of, (&new, true), &Entry::by(taker.as_str(), at)).await?;
    Ok(())
}
