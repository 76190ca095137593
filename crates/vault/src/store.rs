//! The vault itself: opened or made once, then asked for pseudonyms, and rarely for identities.

use std::fs;
use std::path::{Path, PathBuf};

use domain::Key;

use crate::access::{AccessLog, Asked};
use crate::database::{Database, Stored};
use crate::error::{VaultError, at};
use crate::key::{KEY_FILE, SecretKey};
use crate::pseudonym::{Namespace, Pseudonyms};

const DATABASE_FILE: &str = "identities.sqlite";

/// A native identifier and whom it means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remembered {
    /// What it identifies.
    pub namespace: Namespace,
    /// The native text: `local|<id>` or `nhs|<digits>` of a patient, the text of an event.
    pub native: String,
    /// The pseudonym that stands for it in every table.
    pub key: Key,
}

/// An open vault.
#[derive(Debug)]
pub struct Vault {
    folder: PathBuf,
    pseudonyms: Pseudonyms,
    fingerprint: String,
    database: Database,
    log: AccessLog,
}

impl Vault {
    /// Opens the vault in a folder, or makes one with a random key if the folder has none.
    ///
    /// A vault whose key is gone is never given a new one.
    ///
    /// # Errors
    ///
    /// [`VaultError`] if the key is missing, unreadable or another, or a file cannot be written.
    pub fn open_or_create(folder: &Path) -> Result<Self, VaultError> {
        if folder.join(DATABASE_FILE).exists() {
            return Self::open(folder);
        }
        make_private_folder(folder)?;
        // A key without a database is what a creation leaves that was killed half-way.
        if !folder.join(KEY_FILE).exists() {
            SecretKey::random()?.write(folder)?;
        }
        Self::begin(folder, true)
    }

    /// Opens the vault in a folder, or makes one there with this key.
    ///
    /// For demonstration data, whose key is fixed and public so that everyone gets the same
    /// references.
    ///
    /// # Errors
    ///
    /// [`VaultError::OtherKey`] if the folder has a vault of another key; else as
    /// [`Vault::open_or_create`].
    pub fn create_with_key(folder: &Path, key: [u8; 32]) -> Result<Self, VaultError> {
        let key = SecretKey::from_bytes(key);
        if folder.join(DATABASE_FILE).exists() {
            let vault = Self::open(folder)?;
            if vault.fingerprint != key.fingerprint() {
                return Err(VaultError::OtherKey {
                    known: vault.fingerprint,
                    found: key.fingerprint(),
                });
            }
            return Ok(vault);
        }
        make_private_folder(folder)?;
        key.write(folder)?;
        Self::begin(folder, true)
    }

    /// Opens the vault in a folder.
    ///
    /// # Errors
    ///
    /// [`VaultError::NoVault`] if there is none; [`VaultError::KeyMissing`] or
    /// [`VaultError::OtherKey`] if its key is gone or was exchanged.
    pub fn open(folder: &Path) -> Result<Self, VaultError> {
        if !folder.join(DATABASE_FILE).exists() {
            return Err(VaultError::NoVault(folder.to_owned()));
        }
        if !folder.join(KEY_FILE).exists() {
            return Err(VaultError::KeyMissing(folder.to_owned()));
        }
        Self::begin(folder, false)
    }

    fn begin(folder: &Path, create: bool) -> Result<Self, VaultError> {
        let key = SecretKey::read(folder)?;
        let fingerprint = key.fingerprint();
        let mut database = Database::open(&folder.join(DATABASE_FILE), create)?;
        if create {
            database.found(&fingerprint)?;
        }
        database.check(&fingerprint)?;
        Ok(Self {
            folder: folder.to_owned(),
            pseudonyms: Pseudonyms::new(&key),
            fingerprint,
            database,
            log: AccessLog::of(folder),
        })
    }

    /// The folder of the vault.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What tells this vault's key from another: 16 hexadecimal digits of a hash of it.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The pseudonym of a native identifier.
    pub fn pseudonym(&self, namespace: Namespace, native: &str) -> Key {
        self.pseudonyms.of(namespace, native)
    }

    /// The maker of pseudonyms, to be used by many threads.
    pub fn pseudonyms(&self) -> Pseudonyms {
        self.pseudonyms.clone()
    }

    /// Keeps native identifiers beside their pseudonyms, all of them or none.
    ///
    /// # Errors
    ///
    /// [`VaultError::Database`] if they could not be written.
    pub fn remember(&mut self, identities: &[Remembered]) -> Result<(), VaultError> {
        let mut rows: Vec<Stored> = identities
            .iter()
            .map(|it| Stored {
                namespace: it.namespace.word(),
                alias: self.pseudonyms.of(it.namespace, &it.native),
                key: it.key,
                native: it.native.clone(),
            })
            .collect();
        // In the order of the table, so that a first load only ever adds to its end.
        rows.sort_by_key(|it| (it.namespace, it.alias));
        self.database.store(&rows)
    }

    /// The reference of an event by its native identifier; nothing if no intake has seen it.
    ///
    /// # Errors
    ///
    /// [`VaultError::NoReason`] without a name and a reason; nothing is answered either if the
    /// line in the access log could not be written.
    pub fn event_of_native(
        &mut self,
        native: &str,
        asked: &Asked<'_>,
    ) -> Result<Option<Key>, VaultError> {
        self.ask(Namespace::Event, native, "event of a native identifier", asked)
    }

    /// The reference of a patient by local identifier.
    ///
    /// # Errors
    ///
    /// As [`Vault::event_of_native`].
    pub fn patient_of_local(
        &mut self,
        local: &str,
        asked: &Asked<'_>,
    ) -> Result<Option<Key>, VaultError> {
        let native = format!("local|{local}");
        self.ask(Namespace::Patient, &native, "patient of a local identifier", asked)
    }

    /// The native identifier behind an event's reference; nothing if no intake has seen it.
    ///
    /// # Errors
    ///
    /// As [`Vault::event_of_native`].
    pub fn native_of_event(
        &mut self,
        event: Key,
        asked: &Asked<'_>,
    ) -> Result<Option<String>, VaultError> {
        asked.check()?;
        let found = self.database.find(Namespace::Event.word(), event)?;
        let reference = found.as_ref().map(|(key, _)| *key);
        self.log.add(asked, "native identifier of an event", reference)?;
        Ok(found.map(|(_, native)| native))
    }

    fn ask(
        &mut self,
        namespace: Namespace,
        native: &str,
        question: &str,
        asked: &Asked<'_>,
    ) -> Result<Option<Key>, VaultError> {
        asked.check()?;
        let alias = self.pseudonyms.of(namespace, native);
        let found = self.database.find(namespace.word(), alias)?.map(|(key, _)| key);
        self.log.add(asked, question, found)?;
        Ok(found)
    }
}

fn make_private_folder(folder: &Path) -> Result<(), VaultError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(at(folder))?;
    #[cfg(unix)]
    {
        // The folder may have been there before, with wider rights.
        let private = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o700);
        fs::set_permissions(folder, private).map_err(at(folder))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const PUBLIC_KEY: [u8; 32] = *b"a fixed key that everyone knows!";
    const ASKED: Asked<'static> =
        Asked { by: "A. Costing", reason: "query 17", at: "2026-01-05T09:00:00Z" };

    fn event(native: &str, vault: &Vault) -> Remembered {
        let key = vault.pseudonym(Namespace::Event, native);
        Remembered { namespace: Namespace::Event, native: native.to_owned(), key }
    }

    #[track_caller]
    fn check(outcome: Result<Vault, VaultError>, folder: &Path, expected: &Expect) {
        let shown = match outcome {
            Ok(vault) => vault.fingerprint().to_owned(),
            Err(error) => error.to_string().replace(&folder.display().to_string(), "FOLDER"),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn a_vault_is_made_once_and_then_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("vault");
        check(
            Vault::open(&place),
            folder.path(),
            &expect![
                "FOLDER/vault holds no vault: name the right folder with --vault, or run intake to make one"
            ],
        );
        let first = Vault::open_or_create(&place).expect("a vault");
        let known = first.pseudonym(Namespace::Patient, "nhs|9990000018");
        let fingerprint = first.fingerprint().to_owned();
        drop(first);
        let second = Vault::open_or_create(&place).expect("the same vault");
        assert_eq!(second.fingerprint(), fingerprint);
        assert_eq!(second.pseudonym(Namespace::Patient, "nhs|9990000018"), known);
    }

    #[test]
    fn a_lost_or_exchanged_key_is_refused_and_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path();
        drop(Vault::create_with_key(place, PUBLIC_KEY).expect("a vault"));
        fs::remove_file(place.join(KEY_FILE)).expect("the key is there");
        check(
            Vault::open_or_create(place),
            place,
            &expect![
                "FOLDER has identities.sqlite but no pseudonym.key: restore the key from its backup; a new key would give every patient another reference, so none is made"
            ],
        );
        SecretKey::from_bytes([7; 32]).write(place).expect("another key");
        check(
            Vault::open(place),
            place,
            &expect![
                "pseudonym.key has the fingerprint 43f92e960bd2f8c3, but this vault was made with cff5b7cd367d6839: restore the right key"
            ],
        );
    }

    #[test]
    fn pseudonyms_are_the_keyed_hashes_that_the_documentation_states() {
        // Worked apart, with Python's hmac: HMAC-SHA-256, first 128 bits, in base 32.
        let folder = tempfile::tempdir().expect("a folder");
        let vault = Vault::create_with_key(folder.path(), PUBLIC_KEY).expect("a vault");
        let patient = vault.pseudonym(Namespace::Patient, "nhs|9990000018").to_string();
        assert_eq!(patient, "4gje1soo2hidijcbmlqsdhlg4o");
        let restricted = vault.pseudonym(Namespace::Restricted, "2025-26|x").to_string();
        assert_eq!(restricted, "3nq808smau3efgclge6peksbhm");
    }

    #[cfg(unix)]
    #[test]
    fn others_cannot_read_folder_and_key() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("vault");
        drop(Vault::open_or_create(&place).expect("a vault"));
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode();
        assert_eq!(mode(&place) & 0o777, 0o700);
        assert_eq!(mode(&place.join(KEY_FILE)) & 0o777, 0o600);
        fs::set_permissions(place.join(KEY_FILE), fs::Permissions::from_mode(0o644))
            .expect("the rights can be changed");
        check(
            Vault::open(&place),
            folder.path(),
            &expect!["FOLDER/vault/pseudonym.key can be read by others: run `chmod 600` on it"],
        );
    }

    #[test]
    fn an_identity_is_told_only_with_a_reason_and_after_its_line_in_the_log() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut vault = Vault::create_with_key(folder.path(), PUBLIC_KEY).expect("a vault");
        let known = event("APC:S1/1", &vault);
        vault.remember(std::slice::from_ref(&known)).expect("it is stored");
        let nobody = Asked { by: "", ..ASKED };
        assert!(matches!(vault.event_of_native("APC:S1/1", &nobody), Err(VaultError::NoReason)));
        let found = vault.event_of_native("APC:S1/1", &ASKED).expect("an answer");
        assert_eq!(found, Some(known.key));
        assert_eq!(vault.event_of_native("APC:S9/9", &ASKED).expect("an answer"), None);
        let native = vault.native_of_event(known.key, &ASKED).expect("an answer");
        assert_eq!(native.as_deref(), Some("APC:S1/1"));
        let log = fs::read_to_string(folder.path().join("access.jsonl")).expect("a log");
        let shown: Vec<String> = log
            .lines()
            .map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
                let chained = line["previous"].as_str().is_some_and(|it| !it.is_empty());
                format!("{} {} {} {chained}", line["by"], line["question"], line["found"])
            })
            .collect();
        expect![[r#"
            "A. Costing" "event of a native identifier" true false
            "A. Costing" "event of a native identifier" false true
            "A. Costing" "native identifier of an event" true true"#]]
        .assert_eq(&shown.join("\n"));
        assert!(!log.contains("APC:S1/1"), "the log names references, not identifiers");
    }

    #[test]
    fn a_local_id_finds_the_patient_known_by_another_identity() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut vault = Vault::create_with_key(folder.path(), PUBLIC_KEY).expect("a vault");
        let key = vault.pseudonym(Namespace::Patient, "nhs|9990000018");
        let local = Remembered {
            namespace: Namespace::Patient,
            native: "local|P1".to_owned(),
            key: vault.pseudonym(Namespace::Patient, "local|P1"),
        };
        vault.remember(std::slice::from_ref(&local)).expect("it is stored");
        vault.remember(&[Remembered { key, ..local }]).expect("it is stored again");
        assert_eq!(vault.patient_of_local("P1", &ASKED).expect("an answer"), Some(key));
    }
}
