//! The same bytes, however a dataset is cut, ordered and worked on.

use proptest::prelude::*;

use crate::given_activity::{Cut, Ran, Trust, WHOLE};
use crate::random_trust::{MANY, trusts};

/// Files whose bytes differ.
fn differing(one: &Ran, other: &Ran) -> Vec<String> {
    let names = one.files.keys().chain(other.files.keys());
    let mut differ: Vec<String> =
        names.filter(|it| one.files.get(*it) != other.files.get(*it)).cloned().collect();
    differ.dedup();
    differ
}

/// Everything in another order; rows of one patient too.
fn turned(trust: &Trust) -> Trust {
    let mut turned = trust.clone();
    turned.rows.rows_as_given = true;
    turned.rows.events.reverse();
    turned.rows.ledger.reverse();
    turned.rows.sessions.reverse();
    for rows in turned.rows.feeds.values_mut() {
        let third = rows.len() / 3;
        rows.rotate_left(third);
        rows.reverse();
    }
    turned
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5, max_shrink_iters: 20, ..ProptestConfig::default() })]

    /// Buckets, threads and the order of rows change no byte of any file, and no finding.
    #[test]
    fn nothing_but_the_rows_decides(trust in trusts(MANY)) {
        let whole = trust.run(WHOLE).expect("it can be costed");
        let turned = turned(&trust);
        for (trust, buckets, threads) in [
            (&trust, 3, 2),
            (&trust, 64, 8),
            (&turned, 1, 8),
            (&turned, 97, 2),
        ] {
            let cut = trust.run(Cut { buckets, threads }).expect("it can be costed");
            prop_assert_eq!(differing(&whole, &cut), Vec::<String>::new());
            prop_assert_eq!(&whole.findings, &cut.findings);
        }
    }
}
