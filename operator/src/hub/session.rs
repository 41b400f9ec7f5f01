//! A session with the hub: reports at its pace, and hears what is wanted, until something breaks.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use kube::ResourceExt;
use tokio::time::Instant;

use flagstaff_crds::{ClusterObservability, HubSetting};
use flagstaff_model::Reason;
use flagstaff_model::wire::{DesiredAnswer, DesiredQuery, Removal, StatusReport};

use super::client::HubClient;
use super::doubt::{ACCEPT_EPOCH, Doubt};
use super::error::HubError;
use super::memory::{self, Memory};
use super::pace::{self, Wait};
use super::report::{self, Before, Told};
use super::{Standing, join, stand, trust};
use crate::context::Context;
use crate::object::sha256;

type Heard = Result<Option<DesiredAnswer>, HubError>;

struct Session<'a> {
    context: &'a Context,
    client: Arc<HubClient>,
    instance: &'a str,
    memory: Memory,
    sequence: u64,
    before: Before,
    wait: Wait,
    /// Epoch and generation last heard, believed or not, so that the same is not answered again at once.
    heard: (String, u64),
    /// Why the hub is heard and not followed.
    reserve: Option<Standing>,
    /// The state of the hub that was heard and is not believed.
    doubt: Option<Doubt>,
}

/// Runs until the flag names another hub, or until something breaks. Whether this cluster has to join again is asked from `join_again` on.
///
/// # Errors
/// [`HubError`] that broke it.
pub async fn run(
    context: &Context,
    setting: &HubSetting,
    instance: &str,
    (memory, join_again): (Memory, Instant),
) -> Result<(), HubError> {
    let memory = refresh_trust(context, memory).await?;
    let client = Arc::new(HubClient::trusting(&memory)?);
    let heard = (memory.epoch.clone(), memory.generation);
    let mut session = Session {
        context,
        client,
        instance,
        memory,
        sequence: 0,
        before: Before::default(),
        wait: Wait::default(),
        heard,
        reserve: None,
        doubt: None,
    };
    let mut status_due = Instant::now();
    let mut hearing = session.hear();
    loop {
        tokio::select! {
            () = tokio::time::sleep_until(status_due) => {
                let settings = context.memory().settings.clone().unwrap_or_default();
                let Some((flag, hub)) = super::setting(context).await? else { return Ok(()) };
                if hub != *setting
                    || (Instant::now() >= join_again && join::is_needed(context, setting, &session.memory).await?)
                    || session.is_lost().await?
                {
                    return Ok(());
                }
                let told = Told { flag, settings };
                status_due = Instant::now() + session.report(&told).await?;
                if session.is_confirmed(&told.flag) {
                    // Heard and not believed before: it is asked for once more.
                    session.heard = Default::default();
                    hearing = session.hear();
                }
            }
            () = context.settled.notified() => {
                session.keep_good().await?;
                status_due = Instant::now();
            }
            answer = &mut hearing => {
                if session.take(answer).await? {
                    return Ok(());
                }
                if !session.memory.next_credential.is_empty() {
                    status_due = Instant::now();
                }
                hearing = session.hear();
            }
        }
    }
}

/// The hub's certificates may have changed: they are asked for at the beginning of each session.
async fn refresh_trust(context: &Context, mut memory: Memory) -> Result<Memory, HubError> {
    let answer = HubClient::trust(&memory.url).await?;
    trust::check(&answer, &memory.identity_key, memory.trust_number, &memory.url)?;
    if answer.number != memory.trust_number || answer.certificates_pem != memory.certificates_pem {
        memory.trust_number = answer.number;
        memory.public_roots = answer.public_roots;
        memory.certificates_pem = answer.certificates_pem;
        memory::save(&context.client, &context.settings.namespace, &memory).await?;
    }
    Ok(memory)
}

impl Session<'_> {
    fn hear(&self) -> BoxFuture<'static, Heard> {
        let (client, credential) = (self.client.clone(), self.memory.credential.clone());
        let (epoch, generation) = self.heard.clone();
        let query = DesiredQuery { epoch, generation, wait_seconds: Some(self.wait.seconds()) };
        async move { client.desired(&credential, &query).await }.boxed()
    }

    async fn save(&self) -> Result<(), HubError> {
        memory::save(&self.context.client, &self.context.settings.namespace, &self.memory).await
    }

    /// Whether the Secret was taken away: then this cluster joins again rather than lose its credential at the next restart.
    async fn is_lost(&self) -> Result<bool, HubError> {
        let saved = memory::load(&self.context.client, &self.context.settings.namespace).await?;
        Ok(saved.cluster_id != self.memory.cluster_id)
    }

    /// The next report with its number; none before the first pass has looked at the cluster.
    async fn compose(&mut self, told: &Told) -> Option<StatusReport> {
        let facts = self.context.memory().survey.as_ref().map(|(_, survey)| survey.facts.clone())?;
        let mut report = report::compose(self.context, &facts, told, &mut self.before).await;
        self.sequence += 1;
        report.sequence = self.sequence;
        report.instance = self.instance.to_owned();
        Some(report)
    }

    /// Sends one report; says when the next is due.
    async fn report(&mut self, told: &Told) -> Result<Duration, HubError> {
        let Some(mut report) = self.compose(told).await else { return Ok(Duration::from_secs(2)) };
        let next = self.memory.next_credential.clone();
        report.next_credential_sha256 = (!next.is_empty()).then(|| sha256(next.as_bytes()));
        let answer = match self.client.status(&self.memory.credential, &report).await {
            Err(error) if error.is_unknown_credential() => return self.forgotten(error).await,
            other => other?,
        };
        if !next.is_empty() {
            // The hub has its hash; from here on only the new one is used.
            self.memory.credential = next;
            self.memory.next_credential.clear();
            self.save().await?;
        } else if answer.rotate {
            self.prepare_credential().await?;
        }
        let connected = Standing { reason: Reason::HubConnected, message: format!("reports to {}", self.memory.url) };
        stand(self.context, Some(self.reserve.clone().unwrap_or(connected)));
        if self.memory.next_credential.is_empty() {
            Ok(pace::interval(answer.next_seconds))
        } else {
            Ok(Duration::ZERO)
        }
    }

    /// Saved before the hub hears of it.
    async fn prepare_credential(&mut self) -> Result<(), HubError> {
        if self.memory.next_credential.is_empty() {
            self.memory.next_credential = join::new_credential();
            self.save().await?;
        }
        Ok(())
    }

    /// What is followed without a fault is what runs on when the hub's next word is refused. Says whether that is news.
    fn note_good(&mut self) -> bool {
        let followed = self.context.memory().followed.clone();
        let settings = self.memory.settings.as_ref().filter(|settings| Some(&settings.revision) == followed.as_ref());
        let news = settings.is_some() && settings != self.memory.good_settings.as_ref();
        if news {
            self.memory.good_settings = settings.cloned();
        }
        news
    }

    async fn keep_good(&mut self) -> Result<(), HubError> {
        if self.note_good() { self.save().await } else { Ok(()) }
    }

    /// The hub does not know the credential: the next one may have arrived before, else the cluster joins again. Nothing is removed.
    async fn forgotten(&mut self, error: HubError) -> Result<Duration, HubError> {
        if !self.memory.next_credential.is_empty() {
            self.memory.credential = std::mem::take(&mut self.memory.next_credential);
            self.save().await?;
            return Ok(Duration::ZERO);
        }
        self.memory.join_token_id.clear();
        self.save().await?;
        Err(error)
    }

    /// Takes in what was heard; whether the session is over.
    async fn take(&mut self, heard: Heard) -> Result<bool, HubError> {
        let answer = match heard {
            Ok(Some(answer)) => answer,
            Ok(None) => {
                self.wait.held();
                return Ok(false);
            }
            Err(error) if error.is_unknown_credential() => {
                self.forgotten(error).await?;
                return Ok(false);
            }
            Err(error) => {
                self.wait.cut();
                return Err(error);
            }
        };
        self.heard = (answer.epoch.clone(), answer.generation);
        self.doubt = Doubt::of(&self.memory, &answer);
        if let Some(doubt) = &self.doubt
            && !self.settle(doubt.clone()).await?
        {
            return Ok(false);
        }
        self.doubt = None;
        let said = answer.settings.is_some() && answer.settings != self.memory.settings;
        let ordered = answer.budgets.is_some() && answer.budgets != self.memory.budgets;
        if said || ordered || (&self.memory.epoch, self.memory.generation) != (&answer.epoch, answer.generation) {
            self.memory.epoch = answer.epoch;
            self.memory.generation = answer.generation;
            if said {
                self.note_good();
                self.memory.settings = answer.settings;
            }
            if ordered {
                self.memory.budgets = answer.budgets;
            }
            self.save().await?;
            if said || ordered {
                self.context.nudge.notify_one();
            }
        }
        if let Some(order) = answer.removal
            && self.is_meant(&order)
        {
            self.leave(&order).await?;
            return Ok(true);
        }
        let waiting = "the hub knows this cluster, and a person has yet to accept it there";
        self.reserve = (!answer.accepted).then(|| Standing { reason: Reason::HubNotAccepted, message: waiting.into() });
        if answer.rotate_credential {
            self.prepare_credential().await?;
        }
        Ok(false)
    }

    /// Whether a person confirms the state that is doubted; if not, that is said.
    async fn settle(&mut self, doubt: Doubt) -> Result<bool, HubError> {
        let flag = super::setting(self.context).await?.map(|(flag, _)| flag);
        let word = flag.and_then(|flag| flag.annotations().get(ACCEPT_EPOCH).cloned());
        if doubt.is_confirmed(&self.memory, word.as_deref()) {
            doubt.settle(&mut self.memory, word.as_deref().unwrap_or_default());
            self.save().await?;
            return Ok(true);
        }
        if doubt.note(&mut self.memory) {
            self.save().await?;
        }
        self.reserve = Some(Standing { reason: Reason::HubOlderState, message: doubt.sentence() });
        stand(self.context, self.reserve.clone());
        Ok(false)
    }

    fn is_confirmed(&self, flag: &ClusterObservability) -> bool {
        let word = flag.annotations().get(ACCEPT_EPOCH).map(String::as_str);
        self.doubt.as_ref().is_some_and(|doubt| doubt.is_confirmed(&self.memory, word))
    }

    fn is_meant(&self, order: &Removal) -> bool {
        let memory = self.context.memory();
        let own = memory.survey.as_ref().map(|(_, survey)| survey.facts.cluster.uid.clone()).unwrap_or_default();
        !own.is_empty() && order.cluster_uid == own
    }

    /// A flag that kubectl set stays; the hub is told once more, and forgotten.
    async fn leave(&mut self, order: &Removal) -> Result<(), HubError> {
        let settings = self.context.memory().settings.clone().unwrap_or_default();
        let Some((flag, _)) = super::setting(self.context).await? else { return Ok(()) };
        let Some(mut report) = self.compose(&Told { flag, settings }).await else { return Ok(()) };
        report.left_by_order = Some(order.order_id.clone());
        self.client.status(&self.memory.credential, &report).await?;
        self.memory = Memory {
            url: self.memory.url.clone(),
            join_token_id: self.memory.join_token_id.clone(),
            identity_key: self.memory.identity_key.clone(),
            // Says that it had joined: the same token is not used again.
            cluster_id: self.memory.cluster_id.clone(),
            left_by_order: order.order_id.clone(),
            ..Memory::default()
        };
        self.save().await?;
        tracing::info!(order = order.order_id, "left the hub; the flag and what it installed stay");
        Ok(())
    }
}
