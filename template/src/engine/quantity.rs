//! Kubernetes quantities as bytes.

/// Bytes that a quantity such as `512Mi`, `1.5G`, `1e9` or `2048` stands for, rounded up; none where it is none, or
/// does not fit 64 bits.
pub(super) fn to_bytes(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, suffix) = text.split_at(end);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || fraction.len() > 18 || whole.len() > 20 {
        return None;
    }
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = 10u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let (factor, divisor) = match suffix {
        "" => (1, 1),
        "m" => (1, 1_000),
        "k" => (1_000, 1),
        "M" => (1_000_000, 1),
        "G" => (1_000_000_000, 1),
        "T" => (1_000_000_000_000, 1),
        "P" => (1_000_000_000_000_000, 1),
        "E" => (1_000_000_000_000_000_000, 1),
        "Ki" => (1 << 10, 1),
        "Mi" => (1 << 20, 1),
        "Gi" => (1 << 30, 1),
        "Ti" => (1 << 40, 1),
        "Pi" => (1 << 50, 1),
        "Ei" => (1u128 << 60, 1),
        _ => {
            let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            let power = 10u128.checked_pow(exponent.unsigned_abs())?;
            if exponent < 0 { (1, power) } else { (power, 1) }
        }
    };
    let bytes = digits.checked_mul(factor)?.div_ceil(scale.checked_mul(divisor)?);
    u64::try_from(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::to_bytes;

    #[test]
    fn quantities_become_bytes() {
        for (text, bytes) in [
            ("512Mi", Some(536_870_912)),
            ("1.5Gi", Some(1_610_612_736)),
            ("0.1Ki", Some(103)),
            ("2048", Some(2048)),
            ("1e3", Some(1000)),
            ("1E", Some(1_000_000_000_000_000_000)),
            ("1500m", Some(2)),
            (".5k", Some(500)),
            ("16Ei", None),
            ("", None),
            (".", None),
            ("1.2.3", None),
            ("-1", None),
            ("1Mib", None),
            ("9e99999", None),
            ("é", None),
        ] {
            assert_eq!(to_bytes(text), bytes, "{text}");
        }
    }
}
