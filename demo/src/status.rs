//! `status` and `env`: what runs, how it is, and how to reach it.

use anyhow::{Context, Result, bail};

use crate::folder;

/// Says what runs and how it is, measured now.
pub async fn status() -> Result<()> {
    let Some(state) = folder::running()? else {
        println!("no demo runs; `make demo` starts one");
        return Ok(());
    };
    for line in crate::figures::now(&state).await? {
        println!("{line}");
    }
    let kubectl = format!("{}/kubectl", state.kubectl_folder);
    let out = std::process::Command::new(&kubectl)
        .args(["--kubeconfig", &state.kubeconfig, "get", "clusterobservability,pods", "-n", "flagstaff"])
        .output()
        .with_context(|| format!("run {kubectl}"))?;
    print!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    Ok(())
}

/// Prints lines for `eval`.
pub fn env() -> Result<()> {
    let Some(state) = folder::running()? else { bail!("no demo runs; `make demo` starts one") };
    println!("export KUBECONFIG='{}'", state.kubeconfig);
    println!("export PATH='{}':\"$PATH\"", state.kubectl_folder);
    Ok(())
}
