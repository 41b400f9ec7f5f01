//! What is done past a budget's limits.

use flagstaff_model::wire;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is done past a budget's limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BudgetAct {
    /// It is told, and nothing else.
    #[default]
    Watch,
    /// From the soft limit on, meters that senders send through aggregate labels of counters away; nothing is refused.
    Aggregate,
    /// Past the hard limit, meters that senders send through let no new series of what grew through; known ones go on. With labels, those
    /// are aggregated away from the soft limit on.
    Refuse,
}

impl BudgetAct {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Aggregate => "aggregate",
            Self::Refuse => "refuse",
        }
    }

    /// What that word says; a word that is not known does nothing.
    pub fn parse(word: &str) -> Self {
        match word {
            "aggregate" => Self::Aggregate,
            "refuse" => Self::Refuse,
            _ => Self::Watch,
        }
    }

    /// The same as meters hear it.
    pub(super) fn ordered(self) -> wire::BudgetAct {
        match self {
            Self::Watch => wire::BudgetAct::Watch,
            Self::Aggregate => wire::BudgetAct::Aggregate,
            Self::Refuse => wire::BudgetAct::Refuse,
        }
    }
}

/// What is done for a budget now, from mild to hard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BudgetEnforces)]
pub enum Enforces {
    /// Labels are aggregated away, and nothing is refused.
    Aggregate,
    /// New series are refused; labels may be aggregated away, too.
    Refuse,
}

impl Enforces {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aggregate => "aggregate",
            Self::Refuse => "refuse",
        }
    }

    /// What that word says.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "aggregate" => Some(Self::Aggregate),
            "refuse" => Some(Self::Refuse),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_wire_and_read_as_they_are_written() {
        for act in [BudgetAct::Watch, BudgetAct::Aggregate, BudgetAct::Refuse] {
            assert_eq!(serde_json::json!(act.ordered()), serde_json::json!(act.as_str()));
            assert_eq!(BudgetAct::parse(act.as_str()), act);
        }
        for enforces in [Enforces::Aggregate, Enforces::Refuse] {
            assert_eq!(Enforces::parse(enforces.as_str()), Some(enforces));
        }
    }
}
