//! Who has to wait after a wrong password or code: each of these is counted for itself.
//!
//! A stranger who guesses is counted by the name and the network they come from; a known device by itself, so that
//! nobody else's guesses make it wait. Codes of the second factor are only asked for after the right password, and
//! there are only a million of them: all wrong ones of an account are one count, whatever device, session or network they
//! come from, since whoever has the password may have many of those. Only keyed hashes are stored.

use uuid::Uuid;

use crate::http::{Kind, Problem};
use crate::vault::Vault;

fn subject(vault: &Vault, parts: &[&[u8]]) -> Vec<u8> {
    vault.hash("login_delay", &parts.join(&0)).to_vec()
}

/// A password for this name as typed, from this network.
pub fn of_name(vault: &Vault, name: &str, network: &str) -> Vec<u8> {
    subject(vault, &[name.as_bytes(), network.as_bytes()])
}

/// A password from a known device.
pub fn of_device(vault: &Vault, device: Uuid) -> Vec<u8> {
    subject(vault, &[b"", b"device", device.as_bytes()])
}

/// A code, wherever one is asked for: after the password, and in every session.
pub fn of_code(vault: &Vault, account: Uuid) -> Vec<u8> {
    subject(vault, &[b"", b"code of account", account.as_bytes()])
}

/// The password asked for once more inside a session.
pub fn of_password_again(vault: &Vault, session: Uuid) -> Vec<u8> {
    subject(vault, &[b"", b"password in session", session.as_bytes()])
}

/// Too many attempts.
pub fn wait(seconds: u64) -> Problem {
    let seconds = seconds.max(1);
    Problem {
        retry_after: Some(seconds),
        ..Problem::say(
            Kind::TooManyAttempts,
            format!("Sai quá nhiều lần: hãy thử lại sau {seconds} giây."),
            format!("Too many failures: try again in {seconds} seconds."),
        )
    }
}
