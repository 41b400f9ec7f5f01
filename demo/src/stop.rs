//! `stop`: ends the demo's process, and with it everything it started.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::folder;

/// Ends the demo; says so when none runs.
pub fn stop() -> Result<()> {
    let Some(state) = folder::running()? else {
        println!("no demo runs");
        return Ok(());
    };
    let pid = state.pid.to_string();
    Command::new("kill").args(["-TERM", &pid]).status().context("run kill")?;
    let begun = Instant::now();
    while folder::start_time(state.pid) == Some(state.started) {
        if begun.elapsed() > Duration::from_secs(60) {
            bail!(
                "the demo (process {pid}) has not ended within 60 s; its log is {}",
                folder::folder()?.join("demo.log").display()
            );
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    std::fs::remove_file(folder::folder()?.join("state.json")).context("remove the state")?;
    println!("the demo is ended; nothing of it is left running");
    Ok(())
}
