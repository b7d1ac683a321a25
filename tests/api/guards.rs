//! Attacks on the books by somebody who has the database itself and writes SQL. Each must be refused by the guard that
//! is named here, and must leave every table as it was.

use serde_json::json;

use crate::harness::{Database, TestApp};
use crate::kit::gift;

/// A server that has booked a few gifts and one reversal, stopped, so that nothing else writes.
fn booked() -> TestApp {
    let mut app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let cash = gift(&app).of(512_345).to("LULUT").book(&officer);
    gift(&app).through("BANK_TRANSFER").to("LULUT").with("memo", "UNG HO").book(&officer);
    gift(&app).book(&officer);
    let ask = cash.ask_to_reverse(&officer, "DUPLICATE");
    app.accountant_of("23095").post(&format!("/api/v1/reversals/{ask}/approval"), json!(null), 200);
    app.wait_for_log();
    app.stop();
    app
}

/// Every table with its number of rows and a hash over what is in them.
fn fingerprint(database: &Database) -> String {
    let question = database.text(
        "SELECT string_agg(format('SELECT %L || count(*) || md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '''')) AS line FROM %I t',
                table_name || ' ', table_name), ' UNION ALL ' ORDER BY table_name)
         FROM information_schema.tables WHERE table_schema = 'public'",
    );
    database.text(&format!("SELECT string_agg(line, chr(10) ORDER BY line) FROM ({question}) t"))
}

/// Runs attacks one by one: `(what it is, SQL, the constraint that must refuse it)`.
pub fn all_refused(database: &Database, attacks: &[(&str, String, &str)]) {
    let before = fingerprint(database);
    for (name, sql, constraint) in attacks {
        let message = database.refuses(sql);
        assert!(message.contains(&format!("[{constraint}]")), "{name}: expected {constraint}, was told: {message}\n{sql}");
        assert_eq!(fingerprint(database), before, "{name}: refused, and yet something changed\n{sql}");
    }
}

const ENTRY: &str = "'11111111-1111-4111-8111-111111111111'";
const APPEAL_FUND: &str = "(SELECT id FROM fund WHERE code = 'APPEAL:LULUT')";
const GENERAL_FUND: &str = "(SELECT id FROM fund WHERE code = 'GENERAL')";
/// The gift into the general fund: stands, has two postings.
const STANDING: &str = "(SELECT e.id FROM entry e JOIN posting p ON p.entry_id = e.id AND p.n = 1 JOIN fund f ON f.id = p.fund_id WHERE f.code = 'GENERAL' AND e.reverses IS NULL)";
const REVERSED: &str = "(SELECT reverses FROM entry WHERE kind = 'REVERSAL')";
const REVERSAL: &str = "(SELECT id FROM entry WHERE kind = 'REVERSAL')";

/// A valid header of a cash gift with other expressions for some columns.
fn header(change: &[(&str, &str)]) -> String {
    let columns = [
        ("id", ENTRY),
        ("code", "'0000000000000000Z'"),
        ("kind", "'GIFT_CASH'"),
        ("chapter_id", "(SELECT id FROM chapter WHERE code = '23095')"),
        ("channel", "'CASH'"),
        ("day", "'2026-11-22'"),
        ("booked", "'2026-11-22'"),
        ("recorded_at", "'2026-11-22T03:00:00Z'"),
        ("recorded_by", "(SELECT id FROM account LIMIT 1)"),
        ("posting_count", "2"),
        ("reverses", "NULL"),
        ("reason", "NULL"),
    ];
    let value = |name: &str, usual: &'static str| {
        change.iter().find(|(changed, _)| *changed == name).map_or(usual.to_owned(), |(_, v)| (*v).to_owned())
    };
    let (names, values): (Vec<_>, Vec<_>) = columns.iter().map(|(name, usual)| (*name, value(name, usual))).unzip();
    format!("INSERT INTO entry ({}) VALUES ({});\n", names.join(", "), values.join(", "))
}

/// One statement with postings `(n, account, fund, amount)`.
fn postings(entry: &str, rows: &[(i32, &str, &str, i64)]) -> String {
    let rows: Vec<String> =
        rows.iter().map(|(n, account, fund, amount)| format!("({entry}, {n}, '{account}', {fund}, {amount})")).collect();
    format!("INSERT INTO posting (entry_id, n, account, fund_id, amount) VALUES {};\n", rows.join(", "))
}

/// A cash gift of 500 with two given funds and amounts.
fn pair(first: i32, debit: i64, credit: i64) -> String {
    postings(ENTRY, &[(first, "CASH_ON_HAND", APPEAL_FUND, debit), (first + 1, "DONATION_RESTRICTED", APPEAL_FUND, credit)])
}

/// What the attacks are variations of must itself be accepted, or they would prove nothing.
#[test]
fn a_well_formed_entry_is_accepted() {
    let app = booked();
    app.database.execute(&format!("BEGIN; {}{} COMMIT", header(&[]), pair(1, 500, -500)));
    let other = "'22222222-2222-4222-8222-222222222222'";
    let mirror =
        [("id", other), ("code", "'0000000000000001Z'"), ("kind", "'REVERSAL'"), ("reverses", ENTRY), ("reason", "'OTHER'")];
    let back = postings(other, &[(1, "CASH_ON_HAND", APPEAL_FUND, -500), (2, "DONATION_RESTRICTED", APPEAL_FUND, 500)]);
    app.database.execute(&format!("BEGIN; {}{back} COMMIT", header(&mirror)));
}

#[test]
fn an_entry_is_whole_and_balances_in_every_fund() {
    let app = booked();
    let four = |ns: [i32; 4]| {
        let row = |at: usize, account, amount| (ns[at], account, APPEAL_FUND, amount);
        postings(
            ENTRY,
            &[
                row(0, "CASH_ON_HAND", 5),
                row(1, "DONATION_RESTRICTED", -5),
                row(2, "CASH_ON_HAND", 7),
                row(3, "DONATION_RESTRICTED", -7),
            ],
        )
    };
    let across = postings(ENTRY, &[(1, "CASH_ON_HAND", APPEAL_FUND, 500), (2, "DONATION_UNRESTRICTED", GENERAL_FUND, -500)]);
    let add = |ns: [i32; 2]| {
        postings(STANDING, &[(ns[0], "CASH_ON_HAND", GENERAL_FUND, 9), (ns[1], "DONATION_UNRESTRICTED", GENERAL_FUND, -9)])
    };
    let count = |n: &'static str| header(&[("posting_count", n)]);
    let max = 1_000_000_000_000_001;
    all_refused(
        &app.database,
        &[
            ("unbalanced by one đồng", header(&[]) + &pair(1, 500, -499), "posting_balances_per_fund"),
            ("balanced across funds only", header(&[]) + &across, "posting_balances_per_fund"),
            ("a pair added to an old entry", add([3, 4]), "posting_written_whole"),
            ("a pair below an old entry", add([-1, 0]), "posting_written_whole"),
            ("a pair over an old entry", add([1, 2]), "posting_pk"),
            ("fewer postings than the header says", count("3") + &pair(1, 500, -500), "posting_written_whole"),
            ("a hole in the numbers", count("3") + &pair(2, 500, -500), "posting_written_whole"),
            ("more postings than the header says", count("2") + &four([1, 2, 3, 4]), "posting_written_whole"),
            ("whole, but with a hole", count("4") + &four([1, 2, 3, 5]), "posting_written_whole"),
            ("written in two statements", count("4") + &pair(1, 500, -500) + &pair(3, 500, -500), "posting_written_whole"),
            (
                "one posting alone",
                header(&[]) + &postings(ENTRY, &[(1, "CASH_ON_HAND", APPEAL_FUND, 500)]),
                "posting_balances_per_fund",
            ),
            ("numbered from zero", header(&[]) + &pair(0, 500, -500), "posting_written_whole"),
            ("numbered from two", header(&[]) + &pair(2, 500, -500), "posting_written_whole"),
            ("an amount of zero", header(&[]) + &pair(1, 0, 0), "posting_amount_bounded"),
            ("more than 10^15", header(&[]) + &pair(1, max, -max), "posting_amount_bounded"),
            ("less than -10^15", header(&[]) + &pair(1, -max, max), "posting_amount_bounded"),
            ("no such account", header(&[]) + &pair(1, 5, -5).replace("CASH_ON_HAND", "POCKET"), "posting_account_known"),
            ("no such fund", header(&[]) + &pair(1, 5, -5).replace(APPEAL_FUND, "9999"), "posting_fund_fk"),
            ("postings without header", pair(1, 500, -500), "posting_entry_fk"),
            ("room for one posting only", count("1"), "entry_posting_count_bounded"),
            ("room for 201 postings", count("201"), "entry_posting_count_bounded"),
            ("a header without postings", header(&[]), "entry_has_last_posting"),
        ],
    );
    // The header alone is not refused at once but when the transaction ends: the postings must still be able to follow.
    app.database.execute(&format!("BEGIN; {} ROLLBACK", header(&[])));
    app.database.refuses(&format!("BEGIN; {} COMMIT", header(&[])));
}

#[test]
fn a_header_says_what_it_is() {
    let app = booked();
    all_refused(
        &app.database,
        &[
            ("received after it was booked", header(&[("day", "'2026-11-23'")]) + &pair(1, 500, -500), "entry_day_not_future"),
            (
                "a public code used before",
                header(&[("code", "(SELECT min(code) FROM entry)")]) + &pair(1, 500, -500),
                "entry_code_key",
            ),
            ("not a public code", header(&[("code", "'HELLO'")]) + &pair(1, 500, -500), "entry_code_form"),
            ("an unknown kind", header(&[("kind", "'GIFT'")]) + &pair(1, 500, -500), "entry_kind_known"),
            ("no such chapter", header(&[("chapter_id", ENTRY)]) + &pair(1, 500, -500), "entry_chapter_fk"),
            ("recorded by nobody", header(&[("recorded_by", ENTRY)]) + &pair(1, 500, -500), "entry_recorded_by_fk"),
            ("a second gift on one entry", gift_on("(SELECT min(entry_id::text)::uuid FROM gift)"), "gift_entry_key"),
            ("a gift without entry", gift_on(ENTRY), "gift_entry_fk"),
            ("a gift at no chapter", gift_with("chapter_id", ENTRY), "gift_chapter_fk"),
            ("a gift for no appeal", gift_with("appeal_id", ENTRY), "gift_appeal_fk"),
            ("a gift recorded by nobody", gift_with("recorded_by", ENTRY), "gift_recorded_by_fk"),
        ],
    );
}

/// A gift on a whole new entry, with another expression for one column.
fn gift_with(column: &str, value: &str) -> String {
    let columns = [
        "chapter_id",
        "appeal_id",
        "channel",
        "amount_vnd",
        "received_on",
        "display",
        "request_hash",
        "recorded_at",
        "recorded_by",
    ];
    let values = columns.map(|name| if name == column { format!("{value}::uuid") } else { name.to_owned() });
    format!(
        "BEGIN; {}{} INSERT INTO gift (id, entry_id, {}) SELECT gen_random_uuid(), {ENTRY}, {} FROM gift LIMIT 1; COMMIT",
        header(&[]),
        pair(1, 500, -500),
        columns.join(", "),
        values.join(", ")
    )
}

/// What gifts and entries refer to by no foreign key can neither go nor be called otherwise.
#[test]
fn what_the_books_refer_to_stays() {
    let app = booked();
    let mut attacks = Vec::new();
    for (table, unmoved) in [("chapter", "chapter_stays"), ("account", "account_append_only"), ("appeal", "appeal_append_only")] {
        let one = format!("id = (SELECT id FROM {table} ORDER BY id DESC LIMIT 1)");
        let refused: &'static str = format!("{table}_append_only").leak();
        attacks.push((table, format!("DELETE FROM {table} WHERE {one}"), refused));
        attacks.push((table, format!("TRUNCATE {table} CASCADE"), refused));
        attacks.push((table, format!("UPDATE {table} SET id = gen_random_uuid() WHERE {one}"), unmoved));
    }
    all_refused(&app.database, &attacks);
}

fn gift_on(entry: &str) -> String {
    format!(
        "INSERT INTO gift (id, entry_id, chapter_id, channel, amount_vnd, received_on, display, request_hash, recorded_at, recorded_by)
         SELECT gen_random_uuid(), {entry}, chapter_id, channel, amount_vnd, received_on, display, request_hash, recorded_at, recorded_by FROM gift LIMIT 1"
    )
}

#[test]
fn a_reversal_mirrors_one_standing_entry_of_its_chapter_once() {
    let app = booked();
    let of = |original: &str, change: &[(&'static str, &'static str)]| {
        let mut all = vec![("kind", "'REVERSAL'"), ("reverses", original), ("reason", "'OTHER'")];
        all.extend(change);
        all.reverse();
        header(&all)
    };
    let mirror = |debit: &'static str, debit_fund: &'static str, amount: i64| {
        postings(ENTRY, &[(1, debit, debit_fund, -amount), (2, "DONATION_UNRESTRICTED", debit_fund, amount)])
    };
    let right = mirror("CASH_ON_HAND", GENERAL_FUND, 500_000);
    let swapped =
        postings(ENTRY, &[(1, "DONATION_UNRESTRICTED", GENERAL_FUND, 500_000), (2, "CASH_ON_HAND", GENERAL_FUND, -500_000)]);
    let longer = postings(
        ENTRY,
        &[
            (1, "CASH_ON_HAND", GENERAL_FUND, -500_000),
            (2, "DONATION_UNRESTRICTED", GENERAL_FUND, 500_000),
            (3, "CASH_ON_HAND", GENERAL_FUND, -9),
            (4, "DONATION_UNRESTRICTED", GENERAL_FUND, 9),
        ],
    );
    let again = pair(1, -512_345, 512_345);
    let back = pair(1, 512_345, -512_345);
    let other_chapter = ("chapter_id", "(SELECT id FROM chapter WHERE code = '23059')");
    let mirrors = "posting_reversal_mirrors";
    all_refused(
        &app.database,
        &[
            ("a second reversal of one entry", of(REVERSED, &[]) + &again, "entry_reverses_key"),
            ("another amount", of(STANDING, &[]) + &mirror("CASH_ON_HAND", GENERAL_FUND, 499_999), mirrors),
            ("another account", of(STANDING, &[]) + &mirror("BANK", GENERAL_FUND, 500_000), mirrors),
            ("another fund", of(STANDING, &[]) + &mirror("CASH_ON_HAND", APPEAL_FUND, 500_000), mirrors),
            ("the gift once more, not its mirror", of(STANDING, &[]) + &mirror("CASH_ON_HAND", GENERAL_FUND, -500_000), mirrors),
            ("the same postings in another order", of(STANDING, &[]) + &swapped, mirrors),
            ("more than the original", of(STANDING, &[("posting_count", "4")]) + &longer, mirrors),
            ("of another chapter", of(STANDING, &[other_chapter]) + &right, mirrors),
            ("a reversal of a reversal", of(REVERSAL, &[]) + &back, mirrors),
            ("a reversal of itself", of(ENTRY, &[]) + &right, mirrors),
            (
                "a reversal of nothing",
                header(&[("kind", "'REVERSAL'"), ("reason", "'OTHER'")]) + &right,
                "entry_reversal_names_original",
            ),
            ("a gift that reverses", header(&[("reverses", STANDING)]) + &right, "entry_reversal_names_original"),
            ("no reason", of(STANDING, &[("reason", "NULL")]) + &right, "entry_reversal_has_reason"),
            ("of an unknown entry", of("gen_random_uuid()", &[]) + &right, "entry_reverses_fk"),
            ("asked twice", ask_again(), "reversal_request_standing_key"),
        ],
    );
    app.database.execute(&format!("BEGIN; {}{right} ROLLBACK", of(STANDING, &[])));
}

fn ask_again() -> String {
    "INSERT INTO reversal_request (id, gift_id, reason, request_hash, state, approver_chapter_id, requested_by, requested_at)
     SELECT gen_random_uuid(), gift_id, reason, request_hash, 'REQUESTED', approver_chapter_id, requested_by, requested_at FROM reversal_request"
        .to_owned()
}

/// Tables to which rows are only ever added, with a column to tamper with.
const APPEND_ONLY: [(&str, &str); 6] = [
    ("entry", "reason"),
    ("posting", "account"),
    ("fund", "appeal"),
    ("log_leaf", "entry"),
    ("audit_event", "action"),
    ("appeal_version", "title"),
];

#[test]
fn what_is_written_is_never_updated_deleted_or_truncated() {
    let app = booked();
    for (table, column) in APPEND_ONLY {
        assert!(app.database.number(&format!("SELECT count(*) FROM {table}")) > 0, "{table} is empty: nothing would be proved");
        let constraint = format!("{table}_append_only");
        // A column that is computed takes no value.
        let columns = app.database.text(&format!(
            "SELECT string_agg(attname, ', ') FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
        ));
        let upsert = format!(
            "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {table} ON CONFLICT ON CONSTRAINT {table}_pk DO UPDATE SET {column} = 'X'"
        );
        all_refused(
            &app.database,
            &[
                (table, format!("UPDATE {table} SET {column} = 'X'"), &constraint),
                (table, format!("UPDATE {table} SET {column} = {column}"), &constraint),
                (table, format!("DELETE FROM {table}"), &constraint),
                (table, format!("TRUNCATE {table} CASCADE"), &constraint),
                (table, upsert, &constraint),
            ],
        );
    }
}

#[test]
fn balances_chapters_and_units_keep_their_shape() {
    let app = booked();
    all_refused(
        &app.database,
        &[
            (
                "cash below zero",
                "UPDATE balance SET amount_vnd = -1 WHERE account = 'CASH_ON_HAND'".to_owned(),
                "balance_outflow_covered",
            ),
            (
                "more gone by bank than came",
                "UPDATE balance SET amount_vnd = -1 WHERE account = 'BANK_GROUP'".to_owned(),
                "balance_outflow_covered",
            ),
            (
                "a chapter under another parent",
                "UPDATE chapter SET parent_id = (SELECT id FROM chapter WHERE code = '01') WHERE code = '23095'".to_owned(),
                "chapter_stays",
            ),
            ("a chapter without parent", "UPDATE chapter SET parent_id = NULL WHERE code = '23095'".to_owned(), "chapter_stays"),
            ("a chapter under itself", "UPDATE chapter SET parent_id = id WHERE code = '23095'".to_owned(), "chapter_stays"),
            ("a chapter with another code", "UPDATE chapter SET code = '99999' WHERE code = '23095'".to_owned(), "chapter_stays"),
            ("a chapter with another id", format!("UPDATE chapter SET id = {ENTRY} WHERE code = '23095'"), "chapter_stays"),
            (
                "a second central chapter",
                chapter("CENTRAL", "(SELECT id FROM chapter WHERE code = 'TW')"),
                "chapter_root_is_central",
            ),
            ("a commune without parent", chapter("COMMUNE", "NULL"), "chapter_root_is_central"),
            ("two current versions of a unit", unit("'2026-11-22'", "NULL"), "administrative_unit_current_key"),
            ("a version that ends before it begins", unit("'2026-11-22'", "'2026-11-22'"), "administrative_unit_period_forward"),
        ],
    );
}

fn chapter(level: &str, parent: &str) -> String {
    format!(
        "INSERT INTO chapter (id, code, kind, level, parent_id, name, short_name, folded, founded_on)
         VALUES ({ENTRY}, 'NEW', 'TERRITORIAL', '{level}', {parent}, 'x', 'x', 'x', '2026-11-22')"
    )
}

fn unit(from: &str, to: &str) -> String {
    format!(
        "INSERT INTO administrative_unit (code, valid_from, valid_to, kind, name, full_name, parent_code, resolution, folded)
         SELECT code, {from}, {to}, kind, name, full_name, parent_code, resolution, folded FROM administrative_unit WHERE code = '23095' AND valid_to IS NULL"
    )
}

/// RFC 6962's hash of a leaf.
fn hash(leaf: &str) -> String {
    format!("sha256('\\x00'::bytea || '{leaf}'::bytea)")
}

fn pending(entry: &str, leaf: &str) -> String {
    format!("INSERT INTO log_pending (entry, leaf, leaf_hash) VALUES ('{entry}', '{leaf}', {});\n", hash(leaf))
}

fn leaf(idx: &str, entry: &str, leaf: &str) -> String {
    format!("INSERT INTO log_leaf (idx, entry, leaf, leaf_hash) VALUES ({idx}, '{entry}', '{leaf}', {});\n", hash(leaf))
}

fn grow(by: i32) -> String {
    format!("UPDATE log_head SET size = size + {by};\n")
}

const GONE: &str = "DELETE FROM log_pending WHERE entry LIKE 'NEW%';\n";
const END: &str = "(SELECT max(idx) + 1 FROM log_leaf)";

#[test]
fn leaves_move_into_a_dense_log_byte_for_byte() {
    let app = booked();
    let two = |idx: [&str; 2]| {
        format!(
            "INSERT INTO log_leaf (idx, entry, leaf, leaf_hash) VALUES ({}, 'NEW1', 'l1', {}), ({}, 'NEW2', 'l2', {});\n",
            idx[0],
            hash("l1"),
            idx[1],
            hash("l2")
        )
    };
    let after = "(SELECT max(idx) + 2 FROM log_leaf)";
    let later = "(SELECT max(idx) + 3 FROM log_leaf)";
    let both = pending("NEW1", "l1") + &pending("NEW2", "l2");
    let other_hash = leaf(END, "NEW1", "l1").replace(&hash("l1"), &hash("l2"));
    let (dense, into, grows) = ("log_leaf_is_dense", "log_pending_leaves_into_log", "log_head_grows");
    // What the sequencer does is accepted.
    app.database.execute(&format!("BEGIN; {both}{}{}{GONE} ROLLBACK", grow(2), two([END, after])));
    all_refused(
        &app.database,
        &[
            ("a gap before", both.clone() + &grow(2) + &leaf(after, "NEW1", "l1"), dense),
            ("a gap within", both.clone() + &grow(3) + &two([END, later]), dense),
            ("an index twice", both.clone() + &grow(2) + &two([END, END]), "log_leaf_pk"),
            ("an index taken", both.clone() + &grow(1) + &leaf("0", "NEW1", "l1"), "log_leaf_pk"),
            ("before the beginning", both.clone() + &grow(1) + &leaf("-1", "NEW1", "l1"), "log_leaf_idx_counts"),
            (
                "an entry twice",
                grow(1) + &leaf(END, "x", "l1").replace("'x'", "(SELECT min(entry) FROM log_leaf)"),
                "log_leaf_entry_key",
            ),
            ("a leaf without the head", both.clone() + &leaf(END, "NEW1", "l1"), dense),
            ("the head further than the leaf", both.clone() + &grow(2) + &leaf(END, "NEW1", "l1"), dense),
            ("the head less far than the leaves", both.clone() + &grow(1) + &two([END, after]), dense),
            ("no hash", both.clone() + &grow(1) + &leaf(END, "NEW1", "l1").replace(&hash("l1"), "'l1'"), "log_leaf_hash_fits"),
            (
                "another leaf than waited",
                pending("NEW1", "l1") + &grow(1) + &leaf(END, "NEW1", "l2") + GONE,
                "log_leaf_was_pending",
            ),
            ("another hash than waited", pending("NEW1", "l1") + &grow(1) + &other_hash + GONE, "log_leaf_hash_fits"),
            ("a waiting leaf thrown away", pending("NEW1", "l1") + GONE, into),
            ("one moved, one thrown away", both.clone() + &grow(1) + &leaf(END, "NEW1", "l1") + GONE, into),
            ("a waiting leaf rewritten", pending("NEW1", "l1") + "UPDATE log_pending SET leaf = 'l2'", "log_pending_append_only"),
            ("all waiting leaves truncated", pending("NEW1", "l1") + "TRUNCATE log_pending", "log_pending_append_only"),
            ("the same entry waiting twice", pending("NEW1", "l1") + &pending("NEW1", "l2"), "log_pending_pk"),
            ("the head goes back", "UPDATE log_head SET size = size - 1".to_owned(), grows),
            ("the head begins again", "UPDATE log_head SET size = 0".to_owned(), grows),
            ("the head stays", "UPDATE log_head SET size = size".to_owned(), grows),
            ("the head is deleted", "DELETE FROM log_head".to_owned(), "log_head_append_only"),
            ("the head is truncated", "TRUNCATE log_head".to_owned(), "log_head_append_only"),
            ("a second head", "INSERT INTO log_head (size) VALUES (0)".to_owned(), "log_head_pk"),
            ("another head", "INSERT INTO log_head (one, size) VALUES (false, 0)".to_owned(), "log_head_one"),
        ],
    );
}

/// What one table says of another is enforced as well: head and leaves, gift and entry, closure and tree.
#[test]
fn the_books_agree_with_each_other_or_nothing_is_written() {
    let app = booked();
    let ghost = leaf(END, "GHOST", "xx");
    let backdated = header(&[("day", "'2020-01-01'"), ("booked", "'2020-01-01'")]) + &pair(1, 500, -500);
    let attacks = [
        ("the head runs ahead of the leaves, and no leaf ever fits again", grow(5), "log_head_agrees"),
        ("a leaf that never waited", grow(1) + &ghost, "log_leaf_was_pending"),
        ("a hash of something else", pending("NEW1", "l1").replace(&hash("l1"), &hash("l2")), "log_pending_hash_fits"),
        ("an entry that is in the log already waits again", "INSERT INTO log_pending (entry, leaf, leaf_hash) SELECT entry, leaf, leaf_hash FROM log_leaf".to_owned(), "log_pending_is_new"),
        ("booked years ago, recorded today", backdated, "entry_booked_when_recorded"),
        ("a commune slipped under another province's eyes", "UPDATE chapter_ancestor SET ancestor_id = (SELECT id FROM chapter WHERE code = '01') WHERE depth = 1 AND chapter_id = (SELECT id FROM chapter WHERE code = '23095')".to_owned(), "chapter_ancestor_append_only"),
        ("a second parent for the eyes of the law", "INSERT INTO chapter_ancestor SELECT c.id, p.id, 1 FROM chapter c, chapter p WHERE c.code = '23095' AND p.code = '01'".to_owned(), "chapter_ancestor_follows"),
        ("a second central chapter", chapter("CENTRAL", "NULL"), "chapter_one_root_key"),
        ("a unit renamed in place", "UPDATE administrative_unit SET name = 'x' WHERE code = '23095'".to_owned(), "administrative_unit_append_only"),
        ("the gift says less than its entry", "UPDATE gift SET amount_vnd = 1".to_owned(), "gift_append_only"),
        ("the gift is gone, its entry stays", "DELETE FROM reversal_request; DELETE FROM gift".to_owned(), "gift_append_only"),
        ("the public sees another amount", "UPDATE public_entry SET amount_vnd = 1".to_owned(), "public_entry_append_only"),
        ("the public sees nothing", "DELETE FROM public_entry".to_owned(), "public_entry_append_only"),
        ("a balance of an account that does not exist", "INSERT INTO balance SELECT chapter_id, fund_id, 'POCKET', 5 FROM balance LIMIT 1".to_owned(), "balance_account_known"),
    ];
    let deferred =
        attacks.map(|(name, sql, guard)| (name, format!("BEGIN; {sql}; SET CONSTRAINTS ALL IMMEDIATE; COMMIT"), guard));
    all_refused(&app.database, &deferred);
}
