//! The database's schema: `src/db/schema.rs` is what the migrations make, constraints have names of our own, personal
//! data is out of the public's reach.

use diesel::prelude::*;
use diesel::sql_types::Text;
use so_nhan_ai::db::PUBLIC_ROLE;

use crate::harness::Database;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

fn rows(database: &Database, sql: &str) -> Vec<String> {
    diesel::sql_query(sql).load::<Row>(&mut database.connect()).unwrap().into_iter().map(|row| row.text).collect()
}

#[test]
fn the_schema_file_is_what_the_migrations_make() {
    let database = Database::untouched();
    let sql = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/schema_file.sql")).unwrap();
    let made = rows(&database, &sql).pop().unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/db/schema.rs");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    let new: Vec<&str> = made.lines().filter(|line| !committed.lines().any(|old| old == *line)).collect();
    let old: Vec<&str> = committed.lines().filter(|line| !made.lines().any(|new| new == *line)).collect();
    assert!(
        made == committed,
        "{path} is not what the migrations make (UPDATE_SCHEMA=1 rewrites it)\nonly in the database: {new:#?}\nonly in the file: {old:#?}"
    );
    // A column type the generator does not know would vanish silently.
    let known = database.number(
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' AND udt_name <> 'tsvector'",
    );
    assert_eq!(committed.lines().filter(|line| line.starts_with("        ") && line.contains(" -> ")).count() as i64, known);
}

/// Code and clients act on constraint names, so none may be left to PostgreSQL's habits.
#[test]
fn every_constraint_and_index_has_a_name_of_ours() {
    let database = Database::untouched();
    let named = rows(
        &database,
        "SELECT c.relname || ' ' || k.conname AS text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE '\\_\\_diesel%' AND k.contype <> 'n'
         UNION SELECT c.relname || ' ' || i.relname FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE '\\_\\_diesel%'",
    );
    assert!(named.len() > 80, "{}", named.len());
    for line in &named {
        let (table, name) = line.split_once(' ').unwrap();
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let automatic = ["_check", "_fkey", "_pkey", "_excl"].iter().any(|end| bare.ends_with(end))
            || (bare.ends_with("_key") && bare != name);
        assert!(!automatic, "{table}.{name} looks like a name PostgreSQL made");
        assert!(name.starts_with(table), "{table}.{name} does not say which table it belongs to");
        assert!(name.len() <= 63);
    }
    // `account_user_name_key` would be PostgreSQL's name for it too; it is in the migrations by that name.
    let text: String = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))
        .unwrap()
        .map(|dir| std::fs::read_to_string(dir.unwrap().path().join("up.sql")).unwrap())
        .collect();
    for line in &named {
        let name = line.split_once(' ').unwrap().1;
        assert!(text.contains(name), "{name} stands in no migration");
    }
}

/// Without an index on its columns, a foreign key makes every delete and every join from the other side a scan.
#[test]
fn every_foreign_key_that_is_walked_has_an_index() {
    /// Never deleted from and never asked for from the other side.
    const EXCUSED: &[&str] = &[
        "appeal_created_by_fk",
        "appeal_version_recorded_by_fk",
        "gift_party_fk",
        "gift_line_item_fk",
        "balance_fund_fk",
        "reversal_request_requested_by_fk",
        "reversal_request_decided_by_fk",
        "reversal_request_entry_fk",
        "reversal_request_approver_chapter_fk",
        "consent_recorded_by_fk",
        "personal_data_request_requested_by_fk",
        "personal_data_request_answered_by_fk",
        "personal_data_request_decided_by_fk",
        "personal_data_request_approver_chapter_fk",
    ];
    let database = Database::untouched();
    let bare = rows(
        &database,
        "SELECT k.conname::text AS text FROM pg_constraint k WHERE k.contype = 'f' AND NOT EXISTS (
             SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL AND i.indkey[0] = k.conkey[1]) ORDER BY 1",
    );
    let mut excused: Vec<String> = EXCUSED.iter().map(|name| (*name).to_owned()).collect();
    excused.sort();
    assert_eq!(bare, excused, "left: foreign keys without an index; right: those this test excuses (the list may only shrink)");
}

/// Sealed fields and keyed hashes are bytes; the public's bytes are leaves and their hashes, nothing else.
#[test]
fn the_public_reads_no_sealed_bytes() {
    let database = Database::untouched();
    let bytes = |readable: bool| {
        rows(
            &database,
            &format!(
                "SELECT c.relname || '.' || a.attname AS text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'bytea'::regtype
                   AND has_column_privilege('{PUBLIC_ROLE}', c.oid, a.attnum, 'SELECT') = {readable} ORDER BY 1"
            ),
        )
    };
    let hashes_and_leaves = [
        "annotation.leaf_hash",
        "entry_detail.root",
        "log_checkpoint.root",
        "log_leaf.leaf",
        "log_leaf.leaf_hash",
        "log_tile.data",
        "log_tree.root",
        "own_cost.consent",
        "public_entry.leaf_hash",
        "publication.leaf_hash",
        "statement.body",
        "statement.leaf_hash",
    ];
    assert_eq!(bytes(true), hashes_and_leaves);
    let sealed = bytes(false);
    for column in [
        "personal_data_request.note",
        "personal_data_request.changes",
        "account.phone",
        "account.phone_hash",
        "officer.full_name",
        "party.name",
        "party.name_hash",
        "party.phone",
        "gift.particulars",
        "gift.giver_name",
        "pd_opening.sealed",
    ] {
        assert!(sealed.iter().any(|found| found == column), "{column} is gone: is it sealed elsewhere?");
    }
    // A table with such a column is shut as a whole: not even its other columns are shown. (A leaf is not sealed, it is
    // about to be public; of those that wait, codes and numbers are shown.)
    let open: i64 = database.number(&format!(
        "SELECT count(*) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ('annotation', 'closed_period', 'entry_detail', 'log_checkpoint', 'log_leaf', 'log_pending', 'log_tile', 'log_tree', 'own_cost', 'public_entry', 'publication', 'statement')
           AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.atttypid = 'bytea'::regtype)
           AND has_any_column_privilege('{PUBLIC_ROLE}', c.oid, 'SELECT')"
    ));
    assert_eq!(open, 0);
}

/// Joined, the rows of one statement against the ledger were once planned as a walk over the whole ledger, on every
/// gift. Guards ask other tables row by row instead: by a scalar subquery or a loop, one index look-up each.
#[test]
fn no_guard_joins_the_rows_of_a_statement_with_a_table_that_grows() {
    let database = Database::untouched();
    let joined = rows(
        &database,
        r"SELECT p.proname::text AS text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
              AND p.prosrc ~* '\m(added|gone)\M(\s+(AS\s+)?\w+)?\s+((LEFT|RIGHT|FULL|INNER|CROSS)\s+)*JOIN|JOIN\s+(added|gone)\M'",
    );
    assert_eq!(joined, Vec::<String>::new());
    let guards = database
        .number(r"SELECT count(*) FROM pg_proc WHERE prosrc ~* '\m(added|gone)\M' AND pronamespace = 'public'::regnamespace");
    assert!(guards >= 5, "the guards that were meant are still called so");
}
