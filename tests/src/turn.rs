//! Takes turns at clusters that tests of the operator share: one flag at a time, and nothing left of the one before.

use anyhow::Result;
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use crate::cluster::Cluster;
use crate::control_plane::ControlPlane;
use crate::fake_cluster::FakeCluster;
use crate::flag::{Flag, NAMESPACE};
use crate::operator::Operator;

/// A test's turn at a cluster. Others wait until it is dropped, so start operators after taking it.
pub struct Turn<C: 'static> {
    /// The cluster.
    pub cluster: &'static C,
    /// Its flag, with the definitions installed, and not raised yet.
    pub flag: Flag,
    _alone: MutexGuard<'static, ()>,
}

impl Turn<ControlPlane> {
    /// Where nothing is ever ready: no nodes, no scheduler. For what is about objects alone.
    pub async fn without_nodes() -> Result<Self> {
        static CLUSTER: OnceCell<ControlPlane> = OnceCell::const_new();
        static ALONE: Mutex<()> = Mutex::const_new(());
        let alone = ALONE.lock().await;
        let cluster = CLUSTER.get_or_try_init(ControlPlane::lease).await?;
        Self::take(cluster, alone).await
    }
}

impl Turn<FakeCluster> {
    /// With three simulated nodes: workloads become ready, and no agent can be asked anything.
    pub async fn with_nodes() -> Result<Self> {
        static CLUSTER: OnceCell<FakeCluster> = OnceCell::const_new();
        static ALONE: Mutex<()> = Mutex::const_new(());
        let alone = ALONE.lock().await;
        let cluster = CLUSTER.get_or_try_init(FakeCluster::lease).await?;
        Self::take(cluster, alone).await
    }
}

impl<C: Cluster + Sync> Turn<C> {
    async fn take(cluster: &'static C, alone: MutexGuard<'static, ()>) -> Result<Self> {
        let flag = Flag::install(cluster).await?;
        flag.clear().await?;
        flag.create_namespace(NAMESPACE).await?;
        Ok(Self { cluster, flag, _alone: alone })
    }

    /// An operator without an election that looks again each 5 s. It waits 3 s for health: simulated nodes run no agent that
    /// could say how it took its configuration, so `ConfigurationAccepted` stays `Unknown`, and Ready comes after this time.
    pub async fn operator(&self) -> Result<Operator> {
        self.operator_with(&[]).await
    }

    /// The same with more arguments.
    pub async fn operator_with(&self, args: &[&str]) -> Result<Operator> {
        operator(self.cluster.kubeconfig(), args).await
    }
}

/// The operator as tests of one replica start it; later arguments win.
pub async fn operator(kubeconfig: &std::path::Path, args: &[&str]) -> Result<Operator> {
    let given = |name: &str| args.iter().any(|arg| arg.starts_with(name));
    let mut all = vec!["--no-election"];
    for default in ["--health-seconds=3", "--resync-seconds=5"] {
        if !given(default.split('=').next().unwrap_or_default()) {
            all.push(default);
        }
    }
    all.extend(args);
    Operator::start(kubeconfig, &all, &[]).await
}
