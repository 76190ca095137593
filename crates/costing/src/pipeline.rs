//! The ordered list of stages.
