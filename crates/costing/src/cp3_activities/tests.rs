//! Resources, shares and feeds in; pools and what reaches no activity out.

use std::collections::BTreeMap;

use proptest::prelude::*;
use testkit::{Tables, check_golden};

use super::{Activities, Pool, reference};
use crate::cp4_weights::reference::weigh as weigh_plainly;
use crate::given::Given;
use crate::given_activity::Trust;
use crate::plain::{differences, sources};
use crate::random_trust::{SMALL, trusts};
use crate::source::SourceList;

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Pools, source by source, are what the plain reading makes of the plain weights; each
    /// resource is found again whole, credits among them.
    #[test]
    fn fast_and_plain_agree(trust in trusts(SMALL)) {
        let sets = weigh_plainly(&trust.rules, &trust.rows).sets;
        let (fast, plain) = trust.with_costing(|costing| {
            let plain = reference::activities(&costing.small.resources, &trust.rules, &sets);
            (in_plain_terms(&costing.activities), plain)
        }).expect("it can be costed");
        prop_assert_eq!(differences(&fast.pools, &plain.pools), "");
        prop_assert_eq!(differences(&fast.no_driver, &plain.no_driver), "");
        prop_assert_eq!(differences(&fast.unmapped, &plain.unmapped), "");
    }
}

fn in_plain_terms(fast: &Activities) -> reference::Plain {
    let lists = |lists: &BTreeMap<String, SourceList>| {
        lists.iter().map(|(name, list)| (name.clone(), sources(list))).collect()
    };
    let pool = |(resource, pools): (&String, &BTreeMap<String, Pool>)| {
        let named = |(activity, pool): (&String, &Pool)| {
            ((resource.clone(), activity.clone()), sources(&pool.sources))
        };
        pools.iter().map(named).collect::<Vec<_>>()
    };
    reference::Plain {
        pools: fast.pools.iter().flat_map(pool).collect(),
        no_driver: lists(&fast.no_driver),
        unmapped: lists(&fast.unmapped),
    }
}
