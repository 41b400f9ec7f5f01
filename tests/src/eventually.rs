//! Waiting for something to become true, with the last state in the failure.

use std::fmt::{Debug, Display};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

/// Tries until it succeeds. The error says what was awaited, for how long, and why the last try failed.
pub async fn eventually<T, E: Display>(
    limit: Duration,
    what: impl Display,
    mut attempt: impl AsyncFnMut() -> Result<T, E>,
) -> Result<T> {
    let start = Instant::now();
    let mut last = String::from("no try came to an end");
    let mut tries = 0_u32;
    while start.elapsed() < limit {
        let left = limit.saturating_sub(start.elapsed());
        tries += 1;
        match tokio::time::timeout(left, attempt()).await {
            Ok(Ok(value)) => return Ok(value),
            // `:#` shows an anyhow error with its causes.
            Ok(Err(error)) => last = format!("{error:#}"),
            Err(_) if tries == 1 => {}
            Err(_) => last = format!("{last} (the last try did not come to an end)"),
        }
        // Quick at first, then easy on a loaded machine.
        let pause = Duration::from_millis(u64::from(tries.min(10)) * 25);
        tokio::time::sleep(pause.min(limit.saturating_sub(start.elapsed()))).await;
    }
    crate::lease::keep_logs();
    Err(anyhow!("{what}: not within {limit:?} ({tries} tries); at last: {last}"))
}

/// `Ok` when it is so, else an error that shows the state: for the end of an attempt.
pub fn check(holds: bool, state: impl Debug) -> Result<()> {
    if holds { Ok(()) } else { Err(anyhow!("{state:?}")) }
}
