//! Links that are signed and not stored: the page of one record, for whoever it is of. Whoever has no link of ours is sent away before the
//! database is asked; and an officer who helps by telephone sees the same link in a list. What it opens, and until when, says the record.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::vault::Vault;

/// Bytes of the signature: nobody finds one by trying.
const SIGNED: usize = 16;
/// Characters of a token.
const LENGTH: usize = 43;

/// Links to one kind of record.
#[derive(Debug, Clone, Copy)]
pub struct Signed {
    /// Keeps signatures of different kinds apart; never changed, or links that people have open nothing any more.
    pub purpose: &'static str,
    /// Where the page stands; the portal serves it.
    pub at: &'static str,
}

impl Signed {
    fn signature(&self, vault: &Vault, record: Uuid) -> Vec<u8> {
        vault.hash(self.purpose, record.as_bytes()).into_iter().take(SIGNED).collect()
    }

    /// Path of the page of a record.
    pub fn path(&self, vault: &Vault, record: Uuid) -> String {
        let token = URL_SAFE_NO_PAD.encode([record.as_bytes().as_slice(), &self.signature(vault, record)].concat());
        format!("{}/{token}", self.at)
    }

    /// Which record a link opens, if it is one of ours.
    pub fn read(&self, vault: &Vault, token: &str) -> Option<Uuid> {
        // What is longer is none, and is not decoded.
        let bytes = Some(token).filter(|token| token.len() == LENGTH).and_then(|token| URL_SAFE_NO_PAD.decode(token).ok())?;
        let (id, signed) = bytes.split_at_checked(16)?;
        let record = Uuid::from_slice(id).ok()?;
        // All of it is compared, wherever it differs first.
        let ours = self.signature(vault, record);
        let differs = ours.iter().zip(signed).fold(0, |differs, (ours, theirs)| differs | (ours ^ theirs));
        (differs == 0 && signed.len() == SIGNED).then_some(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::keys::VaultKeys;

    const LINK: Signed = Signed { purpose: "some.link", at: "/trang" };
    const OTHER: Signed = Signed { purpose: "other.link", at: "/trang" };

    #[test]
    fn a_link_is_read_by_whoever_signed_it_and_changed_in_nothing() {
        let [ours, theirs] = [(); 2].map(|()| Vault::new(&VaultKeys::generate().unwrap()).unwrap());
        let record = Uuid::new_v4();
        let path = LINK.path(&ours, record);
        let token = path.strip_prefix("/trang/").unwrap();
        assert_eq!((token.len(), LINK.read(&ours, token)), (LENGTH, Some(record)));
        assert_eq!((LINK.read(&theirs, token), OTHER.read(&ours, token)), (None, None));
        for n in 0..token.len() {
            let mut other: Vec<u8> = token.bytes().collect();
            other[n] = if other[n] == b'A' { b'B' } else { b'A' };
            assert_eq!(LINK.read(&ours, std::str::from_utf8(&other).unwrap()), None, "{n}");
        }
        for other in ["", &token[1..], &format!("{token}A")] {
            assert_eq!(LINK.read(&ours, other), None, "{other}");
        }
    }
}
