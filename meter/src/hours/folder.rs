//! Reports of hours as files: one each, written whole or not at all, with what is listed in its name.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use axum::body::Bytes;
use jiff::Timestamp;

use super::Head;

const ENDING: &str = ".json.zst";

/// The folder of reports.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn open(data: &Path) -> Result<Self> {
        let folder = data.join("hours");
        std::fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
        Ok(Self(folder))
    }

    fn file(&self, head: &Head) -> PathBuf {
        self.0.join(format!("{}-{}-{}{ENDING}", head.hour.as_second(), head.revision, head.instance))
    }

    /// All that are there and whole, the oldest first. What is damaged is said and removed.
    pub(super) fn read(&self) -> Result<Vec<Head>> {
        let mut heads = vec![];
        for entry in std::fs::read_dir(&self.0).with_context(|| format!("read {}", self.0.display()))? {
            let path = entry.context("read the folder of hours")?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let read = match head(name) {
                Some(head) => std::fs::File::open(&path)
                    .and_then(|file| zstd::stream::copy_decode(file, std::io::sink()))
                    .map(|()| heads.push(head)),
                None => Err(std::io::Error::other("a write was cut off, or it is of another program")),
            };
            if let Err(error) = read {
                tracing::error!(code = "meter.saved_damaged", "{}: {error}: this hour is lost", path.display());
                std::fs::remove_file(&path).with_context(|| format!("remove {}", path.display()))?;
            }
        }
        heads.sort_by_key(|head| head.hour);
        Ok(heads)
    }

    pub(super) fn write(&self, head: &Head, bytes: &[u8]) -> Result<()> {
        let beside = self.0.join("hour.new");
        let mut file = std::fs::File::create(&beside).with_context(|| format!("make {}", beside.display()))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| format!("write {}", beside.display()))?;
        std::fs::rename(&beside, self.file(head)).context("put it in its place")?;
        std::fs::File::open(&self.0).and_then(|folder| folder.sync_all()).context("keep the folder's entry")
    }

    pub(super) fn bytes(&self, head: &Head) -> Result<Bytes> {
        let file = self.file(head);
        std::fs::read(&file).map(Bytes::from).with_context(|| format!("read {}", file.display()))
    }

    /// Removes a file that may be gone already.
    pub(super) fn remove(&self, head: &Head) -> Result<()> {
        let file = self.file(head);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("remove {}", file.display()))
            }
            _ => Ok(()),
        }
    }
}

fn head(name: &str) -> Option<Head> {
    let mut parts = name.strip_suffix(ENDING)?.splitn(3, '-');
    let hour = Timestamp::from_second(parts.next()?.parse().ok()?).ok()?;
    Some(Head { hour, revision: parts.next()?.parse().ok()?, instance: parts.next()?.to_owned(), closed: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(hour: i64) -> Head {
        let hour = Timestamp::from_second(hour * 3600).expect("a time");
        Head { instance: "0123-ab".into(), hour, revision: 241, closed: true }
    }

    #[test]
    fn files_are_listed_by_their_names_and_what_is_damaged_is_removed() {
        let data = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(data.path()).expect("it can be made");
        let packed = zstd::encode_all(&b"{\"hour\": 1}"[..], 3).expect("packed");
        for hour in [12, 10, 11] {
            folder.write(&one(hour), &packed).expect("written");
        }
        assert_eq!(folder.read().expect("read"), [one(10), one(11), one(12)]);
        std::fs::write(folder.file(&one(11)), &packed[..packed.len() / 2]).expect("cut off");
        std::fs::write(folder.0.join("hour.new"), b"half").expect("cut off");
        assert_eq!(folder.read().expect("read"), [one(10), one(12)]);
        assert!(!folder.0.join("hour.new").exists() && !folder.file(&one(11)).exists());
        assert_eq!(folder.bytes(&one(12)).expect("bytes"), packed);
        folder.remove(&one(12)).and_then(|()| folder.remove(&one(12))).expect("gone is gone");
    }
}
