//! Footers of table files, read once: most of the work of opening a small table is its footer.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use parquet::errors::ParquetError;

use crate::parquet_file::{Footer, GroupReader, SharedFile};

/// Footers by file. A file of another length or time of change is another file.
static FOOTERS: LazyLock<Mutex<BTreeMap<PathBuf, (Stamp, Footer)>>> = LazyLock::new(Mutex::default);

/// Place on disk, length, and seconds and nanoseconds of the last change.
type Stamp = (u64, u64, i64, i64);

/// Footers that are kept at most: a run has some hundred files, and a footer some ten kilobytes.
const MOST: usize = 5_000;

/// A reader of an open table file, with its footer if that is known.
///
/// # Errors
///
/// [`ParquetError`] if this is not a whole Parquet file.
pub fn reader(path: &Path, file: File) -> Result<GroupReader<SharedFile>, ParquetError> {
    let about = file.metadata()?;
    let stamp = (about.ino(), about.len(), about.mtime(), about.mtime_nsec());
    let footer = known().get(path).filter(|it| it.0 == stamp).map(|it| it.1.clone());
    let file = SharedFile::new(file);
    if let Some(footer) = footer {
        return Ok(GroupReader::with_footer(file, footer));
    }
    let reader = GroupReader::new(file)?;
    let mut footers = known();
    if footers.len() >= MOST {
        footers.clear();
    }
    footers.insert(path.to_owned(), (stamp, reader.footer()));
    Ok(reader)
}

fn known() -> MutexGuard<'static, BTreeMap<PathBuf, (Stamp, Footer)>> {
    FOOTERS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::Table as _;
    use crate::parquet_file::GroupWriter;
    use crate::run::EventCost;

    #[test]
    fn a_file_that_was_written_anew_has_a_footer_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("event_costs.parquet");
        let write = |rows: usize| {
            let rows = vec![EventCost::default(); rows];
            let mut writer = GroupWriter::new(Vec::new(), EventCost::schema()).expect("memory");
            writer.group(&EventCost::batch(&rows)).expect("the rows fit");
            fs::write(&path, writer.finish().expect("memory")).expect("written");
        };
        write(2);
        let open = || reader(&path, File::open(&path).expect("it is there"));
        let rows = || open().expect("a table").rows();
        assert_eq!((rows(), rows()), (2, 2));
        write(3);
        assert_eq!(rows(), 3);
        fs::write(&path, "no table").expect("written");
        assert!(open().is_err());
    }
}
