//! The files beside the agent: its configuration, the one before, and what the sidecar remembers; written atomically.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::SidecarError;
use super::content::{LARGEST_BYTES, Text};

/// Where the agent reads its configuration, and the hidden files beside it.
#[derive(Debug, Clone)]
pub struct Target {
    file: PathBuf,
}

impl Target {
    /// This file and its neighbours.
    pub fn new(file: &Path) -> Self {
        Self { file: file.to_owned() }
    }

    /// The configuration that the agent starts with; none where there is none, or nothing in it.
    pub fn read(&self) -> Result<Option<Text>, SidecarError> {
        Ok(read(&self.file)?.and_then(Text::new))
    }

    /// Gives the agent a configuration; it is read at the agent's next start or reload.
    pub fn write(&self, text: &Text) -> Result<(), SidecarError> {
        write(&self.file, &text.text)
    }

    /// The configuration that ran before the one in the file.
    pub fn read_previous(&self) -> Result<Option<Text>, SidecarError> {
        Ok(read(&self.beside("previous"))?.and_then(Text::new))
    }

    /// Keeps the configuration that runs, before another is tried.
    pub fn write_previous(&self, text: &Text) -> Result<(), SidecarError> {
        write(&self.beside("previous"), &text.text)
    }

    /// What was remembered, as text.
    pub fn read_memory(&self) -> Result<Option<String>, SidecarError> {
        read(&self.beside("memory"))
    }

    /// Remembers over a start of this container.
    pub fn write_memory(&self, text: &str) -> Result<(), SidecarError> {
        write(&self.beside("memory"), text)
    }

    /// `/etc/alloy/config.alloy` → `/etc/alloy/.config.alloy.memory`; an agent that reads whole folders passes over it.
    fn beside(&self, what: &str) -> PathBuf {
        let mut name = OsString::from(".");
        name.push(self.file.file_name().unwrap_or_default());
        name.push(".");
        name.push(what);
        self.file.with_file_name(name)
    }
}

fn read(file: &Path) -> Result<Option<String>, SidecarError> {
    let failed = |source| SidecarError::Read { file: file.to_owned(), source };
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut text = String::new();
    opened.take(u64::try_from(LARGEST_BYTES).unwrap_or(u64::MAX)).read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}

/// A new file renamed over the old one: whoever reads sees one or the other, whole, whenever we are killed.
fn write(file: &Path, text: &str) -> Result<(), SidecarError> {
    let failed = |source| SidecarError::Write { file: file.to_owned(), source };
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = file.with_file_name(name);
    // Readable by the agent, which runs as another user.
    let mut open = OpenOptions::new();
    let mut written = open.write(true).create(true).truncate(true).mode(0o644).open(&new).map_err(failed)?;
    written.write_all(text.as_bytes()).and_then(|()| written.sync_all()).map_err(failed)?;
    std::fs::rename(&new, file).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Text {
        Text::new(text.to_owned()).expect("some text")
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = Target::new(&folder.path().join("config.alloy"));
        assert_eq!(target.read().expect("readable"), None);
        target.write(&text("one")).expect("writable");
        target.write(&text("two")).expect("writable");
        target.write_previous(&text("one")).expect("writable");
        target.write_memory("{}").expect("writable");
        assert_eq!(target.read().expect("readable"), Some(text("two")));
        assert_eq!(target.read_previous().expect("readable"), Some(text("one")));
        let mut names: Vec<_> = std::fs::read_dir(folder.path())
            .expect("a folder")
            .filter_map(|entry| entry.ok().and_then(|entry| entry.file_name().into_string().ok()))
            .collect();
        names.sort();
        assert_eq!(names, [".config.alloy.memory", ".config.alloy.previous", "config.alloy"]);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let error = Target::new(Path::new("/nonexistent/config.alloy")).write(&text("x")).expect_err("no folder");
        assert_eq!(error.code(), "operator.sidecar_unwritable");
        assert!(error.to_string().contains("/nonexistent/config.alloy"), "{error}");
    }
}
