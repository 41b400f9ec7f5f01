//! The control plane that tests lease: it answers, it can be broken and mended, and nothing is left of it.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use flagstaff_tests::control_plane::rule;
use flagstaff_tests::eventually::check;
use flagstaff_tests::{Cluster, ControlPlane, ControlPlaneOptions, Version, eventually};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::Api;
use kube::api::{ObjectMeta, PostParams};

fn config_map(name: &str) -> ConfigMap {
    let data = BTreeMap::from([("key".to_owned(), "value".to_owned())]);
    ConfigMap {
        metadata: ObjectMeta { name: Some(name.into()), ..ObjectMeta::default() },
        data: Some(data),
        ..ConfigMap::default()
    }
}

fn lives(pid: i32) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn answers_and_runs_controllers() -> Result<()> {
    let cluster = ControlPlane::shared().await?;
    let version = cluster.client().await?.apiserver_version().await?;
    assert_eq!((version.major.as_str(), version.minor.as_str()), ("1", "36"));
    let account = cluster.kubectl(&["get", "serviceaccount", "default", "-o", "name"])?;
    assert_eq!(account.trim(), "serviceaccount/default");
    Ok(())
}

#[tokio::test]
async fn keeps_its_data_when_the_api_server_is_killed() -> Result<()> {
    let cluster = ControlPlane::lease().await?;
    let maps: Api<ConfigMap> = Api::namespaced(cluster.client().await?, "default");
    maps.create(&PostParams::default(), &config_map("kept")).await?;
    let url = cluster.url();

    cluster.kill_apiserver()?;
    assert!(maps.get("kept").await.is_err());
    cluster.start_apiserver().await?;
    assert_eq!(cluster.url(), url);
    eventually(Duration::from_secs(10), "the ConfigMap", async || maps.get("kept").await).await?;

    cluster.pause_apiserver()?;
    assert!(tokio::time::timeout(Duration::from_secs(1), maps.get("kept")).await.is_err());
    cluster.resume_apiserver()?;
    eventually(Duration::from_secs(20), "the ConfigMap", async || maps.get("kept").await).await?;
    Ok(())
}

#[tokio::test]
async fn users_have_the_rights_they_are_given_and_no_others() -> Result<()> {
    let cluster = ControlPlane::shared().await?;
    let account = cluster.service_account("harness-users", "reader").await?;
    let person = cluster.user("harness-person", Some("harness-people")).await?;
    for user in [&account, &person] {
        let maps: Api<ConfigMap> = Api::namespaced(user.client().await?, "harness-users");
        assert!(matches!(maps.list(&Default::default()).await, Err(kube::Error::Api(status)) if status.code == 403));
        user.grant_in("harness-users", vec![rule(&[""], &["configmaps"], &["get", "list"])]).await?;
        eventually(Duration::from_secs(10), "the right to list", async || maps.list(&Default::default()).await).await?;
        let elsewhere: Api<ConfigMap> = Api::namespaced(user.client().await?, "kube-system");
        assert!(elsewhere.list(&Default::default()).await.is_err());
    }
    account.grant(vec![rule(&[""], &["namespaces"], &["list"])]).await?;
    let spaces: Api<Namespace> = Api::all(account.client().await?);
    eventually(Duration::from_secs(10), "the namespaces", async || spaces.list(&Default::default()).await).await?;
    assert!(account.token().is_some());
    Ok(())
}

#[tokio::test]
async fn two_versions_share_one_etcd() -> Result<()> {
    let etcd = flagstaff_tests::Etcd::shared_by_many().await?;
    let options = |version| ControlPlaneOptions {
        version,
        controllers: false,
        etcd: Some(etcd.clone()),
        ..ControlPlaneOptions::default()
    };
    let (new, old) =
        tokio::try_join!(ControlPlane::with(options(Version::Newest)), ControlPlane::with(options(Version::Oldest)))?;
    assert_eq!(old.client().await?.apiserver_version().await?.minor, "34");
    let maps: Api<ConfigMap> = Api::namespaced(new.client().await?, "default");
    maps.create(&PostParams::default(), &config_map("only-here")).await?;
    let maps: Api<ConfigMap> = Api::namespaced(old.client().await?, "default");
    assert!(maps.get_opt("only-here").await?.is_none());
    Ok(())
}

#[tokio::test]
async fn nothing_is_left_when_it_is_dropped() -> Result<()> {
    let cluster = ControlPlane::lease().await?;
    let lease = cluster.processes();
    let (pids, folder) = (lease.running(), lease.folder().to_owned());
    assert_eq!(pids.len(), 3, "{pids:?}");
    assert!(pids.values().all(|pid| lives(*pid)) && folder.exists());
    drop(cluster);
    assert!(!pids.values().any(|pid| lives(*pid)), "{pids:?}");
    assert!(!folder.exists());
    Ok(())
}

#[tokio::test]
async fn everything_ends_with_a_killed_guardian() -> Result<()> {
    let cluster = ControlPlane::lease().await?;
    let lease = cluster.processes();
    let (pids, folder) = (lease.running(), lease.folder().to_owned());
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(i32::try_from(lease.guardian_pid())?),
        nix::sys::signal::Signal::SIGKILL,
    )?;
    eventually(Duration::from_secs(5), "the end of all processes", async || {
        check(!pids.values().any(|pid| lives(*pid)), &pids)
    })
    .await?;
    drop(cluster);
    assert!(!folder.exists());
    Ok(())
}
