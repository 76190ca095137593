//! Colleagues in order of code: the rows of the table, and the same figures as a chart.

use charts::{DotRow, Dots, Heading, Mark, Reference};
use results::outcomes::{LeftOut, Uses};
use statistics::case_mix::{Adjusted, TooFew};

use super::sentences::{Side, Values, number, side};
use crate::shell::words;

/// The table.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) rows: Vec<Row>,
    /// Colleagues that do not stand alone: who, how many spells, and why.
    pub(super) together: Vec<(String, String, String)>,
    /// Spells and mean of the specialty.
    pub(super) all: (String, String),
}

/// One colleague.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) code: String,
    pub(super) spells: String,
    pub(super) recorded: String,
    pub(super) adjusted: String,
    pub(super) interval: String,
    pub(super) chance: String,
    pub(super) beyond: String,
    pub(super) is_beyond: bool,
}

impl Table {
    pub(super) fn of(uses: &Uses, values: &Values) -> Self {
        let compared = uses
            .consultants
            .iter()
            .filter_map(|it| it.compared.as_ref().ok().map(|compared| (&it.code, compared)));
        let small = small(uses);
        // With one colleague left out, the spells of all would tell what that one's needed.
        let spells = match small.len() {
            1 => "not shown".to_owned(),
            _ => uses.overall.map_or_else(String::new, |it| words::thousands(it.n)),
        };
        let mean = uses.overall.map_or_else(String::new, |it| values.bare(it.value));
        Self {
            caption: format!("{} for each spell, in order of code", uses.name),
            rows: compared.map(|(code, it)| Row::of(code, it, values)).collect(),
            together: together(uses, &small),
            all: (spells, mean),
        }
    }
}

impl Row {
    fn of(code: &str, it: &Adjusted, values: &Values) -> Self {
        let beyond = match side(it) {
            Side::Within => "No",
            Side::Above => "▲ Yes, higher",
            Side::Below => "▲ Yes, lower",
        };
        Self {
            code: code.to_owned(),
            spells: words::thousands(it.raw.n),
            recorded: values.bare(it.raw.value),
            adjusted: values.bare(it.adjusted.value),
            interval: values.range((it.adjusted.low, it.adjusted.high)),
            chance: values.range(it.chance),
            beyond: beyond.to_owned(),
            is_beyond: side(it) != Side::Within,
        }
    }

    pub(super) fn sample(code: &str, beyond: &str) -> Self {
        Self {
            code: code.to_owned(),
            spells: "142".to_owned(),
            recorded: "4.4".to_owned(),
            adjusted: "4.7".to_owned(),
            interval: "4.2 to 5.2".to_owned(),
            chance: "4.3 to 5.9".to_owned(),
            beyond: beyond.to_owned(),
            is_beyond: beyond != "No",
        }
    }
}

/// Spells of each colleague who has too few to stand alone.
pub(super) fn small(uses: &Uses) -> Vec<u64> {
    let found = uses.consultants.iter().filter_map(|it| match it.compared {
        Err(LeftOut::TooFew(TooFew::Cases { found, .. })) => Some(found),
        _ => None,
    });
    found.collect()
}

/// Those who do not stand alone; of one, not even how many spells.
fn together(uses: &Uses, small: &[u64]) -> Vec<(String, String, String)> {
    let mut rows = Vec::new();
    let needed = uses.floors.cases;
    match small {
        [] => {}
        [_] => rows.push((
            format!("One colleague with fewer than {needed} spells"),
            "not shown".to_owned(),
            "Not shown singly".to_owned(),
        )),
        several => rows.push((
            format!(
                "{} colleagues with fewer than {needed} spells each",
                words::capital(&number(u64::try_from(several.len()).unwrap_or(u64::MAX)))
            ),
            words::thousands(several.iter().sum()),
            "Not shown singly".to_owned(),
        )),
    }
    let is_several = |it: &&results::outcomes::ConsultantUse| {
        matches!(it.compared, Err(LeftOut::SeveralSpecialties(_)))
    };
    let codes = uses.consultants.iter().filter(is_several).count();
    if codes > 0 {
        let codes = u64::try_from(codes).unwrap_or(u64::MAX);
        let noun = if codes == 1 { "code" } else { "codes" };
        rows.push((
            format!(
                "{} {noun} under which several specialties were treated",
                words::capital(&number(codes))
            ),
            String::new(),
            "May be several people, so not compared".to_owned(),
        ));
    }
    rows
}

/// The chart: words of its title and note, and the drawing.
#[derive(Clone, Debug, Default)]
pub(super) struct Drawn {
    pub(super) title: String,
    pub(super) svg: String,
    pub(super) note: String,
}

impl Drawn {
    pub(super) fn of(uses: &Uses, values: &Values) -> Self {
        let row = |(code, it): (&String, &Adjusted)| {
            let side = side(it);
            let is_beyond = side != Side::Within;
            let words = if is_beyond { "beyond chance" } else { "within chance" };
            DotRow {
                name: format!("Colleague {code}"),
                value: format!("{}, {words}", values.bare(it.adjusted.value)),
                estimate: Some(it.adjusted.value),
                interval: Some((it.adjusted.low, it.adjusted.high)),
                recorded: Some(it.raw.value),
                chance: Some(it.chance),
                // Neither way is good by itself.
                mark: if is_beyond { Mark::Neither } else { Mark::Ordinary },
                is_strong: is_beyond,
            }
        };
        let compared = uses
            .consultants
            .iter()
            .filter_map(|it| it.compared.as_ref().ok().map(|compared| (&it.code, compared)));
        let reference = uses.overall.map(|it| Reference {
            label: format!("specialty {}", values.bare(it.value)),
            value: it.value,
            is_main: true,
        });
        let title = format!("{} for each spell", uses.name);
        let chart = Dots {
            heading: Heading {
                id: "colleagues-chart".to_owned(),
                title: title.clone(),
                description: format!(
                    "Each colleague’s {} adjusted for the patients treated, with its interval and \
                     the range that chance gives. The table on this page holds the same figures.",
                    words::lower(&uses.name)
                ),
            },
            width: 900,
            unit: uses.unit.clone(),
            rows: compared.map(row).collect(),
            references: reference.into_iter().collect(),
        }
        .draw();
        Self { title, svg: chart.svg(), note: chart.note }
    }
}
