//! What every step of a pass is given: the client, the settings, what is remembered between passes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kube::Client;
use kube::Resource;
use kube::runtime::events::{Event, EventType, Recorder};
use tokio::sync::Notify;

use flagstaff_crds::ClusterObservability;
use flagstaff_template::Render;

use crate::live::Live;
use crate::object::ObjectId;
use crate::settings::Settings;
use crate::telemetry::Metrics;

/// Given to every step.
pub struct Context {
    /// The cluster.
    pub client: Client,
    /// What the operator was told.
    pub settings: Settings,
    /// Our own objects, as the watches see them.
    pub live: Live,
    /// Events on the flag.
    pub recorder: Recorder,
    /// The operator's own metrics.
    pub metrics: Metrics,
    /// For asking agents by their address; never through a proxy.
    pub http: reqwest::Client,
    /// Asks for a pass now.
    pub nudge: Notify,
    /// Says that what became of the hub's settings is otherwise than before.
    pub settled: Notify,
    memory: Mutex<Memory>,
}

/// What is remembered between passes. All of it can be lost: the next pass finds it again or does a little more work.
#[derive(Default)]
pub struct Memory {
    /// For each object, the hash we applied last and what the cluster held right after.
    pub applied: HashMap<ObjectId, (String, String)>,
    /// When a field of the object was last taken back by force, and by whom it was held.
    pub forced: HashMap<ObjectId, (Instant, String)>,
    /// Objects we no longer fight for, with the sentence that says so.
    pub contested: HashMap<ObjectId, (Instant, String)>,
    /// The last renders, by the hash of their inputs.
    pub render: Option<(String, std::sync::Arc<Vec<Render>>)>,
    /// For each agent, the SHA-256 of the configuration that every pod was found to run well.
    pub promoted: HashMap<String, String>,
    /// Hash of the names that were kept when pruning last left nothing behind.
    pub pruned: Option<String>,
    /// What was last found out about the cluster, and when.
    pub survey: Option<(Instant, crate::dereference::Survey)>,
    /// Since when objects are held that agents may still send through.
    pub held_since: Option<Instant>,
    /// Since when the newest set of objects is being waited for.
    pub waiting_since: Option<(String, Instant)>,
    /// What was last written to the ruler outside of the cluster.
    pub ruler: Option<crate::outside::Written>,
    /// How it stands with the hub; none without one.
    pub hub: Option<crate::hub::Standing>,
    /// What became of the hub's settings in the last pass.
    pub settings: Option<flagstaff_model::wire::SettingsReport>,
    /// Revision of the hub's settings that was last followed without a fault.
    pub followed: Option<String>,
    /// Since when what lies outside of the cluster is being taken back.
    pub leaving_since: Option<Instant>,
    /// How far the cluster agents have grown and what they leave out.
    pub scale: Option<crate::scale::Watch>,
    /// What the flag allows of that; none while nothing is installed.
    pub scale_limits: Option<crate::scale::Limits>,
}

impl Context {
    /// Takes everything together.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(
        client: Client,
        settings: Settings,
        live: Live,
        recorder: Recorder,
        metrics: Metrics,
    ) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build()?;
        Ok(Self {
            client,
            settings,
            live,
            recorder,
            metrics,
            http,
            nudge: Notify::new(),
            settled: Notify::new(),
            memory: Mutex::default(),
        })
    }

    /// What is remembered; held for moments only, never across an await.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells people what was done to the flag; that it could not be told is logged and no more.
    pub async fn tell(&self, flag: &ClusterObservability, type_: EventType, reason: &str, action: &str, note: String) {
        let note = note.chars().take(1000).collect::<String>();
        tracing::info!(reason, action, "{note}");
        let event = Event { type_, reason: reason.into(), note: Some(note), action: action.into(), secondary: None };
        if let Err(error) = self.recorder.publish(&event, &flag.object_ref(&())).await {
            tracing::warn!(%error, reason, "the event could not be written");
        }
    }
}
