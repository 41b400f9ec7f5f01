//! Keeps the agent on the newest configuration that it takes, and on one that it survives.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use super::SidecarError;
use super::alloy::{Alloy, Presence};
use super::content::{Content, Text};
use super::crash::CrashWatch;
use super::load::Load;
use super::memory::Memory;
use super::meters::Meters;
use super::pace::Pace;
use super::sending::Sending;
use super::status::{Outcome, Status, shortened};
use super::target::Target;

/// What became of the newest configuration, and what is said about it.
pub type Judgement = (Outcome, String);

/// The one that writes the agent's file.
pub struct Keeper {
    pub(super) alloy: Alloy,
    pub(super) target: Target,
    pub(super) memory: Memory,
    pub(super) crash: CrashWatch,
    pub(super) pace: Pace,
    pub(super) running: Option<Text>,
    /// The file may hold something else than `running`: a write failed, or was broken off.
    pub(super) unwritten: bool,
    /// The agent has to be asked to load its file again, from then on.
    pub(super) restore: Option<Instant>,
    gauges_due: Instant,
    sending: Sending,
    load: Load,
    last_ready: Option<Instant>,
    absent_looks: u32,
    status: watch::Sender<Status>,
    pub(super) meters: Meters,
}

impl Keeper {
    /// Takes up where an earlier container of this pod left off.
    pub fn new(
        alloy: Alloy,
        target: Target,
        pace: Pace,
        status: watch::Sender<Status>,
        meters: Meters,
    ) -> Result<Self, SidecarError> {
        let memory = Memory::load(&target);
        let mut running = target.read()?;
        let broken_off = running.as_ref().is_some_and(|text| memory.trying.as_ref() == Some(&text.sha));
        if broken_off && let Some(previous) = target.read_previous()? {
            tracing::warn!("a try was broken off before the agent had judged it; going back, and trying again");
            running = Some(previous);
        }
        let now = Instant::now();
        Ok(Self {
            alloy,
            target,
            memory,
            crash: CrashWatch::new(pace.dead, pace.window),
            pace,
            running,
            unwritten: broken_off,
            restore: broken_off.then_some(now),
            gauges_due: now,
            sending: Sending::default(),
            load: Load::default(),
            last_ready: None,
            absent_looks: 0,
            status,
            meters,
        })
    }

    /// Looks, acts, reports; says how long to wait until the next step unless the content changes before.
    pub async fn step(&mut self, content: &Content) -> Duration {
        let presence = self.look().await;
        let judgement = match self.act(content, &presence).await {
            Ok(judgement) => judgement,
            Err(error) => (Outcome::Pending, format!("{error}. {}", error.fix())),
        };
        self.report(content, judgement);
        if presence == Presence::Ready {
            self.absent_looks = 0;
            return self.pace.poll;
        }
        let pause = self.pace.absent.saturating_mul(1 << self.absent_looks.min(10));
        self.absent_looks = self.absent_looks.saturating_add(1);
        pause.min(self.pace.absent_most)
    }

    async fn look(&mut self) -> Presence {
        let presence = self.alloy.presence().await;
        let now = Instant::now();
        let became_ready = self.crash.saw(&presence, now);
        if presence != Presence::Ready {
            return presence;
        }
        self.last_ready = Some(now);
        if became_ready || now >= self.gauges_due {
            self.gauges_due = now + self.pace.gauges;
            let gauges = self.alloy.gauges().await.unwrap_or_default();
            self.sending = gauges.sending;
            self.load = gauges.load;
            let started_at = gauges.started_at;
            if started_at.is_some_and(|started_at| self.crash.started(started_at, now)) {
                self.restarted();
            }
        }
        presence
    }

    /// The agent started again, with what is in its file.
    fn restarted(&mut self) {
        tracing::warn!("the agent's process is another one than before");
        self.meters.restarted();
        // What it refused while it ran may have been refused for what was then: it is tried once more.
        self.memory.refused = None;
    }

    async fn act(&mut self, content: &Content, presence: &Presence) -> Result<Judgement, SidecarError> {
        self.leave_what_it_dies_of(content)?;
        if self.unwritten
            && let Some(running) = &self.running
        {
            self.target.write(running)?;
            self.unwritten = false;
        }
        let going_back = if *presence == Presence::Ready { self.restore_if_due().await } else { None };
        let Some(candidate) = &content.candidate else {
            return Ok((Outcome::None, "The ConfigMap holds no candidate, or an empty one.".to_owned()));
        };
        if let Some((outcome, message)) = self.memory.verdict(&candidate.sha) {
            return Ok((outcome, message.to_owned() + &going_back.unwrap_or_default()));
        }
        let runs_it = self.running.as_ref().is_some_and(|running| running.sha == candidate.sha);
        match presence {
            Presence::Ready if runs_it => {
                Ok((Outcome::Accepted, "The agent runs the newest configuration.".to_owned()))
            }
            Presence::Ready => self.attempt(candidate).await,
            _ if !runs_it && self.may_replace_unseen(content) => {
                self.replace_unseen(candidate)?;
                Ok((Outcome::Pending, self.absence(presence)))
            }
            _ => Ok((Outcome::Pending, self.absence(presence))),
        }
    }

    /// Where the agent dies of its configuration, its next start is with the last good one.
    fn leave_what_it_dies_of(&mut self, content: &Content) -> Result<(), SidecarError> {
        let Some(running) = self.running.clone() else { return Ok(()) };
        let now = Instant::now();
        if self.memory.has_crashed(&running.sha) && self.crash.is_stable(now) {
            self.memory.pardon(&running.sha);
            return self.memory.save(&self.target);
        }
        let way_back = match &content.good {
            Some(good) if good.sha == running.sha => return Ok(()),
            Some(good) => Some((good.clone(), "It was brought back to the last good one.")),
            // What never ran may only be slow to come: without a good one that is no reason to leave it.
            None if !self.crash.has_lived() => return Ok(()),
            None => {
                let previous = self.target.read_previous()?.filter(|previous| previous.sha != running.sha);
                previous.map(|previous| (previous, "It was brought back to the one before."))
            }
        };
        let Some(why) = self.crash.verdict(now) else { return Ok(()) };
        if way_back.is_none() && self.memory.has_crashed(&running.sha) {
            return Ok(());
        }
        let then = way_back.as_ref().map_or("There is no earlier one to go back to.", |(_, then)| then);
        let message = format!("The agent does not live with this configuration: {why}. {then} Its own log says more.");
        tracing::error!(sha = running.sha, "{message}");
        self.memory.crash(&running.sha, message);
        self.memory.save(&self.target)?;
        if let Some((way_back, _)) = way_back {
            self.running = Some(way_back);
            self.unwritten = true;
            self.restore = Some(now);
            self.crash.begin(false);
            self.meters.went_back();
        }
        Ok(())
    }

    /// Without a good one, and while the agent does not run on what it has, it had better start with the newest.
    fn may_replace_unseen(&self, content: &Content) -> bool {
        let running = self.running.as_ref().map(|running| running.sha.as_str());
        content.good.is_none() && (!self.crash.has_lived() || running.is_none_or(|sha| self.memory.has_crashed(sha)))
    }

    fn replace_unseen(&mut self, candidate: &Text) -> Result<(), SidecarError> {
        tracing::info!(
            sha = candidate.sha,
            "the agent does not run; it finds the newest configuration at its next start"
        );
        self.target.write(candidate)?;
        self.running = Some(candidate.clone());
        self.crash.begin(false);
        Ok(())
    }

    fn absence(&self, presence: &Presence) -> String {
        let address = self.alloy.address();
        match presence {
            Presence::Absent => format!("Nothing listens at {address}: the agent is not started yet, or it ended."),
            Presence::Starting => format!("The agent at {address} has not loaded its configuration yet."),
            Presence::Silent(reason) => format!("The agent at {address} does not answer: {reason}."),
            Presence::Ready => String::new(),
        }
    }

    fn report(&self, content: &Content, (outcome, message): Judgement) {
        let sha = |text: &Option<Text>| text.as_ref().map(|text| text.sha.clone());
        self.status.send_if_modified(|status| {
            let before = status.clone();
            status.candidate_sha = sha(&content.candidate);
            status.good_sha = sha(&content.good);
            status.running_sha = sha(&self.running);
            status.outcome = outcome;
            status.message = shortened(&message);
            status.sending = self.sending;
            status.load = self.load.clone();
            status.agent_ready = self.last_ready.is_some_and(|at| at.elapsed() < self.pace.ready);
            if (before.outcome, &before.candidate_sha) != (status.outcome, &status.candidate_sha) {
                status.since = Timestamp::now();
            }
            *status != before
        });
        self.meters.report(&self.status.borrow());
    }
}
