//! Refresh tokens: what they look like, and which one of a session is good when.
//!
//! Every refresh hands out a new token. A phone on a train may never receive it; it then sends the old one again and
//! goes on. A thief who copied an old token must not go on. Both follow from one rule: *a token is good as long as every
//! token used before it lies on the way to it*. So the predecessor stays good until one of its successors is used, two
//! requests that cross both get a good successor, and whatever is used after that on another branch ends the session.
//!
//! Two tabs of one browser often refresh in the same moment with the same token. If each got a successor of its own, the next refresh of the one
//! would end the session of the other. So within [`SAME_BRANCH`] of a token's first use, whoever presents it again is answered with
//! the *same* successor: the tabs stay one branch. Nothing is stored for that, since a successor follows from the token, from when it was used and from
//! our key. A thief gains nothing that lasts: to stay unnoticed, they would have to present each token within those seconds *after* its
//! owner; whoever is first, or later, makes a branch, and the first of the two branches that goes on ends the other.
//!
//! A token names its session and carries a tag of ours, so that a token we did issue long ago is told apart from
//! anything made up without keeping a list of all of them. Only keyed hashes of living tokens are stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::vault::Vault;

/// Unused successors remembered at a time; the oldest is forgotten first.
pub const MAX_UNUSED: usize = 8;

/// Uses of one token within this time of the first are those of one client.
pub const SAME_BRANCH: Duration = Duration::seconds(10);

const SECRET_LEN: usize = 24;
const TAG_LEN: usize = 16;
const LEN: usize = 16 + SECRET_LEN + TAG_LEN;

/// The keyed hash under which a token is known.
pub fn hash(vault: &Vault, token: &str) -> Vec<u8> {
    vault.hash("session.refresh", token.as_bytes()).to_vec()
}

fn tag(vault: &Vault, body: &[u8]) -> Vec<u8> {
    vault.hash("session.refresh.tag", body)[..TAG_LEN].to_vec()
}

/// A fresh token of a session.
pub fn issue(vault: &Vault, session: Uuid) -> Result<String, getrandom::Error> {
    let mut secret = [0u8; SECRET_LEN];
    getrandom::fill(&mut secret)?;
    Ok(written(vault, session, &secret))
}

/// The token that follows `token` when it is used at `at`: always the same, and known to nobody without our key.
pub fn successor(vault: &Vault, session: Uuid, token: &str, at: DateTime<Utc>) -> String {
    let used = [session.as_bytes().as_slice(), &at.timestamp_micros().to_be_bytes(), token.as_bytes()].concat();
    written(vault, session, &vault.hash("session.refresh.next", &used)[..SECRET_LEN])
}

fn written(vault: &Vault, session: Uuid, secret: &[u8]) -> String {
    let body = [session.as_bytes().as_slice(), secret].concat();
    URL_SAFE_NO_PAD.encode([body.as_slice(), &tag(vault, &body)].concat())
}

/// The session a token was issued for, if we issued it. Tokens from before there were tags have none.
pub fn session_of(vault: &Vault, token: &str) -> Option<Uuid> {
    if token.len() > 2 * LEN {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == LEN)?;
    let (body, theirs) = bytes.split_at_checked(LEN - TAG_LEN)?;
    // Hashed once more, so that comparing takes the same time whatever the bytes are.
    let again = |bytes: &[u8]| vault.hash("session.refresh.compare", bytes);
    if again(theirs) != again(&tag(vault, body)) {
        return None;
    }
    Uuid::from_slice(body.get(..16)?).ok()
}

/// What a session remembers of its tokens, as hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The last token that was used.
    pub previous: Option<Vec<u8>>,
    /// Tokens issued for it and never used, the newest last; never empty.
    pub unused: Vec<Vec<u8>>,
}

impl Chain {
    /// Whether `presented` was the last token used and `next` is the newest that followed from it.
    pub fn has_just_answered(&self, presented: &[u8], next: &[u8]) -> bool {
        self.previous.as_deref() == Some(presented) && self.unused.last().is_some_and(|newest| newest == next)
    }

    /// A token is presented and answered with `fresh`. `None` when it is stale: the session must end.
    pub fn present(&self, presented: &[u8], fresh: Vec<u8>) -> Option<Chain> {
        if self.unused.iter().any(|known| known == presented) {
            return Some(Chain { previous: Some(presented.to_vec()), unused: vec![fresh] });
        }
        if self.previous.as_deref() != Some(presented) {
            return None;
        }
        let mut unused = self.unused.clone();
        unused.push(fresh);
        let too_many = unused.len().saturating_sub(MAX_UNUSED);
        Some(Chain { previous: self.previous.clone(), unused: unused.split_off(too_many) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::VaultKeys;
    use proptest::prelude::*;

    #[test]
    fn a_token_is_ours_in_every_bit_or_not_at_all() {
        let vault = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
        let other = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
        let session = Uuid::now_v7();
        let token = issue(&vault, session).unwrap();
        assert_eq!(session_of(&vault, &token), Some(session));
        assert_eq!(session_of(&other, &token), None);
        assert_ne!(token, issue(&vault, session).unwrap());
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[at] ^= 1;
            assert_eq!(session_of(&vault, &URL_SAFE_NO_PAD.encode(&forged)), None, "{at}");
            assert_eq!(session_of(&vault, &URL_SAFE_NO_PAD.encode(&bytes[..at])), None, "{at}");
        }
    }

    #[test]
    fn a_successor_follows_from_the_token_and_the_moment() {
        let vault = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
        let other = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
        let (session, at) = (Uuid::now_v7(), DateTime::UNIX_EPOCH + Duration::microseconds(7));
        let token = issue(&vault, session).unwrap();
        let next = successor(&vault, session, &token, at);
        assert_eq!(session_of(&vault, &next), Some(session));
        assert_eq!(next, successor(&vault, session, &token, at + Duration::nanoseconds(900)), "the database keeps microseconds");
        for different in [
            successor(&vault, session, &token, at + Duration::microseconds(1)),
            successor(&vault, session, &next, at),
            successor(&vault, Uuid::now_v7(), &token, at),
            successor(&other, session, &token, at),
        ] {
            assert_ne!(next, different);
        }
        let chain = Chain { previous: Some(name(1)), unused: vec![name(2), name(3)] };
        assert!(chain.has_just_answered(&name(1), &name(3)));
        assert!(!chain.has_just_answered(&name(1), &name(2)) && !chain.has_just_answered(&name(3), &name(3)));
    }

    /// The rule in its plainest form, over the whole history: every token used so far lies on the way to this one.
    struct History {
        /// Parent of each token; the first is its own.
        parent: Vec<usize>,
        used: Vec<bool>,
        ended: bool,
    }

    impl History {
        fn is_good(&self, token: usize) -> bool {
            let mut way = vec![token];
            while let Some(last) = way.last().copied().filter(|last| self.parent[*last] != *last) {
                way.push(self.parent[last]);
            }
            let newer =
                (token + 1..self.parent.len()).filter(|other| self.parent[*other] == self.parent[token] && *other != token);
            // Only so many lost answers are remembered.
            let remembered = self.used[token] || newer.count() < MAX_UNUSED;
            !self.ended && remembered && (0..self.used.len()).all(|other| !self.used[other] || way.contains(&other))
        }

        fn present(&mut self, token: usize) -> bool {
            if !self.is_good(token) {
                self.ended = true;
                return false;
            }
            self.used[token] = true;
            self.parent.push(token);
            self.used.push(false);
            true
        }
    }

    fn name(token: usize) -> Vec<u8> {
        token.to_be_bytes().to_vec()
    }

    /// Who does what: the phone refreshes, loses an answer, sends the same twice at once; a thief replays.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Refresh,
        LoseAnswer,
        Twice,
        Replay(prop::sample::Index),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            6 => Just(Step::Refresh),
            4 => Just(Step::LoseAnswer),
            2 => Just(Step::Twice),
            1 => any::<prop::sample::Index>().prop_map(Step::Replay),
        ];
        prop::collection::vec(step, 1..60)
    }

    proptest! {
        #[test]
        fn the_chain_decides_as_the_history_does(steps in steps()) {
            let mut history = History { parent: vec![0], used: vec![false], ended: false };
            let mut chain = Some(Chain { previous: None, unused: vec![name(0)] });
            let mut phone = 0;
            let mut thief_came = false;
            for step in steps {
                let (asked, keeps) = match step {
                    Step::Refresh => (vec![phone], true),
                    Step::LoseAnswer => (vec![phone], false),
                    Step::Twice => (vec![phone, phone], true),
                    Step::Replay(which) => {
                        thief_came = true;
                        (vec![which.index(history.parent.len())], false)
                    }
                };
                for token in asked {
                    let fresh = history.parent.len();
                    let good = history.present(token);
                    chain = chain.and_then(|chain| chain.present(&name(token), name(fresh)));
                    prop_assert_eq!(good, chain.is_some());
                    if let Some(chain) = &chain {
                        prop_assert!(!chain.unused.is_empty() && chain.unused.len() <= MAX_UNUSED);
                        if keeps {
                            phone = fresh;
                        }
                    } else {
                        prop_assert!(thief_came, "without a thief the phone always goes on");
                        return Ok(());
                    }
                }
            }
        }
    }

    #[test]
    fn both_of_two_crossing_requests_may_go_on_but_only_one_of_them() {
        let begun = Chain { previous: None, unused: vec![name(0)] };
        let crossed = begun.present(&name(0), name(1)).unwrap().present(&name(0), name(2)).unwrap();
        for kept in [1, 2] {
            let on = crossed.present(&name(kept), name(3)).unwrap();
            assert!(on.present(&name(3), name(4)).is_some());
            assert_eq!(on.present(&name(3 - kept), name(4)), None, "the other branch");
            assert_eq!(on.present(&name(0), name(4)), None, "the predecessor, once a successor was used");
        }
    }
}
