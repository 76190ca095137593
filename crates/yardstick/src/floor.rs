//! The least that any engine with our files must do: read what is read, write what is written.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use arrow::array::RecordBatch;
use rayon::prelude::*;
use tables::parquet_file::{GroupReader, GroupWriter, SharedFile};

use crate::model::FEEDS;

/// Reads events and feeds, then encodes and writes the costs of events of the run that is there.
#[expect(clippy::disallowed_methods, clippy::float_arithmetic, reason = "time is what is measured")]
pub(crate) fn run(folder: &Path, threads: usize) -> Result<String> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let costs = written(folder)?;
    let inputs: Vec<PathBuf> = FEEDS
        .iter()
        .map(|feed| format!("feeds/{feed}.parquet"))
        .chain(["events.parquet".to_owned()])
        .map(|name| folder.join("dataset").join(name))
        .collect();
    let began = Instant::now();
    let rows = inputs.iter().map(|it| read(it)).sum::<Result<usize>>()?;
    let read_seconds = began.elapsed().as_secs_f64();
    let to = folder.join("floor");
    fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
    let began = Instant::now();
    costs
        .par_iter()
        .enumerate()
        .map(|(number, batches)| write(&to.join(format!("{number}.parquet")), batches))
        .collect::<Result<Vec<()>>>()?;
    let write_seconds = began.elapsed().as_secs_f64();
    let line = serde_json::json!({
        "engine": "floor",
        "rows": rows,
        "seconds": {
            "read": read_seconds,
            "write": write_seconds,
            "matching and allocation": read_seconds + write_seconds,
        },
    });
    Ok(line.to_string())
}

/// Costs of events of the only run, file by file.
fn written(folder: &Path) -> Result<Vec<Vec<RecordBatch>>> {
    let runs = folder.join("runs");
    let listed = fs::read_dir(&runs).with_context(|| format!("cannot read {}", runs.display()))?;
    let mut found = listed.filter_map(|it| Some(it.ok()?.path().join("event_costs")));
    let Some(costs) = found.find(|it| it.is_dir()) else {
        bail!("there is no run: cost the dataset first")
    };
    let mut files: Vec<PathBuf> =
        fs::read_dir(costs)?.map(|it| Ok(it?.path())).collect::<Result<_>>()?;
    files.sort();
    files.iter().map(|it| groups(it)).collect()
}

fn groups(path: &Path) -> Result<Vec<RecordBatch>> {
    let reader = GroupReader::new(SharedFile::new(File::open(path)?))?;
    (0..reader.groups()).map(|it| Ok(reader.group(it, &[])?)).collect()
}

fn read(path: &Path) -> Result<usize> {
    let footer = GroupReader::new(SharedFile::new(File::open(path)?))?;
    let (count, footer) = (footer.groups(), footer.footer());
    (0..count)
        .into_par_iter()
        .map(|group| {
            let file = SharedFile::new(File::open(path)?);
            Ok(GroupReader::with_footer(file, footer.clone()).group(group, &[])?.num_rows())
        })
        .sum()
}

fn write(path: &Path, batches: &[RecordBatch]) -> Result<()> {
    let Some(first) = batches.first() else { return Ok(()) };
    let mut writer = GroupWriter::new(File::create(path)?, first.schema())?;
    for batch in batches {
        writer.group(batch)?;
    }
    writer.finish()?.sync_all()?;
    Ok(())
}
