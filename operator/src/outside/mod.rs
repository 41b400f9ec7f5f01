//! What the operator writes outside of the cluster: recorded on the flag before it is written, and taken back with it.
//!
//! Owner references do not reach there, so the flag carries a finalizer for as long as something of it lies outside.

mod connection;
mod error;
mod record;
mod ruler;
mod scope;

use std::time::{Duration, Instant};

use kube::runtime::events::EventType;
use serde_json::Value;

use flagstaff_crds::{ClusterObservability, RulerSetting};
use flagstaff_model::Reason;

use crate::context::Context;
use crate::error::OperatorError;
use crate::object::sha256;
use connection::Connection;
pub use error::OutsideError;
use record::Record;
pub use scope::scope;

/// How often what lies outside is compared with what was written.
const CHECK_EVERY: Duration = Duration::from_secs(60);
/// How soon something that failed is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// Rule groups for a ruler.
#[derive(Debug, Clone, PartialEq)]
pub struct RulerRules {
    /// The ruler.
    pub setting: RulerSetting,
    /// The namespace within the ruler that is this cluster's alone.
    pub namespace: String,
    /// The groups, each in the form of Prometheus' rule files.
    pub groups: Vec<Value>,
}

impl RulerRules {
    fn record(&self) -> Record {
        Record { ruler: self.setting.clone(), namespace: self.namespace.clone() }
    }
}

/// Something outside that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// For the condition.
    pub reason: Reason,
    /// What is wrong and what to do, for people.
    pub message: String,
}

impl From<OutsideError> for Fault {
    fn from(error: OutsideError) -> Self {
        Fault { reason: error.reason(), message: format!("{}: {error}", error.code()) }
    }
}

/// What is remembered of a ruler between passes; lost, everything is written again.
#[derive(Debug, Clone)]
pub struct Written {
    wanted: String,
    found: String,
    faults: Vec<Fault>,
    at: Instant,
}

/// The namespace of a cluster within a ruler: by its UID, so that no two clusters of one tenant ever share it.
pub fn namespace(cluster_uid: &str) -> String {
    format!("flagstaff-{cluster_uid}")
}

/// Brings what lies outside to what is wanted, and takes back what an earlier flag had written elsewhere.
///
/// # Errors
/// [`OperatorError`] when the record on the flag cannot be written; nothing is written outside then.
pub async fn settle(
    context: &Context,
    flag: &ClusterObservability,
    wanted: Option<&RulerRules>,
) -> Result<Vec<Fault>, OperatorError> {
    let recorded = record::read(flag);
    let wanted_record = wanted.map(RulerRules::record);
    let mut kept: Vec<Record> = recorded.clone();
    kept.extend(wanted_record.iter().filter(|record| !recorded.contains(record)).cloned());
    if kept != recorded {
        record::write(&context.client, flag, &kept).await?;
    }
    let mut faults = vec![];
    let mut left: Vec<Record> = vec![];
    for record in kept {
        let is_wanted = wanted_record.as_ref() == Some(&record);
        // The same namespace at the same place, reached by other credentials, is not taken away.
        let is_same_place = wanted_record.as_ref().is_some_and(|wanted| wanted.is_same_place(&record));
        if is_wanted {
            left.push(record);
        } else if !is_same_place && let Err(error) = remove(context, &record).await {
            faults.push(Fault::from(error));
            left.push(record);
        }
    }
    if let Some(rules) = wanted {
        faults.extend(write(context, flag, rules).await);
    } else {
        context.memory().ruler = None;
    }
    if left != record::read(flag) {
        record::write(&context.client, flag, &left).await?;
    }
    Ok(faults)
}

/// Takes back all that lies outside; names what is still there. A deleted flag is let go when the deadline has passed.
///
/// # Errors
/// [`OperatorError`] when the record on the flag cannot be written.
pub async fn leave(context: &Context, flag: &ClusterObservability) -> Result<Vec<String>, OperatorError> {
    let recorded = record::read(flag);
    context.memory().ruler = None;
    if recorded.is_empty() && !record::is_held(flag) {
        return Ok(vec![]);
    }
    let (mut left, mut messages) = (vec![], vec![]);
    for record in &recorded {
        if let Err(error) = remove(context, record).await {
            messages.push(format!("rules in namespace {} of {}: {error}", record.namespace, record.ruler.url));
            left.push(record.clone());
        }
    }
    let deleted = flag.metadata.deletion_timestamp.is_some();
    // Counted on this operator's own clock from when it saw the flag deleted: clocks may differ.
    let deadline = Duration::from_secs(context.settings.outside_seconds);
    let since = *context.memory().leaving_since.get_or_insert_with(Instant::now);
    if deleted && !left.is_empty() && since.elapsed() > deadline {
        let note = format!(
            "given up after {} s, and left behind: {}. Remove it there by hand",
            deadline.as_secs(),
            messages.join("; ")
        );
        context.tell(flag, EventType::Warning, "LeftBehind", "Delete", note).await;
        left.clear();
        messages.clear();
    }
    if left != recorded || left.is_empty() {
        record::write(&context.client, flag, &left).await?;
    }
    if left.is_empty() {
        context.memory().leaving_since = None;
    }
    Ok(messages)
}

async fn remove(context: &Context, record: &Record) -> Result<(), OutsideError> {
    let connection = Connection::open(context, &record.ruler).await?;
    ruler::remove_namespace(&connection, &record.namespace).await
}

/// Writes the groups where they differ from what is there; says what is wrong.
async fn write(context: &Context, flag: &ClusterObservability, rules: &RulerRules) -> Vec<Fault> {
    let wanted = sha256(format!("{:?} {}", rules.record(), Value::from(rules.groups.clone())).as_bytes());
    let known = context.memory().ruler.clone().filter(|known| known.wanted == wanted);
    let pause = if known.as_ref().is_some_and(|known| known.faults.is_empty()) { CHECK_EVERY } else { RETRY_AFTER };
    if let Some(known) = &known
        && known.at.elapsed() < pause
    {
        return known.faults.clone();
    }
    let (found, faults) = match synchronise(context, rules, known.as_ref()).await {
        Ok((found, corrected, faults)) => {
            if corrected {
                let note = format!("the rules in {} of {} had been changed", rules.namespace, rules.setting.url);
                context.tell(flag, EventType::Normal, "DriftCorrected", "Write", note).await;
            }
            (found, faults)
        }
        Err(error) => (String::new(), vec![Fault::from(error)]),
    };
    context.memory().ruler = Some(Written { wanted, found, faults: faults.clone(), at: Instant::now() });
    faults
}

/// The hash of what is there afterwards, whether somebody had changed it, and what was refused.
async fn synchronise(
    context: &Context,
    rules: &RulerRules,
    known: Option<&Written>,
) -> Result<(String, bool, Vec<Fault>), OutsideError> {
    let connection = Connection::open(context, &rules.setting).await?;
    let found = ruler::read(&connection, &rules.namespace).await?;
    let settled = known.filter(|known| known.faults.is_empty());
    if settled.is_some_and(|known| known.found == found.hash()) {
        return Ok((found.hash(), false, vec![]));
    }
    let faults = ruler::write(&connection, &rules.namespace, &rules.groups, &found).await?;
    let after = ruler::read(&connection, &rules.namespace).await?;
    Ok((after.hash(), settled.is_some(), faults.into_iter().map(Fault::from).collect()))
}
