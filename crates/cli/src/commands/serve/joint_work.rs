//! Actions and benefits that a demonstration begins with. What published costings tell of a benefit is
//! read off them; the rest says that it was entered by hand.

use demonstration::{
    DemonstrationAction, DemonstrationBenefit, HIPS, Person, actions, day_of, updates,
};
use domain::Day;
use engagement::actions::{Action, Owner, Size, Update};
use engagement::benefits::{Evidence, Ground, Rate, Side, Use};
use jiff::Timestamp;
use jiff::civil::Date;
use store::benefits::{self, NewBenefit, PairedWith, Step};
use store::joint_actions::{self, NewAction, date, date_at};
use store::measures::Decimal;
use store::{ActionId, BenefitId, Entry, Error, MeasureCode, PersonId, Tx, UnitCode};
use web::shell::joint_work::{profession, typed};
use web::shell::session::today;

use super::costed::Costed;
use super::people::{self, Staff};

/// Ten-thousandths, and millionths, of one.
const E4: i64 = 10_000;
const MICRO: i64 = 1_000_000;

/// Months of a year.
const YEAR: i64 = 12;

/// Days since benefits were claimed, and since they were decided on.
const CLAIMED: i32 = 100;
const DECIDED: i32 = 94;

/// What of ten clinicians accept of what published costings show.
const ACCEPTED: i64 = 6;

/// Who verifies for finance and for clinicians.
const LEADS: [(Side, &str); 2] = [(Side::Finance, "ravi.sethi"), (Side::Clinical, "helen.marsh")];

/// Who is there, what was costed, and when the demonstration begins.
pub(super) struct Scene<'a> {
    pub(super) people: Staff<'a>,
    pub(super) costed: &'a [Costed],
    pub(super) at: Timestamp,
}

/// An action as it was agreed.
pub(super) struct Agreed {
    pub(super) id: ActionId,
    /// Names of its owners, commas between them.
    pub(super) owners: String,
    /// By when it was to be done.
    pub(super) due_on: Day,
}

impl<'a> Scene<'a> {
    /// As it is at a moment.
    pub(super) fn of(staff: &'a [(Person, PersonId)], costed: &'a [Costed], at: Timestamp) -> Self {
        Self { people: people::staff_by_login(staff), costed, at }
    }

    /// The day that a cell of the demonstration says.
    pub(super) fn day(&self, cell: &str) -> Day {
        day_of(cell, today(self.at))
    }

    /// The morning of a day, or now.
    pub(super) fn morning(&self, day: Day) -> Timestamp {
        let morning = format!("{day}T09:30:00Z").parse::<Timestamp>();
        morning.map_or(self.at, |it| it.min(self.at))
    }

    /// The morning of a day so many days ago.
    fn ago(&self, days: i32) -> Timestamp {
        self.morning(today(self.at).plus(-days))
    }

    /// Hip replacements of the first year that is costed; those of the story where none is.
    pub(super) fn hips(&self) -> i64 {
        self.costed.first().and_then(Costed::stays).unwrap_or(HIPS)
    }

    /// Nights of hips in the year before and since, where both years are costed and it is fewer.
    fn nights(&self) -> Option<(i64, i64)> {
        let [before, since] = self.costed else { return None };
        let both = (before.nights()?, since.nights()?);
        (both.0 > both.1).then_some(both)
    }
}

/// Records what the demonstration says, for units that there are.
pub(super) async fn record(tx: &mut Tx, scene: &Scene<'_>) -> store::Result<()> {
    for it in actions().iter().filter(|it| !it.in_review) {
        agree(tx, it, scene, "").await?;
    }
    let all = (Day::from_civil(2000, 1, 1), today(scene.at));
    for unit in actions().into_iter().map(|it| it.unit).collect::<std::collections::BTreeSet<_>>() {
        say(tx, scene, (&unit, false), all).await?;
    }
    for it in demonstration::benefits() {
        claim(tx, &it, scene).await?;
    }
    Ok(())
}

fn unreadable(what: &'static str, value: &str) -> Error {
    Error::Unreadable { what, value: value.to_owned() }
}

/// So much for the hips of the trust, where it is told for those of the story.
pub(super) fn for_hips(whole: i64, hips: i64) -> i64 {
    (whole * hips).checked_div(HIPS).unwrap_or(whole)
}

/// Agrees on an action on the day on which it begins; none where its unit or its owners are not there.
pub(super) async fn agree(
    tx: &mut Tx,
    it: &DemonstrationAction,
    scene: &Scene<'_>,
    origin: &str,
) -> store::Result<Option<Agreed>> {
    let owners: Vec<&(Person, PersonId)> =
        it.owners.iter().filter_map(|it| scene.people.get(it.as_str()).copied()).collect();
    let Some(first) = owners.first() else { return Ok(None) };
    let owner = |it: &&(Person, PersonId)| Owner {
        person: it.1.as_str().to_owned(),
        profession: profession(&it.0.profession),
    };
    let sized = |whole: i64| if it.of_hips { for_hips(whole, scene.hips()) } else { whole };
    let (begun, due_on) = (scene.day(&it.begun), scene.day(&it.due));
    let of = Action {
        what: it.what.clone(),
        owners: owners.iter().map(owner).collect(),
        joint: it.joint,
        size: it.size.as_ref().map(|(low, high, unit)| Size {
            low_e4: sized(*low) * E4,
            high_e4: sized(*high) * E4,
            unit: unit.clone(),
        }),
        effort: it.effort.parse().map_err(|_| unreadable("effort", &it.effort))?,
        priority: it.priority.parse().map_err(|_| unreadable("priority", &it.priority))?,
        measure: it.measure.clone(),
        quality: it.quality.clone(),
        starts_on: date(begun),
        due_on: date(due_on),
    };
    let unit = UnitCode::new(it.unit.as_str());
    let new = NewAction { unit, origin: origin.to_owned(), of };
    let entry = Entry::by(first.1.as_str(), scene.morning(begun));
    let id = match joint_actions::agree(tx, &new, &entry).await {
        // Another model than the demonstration's has other service lines.
        Err(Error::NotFound(_)) => return Ok(None),
        other => other?,
    };
    let owners: Vec<&str> = owners.iter().map(|it| it.0.name.as_str()).collect();
    Ok(Some(Agreed { id, owners: owners.join(", "), due_on }))
}

/// Says what was said in the list of actions of a unit after a day and until another, of those that
/// reviews agreed on or of the others.
pub(super) async fn say(
    tx: &mut Tx,
    scene: &Scene<'_>,
    (unit, in_review): (&str, bool),
    (after, until): (Day, Day),
) -> store::Result<()> {
    for it in updates().into_iter().filter(|it| it.unit == unit) {
        let on = scene.day(&it.on);
        let is_it = |of: &DemonstrationAction| {
            of.unit == it.unit && of.what == it.what && of.in_review == in_review
        };
        if on <= after || on > until || !actions().iter().any(is_it) {
            continue;
        }
        let (Some(id), Some((_, by))) =
            (action(tx, &it.unit, &it.what).await?, scene.people.get(&*it.by).copied())
        else {
            continue;
        };
        let at = scene.morning(on);
        let update = Update {
            on: date_at(at),
            says: it.says.parse().map_err(|_| unreadable("update", &it.says))?,
            because: it.because.clone(),
            due_on: (!it.due.is_empty()).then(|| date(scene.day(&it.due))),
        };
        let seen = joint_actions::get(tx, &id).await?.version();
        joint_actions::update(tx, &id, &update, seen, &Entry::by(by.as_str(), at)).await?;
    }
    Ok(())
}

/// The action of a unit by what it is.
pub(super) async fn action(tx: &mut Tx, unit: &str, what: &str) -> store::Result<Option<ActionId>> {
    let all = joint_actions::list(tx).await?;
    let found =
        all.into_iter().find(|it| it.agreed.of.what == what && it.agreed.unit.as_str() == unit);
    Ok(found.map(|it| it.id))
}

/// A benefit as it is claimed, by hand.
fn read(
    it: &DemonstrationBenefit,
    (owner, action): (&PersonId, Option<ActionId>),
    hips: i64,
) -> store::Result<NewBenefit> {
    let number = |column: &'static str| amount(it, column, hips);
    let day = |column: &'static str| {
        let text = it.text(column);
        text.parse::<Date>().map_err(|_| unreadable(column, text))
    };
    let rate = |column: &'static str| typed(it.text(column)).unwrap_or(0);
    let rate =
        Rate { variable: rate("variable"), semi_fixed: rate("semi_fixed"), fixed: rate("fixed") };
    let uses = number("before")?.zip(number("after")?);
    let evidence = number("shown")?.map(|amount| Evidence {
        kind: it.text("evidence").to_owned(),
        amount,
        reference: it.text("reference").to_owned(),
    });
    let limit: Decimal =
        it.text("limit").parse().map_err(|_| unreadable("limit", it.text("limit")))?;
    Ok(NewBenefit {
        title: it.text("title").to_owned(),
        kind: it.text("kind").parse().map_err(|_| unreadable("kind", it.text("kind")))?,
        is_cash: it.is("cash"),
        recurrent: it.is("recurrent"),
        owner: owner.clone(),
        ground: Ground {
            basis: it.text("basis").to_owned(),
            unit: it.text("unit").to_owned(),
            from: day("from")?,
            to: day("to")?,
        },
        baseline: number("baseline")?,
        target: number("target")?,
        used_by: it.text("used_by").to_owned(),
        uses: uses.map(|(before, after)| Use { before, after, rate }),
        costed: None,
        rate_source: it.text("rate_source").to_owned(),
        claimed: number("claimed")?.unwrap_or(0),
        evidence: evidence.into_iter().collect(),
        pair: Some(PairedWith {
            measure: MeasureCode::new(it.text("pair_measure")),
            unit: UnitCode::new(it.text("pair_unit")),
            limit_e4: limit.e4(),
        }),
        action,
        domain: it.text("domain").to_owned(),
    })
}

/// A whole amount of the story, for the hips of the trust, in millionths; none where it is blank.
fn amount(
    it: &DemonstrationBenefit,
    column: &'static str,
    hips: i64,
) -> store::Result<Option<i64>> {
    match it.text(column) {
        "" => Ok(None),
        text => {
            let whole: i64 = text.parse().map_err(|_| unreadable(column, text))?;
            Ok(Some(for_hips(whole, hips) * MICRO))
        }
    }
}

/// The benefit of bed days as both costings have it, instead of what was counted by hand.
fn as_costed(new: &mut NewBenefit, scene: &Scene<'_>) -> Option<()> {
    let ((before, after), [first, _]) = (scene.nights()?, scene.costed) else { return None };
    let rate = first.bed_day?;
    new.claimed = (before - after) * MICRO;
    new.uses = Some(Use { before: before * MICRO, after: after * MICRO, rate });
    let a_month = |year: i64| (year + YEAR / 2) / YEAR * MICRO;
    new.baseline = Some(a_month(before));
    // A day less for each hip, as the review agreed.
    new.target = Some(a_month((before - scene.hips()).max(0)));
    new.rate_source = format!(
        "A day on the ward of elective orthopaedics in the costing of {}, {}",
        first.period, first.run
    );
    Some(())
}

/// What was reached by month: of both costings, or as somebody entered it.
fn months(
    it: &DemonstrationBenefit,
    (scene, is_costed): (&Scene<'_>, bool),
) -> Vec<(String, i64, String)> {
    if !is_costed {
        let source = || it.text("months_source").to_owned();
        let hips = scene.hips();
        return it.months.iter().map(|of| (of.0.clone(), for_hips(of.1, hips), source())).collect();
    }
    let of_one = |costed: &Costed| {
        let source = format!(
            "Nights of hips that left in the month, costing of {}, {}",
            costed.period, costed.run
        );
        let each =
            costed.hips.iter().map(move |it| (it.month.clone(), it.numerator, source.clone()));
        each.collect::<Vec<_>>()
    };
    scene.costed.iter().flat_map(of_one).collect()
}

async fn claim(tx: &mut Tx, it: &DemonstrationBenefit, scene: &Scene<'_>) -> store::Result<()> {
    let Some((_, owner)) = scene.people.get(it.text("owner")).copied() else { return Ok(()) };
    let action = action(tx, it.text("unit"), it.text("action")).await?;
    let mut new = read(it, (owner, action), scene.hips())?;
    let is_costed = new.ground.basis == "bed-days" && as_costed(&mut new, scene).is_some();
    let entry = Entry::by(owner.as_str(), scene.ago(CLAIMED));
    let id = match benefits::claim(tx, &new, &entry).await {
        // Another model has other service lines, and a demonstration that is begun early has no
        // months of its measures yet.
        Err(Error::NotFound(_) | Error::Refused(_)) => return Ok(()),
        other => other?,
    };
    for (month, value, source) in months(it, (scene, is_costed)) {
        let first = format!("{month}-01");
        let step = Step::Reached {
            month: first.parse().map_err(|_| unreadable("month", &month))?,
            amount: value * MICRO,
            source,
        };
        taken(tx, (&id, &step), &entry).await?;
    }
    decide(tx, (it, &id, is_costed), scene).await
}

/// What the leads accept of it: of what costings show, all for finance and the larger part for
/// clinicians.
async fn decide(
    tx: &mut Tx,
    (it, id, is_costed): (&DemonstrationBenefit, &BenefitId, bool),
    scene: &Scene<'_>,
) -> store::Result<()> {
    let claimed = benefits::get(tx, id).await?.of.claimed;
    for (side, name) in LEADS {
        let accepts = match side {
            Side::Finance => "finance_accepts",
            Side::Clinical => "clinical_accepts",
        };
        let (Some(by_hand), Some((_, lead))) =
            (amount(it, accepts, scene.hips())?, scene.people.get(name).copied())
        else {
            continue;
        };
        let accepted = match (side, is_costed) {
            (_, false) => by_hand,
            (Side::Finance, true) => claimed,
            (Side::Clinical, true) => claimed / MICRO * ACCEPTED / 10 * MICRO,
        };
        let refuses = side == Side::Finance && !it.text("finance_refuses").is_empty();
        let step = Step::Decide {
            side,
            accepted,
            not_accepted: if refuses { claimed - accepted } else { 0 },
            because: if accepted < claimed { it.text("because") } else { "" }.to_owned(),
        };
        match taken(tx, (id, &step), &Entry::by(lead.as_str(), scene.ago(DECIDED))).await {
            Err(Error::Refused(_)) => {}
            other => other?,
        }
    }
    Ok(())
}

/// Takes a step with a benefit as it is now.
async fn taken(tx: &mut Tx, (id, step): (&BenefitId, &Step), entry: &Entry) -> store::Result<()> {
    let seen = benefits::get(tx, id).await?.version();
    benefits::step(tx, id, step, seen, entry).await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use results::outcomes::MonthValue;

    use super::*;

    /// A costing of so many nights and five hips each month.
    fn costed(run: &str, year: i32, nights: i64) -> Costed {
        let month = |number: i32| MonthValue {
            month: format!("{}-{:02}", year + (number + 3) / 13, (number + 2) % 12 + 1),
            numerator: nights,
            denominator: 5,
            ..MonthValue::default()
        };
        Costed {
            run: run.to_owned(),
            published: "2026-05-15T09:00:00Z".parse().expect("a moment"),
            period: format!("{year}/{}", year % 100 + 1),
            figures: BTreeMap::new(),
            hips: (1..=12).map(month).collect(),
            bed_day: Some(Rate { variable: 0, semi_fixed: 250 * MICRO, fixed: 150 * MICRO }),
        }
    }

    fn scene(costed: &[Costed]) -> Scene<'_> {
        let at = "2026-11-30T12:00:00Z".parse().expect("a moment");
        Scene { people: Staff::new(), costed, at }
    }

    fn bed_days(scene: &Scene<'_>) -> (DemonstrationBenefit, NewBenefit) {
        let all = demonstration::benefits();
        let it = all.into_iter().find(|it| it.text("basis") == "bed-days").expect("bed days");
        let new = read(&it, (&PersonId::new("owner"), None), scene.hips()).expect("it reads");
        (it, new)
    }

    #[test]
    fn bed_days_are_those_of_both_costings() {
        let both = [costed("first", 2024, 33), costed("second", 2025, 29)];
        let scene = scene(&both);
        let (it, mut new) = bed_days(&scene);
        as_costed(&mut new, &scene).expect("two years");
        // 12 × 33 are 396 nights and 12 × 29 are 348: 48 fewer. A day less for each of 60 hips would
        // be 336, which are 28 a month.
        let uses = new.uses.expect("a change in use");
        assert_eq!((uses.before, uses.after, new.claimed), (396 * MICRO, 348 * MICRO, 48 * MICRO));
        assert_eq!((new.baseline, new.target), (Some(33 * MICRO), Some(28 * MICRO)));
        assert!(new.rate_source.ends_with("in the costing of 2024/25, first"), "{new:?}");
        let months = months(&it, (&scene, true));
        assert_eq!(months.len(), 24);
        assert_eq!((months[0].0.as_str(), months[0].1), ("2024-04", 33));
        assert_eq!((months[23].0.as_str(), months[23].1), ("2026-03", 29));
        assert!(months[23].2.ends_with("costing of 2025/26, second"), "{months:?}");
    }

    #[test]
    fn what_no_costing_tells_was_entered_by_hand() {
        let more = [costed("first", 2024, 29), costed("second", 2025, 33)];
        for costed in [&more[..], &more[..1], &[]] {
            let scene = scene(costed);
            let (it, mut new) = bed_days(&scene);
            assert!(as_costed(&mut new, &scene).is_none());
            assert_eq!(new.claimed, scene.hips() * MICRO, "a day for each hip");
            let months = months(&it, (&scene, false));
            assert!(months.iter().all(|it| it.2.contains("by hand")), "{months:?}");
        }
        // £96,408 for 412 hips are £234 for each: £14,040 for 60.
        assert_eq!(for_hips(96_408, 60), 14_040);
        assert_eq!(scene(&[]).hips(), HIPS);
    }
}
