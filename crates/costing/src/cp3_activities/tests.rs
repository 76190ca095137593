//! Resources, shares and feeds in; pools and what reaches no activity out.

use testkit::{Tables, check_golden};

use crate::given::Given;
use crate::given_activity::Trust;

fn produce(given: &impl Given) -> Tables {
    Trust::new(given).show(|ran| {
        let pools = ["resource", "activity", "support_group", "cost_line", "ledger_line", "amount"];
        let left = ["residual", "reason", "resource", "support_group", "cost_line", "amount"];
        Tables::from([
            ("pools".to_owned(), ran.table("pools.parquet", &pools)),
            ("residuals".to_owned(), ran.table("residuals.parquet", &left)),
        ])
    })
}

#[test]
fn golden_cases() {
    check_golden("cp3_activities", produce);
}
