//! The images that a node can run: OCI archives made from our static binaries, under the names that the world uses for them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use flagstaff_images::{
    Architecture, Compression, Directory, File, Image, MACHINE_CA_CERTIFICATES, User, write_archive,
};

use crate::programs::{built, installed, ours, target_folder};

/// What containerd starts for every pod.
pub fn pause() -> Result<PathBuf> {
    archive(crate::node::PAUSE, &built("kubernetes", "pause")?, "/pause", |_| {})
}

/// The cluster's DNS.
pub fn coredns() -> Result<PathBuf> {
    archive("registry.k8s.io/coredns/coredns:v1.15.0", &built("coredns", "coredns")?, "/coredns", |_| {})
}

/// Grafana Alloy.
pub fn alloy() -> Result<PathBuf> {
    archive("docker.io/grafana/alloy:v1.11.0", &built("alloy", "alloy")?, "/bin/alloy", |image| {
        image.user = User::ROOT;
        image.environment.insert("ALLOY_DEPLOY_MODE".into(), "docker".into());
        let owner = User { uid: 473, gid: 473 };
        image.directories.push(Directory { path: "/var/lib/alloy/data".into(), mode: 0o770, owner });
        image.ca_certificates = Some(MACHINE_CA_CERTIFICATES.into());
    })
}

/// kube-state-metrics.
pub fn kube_state_metrics() -> Result<PathBuf> {
    let name = "kube-state-metrics";
    let program = built(name, name)?;
    archive("registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.15.0", &program, "/kube-state-metrics", |_| {})
}

/// Prometheus' node-exporter.
pub fn node_exporter() -> Result<PathBuf> {
    let program = built("node-exporter", "node_exporter")?;
    archive(NODE_EXPORTER, &program, "/bin/node_exporter", |image| {
        image.user = User { uid: 65534, gid: 65534 };
    })
}

/// The name under which the pack, and others, ask for it.
pub const NODE_EXPORTER: &str = "quay.io/prometheus/node-exporter:v1.12.1";

/// A shell and small tools, for test pods.
pub fn busybox() -> Result<PathBuf> {
    archive(BUSYBOX, &installed("busybox", "busybox-static")?, "/bin/busybox", |image| {
        image.entrypoint = vec!["/bin/busybox".into()];
    })
}

/// The name that test pods ask for; commands are `["/bin/busybox", "wget", …]`.
pub const BUSYBOX: &str = "docker.io/library/busybox:1.35";

/// Our operator as cargo built it here, with the shared libraries it asks for: the images for other machines are static,
/// and take a second build of everything.
pub fn operator() -> Result<PathBuf> {
    own("flagstaff-operator")
}

/// Our meter, the same way.
pub fn meter() -> Result<PathBuf> {
    own("flagstaff-meter")
}

fn own(name: &str) -> Result<PathBuf> {
    let program = ours(name)?;
    let reference = format!("ghcr.io/flagstaff-dev/{name}:{}", env!("CARGO_PKG_VERSION"));
    let libraries = libraries(&program)?;
    archive(&reference, &program, &format!("/{name}"), |image| {
        image.ca_certificates = Some(MACHINE_CA_CERTIFICATES.into());
        image.files.extend(libraries.iter().map(|path| File::program(path.display().to_string(), path)));
    })
}

/// The loader and the libraries of a dynamic program, as `ldd` finds them on this machine.
fn libraries(program: &Path) -> Result<Vec<PathBuf>> {
    let out = Command::new("ldd").arg(program).output().context("run ldd")?;
    if !out.status.success() {
        bail!("ldd {}: {}", program.display(), String::from_utf8_lossy(&out.stderr).trim());
    }
    let text = String::from_utf8(out.stdout).context("read what ldd said")?;
    Ok(text.split_whitespace().filter(|word| word.starts_with('/')).map(PathBuf::from).collect())
}

/// The same for any static program, for a test that needs a pod of its own.
pub fn archive(reference: &str, program: &Path, inside: &str, change: impl FnOnce(&mut Image)) -> Result<PathBuf> {
    let reference = reference.parse().with_context(|| format!("the image name {reference}"))?;
    let mut image = Image::of_program(reference, this_machine()?, File::program(inside, program));
    // It never leaves this machine.
    image.compression = Compression::None;
    change(&mut image);
    let out = target_folder().join("harness-images").join(file_name(&image, program)?);
    if !out.exists() {
        write_archive(&image, &out).with_context(|| format!("make the image {}", image.reference.as_str()))?;
    }
    Ok(out)
}

/// A new name for a new program or a new definition, so that an archive made before is as good as a new one.
fn file_name(image: &Image, program: &Path) -> Result<String> {
    let about = std::fs::metadata(program).with_context(|| format!("find {}", program.display()))?;
    let mut key = DefaultHasher::new();
    (format!("{image:?}"), about.len(), about.modified().context("read a file's time")?).hash(&mut key);
    let name = image.reference.name().rsplit('/').next().unwrap_or_default();
    Ok(format!("{name}-{}-{:016x}.tar", image.reference.tag(), key.finish()))
}

fn this_machine() -> Result<Architecture> {
    Architecture::of_this_machine().context("images can be made on amd64 and arm64 only")
}
