//! One event: what happened, what each part cost, and back to the lines of the ledger.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Capability, Scope};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use domain::{Key, Money};
use results::Run;
use results::explain::{ExplainedCell, Explanation, Journey as Told};
use rules::YearRules;
use serde::Deserialize;
use store::audit::Outcome;

use super::{line, list, pence, reason};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::go;
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::use_of_figures::looked_behind;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Accounts of the ledger that are shown one by one.
const ACCOUNTS: usize = 15;

#[derive(askama::Template)]
#[template(path = "features/patient_costs/journey.html")]
pub(super) struct Journey {
    shell: Shell,
    kicker: String,
    when: String,
    view: View,
    line: line::View,
    /// The address of this page, for links to other parts.
    here: String,
}

/// The three tables, and what is said between them. Amounts are pence that add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    parts: Vec<Line>,
    cost: i64,
    income: i64,
    inside: Line,
    resources: Vec<Line>,
    /// Blank for those who do not see the ledger.
    of: Line,
    how: Vec<String>,
    accounts: Vec<Account>,
    in_ledger: Money,
}

/// One part of a cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Line {
    code: String,
    name: String,
    how_much: String,
    pence: i64,
    exact: Money,
}

/// One account of a cost centre.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Account {
    name: String,
    place: String,
    in_ledger: Money,
    pence: i64,
    exact: Money,
}

/// Which parts are opened.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Query {
    /// Activity; the dearest if blank.
    inside: String,
    /// Resource in it; the dearest if blank.
    of: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path((run, event)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Result<Response, Fault> {
    let query = query.unwrap_or_default();
    let scope = visit.scope(Capability::PatientRows)?.clone();
    let why = match reason::held(&visit, reason::asked_in(&scope), &query) {
        Ok(why) => why,
        Err(elsewhere) => return Ok(go(&elsewhere, "")),
    };
    let opened: Query = serde_urlencoded::from_str(&query)
        .map_err(|error| Fault::Refused(format!("The address does not fit this page: {error}.")))?;
    let run = list::readable(&app, &visit, run).await?;
    let told = explained(&visit, (&run, &event), &scope, why).await?;
    let found = &told.explanation;
    looked_behind(&visit, &found.event.service_line.code).await;
    let ledger = visit.scope(Capability::LedgerDetail);
    let sees_ledger = ledger.is_ok_and(|it| it.of_unit(&found.event.service_line.code).is_some());
    let view = View::of(found, run.rules()?, (&opened, sees_ledger));
    let here = format!("/patients/{}/{event}", run.id());
    let line = line::View::of(&told.line, view.cost);
    Ok(Journey::of(&visit, found, (view, line), here).respond())
}

/// Reads the event if its service line is in scope, with the question on record before; an event
/// of another service line, a restricted one and one that is not there are answered alike.
async fn explained(
    visit: &Visit,
    (run, event): (&Arc<Run>, &str),
    scope: &Scope,
    why: String,
) -> Result<Told, Fault> {
    // What is no reference may be somebody's identity: it is not kept.
    let is_reference = event.parse::<Key>().is_ok();
    let named = if is_reference { event } else { list::NO_REFERENCE };
    let mut entry = visit.entry_in(scope, "patient.open", &format!("{} {named}", run.id()));
    if !why.is_empty() {
        entry = entry.because(&why);
    }
    let caller = visit.asks(entry.clone().rows(1)).await?;
    let (reader, asked, may) = (Arc::clone(run), event.to_owned(), scope.clone());
    let app = visit.app.clone();
    let found = reading(move || {
        let settings = app.settings();
        let may_see = |line: &str| may.of_unit(line).is_some();
        let weigh = |run: &Run, key| settings.weigher.weigh(&settings.datasets, run, key);
        Ok(reader.journey_within(&asked, &caller, &may_see, &weigh)?)
    })
    .await;
    if found == Err(Fault::NotFound) {
        visit.app.store().audit(entry.rows(0).ended(Outcome::Refused)).await?;
    }
    found
}

impl View {
    fn of(found: &Explanation, rules: &YearRules, (opened, sees_ledger): (&Query, bool)) -> Self {
        let cost = pence::of(found.totals.cost);
        let mut view = Self {
            cost,
            income: pence::of(found.totals.income_recognised),
            parts: activities(found),
            ..Self::default()
        };
        settle(&mut view.parts, cost);
        view.inside = chosen(&view.parts, &opened.inside);
        let cells: Vec<&ExplainedCell> =
            found.cells.iter().filter(|it| it.activity.code == view.inside.code).collect();
        view.resources = resources(&cells, rules, sees_ledger);
        settle(&mut view.resources, view.inside.pence);
        if sees_ledger {
            view.of = chosen(&view.resources, &opened.of);
            if let Some(cell) = cells.iter().find(|it| it.resource.code == view.of.code) {
                view.how = how(cell);
                view.add_accounts(found, cell);
            }
        }
        view
    }

    /// The accounts behind one cost, the dearest first, the rest together.
    fn add_accounts(&mut self, found: &Explanation, cell: &ExplainedCell) {
        let lines: BTreeMap<&str, _> =
            found.ledger_lines.iter().map(|it| (it.ledger_line.as_str(), it)).collect();
        let mut of_lines: BTreeMap<&str, Money> = BTreeMap::new();
        for part in &cell.parts {
            *of_lines.entry(&part.source.ledger_line).or_default() += part.own + part.absorbed;
        }
        let mut accounts: BTreeMap<(String, String), Account> = BTreeMap::new();
        for (name, amount) in of_lines {
            let Some(line) = lines.get(name) else { continue };
            let key = (line.cost_centre.code.clone(), line.account.code.clone());
            let account = accounts.entry(key).or_insert_with(|| Account {
                name: format!("{}, {}", line.account.words(), line.cost_centre.words()),
                place: format!("{} · {}", line.cost_centre.code, line.account.code),
                ..Account::default()
            });
            account.exact += amount;
            account.in_ledger += line.ledger_amount;
        }
        let mut accounts: Vec<Account> = accounts.into_values().collect();
        accounts.sort_by_key(|it| std::cmp::Reverse(it.exact.abs()));
        if accounts.len() > ACCOUNTS {
            let rest = accounts.split_off(ACCOUNTS - 1);
            accounts.push(Account {
                name: format!("{} more accounts", rest.len()),
                in_ledger: rest.iter().map(|it| it.in_ledger).sum(),
                exact: rest.iter().map(|it| it.exact).sum(),
                ..Account::default()
            });
        }
        let exact: Vec<Money> = accounts.iter().map(|it| it.exact).collect();
        for (it, pence) in std::iter::zip(&mut accounts, pence::parts(self.of.pence, &exact)) {
            it.pence = pence;
        }
        self.in_ledger = accounts.iter().map(|it| it.in_ledger).sum();
        self.accounts = accounts;
    }
}

/// Cost by activity, the dearest first.
fn activities(found: &Explanation) -> Vec<Line> {
    let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
    for cell in &found.cells {
        let line = lines.entry(&cell.activity.code).or_insert_with(|| Line {
            code: cell.activity.code.clone(),
            name: cell.activity.words().to_owned(),
            how_much: cell.quantity.as_ref().map_or_else(String::new, |it| it.words.clone()),
            ..Line::default()
        });
        line.exact += cell.own + cell.absorbed;
    }
    by_cost(lines.into_values().collect())
}

/// Cost by resource; for those who do not see the ledger by group of resources.
fn resources(cells: &[&ExplainedCell], rules: &YearRules, sees_ledger: bool) -> Vec<Line> {
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    for cell in cells {
        let resource = &cell.resource;
        let group = rules.resources.get(&resource.code).map_or("", |it| &it.statement_group);
        let (code, name) = match (sees_ledger, rules.statement_groups.get(group)) {
            (true, _) => (resource.code.clone(), resource.words().to_owned()),
            (false, Some(name)) => (group.to_owned(), name.clone()),
            (false, None) => (String::new(), "Other resources".to_owned()),
        };
        let line =
            lines.entry(code.clone()).or_insert_with(|| Line { code, name, ..Line::default() });
        line.exact += cell.own + cell.absorbed;
    }
    by_cost(lines.into_values().collect())
}

fn by_cost(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by(|one, other| other.exact.cmp(&one.exact).then(one.code.cmp(&other.code)));
    lines
}

/// Sets pence that add up to the total.
fn settle(lines: &mut [Line], total: i64) {
    let exact: Vec<Money> = lines.iter().map(|it| it.exact).collect();
    for (line, pence) in std::iter::zip(lines, pence::parts(total, &exact)) {
        line.pence = pence;
    }
}

/// The line with a code, else the first.
fn chosen(lines: &[Line], code: &str) -> Line {
    let found = lines.iter().find(|it| it.code == code).or(lines.first());
    found.cloned().unwrap_or_default()
}

/// The sum in words.
fn how(cell: &ExplainedCell) -> Vec<String> {
    let mut how = vec![format!(
        "{} spent in all on {} for {}; this event: {}.",
        words::pence(cell.rate.pool),
        cell.resource.words(),
        cell.activity.words(),
        cell.rate.words
    )];
    if !cell.absorbed.is_zero() {
        how.push(format!(
            "{} of it is its share of activity for which no event was found.",
            words::pence(cell.absorbed)
        ));
    }
    how
}

impl Journey {
    fn of(
        visit: &Visit,
        found: &Explanation,
        (view, line): (View, line::View),
        here: String,
    ) -> Self {
        let event = &found.event;
        let query = serde_urlencoded::to_string([("line", &event.service_line.code)]);
        let kind = if line.is_stay { "stay" } else { event.event_type.words() };
        let shell = visit
            .shell(title(kind, &view))
            .below("Patients", "/patients")
            .below(event.service_line.words(), format!("/patients?{}", query.unwrap_or_default()));
        let mut kicker =
            format!("Event {}, {}", list::short(&event.reference), event.specialty.words());
        if !event.hrg.is_empty() {
            kicker += &format!(", price group {}", event.hrg);
        }
        let until = if event.end.is_empty() { "still open" } else { &event.end };
        let state = if found.run.published { "published" } else { "draft" };
        let when = format!(
            "{} to {until}. Run {} of {}, {state}.",
            event.start,
            found.run.id.chars().take(8).collect::<String>(),
            words::year(&found.run.year)
        );
        Self { shell, kicker, when, view, line, here }
    }

    /// Pence as they are read.
    #[expect(clippy::trivially_copy_pass_by_ref, clippy::unused_self, reason = "for a template")]
    fn shown(&self, pence: &i64) -> String {
        words::pence(pence::money(*pence))
    }

    #[expect(clippy::trivially_copy_pass_by_ref, clippy::unused_self, reason = "for a template")]
    fn shown_money(&self, money: &Money) -> String {
        words::pence(*money)
    }

    /// Surplus or deficit.
    fn result(&self) -> (&'static str, i64) {
        let left = self.view.income - self.view.cost;
        (if left < 0 { "Deficit" } else { "Surplus" }, left.abs())
    }

    fn link(&self, inside: &str, of: &str) -> String {
        let query = serde_urlencoded::to_string([("inside", inside), ("of", of)]);
        format!("{}?{}", self.here, query.unwrap_or_default())
    }
}

/// `This stay cost £9,422.63 and was paid £7,412.00`.
fn title(kind: &str, view: &View) -> String {
    let amount = |it: i64| words::pence(pence::money(it));
    let mut letters = kind.chars();
    let first = letters.next().map(|it| it.to_lowercase().to_string()).unwrap_or_default();
    let kind = first + letters.as_str();
    match view.income {
        0 => format!("This {kind} cost {}", amount(view.cost)),
        paid => format!("This {kind} cost {} and was paid {}", amount(view.cost), amount(paid)),
    }
}

impl Page for Journey {
    const TEMPLATE: &'static str = "features/patient_costs/journey.html";

    fn samples() -> Vec<Self> {
        let line = |code: &str, name: &str, how_much: &str, pence| Line {
            code: code.to_owned(),
            name: name.to_owned(),
            how_much: how_much.to_owned(),
            pence,
            exact: pence::money(pence),
        };
        let ward = line("WARD", "Stay on a ward", "10,560 minutes", 293_333);
        let nurses = line("NURSES", "Ward nurses", "", 200_933);
        let account = |name: &str, in_ledger, pence| Account {
            name: name.to_owned(),
            place: "41207 · 2110".to_owned(),
            in_ledger: Money::from_pounds(in_ledger),
            pence,
            exact: pence::money(pence),
        };
        let with_ledger = View {
            parts: vec![ward.clone(), line("THEATRE", "Theatre", "135 minutes", 330_450)],
            cost: 623_783,
            income: 741_200,
            inside: ward,
            resources: vec![nurses.clone(), line("ESTATES", "Estates", "", 92_400)],
            of: nurses,
            how: vec!["176 of the ward’s 212,640 patient hours.".to_owned()],
            accounts: vec![
                account("Registered nurses", 1_694_740, 140_271),
                account("Healthcare assistants", 485_900, 60_662),
            ],
            in_ledger: Money::from_pounds(2_180_640),
        };
        let without = View {
            of: Line::default(),
            how: Vec::new(),
            accounts: Vec::new(),
            ..with_ledger.clone()
        };
        let page = |view: View, line| Self {
            shell: Shell::sample(&title("Admitted patient care episode", &view)),
            kicker: "Event 7F3K-29QD, trauma and orthopaedics, price group HN12E".to_owned(),
            when: "3 Nov 2025 07:10 to 10 Nov 2025 15:10. Run 1fe9a090 of 2025/26, published."
                .to_owned(),
            view,
            line,
            here: "/patients/1fe9a090556158bd/20v8hcl5jsk6brd2fumssfkflv".to_owned(),
        };
        let [short, absent, long] = line::View::samples(with_ledger.cost);
        vec![
            page(with_ledger.clone(), short),
            page(without, absent),
            page(with_ledger, long),
            page(View::default(), line::View::default()),
        ]
    }
}
