//! The database role of the public may read what disclosure needs and nothing else, column by column.

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use serde_json::json;
use so_nhan_ai::db::PUBLIC_ROLE;

use crate::harness::{Database, TestApp};

/// Everything the role may read. A line is added only for what the whole country may see on a public page.
const READABLE: &[(&str, &[&str])] = &[
    (
        "administrative_unit",
        &["code", "valid_from", "valid_to", "kind", "name", "full_name", "parent_code", "resolution", "folded"],
    ),
    ("advance", &["code", "entry_id", "chapter_id", "fund_id", "order_id", "amount_vnd", "open_vnd", "due_on"]),
    (
        "activity",
        &[
            "id",
            "code",
            "chapter_id",
            "area",
            "movement",
            "campaign_id",
            "title",
            "plan",
            "place",
            "starts_on",
            "ends_on",
            "partners",
            "is_public",
            "state",
            "result",
            "told_persons",
            "told_person_times",
            "money_vnd",
            "goods_vnd",
            "labour_vnd",
            "cancelled_reason",
            "version",
            "changed_at",
        ],
    ),
    ("blood_bag", &["ml", "valid_from", "valid_to", "law_vi", "law_en", "mark", "source"]),
    (
        "blood_compatibility",
        &[
            "component",
            "receiver_abo",
            "receiver_rh",
            "giver_abo",
            "giver_rh",
            "rank",
            "valid_from",
            "valid_to",
            "law_vi",
            "law_en",
            "mark",
            "source",
        ],
    ),
    (
        "blood_deferral",
        &[
            "code",
            "place",
            "amount",
            "unit",
            "reason",
            "vi",
            "en",
            "valid_from",
            "valid_to",
            "law_vi",
            "law_en",
            "mark",
            "source",
        ],
    ),
    (
        "blood_interval",
        &["after", "days", "times", "within_days", "valid_from", "valid_to", "law_vi", "law_en", "mark", "source"],
    ),
    ("blood_limit", &["name", "value", "valid_from", "valid_to", "law_vi", "law_en", "mark", "source"]),
    (
        "blood_volume",
        &["procedure", "least_kg", "most_ml", "ml_per_kg", "valid_from", "valid_to", "law_vi", "law_en", "mark", "source"],
    ),
    ("activity_area", &["code", "rank", "vi", "en", "valid_from", "valid_to", "mark", "source"]),
    ("activity_correction", &["activity_id", "version", "activities", "made_at"]),
    ("activity_delivery", &["activity_id", "chapter_id"]),
    (
        "activity_sum",
        &[
            "scope_id",
            "year",
            "month",
            "area",
            "movement",
            "level",
            "activities",
            "money_vnd",
            "goods_vnd",
            "labour_vnd",
            "told_persons",
            "told_person_times",
        ],
    ),
    (
        "blood_result",
        &[
            "statement",
            "drive_id",
            "drive_code",
            "centre",
            "chapter_id",
            "day",
            "version",
            "registered",
            "came",
            "gave",
            "deferred",
            "units",
            "ml",
            "replaced_by",
        ],
    ),
    // Folded when it was stated: nothing under five, and nothing from which that could be had.
    ("blood_result_count", &["statement", "dimension", "kinds", "persons"]),
    ("blood_result_month", &["scope_id", "year", "month", "units"]),
    (
        "blood_result_year",
        &["scope_id", "year", "drives", "registered", "gave", "units", "came", "deferred", "untold", "ml", "ml_units"],
    ),
    ("blood_result_year_count", &["scope_id", "year", "dimension", "kind", "persons"]),
    ("blood_target", &["decision_id", "n", "chapter_id", "units", "per_mille", "population", "population_source"]),
    ("blood_target_decision", &["id", "chapter_id", "year", "decision_no", "state", "decided_at", "statement", "replaced_by_id"]),
    ("blood_value", &["valid_from", "valid_to", "vnd_per_unit", "mark", "source"]),
    (
        "campaign",
        &["id", "chapter_id", "movement", "title", "title_en", "about", "about_en", "starts_on", "ends_on", "state", "version"],
    ),
    ("campaign_appeal", &["campaign_id", "appeal_id"]),
    // Whom it is for is nobody's business but by consent: a name stands in a row of its own.
    ("blood_honour", &["id", "list_id", "chapter_id", "threshold_id", "state", "decided_at"]),
    ("blood_honour_list", &["id", "awarded_at_id", "decision_no"]),
    ("blood_honour_shown", &["honour_id", "name"]),
    (
        "blood_honour_threshold",
        &["id", "of", "times", "chapter_id", "level", "vi", "en", "valid_from", "valid_to", "decision_no", "mark", "source"],
    ),
    ("commendation", &["id", "chapter_id", "awarded_at_id", "form", "year", "collective", "state", "decision_no", "decided_at"]),
    ("commendation_form", &["code", "rank", "vi", "en", "levels", "valid_from", "valid_to", "mark", "source"]),
    ("commendation_shown", &["commendation_id", "name"]),
    ("movement", &["code", "rank", "vi", "en", "valid_from", "valid_to", "mark", "source"]),
    ("movement_edition", &["id", "movement", "year", "starts_on", "ends_on", "target", "target_persons", "target_vnd", "source"]),
    ("practice_model", &["id", "chapter_id", "area", "movement", "title", "about", "words", "state", "published_on"]),
    ("annotation", &["code", "seq", "kind", "of_code", "booked", "leaf_hash"]),
    ("appeal", &["id", "code", "chapter_id", "regime", "state", "version", "fund_id", "quarantine_fund_id"]),
    (
        "appeal_version",
        &[
            "appeal_id",
            "version",
            "title",
            "purpose",
            "target_vnd",
            "receive_from",
            "receive_until",
            "state",
            "recorded_on",
            "extension_ground",
            "extension_no",
            "extension_on",
            "extension_by",
            "extension_level",
            "extension_text",
        ],
    ),
    ("appeal_milestone", &["appeal_id", "milestone", "version", "day"]),
    (
        "chapter",
        &[
            "id",
            "code",
            "kind",
            "level",
            "status",
            "parent_id",
            "unit_code",
            "name",
            "short_name",
            "folded",
            "founded_on",
            "version",
            "words",
        ],
    ),
    ("chapter_ancestor", &["chapter_id", "ancestor_id", "depth"]),
    ("chapter_successor", &["old_id", "new_id", "since", "leads"]),
    ("document_publication", &["purpose", "subject_id", "sha256", "size_bytes", "media_type", "title", "published_on"]),
    ("document_withdrawal", &["subject_id", "sha256", "withdrawn_on"]),
    ("chapter_former_name", &["chapter_id", "version", "name", "folded", "words", "valid_from", "valid_to"]),
    (
        "chapter_version",
        &[
            "chapter_id",
            "version",
            "change",
            "name",
            "short_name",
            "status",
            "effective_on",
            "decision_no",
            "decision_on",
            "address",
            "phone",
            "email",
        ],
    ),
    (
        "former_unit",
        &[
            "id",
            "known_from",
            "resolution",
            "level",
            "code",
            "parent_code",
            "kind",
            "full_name",
            "district",
            "province",
            "valid_to",
            "folded",
            "words",
            "place",
        ],
    ),
    ("closed_period", &["chapter_id", "month", "size", "entries", "late", "statement"]),
    (
        "committee",
        &[
            "id",
            "chapter_id",
            "kind",
            "made_by",
            "provisional",
            "congress",
            "decision_no",
            "decision_on",
            "valid_from",
            "term_until",
            "valid_until",
        ],
    ),
    ("committee_post", &["added_on", "id", "committee_id", "title", "n", "seats"]),
    // Who holds a post is nobody's business but by consent: a name stands in a row of its own.
    ("post_holder", &["id", "post_id", "seat", "held_from", "held_until", "manner", "acting"]),
    ("post_holder_shown", &["holder_id", "name"]),
    ("post_title", &["code", "committee_kind", "vi", "en", "single", "rank", "valid_from", "valid_to", "source"]),
    // What is taught where and when; who takes part stands in other rows.
    (
        "course",
        &[
            "id",
            "chapter_id",
            "code",
            "kind",
            "title",
            "place",
            "places",
            "taken",
            "listed",
            "state",
            "first_day",
            "last_day",
            "version",
            "changed_at",
        ],
    ),
    ("course_kind", &["code", "vi", "en", "area", "rank"]),
    ("course_session", &["course_id", "n", "day", "from_minute", "until_minute"]),
    ("blood_certificate", &["code", "serial_key", "centre", "given_on", "component", "volume_ml", "redeemed_ml", "state"]),
    // Where and when blood is given; of who books the drive a code leads to, and nothing else.
    ("blood_centre", &["id", "code", "vi", "en", "province"]),
    ("booking_consent_text", &["version", "valid_from", "valid_to", "vi", "en"]),
    (
        "drive",
        &[
            "id",
            "code",
            "chapter_id",
            "centre_id",
            "title",
            "site",
            "day",
            "listed",
            "state",
            "waiting_most",
            "cancelled_why",
            "version",
            "changed_at",
        ],
    ),
    ("drive_rule", &["name", "value", "valid_from", "valid_to"]),
    ("drive_slot", &["drive_id", "n", "from_minute", "until_minute", "places", "taken"]),
    ("public_booking", &["code", "drive_id"]),
    ("public_certificate", &["code", "state", "kind", "course", "chapter_id", "given_on", "valid_until", "name"]),
    ("public_course_count", &["chapter_id", "year", "areas", "passed"]),
    ("consent_text", &["purpose", "version", "valid_from", "valid_to", "vi", "en"]),
    ("member_consent_text", &["version", "valid_from", "valid_to", "vi", "en"]),
    ("fund", &["id", "code", "restriction", "appeal"]),
    ("item", &["code", "name", "name_en", "folded", "units", "counted_units"]),
    ("log_checkpoint", &["size", "root", "note", "signed_at"]),
    ("log_head", &["one", "size"]),
    ("log_key", &["vkey", "entry", "added_at"]),
    ("log_key_retired", &["vkey", "entry", "retired_at"]),
    ("log_leaf", &["idx", "entry", "leaf", "leaf_hash"]),
    ("log_origin", &["one", "origin"]),
    ("log_tile", &["level", "n", "data"]),
    ("log_tree", &["one", "size", "root"]),
    ("transfer_open", &["out_code", "from_chapter", "to_chapter", "fund", "outstanding_vnd", "sent_on"]),
    // Which entries wait for their place: codes that are public already.
    ("log_pending", &["seq", "entry"]),
    (
        "public_entry",
        &[
            "seq",
            "code",
            "kind",
            "channel",
            "chapter",
            "grassroots",
            "province",
            "appeal",
            "fund",
            "day",
            "booked",
            "amount_vnd",
            "giver",
            "goods",
            "message_count",
            "reverses",
            "reason",
            "leaf_hash",
            "words",
        ],
    ),
    // Whether a card is valid, and of which chapter; whose it is, is not readable.
    ("public_card", &["code", "state", "chapter_id"]),
    // Folded, so that nobody is seen.
    ("public_member_count", &["chapter_id", "year", "kinds", "members"]),
    ("public_volunteer_count", &["chapter_id", "year", "kinds", "volunteers"]),
    ("volunteer_rule", &["name", "value", "valid_from", "valid_to", "source"]),
    ("volunteer_consent_text", &["version", "valid_from", "valid_to", "vi", "en"]),
    ("own_cost", &["code", "consent"]),
    ("pre_check", &["version", "valid_from", "valid_to", "note_vi", "note_en", "mark", "source"]),
    ("pre_check_question", &["version", "place", "code", "ask", "deferrals", "vi", "en", "about_vi", "about_en"]),
    ("public_holiday", &["day"]),
    (
        "publication",
        &[
            "code",
            "appeal_id",
            "event",
            "period",
            "version",
            "replaces",
            "sha256",
            "title",
            "channels",
            "published_on",
            "leaf_hash",
            "statement",
        ],
    ),
    (
        "publication_rule",
        &[
            "regime",
            "event",
            "valid_from",
            "valid_to",
            "counts_from",
            "every_days",
            "amount",
            "unit",
            "early",
            "keep_days",
            "mark",
            "source",
            "last_days",
            "advisory",
            "notices_from",
            "fixed_month",
            "fixed_day",
        ],
    ),
    ("entry_detail", &["code", "of_code", "to_chapter", "category", "reason", "list_code", "counted", "root", "measures"]),
    (
        "money_category",
        &["code", "side", "vi", "en", "needs_consent", "needs_document", "valid_from", "valid_to", "mark", "source"],
    ),
    ("left_overall", &["scope_id", "fund_id", "account", "own_vnd", "subtree_vnd"]),
    ("total_by_day", &["scope_id", "fund_id", "measure", "part", "day", "own_vnd", "own_count", "subtree_vnd", "subtree_count"]),
    ("total_overall", &["scope_id", "fund_id", "measure", "part", "own_vnd", "own_count", "subtree_vnd", "subtree_count"]),
    ("reversal_by_month", &["scope_id", "month", "original", "reason", "own_count", "own_vnd", "subtree_count", "subtree_vnd"]),
    // Persons by their random code alone; whose it is, is not readable.
    (
        "reversal_by_officer",
        &[
            "chapter_id",
            "year",
            "officer_code",
            "original",
            "reason",
            "asked_count",
            "asked_vnd",
            "approved_count",
            "approved_vnd",
        ],
    ),
    ("reversal_overall", &["scope_id", "original", "reason", "own_count", "own_vnd", "subtree_count", "subtree_vnd"]),
    (
        "statement",
        &["code", "seq", "chapter_id", "event", "appeal", "day", "body", "sha256", "replaces", "leaf_hash", "stated_on"],
    ),
    ("stock_on_hand", &["chapter_id", "fund_id", "item", "unit", "quantity_milli", "value_vnd"]),
    ("unit_merger", &["former_id", "new_code", "relation", "note"]),
];

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
