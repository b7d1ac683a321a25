//! Which client a request comes from: the peer itself, or, when the peer is a proxy we trust, whoever the proxy names.
//!
//! `X-Forwarded-For` is a claim. It is read from its right end, where the nearest proxy wrote, and only as long as what
//! wrote it is trusted: everything further left may be invented by the client. With no trusted proxy configured the
//! header means nothing.

use std::fmt;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};

use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use ipnet::IpNet;

use super::problem::Problem;

/// Proxies whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(pub Vec<IpNet>);

/// Entries of `X-Forwarded-For` that are looked at: more hops than anybody has.
const MOST_HOPS: usize = 16;

/// Whoever sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// The client's address; `None` when the connection has none (a Unix socket).
    pub address: Option<IpAddr>,
}

/// What is counted as one client: an IPv4 address, or the /64 that an IPv6 provider gives to one household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    V4(Ipv4Addr),
    V6([u16; 4]),
    Local,
}

impl Client {
    pub fn of(request: &HttpRequest) -> Self {
        let trusted = request.app_data::<web::Data<TrustedProxies>>();
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        Self { address: behind(peer, request.headers(), trusted.map_or(&[], |trusted| trusted.0.as_slice())) }
    }

    pub fn network(&self) -> Network {
        match self.address {
            Some(IpAddr::V4(ip)) => Network::V4(ip),
            Some(IpAddr::V6(ip)) => {
                let [a, b, c, d, ..] = ip.segments();
                Network::V6([a, b, c, d])
            }
            None => Network::Local,
        }
    }

    /// On this machine: its operator, or a proxy nobody told us to trust and behind which everybody looks the same.
    pub fn is_local(&self) -> bool {
        self.address.is_none_or(|address| address.is_loopback())
    }
}

impl FromRequest for Client {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Client::of(request)))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Network::V4(ip) => ip.fmt(f),
            Network::V6([a, b, c, d]) => write!(f, "{a:x}:{b:x}:{c:x}:{d:x}::/64"),
            Network::Local => f.write_str("local"),
        }
    }
}

/// The nearest address that is not a trusted proxy; where all of them are, the furthest one.
fn behind(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut nearest = peer?;
    if !is_trusted(&nearest) {
        return Some(nearest);
    }
    let lines = headers.get_all("x-forwarded-for").filter_map(|line| line.to_str().ok());
    let named: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    for text in named.iter().rev().take(MOST_HOPS) {
        let Some(address) = address(text.trim()) else {
            break;
        };
        nearest = address;
        if !is_trusted(&nearest) {
            break;
        }
    }
    Some(nearest)
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let parsed = bare.parse::<IpAddr>().or_else(|_| text.parse::<std::net::SocketAddr>().map(|with_port| with_port.ip()));
    parsed.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_str(line).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        behind(Some(peer.parse().unwrap()), &headers, &trusted).unwrap().to_string()
    }

    #[test]
    fn nobody_is_believed_unless_trusted() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &["127.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        assert_eq!(seen("127.0.0.1", &["10.9.9.9, 198.51.100.1"], &["127.0.0.0/8"]), "198.51.100.1");
        assert_eq!(seen("127.0.0.1", &["10.9.9.9", "198.51.100.1, 10.0.0.3"], &["127.0.0.0/8", "10.0.0.0/8"]), "198.51.100.1");
    }

    #[test]
    fn nonsense_ends_the_walk_at_the_last_known_hop() {
        assert_eq!(seen("127.0.0.1", &["198.51.100.1, nonsense"], &["127.0.0.0/8"]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &[], &["127.0.0.0/8"]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &["10.0.0.1"], &["127.0.0.0/8", "10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_understood() {
        assert_eq!(seen("::1", &["[2001:db8::7]:4711"], &["::1/128"]), "2001:db8::7");
        assert_eq!(seen("::1", &["[2001:db8::7]"], &["::1/128"]), "2001:db8::7");
        assert_eq!(seen("::1", &["::ffff:198.51.100.1"], &["::1/128"]), "198.51.100.1");
        assert_eq!(seen("::1", &["198.51.100.1:80"], &["::1/128"]), "198.51.100.1");
    }

    #[test]
    fn a_household_is_one_client() {
        let network = |text: &str| Client { address: Some(text.parse().unwrap()) }.network();
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("2001:db8:1:2::1").to_string(), "2001:db8:1:2::/64");
    }
}
