//! Every command with its help.

use clap::{Command, CommandFactory};

use super::head;
use crate::command::Cli;

/// The page.
pub fn page() -> String {
    let mut text = head("The command line", "cli");
    let mut root = Cli::command().term_width(100).max_term_width(100);
    root.build();
    describe(&mut root, "flagstaff", &mut text);
    text
}

fn describe(command: &mut Command, path: &str, text: &mut String) {
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
