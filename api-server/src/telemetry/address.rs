//! Which addresses a store or a webhook may have: those where clouds keep their machines' credentials are never called, whatever name leads there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use futures::future::BoxFuture;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Names become addresses by this.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Resolves names at each connection, and leaves out what may not be called: a name that is changed after it was checked gains nothing.
#[derive(Clone)]
pub struct Addresses {
    allow_link_local: bool,
    lookup: Lookup,
}

/// A name whose addresses may not be called.
#[derive(Debug, thiserror::Error)]
#[error("{0} is a link-local or metadata address")]
pub(crate) struct Refused(pub(crate) IpAddr);

impl Addresses {
    /// By the system's resolver.
    pub fn new(allow_link_local: bool) -> Self {
        let lookup: Lookup =
            Arc::new(|name| Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.collect()) }));
        Self { allow_link_local, lookup }
    }

    /// By a resolver of one's own.
    #[cfg(test)]
    pub(super) fn by(lookup: Lookup) -> Self {
        Self { allow_link_local: false, lookup }
    }

    /// The address as it stands in a URL, where it is none that may be called. Names are looked at when they are resolved.
    pub(crate) fn refused(&self, url: &Url) -> Option<IpAddr> {
        let literal = match url.host()? {
            url::Host::Ipv4(ip) => IpAddr::V4(ip),
            url::Host::Ipv6(ip) => IpAddr::V6(ip),
            url::Host::Domain(_) => return None,
        };
        (!self.allow_link_local && is_refused(literal)).then_some(literal)
    }
}

impl Resolve for Addresses {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let found = (this.lookup)(name.as_str().to_owned()).await?;
            let refused = found.iter().find(|one| !this.allow_link_local && is_refused(one.ip())).map(SocketAddr::ip);
            match refused {
                // One that is not is no excuse for one that is.
                Some(ip) => Err(Refused(ip).into()),
                None => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

/// Addresses of clouds' metadata that are not link-local.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0x0ce, 0, 0, 0, 0, 0, 0x254)];

fn is_refused(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_link_local()
                || ip.is_unspecified()
                || ip.octets()[0] == 0
                || ip.is_broadcast()
                || ip.is_multicast()
                || METADATA_V4.contains(&ip)
        }
        IpAddr::V6(ip) => {
            let parts = ip.segments();
            // An IPv4 address in the clothes of an IPv6 one: mapped, compatible, NAT64, 6to4.
            let inner = match parts {
                [0, 0, 0, 0, 0, 0xffff | 0, high, low] | [0x64, 0xff9b, .., high, low] => Some((high, low)),
                [0x2002, high, low, ..] => Some((high, low)),
                _ => None,
            };
            let [high, low] = inner.map_or([[0; 2]; 2], |(high, low)| [high.to_be_bytes(), low.to_be_bytes()]);
            let inner = inner.map(|_| Ipv4Addr::new(high[0], high[1], low[0], low[1]));
            let loopback = ip.is_loopback();
            parts[0] & 0xffc0 == 0xfe80
                || ip.is_unspecified()
                || ip.is_multicast()
                || METADATA_V6.contains(&ip)
                || (!loopback && inner.is_some_and(|inner| is_refused(IpAddr::V4(inner))))
        }
    }
}

/// A URL that a store may have: what is wrong with another one, as a sentence.
pub fn check_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("url is no URL: {error}."))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err("url has to begin with https:// or http:// and name a host.".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("url may not hold a user or password: they would be shown. Choose an authentication.".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("url may not hold a query or a fragment; it is the base of the store's API.".into());
    }
    let path = url.path().trim_end_matches('/');
    for (ending, what) in [
        ("/api/v1/write", "samples are written to"),
        ("/api/v1/push", "data is pushed to"),
        ("/api/v1/query", "single queries go to"),
        ("/api/v1/query_range", "single queries go to"),
    ] {
        if path.ends_with(ending) {
            return Err(format!("url is where {what}; leave its end {ending} out: the hub adds what it asks for."));
        }
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_refused_in_every_spelling() {
        let addresses = Addresses::new(false);
        for text in [
            "http://169.254.169.254/",
            "http://2852039166/",
            "http://0xa9fea9fe/",
            "http://0251.0376.0251.0376/",
            "http://[::ffff:169.254.169.254]/",
            "http://[::169.254.169.254]/",
            "http://[64:ff9b::a9fe:a9fe]/",
            "http://[2002:a9fe:a9fe::1]/",
            "http://[fe80::1]/",
            "http://[fd00:ec2::254]/",
            "http://100.100.100.200/",
            "http://168.63.129.16/",
            "http://0.0.0.0/",
            "http://[::]/",
            "http://224.0.0.1/",
        ] {
            let url = check_url(text).expect(text);
            assert!(addresses.refused(&url).is_some(), "{text}");
            assert!(Addresses::new(true).refused(&url).is_none(), "{text}");
        }
        for text in
            ["http://127.0.0.1:9090", "http://[::1]:9090", "http://10.0.0.1", "http://[fd12::1]", "http://8.8.8.8"]
        {
            assert!(addresses.refused(&check_url(text).expect(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn a_url_is_a_base_and_holds_no_secret() {
        for wrong in [
            "",
            "prometheus:9090",
            "ftp://a",
            "http://",
            "http://a:b@c",
            "http://a@c",
            "http://a?x=1",
            "http://a#x",
            "http://mimir/api/v1/push",
            "http://a/api/v1/write/",
            "http://loki/loki/api/v1/push",
        ] {
            assert!(check_url(wrong).is_err(), "{wrong}");
        }
        for right in ["https://mimir.example.org/prometheus", "http://prometheus:9090/", "http://[::1]:3100"] {
            assert!(check_url(right).is_ok(), "{right}");
        }
    }

    #[tokio::test]
    async fn a_name_is_looked_at_when_it_is_called() {
        let answers = |ips: Vec<IpAddr>| {
            Addresses::by(Arc::new(move |_| {
                let found = ips.iter().map(|ip| SocketAddr::new(*ip, 0)).collect();
                Box::pin(async move { Ok(found) })
            }))
        };
        let bad: IpAddr = Ipv4Addr::new(169, 254, 169, 254).into();
        let good: IpAddr = Ipv4Addr::LOCALHOST.into();
        let name = || "rebound.example.org".parse::<Name>().expect("a name");
        for mixed in [vec![bad], vec![good, bad]] {
            assert!(answers(mixed).resolve(name()).await.is_err());
        }
        assert_eq!(answers(vec![good]).resolve(name()).await.expect("resolved").count(), 1);
    }
}
