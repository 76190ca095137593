//! Answers that are worked out once and kept, since what they are made of never changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fault::Fault;

/// Answers by what was asked. Where a run is asked, its key is the hash that stands for the whole
/// run. When there are too many, all are forgotten and worked out again.
pub struct Kept<K, V> {
    most: usize,
    known: Mutex<BTreeMap<K, Arc<V>>>,
}

impl<K: Ord, V> Kept<K, V> {
    /// Keeps so many answers at most.
    pub const fn new(most: usize) -> Self {
        Self { most, known: Mutex::new(BTreeMap::new()) }
    }

    /// The answer, worked out now if it is not known.
    ///
    /// # Errors
    ///
    /// That of working it out; then nothing is kept.
    pub fn of(&self, key: K, make: impl FnOnce() -> Result<V, Fault>) -> Result<Arc<V>, Fault> {
        if let Some(found) = self.known().get(&key) {
            return Ok(Arc::clone(found));
        }
        let answer = Arc::new(make()?);
        let mut known = self.known();
        if known.len() >= self.most {
            known.clear();
        }
        known.insert(key, Arc::clone(&answer));
        Ok(answer)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<K, Arc<V>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_worked_out_once_and_a_failure_again() {
        let kept: Kept<u8, u8> = Kept::new(2);
        assert_eq!(kept.of(1, || Err(Fault::NotFound)), Err(Fault::NotFound));
        assert_eq!(*kept.of(1, || Ok(7)).expect("it is made"), 7);
        assert_eq!(*kept.of(1, || Err(Fault::NotFound)).expect("it is known"), 7);
        // The third makes all others forgotten.
        for key in [2, 3] {
            kept.of(key, || Ok(key)).expect("it is made");
        }
        assert_eq!(*kept.of(1, || Ok(9)).expect("it is made again"), 9);
    }
}
