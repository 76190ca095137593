//! One rule: what it says, what was met, what the trigger asks for, and what two leads decided.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engagement::benefits::Side;
use engagement::incentives::{
    Counts, Outcome, Period, Reckoning, Saving, Standing, State as Stands, asked, months_words,
    standing,
};
use serde::Deserialize;
use store::incentives::{self, Step, StoredIncentive, Taken};
use store::joint_actions::date_at;
use store::{Connection, PersonId};

use super::list::stood;
use super::says::{self, Named, over, typed_month, typed_period};
use super::{HOME, found};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{amount, choices, may, own_side, unit_names};
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/incentives/show.html")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    state: String,
    what: String,
    facts: Vec<Fact>,
    /// The months that are told of; blank where none is over.
    months: String,
    met: String,
    quality: String,
    cost: String,
    asks: String,
    savings: Vec<SavingRow>,
    standing: String,
    rulings: Vec<RulingRow>,
    history: Vec<(String, String)>,
    may: May,
    verdicts: Vec<(String, String)>,
    address: String,
    /// Where a rule is proposed that takes the place of this one.
    another: String,
    seen: i64,
    typed: Typed,
    wrong: Wrong,
}

/// A line of the rule; its address is blank where it leads nowhere.
#[derive(Clone, Debug, Default)]
struct Fact {
    name: &'static str,
    text: String,
    address: String,
}

/// A benefit of the line in these months.
#[derive(Clone, Debug, Default)]
struct SavingRow {
    title: String,
    address: String,
    verified: String,
    counts: &'static str,
}

/// What was decided.
#[derive(Clone, Debug, Default)]
struct RulingRow {
    months: String,
    verdict: String,
    departs: bool,
    because: String,
    found: String,
    by: String,
}

/// What whoever looks may do with the rule as it stands.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a form or a link of the page")]
struct May {
    change: bool,
    end: bool,
    follow: bool,
    agree: bool,
    decide: bool,
    /// Ask for other months: whoever does not see values of the measure could find them out so.
    choose: bool,
}

/// The forms of the page, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    pub(super) seen: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) verdict: String,
    pub(super) because: String,
    pub(super) why_ended: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(typed): Query<Typed>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let it = found(&mut db, &visit, (Capability::ReadActions, &id)).await?;
    drop(db);
    let asked = Typed { from: typed.from, to: typed.to, ..Typed::default() };
    Ok(Show::of(&app, &visit, &it, (asked, Wrong::default())).await?.respond())
}

/// A rule with what its page says of it.
struct About<'a> {
    it: &'a StoredIncentive,
    named: Named,
    people: BTreeMap<String, String>,
    unit: String,
}

/// What was met in the months that are told of.
struct Told {
    period: Option<Period>,
    reckoning: Option<Reckoning>,
    savings: Vec<Saving>,
}

impl Told {
    async fn of(
        db: &mut Connection,
        it: &StoredIncentive,
        period: Option<Period>,
    ) -> Result<Self, Fault> {
        let Some(period) = period else {
            return Ok(Self { period, reckoning: None, savings: Vec::new() });
        };
        let (reckoning, mut savings) = incentives::reckoned(db, it, period).await?;
        savings.retain(|it| it.period.meets(period));
        Ok(Self { period: Some(period), reckoning: Some(reckoning), savings })
    }
}

/// The months that somebody asks for, those that are over where they ask for none or may not choose;
/// what is wrong with others stands on their field.
fn period(
    visit: &Visit,
    (it, may_choose): (&StoredIncentive, bool),
    (typed, wrong): (&Typed, &mut Wrong),
) -> Option<Period> {
    let today = date_at(visit.now);
    let usual = over(it, today);
    let is_asked = !typed.from.trim().is_empty() || !typed.to.trim().is_empty();
    if !may_choose || !is_asked {
        return usual;
    }
    let (Some(from), Some(to)) = typed_period(&typed.from, &typed.to) else {
        wrong.add("from", "Enter the first and the last month, such as 2026-04 and 2026-06");
        return usual;
    };
    match asked(it.held(), Period { from, to }, today) {
        Ok(period) => Some(period),
        Err(fault) => {
            wrong.add("from", words::sentence(&fault.to_string()));
            usual
        }
    }
}

impl Show {
    pub(super) async fn of(
        app: &App,
        visit: &Visit,
        it: &StoredIncentive,
        (mut typed, mut wrong): (Typed, Wrong),
    ) -> Result<Self, Fault> {
        let mut db = app.store().read().await?;
        let units = unit_names(&mut db).await?;
        let aim = it.rule().quality.as_ref().ok_or(Fault::NotFound)?;
        let named = Named::of(&mut db, visit, (aim, &units)).await?;
        let period = period(visit, (it, named.is_shown), (&typed, &mut wrong));
        let told = Told::of(&mut db, it, period).await?;
        let people = people::names(&mut db).await?;
        let side = own_side(&mut db, visit).await?;
        let follower = follower(&mut db, it).await?;
        drop(db);
        let may = May::of(visit, it, (side, &told, follower.is_empty()), named.is_shown)?;
        let code = it.unit.as_str();
        let unit = units.get(code).map_or(code, String::as_str).to_owned();
        let about = About { it, named, people, unit };
        if let Some(period) = told.period {
            (typed.from, typed.to) = (typed_month(period.from), typed_month(period.to));
        }
        let reckoned = told.reckoning.as_ref();
        let of = |said: &dyn Fn(&Reckoning) -> String| reckoned.map_or_else(String::new, said);
        Ok(Self {
            shell: visit
                .shell("An incentive for quality and cost together")
                .below("Benefits", "/benefits")
                .below(HOME.0, HOME.1)
                .with_errors(&wrong),
            kicker: about.unit.clone(),
            state: it.state().name().to_owned(),
            what: words::sentence(&it.rule().what),
            facts: about.facts(&follower),
            months: told.period.map_or_else(String::new, months_words),
            met: of(&|it| it.outcome.name().to_owned()),
            quality: of(&|of| about.named.quality(it.latest(), of)),
            cost: of(&|of| says::cost(it.rule(), of)),
            asks: of(&|of| says::asks(it.rule(), of.outcome)),
            savings: told.savings.iter().map(|it| saving(it, told.period)).collect(),
            standing: about.standing(told.period),
            rulings: about.rulings(),
            history: about.history(),
            verdicts: choices("", it.rule().way.verdicts().iter().map(|it| (it.word(), it.name()))),
            may,
            address: format!("/incentives/{}", it.id),
            another: format!("/incentives/new?after={}", it.id),
            seen: it.seen(),
            typed,
            wrong,
        })
    }
}

/// Where the rule is that took the place of this one; blank where none did.
async fn follower(db: &mut Connection, it: &StoredIncentive) -> Result<String, Fault> {
    let all = incentives::list(db).await?;
    let found = all.iter().find(|other| other.follows.as_ref() == Some(&it.id));
    Ok(found.map_or_else(String::new, |it| format!("/incentives/{}", it.id)))
}

impl May {
    fn of(
        visit: &Visit,
        it: &StoredIncentive,
        (side, told, is_last): (Option<Side>, &Told, bool),
        choose: bool,
    ) -> Result<Self, Fault> {
        let (unit, state) = (it.unit.as_str(), it.state());
        let me = &visit.person()?.id;
        let keeps = may(visit, Capability::KeepActions, unit);
        let is_lead = side.is_some()
            && may(visit, Capability::VerifyBenefits, unit)
            && !it.versions.iter().any(|it| it.by == *me);
        let agreed = it.agreed();
        let is_open = matches!(state, Stands::Proposed | Stands::Agreed);
        Ok(Self {
            change: keeps && is_open,
            end: keeps && state != Stands::Ended,
            follow: keeps && state == Stands::Ended && is_last,
            agree: is_lead
                && state == Stands::Proposed
                && !agreed.iter().any(|it| Some(it.0) == side),
            decide: is_lead && agreed.len() == Side::ALL.len() && told.period.is_some(),
            choose,
        })
    }
}

fn saving(it: &Saving, period: Option<Period>) -> SavingRow {
    SavingRow {
        title: it.title.clone(),
        address: format!("/benefits/{}", it.reference),
        verified: if it.is_cash {
            amount(it.account.verified, None)
        } else {
            "Not in pounds".to_owned()
        },
        counts: period.map_or(Counts::Beyond, |period| it.counts(period)).name(),
    }
}

impl About<'_> {
    fn by(&self, person: &PersonId, at: jiff::Timestamp) -> String {
        let name = self.people.get(person.as_str()).map_or("", String::as_str);
        format!("{name}, {}", words::moment(at))
    }

    fn facts(&self, follower: &str) -> Vec<Fact> {
        let (rule, latest) = (self.it.rule(), self.it.latest());
        let fact = |name, text: String| Fact { name, text, address: String::new() };
        let agreed = self.it.agreed();
        let lead = |side: Side| match agreed.iter().find(|it| it.0 == side) {
            Some((_, taken)) => self.by(&taken.by, taken.at),
            None => "Nobody yet".to_owned(),
        };
        let mut facts = vec![
            fact("What it does", rule.way.name().to_owned()),
            fact("For", self.unit.clone()),
            fact("Months", months_words(rule.period)),
            Fact {
                name: "Quality",
                text: format!("{}: {}", self.named.name, self.named.target(latest)),
                address: self.named.address.clone(),
            },
            fact(
                "Cost improvement",
                format!("Verified savings of {} or more", amount(rule.savings.unwrap_or(0), None)),
            ),
            fact("Proposed by", self.by(&latest.by, latest.at)),
            fact("Agreed, clinical lead", lead(Side::Clinical)),
            fact("Agreed, finance lead", lead(Side::Finance)),
        ];
        let other =
            |name, id: &str| Fact { name, text: "Another rule".to_owned(), address: id.to_owned() };
        if let Some(before) = &self.it.follows {
            facts.push(other("Follows", &format!("/incentives/{before}")));
        }
        if !follower.is_empty() {
            facts.push(other("Followed by", follower));
        }
        facts
    }

    fn standing(&self, period: Option<Period>) -> String {
        let Some(period) = period else { return String::new() };
        words::sentence(&stood(standing(&self.it.rulings(), period)))
    }

    /// Decisions, the latest first.
    fn rulings(&self) -> Vec<RulingRow> {
        let way = self.it.rule().way;
        let row = |taken: &Taken| match &taken.step {
            Step::Decided { ruling, found } => Some(RulingRow {
                months: months_words(ruling.period),
                verdict: ruling.verdict.name().to_owned(),
                departs: way.asks(found.outcome) != Some(ruling.verdict),
                because: words::sentence(&ruling.because),
                found: words::sentence(&self.named.found(found)),
                by: format!("{}, for {}", self.by(&taken.by, taken.at), of_side(ruling.side)),
            }),
            _ => None,
        };
        self.it.steps.iter().rev().filter_map(row).collect()
    }

    /// What was done, the latest first.
    fn history(&self) -> Vec<(String, String)> {
        let wrote = self.it.versions.iter().enumerate().map(|(at, it)| {
            let said = if at == 0 {
                "Proposed.".to_owned()
            } else {
                format!("Written anew: {}", words::sentence(&it.because))
            };
            let quality = it.rule.quality.as_ref().map_or("", |it| it.measure.as_str());
            let text = format!(
                "{said} {}: {} {}; {quality} {}; savings of {}.",
                it.rule.way.name(),
                words::sentence(&it.rule.what),
                months_words(it.rule.period),
                self.named.target(it),
                amount(it.rule.savings.unwrap_or(0), None)
            );
            (it.at, text, self.by(&it.by, it.at))
        });
        let did = self.it.steps.iter().map(|it| {
            let said = match &it.step {
                Step::Agreed { side, .. } => format!("Agreed for {}.", of_side(*side)),
                Step::Decided { ruling, .. } => format!(
                    "Decided for {}: {}, {}.",
                    of_side(ruling.side),
                    ruling.verdict.name().to_lowercase(),
                    months_words(ruling.period)
                ),
                Step::Ended { because } => format!("Ended: {}", words::sentence(because)),
            };
            (it.at, said, self.by(&it.by, it.at))
        });
        let mut all: Vec<_> = wrote.chain(did).collect();
        all.sort_by_key(|it| it.0);
        all.into_iter().rev().map(|it| (it.1, it.2)).collect()
    }
}

/// For whom a lead stands.
fn of_side(side: Side) -> &'static str {
    match side {
        Side::Clinical => "clinicians",
        Side::Finance => "finance",
    }
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/incentives/show.html";

    fn samples() -> Vec<Self> {
        let decided = Self::sample();
        let mut wrong = Wrong::default();
        wrong.add("from", "These months are not over yet: choose months that are.");
        wrong.add("verdict", "Choose what you decide");
        wrong.add("because", "Say why you depart from what the trigger asks for");
        wrong.add("why_ended", "Say why it ends");
        let open = Self {
            state: Stands::Proposed.name().to_owned(),
            months: String::new(),
            savings: Vec::new(),
            rulings: Vec::new(),
            may: May { change: true, end: true, agree: true, ..May::default() },
            ..Self::sample()
        };
        let all = May { decide: true, end: true, follow: true, choose: true, ..May::default() };
        let refused = Self {
            shell: decided.shell.clone().with_errors(&wrong),
            wrong,
            may: all,
            ..Self::sample()
        };
        vec![decided, open, refused]
    }
}

impl Show {
    fn sample() -> Self {
        let text = |it: &str| it.to_owned();
        let fact = |name, text: &str, address: &str| Fact {
            name,
            text: text.to_owned(),
            address: address.to_owned(),
        };
        Self {
            shell: Shell::sample("An incentive for quality and cost together")
                .below("Benefits", "/benefits")
                .below(HOME.0, HOME.1),
            kicker: text("Trauma and orthopaedics"),
            state: Stands::Decided.name().to_owned(),
            what: text("Half of the saving buys equipment."),
            facts: vec![
                fact("Quality", "Falls with harm: no more than 4.0", "/measures/FALLS"),
                fact("Cost improvement", "Verified savings of £80,000 or more", ""),
            ],
            months: text("April 2025 to March 2026"),
            met: Outcome::CostAlone.name().to_owned(),
            quality: text("Not met. It stood at 4.3. The target is no more than 4.0."),
            cost: text("Met. £82,400 is verified by both leads; the target is £80,000."),
            asks: text("The trigger asks for: not paid."),
            savings: vec![SavingRow {
                title: text("One price for each implant"),
                address: text("/benefits/1"),
                verified: text("£82,400"),
                counts: Counts::Yes.name(),
            }],
            standing: words::sentence(&stood(Standing::Open)),
            rulings: vec![RulingRow {
                months: text("April 2025 to March 2026"),
                verdict: text("Not paid"),
                departs: true,
                because: text("Falls rose."),
                found: text("Cost improvement was met, quality was not."),
                by: text("Helen Marsh, 1 June 2026, 10:00, for clinicians"),
            }],
            history: vec![(text("Agreed for finance."), text("Ravi Sethi, 1 June 2026, 10:00"))],
            may: May::default(),
            verdicts: choices("", [("paid", "Paid"), ("not_paid", "Not paid")]),
            address: text("/incentives/1"),
            another: text("/incentives/new?after=1"),
            seen: 3,
            typed: Typed::default(),
            wrong: Wrong::default(),
        }
    }
}
