//! `flagstaff preflight`: what would stand in the way of the flag on a real cluster, before anything is installed. It only reads.

mod check;
mod collectors;
mod components;
mod connect;
mod definitions;
mod namespace;
mod nodes;
mod operator;
mod rights;
mod rules;
mod server;
mod tell;

use std::path::PathBuf;

use clap::Args;

use crate::exit::Failure;
use crate::report::Form;
use check::Check;
pub use connect::ClusterError;

/// What is asked of.
struct Cluster {
    client: kube::Client,
    namespace: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff preflight
  flagstaff preflight --kubeconfig ~/.kube/shop-eu-1 --context admin
  flagstaff preflight --output json

Nothing is changed in the cluster.

Exit codes: 0 nothing stands in the way (there may be warnings), 1 problems were found,
2 the cluster cannot be asked.")]
pub struct Preflight {
    /// Kubeconfig of the cluster; left out: as kubectl finds it.
    #[arg(long, value_name = "FILE", env = "FLAGSTAFF_KUBECONFIG", hide_env_values = true)]
    kubeconfig: Option<PathBuf>,
    /// Context within the kubeconfig; left out: its current one.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// The platform namespace, in which operator and agents run.
    #[arg(long, value_name = "NAME", default_value = "flagstaff")]
    namespace: String,
    /// How it is told.
    #[arg(long, value_enum, default_value = "text")]
    output: Form,
}

/// Looks at the cluster and tells.
pub fn run(command: Preflight) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    let checks = runtime.block_on(async {
        let client = connect::connect(command.kubeconfig.as_deref(), command.context.as_deref()).await?;
        let server = server::ask(&client).await?;
        let cluster = Cluster { client, namespace: command.namespace };
        Ok::<_, ClusterError>(all(&cluster, &server).await)
    })?;
    match command.output {
        Form::Text => tell::text(&checks)?,
        Form::Json => tell::json(&checks)?,
    }
    if checks.iter().any(Check::is_problem) { Err(Failure::Problems) } else { Ok(()) }
}

/// Every check, in the order in which it is told; each fails on its own.
async fn all(cluster: &Cluster, server: &server::Server) -> Vec<Check> {
    let (apis, state) = tokio::join!(server::apis(&cluster.client), operator::look(cluster));
    let (definitions, namespace, mine, operators, components, collectors, nodes, rules) = tokio::join!(
        definitions::check(cluster, state.installed),
        namespace::check(cluster),
        rights::mine(cluster),
        rights::operators(cluster, state.installed),
        components::check(cluster, state.flag.as_ref()),
        collectors::check(cluster, &apis, state.flag.as_ref()),
        nodes::check(cluster, state.flag.as_ref()),
        rules::check(cluster, &apis, state.flag.as_ref()),
    );
    let mut checks = vec![server::check(server)];
    for more in [definitions, namespace, mine, state.checks, operators, nodes, components, collectors, rules] {
        checks.extend(more);
    }
    checks
}
