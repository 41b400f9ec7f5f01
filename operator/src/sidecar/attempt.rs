//! One try of a configuration on the running agent, and the way back.

use tokio::time::Instant;

use super::SidecarError;
use super::alloy::Reload;
use super::content::Text;
use super::keeper::{Judgement, Keeper};
use super::memory::Verdict;
use super::status::Outcome;

/// So many times may an agent go away while it loads a configuration before that is held against it.
const LOSSES: u32 = 2;

impl Keeper {
    /// Tries a configuration on the running agent.
    pub(super) async fn attempt(&mut self, candidate: &Text) -> Result<Judgement, SidecarError> {
        if let Some(previous) = &self.running {
            self.target.write_previous(previous)?;
        }
        self.memory.trying = Some(candidate.sha.clone());
        self.memory.save(&self.target)?;
        // From here on the file may hold what is not judged yet, however this ends.
        self.unwritten = true;
        self.target.write(candidate)?;
        let reload = self.reload().await;
        self.memory.trying = None;
        self.crash.begin(true);
        if reload == Reload::Accepted {
            self.running = Some(candidate.clone());
            self.unwritten = false;
            self.memory.lost = None;
            self.memory.save(&self.target)?;
            tracing::info!(sha = candidate.sha, "the agent took over the newest configuration");
            return Ok((Outcome::Accepted, "The agent runs the newest configuration.".to_owned()));
        }
        // Alloy puts in force what it can of a configuration that it refuses: it has to load the one before again.
        self.restore = Some(Instant::now());
        if let Some(previous) = &self.running {
            self.target.write(previous)?;
            self.unwritten = false;
        }
        let judgement = self.hold_against(candidate, reload);
        self.memory.save(&self.target)?;
        let going_back = self.restore_if_due().await.unwrap_or_default();
        Ok((judgement.0, judgement.1 + &going_back))
    }

    fn hold_against(&mut self, candidate: &Text, reload: Reload) -> Judgement {
        let sha = candidate.sha.clone();
        let message = match reload {
            Reload::Refused(message) => {
                tracing::error!(sha, "the agent refused the newest configuration: {message}");
                self.memory.refused = Some(Verdict { sha, message: message.clone() });
                return (Outcome::Refused, message);
            }
            Reload::Lost(reason) => format!("The agent went away while it loaded this configuration: {reason}."),
            Reload::Accepted => String::new(),
        };
        if self.memory.lose(&sha) < LOSSES {
            tracing::warn!(sha, "{message} It is tried once more.");
            return (Outcome::Pending, message + " It is tried once more.");
        }
        tracing::error!(sha, "{message}");
        self.memory.lost = None;
        self.memory.crash(&sha, message.clone());
        (Outcome::Crashed, message)
    }

    /// Has the agent load its file again; says what came of it where it did not go well.
    pub(super) async fn restore_if_due(&mut self) -> Option<String> {
        let due = self.restore?;
        if Instant::now() < due || self.unwritten {
            return None;
        }
        match self.reload().await {
            Reload::Accepted => {
                self.restore = None;
                None
            }
            Reload::Refused(message) => {
                self.restore = Some(Instant::now() + self.pace.restore);
                tracing::error!("the agent refused to go back as well: {message}");
                Some(format!(" Going back was refused as well: {message}"))
            }
            Reload::Lost(reason) => {
                tracing::warn!("the agent did not answer when it was asked to go back: {reason}");
                None
            }
        }
    }

    async fn reload(&self) -> Reload {
        let mut reload = self.alloy.reload().await;
        if reload == Reload::Accepted
            && let Some(false) = self.alloy.gauges().await.and_then(|gauges| gauges.last_load_successful)
        {
            reload = Reload::Refused("The agent answered well and says that its last load was not successful.".into());
        }
        self.meters.reloaded(&reload);
        reload
    }
}
