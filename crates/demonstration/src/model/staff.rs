//! Resources, and the activities that consultants, wards and therapists share their time over.

use domain::number::show_scaled;

use super::sheet::{Basis, Sheet};
use crate::data;
use crate::size::Size;
use crate::table::{Line, Table};

const RESOURCES: &str = include_str!("../../data/model/resources.csv");
const ACTIVITIES: &str = include_str!("../../data/model/activities.csv");
const ACTIVITY_RULES: &str = include_str!("../../data/model/activity_rules.csv");
const SHARES: &str = include_str!("../../data/model/shares.csv");

/// How an activity of one ward or specialty is weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    WardMinutes,
    RoundMinutes,
    Minutes,
    Number,
}

/// An activity of one ward or one specialty.
#[derive(Clone, Debug)]
pub(super) struct OwnActivity {
    pub(super) code: String,
    name: String,
    collection: &'static str,
    pub(super) counted: Counted,
    /// Feed, code, band, specialty and location patterns of the rows that count.
    rules: Vec<[String; 5]>,
}

/// Name of the one weight set of such an activity.
pub(super) fn weight_set(activity: &str) -> String {
    activity.replacen("X-", "W-", 1)
}

/// Activities of wards and specialties, in a fixed order.
pub(super) fn own_activities() -> Vec<OwnActivity> {
    let wards = data::table(data::WARDS);
    let mut all: Vec<OwnActivity> =
        wards.lines().filter(|it| it.text("ward") != "ICU").map(ward_activity).collect();
    let plans = data::table(data::JOB_PLANS);
    let names = data::table(data::SPECIALTIES);
    for plan in plans.lines() {
        let specialty = plan.text("specialty");
        let name = names.lines().find(|it| it.text("specialty") == specialty);
        let name = name.map_or("", |it| it.text("name")).to_lowercase();
        all.extend(KINDS.iter().filter(|it| plan.scaled(it.column, 2) > 0).map(|kind| {
            OwnActivity {
                code: kind.code_for(specialty),
                name: format!("{} in {name}", kind.words),
                collection: kind.collection,
                counted: kind.counted,
                rules: kind.rules_for(specialty),
            }
        }));
    }
    all
}

fn ward_activity(line: Line<'_>) -> OwnActivity {
    let ward = line.text("ward");
    OwnActivity {
        code: format!("X-WARD-{ward}"),
        name: format!("Stay on {}", line.text("name").to_lowercase()),
        collection: "X-A-WARD",
        counted: Counted::WardMinutes,
        rules: vec![rule(["WARD", "*", "*", "*", &format!("{ward}*")])],
    }
}

fn rule(cells: [&str; 5]) -> [String; 5] {
    cells.map(str::to_owned)
}

/// A kind of work in consultants' job plans.
struct Kind {
    column: &'static str,
    code: &'static str,
    words: &'static str,
    collection: &'static str,
    counted: Counted,
}

const KINDS: [Kind; 6] = [
    Kind {
        column: "ward",
        code: "ROUND",
        words: "Ward rounds",
        collection: "X-A-WARD-ROUND",
        counted: Counted::RoundMinutes,
    },
    Kind {
        column: "procedure",
        code: "PROCEDURE",
        words: "Procedures on day units",
        collection: "X-A-PROCEDURE",
        counted: Counted::Number,
    },
    Kind {
        column: "outpatient",
        code: "CLINIC",
        words: "Clinics",
        collection: "X-A-OUTPATIENT",
        counted: Counted::Minutes,
    },
    Kind {
        column: "theatre",
        code: "SURGERY",
        words: "Surgery",
        collection: "X-A-THEATRE",
        counted: Counted::Minutes,
    },
    Kind {
        column: "mdt",
        code: "MEETING",
        words: "Cancer meetings",
        collection: "X-A-MEETING",
        counted: Counted::Number,
    },
    Kind {
        column: "not_attended",
        code: "NOT-ATTENDED",
        words: "Appointments not attended",
        collection: "X-A-OUTPATIENT",
        counted: Counted::Number,
    },
];

impl Kind {
    fn code_for(&self, specialty: &str) -> String {
        format!("X-{}-{specialty}", self.code)
    }

    fn rules_for(&self, specialty: &str) -> Vec<[String; 5]> {
        let locations: &[&str] = match self.column {
            "ward" => &["W*", "ICU*"],
            "procedure" => procedure_units(specialty),
            _ => &["*"],
        };
        let rows: &[[&str; 3]] = match self.column {
            "ward" | "procedure" => &[["WARD", "*", "*"]],
            "outpatient" => &[["OP", "*", "5"], ["OP", "*", "6"]],
            "theatre" => &[["THEATRE", "SURGERY", "*"]],
            "mdt" => &[["MDT", "*", "*"]],
            _ => &[["OP", "*", "3"], ["OP", "*", "7"]],
        };
        let all = rows.iter().flat_map(|row| locations.iter().map(move |it| (row, it)));
        all.map(|([feed, code, band], location)| rule([feed, code, band, specialty, location]))
            .collect()
    }
}

/// Day units in which the consultants of a specialty do procedures.
fn procedure_units(specialty: &str) -> &'static [&'static str] {
    match specialty {
        "320" => &["CCL*"],
        "330" | "X-IVF" => &["DSU*"],
        "301" | "340" => &["END*", "MDU*"],
        _ => &["MDU*", "END*"],
    }
}

/// All resources. Numbers of people are those of whole teams, so that a small trust still has teams.
pub(super) fn resources(size: Size) -> Sheet {
    let mut sheet = Sheet::new(&[
        "resource",
        "name",
        "collection_resource",
        "method",
        "statement_group",
        "staff_pool",
        "people",
        "staff_group",
        "specialty",
        "directorate",
        "negative_reason",
    ]);
    let mut add = |own: &OwnResource<'_>| {
        let people = people(size, own.people);
        let pool = !own.staff_group.is_empty();
        let cells = [
            own.resource,
            own.name,
            own.collection,
            own.method,
            own.statement_group,
            if pool { "yes" } else { "no" },
            if pool { people.as_str() } else { "" },
            own.staff_group,
            own.specialty,
            own.directorate,
            own.negative_reason,
        ];
        sheet.add(&cells, Basis::DEMO);
    };
    add_stated_resources(&mut add);
    add_consultants(&mut add);
    add_specialty_doctors(&mut add);
    add_wards(&mut add);
    add_therapies(&mut add);
    sheet
}

/// A resource under way to its row.
#[derive(Default)]
struct OwnResource<'a> {
    resource: &'a str,
    name: &'a str,
    collection: &'a str,
    method: &'a str,
    statement_group: &'a str,
    people: i64,
    staff_group: &'a str,
    specialty: &'a str,
    directorate: &'a str,
    negative_reason: &'a str,
}

/// Small teams stay small at every size, so that some pool must be merged; others have six or more.
fn people(size: Size, at_trust: i64) -> String {
    let people = if at_trust < 5 { at_trust } else { size.scaled(at_trust).max(6) };
    people.to_string()
}

fn add_stated_resources(add: &mut impl FnMut(&OwnResource<'_>)) {
    for line in Table::read(RESOURCES).lines() {
        add(&OwnResource {
            resource: line.text("resource"),
            name: line.text("name"),
            collection: line.text("collection_resource"),
            method: line.text("method"),
            statement_group: line.text("statement_group"),
            people: line.number("people"),
            staff_group: line.text("staff_group"),
            specialty: "",
            directorate: line.text("directorate"),
            negative_reason: line.text("negative_reason"),
        });
    }
}

fn add_consultants(add: &mut impl FnMut(&OwnResource<'_>)) {
    let lines = data::table(data::SERVICE_LINES);
    for line in data::table(data::SPECIALTIES).lines().filter(|it| it.number("consultants") > 0) {
        let specialty = line.text("specialty");
        let service = line.text("service_line");
        let service = lines.lines().find(|it| it.text("service_line") == service);
        let by_minutes = specialty == "192";
        add(&OwnResource {
            resource: &format!("X-CON-{specialty}"),
            name: &format!("Consultants in {}", line.text("name").to_lowercase()),
            collection: "X-C-CONSULTANTS",
            method: if by_minutes { "FEED" } else { "SHARE" },
            statement_group: if by_minutes { "CRITICAL_CARE" } else { "OWN_MEDICAL" },
            people: line.number("consultants"),
            staff_group: "Consultants",
            specialty,
            directorate: service.map_or("", |it| it.text("directorate")),
            negative_reason: "",
        });
    }
}

fn add_specialty_doctors(add: &mut impl FnMut(&OwnResource<'_>)) {
    let specialties = data::table(data::SPECIALTIES);
    let lines = data::table(data::SERVICE_LINES);
    for line in data::table(data::SPECIALTY_DOCTORS).lines() {
        let specialty = line.text("specialty");
        let named = specialties.lines().find(|it| it.text("specialty") == specialty);
        let service = named.map_or("", |it| it.text("service_line"));
        let service = lines.lines().find(|it| it.text("service_line") == service);
        let name = named.map_or("", |it| it.text("name")).to_lowercase();
        add(&OwnResource {
            resource: &format!("X-SAS-{specialty}"),
            name: &format!("Specialty doctors in {name}"),
            collection: "X-C-DOCTORS",
            method: "SHARE",
            statement_group: "OWN_MEDICAL",
            people: line.number("people"),
            staff_group: "Specialty doctors",
            specialty,
            directorate: service.map_or("", |it| it.text("directorate")),
            negative_reason: "",
        });
    }
}

fn add_wards(add: &mut impl FnMut(&OwnResource<'_>)) {
    for line in data::table(data::WARDS).lines() {
        let ward = line.text("ward");
        let (method, group) = match line.text("kind") {
            "CRITICAL" => ("FEED", "CRITICAL_CARE"),
            "DAY" => ("SHARE", "WARD_SERVICES"),
            _ => ("SHARE", "OWN_NURSING"),
        };
        add(&OwnResource {
            resource: &format!("X-NUR-{ward}"),
            name: &format!("Nursing: {}", line.text("name").to_lowercase()),
            collection: "X-C-NURSING",
            method,
            statement_group: group,
            people: (line.number("registered_pounds") + line.number("unregistered_pounds"))
                / 40_000,
            staff_group: "Ward nurses",
            ..OwnResource::default()
        });
    }
}

fn add_therapies(add: &mut impl FnMut(&OwnResource<'_>)) {
    for line in data::table(data::CONTACTS).lines() {
        add(&OwnResource {
            resource: &format!("X-THERAPY-{}", line.text("profession")),
            name: line.text("name"),
            collection: "X-C-THERAPIES",
            method: "SHARE",
            statement_group: "THERAPIES",
            people: line.number("people"),
            staff_group: "Therapists",
            ..OwnResource::default()
        });
    }
}

/// All activities.
pub(super) fn activities() -> Sheet {
    let mut sheet = Sheet::of(ACTIVITIES);
    for own in own_activities() {
        let unit = if own.counted == Counted::Number { "number" } else { "minutes" };
        sheet.add(&[&own.code, &own.name, own.collection, unit], Basis::DEMO);
    }
    sheet
}

/// All activity rules.
pub(super) fn activity_rules() -> Sheet {
    let mut sheet = Sheet::of(ACTIVITY_RULES);
    for own in own_activities() {
        for [feed, code, band, specialty, location] in &own.rules {
            let cells = [feed, code, band, specialty, location, "*", &own.code];
            sheet.add(&cells.map(AsRef::as_ref), Basis::DEMO);
        }
    }
    for line in data::table(data::WARDS).lines() {
        let activity = match line.text("kind") {
            "MEDICAL" => "X-DOC-MEDICAL",
            "SURGICAL" | "DAY" => "X-DOC-SURGICAL",
            "WOMEN" | "CHILDREN" => "X-DOC-WOMEN",
            _ => continue,
        };
        let location = format!("{}*", line.text("ward"));
        sheet.add(&["WARD", "*", "*", "*", &location, "*", activity], Basis::DEMO);
    }
    sheet
}

/// All shares.
pub(super) fn shares() -> Sheet {
    let mut sheet = Sheet::of(SHARES);
    let mut add = |resource: &str, activity: &str, share: &str, basis: Basis<'_>| {
        let set = if activity == "X-ED-CARE" || activity.starts_with("X-CC-") {
            activity.replacen("X-", "W-", 1)
        } else {
            weight_set(activity)
        };
        sheet.add(&[resource, activity, &set, share], basis);
    };
    add_job_plans(&mut add);
    let rota = Basis { source: "x-jobplans", note: "Rota", ..Basis::DEMO };
    for resource in ["X-CON-192", "X-NUR-ICU"] {
        let share = if resource == "X-CON-192" { "0.25" } else { "0.85" };
        add(resource, "X-CC-CARE", "1", rota);
        add(resource, "X-CC-DELAYED", share, rota);
    }
    for line in data::table(data::WARDS).lines().filter(|it| it.text("ward") != "ICU") {
        let ward = line.text("ward");
        add(&format!("X-NUR-{ward}"), &format!("X-WARD-{ward}"), "1", rota);
    }
    for line in data::table(data::CONTACTS).lines() {
        let code = format!("X-THERAPY-{}", line.text("profession"));
        add(&code, &code, "1", rota);
    }
    sheet
}

/// Clinical sessions of teams. Supporting activities and on call have no share of their own: shares
/// are relative, so that both follow own clinical work.
fn add_job_plans(add: &mut impl FnMut(&str, &str, &str, Basis<'_>)) {
    let specialties = data::table(data::SPECIALTIES);
    for plan in data::table(data::JOB_PLANS).lines() {
        let specialty = plan.text("specialty");
        let own = specialties.lines().find(|it| it.text("specialty") == specialty);
        let people = own.map_or(1, |it| it.number("consultants"));
        add_sessions(add, (&format!("X-CON-{specialty}"), people), plan);
    }
    for plan in data::table(data::SPECIALTY_DOCTORS).lines() {
        let resource = format!("X-SAS-{}", plan.text("specialty"));
        add_sessions(add, (&resource, plan.number("people")), plan);
    }
}

fn add_sessions(
    add: &mut impl FnMut(&str, &str, &str, Basis<'_>),
    (resource, people): (&str, i64),
    plan: Line<'_>,
) {
    let shown = |sessions_e2: i64| show_scaled(i128::from(sessions_e2), 2);
    let [spa, on_call] = ["spa", "on_call"].map(|it| shown(plan.scaled(it, 2)));
    let note = format!(
        "Sessions of the team in a week; {spa} of supporting activities and {on_call} on call for \
         each follow them; {}",
        plan.text("basis")
    );
    let basis = Basis { source: "x-jobplans", note: &note, ..Basis::DEMO };
    for kind in KINDS.iter().filter(|it| plan.scaled(it.column, 2) > 0) {
        let sessions = plan.scaled(kind.column, 2) * people;
        add(resource, &kind.code_for(plan.text("specialty")), &shown(sessions), basis);
    }
    if plan.scaled("ed", 2) > 0 {
        add(resource, "X-ED-CARE", &shown(plan.scaled("ed", 2) * people), basis);
    }
}
