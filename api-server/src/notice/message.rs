//! What is said, the same to everybody: receivers of webhooks get it as JSON, people as text.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::budget::says::Growth;
use crate::app::budget::{Aggregating, BudgetScope, BudgetState, Refusing};

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Names it: a receiver that sees it twice has to act once.
    pub id: String,
    /// `budget_state`, or `test`.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// What, in a few words.
    pub subject: String,
    /// What, in sentences.
    pub sentence: String,
    /// Where to look.
    pub link: String,
    /// The budget that it tells of; null in a test.
    pub budget: Option<AboutBudget>,
}

/// A budget that changed its state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AboutBudget {
    /// Names it.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// What it is for.
    pub scope: BudgetScope,
    /// Whose it is.
    pub owner: String,
    /// The state before.
    pub before: BudgetState,
    /// The state from then on.
    pub state: BudgetState,
    /// Series; null where no cluster counted.
    pub series: Option<f64>,
    /// From here on there is a warning.
    pub soft_series: i64,
    /// From here on it is over.
    pub hard_series: Option<i64>,
    /// Clusters that counted.
    pub clusters_counted: i64,
    /// Clusters that it is for.
    pub clusters_of: i64,
    /// What grew most.
    pub grew: Vec<Growth>,
    /// Who refuses which series; null where that is not the change.
    #[serde(default)]
    pub refusing: Option<Refusing>,
    /// Who aggregates which labels away; null where that is not the change.
    #[serde(default)]
    pub aggregating: Option<Aggregating>,
}

impl Message {
    /// As a text for people.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n\n{}\n", self.sentence, self.link);
        if let Some(budget) = self.budget.as_ref().filter(|budget| !budget.owner.is_empty()) {
            text.push_str(&format!("\nThe budget's owner is {}.\n", budget.owner));
        }
        text
    }
}
