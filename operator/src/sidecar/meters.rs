//! The sidecar's own metrics, all beginning with `flagstaff_sidecar_`.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::alloy::Reload;
use super::status::{Outcome, Status};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reloads {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcomes {
    outcome: &'static str,
}

/// Handles to the metrics; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Meters {
    reloads: Family<Reloads, Counter>,
    outcome: Family<Outcomes, Gauge>,
    ready: Gauge,
    restarts: Counter,
    went_back: Counter,
    api: Gauge,
    since: Gauge,
}

impl Meters {
    /// Registers them in `registry`.
    pub fn register(registry: &mut Registry, agent: &str) -> Self {
        let labels = vec![("version", env!("CARGO_PKG_VERSION").to_owned()), ("agent", agent.to_owned())];
        let registry = registry.sub_registry_with_prefix("flagstaff_sidecar");
        let meters = Self::default();
        registry.register("build", "Version of the sidecar, and its agent", Info::new(labels));
        registry.register("reloads", "Times the agent was asked to reload", meters.reloads.clone());
        registry.register("outcome", "1 for what became of the newest configuration", meters.outcome.clone());
        registry.register("outcome_since_timestamp_seconds", "Since when that is so", meters.since.clone());
        registry.register("agent_ready", "1 where the agent runs some configuration", meters.ready.clone());
        registry.register("agent_restarts", "Times the agent's process was another one", meters.restarts.clone());
        registry.register("went_back", "Times the agent was brought back after a crash", meters.went_back.clone());
        registry.register("api_watch", "1 where the ConfigMap is watched through the API", meters.api.clone());
        meters
    }

    /// The agent was asked to reload.
    pub fn reloaded(&self, reload: &Reload) {
        let result = match reload {
            Reload::Accepted => "accepted",
            Reload::Refused(_) => "refused",
            Reload::Lost(_) => "lost",
        };
        self.reloads.get_or_create(&Reloads { result }).inc();
    }

    /// The agent's process is another one.
    pub fn restarted(&self) {
        self.restarts.inc();
    }

    /// The agent was brought back after a crash.
    pub fn went_back(&self) {
        self.went_back.inc();
    }

    /// Whether the ConfigMap is watched through the API.
    pub fn watches(&self, api: bool) {
        self.api.set(i64::from(api));
    }

    /// What is reported.
    pub fn report(&self, status: &Status) {
        for outcome in Outcome::ALL {
            let one = self.outcome.get_or_create(&Outcomes { outcome: outcome.as_str() });
            one.set(i64::from(outcome == status.outcome));
        }
        self.since.set(status.since.as_second());
        self.ready.set(i64::from(status.agent_ready));
    }
}
