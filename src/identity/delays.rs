//! Who has to wait after a wrong password or code: each of these is counted for itself.
//!
//! A stranger who guesses is counted by the name and the network they come from; a known device by itself, so that
//! nobody else's guesses make it wait. Codes of the second factor are only asked for after the right password, and
//! there are only a million of them: they are counted by account, whatever the network. Only keyed hashes are stored.

use uuid::Uuid;

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

/// A code after the right password: by the known device it comes from, else by account.
pub fn of_code(vault: &Vault, account: Uuid, device: Option<Uuid>) -> Vec<u8> {
    match device {
        Some(device) => subject(vault, &[b"", b"code of device", device.as_bytes()]),
        None => subject(vault, &[b"", b"code of account", account.as_bytes()]),
    }
}

/// The password asked for once more inside a session.
pub fn of_password_again(vault: &Vault, session: Uuid) -> Vec<u8> {
    subject(vault, &[b"", b"password in session", session.as_bytes()])
}

/// A code asked for inside a session. Not counted together with the password: a right password must not forgive wrong
/// codes.
pub fn of_code_again(vault: &Vault, session: Uuid) -> Vec<u8> {
    subject(vault, &[b"", b"code in session", session.as_bytes()])
}
