//! What a change of a budget would do, in sentences, and what has to be confirmed first.

use super::edit::BudgetDraft;
use super::look::Look;
use super::state::BudgetState;
use super::{BudgetAct, Placed, says};
use crate::app::Error;

/// What goes on and what does not where a budget refuses that is at its limit already.
const AT_LIMIT: &str = "Series that are known go on; new ones of what grew would be refused from the first minute on";

/// One that is over as it is made is mostly a slip of a digit, and one that aggregates at once is to be meant, too.
pub(super) fn sure(draft: &BudgetDraft, placed: &Placed, look: &Look, state: BudgetState) -> Result<(), Error> {
    let Some(series) = look.series.filter(|_| !draft.confirmed && !draft.dry_run) else { return Ok(()) };
    let limits = placed.row.limits();
    let aggregates = aggregates(placed, state);
    let now = match state {
        BudgetState::Over => format!(
            "The budget would be over at once: {} has {} series, more than the {} allowed.",
            placed.shown(),
            says::grouped(series),
            says::grouped(limits.last())
        ),
        _ if aggregates.is_some() => format!(
            "The budget would aggregate at once: {} has {} series, more than the {} from which it does.",
            placed.shown(),
            says::grouped(series),
            says::grouped(limits.soft)
        ),
        _ => return Ok(()),
    };
    let refuses = (placed.row.act() == BudgetAct::Refuse && state == BudgetState::Over).then(|| format!("{AT_LIMIT}."));
    let parts: Vec<String> = [Some(now), aggregates, refuses].into_iter().flatten().collect();
    Err(Error::ConfirmOver {
        detail: format!("{} Send it again with `confirmed: true` if that is meant.", parts.join(" ")),
    })
}

/// What it would aggregate away from the first minute on.
fn aggregates(placed: &Placed, state: BudgetState) -> Option<String> {
    let labels = &placed.row.aggregate_labels;
    (state >= BudgetState::Warning && !labels.is_empty()).then(|| {
        format!(
            "{} would be aggregated away from the first minute on, in each cluster that is past its part.",
            named(labels)
        )
    })
}

fn named(labels: &[String]) -> String {
    match labels {
        [label] => format!("The label {label}"),
        many => format!("The labels {}", many.join(", ")),
    }
}

/// What would be done.
pub(super) fn effect(done: &str, placed: &Placed, look: &Look, state: BudgetState) -> String {
    let limits = placed.row.limits();
    let hard = limits.hard.map(|hard| format!(", over from {} on", says::grouped(hard))).unwrap_or_default();
    let confirmed = match state {
        BudgetState::Over => Some("it would be over at once, and has to be confirmed"),
        BudgetState::Warning if placed.row.aggregate_labels.is_empty() => Some("there would be a warning at once"),
        BudgetState::Warning => Some("it would aggregate at once, and has to be confirmed"),
        _ => None,
    };
    let now = match look.series {
        None => "No cluster counts there now.".to_owned(),
        Some(series) => format!(
            "It has {} series now, in {} of {} clusters: {}.",
            says::grouped(series),
            look.counting.len(),
            look.clusters.len(),
            confirmed.unwrap_or("it is within its limits")
        ),
    };
    let mut text = format!(
        "The budget {} for {} would be {done}: a warning from {} series on{hard}. {now}",
        placed.row.name,
        placed.shown(),
        says::grouped(limits.soft)
    );
    let labels = &placed.row.aggregate_labels;
    if let Some(aggregates) = aggregates(placed, state) {
        text.push_str(&format!(" {aggregates}"));
    } else if !labels.is_empty() {
        text.push_str(&format!(
            " From {} on counters would lose their labels: {}.",
            says::grouped(limits.soft),
            labels.join(", ")
        ));
    }
    match (placed.row.act(), state) {
        (BudgetAct::Refuse, BudgetState::Over) => text.push_str(&format!(" {AT_LIMIT}.")),
        (BudgetAct::Refuse, _) => {
            text.push_str(" Past the hard limit it would refuse new series of what grew; series that are known go on.")
        }
        (BudgetAct::Aggregate, _) => text.push_str(" Nothing would be refused."),
        (BudgetAct::Watch, _) => {}
    }
    text
}
