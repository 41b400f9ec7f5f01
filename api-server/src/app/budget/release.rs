//! A budget stops to refuse series and to aggregate labels away, in one press: it watches from then on, and no cluster has an order of it
//! any more.

use super::edit::{audited, because, settled};
use super::look::Look;
use super::view::Budget;
use super::{BudgetAct, lock};
use crate::app::series::fleet_now;
use crate::app::write::Written;
use crate::app::{App, Error};
use crate::context::{OpContext, Role};
use crate::store::{budget, budget_report};

/// Makes one watch again, whatever it is like meanwhile: who stops it does not have to read it again first. One that watches has no
/// labels, so that nothing aggregates again because somebody sets it to refuse.
pub async fn release(
    app: &App,
    op: &OpContext,
    id: &str,
    (reason, dry_run): (&str, bool),
) -> Result<Written<Budget>, Error> {
    let mut tx = app.pool.begin().await?;
    let mut placed = lock(&mut tx, op, Role::Operator, id).await?;
    because(reason, dry_run)?;
    let act = placed.row.act();
    if act == BudgetAct::Watch {
        let detail = format!("The budget {} refuses and aggregates nothing: it only watches.", placed.row.name);
        return Err(Error::Conflict { detail });
    }
    BudgetAct::Watch.as_str().clone_into(&mut placed.row.act);
    let labels = std::mem::take(&mut placed.row.aggregate_labels);
    let fleet = fleet_now(app, &mut tx, op.at).await?;
    let look = Look::at(&fleet, &placed.scope);
    budget::update(&mut tx, &placed.row).await?;
    budget_report::forget(&mut tx, id).await?;
    audited(&mut tx, op, "budget.release", &placed.row.name, reason).await?;
    let effect = format!(
        "The budget {} for {} would {} any more and only watch; its limits stay.",
        placed.row.name,
        placed.shown(),
        ends(act, &labels)
    );
    let counted = placed.row.counted();
    settled(app, op, tx, (&mut placed, &fleet, &look, counted), (dry_run, effect)).await
}

/// What ends.
fn ends(act: BudgetAct, labels: &[String]) -> String {
    let labels = labels.join(", ");
    match act {
        BudgetAct::Refuse if labels.is_empty() => "refuse no series".into(),
        BudgetAct::Refuse => format!("refuse no series and aggregate no labels ({labels}) away"),
        BudgetAct::Watch | BudgetAct::Aggregate => format!("aggregate no labels ({labels}) away"),
    }
}
