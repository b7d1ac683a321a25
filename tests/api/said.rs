//! What rooms say of themselves (`ROOM`) is what there is: a room that forgets something is named, and so is what it forgot.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::Value;
use so_nhan_ai::house::Room;
use so_nhan_ai::house::papers::Kept;
use so_nhan_ai::rooms::ROOMS;

use crate::harness::Database;
use crate::rooms::{room, sources};

/// How often each room has a sign in its code.
fn counted(sign: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (file, text) in sources() {
        let count = text.matches(sign).count();
        if count > 0 {
            *found.entry(room(&file).to_owned()).or_default() += count;
        }
    }
    assert!(!found.is_empty(), "nothing has {sign:?}");
    found
}

/// How many of something each room says it has.
fn told(of: impl Fn(&Room) -> usize) -> BTreeMap<String, usize> {
    ROOMS.0.iter().map(|room| (room.name.to_owned(), of(room))).filter(|(_, count)| *count > 0).collect()
}

fn operations() -> (Value, BTreeSet<String>) {
    let document = so_nhan_ai::app::document().unwrap();
    let of_path = |path: &Value| -> Vec<String> {
        let operations = path.as_object().unwrap().values();
        operations.filter_map(|operation| operation["operationId"].as_str().map(str::to_owned)).collect()
    };
    let names = document["paths"].as_object().unwrap().values().flat_map(of_path).collect();
    (document, names)
}

#[test]
fn every_handler_is_registered() {
    let (_, names) = operations();
    for (file, text) in sources() {
        for part in text.split("#[utoipa::path(").skip(1) {
            let Some((told, handler)) = part.split_once("pub async fn ") else { continue };
            let own_name = told.split_once("operation_id = \"").and_then(|(_, rest)| rest.split('"').next());
            let name = own_name.unwrap_or_else(|| handler.split('(').next().unwrap());
            assert!(names.contains(name), "{file}: the room {} does not register {name}", room(&file));
        }
    }
}

#[test]
fn whatever_people_are_called_for_is_in_its_room_and_a_kind_of_call_out() {
    assert_eq!(told(|room| room.occasions.len()), counted(" Occasions for "));
    let (document, _) = operations();
    let kinds = document["components"]["schemas"]["CallOutKind"]["enum"].as_array().unwrap();
    for occasions in ROOMS.0.iter().flat_map(|room| room.occasions) {
        assert!(kinds.iter().any(|kind| kind == occasions.kind()), "nobody is called for {}", occasions.kind());
    }
}

#[test]
fn every_audit_is_in_its_room() {
    let mut has = counted(" Audits for ");
    has.retain(|room, _| room != "house");
    assert_eq!(told(|room| room.audits.len()), has);
}

#[test]
fn whoever_answers_for_persons_is_in_a_room() {
    let mut has = counted(" HoldsPersons for ");
    // The ledger's rows have the names of goods in them, which stand further up.
    let of_the_ledger = has.remove("ledger").unwrap();
    *has.entry("stock".to_owned()).or_default() += of_the_ledger;
    assert_eq!(told(|room| room.persons.len()), has);
}

#[test]
fn every_matter_is_in_its_room_and_is_decided_where_it_says() {
    let mut matters = counted(": &decisions::Kind =");
    for (room, count) in counted(": &Kind =") {
        *matters.entry(room).or_default() += count;
    }
    assert_eq!(told(|room| room.matters.len()), matters);
    let (document, _) = operations();
    let mut names = BTreeSet::new();
    for (room, matter) in ROOMS.0.iter().flat_map(|room| room.matters.iter().map(move |matter| (room.name, matter))) {
        assert!(names.insert(matter.name), "two matters are {}", matter.name);
        assert!(ROOMS.matter(matter.name).is_some());
        for (method, path) in [
            ("get", matter.shown_at.to_owned()),
            ("post", format!("{}{}/approval", matter.shown_at, matter.decided_at)),
            ("post", format!("{}{}/refusal", matter.shown_at, matter.decided_at)),
        ] {
            assert!(document["paths"][&path][method].is_object(), "{room}: {} says {method} {path}", matter.name);
        }
    }
}

#[test]
fn every_thread_is_in_its_room_with_its_connections() {
    assert_eq!(told(|room| room.threads.len()), counted(": Declared = Declared::"));
    let names: Vec<&str> = ROOMS.threads().map(|thread| thread.declared.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    // Nobody starts a thread by another door: these hold no connection.
    for (file, text) in sources() {
        let own = ["src/db/worker.rs", "src/db/private.rs", "src/identity/password.rs", "src/upkeep/tools.rs"];
        let starts = text.contains("thread::spawn(") || text.contains("thread::Builder");
        assert!(!starts || own.contains(&file.as_str()), "{file} starts a thread that no room tells of");
    }
}

/// A job that nobody does waits for good, and nothing fails.
#[test]
fn every_kind_of_job_has_somebody_who_does_it() {
    let kinds = counted(": JobKind =");
    assert_eq!(kinds, counted("Handler::new("), "left: kinds of jobs; right: those who do them");
    for room in ROOMS.0.iter().filter(|room| kinds.contains_key(room.name)) {
        assert!(!room.means.is_empty(), "{} does not give its jobs to the workers: `means` of its ROOM", room.name);
    }
}

#[test]
fn every_feed_is_in_its_room_and_is_read_where_it_says() {
    assert_eq!(told(|room| room.feeds.len()), counted(": Feed = Feed {"));
    let (document, _) = operations();
    let mut kinds = BTreeSet::new();
    for (room, feed) in ROOMS.0.iter().flat_map(|room| room.feeds.iter().map(move |feed| (room.name, feed))) {
        assert!(kinds.insert(feed.kind), "two feeds are {}", feed.kind);
        let path = format!("/api/v1{}", feed.read_at);
        assert!(document["paths"][&path]["get"].is_object(), "{room}: {} is not read at {path}", feed.kind);
        let about = document["components"]["schemas"]["ChangeOut"]["properties"]["kind"]["description"].as_str().unwrap();
        assert!(about.contains(feed.kind), "{room}: those who follow are not told of {}", feed.kind);
    }
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Columns that name a chapter: by a foreign key, or by what they are called.
const OF_CHAPTERS: &str = r"
    SELECT c.relname || '.' || a.attname AS name
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND (
        a.attname ~ '(^|_)(chapter|chapter_id|scope_id|ancestor_id)$'
        OR EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'
                   AND f.confrelid = 'chapter'::regclass AND a.attnum = ANY (f.conkey)))";

#[test]
fn every_column_of_a_chapter_says_what_becomes_of_it() {
    let rows: Vec<Column> = diesel::sql_query(OF_CHAPTERS).load(&mut Database::fresh().connect()).unwrap();
    let there: BTreeSet<String> = rows.into_iter().map(|row| row.name).collect();
    assert!(there.len() > 40, "{there:?}");
    let mut said = BTreeSet::new();
    for room in ROOMS.0 {
        for (column, _) in room.chapters {
            let table = column.split('.').next().unwrap();
            assert!(room.tables.contains(&table), "{} speaks of {column}, which is not its own", room.name);
            assert!(said.insert((*column).to_owned()), "{column} is said twice");
        }
    }
    let owner = |column: &str| {
        let table = column.split('.').next().unwrap();
        ROOMS.0.iter().find(|room| room.tables.contains(&table)).map_or("nobody", |room| room.name)
    };
    let forgotten: Vec<String> = there.difference(&said).map(|column| format!("{} forgets {column}", owner(column))).collect();
    assert!(forgotten.is_empty(), "{forgotten:#?}");
    let gone: Vec<_> = said.difference(&there).collect();
    assert!(gone.is_empty(), "no columns of chapters: {gone:?}");
}

/// The words that a CHECK allows.
fn allowed(database: &Database, constraint: &str) -> BTreeSet<String> {
    let text = database.text(&format!("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{constraint}'"));
    text.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_purpose_of_papers_is_in_a_room_in_the_database_and_has_its_routes() {
    assert_eq!(told(|room| room.papers.len()), counted(": Paper = Paper {"));
    let names = |public: bool| -> BTreeSet<String> {
        ROOMS.papers().filter(|paper| paper.public || !public).map(|paper| paper.purpose.to_owned()).collect()
    };
    assert_eq!(names(false).len(), ROOMS.papers().count(), "two purposes of one name");
    let database = Database::fresh();
    assert_eq!(allowed(&database, "document_purpose_known"), names(false));
    assert_eq!(allowed(&database, "document_link_subject_known"), names(false));
    assert_eq!(allowed(&database, "document_publication_of_an_appeal"), names(true));
    let (document, _) = operations();
    let words = document["components"]["schemas"]["Purpose"]["enum"].as_array().unwrap();
    assert_eq!(words.iter().map(|word| word.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(), names(false));
    for (paper, peg) in ROOMS.papers().filter_map(|paper| Some((paper, paper.on?))) {
        let at = &document["paths"][format!("/api/v1{}/documents", peg.at)];
        assert!(at["get"].is_object() && at["post"].is_object(), "{}", paper.purpose);
        let shown = &document["paths"][format!("/api/v1{}/documents/{{document}}/publication", peg.at)];
        assert_eq!(shown["post"].is_object() && shown["delete"].is_object(), paper.public, "{}", paper.purpose);
        assert_eq!(peg.published_as.is_some(), paper.public, "{}", paper.purpose);
    }
    // What is public is so on a record, and its hash stands in the log.
    assert!(ROOMS.papers().all(|paper| !paper.public || (paper.on.is_some() && paper.kept == Kept::ForGood)));
}
