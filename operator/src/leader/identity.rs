//! The name under which one process competes: new at each start, so that A→B→A tells two operators apart.

use rand::Rng;

/// `pod name_ten hex digits`, such as `flagstaff-operator-5c9f7-x2x4d_0a1b2c3d4e`.
pub fn identity() -> String {
    let host = std::env::var("HOSTNAME")
        .ok()
        .or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok())
        .map(|name| name.trim().chars().take(200).collect::<String>())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "operator".to_owned());
    format!("{host}_{:010x}", rand::rng().random_range(0..1_u64 << 40))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_starts_have_two_names() {
        let (one, two) = (identity(), identity());
        assert_ne!(one, two);
        assert_eq!(one.rsplit('_').next().map(str::len), Some(10), "{one}");
    }
}
