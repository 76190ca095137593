//! The id of a run: a hash of everything that decides its figures.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::dataset::hex;

/// What decides the figures of a run, and so its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity<'a> {
    /// Format of the run.
    pub format: u32,
    /// Version of the engine.
    pub engine: &'a str,
    /// Financial year.
    pub year: &'a str,
    /// Hash of the model.
    pub model_hash: &'a str,
    /// Hash of the dataset's manifest.
    pub dataset_hash: &'a str,
    /// Fingerprint of the pseudonym key.
    pub key_fingerprint: &'a str,
}

const ID_LENGTH: usize = 16; // number: hex digits of a short id, 64 bits

/// The id: the first 16 hexadecimal digits of the SHA-256 of the identity.
pub fn run_id(identity: &Identity<'_>) -> String {
    let text = serde_json::to_vec(identity).expect("plain texts are valid JSON");
    let mut id = hex(&Sha256::digest(&text));
    id.truncate(ID_LENGTH);
    id
}
