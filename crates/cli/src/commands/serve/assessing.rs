//! How well clinicians and finance of a demonstration work together, as it begins: two years of
//! signed levels, ratings of both, evidence, and joint working.

use demonstration::{DemonstrationAssessment, DemonstrationJointWorking, Pattern, Person, Said};
use domain::Day;
use engagement::Framework;
use engagement::framework::{RecordedFor, Step};
use jiff::{SignedDuration, Timestamp};
use store::assessing::{
    self, EvidenceState, NewEvidence, NewJointWorking, NewLevel, NewRating, Rating, SUPPORT, Says,
    SharedWith, Side, Trigger,
};
use store::{AssessmentId, Entry, PersonId, Tx, UnitCode, Unknown, units};
use web::shell::session::today;

use super::people::{self, People};

/// Hours of a day.
const DAY: i64 = 24;

/// Days for which a signed level holds.
const YEAR: i32 = 365;

/// What is kept beside a level that was signed before the demonstration begins.
const SNAPSHOT: &str = r#"{"begins":"with the demonstration","mode":"by_unit"}"#;

/// Who signs for clinicians and for finance.
const SIGN: [(Side, &str); 2] = [(Side::Clinical, "helen.marsh"), (Side::Finance, "ravi.sethi")];

/// Records what the demonstration says, for units that there are.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    at: Timestamp,
) -> store::Result<()> {
    let people = people::by_login(staff);
    let framework = Framework::national_2013();
    for it in demonstration::assessments() {
        let unit = UnitCode::new(it.unit.as_str());
        // Another model than the demonstration's has other service lines.
        match units::get(tx, &unit).await {
            Err(store::Error::NotFound(_)) => continue,
            other => other?,
        };
        let raters: Vec<&PersonId> =
            it.raters.iter().filter_map(|it| people.get(it.as_str()).copied()).collect();
        let Some(first) = raters.first() else { continue };
        let begun = it.history.first().map_or(i64::from(it.evidence_days_ago), |it| it.1);
        let entry = Entry::by(first.as_str(), ago(at, begun));
        let id = assessing::open(tx, &unit, framework.id().as_str(), &entry).await?;
        let rated = it.history.last().map_or(i64::from(it.evidence_days_ago), |it| it.1);
        let place = Place { id: &id, unit: &unit, people: &people, at, rated: ago(at, rated) };
        levels(tx, &place, &it.history).await?;
        let sides = [(Side::Clinical, &it.clinical), (Side::Finance, &it.finance)];
        let patterns = sides.iter().filter_map(|it| Some((it.0, it.1.as_ref()?)));
        for ((side, pattern), rater) in patterns.zip(&raters) {
            ratings(tx, &place, (side, pattern, rater), &steps(&framework, &it)).await?;
        }
        let steps = steps(&framework, &it);
        evidence_then(tx, &place, &it, (first, &steps)).await?;
        evidence(tx, &place, &it, first, &steps).await?;
        if let Some(joint) = &it.joint {
            joint_working(tx, &place, joint, first).await?;
        }
    }
    Ok(())
}

/// Which assessment, of what, and when it is.
struct Place<'a> {
    id: &'a AssessmentId,
    unit: &'a UnitCode,
    people: &'a People<'a>,
    at: Timestamp,
    /// When its steps were rated: with the level that was signed last.
    rated: Timestamp,
}

fn ago(at: Timestamp, days: i64) -> Timestamp {
    at - SignedDuration::from_hours(DAY * days)
}

/// Steps that are rated in a unit: those of the board in the trust, all others elsewhere.
fn steps<'a>(framework: &'a Framework, of: &DemonstrationAssessment) -> Vec<&'a Step> {
    let is_trust = of.joint.is_none();
    let all = framework.steps().iter();
    all.filter(|it| is_trust == (it.recorded_for == RecordedFor::Organisation)).collect()
}

async fn levels(tx: &mut Tx, place: &Place<'_>, history: &[(i64, i64)]) -> store::Result<()> {
    for (seen, (level, days)) in (0..).zip(history) {
        let signed_at = ago(place.at, *days);
        let signers: Vec<(Side, &PersonId)> =
            SIGN.iter().filter_map(|it| Some((it.0, *place.people.get(it.1)?))).collect();
        let [(_, clinical), (_, _)] = signers.as_slice() else { return Ok(()) };
        let day = today(signed_at);
        let new = NewLevel {
            level: *level,
            proposed: Some(*level),
            because: String::new(),
            culture: "People know each other and ask".to_owned(),
            reassess_by: day.plus(YEAR),
            snapshot: SNAPSHOT.to_owned(),
        };
        let entry = Entry::by(clinical.as_str(), signed_at);
        let id = assessing::put_forward(tx, place.id, &new, (seen, day), &entry).await?;
        for (side, who) in signers {
            let entry = Entry::by(who.as_str(), signed_at);
            assessing::answer(tx, &id, (side, Says::Signed, ""), &entry).await?;
        }
    }
    Ok(())
}

async fn ratings(
    tx: &mut Tx,
    place: &Place<'_>,
    (side, pattern, rater): (Side, &Pattern, &PersonId),
    steps: &[&Step],
) -> store::Result<()> {
    for step in steps {
        let rating = match pattern.of(step.id.as_str(), step.from_level.number()) {
            Said::Consistently => Rating::Consistently,
            Said::Partly => Rating::Partly,
            Said::NotYet => Rating::NotYet,
        };
        let new = NewRating { step: step.id.to_string(), side, rating, words: String::new() };
        assessing::rate(tx, place.id, &new, &Entry::by(rater.as_str(), place.rated)).await?;
    }
    Ok(())
}

/// One piece that bears every step of which clinicians say that it is so; of some units it shows as
/// well that managers are supported in using financial data.
async fn evidence(
    tx: &mut Tx,
    place: &Place<'_>,
    of: &DemonstrationAssessment,
    owner: &PersonId,
    steps: &[&Step],
) -> store::Result<()> {
    let Some(pattern) = &of.clinical else { return Ok(()) };
    let so = steps
        .iter()
        .filter(|it| pattern.of(it.id.as_str(), it.from_level.number()) == Said::Consistently);
    let shows = of.joint.as_ref().is_some_and(|it| it.is_support_shown);
    let today = today(place.at);
    let new = NewEvidence {
        unit: place.unit.clone(),
        kind: "minutes".to_owned(),
        title: "Notes of joint reviews".to_owned(),
        place: "Shared drive, service line reviews".to_owned(),
        happened_on: today.plus(-of.evidence_days_ago),
        expires_on: of.expires_in_days.map(|it| today.plus(it)),
        owner: owner.clone(),
        steps: so.map(|it| it.id.to_string()).chain(shows.then(|| SUPPORT.to_owned())).collect(),
    };
    added(tx, place, &new, i64::from(of.evidence_days_ago)).await
}

/// One piece of when a level was signed last, that bears the steps of that level.
async fn evidence_then(
    tx: &mut Tx,
    place: &Place<'_>,
    of: &DemonstrationAssessment,
    (owner, steps): (&PersonId, &[&Step]),
) -> store::Result<()> {
    let Some((level, days)) = of.history.last() else { return Ok(()) };
    let bears = |it: &&&Step| i64::from(it.from_level.number()) <= *level;
    let new = NewEvidence {
        unit: place.unit.clone(),
        kind: "minutes".to_owned(),
        title: "Notes of joint reviews, when the level was signed".to_owned(),
        place: "Shared drive, service line reviews".to_owned(),
        happened_on: today(place.rated),
        expires_on: None,
        owner: owner.clone(),
        steps: steps.iter().filter(bears).map(|it| it.id.to_string()).collect(),
    };
    // Where what there is has expired since, nothing else was kept.
    if i64::from(of.evidence_days_ago) > *days {
        return Ok(());
    }
    added(tx, place, &new, *days).await
}

/// Adds a piece, which the finance director accepts a day later.
async fn added(tx: &mut Tx, place: &Place<'_>, new: &NewEvidence, days: i64) -> store::Result<()> {
    if new.steps.is_empty() {
        return Ok(());
    }
    let entry = Entry::by(new.owner.as_str(), ago(place.at, days));
    let id = assessing::add(tx, new, &entry).await?;
    if let Some(who) = place.people.get(SIGN[1].1) {
        let entry = Entry::by(who.as_str(), ago(place.at, days - 1));
        assessing::review(tx, &id, (EvidenceState::Accepted, ""), 0, &entry).await?;
    }
    Ok(())
}

async fn joint_working(
    tx: &mut Tx,
    place: &Place<'_>,
    it: &DemonstrationJointWorking,
    by: &PersonId,
) -> store::Result<()> {
    let unreadable =
        |what: &'static str| move |it: Unknown| store::Error::Unreadable { what, value: it.0 };
    let every = (!it.shared_every.is_empty()).then(|| it.shared_every.parse());
    let day: Day = today(place.at);
    let trigger = Trigger { kind: it.trigger.clone(), words: it.trigger_words.clone() };
    let new = NewJointWorking {
        trigger: Some(trigger).filter(|it| !it.kind.is_empty()),
        status: it.status.parse().map_err(unreadable("state of joint working"))?,
        words: it.words.clone(),
        shared_every: every.transpose().map_err(unreadable("time between two sharings"))?,
        last_shared_on: it.last_shared_days_ago.map(|it| day.plus(-it)),
        shared_with: (!it.audience.is_empty()).then(|| SharedWith {
            audience: it.audience.clone(),
            words: it.audience_words.clone(),
        }),
        lapse_confirmed: it.lapse_confirmed,
        supports_managers: it.supports.parse().map_err(unreadable("answer on support"))?,
    };
    let then = NewJointWorking { last_shared_on: None, lapse_confirmed: false, ..new.clone() };
    assessing::record(tx, place.unit, &then, 0, &Entry::by(by.as_str(), place.rated)).await?;
    assessing::record(tx, place.unit, &new, 1, &Entry::by(by.as_str(), place.at)).await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use demonstration::staff;
    use engagement::level::{Lapse, Shown, UnitResult};
    use engagement::triggers::Triggers;
    use engagement::{Level, Proposal};
    use store::Store;
    use store::units::{Unit, UnitKind};
    use tempfile::TempDir;
    use web::App;
    use web::shell::assessing::{Gathered, gather};
    use web::shell::evidence::{Standing, standing};

    use super::super::{Arguments, seed, settings};
    use super::*;
    use crate::configuration::Configuration;

    /// When the demonstration begins.
    fn begins() -> Timestamp {
        "2026-06-01T12:00:00Z".parse().expect("a moment")
    }

    /// A site over what the demonstration says of working together, and over nothing else.
    async fn begun() -> (App, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path().to_owned();
        let listen = "127.0.0.1:8080".parse().expect("an address");
        let arguments = Arguments { dir: dir.clone(), listen };
        let configuration = Configuration::of_folder(&dir).expect("an empty folder");
        let from = (&configuration, &configuration.site());
        let settings = settings(dir.clone(), &arguments, from).expect("settings");
        let url = store::sqlite_url(&dir.join("assessments.sqlite"));
        let store = Store::open(&url).await.expect("a new database opens");
        let written = store.write(|tx| Box::pin(fill(tx)));
        written.await.expect("it is recorded");
        (App::new(store, settings, Arc::new(begins)), folder)
    }

    /// The units that are assessed, everybody, and what the demonstration says.
    async fn fill(tx: &mut Tx) -> store::Result<()> {
        let entry = Entry::by("operator", begins());
        for it in demonstration::assessments() {
            let parent = it.joint.as_ref().map(|_| UnitCode::new("TRUST"));
            let unit = Unit {
                code: UnitCode::new(it.unit.as_str()),
                name: it.unit,
                kind: parent.as_ref().map_or(UnitKind::Trust, |_| UnitKind::ServiceLine),
                parent,
                from: Day::from_civil(2023, 4, 1),
                until: None,
            };
            units::upsert(tx, &unit, None, &entry).await?;
        }
        let mut written = Vec::new();
        for it in staff() {
            let id = seed::join(tx, &it, &entry).await?;
            written.push((it, id));
        }
        record(tx, &written, begins()).await
    }

    /// Everything as it is so many days after the beginning.
    async fn after(app: &App, days: i64) -> Gathered {
        gather(app, ago(begins(), -days)).await.expect("it is read")
    }

    fn proposed(at: &Gathered, unit: &str) -> Proposal {
        let unit = at.unit(unit).expect("it is assessed");
        at.proposal_of(unit).expect("it fits the framework")
    }

    /// `CARD 4`; 0 where Level 1 is not yet shown.
    fn told(at: &Gathered, unit: &str) -> String {
        format!("{unit} {}", proposed(at, unit).level().map_or(0, Level::number))
    }

    #[test]
    fn whatever_called_for_joint_work_is_on_the_list() {
        let all = demonstration::assessments();
        let joint: Vec<&DemonstrationJointWorking> =
            all.iter().filter_map(|it| it.joint.as_ref()).collect();
        let called: Vec<&str> =
            joint.iter().map(|it| it.trigger.as_str()).filter(|it| !it.is_empty()).collect();
        assert_eq!(called, ["saving", "pressure", "business_case"]);
        assert!(called.iter().all(|it| Triggers::own().named(it).is_some()));
    }

    #[tokio::test]
    async fn every_unit_has_the_level_that_it_is_planted_for() {
        let (app, _folder) = begun().await;
        let at = after(&app, 0).await;
        let found: Vec<String> =
            at.specialties().map(|it| told(&at, it.stored.unit.code.as_str())).collect();
        // CANC has patient-level costs alone, CARD most of the steps and not all, DERM all of them but ad
        // hoc. In ELDE sharing lapsed, in FERT finance has not rated yet, in GAST they differ on a step.
        // The evidence of OBST has expired, and SURG has two of the steps of Level 4.
        let expected = [
            "CANC 1", "CARD 4", "DERM 2", "ELDE 3", "EMER 1", "FERT 1", "GAST 3", "OBST 1",
            "OPHT 3", "RESP 2", "STRO 3", "SURG 3", "TORT 3",
        ];
        assert_eq!(found, expected);
        // One unit at Level 4 is joint working in one place.
        let trust = at.proposal().expect("it fits the framework");
        assert_eq!(trust.level(), Some(Level::Three));
    }

    #[tokio::test]
    async fn units_at_the_edge_are_there_for_what_is_planted() {
        let (app, _folder) = begun().await;
        let at = after(&app, 0).await;
        let of = |unit: &str| proposed(&at, unit).units.remove(0);
        let counts = |of: &UnitResult, step: &str| of.counted.iter().any(|it| it.as_str() == step);
        let shows = |level: Level| Some(Shown::Level(level));
        let heart = of("CARD");
        assert!(!counts(&heart, "C7") && counts(&heart, "C8"));
        assert_eq!((heart.steps_level, heart.status_level), (shows(Level::Four), Level::Four));
        let surgery = of("SURG");
        assert!(counts(&surgery, "C7") && counts(&surgery, "P6") && !counts(&surgery, "C8"));
        assert_eq!((surgery.steps_level, surgery.status_level), (shows(Level::Three), Level::Four));
        let older = of("ELDE");
        assert_eq!((older.lapse, older.status_level), (Lapse::Confirmed, Level::Three));
        assert_eq!(older.steps_level, shows(Level::Four), "sharing alone holds it");
        let births = of("OBST");
        assert_eq!((births.counted.len(), births.status_level), (0, Level::Four));
        let before = after(&app, -60).await;
        assert_eq!(told(&before, "OBST"), "OBST 3", "its evidence counted to April");
    }

    #[tokio::test]
    async fn evidence_that_is_about_to_expire_does() {
        let (app, _folder) = begun().await;
        let (at, today) = (after(&app, 0).await, today(begins()));
        // Of each: days to the last of the notes, and to the last of what was kept when its level was
        // signed, which bears the same steps.
        for (unit, notes_last, kept_last) in [("OPHT", 21, 65), ("STRO", 10, 75)] {
            let mut own = at.evidence.iter().filter(|it| it.of.unit.as_str() == unit);
            let notes = own.find(|it| it.of.title == "Notes of joint reviews").expect("notes");
            assert_eq!(standing(notes, today), Standing::ExpiresSoon, "{unit}");
            assert_eq!(standing(notes, today.plus(notes_last)), Standing::ExpiresSoon, "{unit}");
            assert_eq!(standing(notes, today.plus(notes_last + 1)), Standing::Expired, "{unit}");
            for (days, level) in [(notes_last + 1, 3), (kept_last, 3), (kept_last + 1, 1)] {
                let then = after(&app, i64::from(days)).await;
                assert_eq!(told(&then, unit), format!("{unit} {level}"), "in {days} days");
            }
        }
    }
}
