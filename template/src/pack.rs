//! A pack in memory: its files, what it says about itself, its digest.

use std::collections::BTreeMap;

use flagstaff_model::{LayeredValues, Place, Problem, ValueLayer};
use sha2::{Digest, Sha256};

use crate::code::Code;
use crate::manifest::{MANIFEST, PackManifest};
use crate::schema::Schema;

/// Most files a pack may have.
pub const MAX_FILES: usize = 1_000;
/// Most bytes its files may have together.
pub const MAX_TOTAL_BYTES: usize = 16 * 1024 * 1024;
/// Most bytes its archive may have, so that it fits into a ConfigMap beside a few words.
pub const MAX_ARCHIVE_BYTES: usize = 1_000_000;

/// The folders of a pack, each with the ending its files have.
pub(crate) const FOLDERS: [(&str, &str); 5] =
    [("manifests/", ".yaml"), ("alloy/", ".alloy"), ("dashboards/", ".json"), ("rules/", ".yaml"), (PLAIN, "")];

/// The folder of files that are not templates: a template takes the text of one by `file("files/…")`.
pub(crate) const PLAIN: &str = "files/";

/// A pack whose `pack.yaml` and schema are sound. Its templates are checked by rendering.
#[derive(Debug, Clone)]
pub struct Pack {
    /// What it says about itself.
    pub manifest: PackManifest,
    /// `sha256:` and 64 hex digits over the sorted paths and bytes of its files.
    pub digest: String,
    files: BTreeMap<String, Vec<u8>>,
    schema: Schema,
}

impl Pack {
    /// Makes a pack of its files, keyed by path with `/` between parts.
    ///
    /// # Errors
    /// Every problem of paths, sizes, encodings, `pack.yaml` and the schema.
    pub fn from_files(files: BTreeMap<String, Vec<u8>>) -> Result<Pack, Vec<Problem>> {
        let mut problems = check_files(&files);
        let Some(manifest) = files.get(MANIFEST) else {
            problems.push(
                Code::Manifest
                    .at(Place::file(MANIFEST), "the pack has no pack.yaml")
                    .with_fix("Give the folder that holds pack.yaml."),
            );
            return Err(problems);
        };
        if !problems.is_empty() {
            return Err(problems);
        }
        let text = std::str::from_utf8(manifest).unwrap_or_default();
        let manifest = PackManifest::read(text, &files)?;
        let schema = Schema::new(manifest.parameters.clone(), text)?;
        let pack = Pack { digest: digest(&files), manifest, files, schema };
        pack.check_archive_size().map_err(|problem| vec![problem])?;
        Ok(pack)
    }

    /// Its files, keyed by path.
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.files.get(path)?).ok()
    }

    /// Paths in one folder (such as `rules/`) in order; parts, whose name begins with `_`, are left out.
    pub(crate) fn templates_in<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.files.keys().map(String::as_str).filter(move |path| path.starts_with(folder) && !is_part(path))
    }

    /// The defaults of its parameters, recursively, as the lowest layer.
    pub fn defaults(&self) -> ValueLayer {
        self.schema.defaults()
    }

    /// Each declared parameter with its JSON pointer and schema, parents first; references are followed.
    pub fn parameters(&self) -> Vec<(String, serde_json::Value)> {
        self.schema.parameters()
    }

    /// What of the values does not fit the schema; each problem names the JSON pointer and the layer that set it.
    pub fn validate(&self, values: &LayeredValues) -> Vec<Problem> {
        self.schema.validate(values)
    }

    /// The values a template sees: what the layers say, the pack's defaults where they say nothing, and null where a
    /// parameter that may be null was taken away. Every word that was spoken on a value is kept.
    pub fn effective(&self, values: &LayeredValues) -> LayeredValues {
        self.schema.effective(values)
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }
}

/// Whether a file is a part: only included or imported, never rendered for itself.
pub(crate) fn is_part(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with('_'))
}

fn digest(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for (path, bytes) in files {
        // Lengths are part of it, so that no two packs give the same stream.
        hash.update((path.len() as u64).to_be_bytes());
        hash.update(path.as_bytes());
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
    format!("sha256:{}", crate::engine::hex(&hash.finalize()))
}

fn check_files(files: &BTreeMap<String, Vec<u8>>) -> Vec<Problem> {
    let mut problems = vec![];
    let total: usize = files.values().map(Vec::len).sum();
    if files.len() > MAX_FILES || total > MAX_TOTAL_BYTES {
        let message = format!(
            "the pack has {} files of {total} bytes, the most are {MAX_FILES} files of {MAX_TOTAL_BYTES} bytes",
            files.len()
        );
        return vec![Code::TooLarge.at(Place::file(MANIFEST), message)];
    }
    for (path, bytes) in files {
        if !path_is_sound(path) {
            problems.push(Code::Path.at(Place::file(path.escape_debug().to_string()), "a path in a pack is relative, of at most 200 printable ASCII characters, without `.`, `..` or empty parts"));
            continue;
        }
        let Some((folder, ending)) = FOLDERS.iter().find(|(folder, _)| path.starts_with(folder)) else {
            if path == MANIFEST && std::str::from_utf8(bytes).is_err() {
                problems.push(Code::Encoding.at(Place::file(path), "the file is not UTF-8"));
            }
            continue;
        };
        if !path.ends_with(ending) {
            let message = format!("a file in {folder} ends in {ending}");
            problems.push(Code::Path.at(Place::file(path), message));
        }
        match std::str::from_utf8(bytes) {
            Err(error) => {
                let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
                problems.push(Code::Encoding.at(Place::line(path, line), "the file is not UTF-8"));
            }
            Ok(text) if !is_part(path) && is_empty(text) => {
                problems.push(
                    Code::Empty
                        .at(Place::file(path), "the file has no content")
                        .with_fix("Remove the file, or fill it."),
                );
            }
            Ok(_) => {}
        }
    }
    problems
}

/// Whether a source says nothing: blank lines, comments and document markers only.
fn is_empty(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').lines().map(str::trim).all(|line| {
        line.is_empty() || line == "---" || line == "..." || line.starts_with('#') || line.starts_with("--- #")
    })
}

fn path_is_sound(path: &str) -> bool {
    path.len() <= 200
        && path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\:*?\"<>|".contains(&byte))
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}
