//! Which client a request comes from: the peer itself, or, when the peer is a proxy we trust, whoever the proxy names.
//!
//! `X-Forwarded-For` is a claim. It is read from its right end, where the nearest proxy wrote, and only as long as what
//! wrote it is trusted: everything further left may be invented by the client. With no trusted proxy configured the
//! header means nothing. Whoever comes through a trusted proxy is never this machine, whatever the header says: where it
//! says nothing we can read, all of them are one client, [`Client::Behind`].

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
pub enum Client {
    /// The peer of the connection, and nothing says that it only passes on.
    Peer(IpAddr),
    /// A connection without an address: a Unix socket.
    Socket,
    /// Named by a proxy we trust.
    Named(IpAddr),
    /// Behind a proxy we trust, which does not say who it is.
    Behind,
}

/// What is counted as one client: an IPv4 address, or the /64 that an IPv6 provider gives to one household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    V4(Ipv4Addr),
    V6([u16; 4]),
    Local,
    /// Everybody of whom a trusted proxy does not say who they are.
    Behind,
}

impl Client {
    pub fn of(request: &HttpRequest) -> Self {
        let trusted = request.app_data::<web::Data<TrustedProxies>>();
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        behind(peer, request.headers(), trusted.map_or(&[], |trusted| trusted.0.as_slice()))
    }

    /// The client's address, where it is known.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Client::Peer(address) | Client::Named(address) => Some(*address),
            Client::Socket | Client::Behind => None,
        }
    }

    pub fn network(&self) -> Network {
        match self {
            Client::Peer(IpAddr::V4(ip)) | Client::Named(IpAddr::V4(ip)) => Network::V4(*ip),
            Client::Peer(IpAddr::V6(ip)) | Client::Named(IpAddr::V6(ip)) => {
                let [a, b, c, d, ..] = ip.segments();
                Network::V6([a, b, c, d])
            }
            Client::Socket => Network::Local,
            Client::Behind => Network::Behind,
        }
    }

    /// On this machine: its operator, or a proxy nobody told us to trust and behind which everybody looks the same.
    pub fn is_local(&self) -> bool {
        match self {
            Client::Peer(address) => address.is_loopback(),
            Client::Socket => true,
            Client::Named(_) | Client::Behind => false,
        }
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
            Network::Behind => f.write_str("behind a proxy"),
        }
    }
}

/// Headers by which proxies say that a request is not their own, besides `X-Forwarded-…`.
const FORWARDING: [&str; 9] = [
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-forwarded-for",
    "true-client-ip",
    "cf-connecting-ip",
    "fastly-client-ip",
];

/// Whether anything says that somebody else than the peer asked.
pub fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| name.as_str().starts_with("x-forwarded-") || FORWARDING.contains(&name.as_str()))
}

/// The nearest address that is not a trusted proxy; where all of them are, the furthest one.
fn behind(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Client {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let Some(peer) = peer else {
        return Client::Socket;
    };
    if !is_trusted(&peer) || !is_forwarded(headers) {
        return Client::Peer(peer);
    }
    // Bytes, not text: a value with one odd byte in front still ends with what the nearest proxy wrote.
    let lines: Vec<&[u8]> = headers.get_all("x-forwarded-for").map(|line| line.as_bytes()).collect();
    let mut furthest = Client::Behind;
    for (hop, element) in lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b',')).enumerate() {
        match address(element) {
            Some(address) if hop < MOST_HOPS => {
                furthest = Client::Named(address);
                if !is_trusted(&address) {
                    return furthest;
                }
            }
            _ => return Client::Behind,
        }
    }
    furthest
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`, `fe80::1%eth0`.
fn address(element: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(element.trim_ascii()).ok()?;
    let is_port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let host = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(host)?
        }
        None => match text.split_once(':') {
            Some((host, port)) if is_port(port) && host.contains('.') => host,
            _ => text,
        },
    };
    // A zone says through which card of the proxy's machine somebody came, and nothing to us.
    let bare = host.split_once('%').map_or(host, |(address, _)| address);
    Some(bare.parse::<IpAddr>().ok()?.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    const PROXIES: [&str; 2] = ["127.0.0.0/8", "10.0.0.0/8"];

    fn client(peer: &str, headers: &[(&'static str, &[u8])], trusted: &[&str]) -> Client {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        behind(Some(peer.parse().unwrap()), &map, &trusted)
    }

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let lines: Vec<(&'static str, &[u8])> = forwarded.iter().map(|line| ("x-forwarded-for", line.as_bytes())).collect();
        let client = client(peer, &lines, trusted);
        client.address().map_or_else(|| client.network().to_string(), |address| address.to_string())
    }

    #[test]
    fn nobody_is_believed_unless_trusted() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"], &["127.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        assert_eq!(seen("127.0.0.1", &["10.9.9.9, 198.51.100.1"], &["127.0.0.0/8"]), "198.51.100.1");
        assert_eq!(seen("127.0.0.1", &["10.9.9.9", "198.51.100.1, 10.0.0.3"], &PROXIES), "198.51.100.1");
        assert_eq!(seen("127.0.0.1", &["nonsense,, 198.51.100.1,10.0.0.3"], &PROXIES), "198.51.100.1");
    }

    #[test]
    fn ports_brackets_zones_and_mapped_addresses_are_understood() {
        for (element, address) in [
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            ("[::ffff:198.51.100.1]:443", "198.51.100.1"),
            ("198.51.100.1:80", "198.51.100.1"),
            ("\t198.51.100.1 ", "198.51.100.1"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%25eth0]:80", "fe80::1"),
        ] {
            assert_eq!(seen("::1", &[element], &["::1/128"]), address, "{element}");
        }
    }

    #[test]
    fn whom_a_trusted_proxy_does_not_name_shares_a_bucket_and_is_never_this_machine() {
        let forwarded = |value: &'static [u8]| client("127.0.0.1", &[("x-forwarded-for", value)], &PROXIES);
        for odd in [
            &b""[..],
            b" ",
            b",",
            b"203.0.113.7,",
            b"203.0.113.7, ,",
            b"unknown",
            b"_hidden",
            b"203.0.113.7\xff",
            b"\xc3\xa9",
            b"203.0.113.7 198.51.100.1",
            b"[2001:db8::7",
            b"[2001:db8::7]x",
            b"198.51.100.1:",
            b"\"198.51.100.1\"",
            b"unknown, 10.0.0.3",
        ] {
            assert_eq!(forwarded(odd), Client::Behind, "{odd:?}");
        }
        assert_eq!((Client::Behind.network(), Client::Behind.is_local()), (Network::Behind, false));
        // One odd byte further left is the client's own affair.
        assert_eq!(forwarded(b"\xff\xfe, 203.0.113.7"), Client::Named("203.0.113.7".parse().unwrap()));
        // What is named is not this machine, even if it says so.
        for own in [&b"127.0.0.1"[..], b"::1", b"::ffff:127.0.0.1"] {
            assert!(!forwarded(own).is_local(), "{own:?}");
        }
        let many = [b"10.0.0.1".as_slice(); 40].join(&b","[..]);
        assert_eq!(client("127.0.0.1", &[("x-forwarded-for", &many)], &PROXIES), Client::Behind);
        // Other headers name nobody to us, but say that the proxy passes on.
        for name in ["forwarded", "x-real-ip", "via", "x-forwarded-proto"] {
            assert_eq!(client("127.0.0.1", &[(name, b"203.0.113.7")], &PROXIES), Client::Behind, "{name}");
        }
        let both = [("forwarded", &b"for=127.0.0.1"[..]), ("x-forwarded-for", b"203.0.113.7")];
        assert_eq!(client("127.0.0.1", &both, &PROXIES), Client::Named("203.0.113.7".parse().unwrap()));
        // Without any of them it is the machine that the proxy runs on.
        assert_eq!(client("127.0.0.1", &[], &PROXIES), Client::Peer("127.0.0.1".parse().unwrap()));
        assert!(client("127.0.0.1", &[], &PROXIES).is_local() && !client("10.0.0.1", &[], &PROXIES).is_local());
    }

    #[test]
    fn where_all_are_trusted_the_furthest_counts() {
        assert_eq!(seen("127.0.0.1", &["10.0.0.1"], &PROXIES), "10.0.0.1");
        assert_eq!(seen("127.0.0.1", &["10.0.0.2", "10.0.0.1"], &PROXIES), "10.0.0.2");
    }

    #[test]
    fn a_household_is_one_client() {
        let network = |text: &str| Client::Peer(text.parse().unwrap()).network();
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("2001:db8:1:2::1").to_string(), "2001:db8:1:2::/64");
    }
}
