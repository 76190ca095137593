//! The key of a site: 32 random bytes in a file of their own, for secrets sealed in the database.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

const FILE: &str = "site.key";

/// The key of the folder, made at its first start.
///
/// A folder with a database and without its key is refused: a new key would open none of the
/// secrets, and nobody could show a second factor any more.
pub(super) fn of(folder: &Path) -> Result<[u8; 32]> {
    let path = folder.join(FILE);
    if !path.exists() {
        if folder.join("concord.sqlite").exists() {
            bail!(
                "`{}` is missing: bring it back from where you keep it; second factors cannot be checked without it",
                path.display()
            );
        }
        let mut key = [0; 32];
        let mut random = std::fs::File::open("/dev/urandom").context("no random numbers")?;
        random.read_exact(&mut key).context("no random numbers")?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let mut file =
            options.open(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
        file.write_all(&key)?;
        file.sync_all()?;
        return Ok(key);
    }
    let bytes =
        std::fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let key = <[u8; 32]>::try_from(bytes.as_slice());
    key.ok().with_context(|| format!("`{}` does not hold a key of 32 bytes", path.display()))
}
