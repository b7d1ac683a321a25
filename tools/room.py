#!/usr/bin/env python3
"""Begins a room: tools/room.py NAME (make room NAME=example).

Writes the room's folder, a pair of migrations with one table, and a test that fails until somebody says what the room is
for; enters the room in the maps and lists that name every room. docs/adding-a-room.md says what comes next.
"""
import datetime, os, re, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Where new rooms stand unless their author moves them: above what books, below what publishes and audits.
BEFORE = "publications"
# The crate of rooms in which that is.
FLOOR = "src/money.rs"

MOD = '''//! TODO: what the room is for, in a sentence, and what its states are.
//!
//! What always holds: …

pub mod model;
pub mod routes;
pub mod store;

use crate::house::Room;
use crate::house::succession::Succession::Stays;

/// What the house wants to know of this room. Of the other fields (audits, persons, papers, matters, threads, feeds) it has
/// nothing yet.
pub const ROOM: Room = Room {
    tables: &["@NAME@"],
    tags: &[("@NAME@", "TODO: what is asked of this room")],
    routes: routes::configure,
    // TODO: `Stays`, `Follows` or `Ends`: what becomes of the rows when the chapter has a successor.
    chapters: &[("@NAME@.chapter_id", Stays)],
    ..Room::called("@NAME@")
};
'''

MODEL = '''//! The rules of the room: types that can only hold what is right. No connection, no HTTP.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// TODO: what one of them is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct @TYPE@ {
    pub id: Uuid,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}
'''

STORE = '''//! The room's SQL. What reads takes a `Seen`, what writes takes a `Granted`, and both take the chapter from it.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::@TYPE@;
use crate::authz::{Read, Seen};
use crate::db::DbError;
use crate::db::schema::@NAME@;
use crate::http::Span;

/// Those of a chapter, oldest first.
pub fn of_chapter(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<@TYPE@>, DbError> {
    let mut query = @NAME@::table
        .filter(@NAME@::chapter_id.eq(here.chapter().0))
        .order((@NAME@::recorded_at, @NAME@::id))
        .limit(span.rows)
        .select((@NAME@::id, @NAME@::recorded_at))
        .into_boxed();
    if let Some((at, id)) = span.after {
        query = query.filter(@NAME@::recorded_at.gt(at).or(@NAME@::recorded_at.eq(at).and(@NAME@::id.gt(id))));
    }
    let rows: Vec<(Uuid, DateTime<Utc>)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(id, recorded_at)| @TYPE@ { id, recorded_at }).collect())
}
'''

ROUTES = '''//! `/api/v1/@PATH@`: thin handlers. The desk lets people in, keeps attempts apart and pages lists.

use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::@TYPE@;
use super::store;
use crate::authz::{Desk, Read, Seen};
use crate::http::sets::Reads;
use crate::http::{Answer, OfChapter, Page, Query};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_@NAME@);
}

/// Those of a chapter, oldest first.
#[utoipa::path(tag = "@NAME@", params(OfChapter), responses((status = 200, body = Page<@TYPE@>), Reads))]
#[get("/@PATH@")]
pub async fn list_@NAME@(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<@TYPE@>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::of_chapter(v.conn, here, &span)?),
        |row| (row.recorded_at, row.id),
        |_, rows| Ok(rows),
    )
    .await
}
'''

UP = '''-- TODO: what a row is, who makes it, what may change in it.
CREATE TABLE @NAME@ (
    id          uuid NOT NULL,
    chapter_id  uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT @NAME@_pk PRIMARY KEY (id),
    CONSTRAINT @NAME@_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id)
);
CREATE INDEX @NAME@_chapter_idx ON @NAME@ (chapter_id, recorded_at, id);
'''

TEST = '''//! TODO: what the tests of this room are about.

use serde_json::json;

use crate::coverage::{Call, call};
use crate::harness::TestApp;

/// The room's operations, for the table of who gets what.
pub fn calls(_: &TestApp) -> Vec<Call> {
    vec![call("GET /api/v1/@PATH@", "/api/v1/@PATH@?chapter=23095".to_owned(), None, 404, 200, 200)]
}

#[test]
fn an_empty_list_is_a_list() {
    let app = TestApp::start();
    let page = app.officer_of("23095").get("/api/v1/@PATH@?chapter=23095", 200);
    assert_eq!(page["items"], json!([]));
}

#[test]
fn the_first_story_of_the_room() {
    panic!("write here, through HTTP, what somebody does in this room; then make it true");
}
'''


def path(*parts):
    return os.path.join(ROOT, *parts)


def write(name, text, words):
    for sign, word in words.items():
        text = text.replace(sign, word)
    os.makedirs(os.path.dirname(path(name)), exist_ok=True)
    with open(path(name), "x", encoding="utf-8") as file:
        file.write(text)
    print("made   ", name)


def edit(name, change):
    with open(path(name), encoding="utf-8") as file:
        old = file.read()
    new = change(old)
    if new == old:
        sys.exit(f"{name}: found no place for the room; nothing was entered there")
    with open(path(name), "w", encoding="utf-8") as file:
        file.write(new)
    print("entered", name)


def into_map(text, name):
    return re.sub(rf"→(\s+(?://! )?){BEFORE} →", rf"→\g<1>{name} → {BEFORE} →", text, count=1)


def among_sorted(text, pattern, line, name):
    """Puts a line among others of its kind, in the order of their names."""
    kinds = list(re.finditer(pattern, text, re.M))
    for other in kinds:
        if other.group(1) > name:
            return text[: other.start()] + line + text[other.start() :]
    return text[: kinds[-1].end()] + line + text[kinds[-1].end() :]


def into_schema(text, name):
    """The table as the generator of `src/db/schema.rs` will write it: without it the room does not compile, nor the generator."""
    table = f"\ndiesel::table! {{\n    {name} (id) {{\n        id -> Uuid,\n        chapter_id -> Uuid,\n        recorded_at -> Timestamptz,\n    }}\n}}\n"
    text = among_sorted(text, r"\ndiesel::table! \{\n    (\w+) \([^}]*\}\n\}\n", table, name)
    first, second = sorted(("chapter", name))
    pair = f"diesel::allow_tables_to_appear_in_same_query!({first}, {second});\n"
    return among_sorted(text, r"^diesel::allow_tables_to_appear_in_same_query!\((\w+, \w+)\);\n", pair, f"{first}, {second}")


# What a room cannot be called, because its module, its table or its test is called the same.
RUST = """abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl in let loop
macro match mod move mut override priv pub ref return self static struct super trait true try type typeof unsafe unsized use virtual where
while yield""".split()
SQL = """all analyse analyze and any array asc asymmetric authorization between binary both case cast check collate collation column
concurrently constraint create cross current_date current_time current_timestamp current_user default deferrable desc distinct do else end
except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading
left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning
right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using variadic
verbose when where window with""".split()


def why_not(name):
    """What stands in the way of a room of this name; nothing may be written before this is known."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        return "small letters, digits and _, beginning with a letter"
    if name in RUST or name in SQL:
        return f"{name} is a word of Rust or SQL: no module or table can be called so"
    for taken in (f"src/{name}", f"src/{name}.rs", f"crates/{name}"):
        if os.path.exists(path(taken)):
            return f"there is a room or a crate {name} already ({taken})"
    for taken in (f"tests/api/{name}.rs", f"tests/api/{name}"):
        if os.path.exists(path(taken)):
            return f"tests are called so already ({taken})"
    with open(path("src/db/schema.rs"), encoding="utf-8") as file:
        if re.search(rf"^    {name} \(", file.read(), re.M):
            return f"there is a table {name} already"
    return None


def main():
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if why := why_not(name):
        sys.exit(f"make room NAME=example: {why}")
    words = {"@NAME@": name, "@PATH@": name.replace("_", "-"), "@TYPE@": "".join(part.title() for part in name.split("_"))}
    latest = max(os.listdir(path("migrations")))
    stamp = max(latest[:17], datetime.date.today().isoformat() + "-000000")
    stamp = f"{stamp[:11]}{int(stamp[11:17]) + 1000:06}"
    for file, text in {"mod": MOD, "model": MODEL, "store": STORE, "routes": ROUTES}.items():
        write(f"src/{name}/{file}.rs", text, words)
    write(f"migrations/{stamp}_{name}/up.sql", UP, words)
    write(f"migrations/{stamp}_{name}/down.sql", "DROP TABLE @NAME@;\n", words)
    write(f"tests/api/{name}.rs", TEST, words)
    edit(FLOOR, lambda text: among_sorted(into_map(text, name), r"^pub mod (\w+);\n", f"pub mod {name};\n", name))
    edit("src/db/schema.rs", lambda text: into_schema(text, name))
    edit("src/rooms.rs", lambda text: text.replace(f"    &{BEFORE}::ROOM,\n", f"    &crate::{name}::ROOM,\n    &{BEFORE}::ROOM,\n"))
    edit("docs/architecture.md", lambda text: into_map(text, name).replace(f"| `{BEFORE}` |", f"| `{name}` | TODO |\n| `{BEFORE}` |", 1))
    edit("tests/api/main.rs", lambda text: among_sorted(text, r"^mod (?!harness)(\w+);\n", f"mod {name};\n", name))
    edit("tests/api/coverage/rooms.rs", lambda text: text.replace("    // Rooms with a file of their own.\n", f"    // Rooms with a file of their own.\n    crate::{name}::calls,\n"))
    print(f"next: make openapi, then docs/adding-a-room.md; make test-room NAME={name}")


if __name__ == "__main__":
    main()
