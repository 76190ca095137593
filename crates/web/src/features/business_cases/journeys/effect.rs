//! What would become of a journey, in words: cost of one patient, time of staff, result of the line.

use engagement::journeys::{Effect, Journey, LineResult, Path, Released};
use engagement::pence::{self, Pence};

use crate::shell::words;

/// Months of a year.
const YEAR: u8 = 12;

/// What would become of a journey, as pages show it.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub(super) name: String,
    /// What, now, then, and how it differs.
    pub(super) rows: Vec<[String; 4]>,
    /// Time of staff of a year: who, minutes, slots.
    pub(super) time: Vec<[String; 3]>,
    /// What it would do to the result of the line, in sentences.
    pub(super) result: Vec<String>,
    /// Where it is changed, and where it is taken out; blank for those who may not.
    pub(super) change: String,
    pub(super) remove: String,
}

impl Shown {
    pub(super) fn of(journey: &Journey, name: &str, then: &Path) -> Self {
        let effect = journey.effect(then);
        let now = &journey.present;
        let money = |name: &str, (now, then): (Pence, Pence)| {
            [name.to_owned(), now.to_string(), then.to_string(), then.against(now)]
        };
        let count = |it: i64| words::thousands(it.unsigned_abs());
        Self {
            name: name.to_owned(),
            rows: vec![
                money("Cost of one patient", effect.each),
                [
                    "Minutes of one patient".to_owned(),
                    pence::minutes(now.tenths()),
                    pence::minutes(then.tenths()),
                    more(then.tenths() - now.tenths()),
                ],
                [
                    "Patients a year".to_owned(),
                    count(now.patients),
                    count(then.patients),
                    more((then.patients - now.patients) * 10),
                ],
                money("Cost of a year", effect.year),
            ],
            time: effect.released.iter().map(|it| time(it.0, *it.1)).collect(),
            result: result(journey, &effect),
            change: String::new(),
            remove: String::new(),
        }
    }
}

/// A difference in tenths: `7.5 more`, `3 fewer`, `the same`.
fn more(tenths: i64) -> String {
    match tenths {
        0 => "the same".to_owned(),
        1.. => format!("{} more", pence::minutes(tenths)),
        _ => format!("{} fewer", pence::minutes(-tenths)),
    }
}

fn time(staff: &str, it: Released) -> [String; 3] {
    let way = |amount: String| match it.tenths {
        0 => "the same".to_owned(),
        1.. => format!("{amount} released"),
        _ => format!("{amount} more needed"),
    };
    let slots = words::thousands(it.slots.unsigned_abs());
    [staff.to_owned(), way(pence::minutes(it.tenths.abs())), way(slots)]
}

fn result(journey: &Journey, effect: &Effect) -> Vec<String> {
    let Some(better) = effect.result else {
        return vec![
            "With more or fewer patients nobody can say what becomes of the result before the income of one patient is written."
                .to_owned(),
        ];
    };
    let change = match better.whole() {
        0 => "would not change the result".to_owned(),
        1.. => format!("would make the result {better} better"),
        _ => format!("would make the result {} worse", Pence::ZERO - better),
    };
    let mut said = vec![format!(
        "If every minute and every pound of it left the ledger, or came to it, it {change}. Time that is released is capacity and no cash: money is saved only once it is no longer spent."
    )];
    said.extend(journey.line.as_ref().map(|it| of_line(it, better)));
    said
}

/// The result of the line, and what it would be; the effect of a year is added to that of a whole year
/// alone.
fn of_line(line: &LineResult, better: Pence) -> String {
    let had = format!(
        "The service line had a {} in {} (run {})",
        line.result.balance(),
        line.period,
        crate::shell::provenance::short(&line.run),
    );
    match line.last_period {
        YEAR => format!("{had}; so it would have a {}.", (line.result + better).balance()),
        1..YEAR => {
            let months = words::count(u64::from(line.last_period), "month", "months");
            format!(
                "{had}. That is of {months}, and what is worked out here is of a whole year, so they are not added up."
            )
        }
        _ => format!(
            "{had}. Nobody kept of how many months that is, and what is worked out here is of a whole year, so they are not added up."
        ),
    }
}

#[cfg(test)]
mod tests {
    use engagement::journeys::{RateSource, Step};

    use super::*;

    fn journey() -> Journey {
        let step = |staff: &str, tenths, rate: &str| Step {
            what: "Clinic".to_owned(),
            staff: staff.to_owned(),
            tenths,
            rate: rate.parse().expect("a rate"),
            from: RateSource::Entered { source: "Pay scales".to_owned() },
        };
        Journey {
            title: "Hips".to_owned(),
            slot: 20,
            present: Path { patients: 100, steps: vec![step("Surgeon", 300, "2")] },
            line: Some(LineResult {
                run: "0a1b2c3d4e5f".to_owned(),
                period: "2025/26 to the end of March".to_owned(),
                last_period: 12,
                result: Pence::new(-500_000),
            }),
            ..Journey::default()
        }
    }

    #[test]
    fn an_effect_is_told_in_words_and_never_as_cash() {
        let journey = journey();
        let mut then = journey.present.clone();
        then.steps[0].tenths = 100;
        let shown = Shown::of(&journey, "Shorter", &then);
        assert_eq!(shown.rows[0], ["Cost of one patient", "£60.00", "£20.00", "£40.00 less"]);
        assert_eq!(shown.rows[1][3], "20 fewer");
        // 20 minutes of 100 patients are 2,000 minutes, 100 slots.
        assert_eq!(shown.time[0], ["Surgeon", "2,000 released", "100 released"]);
        assert!(
            shown.result[0].contains("£4,000.00 better") && shown.result[0].contains("no cash")
        );
        assert_eq!(
            shown.result[1],
            "The service line had a deficit of £5,000.00 in 2025/26 to the end of March (run 0a1b2c3d); so it would have a deficit of £1,000.00."
        );
        let mut early = journey.clone();
        let parts = [(3, "That is of 3\u{a0}months"), (0, "Nobody kept of how many months")];
        for (months, said) in parts {
            early.line.as_mut().expect("a result").last_period = months;
            let told = Shown::of(&early, "Shorter", &then).result.join(" ");
            let told = told.split_once("The service line").expect("it is told").1;
            assert!(told.contains(said) && told.contains("a deficit of £5,000.00"), "{told}");
            assert!(!told.contains("it would have") && !told.contains("1,000.00"), "{told}");
        }
        let more = Path { patients: 120, ..journey.present.clone() };
        let told = Shown::of(&journey, "More", &more).result;
        assert!(told[0].contains("before the income of one patient is written"), "{told:?}");
    }
}
