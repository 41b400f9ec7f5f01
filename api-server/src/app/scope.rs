//! Scopes as people write them: a team, a region, labels; all that is given has to hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

use super::Error;
use crate::access::{self, Labels};
use crate::store::team;

/// Which clusters. Nothing given is the whole fleet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scope {
    /// Those of the team of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Those in this region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Those with these labels; name, region, provider and environment count as labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// A scope with what the database knows of it.
pub(super) struct Found {
    /// The team's id.
    pub(super) team_id: Option<String>,
    /// What a cluster must have.
    pub(super) wanted: Labels,
}

impl Scope {
    /// Looks its team up, and refuses what no cluster could fit.
    pub(super) async fn find(&self, connection: &mut PgConnection) -> Result<Found, Error> {
        check(&self.labels)?;
        if self.region.as_ref().is_some_and(|region| region.is_empty() || region.len() > 253) {
            return Err(Error::invalid("scope.region has to have 1 to 253 letters."));
        }
        let team = match &self.team {
            Some(name) => match team::by_name(connection, name).await? {
                Some(team) => Some(team),
                None => return Err(Error::invalid(format!("scope.team: there is no team {name}."))),
            },
            None => None,
        };
        let labels = team.as_ref().map(team::TeamRow::labels);
        let Some(wanted) = access::wanted(labels.as_ref(), self.region.as_deref(), &self.labels) else {
            return Err(Error::invalid("No cluster can be in this scope: its parts contradict each other."));
        };
        Ok(Found { team_id: team.map(|team| team.id), wanted })
    }

    /// For people.
    pub(super) fn shown(&self) -> String {
        let team = self.team.iter().map(|team| format!("team {team}"));
        let region = self.region.iter().map(|region| format!("region {region}"));
        let labels = self.labels.iter().map(|(name, value)| format!("{name}={value}"));
        let parts: Vec<String> = team.chain(region).chain(labels).collect();
        if parts.is_empty() { "the whole fleet".to_owned() } else { parts.join(", ") }
    }
}

/// How many labels there may be, and how long.
pub(super) fn check(labels: &Labels) -> Result<(), Error> {
    let long = |(name, value): (&String, &String)| name.is_empty() || name.len() > 253 || value.len() > 253;
    if labels.len() > 64 || labels.iter().any(long) {
        return Err(Error::invalid("There may be 64 labels, each of 1 to 253 letters."));
    }
    Ok(())
}

/// A name as a person gives it.
pub(super) fn name(name: &str) -> Result<&str, Error> {
    let name = name.trim();
    if name.is_empty() || name.len() > 253 {
        return Err(Error::invalid("name has to have 1 to 253 letters."));
    }
    Ok(name)
}
