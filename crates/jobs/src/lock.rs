//! Locks that go with the process that holds them, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::error::LockError;
use crate::files::JobFiles;

/// Whoever asks for the holder of a lock has it for an instant; an engine waits so often for that.
const ATTEMPTS: u32 = 25;
const PAUSE: Duration = Duration::from_millis(20);

/// The right to serve a folder: `DIR/serve.lock`. Given up when dropped, or when the process ends.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder, or says which process has it.
    ///
    /// # Errors
    ///
    /// [`LockError::Served`] if another process has it; [`LockError::File`] if the lock cannot be
    /// written.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join("serve.lock");
        let found = std::fs::create_dir_all(folder).and_then(|()| take(&path));
        match found.map_err(LockError::file(&path))? {
            Taken::Ours(file) => Ok(Self { _file: file }),
            Taken::Theirs(pid) => Err(LockError::Served { folder: folder.to_owned(), pid }),
        }
    }
}

/// The right to do a job: `FILE.lock`. Held by the engine as long as it lives.
#[derive(Debug)]
pub struct EngineLock {
    _file: File,
}

impl EngineLock {
    /// Takes the job, or says which process does it.
    ///
    /// # Errors
    ///
    /// [`LockError::BeingDone`] if another engine does it; [`LockError::File`] if the lock cannot
    /// be written.
    pub fn take(files: &JobFiles) -> Result<Self, LockError> {
        let path = files.lock();
        let mut holder = None;
        for _ in 0..ATTEMPTS {
            match take(&path).map_err(LockError::file(&path))? {
                Taken::Ours(file) => return Ok(Self { _file: file }),
                Taken::Theirs(pid) => holder = pid,
            }
            std::thread::sleep(PAUSE);
        }
        Err(LockError::BeingDone { job: files.job().to_owned(), pid: holder })
    }
}

/// Who does a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// No engine.
    Nobody,
    /// An engine, with its process number once it has written it.
    Engine(Option<u32>),
}

impl Holder {
    /// Looks who does a job now.
    ///
    /// # Errors
    ///
    /// [`LockError::File`] if the lock cannot be looked at.
    pub fn of(files: &JobFiles) -> Result<Self, LockError> {
        let path = files.lock();
        let looked = || -> io::Result<Self> {
            let mut file = match File::open(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Nobody),
                opened => opened?,
            };
            match file.try_lock_shared() {
                Ok(()) => Ok(Self::Nobody),
                Err(TryLockError::WouldBlock) => Ok(Self::Engine(pid_in(&mut file)?)),
                Err(TryLockError::Error(error)) => Err(error),
            }
        };
        looked().map_err(LockError::file(&path))
    }
}

enum Taken {
    Ours(File),
    Theirs(Option<u32>),
}

/// The file stays when the lock is given up: if it were taken away, two processes could hold locks
/// on two files of one name.
fn take(path: &Path) -> io::Result<Taken> {
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            file.write_all(format!("{}\n", std::process::id()).as_bytes())?;
            Ok(Taken::Ours(file))
        }
        Err(TryLockError::WouldBlock) => Ok(Taken::Theirs(pid_in(&mut file)?)),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn pid_in(file: &mut File) -> io::Result<Option<u32>> {
    let mut text = String::new();
    file.rewind()?;
    file.read_to_string(&mut text)?;
    Ok(text.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_served_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let ours = FolderLock::take(folder.path()).expect("it is free");
        let second = FolderLock::take(folder.path()).expect_err("it is taken").to_string();
        let us = format!("is served already, by process {}: stop that first", std::process::id());
        assert!(second.contains(&us), "{second}");
        drop(ours);
        FolderLock::take(folder.path()).expect("it is free again");
    }

    #[test]
    fn a_job_has_one_engine() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = JobFiles::of(folder.path().join("job.json"));
        assert_eq!(Holder::of(&files).expect("looks"), Holder::Nobody);
        let ours = EngineLock::take(&files).expect("it is free");
        assert_eq!(Holder::of(&files).expect("looks"), Holder::Engine(Some(std::process::id())));
        let second = EngineLock::take(&files).expect_err("it is taken").to_string();
        assert!(second.contains("is being done already, by process"), "{second}");
        drop(ours);
        assert_eq!(Holder::of(&files).expect("looks"), Holder::Nobody);
    }
}
