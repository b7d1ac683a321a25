//! What opens a commitment: the secret and the committed values, sealed in `pd_opening` under the entry's code.

use serde_json::{Map, Value, json};

pub use super::commitment::Opening;
use super::commitment::Secret;
use crate::basics::{hex, unhex};
use crate::vault::{Place, Vault, VaultError};

fn at(entry: &str) -> Place<'_> {
    Place { table: "pd_opening", column: "sealed", row: entry.as_bytes() }
}

/// Seals the secret and the values behind a commitment, for the receipt and for auditors.
pub fn seal(vault: &Vault, entry: &str, secret: &Secret, fields: &[(&str, &str)]) -> Result<Vec<u8>, VaultError> {
    let values: Map<String, Value> = fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    vault.seal(at(entry), json!({"secret": hex(secret), "fields": values}).to_string().as_bytes())
}

/// Opens what [`seal`] sealed.
pub fn open(vault: &Vault, entry: &str, sealed: &[u8]) -> Result<Opening, VaultError> {
    read(&vault.open(at(entry), sealed)?).ok_or(VaultError::Damaged)
}

fn read(clear: &[u8]) -> Option<Opening> {
    let value: Value = serde_json::from_slice(clear).ok()?;
    let secret = unhex(value["secret"].as_str()?)?;
    let fields = value["fields"].as_object()?.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let mut fields = fields.collect::<Option<Vec<_>>>()?;
    fields.sort();
    Some(Opening { secret, fields })
}

#[cfg(test)]
mod tests {
    use super::super::commitment;
    use super::*;
    use crate::vault::VaultKeys;

    #[test]
    fn an_opening_opens_its_commitment_and_only_under_its_entry() {
        let vault = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
        let secret = commitment::secret().unwrap();
        let fields = [("name", "Nguyễn Văn An"), ("time", "2026-11-22T10:00:00+07:00"), ("memo", "")];
        let sealed = seal(&vault, "7ZC4K0M9T2R8VQ3BX", &secret, &fields).unwrap();
        let opened = open(&vault, "7ZC4K0M9T2R8VQ3BX", &sealed).unwrap();
        assert_eq!(opened.commitment(), commitment::commit(&secret, &fields));
        assert_eq!(opened.fields.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(), ["memo", "name", "time"]);
        assert!(open(&vault, "00000000000000000", &sealed).is_err());
    }

    #[test]
    fn nonsense_is_no_opening() {
        let hex = "00".repeat(32);
        for text in [
            String::new(),
            "{}".to_owned(),
            format!(r#"{{"secret":"{hex}"}}"#),
            format!(r#"{{"secret":"{}é","fields":{{}}}}"#, &hex[..62]),
            format!(r#"{{"secret":"{hex}","fields":{{"name":1}}}}"#),
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
