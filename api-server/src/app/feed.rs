//! What changes, told to whoever listens in this process; each replica reads it from the database.

use std::sync::Arc;

use tokio::sync::{Notify, broadcast};

use super::budget::BudgetChange;
use super::view::{Cluster, Event};
use crate::access::Labels;

/// Listeners that fall so far behind read everything again.
const BEHIND: usize = 4096;

/// One change.
#[derive(Debug, Clone)]
pub enum Change {
    /// A cluster is new, or is otherwise than before.
    Cluster(Arc<Cluster>),
    /// A cluster is no longer there.
    Gone {
        /// Which.
        id: Arc<str>,
    },
    /// Something was added to a timeline.
    Timeline {
        /// Whose.
        cluster_id: Arc<str>,
        /// What.
        event: Arc<Event>,
    },
    /// A budget has other settings or another state.
    Budget {
        /// Which, and how it stands.
        budget: Arc<BudgetChange>,
        /// What each cluster in its scope has: who sees all of those may hear it.
        labels: Arc<Labels>,
    },
}

/// The feed.
pub struct Feed {
    changes: broadcast::Sender<Change>,
    wake: Notify,
}

impl Default for Feed {
    fn default() -> Self {
        Self { changes: broadcast::Sender::new(BEHIND), wake: Notify::new() }
    }
}

impl Feed {
    /// Hears all changes from now on.
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Tells a change; nobody may be listening.
    pub fn tell(&self, change: Change) {
        let _ = self.changes.send(change);
    }

    /// This process has written something: others need not wait for the next look.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits until this process has written something.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }
}
