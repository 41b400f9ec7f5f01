//! What one pass came to, and the one sentence that says whether the cluster is observed.

use flagstaff_model::Reason;

use crate::apply::Fault;
use crate::outside;
use crate::validate::{Plan, Refusal};
use crate::wait::Health;

/// What one pass came to.
#[derive(Debug)]
pub enum Report {
    /// The flag is suspended; nothing was touched.
    Suspended,
    /// The flag is off.
    Disabled {
        /// Objects of ours that are still there, with why.
        left: Vec<String>,
    },
    /// Whether the cluster is observed is left to a hub that has not said it yet; nothing was touched.
    Undecided,
    /// The flag or the template cannot be honoured; what ran before runs on.
    Refused(Refusal),
    /// Objects were applied.
    Applied(Box<AppliedReport>),
}

/// What applying came to.
#[derive(Debug)]
pub struct AppliedReport {
    /// What was to be installed.
    pub plan: Plan,
    /// Objects of the set.
    pub objects: usize,
    /// Objects that could not be applied.
    pub faults: Vec<Fault>,
    /// Objects that should be gone and are not.
    pub left: Vec<String>,
    /// What lies outside of the cluster and is not as it should be.
    pub outside: Vec<outside::Fault>,
    /// The health of what was applied.
    pub health: Health,
    /// Whether the wait for health has run out.
    pub overdue: bool,
    /// When everything was applied (RFC 3339 with milliseconds).
    pub applied_at: String,
}

/// Now, with milliseconds, for the times that are measured.
pub fn now_precise() -> String {
    k8s_openapi::jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

impl Report {
    /// Whether the flag is ready, why, and a sentence for people.
    pub fn ready(&self) -> (bool, Reason, String) {
        match self {
            Report::Suspended => {
                (false, Reason::Suspended, "suspended: what runs is left as it is until spec.suspend is false".into())
            }
            Report::Undecided => (
                false,
                Reason::HubSilent,
                "the hub has not said yet what it wants here: what runs is left as it is. To decide it here, set spec.enabled".into(),
            ),
            Report::Disabled { left } if left.is_empty() => {
                (false, Reason::Disabled, "switched off: nothing of ours is left in the cluster".into())
            }
            Report::Disabled { left } => {
                (false, Reason::Progressing, format!("being removed; still there: {}", left.join("; ")))
            }
            Report::Refused(refusal) => (false, refusal.reason, refusal.message()),
            Report::Applied(applied) => applied.ready(),
        }
    }

    /// Whether work is under way that ends by itself.
    pub fn is_progressing(&self) -> bool {
        match self {
            Report::Suspended | Report::Undecided | Report::Refused(_) => false,
            Report::Disabled { left } => !left.is_empty(),
            Report::Applied(applied) => matches!(applied.ready().1, Reason::Waiting | Reason::Progressing),
        }
    }

    /// Whether what was wanted is there and has come to rest.
    pub fn is_at_rest(&self) -> bool {
        match self {
            Report::Suspended => true,
            Report::Undecided | Report::Refused(_) => false,
            Report::Disabled { left } => left.is_empty(),
            Report::Applied(applied) => applied.ready().0,
        }
    }

    /// Whether what was wanted is what is being followed: decided, and nothing of it refused.
    pub fn is_followed(&self) -> bool {
        match self {
            Report::Undecided | Report::Refused(_) => false,
            Report::Suspended | Report::Disabled { .. } => true,
            Report::Applied(applied) => applied.faults.is_empty(),
        }
    }

    /// Whether a person has to do something.
    pub fn is_stalled(&self) -> bool {
        match self {
            Report::Refused(_) => true,
            Report::Applied(applied) => {
                matches!(
                    applied.ready().1,
                    Reason::NotReady
                        | Reason::ApplyFailed
                        | Reason::NotOurs
                        | Reason::Forbidden
                        | Reason::Contested
                        | Reason::ConfigurationRefused
                        | Reason::RulerRefused
                )
            }
            _ => false,
        }
    }
}

impl AppliedReport {
    fn ready(&self) -> (bool, Reason, String) {
        if let Some(fault) = self.faults.iter().find(|fault| fault.reason != Reason::Contested).or(self.faults.first())
        {
            let more = if self.faults.len() > 1 {
                format!("; and {} more objects", self.faults.len() - 1)
            } else {
                String::new()
            };
            return (false, fault.reason, format!("{}{more}", fault.message));
        }
        let (configuration, message) = self.health.configuration();
        if configuration == Reason::ConfigurationRefused {
            return (false, configuration, format!("{message}. The last good configuration runs on"));
        }
        let unready = self.health.unready();
        if !unready.is_empty() {
            let named: Vec<String> =
                unready.iter().map(|workload| format!("{}: {}", workload.name, workload.message)).collect();
            let reason = if self.overdue { Reason::NotReady } else { Reason::Waiting };
            return (false, reason, named.join("; "));
        }
        if configuration == Reason::ConfigurationPending && !self.overdue {
            return (false, Reason::Waiting, message);
        }
        let (usable, reason, message) = self.destinations();
        if !usable {
            return (false, reason, message);
        }
        if let Some(fault) = self.outside.first() {
            return (false, fault.reason, fault.message.clone());
        }
        (
            true,
            Reason::Healthy,
            format!(
                "{} objects applied, {} of {} workloads ready",
                self.objects,
                self.health.workloads.len(),
                self.health.workloads.len()
            ),
        )
    }

    /// Whether what is gathered can be sent.
    pub fn destinations(&self) -> (bool, Reason, String) {
        if let Some((reason, message)) = &self.plan.destination_fault {
            return (false, *reason, message.clone());
        }
        if self.plan.destinations.is_empty() {
            return (
                false,
                Reason::NoDestination,
                "everything is installed and nothing is sent: name a store in spec.destinations, such as {name: metrics, signal: metrics, url: https://…/api/v1/write}".into(),
            );
        }
        (true, Reason::DestinationsUsable, format!("{} destinations", self.plan.destinations.len()))
    }
}
