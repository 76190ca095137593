//! The trust's model: every rule of its costing as files, in the form that the reference describes.

mod evidence;
mod intake;
mod ledger;
mod services;
mod sheet;
mod staff;
mod weights;

use std::collections::BTreeMap;

use self::sheet::Sheet;
use crate::finances::Finances;
use crate::size::Size;

/// Files of the model by name, with `/` between folders.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Minutes that patients spent in each location, by the first calendar year of the financial year.
pub(crate) type Occupancy = BTreeMap<(i32, String), i64>;

/// Files that are the same at every size.
const STATED: &[(&str, &str)] = &[
    ("settings.csv", include_str!("../../data/model/settings.csv")),
    ("sources.csv", include_str!("../../data/model/sources.csv")),
    ("support_groups.csv", include_str!("../../data/model/support_groups.csv")),
    ("cost_objects.csv", include_str!("../../data/model/cost_objects.csv")),
    ("drivers.csv", include_str!("../../data/model/drivers.csv")),
    ("event_types.csv", include_str!("../../data/model/event_types.csv")),
    ("statement_groups.csv", include_str!("../../data/model/statement_groups.csv")),
    ("statement.csv", include_str!("../../data/model/statement.csv")),
    ("feeds.csv", include_str!("../../data/model/feeds.csv")),
    ("matching.csv", include_str!("../../data/model/matching.csv")),
    ("session_kinds.csv", include_str!("../../data/model/session_kinds.csv")),
    ("income.csv", include_str!("../../data/model/income.csv")),
    ("decisions.csv", include_str!("../../data/model/decisions.csv")),
    ("service_lines.csv", include_str!("../../data/service_lines.csv")),
    ("plausibility.csv", include_str!("../../data/model/plausibility.csv")),
    ("peers.csv", include_str!("../../data/model/peers.csv")),
    ("budget_holders.csv", include_str!("../../data/model/budget_holders.csv")),
];

/// Years that the model covers, by the calendar year in which they begin.
pub(crate) const YEARS: [i32; 2] = [2024, 2025];

/// All files of the model.
pub(crate) fn files(size: Size, finances: &Finances, occupancy: &Occupancy) -> Files {
    let mut files = Files::new();
    files.insert("model.toml".into(), header(size).into_bytes());
    for (name, text) in STATED {
        files.insert((*name).into(), Sheet::of(text).into_bytes());
    }
    let mut add = |name: &str, sheet: Sheet| {
        files.insert(name.to_owned(), sheet.into_bytes());
    };
    add("mapping.csv", ledger::mapping(finances));
    add("cost_lines.csv", ledger::cost_lines(finances));
    add("statistics.csv", ledger::statistics(finances));
    add("resources.csv", staff::resources(size));
    add("activities.csv", staff::activities());
    add("activity_rules.csv", staff::activity_rules());
    add("shares.csv", staff::shares());
    add("weight_sets.csv", weights::sets());
    add("rwv.csv", weights::relative());
    add("specialties.csv", services::specialties());
    add("reference_codes.csv", services::reference_codes(occupancy));
    add("reference_costs.csv", evidence::reference_costs());
    add("capacity.csv", evidence::capacity(occupancy));
    for (feed, text) in intake::MAPPINGS {
        files.insert(format!("intake/{feed}.toml"), text.as_bytes().to_vec());
    }
    files
}

fn header(size: Size) -> String {
    format!(
        "format = 1\n\
         name = \"{size}\"\n\
         title = \"Ashbourne Vale NHS Trust, a demonstration (fictional)\"\n\
         organisation = \"X-RCN\"\n\
         footnote = \"A fictional trust: no patient, consultant or pound is real\"\n\
         test_identities = []\n\
         \n\
         [[year]]\n\
         year = \"2024-25\"\n\
         last_period = 12\n\
         extract_date = 2025-04-20\n\
         \n\
         [[year]]\n\
         year = \"2025-26\"\n\
         last_period = 12\n\
         extract_date = 2026-04-20\n"
    )
}
