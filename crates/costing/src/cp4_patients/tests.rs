//! Pools and weights as text; cells, residuals, provenance and unit costs as text.

use testkit::{Tables, check_golden};

use crate::given::Given;
use crate::given_activity::Trust;

fn produce(given: &impl Given) -> Tables {
    Trust::new(given).show(|ran| {
        let left = ["residual", "reason", "resource", "activity", "support_group", "amount"];
        let of_lines = ["service_line", "resource", "activity", "support_group", "own", "absorbed"];
        let units =
            ["resource", "activity", "count", "own", "absorbed", "unit_own", "unit_with_absorbed"];
        Tables::from([
            ("event_costs".to_owned(), ran.event_costs()),
            ("residuals".to_owned(), ran.table("residuals.parquet", &left)),
            ("service_lines".to_owned(), ran.table("service_line_costs.parquet", &of_lines)),
            ("unit_costs".to_owned(), ran.table("unit_costs.parquet", &units)),
        ])
    })
}

#[test]
fn golden_cases() {
    check_golden("cp4_patients", produce);
}
