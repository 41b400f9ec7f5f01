//! Tables for people: as wide as what is in them.

use std::io::{self, Write};

use serde_json::Value;

/// Writes a table, its columns parted by two spaces.
pub fn write<const N: usize>(out: &mut dyn Write, head: [&str; N], rows: &[[String; N]]) -> io::Result<()> {
    let head = head.map(str::to_owned);
    let mut widths = [0; N];
    for row in std::iter::once(&head).chain(rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in std::iter::once(&head).chain(rows) {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

/// A count for people, `–` where it is not known.
pub fn count(value: &Value) -> String {
    let Some(number) = value.as_u64() else { return "–".into() };
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// A text for people, `–` where there is none.
pub fn text(value: &Value) -> String {
    match value.as_str() {
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => "–".to_owned(),
    }
}

/// A time without parts of seconds, `–` where there is none.
pub fn time(value: &Value) -> String {
    let text = text(value);
    match text.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_is_in_them() {
        let mut out = vec![];
        let rows = [["shop-eu-1".to_owned(), "é".to_owned()], ["x".to_owned(), String::new()]];
        write(&mut out, ["NAME", "STATE"], &rows).expect("written");
        assert_eq!(String::from_utf8(out).expect("text"), "NAME       STATE\nshop-eu-1  é\nx\n");
    }

    #[test]
    fn what_is_not_known_is_not_zero() {
        assert_eq!(count(&Value::Null), "–");
        assert_eq!(
            (count(&json!(0)), count(&json!(1_234_567)), count(&json!(838))),
            ("0".into(), "1,234,567".into(), "838".into())
        );
        assert_eq!(time(&json!("2026-11-22T03:00:00.123Z")), "2026-11-22T03:00:00Z");
        assert_eq!(time(&json!("2026-11-22T03:00:00Z")), "2026-11-22T03:00:00Z");
    }
}
