//! The hub's own database, asked or held up behind its back.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Hub;
use crate::{eventually, programs};

/// Tables that are locked: nobody else reads or writes them until this is dropped.
pub struct Held {
    psql: Child,
}

impl Hub {
    /// The answer to a statement: lines of values parted by `|`.
    pub fn sql(&self, statement: &str) -> Result<String> {
        let out = self.psql()?.args(["-c", statement]).stdin(Stdio::null()).output().context("run psql")?;
        ensure!(out.status.success(), "{statement}: {}", String::from_utf8_lossy(&out.stderr));
        Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
    }

    /// A backup of the database, as text.
    pub fn dump(&self) -> Result<String> {
        let mut command = Command::new(programs::installed("pg_dump", "postgresql-client")?);
        command.args(["-U", "flagstaff", "-h"]).arg(self.data_dir().join("postgres")).arg("postgres");
        let out = command.stdin(Stdio::null()).output().context("run pg_dump")?;
        ensure!(out.status.success(), "pg_dump: {}", String::from_utf8_lossy(&out.stderr));
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    }

    /// Locks a table, so that every statement on it waits. Statements of the hub have an end; the lock has none but this value's.
    pub async fn hold(&self, table: &str) -> Result<Held> {
        let mut psql = self.psql()?.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().context("run psql")?;
        let mut orders = psql.stdin.take().context("psql's stdin")?;
        // From here on it ends with the value, also when what follows fails.
        let mut held = Held { psql };
        writeln!(orders, "BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE;").context("lock a table")?;
        orders.flush().context("lock a table")?;
        held.psql.stdin = Some(orders);
        let statement = format!(
            "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation
             WHERE relname = '{table}' AND mode = 'AccessExclusiveLock' AND granted"
        );
        eventually(Duration::from_secs(30), format!("{table} is locked"), async || {
            let count = self.sql(&statement)?;
            ensure!(count == "1", "{count}");
            anyhow::Ok(())
        })
        .await?;
        Ok(held)
    }

    fn psql(&self) -> Result<Command> {
        let mut command = Command::new(programs::installed("psql", "postgresql-client")?);
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "flagstaff", "-d", "postgres"]);
        command.arg("-h").arg(self.data_dir().join("postgres"));
        Ok(command)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.psql.kill();
        let _ = self.psql.wait();
    }
}
