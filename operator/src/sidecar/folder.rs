//! Reads the mounted ConfigMap: both files from one generation, however often the kubelet swaps them meanwhile.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::SidecarError;
use super::content::{CANDIDATE, Content, GOOD, LARGEST_BYTES};

/// How often a read is begun anew because the generation was swapped away under it, and after which pause.
const SWAPS: (usize, Duration) = (50, Duration::from_millis(2));

/// What the folder holds now. A file that is missing or empty is none; one that cannot be read is an error.
pub fn read(source: &Path) -> Result<Content, SidecarError> {
    for _ in 0..SWAPS.0 {
        // The kubelet keeps a generation in a folder of its own, never changes it, and points `..data` at it.
        let generation = generation(source);
        let content = Content::new(file(&generation, CANDIDATE)?, file(&generation, GOOD)?);
        // A file may be missing because its generation is being deleted.
        let whole = content.candidate.is_some() && content.good.is_some();
        if whole || generation == self::generation(source) {
            return Ok(content);
        }
        std::thread::sleep(SWAPS.1);
    }
    let reason = "it changes faster than it can be read";
    Err(SidecarError::Read { file: source.to_owned(), source: std::io::Error::other(reason) })
}

/// The folder that `..data` points at, also when it is being deleted: only without `..data` are there no generations.
fn generation(source: &Path) -> PathBuf {
    std::fs::read_link(source.join("..data")).map_or_else(|_| source.to_owned(), |target| source.join(target))
}

fn file(folder: &Path, name: &str) -> Result<Option<String>, SidecarError> {
    let path = folder.join(name);
    let opened = match File::open(&path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(SidecarError::Read { file: path, source }),
    };
    let mut text = String::new();
    let limit = u64::try_from(LARGEST_BYTES + 1).unwrap_or(u64::MAX);
    match opened.take(limit).read_to_string(&mut text) {
        Ok(length) if length > LARGEST_BYTES => Err(SidecarError::TooLarge { file: path }),
        Ok(_) => Ok(Some(text)),
        Err(source) => Err(SidecarError::Read { file: path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn text(content: &Content) -> (Option<&str>, Option<&str>) {
        let candidate = content.candidate.as_ref().map(|text| text.text.as_str());
        (candidate, content.good.as_ref().map(|text| text.text.as_str()))
    }

    #[test]
    fn plain_files_missing_files_and_empty_files() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(read(folder.path()).expect("readable"), Content::default());
        std::fs::write(folder.path().join(CANDIDATE), "new").expect("written");
        std::fs::write(folder.path().join(GOOD), "").expect("written");
        assert_eq!(text(&read(folder.path()).expect("readable")), (Some("new"), None));
    }

    #[test]
    fn a_folder_that_is_not_there_holds_nothing() {
        assert_eq!(read(Path::new("/nonexistent/folder")).expect("nothing"), Content::default());
    }

    #[test]
    fn what_is_too_large_or_no_text_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(CANDIDATE), vec![b'a'; LARGEST_BYTES + 1]).expect("written");
        assert_eq!(read(folder.path()).expect_err("too large").code(), "operator.sidecar_too_large");
        std::fs::write(folder.path().join(CANDIDATE), [0xff, 0xfe]).expect("written");
        assert_eq!(read(folder.path()).expect_err("no text").code(), "operator.sidecar_unreadable");
    }

    #[test]
    fn a_swap_never_mixes_two_generations() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().to_owned();
        let publish = |number: usize| {
            let generation = root.join(format!("..{number}"));
            std::fs::create_dir(&generation).expect("made");
            for name in [CANDIDATE, GOOD] {
                std::fs::write(generation.join(name), number.to_string()).expect("written");
            }
            symlink(format!("..{number}"), root.join("..next")).expect("linked");
            std::fs::rename(root.join("..next"), root.join("..data")).expect("swapped");
            if number > 0 {
                std::fs::remove_dir_all(root.join(format!("..{}", number - 1))).expect("removed");
            }
        };
        publish(0);
        for name in [CANDIDATE, GOOD] {
            symlink(format!("..data/{name}"), root.join(name)).expect("linked");
        }
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| (1..300).for_each(publish));
            let mut reads = 0;
            while !writer.is_finished() || reads == 0 {
                // Without end swapped away it may be given up, but never mixed.
                let Ok(content) = read(&root) else { continue };
                reads += 1;
                let (candidate, good) = text(&content);
                assert_eq!(candidate, good, "both are of one generation");
            }
        });
        assert_eq!(text(&read(&root).expect("readable")), (Some("299"), Some("299")));
    }
}
