//! One list across everything: one's own actions or those of one's units, what is due first.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use engagement::actions::{Says, Standing};
use engagement::benefits::BenefitSettings;
use serde::Deserialize;
use store::joint_actions::StoredAction;

use super::{may_update, state};
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::feasibility;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{self, choices, day, standing};
use crate::shell::page::{Link, Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/joint_actions/list.html")]
pub(super) struct List {
    shell: Shell,
    lead: String,
    /// How many of the list are joint, and how many of one profession; blank where it is empty.
    professions: String,
    lists: Vec<Link>,
    heading: String,
    rows: Vec<Row>,
    reasons: Vec<(String, String)>,
    file: String,
    may_add: bool,
    /// Units to choose from, and what is asked for.
    units: Vec<(String, String)>,
    chosen: String,
    unit: String,
    wrong: Wrong,
}

/// One action.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of the row, by itself")]
struct Row {
    id: String,
    what: String,
    unit: String,
    owners: String,
    joint: bool,
    /// How feasible its owners find it; blank where nobody has said so.
    feasible: String,
    state: String,
    due: String,
    is_overdue: bool,
    needs_update: bool,
    last: String,
    seen: i64,
    may_update: bool,
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    list: String,
    unit: String,
}

const TITLE: &str = "Actions";

/// The lists: code and name.
const LISTS: [(&str, &str); 3] = [
    ("mine", "Yours, open"),
    ("units", "Of your units, open"),
    ("all", "All, with those that ended"),
];

/// Actions that somebody may see, with how each stands, what is due first.
struct Seen {
    actions: Vec<(StoredAction, Standing)>,
    people: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
}

impl Seen {
    async fn of(app: &App, visit: &Visit, asked: &Asked) -> Result<Self, Fault> {
        let mut db = app.store().read().await?;
        let all = joint_work::seen_actions(&mut db, visit).await?;
        let people = people::names(&mut db).await?;
        let units = joint_work::unit_names(&mut db).await?;
        drop(db);
        if !asked.unit.is_empty() && !joint_work::may(visit, Capability::ReadActions, &asked.unit) {
            return Err(Fault::NotFound);
        }
        let is_asked =
            |it: &StoredAction| asked.unit.is_empty() || it.agreed.unit.as_str() == asked.unit;
        let seen = all.into_iter().filter(is_asked);
        let mut actions: Vec<(StoredAction, Standing)> =
            seen.map(|it| (standing(visit, &it), it)).map(|(how, it)| (it, how)).collect();
        actions.sort_by_key(|(it, how)| (!how.is_open(), how.due_on, it.id.clone()));
        Ok(Self { actions, people, units })
    }

    fn row(&self, visit: &Visit, (it, how): &(StoredAction, Standing)) -> Row {
        let of = &it.agreed.of;
        let name = |id: &str| self.people.get(id).map_or(id, String::as_str).to_owned();
        let unit = it.agreed.unit.as_str();
        let owners: Vec<String> = of
            .owners
            .iter()
            .map(|it| format!("{} ({})", name(&it.person), it.profession.name().to_lowercase()))
            .collect();
        let owners: Vec<&str> = owners.iter().map(String::as_str).collect();
        let last = it.updates.last().map_or_else(String::new, |it| {
            let because = words::sentence(&it.says.because);
            let said = format!("{}, {}. {because}", it.says.says.name(), day(it.says.on));
            said.trim().to_owned()
        });
        Row {
            id: it.id.to_string(),
            what: of.what.clone(),
            unit: self.units.get(unit).map_or(unit, String::as_str).to_owned(),
            owners: words::listed(&owners),
            joint: of.is_joint(),
            feasible: feasibility::told(&BenefitSettings::own(), it, None, name),
            state: state(*how).to_owned(),
            due: day(how.due_on),
            is_overdue: how.is_overdue,
            needs_update: how.needs_update,
            last,
            seen: it.version(),
            may_update: how.is_open() && may_update(visit, it),
        }
    }
}

/// Which list an address asks for: one's own where one has any.
fn chosen(asked: &Asked, has_own: bool) -> Result<&str, Fault> {
    match asked.list.as_str() {
        "" if has_own && asked.unit.is_empty() => Ok("mine"),
        "" => Ok("units"),
        other if LISTS.iter().any(|it| it.0 == other) => Ok(other),
        _ => Err(Fault::NotFound),
    }
}

fn is_in(list: &str, (it, how): &(StoredAction, Standing), me: &store::PersonId) -> bool {
    match list {
        "mine" => it.is_owned_by(me) && how.is_open(),
        "units" => how.is_open(),
        _ => true,
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let seen = Seen::of(&app, &visit, &asked).await?;
    let me = visit.person()?.id.clone();
    let has_own = seen.actions.iter().any(|it| is_in("mine", it, &me));
    let list = chosen(&asked, has_own)?;
    let those = seen.actions.iter().filter(|it| is_in(list, it, &me));
    let those: Vec<&(StoredAction, Standing)> = those.collect();
    let rows: Vec<Row> = those.iter().map(|it| seen.row(&visit, it)).collect();
    let owners = those.iter().map(|it| it.0.agreed.of.owners.as_slice());
    let professions = joint_work::joint_or_not(owners);
    let link = |(code, name): &(&str, &str)| {
        let count = seen.actions.iter().filter(|it| is_in(code, it, &me)).count() as u64;
        let query = [("list", *code), ("unit", asked.unit.as_str())];
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        let name = format!("{name} ({})", words::thousands(count));
        Link { current: *code == list, ..Link::new(name, format!("/actions?{query}")) }
    };
    let name = LISTS.iter().find(|it| it.0 == list).map_or("", |it| it.1);
    let unit = seen.units.get(&asked.unit).map_or(String::new(), |it| format!(", {it}"));
    let query = serde_urlencoded::to_string([("list", list), ("unit", &asked.unit)]);
    let readable =
        seen.units.iter().filter(|it| joint_work::may(&visit, Capability::ReadActions, it.0));
    let units = choices("All that you see", readable.map(|it| (it.0.as_str(), it.1.as_str())));
    Ok(List {
        shell: visit.shell(TITLE),
        lead: lead(&rows),
        professions: words::sentence(&professions),
        lists: LISTS.iter().map(link).collect(),
        heading: format!("{name}{unit}"),
        rows,
        reasons: reasons(),
        file: format!("/actions.csv?{}", query.unwrap_or_default()),
        may_add: visit.may(Capability::KeepActions),
        units,
        chosen: list.to_owned(),
        unit: asked.unit.clone(),
        wrong: Wrong::default(),
    }
    .respond())
}

/// Why nothing moved, for one tap: what the form sends, and what it says.
pub(super) fn reasons() -> Vec<(String, String)> {
    let settings = BenefitSettings::own();
    let value = |code: &str| format!("{}:{code}", Says::NoProgress.word());
    settings.no_progress.iter().map(|it| (value(&it.code), it.name.clone())).collect()
}

fn lead(rows: &[Row]) -> String {
    let of = |is: fn(&Row) -> bool| rows.iter().filter(|it| is(it)).count() as u64;
    let (late, needs) = (of(|it| it.is_overdue), of(|it| it.needs_update));
    match (rows.len() as u64, late, needs) {
        (0, ..) => "Nothing is open here.".to_owned(),
        (all, 0, 0) => format!("{}, none late.", words::count(all, "action", "actions")),
        (all, late, needs) => format!(
            "{}: {} overdue, {} an update.",
            words::count(all, "action", "actions"),
            words::thousands(late),
            words::count(needs, "needs", "need")
        ),
    }
}

pub(super) async fn take(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let seen = Seen::of(&app, &visit, &asked).await?;
    let me = visit.person()?.id.clone();
    let list = chosen(&asked, true)?;
    let mut rows = Vec::new();
    for it in seen.actions.iter().filter(|it| is_in(list, it, &me)) {
        let row = seen.row(&visit, it);
        let of = &it.0.agreed.of;
        let joint = if row.joint { "yes" } else { "no" };
        let texts = [
            row.what,
            row.unit,
            row.owners,
            joint.to_owned(),
            of.priority.name().to_owned(),
            of.effort.name().to_owned(),
            of.measure.clone(),
            it.1.due_on.to_string(),
            row.state,
            if row.is_overdue { "yes" } else { "no" }.to_owned(),
            row.last,
            row.feasible,
        ];
        rows.push(texts.to_vec());
    }
    let columns = [
        "action",
        "unit",
        "owners",
        "joint",
        "priority",
        "effort",
        "measure",
        "due",
        "state",
        "overdue",
        "last_update",
        "feasibility",
    ];
    Table::new(&columns.map(|it| (it, Kind::Text)), rows)
        .about("What it is", "Actions as they stand; what they may bring is never added up.")
        .file(&visit, "actions")
}

impl Page for List {
    const TEMPLATE: &'static str = "features/joint_actions/list.html";

    fn samples() -> Vec<Self> {
        let row = |is_overdue, may_update| Row {
            id: "1".to_owned(),
            what: "Discharge by criteria, seven days a week".to_owned(),
            unit: "Trauma and orthopaedics".to_owned(),
            owners: "Amara Okafor (clinical) and Daniel Osei (finance)".to_owned(),
            joint: true,
            feasible: "Can be done with what we have.".to_owned(),
            state: "Under way".to_owned(),
            due: "31 May 2026".to_owned(),
            is_overdue,
            needs_update: is_overdue,
            last: "Some progress, 20 May 2026.".to_owned(),
            seen: 1,
            may_update,
        };
        let page = |rows: Vec<Row>, may_add| Self {
            shell: Shell::sample(TITLE),
            lead: lead(&rows),
            professions: rows.first().map_or_else(String::new, |_| {
                "1\u{a0}is joint and 0\u{a0}are of one profession.".to_owned()
            }),
            lists: vec![Link {
                current: true,
                ..Link::new("Yours, open (2)", "/actions?list=mine")
            }],
            heading: LISTS[0].1.to_owned(),
            rows,
            reasons: reasons(),
            file: "/actions.csv?list=mine".to_owned(),
            may_add,
            units: choices("All that you see", [("TORT", "Trauma and orthopaedics")]),
            chosen: "mine".to_owned(),
            unit: String::new(),
            wrong: Wrong::default(),
        };
        vec![
            page(vec![row(true, true), row(false, false)], true),
            page(vec![row(false, true)], true),
            page(Vec::new(), false),
        ]
    }
}
