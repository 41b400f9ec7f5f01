//! What is done past a budget's hard limit.

use flagstaff_model::wire;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is done past a budget's hard limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BudgetAct {
    /// It is told, and nothing else.
    #[default]
    Watch,
    /// Meters that senders send through let no new series of what grew through; known ones go on.
    Refuse,
}

impl BudgetAct {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Refuse => "refuse",
        }
    }

    /// What that word says; a word that is not known does nothing.
    pub fn parse(word: &str) -> Self {
        if word == "refuse" { Self::Refuse } else { Self::Watch }
    }

    /// The same as meters hear it.
    pub(super) fn ordered(self) -> wire::BudgetAct {
        match self {
            Self::Watch => wire::BudgetAct::Watch,
            Self::Refuse => wire::BudgetAct::Refuse,
        }
    }
}
