//! Rows as text, weights as text.
