//! The level engine against worked cases, an obvious second implementation, and properties.

mod form;
mod judgement;
mod properties;
mod reference;
mod returning;
mod trials;
mod vectors;
