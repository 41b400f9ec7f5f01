//! What a meter says, as a page for people.

use serde_json::Value;

/// Head and table.
pub(super) fn page(summary: &Value, top: &Value, by: &str) -> String {
    format!("{}\n{}", head(summary), table(top, by))
}

fn head(summary: &Value) -> String {
    let cluster = summary["cluster"].as_str().filter(|name| !name.is_empty()).unwrap_or("(no name)");
    let missed = &summary["dropped_or_missed"];
    let requests: u64 =
        missed["requests"].as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum();
    let megabytes = |name: &str| summary["memory"][name].as_f64().unwrap_or(0.0) / f64::from(1 << 20);
    let mut text = format!(
        "cluster {cluster}, {}, since {}\nseries {} now, {} in the last hour, {} in the last day; {} new in the last hour\n",
        summary["mode"].as_str().unwrap_or_default(),
        summary["since"].as_str().unwrap_or_default(),
        number(&summary["series"]),
        number(&summary["last_hour"]),
        number(&summary["last_day"]),
        short(&summary["churn_per_hour"]),
    );
    text += &format!(
        "{} samples/s; {} metrics, {} teams; memory of counting {:.1} MiB of {:.1} MiB\n",
        short(&summary["samples_per_second"]),
        short(&summary["metrics"]),
        short(&summary["teams"]),
        megabytes("known_set_bytes") + megabytes("sketch_bytes"),
        megabytes("bound_bytes"),
    );
    if requests > 0 || missed["series"].as_u64() > Some(0) {
        text += &format!("NOT COUNTED: {requests} requests, {} series\n", short(&missed["series"]));
    }
    text
}

fn table(top: &Value, by: &str) -> String {
    let items: Vec<&Value> = top["items"].as_array().into_iter().flatten().collect();
    let mut rows: Vec<Vec<String>> = vec![];
    match by {
        "label" => {
            rows.push(["LABEL", "METRIC", "SERIES", "VALUES", "COSTS"].map(String::from).to_vec());
            rows.extend(items.iter().map(|item| {
                vec![
                    name(&item["name"]),
                    name(&item["metric"]),
                    number(&item["series"]),
                    number(&item["values"]),
                    number(&item["saves"]),
                ]
            }));
        }
        "label_value" => {
            rows.push(["VALUE", "SERIES"].map(String::from).to_vec());
            rows.extend(items.iter().map(|item| vec![name(&item["name"]), number(&item["series"])]));
        }
        _ => {
            rows.push(
                [&by.to_uppercase(), "SERIES", "LAST HOUR", "LAST DAY", "NEW/H", "SAMPLES/S"]
                    .map(String::from)
                    .to_vec(),
            );
            let beyond = [&top["other"], &top["total"]];
            for item in items.into_iter().chain(beyond.into_iter().filter(|row| !row.is_null())) {
                let mut row = vec![name(&item["name"])];
                row.extend(["series", "last_hour", "last_day"].map(|span| number(&item[span])));
                row.extend(["churn_per_hour", "samples_per_second"].map(|rate| short(&item[rate])));
                rows.push(row);
            }
        }
    }
    aligned(&rows)
}

/// The first column to the left, and texts; numbers to the right.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let left = column == 0 || rows[0][column] == "METRIC";
                let room = " ".repeat(widths[column] - cell.chars().count());
                if left { format!("{cell}{room}") } else { format!("{room}{cell}") }
            })
            .collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// A name without anything that could steer the terminal: whoever names a label is not trusted.
fn name(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    let shown: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(60).collect();
    match shown.is_empty() {
        true => "(none)".into(),
        false if text.chars().count() > 60 => format!("{shown}…"),
        false => shown,
    }
}

/// A number, with its error where it is estimated.
fn number(value: &Value) -> String {
    let count = grouped(value["value"].as_u64().unwrap_or(0));
    match value["exact"].as_bool() {
        Some(false) => format!("~{count} ±{}", grouped(value["standard_error"].as_f64().unwrap_or(0.0).ceil() as u64)),
        _ => count,
    }
}

fn short(value: &Value) -> String {
    grouped(value.as_f64().unwrap_or(0.0).round() as u64)
}

/// `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_shows_numbers_with_their_errors_and_no_control_characters() {
        let series = json!({"value": 1_234_567, "exact": true, "standard_error": 0.0});
        let guessed = json!({"value": 1_000, "exact": false, "standard_error": 4.1});
        let summary = json!({
            "cluster": "", "mode": "tap", "since": "2026-11-22T07:00:00Z", "series": series, "last_hour": series, "last_day": guessed,
            "churn_per_hour": 12.4, "samples_per_second": 99.6, "metrics": 3, "teams": 2,
            "memory": {"known_set_bytes": 1 << 20, "sketch_bytes": 0, "bound_bytes": 2 << 20},
            "dropped_or_missed": {"requests": {"meter.truncated": 2}, "series": 0},
        });
        let row = json!({"name": "evil\u{1b}[2J", "series": series, "last_hour": series, "last_day": guessed, "churn_per_hour": 0, "samples_per_second": 1});
        let page = page(&summary, &json!({"items": [row], "other": null, "total": null}), "metric");
        assert!(page.contains("series 1,234,567 now") && page.contains("~1,000 ±5"), "{page}");
        assert!(page.contains("NOT COUNTED: 2 requests") && page.contains("1.0 MiB of 2.0 MiB"), "{page}");
        assert!(page.contains("evil\u{fffd}[2J") && !page.contains('\u{1b}'), "{page}");
        assert_eq!(page.lines().filter(|line| line.starts_with("METRIC ")).count(), 1);
    }
}
