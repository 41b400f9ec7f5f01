//! What every call carries: who makes it, when, and under which name it is in the log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What an account may do; each includes the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
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
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The role of that word; a word that is not known may only look.
    pub fn parse(word: &str) -> Self {
        match word {
            "admin" => Self::Admin,
            "operator" => Self::Operator,
            _ => Self::Viewer,
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
        /// What they may do.
        role: Role,
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
    /// Refuses everybody whose role is less.
    pub fn needs(&self, role: Role) -> Result<(), crate::app::Error> {
        match &self.who {
            Who::Account { role: has, .. } if *has >= role => Ok(()),
            Who::Account { role: has, .. } => Err(crate::app::Error::NotPermitted { needs: role, has: *has }),
            _ => Err(crate::app::Error::NotSignedIn),
        }
    }
}
