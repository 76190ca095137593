//! The program from end to end, as a person uses it, on the small demonstration trust.

mod program;

mod damage;
mod explaining;
mod json;
mod publishing;
mod settings;
mod showing;
