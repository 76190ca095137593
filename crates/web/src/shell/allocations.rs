//! By which activities cost reaches a unit: amounts of a run, the rules of each in plain words, and
//! the inputs that they rest on.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use results::Run;
use rules::YearRules;
use rules::year::{
    ActivityRule, CountUnit, Feed, FeedRole, Pattern, ResourceMethod, WeightDriver, WeightKey,
    WeightSet,
};
use sha2::{Digest as _, Sha256};

use super::care;
use super::fault::Fault;
use super::words;

/// Cost that reaches a unit by one activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// Code of the activity.
    pub activity: String,
    /// Its name.
    pub name: String,
    /// What reaches the unit.
    pub unit_cost: Money,
    /// What reaches all units.
    pub trust_cost: Money,
    /// Its rules in words.
    pub rules: Vec<String>,
}

/// Allocations of a service line in a run, in the order of their names; none where the run does not
/// hold it.
///
/// # Errors
///
/// [`Fault::Broken`] if the run cannot be read.
pub fn allocations(run: &Run, unit: &str) -> Result<Vec<Allocation>, Fault> {
    let book = care::book(run)?;
    let rules = run.rules()?;
    let Some(line) = book.lines.get(unit) else { return Ok(Vec::new()) };
    let mut trust: BTreeMap<u16, Money> = BTreeMap::new();
    let mut own: BTreeMap<u16, Money> = BTreeMap::new();
    let whole = |line: &results::care::LineCare| {
        let mut care = line.sum(|_| true);
        care.add(&line.apart);
        care.parts
    };
    for it in book.lines.values() {
        for ((activity, _), amount) in whole(it) {
            *trust.entry(activity).or_default() += amount;
        }
    }
    for ((activity, _), amount) in whole(line) {
        *own.entry(activity).or_default() += amount;
    }
    let one = |(number, unit_cost): (u16, Money)| {
        let code = book.activities.get(usize::from(number))?;
        let name = rules.activities.get(code).map_or(code, |it| &it.name);
        Some(Allocation {
            activity: code.clone(),
            name: name.clone(),
            unit_cost,
            trust_cost: trust.get(&number).copied().unwrap_or_default(),
            rules: rules_of(rules, code),
        })
    };
    let mut all: Vec<Allocation> =
        own.into_iter().filter(|it| !it.1.is_zero()).filter_map(one).collect();
    all.sort_by(|one, other| (&one.name, &one.activity).cmp(&(&other.name, &other.activity)));
    Ok(all)
}

/// The rules of an activity in words: what counts in it, which resources reach it, and by what.
pub fn rules_of(rules: &YearRules, activity: &str) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(it) = rules.activities.get(activity) {
        let unit = match it.count_unit {
            CountUnit::Number => "by number",
            CountUnit::Minutes => "in minutes",
        };
        said.push(format!("It is counted {unit}."));
    }
    for (feed, all) in &rules.activity_rules {
        let name = rules.feeds.get(feed).map_or(feed.as_str(), |it| it.name.as_str());
        let counts = all.iter().filter(|it| it.activity == activity);
        said.extend(counts.map(|it| format!("Rows of {name} count {}.", which(it))));
    }
    for (resource, shares) in &rules.shares {
        let Some(share) = shares.get(activity) else { continue };
        let known = rules.resources.get(resource);
        let name = known.map_or(resource.as_str(), |it| it.name.as_str());
        let part = match known.map(|it| it.method) {
            Some(ResourceMethod::Feed) => {
                format!("by the weight of its rows, times {}", e4(share.share_e4))
            }
            Some(ResourceMethod::Share) | None => {
                let all: i64 = shares.values().map(|it| it.share_e4).sum();
                format!(
                    "with {} of it ({} of {} as stated)",
                    part_of(share.share_e4, all),
                    e4(share.share_e4),
                    e4(all)
                )
            }
        };
        let by = rules.weight_sets.get(&share.weight_set);
        let by = by.map_or_else(String::new, |it| {
            format!("; shared between patients by {}", weighed(rules, it))
        });
        said.push(format!("{name} reaches it {part}{by}."));
    }
    said
}

/// `where the code begins W and the specialty is 110`.
fn which(it: &ActivityRule) -> String {
    let parts = [
        ("code", &it.code),
        ("band", &it.band),
        ("specialty", &it.specialty),
        ("location", &it.location),
        ("category", &it.category),
    ];
    let said = |(name, pattern): &(&str, &Pattern)| match pattern {
        Pattern::Prefix(text) if text.is_empty() => None,
        Pattern::Prefix(text) => Some(format!("the {name} begins {text}")),
        Pattern::Exact(text) if text.is_empty() => Some(format!("there is no {name}")),
        Pattern::Exact(text) => Some(format!("the {name} is {text}")),
    };
    let all: Vec<String> = parts.iter().filter_map(said).collect();
    if all.is_empty() {
        return "whatever they say".to_owned();
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    format!("where {}", words::listed(&all))
}

fn weighed(rules: &YearRules, it: &WeightSet) -> String {
    let mut said = match it.driver {
        WeightDriver::Count => "how many rows they have".to_owned(),
        WeightDriver::Duration => "time".to_owned(),
        WeightDriver::Quantity => "quantity".to_owned(),
        WeightDriver::Cost => "the price that was paid".to_owned(),
    };
    if it.staff {
        said += ", times the staff present";
    }
    if it.minimum_seconds > 0 {
        said += &format!(", at least {}", length(it.minimum_seconds));
    }
    if let Some(of) = &it.relative {
        let key = match of.key {
            WeightKey::Code => "code",
            WeightKey::Band => "band",
            WeightKey::Specialty => "specialty",
            WeightKey::Location => "location",
        };
        let values = rules.relative_weights.get(&of.table);
        let count = values.map_or(0, BTreeMap::len) as u64;
        said += &format!(
            ", times a weight by {key} from {} ({}, state {})",
            of.table,
            words::count(count, "value", "values"),
            state_of(&format!("{values:?} {}", of.default_e4)),
        );
    }
    if it.absolute {
        said += ", charged as it is";
    }
    said
}

/// `1 minute and 30 seconds`: nothing of a length is left out.
fn length(seconds: i64) -> String {
    let seconds = u64::try_from(seconds).unwrap_or_default();
    // number: seconds of a minute
    let parts = [(seconds / 60, "minute", "minutes"), (seconds % 60, "second", "seconds")];
    let told = parts.iter().filter(|it| it.0 > 0).map(|it| words::count(it.0, it.1, it.2));
    told.collect::<Vec<String>>().join(" and ")
}

fn e4(value: i64) -> String {
    store::measures::Decimal::of_e4(value).to_string()
}

/// A stated share of all that are stated, as a percentage with one place, half away from zero.
fn part_of(share: i64, all: i64) -> String {
    let doubled = i128::from(share) * 2_000 + i128::from(all);
    let tenths = doubled.checked_div(i128::from(all) * 2).unwrap_or(0);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// Eight letters that differ where a content does.
fn state_of(content: &str) -> String {
    let hash = Sha256::digest(content.as_bytes());
    hash.iter().take(4).map(|it| format!("{it:02x}")).collect()
}

/// Everything that the cost of a service line rests on, one sentence each: the ledger's file, those
/// of the feeds whose rows count in its activities and of the events and sessions that these reach,
/// rules of these activities, a state of each family of rules, statistics of support services.
///
/// # Errors
///
/// [`Fault::Broken`] if the run cannot be read.
pub fn inputs(run: &Run, unit: &str) -> Result<Vec<String>, Fault> {
    let rules = run.rules()?;
    let all = allocations(run, unit)?;
    let activities: BTreeSet<&str> = all.iter().map(|it| it.activity.as_str()).collect();
    let feeds = feeds_of(rules, &activities);
    let mut said = Vec::new();
    for it in run.manifest().inputs.iter().filter(|it| feeds.contains(it.feed.as_str())) {
        let name = rules.feeds.get(&it.feed).map_or(it.feed.as_str(), |it| it.name.as_str());
        said.push(format!(
            "Feed {name}, file {}: {} of {} used, state {}.",
            it.name,
            words::thousands(it.rows_used),
            words::count(it.rows_read, "row", "rows"),
            it.sha256.get(..8).unwrap_or(&it.sha256),
        ));
    }
    for it in &all {
        said.extend(it.rules.iter().map(|rule| format!("{}: {rule}", it.name)));
    }
    said.extend(families(rules, &feeds));
    for (code, values) in &rules.statistics {
        let name = rules.drivers.get(code).map_or(code.as_str(), |it| it.name.as_str());
        said.push(format!(
            "Statistic {name}: {}, state {}.",
            words::count(values.len() as u64, "value", "values"),
            state_of(&format!("{values:?}")),
        ));
    }
    Ok(said)
}

/// Feeds on which the cost of activities rests: the ledger, those whose rows count in them or stand
/// in for such rows, events, to which rows are matched, and planned sessions.
fn feeds_of<'a>(rules: &'a YearRules, activities: &BTreeSet<&str>) -> BTreeSet<&'a str> {
    let counts = |feed: &str| {
        let of = rules.activity_rules.get(feed);
        of.is_some_and(|all| all.iter().any(|it| activities.contains(it.activity.as_str())))
    };
    let rests = |code: &str, it: &Feed| match it.role {
        FeedRole::Ledger | FeedRole::Master | FeedRole::Sessions => true,
        FeedRole::Auxiliary => counts(code),
        FeedRole::Aggregate => counts(code) || counts(&it.event_type),
        FeedRole::Budget | FeedRole::Income | FeedRole::Control => false,
    };
    rules.feeds.iter().filter(|it| rests(it.0, it.1)).map(|it| it.0.as_str()).collect()
}

/// Families of rules on which every cost rests, one sentence each: how many there are, and a state
/// that differs where any of them does.
fn families(rules: &YearRules, feeds: &BTreeSet<&str>) -> Vec<String> {
    let is_used = |code: &String| feeds.contains(code.as_str());
    let used: Vec<_> = rules.feeds.iter().filter(|it| is_used(it.0)).collect();
    let matched: Vec<_> = rules.matching.iter().filter(|it| is_used(it.0)).collect();
    let trials: usize = matched.iter().map(|it| it.1.len()).sum();
    let pairs: usize = rules.shares.values().map(BTreeMap::len).sum();
    let lines = rules.service_lines.len() + rules.specialties.len();
    let all = [
        ("Mapping of the ledger", rules.mapping.len(), format!("{:?}", rules.mapping)),
        ("Income in the ledger", rules.income.len(), format!("{:?}", rules.income)),
        ("Cost lines", rules.cost_lines.len(), format!("{:?}", rules.cost_lines)),
        ("Support groups", rules.support_groups.len(), format!("{:?}", rules.support_groups)),
        ("Cost objects", rules.cost_objects.len(), format!("{:?}", rules.cost_objects)),
        ("Resources", rules.resources.len(), format!("{:?}", rules.resources)),
        ("Shares of resources", pairs, format!("{:?}", rules.shares)),
        ("Weight sets", rules.weight_sets.len(), format!("{:?}", rules.weight_sets)),
        ("Kinds of session", rules.session_kinds.len(), format!("{:?}", rules.session_kinds)),
        ("Treatment of feeds", used.len(), format!("{used:?}")),
        ("Matching", trials, format!("{matched:?}")),
        (
            "Specialties and service lines",
            lines,
            format!("{:?} {:?}", rules.specialties, rules.service_lines),
        ),
        ("Test patients", rules.test_identities.len(), format!("{:?}", rules.test_identities)),
    ];
    let said = |(name, count, content): &(&str, usize, String)| {
        let rules = words::count(*count as u64, "rule", "rules");
        format!("{name}: {rules}, state {}.", state_of(content))
    };
    let mut told: Vec<String> = all.iter().map(said).collect();
    told.push(format!("Settings: state {}.", state_of(&format!("{:?}", rules.settings))));
    told
}

/// Lines of the inputs by what they are of: a feed, an activity, a family of rules or a statistic, in
/// their order.
pub fn by_input(lines: &[String]) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for line in lines {
        let name = line.split(": ").next().unwrap_or(line);
        let name = name.split(", file ").next().unwrap_or(name);
        match all.iter_mut().find(|it| it.0 == name) {
            Some(of) => of.1.push(line.clone()),
            None => all.push((name.to_owned(), vec![line.clone()])),
        }
    }
    all
}

/// What of the inputs is not as it was signed: what was and is no more, and what is and was not.
pub fn changed(signed: &[String], now: &[String]) -> Vec<String> {
    let before: BTreeSet<&str> = signed.iter().map(String::as_str).collect();
    let after: BTreeSet<&str> = now.iter().map(String::as_str).collect();
    let gone = before.difference(&after).map(|it| format!("Was: {it}"));
    let new = after.difference(&before).map(|it| format!("Is: {it}"));
    gone.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::costed::trust;

    #[test]
    fn lines_are_of_a_feed_an_activity_or_a_family_of_rules() {
        let lines = [
            "Feed Theatres, file a.csv: 1 of 1 row used, state 3fa9c1d2.",
            "Feed Theatres, file b.csv: 2 of 2 rows used, state 77aa01bc.",
            "Theatre: It is counted in minutes.",
            "Matching: 3 rules, state 00112233.",
            "Theatre: It weighs staff: all who are there.",
        ];
        let all = by_input(&lines.map(str::to_owned));
        let all: Vec<(&str, usize)> = all.iter().map(|it| (it.0.as_str(), it.1.len())).collect();
        assert_eq!(all, [("Feed Theatres", 2), ("Theatre", 2), ("Matching", 1)]);
    }

    #[test]
    fn what_reaches_a_service_line_adds_up_to_its_cost_and_each_has_rules() {
        let run = trust().open();
        let book = care::book(&run).expect("reads");
        for (unit, line) in &book.lines {
            let all = allocations(&run, unit).expect("reads");
            let sum: Money = all.iter().map(|it| it.unit_cost).sum();
            assert_eq!(sum, line.sum(|_| true).cost() + line.apart.cost(), "{unit}");
            for it in &all {
                assert!(!it.rules.is_empty(), "{unit} {}", it.activity);
            }
        }
        let theatre = allocations(&run, "TORT").expect("reads");
        assert!(
            theatre
                .iter()
                .any(|it| it.rules.iter().any(|it| it.contains("shared between patients by")))
        );
        assert!(
            theatre.iter().all(|it| it.unit_cost <= it.trust_cost || it.trust_cost.is_negative())
        );
    }

    #[test]
    fn a_file_or_a_rule_that_changes_is_told() {
        let run = trust().open();
        let now = inputs(&run, "TORT").expect("reads");
        assert!(
            now.iter().any(|it| it.starts_with("Feed "))
                && now.iter().any(|it| it.starts_with("Statistic "))
        );
        let signed = now.clone();
        assert_eq!(changed(&signed, &now), [""; 0]);
        let mut later = now.clone();
        later[0] = "Feed Theatres, file other.csv".to_owned();
        assert_eq!(
            changed(&signed, &later),
            [format!("Was: {}", now[0]), format!("Is: {}", later[0])]
        );
    }

    /// One rule of a family, and what it is changed to.
    type Change = (&'static str, fn(&mut YearRules));

    /// Lines that are not there any more once a rule is changed.
    fn gone(rules: &YearRules, feeds: &BTreeSet<&str>, change: fn(&mut YearRules)) -> Vec<String> {
        let mut other = rules.clone();
        change(&mut other);
        assert_ne!(*rules, other, "nothing was changed");
        let all = changed(&families(rules, feeds), &families(&other, feeds));
        all.into_iter().filter(|it| it.starts_with("Was: ")).collect()
    }

    fn first<T>(all: &mut BTreeMap<String, T>) -> &mut T {
        all.values_mut().next().expect("there is one")
    }

    #[test]
    fn a_rule_of_any_family_that_changes_is_told() {
        let run = trust().open();
        let rules = run.rules().expect("reads");
        let feeds = feeds_of(rules, &BTreeSet::new());
        let changes: [Change; 16] = [
            ("Mapping of the ledger", |it| it.mapping[0].targets[0].1 += 1),
            ("Income in the ledger", |it| it.income[0].sequence += 1),
            ("Cost lines", |it| first(&mut it.cost_lines).resource.push('X')),
            ("Support groups", |it| first(&mut it.support_groups).name.push('X')),
            ("Cost objects", |it| first(&mut it.cost_objects).kind.push('X')),
            ("Resources", |it| first(&mut it.resources).people += 1),
            ("Shares of resources", |it| first(first(&mut it.shares)).share_e4 += 1),
            ("Weight sets", |it| first(&mut it.weight_sets).minimum_seconds += 30),
            ("Kinds of session", |it| {
                let kind = first(&mut it.session_kinds);
                kind.spread = !kind.spread;
            }),
            ("Treatment of feeds", |it| {
                let feed = it.feeds.get_mut("APC").expect("a feed of events");
                feed.absorbed = !feed.absorbed;
            }),
            ("Treatment of feeds", |it| {
                let feed = it.feeds.get_mut("APC").expect("a feed of events");
                feed.exclusive = !feed.exclusive;
            }),
            ("Specialties and service lines", |it| {
                first(&mut it.specialties).service_line.push('X');
            }),
            ("Specialties and service lines", |it| {
                first(&mut it.service_lines).fixed_payment ^= true;
            }),
            ("Test patients", |it| it.test_identities.push(Pattern::parse("TEST*"))),
            ("Settings", |it| it.settings.ward_net_of_theatre ^= true),
            ("Settings", |it| it.settings.staff_pool_minimum_people += 1),
        ];
        for (family, change) in changes {
            let gone = gone(rules, &feeds, change);
            assert_eq!(gone.len(), 1, "{family}: {gone:?}");
            assert!(gone[0].starts_with(&format!("Was: {family}")), "{family}: {gone:?}");
        }
    }

    #[test]
    fn matching_is_told_of_feeds_that_the_cost_rests_on_alone() {
        let run = trust().open();
        let rules = run.rules().expect("reads");
        let matched: BTreeSet<&str> = rules.matching.keys().take(1).map(String::as_str).collect();
        let change: fn(&mut YearRules) =
            |it| first(&mut it.matching)[0].equalities.push("site".to_owned());
        let told = gone(rules, &matched, change);
        assert!(told.len() == 1 && told[0].starts_with("Was: Matching: "), "{told:?}");
        assert_eq!(gone(rules, &BTreeSet::new(), change), [""; 0]);
    }

    #[test]
    fn the_ledger_and_what_rows_are_matched_to_are_among_the_inputs() {
        let run = trust().open();
        let rules = run.rules().expect("reads");
        let feeds = feeds_of(rules, &BTreeSet::new());
        assert!(feeds.contains("LEDGER") && feeds.contains("APC") && feeds.contains("SESSIONS"));
        assert!(!feeds.contains("BUDGET") && !feeds.contains("PATH"), "{feeds:?}");
        let now = inputs(&run, "TORT").expect("reads");
        assert!(now.iter().any(|it| it.starts_with("Feed Trial balance, file ")), "{now:?}");
        for it in families(rules, &feeds_of(rules, &BTreeSet::from(["none"]))) {
            let family = it.split(':').next().expect("a name");
            assert!(now.iter().any(|it| it.starts_with(family)), "{family}");
        }
    }

    #[test]
    fn no_second_of_a_length_is_left_out() {
        let said = [60, 90, 59, 121].map(length);
        let expected = [
            "1\u{a0}minute",
            "1\u{a0}minute and 30\u{a0}seconds",
            "59\u{a0}seconds",
            "2\u{a0}minutes and 1\u{a0}second",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn shares_are_of_all_that_are_stated() {
        assert_eq!((part_of(350_000, 1_000_000), part_of(1, 3)), ("35.0%".into(), "33.3%".into()));
        assert_eq!((part_of(10_000, 10_000), part_of(0, 0)), ("100.0%".into(), "0.0%".into()));
    }

    #[test]
    fn patterns_are_read_in_words() {
        let rule = |code: &str, specialty: &str| ActivityRule {
            code: Pattern::parse(code),
            band: Pattern::parse("*"),
            specialty: Pattern::parse(specialty),
            location: Pattern::parse("*"),
            category: Pattern::parse("*"),
            activity: "A".to_owned(),
        };
        assert_eq!(which(&rule("W*", "110")), "where the code begins W and the specialty is 110");
        assert_eq!(which(&rule("*", "*")), "whatever they say");
    }
}
