//! `concord accept` and `concord publish`: who agreed to what, beside the run.

use anyhow::{Result, bail};
use results::Run;
use serde_json::json;

use crate::arguments::{Accept, Arguments, Publish};
use crate::{output, surroundings};

pub(super) fn accept(arguments: &Arguments, options: &Accept) -> Result<bool> {
    let run = Run::open(&options.run)?;
    let accepted =
        run.accept(&options.finding, &options.by, &options.reason, &surroundings::now())?;
    let left = run.outstanding()?.len();
    let text = || {
        format!(
            "{} is accepted by {}; {left} findings still need acceptance.",
            accepted.finding, accepted.by
        )
    };
    output::answer(arguments, text, || json!({ "acceptance": accepted, "outstanding": left }));
    Ok(true)
}

pub(super) fn publish(arguments: &Arguments, options: &Publish) -> Result<bool> {
    let [first, second] = options.by.as_slice() else {
        bail!("two people publish a run: give --by twice, with two names");
    };
    let run = Run::open(&options.run)?;
    let published = run.publish([first.as_str(), second.as_str()], &surroundings::now())?;
    let text = || format!("Run {} is published by {first} and {second}.", run.id());
    output::answer(arguments, text, || json!({ "run": run.id(), "publication": published }));
    Ok(true)
}
