//! Who is the same person: NHS numbers, local identifiers and the links between them.

pub mod clusters;
pub mod nhs_number;
