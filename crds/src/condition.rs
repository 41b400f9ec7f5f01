//! Conditions in the form of `metav1.Condition`, and the rule by which their transition time changes.

use k8s_openapi::jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It is not known.
    Unknown,
}

/// One aspect of the state, in the form every Kubernetes tool reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// What the condition is about, such as `Ready`.
    #[serde(rename = "type")]
    #[schemars(length(max = 316))]
    pub type_: String,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// Why, as one word; each is described in docs/operate/conditions.md.
    #[schemars(length(min = 1, max = 1024))]
    pub reason: String,
    /// Why, in a sentence for people, with what to do.
    #[schemars(length(max = 32768))]
    pub message: String,
    /// When the status last changed (RFC 3339, UTC).
    #[schemars(extend("format" = "date-time"))]
    pub last_transition_time: String,
    /// The generation of the spec that the condition speaks of.
    #[serde(default)]
    pub observed_generation: i64,
}

/// Sets one condition; its transition time moves only when its status does, so that a status without news stays as it is.
pub fn set_condition(conditions: &mut Vec<Condition>, mut new: Condition) {
    match conditions.iter_mut().find(|old| old.type_ == new.type_) {
        Some(old) => {
            if old.status == new.status {
                new.last_transition_time = old.last_transition_time.clone();
            }
            *old = new;
        }
        None => conditions.push(new),
    }
}

/// Now, to the second, as conditions carry it.
pub fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(status: ConditionStatus, message: &str, time: &str) -> Condition {
        Condition {
            type_: "Ready".into(),
            status,
            reason: "Healthy".into(),
            message: message.into(),
            last_transition_time: time.into(),
            observed_generation: 1,
        }
    }

    #[test]
    fn the_transition_time_moves_only_with_the_status() {
        let mut conditions = vec![condition(ConditionStatus::True, "a", "t1")];
        set_condition(&mut conditions, condition(ConditionStatus::True, "b", "t2"));
        assert_eq!((conditions[0].message.as_str(), conditions[0].last_transition_time.as_str()), ("b", "t1"));
        set_condition(&mut conditions, condition(ConditionStatus::False, "c", "t3"));
        assert_eq!(conditions[0].last_transition_time, "t3");
        assert_eq!(conditions.len(), 1);
    }
}
