//! The archive: an OCI layout, and the file by which older Docker versions read the same blobs.

use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::{Value, json};
use tar::{Builder, EntryType, Header};

use crate::digest::Digest;
use crate::error::ImageError;
use crate::image::Image;
use crate::layer::{self, Layer};

/// Images carry no time, so that the same input gives the same bytes.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// Writes the image to `out`, replacing what was there only once all is written.
///
/// The answer is the digest of the image's manifest: what a reference pins with `@`.
///
/// # Errors
/// Each [`ImageError`] names the path it is about; `out` is untouched then.
pub fn write_archive(image: &Image, out: &Path) -> Result<Digest, ImageError> {
    let unwritable = |source| ImageError::ArchiveUnwritable { path: out.to_owned(), source };
    let folder = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(unwritable)?;
    let mut layer = layer::write(image, out, folder)?;
    let temporary = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    let digest = write_layout(image, &mut layer, temporary.as_file()).map_err(unwritable)?;
    // A temporary file is its owner's alone, and an archive is read by a daemon or a colleague.
    temporary.as_file().set_permissions(fs::Permissions::from_mode(0o644)).map_err(unwritable)?;
    temporary.persist(out).map_err(|error| unwritable(error.error))?;
    Ok(digest)
}

fn write_layout(image: &Image, layer: &mut Layer, file: &fs::File) -> io::Result<Digest> {
    let config = bytes(&config(image, layer))?;
    let config_digest = Digest::of(&config);
    let manifest = bytes(&json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": config_digest.to_string(),
            "size": config.len(),
        },
        "layers": [{
            "mediaType": layer.media_type,
            "digest": layer.digest.to_string(),
            "size": layer.size,
        }],
    }))?;
    let manifest_digest = Digest::of(&manifest);
    let index = bytes(&json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": manifest_digest.to_string(),
            "size": manifest.len(),
            "platform": { "architecture": image.architecture.as_str(), "os": "linux" },
            // containerd takes the name from the first, podman and skopeo from the second.
            "annotations": {
                "io.containerd.image.name": image.reference.as_str(),
                "org.opencontainers.image.ref.name": image.reference.as_str(),
            },
        }],
    }))?;
    let for_docker = bytes(&json!([{
        "Config": blob(&config_digest),
        "RepoTags": [image.reference.as_str()],
        "Layers": [blob(&layer.digest)],
    }]))?;

    let mut tar = Builder::new(BufWriter::new(file));
    append_directory(&mut tar, "blobs/")?;
    append_directory(&mut tar, "blobs/sha256/")?;
    let mut blobs: [(&Digest, u64, &mut dyn Read); 3] = [
        (&config_digest, config.len() as u64, &mut config.as_slice()),
        (&layer.digest, layer.size, &mut layer.file),
        (&manifest_digest, manifest.len() as u64, &mut manifest.as_slice()),
    ];
    blobs.sort_by_key(|(digest, ..)| *digest);
    for (digest, size, content) in blobs {
        append(&mut tar, &blob(digest), size, content)?;
    }
    let layout = br#"{"imageLayoutVersion":"1.0.0"}"#;
    for (name, content) in
        [("index.json", index.as_slice()), ("manifest.json", for_docker.as_slice()), ("oci-layout", layout.as_slice())]
    {
        append(&mut tar, name, content.len() as u64, content)?;
    }
    tar.into_inner()?.flush()?;
    Ok(manifest_digest)
}

fn config(image: &Image, layer: &Layer) -> Value {
    let environment: Vec<String> = image.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
    json!({
        "created": CREATED,
        "architecture": image.architecture.as_str(),
        "os": "linux",
        "config": {
            "User": image.user.to_string(),
            "Env": environment,
            "Entrypoint": image.entrypoint,
            "WorkingDir": "/",
            "Labels": image.labels,
        },
        "rootfs": { "type": "layers", "diff_ids": [layer.difference.to_string()] },
        "history": [{ "created": CREATED, "created_by": "flagstaff-images" }],
    })
}

fn bytes(value: &Value) -> io::Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(io::Error::other)
}

fn blob(digest: &Digest) -> String {
    format!("blobs/sha256/{}", digest.hex())
}

fn append_directory<W: Write>(tar: &mut Builder<W>, name: &str) -> io::Result<()> {
    let mut header = header(0o755, 0);
    header.set_entry_type(EntryType::Directory);
    tar.append_data(&mut header, name, io::empty())
}

fn append<W: Write>(tar: &mut Builder<W>, name: &str, size: u64, content: impl Read) -> io::Result<()> {
    tar.append_data(&mut header(0o644, size), name, content)
}

fn header(mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header
}
