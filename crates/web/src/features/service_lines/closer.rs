//! Where to look closer: kinds of care by point of delivery and HRG, patients, and what is bought.

use results::care::Care;
use rules::YearRules;

use super::answer::{Asked, sees_patients};
use super::books::{self, Part, Year};
use super::sentences::{each, one_of, result};
use crate::shell::fault::Fault;
use crate::shell::words;

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
        // By name of the code, not by cost: what is dearest is no verdict.
        found.sort_by(|one, other| (&one.0.pod, &one.0.hrg).cmp(&(&other.0.pod, &other.0.hrg)));
        let worst = |it: &(Part, Care)| (it.1.recognised - it.1.cost()).micro_pounds();
        let more = found.len().saturating_sub(KINDS);
        found.sort_by_key(worst);
        found.truncate(KINDS);
        let kinds = found.iter().map(|it| kind(rules, code, it)).collect::<Result<_, Fault>>()?;
        // The same part of it as is looked at here.
        let asked_part = [("line", code), ("pod", &asked.part.pod), ("hrg", &asked.part.hrg)];
        let parts = asked_part.into_iter().filter(|it| !it.1.is_empty()).collect::<Vec<_>>();
        let patients = serde_urlencoded::to_string(parts).unwrap_or_default();
        Ok(Self {
            caption: "Kinds of care, the largest deficit first".to_owned(),
            kinds,
            more,
            patients: if sees_patients(asked.visit, code) {
                format!("/patients?{patients}")
            } else {
                String::new()
            },
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
        }
    }
}

impl Part {
    /// Whether another part lies within this one.
    fn holds_part(&self, other: &Self) -> bool {
        (self.pod.is_empty() || self.pod == other.pod) && other.hrg.starts_with(&self.hrg)
    }
}

fn kind(rules: &YearRules, code: &str, (part, care): &(Part, Care)) -> Result<Kind, Fault> {
    let query = serde_urlencoded::to_string([("pod", &part.pod), ("hrg", &part.hrg)]);
    let of_one = words::pounds(each(care.cost(), care.events));
    Ok(Kind {
        name: name(rules, part)?,
        address: format!("/services/{code}?{}", query.unwrap_or_default()),
        events: words::thousands(care.events),
        each: format!("{of_one} a {}", one_of(&part.pod)),
        result: result(care.recognised - care.cost(), words::in_a_sentence),
    })
}

/// What a part is called: its HRG by name, and its point of delivery.
pub(super) fn name(rules: &YearRules, part: &Part) -> Result<String, Fault> {
    let pod = match part.pod.as_str() {
        "DC" => "day cases",
        "EL" => "planned stays",
        "NEL" => "emergency stays of two nights or more",
        "NES" => "emergency stays of up to one night",
        "OPFA" => "first appointments",
        "OPFU" => "follow-up appointments",
        "OPPROC" => "procedures in clinic",
        "ED" => "emergency department",
        "" => "",
        other => other,
    };
    let hrg = hrg_name(rules, &part.hrg);
    // The groups of appointments are named by whether they are first or follow-up: so is the pod.
    if part.pod.starts_with("OPF") {
        return Ok(words::capital(pod));
    }
    Ok(match (hrg.is_empty(), pod.is_empty()) {
        (false, false) => format!("{hrg}, {pod}"),
        (false, true) => hrg,
        (true, false) => words::capital(pod),
        (true, true) => "Care without a price group".to_owned(),
    })
}

/// The name of an HRG; of its beginning, what the names of those that begin so have in common.
fn hrg_name(rules: &YearRules, hrg: &str) -> String {
    if hrg.is_empty() {
        return String::new();
    }
    let Some(names) = rules.reference_codes.get("hrg") else { return hrg.to_owned() };
    if let Some(found) = names.get(hrg) {
        return sentence_case(&found.name);
    }
    let mut begin = names.iter().filter(|it| it.0.starts_with(hrg)).map(|it| it.1.name.as_str());
    let Some(first) = begin.next() else { return hrg.to_owned() };
    let common = begin.fold(first.to_owned(), |common, name| {
        let same = common.chars().zip(name.chars()).take_while(|(one, other)| one == other);
        same.map(|it| it.0).collect()
    });
    let whole = common.rsplit_once(" with").or(common.rsplit_once(' '));
    match whole.map_or("", |it| it.0).trim_end_matches([',', ' ']) {
        "" => hrg.to_owned(),
        name => sentence_case(name),
    }
}

/// `Very Major Hip Procedures` as it stands in a sentence; words of capitals stay.
fn sentence_case(name: &str) -> String {
    let word = |(at, it): (usize, &str)| {
        let is_code = it.chars().all(|it| it.is_uppercase() || it.is_ascii_digit() || it == '-');
        if at == 0 || is_code { it.to_owned() } else { it.to_lowercase() }
    };
    name.split(' ').enumerate().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_sentence_case_but_for_codes() {
        assert_eq!(
            sentence_case("Very Major Hip Procedures for Non-Trauma with CC Score 4-5"),
            "Very major hip procedures for non-trauma with CC score 4-5"
        );
    }
}
