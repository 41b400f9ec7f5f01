//! What somebody may do, and with which clusters: a role within each of some scopes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::context::Role;

/// Labels by name. Of a cluster, its name, region, provider and environment count as labels.
pub type Labels = BTreeMap<String, String>;

/// The labels of a cluster, from the object of texts that it has by itself and the words that count as labels.
pub fn place(own: &Value, name: &str, region: &str, provider: &str, environment: &str) -> Labels {
    let mut labels: Labels = Labels::deserialize(own).unwrap_or_default();
    let words = [("name", name), ("region", region), ("provider", provider), ("environment", environment)];
    labels.extend(words.map(|(name, word)| (name.to_owned(), word.to_owned())));
    labels
}

/// A role with those clusters that have all of some labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// What may be done there.
    pub role: Role,
    /// What a cluster must have; nothing is the whole fleet.
    pub wanted: Labels,
}

/// Everything that somebody may do. Each layer has to allow it: for a token that is what it was made for, and what its maker may.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    layers: Vec<Vec<Right>>,
}

impl Access {
    /// One layer.
    pub fn of(rights: Vec<Right>) -> Self {
        Self { layers: vec![rights] }
    }

    /// The same, and no more than these rights.
    #[must_use]
    pub fn within(mut self, rights: Vec<Right>) -> Self {
        self.layers.push(rights);
        self
    }

    /// The role in the whole fleet.
    pub fn everywhere(&self) -> Role {
        self.least(|right| right.wanted.is_empty())
    }

    /// The highest role in any part of the fleet.
    pub fn somewhere(&self) -> Role {
        self.least(|_| true)
    }

    /// The role with each cluster that has these labels, those of a cluster or of a scope.
    pub fn among(&self, labels: &Labels) -> Role {
        self.least(|right| right.wanted.iter().all(|(name, value)| labels.get(name) == Some(value)))
    }

    fn least(&self, counts: impl Fn(&Right) -> bool) -> Role {
        let highest = |rights: &Vec<Right>| rights.iter().filter(|right| counts(right)).map(|right| right.role).max();
        self.layers.iter().map(|rights| highest(rights).unwrap_or(Role::None)).min().unwrap_or(Role::None)
    }

    /// What the database compares clusters with, so that only those come where the role is at least `role`; none for the whole fleet.
    pub fn filter(&self, role: Role) -> Option<Value> {
        if self.everywhere() >= role {
            return None;
        }
        let layer = |rights: &Vec<Right>| -> Value {
            rights.iter().filter(|right| right.role >= role).map(|right| json!(right.wanted)).collect()
        };
        // Without any layer nothing is allowed: one that nobody fits says so.
        Some(if self.layers.is_empty() { json!([[]]) } else { self.layers.iter().map(layer).collect() })
    }
}

/// The labels of a scope: a team's, a region, and others. None where they contradict each other, so that no cluster fits.
pub fn wanted(team: Option<&Labels>, region: Option<&str>, labels: &Labels) -> Option<Labels> {
    let mut wanted = team.cloned().unwrap_or_default();
    let region = region.map(|region| ("region".to_owned(), region.to_owned()));
    for (name, value) in labels.clone().into_iter().chain(region) {
        if wanted.get(&name).is_some_and(|other| *other != value) {
            return None;
        }
        wanted.insert(name, value);
    }
    Some(wanted)
}

/// Labels for people.
pub fn shown(labels: &Labels) -> String {
    labels.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn right(role: Role, pairs: &[(&str, &str)]) -> Right {
        Right { role, wanted: labels(pairs) }
    }

    #[test]
    fn a_role_counts_within_its_scope_only() {
        let access = Access::of(vec![right(Role::Viewer, &[]), right(Role::Operator, &[("team", "a")])]);
        assert_eq!(access.everywhere(), Role::Viewer);
        assert_eq!(access.somewhere(), Role::Operator);
        assert_eq!(access.among(&labels(&[("team", "a"), ("region", "eu")])), Role::Operator);
        assert_eq!(access.among(&labels(&[("team", "b")])), Role::Viewer);
        assert_eq!(access.filter(Role::Viewer), None);
        assert_eq!(access.filter(Role::Operator), Some(json!([[{"team": "a"}]])));
    }

    #[test]
    fn a_token_may_no_more_than_its_maker() {
        let maker = Access::of(vec![right(Role::Operator, &[("team", "a")])]);
        let token = maker.clone().within(vec![right(Role::Admin, &[("region", "eu")])]);
        assert_eq!(token.everywhere(), Role::None);
        assert_eq!(token.among(&labels(&[("team", "a"), ("region", "eu")])), Role::Operator);
        for elsewhere in [labels(&[("team", "b"), ("region", "eu")]), labels(&[("team", "a")])] {
            assert_eq!(token.among(&elsewhere), Role::None);
        }
        assert_eq!(token.filter(Role::Viewer), Some(json!([[{"team": "a"}], [{"region": "eu"}]])));
        // Who has lost everything sees nothing.
        let lost = Access::of(vec![]).within(vec![right(Role::Admin, &[])]);
        assert_eq!((lost.somewhere(), lost.filter(Role::Viewer)), (Role::None, Some(json!([[], [{}]]))));
        assert_eq!(
            (Access::default().somewhere(), Access::default().filter(Role::Viewer)),
            (Role::None, Some(json!([[]])))
        );
    }

    #[test]
    fn a_scope_that_contradicts_itself_is_none() {
        let team = labels(&[("team", "a"), ("region", "eu")]);
        assert_eq!(wanted(Some(&team), Some("eu"), &Labels::new()), Some(team.clone()));
        assert_eq!(wanted(Some(&team), Some("us"), &Labels::new()), None);
        assert_eq!(wanted(None, None, &labels(&[("tier", "1")])), Some(labels(&[("tier", "1")])));
    }
}
