//! `concord demo`: writes a demonstration trust.

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use crate::arguments::{Arguments, Demo};
use crate::output;
use crate::progress::Progress;

pub(super) fn run(arguments: &Arguments, options: &Demo) -> Result<bool> {
    let dir = options.dir.display();
    if std::fs::read_dir(&options.dir).is_ok_and(|mut it| it.next().is_some()) {
        bail!("{dir} is not empty: delete it, or choose another folder with --dir");
    }
    let progress = Progress::new(arguments);
    let summary =
        demonstration::write(&options.dir, options.size, options.seed, &|what, done, all| {
            progress.say(&format!("{what}: {done} of {all}"));
        })
        .with_context(|| format!("{dir} cannot be written"))?;
    progress.end();
    let text = || {
        let mut text = format!(
            "A demonstration trust is in {dir}. It is invented, and so are its patients.\n"
        );
        for (year, written) in &summary.years {
            let events: u64 = written.events.values().sum();
            let rows: u64 = written.rows.values().sum();
            text += &format!(
                "  {year}: {events} events, {rows} rows in {} feeds\n",
                written.rows.len()
            );
        }
        let year = summary.years.keys().next_back().map_or("", String::as_str);
        text += &format!(
            "Next: concord intake --model {dir}/model --from {dir} --to {dir}/datasets/{year} --year {year} --vault {dir}/vault"
        );
        text
    };
    let years = || {
        let year = |(year, it): (&String, &demonstration::YearSummary)| json!({ "year": year, "events": it.events, "rows": it.rows });
        summary.years.iter().map(year).collect::<Vec<_>>()
    };
    output::answer(arguments, text, || json!({ "dir": options.dir, "years": years() }));
    Ok(true)
}
