//! The commands.

pub mod meter;
pub mod preflight;
mod reference;
mod template;

use clap::{Parser, Subcommand};

use crate::exit::Failure;

/// Observability across Kubernetes clusters.
#[derive(Debug, Parser)]
#[command(name = "flagstaff", version, about, max_term_width = 100, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 problems were found, 2 the arguments cannot be used, or the cluster cannot be asked."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask a meter which series there are, whose they are and what labels cost.
    #[command(subcommand)]
    Meter(meter::Command),
    /// Tell what would stand in the way on a real cluster, before anything is installed.
    Preflight(preflight::Preflight),
    /// Check, render, explain and compare packs, without a cluster.
    #[command(subcommand)]
    Template(template::Template),
    /// Print the reference documents that are made from this program.
    #[command(subcommand, hide = true)]
    Reference(reference::Reference),
}

/// Runs a command.
pub fn run(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Command::Meter(command) => meter::run(command),
        Command::Preflight(command) => preflight::run(command),
        Command::Template(command) => template::run(command),
        Command::Reference(command) => reference::run(command),
    }
}
