//! `flagstaff-operator`: one per cluster, from the flag to objects; also the sidecar of the agents.

use clap::{Parser, Subcommand};
use flagstaff_operator::run;
use flagstaff_operator::settings::Settings;
use flagstaff_operator::sidecar;

/// Observes this cluster as its ClusterObservability asks: installs agents, dashboards and rules, and keeps them so.
#[derive(Debug, Parser)]
#[command(
    name = "flagstaff-operator",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Inside a cluster it is installed by the chart flagstaff-operator. Outside:\n  flagstaff-operator --kubeconfig ~/.kube/config --listen 127.0.0.1:8080"
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Observes the cluster; the same as without a command.
    Run(Settings),
    /// Runs beside an agent: tries each new configuration and goes back to the last good one when it is refused.
    Sidecar(sidecar::Args),
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Some(Command::Sidecar(args)) => sidecar::run(args).await.map_err(anyhow::Error::from),
        Some(Command::Run(settings)) => run::run(settings).await,
        None => run::run(cli.settings).await,
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("flagstaff-operator: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
