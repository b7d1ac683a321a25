//! Where a delivery may go: not into our own network. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;

/// Longest address.
const LONGEST: usize = 500;

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotATarget {
    #[error("not an address like https://example.org/hook, of at most {LONGEST} characters, without a name and a password in it")]
    Odd,
    #[error("an address that is not encrypted")]
    NotHttps,
    #[error("an address in a private network")]
    Private,
}

/// An address as it was typed, if deliveries may go there. `to_private` is for tests and for installations whose subscribers stand beside them.
pub fn parse(typed: &str, to_private: bool) -> Result<String, NotATarget> {
    let typed = typed.trim();
    if typed.len() > LONGEST || !typed.is_ascii() || typed.contains('#') {
        return Err(NotATarget::Odd);
    }
    let uri: Uri = typed.parse().map_err(|_| NotATarget::Odd)?;
    let authority = uri.authority().ok_or(NotATarget::Odd)?;
    let host = authority.host();
    if authority.as_str().contains('@') || host.is_empty() {
        return Err(NotATarget::Odd);
    }
    let scheme = match uri.scheme_str() {
        Some(scheme @ "https") => scheme,
        Some(scheme @ "http") if to_private => scheme,
        Some("http") => return Err(NotATarget::NotHttps),
        _ => return Err(NotATarget::Odd),
    };
    if !to_private && is_private_host(host) {
        return Err(NotATarget::Private);
    }
    // However the scheme was typed.
    Ok(format!("{scheme}{}", typed.get(scheme.len()..).unwrap_or_default()))
}

/// By its name alone; what a name stands for is judged when it is looked up.
fn is_private_host(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return !is_public(address);
    }
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    // A name of one word is one of our own network, and one that ends in a number is an address in disguise (0x7f.1, 2130706433).
    let last = name.rsplit('.').next().unwrap_or_default();
    !name.contains('.')
        || last.starts_with(|c: char| c.is_ascii_digit())
        || ["localhost", "local", "internal", "lan", "home", "arpa"].contains(&last)
}

/// Whether an address is one of the internet, and of no special kind.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(matches!(a, 0 | 10 | 127 | 224..=255)
        || (a == 100 && (64..=127).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..=31).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && matches!(c, 0 | 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && matches!(b, 18 | 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let v4 = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        // An IPv4 address in another dress: as mapped, by NAT64, by 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(v4(high, low)),
        [0x2002, high, low, ..] => is_public_v4(v4(high, low)),
        // Of what is given out (2000::/3) all but Teredo, benchmarks, ORCHID and examples.
        [0x2001, second, ..] => second >= 0x0200 && second != 0x0db8,
        [0x3fff, second, ..] => second >= 0x1000,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_encrypted_addresses_of_the_internet_are_taken() {
        for good in [
            "https://example.org/hook",
            " https://a.example.org:8443/x?y=1 ",
            "https://93.184.216.34/",
            "https://[2606:4700::1]/x",
        ] {
            assert!(parse(good, false).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", NotATarget::Odd),
            ("example.org/hook", NotATarget::Odd),
            ("ftp://example.org/", NotATarget::Odd),
            ("https://user:secret@example.org/", NotATarget::Odd),
            ("https://example.org/#x", NotATarget::Odd),
            ("https://exämple.org/", NotATarget::Odd),
            ("http://example.org/", NotATarget::NotHttps),
            ("https://localhost/", NotATarget::Private),
            ("https://LOCALHOST./", NotATarget::Private),
            ("https://database/", NotATarget::Private),
            ("https://printer.local/", NotATarget::Private),
            ("https://127.0.0.1/", NotATarget::Private),
            ("https://127.1/", NotATarget::Private),
            ("https://0x7f.1/", NotATarget::Private),
            ("https://2130706433/", NotATarget::Private),
            ("https://10.0.0.7/", NotATarget::Private),
            ("https://169.254.169.254/latest/meta-data", NotATarget::Private),
            ("https://[::1]/", NotATarget::Private),
            ("https://[::ffff:127.0.0.1]/", NotATarget::Private),
            ("https://[fd00::1]/", NotATarget::Private),
        ] {
            assert_eq!(parse(bad, false), Err(why), "{bad}");
        }
        assert_eq!(parse(&format!("https://example.org/{}", "x".repeat(500)), false), Err(NotATarget::Odd));
        assert_eq!(parse("HTTPS://Example.org/Hook", false).as_deref(), Ok("https://Example.org/Hook"));
        assert!(parse("http://127.0.0.1:9000/x", true).is_ok() && parse("https://u@h/", true).is_err());
    }

    #[test]
    fn addresses_of_special_kinds_are_not_public() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "3fff::1",
            "fc00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in
            ["1.1.1.1", "100.63.0.1", "172.32.0.1", "113.160.0.1", "2606:4700::1111", "2400:8901::1", "64:ff9b::101:101"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    proptest! {
        /// What the standard library calls private is private here, in each of its dresses.
        #[test]
        fn no_dress_hides_a_private_address(bits: u32) {
            let address = Ipv4Addr::from(bits);
            if address.is_private() || address.is_loopback() || address.is_link_local() || address.is_multicast() || address.is_unspecified() {
                prop_assert!(!is_public(IpAddr::V4(address)));
            }
            prop_assert_eq!(is_public(IpAddr::V6(address.to_ipv6_mapped())), is_public(IpAddr::V4(address)));
        }

        #[test]
        fn any_text_is_judged(typed in "\\PC{0,80}") {
            if let Ok(address) = parse(&typed, false) {
                prop_assert!(address.starts_with("https://"));
            }
        }
    }
}
