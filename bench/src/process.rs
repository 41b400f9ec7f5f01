//! What a process uses, as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Linux reports times in these parts of a second to every program, whatever the kernel's own tick is.
const TICKS_PER_SECOND: f64 = 100.0;
const MEGABYTE: f64 = 1e6;

/// Memory in megabytes (10⁶ bytes) and processor time since the process began.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// Resident memory: all pages, shared ones in full.
    pub resident: f64,
    /// Proportional share: pages shared with others by parts.
    pub proportional: f64,
    /// Anonymous pages: heap and stacks, without the program file.
    pub anonymous: f64,
    /// The largest resident memory so far.
    pub peak: f64,
    /// User and system time in seconds.
    pub cpu_seconds: f64,
}

impl Usage {
    /// Of a process that runs.
    pub fn of(pid: i32) -> Result<Self> {
        let rollup = read(&format!("/proc/{pid}/smaps_rollup"))?;
        let status = read(&format!("/proc/{pid}/status"))?;
        Ok(Self {
            resident: kilobytes(&rollup, "Rss:")?,
            proportional: kilobytes(&rollup, "Pss:")?,
            anonymous: kilobytes(&rollup, "Anonymous:")?,
            peak: kilobytes(&status, "VmHWM:")?,
            cpu_seconds: cpu_seconds(&read(&format!("/proc/{pid}/stat"))?, 11)?,
        })
    }
}

/// Processor time of children that this program has waited for, in seconds.
pub fn children_cpu_seconds() -> Result<f64> {
    cpu_seconds(&read("/proc/self/stat")?, 13)
}

/// Processor time that all programs on the machine have used since it began, in seconds.
pub fn machine_cpu_seconds() -> Result<f64> {
    let text = read("/proc/stat")?;
    let line = text.lines().next().context("the first line of /proc/stat")?;
    let fields: Vec<f64> = line.split_whitespace().skip(1).filter_map(|field| field.parse().ok()).collect();
    let idle: f64 = fields.iter().skip(3).take(2).sum();
    // The last two are parts of the first ones.
    Ok((fields.iter().take(8).sum::<f64>() - idle) / TICKS_PER_SECOND)
}

/// Memory that could be had without swapping, in megabytes.
pub fn available_megabytes() -> Result<f64> {
    kilobytes(&read("/proc/meminfo")?, "MemAvailable:")
}

/// Waits; a name for what is no wait for a state but the thing that is measured.
pub async fn idle(time: Duration) {
    tokio::time::sleep(time).await;
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {path}"))
}

fn kilobytes(text: &str, field: &str) -> Result<f64> {
    let value = text.lines().find_map(|line| line.strip_prefix(field)).with_context(|| format!("no {field}"))?;
    let number = value.split_whitespace().next().with_context(|| format!("{field} without a number"))?;
    Ok(number.parse::<f64>().with_context(|| format!("{field} {number}"))? * 1024.0 / MEGABYTE)
}

/// The sum of two fields, counted after the program's name, which may hold anything.
fn cpu_seconds(stat: &str, first: usize) -> Result<f64> {
    let (_, after) = stat.rsplit_once(')').context("a line of /proc/<pid>/stat")?;
    let times: Vec<f64> = after.split_whitespace().skip(first).take(2).filter_map(|field| field.parse().ok()).collect();
    anyhow::ensure!(times.len() == 2, "a line of /proc/<pid>/stat without times");
    Ok(times.iter().sum::<f64>() / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_memory() -> Result<()> {
        let usage = Usage::of(i32::try_from(std::process::id())?)?;
        assert!(usage.resident > 1.0 && usage.peak >= usage.resident * 0.9, "{usage:?}");
        assert!(usage.proportional <= usage.resident && usage.anonymous <= usage.resident, "{usage:?}");
        assert!(machine_cpu_seconds()? >= usage.cpu_seconds);
        assert!(available_megabytes()? > 10.0);
        Ok(())
    }

    #[test]
    fn times_are_found_after_a_name_with_brackets() -> Result<()> {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 25 25 20 0 1";
        assert_eq!((cpu_seconds(stat, 11)?, cpu_seconds(stat, 13)?), (2.0, 0.5));
        assert!(cpu_seconds("7 (a) S 1", 11).is_err());
        Ok(())
    }
}
