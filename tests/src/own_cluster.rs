//! Lease (d): the user's own cluster, only where they say twice that tests may write to it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::cluster::Cluster;
use crate::node::NodeCluster;

const ALLOWED: &str = "FLAGSTAFF_TEST_OWN_CLUSTER";

/// A cluster that the harness did not start and does not end.
pub struct OwnCluster {
    kubeconfig: PathBuf,
}

impl OwnCluster {
    /// From `KUBECONFIG`, with `FLAGSTAFF_TEST_OWN_CLUSTER=1`.
    pub fn from_environment() -> Result<Self> {
        Self::from_values(std::env::var_os("KUBECONFIG"), std::env::var_os(ALLOWED))
    }

    /// From the values that these two variables have.
    pub fn from_values(kubeconfig: Option<OsString>, allowed: Option<OsString>) -> Result<Self> {
        if allowed.is_none_or(|value| value != "1") {
            bail!("tests write to the cluster: set {ALLOWED}=1 to allow it");
        }
        let kubeconfig = PathBuf::from(kubeconfig.context("set KUBECONFIG to the cluster's kubeconfig, one file")?);
        if !kubeconfig.is_file() {
            bail!("KUBECONFIG is {}, which is no file", kubeconfig.display());
        }
        Ok(Self { kubeconfig })
    }

    /// Whether the user wants their own one.
    pub fn asked_for() -> bool {
        std::env::var_os(ALLOWED).is_some_and(|value| value == "1")
    }
}

impl Cluster for OwnCluster {
    fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }
}

/// A cluster that runs pods, whosever it is.
pub enum RealCluster {
    /// The user's.
    Own(OwnCluster),
    /// The node that tests of this program share.
    Leased(&'static NodeCluster),
}

impl RealCluster {
    /// The user's own one where they ask for it, else the leased one.
    pub async fn get() -> Result<Self> {
        if OwnCluster::asked_for() {
            return Ok(Self::Own(OwnCluster::from_environment()?));
        }
        Ok(Self::Leased(NodeCluster::shared().await?))
    }
}

impl Cluster for RealCluster {
    fn kubeconfig(&self) -> &Path {
        match self {
            Self::Own(cluster) => cluster.kubeconfig(),
            Self::Leased(cluster) => cluster.kubeconfig(),
        }
    }
}
