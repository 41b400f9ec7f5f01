//! `make demo` as a program: a cluster with a real node, observed, with real stores; it stays until it is stopped.

mod budget;
mod events;
mod figures;
mod fleet;
mod flood;
mod folder;
mod generator;
mod kubelet;
mod network;
mod outage;
mod serve;
mod status;
mod stop;
mod up;
mod visitor;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A cluster with a real node, observed: operator, agents, Prometheus, Loki, Alertmanager. All on this machine, on loopback.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the demo, says each step, and leaves it running.
    Up,
    /// Says what runs and how it is.
    Status,
    /// Ends the demo and everything it started.
    Stop,
    /// Prints shell lines that set KUBECONFIG and PATH: eval "$(make -s demo-env)"
    Env,
    /// Cuts the network of a region of simulated clusters, and says what the hub makes of it.
    Outage(outage::Outage),
    /// Ships a bad label in one team's metric, and says what the hub makes of it.
    Flood(flood::Flood),
    /// Sends made-up samples for clusters with simulated nodes; started by the demo.
    #[command(hide = true)]
    Generate {
        /// The clusters as JSON.
        clusters: String,
    },
    /// The demo itself, in the background; started by `up`.
    #[command(hide = true)]
    Serve,
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Up => up::up().await,
        Command::Status => status::status().await,
        Command::Stop => stop::stop(),
        Command::Env => status::env(),
        Command::Outage(outage) => outage::outage(outage).await,
        Command::Flood(flood) => flood::flood(flood).await,
        Command::Generate { clusters } => generator::generate(&clusters).await,
        Command::Serve => serve::serve().await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("✗ {error:#}");
            ExitCode::FAILURE
        }
    }
}
