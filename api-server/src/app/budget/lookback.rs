//! What a budget that is only tried would have done lately, as far as the reports of whole hours tell.

use jiff::Timestamp;

use super::look::filter;
use super::says::grouped;
use super::{BudgetAct, Placed, WouldAggregate, WouldRefuse};
use crate::app::series::{self, FleetNow};
use crate::app::write::Tried;
use crate::app::{App, Error};
use crate::context::OpContext;

/// So far back.
const HOURS: i64 = 24;

/// Looks back, where the budget is to do something.
pub(super) async fn look_back(
    app: &App,
    op: &OpContext,
    (placed, fleet): (&Placed, &FleetNow),
    tried: &mut Tried,
) -> Result<(), Error> {
    let row = &placed.row;
    if row.act() == BudgetAct::Watch {
        return Ok(());
    }
    let hours = series::hours(app, op.at, &filter(&placed.scope), HOURS).await?;
    if !row.aggregate_labels.is_empty() {
        let would =
            WouldAggregate::within(&hours, row.soft_series as f64, (fleet, &placed.scope, &row.aggregate_labels));
        tried.effect = format!("{} {}", tried.effect, would.says());
        tried.would_aggregate = Some(would);
    }
    if let (BudgetAct::Refuse, Some(hard)) = (row.act(), row.hard_series) {
        let would = WouldRefuse::within(&hours, hard as f64);
        tried.effect = format!("{} {}", tried.effect, would.says());
        tried.would_refuse = Some(would);
    }
    Ok(())
}

pub(super) fn hours(many: u64) -> String {
    if many == 1 { "1 hour".to_owned() } else { format!("{many} hours") }
}

pub(super) fn between(least: u64, most: u64) -> String {
    match least == most {
        true => grouped(most as f64),
        false => format!("between {} and {}", grouped(least as f64), grouped(most as f64)),
    }
}

/// Hours of which too little is known for the sentence before; where `known` is 0 that one says so.
pub(super) fn gaps(known: u64, partly: &[Timestamp], unknown: &[Timestamp]) -> String {
    let mut text = String::new();
    if !partly.is_empty() {
        text.push_str(&format!(" Of {} only some clusters reported.", hours(partly.len() as u64)));
    }
    if known > 0 && !unknown.is_empty() {
        text.push_str(&format!(" Of {} nothing is known.", hours(unknown.len() as u64)));
    }
    text
}
