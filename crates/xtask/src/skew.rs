//! What uneven input costs: one patient, one cost centre or one activity that has most of something,
//! each held to a limit of memory from outside, beside input of the same size without it.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};

use crate::performance;
use crate::sized::{self, THREADS, Took, Trial};

/// What is uneven: the name that `yardstick` knows, and what it is. The plain input is the first.
const SHAPES: [(&str, &str); 5] = [
    ("even", "nothing is uneven"),
    ("busy-patient", "one patient has a twentieth of the rows"),
    ("dear-centre", "one cost centre has three fifths of the cost"),
    ("common-activity", "one activity has half of the rows"),
    ("skewed", "all three"),
];
/// Rows unless told: half a minute on a small machine.
const ROWS: u64 = 2_000_000;
/// Address space unless told, in MiB: what is promised for a hundred million rows.
const LIMIT_MIB: u64 = 4096;

/// Costs each kind of input in turn, and prints a table.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let asked = asked(arguments)?;
    sized::build()?;
    let mut seen = Vec::new();
    for (shape, _) in SHAPES {
        seen.push(sized::costed(&Trial { shape, ..asked })?);
    }
    let Trial { rows, rounds, .. } = asked;
    let limit = asked.limit_mib.unwrap_or(LIMIT_MIB);
    let command = format!("cargo xtask bench-skew --rows {rows} --limit {limit} --rounds {rounds}");
    performance::tell("skew", &command, &table(&seen, &asked))
}

fn asked(arguments: &[&str]) -> Result<Trial<'static>> {
    let (shape, limit_mib) = (SHAPES[0].0, Some(LIMIT_MIB));
    let mut asked = Trial { rows: ROWS, shape, limit_mib, rounds: 1 };
    for pair in arguments.chunks(2) {
        match *pair {
            ["--rows", rows] => asked.rows = sized::rows(rows)?,
            ["--limit", limit] => {
                asked.limit_mib = Some(limit.parse().context("--limit is a number of MiB")?);
            }
            ["--rounds", rounds] => {
                asked.rounds = rounds.parse().context("--rounds is a number")?;
            }
            _ => bail!("cargo xtask bench-skew [--rows N] [--limit MIB] [--rounds N]"),
        }
    }
    if asked.rounds == 0 {
        bail!("nothing is measured in 0 rounds");
    }
    Ok(asked)
}

/// Each kind of input beside the plain one.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "times are not money")]
fn table(seen: &[Option<Took>], asked: &Trial<'_>) -> String {
    let limit = asked.limit_mib.map_or(String::new(), |it| format!(", held to {it} MiB"));
    let mut text = format!(
        "{} feed rows, {THREADS} threads, {} rounds{limit}\n\n| input | whole costing, s | of the plain | peak memory, MiB | of the plain |\n|---|--:|--:|--:|--:|\n",
        asked.rows, asked.rounds,
    );
    let plain = seen.first().copied().flatten();
    for ((_, what), took) in std::iter::zip(SHAPES, seen) {
        let Some(took) = took else {
            let _ = writeln!(text, "| {what} | did not come to its end | | | |");
            continue;
        };
        let [time, memory] = plain.map_or_else(<[String; 2]>::default, |it| {
            let memory = took.peak_mib as f64 / it.peak_mib as f64;
            [format!("{:.2}", took.seconds / it.seconds), format!("{memory:.2}")]
        });
        let (seconds, peak) = (took.seconds, took.peak_mib);
        let _ = writeln!(text, "| {what} | {seconds:.1} | {time} | {peak} | {memory} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn each_kind_stands_beside_the_plain_one() {
        let took = |seconds, peak_mib| Some(Took { seconds, peak_mib });
        let seen = [took(4.0, 200), took(5.0, 300), took(4.0, 200), took(3.0, 100), None];
        let asked = asked(&["--rows", "2", "--limit", "512"]).expect("it is understood");
        expect![[r"
            2000000 feed rows, 2 threads, 1 rounds, held to 512 MiB

            | input | whole costing, s | of the plain | peak memory, MiB | of the plain |
            |---|--:|--:|--:|--:|
            | nothing is uneven | 4.0 | 1.00 | 200 | 1.00 |
            | one patient has a twentieth of the rows | 5.0 | 1.25 | 300 | 1.50 |
            | one cost centre has three fifths of the cost | 4.0 | 1.00 | 200 | 1.00 |
            | one activity has half of the rows | 3.0 | 0.75 | 100 | 0.50 |
            | all three | did not come to its end | | | |
        "]]
        .assert_eq(&table(&seen, &asked));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(asked(&["--rows"]).is_err());
        assert!(asked(&["--rounds", "0"]).is_err());
    }
}
