//! `flagstaff`, the command line.

mod command;
mod exit;
mod hub;
mod open;
mod report;

use std::process::ExitCode;

use clap::Parser;

use command::Cli;
use exit::Failure;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match command::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Problems) => ExitCode::from(1),
        Err(Failure::Usage(message)) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
        Err(Failure::Cluster(error)) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
        Err(Failure::Meter(error)) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
        Err(Failure::Hub(error)) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
        // Whoever read the output has seen enough.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => {
            eprintln!("error: the output cannot be written: {error}");
            ExitCode::from(2)
        }
    }
}
