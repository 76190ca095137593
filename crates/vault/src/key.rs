//! The pseudonym key: made once, kept in a file that only its owner can read.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::error::{VaultError, at};

/// Name of the key's file.
pub(crate) const KEY_FILE: &str = "pseudonym.key";

const KEY_BYTES: usize = 32;

/// A 256-bit key. Never shown, not even in debug output.
#[derive(Clone)]
pub(crate) struct SecretKey([u8; KEY_BYTES]);

impl SecretKey {
    /// Wraps bytes.
    pub(crate) const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Asks the system for random bytes.
    pub(crate) fn random() -> Result<Self, VaultError> {
        let mut bytes = [0; KEY_BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|error| VaultError::NoRandomNumbers(error.to_string()))?;
        Ok(Self(bytes))
    }

    /// The bytes, for the pseudonyms only.
    pub(crate) const fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// The first 16 hexadecimal digits of a hash of the key: tells keys apart, gives none away.
    pub(crate) fn fingerprint(&self) -> String {
        let hash = Sha256::new().chain_update(b"fingerprint|").chain_update(self.0).finalize();
        to_hex(&hash[..8])
    }

    /// Reads the key of a vault.
    pub(crate) fn read(folder: &Path) -> Result<Self, VaultError> {
        let path = folder.join(KEY_FILE);
        refuse_if_exposed(&path)?;
        let text = fs::read_to_string(&path).map_err(at(&path))?;
        from_hex(text.trim()).map(Self).ok_or(VaultError::KeyUnreadable(path))
    }

    /// Writes the key so that it is whole on disk or not there at all.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), VaultError> {
        let path = folder.join(KEY_FILE);
        let partial = folder.join(".pseudonym.key.partial");
        let mut file = create_private(&partial).map_err(at(&partial))?;
        writeln!(file, "{}", to_hex(&self.0)).map_err(at(&partial))?;
        file.sync_all().map_err(at(&partial))?;
        fs::rename(&partial, &path).map_err(at(&path))?;
        File::open(folder).and_then(|it| it.sync_all()).map_err(at(folder))
    }
}

/// Creates a file that only its owner can read.
fn create_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn refuse_if_exposed(path: &Path) -> Result<(), VaultError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(at(path))?.permissions().mode();
    if mode.is_multiple_of(0o100) { Ok(()) } else { Err(VaultError::KeyExposed(path.to_owned())) }
}

#[cfg(not(unix))]
fn refuse_if_exposed(_: &Path) -> Result<(), VaultError> {
    Ok(())
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let digits = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|&byte| [digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

fn from_hex(text: &str) -> Option<[u8; KEY_BYTES]> {
    if text.len() != 2 * KEY_BYTES || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; KEY_BYTES];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(bytes)
}
