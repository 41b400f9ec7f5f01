//! `up`: starts the demo in the background and prints its steps until it runs or has failed.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::events::Event;
use crate::folder;

/// Longer than the slowest machine needs.
const LIMIT: Duration = Duration::from_secs(900);

/// Starts the demo, or says that it runs.
pub async fn up() -> Result<()> {
    if let Some(state) = folder::running()? {
        println!("the demo runs already; `make demo-stop` ends it");
        for line in &state.summary {
            println!("{line}");
        }
        return Ok(());
    }
    let folder = folder::folder()?;
    let events = folder.join("events.jsonl");
    let _ = std::fs::remove_file(&events);
    let _ = std::fs::remove_file(folder.join("state.json"));
    let log = folder.join("demo.log");
    let out = std::fs::File::create(&log).with_context(|| format!("write {}", log.display()))?;
    let mut child = Command::new(std::env::current_exe().context("find this program")?)
        .arg("serve")
        .stdin(Stdio::null())
        .stdout(out.try_clone().context("share the log")?)
        .stderr(out)
        // A process group of its own: Ctrl-C in this terminal is not for the demo.
        .process_group(0)
        .spawn()
        .context("start the demo in the background")?;
    let begun = Instant::now();
    let mut seen = 0;
    while begun.elapsed() < LIMIT {
        let text = std::fs::read_to_string(&events).unwrap_or_default();
        // A line that is being written has no end yet.
        let complete = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        for line in complete.lines().skip(seen) {
            seen += 1;
            if print(&serde_json::from_str(line).with_context(|| format!("read the event {line}"))?)? {
                return Ok(());
            }
        }
        if let Some(status) = child.try_wait().context("look at the demo")? {
            bail!("the demo ended ({status}). The end of {}:\n{}", log.display(), tail(&log));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("the demo is not up after {} s. The end of {}:\n{}", LIMIT.as_secs(), log.display(), tail(&log))
}

/// Prints one event; says whether it was the last.
fn print(event: &Event) -> Result<bool> {
    match event {
        Event::Begin { step, expected_seconds } => {
            print!("▸ {step} (about {expected_seconds} s) … ");
            std::io::stdout().flush().context("print")?;
        }
        Event::Done { seconds } => println!("{seconds:.1} s"),
        Event::Up { lines } => {
            println!();
            for line in lines {
                println!("{line}");
            }
            return Ok(true);
        }
        Event::Failed { step, message, hint } => {
            println!("FAILED");
            bail!("{step}: {message}\n  Try: {hint}");
        }
    }
    Ok(false)
}

fn tail(path: &std::path::Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
