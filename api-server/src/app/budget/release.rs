//! A budget stops to refuse series, in one press: it watches from then on, and no cluster has an order of it any more.

use super::edit::{audited, because, settled};
use super::look::Look;
use super::view::Budget;
use super::{BudgetAct, lock};
use crate::app::series::fleet_now;
use crate::app::write::Written;
use crate::app::{App, Error};
use crate::context::{OpContext, Role};
use crate::store::budget;

/// Makes one watch again, whatever it is like meanwhile: who stops a refusal does not have to read it again first.
pub async fn release(
    app: &App,
    op: &OpContext,
    id: &str,
    (reason, dry_run): (&str, bool),
) -> Result<Written<Budget>, Error> {
    let mut tx = app.pool.begin().await?;
    let mut placed = lock(&mut tx, op, Role::Operator, id).await?;
    because(reason, dry_run)?;
    if placed.row.act() == BudgetAct::Watch {
        return Err(Error::Conflict {
            detail: format!("The budget {} refuses nothing: it only watches.", placed.row.name),
        });
    }
    BudgetAct::Watch.as_str().clone_into(&mut placed.row.act);
    let fleet = fleet_now(app, &mut tx, op.at).await?;
    let look = Look::at(&fleet, &placed.scope);
    budget::update(&mut tx, &placed.row).await?;
    audited(&mut tx, op, "budget.release", &placed.row.name, reason).await?;
    let effect = format!(
        "The budget {} for {} would refuse no series any more and only watch; its limits stay.",
        placed.row.name,
        placed.shown()
    );
    let counted = placed.row.counted();
    settled(app, op, tx, (&mut placed, &fleet, &look, counted), (dry_run, effect)).await
}
