//! Which clusters somebody reaches: one that they may not see is as if it were not there.

use sqlx::PgConnection;

use super::Error;
use crate::context::{OpContext, Role};
use crate::store::cluster::{self, ClusterRow};

/// One cluster, for who has the role with it.
pub async fn get(connection: &mut PgConnection, op: &OpContext, role: Role, id: &str) -> Result<ClusterRow, Error> {
    let row = cluster::get(connection, id).await?.ok_or_else(|| unknown(id))?;
    allowed(op, role, &row)?;
    Ok(row)
}

/// The same, locked.
pub async fn lock(connection: &mut PgConnection, op: &OpContext, role: Role, id: &str) -> Result<ClusterRow, Error> {
    let row = cluster::lock(connection, id).await?.ok_or_else(|| unknown(id))?;
    allowed(op, role, &row)?;
    Ok(row)
}

fn allowed(op: &OpContext, role: Role, row: &ClusterRow) -> Result<(), Error> {
    let has = op.access()?.among(&row.place());
    if has < Role::Viewer {
        return Err(unknown(&row.id));
    }
    if has < role {
        return Err(Error::NotPermitted { needs: role, has, place: format!("cluster {}", row.name) });
    }
    Ok(())
}

fn unknown(id: &str) -> Error {
    Error::NotFound { what: format!("cluster {id}") }
}
