//! The state machine of one replica: what it last saw, since when, and what to write next. No clock, no network.

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use tokio::time::Instant;

use super::Timing;

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// There is no Lease: make this one.
    Create(Box<Lease>),
    /// It is free, expired or ours: write this one.
    Replace(Box<Lease>),
    /// Somebody holds it.
    Wait {
        /// Who.
        holder: String,
    },
}

/// One replica's view of the Lease.
#[derive(Debug)]
pub struct Candidate {
    identity: String,
    timing: Timing,
    observed: Option<Observed>,
}

#[derive(Debug)]
struct Observed {
    lease: Lease,
    changed_at: Instant,
}

impl Candidate {
    /// A replica that has seen nothing yet.
    pub fn new(identity: String, timing: Timing) -> Self {
        Self { identity, timing, observed: None }
    }

    /// Takes in what was read at `now`, and says what to do. `wall` is only written, never compared.
    pub fn look(&mut self, read: Option<Lease>, now: Instant, wall: Timestamp) -> Step {
        let Some(lease) = read else {
            self.observed = None;
            return Step::Create(Box::new(Lease {
                metadata: ObjectMeta {
                    labels: Some([("app.kubernetes.io/part-of".to_owned(), "flagstaff".to_owned())].into()),
                    ..ObjectMeta::default()
                },
                spec: Some(self.record(None, wall)),
            }));
        };
        self.observe(lease, now);
        match &self.observed {
            Some(observed) if self.held_by_another(observed, now) => {
                Step::Wait { holder: holder(&observed.lease).unwrap_or_default().to_owned() }
            }
            Some(observed) => Step::Replace(Box::new(self.claim(&observed.lease, wall))),
            None => Step::Wait { holder: String::new() },
        }
    }

    /// The renewal to write without reading first, while what we last saw is our own record.
    pub fn renewal(&self, wall: Timestamp) -> Option<Lease> {
        let observed = self.observed.as_ref()?;
        self.is_mine(&observed.lease).then(|| self.claim(&observed.lease, wall))
    }

    /// Takes in what the API server answered to our write.
    pub fn written(&mut self, lease: Lease, now: Instant) {
        self.observe(lease, now);
    }

    /// The record that lets go of the Lease, where it is ours.
    pub fn release(&self, wall: Timestamp) -> Option<Lease> {
        let observed = self.observed.as_ref().filter(|observed| self.is_mine(&observed.lease))?;
        let mut lease = observed.lease.clone();
        let spec = lease.spec.get_or_insert_default();
        spec.holder_identity = Some(String::new());
        spec.lease_duration_seconds = Some(1);
        spec.renew_time = Some(MicroTime(wall));
        Some(lease)
    }

    /// Who held the Lease when it was last seen.
    pub fn holder(&self) -> Option<&str> {
        self.observed.as_ref().and_then(|observed| holder(&observed.lease))
    }

    fn observe(&mut self, lease: Lease, now: Instant) {
        match &mut self.observed {
            // A change of a label or an annotation is no sign of life of the holder.
            Some(observed) if observed.lease.spec == lease.spec => observed.lease = lease,
            _ => self.observed = Some(Observed { lease, changed_at: now }),
        }
    }

    fn held_by_another(&self, observed: &Observed, now: Instant) -> bool {
        holder(&observed.lease).is_some()
            && !self.is_mine(&observed.lease)
            && now.saturating_duration_since(observed.changed_at) < self.duration(&observed.lease)
    }

    /// The duration the record itself speaks of: a holder of another version may have chosen a longer one.
    fn duration(&self, lease: &Lease) -> Duration {
        let said = lease.spec.as_ref().and_then(|spec| spec.lease_duration_seconds).unwrap_or_default();
        match u64::try_from(said) {
            Ok(seconds) if seconds > 0 => Duration::from_secs(seconds),
            _ => self.timing.lease,
        }
    }

    fn is_mine(&self, lease: &Lease) -> bool {
        holder(lease) == Some(self.identity.as_str())
    }

    fn claim(&self, lease: &Lease, wall: Timestamp) -> Lease {
        let mut claimed = lease.clone();
        claimed.spec = Some(self.record(Some(lease), wall));
        claimed
    }

    fn record(&self, before: Option<&Lease>, wall: Timestamp) -> LeaseSpec {
        let mut spec = before.and_then(|lease| lease.spec.clone()).unwrap_or_default();
        if !before.is_some_and(|lease| self.is_mine(lease)) {
            spec.acquire_time = Some(MicroTime(wall));
            let transitions = spec.lease_transitions.unwrap_or_default().max(0);
            spec.lease_transitions = Some(if before.is_some() { transitions.saturating_add(1) } else { 0 });
        }
        spec.holder_identity = Some(self.identity.clone());
        spec.lease_duration_seconds = Some(self.timing.lease_seconds());
        spec.renew_time = Some(MicroTime(wall));
        spec
    }
}

fn holder(lease: &Lease) -> Option<&str> {
    lease.spec.as_ref()?.holder_identity.as_deref().filter(|holder| !holder.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn wall(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn held(by: &str, renewed: &str) -> Lease {
        let spec = LeaseSpec {
            holder_identity: Some(by.to_owned()),
            lease_duration_seconds: Some(15),
            renew_time: Some(MicroTime(wall(renewed))),
            lease_transitions: Some(3),
            ..LeaseSpec::default()
        };
        Lease { spec: Some(spec), ..Lease::default() }
    }

    #[test]
    fn a_record_that_looks_long_expired_is_waited_for_all_the_same() {
        let mut me = Candidate::new("me".into(), Timing::default());
        let (start, now) = (Instant::now(), wall("2026-01-01T12:00:00Z"));
        let old = held("other", "2020-01-01T00:00:00Z");
        assert!(matches!(me.look(Some(old.clone()), start, now), Step::Wait { .. }));
        assert!(matches!(me.look(Some(old.clone()), start + SECOND * 14, now), Step::Wait { .. }));
        let Step::Replace(lease) = me.look(Some(old), start + SECOND * 15, now) else { panic!("must be taken") };
        let spec = lease.spec.expect("a record");
        assert_eq!(spec.holder_identity.as_deref(), Some("me"));
        assert_eq!(spec.lease_transitions, Some(4));
    }

    #[test]
    fn a_record_from_the_future_expires_like_any_other() {
        let mut me = Candidate::new("me".into(), Timing::default());
        let (start, now) = (Instant::now(), wall("2026-01-01T12:00:00Z"));
        let ahead = held("other", "2026-01-01T12:10:00Z");
        assert!(matches!(me.look(Some(ahead.clone()), start, now), Step::Wait { .. }));
        assert!(matches!(me.look(Some(ahead), start + SECOND * 15, now), Step::Replace(_)));
    }

    #[test]
    fn each_renewal_starts_the_wait_again_and_a_label_does_not() {
        let mut me = Candidate::new("me".into(), Timing::default());
        let (start, now) = (Instant::now(), wall("2026-01-01T12:00:00Z"));
        me.look(Some(held("other", "2026-01-01T12:00:00Z")), start, now);
        let mut labelled = held("other", "2026-01-01T12:00:10Z");
        assert!(matches!(me.look(Some(labelled.clone()), start + SECOND * 10, now), Step::Wait { .. }));
        labelled.metadata.labels = Some([("touched".to_owned(), "yes".to_owned())].into());
        assert!(matches!(me.look(Some(labelled.clone()), start + SECOND * 24, now), Step::Wait { .. }));
        assert!(matches!(me.look(Some(labelled), start + SECOND * 25, now), Step::Replace(_)));
    }

    #[test]
    fn a_released_lease_is_taken_at_once() {
        let (start, now) = (Instant::now(), wall("2026-01-01T12:00:00Z"));
        let mut other = Candidate::new("other".into(), Timing::default());
        other.written(held("other", "2026-01-01T12:00:00Z"), start);
        let released = other.release(now).expect("it is ours");
        let mut me = Candidate::new("me".into(), Timing::default());
        assert!(matches!(me.look(Some(released.clone()), start, now), Step::Replace(_)));
        other.written(released, start);
        assert!(other.release(now).is_none(), "nothing is released twice");
        assert!(other.renewal(now).is_none());
    }

    #[test]
    fn a_renewal_keeps_what_others_put_on_the_lease() {
        let (start, now) = (Instant::now(), wall("2026-01-01T12:00:00Z"));
        let mut me = Candidate::new("me".into(), Timing::default());
        let mut lease = held("me", "2026-01-01T12:00:00Z");
        lease.metadata.annotations = Some([("theirs".to_owned(), "kept".to_owned())].into());
        lease.metadata.resource_version = Some("7".into());
        me.written(lease.clone(), start);
        let renewal = me.renewal(now).expect("it is ours");
        assert_eq!(renewal.metadata, lease.metadata);
        let transitions = renewal.spec.and_then(|spec| spec.lease_transitions);
        assert_eq!(transitions, Some(3), "a renewal is no transition");
    }

    #[test]
    fn a_senseless_duration_falls_back_to_ours() {
        let mut me = Candidate::new("me".into(), Timing::default());
        let (start, now) = (Instant::now(), wall("2026-01-01T12:00:00Z"));
        let mut lease = held("other", "2026-01-01T12:00:00Z");
        lease.spec.get_or_insert_default().lease_duration_seconds = Some(-5);
        assert!(matches!(me.look(Some(lease.clone()), start, now), Step::Wait { .. }));
        assert!(matches!(me.look(Some(lease), start + SECOND * 15, now), Step::Replace(_)));
    }
}
