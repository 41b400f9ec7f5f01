//! The one layer of an image: its files as a tar that is the same on every machine and day.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flate2::GzBuilder;
use tar::{Builder, EntryType, Header};

use crate::base;
use crate::digest::{Digest, Digesting};
use crate::elf;
use crate::error::ImageError;
use crate::image::{Compression, Image, User};
use crate::path::{entry_name, parents};

/// A written layer.
pub(crate) struct Layer {
    /// The bytes as the archive holds them, at their beginning.
    pub(crate) file: fs::File,
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    /// The digest of the tar before compression.
    pub(crate) difference: Digest,
    pub(crate) media_type: &'static str,
}

enum Content {
    Directory,
    Text(&'static str),
    Copy(PathBuf),
}

struct Entry {
    mode: u32,
    owner: User,
    content: Content,
}

/// A failure while copying: of a file that is read, or of the place that is written to.
enum CopyError {
    Image(ImageError),
    Write(io::Error),
}

impl From<io::Error> for CopyError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// Writes the layer to an unnamed temporary file; `out` is only named in errors.
pub(crate) fn write(image: &Image, out: &Path, folder: &Path) -> Result<Layer, ImageError> {
    let entries = entries(image)?;
    let unwritable = |source| ImageError::ArchiveUnwritable { path: out.to_owned(), source };
    let file = tempfile::tempfile_in(folder).map_err(unwritable)?;
    write_entries(&entries, image.compression, file).map_err(|error| match error {
        CopyError::Image(error) => error,
        CopyError::Write(source) => unwritable(source),
    })
}

fn write_entries(
    entries: &BTreeMap<String, Entry>,
    compression: Compression,
    file: fs::File,
) -> Result<Layer, CopyError> {
    let stored = Digesting::new(BufWriter::new(file));
    let (stored, difference, media_type) = match compression {
        Compression::None => (append_all(entries, stored)?, None, "application/vnd.oci.image.layer.v1.tar"),
        Compression::Gzip => {
            // Without a name and a time in its header, the stream depends on the content alone.
            let gzip = GzBuilder::new().mtime(0).write(stored, flate2::Compression::default());
            let (gzip, difference, _) = append_all(entries, Digesting::new(gzip))?.finish();
            (gzip.finish()?, Some(difference), "application/vnd.oci.image.layer.v1.tar+gzip")
        }
    };
    let (writer, digest, size) = stored.finish();
    let mut file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(Layer { file, difference: difference.unwrap_or_else(|| digest.clone()), digest, size, media_type })
}

fn append_all<W: Write>(entries: &BTreeMap<String, Entry>, writer: W) -> Result<W, CopyError> {
    let mut tar = Builder::new(writer);
    for (name, entry) in entries {
        let mut header = Header::new_gnu();
        header.set_mode(entry.mode);
        header.set_uid(entry.owner.uid.into());
        header.set_gid(entry.owner.gid.into());
        header.set_mtime(0);
        match &entry.content {
            Content::Directory => {
                header.set_entry_type(EntryType::Directory);
                header.set_size(0);
                tar.append_data(&mut header, format!("{name}/"), io::empty())?;
            }
            Content::Text(text) => {
                header.set_size(text.len() as u64);
                tar.append_data(&mut header, name, text.as_bytes())?;
            }
            Content::Copy(source) => copy(&mut tar, &mut header, name, source)?,
        }
    }
    Ok(tar.into_inner()?)
}

fn copy<W: Write>(tar: &mut Builder<W>, header: &mut Header, name: &str, source: &Path) -> Result<(), CopyError> {
    let unreadable = |error| CopyError::Image(ImageError::FileUnreadable { path: source.to_owned(), source: error });
    let file = fs::File::open(source).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    header.set_size(size);
    // A file that grows or shrinks meanwhile must not shift the entries behind it.
    let mut exactly = file.take(size);
    tar.append_data(header, name, &mut exactly)?;
    if exactly.limit() > 0 {
        return Err(unreadable(io::Error::new(io::ErrorKind::UnexpectedEof, "it became shorter while it was read")));
    }
    Ok(())
}

/// All entries by name, checked. Sorted names put every directory before what it holds.
fn entries(image: &Image) -> Result<BTreeMap<String, Entry>, ImageError> {
    let mut entries = BTreeMap::new();
    for (path, text) in base::FILES {
        insert(&mut entries, path, 0o644, User::ROOT, Content::Text(text))?;
    }
    for directory in base::directories().iter().chain(&image.directories) {
        insert(&mut entries, &directory.path, directory.mode, directory.owner, Content::Directory)?;
    }
    if let Some(source) = &image.ca_certificates {
        require_regular(source)?;
        let content = Content::Copy(source.clone());
        insert(&mut entries, base::MACHINE_CA_CERTIFICATES, 0o644, User::ROOT, content)?;
    }
    let start = image.entrypoint.first();
    for file in &image.files {
        require_regular(&file.source)?;
        let holds = |path: &str| image.files.iter().any(|file| file.path == path);
        elf::check(&file.source, image.architecture, start == Some(&file.path), &holds)?;
        let content = Content::Copy(file.source.clone());
        insert(&mut entries, &file.path, file.mode, User::ROOT, content)?;
    }
    if !image.files.iter().any(|file| start == Some(&file.path)) {
        return Err(ImageError::EntrypointMissing { entrypoint: start.cloned().unwrap_or_default() });
    }
    add_parents(&mut entries)?;
    Ok(entries)
}

fn insert(
    entries: &mut BTreeMap<String, Entry>,
    path: &str,
    mode: u32,
    owner: User,
    content: Content,
) -> Result<(), ImageError> {
    let entry = Entry { mode: mode & 0o7777, owner, content };
    match entries.insert(entry_name(path)?.to_owned(), entry) {
        None => Ok(()),
        Some(_) => Err(ImageError::ImagePath { path: path.to_owned(), reason: "it is used twice" }),
    }
}

fn add_parents(entries: &mut BTreeMap<String, Entry>) -> Result<(), ImageError> {
    let names: Vec<String> = entries.keys().cloned().collect();
    for name in &names {
        for parent in parents(name) {
            let entry = entries.entry(parent.to_owned()).or_insert(Entry {
                mode: 0o755,
                owner: User::ROOT,
                content: Content::Directory,
            });
            if !matches!(entry.content, Content::Directory) {
                return Err(ImageError::ImagePath { path: format!("/{name}"), reason: "a path above it is a file" });
            }
        }
    }
    Ok(())
}

fn require_regular(path: &Path) -> Result<(), ImageError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(_) => Err(ImageError::NotAFile { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ImageError::FileMissing { path: path.to_owned() }),
        Err(source) => Err(ImageError::FileUnreadable { path: path.to_owned(), source }),
    }
}
