//! Tells from what is seen of the agent whether it dies of its configuration. Pure: every instant is a parameter.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::alloy::Presence;

/// So many restarts in the window are a crash loop.
const RESTARTS: usize = 2;

/// What was seen since the present configuration was given to the agent.
#[derive(Debug)]
pub struct CrashWatch {
    dead: Duration,
    window: Duration,
    lived: bool,
    started_at: Option<f64>,
    restarts: VecDeque<Instant>,
    absent_since: Option<Instant>,
    absent_now: bool,
    ready_since: Option<Instant>,
}

impl Default for CrashWatch {
    fn default() -> Self {
        Self::new(Duration::from_secs(20), Duration::from_secs(120))
    }
}

impl CrashWatch {
    /// The agent counts as dead where nothing listens for longer than `dead`, and restarts are counted over `window`.
    pub fn new(dead: Duration, window: Duration) -> Self {
        Self {
            dead,
            window,
            lived: false,
            started_at: None,
            restarts: VecDeque::new(),
            absent_since: None,
            absent_now: false,
            ready_since: None,
        }
    }

    /// Another configuration was given to the agent, which took it over where `lived`: counting begins anew.
    pub fn begin(&mut self, lived: bool) {
        self.lived = lived;
        self.restarts.clear();
        self.absent_since = None;
        self.absent_now = false;
        self.ready_since = None;
    }

    /// The agent was looked at; says whether it became ready just now.
    pub fn saw(&mut self, presence: &Presence, now: Instant) -> bool {
        self.absent_now = *presence == Presence::Absent;
        match presence {
            Presence::Ready => {
                let became_ready = self.ready_since.is_none();
                self.ready_since.get_or_insert(now);
                self.lived = true;
                self.absent_since = None;
                return became_ready;
            }
            Presence::Absent => {
                self.absent_since.get_or_insert(now);
                self.ready_since = None;
            }
            // A crash loop passes through these: they end no absence.
            Presence::Starting => self.ready_since = None,
            Presence::Silent(_) => {}
        }
        false
    }

    /// Its start time was read; says whether it is another process than before.
    pub fn started(&mut self, started_at: f64, now: Instant) -> bool {
        // Under a millisecond apart is the same instant written another way.
        let restarted = self.started_at.is_some_and(|before| (before - started_at).abs() > 0.001);
        self.started_at = Some(started_at);
        if restarted {
            self.restarts.push_back(now);
            self.ready_since = self.ready_since.map(|_| now);
        }
        while self.restarts.len() > RESTARTS {
            self.restarts.pop_front();
        }
        restarted
    }

    /// Whether the agent has run the present configuration: one that never started may only be slow to come.
    pub fn has_lived(&self) -> bool {
        self.lived
    }

    /// For how long nothing has listened.
    pub fn absent_for(&self, now: Instant) -> Option<Duration> {
        self.absent_since.map(|since| now.saturating_duration_since(since))
    }

    /// Why the agent counts as dead of its configuration, where it does.
    pub fn verdict(&self, now: Instant) -> Option<String> {
        let since = |instant: &Instant| now.saturating_duration_since(*instant);
        if let Some(absent) = self.absent_for(now).filter(|absent| self.absent_now && *absent > self.dead) {
            return Some(format!("nothing has listened for {} s", absent.as_secs()));
        }
        let recent = self.restarts.iter().filter(|at| since(at) <= self.window).count();
        (recent >= RESTARTS).then(|| format!("it started {recent} times within {} s", self.window.as_secs()))
    }

    /// Whether it has been ready for the whole window.
    pub fn is_stable(&self, now: Instant) -> bool {
        self.ready_since.is_some_and(|since| now.saturating_duration_since(since) >= self.window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn absent_for_more_than_twenty_seconds_is_dead() {
        let (mut watch, start) = (CrashWatch::default(), Instant::now());
        watch.saw(&Presence::Ready, start);
        watch.saw(&Presence::Absent, start + SECOND);
        assert_eq!(watch.verdict(start + SECOND * 20), None);
        watch.saw(&Presence::Absent, start + SECOND * 22);
        assert!(watch.verdict(start + SECOND * 22).is_some_and(|why| why.contains("21 s")));
        watch.saw(&Presence::Ready, start + SECOND * 23);
        assert_eq!(watch.verdict(start + SECOND * 23), None);
    }

    #[test]
    fn a_crash_loop_that_shortly_answers_is_still_absent() {
        let (mut watch, start) = (CrashWatch::default(), Instant::now());
        watch.saw(&Presence::Absent, start);
        watch.saw(&Presence::Starting, start + SECOND * 10);
        assert_eq!(watch.verdict(start + SECOND * 25), None, "it may be loading just now");
        watch.saw(&Presence::Absent, start + SECOND * 26);
        assert!(watch.verdict(start + SECOND * 26).is_some());
    }

    #[test]
    fn two_restarts_within_the_window_are_a_crash_loop() {
        let (mut watch, start) = (CrashWatch::default(), Instant::now());
        assert!(!watch.started(100.0, start), "the first one seen is no restart");
        assert!(watch.started(110.0, start + SECOND * 10));
        assert!(!watch.started(110.0, start + SECOND * 20));
        assert_eq!(watch.verdict(start + SECOND * 20), None, "one restart happens");
        assert!(watch.started(200.0, start + SECOND * 100));
        assert!(watch.verdict(start + SECOND * 100).is_some());
        assert_eq!(watch.verdict(start + SECOND * 140), None, "the first lies too far back");
        watch.begin(true);
        assert!(!watch.started(200.0, start + SECOND * 141), "the same process as before");
        assert_eq!(watch.verdict(start + SECOND * 141), None);
    }

    #[test]
    fn stable_is_the_whole_window_without_a_gap() {
        let (mut watch, start) = (CrashWatch::default(), Instant::now());
        assert!(watch.saw(&Presence::Ready, start));
        assert!(!watch.saw(&Presence::Ready, start + SECOND * 119));
        assert!(!watch.is_stable(start + SECOND * 119));
        assert!(watch.is_stable(start + SECOND * 120));
        watch.saw(&Presence::Absent, start + SECOND * 121);
        watch.saw(&Presence::Ready, start + SECOND * 122);
        assert!(!watch.is_stable(start + SECOND * 130));
    }
}
