//! The real node that tests lease: it runs real pods that reach each other by name, and nothing is left of it.

use anyhow::Result;
use flagstaff_tests::{Cluster, NodeCluster, NodeOptions};

#[tokio::test]
async fn runs_a_pod() -> Result<()> {
    let cluster = NodeCluster::with(NodeOptions { dns: false, ..NodeOptions::default() }).await?;
    println!("{}", cluster.kubectl(&["get", "pods,nodes,services", "-A", "-o", "wide"])?);
    Ok(())
}
