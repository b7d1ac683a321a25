//! Migrations go up, all the way down and up again, and leave exactly what they should; two servers may start at once.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::MigrationHarness;
use so_nhan_ai::db::migrations::{MIGRATIONS, run};

use crate::harness::Database;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Everything the schema consists of, one sorted line each; diesel's own bookkeeping left out. Columns are counted among
/// those that are there: one that was dropped and added again has another number and the same place.
fn dump(database: &Database) -> Vec<String> {
    let sql = "
        WITH ours AS (SELECT c.* FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE '\\_\\_diesel%')
        SELECT format('table %s kind %s grants %s', relname, relkind, coalesce(relacl, acldefault('r', relowner))) AS line FROM ours WHERE relkind IN ('r', 'v', 'm', 'p')
        UNION ALL
        SELECT format('column %s.%s %s %s not null %s default %s identity %s grants %s', c.relname,
                      row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname, format_type(a.atttypid, a.atttypmod),
                      a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attacl)
        FROM ours c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relkind IN ('r', 'v', 'm', 'p')
        UNION ALL
        SELECT format('constraint %s.%s %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k JOIN ours c ON c.oid = k.conrelid
        UNION ALL
        SELECT format('index %s', pg_get_indexdef(i.indexrelid)) FROM pg_index i JOIN ours c ON c.oid = i.indrelid
        UNION ALL
        SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN ours c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
        UNION ALL
        SELECT format('function %s', CASE p.prokind WHEN 'a' THEN p.proname ELSE pg_get_functiondef(p.oid) END) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proname NOT LIKE 'diesel\\_%'
        UNION ALL
        SELECT format('type %s %s', t.typname, t.typtype) FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd', 'r')
        UNION ALL
        SELECT format('sequence %s', relname) FROM ours WHERE relkind = 'S'
        UNION ALL
        SELECT format('extension %s', extname) FROM pg_extension WHERE extname <> 'plpgsql'
        UNION ALL
        SELECT format('schema %s', nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('public', 'information_schema')
        ORDER BY 1";
    diesel::sql_query(sql).load::<Line>(&mut database.connect()).unwrap().into_iter().map(|row| row.line).collect()
}

fn missing<'a>(from: &'a [String], other: &[String]) -> Vec<&'a String> {
    from.iter().filter(|line| !other.contains(line)).collect()
}

#[test]
fn up_down_up_leaves_the_same_schema() {
    let database = Database::empty();
    let ran = run(&database.url()).unwrap();
    assert!(ran.len() >= 7, "{ran:?}");
    assert!(run(&database.url()).unwrap().is_empty(), "running again has nothing to do");
    let first = dump(&database);
    for kind in ["table ", "column ", "constraint ", "index ", "trigger ", "function "] {
        assert!(first.iter().filter(|line| line.starts_with(kind)).count() > 4, "the dump shows no {kind}");
    }
    let reverted = database.connect().revert_all_migrations(MIGRATIONS).unwrap().len();
    assert_eq!(reverted, ran.len());
    assert_eq!(dump(&database), Vec::<String>::new(), "down.sql left something behind");
    run(&database.url()).unwrap();
    let second = dump(&database);
    assert!(first == second, "lost: {:#?}\nnew: {:#?}", missing(&first, &second), missing(&second, &first));
}

/// One step down and up at a time: every `down.sql` undoes exactly its own `up.sql`.
#[test]
fn every_step_undoes_itself() {
    let database = Database::empty();
    let mut conn = database.connect();
    let mut before = vec![dump(&database)];
    while conn.has_pending_migration(MIGRATIONS).unwrap() {
        conn.run_next_migration(MIGRATIONS).unwrap();
        before.push(dump(&database));
    }
    while before.len() > 1 {
        let full = before.pop().unwrap();
        let name = conn.revert_last_migration(MIGRATIONS).unwrap();
        let empty = before.last().unwrap();
        let now = dump(&database);
        assert!(now == *empty, "{name}: left {:#?}\nlost {:#?}", missing(&now, empty), missing(empty, &now));
        conn.run_next_migration(MIGRATIONS).unwrap();
        assert!(dump(&database) == full, "{name} is not the same the second time");
        conn.revert_last_migration(MIGRATIONS).unwrap();
    }
}

/// Servers started together wait for each other; each migration runs once.
#[test]
fn several_servers_may_migrate_at_once() {
    let database = Database::empty();
    let url = database.url();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            std::thread::spawn(move || run(&url).unwrap().len())
        })
        .collect();
    let ran: Vec<usize> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(ran.iter().filter(|n| **n > 0).count(), 1, "{ran:?}");
    assert_eq!(database.number("SELECT count(*) FROM __diesel_schema_migrations"), ran.iter().sum::<usize>() as i64);
}

/// Two databases of one cluster share the public role: creating it at the same moment must not fail either.
#[test]
fn two_databases_may_be_migrated_at_once() {
    let databases = [Database::empty(), Database::empty(), Database::empty()];
    let threads: Vec<_> = databases
        .iter()
        .map(|database| {
            let url = database.url();
            std::thread::spawn(move || run(&url).unwrap().len())
        })
        .collect();
    for thread in threads {
        assert!(thread.join().unwrap() > 0);
    }
}

/// Two branches whose names differ by an apostrophe were two names once; now that would be one. Those that are there stay.
#[test]
fn siblings_alike_but_for_an_apostrophe_keep_their_names() {
    let database = Database::empty();
    let mut conn = database.connect();
    while !conn.pending_migrations(MIGRATIONS).unwrap()[0].name().to_string().ends_with("_joined_words") {
        conn.run_next_migration(MIGRATIONS).unwrap();
    }
    let branch = |n: u8, folded: &str| {
        format!(
            "INSERT INTO chapter (id, code, kind, level, parent_id, name, short_name, folded, founded_on)
             SELECT gen_random_uuid(), 'TR-{n}', 'SCHOOL', 'BRANCH', id, 'x', 'x', '{}', '2026-01-01' FROM chapter WHERE level = 'CENTRAL'",
            folded.replace('\'', "''")
        )
    };
    database.execute(
        "INSERT INTO chapter (id, code, kind, level, name, short_name, folded, founded_on)
         VALUES (gen_random_uuid(), 'TW', 'TERRITORIAL', 'CENTRAL', 'x', 'x', 'x', '2026-01-01')",
    );
    database.execute(&branch(1, "truong ya h'leo"));
    database.execute(&branch(2, "truong ya hleo"));
    run(&database.url()).unwrap();
    assert_eq!(database.number("SELECT count(*) FROM chapter WHERE level = 'BRANCH'"), 2);
    assert!(database.refuses(&branch(3, "truong ya hle'o")).contains("chapter_sibling_name_key"));
}
