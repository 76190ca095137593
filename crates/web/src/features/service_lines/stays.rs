//! Where and when patients leave: stays by ward, by day of admission and by day of discharge, for
//! those who see the service line exactly.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use charts::{DotRow, Dots, Heading, Mark, Reference};
use results::Run;
use results::group::PatientGroup;
use results::outcomes::{Leaving, Split, StayGroup};

use super::answer::{sees_patients, sees_patients_freely};
use super::books::Part;
use super::exactly::exactly;
use super::outcomes::one_place;
use super::{download, ready, unit};
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::questions::Questions;
use crate::shell::shelf::reading;
use crate::shell::use_of_figures::looked_behind;
use crate::shell::visit::Visit;
use crate::shell::{care, words};

#[derive(askama::Template)]
#[template(path = "features/service_lines/stays.html")]
pub(super) struct Stays {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    provenance: Provenance,
    sees: String,
    parts: Vec<Section>,
    /// How it is counted and compared.
    method: Vec<String>,
    file: String,
    questions: Questions,
}

/// Stays by one thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) says: Vec<String>,
    pub(super) svg: String,
    pub(super) note: String,
    pub(super) rows: Vec<Row>,
    /// Where the patients are, for those who may see them; blank elsewhere.
    pub(super) patients: String,
}

/// Some stays.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    name: String,
    spells: String,
    mean: String,
    interval: String,
    median: String,
    beyond: String,
}

/// What is asked, read of the run and of the rows of its wards.
struct Found {
    run: Arc<Run>,
    leaving: Leaving,
    name: String,
    line: (String, String),
    part: Part,
}

async fn found(
    app: &App,
    visit: &Visit,
    (code, part): (String, Part),
) -> Result<(Found, String), Fault> {
    let seen = exactly(app, visit, code).await?;
    if !care::may_have_spells(&part.pod) {
        return Err(Fault::NotFound);
    }
    let (run, said, line) = (seen.run, seen.sees, (seen.code, seen.name));
    let folder = app.settings().datasets.join(&run.manifest().year);
    let found = reading(move || {
        let group = PatientGroup::of_part(&line.0, (&part.pod, &part.hrg));
        let dataset = folder.is_dir().then_some(folder.as_path());
        let leaving = match run.leaving(&group, dataset) {
            // Another dataset than the run's says nothing of it.
            Err(results::ResultsError::OtherDataset { .. }) => run.leaving(&group, None)?,
            other => other?,
        };
        if leaving.all.spells == 0 {
            return Err(Fault::NotFound);
        }
        let name = part.name(run.rules()?, &line.1);
        Ok(Found { run, leaving, name, line, part })
    });
    Ok((found.await?, said))
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<unit::Query>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, sees) = found(&app, &visit, (code, query.part())).await?;
    looked_behind(&visit, &found.line.0).await;
    let place = found.part.place("/services/{unit}/stays", &found.line.0);
    let questions = Questions::of(&app, &visit, place, found.run.id()).await?;
    let page = Stays::of(&visit, &found, sees)?;
    let questions = questions.saying(&[&page.shell.title]);
    Ok(Stays { questions, ..page }.respond())
}

/// The same as a file. A file goes anywhere, so wards and days with few stays stand together in it.
pub(super) async fn take(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<unit::Query>,
    visit: Visit,
) -> Result<Response, Fault> {
    // Files of two parts could be subtracted from each other.
    if !query.part().is_whole() {
        return Err(Fault::NotFound);
    }
    let (found, _) = found(&app, &visit, (code, query.part())).await?;
    let leaving = &found.leaving;
    if leaving.all.spells < leaving.floors.cases {
        return Err(Fault::Refused(format!(
            "There were fewer than {} stays, so there is no file. The page shows how many there were.",
            leaving.floors.cases
        )));
    }
    download::taken(&app, &visit, &format!("{} {} stays", found.run.id(), found.line.0)).await?;
    let name = format!("stays-{}-{}", found.line.0, found.run.id());
    let few =
        format!("Wards and days with fewer than {} stays stand together.", leaving.floors.cases);
    let table = table(leaving).of_run(&found.run)?.about("Figures", few);
    table.about("Where from", leaving.source.clone()).file(&visit, &name)
}

/// The file: no row of it is of few.
pub(super) fn table(leaving: &Leaving) -> Table {
    let columns = [
        ("by", Kind::Text),
        ("which", Kind::Text),
        ("stays", Kind::Whole),
        ("nights", Kind::Whole),
    ];
    Table::new(&columns, rows_of_file(leaving))
}

fn rows_of_file(leaving: &Leaving) -> Vec<Vec<String>> {
    let wards = leaving.wards.as_ref().ok().map(|it| ("ward", it));
    let ready = leaving.ready.as_ref().ok().map(|it| ("days after ready to leave", &it.split));
    let days = [("day of admission", &leaving.admitted), ("day of discharge", &leaving.discharged)];
    let mut rows = Vec::new();
    for (by, split) in wards.into_iter().chain(days).chain(ready) {
        let mut shown: Vec<(String, u64, i64)> = Vec::new();
        let (large, few): (Vec<_>, Vec<_>) = split
            .groups
            .iter()
            .filter(|it| it.spells > 0)
            .partition(|it| it.spells >= leaving.floors.cases);
        shown.extend(large.iter().map(|it| (it.name.words().to_owned(), it.spells, it.nights)));
        // Those of which it is not known are the rest of all, and so are not told apart either.
        let told: u64 = shown.iter().map(|it| it.1).sum();
        let nights: i64 = shown.iter().map(|it| it.2).sum();
        let mut rest = (leaving.all.spells - told, leaving.all.nights - nights);
        while rest.0 > 0 && rest.0 < leaving.floors.cases {
            // Too few even together: the next smallest joins them.
            let Some(at) = (0..shown.len()).min_by_key(|it| shown[*it].1) else { break };
            let (_, spells, nights) = shown.remove(at);
            rest = (rest.0 + spells, rest.1 + nights);
        }
        if rest.0 > 0 && (!few.is_empty() || split.unknown > 0) {
            shown.push(("Others together".to_owned(), rest.0, rest.1));
        }
        rows.extend(shown.into_iter().map(|(name, spells, nights)| {
            vec![by.to_owned(), name, spells.to_string(), nights.to_string()]
        }));
    }
    rows
}

impl Stays {
    fn of(visit: &Visit, found: &Found, sees: String) -> Result<Self, Fault> {
        let Found { run, leaving, name, line, part } = found;
        let page = format!("/services/{}", line.0);
        let mut shell = visit.shell("Where and when patients leave".to_owned());
        shell = shell.below("Services", "/services").below(&line.1, page.clone());
        if !part.is_whole() {
            shell = shell.below(name, part.address(&page, &[]));
        }
        let patients = if sees_patients(visit, &line.0) {
            part.address("/patients", &[("line", &line.0), ("order", "dearest")])
        } else {
            String::new()
        };
        let fewest = leaving.floors.cases;
        let mut method = vec![
            format!("A ward or a day with fewer than {fewest} stays has no mean here: one long stay would move it."),
            "Each ward and each day of admission is set beside like stays of the others: the same HRG, admission method and age band where there are enough. Beyond chance is what happens by chance in 2 of 1,000, since several are looked at together. It is a question, not a verdict.".to_owned(),
        ];
        let splits = leaving.wards.iter().chain([&leaving.admitted, &leaving.discharged]);
        method.extend(splits.map(|it| it.definition.clone()));
        method.push(format!("{}.", leaving.source));
        method.extend(
            leaving.ready.iter().map(|it| format!("{} {}.", it.split.definition, it.source)),
        );
        Ok(Self {
            shell,
            kicker: name.clone(),
            lead: lead(leaving),
            provenance: Provenance::of(run, visit.now)?,
            sees,
            parts: sections(leaving, &patients, sees_patients_freely(visit, &line.0)),
            method,
            file: if part.is_whole() { format!("{page}/stays.csv") } else { String::new() },
            questions: Questions::default(),
        })
    }
}

fn sections(leaving: &Leaving, patients: &str, is_free: bool) -> Vec<Section> {
    let wards = match &leaving.wards {
        Ok(split) => section(("wards", "Ward of discharge"), split, leaving),
        Err(why) => Section {
            id: "wards",
            title: "Ward of discharge".to_owned(),
            says: vec![why.clone()],
            ..Section::default()
        },
    };
    vec![
        wards,
        ready::section(leaving, patients, is_free),
        section(("admitted", "Day of admission"), &leaving.admitted, leaving),
        section(("discharged", "Day of discharge"), &leaving.discharged, leaving),
    ]
}

/// What is said first: how many stays, how long, from which ward and on which day.
fn lead(leaving: &Leaving) -> Vec<String> {
    let all = &leaving.all;
    let stays = words::count(all.spells, "stay", "stays");
    let mut said = vec![match (&all.mean, &all.spread) {
        (Some(mean), Some(spread)) if all.spells >= leaving.floors.cases => format!(
            "{} lasted {} nights on average; half lasted {} or less.",
            stays,
            one_place(mean.value),
            one_place(spread.median)
        ),
        _ => format!("Too few stays for an average: {}.", all.spells),
    }];
    if let Ok(wards) = &leaving.wards
        && let Some(it) = most(wards)
    {
        let word = if it.spells == all.spells {
            "All"
        } else if 2 * it.spells > all.spells {
            "Most"
        } else {
            "More than from any other ward"
        };
        said.push(format!(
            "{word}, {} of {}, left from “{}”.",
            it.spells,
            all.spells,
            it.name.words()
        ));
    }
    if let Some(it) = most(&leaving.discharged) {
        said.push(format!(
            "The day on which most left is {}: {} of {}.",
            it.name.words(),
            it.spells,
            all.spells
        ));
    }
    said
}

/// The one with more stays than any other; none where two have as many, or where those of which it
/// is not known could make another the first.
fn most(split: &Split) -> Option<&StayGroup> {
    let most = split.groups.iter().max_by_key(|it| it.spells).filter(|it| it.spells > 0)?;
    let mut others = split.groups.iter().filter(|it| !std::ptr::eq(*it, most));
    others.all(|it| it.spells + split.unknown < most.spells).then_some(most)
}

fn section((id, by): (&'static str, &str), split: &Split, leaving: &Leaving) -> Section {
    let fewest = leaving.floors.cases;
    let shown: Vec<&StayGroup> = split.groups.iter().filter(|it| it.spells > 0).collect();
    let mut says = judged((id, split), leaving);
    if split.unknown > 0 {
        says.push(format!("Of {} it is not known.", words::count(split.unknown, "stay", "stays")));
    }
    let few = shown.iter().filter(|it| it.spells < fewest).count();
    if few > 0 {
        says.push(format!("Those with fewer than {fewest} stays are counted and not drawn."));
    }
    let drawn: Vec<DotRow> =
        shown.iter().filter(|it| it.spells >= fewest).map(|it| dot(it)).collect();
    let title = format!("Nights by {}", by.to_lowercase());
    let reference = leaving.all.mean.map(|it| Reference {
        label: format!("all {}", one_place(it.value)),
        value: it.value,
        is_main: true,
    });
    let chart = (!drawn.is_empty()).then(|| {
        Dots {
            heading: Heading {
                id: format!("{id}-chart"),
                title: title.clone(),
                description: format!(
                    "{title}: the average of each with its 95% interval. The table below holds the same figures."
                ),
            },
            width: 900,
            unit: "nights".to_owned(),
            rows: drawn,
            references: reference.into_iter().collect(),
        }
        .draw()
    });
    let note = chart.as_ref().map_or_else(String::new, |_| {
        "● or ▲: average as recorded; line with ends: 95% interval; ▲: beyond chance beside like stays.".to_owned()
    });
    Section {
        id,
        title: by.to_owned(),
        says,
        svg: chart.map_or_else(String::new, |it| it.svg()),
        note,
        rows: shown.iter().map(|it| row(it, fewest)).collect(),
        patients: String::new(),
    }
}

/// Whether any differs from like stays of the others by more than chance.
fn judged((id, split): (&str, &Split), leaving: &Leaving) -> Vec<String> {
    let who = |it: &StayGroup| match id {
        "wards" => format!("Patients who left from “{}”", it.name.words()),
        _ => format!("Patients admitted on a {}", it.name.words()),
    };
    if split.groups.iter().all(|it| it.spells == 0) {
        return Vec::new();
    }
    if id == "discharged" {
        return vec![
            "Which day a patient leaves on follows from the day of admission, so these days are shown and not judged.".to_owned(),
        ];
    }
    let compared: Vec<_> = split
        .groups
        .iter()
        .filter_map(|it| Some((it, it.compared.as_ref()?.as_ref().ok()?)))
        .collect();
    if compared.is_empty() {
        return vec![format!(
            "Nothing can be said about chance: that takes at least two with {} stays, and like stays to set beside each other.",
            leaving.floors.cases
        )];
    }
    let beyond: Vec<String> = compared
        .iter()
        .filter(|it| it.1.is_beyond_chance())
        .map(|(group, it)| {
            let way = if it.ratio > 1.0 { "longer" } else { "shorter" };
            // The mean of the table; what is judged are those of them that have like patients.
            let mean = group.mean.map_or(it.raw.value, |it| it.value);
            format!(
                "{} stayed {} nights on average, {way} than like patients of the others by more than chance.",
                who(group),
                one_place(mean)
            )
        })
        .collect();
    if beyond.is_empty() {
        return vec![
            "No difference in how long like patients stayed is more than chance.".to_owned(),
        ];
    }
    beyond
}

fn is_beyond(it: &StayGroup) -> bool {
    matches!(&it.compared, Some(Ok(it)) if it.is_beyond_chance())
}

fn dot(it: &StayGroup) -> DotRow {
    let mean = it.mean;
    DotRow {
        name: it.name.words().to_owned(),
        value: mean.map_or_else(String::new, |it| one_place(it.value)),
        estimate: mean.map(|it| it.value),
        interval: mean.map(|it| (it.low.max(0.0), it.high)),
        recorded: None,
        chance: None,
        mark: if is_beyond(it) { Mark::Neither } else { Mark::Ordinary },
        is_strong: is_beyond(it),
    }
}

pub(super) fn row(it: &StayGroup, fewest: u64) -> Row {
    let beyond = match &it.compared {
        None => "not judged",
        Some(Err(_)) => "cannot be said",
        Some(Ok(it)) if it.is_beyond_chance() => "Yes",
        Some(Ok(_)) => "No",
    };
    let (mean, spread) = match (it.mean, it.spread) {
        (Some(mean), Some(spread)) if it.spells >= fewest => (Some(mean), Some(spread)),
        _ => (None, None),
    };
    Row {
        name: it.name.words().to_owned(),
        spells: words::thousands(it.spells),
        mean: mean.map_or_else(|| "too few".to_owned(), |it| one_place(it.value)),
        interval: mean.map_or_else(String::new, |it| {
            format!("{} to {}", one_place(it.low.max(0.0)), one_place(it.high))
        }),
        median: spread.map_or_else(String::new, |it| one_place(it.median)),
        beyond: beyond.to_owned(),
    }
}

/// Where the page is linked from a part of a service line.
pub(super) fn address(code: &str, part: &Part) -> String {
    if !care::may_have_spells(&part.pod) {
        return String::new();
    }
    part.address(&format!("/services/{code}/stays"), &[])
}

impl Page for Stays {
    const TEMPLATE: &'static str = "features/service_lines/stays.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, mean: &str, beyond: &str| Row {
            name: name.to_owned(),
            spells: "58".to_owned(),
            mean: mean.to_owned(),
            interval: "5.1 to 6.1".to_owned(),
            median: "5.0".to_owned(),
            beyond: beyond.to_owned(),
        };
        let part = |rows: Vec<Row>, says: &str| Section {
            id: "wards",
            title: "Ward of discharge".to_owned(),
            says: vec![says.to_owned()],
            svg: String::new(),
            note: "● average as recorded.".to_owned(),
            rows,
            patients: "/patients?line=TORT&order=dearest".to_owned(),
        };
        let page = |parts| Self {
            shell: Shell::sample("Where and when patients leave").below("Services", "/services"),
            kicker: "Very major hip procedures for non-trauma, planned stays".to_owned(),
            lead: vec![
                "61 stays lasted 5.6 nights on average; half lasted 5.0 or less.".to_owned(),
            ],
            provenance: Provenance::sample(),
            sees: "You see exact figures, as clinical director.".to_owned(),
            parts,
            method: vec!["A ward or a day with fewer than 10 stays has no mean here.".to_owned()],
            file: String::new(),
            questions: Questions::sample(),
        };
        let none = "We do not have the rows of the wards at hand.";
        let some = vec![
            row("Elective orthopaedics", "5.6", "No"),
            row("Trauma", "too few", "cannot be said"),
        ];
        vec![
            page(vec![part(some, "No difference is more than chance.")]),
            page(vec![part(Vec::new(), none)]),
        ]
    }
}
