//! How time and memory of a costing grow with the rows of its feeds, and whether it keeps a limit
//! that is set from outside.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::sized::{self, THREADS, Took, Trial};
use crate::{performance, plot, process};

/// What is measured.
#[derive(Debug)]
struct Asked<'a> {
    /// Feed rows of each size.
    sizes: Vec<u64>,
    shape: &'a str,
    /// Address space that a costing may have at most, in MiB; none: as much as there is.
    limit_mib: Option<u64>,
    rounds: usize,
}

/// One size as it was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) rows: u64,
    pub(crate) took: Took,
}

/// The power that fits best, as a straight line through logarithms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    /// 1 is as fast as the rows.
    pub(crate) power: f64,
    /// The logarithm of the value at one.
    at_one: f64,
}

/// Makes each size in turn, costs it, takes it away, and prints a table with the exponents that fit.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let asked = asked(arguments)?;
    sized::build()?;
    let mut seen = Vec::new();
    for rows in &asked.sizes {
        let Asked { shape, limit_mib, rounds, .. } = asked;
        seen.push((*rows, sized::costed(&Trial { rows: *rows, shape, limit_mib, rounds })?));
        // What was seen is told at once: the largest size may take an hour and fail.
        println!("{}", table(&seen, &asked));
    }
    let sizes: Vec<String> = asked.sizes.iter().map(u64::to_string).collect();
    let limit = asked.limit_mib.map_or(String::new(), |it| format!(" --limit {it}"));
    let command = format!(
        "cargo xtask bench-growth --rows {} --shape {} --rounds {}{limit}",
        sizes.join(","),
        asked.shape,
        asked.rounds,
    );
    let held = if asked.limit_mib.is_some() { " held" } else { "" };
    let name = format!("growth {}{held}", asked.shape);
    let mut told = table(&seen, &asked);
    if let Some(picture) = plot::svg(&finished(&seen), "Time and memory beside the feed rows") {
        let file = format!("{}.svg", name.replace(' ', "-"));
        let path = process::repository().join("docs/reference").join(&file);
        fs::write(&path, picture).with_context(|| format!("cannot write {}", path.display()))?;
        let _ = writeln!(told, "\n![Time and memory beside the feed rows]({file})");
    }
    performance::tell(&name, &command, &told)
}

fn asked<'a>(arguments: &[&'a str]) -> Result<Asked<'a>> {
    let usage = "cargo xtask bench-growth [--rows 1,3,10,30,100] [--shape SHAPE] [--limit MIB] [--rounds N]\n(numbers below a thousand are millions)";
    let sizes = vec![1_000_000, 3_000_000, 10_000_000];
    let mut asked = Asked { sizes, shape: "even", limit_mib: None, rounds: 1 };
    for pair in arguments.chunks(2) {
        match *pair {
            ["--rows", rows] => {
                asked.sizes = rows.split(',').map(sized::rows).collect::<Result<_>>()?;
            }
            ["--shape", shape] => asked.shape = shape,
            ["--limit", limit] => {
                asked.limit_mib = Some(limit.parse().context("--limit is a number of MiB")?);
            }
            ["--rounds", rounds] => {
                asked.rounds = rounds.parse().context("--rounds is a number")?;
            }
            _ => bail!(usage),
        }
    }
    if asked.sizes.is_empty() || asked.rounds == 0 {
        bail!(usage);
    }
    Ok(asked)
}

/// The sizes that came to their end.
fn finished(seen: &[(u64, Option<Took>)]) -> Vec<Point> {
    seen.iter().filter_map(|(rows, took)| Some(Point { rows: *rows, took: (*took)? })).collect()
}

/// Sizes with time and memory, and how each grows: an exponent of 1 is as fast as the rows.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "times are not money")]
fn table(seen: &[(u64, Option<Took>)], asked: &Asked<'_>) -> String {
    let limit = asked.limit_mib.map_or(String::new(), |it| format!(", held to {it} MiB"));
    let mut text = format!(
        "{}, {THREADS} threads, {} rounds{limit}\n\n| feed rows | whole costing, s | a million rows, s | peak memory, MiB |\n|--:|--:|--:|--:|\n",
        asked.shape, asked.rounds,
    );
    for (rows, took) in seen {
        let Some(Took { seconds, peak_mib }) = took else {
            let _ = writeln!(text, "| {rows} | did not come to its end | | |");
            continue;
        };
        let each = seconds / (*rows as f64 / 1e6);
        let _ = writeln!(text, "| {rows} | {seconds:.1} | {each:.2} | {peak_mib} |");
    }
    let points = finished(seen);
    let of = |value: &dyn Fn(&Took) -> f64| {
        fit(&points.iter().map(|it| (it.rows as f64, value(&it.took))).collect::<Vec<_>>())
    };
    if let Some((time, memory)) = of(&|it| it.seconds).zip(of(&|it| it.peak_mib as f64)) {
        let _ = writeln!(
            text,
            "\nTime grows with the rows to the power of {:.2}, memory {:.2}.",
            time.power, memory.power
        );
    }
    text
}

/// The straight line through the logarithms that fits best; none of fewer than two.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "times are not money")]
pub(crate) fn fit(points: &[(f64, f64)]) -> Option<Fit> {
    if points.len() < 2 {
        return None;
    }
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(&|it| it.0), mean(&|it| it.1));
    let both: f64 = logs.iter().map(|it| (it.0 - x) * (it.1 - y)).sum();
    let own: f64 = logs.iter().map(|it| (it.0 - x) * (it.0 - x)).sum();
    let power = both / own;
    Some(Fit { power, at_one: y - power * x })
}

impl Fit {
    /// What the line says of so many rows.
    #[expect(clippy::float_arithmetic, reason = "times are not money")]
    pub(crate) fn of(self, rows: f64) -> f64 {
        (self.at_one + self.power * rows.ln()).exp()
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn what_doubles_with_the_rows_grows_as_fast_as_they() {
        let near = |found: Option<f64>, expected: f64| {
            found.is_some_and(|it| (it - expected).abs() < 1e-9)
        };
        let power = |points: &[(f64, f64)]| fit(points).map(|it| it.power);
        assert!(near(power(&[(1.0, 3.0), (10.0, 30.0), (100.0, 300.0)]), 1.0));
        // A hundred times the rows in ten times the memory: the root.
        let root = [(1.0, 5.0), (100.0, 50.0)];
        assert!(near(power(&root), 0.5));
        assert!(near(fit(&root).map(|it| it.of(100.0)), 50.0));
        assert_eq!(power(&[(1.0, 5.0)]), None);
    }

    #[test]
    fn what_did_not_come_to_its_end_is_told() {
        let took = |seconds, peak_mib| Some(Took { seconds, peak_mib });
        let seen = [(1_000_000, took(2.0, 100)), (4_000_000, took(8.0, 200)), (10_000_000, None)];
        let asked = asked(&["--rows", "1,4,10", "--limit", "512"]).expect("it is understood");
        assert_eq!(asked.sizes, [1_000_000, 4_000_000, 10_000_000]);
        // Four times the rows take four times the time and twice the memory.
        expect![[r"
            even, 2 threads, 1 rounds, held to 512 MiB

            | feed rows | whole costing, s | a million rows, s | peak memory, MiB |
            |--:|--:|--:|--:|
            | 1000000 | 2.0 | 2.00 | 100 |
            | 4000000 | 8.0 | 2.00 | 200 |
            | 10000000 | did not come to its end | | |

            Time grows with the rows to the power of 1.00, memory 0.50.
        "]]
        .assert_eq(&table(&seen, &asked));
    }
}
