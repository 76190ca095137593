//! What a demonstration follows up at its start: differences, ideas, a colleague whom the published
//! costing itself puts beyond chance, where it does, and what was signed and walked through on the
//! costing of the year before. Nothing of a costing is looked at before it was published.

use demonstration::{Followed, Person, QUESTIONS};
use engagement::benefits::Side;
use engagement::ideas::{Act as Became, Data};
use engagement::variation::{Comparator, Context, Question, months};
use engagement::walk_throughs::Act;
use jiff::{SignedDuration, Timestamp};
use store::board_versions::{self, NewBoardVersion};
use store::follow_ups::{self, Added, Compared, Figure, LookedAt, NewFollowUp};
use store::ideas::{NewIdea, NewStep as IdeaStep};
use store::measures::Decimal;
use store::variation::NewInsight;
use store::walk_throughs::{self, Attendee, NewSignature, NewStep, NewWalkThrough};
use store::{ActionId, Entry, Error, PersonId, Tx, UnitCode, joint_actions};
use web::Settings;
use web::shell::allocations::{allocations, changed, inputs, rules_of};
use web::shell::beyond::{Beyond, FromRun, beyond, uses};
use web::shell::provenance;
use web::shell::session::{calendar, today};
use web::shell::shelf::Shelf;

use super::people::{self, Staff};

/// Hours of a day.
const DAY: i64 = 24;

/// Days since the follow-up of a colleague began at most, and since each of its months was looked at.
const BEGUN: i64 = 95;
const LOOKED: [i64; 3] = [66, 36, 7];

/// Who follows up, and who is told that it concerns them where it is the newcomer.
const FOLLOWS_UP: &str = "helen.marsh";
const CONCERNED: &str = "tomos.hughes";

/// Who signed inputs and walked through an allocation, and with whom.
const SIGNS: &str = "amara.okafor";
const COSTS: &str = "priya.raman";

/// Who came to the walk-through from elsewhere: name and role.
const GUEST: (&str, &str) = ("Marian Holt", "theatre manager of a neighbouring trust");

/// The service line whose colleagues may be compared, and which care is looked at first.
const LINE: &str = "TORT";
const CARE: [(&str, &str); 2] = [("EL", "HN12"), ("", "")];
const USES: [&str; 2] = ["theatre-minutes", "bed-days"];

/// A colleague whom the costing puts beyond chance, with what it says for months to be looked at.
pub(super) struct Colleague {
    new: NewFollowUp,
    /// When it began: where a costing says so, not before that was published.
    begun: Timestamp,
    is_new: bool,
    months: Vec<LookedAt>,
}

/// Somebody beyond chance in the latest published costing; none where nobody is, where it cannot say
/// how their patients fared, or where nothing is published.
pub(super) fn colleague(settings: &Settings, at: Timestamp) -> Option<Colleague> {
    let shelf = Shelf::new(settings.runs.clone());
    let run = shelf.latest(false).ok()??;
    let before = shelf.year_before(&run).ok()?;
    let runs = (&*run, before.as_deref());
    let begun = begun(published(&run), at);
    let asked = USES.iter().flat_map(|code| CARE.iter().map(move |care| (*code, *care)));
    let beyond = asked.into_iter().find_map(|(code, (pod, hrg))| {
        let of = Compared {
            unit: UnitCode::new(LINE),
            pod: pod.to_owned(),
            hrg: hrg.to_owned(),
            use_code: code.to_owned(),
            leave_out_shared: true,
            leave_out_emergencies: false,
        };
        let needed = uses(runs, &of).ok()?;
        let found = beyond(&needed).into_iter().next()?;
        let says = FromRun::of(runs, (&of, &found.reference), at).ok()?;
        let (cost, quality) = says.cost.ok().zip(says.quality.ok())?;
        Some(as_begun(of, (run.id(), found), (&cost, &quality), begun))
    });
    // What theatre records say by hand rests on no publication.
    beyond.or_else(|| by_hand(runs, ago(at, BEGUN)))
}

fn published(run: &results::Run) -> Option<Timestamp> {
    run.records().ok()?.publication?.at.parse().ok()
}

/// When a follow-up began: as long ago as it may, but not before its costing was published; now, where
/// nobody knows when that was.
fn begun(published: Option<Timestamp>, at: Timestamp) -> Timestamp {
    published.map_or(at, |it| it.max(ago(at, BEGUN)).min(at))
}

/// Which months were looked at and when: none before its time, nor before whoever follows up had said
/// what is known.
fn looked(begun: Timestamp, at: Timestamp) -> Vec<(u32, Timestamp)> {
    let begun_on = calendar(today(begun));
    let mut found: Vec<(u32, Timestamp)> = Vec::new();
    for on in LOOKED.map(|days| ago(at, days)).into_iter().filter(|it| *it >= known(begun, at)) {
        let next = u32::try_from(found.len()).unwrap_or(0) + 1;
        let all = months(begun_on, &[], None, calendar(today(on)));
        if all.iter().any(|it| it.number == next && it.from <= calendar(today(on))) {
            found.push((next, on));
        }
    }
    found
}

/// When what is known was added: two days after it began, or now.
fn known(begun: Timestamp, at: Timestamp) -> Timestamp {
    (begun + SignedDuration::from_hours(DAY * 2)).min(at)
}

/// Where the costing has too few spells to compare anybody: the newcomer with the most spells, and
/// what the theatre records of their first months say, worked out by hand. The demonstration's
/// theatre feed is made so.
fn by_hand(runs: (&results::Run, Option<&results::Run>), begun: Timestamp) -> Option<Colleague> {
    let (pod, hrg) = CARE[0];
    let of = Compared {
        unit: UnitCode::new(LINE),
        pod: pod.to_owned(),
        hrg: hrg.to_owned(),
        use_code: USES[0].to_owned(),
        leave_out_shared: true,
        leave_out_emergencies: false,
    };
    let uses = uses(runs, &of).ok()?;
    let new: Vec<&str> = uses.newcomers.as_ref()?.iter().map(|it| it.code.as_str()).collect();
    let of_new = uses.consultants.iter().filter(|it| new.contains(&it.code.as_str()));
    let most = of_new.max_by_key(|it| it.spells)?;
    let found = Beyond {
        code: most.code.clone(),
        reference: most.reference.clone(),
        found: "Not from the published costing, which has too few of their spells to compare: \
                theatre records of October 2025 show operations two thirds longer than colleagues’."
            .to_owned(),
        months: Some((1, 3)),
    };
    let first = figure(66, "% longer in theatre than colleagues", BY_HAND[0].1);
    let none = figure(0, "complaints", COMPLAINTS);
    let mut colleague = as_begun(of, (runs.0.id(), found), (&first, &none), begun);
    for (month, (longer, source)) in std::iter::zip(&mut colleague.months, BY_HAND) {
        month.cost = figure(longer, "% longer in theatre than colleagues", source);
        "As the theatre records have it; the service tells of none.".clone_into(&mut month.words);
    }
    Some(colleague)
}

/// How much longer operations took, in percent, and where that is from.
const BY_HAND: [(i64, &str); 3] = [
    (66, "Theatre records of October 2025, by hand"),
    (54, "Theatre records of November 2025, by hand"),
    (42, "Theatre records of December 2025, by hand"),
];

const COMPLAINTS: &str = "What the service tells: no feed of the demonstration holds complaints";

fn figure(whole: i64, unit: &str, source: &str) -> Figure {
    Figure {
        value: Decimal::of_e4(whole * 10_000),
        unit: unit.to_owned(),
        source: source.to_owned(),
    }
}

fn as_begun(
    of: Compared,
    (run, found): (&str, Beyond),
    (cost, quality): (&Figure, &Figure),
    begun: Timestamp,
) -> Colleague {
    let begun_on = today(begun);
    let month = |month: u32| LookedAt {
        month,
        cost: cost.clone(),
        quality: quality.clone(),
        words: "Both are as the published costing has them; no other costing was published since."
            .to_owned(),
    };
    Colleague {
        begun,
        is_new: found.months.is_some(),
        new: NewFollowUp {
            of,
            run: run.to_owned(),
            consultant: found.reference,
            code: found.code,
            found: found.found,
            begun_on,
        },
        months: (1..=3).map(month).collect(),
    }
}

/// What was signed and walked through on the costing of the year before: each as that costing has it.
pub(super) struct LastYear {
    signature: NewSignature,
    /// The largest allocation whose rules are others now, with what changed; none where none is.
    walked: Option<(NewWalkThrough, String)>,
    /// Else the largest of the latest costing that goes by time alone: a change is agreed, and is in no
    /// costing yet.
    asked: Option<NewWalkThrough>,
    expected: String,
}

/// Of the latest published costing with one of the year before; none without either.
pub(super) fn last_year(settings: &Settings) -> Option<LastYear> {
    let shelf = Shelf::new(settings.runs.clone());
    let run = shelf.latest(false).ok()??;
    let before = shelf.year_before(&run).ok()??;
    let signature = NewSignature {
        unit: UnitCode::new(LINE),
        run: before.id().to_owned(),
        period: provenance::period(&before).ok()?,
        inputs: inputs(&before, LINE).ok()?,
        words: "Theatre times and wards looked at with costing; drugs are left to pharmacy."
            .to_owned(),
    };
    let rules = run.rules().ok()?;
    let others = allocations(&before, LINE).ok()?.into_iter().filter_map(|it| {
        let changes = changed(&it.rules, &rules_of(rules, &it.activity));
        let new = NewWalkThrough {
            unit: UnitCode::new(LINE),
            activity: it.activity,
            run: before.id().to_owned(),
            rules: it.rules.join("\n"),
            unit_cost: it.unit_cost,
            trust_cost: it.trust_cost,
            standards: vec!["CP3".to_owned()],
        };
        (!changes.is_empty()).then(|| (new, changes.join(" ")))
    });
    let walked = others.max_by_key(|it| it.0.unit_cost);
    let asked = if walked.is_none() { asked(&run) } else { None };
    Some(LastYear { signature, walked, asked, expected: provenance::period(&run).ok()? })
}

/// The largest allocation that is shared by time alone.
fn asked(run: &results::Run) -> Option<NewWalkThrough> {
    let by_time = |it: &String| it.contains("between patients by time") && !it.contains("staff");
    let all = allocations(run, LINE).ok()?.into_iter().filter(|it| it.rules.iter().any(by_time));
    let largest = all.max_by_key(|it| it.unit_cost)?;
    Some(NewWalkThrough {
        unit: UnitCode::new(LINE),
        activity: largest.activity,
        run: run.id().to_owned(),
        rules: largest.rules.join("\n"),
        unit_cost: largest.unit_cost,
        trust_cost: largest.trust_cost,
        standards: vec!["CP3".to_owned()],
    })
}

async fn walk(
    tx: &mut Tx,
    (it, people): (&LastYear, &Staff<'_>),
    at: Timestamp,
) -> store::Result<()> {
    let both = people.get(SIGNS).zip(people.get(COSTS));
    let Some((clinician, accountant)) = both else { return Ok(()) };
    let signed = walk_throughs::sign(tx, &it.signature, 0, &entry(clinician, at, 300)).await;
    match signed {
        // Another model than the demonstration's has other service lines.
        Err(Error::NotFound(_)) => return Ok(()),
        other => other?,
    }
    let step = |act: Act, words: &str, expected: &str| NewStep {
        act,
        side: act.side(),
        words: words.chars().take(walk_throughs::LETTERS_MAX).collect(),
        expected: expected.to_owned(),
    };
    let (new, steps, begun) = if let Some((new, changes)) = &it.walked {
        let asks = "We walked through its rules; they are not how care is delivered here.";
        let steps = [step(Act::DoesNot, asks, ""), step(Act::Changes, changes, &it.expected)];
        (new, steps, 290)
    } else if let Some(new) = &it.asked {
        let asks =
            "Count who was present as well as the time: two nurses for ten minutes are not one.";
        let agreed = "Staff present multiply the time, once the feed holds them.";
        let next = "the first costing of the next year";
        (new, [step(Act::Proposes, asks, ""), step(Act::Changes, agreed, next)], 21)
    } else {
        return Ok(());
    };
    let id = walk_throughs::open(tx, new, &entry(accountant, at, begun)).await?;
    let both = [(clinician, Side::Clinical), (accountant, Side::Finance)];
    for (seen, ((person, id_of), side)) in (0..).zip(both) {
        let (profession, side) = (person.profession.clone(), Some(side));
        let who = Attendee::Person { id: id_of.clone(), profession, side };
        let by = entry(accountant, at, begun - 2);
        walk_throughs::attend(tx, &id, &who, seen, &by).await?;
    }
    let visitor = Attendee::Guest { name: GUEST.0.to_owned(), role: GUEST.1.to_owned() };
    let by = entry(accountant, at, begun - 2);
    walk_throughs::attend(tx, &id, &visitor, 2, &by).await?;
    let [asks, agreed] = steps;
    walk_throughs::say(tx, &id, &asks, 0, &entry(clinician, at, begun - 2)).await?;
    walk_throughs::say(tx, &id, &agreed, 1, &entry(accountant, at, begun - 6)).await
}

/// Records what the demonstration says, for units that there are.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    (run, colleague, last_year): (Option<&str>, Option<&Colleague>, Option<&LastYear>),
    at: Timestamp,
) -> store::Result<()> {
    let people = people::staff_by_login(staff);
    let actions = joint_actions::list(tx).await?;
    let action =
        |what: &str| actions.iter().find(|it| it.agreed.of.what == what).map(|it| it.id.clone());
    for it in demonstration::ideas() {
        put(tx, (&it, &people, run.is_some()), action(it.text("action")), at).await?;
    }
    let Some(run) = run else { return Ok(()) };
    for it in demonstration::differences() {
        open(tx, run, (&it, &people), (action(it.text("action")), at)).await?;
    }
    if let Some(colleague) = colleague {
        follow_up(tx, (colleague, &people), at).await?;
    }
    if let Some(last_year) = last_year {
        walk(tx, (last_year, &people), at).await?;
    }
    Ok(())
}

fn ago(at: Timestamp, days: i64) -> Timestamp {
    at - SignedDuration::from_hours(DAY * days)
}

fn entry(who: &(Person, PersonId), at: Timestamp, days: i32) -> Entry {
    Entry::by(who.1.as_str(), ago(at, i64::from(days)))
}

fn unreadable(what: &'static str, value: &str) -> Error {
    Error::Unreadable { what, value: value.to_owned() }
}

/// Whoever a column names; none where it names nobody of the demonstration.
fn by<'a>(people: &Staff<'a>, it: &Followed, column: &str) -> Option<&'a (Person, PersonId)> {
    people.get(it.text(column)).copied()
}

/// Puts an idea; without figures nobody has looked at it beside them yet.
async fn put(
    tx: &mut Tx,
    (it, people, has_figures): (&Followed, &Staff<'_>, bool),
    action: Option<ActionId>,
    at: Timestamp,
) -> store::Result<()> {
    let whole = (by(people, it, "put_by"), by(people, it, "looked_by"), by(people, it, "acted_by"));
    let (Some(put), Some(looked), Some(acted)) = whole else { return Ok(()) };
    let new = NewIdea {
        unit: UnitCode::new(it.text("unit")),
        words: it.text("words").to_owned(),
        is_named: it.text("named") == "yes",
    };
    let id = match store::ideas::put(tx, &new, &entry(put, at, it.days("put_days_ago"))).await {
        // Another model than the demonstration's has other service lines.
        Err(Error::NotFound(_)) => return Ok(()),
        other => other?,
    };
    if !has_figures {
        return Ok(());
    }
    let data: Data = it.text("data").parse().map_err(|_| unreadable("data", it.text("data")))?;
    let step = IdeaStep { data: Some(data), ..IdeaStep::of(Became::LookedAt) };
    store::ideas::add(tx, &id, &step, 0, &entry(looked, at, it.days("looked_days_ago"))).await?;
    let act: Became = it.text("act").parse().map_err(|_| unreadable("act", it.text("act")))?;
    let step = IdeaStep { words: it.text("because").to_owned(), action, ..IdeaStep::of(act) };
    store::ideas::add(tx, &id, &step, 1, &entry(acted, at, it.days("acted_days_ago"))).await
}

async fn open(
    tx: &mut Tx,
    run: &str,
    (it, people): (&Followed, &Staff<'_>),
    (action, at): (Option<ActionId>, Timestamp),
) -> store::Result<()> {
    let Some(opener) = by(people, it, "opened_by") else { return Ok(()) };
    let days = it.days("opened_days_ago");
    let comparator: Comparator = it
        .text("comparator")
        .parse()
        .map_err(|_| unreadable("comparator", it.text("comparator")))?;
    let new = NewInsight {
        unit: UnitCode::new(it.text("unit")),
        page: it.text("page").to_owned(),
        run: run.to_owned(),
        differs: it.text("differs").to_owned(),
        comparator,
        due_on: today(at).plus(it.days("due_in_days")),
    };
    let id = match store::variation::open(tx, &new, &entry(opener, at, days)).await {
        Err(Error::NotFound(_)) => return Ok(()),
        other => other?,
    };
    let mut seen = 0;
    for code in QUESTIONS {
        let question: Question = code.parse().map_err(|_| unreadable("question", code))?;
        let Some(author) = by(people, it, &format!("{code}_by")) else { continue };
        let said = (question, side_of(author), it.text(code));
        store::variation::answer(tx, &id, said, seen, &entry(author, at, days - 2)).await?;
        seen += 1;
        let Some(other) = by(people, it, &format!("{code}_agreed_by")) else { continue };
        let agreed = (question, side_of(other));
        store::variation::agree(tx, &id, agreed, seen, &entry(other, at, days - 5)).await?;
        seen += 1;
    }
    let Some(action) = action else { return Ok(()) };
    let follows = (Some(&action), "");
    store::variation::follow(tx, &id, follows, seen, &entry(opener, at, days - 6)).await?;
    let text = |column: &str| it.text(column).to_owned();
    let [different, why, what_next] = QUESTIONS.map(text);
    let new = NewBoardVersion { differs: text("differs"), different, why, what_next };
    board_versions::release(tx, &id, &new, seen + 1, &entry(opener, at, days - 8)).await
}

fn side_of((person, _): &(Person, PersonId)) -> Side {
    if person.profession == "finance" { Side::Finance } else { Side::Clinical }
}

async fn follow_up(
    tx: &mut Tx,
    (it, people): (&Colleague, &Staff<'_>),
    at: Timestamp,
) -> store::Result<()> {
    let both = people.get(FOLLOWS_UP).zip(people.get(CONCERNED));
    let Some((helen, concerned)) = both else { return Ok(()) };
    let by = |on: Timestamp| Entry::by(helen.1.as_str(), on);
    let id = match follow_ups::open(tx, &it.new, &by(it.begun)).await {
        Err(Error::NotFound(_)) => return Ok(()),
        other => other?,
    };
    let mut steps = Vec::new();
    // Of anybody but the newcomer it is not known who they are: nobody is told.
    if it.is_new {
        let on = known(it.begun, at);
        steps.push((on, Added::Told(concerned.1.clone())));
        let known = "No spell stands under this code in the year before.".to_owned();
        steps.push((on, Added::Context(Context::Other, known)));
    }
    let looked = std::iter::zip(looked(it.begun, at), &it.months);
    steps.extend(looked.map(|((number, on), month)| {
        (on, Added::Month(LookedAt { month: number, ..month.clone() }))
    }));
    for (seen, (on, added)) in (0_i64..).zip(steps) {
        follow_ups::add(tx, &id, &added, seen, &by(on)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_costing_is_looked_at_before_it_was_published() {
        let at: Timestamp = "2026-06-01T09:00:00Z".parse().expect("a moment");
        let days = |published: Option<i64>| -> (i64, Vec<(u32, i64)>) {
            let since = |it: Timestamp| at.duration_since(it).as_hours() / DAY;
            let begun = begun(published.map(|it| ago(at, it)), at);
            (since(begun), looked(begun, at).into_iter().map(|(it, on)| (it, since(on))).collect())
        };
        assert_eq!(days(Some(300)), (95, vec![(1, 66), (2, 36), (3, 7)]));
        assert_eq!(days(Some(40)), (40, vec![(1, 36), (2, 7)]));
        assert_eq!(days(Some(12)), (12, vec![(1, 7)]));
        assert_eq!(days(Some(0)), (0, vec![]));
        assert_eq!(days(Some(-3)), (0, vec![]), "not in days to come");
        assert_eq!(days(None), (0, vec![]), "published, nobody knows when");
    }
}
