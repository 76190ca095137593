//! Staff pools that were costed as one because one of them has too few people to be shown, and the
//! names under which their money is shown together.
//!
//! A run keeps the sources of a merged pool apart, so that they add up to the ledger. Shown one by
//! one they would give away what the merger hides, so everything that leaves this crate for a
//! reader joins them: the cost lines of all members are one cost line, and the ledger lines behind
//! them one ledger line for each period. Every other figure, and every sum, stays as it is.
//!
//! Source: costing semantics, section 7; decision 0005.

mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::tables::dataset::BudgetLine;
use ::tables::ledger_reports::{BY_ACCOUNT, BY_COST_CENTRE};
use ::tables::run::{
    BudgetPart, CostLineSource, Identity, PoolSource, QuantumLine, ResidualSource,
};
use domain::Money;
use domain::provenance::DIRECT;
use rules::YearRules;
use rules::year::{CostLine, Treatment};

use crate::explain::{Named, SourceKey};
use crate::{ResultsError, Run, kept, reading};

/// Outcome of ledger lines and budget lines outside the period.
const OUTSIDE: &str = "OUTSIDE_PERIOD";

/// What stands before the code of the pool that stays, in codes that join others.
const PREFIX: &str = "merged:";

/// What stands where the members of a pool differ.
const MERGED: &str = "merged";

/// What stands for all small staff pools that were not merged.
const SMALL: &str = "small";

/// The merged pools of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MergedPools {
    /// Name in words, by the code that stands for the pool.
    words: BTreeMap<String, String>,
    /// Code of the merged pool, by cost line of a member.
    cost_lines: BTreeMap<String, String>,
    /// Code of the joined ledger line, by ledger line behind such a cost line.
    ledger_lines: BTreeMap<String, String>,
    /// Code of the merged pool, by cost centre and account whose cost such a cost line takes,
    /// whether booked or budgeted, in the period or later.
    places: BTreeMap<(String, String), String>,
    /// Cost centres and accounts of those ledger lines.
    cost_centres: BTreeSet<String>,
    accounts: BTreeSet<String>,
    /// Attributes that all cost lines of a merged pool have in common, by the resource that stays.
    attributes: BTreeMap<String, Attributes>,
}

/// What the cost lines of one merged pool say of themselves; `merged` where they differ.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Attributes {
    /// Traceability, behaviour, cost type, pay type, recurrence.
    texts: [String; 5],
    controllable: bool,
}

impl Run {
    /// The merged pools of this run; none if every staff pool has people enough.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the model or a table cannot be read.
    pub(crate) fn merged_pools(&self) -> Result<Arc<MergedPools>, ResultsError> {
        kept::once(&self.kept.merged_pools, || self.read_merged_pools().map(Arc::new))
    }

    fn read_merged_pools(&self) -> Result<MergedPools, ResultsError> {
        let rules = self.rules()?;
        let minimum = rules.settings.staff_pool_minimum_people;
        if !rules.resources.values().any(|it| it.staff_pool && it.people < minimum) {
            return Ok(MergedPools::default());
        }
        let members = members(self, rules)?;
        let mut found = MergedPools::named(&members, rules);
        found.join_small(rules, minimum);
        let quantum = reading::all_rows::<QuantumLine>(self)?;
        let budget = reading::all_rows::<BudgetLine>(self)?;
        let booked = quantum.iter().map(|it| (it.cost_centre.as_str(), it.account.as_str()));
        let budgeted = budget.iter().map(|it| (it.cost_centre.as_str(), it.account.as_str()));
        found.find_places(booked.chain(budgeted).collect(), rules);
        found.join_ledger_lines(&reading::all_rows::<CostLineSource>(self)?, &quantum);
        Ok(found)
    }
}

/// Resources by the resource that stays, itself included, for those that took others in.
type Members<'a> = BTreeMap<String, BTreeSet<&'a str>>;

/// A resource whose own cost lies in another's pool was merged into it: nothing else moves a
/// resource's own cost.
fn members<'a>(run: &Run, rules: &'a YearRules) -> Result<Members<'a>, ResultsError> {
    let mut members = Members::new();
    let mut add = |stays: String, group: &str, cost_line: &str| {
        if group == DIRECT
            && let Some(resource) = staff_pool_of(cost_line, rules)
            && !stays.is_empty()
        {
            members.entry(stays).or_default().insert(resource);
        }
    };
    for it in reading::all_rows::<PoolSource>(run)? {
        add(it.resource, &it.support_group, &it.cost_line);
    }
    // A pool without anything to share it by is a residual as a whole.
    for it in reading::all_rows::<ResidualSource>(run)? {
        add(it.resource, &it.support_group, &it.cost_line);
    }
    members.retain(|stays, resources| resources.iter().any(|it| it != stays));
    Ok(members)
}

/// The staff pool that a cost line is of.
fn staff_pool_of<'a>(cost_line: &str, rules: &'a YearRules) -> Option<&'a str> {
    let line = rules.cost_lines.get(cost_line).filter(|it| it.is_final())?;
    let (code, resource) = rules.resources.get_key_value(&line.resource)?;
    resource.staff_pool.then_some(code.as_str())
}

impl Attributes {
    fn of(line: &CostLine) -> Self {
        let texts = [
            &line.traceability,
            &line.behaviour,
            &line.cost_type,
            &line.pay_type,
            &line.recurrence,
        ];
        Self { texts: texts.map(String::clone), controllable: line.controllable }
    }

    /// What differs is called `merged`; what only some can move, nobody can move for sure.
    fn keep_common(&mut self, other: &Self) {
        for (text, another) in self.texts.iter_mut().zip(&other.texts) {
            if text != another {
                MERGED.clone_into(text);
            }
        }
        self.controllable &= other.controllable;
    }
}

impl MergedPools {
    fn named(members: &Members<'_>, rules: &YearRules) -> Self {
        let mut found = Self::default();
        for (stays, resources) in members {
            let code = format!("{PREFIX}{stays}");
            let all = resources.iter().copied().chain([stays.as_str()]).collect::<BTreeSet<_>>();
            let people: i64 =
                all.iter().filter_map(|it| rules.resources.get(*it)).map(|it| it.people).sum();
            found.words.insert(code.clone(), format!("merged pool of {people} people"));
            for (line, it) in &rules.cost_lines {
                if it.is_final() && all.contains(it.resource.as_str()) {
                    found.cost_lines.insert(line.clone(), code.clone());
                    match found.attributes.get_mut(stays) {
                        Some(common) => common.keep_common(&Attributes::of(it)),
                        None => {
                            found.attributes.insert(stays.clone(), Attributes::of(it));
                        }
                    }
                }
            }
        }
        found
    }

    /// Staff pools too small to be shown that were not merged: they hold a budget, but no money.
    fn join_small(&mut self, rules: &YearRules, minimum: i64) {
        let code = format!("{PREFIX}{SMALL}");
        for (line, it) in rules.cost_lines.iter().filter(|(_, it)| it.is_final()) {
            let resource = rules.resources.get(&it.resource);
            let is_small = resource.is_some_and(|it| it.staff_pool && it.people < minimum);
            if is_small && !self.cost_lines.contains_key(line) {
                self.cost_lines.insert(line.clone(), code.clone());
                let words = "staff pools of too few people to be shown".to_owned();
                self.words.insert(code.clone(), words);
            }
        }
    }

    /// Where the mapping takes cost to a member's cost line; income has no cost line.
    fn find_places(&mut self, places: BTreeSet<(&str, &str)>, rules: &YearRules) {
        for (cost_centre, account) in places {
            let income = rules
                .income
                .iter()
                .find(|it| it.cost_centre.fits(cost_centre) && it.account.fits(account));
            if income.is_some_and(|it| it.treatment != Treatment::NettingPermitted) {
                continue;
            }
            let rule = rules
                .mapping
                .iter()
                .find(|it| it.cost_centre.fits(cost_centre) && it.account.fits(account));
            let targets = rule.into_iter().flat_map(|it| &it.targets);
            let code = targets.into_iter().find_map(|(line, _)| self.cost_lines.get(line));
            if let Some(code) = code {
                let place = (cost_centre.to_owned(), account.to_owned());
                self.places.insert(place, code.clone());
            }
        }
    }

    /// The merged pool that takes the cost of a cost centre and account.
    fn of_place(&self, cost_centre: &str, account: &str) -> Option<&str> {
        self.places.get(&(cost_centre.to_owned(), account.to_owned())).map(String::as_str)
    }

    fn join_ledger_lines(&mut self, parts: &[CostLineSource], quantum: &[QuantumLine]) {
        let mut pool_of: BTreeMap<&str, &str> = BTreeMap::new();
        for part in parts {
            if let Some(code) = self.cost_lines.get(&part.cost_line) {
                pool_of.entry(&part.ledger_line).or_insert(code);
            }
        }
        for line in quantum {
            // What lies outside the period is on no cost line, and is pay of the same few.
            let code = pool_of
                .get(line.ledger_line.as_str())
                .copied()
                .or_else(|| self.of_place(&line.cost_centre, &line.account));
            let Some(code) = code.map(str::to_owned) else { continue };
            let kind = match line.outcome.as_str() {
                "COST" => String::new(),
                OUTSIDE => format!(" {OUTSIDE}"),
                outcome => format!(" {outcome} {}", line.treatment),
            };
            let name = format!("{code} {}/{:02}{kind}", line.year, line.period);
            self.words.insert(name.clone(), self.words[&code].clone());
            self.ledger_lines.insert(line.ledger_line.clone(), name);
            self.cost_centres.insert(line.cost_centre.clone());
            self.accounts.insert(line.account.clone());
        }
    }

    /// Whether nothing was merged.
    pub(crate) fn is_empty(&self) -> bool {
        self.cost_lines.is_empty()
    }

    /// The source as it may be shown.
    pub(crate) fn source(&self, source: &SourceKey) -> SourceKey {
        SourceKey {
            support_group: source.support_group.clone(),
            cost_line: self.cost_line(&source.cost_line).to_owned(),
            ledger_line: self.ledger_line(&source.ledger_line).to_owned(),
        }
    }

    /// Code and words of a merged pool or of a joined ledger line.
    pub(crate) fn named_code(&self, code: &str) -> Option<Named> {
        let words = self.words.get(code)?;
        Some(Named { code: code.to_owned(), name: words.clone() })
    }

    /// Codes that stand for others, with their words.
    pub(crate) fn all_words(&self) -> impl Iterator<Item = (&str, &str)> {
        self.words.iter().map(|(code, words)| (code.as_str(), words.as_str()))
    }

    /// The code under which a cost line may be shown.
    pub(crate) fn cost_line<'a>(&'a self, code: &'a str) -> &'a str {
        self.cost_lines.get(code).map_or(code, String::as_str)
    }

    /// The name under which a ledger line may be shown.
    pub(crate) fn ledger_line<'a>(&'a self, name: &'a str) -> &'a str {
        self.ledger_lines.get(name).map_or(name, String::as_str)
    }

    /// The name under which a resource's cost lines may be shown: its own, or that of the resource
    /// that stays.
    pub(crate) fn resource_of<'a>(&'a self, cost_line: &str, resource: &'a str) -> &'a str {
        let merged = self.cost_lines.get(cost_line);
        merged.map_or(resource, |it| it.strip_prefix(PREFIX).unwrap_or(it))
    }

    /// Budget lines with those of merged pools joined, in key order.
    pub(crate) fn budget(&self, lines: Vec<BudgetLine>) -> Vec<BudgetLine> {
        let mut joined: BTreeMap<(String, String, i64), BudgetLine> = BTreeMap::new();
        for mut it in lines {
            self.hide_place(&mut it.cost_centre, &mut it.account);
            let key = (it.cost_centre.clone(), it.account.clone(), it.period);
            let amount = it.amount;
            joined.entry(key).and_modify(|sum| sum.amount += amount).or_insert(it);
        }
        joined.into_values().collect()
    }

    /// The same of their parts on cost lines.
    pub(crate) fn budget_parts(&self, parts: Vec<BudgetPart>) -> Vec<BudgetPart> {
        let mut joined: BTreeMap<([String; 4], i64), BudgetPart> = BTreeMap::new();
        for mut it in parts {
            self.hide_place(&mut it.cost_centre, &mut it.account);
            let cost_line = self.cost_line(&it.cost_line).to_owned();
            it.cost_line = cost_line;
            let texts = [&it.outcome, &it.cost_line, &it.cost_centre, &it.account];
            let key = (texts.map(Clone::clone), it.period);
            let amount = it.amount;
            joined.entry(key).and_modify(|sum| sum.amount += amount).or_insert(it);
        }
        joined.into_values().collect()
    }

    fn hide_place(&self, cost_centre: &mut String, account: &mut String) {
        if let Some(code) = self.of_place(cost_centre, account).map(str::to_owned) {
            *cost_centre = code;
            MERGED.clone_into(account);
        }
    }

    /// Ledger lines with those of merged pools joined, in key order.
    pub(crate) fn quantum(&self, lines: Vec<QuantumLine>) -> Vec<QuantumLine> {
        let mut joined: BTreeMap<String, QuantumLine> = BTreeMap::new();
        for line in lines {
            let Some(name) = self.ledger_lines.get(&line.ledger_line) else {
                joined.insert(line.ledger_line.clone(), line);
                continue;
            };
            let amount = line.amount;
            let shown = joined.entry(name.clone()).or_insert_with(|| self.shown(name, line));
            shown.amount += amount;
        }
        joined.into_values().collect()
    }

    /// A joined ledger line without its amount: of the merged pool, and of no account.
    fn shown(&self, name: &str, line: QuantumLine) -> QuantumLine {
        let words = self.words.get(name).cloned().unwrap_or_default();
        let pool = name.split(' ').next().unwrap_or(name).to_owned();
        QuantumLine {
            ledger_line: name.to_owned(),
            cost_centre: pool,
            cost_centre_name: words,
            account: MERGED.to_owned(),
            account_name: "all its accounts".to_owned(),
            amount: Money::ZERO,
            mapping_rule: String::new(),
            ..line
        }
    }

    /// Identities with the cost centres and accounts of merged pools joined: one of them alone may
    /// hold nothing but the pay of a few.
    pub(crate) fn identities(&self, rows: Vec<Identity>) -> Vec<Identity> {
        let mut shown: Vec<Identity> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for row in rows {
            let (codes, words) = match row.report.as_str() {
                BY_COST_CENTRE => (&self.cost_centres, "cost centres of merged staff pools"),
                _ => (&self.accounts, "accounts of merged staff pools"),
            };
            let is_of_places = matches!(row.report.as_str(), BY_COST_CENTRE | BY_ACCOUNT);
            if !is_of_places || !codes.contains(&row.line) {
                shown.push(row);
                continue;
            }
            if let Some(place) = places.get(&row.report) {
                let joined = &mut shown[*place];
                joined.input += row.input;
                joined.output += row.output;
                joined.difference += row.difference;
            } else {
                places.insert(row.report.clone(), shown.len());
                shown.push(Identity { line: words.to_owned(), ..row });
            }
        }
        shown
    }
}
