//! Where to look closer: kinds of care by point of delivery and HRG, patients, and what is bought.

use access::Capability;
use results::care::Care;
use rules::YearRules;

use super::answer::{Asked, sees_patients};
use super::books::{self, Part, Year};
use super::sentences::{a, each, one_of, result};
use super::{goods, national, stays};
use crate::shell::fault::Fault;
use crate::shell::{care, words};

/// Kinds of care that are listed; the rest are counted.
const KINDS: usize = 25;

/// Links further down.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) caption: String,
    pub(super) kinds: Vec<Kind>,
    pub(super) more: usize,
    /// Where its events are listed; blank for those who may not see patients.
    pub(super) patients: String,
    /// Where the records of its stays are looked at; blank for those who may not see patients, or
    /// not without a reason.
    pub(super) records: String,
    /// Where colleagues are compared; blank for those who may not, and where there are no spells.
    pub(super) colleagues: String,
    /// Where stays are told by ward and day; blank where there are no spells.
    pub(super) stays: String,
    /// Where goods and their prices are; blank where the model traces no cost of goods.
    pub(super) goods: String,
    /// Where its newest week is; blank for a part of a service line.
    pub(super) week: String,
    /// Where it is set beside the National Cost Collection; blank where none is loaded.
    pub(super) national: String,
    /// Where its patient groups are, or one of this care is made; blank for those who make none here.
    pub(super) groups: String,
}

/// One kind of care.
#[derive(Clone, Debug, Default)]
pub(super) struct Kind {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) events: String,
    pub(super) each: String,
    pub(super) result: String,
}

impl View {
    pub(super) fn of(asked: &Asked<'_>, _year: &Year) -> Result<Self, Fault> {
        let (code, _) = asked.line;
        let line = asked.books.book.lines.get(code).ok_or(Fault::NotFound)?;
        let rules = asked.books.rules()?;
        let mut found: Vec<(Part, Care)> = if asked.part.hrg.is_empty() {
            let roots = books::roots(line).into_iter();
            roots.map(|((pod, hrg), care)| (Part { pod, hrg }, care)).collect()
        } else {
            let one = |(it, care): (&results::care::Currency, &Care)| {
                (Part { pod: it.pod.clone(), hrg: it.hrg.clone() }, care.clone())
            };
            let finer = line.cells.iter().filter(|it| it.0.hrg != asked.part.hrg);
            finer.filter(|it| asked.part.holds(it.0)).map(one).collect()
        };
        found.retain(|it| it.1.events > 0 && asked.part.holds_part(&it.0) && it.0 != *asked.part);
        let more = found.len().saturating_sub(KINDS);
        // Those of one result stay in the order of their codes.
        found.sort_by_key(|it| (it.1.recognised - it.1.cost()).micro_pounds());
        found.truncate(KINDS);
        let kinds = found.iter().map(|it| kind(rules, code, it)).collect();
        // The same part of it as is looked at here.
        let patients = asked.part.address("/patients", &[("line", code)]);
        Ok(Self {
            caption: "Kinds of care, the largest deficit first".to_owned(),
            kinds,
            more,
            patients: if sees_patients(asked.visit, code) { patients } else { String::new() },
            records: records(asked),
            colleagues: colleagues(asked),
            stays: stays::address(code, asked.part),
            goods: goods::address(rules, code, asked.part),
            week: if asked.part.is_whole() {
                format!("/services/{code}/week")
            } else {
                String::new()
            },
            national: national::address(rules, code, asked.part),
            groups: groups(asked),
        })
    }

    pub(super) fn sample() -> Self {
        Self {
            caption: "Kinds of care, the largest deficit first".to_owned(),
            kinds: vec![Kind {
                name: "Very major hip procedures for non-trauma, planned stays".to_owned(),
                address: "/services/TORT?pod=EL&hrg=HN12".to_owned(),
                events: "824".to_owned(),
                each: "£8,790".to_owned(),
                result: "a deficit of £1.05 million".to_owned(),
            }],
            more: 3,
            patients: "/patients?line=TORT".to_owned(),
            records: "/services/TORT/my-work".to_owned(),
            colleagues: "/services/TORT/colleagues?pod=EL&hrg=HN12".to_owned(),
            stays: "/services/TORT/stays?pod=EL&hrg=HN12".to_owned(),
            goods: "/services/TORT/goods?pod=EL&hrg=HN12".to_owned(),
            week: "/services/TORT/week".to_owned(),
            national: "/services/TORT/national?pod=EL&hrg=HN12".to_owned(),
            groups: "/groups?unit=TORT".to_owned(),
        }
    }
}

impl Part {
    /// Whether another part lies within this one.
    fn holds_part(&self, other: &Self) -> bool {
        (self.pod.is_empty() || self.pod == other.pod) && other.hrg.starts_with(&self.hrg)
    }
}

fn kind(rules: &YearRules, code: &str, (part, care): &(Part, Care)) -> Kind {
    let page = format!("/services/{code}");
    let name = care::name(rules, (&part.pod, &part.hrg));
    // A blank point of delivery would ask for all of them.
    let (name, address) = match part.pod.as_str() {
        "" => (format!("{name}, without a point of delivery"), String::new()),
        _ => (name, part.address(&page, &[])),
    };
    let of_one = words::pounds(each(care.cost(), care.events));
    Kind {
        name,
        address,
        events: words::thousands(care.events),
        each: format!("{of_one} {}", a(one_of(&part.pod))),
        result: result(care.recognised - care.cost(), words::in_a_sentence),
    }
}

/// Where the records of the whole service line are looked at.
fn records(asked: &Asked<'_>) -> String {
    let (code, _) = asked.line;
    let rows = asked.visit.scope(Capability::PatientRows).ok().and_then(|it| it.of_unit(code));
    if rows.is_some_and(|it| it.condition.is_none()) {
        format!("/services/{code}/my-work")
    } else {
        String::new()
    }
}

/// Where the groups of a service line are; of a kind of its care, where a group of it is made.
fn groups(asked: &Asked<'_>) -> String {
    let (code, _) = asked.line;
    let may = asked.visit.scope(Capability::PatientGroups);
    if !may.is_ok_and(|it| it.of_unit(code).is_some()) {
        return String::new();
    }
    let page = if asked.part.is_whole() { "/groups" } else { "/groups/new" };
    asked.part.address(page, &[("unit", code)])
}

/// Where colleagues of this care are compared, for those who may compare them here.
fn colleagues(asked: &Asked<'_>) -> String {
    let (code, _) = asked.line;
    // This page is for those who see the service line exactly, so their own is within it.
    let may = asked.visit.scope(Capability::ClinicianComparison);
    let may = may.is_ok_and(|it| it.of_own() || it.of_unit(code).is_some());
    if !may || !care::may_have_spells(&asked.part.pod) {
        return String::new();
    }
    asked.part.address(&format!("/services/{code}/colleagues"), &[])
}
