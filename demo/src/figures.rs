//! What is measured: asked of the stores, never typed in.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::folder::State;

/// Figures of one moment.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Series of this cluster that had a sample within five minutes.
    pub series: f64,
    /// Targets whose last scrape failed.
    pub down: f64,
    /// Targets that are scraped.
    pub targets: f64,
    /// Rules that Prometheus evaluates.
    pub rules: usize,
    /// Rules whose last evaluation failed.
    pub failing: usize,
    /// Log lines of the last five minutes.
    pub lines: f64,
}

/// Asks Prometheus and Loki.
pub async fn ask(prometheus: &str, loki: &str) -> Result<Figures> {
    let client = reqwest::Client::builder().no_proxy().timeout(std::time::Duration::from_secs(10)).build()?;
    let number = async |base: &str, path: &str, query: &str| -> Result<f64> {
        let url = reqwest::Url::parse_with_params(&format!("{base}{path}"), [("query", query)])?;
        let answer: Value =
            client.get(url).send().await.with_context(|| format!("ask {base}"))?.error_for_status()?.json().await?;
        let value = answer.pointer("/data/result/0/value/1").and_then(Value::as_str).unwrap_or("0");
        value.parse().with_context(|| format!("read the answer to {query}"))
    };
    let rules: Value =
        client.get(format!("{prometheus}/api/v1/rules")).send().await?.error_for_status()?.json().await?;
    let rules: Vec<&Value> = rules
        .pointer("/data/groups")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .flat_map(|group| group["rules"].as_array().into_iter().flatten())
        .collect();
    Ok(Figures {
        series: number(prometheus, "/api/v1/query", "count({cluster=\"demo\"})").await?,
        down: number(prometheus, "/api/v1/query", "count(up{cluster=\"demo\"} == 0)").await?,
        targets: number(prometheus, "/api/v1/query", "count(up{cluster=\"demo\"})").await?,
        lines: number(loki, "/loki/api/v1/query", "sum(count_over_time({cluster=\"demo\"}[5m]))").await?,
        rules: rules.len(),
        failing: rules.iter().filter(|rule| rule["health"] == "err").count(),
    })
}

/// The lines of `make demo-status`.
pub async fn now(state: &State) -> Result<Vec<String>> {
    let figures = ask(&state.prometheus, &state.loki).await?;
    Ok(vec![
        format!(
            "{} series, {} targets ({} down), {} rules ({} failing), {} log lines in 5 min",
            thousands(figures.series),
            figures.targets,
            figures.down,
            figures.rules,
            figures.failing,
            thousands(figures.lines)
        ),
        addresses(state),
    ])
}

/// The line with the addresses.
pub fn addresses(state: &State) -> String {
    format!(
        "Prometheus  {}   Loki  {}   Alertmanager  {}   kubectl: eval \"$(make -s demo-env)\"",
        state.prometheus, state.loki, state.alertmanager
    )
}

/// `4812` as `4,812`.
pub fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [thousands(7.0), thousands(812.0), thousands(4812.0), thousands(1_234_567.0)],
            ["7", "812", "4,812", "1,234,567"]
        );
    }
}
