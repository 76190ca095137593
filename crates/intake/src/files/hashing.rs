//! Hashes a file while it is read.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use sha2::{Digest as _, Sha256};

/// A file that is hashed as it is read; clones read on from the same place.
#[derive(Clone)]
pub(crate) struct HashedFile(Rc<RefCell<Inner>>);

struct Inner {
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl HashedFile {
    /// Opens a file.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self(Rc::new(RefCell::new(Inner { file, hash: Sha256::new(), bytes: 0 }))))
    }

    /// Bytes read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.0.borrow().bytes
    }

    /// Reads what is left, then tells hash and size of the whole file.
    pub(crate) fn finish(mut self) -> io::Result<(String, u64)> {
        io::copy(&mut self, &mut io::sink())?;
        let inner = self.0.borrow();
        Ok((hex(&inner.hash.clone().finalize()), inner.bytes))
    }
}

impl Read for HashedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let inner = &mut *self.0.borrow_mut();
        let count = inner.file.read(buffer)?;
        inner.hash.update(&buffer[..count]);
        inner.bytes += u64::try_from(count).unwrap_or(0);
        Ok(count)
    }
}

/// Hash and size of a file.
pub(crate) fn hash_of(path: &Path) -> io::Result<(String, u64)> {
    HashedFile::open(path)?.finish()
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|&byte| [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}
