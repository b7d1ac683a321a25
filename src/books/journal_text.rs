//! The words of a journal that hledger and ledger both read, in their strict modes: what was tried with both, and no more.
//!
//! Amounts have no groups of digits and no format is declared; every account, commodity and tag is declared before it is used,
//! each with its note on a line of its own; free text is cleaned of what either takes for a date, another account or another
//! commodity. Pure.

use unicode_normalization::UnicodeNormalization;

use crate::ledger::accounts::Account;

/// The tags that transactions have.
pub const TAGS: &[&str] = &["entry", "kind", "booked", "voucher", "category", "reason", "reverses"];

/// A name, or free text, that neither program takes for anything else.
pub fn plain(text: &str) -> String {
    let kept: String = text
        .nfc()
        .map(|c| match c {
            ':' | ',' | ';' | '|' | '[' | ']' | '(' | ')' | '=' | '"' => ' ',
            c if c.is_control() || c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    let kept = kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    kept.trim_start_matches(['*', '!', '#', '%', '~', '@']).trim().to_owned()
}

/// What the programs take an account for.
fn type_of(account: Account) -> char {
    match account {
        Account::CashOnHand | Account::Bank => 'C',
        Account::InTransit | Account::InTransitOut | Account::GoodsInStock | Account::ReceivableOther | Account::Advance => 'A',
        Account::Payable => 'L',
        Account::FundBalance | Account::Interchapter | Account::Interfund => 'E',
        Account::DonationRestricted | Account::DonationUnrestricted | Account::DuesIncome | Account::OtherIncome => 'R',
        Account::AidExpense | Account::OperatingExpense | Account::Refunded | Account::Loss => 'X',
    }
}

/// Everything that stands before the first account.
pub fn head(title: &str) -> String {
    let tags: String = TAGS.iter().map(|tag| format!("tag {tag}\n")).collect();
    format!("; {}\n\ncommodity VND\n\n{tags}", plain(title))
}

/// An account of a chapter and a fund: the fund's code makes sub-accounts of itself.
pub fn account(chapter: &str, account: &str, fund: &str) -> String {
    let fund: Vec<String> = fund.split(':').map(plain).collect();
    format!("{chapter}:{account}:{}", fund.join(":"))
}

/// Its declaration.
pub fn declared(name: &str, account: &str) -> String {
    let of_type = Account::parse(account).map_or('A', type_of);
    format!("\naccount {name}\n    ; type: {of_type}\n")
}

/// The first line of a transaction.
pub fn transaction(day: chrono::NaiveDate, code: &str, payee: &str) -> String {
    let code = if code.is_empty() { String::new() } else { format!("({code}) ") };
    format!("\n{day} * {code}{}\n", plain(payee))
}

/// A tag of it; nothing for no value.
pub fn tag(name: &str, value: Option<&str>) -> String {
    let value = value.map(plain).filter(|value| !value.is_empty());
    value.map(|value| format!("    ; {name}: {value}\n")).unwrap_or_default()
}

/// A posting.
pub fn posting(name: &str, amount: i64) -> String {
    format!("    {name}  {amount} VND\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_they_say_and_nothing_else() {
        assert_eq!(plain("Hội CTĐ\txã  Hàm Liêm; [01/09]: |x"), "Hội CTĐ xã Hàm Liêm 01/09 x");
        assert_eq!(plain("* (x) = 5 VND"), "x 5 VND");
        assert_eq!(plain("e\u{302}"), "ê");
        assert_eq!(account("23095 Hàm Liêm", "BANK", "APPEAL:LULUT-2026"), "23095 Hàm Liêm:BANK:APPEAL:LULUT-2026");
        assert_eq!(tag("reason", Some("DUPLICATE")), "    ; reason: DUPLICATE\n");
        assert_eq!(tag("reason", Some(" ; ")), "");
    }
}
