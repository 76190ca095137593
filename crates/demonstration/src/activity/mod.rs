//! A year of activity: every patient's events, and all that was done for them.

mod admission;
mod admission_rows;
mod clinic;
mod diagnostics;
mod emergency;
mod faults;
mod feeds;
mod income;
mod medicines;
mod meetings;
mod span;
mod tally;
mod theatre;
mod therapies;
mod trust;
mod year;

pub(crate) use span::Span;
pub(crate) use tally::Tally;
pub(crate) use trust::{Pathway, REQUESTS_OF_OTHERS, Trust, requests_of_practices};
pub(crate) use year::write_year;
