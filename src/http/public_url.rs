//! Where the public reaches this installation: what stands in QR codes and on paper, and so cannot be taken back.

use std::net::SocketAddr;

use crate::basics::{PublicCode, hex};

/// As much of a leaf's hash as stands in an address: 64 bits, so that nobody finds another leaf that begins the same.
const LEAF_BYTES: usize = 8;

/// The public's address of this installation, e.g. `https://so.redcross.org.vn`; no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

/// Not an address that can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPublicUrl {
    #[error("not an address like https://example.org, of at most 120 characters")]
    Odd,
    /// Links in pages begin at the root of their host (decision 72).
    #[error("an address with a path: pages, log and API link to the root of their host, so give them a host of their own")]
    HasPath,
}

impl PublicUrl {
    /// Reads an http(s) address with a host and perhaps a port; nothing behind it.
    pub fn parse(text: &str) -> Result<Self, NotAPublicUrl> {
        let text = text.trim().trim_end_matches('/');
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(NotAPublicUrl::Odd)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]%".contains(c);
        let has_host = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
        if !has_host || text.len() > 120 || !rest.chars().all(plain) {
            return Err(NotAPublicUrl::Odd);
        }
        if rest.contains('/') {
            return Err(NotAPublicUrl::HasPath);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address one listens on: good for trying things out on one machine.
    pub fn of_listener(address: SocketAddr) -> Self {
        Self(format!("http://{address}"))
    }

    /// The name of the log that is published under this address: the address of the log without its scheme.
    pub fn log_origin(&self) -> String {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        format!("{rest}/log")
    }

    /// Where an entry is shown to everybody, as it stands in QR codes and on paper: with the beginning of its leaf's hash, in
    /// hexadecimal, so that whoever scans an old paper sees at once whether the entry is still the one that was printed.
    /// The one place that knows. (Its place in the log does not stand there: it is given after the entry was booked, and
    /// a receipt may be printed before.)
    pub fn entry(&self, code: &PublicCode, leaf_hash: &[u8]) -> String {
        let beginning = hex(leaf_hash.get(..LEAF_BYTES).unwrap_or(leaf_hash));
        format!("{}/g/{}?h={beginning}", self.0, code.as_str())
    }

    /// The address of a page of the portal, by its path.
    pub fn page(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_nothing_odd() {
        for good in ["https://so.redcross.org.vn", "http://127.0.0.1:8080", "https://a.vn/", "http://[::1]:8080"] {
            assert!(PublicUrl::parse(good).is_ok(), "{good}");
        }
        let long = format!("https://{}.vn", "a".repeat(120));
        for bad in [
            "",
            "so.redcross.org.vn",
            "https://",
            "https:///x",
            "ftp://a.vn",
            "https://a.vn/?q=1",
            "https://a.vn/#x",
            "https://a vn",
            "https://á.vn",
            "javascript:alert(1)",
            "https://u@a.vn",
            &long,
        ] {
            assert_eq!(PublicUrl::parse(bad), Err(NotAPublicUrl::Odd), "{bad}");
        }
        for deep in ["https://a.vn/so", "https://a.vn/so/", "http://127.0.0.1:8080//x"] {
            assert_eq!(PublicUrl::parse(deep), Err(NotAPublicUrl::HasPath), "{deep}");
        }
        let code = PublicCode::random().unwrap();
        let url = PublicUrl::parse("https://so.a.vn/").unwrap().entry(&code, &[0xab; 32]);
        assert_eq!(PublicUrl::parse("https://so.a.vn").unwrap().log_origin(), "so.a.vn/log");
        assert_eq!(url, format!("https://so.a.vn/g/{}?h=abababababababab", code.as_str()));
    }
}
