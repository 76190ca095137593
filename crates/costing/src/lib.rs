//! costing.
