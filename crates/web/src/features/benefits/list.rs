//! The ledger of benefits: each claim, what held up of it, and totals that add up.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use engagement::benefits::{Account, BenefitSettings, Entry, Kind as BenefitKind, Ledger, Totals};
use serde::Deserialize;
use store::benefits::{self, StoredBenefit};

use super::drawing;
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{self, amount, choices, number, sees_benefit, sum, unit_of};
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/benefits/list.html")]
pub(super) struct List {
    shell: Shell,
    lead: String,
    /// Claims that the guard holds: title, address and what is held.
    alerts: Vec<(String, String, String)>,
    cash: Vec<Row>,
    cash_total: Option<TotalRow>,
    others: Vec<Row>,
    other_totals: Vec<TotalRow>,
    sentence: String,
    svg: String,
    note: String,
    units: Vec<(String, String)>,
    domains: Vec<(String, String)>,
    asked: Asked,
    file: String,
    may_add: bool,
    wrong: Wrong,
}

/// One benefit.
#[derive(Clone, Debug, Default)]
struct Row {
    title: String,
    address: String,
    kind: String,
    /// How it stands, in words.
    stands: String,
    claimed: String,
    verified: String,
    held: String,
    not_accepted: String,
}

/// A total.
#[derive(Clone, Debug, Default)]
struct TotalRow {
    name: String,
    claimed: String,
    verified: String,
    held: String,
    not_accepted: String,
    /// Of what is verified, what comes again every year and what comes once.
    again: String,
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    unit: String,
    domain: String,
}

const TITLE: &str = "Benefits";

/// Benefits that somebody may see and asks for.
struct Seen {
    settings: BenefitSettings,
    benefits: Vec<StoredBenefit>,
    units: BTreeMap<String, String>,
    people: BTreeMap<String, String>,
}

impl Seen {
    async fn of(app: &App, visit: &Visit, asked: &Asked) -> Result<Self, Fault> {
        let mut db = app.store().read().await?;
        let mut benefits = benefits::list(&mut db).await?;
        let units = joint_work::unit_names(&mut db).await?;
        let people = people::names(&mut db).await?;
        drop(db);
        if !asked.unit.is_empty() && !joint_work::may(visit, Capability::ReadActions, &asked.unit) {
            return Err(Fault::NotFound);
        }
        benefits.retain(|it| {
            let is_unit = asked.unit.is_empty() || it.of.ground.unit == asked.unit;
            let is_domain = asked.domain.is_empty() || it.of.domain == asked.domain;
            is_unit && is_domain && sees_benefit(visit, it)
        });
        Ok(Self { settings: BenefitSettings::own(), benefits, units, people })
    }

    fn account(&self, it: &StoredBenefit) -> Account {
        it.account(&self.settings)
    }

    fn ledger(&self) -> Ledger {
        let all = self.benefits.iter();
        let entries: Vec<Entry> = all.map(|it| joint_work::entry(it, &self.settings)).collect();
        Ledger::of(&entries)
    }

    fn row(&self, it: &StoredBenefit) -> Row {
        let account = self.account(it);
        let unit = unit_of(&it.of, &self.settings);
        let said = |micro: i64| amount(micro, unit.as_deref());
        let name = self.units.get(&it.of.ground.unit).cloned().unwrap_or_default();
        let kind = it.of.kind.name();
        let again = if it.of.recurrent { "every year" } else { "once" };
        let kind = match (it.of.is_cash, it.of.kind) {
            (true, _) => format!("{kind}, cash-releasing, {again}"),
            (false, BenefitKind::Cost | BenefitKind::Capacity) => {
                format!("{kind}: capacity released, {again}; used by: {}", it.of.used_by)
            }
            _ => format!("{kind}, {again}"),
        };
        Row {
            title: it.of.title.clone(),
            address: format!("/benefits/{}", it.id),
            kind: format!("{name}. {kind}"),
            stands: stands(it, &account, &self.settings).to_owned(),
            claimed: said(account.claimed),
            verified: said(account.verified),
            held: said(account.held),
            not_accepted: said(account.not_accepted),
        }
    }
}

/// How a claim stands, in words.
pub(super) fn stands(
    it: &StoredBenefit,
    account: &Account,
    settings: &BenefitSettings,
) -> &'static str {
    if it.is_withdrawn() {
        "Withdrawn"
    } else if it.is_guarded(settings) {
        "False-saving risk: held"
    } else if account.verified == account.claimed {
        "Verified"
    } else if account.verified > 0 {
        "Verified in part"
    } else if account.not_accepted == account.claimed {
        "Not accepted"
    } else {
        "To be verified"
    }
}

fn total(name: &str, it: &Totals, unit: Option<&str>) -> TotalRow {
    TotalRow {
        name: name.to_owned(),
        claimed: sum(it.claimed, unit),
        verified: sum(it.verified, unit),
        held: sum(it.held, unit),
        not_accepted: sum(it.not_accepted, unit),
        again: format!(
            "Of what is verified: {} again every year, {} once",
            sum(it.recurrent, unit),
            sum(it.one_off, unit)
        ),
    }
}

fn sentence(ledger: &Ledger) -> String {
    let it = &ledger.cash;
    if it.claimed == 0 {
        return "No cash is claimed. What is released in days, sessions or slots is not cash."
            .to_owned();
    }
    let pounds = |micro: i128| sum(micro, None);
    format!(
        "Of {} cash claimed, {} is verified, {} is held and {} was not accepted. Of the {} verified, {} comes again every year and {} once. Bed days and cash are never added together, and what actions may bring is not counted.",
        pounds(it.claimed),
        pounds(it.verified),
        pounds(it.held),
        pounds(it.not_accepted),
        pounds(it.verified),
        pounds(it.recurrent),
        pounds(it.one_off)
    )
}

fn lead(count: usize, held: usize, ledger: &Ledger) -> String {
    let count = words::count(count as u64, "benefit", "benefits");
    let cash = sum(ledger.cash.verified, None);
    match held {
        0 => format!("{count}, {cash} of cash verified; nothing is held by the guard."),
        held => format!(
            "{count}, {cash} of cash verified; {} held, as a saving may have harmed care.",
            words::count(held as u64, "is", "are")
        ),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let seen = Seen::of(&app, &visit, &asked).await?;
    let ledger = seen.ledger();
    let guarded =
        seen.benefits.iter().filter(|it| !it.is_withdrawn() && it.is_guarded(&seen.settings));
    let alert = |it: &StoredBenefit| {
        let row = seen.row(it);
        (row.title, row.address, row.held)
    };
    let alerts: Vec<_> = guarded.map(alert).collect();
    let rows = |is_cash: bool| -> Vec<Row> {
        let of = seen.benefits.iter().filter(|it| it.of.is_cash == is_cash);
        of.map(|it| seen.row(it)).collect()
    };
    let (cash, others) = (rows(true), rows(false));
    let chart = drawing::ledger(&ledger.cash);
    let query = [("unit", asked.unit.as_str()), ("domain", asked.domain.as_str())];
    let query = serde_urlencoded::to_string(query).unwrap_or_default();
    let readable =
        seen.units.iter().filter(|it| joint_work::may(&visit, Capability::ReadActions, it.0));
    let units = choices("All that you see", readable.map(|it| (it.0.as_str(), it.1.as_str())));
    Ok(List {
        shell: visit.shell(TITLE),
        lead: lead(seen.benefits.len(), alerts.len(), &ledger),
        alerts,
        cash_total: (!cash.is_empty()).then(|| total("Cash in all", &ledger.cash, None)),
        cash,
        other_totals: ledger
            .units
            .iter()
            .map(|(unit, it)| total(&words::capital(unit), it, Some(unit)))
            .collect(),
        others,
        sentence: sentence(&ledger),
        svg: chart.as_ref().map(charts::Chart::svg).unwrap_or_default(),
        note: chart.map(|it| it.note).unwrap_or_default(),
        units,
        domains: domains(&seen.settings),
        asked,
        file: format!("/benefits.csv?{query}"),
        may_add: visit.may(Capability::KeepActions),
        wrong: Wrong::default(),
    }
    .respond())
}

/// Domains of the outcomes framework, with none before them.
pub(super) fn domains(settings: &BenefitSettings) -> Vec<(String, String)> {
    choices("None, or all", settings.domain.iter().map(|it| (it.code.as_str(), it.name.as_str())))
}

pub(super) async fn take(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let seen = Seen::of(&app, &visit, &asked).await?;
    let mut rows = Vec::new();
    for it in &seen.benefits {
        let account = seen.account(it);
        let plain = |micro: i64| number(micro).replace(',', "").replace('−', "-");
        let yes = |it: bool| if it { "yes" } else { "no" }.to_owned();
        let unit = unit_of(&it.of, &seen.settings).unwrap_or_else(|| "GBP".to_owned());
        let pair = it.of.pair.as_ref().map_or(String::new(), |it| it.measure.to_string());
        rows.push(vec![
            it.of.title.clone(),
            it.of.ground.unit.clone(),
            it.of.kind.name().to_owned(),
            yes(it.of.is_cash),
            yes(it.of.recurrent),
            seen.people.get(it.of.owner.as_str()).cloned().unwrap_or_default(),
            it.of.ground.from.to_string(),
            it.of.ground.to.to_string(),
            unit,
            plain(account.claimed),
            plain(account.verified),
            plain(account.held),
            plain(account.not_accepted),
            pair,
            stands(it, &account, &seen.settings).to_owned(),
        ]);
    }
    let text = |it| (it, Kind::Text);
    let columns = [
        text("benefit"),
        text("unit_of_the_trust"),
        text("kind"),
        text("cash_releasing"),
        text("recurrent"),
        text("owner"),
        text("from"),
        text("to"),
        text("unit"),
        text("claimed"),
        text("verified"),
        text("held"),
        text("not_accepted"),
        text("paired_measure"),
        text("state"),
    ];
    Table::new(&columns, rows)
        .about("What it is", "Claimed is verified, held and not accepted together, row by row.")
        .about("Adding up", "Add rows of one unit alone: GBP is cash, all else is not.")
        .file(&visit, "benefits")
}

impl Page for List {
    const TEMPLATE: &'static str = "features/benefits/list.html";

    fn samples() -> Vec<Self> {
        let settings = BenefitSettings::own();
        let row = |title: &str, kind: &str, [claimed, verified, held, not]: [&str; 4]| Row {
            title: title.to_owned(),
            address: "/benefits/1".to_owned(),
            kind: kind.to_owned(),
            stands: "Verified in part".to_owned(),
            claimed: claimed.to_owned(),
            verified: verified.to_owned(),
            held: held.to_owned(),
            not_accepted: not.to_owned(),
        };
        let ledger = Ledger::default();
        let page = |cash: Vec<Row>, alerts: Vec<(String, String, String)>| Self {
            shell: Shell::sample(TITLE),
            lead: lead(cash.len(), alerts.len(), &ledger),
            alerts,
            cash_total: (!cash.is_empty()).then(|| total("Cash in all", &ledger.cash, None)),
            others: cash.clone(),
            cash,
            other_totals: vec![total("Bed days", &Totals::default(), Some("bed days"))],
            sentence: sentence(&ledger),
            svg: String::new(),
            note: String::new(),
            units: choices("All that you see", [("TORT", "Trauma and orthopaedics")]),
            domains: domains(&settings),
            asked: Asked::default(),
            file: "/benefits.csv?unit=".to_owned(),
            may_add: true,
            wrong: Wrong::default(),
        };
        let cash = row(
            "One price for each implant",
            "Trauma and orthopaedics. Cost, cash-releasing, every year",
            ["£96,408", "£82,400", "£0", "£14,008"],
        );
        let alert =
            ("Fewer therapy visits".to_owned(), "/benefits/2".to_owned(), "£18,128".to_owned());
        vec![page(vec![cash], vec![alert]), page(Vec::new(), Vec::new())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_in_its_own_unit_tells_what_comes_again_and_what_comes_once() {
        let micro = |it: i128| it * 1_000_000;
        let it = Totals {
            claimed: micro(310),
            verified: micro(184),
            held: micro(126),
            recurrent: micro(120),
            one_off: micro(64),
            ..Totals::default()
        };
        let again = total("Bed days", &it, Some("bed days")).again.replace('\u{a0}', " ");
        assert_eq!(again, "Of what is verified: 120 bed days again every year, 64 bed days once");
    }
}
