//! A rule as it is proposed, and written anew until somebody decides upon it.

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engagement::benefits::BenefitSettings;
use engagement::incentives::{Aim, IncentiveFault, Period, Rule, Way, months_words};
use serde::Deserialize;
use store::incentives::{self, Step, StoredIncentive};
use store::measures::Decimal;
use store::{Entry, IncentiveId, UnitCode};

use super::says::{typed_month, typed_period};
use super::{HOME, TEXT, found};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Beside, Field, FormPage, Kind};
use crate::shell::forms::{Fields, Wrong};
use crate::shell::joint_work::{
    amount, choices, kept_units, measure_code, measure_of, number, quality_measures, typed,
};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

/// What an address begins a rule with.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    unit: String,
    /// The rule that it follows.
    after: String,
}

/// What there is to choose from.
struct Choices {
    units: Vec<(String, String)>,
    measures: Vec<(String, String)>,
}

/// Names and values of the fields.
type Values = Vec<(&'static str, String)>;

async fn open(app: &App, visit: &Visit) -> Result<Choices, Fault> {
    let mut db = app.store().read().await?;
    let units = kept_units(&mut db, visit).await?;
    let measures = quality_measures(&mut db, visit, &BenefitSettings::own()).await?;
    Ok(Choices { units, measures })
}

/// The fields of a rule as it stands.
fn values(of: &Rule) -> Values {
    let aim = of.quality.as_ref();
    let target = aim.map_or_else(String::new, |it| Decimal::of_e4(it.target_e4).to_string());
    vec![
        ("way", of.way.word().to_owned()),
        ("what", of.what.clone()),
        ("from", typed_month(of.period.from)),
        ("to", typed_month(of.period.to)),
        ("quality", aim.map_or_else(String::new, |it| measure_code(&it.measure, &it.unit))),
        ("target", target),
        ("savings", of.savings.map_or_else(String::new, number)),
    ]
}

/// The fields of a form as they were sent.
fn sent(fields: &Fields) -> Values {
    let names = ["unit", "way", "what", "from", "to", "quality", "target", "savings", "because"];
    names.map(|it| (it, fields.get(it).to_owned())).into()
}

fn fields(from: &Choices, values: &Values) -> Vec<Field> {
    let value = |name: &str| values.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str());
    let field = |kind, name: &'static str, label: &str, hint: &str| {
        Field::new(kind, name, label, hint).with(value(name))
    };
    let measures = from.measures.iter().map(|it| (it.0.as_str(), it.1.as_str()));
    let ways = choices("", Way::ALL.iter().map(|it| (it.word(), it.name())));
    vec![
        field(Kind::Radios, "way", "What the rule does", "").of(ways),
        field(
            Kind::Lines,
            "what",
            "What is promised or withheld",
            "In words, such as: half of the saving buys equipment that the service chooses",
        ),
        field(Kind::Figure, "from", "First month", "Such as 2026-04"),
        field(Kind::Figure, "to", "Last month", "Such as 2027-03"),
        field(
            Kind::Choice,
            "quality",
            "The measure of quality",
            "Of the register; with values in the year before",
        )
        .of(choices("Choose a measure", measures))
        .under("Quality: one part of the trigger"),
        field(
            Kind::Figure,
            "target",
            "Its target",
            "In percent, for each thousand, or in its unit, as the measure is shown; no worse than it stood in the year before",
        ),
        field(
            Kind::Figure,
            "savings",
            "Savings that two leads have verified, in pounds",
            "Of costs that fell, claimed for these months alone. What is only claimed never counts",
        )
        .under("Cost improvement: the other part"),
    ]
}

const PROPOSE: &str = "Propose a rule";

fn new_page(
    visit: &Visit,
    (from, values): (&Choices, &Values),
    (follows, wrong): (String, Wrong),
) -> FormPage {
    let lead = if from.units.is_empty() {
        "You may propose rules for no unit. Ask an administrator of your trust for that right."
    } else {
        "A rule asks for both quality and cost improvement. It holds once a clinical and a finance lead, neither of whom wrote it, have agreed."
    };
    let unit = values.iter().find(|it| it.0 == "unit").map_or("", |it| it.1.as_str());
    let mut all =
        vec![Field::new(Kind::Choice, "unit", "For which unit", "").with(unit).of(&from.units)];
    all.extend(fields(from, values));
    FormPage {
        shell: visit.shell(PROPOSE).below("Benefits", "/benefits").below(HOME.0, HOME.1),
        kicker: "Incentive".to_owned(),
        lead: vec![lead.to_owned()],
        action: "/incentives/new".to_owned(),
        hidden: vec![("after", follows)],
        fields: all,
        button: "Propose it".to_owned(),
        back: HOME.1.to_owned(),
        wrong,
        ..FormPage::default()
    }
}

pub(super) async fn new(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let from = open(&app, &visit).await?;
    let mut first = vec![("unit", asked.unit)];
    if !asked.after.is_empty() {
        let mut db = app.store().read().await?;
        let of = (Capability::KeepActions, asked.after.as_str());
        let before = found(&mut db, &visit, of).await?;
        first = values(before.rule());
        first.push(("unit", before.unit.to_string()));
    }
    Ok(new_page(&visit, (&from, &first), (asked.after, Wrong::default())).answer())
}

/// A rule as it was typed. What the rules of incentives say of it stands on its fields.
fn read(from: &Choices, fields: &Fields) -> Result<Rule, Wrong> {
    let text = |name: &str| fields.get(name).trim();
    let mut wrong = Wrong::default();
    let way: Option<Way> = text("way").parse().ok();
    wrong.unless(way.is_some(), "way", "Choose whether it promises or withholds");
    TEXT.check(&mut wrong, "what", text("what"), "Say what is promised or withheld");
    let (first, last) = typed_period(text("from"), text("to"));
    wrong.unless(first.is_some(), "from", "Enter the first month, such as 2026-04");
    wrong.unless(last.is_some(), "to", "Enter the last month, such as 2027-03");
    let is_listed = from.measures.iter().any(|it| it.0 == text("quality"));
    let is_chosen = !text("quality").is_empty();
    wrong.unless(is_listed || !is_chosen, "quality", "Choose a measure of the list");
    let target = text("target").trim_end_matches('%').trim().parse::<Decimal>().ok();
    let is_there = target.is_some() || !is_chosen;
    wrong.unless(is_there, "target", "Enter the target as a number, such as 4.0");
    let savings = typed(text("savings"));
    let is_number = savings.is_some() || text("savings").is_empty();
    wrong.unless(is_number, "savings", "Enter pounds, such as 80,000");
    let aim = measure_of(text("quality")).zip(target).map(|((measure, unit), target)| Aim {
        measure: measure.to_owned(),
        unit: unit.to_owned(),
        target_e4: target.e4(),
    });
    let (Some(way), Some(from), Some(to), true) = (way, first, last, is_number && is_there) else {
        return Err(wrong);
    };
    let what = text("what").to_owned();
    let rule = Rule { way, what, period: Period { from, to }, quality: aim, savings };
    for fault in rule.faults(None) {
        if fault != IncentiveFault::NoWords {
            wrong.add(field(&fault), words::sentence(&fault.to_string()));
        }
    }
    if wrong.is_empty() { Ok(rule) } else { Err(wrong) }
}

/// On which field stands what the register, or a rule before, says of it.
fn field_of(said: &str) -> &'static str {
    if said.contains("months were decided upon") { "from" } else { "quality" }
}

/// On which field stands what the rules refuse.
fn field(fault: &IncentiveFault) -> &'static str {
    match fault {
        IncentiveFault::QualityAlone | IncentiveFault::NoSavings => "savings",
        IncentiveFault::NotWholeMonths => "to",
        _ => "quality",
    }
}

pub(super) async fn propose(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let from = open(&app, &visit).await?;
    let unit = visit.fields.get("unit");
    let is_kept = from.units.iter().any(|it| it.0 == unit);
    let mut wrong = Wrong::default();
    wrong.unless(is_kept, "unit", "Choose for which unit it is");
    let after = visit.fields.get("after").to_owned();
    let again = |wrong: Wrong| {
        let page = new_page(&visit, (&from, &sent(&visit.fields)), (after.clone(), wrong));
        Ok(page.answer())
    };
    let rule = match read(&from, &visit.fields) {
        Ok(rule) if wrong.is_empty() => rule,
        Ok(_) => return again(wrong),
        Err(more) => return again(wrong.and(&more)),
    };
    let (unit, follows) = (UnitCode::new(unit), after.clone());
    let follows = Some(IncentiveId::new(follows)).filter(|it| !it.as_str().is_empty());
    let entry = visit.entry_in(visit.scope(Capability::KeepActions)?, "incentive.propose", "");
    let said = "The rule is proposed. A clinical and a finance lead agree to it.";
    let done = visit.change_to(said, move |tx| {
        Box::pin(async move {
            let id = incentives::propose(tx, (&unit, follows.as_ref()), &rule, &entry).await?;
            Ok(format!("/incentives/{id}"))
        })
    });
    match done.await {
        // What the register and the ledger say of it stands on the form, with all that was typed.
        Err(Fault::Refused(said)) => {
            wrong.add(field_of(&said), said);
            again(wrong)
        }
        other => other,
    }
}

fn edit_page(
    visit: &Visit,
    (it, seen): (&StoredIncentive, i64),
    (from, values): (&Choices, &Values),
    wrong: Wrong,
) -> FormPage {
    let address = format!("/incentives/{}", it.id);
    let unit = from.units.iter().find(|unit| unit.0 == it.unit.as_str());
    let because = values.iter().find(|it| it.0 == "because").map_or("", |it| it.1.as_str());
    let mut all = fields(from, values);
    all.push(
        Field::new(Kind::Line, "because", "Why it is changed", "It stays on record with your name")
            .with(because)
            .under("The change"),
    );
    FormPage {
        shell: visit
            .shell("Change the rule")
            .below("Benefits", "/benefits")
            .below(HOME.0, HOME.1)
            .below("An incentive", &address),
        kicker: unit.map_or_else(|| it.unit.to_string(), |it| it.1.clone()),
        lead: vec![
            "Both leads agree anew to what is written anew. Once somebody has decided upon the rule it stays as it is.".to_owned(),
        ],
        action: format!("{address}/edit"),
        hidden: vec![("seen", seen.to_string())],
        fields: all,
        button: "Change it".to_owned(),
        back: address,
        wrong,
        ..FormPage::default()
    }
}

pub(super) async fn edit(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let it = found(&mut db, &visit, (Capability::KeepActions, &id)).await?;
    drop(db);
    let from = open(&app, &visit).await?;
    let first = values(it.rule());
    Ok(edit_page(&visit, (&it, it.seen()), (&from, &first), Wrong::default()).answer())
}

pub(super) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let it = found(&mut db, &visit, (Capability::KeepActions, &id)).await?;
    drop(db);
    let from = open(&app, &visit).await?;
    let typed = sent(&visit.fields);
    let seen: i64 = visit.fields.get("seen").parse().unwrap_or(-1);
    let because = visit.fields.get("because").trim().to_owned();
    let mut wrong = Wrong::default();
    TEXT.check(&mut wrong, "because", &because, "Say why it is changed");
    let rule = match read(&from, &visit.fields) {
        Ok(rule) if wrong.is_empty() => rule,
        Ok(_) => return Ok(edit_page(&visit, (&it, seen), (&from, &typed), wrong).answer()),
        Err(more) => {
            let wrong = more.and(&wrong);
            return Ok(edit_page(&visit, (&it, seen), (&from, &typed), wrong).answer());
        }
    };
    let entry = visit.entry_in(visit.scope(Capability::KeepActions)?, "incentive.change", "");
    match record(&visit, &it, (rule, because, seen), entry).await {
        Err(Fault::Refused(said)) => {
            wrong.add(field_of(&said), said);
            Ok(edit_page(&visit, (&it, seen), (&from, &typed), wrong).answer())
        }
        Err(Fault::Stale(_)) => {
            let mut db = app.store().read().await?;
            let it = found(&mut db, &visit, (Capability::KeepActions, &id)).await?;
            let names = people::names(&mut db).await?;
            let page = edit_page(&visit, (&it, it.seen()), (&from, &typed), Wrong::default());
            let name = |id: &str| names.get(id).cloned().unwrap_or_default();
            Ok(page.outdated(since(&it, seen, &name)).answer())
        }
        other => other,
    }
}

async fn record(
    visit: &Visit,
    it: &StoredIncentive,
    (rule, because, seen): (Rule, String, i64),
    entry: Entry,
) -> Result<Response, Fault> {
    let (id, address) = (it.id.clone(), format!("/incentives/{}", it.id));
    let said = "The rule is changed. Both leads agree anew.";
    let done = visit.change(&address, said, move |tx| {
        Box::pin(async move { incentives::change(tx, &id, (&rule, &because), seen, &entry).await })
    });
    done.await
}

/// What was done with a rule since somebody saw so much of it.
fn since(it: &StoredIncentive, seen: i64, name: &dyn Fn(&str) -> String) -> Vec<Beside> {
    let by = |who: &str, at| format!("{}, {}", name(who), words::moment(at));
    let wrote = it.versions.iter().map(|it| {
        let rule = &it.rule;
        let lines = vec![
            format!("{}: {}", rule.way.name(), rule.what),
            months_words(rule.period),
            rule.quality.as_ref().map_or_else(String::new, |it| {
                format!("{}, target {}", it.measure, Decimal::of_e4(it.target_e4))
            }),
            format!("Savings of {}", amount(rule.savings.unwrap_or(0), None)),
        ];
        (it.at, Beside { by: by(it.by.as_str(), it.at), lines })
    });
    let did = it.steps.iter().map(|it| {
        let said = match &it.step {
            Step::Agreed { side, .. } => format!("Agreed for the {} side", side.word()),
            Step::Decided { ruling, .. } => format!("Decided: {}", ruling.verdict.name()),
            Step::Ended { because } => format!("Ended: {because}"),
        };
        (it.at, Beside { by: by(it.by.as_str(), it.at), lines: vec![said] })
    });
    Beside::since(wrote.chain(did).collect(), seen)
}
