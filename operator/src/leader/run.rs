//! Runs one replica: compete, lead while renewals succeed, stop at once when they do not, let go at the end.

use std::future::Future;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use rand::Rng;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::candidate::{Candidate, Step};
use super::{ApiLeases, Clock, LeaderError, LeaseStore, StoreError, Timing};

/// How long the work may take to end after a stop that was asked for.
const GRACE: Duration = Duration::from_secs(10);
/// How long broken-off work is waited for after a loss.
const ABORT: Duration = Duration::from_millis(500);
/// How long the release of the Lease may take.
const RELEASE: Duration = Duration::from_secs(3);

/// How this replica stands in the election.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether this replica leads.
    pub leading: bool,
    /// Who holds the Lease, as last seen.
    pub holder: Option<String>,
    /// What the last attempt failed with, where it failed.
    pub problem: Option<String>,
}

/// One replica's part in the election.
pub struct Election<S = ApiLeases> {
    store: S,
    candidate: Candidate,
    timing: Timing,
    clock: Clock,
    standing: watch::Sender<Standing>,
}

enum Attempt {
    /// The Lease is ours by a write that began then.
    Mine {
        written_from: Instant,
    },
    Held {
        by: String,
    },
}

impl Election<ApiLeases> {
    /// A replica that competes for this Lease in the API server.
    pub fn new(
        client: kube::Client,
        namespace: &str,
        name: &str,
        identity: String,
        timing: Timing,
        clock: Clock,
    ) -> Result<Self, LeaderError> {
        Self::with_store(ApiLeases::new(client, namespace, name), identity, timing, clock)
    }
}

impl<S: LeaseStore> Election<S> {
    /// A replica that competes for the Lease kept in `store`.
    pub fn with_store(store: S, identity: String, timing: Timing, clock: Clock) -> Result<Self, LeaderError> {
        let timing = timing.check()?;
        let candidate = Candidate::new(identity, timing);
        Ok(Self { store, candidate, timing, clock, standing: watch::Sender::default() })
    }

    /// Follows how this replica stands; for logs, metrics and readiness.
    pub fn watch(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    /// Competes until `stop`, and runs `on_leading` once the Lease is won.
    ///
    /// The work is given a token that is cancelled on a stop and on a loss. On a stop it has ten seconds to end, the
    /// Lease still being renewed, and is then released; `Ok(None)` says that this replica never led. On a loss the work
    /// is aborted and an error is returned: the caller exits the process, so that nothing goes on acting.
    pub async fn run<T, F, Fut>(mut self, stop: CancellationToken, on_leading: F) -> Result<Option<T>, LeaderError>
    where
        F: FnOnce(CancellationToken) -> Fut,
        Fut: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let acquired = tokio::select! {
            () = stop.cancelled() => None,
            since = self.acquire() => Some(since),
        };
        let Some(written_from) = acquired else {
            // A write that was under way may have won: it must not hold up the others.
            self.release().await;
            return Ok(None);
        };
        tracing::info!("this replica leads");
        let token = CancellationToken::new();
        let mut work = AbortOnDrop(tokio::spawn(on_leading(token.clone())));
        let outcome = self.lead(written_from, &stop, &token, &mut work.0).await;
        token.cancel();
        self.stand(|standing| standing.leading = false);
        match outcome {
            Ok(result) => {
                self.release().await;
                result
            }
            Err(lost) => {
                work.0.abort();
                tracing::error!(code = lost.code(), fix = lost.fix(), "{lost}");
                // Broken off at its next await; work that never awaits is ended by the caller's exit.
                let _ = timeout(ABORT, &mut work.0).await;
                Err(lost)
            }
        }
    }

    /// Tries until the Lease is ours; says from when.
    async fn acquire(&mut self) -> Instant {
        loop {
            let deadline = Instant::now() + self.timing.renew_deadline;
            match self.attempt(deadline).await {
                Ok(Attempt::Mine { written_from }) => return written_from,
                Ok(Attempt::Held { by }) => tracing::debug!(holder = by, "another replica leads"),
                Err(StoreError::Conflict) => {}
                Err(error) => self.failed(&error),
            }
            // Spread, so that standbys do not all ask at the same instants.
            sleep(jittered(self.timing.retry, 1.0, 2.0)).await;
        }
    }

    /// `Ok` when the work ended or a stop was asked for, `Err` when the Lease is lost.
    async fn lead<T>(
        &mut self,
        written_from: Instant,
        stop: &CancellationToken,
        token: &CancellationToken,
        work: &mut JoinHandle<T>,
    ) -> Result<Result<Option<T>, LeaderError>, LeaderError> {
        let keep = self.keep(written_from);
        tokio::pin!(keep);
        tokio::select! {
            biased;
            lost = &mut keep => return Err(lost),
            ended = &mut *work => return Ok(ended.map(Some).map_err(LeaderError::Work)),
            () = stop.cancelled() => token.cancel(),
        }
        tokio::select! {
            biased;
            lost = &mut keep => Err(lost),
            ended = &mut *work => Ok(ended.map(Some).map_err(LeaderError::Work)),
            () = sleep(GRACE) => {
                tracing::warn!("the work did not end within {} s of the stop and is broken off", GRACE.as_secs());
                work.abort();
                Ok(Ok(None))
            }
        }
    }

    /// Renews until it is lost; says why. The deadline counts from before the last successful write was sent, so it
    /// always passes before another replica, which saw the write later, may take over.
    async fn keep(&mut self, mut written_from: Instant) -> LeaderError {
        let mut last = "no attempt was made in time".to_owned();
        loop {
            let deadline = written_from + self.timing.renew_deadline;
            let pause = jittered(self.timing.retry, 0.9, 1.1);
            sleep_until((Instant::now() + pause).min(deadline)).await;
            if Instant::now() >= deadline {
                return LeaderError::NotRenewed { seconds: self.timing.renew_deadline.as_secs_f64(), last };
            }
            match self.attempt(deadline).await {
                Ok(Attempt::Mine { written_from: from }) => written_from = from,
                Ok(Attempt::Held { by }) => return LeaderError::Taken { holder: by },
                Err(error) => {
                    self.failed(&error);
                    last = error.to_string();
                }
            }
        }
    }

    /// One attempt to get or keep the Lease, over by `deadline`.
    async fn attempt(&mut self, deadline: Instant) -> Result<Attempt, StoreError> {
        let each = self.timing.renew_deadline / 2;
        if let Some(renewal) = self.candidate.renewal(self.clock.now()) {
            let written_from = Instant::now();
            match bounded(each, deadline, self.store.replace(renewal)).await {
                Ok(lease) => return Ok(self.won(lease, written_from)),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        let read = bounded(each, deadline, self.store.get()).await?;
        let step = self.candidate.look(read, Instant::now(), self.clock.now());
        let written_from = Instant::now();
        let lease = match step {
            Step::Wait { holder } => {
                self.stand(|standing| {
                    *standing = Standing { leading: false, holder: Some(holder.clone()), problem: None };
                });
                return Ok(Attempt::Held { by: holder });
            }
            Step::Create(lease) => bounded(each, deadline, self.store.create(*lease)).await?,
            Step::Replace(lease) => bounded(each, deadline, self.store.replace(*lease)).await?,
        };
        Ok(self.won(lease, written_from))
    }

    fn won(&mut self, lease: Lease, written_from: Instant) -> Attempt {
        self.candidate.written(lease, Instant::now());
        let holder = self.candidate.holder().map(str::to_owned);
        self.stand(|standing| *standing = Standing { leading: true, holder, problem: None });
        Attempt::Mine { written_from }
    }

    /// Lets go of the Lease, so that another replica leads at once; best effort and bounded.
    async fn release(&mut self) {
        let deadline = Instant::now() + RELEASE;
        for _ in 0..2 {
            let Some(released) = self.candidate.release(self.clock.now()) else { return };
            match bounded(RELEASE, deadline, self.store.replace(released)).await {
                Ok(lease) => {
                    self.candidate.written(lease, Instant::now());
                    tracing::info!("the Lease is released");
                    return;
                }
                // A renewal of ours may have been broken off after it was written: read it and try once more.
                Err(StoreError::Conflict) => match bounded(RELEASE, deadline, self.store.get()).await {
                    Ok(Some(lease)) => self.candidate.written(lease, Instant::now()),
                    Ok(None) | Err(_) => return,
                },
                Err(error) => {
                    tracing::warn!(
                        code = error.code(),
                        "the Lease was not released, others wait for it to expire: {error}"
                    );
                    return;
                }
            }
        }
    }

    fn failed(&self, error: &StoreError) {
        let problem = Some(error.to_string());
        if self.standing.borrow().problem != problem {
            tracing::warn!(code = error.code(), fix = error.fix(), "leader election: {error}");
        }
        self.stand(|standing| standing.problem = problem);
    }

    fn stand(&self, change: impl FnOnce(&mut Standing)) {
        self.standing.send_if_modified(|standing| {
            let before = standing.clone();
            change(standing);
            *standing != before
        });
    }
}

/// Work that ends with its handle: whoever drops the election stops acting.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn jittered(period: Duration, from: f64, to: f64) -> Duration {
    period.mul_f64(rand::rng().random_range(from..to))
}

async fn bounded<T>(
    each: Duration,
    deadline: Instant,
    call: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let limit = each.min(deadline.saturating_duration_since(Instant::now()));
    match timeout(limit, call).await {
        Ok(result) => result,
        Err(_) => Err(StoreError::Timeout { seconds: limit.as_secs_f64() }),
    }
}
