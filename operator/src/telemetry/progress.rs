//! Whether reconciling gets on: what liveness is judged by, not only that the process answers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long work may be pending without any progress before the process counts as stuck.
const STUCK: Duration = Duration::from_secs(600);

/// Shared by whatever does work and by `/healthz`.
#[derive(Debug, Clone)]
pub struct Progress {
    state: Arc<Mutex<State>>,
    stuck: Duration,
}

#[derive(Debug, Default)]
struct State {
    pending: usize,
    due: Option<Instant>,
    last: Option<Instant>,
}

/// A piece of work under way; dropping it, ended or broken off, is progress.
#[derive(Debug)]
pub struct Work(Progress);

impl Default for Progress {
    fn default() -> Self {
        Self::new(STUCK)
    }
}

impl Progress {
    /// Stuck after so long.
    pub fn new(stuck: Duration) -> Self {
        Self { state: Arc::default(), stuck }
    }

    /// A piece of work begins.
    pub fn begin(&self) -> Work {
        self.change(|state, now| {
            state.pending += 1;
            state.due = None;
            state.last = Some(now);
        });
        Work(self.clone())
    }

    /// Something was got done: a step of a long piece of work, an event of a watch.
    pub fn tick(&self) {
        self.change(|state, now| state.last = Some(now));
    }

    /// The next piece of work has to begin by then, as the regular resync does. Counts as pending once that is past, so
    /// that a controller whose watch died in silence is found as well.
    pub fn expect_within(&self, interval: Duration) {
        self.change(|state, now| {
            state.due = Some(now + interval);
            state.last = Some(now);
        });
    }

    /// Nothing more is expected: this replica does not lead, or it stops.
    pub fn rest(&self) {
        self.change(|state, now| {
            state.due = None;
            state.last = Some(now);
        });
    }

    /// Ok while work gets on, else a sentence.
    pub fn check(&self) -> Result<(), String> {
        self.check_at(Instant::now())
    }

    fn check_at(&self, now: Instant) -> Result<(), String> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting_since = match (state.pending, state.due) {
            (0, None) => return Ok(()),
            (0, Some(due)) => due,
            _ => state.last.unwrap_or(now),
        };
        let standing = now.saturating_duration_since(waiting_since);
        if standing <= self.stuck {
            return Ok(());
        }
        let what = match state.pending {
            0 => "the next reconcile is overdue".to_owned(),
            1 => "one reconcile is under way and makes no progress".to_owned(),
            more => format!("{more} reconciles are under way and make no progress"),
        };
        Err(format!("{what} since {} s; the process is stuck and has to be started again.", standing.as_secs()))
    }

    fn change(&self, change: impl FnOnce(&mut State, Instant)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state, Instant::now());
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.change(|state, now| {
            state.pending = state.pending.saturating_sub(1);
            state.last = Some(now);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn idle_for_ever_is_alive() {
        let progress = Progress::default();
        assert_eq!(progress.check_at(Instant::now() + MINUTE * 9999), Ok(()));
    }

    #[test]
    fn work_without_progress_is_stuck_after_ten_minutes() {
        let progress = Progress::default();
        let work = progress.begin();
        assert_eq!(progress.check_at(Instant::now() + MINUTE * 9), Ok(()));
        let sentence = progress.check_at(Instant::now() + MINUTE * 11).expect_err("stuck");
        assert!(sentence.starts_with("one reconcile is under way and makes no progress since 6"), "{sentence}");
        drop(work);
        assert_eq!(progress.check_at(Instant::now() + MINUTE * 11), Ok(()));
    }

    #[test]
    fn a_tick_is_progress() {
        let progress = Progress::new(Duration::ZERO);
        let _work = progress.begin();
        let begun = Instant::now();
        std::thread::sleep(Duration::from_millis(2));
        assert!(progress.check().is_err());
        progress.tick();
        assert_eq!(progress.check_at(begun), Ok(()));
    }

    #[test]
    fn a_controller_that_died_in_silence_is_found() {
        let progress = Progress::default();
        progress.expect_within(MINUTE * 5);
        assert_eq!(progress.check_at(Instant::now() + MINUTE * 14), Ok(()));
        let sentence = progress.check_at(Instant::now() + MINUTE * 16).expect_err("overdue");
        assert!(sentence.starts_with("the next reconcile is overdue"), "{sentence}");
        progress.rest();
        assert_eq!(progress.check_at(Instant::now() + MINUTE * 60), Ok(()));
    }

    #[test]
    fn work_that_panics_is_no_longer_pending() {
        let progress = Progress::default();
        let inside = progress.clone();
        let panicked = std::thread::spawn(move || {
            let _work = inside.begin();
            panic!("on purpose");
        });
        assert!(panicked.join().is_err());
        assert_eq!(progress.check_at(Instant::now() + MINUTE * 60), Ok(()));
    }
}
