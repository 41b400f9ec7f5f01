//! `flagstaff template`: packs without a cluster.

mod diff;
mod explain;
mod lint;
mod render;

use clap::Subcommand;

use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub enum Template {
    /// Check a pack: render it for many sample clusters and look at everything that comes out.
    Lint(lint::Lint),
    /// Render a pack, by default for a sample cluster.
    Render(render::Render),
    /// Tell for each value which layer set it and what it would be without that layer.
    Explain(explain::Explain),
    /// Show what changes between two packs, or between a pack and objects rendered before.
    Diff(diff::Diff),
}

/// Runs a subcommand.
pub fn run(command: Template) -> Result<(), Failure> {
    match command {
        Template::Lint(command) => lint::run(command),
        Template::Render(command) => render::run(command),
        Template::Explain(command) => explain::run(command),
        Template::Diff(command) => diff::run(command),
    }
}
