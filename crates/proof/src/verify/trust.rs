//! Whose signature counts: the log's keys, from the command line or from a policy file (C2SP tlog-policy).
//!
//! Several keys are one log's keys while one is being exchanged for another: all bear the same name.

use super::VerifyError;
use crate::note::Verifier;

/// Larger policy files are refused, in bytes.
pub const MAX_POLICY: u64 = 65_536;

fn said(text: impl Into<String>) -> VerifyError {
    VerifyError::Said(text.into())
}

/// The keys in a policy: its `log` lines. Witnesses may be listed; a quorum of them cannot be demanded yet.
pub fn read_policy(text: &str) -> Result<Vec<Verifier>, VerifyError> {
    let mut keys = Vec::new();
    for (n, line) in (1..).zip(text.lines()) {
        let mut words = line.split_whitespace();
        match words.next() {
            None => {}
            Some(comment) if comment.starts_with('#') => {}
            Some("log") => {
                let vkey = words.next().ok_or_else(|| said(format!("policy, line {n}: a key is missing")))?;
                keys.push(Verifier::parse(vkey).map_err(|error| said(format!("policy, line {n}: {error}")))?);
            }
            Some("witness" | "group") => {}
            Some("quorum") if words.next() == Some("none") => {}
            Some("quorum") => {
                return Err(said(format!(
                    "policy, line {n}: this program cannot demand signatures of witnesses; say `quorum none`"
                )));
            }
            Some(other) => {
                let other: String = other.chars().filter(|c| !c.is_control()).take(40).collect();
                return Err(said(format!("policy, line {n}: {other} is not understood")));
            }
        }
    }
    Ok(keys)
}

/// One log's keys, at least one.
pub fn one_log(keys: Vec<Verifier>) -> Result<Vec<Verifier>, VerifyError> {
    let Some(first) = keys.first() else {
        return Err(said("no key of a log is given: say whose signature counts with --vkey or --policy"));
    };
    if let Some(other) = keys.iter().find(|key| key.name() != first.name()) {
        return Err(said(format!("keys of two logs are given: {} and {}", first.name(), other.name())));
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ledger.example.vn/log1+68c7249f+ARl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h";
    const OTHER: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    #[test]
    fn a_policy_names_keys_of_one_log() {
        let keys = read_policy(&format!("# Sổ Nhân Ái\n\nlog {KEY} https://so.example.vn/log\nwitness w {OTHER}\nquorum none\n"))
            .unwrap();
        assert_eq!(one_log(keys).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>(), [KEY]);
        let two = read_policy(&format!("log {KEY}\nlog {OTHER}\n")).unwrap();
        assert!(one_log(two).is_err() && one_log(Vec::new()).is_err());
    }

    #[test]
    fn what_can_not_be_honoured_is_refused() {
        for bad in [
            "log",
            "log x",
            "quorum w",
            "quorum",
            "logs x",
            "log example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",
        ] {
            assert!(read_policy(bad).is_err(), "{bad}");
        }
    }
}
