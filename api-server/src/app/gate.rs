//! How much is worked on at once: whoever finds no place is told so at once, and nothing queues.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Error;

/// Places for requests, and for questions that are held.
pub struct Gate {
    requests: Arc<Semaphore>,
    held: Arc<Semaphore>,
    sign_ins: Arc<Semaphore>,
}

/// A place; dropping it gives it back.
pub type Permit = OwnedSemaphorePermit;

impl Gate {
    /// So many requests, and so many held questions.
    pub fn new(requests: usize, held: usize) -> Self {
        let places = |count: usize| Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS)));
        // A password takes 20 MB and some ten milliseconds to check.
        Self { requests: places(requests), held: places(held), sign_ins: places(4) }
    }

    /// A place for a request.
    pub fn request(&self) -> Result<Permit, Error> {
        self.requests.clone().try_acquire_owned().map_err(|_| Error::Overloaded)
    }

    /// A place for a question that is held.
    pub fn held(&self) -> Result<Permit, Error> {
        self.held.clone().try_acquire_owned().map_err(|_| Error::Overloaded)
    }

    /// A place for the check of a password.
    pub fn sign_in(&self) -> Result<Permit, Error> {
        self.sign_ins.clone().try_acquire_owned().map_err(|_| Error::Overloaded)
    }
}
