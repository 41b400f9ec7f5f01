//! `flagstaff-hub`: many clusters in one view.

use clap::{Parser, Subcommand};
use flagstaff_hub::settings::Settings;
use flagstaff_hub::{identity, openapi, run};

/// The hub: clusters call it, people steer them from its console.
#[derive(Debug, Parser)]
#[command(
    name = "flagstaff-hub",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "To try it:\n  flagstaff-hub --data-dir /tmp/flagstaff-hub\nand open the link that it prints."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints a new identity key (PEM), for a file or Secret that all replicas share.
    IdentityKey,
    /// Prints the description of both surfaces as OpenAPI.
    Openapi,
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Some(Command::Openapi) => openapi::text().map(|text| print!("{text}")),
        Some(Command::IdentityKey) => identity::new_key_pem().map(|pem| print!("{pem}")),
        None => run::run(cli.settings).await,
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("flagstaff-hub: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
