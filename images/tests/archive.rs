//! Archives as a whole: what a loader finds in them, that they are the same each time, and what is refused.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flagstaff_images::{Architecture, Compression, Digest, Directory, File, Image, ImageError, User, write_archive};
use flate2::read::GzDecoder;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with the smallest static program that the checks take.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut program = vec![0; 64];
        program[..6].copy_from_slice(b"\x7fELF\x02\x01");
        program[18] = 62;
        fs::write(folder.path().join("program"), program).expect("written");
        fs::write(folder.path().join("ca.crt"), "certificates").expect("written");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn image(&self) -> Image {
        let mut image = Image::of_program(
            "example.com/team/program:1".parse().expect("full"),
            Architecture::Amd64,
            File::program("/usr/bin/program", self.path("program")),
        );
        image.ca_certificates = Some(self.path("ca.crt"));
        image.environment.insert("A".to_owned(), "b".to_owned());
        image
    }
}

fn read_tar(bytes: &[u8]) -> BTreeMap<String, (u32, u64, u64, u64, Vec<u8>)> {
    let mut archive = tar::Archive::new(bytes);
    let entries = archive.entries().expect("a tar");
    entries
        .map(|entry| {
            let mut entry = entry.expect("an entry");
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("content");
            let header = entry.header();
            let name = String::from_utf8(entry.path_bytes().into_owned()).expect("a name");
            let mode = header.mode().expect("a mode");
            let mtime = header.mtime().expect("a time");
            let (uid, gid) = (header.uid().expect("a uid"), header.gid().expect("a gid"));
            (name, (mode, mtime, uid, gid, content))
        })
        .collect()
}

fn json(archive: &BTreeMap<String, (u32, u64, u64, u64, Vec<u8>)>, name: &str) -> Value {
    serde_json::from_slice(&archive[name].4).expect("JSON")
}

fn blob_name(digest: &Value) -> String {
    let digest = digest.as_str().expect("a digest");
    format!("blobs/{}", digest.replace(':', "/"))
}

#[test]
fn a_loader_finds_the_name_the_config_and_the_files() {
    let bench = Bench::new();
    let out = bench.path("out/program.tar");
    let digest = write_archive(&bench.image(), &out).expect("written");
    let archive = read_tar(&fs::read(&out).expect("there"));

    for (name, (_, mtime, _, _, content)) in &archive {
        assert_eq!(*mtime, 0, "{name}");
        if let Some(hex) = name.strip_prefix("blobs/sha256/").filter(|hex| !hex.is_empty()) {
            assert_eq!(Digest::of(content).hex(), hex);
        }
    }
    let index = json(&archive, "index.json");
    let descriptor = &index["manifests"][0];
    assert_eq!(descriptor["digest"], digest.to_string());
    for annotation in ["io.containerd.image.name", "org.opencontainers.image.ref.name"] {
        assert_eq!(descriptor["annotations"][annotation], "example.com/team/program:1");
    }
    let manifest = json(&archive, &blob_name(&descriptor["digest"]));
    let config = json(&archive, &blob_name(&manifest["config"]["digest"]));
    assert_eq!(config["config"]["User"], "65532:65532");
    assert_eq!(config["config"]["Entrypoint"][0], "/usr/bin/program");
    assert_eq!(config["config"]["Env"][0], "A=b");

    let stored = &archive[&blob_name(&manifest["layers"][0]["digest"])].4;
    assert_eq!(manifest["layers"][0]["size"], stored.len());
    let mut layer = Vec::new();
    GzDecoder::new(stored.as_slice()).read_to_end(&mut layer).expect("gzip");
    assert_eq!(config["rootfs"]["diff_ids"][0], Digest::of(&layer).to_string());
    let files = read_tar(&layer);
    assert_eq!(
        files.keys().map(String::as_str).collect::<Vec<_>>(),
        [
            "etc/",
            "etc/group",
            "etc/nsswitch.conf",
            "etc/passwd",
            "etc/ssl/",
            "etc/ssl/certs/",
            "etc/ssl/certs/ca-certificates.crt",
            "tmp/",
            "usr/",
            "usr/bin/",
            "usr/bin/program",
        ]
    );
    assert_eq!(files["tmp/"].0, 0o1777);
    assert_eq!(files["usr/bin/program"].0, 0o755);
    assert_eq!(files["etc/ssl/certs/ca-certificates.crt"].4, b"certificates");
    assert!(String::from_utf8_lossy(&files["etc/passwd"].4).contains("nonroot:x:65532:65532"));

    let docker = json(&archive, "manifest.json");
    assert_eq!(docker[0]["RepoTags"][0], "example.com/team/program:1");
    assert_eq!(docker[0]["Config"], blob_name(&manifest["config"]["digest"]));
    assert_eq!(docker[0]["Layers"][0], blob_name(&manifest["layers"][0]["digest"]));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let bench = Bench::new();
    for compression in [Compression::None, Compression::Gzip] {
        let mut image = bench.image();
        image.compression = compression;
        let digest = write_archive(&image, &bench.path("one.tar")).expect("written");
        // Another time of the file, and another order of what is in the image.
        let copy = bench.path("copy");
        fs::copy(bench.path("program"), &copy).expect("copied");
        let mut other = image.clone();
        other.files[0].source = copy;
        other.files.push(File::data("/a", bench.path("ca.crt")));
        other.files.push(File::data("/b", bench.path("ca.crt")));
        let two = write_archive(&other, &bench.path("two.tar")).expect("written");
        other.files.reverse();
        let three = write_archive(&other, &bench.path("three.tar")).expect("written");
        assert_eq!(two, three);
        assert_ne!(digest, two);
        other.files.retain(|file| file.mode == 0o755);
        assert_eq!(digest, write_archive(&other, &bench.path("four.tar")).expect("written"));
        let read = |name: &str| fs::read(bench.path(name)).expect("there");
        assert!(read("one.tar") == read("four.tar"), "the archives differ");
        assert!(read("two.tar") == read("three.tar"), "the archives differ");
    }
}

#[test]
fn a_directory_belongs_to_whom_it_was_given() {
    let bench = Bench::new();
    let mut image = bench.image();
    image.compression = Compression::None;
    image.directories.push(Directory {
        path: "/var/lib/program".to_owned(),
        mode: 0o750,
        owner: User { uid: 473, gid: 474 },
    });
    let out = bench.path("program.tar");
    write_archive(&image, &out).expect("written");
    let archive = read_tar(&fs::read(&out).expect("there"));
    let index = json(&archive, "index.json");
    let manifest = json(&archive, &blob_name(&index["manifests"][0]["digest"]));
    let files = read_tar(&archive[&blob_name(&manifest["layers"][0]["digest"])].4);
    let (mode, _, uid, gid, _) = &files["var/lib/program/"];
    assert_eq!((*mode, *uid, *gid), (0o750, 473, 474));
    assert_eq!(files["var/lib/"].2, 0);
}

/// What is refused says so with its code, names the path, and leaves an older archive alone.
fn assert_refused(bench: &Bench, image: &Image, code: &str, named: &str) {
    let out = bench.path("refused.tar");
    fs::write(&out, "older").expect("written");
    let before = names_in(bench.folder.path());
    let error = write_archive(image, &out).expect_err(code);
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(named), "{error}");
    assert_eq!(fs::read(&out).expect("there"), b"older");
    assert_eq!(names_in(bench.folder.path()), before);
}

fn names_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    names.sort();
    names
}

#[test]
fn what_cannot_work_is_refused() {
    let bench = Bench::new();

    let mut image = bench.image();
    image.files[0].source = bench.path("absent");
    assert_refused(&bench, &image, "image_file_missing", "absent");

    let mut image = bench.image();
    image.ca_certificates = Some(bench.path("no-certificates"));
    assert_refused(&bench, &image, "image_file_missing", "no-certificates");

    let mut image = bench.image();
    image.files[0].source = bench.folder.path().to_owned();
    assert_refused(&bench, &image, "image_file_not_regular", "");

    let mut image = bench.image();
    image.files[0].source = std::env::current_exe().expect("a test has a path");
    image.architecture = Architecture::of_this_machine().expect("a known machine");
    assert_refused(&bench, &image, "image_binary_dynamic", "ld-linux");

    let mut image = bench.image();
    image.architecture = Architecture::Arm64;
    assert_refused(&bench, &image, "image_binary_architecture", "amd64");

    let mut image = bench.image();
    image.files[0].source = bench.path("ca.crt");
    assert_refused(&bench, &image, "image_binary_format", "ca.crt");

    let mut image = bench.image();
    image.entrypoint = vec!["/bin/sh".to_owned()];
    assert_refused(&bench, &image, "image_entrypoint_missing", "/bin/sh");

    for (path, named) in [
        ("relative", "relative"),
        ("/etc/../x", "/etc/../x"),
        ("/etc/passwd", "/etc/passwd"),
        ("/usr/bin/program/below", "/usr/bin/program/below"),
    ] {
        let mut image = bench.image();
        image.files.push(File::data(path, bench.path("ca.crt")));
        assert_refused(&bench, &image, "image_path_invalid", named);
    }
}

#[test]
fn a_dynamic_program_is_taken_with_its_loader() {
    let bench = Bench::new();
    let mut image = bench.image();
    image.compression = Compression::None;
    image.architecture = Architecture::of_this_machine().expect("a known machine");
    image.files[0].source = std::env::current_exe().expect("a test has a path");
    let error = write_archive(&image, &bench.path("program.tar")).expect_err("without its loader");
    let ImageError::BinaryDynamic { interpreter, .. } = error else { panic!("{error}") };
    image.files.push(File::program(interpreter.clone(), interpreter));
    write_archive(&image, &bench.path("program.tar")).expect("with its loader");
}

#[test]
fn an_archive_that_cannot_be_written_is_named() {
    let bench = Bench::new();
    let out = bench.path("program/below.tar");
    let error = write_archive(&bench.image(), &out).expect_err("a file is no folder");
    assert_eq!(error.code(), "image_archive_unwritable");
    assert!(error.to_string().contains("below.tar"), "{error}");
}
