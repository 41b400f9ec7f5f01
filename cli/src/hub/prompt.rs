//! Asking whoever sits at the terminal.

use std::io::{self, BufRead, IsTerminal, Write};
use std::os::fd::AsFd;

use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};

use super::error::HubError;

/// A line of standard input without its end.
pub fn line() -> Result<String, HubError> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    match read {
        Ok(0) => Err(HubError::NoAnswer("standard input has ended".into())),
        Ok(_) => Ok(line.trim_end_matches(['\n', '\r']).to_owned()),
        Err(error) => Err(HubError::NoAnswer(format!("standard input: {error}"))),
    }
}

/// Asks for a word.
pub fn ask(question: &str) -> Result<String, HubError> {
    if !io::stdin().is_terminal() {
        return Err(HubError::NoAnswer(format!("{question}: nobody is there to ask; give it as an argument")));
    }
    say(&format!("{question}: "))?;
    line()
}

/// Asks for a secret, which the terminal does not show.
pub fn secret(question: &str) -> Result<String, HubError> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(HubError::NoAnswer(format!("{question}: nobody is there to ask; give it with --password-stdin")));
    }
    let fault = |error: nix::Error| HubError::NoAnswer(format!("the terminal: {error}"));
    say(&format!("{question}: "))?;
    let before = tcgetattr(stdin.as_fd()).map_err(fault)?;
    let mut hidden = before.clone();
    hidden.local_flags.remove(LocalFlags::ECHO);
    tcsetattr(stdin.as_fd(), SetArg::TCSAFLUSH, &hidden).map_err(fault)?;
    let read = line();
    tcsetattr(stdin.as_fd(), SetArg::TCSAFLUSH, &before).map_err(fault)?;
    say("\n")?;
    read
}

/// Asks a question that is answered by yes or no.
pub fn agree(question: &str) -> Result<bool, HubError> {
    say(&format!("{question} [y/N] "))?;
    Ok(matches!(line()?.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn say(text: &str) -> Result<(), HubError> {
    let mut out = io::stderr().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| HubError::NoAnswer(format!("standard error: {error}")))
}
