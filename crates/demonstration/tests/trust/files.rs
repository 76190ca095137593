//! Bytes, sizes and identities of the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::reading;
use demonstration::{Size, Summary};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

fn written(seed: u64) -> (TempDir, Summary) {
    let dir = tempfile::tempdir().expect("a folder");
    let summary =
        demonstration::write(dir.path(), Size::Small, seed, &|_, _, _| {}).expect("written");
    (dir, summary)
}

fn hash(dir: &Path) -> Vec<u8> {
    let mut hash = Sha256::new();
    for (name, bytes) in reading::files(dir) {
        hash.update(name.as_bytes());
        hash.update(&bytes);
    }
    hash.finalize().to_vec()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let (first, _) = written(7);
    let (second, _) = written(7);
    let (third, _) = written(8);
    assert_eq!(hash(first.path()), hash(second.path()));
    assert_ne!(hash(first.path()), hash(third.path()));
}

#[test]
fn a_small_trust_has_some_five_thousand_events_and_every_feed() {
    let (_dir, summary) = written(1);
    assert_eq!(summary.years.len(), 2);
    for year in summary.years.values() {
        let events: u64 = year.events.values().sum();
        assert!((4_500..=5_700).contains(&events), "{events} events");
        assert!((1_500..=2_500).contains(&year.ledger_lines), "{} lines", year.ledger_lines);
        assert!((4_000_000..=5_500_000).contains(&year.cost_pounds), "{}", year.cost_pounds);
    }
    let empty: Vec<&String> = summary.years["2025-26"]
        .rows
        .iter()
        .filter(|(_, rows)| **rows == 0)
        .map(|it| it.0)
        .collect();
    assert!(empty.is_empty(), "{empty:?}");
}

#[test]
fn the_summary_counts_the_rows_of_the_files() {
    let (dir, summary) = written(1);
    let year = &summary.years["2025-26"];
    let folder = dir.path().join("2025-26");
    for (feed, file) in
        [("APC", "apc.csv"), ("PATH", "pathology.csv.gz"), ("WARD", "ward_stays.csv")]
    {
        let rows = reading::rows(&folder.join("feeds").join(file)).len();
        assert_eq!(u64::try_from(rows).expect("rows"), year.rows[feed], "{feed}");
    }
    let lines = reading::rows(&folder.join("ledger/trial_balance.csv")).len();
    assert_eq!(u64::try_from(lines).expect("lines"), year.ledger_lines);
}

#[test]
fn the_ledger_adds_up_to_its_control_totals() {
    let (dir, _) = written(1);
    let pence = |text: &str| text.replace('.', "").parse::<i64>().expect("two decimals");
    for year in ["2024-25", "2025-26"] {
        let folder = dir.path().join(year).join("ledger");
        let mut sums: BTreeMap<usize, i64> = BTreeMap::new();
        for row in reading::rows(&folder.join("trial_balance.csv")) {
            let period: usize = row["PERIOD"].parse().expect("a period");
            for later in period..=12 {
                *sums.entry(later).or_default() += pence(&row["AMOUNT"]);
            }
        }
        for row in reading::rows(&folder.join("control_total.csv")) {
            let period: usize = row["PERIOD"].parse().expect("a period");
            assert_eq!(sums[&period], pence(&row["LEDGER TOTAL"]), "{year} {period}");
        }
    }
}

#[test]
fn the_ledger_is_not_made_from_the_feeds() {
    let (dir, _) = written(1);
    let (other, _) = written(2);
    let pence = |text: &str| text.replace('.', "").parse::<i64>().expect("two decimals");
    let of = |dir: &Path, account: &str| -> i64 {
        let rows = reading::rows(&dir.join("2025-26/ledger/trial_balance.csv"));
        let own = rows.iter().filter(|it| it["ACCOUNT"].starts_with(account));
        own.map(|it| pence(&it["AMOUNT"])).sum()
    };
    let priced = |dir: &Path| -> i64 {
        let rows = reading::rows(&dir.join("2025-26/income/income.csv"));
        rows.iter().map(|it| pence(&it["AMOUNT RECOGNISED"])).sum()
    };
    // Contracts and orders follow the plan: near what patients turned out to need, never equal to it
    // by a fixed margin.
    let ledger = |dir: &Path| -> i64 { ["41", "44"].map(|it| -of(dir, it)).iter().sum() };
    let per_mille = [dir.path(), other.path()].map(|it| ledger(it) * 1000 / priced(it));
    assert!(per_mille.iter().all(|it| (930..=1070).contains(it)), "{per_mille:?}");
    let traced = |dir: &Path| -> i64 {
        let rows = reading::rows(&dir.join("2025-26/feeds/medicines.csv.gz"));
        let high = rows.iter().filter(|it| it["MEDICINE CODE"].starts_with('H'));
        high.map(|it| pence(&it["COST"])).sum()
    };
    let per_mille = [dir.path(), other.path()].map(|it| of(it, "6120") * 1000 / traced(it));
    assert_ne!(per_mille[0], per_mille[1], "orders do not follow issues");
    assert!(per_mille.iter().all(|it| (700..=1400).contains(it)), "{per_mille:?}");
}

#[test]
fn every_nhs_number_is_of_the_test_range_and_few_are_wrong_on_purpose() {
    let (dir, _) = written(1);
    let (mut right, mut wrong) = (0, 0);
    let mut people: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for year in ["2024-25", "2025-26"] {
        for name in reading::files(&dir.path().join(year).join("feeds")).into_keys() {
            for row in reading::rows(&dir.path().join(year).join("feeds").join(&name)) {
                let Some(number) = row.get("NHS NUMBER").filter(|it| !it.is_empty()) else {
                    continue;
                };
                assert_eq!(number.len(), 10, "{name}");
                assert!(number.starts_with("999"), "{name}");
                if !is_valid(number) {
                    wrong += 1;
                    continue;
                }
                right += 1;
                if !row["LOCAL PATIENT IDENTIFIER"].is_empty() {
                    let locals = people.entry(number.clone()).or_default();
                    locals.insert(row["LOCAL PATIENT IDENTIFIER"].clone());
                }
            }
        }
    }
    assert!(right > 50_000, "{right} numbers");
    assert!(wrong > 0 && wrong * 100 < right, "{wrong} of {right} are wrong");
    assert!(people.values().all(|locals| locals.len() == 1), "one person for each number");
}

/// Whether the last digit is the check digit of the nine before it.
fn is_valid(number: &str) -> bool {
    let digits: Vec<u32> = number.chars().filter_map(|it| it.to_digit(10)).collect();
    let weights = (2..=10).rev();
    let sum: u32 = digits[..9].iter().zip(weights).map(|(digit, weight)| digit * weight).sum();
    match 11 - sum % 11 {
        11 => digits[9] == 0,
        digit => digits[9] == digit,
    }
}

#[test]
fn national_figures_say_where_they_come_from() {
    let figures = demonstration::national_figures();
    assert!(figures.iter().any(|it| it.source == "ncc-2024-25"));
    assert!(figures.iter().all(|it| !it.source.is_empty() && !it.note.is_empty()));
}

#[test]
fn a_faulty_month_differs_from_its_year_by_what_its_record_says() {
    let (dir, _) = written(1);
    let lines = |path: &str| -> Vec<Vec<u8>> {
        let bytes = reading::bytes(&dir.path().join(path));
        bytes.split(|it| *it == b'\n').map(<[u8]>::to_vec).collect()
    };
    let pence = |text: &str| text.replace(['.', ',', '£', '\u{fffd}'], "").parse::<i64>();
    let pence = |text: &str| pence(text).expect("two decimals");
    let planted = |month: &str, code: &str| -> Vec<(usize, i64)> {
        let rows = reading::rows(&dir.path().join("month_12/planted.csv"));
        let of = rows.iter().filter(|it| it["FOLDER"].ends_with(month) && it["CODE"] == code);
        of.map(|it| (it["ROWS"].parse().expect("rows"), pence(&it["POUNDS"]))).collect()
    };
    for month in ["as_sent", "mended"] {
        let path = |name: &str| format!("month_12/{month}/{name}");
        // Every twenty-fifth device stands there once more, every fortieth on a 31 February.
        let devices = reading::rows(&dir.path().join(path("devices.csv")));
        let good = reading::rows(&dir.path().join("2025-26/feeds/devices.csv"));
        let no_date: Vec<_> =
            devices.iter().filter(|it| it["USED ON DATE"] == "2026-02-31").collect();
        let cost: i64 = no_date.iter().map(|it| pence(&it["PRICE PAID"])).sum();
        assert_eq!(planted(month, "C4"), [(no_date.len(), cost)]);
        let total =
            |all: &reading::Rows| -> i64 { all.iter().map(|it| pence(&it["PRICE PAID"])).sum() };
        let twice = (devices.len() - good.len(), total(&devices) - total(&good));
        assert_eq!(planted(month, "E1"), [twice]);
        assert_eq!(no_date.len(), good.len() / 40);

        let new = &lines(&path("trial_balance.csv"))
            [lines("2025-26/ledger/trial_balance.csv").len() - 1..];
        // £38,400.00 and £2,150.00, and the end of the file.
        assert_eq!((new.len(), planted(month, "F4")), (3, vec![(2, 4_055_000)]));
    }
    let total = |path: &str| pence(&reading::rows(&dir.path().join(path))[11]["LEDGER TOTAL"]);
    let before = total("2025-26/ledger/control_total.csv");
    assert_eq!(total("month_12/as_sent/control_total.csv"), before);
    assert_eq!(total("month_12/mended/control_total.csv"), before + 4_055_000);
    assert_eq!(planted("as_sent", "F1"), [(1, 4_055_000)]);
    let column = |path: &str| reading::rows(&dir.path().join(path))[0].contains_key("PATIENT NAME");
    assert!(column("month_12/as_sent/critical_care.csv"));
    assert!(!column("month_12/mended/critical_care.csv"));
}
