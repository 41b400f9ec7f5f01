//! The API server: its version, and what it serves.

use std::collections::BTreeSet;
use std::time::Duration;

use flagstaff_survey::facts;
use flagstaff_template::Pack;
use kube::Client;

use super::check::Check;
use super::connect::ClusterError;

const CHECK: &str = "server";
const TIMEOUT: Duration = Duration::from_secs(15);
/// The newest minor version that the tests run against.
const NEWEST_TESTED: u32 = 36;

/// What the server says of itself.
pub struct Server {
    version: String,
    minor: u32,
}

/// Asks the server who it is: whoever does not answer this is not asked anything more.
pub async fn ask(client: &Client) -> Result<Server, ClusterError> {
    let asked = tokio::time::timeout(TIMEOUT, client.apiserver_version()).await;
    let said = asked
        .map_err(|_| ClusterError::Timeout(TIMEOUT.as_secs()))?
        .map_err(|error| ClusterError::Unreachable(Box::new(error)))?;
    let digits: String = said.minor.chars().take_while(char::is_ascii_digit).collect();
    Ok(Server { version: said.git_version, minor: digits.parse().unwrap_or_default() })
}

/// Which resources of interest are served; none of them where discovery fails, which is told by `definitions`.
pub async fn apis(client: &Client) -> Result<BTreeSet<String>, Check> {
    facts::apis(client).await.map_err(|error| Check::unknown("discovery", &error, error.fix()))
}

/// Whether the version serves.
pub fn check(server: &Server) -> Check {
    let requires = Pack::builtin("base").map(|pack| pack.manifest.requires).unwrap_or_default();
    let wanted = requires.kubernetes.clone().unwrap_or_default();
    let refused = requires.check(env!("CARGO_PKG_VERSION"), &server.version);
    let version = &server.version;
    if !refused.is_empty() {
        return Check::problem(
            CHECK,
            format!("Kubernetes {version} is not supported: the pack asks for {wanted}"),
            "Upgrade the cluster first.",
        );
    }
    if server.minor > NEWEST_TESTED {
        return Check::warning(
            CHECK,
            format!("Kubernetes {version} is newer than 1.{NEWEST_TESTED}, the newest that is tested"),
            "Try it on a cluster that matters less first.",
        );
    }
    Check::ok(CHECK, format!("Kubernetes {version} is supported ({wanted})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::preflight::check::Level;

    #[test]
    fn versions() {
        let level = |version: &str, minor| check(&Server { version: version.into(), minor }).level;
        assert_eq!(level("v1.36.3", 36), Level::Ok);
        assert_eq!(level("v1.33.1-gke.100+abc", 33), Level::Ok);
        assert_eq!(level("v1.32.9", 32), Level::Problem);
        assert_eq!(level("v1.37.0", 37), Level::Warning);
        assert_eq!(level("nonsense", 0), Level::Problem);
    }
}
