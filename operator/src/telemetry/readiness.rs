//! Whether the process can do its work, and if not, why.

use std::sync::{Arc, Mutex, PoisonError};

/// Shared by whatever has to be up first and by `/readyz`.
#[derive(Debug, Clone)]
pub struct Readiness(Arc<Mutex<Option<String>>>);

impl Readiness {
    /// Not ready yet, for this reason, a sentence.
    pub fn waiting(sentence: impl Into<String>) -> Self {
        Self(Arc::new(Mutex::new(Some(sentence.into()))))
    }

    /// Ready from now on.
    pub fn ready(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Not ready any more, for this reason, a sentence.
    pub fn not_ready(&self, sentence: impl Into<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(sentence.into());
    }

    /// Ok where ready, else the sentence.
    pub fn check(&self) -> Result<(), String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().map_or(Ok(()), Err)
    }
}
