//! All that the care of a group cost, how that lies over its patients, its longest stays, and another
//! group beside it that differs in one condition.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use disclosure::{
    Amount, Cell, Count, DisclosureRules, HIDDEN, People, Release, Sign, Table, Totals,
};
use domain::Money;
use results::group::{GroupCosts, PartOfCare, PatientGroup};
use serde::Deserialize;
use store::patient_groups::{self, StoredGroup};

use super::costs::{Years, are_few, distribution};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::{care, download, words};

#[derive(askama::Template)]
#[template(path = "features/patient_groups/show.html")]
pub(super) struct Show {
    shell: Shell,
    conditions: Vec<String>,
    change: String,
    /// Whose care it is; or why nothing is told.
    lead: String,
    view: Option<View>,
    /// Groups that it can be compared with: name and address.
    others: Vec<(String, String)>,
    beside: Option<Beside>,
}

/// What is told of a group.
#[derive(Clone, Debug, Default)]
struct View {
    sentence: String,
    parts: Vec<[String; 4]>,
    /// Why figures of kinds of care are hidden; blank for those who see the whole trust exactly.
    why: String,
    chart: String,
    bars: Vec<(String, String)>,
    stays_sentence: String,
    /// Address, short reference, nights and cost; none for those who see no patients.
    stays: Vec<[String; 4]>,
    file: String,
}

/// Another group beside it.
#[derive(Clone, Debug, Default)]
struct Beside {
    name: String,
    /// Why they are not compared, or in what they differ.
    sentence: String,
    rows: Vec<[String; 3]>,
}

/// Which other group.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct With {
    with: String,
}

/// A group with its conditions read.
struct Read {
    stored: StoredGroup,
    group: PatientGroup,
}

impl Read {
    fn of(stored: StoredGroup) -> Result<Self, Fault> {
        let group = PatientGroup::parse(stored.group.unit.as_str(), &stored.group.definition);
        let group = group.map_err(|why| Fault::Broken(why.join(" ")))?;
        Ok(Self { stored, group })
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(with): Query<With>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let read = Read::of(super::found(&mut db, &visit, &id).await?)?;
    let other = match with.with.as_str() {
        "" => None,
        other => Some(Read::of(super::found(&mut db, &visit, other).await?)?),
    };
    let me = visit.person()?.id.clone();
    let mut others = Vec::new();
    for it in patient_groups::list(&mut db).await? {
        let is_other = it.id != read.stored.id && it.group.unit == read.stored.group.unit;
        if is_other && it.is_seen_by(&me) {
            others.push((it.group.name, format!("/groups/{id}?with={}", it.id)));
        }
    }
    drop(db);
    let caller = asks(&visit, "group.view", &read.stored).await?;
    let page = reading(move || {
        let mut page = Show::of(&visit, &read);
        let Some(years) = Years::of(&app)? else {
            page.lead = String::from("No run is published yet, so there are no costs to tell.");
            return Ok(page);
        };
        let costs = years.costs(&read.group, &caller)?;
        if are_few(&costs) {
            page.lead = few(&costs);
            return Ok(page);
        }
        page.lead = years.words();
        page.others = others;
        page.view = Some(View::of((&visit, &read, &years), &costs)?);
        page.beside = match &other {
            None => None,
            Some(other) => {
                Some(beside((&read, &costs), other, || years.costs(&other.group, &caller))?)
            }
        };
        Ok(page)
    });
    Ok(page.await?.respond())
}

/// Puts the question on record.
async fn asks(visit: &Visit, action: &str, it: &StoredGroup) -> Result<results::Caller, Fault> {
    let scope = visit.scope(Capability::PatientGroups)?;
    let object = format!("group/{} version {}", it.id, it.version);
    visit.asks(visit.entry_in(scope, action, &object)).await
}

/// That there are too few to tell anything.
fn few(costs: &GroupCosts) -> String {
    let need = DisclosureRules::own().small_number.value + 1;
    if costs.patients() == 0 {
        return "No patient belongs to this group. Check its codes, or leave a condition out."
            .to_owned();
    }
    format!(
        "There are fewer than {need} patients in this group, so nothing is told of them. Leave a condition out, or take in more codes."
    )
}

fn each(total: Money, count: u64) -> Money {
    let count = i64::try_from(count).unwrap_or(i64::MAX).max(1);
    let micro = total.micro_pounds();
    Money::from_micro_pounds((micro + micro.signum() * (count / 2)) / count)
}

impl Show {
    fn of(visit: &Visit, read: &Read) -> Self {
        let stored = &read.stored;
        let lines = stored.group.definition.lines();
        Self {
            shell: visit.shell(&stored.group.name).below("Patient groups", "/groups"),
            conditions: lines.filter(|it| !it.is_empty()).map(str::to_owned).collect(),
            change: format!("/groups/{}/change", stored.id),
            lead: String::new(),
            view: None,
            others: Vec::new(),
            beside: None,
        }
    }
}

impl View {
    fn of(
        (visit, read, years): (&Visit, &Read, &Years),
        costs: &GroupCosts,
    ) -> Result<Self, Fault> {
        let rules = years.first.rules()?;
        let patients = costs.patients();
        let sentence = format!(
            "{} cost {}: {} each, and half of them {} or less.",
            words::count(patients, "patient", "patients"),
            words::in_a_sentence(costs.total()),
            words::pounds(each(costs.total(), patients)),
            words::pounds(costs.median().unwrap_or_default())
        );
        // Their care elsewhere is that of other service lines.
        let is_exact = visit
            .scope(Capability::AggregateCosts)
            .is_ok_and(|it| it.of_trust().is_some_and(|it| it.view == access::View::Exact));
        let release = if is_exact { None } else { Some(released(costs)?) };
        let part = |it: &PartOfCare| {
            let name = match it.pod.as_str() {
                "" => it.event_type.clone(),
                pod => care::name(rules, (pod, "")),
            };
            let (patients, events, cost) = figures(it, release.as_ref());
            [name, patients, events, cost.map_or_else(|| HIDDEN.to_owned(), words::pounds)]
        };
        let bars = distribution(&costs.costs);
        let sees = visit
            .scope(Capability::PatientRows)
            .is_ok_and(|it| it.of_unit(read.stored.group.unit.as_str()).is_some());
        let run = years.first.id();
        let stay = |it: &results::group::LongStay| {
            let short = it.reference.chars().take(8).collect();
            let address = format!("/patients/{run}/{}", it.reference);
            [address, short, words::thousands(it.nights.unsigned_abs()), words::pounds(it.cost)]
        };
        let year = words::year(&years.first.manifest().year);
        let few = costs.stay_count <= u64::from(DisclosureRules::own().small_number.value);
        Ok(Self {
            sentence,
            parts: costs.parts.iter().map(part).collect(),
            why: if is_exact { String::new() } else { DisclosureRules::own().explanation() },
            chart: chart(&bars),
            bars: bars.into_iter().map(|(name, it)| (name, words::thousands(it))).collect(),
            stays_sentence: if few {
                "Too few of its stays ended in the year to tell of them.".to_owned()
            } else {
                let nights = costs.nights.unsigned_abs();
                let longest: i64 = costs.stays.iter().map(|it| it.nights).sum();
                format!(
                    "{} of the group ended in {year} and took {}; the {} longest took {} of these.",
                    words::count(costs.stay_count, "stay", "stays"),
                    words::count(nights, "night", "nights"),
                    costs.stays.len(),
                    words::thousands(longest.unsigned_abs())
                )
            },
            stays: if sees && !few { costs.stays.iter().map(stay).collect() } else { Vec::new() },
            file: format!("/groups/{}/costs.csv", read.stored.id),
        })
    }
}

fn chart(bars: &[(String, u64)]) -> String {
    let bar = |(name, patients): &(String, u64)| Bar {
        name: name.clone(),
        value: words::thousands(*patients),
        size: i64::try_from(*patients).ok(),
        is_strong: false,
        is_rest: false,
    };
    let heading = Heading {
        id: "distribution".to_owned(),
        title: "Patients by what their care cost".to_owned(),
        description: "A bar for each range of cost, as long as there are patients in it. The table below holds the same figures.".to_owned(),
    };
    let bars = bars.iter().map(bar).collect();
    Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw().svg()
}

/// Two groups side by side, where they differ in one condition.
fn beside(
    (own, costs): (&Read, &GroupCosts),
    other: &Read,
    ask: impl FnOnce() -> Result<std::sync::Arc<GroupCosts>, Fault>,
) -> Result<Beside, Fault> {
    let name = other.stored.group.name.clone();
    let said = |sentence: String| Beside { name: name.clone(), sentence, rows: Vec::new() };
    if own.group.service_line != other.group.service_line {
        return Ok(said(
            "They are of different service lines, so they are not compared.".to_owned(),
        ));
    }
    let differs = own.group.differs_in(&other.group);
    let [one] = differs.as_slice() else {
        return Ok(said(match differs.as_slice() {
            [] => "They have the same conditions.".to_owned(),
            more => format!(
                "They differ in {}. Change one condition at a time: else nobody can say which of them accounts for a difference.",
                words::listed(more)
            ),
        }));
    };
    let found = ask()?;
    if are_few(&found) {
        return Ok(said(few(&found)));
    }
    let row =
        |what: &str, of: &dyn Fn(&GroupCosts) -> String| [what.to_owned(), of(costs), of(&found)];
    let nights = |it: &GroupCosts| match it.stay_count {
        0 => "no stays".to_owned(),
        count => {
            let tenths = (it.nights.unsigned_abs() * 10 + count / 2) / count;
            format!("{}.{}", tenths / 10, tenths % 10)
        }
    };
    Ok(Beside {
        name,
        sentence: format!(
            "They differ in one condition, {one}. Whether that accounts for a difference is a question: patients differ in other things too."
        ),
        rows: vec![
            row("Patients", &|it| words::thousands(it.patients())),
            row("Cost of each", &|it| words::pounds(each(it.total(), it.patients()))),
            row("Half cost this or less", &|it| words::pounds(it.median().unwrap_or_default())),
            row("Nights of a stay of the group", &nights),
        ],
    })
}

/// The kinds of care as a file, with small numbers hidden since a file goes anywhere.
pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let read = Read::of(super::found(&mut db, &visit, &id).await?)?;
    drop(db);
    let caller = asks(&visit, "group.download", &read.stored).await?;
    let text = reading(move || {
        let years = Years::of(&app)?.ok_or(Fault::NotFound)?;
        let costs = years.costs(&read.group, &caller)?;
        if are_few(&costs) {
            return Err(Fault::Refused(few(&costs)));
        }
        csv(&costs)
    });
    Ok(download::file(&format!("group-{id}.csv"), text.await?))
}

/// What may be told of kinds of care to those who may not see all of it exactly, beside the total.
fn released(costs: &GroupCosts) -> Result<Release, Fault> {
    let cell = |it: &PartOfCare| Cell {
        row: key(it),
        column: None,
        people: it.patients,
        count: it.events,
        amounts: vec![it.cost],
        largest: None,
    };
    let table = Table {
        measures: vec![disclosure::Measure { name: "cost".to_owned(), sign: Sign::Either }],
        people: People::MayRepeat,
        groups: BTreeMap::new(),
        totals: Totals { columns: true, ..Totals::default() },
        cells: costs.parts.iter().map(cell).collect(),
    };
    let release = disclosure::release(&table, &DisclosureRules::own());
    release.map_err(|error| Fault::Broken(format!("small numbers could not be decided: {error}")))
}

fn key(it: &PartOfCare) -> String {
    format!("{} {}", it.event_type, it.pod)
}

/// Patients, events and cost of a kind of care, as they may be told.
fn figures(it: &PartOfCare, release: Option<&Release>) -> (String, String, Option<Money>) {
    let Some(release) = release else {
        return (words::thousands(it.patients), words::thousands(it.events), Some(it.cost));
    };
    let figure = release.cell(&key(it), None);
    // The total stands on the page to the pound: where it may not be told, no part is.
    let total = release.column_total(None).and_then(|it| it.amounts.first());
    let is_safe = matches!(total, Some(Amount::Exact(_)));
    let events = match figure.map(|it| it.count) {
        Some(Count::Nearest(it)) if is_safe => words::thousands(it),
        _ => HIDDEN.to_owned(),
    };
    let cost = match figure.and_then(|it| it.amounts.first()) {
        Some(Amount::Exact(it)) if is_safe => Some(*it),
        _ => None,
    };
    (HIDDEN.to_owned(), events, cost)
}

fn csv(costs: &GroupCosts) -> Result<String, Fault> {
    let release = released(costs)?;
    let row = |it: &PartOfCare| {
        let (_, events, cost) = figures(it, Some(&release));
        let cost = cost.map_or_else(|| HIDDEN.to_owned(), Money::to_decimal);
        vec![it.event_type.clone(), it.pod.clone(), events.replace(',', ""), cost]
    };
    let rows = costs.parts.iter().map(row).collect();
    Ok(download::csv(&["event_type", "pod", "events", "cost_gbp"], rows))
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/patient_groups/show.html";

    fn samples() -> Vec<Self> {
        let page = |lead: &str, view: Option<View>, beside| Self {
            shell: Shell::sample("Planned first hips").below("Patient groups", "/groups"),
            conditions: vec!["procedure: W37".to_owned(), "pod: EL".to_owned()],
            change: "/groups/1/change".to_owned(),
            lead: lead.to_owned(),
            others: view
                .iter()
                .map(|_| ("Older".to_owned(), "/groups/1?with=2".to_owned()))
                .collect(),
            view,
            beside,
        };
        let texts = |all: [&str; 4]| all.map(str::to_owned);
        let view = View {
            sentence:
                "824 patients cost £8.1 million: £9,830 each, and half of them £8,400 or less."
                    .to_owned(),
            parts: vec![texts(["Planned stays", "824", "830", "£7,242,960"])],
            why: "Fewer than 8 patients.".to_owned(),
            chart: String::new(),
            bars: vec![("£0 up to £5,000".to_owned(), "110".to_owned())],
            stays_sentence: "830 stays of the group ended in 2024/25.".to_owned(),
            stays: vec![texts(["/patients/1/a", "0123abcd", "41", "£31,200"])],
            file: "/groups/1/costs.csv".to_owned(),
        };
        let beside = Beside {
            name: "Older".to_owned(),
            sentence: "They differ in one condition, age.".to_owned(),
            rows: vec![["Patients", "824", "210"].map(str::to_owned)],
        };
        let refused = Beside { rows: Vec::new(), ..beside.clone() };
        vec![
            page("Patients whose first such event began in 2024/25.", Some(view.clone()), None),
            page("Patients.", Some(view.clone()), Some(beside)),
            page(
                "Patients.",
                Some(View { stays: Vec::new(), why: String::new(), ..view }),
                Some(refused),
            ),
            page("There are fewer than 8 patients in this group.", None, None),
        ]
    }
}
