//! What every call carries: who makes it, when, and under which name it is in the log.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::{Access, Labels, shown};
use crate::app::Error;

/// What an account may do; each includes the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Nothing, but what grants allow.
    None,
    /// Sees clusters.
    Viewer,
    /// Accepts and removes clusters, makes join tokens, reads the audit log.
    Operator,
    /// Removes clusters by force, makes accounts.
    Admin,
}

impl Role {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The role of that word; a word that is not known may nothing.
    pub fn parse(word: &str) -> Self {
        match word {
            "admin" => Self::Admin,
            "operator" => Self::Operator,
            "viewer" => Self::Viewer,
            _ => Self::None,
        }
    }
}

/// Who makes a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Somebody who is not signed in.
    Nobody,
    /// A person.
    Account {
        /// Names the account.
        id: String,
        /// Shown in the audit log.
        email: String,
        /// Shown in the console.
        name: String,
        /// What they may do in the whole fleet.
        role: Role,
        /// What they may do, and where.
        access: Arc<Access>,
    },
    /// A program, by a token that a person made for it.
    Token {
        /// Names the token.
        id: String,
        /// A person's name for it.
        name: String,
        /// Who made it: the account's id and address.
        maker: (String, String),
        /// As it stands in the audit log.
        shown: String,
        /// What it may do, and where.
        access: Arc<Access>,
    },
    /// A cluster, named by its credential; the call looks it up.
    Cluster {
        /// SHA-256 of the credential.
        credential_sha256: Vec<u8>,
    },
}

impl Who {
    /// As it stands in the audit log and in timelines.
    pub fn name(&self) -> &str {
        match self {
            Self::Nobody => "nobody",
            Self::Account { email, .. } => email,
            Self::Token { shown, .. } => shown,
            Self::Cluster { .. } => "cluster",
        }
    }
}

/// What every call carries.
#[derive(Debug, Clone)]
pub struct OpContext {
    /// Who makes it.
    pub who: Who,
    /// Names it in logs, errors and the audit log.
    pub request_id: String,
    /// When it began, by the hub's clock: every time that it writes is this one.
    pub at: Timestamp,
}

impl OpContext {
    /// Refuses everybody whose role in the whole fleet is less.
    pub fn needs(&self, role: Role) -> Result<(), Error> {
        let has = self.access()?.everywhere();
        if has >= role {
            Ok(())
        } else {
            Err(Error::NotPermitted { needs: role, has, place: "the whole fleet".into() })
        }
    }

    /// Refuses everybody whose role is less with clusters that have these labels.
    pub fn needs_among(&self, role: Role, labels: &Labels) -> Result<(), Error> {
        let has = self.access()?.among(labels);
        if has >= role {
            return Ok(());
        }
        let place = match labels.is_empty() {
            true => "the whole fleet".to_owned(),
            false => format!("clusters with {}", shown(labels)),
        };
        Err(Error::NotPermitted { needs: role, has, place })
    }

    /// Refuses everybody who has this role nowhere.
    pub fn needs_somewhere(&self, role: Role) -> Result<(), Error> {
        let has = self.access()?.somewhere();
        let place = "a part of the fleet".to_owned();
        if has >= role { Ok(()) } else { Err(Error::NotPermitted { needs: role, has, place }) }
    }

    /// What whoever calls may do, and where.
    pub fn access(&self) -> Result<&Access, Error> {
        match &self.who {
            Who::Account { access, .. } | Who::Token { access, .. } => Ok(access),
            Who::Nobody | Who::Cluster { .. } => Err(Error::NotSignedIn),
        }
    }

    /// What the database compares clusters with, so that only those come that whoever calls may see; none for all of them.
    pub fn sees(&self) -> Result<Option<serde_json::Value>, Error> {
        Ok(self.access()?.filter(Role::Viewer))
    }
}
