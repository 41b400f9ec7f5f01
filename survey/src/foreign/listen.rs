//! Reads listen addresses as exporters spell them: `:9100`, `0.0.0.0:9100`, `[$(HOST_IP)]:9100`, `127.0.0.1:9100`.

/// The port at the end of an address.
pub fn port(address: &str) -> Option<u16> {
    let address = address.trim_matches(['"', '\'']);
    address.rsplit_once(':').map_or(address, |(_, port)| port).parse().ok().filter(|port| *port != 0)
}

/// Whether an address, with or without a port, is reached from its own pod or node only.
pub fn is_loopback(address: &str) -> bool {
    let address = address.trim_matches(['"', '\'']);
    let host = match address.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() && !host.ends_with(':') => host,
        _ => address,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(":9100", Some(9100), false)]
    #[case("0.0.0.0:9101", Some(9101), false)]
    #[case("[$(HOST_IP)]:9100", Some(9100), false)]
    #[case("127.0.0.1:9100", Some(9100), true)]
    #[case("[::1]:9100", Some(9100), true)]
    #[case("localhost:8081", Some(8081), true)]
    #[case("127.0.0.1", None, true)]
    #[case("::1", Some(1), true)]
    #[case("8080", Some(8080), false)]
    #[case("$(IP):$(PORT)", None, false)]
    #[case(":0", None, false)]
    #[case("", None, false)]
    fn addresses(#[case] address: &str, #[case] wanted: Option<u16>, #[case] loopback: bool) {
        assert_eq!(port(address), wanted);
        assert_eq!(is_loopback(address), loopback);
    }
}
