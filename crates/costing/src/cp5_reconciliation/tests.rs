//! Identities of a small costing as text.
