//! `flagstaff-images`: writes image archives of our own programs, or of any static binary.

mod command;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about = "Writes OCI image archives from static binaries, without Docker")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build our own programs statically and write an archive of each
    Build(command::build::Arguments),
    /// Write an archive of binaries and files that are there already
    Write(command::write::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Build(arguments) => command::build::run(&arguments),
        Command::Write(arguments) => command::write::run(&arguments),
    }
}
