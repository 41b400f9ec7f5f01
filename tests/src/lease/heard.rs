//! What a guardian says, read by a thread and awaited by those who asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::ChildStdout;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

use super::lock;
use crate::protocol::Event;

/// What the guardian has said, as a thread reads it.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) next_id: u64,
    pub(super) answers: BTreeMap<u64, Result<i32, String>>,
    pub(super) guarding: Option<(PathBuf, i32, String)>,
    pub(super) running: BTreeMap<String, i32>,
    pub(super) exited: BTreeMap<String, String>,
    ended: bool,
}

impl Heard {
    /// Reads all that it says, on a thread of its own.
    pub(super) fn listen(&self, out: ChildStdout) {
        for line in BufReader::new(out).lines() {
            let Ok(line) = line else { break };
            let Ok(event) = serde_json::from_str::<Event>(&line) else { continue };
            let mut state = lock(&self.state);
            match event {
                Event::Guarding { folder, pid, cgroup } => state.guarding = Some((folder, pid, cgroup)),
                Event::Done { id, pid } => drop(state.answers.insert(id, Ok(pid))),
                Event::Failed { id, message } => drop(state.answers.insert(id, Err(message))),
                Event::Exited { name, status, .. } => {
                    state.running.remove(&name);
                    state.exited.insert(name, status);
                }
            }
            self.news.notify_all();
        }
        lock(&self.state).ended = true;
        self.news.notify_all();
    }

    /// Waits until something is found in what was said; `None` at the end of the time or of the guardian.
    pub(super) fn wait<T>(&self, end: Instant, mut find: impl FnMut(&mut State) -> Option<T>) -> Option<T> {
        let mut state = lock(&self.state);
        loop {
            if let Some(found) = find(&mut state) {
                return Some(found);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || state.ended {
                return None;
            }
            state = self.news.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
