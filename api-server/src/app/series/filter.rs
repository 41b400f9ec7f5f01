//! Which series are meant: all that is given has to hold.

use serde::{Deserialize, Serialize};

use super::counts::Scope;
use crate::access::Labels;
use crate::app::Error;

/// Which series. Nothing given is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesFilter {
    /// Of clusters at this provider.
    pub provider: Option<String>,
    /// Of clusters in this region.
    pub region: Option<String>,
    /// Of the cluster with this id.
    pub cluster: Option<String>,
    /// Of this team.
    pub team: Option<String>,
    /// Of this metric.
    pub metric: Option<String>,
    /// That this job sends.
    pub job: Option<String>,
}

impl SeriesFilter {
    /// Whether a cluster with this id and these labels has any of them.
    pub fn fits_cluster(&self, id: &str, place: &Labels) -> bool {
        let is = |wanted: &Option<String>, name: &str| {
            wanted.as_ref().is_none_or(|wanted| place.get(name).is_some_and(|value| value == wanted))
        };
        self.cluster.as_ref().is_none_or(|cluster| cluster == id)
            && is(&self.provider, "provider")
            && is(&self.region, "region")
    }

    /// Whether a scope is of them.
    pub fn fits_scope(&self, scope: &Scope) -> bool {
        let is = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| wanted == name);
        is(&self.metric, &scope.metric) && is(&self.team, &scope.team) && is(&self.job, &scope.job)
    }

    /// Whether whole clusters are meant, so that their totals are the answer.
    pub fn is_whole_clusters(&self) -> bool {
        self.team.is_none() && self.metric.is_none() && self.job.is_none()
    }

    /// The kind and name under which numbers over time are kept, which are by cluster, by team or by metric.
    pub fn kind(&self) -> Result<(&'static str, &str), Error> {
        match (&self.team, &self.metric, &self.job) {
            (None, None, None) => Ok(("cluster", "")),
            (Some(team), None, None) => Ok(("team", team)),
            (None, Some(metric), None) => Ok(("metric", metric)),
            _ => Err(Error::invalid(
                "Numbers over time are kept by cluster, by team and by metric: ask for a team or a metric, not both, and for no job.",
            )),
        }
    }
}
