//! Says what is being done, about how long it takes, and how long it took.

use std::io::Write;
use std::time::Instant;

use anyhow::{Context, Result};

/// Runs one step and says so.
pub async fn step<T>(name: &str, expected_seconds: u64, work: impl Future<Output = Result<T>>) -> Result<T> {
    print!("  ▸ {name} (about {expected_seconds} s) … ");
    let _ = std::io::stdout().flush();
    let begun = Instant::now();
    let result = work.await.with_context(|| name.to_owned());
    match &result {
        Ok(_) => println!("{:.1} s", begun.elapsed().as_secs_f64()),
        Err(_) => println!("FAILED after {:.1} s", begun.elapsed().as_secs_f64()),
    }
    result
}
