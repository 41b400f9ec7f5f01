//! The guardian program: starts the parts of a leased cluster as its children and ends them all, whatever ends it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use flagstaff_tests::guardian::{self, NodeSettings};
use flagstaff_tests::up::{self, Up};

/// Real Kubernetes clusters for tests and the demo.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts a cluster: one JSON line for each ready part, then all in one; ends with its stdin, SIGINT or SIGTERM
    Up(Up),
    /// Ends what `up --detach DIR` started
    Stop {
        /// The state folder
        folder: PathBuf,
    },
    /// Says what `up --detach DIR` started, and whether it runs
    Status {
        /// The state folder
        folder: PathBuf,
    },
    /// Guards processes on this host: JSON orders on stdin, JSON events on stdout, ends with its stdin.
    Guard {
        /// Its folder, new or empty; none: a temporary one.
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// The same for a node in namespaces of its own.
    GuardNode {
        /// Its folder, new or empty; none: a temporary one.
        #[arg(long)]
        folder: Option<PathBuf>,
        #[command(flatten)]
        node: NodeSettings,
    },
    /// The first process in a node's namespaces; started by guard-node only.
    #[command(hide = true)]
    NodeInit {
        /// The lease's folder.
        folder: PathBuf,
        #[command(flatten)]
        node: NodeSettings,
    },
}

/// Not async: what dies with its parent dies with the thread that started it, which must be the main one.
fn main() -> ExitCode {
    let ended = match Arguments::parse().command {
        Command::Up(options) => up::up(&options),
        Command::Stop { folder } => up::stop(&folder),
        Command::Status { folder } => up::status(&folder).map(|state| println!("{state:#}")),
        Command::Guard { folder } => guardian::guard(folder),
        Command::GuardNode { folder, node } => guardian::guard_node(folder, &node),
        Command::NodeInit { folder, node } => guardian::node_init(&folder, &node),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("harness: {error:#}");
            ExitCode::FAILURE
        }
    }
}
