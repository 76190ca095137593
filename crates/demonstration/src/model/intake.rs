//! How the trust's files become feeds.

/// Intake mappings by feed.
pub(super) const MAPPINGS: &[(&str, &str)] = &[
    ("APC", include_str!("../../data/model/intake/APC.toml")),
    ("BLOOD", include_str!("../../data/model/intake/BLOOD.toml")),
    ("BUDGET", include_str!("../../data/model/intake/BUDGET.toml")),
    ("CONTACTS", include_str!("../../data/model/intake/CONTACTS.toml")),
    ("CONTROL", include_str!("../../data/model/intake/CONTROL.toml")),
    ("CRITICAL", include_str!("../../data/model/intake/CRITICAL.toml")),
    ("DEVICES", include_str!("../../data/model/intake/DEVICES.toml")),
    ("ED", include_str!("../../data/model/intake/ED.toml")),
    ("IMAGING", include_str!("../../data/model/intake/IMAGING.toml")),
    ("INCOME", include_str!("../../data/model/intake/INCOME.toml")),
    ("INTERPRET", include_str!("../../data/model/intake/INTERPRET.toml")),
    ("INTERPRET_TOTALS", include_str!("../../data/model/intake/INTERPRET_TOTALS.toml")),
    ("LEDGER", include_str!("../../data/model/intake/LEDGER.toml")),
    ("MDT", include_str!("../../data/model/intake/MDT.toml")),
    ("MEDICINES", include_str!("../../data/model/intake/MEDICINES.toml")),
    ("OP", include_str!("../../data/model/intake/OP.toml")),
    ("PATH", include_str!("../../data/model/intake/PATH.toml")),
    ("SESSIONS", include_str!("../../data/model/intake/SESSIONS.toml")),
    ("THEATRE", include_str!("../../data/model/intake/THEATRE.toml")),
    ("WARD", include_str!("../../data/model/intake/WARD.toml")),
];
