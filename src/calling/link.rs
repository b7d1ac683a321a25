//! The link by which somebody answers without logging in: it is signed, not stored. Whoever has no link of ours is sent away before the
//! database is asked; and the officer who helps by telephone sees the same link in the list.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::vault::Vault;

/// Bytes of the signature: nobody finds one by trying.
const SIGNED: usize = 16;

/// The links of one room: one of another room is of no use here.
#[derive(Debug, PartialEq, Eq)]
pub struct Links {
    /// What is signed, in a word of its own.
    pub signs: &'static str,
    /// Where the page stands; the portal serves it.
    pub at: &'static str,
}

impl Links {
    fn signature(&self, vault: &Vault, asked: Uuid) -> Vec<u8> {
        vault.hash(self.signs, asked.as_bytes()).into_iter().take(SIGNED).collect()
    }

    /// Path of the page of somebody who was asked.
    pub fn path(&self, vault: &Vault, asked: Uuid) -> String {
        let token = URL_SAFE_NO_PAD.encode([asked.as_bytes().as_slice(), &self.signature(vault, asked)].concat());
        format!("{}/{token}", self.at)
    }

    /// Who was asked by a link, if it is one of ours.
    pub fn read(&self, vault: &Vault, token: &str) -> Option<Uuid> {
        // What is longer is none, and is not decoded.
        let bytes = Some(token).filter(|token| token.len() == 43).and_then(|token| URL_SAFE_NO_PAD.decode(token).ok())?;
        let (id, signed) = bytes.split_at_checked(16)?;
        let asked = Uuid::from_slice(id).ok()?;
        // All of it is compared, wherever it differs first.
        let differs =
            self.signature(vault, asked).iter().zip(signed).fold(0, |differs, (ours, theirs)| differs | (ours ^ theirs));
        (differs == 0 && signed.len() == SIGNED).then_some(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::keys::VaultKeys;

    const LINKS: Links = Links { signs: "test.link", at: "/thu" };

    #[test]
    fn a_link_is_read_by_whoever_signed_it_and_changed_in_nothing() {
        let [ours, theirs] = [(); 2].map(|()| Vault::new(&VaultKeys::generate().unwrap()).unwrap());
        let asked = Uuid::new_v4();
        let path = LINKS.path(&ours, asked);
        let token = path.strip_prefix("/thu/").unwrap();
        assert_eq!((token.len(), LINKS.read(&ours, token)), (43, Some(asked)));
        assert_eq!(LINKS.read(&theirs, token), None);
        assert_eq!(Links { signs: "other.link", at: "/thu" }.read(&ours, token), None, "another room's");
        for n in 0..token.len() {
            let mut other: Vec<u8> = token.bytes().collect();
            other[n] = if other[n] == b'A' { b'B' } else { b'A' };
            assert_eq!(LINKS.read(&ours, std::str::from_utf8(&other).unwrap()), None, "{n}");
        }
        let other_lengths = ["", &token[1..], &format!("{token}A")].map(|token| LINKS.read(&ours, token));
        assert_eq!(other_lengths, [None, None, None]);
    }
}
