//! Replicas that compete in virtual time for a Lease in memory, with clocks apart, crashes and lost answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use k8s_openapi::api::coordination::v1::Lease;
use rstest::rstest;
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{Clock, Election, LeaderError, LeaseStore, StoreError, Timing};

#[derive(Default)]
struct Server {
    lease: Mutex<Option<Lease>>,
    version: AtomicUsize,
    writes: AtomicUsize,
}

/// One replica's connection to the server; it can be cut.
#[derive(Clone, Default)]
struct Memory {
    server: Arc<Server>,
    cut: Arc<AtomicBool>,
}

impl Memory {
    fn beside(&self) -> Self {
        Self { server: self.server.clone(), cut: Arc::default() }
    }

    async fn reach(&self) -> Result<(), StoreError> {
        if self.cut.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        sleep(Duration::from_millis(1)).await;
        Ok(())
    }

    fn stamped(&self, mut lease: Lease) -> Lease {
        let version = self.server.version.fetch_add(1, Ordering::SeqCst) + 1;
        self.server.writes.fetch_add(1, Ordering::SeqCst);
        lease.metadata.resource_version = Some(version.to_string());
        lease
    }
}

impl LeaseStore for Memory {
    async fn get(&self) -> Result<Option<Lease>, StoreError> {
        self.reach().await?;
        Ok(self.server.lease.lock().await.clone())
    }

    async fn create(&self, lease: Lease) -> Result<Lease, StoreError> {
        self.reach().await?;
        let mut kept = self.server.lease.lock().await;
        if kept.is_some() {
            return Err(StoreError::Conflict);
        }
        Ok(kept.insert(self.stamped(lease)).clone())
    }

    async fn replace(&self, lease: Lease) -> Result<Lease, StoreError> {
        self.reach().await?;
        let mut kept = self.server.lease.lock().await;
        match &*kept {
            Some(now) if now.metadata.resource_version == lease.metadata.resource_version => {
                Ok(kept.insert(self.stamped(lease)).clone())
            }
            _ => Err(StoreError::Conflict),
        }
    }
}

/// Counts who acts at the same time.
#[derive(Clone, Default)]
struct Acting {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    terms: Arc<AtomicUsize>,
}

struct Act(Arc<AtomicUsize>);

impl Drop for Act {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Acting {
    async fn until(self, token: CancellationToken) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        let _act = Act(self.now.clone());
        self.terms.fetch_add(1, Ordering::SeqCst);
        self.most.fetch_max(now, Ordering::SeqCst);
        token.cancelled().await;
    }

    async fn count_becomes(&self, wanted: usize) {
        let reached = async {
            while self.now.load(Ordering::SeqCst) != wanted {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(30), reached).await.expect("the count is reached in time");
    }
}

/// The shipped proportions, seven times faster.
fn quick() -> Timing {
    Timing {
        lease: Duration::from_secs(2),
        renew_deadline: Duration::from_millis(1300),
        retry: Duration::from_millis(250),
    }
}

fn replica(
    memory: &Memory,
    name: &str,
    skew_minutes: i64,
    acting: &Acting,
    stop: &CancellationToken,
) -> tokio::task::JoinHandle<Result<Option<()>, LeaderError>> {
    let clock = Clock::skewed(SignedDuration::from_mins(skew_minutes));
    let election = Election::with_store(memory.clone(), name.to_owned(), quick(), clock).expect("sound times");
    let (acting, stop) = (acting.clone(), stop.clone());
    tokio::spawn(election.run(stop, move |token| acting.until(token)))
}

#[rstest]
#[case::holder_ahead(10, 0)]
#[case::holder_behind(0, 10)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fault_40_clocks_ten_minutes_apart_exactly_one_leads(#[case] first: i64, #[case] second: i64) {
    let (memory, acting, stop) = (Memory::default(), Acting::default(), CancellationToken::new());
    let one = replica(&memory, "one", first, &acting, &stop);
    acting.count_becomes(1).await;
    let two = replica(&memory.beside(), "two", second, &acting, &stop);
    sleep(quick().lease * 3).await;
    assert_eq!(acting.most.load(Ordering::SeqCst), 1, "never two at once");
    assert_eq!(acting.terms.load(Ordering::SeqCst), 1, "the second neither took over nor flapped");
    stop.cancel();
    assert!(matches!(one.await, Ok(Ok(Some(())))));
    assert!(matches!(two.await, Ok(Ok(_))));
}

#[rstest]
#[case::holder_ahead(10, 0)]
#[case::holder_behind(0, 10)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_cut_off_stops_before_the_other_begins(#[case] first: i64, #[case] second: i64) {
    let (memory, acting, stop) = (Memory::default(), Acting::default(), CancellationToken::new());
    let one = replica(&memory, "one", first, &acting, &stop);
    acting.count_becomes(1).await;
    let two = replica(&memory.beside(), "two", second, &acting, &stop);
    sleep(quick().retry * 4).await;
    memory.cut.store(true, Ordering::SeqCst);
    let lost = one.await.expect("no panic").expect_err("the Lease is lost");
    assert_eq!(lost.code(), "operator.leadership_not_renewed");
    acting.count_becomes(0).await;
    acting.count_becomes(1).await;
    assert_eq!(acting.most.load(Ordering::SeqCst), 1, "never two at once");
    assert_eq!(acting.terms.load(Ordering::SeqCst), 2);
    stop.cancel();
    assert!(matches!(two.await, Ok(Ok(Some(())))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_graceful_stop_hands_over_without_waiting_for_the_lease() {
    let (memory, acting) = (Memory::default(), Acting::default());
    let (stop_one, stop_two) = (CancellationToken::new(), CancellationToken::new());
    let one = replica(&memory, "one", 0, &acting, &stop_one);
    acting.count_becomes(1).await;
    let two = replica(&memory.beside(), "two", 0, &acting, &stop_two);
    sleep(quick().retry * 2).await;
    stop_one.cancel();
    assert!(matches!(one.await, Ok(Ok(Some(())))));
    let lease = memory.server.lease.lock().await.clone().expect("a Lease");
    let spec = lease.spec.expect("a record");
    assert!(matches!(spec.holder_identity.as_deref(), Some("" | "two")), "{spec:?}");
    acting.count_becomes(1).await;
    stop_two.cancel();
    assert!(matches!(two.await, Ok(Ok(Some(())))));
    assert_eq!(acting.most.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_that_was_overwritten_stops_at_once() {
    let (memory, acting, stop) = (Memory::default(), Acting::default(), CancellationToken::new());
    let one = replica(&memory, "one", 0, &acting, &stop);
    acting.count_becomes(1).await;
    if let Some(lease) = memory.server.lease.lock().await.as_mut() {
        lease.spec.get_or_insert_default().holder_identity = Some("intruder".into());
        lease.metadata.resource_version = Some("by hand".into());
    }
    let lost = timeout(quick().renew_deadline, one).await.expect("at once").expect("no panic").expect_err("lost");
    assert!(matches!(&lost, LeaderError::Taken { holder } if holder == "intruder"), "{lost}");
    assert_eq!(acting.now.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_replicas_starting_together_have_one_leader() {
    let (memory, acting, stop) = (Memory::default(), Acting::default(), CancellationToken::new());
    let replicas: Vec<_> = (0..8).map(|n| replica(&memory.beside(), &format!("r{n}"), n - 4, &acting, &stop)).collect();
    acting.count_becomes(1).await;
    sleep(quick().lease * 2).await;
    assert_eq!(acting.most.load(Ordering::SeqCst), 1);
    stop.cancel();
    for replica in replicas {
        assert!(matches!(replica.await, Ok(Ok(_))));
    }
    assert_eq!(acting.most.load(Ordering::SeqCst), 1, "no standby slipped in during the stop");
}
