//! `flagstaff-meter`: counts series on their way.

use clap::Parser;
use flagstaff_meter::run;
use flagstaff_meter::settings::Settings;

/// The meter: takes Prometheus remote write, and says which series there are, whose they are and what each label costs.
#[derive(Debug, Parser)]
#[command(
    name = "flagstaff-meter",
    version,
    after_help = "To try it:\n  flagstaff-meter --cluster test\nand have a Prometheus send a copy to http://127.0.0.1:9095/api/v1/write."
)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match run::run(Cli::parse().settings).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("flagstaff-meter: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
