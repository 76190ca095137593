//! One benefit: what is claimed and what held up, the measure beside it, months, evidence, and what
//! was done with it.

use std::collections::BTreeMap;

use access::{Capability, View};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engagement::benefits::{BenefitSettings, Good, Looked, Side};
use store::benefits::{Step, StoredBenefit, Taken};
use store::measures::Decimal;

use super::again::Costings;
use super::concerns;
use super::list::stands;
use super::reading::Asked;
use super::steps::Typed;
use super::{drawing, found, may};
use crate::App;
use crate::shell::concerns::{Row, unanswered};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{amount, choices, day, number, own_side, sum, unit_names, unit_of};
use crate::shell::measures::{self as seen, month_words, one_place, said};
use crate::shell::page::{Page, Shell};
use crate::shell::questions::{BENEFIT, Place, Questions};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/benefits/show.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark or a form of the page")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    state: String,
    is_cash: bool,
    recurrent: bool,
    /// What the guard says; none where it holds nothing.
    alert: Option<Alert>,
    /// Claimed, verified, held, not accepted.
    account: Vec<(&'static str, String)>,
    decisions: Vec<(&'static str, String)>,
    /// How long the sign-off has waited; blank where it waits for nobody.
    waits: String,
    concerns: Vec<Row>,
    /// Concerns that wait for an answer.
    unanswered: Vec<(String, String)>,
    worth: Vec<(&'static str, String)>,
    worth_note: String,
    pair: Option<Paired>,
    costings: Costings,
    months: Vec<(String, String, String)>,
    svg: String,
    note: String,
    evidence: Vec<(String, String, String)>,
    facts: Vec<(&'static str, String)>,
    history: Vec<(String, String)>,
    /// The action of which it came; blank for none.
    action: String,
    keeps: bool,
    decides: bool,
    evidences: Vec<(String, String)>,
    address: String,
    seen: i64,
    questions: Questions,
    typed: Typed,
    wrong: Wrong,
}

/// What the guard says.
#[derive(Clone, Debug, Default)]
struct Alert {
    what: String,
    held: String,
    missing: String,
}

/// The measure beside it.
#[derive(Clone, Debug, Default)]
struct Paired {
    name: String,
    address: String,
    says: String,
    rows: Vec<(String, String)>,
}

/// Months of a paired measure that are shown.
const MONTHS: usize = 6;

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(chosen): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let benefit = found(&mut db, &visit, &id).await?;
    drop(db);
    let typed = Typed {
        activity: chosen.activity,
        baseline_run: chosen.baseline_run,
        later: chosen.later,
        ..Typed::default()
    };
    let place = Place::of_thing(BENEFIT, &benefit.of.ground.unit, benefit.id.as_str());
    let questions = Questions::of(&app, &visit, place, "").await?;
    let page = Show::of(&app, &visit, &benefit, (typed, Wrong::default())).await?;
    Ok(Show { questions, ..page }.respond())
}

/// A benefit with what its page says of it.
struct About<'a> {
    benefit: &'a StoredBenefit,
    settings: BenefitSettings,
    unit: Option<String>,
    names: BTreeMap<String, String>,
    /// Whether whoever looks sees what was read of costings.
    sees_read: bool,
}

impl Show {
    pub(super) async fn of(
        app: &App,
        visit: &Visit,
        benefit: &StoredBenefit,
        (typed, mut wrong): (Typed, Wrong),
    ) -> Result<Self, Fault> {
        let costings = Costings::of((app, visit), benefit, (&typed, &mut wrong)).await?;
        let mut db = app.store().read().await?;
        let names = people::names(&mut db).await?;
        let units = unit_names(&mut db).await?;
        let side = own_side(&mut db, visit).await?;
        drop(db);
        let settings = BenefitSettings::own();
        let unit = unit_of(&benefit.of, &settings);
        let sees_read = !costings.is_hidden;
        let about = About { benefit, settings, unit, names, sees_read };
        let of = &benefit.of;
        let account = benefit.account(&about.settings);
        let concerns = concerns::rows(benefit, &about.names, visit.now);
        let pair = about.pair(app, visit, &units).await?;
        let chart = about.chart();
        let is_live = !benefit.is_withdrawn();
        let shows_values = pair.as_ref().is_some_and(|it| it.1);
        let kinds = about.settings.evidence.iter().map(|it| (it.code.as_str(), it.name.as_str()));
        Ok(Self {
            shell: visit.shell(of.title.clone()).below("Benefits", "/benefits").with_errors(&wrong),
            kicker: units.get(&of.ground.unit).cloned().unwrap_or_default(),
            state: stands(benefit, &account, &about.settings).to_owned(),
            is_cash: of.is_cash,
            recurrent: of.recurrent,
            alert: about.alert(shows_values),
            account: vec![
                ("Claimed", about.said(account.claimed)),
                ("Verified", about.said(account.verified)),
                ("Held", about.said(account.held)),
                ("Not accepted", about.said(account.not_accepted)),
            ],
            decisions: vec![
                ("Finance", about.decision(Side::Finance)),
                ("Clinical", about.decision(Side::Clinical)),
            ],
            waits: concerns::waits(benefit, visit.now),
            unanswered: unanswered(&concerns),
            concerns,
            worth: about.worth(),
            worth_note: of.rate_source.clone(),
            pair: pair.map(|it| it.0),
            costings,
            months: about.months(),
            svg: chart.as_ref().map(charts::Chart::svg).unwrap_or_default(),
            note: chart.map(|it| it.note).unwrap_or_default(),
            evidence: about.evidence(),
            facts: about.facts(),
            history: benefit.steps.iter().rev().map(|it| about.step(it)).collect(),
            action: of.action.as_ref().map_or(String::new(), |it| format!("/actions/{it}")),
            keeps: is_live && may(visit, Capability::KeepActions, benefit),
            decides: is_live
                && side.is_some()
                && visit.person()?.id != of.owner
                && may(visit, Capability::VerifyBenefits, benefit),
            evidences: choices("Choose one", kinds),
            address: format!("/benefits/{}", benefit.id),
            seen: benefit.version(),
            questions: Questions::default(),
            typed,
            wrong,
        })
    }
}

impl About<'_> {
    fn said(&self, micro: i64) -> String {
        amount(micro, self.unit.as_deref())
    }

    fn name(&self, id: &str) -> String {
        self.names.get(id).map_or(id, String::as_str).to_owned()
    }

    fn decision(&self, side: Side) -> String {
        let Some(it) = self.benefit.decision(side) else { return "Not decided yet".to_owned() };
        let mut said = format!("{} accepted {}", self.name(&it.by), self.said(it.accepted));
        if it.not_accepted > 0 {
            said += &format!(", did not accept {}", self.said(it.not_accepted));
        }
        let because = words::sentence(&it.because);
        if because.is_empty() { format!("{said}.") } else { format!("{said}: {because}") }
    }

    /// What the paired measure says, if whoever looks may see its values.
    fn looked(&self, it: &Looked) -> String {
        let figure = |e4: i64| one_place(Decimal::of_e4(e4));
        let limit = self.benefit.of.pair.as_ref().map_or(0, |it| it.limit_e4);
        let side = match self.benefit.pair.as_ref().map(|it| it.good) {
            Some(Good::Up) => "no lower than",
            _ => "no higher than",
        };
        format!(
            "{} in the year before, {} in the latest months to {}; agreed was {side} {}.",
            figure(it.before_e4),
            figure(it.now_e4),
            day(it.month).split_once(' ').map_or(String::new(), |it| it.1.to_owned()),
            figure(limit)
        )
    }

    fn alert(&self, shows_values: bool) -> Option<Alert> {
        if self.benefit.is_withdrawn() || !self.benefit.is_guarded(&self.settings) {
            return None;
        }
        let looked = self.benefit.of.proposal(self.benefit.pair.clone()).looked(&self.settings)?;
        let explained = |side| self.benefit.explained(side).is_some_and(|it| it >= looked.month);
        let missing: Vec<&str> =
            [(Side::Clinical, "a clinician"), (Side::Finance, "an accountant")]
                .iter()
                .filter(|it| !explained(it.0))
                .map(|it| it.1)
                .collect();
        Some(Alert {
            what: if shows_values {
                self.looked(&looked)
            } else {
                "The paired measure is beyond its limit; its values are hidden from you.".to_owned()
            },
            held: self.said(self.benefit.account(&self.settings).held),
            missing: words::listed(&missing),
        })
    }

    /// The measure beside it as whoever looks may see it, and whether they see its values.
    async fn pair(
        &self,
        app: &App,
        visit: &Visit,
        units: &BTreeMap<String, String>,
    ) -> Result<Option<(Paired, bool)>, Fault> {
        let Some(with) = &self.benefit.of.pair else { return Ok(None) };
        let name = units.get(with.unit.as_str()).map_or(with.unit.as_str(), String::as_str);
        if !visit.may(Capability::ReadMeasures) {
            let name = format!("{}, {name}", with.measure);
            return Ok(Some((Paired { name, ..Paired::default() }, false)));
        }
        let (measure, all) = seen::of_measure(app, visit, with.measure.as_str()).await?;
        let definition = &measure.definition;
        let series = all.iter().find(|it| it.unit == with.unit);
        let is_shown = series.is_some_and(|it| it.view == View::Exact || !definition.of_patients);
        let looked = self.benefit.of.proposal(self.benefit.pair.clone()).looked(&self.settings);
        let rows = series.map_or(&[][..], |it| it.points.as_slice()).iter().rev().take(MONTHS);
        let rows = rows.map(|it| {
            let value = it.figure.map_or_else(|| "*".to_owned(), |it| said(definition, &it));
            (month_words(it.month), value)
        });
        let query = serde_urlencoded::to_string([("unit", with.unit.as_str())]).unwrap_or_default();
        let paired = Paired {
            name: format!("{}, {name}", definition.name),
            address: format!("/measures/{}?{query}", with.measure),
            says: match looked {
                Some(it) if is_shown => self.looked(&it),
                Some(_) => "Its values are shown with small numbers hidden.".to_owned(),
                None => "It has no value yet since the benefit began, so nothing can be verified."
                    .to_owned(),
            },
            rows: rows.collect(),
        };
        Ok(Some((paired, is_shown)))
    }

    fn worth(&self) -> Vec<(&'static str, String)> {
        let proposal = self.benefit.of.proposal(None);
        let Some(it) = proposal.worth().filter(|_| proposal.costed.is_none() || self.sees_read)
        else {
            return Vec::new();
        };
        let cash = proposal.most_cash(&self.settings).unwrap_or(0);
        vec![
            ("Variable", amount(it.variable, None)),
            ("Semi-fixed", amount(it.semi_fixed, None)),
            ("Fixed, never cash", amount(it.fixed, None)),
            ("Worth at full cost", sum(it.full(), None)),
            ("Of which can be cash, as the ledger shows", sum(cash, None)),
        ]
    }

    fn months(&self) -> Vec<(String, String, String)> {
        let month = |it: jiff::civil::Date| it.strftime("%B %Y").to_string();
        let reached = self.benefit.reached(self.sees_read);
        reached.iter().rev().map(|(at, it)| (month(*at), number(it.0), it.1.clone())).collect()
    }

    fn chart(&self) -> Option<charts::Chart> {
        let of = &self.benefit.of;
        let reached = self.benefit.reached(self.sees_read);
        let months: Vec<(String, i64)> =
            reached.iter().map(|(at, it)| (at.strftime("%B %Y").to_string(), it.0)).collect();
        let basis = self.settings.basis(&of.ground.basis).map_or("", |it| it.unit.as_str());
        let unit = self.unit.as_deref().unwrap_or(basis);
        // Of a benefit that was claimed from costings the baseline is the use that they hold.
        let baseline = of.baseline.filter(|_| self.sees_read || of.costed.is_none());
        drawing::months(&of.title, unit, &months, (baseline, of.target))
    }

    fn evidence(&self) -> Vec<(String, String, String)> {
        let named = |code: &str| {
            self.settings.evidence(code).map_or_else(|| code.to_owned(), |it| it.name.clone())
        };
        let all = self.benefit.of.evidence.iter();
        all.map(|it| (named(&it.kind), amount(it.amount, None), it.reference.clone())).collect()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let of = &self.benefit.of;
        let basis = self.settings.basis(&of.ground.basis).map_or("", |it| it.name.as_str());
        let domain = self.settings.domain.iter().find(|it| it.code == of.domain);
        let uses = of.uses.map_or(String::new(), |it| {
            format!("{} before, {} since", number(it.before), number(it.after))
        });
        let mut facts = vec![
            ("Kind", of.kind.name().to_owned()),
            ("Rests on", basis.to_owned()),
            ("Period", format!("{} to {}", day(of.ground.from), day(of.ground.to))),
            ("Owner", self.name(of.owner.as_str())),
            ("Change in use", uses),
            ("What used it", of.used_by.clone()),
            ("Outcomes", domain.map_or(String::new(), |it| it.name.clone())),
        ];
        facts.retain(|it| !it.1.is_empty());
        facts
    }

    fn step(&self, it: &Taken) -> (String, String) {
        let with = |said: String, text: &str| {
            let text = words::sentence(text);
            if text.is_empty() { format!("{said}.") } else { format!("{said}: {text}") }
        };
        let said = match &it.step {
            Step::Claim { amount, because } => {
                with(format!("{} claimed", self.said(*amount)), because)
            }
            Step::Evidence(it) => {
                with(format!("Evidence of {}", amount(it.amount, None)), &it.reference)
            }
            Step::Reached { month, amount, source } => {
                with(format!("{}: {} recorded", month.strftime("%B %Y"), number(*amount)), source)
            }
            Step::Concern { words } => with("Concern for the quality of care".to_owned(), words),
            Step::Answer { words, .. } => with("Concern answered".to_owned(), words),
            Step::Read(read) => {
                let each = read.later.iter().map(|it| words::year(&it.year));
                let years: Vec<String> = each.collect();
                let years: Vec<&str> = years.iter().map(String::as_str).collect();
                let what =
                    format!("{} read from the costing of {}", read.name, words::listed(&years));
                format!("{what}, beside {}.", words::year(&read.baseline.year))
            }
            Step::Decide { side, accepted, not_accepted, because } => with(
                format!(
                    "{}: {} accepted, {} not",
                    side.name(),
                    self.said(*accepted),
                    self.said(*not_accepted)
                ),
                because,
            ),
            Step::Explain { side, words } => with(format!("{} explained", side.name()), words),
            Step::Withdraw { because } => with("Withdrawn".to_owned(), because),
        };
        (said, format!("{}, {}", self.name(it.by.as_str()), words::moment(it.at)))
    }
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/benefits/show.html";

    fn samples() -> Vec<Self> {
        let text = |it: &str| it.to_owned();
        let usual = |wrong: Wrong| Self {
            shell: Shell::sample("Fewer therapy visits").with_errors(&wrong),
            kicker: text("Trauma and orthopaedics"),
            state: text("False-saving risk: held"),
            is_cash: true,
            recurrent: true,
            alert: Some(Alert {
                what: text("81.0 in the year before, 67.9 in the latest months; agreed: 75.0."),
                held: text("£18,128"),
                missing: text("a clinician and an accountant"),
            }),
            account: vec![("Claimed", text("£18,128")), ("Verified", text("£0"))],
            decisions: vec![("Finance", text("Not decided yet"))],
            waits: text("Has waited 31 days for the decision of a clinical lead."),
            concerns: vec![Row {
                number: 3,
                what: text("Patients may fall at night."),
                by: text("Amara Okafor, 1 May 2026"),
                age: text("Not answered for 31 days"),
                ..Row::default()
            }],
            unanswered: vec![(text("3"), text("Patients may fall at night."))],
            worth: vec![("Variable", text("£18,128"))],
            worth_note: text("Published costing of 2024/25"),
            pair: Some(Paired {
                name: text("Walking on the day of surgery, Trauma and orthopaedics"),
                address: text("/measures/WALK"),
                says: text("81.0 in the year before."),
                rows: vec![(text("May 2026"), text("129 of 190, 67.9%"))],
            }),
            costings: Costings::samples().0,
            months: vec![(text("May 2026"), text("12"), text("Costing of 2025/26"))],
            svg: String::new(),
            note: String::new(),
            evidence: vec![(text("Budget removed"), text("£18,128"), text("Budget line 7"))],
            facts: vec![("Kind", text("Cost"))],
            history: vec![(text("£18,128 claimed."), text("Amara Okafor, 1 May 2026"))],
            action: text("/actions/1"),
            keeps: true,
            decides: true,
            evidences: vec![(text("journal"), text("Journal in the ledger"))],
            address: text("/benefits/1"),
            seen: 1,
            questions: Questions::sample(),
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("accepted", "Enter a number");
        let empty = Self {
            alert: None,
            pair: None,
            waits: String::new(),
            concerns: Vec::new(),
            unanswered: Vec::new(),
            costings: Costings { is_hidden: true, ..Costings::default() },
            worth: Vec::new(),
            months: Vec::new(),
            evidence: Vec::new(),
            action: String::new(),
            keeps: false,
            decides: false,
            ..usual(Wrong::default())
        };
        let mut offered = usual(Wrong::default());
        offered.costings = Costings::samples().1;
        vec![usual(Wrong::default()), offered, empty, usual(wrong)]
    }
}
