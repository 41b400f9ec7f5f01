//! Numbers for people.

/// A value with its unit: three digits that count, and thousands set apart.
pub fn value(value: f64, unit: &str) -> String {
    let number = number(value);
    if unit.is_empty() { number } else { format!("{number} {unit}") }
}

/// Three digits that count; whole numbers as they are.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if value.fract() == 0.0 || size >= 100.0 {
        thousands(value)
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else if size >= 1.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.3}")
    }
}

/// `4812` as `4,812`.
pub fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = if value < 0.0 && digits != "0" { "-".to_owned() } else { String::new() };
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
    use super::*;

    #[test]
    fn three_digits_count() {
        let shown = [0.0, 0.0123, 1.2345, 12.345, 123.45, 12345.6, 50.0, -1.5, -0.2].map(number);
        assert_eq!(shown, ["0", "0.012", "1.23", "12.3", "123", "12,346", "50", "-1.50", "-0.200"]);
        assert_eq!((value(1.5, "s").as_str(), value(50.0, "").as_str()), ("1.50 s", "50"));
    }
}
