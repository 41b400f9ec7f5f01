//! Where packs come from: a folder, or those compiled into the binary. The only file here that reads a disk.

use std::collections::BTreeMap;
use std::path::Path;

use flagstaff_model::{Place, Problem};
use include_dir::{Dir, include_dir};

use crate::code::Code;
use crate::pack::{MAX_FILES, MAX_TOTAL_BYTES, Pack};

static BUILTIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../templates");

impl Pack {
    /// Reads a pack from a folder. Files and folders whose name begins with a dot are left out; links are refused.
    pub fn from_dir(folder: &Path) -> Result<Pack, Vec<Problem>> {
        let mut files = BTreeMap::new();
        let mut left = MAX_TOTAL_BYTES;
        read_folder(folder, "", &mut files, &mut left).map_err(|problem| vec![problem])?;
        Pack::from_files(files)
    }

    /// A pack that is compiled in, such as `base`.
    pub fn builtin(name: &str) -> Option<Pack> {
        let folder = BUILTIN.get_dir(name)?;
        let mut files = BTreeMap::new();
        collect(folder, folder.path(), &mut files);
        Pack::from_files(files).ok()
    }

    /// The names of the packs that are compiled in, in order.
    pub fn builtin_names() -> Vec<String> {
        let named = BUILTIN.dirs().filter(|folder| folder.get_file(folder.path().join("pack.yaml")).is_some());
        let mut names: Vec<String> = named.map(|folder| folder.path().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn collect(folder: &Dir<'_>, root: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for file in folder.files() {
        let path = file.path().strip_prefix(root).unwrap_or(file.path()).to_string_lossy().replace('\\', "/");
        if !hidden(&path) {
            files.insert(path, file.contents().to_vec());
        }
    }
    for inner in folder.dirs() {
        collect(inner, root, files);
    }
}

fn hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

fn read_folder(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
    left: &mut usize,
) -> Result<(), Problem> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Code::SourceUnreadable.at(Place::file(path.display().to_string()), error.to_string())
    };
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, error))?;
        let at = entry.path();
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            return Err(Code::Path.at(Place::file(at.display().to_string()), "the name is not UTF-8"));
        };
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().map_err(|error| unreadable(&at, error))?;
        if kind.is_symlink() {
            return Err(Code::Path
                .at(Place::file(path), "a pack may not hold links")
                .with_fix("Put the file itself there."));
        }
        if kind.is_dir() {
            read_folder(&at, &format!("{path}/"), files, left)?;
            continue;
        }
        let size = entry.metadata().map_err(|error| unreadable(&at, error))?.len();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if !kind.is_file() || size > *left || files.len() >= MAX_FILES {
            let message = format!("a pack has at most {MAX_FILES} plain files of {MAX_TOTAL_BYTES} bytes together");
            return Err(Code::TooLarge.at(Place::file(path), message));
        }
        let bytes = std::fs::read(&at).map_err(|error| unreadable(&at, error))?;
        *left = left.saturating_sub(bytes.len());
        files.insert(path, bytes);
    }
    Ok(())
}
