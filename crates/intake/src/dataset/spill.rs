//! Bytes that wait for a later pass: in memory while they are few, in a file beyond.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// Up to here bytes stay in memory.
const IN_MEMORY: usize = 1 << 20;

/// Bytes that are written once and read once or more.
#[derive(Debug)]
pub(crate) struct Spill {
    memory: Vec<u8>,
    path: PathBuf,
    file: Option<File>,
    rows: u64,
}

impl Spill {
    /// An empty spill; the file is made when it is needed.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { memory: Vec::new(), path, file: None, rows: 0 }
    }

    /// How many rows were counted in.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds one row, written by `write` at the end of the buffer.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        write(&mut self.memory);
        self.rows += 1;
        if self.memory.len() > IN_MEMORY { self.flush() } else { Ok(()) }
    }

    /// Everything written, in order, in chunks that the visitor consumes from the front.
    ///
    /// The visitor says how many bytes it took; what it leaves comes again with more behind it.
    pub(crate) fn visit(&self, visitor: &mut dyn FnMut(&[u8]) -> usize) -> io::Result<()> {
        let mut pending: Vec<u8> = Vec::new();
        if self.file.is_some() {
            let mut file = File::open(&self.path)?;
            let mut buffer = vec![0; IN_MEMORY];
            loop {
                let count = file.read(&mut buffer)?;
                if count == 0 {
                    break;
                }
                pending.extend_from_slice(&buffer[..count]);
                let taken = visitor(&pending);
                pending.drain(..taken);
            }
        }
        pending.extend_from_slice(&self.memory);
        let taken = visitor(&pending);
        assert_eq!(taken, pending.len(), "a spill ends behind a whole row");
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let file = if let Some(file) = &mut self.file {
            file
        } else {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            self.file.insert(options.open(&self.path)?)
        };
        file.write_all(&self.memory)?;
        self.memory.clear();
        Ok(())
    }
}

impl Drop for Spill {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // The folder of spills goes as a whole in any case.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
