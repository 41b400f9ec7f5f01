//! The commands.

mod audit;
mod budgets;
mod cluster;
mod clusters;
mod explain;
mod login;
pub mod meter;
pub mod preflight;
mod reference;
mod template;
mod token;

use clap::{Parser, Subcommand};

use crate::exit::Failure;

/// Observability across Kubernetes clusters.
#[derive(Debug, Parser)]
#[command(name = "flagstaff", version, about, max_term_width = 100, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 problems were found, 2 the arguments cannot be used, or the cluster or hub cannot be asked."
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
    /// Sign in at a hub.
    Login(login::Login),
    /// Sign out at a hub: its token ends.
    Logout(login::Logout),
    /// List the clusters of a hub.
    Clusters(clusters::Clusters),
    /// Show one cluster of a hub, accept it, or let it leave.
    Cluster(cluster::Cluster),
    /// List the budgets of series of a hub.
    Budgets(budgets::Budgets),
    /// Tell what holds on a cluster of a hub, and which layer says so.
    Explain(explain::Explain),
    /// Make, list and take back tokens: for clusters that join, for programs that ask.
    #[command(subcommand)]
    Token(token::Token),
    /// Read the audit log of a hub, and compare it with its seals.
    #[command(subcommand)]
    Audit(audit::Audit),
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
        Command::Login(command) => wait(login::login(command)),
        Command::Logout(command) => wait(login::logout(command)),
        Command::Clusters(command) => wait(clusters::run(command)),
        Command::Cluster(command) => wait(cluster::run(command)),
        Command::Budgets(command) => wait(budgets::run(command)),
        Command::Explain(command) => wait(explain::run(command)),
        Command::Token(command) => wait(token::run(command)),
        Command::Audit(command) => wait(audit::run(command)),
        Command::Template(command) => template::run(command),
        Command::Reference(command) => reference::run(command),
    }
}

/// Runs what speaks with a hub.
fn wait(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Runtime::new()?.block_on(work)
}
