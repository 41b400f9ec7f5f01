//! `flagstaff reference`: documents made from the program itself, so that they cannot be out of date.

mod commands;
mod conditions;
mod crds;
mod pack;
mod problems;

use std::io::{self, Write};

use clap::Subcommand;

use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub enum Reference {
    /// Every command with its help, as Markdown.
    Cli,
    /// Every reason of a flag's conditions, as Markdown.
    Conditions,
    /// Every field of the custom resources, as Markdown.
    Crds,
    /// The parameters of a compiled-in pack, as Markdown.
    Pack {
        /// Name of the pack.
        #[arg(default_value = "base")]
        name: String,
    },
    /// Every code of a problem with packs and values, as Markdown.
    Problems,
}

/// Prints a document.
pub fn run(command: Reference) -> Result<(), Failure> {
    let text = match command {
        Reference::Cli => commands::document(),
        Reference::Conditions => conditions::document(),
        Reference::Crds => crds::document(),
        Reference::Pack { name } => pack::document(&name)?,
        Reference::Problems => problems::document(),
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// A text as one cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
