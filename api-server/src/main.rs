//! `flagstaff-hub`: many clusters in one view.

use clap::{Parser, Subcommand};
use flagstaff_hub::settings::Settings;
use flagstaff_hub::{certificate, identity, openapi, run, seal};

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
    /// Writes new keys for all replicas to share: identity.key, encryption.key, and ca.crt and ca.key of an authority. What is there already stays.
    Keys {
        /// The folder, for a Secret or for --identity-key-file, --encryption-key-file and --authority-dir.
        folder: std::path::PathBuf,
    },
    /// Prints the description of both surfaces as OpenAPI.
    Openapi,
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Some(Command::Openapi) => openapi::text().map(|text| print!("{text}")),
        Some(Command::Keys { folder }) => keys(&folder),
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

fn keys(folder: &std::path::Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let identity = identity::Identity::make(&folder.join("identity.key"))?;
    certificate::make_authority(folder)?;
    seal::Sealer::load(folder, None)?;
    println!("{}: keys of the hub with the identity key {}", folder.display(), identity.public_key());
    Ok(())
}
