//! Archives and manifests as they come from a disk that failed, a network that broke or a person who is not kind.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use flagstaff_template::{Input, MAX_ARCHIVE_BYTES, Pack, render};

fn pack() -> Pack {
    Pack::from_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packs/small")).unwrap()
}

fn code(result: Result<Pack, Vec<flagstaff_model::Problem>>) -> String {
    result.err().map(|problems| problems[0].code.clone()).unwrap_or_else(|| "no problem".into())
}

fn with(path: &str, content: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = pack().files().clone();
    files.insert(path.into(), content.into());
    files
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn an_archive_comes_back_and_is_always_the_same() {
    let pack = pack();
    let archive = pack.archive();
    assert_eq!(archive, Pack::from_files(pack.files().clone()).unwrap().archive());
    let back = Pack::from_archive(&archive, Some(&pack.digest)).unwrap();
    assert_eq!(back.files(), pack.files());
    assert_eq!((back.digest.as_str(), back.digest.len()), (pack.digest.as_str(), 71));
}

#[test]
fn fault_06_an_empty_manifest_is_refused() {
    for empty in ["", "---", "---\n", "\n# nothing\n---\n...\n", "\u{feff}"] {
        assert_eq!(
            code(Pack::from_files(with("manifests/agent.yaml", empty.as_bytes()))),
            "template.empty",
            "{empty:?}"
        );
        assert_eq!(code(Pack::from_files(with("pack.yaml", empty.as_bytes()))), "template.manifest", "{empty:?}");
    }
    let mut files = pack().files().clone();
    files.retain(|path, _| !path.starts_with("manifests/"));
    let text = String::from_utf8(files["pack.yaml"].clone()).unwrap();
    let text =
        text.replace("manifests:\n  - file: manifests/node-exporter.yaml\n    when: node_exporter.install\n", "");
    files.insert("pack.yaml".into(), text.clone().into());
    let problems = render(&Pack::from_files(files.clone()).unwrap(), &Input::sample()).unwrap_err();
    assert_eq!(problems[0].code, "template.nothing_rendered");
    files.insert("manifests/a.yaml".into(), b"{% if false %}\nkind: A\n{% endif %}\n---\n".to_vec());
    let problems = render(&Pack::from_files(files).unwrap(), &Input::sample()).unwrap_err();
    assert_eq!(problems[0].code, "template.nothing_rendered");
}

#[test]
fn fault_07_a_cut_off_archive_is_refused_wherever_it_is_cut() {
    let archive = pack().archive();
    for length in (0..archive.len()).step_by(7) {
        let code = code(Pack::from_archive(&archive[..length], None));
        assert_eq!(code, "template.archive", "cut at {length} of {}", archive.len());
    }
    assert_eq!(code(Pack::from_archive(&vec![0; 4096], None)), "template.archive");
    assert_eq!(code(Pack::from_archive(&gzip(b""), None)), "template.archive");
    assert_eq!(code(Pack::from_archive(&gzip(&[0; 1024]), None)), "template.archive");
}

#[test]
fn fault_07_a_tar_cut_between_two_files_is_refused() {
    let archive = pack().archive();
    let mut tar = vec![];
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(archive.as_slice()), &mut tar).unwrap();
    for length in (512..tar.len() - 512).step_by(512) {
        let code = code(Pack::from_archive(&gzip(&tar[..length]), None));
        assert_eq!(code, "template.archive", "cut at {length}");
    }
}

#[test]
fn fault_07_flipped_bytes_never_give_another_pack() {
    let pack = pack();
    let archive = pack.archive();
    for at in (0..archive.len()).step_by(11) {
        let mut damaged = archive.clone();
        damaged[at] ^= 0x55;
        if let Ok(read) = Pack::from_archive(&damaged, Some(&pack.digest)) {
            assert_eq!(read.files(), pack.files(), "byte {at} is in gzip's own header");
        }
    }
}

#[test]
fn another_digest_is_refused() {
    let pack = pack();
    let other = format!("sha256:{}", "0".repeat(64));
    assert_eq!(code(Pack::from_archive(&pack.archive(), Some(&other))), "template.digest");
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let bomb = gzip(&vec![0; 64 * 1024 * 1024]);
    assert!(bomb.len() < MAX_ARCHIVE_BYTES);
    assert_eq!(code(Pack::from_archive(&bomb, None)), "template.too_large");
    assert_eq!(code(Pack::from_archive(&vec![1; MAX_ARCHIVE_BYTES + 1], None)), "template.too_large");
}

#[test]
fn what_does_not_fit_a_config_map_is_no_pack() {
    // Bytes that do not compress, as text.
    let mut state = 1_u64;
    let mut noise = String::from("# ");
    while noise.len() < 3 * 1024 * 1024 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        noise.push(char::from(b'0' + (state >> 33) as u8 % 64));
    }
    noise.push_str("\nkind: A\n");
    assert_eq!(code(Pack::from_files(with("manifests/z.yaml", noise.as_bytes()))), "template.too_large");
}

#[test]
fn archives_that_reach_outside_are_refused() {
    for path in [
        "../evil.yaml",
        "/etc/passwd",
        "manifests/../../x.yaml",
        "a\\b",
        "manifests//a.yaml",
        "é.yaml",
        "manifests/a\nb.yaml",
    ] {
        assert_eq!(code(Pack::from_files(with(path, b"kind: A"))), "template.path", "{path:?}");
    }
    for kind in [tar::EntryType::Symlink, tar::EntryType::Link, tar::EntryType::Char] {
        let mut tar = tar::Builder::new(vec![]);
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(0);
        header.set_link_name("/etc/passwd").unwrap();
        tar.append_data(&mut header, "manifests/a.yaml", std::io::empty()).unwrap();
        let tar = tar.into_inner().unwrap();
        assert_eq!(code(Pack::from_archive(&gzip(&tar), None)), "template.archive");
    }
}

#[test]
fn files_that_are_not_text_are_refused_with_their_line() {
    let problems = Pack::from_files(with("rules/node.yaml", b"a: 1\nb: \xff\n")).unwrap_err();
    assert_eq!((problems[0].code.as_str(), problems[0].place.line), ("template.encoding", Some(2)));
    assert_eq!(code(Pack::from_files(with("pack.yaml", b"\xff"))), "template.encoding");
    assert_eq!(code(Pack::from_files(with("manifests/readme.txt", b"hello"))), "template.path");
    assert_eq!(code(Pack::from_files(BTreeMap::new())), "template.manifest");
    assert_eq!(code(Pack::from_dir(Path::new("/nonexistent"))), "template.source_unreadable");
}

#[test]
fn a_folder_with_a_link_is_refused_and_hidden_files_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in pack().files() {
        let at = folder.path().join(path);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, bytes).unwrap();
    }
    std::fs::write(folder.path().join("manifests/.swp"), b"x").unwrap();
    assert_eq!(Pack::from_dir(folder.path()).unwrap().digest, pack().digest);
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("manifests/p.yaml")).unwrap();
    assert_eq!(code(Pack::from_dir(folder.path())), "template.path");
}
