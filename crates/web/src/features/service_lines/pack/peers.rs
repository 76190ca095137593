//! What a service line costs beside others, as a pack tells it: beside the national mean, beside similar
//! trusts, and beside values of single trusts that somebody brought in.

use std::collections::BTreeMap;

use domain::Money;
use engagement::variation::{Beside, Comparator, Others};
use results::care::{BesideNational, GapPart};
use rules::YearRules;
use store::beside::{self, StoredOthers};
use store::variation::{self, StoredInsight};

use super::super::answer::Asked;
use super::super::books::{Part, root};
use super::super::gap;
use super::super::mine::{FEWEST, gaps};
use super::super::sentences::{each, more_or_less};
use super::content::{Said, Section, page_of, section};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::joint_work::number;
use crate::shell::visit::Visit;
use crate::shell::words;

/// The part of the pack.
pub(super) const PEERS: &str = "peers";

/// So many groups, comparisons and differences are told at most.
const SHOWN: usize = 3; // number: our own choice; a pack has two pages

/// Letters of what differs.
const LETTERS: usize = 80; // number: less than a printed line

/// Millionths of a ten-thousandth.
const MICRO: i64 = 100; // number: of the register's values

/// What is said where nothing of others is here.
const NOTHING: &str = "No figures of other trusts are here. Costing accountants add national unit costs (reference_costs.csv) and values of similar trusts (peers.csv) to the model; values of single trusts are brought in beside a difference.";

/// A kind of care beside the national mean of its groups.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kind {
    part: Part,
    events: u64,
    cost: Money,
    expected: Money,
}

impl Kind {
    fn difference(&self) -> Money {
        self.cost - self.expected
    }
}

/// The kinds of care that differ most from the national mean, and those of similar trusts; values of
/// single trusts are added to it by [`with`].
pub(super) fn beside_others(asked: &Asked<'_>) -> Result<Section, Fault> {
    let (code, line) = asked.line;
    let rules = asked.books.rules()?;
    let care = asked.books.book.lines.get(code).ok_or(Fault::NotFound)?;
    let national = asked.books.book.beside_national(rules, care, |_| true);
    let page = page_of(code, "/national");
    let most = most(&national);
    let mut lines = Vec::new();
    if !most.is_empty() {
        let sources = national.sources.iter().map(|it| source(rules, it));
        let sources = sources.collect::<Vec<_>>().join("; ");
        let said = format!(
            "National means: {sources}. Of how many trusts is not stated there, nor their median."
        );
        lines.push((said, page.clone()));
    }
    lines.extend(similar(asked, rules)?);
    let row = |it: &Kind| {
        vec![
            it.part.name(rules, line),
            words::pounds(each(it.cost, it.events)),
            words::pounds(each(it.expected, it.events)),
            more_or_less(it.difference()),
        ]
    };
    let from = |it: &Kind| it.part.address(&page, &[]) + "#difference";
    let columns = ["Kind of care", "Ours, for one", "National mean", "In all"];
    Ok(Section {
        columns: columns.map(str::to_owned).to_vec(),
        rows: most.iter().map(row).collect(),
        rows_from: most.iter().map(from).collect(),
        looks: vec![("Differences that are followed up".to_owned(), "/variation".to_owned())],
        ..section(PEERS, "Beside similar trusts and the national mean", lines)
    })
}

/// With values of single trusts; or with what to do where nothing of others is there.
pub(super) fn with(mut part: Section, brought: Vec<Said>) -> Section {
    let (mut lines, mut from): (Vec<String>, Vec<String>) = brought.into_iter().unzip();
    if part.lines.is_empty() && part.rows.is_empty() && lines.is_empty() {
        lines.push(NOTHING.to_owned());
        from.push("/variation".to_owned());
    }
    part.lines.extend(lines);
    part.lines_from.extend(from);
    part
}

/// Kinds of care with enough events, the largest difference first.
fn most(national: &BesideNational) -> Vec<Kind> {
    let mut sums: BTreeMap<(String, String), (u64, Money, Money)> = BTreeMap::new();
    for it in &national.kinds {
        let sum = sums.entry((it.pod.clone(), root(&it.hrg))).or_default();
        sum.0 += it.events;
        sum.1 += it.cost;
        sum.2 += it.expected;
    }
    let kind = |((pod, hrg), (events, cost, expected))| Kind {
        part: Part { pod, hrg },
        events,
        cost,
        expected,
    };
    let mut all: Vec<Kind> = sums.into_iter().map(kind).collect();
    all.retain(|it| it.events >= FEWEST);
    all.sort_by_key(|it| std::cmp::Reverse(it.difference().abs()));
    all.truncate(SHOWN);
    all
}

/// `Survey of stays, 2025/26`; the key itself where the model says no more.
fn source(rules: &YearRules, key: &str) -> String {
    match rules.sources.get(key) {
        Some(it) if it.edition.is_empty() => it.title.clone(),
        Some(it) => format!("{}, {}", it.title, it.edition),
        None => key.to_owned(),
    }
}

/// The largest comparisons with similar trusts, those of one kind of care in one line.
fn similar(asked: &Asked<'_>, rules: &YearRules) -> Result<Vec<Said>, Fault> {
    let mut found = gaps(asked)?;
    found.sort_by_key(|it| std::cmp::Reverse(it.2.amount.abs()));
    found.truncate(SHOWN);
    let mut told: Vec<(Part, &GapPart, Vec<String>)> = Vec::new();
    for (part, _, it) in &found {
        let said = words::lower(&gap::said(it));
        let is_same = |of: &&mut (Part, &GapPart, Vec<String>)| {
            of.0 == *part && of.1.peers == it.peers && of.1.source == it.source
        };
        match told.iter_mut().find(is_same) {
            Some(of) => of.2.push(said),
            None => told.push((part.clone(), it, vec![said])),
        }
    }
    let page = page_of(asked.line.0, "");
    let line = |(part, it, said): &(Part, &GapPart, Vec<String>)| {
        let name = part.name(rules, asked.line.1);
        let from = source(rules, &it.source);
        let text = format!("{name}, beside {}: {}. {from}.", it.peers, said.join("; "));
        (text, part.address(&page, &[]) + "#gap")
    };
    Ok(told.iter().map(line).collect())
}

/// Values of single trusts that were brought in beside differences of a service line until now, the
/// latest first; nothing of colleagues within the trust.
pub(super) async fn brought(app: &App, visit: &Visit, unit: &str) -> Result<Vec<Said>, Fault> {
    let mut db = app.store().read().await?;
    let mut found: Vec<(StoredInsight, StoredOthers)> = Vec::new();
    for it in variation::list(&mut db).await? {
        if it.of.unit.as_str() != unit || !is_of_trusts(it.of.comparator) {
            continue;
        }
        let mut all = beside::of_insight(&mut db, &it.id).await?;
        // A pack tells what was known on its day.
        all.retain(|it| it.at <= visit.now);
        found.extend(all.pop().map(|last| (it, last)));
    }
    found.sort_by_key(|it| std::cmp::Reverse(it.1.at));
    found.truncate(SHOWN);
    let said = |(it, last): &(StoredInsight, StoredOthers)| {
        let on = words::moment(last.at);
        let told = told(&it.of.differs, &last.of, &last.of.beside()?);
        Some((format!("{told} Brought in {on}."), format!("/variation/{}", it.id)))
    };
    Ok(found.iter().filter_map(said).collect())
}

/// Whether values beside a difference are those of other trusts.
const fn is_of_trusts(it: Comparator) -> bool {
    !matches!(it, Comparator::Own | Comparator::Before)
}

/// The own figure, and what the values of the others come to.
fn told(differs: &str, of: &Others, it: &Beside) -> String {
    let figure = |e4: i64| format!("{}\u{a0}{}", number(e4.saturating_mul(MICRO)), of.unit.trim());
    let top = it
        .top_quartile_e4
        .map_or_else(String::new, |it| format!(", top quartile from {}", figure(it)));
    format!(
        "{}: ours {}, median of {} {}{top}. {}",
        short(differs),
        figure(of.own_e4),
        words::count(it.values as u64, "other", "others"),
        figure(it.median_e4),
        words::sentence(&of.source)
    )
}

/// The first words of a text, as many as a line holds.
fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= LETTERS {
        return text.trim_end_matches('.').to_owned();
    }
    let begin: String = text.chars().take(LETTERS).collect();
    format!("{} …", begin.rsplit_once(' ').map_or(begin.as_str(), |it| it.0))
}

#[cfg(test)]
mod tests {
    use engagement::benefits::Good;
    use results::care::NationalKind;

    use super::*;

    fn kind(hrg: &str, events: u64, (cost, national): (i64, i64)) -> NationalKind {
        let count = i64::try_from(events).expect("few");
        NationalKind {
            pod: "EL".to_owned(),
            hrg: hrg.to_owned(),
            events,
            cost: Money::from_pounds(cost),
            national: Money::from_pounds(national),
            expected: Money::from_pounds(national * count),
        }
    }

    #[test]
    fn the_kinds_that_differ_most_are_told_and_groups_of_one_operation_are_one() {
        let national = BesideNational {
            kinds: vec![
                // £120,000 for 20 beside £100,000, and £70,000 for 10 beside £60,000: £30,000 more.
                kind("HN12A", 20, (120_000, 5_000)),
                kind("HN12B", 10, (70_000, 6_000)),
                // £40,000 less.
                kind("HN22A", 10, (60_000, 10_000)),
                // Nine are too few, however much they differ.
                kind("HN99Z", 9, (900_000, 1_000)),
                kind("HN30A", 10, (11_000, 1_000)),
                kind("HN40A", 10, (10_500, 1_000)),
            ],
            ..BesideNational::default()
        };
        let told: Vec<String> = most(&national)
            .iter()
            .map(|it| {
                let own = words::pounds(each(it.cost, it.events));
                let mean = words::pounds(each(it.expected, it.events));
                format!("{} {own} {mean} {}", it.part.hrg, more_or_less(it.difference()))
            })
            .collect();
        assert_eq!(
            told,
            [
                "HN22 £6,000 £10,000 £40,000 less",
                "HN12 £6,333 £5,333 £30,000 more",
                "HN30 £1,100 £1,000 £1,000 more",
            ]
        );
    }

    #[test]
    fn values_of_single_trusts_are_told_with_their_number_median_and_source() {
        // 3.1, 3.7, 4.1, 4.9, 5.2: the median is 4.1, and a quarter of the four steps is 3.7.
        let of = Others {
            own_e4: 51_000,
            values_e4: vec![49_000, 31_000, 52_000, 37_000, 41_000],
            good: Good::Down,
            unit: "days".to_owned(),
            source: "Benchmarking club, 2025/26".to_owned(),
        };
        let beside = of.beside().expect("there are values");
        let said = told("A stay is longer.", &of, &beside).replace('\u{a0}', " ");
        assert_eq!(
            said,
            "A stay is longer: ours 5.1 days, median of 5 others 4.1 days, top quartile from 3.7 days. Benchmarking club, 2025/26."
        );
    }

    #[test]
    fn a_long_text_is_cut_between_two_words() {
        let long = "longer ".repeat(20);
        // Eleven words of seven letters are 77, and a twelfth is cut.
        assert_eq!(short(&long), format!("{}…", "longer ".repeat(11)));
        assert_eq!(short("Short."), "Short");
    }

    #[test]
    fn where_nothing_of_others_is_there_it_says_where_it_comes_in() {
        let none = with(Section::default(), Vec::new());
        assert_eq!(none.lines, [NOTHING]);
        assert_eq!(none.lines_from, ["/variation"]);
        let told = with(Section::default(), vec![("Ours".to_owned(), "/variation/1".to_owned())]);
        assert_eq!((told.lines.as_slice(), told.lines_from.len()), (&["Ours".to_owned()][..], 1));
    }
}
