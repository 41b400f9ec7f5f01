//! Which Postgres is installed, and as whom it runs: it refuses to run as root.

use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use nix::unistd::{User, geteuid};
use tokio::process::Command;

/// Who owns the data.
pub(super) enum Owner {
    /// Whoever started the hub.
    Ourselves,
    /// The user of Debian's package, when root started the hub.
    Other { uid: u32, gid: u32, name: String },
}

/// The folder of the programs: the one given, or the newest of Debian's.
pub(super) fn folder(given: Option<&Path>) -> Result<PathBuf> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("postgres").exists())
        .max();
    let Some((_, folder)) = newest else {
        bail!(
            "no Postgres is installed: `apt-get install postgresql`, or name a database of yours with --database-url"
        );
    };
    Ok(folder)
}

impl Owner {
    pub(super) fn of_this_process() -> Result<Self> {
        if !geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        let user = User::from_name("postgres").context("look for the user postgres")?;
        let user = user.context("there is no user postgres; Debian's package postgresql makes it")?;
        Ok(Self::Other { uid: user.uid.as_raw(), gid: user.gid.as_raw(), name: user.name })
    }

    /// Makes the folder, for the owner alone, and sees that the owner can reach it.
    pub(super) fn make_folder(&self, folder: &Path) -> Result<()> {
        if !folder.exists() {
            let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.with_context(|| format!("make {}", folder.display()))?;
        }
        let Self::Other { uid, gid, name } = self else { return Ok(()) };
        chown(folder, Some(*uid), Some(*gid)).with_context(|| format!("give {} to {name}", folder.display()))?;
        for above in folder.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
            let meta = std::fs::metadata(above).with_context(|| format!("look at {}", above.display()))?;
            if meta.permissions().mode() & 0o001 == 0 {
                bail!(
                    "the user {name} cannot reach {}: {} is closed to it. Choose another --data-dir, or `chmod o+x {}`",
                    folder.display(),
                    above.display(),
                    above.display()
                );
            }
        }
        Ok(())
    }

    pub(super) fn become_it(&self, command: &mut Command) {
        if let Self::Other { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
    }
}
