//! The baseline of a priority area as it is taken from the frozen figures of its review: which figures
//! can be taken, what the form makes of the one that is chosen, and where it comes from.

use std::collections::BTreeMap;

use domain::Money;
use serde_json::{Map, Value};
use store::reviewing::{Body, Priority};

use super::figures::{Frozen, balance, place_of_row};
use super::found::Found;
use super::papers::behind;
use crate::shell::forms::Wrong;
use crate::shell::named_run;
use crate::shell::provenance::short;
use crate::shell::words;

/// The field in which a figure is chosen.
pub(super) const FIGURE: &str = "figure";

/// Fields that a figure fills.
const FILLED: [&str; 4] = ["value", "unit", "period", "source"];

/// The field that a figure must not show to everybody.
const VALUE: &str = FILLED[0];

/// The field that says where a figure is from.
const SOURCE: &str = FILLED[3];

/// What stands in place of a figure for those who may not see it.
pub(super) const HIDDEN: &str = "shown to those who may see it exactly";

/// What is said to somebody who chose a figure and wrote another baseline too.
const BOTH: &str = "A frozen figure is chosen and another baseline is written. Choose “I write it below” to keep what you wrote, or clear it";

/// What is said to somebody who takes the choice of a frozen figure back, and leaves what it filled in.
const STILL: &str = "This is still that of the frozen figure, which not everybody may see. Write another baseline, or choose the figure again to keep it";

/// A frozen figure that can be taken.
struct Figure {
    /// The number of the frozen figures, and what of them it is: `2/row-theatres`.
    code: String,
    /// What it is, with its amount.
    says: String,
    /// In the order of [`FILLED`].
    fills: [String; 4],
}

/// The figures that were frozen last, what can be changed first; none for those who do not see them.
fn offered(found: &Found) -> Vec<Figure> {
    let Some(kept) = found.figures.as_ref().filter(|_| found.sees) else { return Vec::new() };
    // The page of the review says so where they cannot be read.
    let Ok(frozen) = serde_json::from_str::<Frozen>(&kept.figures) else { return Vec::new() };
    let run = short(&kept.run);
    let figure = |of: String, name: &str, (shown, unit): (String, &str)| Figure {
        code: format!("{}/{of}", kept.number),
        says: format!("{name}: {shown}"),
        fills: [
            shown.replace('£', ""),
            unit.to_owned(),
            frozen.period.clone(),
            format!("{name}, run {run}, frozen for this review"),
        ],
    };
    let cost = |of: String, name: &str, micro: i64| {
        figure(of, name, (words::pounds(Money::from_micro_pounds(micro)), "pounds"))
    };
    let mut all = Vec::new();
    for it in frozen.lines.iter().filter(|it| !it.row.is_empty()) {
        let name = format!("What can be changed, {}", it.name);
        all.push(cost(format!("line-{}", it.row), &name, it.decides + it.how_much));
    }
    all.push(cost("decides".to_owned(), "All that the service decides", frozen.decides));
    let how_much = "All of which the service decides how much";
    all.push(cost("how_much".to_owned(), how_much, frozen.how_much));
    for (code, (name, micro, is_total)) in frozen.codes.iter().zip(&frozen.rows) {
        if *micro == 0 {
            continue;
        }
        let mut row = cost(format!("row-{code}"), name, *micro);
        if *is_total {
            row.says = format!("{name}: {}", balance(*micro));
        }
        all.push(row);
    }
    let patients = (words::thousands(frozen.patients), "patients");
    all.push(figure("patients".to_owned(), "Patients", patients));
    all
}

/// What can be chosen for the baseline of a priority area: to write it, the figure that was taken
/// where others were frozen since, and those that were frozen last.
pub(super) fn options(found: &Found, body: &Body) -> Vec<(String, String)> {
    let mut all = vec![(String::new(), "I write it below".to_owned())];
    let offered = offered(found);
    if let Body::Priority(it) = body
        && !it.figure.is_empty()
        && !offered.iter().any(|of| of.code == it.figure)
    {
        let run = short(&it.run);
        all.push((it.figure.clone(), format!("As it was taken from run {run}")));
    }
    all.extend(offered.into_iter().map(|it| (it.code, it.says)));
    all
}

/// Puts the figure that was chosen in place of a baseline that is written. What somebody wrote beside
/// it, other than what stood there, is not lost: they are asked which of the two they want. Where the
/// choice is taken back, what the figure filled in does not stay, since everybody would read it then.
pub(super) fn take(
    found: &Found,
    before: &Body,
    (shown, document): (&mut BTreeMap<String, String>, &mut Map<String, Value>),
    wrong: &mut Wrong,
) {
    let Body::Priority(before) = before else { return };
    let chosen = shown.get(FIGURE).cloned().unwrap_or_default();
    let stood = [&before.value, &before.unit, &before.period, &before.source].map(Clone::clone);
    if chosen.is_empty() {
        if !before.figure.is_empty() {
            let is_left = |name: &str, stood: &str| shown.get(name).is_some_and(|it| it == stood);
            // Whoever does not see the figure is not told that they guessed it.
            wrong.unless(!found.sees || !is_left(VALUE, &before.value), VALUE, STILL);
            wrong.unless(!is_left(SOURCE, &before.source), SOURCE, STILL);
        }
        document.insert("run".to_owned(), Value::String(String::new()));
        return;
    }
    let (fills, run) = if chosen == before.figure {
        (stood.clone(), before.run.clone())
    } else {
        // What is not offered was refused already.
        let Some(it) = offered(found).into_iter().find(|it| it.code == chosen) else { return };
        (it.fills, found.figures.as_ref().map_or_else(String::new, |it| it.run.clone()))
    };
    let is_other = FILLED.iter().zip(fills.iter().zip(&stood)).any(|(name, (fill, old))| {
        let typed = shown.get(*name).map_or("", String::as_str);
        !typed.is_empty() && typed != fill && typed != old
    });
    if is_other {
        wrong.add(FIGURE, BOTH);
        return;
    }
    for (name, fill) in FILLED.iter().zip(fills) {
        if found.sees {
            shown.insert((*name).to_owned(), fill.clone());
        }
        document.insert((*name).to_owned(), Value::String(fill));
    }
    document.insert("run".to_owned(), Value::String(run));
}

/// Whether the baseline of a priority area is a figure that whoever asks may not see.
pub(super) fn is_hidden(found: &Found, it: &Priority) -> bool {
    !it.figure.is_empty() && !found.sees
}

/// Takes the figure out of what a form or a page shows to those who may not see it.
pub(super) fn hide(found: &Found, body: &Body, values: &mut BTreeMap<String, String>) {
    if let Body::Priority(it) = body
        && is_hidden(found, it)
    {
        values.remove(VALUE);
    }
}

/// Where the baseline of a priority area comes from, in its own run; blank where somebody wrote it, and
/// for those who may not see it.
pub(super) fn from(found: &Found, it: &Priority) -> String {
    if it.figure.is_empty() || !found.sees {
        return String::new();
    }
    named_run::naming(&behind(found, &place(&it.figure)), &it.run)
}

/// The place on the page of the service line at which a figure stands.
fn place(figure: &str) -> String {
    let of = figure.split_once('/').map_or(figure, |it| it.1);
    match of.split_once('-') {
        Some(("row" | "line", row)) => place_of_row(row),
        _ if of == "patients" => place_of_row(""),
        _ => "#change".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_leads_to_its_place_on_the_page_of_the_service_line() {
        for (figure, wanted) in [
            ("2/row-theatres", "#row-theatres"),
            ("1/line-direct_pay", "#row-direct_pay"),
            ("1/decides", "#change"),
            ("3/patients", "#statement"),
        ] {
            assert_eq!(place(figure), wanted, "{figure}");
        }
    }
}
