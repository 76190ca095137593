//! All that the care of a group cost, how that lies over its patients, its longest stays, and another
//! group beside it that differs in one condition.

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use disclosure::DisclosureRules;
use domain::Money;
use results::group::{GroupCosts, LongStay, PartOfCare, PatientGroup, median};
use serde::Deserialize;
use store::patient_groups::{self, StoredGroup};

use super::costs::{Years, are_few, distribution, roughly};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::questions::{GROUP, Place, Questions};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::{care, words};

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
    /// The latest run that its costs are told of; blank where none are.
    run: String,
    /// Questions about what is told, where it is shared.
    questions: Questions,
}

/// What is told of a group.
#[derive(Clone, Debug, Default)]
struct View {
    sentence: String,
    /// Kinds of care; none for those who see no patients of the service line.
    parts: Vec<[String; 4]>,
    /// What their care in other service lines cost, roughly; blank for those who see the whole
    /// trust exactly.
    elsewhere: String,
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
pub(super) struct Read {
    pub(super) stored: StoredGroup,
    pub(super) group: PatientGroup,
}

impl Read {
    pub(super) fn of(stored: StoredGroup) -> Result<Self, Fault> {
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
    if let Some(other) = &other {
        asks(&visit, "group.view", &other.stored).await?;
    }
    let sight = Sight::of(&visit, read.stored.group.unit.as_str());
    let scope = visit.scope(Capability::PatientRows).ok().cloned();
    let entry = scope.map(|it| visit.entry_in(&it, "patients.listed", ""));
    let store = app.store().clone();
    let place = Place::of_thing(GROUP, read.stored.group.unit.as_str(), read.stored.id.as_str());
    let place = place.filter(|_| read.stored.group.is_shared);
    let (to, by) = (app.clone(), visit.clone());
    let (page, seen) = reading(move || {
        let mut page = Show::of(&visit, &read);
        let Some(years) = Years::of(&app)? else {
            page.lead = String::from("No run is published yet, so there are no costs to tell.");
            return Ok((page, Vec::new()));
        };
        let costs = years.costs(&read.group, &caller)?;
        if are_few(&costs) {
            page.lead = few(&costs);
            return Ok((page, Vec::new()));
        }
        page.lead = years.words();
        years.next.as_ref().unwrap_or(&years.first).id().clone_into(&mut page.run);
        page.others = others;
        let stays = if sight.patients { told_stays(&costs) } else { &[] };
        let run = years.first.id().to_owned();
        let seen = std::iter::once(run).chain(stays.iter().map(|it| it.reference.clone()));
        let seen: Vec<String> = if stays.is_empty() { Vec::new() } else { seen.collect() };
        page.view = Some(View::of((sight, &read, &years), &costs)?);
        page.beside = match &other {
            None => None,
            Some(other) => {
                let ask = || years.costs(&other.group, &caller);
                Some(beside((&read, &costs), (other, sight), ask)?)
            }
        };
        Ok((page, seen))
    })
    .await?;
    // Whoever asks later who saw an event finds it by its reference.
    if let Some(entry) = entry.filter(|_| !seen.is_empty()) {
        store.audit(entry.of("patients.listed", seen.join(" ")).rows(seen.len() - 1)).await?;
    }
    let place = place.filter(|_| !page.run.is_empty());
    let questions = Questions::of(&to, &by, place, &page.run).await?;
    Ok(Show { questions, ..page }.respond())
}

/// How much somebody may be told of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    /// All service lines exactly.
    pub(super) trust: bool,
    /// Rows of patients of the group's service line, without a reason that would have to be asked.
    patients: bool,
}

impl Sight {
    pub(super) fn of(visit: &Visit, unit: &str) -> Self {
        let is_exact = |it: access::InScope| it.view == access::View::Exact;
        let trust = visit
            .scope(Capability::AggregateCosts)
            .is_ok_and(|it| it.of_trust().is_some_and(is_exact));
        let of_unit = visit.scope(Capability::PatientRows).ok().and_then(|it| it.of_unit(unit));
        Self { trust, patients: of_unit.is_some_and(|it| it.condition.is_none()) }
    }

    /// Costs of the patients that may be told: in the whole trust, or in the service line.
    fn costs(self, costs: &GroupCosts) -> &[Money] {
        if self.trust { &costs.costs } else { &costs.own }
    }

    fn place(self) -> &'static str {
        if self.trust { "wherever in the trust they were treated" } else { "in this service line" }
    }
}

/// The longest stays, unless there are too few to tell of them.
fn told_stays(costs: &GroupCosts) -> &[LongStay] {
    if has_few_stays(costs) { &[] } else { &costs.stays }
}

fn has_few_stays(costs: &GroupCosts) -> bool {
    costs.stay_count <= u64::from(DisclosureRules::own().small_number.value)
}

/// Puts the question on record.
pub(super) async fn asks(
    visit: &Visit,
    action: &str,
    it: &StoredGroup,
) -> Result<results::Caller, Fault> {
    let scope = visit.scope(Capability::PatientGroups)?;
    let object = format!("group/{} version {}", it.id, it.version);
    visit.asks(visit.entry_in(scope, action, &object)).await
}

/// That there are too few to tell anything.
pub(super) fn few(costs: &GroupCosts) -> String {
    let need = DisclosureRules::own().small_number.value + 1;
    if costs.patients() == 0 {
        return "No patient belongs to this group. Check its codes, or leave a condition out."
            .to_owned();
    }
    format!(
        "There are fewer than {need} patients in this group, so nothing is told of them. Leave a condition out, or take in more codes."
    )
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
            run: String::new(),
            questions: Questions::default(),
        }
    }
}

impl View {
    fn of((sight, read, years): (Sight, &Read, &Years), costs: &GroupCosts) -> Result<Self, Fault> {
        let rules = years.first.rules()?;
        let part = |it: &PartOfCare| {
            let name = match it.pod.as_str() {
                "" => it.event_type.clone(),
                pod => care::name(rules, (pod, "")),
            };
            let name = if it.is_own { name } else { format!("{name}, in other service lines") };
            let (patients, events) = (words::thousands(it.patients), words::thousands(it.events));
            [name, patients, events, words::pounds(it.cost)]
        };
        // Whoever sees no patients of the service line could subtract one group from another.
        let is_told = sight.trust || sight.patients;
        let parts = costs.parts.iter().filter(|it| is_told && (sight.trust || it.is_own));
        let bars = if is_told { distribution(sight.costs(costs)) } else { Vec::new() };
        let run = years.first.id();
        let stay = |it: &LongStay| {
            let short = it.reference.chars().take(8).collect();
            let address = format!("/patients/{run}/{}", it.reference);
            [address, short, words::thousands(it.nights.unsigned_abs()), words::pounds(it.cost)]
        };
        let stays = if sight.patients { told_stays(costs) } else { &[] };
        Ok(Self {
            sentence: sentence(sight, costs),
            parts: parts.map(part).collect(),
            elsewhere: if sight.trust { String::new() } else { elsewhere(costs) },
            chart: if bars.is_empty() { String::new() } else { chart(&bars) },
            bars: bars.into_iter().map(|(name, it)| (name, words::thousands(it))).collect(),
            stays_sentence: stays_sentence(costs, &words::year(&years.first.manifest().year)),
            stays: stays.iter().map(stay).collect(),
            file: format!("/groups/{}/costs.csv", read.stored.id),
        })
    }
}

/// What the patients cost, as exactly as somebody may be told.
fn sentence(sight: Sight, costs: &GroupCosts) -> String {
    let told = sight.costs(costs);
    let total: Money = told.iter().sum();
    let patients = costs.patients();
    if sight.trust || sight.patients {
        return format!(
            "{} cost {} {}: {} each, and half of them {} or less.",
            words::count(patients, "patient", "patients"),
            words::in_a_sentence(total),
            sight.place(),
            words::pounds(words::each(total, patients)),
            words::pounds(median(told).unwrap_or_default())
        );
    }
    let about = roughly(told).filter(|it| !it.is_zero());
    let cost = about.map_or_else(
        || "an amount that is too uneven to tell".to_owned(),
        |it| format!("about {}", words::in_a_sentence(it)),
    );
    let nearest = u64::from(DisclosureRules::own().count_rounding.value);
    let patients = (patients + nearest / 2) / nearest * nearest;
    format!("About {} patients cost {cost} {}.", words::thousands(patients), sight.place())
}

/// What their care in other service lines cost, so that no patient's part can be worked out.
fn elsewhere(costs: &GroupCosts) -> String {
    match roughly(&costs.elsewhere) {
        _ if costs.elsewhere.is_empty() => {
            "None of them had care in other service lines.".to_owned()
        }
        None => "Too few of them had care in other service lines to tell what it cost.".to_owned(),
        Some(about) if about.is_zero() => {
            "What their care in other service lines cost is too uneven to tell.".to_owned()
        }
        Some(about) => format!(
            "Their care in other service lines cost about {}, told so roughly that no patient’s part can be worked out.",
            words::in_a_sentence(about)
        ),
    }
}

fn stays_sentence(costs: &GroupCosts, year: &str) -> String {
    if has_few_stays(costs) {
        return "Too few of its stays ended in the year to tell of them.".to_owned();
    }
    let longest: i64 = costs.stays.iter().map(|it| it.nights).sum();
    format!(
        "{} of the group ended in {year} and took {}; the {} longest took {} of these.",
        words::count(costs.stay_count, "stay", "stays"),
        words::count(costs.nights.unsigned_abs(), "night", "nights"),
        costs.stays.len(),
        words::thousands(longest.unsigned_abs())
    )
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
    (other, sight): (&Read, Sight),
    ask: impl FnOnce() -> Result<std::sync::Arc<GroupCosts>, Fault>,
) -> Result<Beside, Fault> {
    let name = other.stored.group.name.clone();
    let is_told = sight.trust || sight.patients;
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
        _ if has_few_stays(it) => "too few stays to tell".to_owned(),
        count => {
            let tenths = (it.nights.unsigned_abs() * 10 + count / 2) / count;
            format!("{}.{}", tenths / 10, tenths % 10)
        }
    };
    if !is_told {
        return Ok(said(format!(
            "They differ in one condition, {one}. Side by side they are shown to those who may see patients of the service line."
        )));
    }
    let total = |it: &GroupCosts| sight.costs(it).iter().sum::<Money>();
    Ok(Beside {
        name,
        sentence: format!(
            "They differ in one condition, {one}. Whether that accounts for a difference is a question: patients differ in other things too. Costs are those {}.",
            sight.place()
        ),
        rows: vec![
            row("Patients", &|it| words::thousands(it.patients())),
            row("Cost of each", &|it| words::pounds(words::each(total(it), it.patients()))),
            row("Half cost this or less", &|it| {
                words::pounds(median(sight.costs(it)).unwrap_or_default())
            }),
            row("Nights of a stay of the group", &nights),
        ],
    })
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
            run: String::new(),
            questions: if view.is_some() { Questions::sample() } else { Questions::default() },
            view,
            beside,
        };
        let texts = |all: [&str; 4]| all.map(str::to_owned);
        let view = View {
            sentence:
                "824 patients cost £8.1 million: £9,830 each, and half of them £8,400 or less."
                    .to_owned(),
            parts: vec![texts(["Planned stays", "824", "830", "£7,242,960"])],
            elsewhere: "Their care in other service lines cost about £200,000.".to_owned(),
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
                Some(View { stays: Vec::new(), elsewhere: String::new(), ..view }),
                Some(refused),
            ),
            page("There are fewer than 8 patients in this group.", None, None),
        ]
    }
}
