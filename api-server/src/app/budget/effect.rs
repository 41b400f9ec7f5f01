//! What a change of a budget would do, in sentences, and what has to be confirmed first.

use super::edit::BudgetDraft;
use super::look::Look;
use super::state::BudgetState;
use super::{BudgetAct, Placed, says};
use crate::app::Error;

/// What goes on and what does not where a budget refuses that is at its limit already.
const AT_LIMIT: &str = "Series that are known go on; new ones of what grew would be refused from the first minute on";

/// One that is over as it is made is mostly a slip of a digit.
pub(super) fn sure(draft: &BudgetDraft, placed: &Placed, look: &Look, state: BudgetState) -> Result<(), Error> {
    let Some(series) = look.series.filter(|_| state == BudgetState::Over && !draft.confirmed && !draft.dry_run) else {
        return Ok(());
    };
    let would = match placed.row.act() {
        BudgetAct::Watch => String::new(),
        BudgetAct::Refuse => format!(" {AT_LIMIT}."),
    };
    Err(Error::ConfirmOver {
        detail: format!(
            "The budget would be over at once: {} has {} series, more than the {} allowed.{would} Send it again with `confirmed: true` \
             if that is meant.",
            placed.shown(),
            says::grouped(series),
            says::grouped(placed.row.limits().last())
        ),
    })
}

/// What would be done.
pub(super) fn effect(done: &str, placed: &Placed, look: &Look, state: BudgetState) -> String {
    let limits = placed.row.limits();
    let hard = limits.hard.map(|hard| format!(", over from {} on", says::grouped(hard))).unwrap_or_default();
    let now = match look.series {
        None => "No cluster counts there now.".to_owned(),
        Some(series) => format!(
            "It has {} series now, in {} of {} clusters: {}.",
            says::grouped(series),
            look.counting.len(),
            look.clusters.len(),
            match state {
                BudgetState::Over => "it would be over at once, and has to be confirmed",
                BudgetState::Warning => "there would be a warning at once",
                _ => "it is within its limits",
            }
        ),
    };
    let act = match (placed.row.act(), state) {
        (BudgetAct::Watch, _) => String::new(),
        (BudgetAct::Refuse, BudgetState::Over) => format!(" {AT_LIMIT}."),
        (BudgetAct::Refuse, _) => {
            " Past the hard limit it would refuse new series of what grew; series that are known go on.".to_owned()
        }
    };
    format!(
        "The budget {} for {} would be {done}: a warning from {} series on{hard}. {now}{act}",
        placed.row.name,
        placed.shown(),
        says::grouped(limits.soft)
    )
}
