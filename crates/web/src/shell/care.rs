//! Kinds of care as pages call them, and the care of a run, read once for all pages.

use std::sync::Arc;

use results::Run;
use results::care::CareBook;
use rules::YearRules;

use super::fault::Fault;
use super::kept::Kept;
use super::words;

/// Books of runs.
static READ: Kept<String, CareBook> = Kept::new(RUNS);

/// Runs whose care is kept at most.
const RUNS: usize = 20;

/// The care of a run, read once. To be called away from the threads that answer requests.
///
/// # Errors
///
/// [`Fault::Broken`] if the run cannot be read.
pub fn book(run: &Run) -> Result<Arc<CareBook>, Fault> {
    READ.of(run.manifest_sha256().to_owned(), || Ok(run.care_book()?))
}

/// Whether care at a point of delivery can be spells: planned, emergency, day cases, or all of them.
pub fn may_have_spells(pod: &str) -> bool {
    matches!(pod, "" | "DC" | "EL" | "NEL" | "NES")
}

/// What care is called by its point of delivery and the beginning of its HRG, either blank for all.
pub fn name(rules: &YearRules, (pod, hrg): (&str, &str)) -> String {
    let pod_name = match pod {
        "DC" => "day cases",
        "EL" => "planned stays",
        "NEL" => "emergency stays of two nights or more",
        "NES" => "emergency stays of up to one night",
        "OPFA" => "first appointments",
        "OPFU" => "follow-up appointments",
        "OPPROC" => "procedures in clinic",
        "ED" => "emergency department",
        "DNA" => "appointments not attended",
        "MDT" => "multidisciplinary meetings",
        "" => "",
        other => other,
    };
    let hrg = hrg_name(rules, hrg);
    // The groups of appointments are named by whether they are first or follow-up: so is the pod.
    if pod.starts_with("OPF") {
        return words::capital(pod_name);
    }
    match (hrg.is_empty(), pod_name.is_empty()) {
        (false, false) => format!("{hrg}, {pod_name}"),
        (false, true) => hrg,
        (true, false) => words::capital(pod_name),
        (true, true) => "Care without a price group".to_owned(),
    }
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
