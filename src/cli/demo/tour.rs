//! What the demo prints when it is up.

use std::fmt::Write;
use std::path::Path;

use super::{DemoFile, PASSWORD};

/// Addresses, log-ins and a first tour with curl.
pub(super) fn text(file: &DemoFile, path: &Path) -> String {
    let base = &file.base_url;
    let mut out = format!(
        "\nSổ Nhân Ái is up at {base}   (the public ledger; API: {base}/docs)\n\nLog-ins, password for all: {PASSWORD}\n"
    );
    for login in &file.logins {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {:<18} {:<24} chapter {}", login.user, login.role, login.chapter_code);
    }
    let _ = write!(
        out,
        r#"
A tour (needs curl; the same for scripts in {path}):

  # log in as the officer of Hàm Liêm
  TOKEN=$(curl -s {base}/api/v1/session -H 'Content-Type: application/json' \
    -d '{{"user":"hanh.hamliem","password":"{PASSWORD}"}}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')

  # record a cash gift; send it twice: it is booked once
  ID=$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen | tr A-Z a-z)
  curl -s {base}/api/v1/gifts -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
    -d '{{"id":"'$ID'","chapter":"23095","appeal":"LULUT-2026","channel":"CASH","amount_vnd":500000,"received_on":"'$(TZ=Asia/Ho_Chi_Minh date +%F)'"}}'

  # find it without log-in
  curl -s '{base}/api/v1/public/entries?q=ham+liem&amount_vnd=500000&limit=3'
  curl -s '{base}/api/v1/public/totals?appeal=LULUT-2026'
  curl -s '{base}/api/v1/public/appeals/LULUT-2026/ledger.csv' | head

  # members: who waits, how many there are, the cards to print (PDF, ten to a sheet), what everybody learns of one
  curl -s '{base}/api/v1/members?chapter=23095&state=APPLIED' -H "Authorization: Bearer $TOKEN"
  curl -s '{base}/api/v1/member-counts?chapter=23095' -H "Authorization: Bearer $TOKEN"
  curl -s '{base}/api/v1/members/cards/file?chapter=23095&kind=YOUTH' -H "Authorization: Bearer $TOKEN" -o the-hoi-vien.pdf
  curl -s {base}/api/v1/public/cards/{card}

  # in a browser: members by year and the committee of a chapter, a member's card, a junior's
  {base}/don-vi/23095#hoi-vien
  {cards}

  # what had to be published of an appeal, what was, and what is overdue
  curl -s '{base}/api/v1/public/appeals/BAO3-2026/publications'

Ctrl-C stops the server and its database; the data stays.
"#,
        path = path.display(),
        card = file.cards.first().map_or("CODE", |card| card.code.as_str()),
        cards = file.cards.iter().map(|card| format!("{base}/g/{}", card.code)).collect::<Vec<_>>().join("\n  "),
    );
    out
}
