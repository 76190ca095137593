//! What all pages share: registry and guard, session, forms, layout, words, and the design system.

pub mod allocations;
pub mod api;
pub mod assessed;
pub mod assessing;
pub mod assets;
pub mod beyond;
pub mod care;
pub mod collecting;
pub mod concerns;
pub mod costing_quality;
pub mod cube;
pub mod download;
pub mod evidence;
pub mod evidence_providers;
pub mod fault;
pub mod feasibility;
pub mod form_page;
pub mod forms;
pub mod found;
pub mod guard;
pub mod headers;
pub mod ideas;
pub mod joint_work;
pub mod kept;
pub mod known_issues;
pub mod measures;
pub mod model_faults;
pub mod models;
pub mod named_run;
pub mod page;
pub mod paging;
pub mod passwords;
pub mod pasted;
pub mod people;
pub mod provenance;
pub mod provider;
pub mod questions;
pub mod registry;
pub mod reviews_waiting;
pub mod seal;
pub mod session;
pub mod shares;
pub mod shelf;
pub mod sit_downs;
pub mod spread;
pub mod terms;
pub mod to_decide;
pub mod typed;
pub mod use_of_figures;
pub mod variation;
pub mod visit;
pub mod waiting;
pub mod words;
pub mod work;

#[cfg(test)]
pub(crate) mod costed;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
