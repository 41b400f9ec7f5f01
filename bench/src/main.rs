//! `flagstaff-bench`: measures the operator beside peers, on real parts and on this machine alone, and writes the report.

mod audit;
mod chart;
mod machine;
mod manifest;
mod process;
mod progress;
mod record;
mod report;
mod row;
mod scene;
mod settled;
mod statistics;
mod wire;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::{Args, FromArgMatches, Parser, Subcommand, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use row::{apply, first_sample, fleet, memory, meter, nodes, soak};

/// Measures the operator beside peers. Everything runs on this machine, and ends with this program.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The flag until fifty objects are applied, beside Helm
    Apply(apply::Options),
    /// The flag until its first sample is in the store, on a real node
    FirstSample(first_sample::Options),
    /// Memory and idle CPU among foreign objects, beside controller-runtime
    Memory(memory::Options),
    /// Memory, CPU and requests in a cluster of many nodes
    Nodes(nodes::Options),
    /// Many control planes at once
    Fleet(fleet::Options),
    /// Counting and passing on samples, beside vmagent and Prometheus' agent
    Meter(meter::Options),
    /// Random faults for a long time; writes bench/SOAK.md
    Soak(soak::Options),
    /// All rows but the soak, or some of them, and the report
    All(All),
    /// Writes bench/RESULTS.md, bench/SOAK.md and the figures in README.md from the raw results
    Report,
}

#[derive(Debug, Args)]
struct All {
    /// Rows to measure, in this order
    #[arg(long, value_enum, value_delimiter = ',', default_value = "apply,first-sample,memory,nodes,fleet,meter")]
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Row {
    Apply,
    FirstSample,
    Memory,
    Nodes,
    Fleet,
    Meter,
}

impl Row {
    /// About how long it takes on two free cores.
    fn expected_seconds(self) -> u64 {
        match self {
            Self::Apply => 65,
            Self::FirstSample => 230,
            Self::Memory => 245,
            Self::Nodes => 300,
            Self::Fleet => 140,
            Self::Meter => 240,
        }
    }

    /// Measures it as its own command does without options.
    async fn measure(self) -> Result<()> {
        match self {
            Self::Apply => apply::measure(&defaults()?).await,
            Self::FirstSample => first_sample::measure(&defaults()?).await,
            Self::Memory => memory::measure(&defaults()?).await,
            Self::Nodes => nodes::measure(&defaults()?).await,
            Self::Fleet => fleet::measure(&defaults()?).await,
            Self::Meter => meter::measure(&defaults()?).await,
        }
    }
}

/// The options of a row with nothing given.
fn defaults<T: Args + FromArgMatches>() -> Result<T> {
    let command = T::augment_args(clap::Command::new("row"));
    Ok(T::from_arg_matches(&command.try_get_matches_from(["row"])?)?)
}

/// Measures each row; one that fails does not keep the others from being measured.
async fn all(rows: &[Row]) -> Result<()> {
    let mut failed = vec![];
    for row in rows {
        let name = row.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        println!("{name} (about {} s on two free cores)", row.expected_seconds());
        let begun = Instant::now();
        match row.measure().await {
            Ok(()) => println!("{name}: {:.0} s", begun.elapsed().as_secs_f64()),
            Err(error) => {
                println!("{name}: FAILED after {:.0} s", begun.elapsed().as_secs_f64());
                eprintln!("✗ {name}: {error:#}");
                failed.push(name);
            }
        }
    }
    report::write()?;
    if failed.is_empty() { Ok(()) } else { bail!("not measured: {}", failed.join(", ")) }
}

/// Does what was asked.
async fn run(command: Command) -> Result<()> {
    match command {
        Command::Apply(options) => apply::measure(&options).await,
        Command::FirstSample(options) => first_sample::measure(&options).await,
        Command::Memory(options) => memory::measure(&options).await,
        Command::Nodes(options) => nodes::measure(&options).await,
        Command::Fleet(options) => fleet::measure(&options).await,
        Command::Meter(options) => meter::measure(&options).await,
        Command::Soak(options) => soak::measure(&options).await,
        Command::All(options) => all(&options.rows).await,
        Command::Report => report::write().and_then(|()| soak::write()),
    }
}

/// Ends when this program is told to end: then what was begun is dropped, and with it every lease and folder.
async fn told_to_end() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    bail!("told to end; nothing of it is left running")
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Cli::parse().command;
    let result = tokio::select! {
        result = run(command) => result,
        told = told_to_end() => told,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("✗ {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound_and_every_row_has_defaults() -> Result<()> {
        Cli::command().debug_assert();
        assert_eq!(defaults::<apply::Options>()?.runs, 7);
        assert!(defaults::<memory::Options>()?.runs >= 5 && defaults::<fleet::Options>()?.runs >= 5);
        assert!(defaults::<nodes::Options>()?.runs >= 5 && defaults::<first_sample::Options>()?.runs >= 5);
        Ok(())
    }
}
