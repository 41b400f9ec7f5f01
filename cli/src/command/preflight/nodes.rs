//! The nodes: what they are, and what of them agents cannot run on.

use std::collections::BTreeMap;

use flagstaff_crds::{ClusterObservability, Profile};
use flagstaff_survey::hosts::{self, Host, Sort};

use super::Cluster;
use super::check::Check;

const CHECK: &str = "nodes";

/// Looks at the nodes.
pub async fn check(cluster: &Cluster, flag: Option<&ClusterObservability>) -> Vec<Check> {
    match hosts::find(&cluster.client).await {
        Ok(sorts) => judge(&sorts, flag.is_some_and(|flag| flag.spec.profile == Profile::NoHost)),
        Err(error) => vec![Check::unknown(CHECK, &error, error.fix())],
    }
}

fn judge(sorts: &BTreeMap<Sort, usize>, no_host: bool) -> Vec<Check> {
    let total: usize = sorts.values().sum();
    if total == 0 {
        return vec![Check::warning(CHECK, "there are no nodes", "Agents start when the first node joins.")];
    }
    let described: Vec<String> = sorts.iter().map(|(sort, count)| format!("{count} {}", describe(sort))).collect();
    let mut checks = vec![Check::ok(CHECK, described.join(", "))];
    let count = |test: &dyn Fn(&Sort) -> bool| -> usize {
        sorts.iter().filter(|(sort, _)| test(sort)).map(|(_, count)| count).sum()
    };
    for host in [Host::Autopilot, Host::Fargate, Host::Virtual] {
        let there = count(&|sort| sort.host == host);
        if there == 0 {
            continue;
        }
        let name = host.name();
        let refused = format!("{there} of {total} nodes are {name}, which refuse host paths and host network");
        if host != Host::Autopilot {
            let message = format!(
                "{refused}; no DaemonSet runs there, so their pods are neither scraped nor are their logs read"
            );
            let fix = "Nothing helps for those pods yet; where all nodes are so, set spec.profile: no-host.";
            checks.push(Check::warning(CHECK, message, fix));
        } else if no_host {
            checks.push(Check::ok(CHECK, format!("{refused}; spec.profile is no-host")));
        } else {
            checks.push(Check::problem(CHECK, refused, "Set spec.profile: no-host in the flag."));
        }
    }
    let windows = count(&|sort| sort.operating_system == "windows");
    if windows > 0 {
        let message = format!("{windows} of {total} nodes run Windows; the agents are for Linux");
        checks.push(Check::warning(CHECK, message, "Windows nodes and their pods' logs are not observed yet."));
    }
    let strange = count(&|sort| !["amd64", "arm64", ""].contains(&sort.architecture.as_str()));
    if strange > 0 {
        let message = format!("{strange} of {total} nodes are neither amd64 nor arm64; there are no images for them");
        checks.push(Check::problem(CHECK, message, "Build images for them, or keep agents off by a taint."));
    }
    let arm = count(&|sort| sort.architecture == "arm64" && sort.operating_system == "linux");
    if arm > 0 {
        let message =
            format!("{arm} of {total} nodes are arm64; our image for it is built and was never run in the tests");
        let fix =
            "Join the archives of both architectures under one tag (docs/install/cloud.md), and try one node first.";
        checks.push(Check::warning(CHECK, message, fix));
    }
    checks
}

fn describe(sort: &Sort) -> String {
    let or = |text: &str| if text.is_empty() { "unknown".to_owned() } else { text.to_owned() };
    let mut text = format!("{}/{}", or(&sort.operating_system), or(&sort.architecture));
    if !sort.provider.is_empty() {
        text.push_str(&format!(" of {}", sort.provider));
    }
    if sort.host != Host::Machine {
        text.push_str(&format!(" ({})", sort.host.name()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::preflight::check::Level;

    fn sort(os: &str, arch: &str, host: Host) -> Sort {
        Sort { operating_system: os.into(), architecture: arch.into(), provider: "aws".into(), host }
    }

    fn levels(sorts: &[(Sort, usize)], no_host: bool) -> Vec<Level> {
        judge(&sorts.iter().cloned().collect(), no_host).iter().map(|check| check.level).collect()
    }

    #[test]
    fn hosts_that_refuse_agents_are_told() {
        assert_eq!(levels(&[(sort("linux", "amd64", Host::Machine), 3)], false), [Level::Ok]);
        assert_eq!(levels(&[], false), [Level::Warning]);
        let autopilot = [(sort("linux", "amd64", Host::Autopilot), 3)];
        assert_eq!(levels(&autopilot, false), [Level::Ok, Level::Problem]);
        assert_eq!(levels(&autopilot, true), [Level::Ok, Level::Ok]);
        assert_eq!(levels(&[(sort("linux", "amd64", Host::Fargate), 1)], false), [Level::Ok, Level::Warning]);
        assert_eq!(levels(&[(sort("windows", "amd64", Host::Machine), 1)], false), [Level::Ok, Level::Warning]);
        assert_eq!(levels(&[(sort("linux", "s390x", Host::Machine), 1)], false), [Level::Ok, Level::Problem]);
    }
}
