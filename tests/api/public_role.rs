//! The database role of the public may read what disclosure needs and nothing else, column by column.

mod columns;

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use serde_json::json;
use so_nhan_ai::db::PUBLIC_ROLE;

use crate::harness::{Database, TestApp};
use columns::READABLE;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    readable: bool,
}

/// Every column of every table, view and sequence outside the system's own schemas.
fn columns(database: &Database) -> Vec<Column> {
    let sql = format!(
        "SELECT c.relname::text AS \"table\", a.attname::text AS name, has_column_privilege('{PUBLIC_ROLE}', c.oid, a.attnum, 'SELECT') AS readable
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1, 2"
    );
    diesel::sql_query(sql).load(&mut database.connect()).unwrap()
}

/// A connection under the role, as `Db::read_public` takes it, but able to write if it were allowed to.
fn as_public(database: &Database) -> PgConnection {
    let mut conn = database.connect();
    conn.batch_execute(&format!("SET ROLE {PUBLIC_ROLE}")).unwrap();
    conn
}

fn refused(conn: &mut PgConnection, sql: &str) {
    match conn.batch_execute(sql) {
        Ok(()) => panic!("the public role was allowed to: {sql}"),
        Err(error) => {
            let why = error.to_string();
            assert!(why.starts_with("permission denied") || why.starts_with("must be superuser"), "{sql}: {why}");
        }
    }
}

#[test]
fn the_public_role_reads_exactly_what_is_listed() {
    let database = Database::untouched();
    let mut readable: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for column in columns(&database).into_iter().filter(|column| column.readable) {
        readable.entry(column.table).or_default().insert(column.name);
    }
    let listed: BTreeMap<String, BTreeSet<String>> = READABLE
        .iter()
        .map(|(table, columns)| ((*table).to_owned(), columns.iter().map(|c| (*c).to_owned()).collect()))
        .collect();
    assert_eq!(readable, listed, "the public role reads more or less than this test lists");
}

/// The catalogue's word is checked by deed, column by column.
#[test]
fn every_other_column_is_refused() {
    let database = Database::untouched();
    let mut conn = as_public(&database);
    let (mut read, mut denied) = (0, 0);
    for Column { table, name, .. } in columns(&database) {
        let sql = format!("SELECT \"{name}\" FROM \"{table}\" LIMIT 1");
        if READABLE.iter().any(|(t, columns)| *t == table && columns.contains(&name.as_str())) {
            conn.batch_execute(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            read += 1;
        } else {
            refused(&mut conn, &sql);
            denied += 1;
        }
    }
    assert!(read > 80 && denied > 80, "{read} columns read, {denied} refused: were all tables looked at?");
    for table in
        ["account", "officer", "officer_code", "party", "gift", "entry", "posting", "pd_opening", "session", "audit_event"]
    {
        refused(&mut conn, &format!("SELECT count(*) FROM {table}"));
        refused(&mut conn, &format!("COPY {table} TO STDOUT"));
    }
    refused(&mut conn, "SELECT * FROM appeal");
    refused(&mut conn, "SELECT leaf FROM log_pending");
    refused(&mut conn, "SELECT * FROM log_pending");
    refused(&mut conn, "SELECT c.code FROM chapter c JOIN account a ON true");
    refused(&mut conn, "SELECT o.officer_id FROM reversal_by_officer r JOIN officer_code o ON o.code = r.officer_code");
}

#[test]
fn the_public_role_writes_nothing() {
    let database = Database::untouched();
    let mut conn = as_public(&database);
    let mut tables: BTreeMap<String, String> = BTreeMap::new();
    for column in columns(&database) {
        tables.entry(column.table).or_insert(column.name);
    }
    for (table, column) in tables.iter().filter(|(table, _)| !table.ends_with("_seq")) {
        refused(&mut conn, &format!("INSERT INTO \"{table}\" DEFAULT VALUES"));
        refused(&mut conn, &format!("UPDATE \"{table}\" SET \"{column}\" = DEFAULT"));
        refused(&mut conn, &format!("DELETE FROM \"{table}\""));
        refused(&mut conn, &format!("TRUNCATE \"{table}\""));
    }
    for sequence in tables.keys().filter(|table| table.ends_with("_seq")) {
        refused(&mut conn, &format!("SELECT nextval('{sequence}')"));
    }
    refused(&mut conn, "CREATE TABLE mine (x int)");
    refused(&mut conn, "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    refused(&mut conn, "COPY chapter TO PROGRAM 'cat'");
    refused(&mut conn, "SELECT pg_read_file('postgresql.conf')");
}

/// Nothing lends the role more than its own grants.
#[test]
fn the_public_role_is_nobody_else() {
    let database = Database::untouched();
    let count = |sql: String| database.number(&sql);
    let special = "rolsuper OR rolcanlogin OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls";
    assert_eq!(count(format!("SELECT count(*) FROM pg_roles WHERE rolname = '{PUBLIC_ROLE}' AND ({special})")), 0);
    assert_eq!(count(format!("SELECT count(*) FROM pg_auth_members WHERE member = '{PUBLIC_ROLE}'::regrole")), 0);
    assert_eq!(count(format!("SELECT count(*) FROM pg_class WHERE relowner = '{PUBLIC_ROLE}'::regrole")), 0);
    let foreign = "pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)";
    assert_eq!(
        count(format!("SELECT count(*) FROM pg_proc WHERE prosecdef AND {foreign}")),
        0,
        "a SECURITY DEFINER function lends its owner's rights"
    );
}

/// The role is enough for every public page, so the pages really are read under it.
#[test]
fn public_pages_stop_working_when_the_role_loses_its_grants() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    app.officer_of("23095").post("/api/v1/gifts", app.gift(json!({"appeal": "LULUT"})), 201);
    app.wait_for_log();
    let pages = [
        "entries",
        "totals",
        "chapters",
        "chapters/23095",
        "appeals",
        "appeals/LULUT",
        "items",
        "reversals",
        "chapters/23095/reversals",
    ];
    for page in pages {
        app.anonymous().get(&format!("/api/v1/public/{page}"), 200);
    }
    app.database.execute(&format!("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {PUBLIC_ROLE}"));
    // Revoking from tables takes their column grants along.
    for page in pages {
        app.anonymous().get(&format!("/api/v1/public/{page}"), 500);
    }
    assert_eq!(app.anonymous().send("GET", "/api/v1/public/appeals/LULUT/ledger.csv", None).status, 500);
}
