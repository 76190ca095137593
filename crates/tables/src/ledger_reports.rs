//! Names of the reports of the reconciliation whose lines are places of the ledger.

/// Ledger lines by period, and where they ended.
pub const BY_PERIOD: &str = "1 General ledger by period";
/// Ledger lines by cost centre, and where they ended.
pub const BY_COST_CENTRE: &str = "1 General ledger by cost centre";
/// Ledger lines by account, and where they ended.
pub const BY_ACCOUNT: &str = "1 General ledger by account";
/// Ledger lines that are not found again whole.
pub const BY_LEDGER_LINE: &str = "1 General ledger by line";
/// All of these.
pub const BY_PLACE: [&str; 4] = [BY_PERIOD, BY_COST_CENTRE, BY_ACCOUNT, BY_LEDGER_LINE];
