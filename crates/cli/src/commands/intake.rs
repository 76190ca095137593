//! `concord intake`: reads and checks a trust's files.

use anyhow::{Result, bail};

use crate::arguments::{Arguments, Intake};

pub(super) fn run(_arguments: &Arguments, _options: &Intake) -> Result<bool> {
    bail!("not wired")
}
