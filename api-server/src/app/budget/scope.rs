//! What a budget is for: a part of the fleet, of its teams and of its metrics; and which budgets lie within which.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Labels;
use crate::app::Error;

/// Which series. All that is given has to hold; nothing given is the whole fleet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BudgetScope {
    /// Of clusters at this provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Of clusters in this region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Of this cluster, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Of this team, as the meters tell teams apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Of this metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
}

impl BudgetScope {
    /// Without blanks; refuses what is longer than any name.
    pub fn checked(self) -> Result<Self, Error> {
        let word = |word: Option<String>, name: &str| -> Result<Option<String>, Error> {
            let Some(word) = word.map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()) else {
                return Ok(None);
            };
            if word.len() > 253 || word.chars().any(char::is_control) {
                return Err(Error::invalid(format!(
                    "scope.{name} may have 253 letters, none of them a control character."
                )));
            }
            Ok(Some(word))
        };
        Ok(Self {
            provider: word(self.provider, "provider")?,
            region: word(self.region, "region")?,
            cluster: word(self.cluster, "cluster")?,
            team: word(self.team, "team")?,
            metric: word(self.metric, "metric")?,
        })
    }

    /// What each cluster in it has for sure; `place` is its cluster's, where it is for one. Who may see all that has these labels may see
    /// the whole scope: a team or a metric inside of clusters makes no cluster another one's.
    pub fn labels(&self, place: Option<&Labels>) -> Labels {
        let mut labels = place.cloned().unwrap_or_default();
        for (name, word) in [("provider", &self.provider), ("region", &self.region)] {
            labels.extend(word.iter().map(|word| (name.to_owned(), word.clone())));
        }
        labels
    }

    /// Whether its cluster is where the rest of it says.
    pub fn fits(&self, place: &Labels) -> bool {
        let fits = |word: &Option<String>, name: &str| word.as_ref().is_none_or(|word| place.get(name) == Some(word));
        fits(&self.provider, "provider") && fits(&self.region, "region")
    }

    /// Whether everything in `inner` is in this one, too. `place` is the place of the inner one's cluster.
    pub fn contains(&self, inner: &Self, place: Option<&Labels>) -> bool {
        let labels = inner.labels(place);
        let has =
            |outer: &Option<String>, inner: Option<&String>| outer.as_ref().is_none_or(|outer| inner == Some(outer));
        has(&self.provider, labels.get("provider"))
            && has(&self.region, labels.get("region"))
            && has(&self.cluster, inner.cluster.as_ref())
            && has(&self.team, inner.team.as_ref())
            && has(&self.metric, inner.metric.as_ref())
    }

    /// For people; `cluster_name` is the name of its cluster.
    pub fn shown(&self, cluster_name: Option<&str>) -> String {
        let cluster = cluster_name.or(self.cluster.as_deref());
        let parts = [
            ("provider", self.provider.as_deref()),
            ("region", self.region.as_deref()),
            ("cluster", cluster),
            ("team", self.team.as_deref()),
            ("metric", self.metric.as_deref()),
        ];
        let parts: Vec<String> =
            parts.into_iter().filter_map(|(name, word)| Some(format!("{name} {}", word?))).collect();
        if parts.is_empty() { "the whole fleet".to_owned() } else { parts.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_scope() -> impl Strategy<Value = BudgetScope> {
        let word = || prop::option::of(prop::sample::select(vec!["a".to_owned(), "b".to_owned()]));
        (word(), word(), word(), word(), word()).prop_map(|(provider, region, cluster, team, metric)| BudgetScope {
            provider,
            region,
            cluster,
            team,
            metric,
        })
    }

    fn place(provider: &str, region: &str) -> Labels {
        [("provider", provider), ("region", region), ("name", "shop")]
            .map(|(name, word)| (name.into(), word.into()))
            .into()
    }

    proptest! {
        #[test]
        fn to_lie_within_is_an_order(one in any_scope(), other in any_scope(), third in any_scope()) {
            prop_assert!(one.contains(&one, None));
            prop_assert!(BudgetScope::default().contains(&one, None));
            if one.contains(&other, None) && other.contains(&third, None) {
                prop_assert!(one.contains(&third, None));
            }
            if one.contains(&other, None) && other.contains(&one, None) {
                prop_assert_eq!(one, other);
            }
        }
    }

    #[test]
    fn a_cluster_lies_where_it_is() {
        let inner = BudgetScope { cluster: Some("c-1".into()), team: Some("shop".into()), ..BudgetScope::default() };
        let eu = BudgetScope { region: Some("eu".into()), ..BudgetScope::default() };
        assert!(eu.contains(&inner, Some(&place("aws", "eu"))));
        assert!(!eu.contains(&inner, Some(&place("aws", "us"))));
        assert!(!inner.contains(&eu, None));
        assert!(eu.fits(&place("aws", "eu")) && !eu.fits(&place("aws", "us")));
        assert_eq!(inner.shown(Some("shop-eu-1")), "cluster shop-eu-1, team shop");
        assert_eq!(BudgetScope::default().shown(None), "the whole fleet");
    }

    #[test]
    fn who_sees_a_team_of_clusters_sees_no_budget_of_the_fleet() {
        let team = BudgetScope { team: Some("shop".into()), ..BudgetScope::default() };
        assert_eq!(team.labels(None), Labels::new(), "a team within clusters is no label of clusters");
    }
}
