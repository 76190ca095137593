//! A list of what is worked out beside cases: journeys, demand and capacity, or ceilings of prices.

use super::HOME;
use super::found::lists;
use crate::shell::page::{Link, Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/business_cases/rows.html")]
pub(super) struct Rows {
    shell: Shell,
    lead: String,
    lists: Vec<Link>,
    /// Title, address, unit, and what it says in short.
    listed: Vec<Row>,
    /// What to begin another says, and its address; blank for those who may not.
    begin: (String, String),
}

/// One of the list.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) title: String,
    pub(super) address: String,
    pub(super) unit: String,
    pub(super) says: String,
}

/// What a list is of.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    pub(super) title: &'static str,
    pub(super) address: &'static str,
    pub(super) begin: &'static str,
    pub(super) lead: &'static str,
}

impl Rows {
    pub(super) fn of(visit: &Visit, about: About, rows: Vec<Row>, may_begin: bool) -> Self {
        let begin = if may_begin {
            (about.begin.to_owned(), format!("{}/new", about.address))
        } else {
            (String::new(), String::new())
        };
        Self {
            shell: visit.shell(about.title).below(HOME.0, HOME.1),
            lead: format!(
                "{}: {}",
                words::count(rows.len() as u64, "record", "records"),
                about.lead
            ),
            lists: lists(about.address),
            listed: rows,
            begin,
        }
    }
}

impl Page for Rows {
    const TEMPLATE: &'static str = "features/business_cases/rows.html";

    fn samples() -> Vec<Self> {
        let page = |rows: Vec<Row>| Self {
            shell: Shell::sample("Patient journeys").below(HOME.0, HOME.1),
            lead: "1 record: steps, staff, minutes and cost of one patient.".to_owned(),
            lists: lists("/cases/journeys"),
            listed: rows,
            begin: ("Map a journey".to_owned(), "/cases/journeys/new".to_owned()),
        };
        let row = Row {
            title: "Hip replacement".to_owned(),
            address: "/cases/journeys/1".to_owned(),
            unit: "Trauma and orthopaedics".to_owned(),
            says: "7 steps, £1,204.55 a patient".to_owned(),
        };
        vec![page(vec![row]), page(Vec::new())]
    }
}
