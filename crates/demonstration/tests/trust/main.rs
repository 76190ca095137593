//! A small demonstration trust, read back from its files.

mod files;
mod model;
mod planted;
mod reading;
mod volumes;
