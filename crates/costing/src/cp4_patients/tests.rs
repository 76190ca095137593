//! Pools and weights as text, cells and residuals as text.
