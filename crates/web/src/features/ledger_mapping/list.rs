//! What of the ledger has no rule, what is split, and all rules.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::Money;
use rules::Model;
use rules::rows::{Sheet, SheetRow};
use serde::Deserialize;

use super::edits::rule_key;
use super::lines::{self, FromRun, Place, Split};
use super::{FILE, rule};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::model_faults::plain;
use crate::shell::models;
use crate::shell::page::{Page, Shell};
use crate::shell::paging::Paging;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Places shown at most; the rest are counted and added.
const PLACES: usize = 50;

#[derive(askama::Template)]
#[template(path = "features/ledger_mapping/list.html")]
pub(super) struct List {
    shell: Shell,
    model: String,
    may_change: bool,
    may_cost: bool,
    ledger: Ledger,
    rules: Vec<RuleLine>,
    all: usize,
    q: String,
    paging: Paging,
}

/// What the page says of the ledger.
enum Ledger {
    /// The person may not see it.
    Hidden,
    /// There is no run.
    None,
    /// As a run saw it.
    Run(RunView),
}

/// The ledger of a run.
struct RunView {
    id: String,
    short: String,
    year: String,
    unmapped: Vec<PlaceLine>,
    unmapped_rest: String,
    split: Vec<SplitLine>,
    split_rest: String,
}

/// A place without a rule.
struct PlaceLine {
    cost_centre: String,
    cost_centre_name: String,
    account: String,
    account_name: String,
    amount: String,
    lines: String,
    /// Address of the form that adds a rule for it.
    add: String,
    /// Rule that takes it from the next costing on; blank if none does.
    since: String,
}

/// A place that is split.
struct SplitLine {
    place: PlaceLine,
    rule: String,
    parts: Vec<String>,
}

/// One rule of the table.
struct RuleLine {
    line: u64,
    sequence: String,
    cost_centre: String,
    account: String,
    parts: Vec<String>,
    years: String,
    source: String,
    note: String,
}

/// What is looked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let opened = models::in_force(&app).await?;
    let model = models::in_words(&app, &opened).await?;
    let sheet = rules::rows::sheet(opened.files.get(FILE).map_or(&[][..], Vec::as_slice));
    let sheet = sheet.unwrap_or_default();
    let checked = models::checked(opened.files).await?.ok();
    let ledger = ledger(&app, &visit, checked.clone()).await?;
    let rules = rule_lines(&sheet, checked.as_ref());
    let all = rules.len();
    let found: Vec<RuleLine> = rules.into_iter().filter(|it| it.holds(&asked.q)).collect();
    let page = asked.page.parse().unwrap_or(1);
    let paging = Paging::new(found.len(), page, "/mapping", &[("q", &asked.q)]);
    let rules = found.into_iter().skip(paging.from).take(paging.to - paging.from).collect();
    let may_change = visit.may(Capability::ProposeRules);
    let may_cost = visit.may(Capability::RunCosting);
    let shell = visit.shell(ledger.title());
    let q = asked.q;
    Ok(List { shell, model, may_change, may_cost, ledger, rules, all, q, paging }.respond())
}

/// The ledger of the run costed last, for those who may see the whole trust's.
async fn ledger(app: &App, visit: &Visit, model: Option<Model>) -> Result<Ledger, Fault> {
    let of_trust = visit.scope(Capability::LedgerDetail).is_ok_and(|it| it.of_trust().is_some());
    if !of_trust {
        return Ok(Ledger::Hidden);
    }
    let drafts = visit.may(Capability::ReadRuns);
    let shelf = app.clone();
    let Some(run) = reading(move || shelf.shelf().newest(drafts)).await? else {
        return Ok(Ledger::None);
    };
    let caller = visit.asks(visit.entry("run.ledger", run.id())).await?;
    reading(move || {
        Ok(Ledger::Run(RunView::of(lines::of(&run, &caller)?.as_ref(), model.as_ref())))
    })
    .await
}

impl Ledger {
    fn title(&self) -> String {
        let Self::Run(run) = self else { return "Ledger mapping".to_owned() };
        let open = run.unmapped.iter().filter(|it| it.since.is_empty()).count() as u64;
        match open {
            0 => "Every place in the ledger has a mapping rule".to_owned(),
            1 => "1 place in the ledger has no mapping rule".to_owned(),
            more => format!("{} places in the ledger have no mapping rule", words::thousands(more)),
        }
    }
}

impl RunView {
    fn of(found: &FromRun, model: Option<&Model>) -> Self {
        let year = found.year.parse().ok();
        let rules = model.zip(year).and_then(|(model, year)| model.years.get(&year));
        let mapping = rules.map_or(&[][..], |it| it.mapping.as_slice());
        let since = |place: &Place| {
            let rule = lines::rule_for(mapping, place);
            rule.map_or_else(String::new, |it| it.sequence.to_string())
        };
        // Those that wait for a rule first; the order by pounds stays within.
        let mut places: Vec<(&Place, String)> =
            found.unmapped.iter().map(|it| (it, since(it))).collect();
        places.sort_by_key(|it| !it.1.is_empty());
        let unmapped_rest = rest(places.iter().map(|it| it.0));
        let unmapped = places.into_iter().take(PLACES).map(|it| PlaceLine::of(it.0, it.1));
        let unmapped = unmapped.collect();
        let split = |it: &Split| SplitLine {
            place: PlaceLine::of(&it.place, String::new()),
            rule: it.rule.clone(),
            parts: it.parts.clone(),
        };
        Self {
            id: found.run.clone(),
            short: found.run.chars().take(8).collect(),
            year: words::year(&found.year),
            unmapped,
            unmapped_rest,
            split: found.split.iter().take(PLACES).map(split).collect(),
            split_rest: rest(found.split.iter().map(|it| &it.place)),
        }
    }
}

/// What is not shown, counted and added; blank if all is.
fn rest<'a>(places: impl Iterator<Item = &'a Place>) -> String {
    let left: Vec<Money> = places.skip(PLACES).map(|it| it.amount).collect();
    if left.is_empty() {
        return String::new();
    }
    let count = words::count(left.len() as u64, "place", "places");
    format!("{count} more, {} in all, are not shown", words::pence(left.into_iter().sum()))
}

impl PlaceLine {
    fn of(place: &Place, since: String) -> Self {
        let question = [("cost_centre", &place.cost_centre), ("account", &place.account)];
        let question = serde_urlencoded::to_string(question).unwrap_or_default();
        Self {
            cost_centre: place.cost_centre.clone(),
            cost_centre_name: place.cost_centre_name.clone(),
            account: place.account.clone(),
            account_name: place.account_name.clone(),
            amount: words::pence(place.amount),
            lines: words::count(place.lines, "line", "lines"),
            add: format!("/mapping/add?{question}"),
            since,
        }
    }
}

/// All rules in the order of the file, the rows of a split as one.
fn rule_lines(sheet: &Sheet, model: Option<&Model>) -> Vec<RuleLine> {
    let name = |code: &str| rule::cost_line_name(model, code);
    let part = |row: &SheetRow| {
        let code = row.cell("cost_line");
        format!("{}% {code} {}", row.cell("percentage"), name(code)).trim().to_owned()
    };
    let mut found: Vec<RuleLine> = Vec::new();
    let mut places: BTreeMap<[&str; 3], usize> = BTreeMap::new();
    for row in &sheet.rows {
        if let Some(place) = places.get(&rule_key(row)) {
            found[*place].parts.push(part(row));
            continue;
        }
        places.insert(rule_key(row), found.len());
        let cell = |column: &str| row.cell(column).to_owned();
        found.push(RuleLine {
            line: row.line,
            sequence: cell("sequence"),
            cost_centre: cell("cost_centre"),
            account: cell("account"),
            parts: vec![part(row)],
            years: years(row),
            source: cell("source"),
            note: plain(row.cell("note")),
        });
    }
    found
}

fn years(row: &SheetRow) -> String {
    let from = words::day(row.cell("effective_from"));
    match row.cell("effective_to") {
        "" => format!("from {from}"),
        to => format!("{from} to {}", words::day(to)),
    }
}

impl RuleLine {
    /// Whether some cell holds the text that is looked for.
    fn holds(&self, q: &str) -> bool {
        let wanted = q.trim().to_lowercase();
        let single = [&self.sequence, &self.cost_centre, &self.account, &self.source, &self.note];
        let mut texts = single.into_iter().chain(&self.parts);
        texts.any(|it| it.to_lowercase().contains(&wanted))
    }
}

impl Page for List {
    const TEMPLATE: &'static str = "features/ledger_mapping/list.html";

    fn samples() -> Vec<Self> {
        let place = |since: &str| PlaceLine {
            cost_centre: "999000".to_owned(),
            cost_centre_name: "Suspense".to_owned(),
            account: "999900".to_owned(),
            account_name: String::new(),
            amount: "£664.32".to_owned(),
            lines: "1 line".to_owned(),
            add: "/mapping/add?cost_centre=999000&account=999900".to_owned(),
            since: since.to_owned(),
        };
        let view = |unmapped| RunView {
            id: "1fe9a090556158bd".to_owned(),
            short: "1fe9a090".to_owned(),
            year: "2025/26".to_owned(),
            unmapped,
            unmapped_rest: "12 places more, £40.00 in all, are not shown".to_owned(),
            split: vec![SplitLine {
                place: place(""),
                rule: "10".to_owned(),
                parts: vec!["60% NURSES Theatre nurses".to_owned(), "40% RESEARCH".to_owned()],
            }],
            split_rest: String::new(),
        };
        let rule = |parts: Vec<String>| RuleLine {
            line: 2,
            sequence: "10".to_owned(),
            cost_centre: "2100*".to_owned(),
            account: "*".to_owned(),
            parts,
            years: "from 1 April 2025".to_owned(),
            source: "local".to_owned(),
            note: "By rota".to_owned(),
        };
        let parts = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
        let page = |ledger: Ledger, rules: Vec<RuleLine>| Self {
            shell: Shell::sample(&ledger.title()),
            model: "The model as it was set up".to_owned(),
            may_change: true,
            may_cost: true,
            paging: Paging::new(rules.len() * 120, 1, "/mapping", &[]),
            all: rules.len(),
            q: String::new(),
            ledger,
            rules,
        };
        vec![
            page(
                Ledger::Run(view(vec![place(""), place("900")])),
                vec![rule(parts(&["100% NURSES"])), rule(parts(&["60% NURSES", "40% RESEARCH"]))],
            ),
            page(Ledger::Run(view(Vec::new())), Vec::new()),
            page(Ledger::None, Vec::new()),
            page(Ledger::Hidden, Vec::new()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(cost_centre: &str, amount: &str) -> Place {
        Place {
            cost_centre: cost_centre.to_owned(),
            cost_centre_name: String::new(),
            account: "5000".to_owned(),
            account_name: String::new(),
            amount: amount.parse().expect("an amount"),
            lines: 1,
        }
    }

    #[test]
    fn places_that_wait_come_before_those_that_a_rule_takes_since() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden/whole_trust/model");
        let files = rules::folder::load(std::path::Path::new(folder)).expect("a model");
        let model = Model::parse(files).expect("it is sound").0;
        // Rule 30 of the model takes the ward; nothing takes the lounge.
        let found = FromRun {
            run: "00ff".to_owned(),
            year: "2025-26".to_owned(),
            unmapped: vec![place("X-CC-WARD", "900"), place("X-CC-LOUNGE", "-20.5")],
            split: Vec::new(),
        };
        let view = RunView::of(&found, Some(&model));
        let shown: Vec<(&str, &str, &str)> = view
            .unmapped
            .iter()
            .map(|it| (it.cost_centre.as_str(), it.amount.as_str(), it.since.as_str()))
            .collect();
        assert_eq!(shown, [("X-CC-LOUNGE", "−£20.50", ""), ("X-CC-WARD", "£900.00", "30")]);
        assert_eq!(Ledger::Run(view).title(), "1 place in the ledger has no mapping rule");
    }

    #[test]
    fn what_is_not_shown_is_counted_and_added() {
        let places: Vec<Place> = (0..53).map(|_| place("A", "1.10")).collect();
        // 53 less the 50 shown, at £1.10 each.
        assert_eq!(rest(places.iter()), "3\u{a0}places more, £3.30 in all, are not shown");
        assert_eq!(rest(places.iter().take(50)), "");
    }
}
