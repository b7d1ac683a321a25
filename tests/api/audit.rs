//! The audit: clean on honest books, and whatever somebody with a superuser's rights changes is named with its entry.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::json;
use so_nhan_ai::authz::Role;
use so_nhan_ai::upkeep::audit::{Report, audit, audit_in};
use so_nhan_ai::vault::{Vault, VaultKeys};
use uuid::Uuid;

use crate::harness::TestApp;

/// Books with a bit of everything, and the codes of the entries that will be tampered with.
struct Books {
    app: TestApp,
    cash: String,
    bank: String,
    goods: String,
    sms: String,
    reversed: String,
    reversal: String,
}

fn books() -> Books {
    let app = TestApp::start();
    app.open_appeal("23095", "LULUT-26");
    let recorder = app.account(Role::Officer, "23095");
    let officer = app.log_in(recorder);
    let post = |gift: serde_json::Value| officer.post("/api/v1/gifts", app.gift(gift), 201);
    let code = |answer: &serde_json::Value| answer["code"].as_str().unwrap().to_owned();
    let person = |name: &str, phone: &str| json!({"kind": "PERSON", "name": name, "phone": phone});
    let cash = code(&post(json!({"appeal": "LULUT-26", "giver": person("Nguyễn Văn An", "0912000111"), "display": "FULL_NAME",
                                 "paper_book": "01", "paper_no": "000001", "wish": "cho các cháu"})));
    let bank =
        code(&post(json!({"channel": "BANK_TRANSFER", "giver": person("Trần Thị Bình", "0912000222"), "display": "MASKED",
                                 "memo": "ung ho", "amount_vnd": 700_000})));
    let rice = json!({"item": "RICE", "quantity": "10.5", "unit": "KG", "value_vnd": 180_000, "valuation": "MARKET_PRICE"});
    let goods = code(&post(json!({"channel": "IN_KIND", "amount_vnd": null, "lines": [rice]})));
    let sms = code(&post(json!({"channel": "SMS", "amount_vnd": 36_000, "message_count": 2})));
    let wrong = post(json!({"amount_vnd": 9_000, "paper_book": "01", "paper_no": "000002"}));
    let request = Uuid::now_v7();
    officer.post(
        &format!("/api/v1/gifts/{}/reversal", wrong["id"].as_str().unwrap()),
        json!({"id": request, "reason": "DUPLICATE"}),
        201,
    );
    // One more, refused: it stands for nothing.
    let kept = post(json!({"amount_vnd": 8_000}));
    let other = Uuid::now_v7();
    app.accountant_of("23095").post(&format!("/api/v1/reversals/{request}/approval"), json!(null), 200);
    officer.post(
        &format!("/api/v1/gifts/{}/reversal", kept["id"].as_str().unwrap()),
        json!({"id": other, "reason": "OTHER"}),
        201,
    );
    app.accountant_of("23095").post(&format!("/api/v1/reversals/{other}/refusal"), json!(null), 200);
    app.wait_for_log();
    let reversal = app.database.text("SELECT code FROM entry WHERE kind = 'REVERSAL'");
    Books { cash, bank, goods, sms, reversed: code(&wrong), reversal, app }
}

/// Audits what `sql` makes of the books, in a transaction that is then forgotten.
fn tampered(books: &Books, sql: &str) -> Report {
    let mut conn = books.app.database.connect();
    conn.begin_test_transaction().unwrap();
    // One moment, as for every audit: the publisher of the log goes on signing beside it.
    conn.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").unwrap();
    conn.batch_execute("SET LOCAL session_replication_role = replica; SET CONSTRAINTS ALL DEFERRED").unwrap();
    conn.batch_execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    audit_in(&mut conn, Some(&books.app.shared.vault), 200, None).unwrap()
}

/// The audit must name this row in this check.
#[track_caller]
fn names(books: &Books, sql: &str, check: &str, subject: &str) {
    let report = tampered(books, sql);
    assert!(!report.clean && report.total > 0, "not noticed: {sql}");
    let named = report.findings.iter().any(|finding| finding.check == check && finding.subject.contains(subject));
    assert!(named, "expected {check} of {subject} for {sql}:\n{}", report.text());
}

fn of(code: &str) -> String {
    format!("(SELECT id FROM entry WHERE code = '{code}')")
}

#[test]
fn honest_books_are_clean_with_and_without_keys() {
    let books = books();
    let app = &books.app;
    let report = audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
    assert_eq!((report.total, report.log_size, report.notes.len()), (0, 7, 0));
    assert_eq!(report.entries["REVERSAL"], 1);
    for check in ["entry", "gift", "opening", "party", "officer", "reversal"] {
        assert!(report.checks[check].looked_at > 0, "{check}: {:?}", report.checks);
    }
    let without = audit(&app.shared.db, None, 20, None).unwrap();
    assert!(without.clean && without.notes[0].contains("without keys"), "{}", without.text());
    // Leaves that wait are as good as leaves in the log.
    let waiting = "INSERT INTO log_pending (entry, leaf, leaf_hash) SELECT entry, leaf, leaf_hash FROM log_leaf WHERE idx = 6;
                   UPDATE public_entry SET seq = (SELECT seq FROM log_pending) WHERE code = (SELECT entry FROM log_pending);
                   DELETE FROM log_leaf WHERE idx = 6; UPDATE log_head SET size = 6;
                   DELETE FROM log_checkpoint; DELETE FROM log_tile; UPDATE log_tree SET size = 0, root = sha256('');
                   DELETE FROM account_by_day; DELETE FROM account_by_month; UPDATE account_folded SET size = 0";
    let report = tampered(&books, waiting);
    assert!(report.clean, "{}", report.text());
}

/// What no foreign key says any more.
#[test]
fn a_reference_to_nothing_is_named() {
    let books = books();
    let nobody = "'11111111-1111-4111-8111-111111111111'";
    for column in ["chapter_id", "recorded_by"] {
        names(&books, &format!("UPDATE entry SET {column} = {nobody} WHERE code = '{}'", books.sms), "entry_refers", &books.sms);
    }
    let gift = books.app.database.text("SELECT id::text FROM gift LIMIT 1");
    for column in ["chapter_id", "appeal_id", "recorded_by"] {
        names(&books, &format!("UPDATE gift SET {column} = {nobody} WHERE id = '{gift}'"), "gift_refers", &gift);
    }
}

#[test]
fn changed_postings_and_headers_name_their_entry() {
    let books = books();
    let (cash, bank) = (&books.cash, &books.bank);
    let postings = |set: &str| format!("UPDATE posting SET {set} WHERE entry_id = {}", of(cash));
    names(&books, &format!("{} AND n = 1", postings("amount = amount + 1")), "posting", cash);
    names(&books, &postings("amount = amount * 2"), "leaf", cash);
    names(&books, &postings("amount = amount * 2"), "public_entry", cash);
    names(&books, &postings("amount = amount * 2"), "balance", "23095 APPEAL:LULUT-26 CASH_ON_HAND");
    names(&books, &postings("amount = amount * 2"), "total_by_day", "68 APPEAL:LULUT-26 RECEIVED CASH 2026-11-22");
    names(&books, &postings("amount = amount * 2"), "total_overall", "TW APPEAL:LULUT-26 RECEIVED CASH");
    names(&books, &postings("fund_id = (SELECT id FROM fund WHERE code = 'OPERATING')"), "leaf", cash);
    names(&books, &format!("{} AND n = 2", postings("account = 'DONATION_UNRESTRICTED'")), "leaf", cash);
    names(&books, &format!("{} AND n = 1", postings("account = 'BANK'")), "posting", cash);
    names(&books, &format!("DELETE FROM posting WHERE entry_id = {} AND n = 2", of(cash)), "posting", cash);
    names(&books, &format!("DELETE FROM posting WHERE entry_id = {}", of(cash)), "posting", cash);
    names(&books, "INSERT INTO posting VALUES (gen_random_uuid(), 1, 'BANK', 1, 5)", "posting_of_an_entry", "-");
    let header = |set: &str, code: &str| format!("UPDATE entry SET {set} WHERE code = '{code}'");
    names(&books, &header("day = day - 1", cash), "leaf", cash);
    names(&books, &header("day = day - 1", cash), "gift", cash);
    names(&books, &header("booked = booked + 1, recorded_at = recorded_at + interval '1 day'", cash), "leaf", cash);
    names(&books, &header("recorded_at = recorded_at + interval '1 minute'", cash), "gift", cash);
    names(&books, &header("recorded_by = gen_random_uuid()", cash), "gift", cash);
    names(&books, &header("chapter_id = (SELECT id FROM chapter WHERE code = '23059')", cash), "leaf", cash);
    names(&books, &header("chapter_id = gen_random_uuid()", cash), "entry", cash);
    names(&books, &header("kind = 'GIFT_BANK'", cash), "posting", cash);
    names(&books, &header("kind = 'PAYMENT'", cash), "posting", cash);
    names(&books, &header("channel = 'E_WALLET'", &books.sms), "leaf", &books.sms);
    names(&books, &header("channel = 'E_WALLET'", &books.sms), "gift", &books.sms);
    names(&books, &header("posting_count = 3", cash), "posting", cash);
    names(&books, &header("code = '00000000000000000'", cash), "leaf", "00000000000000000");
    names(&books, &header("code = '00000000000000000'", cash), "leaf", cash);
    let reversal = &books.reversal;
    names(&books, &header("reason = 'OTHER'", reversal), "leaf", reversal);
    names(&books, &header(&format!("reverses = {}", of(bank)), reversal), "reversal", reversal);
    names(&books, &header("reverses = gen_random_uuid()", reversal), "reversal", reversal);
    names(&books, &header("kind = 'GIFT_CASH', reverses = NULL, reason = NULL", reversal), "posting", reversal);
    let both = format!("UPDATE posting SET amount = amount * 2 WHERE entry_id = {}", of(&books.reversed));
    names(&books, &both, "reversal", reversal);
    names(&books, &format!("DELETE FROM entry WHERE code = '{cash}'"), "leaf", cash);
    names(&books, &format!("DELETE FROM entry WHERE code = '{cash}'"), "public_entry_of_an_entry", cash);
    names(&books, &format!("DELETE FROM entry WHERE code = '{cash}'"), "gift", "-");
    names(&books, "UPDATE fund SET code = 'APPEAL:OTHER' WHERE code = 'APPEAL:LULUT-26'", "leaf", cash);
}

#[test]
fn a_changed_log_is_noticed() {
    let books = books();
    let (cash, bank) = (&books.cash, &books.bank);
    let hash = r"sha256('\x00'::bytea || convert_to(replace(convert_from(leaf, 'UTF8'), '500000', '900000'), 'UTF8'))";
    let rewritten = format!(
        "UPDATE log_leaf SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '500000', '900000'), 'UTF8'), leaf_hash = {hash} WHERE entry = '{cash}'"
    );
    names(&books, &rewritten, "leaf", cash);
    let report = tampered(&books, &rewritten);
    let leaf = report.findings.iter().find(|finding| finding.check == "leaf").unwrap();
    assert!(leaf.differs.contains("postings") && leaf.differs.contains("900000"), "{leaf:?}");
    // One more space: the same fields, other bytes.
    let spaced = format!(
        r"UPDATE log_leaf SET leaf = leaf || ' '::bytea, leaf_hash = sha256('\x00'::bytea || leaf || ' '::bytea) WHERE entry = '{cash}'"
    );
    names(&books, &spaced, "leaf", cash);
    let unchecked = "ALTER TABLE log_leaf DROP CONSTRAINT log_leaf_hash_fits;";
    let other_hash = format!(r"{unchecked} UPDATE log_leaf SET leaf_hash = sha256('x') WHERE entry = '{cash}'");
    names(&books, &other_hash, "leaf_hash", cash);
    names(&books, &other_hash, "leaf", cash);
    let swapped = format!(
        "UPDATE log_leaf l SET leaf = o.leaf, leaf_hash = o.leaf_hash FROM log_leaf o WHERE o.entry <> l.entry AND o.entry IN ('{cash}', '{bank}') AND l.entry IN ('{cash}', '{bank}')"
    );
    names(&books, &swapped, "leaf", cash);
    names(&books, &swapped, "leaf", bank);
    names(&books, &format!("DELETE FROM log_leaf WHERE entry = '{cash}'"), "leaf", cash);
    names(&books, &format!("DELETE FROM log_leaf WHERE entry = '{cash}'"), "log_head", "head");
    names(&books, "DELETE FROM log_leaf WHERE idx = 3", "log_order", "-".trim_end_matches('-'));
    names(
        &books,
        "UPDATE log_leaf SET idx = 100 WHERE idx = 6",
        "log_order",
        &books.app.database.text("SELECT entry FROM log_leaf WHERE idx = 6"),
    );
    names(&books, "UPDATE log_head SET size = 5", "log_head", "head");
    names(&books, "DELETE FROM log_head", "log_head", "head");
    let strange = r"INSERT INTO log_leaf VALUES (7, 'ZZZZZZZZZZZZZZZZZ', '{}', sha256('\x00'::bytea || '{}'::bytea)); UPDATE log_head SET size = 8";
    names(&books, strange, "leaf", "ZZZZZZZZZZZZZZZZZ");
    let twice = format!(
        "INSERT INTO log_pending (entry, leaf, leaf_hash) SELECT entry, leaf, leaf_hash FROM log_leaf WHERE entry = '{cash}'"
    );
    names(&books, &twice, "leaf_once", cash);
}

#[test]
fn a_changed_public_row_is_noticed() {
    let books = books();
    let cash = &books.cash;
    for set in [
        "amount_vnd = 1",
        "day = day - 1",
        "booked = booked + 1",
        "kind = 'GIFT_BANK'",
        "channel = 'SMS'",
        "channel = NULL",
        "chapter = '23059'",
        "grassroots = NULL",
        "province = '01'",
        "appeal = NULL",
        "appeal = 'OTHER'",
        "fund = 'GENERAL'",
        "giver = 'Người Khác'",
        "giver = NULL",
        "reason = 'OTHER'",
        "reverses = 'X'",
        "leaf_hash = sha256('x')",
        "words = words || 'mat'::tsvector",
        "words = ''",
        r#"goods = '[{"item": "RICE", "quantity": "1", "unit": "KG", "value_vnd": 1, "valuation": "INVOICE"}]'"#,
        "goods = '[]'",
        "goods = '{}'",
    ] {
        let report = tampered(&books, &format!("UPDATE public_entry SET {set} WHERE code = '{cash}'"));
        assert!(report.findings.iter().any(|f| f.subject == *cash), "not noticed: {set}\n{}", report.text());
    }
    names(&books, &format!("UPDATE public_entry SET message_count = 9 WHERE code = '{}'", books.sms), "gift", &books.sms);
    names(
        &books,
        &format!("UPDATE public_entry SET reason = NULL WHERE code = '{}'", books.reversal),
        "public_entry",
        &books.reversal,
    );
    names(
        &books,
        &format!("UPDATE public_entry SET giver = 'Trần Thị Bình' WHERE code = '{}'", books.bank),
        "giver",
        &books.bank,
    );
    // The name hidden in the words only.
    let whispered = format!("UPDATE public_entry SET words = words || 'binh'::tsvector WHERE code = '{}'", books.bank);
    names(&books, &whispered, "public_entry", &books.bank);
    names(&books, &format!("DELETE FROM public_entry WHERE code = '{cash}'"), "public_entry", cash);
    let stranger = format!(
        "CREATE TEMP TABLE t ON COMMIT DROP AS SELECT * FROM public_entry WHERE code = '{cash}'; UPDATE t SET seq = 99999, code = 'ZZZZZZZZZZZZZZZZZ';
         INSERT INTO public_entry SELECT * FROM t"
    );
    names(&books, &stranger, "public_entry_of_an_entry", "ZZZZZZZZZZZZZZZZZ");
}

#[test]
fn changed_sums_are_noticed() {
    let books = books();
    let of_commune = "chapter_id = (SELECT id FROM chapter WHERE code = '23095')";
    let place = "23095 APPEAL:LULUT-26 CASH_ON_HAND";
    let fund = "fund_id = (SELECT id FROM fund WHERE code = 'APPEAL:LULUT-26')";
    names(
        &books,
        &format!("UPDATE balance SET amount_vnd = amount_vnd + 1 WHERE {of_commune} AND {fund} AND account = 'CASH_ON_HAND'"),
        "balance",
        place,
    );
    names(&books, &format!("DELETE FROM balance WHERE {of_commune} AND {fund} AND account = 'CASH_ON_HAND'"), "balance", place);
    names(&books, "INSERT INTO balance SELECT id, 1, 'BANK', 1 FROM chapter WHERE code = 'TW'", "balance", "TW GENERAL BANK");
    for column in ["own_vnd", "own_count", "subtree_vnd", "subtree_count"] {
        for table in ["total_by_day", "total_overall"] {
            let change = format!(
                "UPDATE {table} SET {column} = {column} + 1 WHERE scope_id = (SELECT id FROM chapter WHERE code = '68') AND {fund} AND measure = 'RECEIVED'"
            );
            names(&books, &change, table, "68 APPEAL:LULUT-26 RECEIVED CASH");
        }
    }
    for table in ["total_by_day", "total_overall"] {
        names(&books, &format!("DELETE FROM {table} WHERE part = 'SMS'"), table, "23095 GENERAL RECEIVED SMS");
    }
    names(
        &books,
        "INSERT INTO total_overall SELECT id, 1, 'RECEIVED', 'CASH', 0, 0, 5, 1 FROM chapter WHERE code = '01'",
        "total_overall",
        "01 GENERAL RECEIVED CASH",
    );
}

#[test]
fn changed_gifts_and_their_goods_are_noticed() {
    let books = books();
    let gift = |set: &str, code: &str| format!("UPDATE gift SET {set} WHERE entry_id = {}", of(code));
    let (cash, goods) = (&books.cash, &books.goods);
    for set in [
        "amount_vnd = 1",
        "channel = 'BANK_TRANSFER'",
        "received_on = received_on - 1",
        "chapter_id = (SELECT id FROM chapter WHERE code = '23059')",
        "appeal_id = NULL",
        "recorded_at = recorded_at + interval '1 s'",
        "recorded_by = gen_random_uuid()",
        "message_count = 5",
    ] {
        names(&books, &gift(set, cash), "gift", cash);
    }
    names(&books, &gift("entry_id = gen_random_uuid()", cash), "claim", cash);
    names(&books, &gift("display = 'ANONYMOUS'", cash), "giver", cash);
    names(&books, &gift("display = 'MASKED'", cash), "giver", cash);
    names(&books, &gift("party_id = NULL, giver_name = NULL", cash), "giver", cash);
    let another = format!("party_id = (SELECT party_id FROM gift WHERE entry_id = {})", of(&books.bank));
    names(&books, &gift(&another, cash), "giver", cash);
    let words = format!("particulars = (SELECT particulars FROM gift WHERE entry_id = {})", of(&books.bank));
    names(&books, &gift(&words, cash), "giver", cash);
    names(&books, &format!("DELETE FROM gift WHERE entry_id = {}", of(cash)), "claim", cash);
    for set in ["quantity_milli = 1", "value_vnd = 1", "item = 'BLANKET'", "unit = 'BAG'", "valuation = 'INVOICE'"] {
        names(&books, &format!("UPDATE gift_line SET {set}"), "gift", goods);
    }
    names(&books, "DELETE FROM gift_line", "gift", goods);
    names(&books, "INSERT INTO gift_line SELECT gift_id, 2, item, 5, unit, 5, valuation FROM gift_line", "gift", goods);
    names(&books, "UPDATE item SET name = 'Gì đó khác' WHERE code = 'RICE'", "public_entry", goods);
    names(&books, "UPDATE appeal SET code = 'OTHER-26'", "gift", cash);
    names(&books, "UPDATE appeal SET state = 'CLOSED'", "appeal", "LULUT-26");
    names(&books, "DELETE FROM appeal_version WHERE version = 2", "appeal", "LULUT-26");
    names(&books, "DELETE FROM paper_slip", "paper_slip", "01 000001");
    names(&books, "UPDATE paper_slip SET no = '000009'", "paper_slip", "01 000009");
    let reversed = format!(
        "INSERT INTO paper_slip SELECT chapter_id, paper_book, paper_no, id FROM gift WHERE entry_id = {}",
        of(&books.reversed)
    );
    names(&books, &reversed, "paper_slip", "01 000002");
}

#[test]
fn changed_receipts_are_noticed() {
    let books = books();
    let receipt = |set: &str| {
        format!("UPDATE cash_receipt SET {set} WHERE entry_id = (SELECT min(entry_id::text)::uuid FROM cash_receipt)")
    };
    let code = books.app.database.text("SELECT code FROM entry WHERE id = (SELECT min(entry_id::text)::uuid FROM cash_receipt)");
    let chapter = books.app.database.text("SELECT id FROM chapter WHERE code = '23095'");
    names(&books, &receipt("no = 77"), "receipt_series", &chapter);
    names(&books, &receipt("chapter_id = (SELECT id FROM chapter WHERE code = '68')"), "receipt", &code);
    names(&books, &receipt(&format!("entry_id = {}", of(&books.bank))), "receipt", &books.bank);
    names(&books, "UPDATE number_series SET last_no = last_no + 1", "receipt_series", &chapter);
    names(&books, "DELETE FROM number_series", "receipt_series", &chapter);
    names(&books, "DELETE FROM cash_receipt", "receipt_series", &chapter);
}

#[test]
fn changed_requests_openings_and_sealed_values_are_noticed() {
    let books = books();
    let (cash, bank, reversal) = (&books.cash, &books.bank, &books.reversal);
    names(&books, "DELETE FROM reversal_request WHERE state = 'APPROVED'", "claim", reversal);
    names(&books, "UPDATE reversal_request SET state = 'REFUSED', entry_id = NULL WHERE state = 'APPROVED'", "claim", reversal);
    names(&books, &format!("UPDATE reversal_request SET entry_id = {} WHERE state = 'APPROVED'", of(cash)), "reversal", cash);
    let other = format!(
        "UPDATE reversal_request SET gift_id = (SELECT id FROM gift WHERE entry_id = {}) WHERE state = 'APPROVED'",
        of(cash)
    );
    names(&books, &other, "reversal", reversal);
    let swap =
        format!("UPDATE pd_opening SET sealed = (SELECT sealed FROM pd_opening WHERE entry = '{bank}') WHERE entry = '{cash}'");
    names(&books, &swap, "opening", cash);
    names(&books, &format!("DELETE FROM pd_opening WHERE entry = '{cash}'"), "opening", cash);
    names(&books, "INSERT INTO pd_opening VALUES ('ZZZZZZZZZZZZZZZZZ', 'x')", "opening_of_a_leaf", "ZZZZZZZZZZZZZZZZZ");
    // Sealed anew by somebody who has the keys, but other words: the commitment in the leaf does not open.
    let forged = so_nhan_ai::log::opening::seal(&books.app.shared.vault, cash, &[7; 32], &[("name", "Kẻ Khác")]).unwrap();
    let hex: String = forged.iter().map(|byte| format!("{byte:02x}")).collect();
    names(&books, &format!(r"UPDATE pd_opening SET sealed = '\x{hex}' WHERE entry = '{cash}'"), "opening", cash);
    let a_party = books.app.database.text(&format!("SELECT party_id FROM gift WHERE entry_id = {}", of(cash)));
    for set in [
        "name = set_byte(name, 40, 1 # get_byte(name, 40))",
        "phone = NULL, phone_hash = NULL, name_hash = 'x'",
        "name_hash = 'x'",
        "phone_hash = 'y'",
    ] {
        names(&books, &format!("UPDATE party SET {set} WHERE id = '{a_party}'"), "party", &a_party);
    }
    names(&books, "UPDATE officer SET full_name = 'x'", "officer", "-");
    names(
        &books,
        "UPDATE account SET phone = 'x', phone_hash = 'y' WHERE id = (SELECT min(id::text)::uuid FROM account)",
        "account",
        "user",
    );
    names(
        &books,
        "UPDATE chapter_ancestor SET depth = 2 WHERE chapter_id = (SELECT id FROM chapter WHERE code = '23095') AND depth = 1",
        "chapter_closure",
        "23095",
    );
    names(
        &books,
        "DELETE FROM chapter_ancestor WHERE chapter_id = (SELECT id FROM chapter WHERE code = '23095') AND depth = 2",
        "chapter_closure",
        "23095",
    );
    names(
        &books,
        "UPDATE chapter SET parent_id = (SELECT id FROM chapter WHERE code = '01') WHERE code = '23095'",
        "chapter_closure",
        "23095",
    );
}

#[test]
fn findings_are_counted_and_only_some_are_listed() {
    let books = books();
    let mut conn = books.app.database.connect();
    conn.begin_test_transaction().unwrap();
    // One moment, as for every audit: the publisher of the log goes on signing beside it.
    conn.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").unwrap();
    conn.batch_execute("SET LOCAL session_replication_role = replica; UPDATE balance SET amount_vnd = amount_vnd + 1; UPDATE public_entry SET amount_vnd = 1")
        .unwrap();
    let report = audit_in(&mut conn, None, 3, None).unwrap();
    assert_eq!(report.findings.len(), 3);
    assert!(report.total > 10 && report.text().contains(&format!("and {} more", report.total - 3)), "{}", report.text());
    let sum: u64 = report.checks.values().map(|tally| tally.found).sum();
    assert_eq!(sum, report.total);
}

#[test]
fn other_keys_are_a_note_and_not_a_thousand_findings() {
    let books = books();
    let app = &books.app;
    let now = app.now();
    app.shared.db.tx_blocking(|conn| so_nhan_ai::vault::in_use::register(conn, &app.shared.vault, now)).unwrap().unwrap();
    let other = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
    let report = audit(&app.shared.db, Some(&other), 20, None).unwrap();
    assert!(report.clean && report.notes[0].contains("key"), "{}", report.text());
}
