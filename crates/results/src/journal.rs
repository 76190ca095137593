//! Append-only files of JSON lines: a line is on disk before the call returns.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ResultsError;

/// An open journal that nobody else can append to until it is dropped.
pub(crate) struct Journal<'a> {
    path: &'a Path,
    file: File,
}

impl<'a> Journal<'a> {
    /// Opens for appending, alone.
    ///
    /// A last line without its line break was never acknowledged (the machine stopped while it was
    /// written), so it is cut off.
    pub(crate) fn open(path: &'a Path) -> Result<Self, ResultsError> {
        let is_new = !path.exists();
        let mut file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(path)
            .map_err(ResultsError::writing(path))?;
        file.lock().map_err(ResultsError::writing(path))?;
        if is_new {
            sync_folder(path)?;
        }
        cut_torn_line(&mut file).map_err(ResultsError::writing(path))?;
        Ok(Self { path, file })
    }

    /// What stands in it.
    pub(crate) fn records<T: DeserializeOwned>(&self) -> Result<Vec<T>, ResultsError> {
        read(self.path)
    }

    /// Adds one record and waits until it is on disk.
    pub(crate) fn append(&mut self, record: &impl Serialize) -> Result<(), ResultsError> {
        let mut line = serde_json::to_string(record).expect("records are plain values");
        line.push('\n');
        self.file.write_all(line.as_bytes()).map_err(ResultsError::writing(self.path))?;
        self.file.sync_all().map_err(ResultsError::writing(self.path))
    }
}

fn cut_torn_line(file: &mut File) -> std::io::Result<()> {
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Ok(());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" {
        return Ok(());
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    file.set_len(u64::try_from(whole_lines(&bytes)).expect("a file's length fits 64 bits"))
}

/// Reads a journal without holding it; no file is no records.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, ResultsError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(ResultsError::reading(path)(error)),
    };
    let text = String::from_utf8_lossy(&bytes[..whole_lines(&bytes)]);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let parse = |(index, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| {
            ResultsError::damaged(&*name, &format!("line {} is no record: {error}", index + 1))
        })
    };
    text.lines().enumerate().map(parse).collect()
}

/// Length of the bytes up to and with the last line break.
fn whole_lines(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1)
}

/// A new file's name is only safe once its folder is on disk too.
fn sync_folder(path: &Path) -> Result<(), ResultsError> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    File::open(folder).and_then(|it| it.sync_all()).map_err(ResultsError::writing(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_last_line_is_cut_off_and_a_torn_middle_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("j.jsonl");
        std::fs::write(&path, "1\n2\n{\"half").expect("writes");
        assert_eq!(read::<u32>(&path).expect("reads"), [1, 2]);
        Journal::open(&path).expect("opens").append(&3).expect("appends");
        assert_eq!(read::<u32>(&path).expect("reads"), [1, 2, 3]);

        std::fs::write(&path, "1\nx\n3\n").expect("writes");
        let error = read::<u32>(&path).expect_err("line 2 is damaged");
        assert!(error.to_string().contains("line 2 is no record"), "{error}");
    }
}
