//! Caps of the agents: quantities of the flag in bytes and millicores.

use flagstaff_crds::ResourcesSetting;
use flagstaff_model::{Place, Problem};
use flagstaff_template::{Cap, Resources};

/// Reads the caps; what is left out has the defaults below.
///
/// # Errors
/// A [`Problem`] that names the field when a quantity cannot be read.
pub fn caps(setting: &ResourcesSetting) -> Result<Resources, Problem> {
    const MIB: u64 = 1024 * 1024;
    Ok(Resources {
        node_agent: Cap {
            memory_bytes: bytes(setting.node_agent.memory.as_deref(), "nodeAgent", 512 * MIB)?,
            cpu_millis: millis(setting.node_agent.cpu.as_deref(), "nodeAgent", 500)?,
        },
        cluster_agent: Cap {
            memory_bytes: bytes(setting.cluster_agent.memory.as_deref(), "clusterAgent", 1024 * MIB)?,
            cpu_millis: millis(setting.cluster_agent.cpu.as_deref(), "clusterAgent", 1000)?,
        },
    })
}

fn problem(agent: &str, field: &str, text: &str) -> Problem {
    Problem::new(
        Place::pointer("ClusterObservability cluster", format!("/spec/resources/{agent}/{field}")),
        "operator.quantity",
        format!("`{text}` is no quantity"),
    )
    .with_fix("Write it like 512Mi or 500m".to_owned())
}

fn bytes(text: Option<&str>, agent: &str, default: u64) -> Result<u64, Problem> {
    let Some(text) = text else { return Ok(default) };
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let factor: u64 = match &text[digits..] {
        "" => 1,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        "k" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        _ => return Err(problem(agent, "memory", text)),
    };
    text[..digits].parse::<u64>().ok().and_then(|n| n.checked_mul(factor)).ok_or_else(|| problem(agent, "memory", text))
}

fn millis(text: Option<&str>, agent: &str, default: u64) -> Result<u64, Problem> {
    let Some(text) = text else { return Ok(default) };
    let value = match text.strip_suffix('m') {
        Some(millis) => millis.parse::<f64>().ok(),
        None => text.parse::<f64>().ok().map(|cores| cores * 1000.0),
    };
    value
        .filter(|value| value.is_finite() && (1.0..=1e7).contains(value))
        .map(|value| value.round() as u64)
        .ok_or_else(|| problem(agent, "cpu", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_kubernetes_reads_them() {
        assert_eq!(bytes(Some("512Mi"), "a", 0), Ok(512 << 20));
        assert_eq!(bytes(Some("1G"), "a", 0), Ok(1_000_000_000));
        assert_eq!(millis(Some("500m"), "a", 0), Ok(500));
        assert_eq!(millis(Some("1.5"), "a", 0), Ok(1500));
        assert!(bytes(Some("99999999999999999999Gi"), "a", 0).is_err());
        assert!(millis(Some("0"), "a", 0).is_err());
    }
}
