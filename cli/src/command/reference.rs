//! Reference documents made from the program itself.

use std::io::{self, Write};

use clap::{CommandFactory, Subcommand};
use flagstaff_template::Code;

use super::Cli;
use crate::exit::Failure;

#[derive(Debug, Subcommand)]
pub enum Reference {
    /// Every command with its help, as Markdown.
    Cli,
    /// Every code of a problem with packs and values, as Markdown.
    Problems,
}

pub fn run(command: Reference) -> Result<(), Failure> {
    let text = match command {
        Reference::Cli => cli(),
        Reference::Problems => problems(),
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

fn cli() -> String {
    let mut text = String::from("# The command line\n\nMade by `flagstaff reference cli`.\n");
    let mut root = Cli::command().term_width(100).max_term_width(100);
    root.build();
    describe(&mut root, "flagstaff", &mut text);
    text
}

fn describe(command: &mut clap::Command, path: &str, text: &mut String) {
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    text.push_str(&format!("\n## {path}\n\n```text\n{}\n```\n", help.join("\n")));
    for inner in command.get_subcommands_mut() {
        if !inner.is_hide_set() && inner.get_name() != "help" {
            let path = format!("{path} {}", inner.get_name());
            describe(inner, &path, text);
        }
    }
}

fn problems() -> String {
    let rows = Code::ALL.iter().map(|code| format!("| `{}` | {} |\n", code.as_str(), code.meaning()));
    format!(
        "# Problems with packs and values\n\nMade by `flagstaff reference problems`.\n\n| Code | Meaning |\n|---|---|\n{}",
        rows.collect::<String>()
    )
}
