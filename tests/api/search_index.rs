//! The search index: whatever happens to it, a search finds what PostgreSQL alone would find, and what was erased is gone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::json;
use so_nhan_ai::basics::words_and_pairs;
use so_nhan_ai::search::State;
use uuid::Uuid;

use crate::harness::{Database, TestApp, eventually};
use crate::look::{book, codes, entries, escaped};

/// Where an app's index lies, and its one folder.
fn folder(app: &TestApp) -> PathBuf {
    app.shared.search.folder.clone()
}

/// Removes a folder into which somebody may be writing.
fn remove(folder: &Path) {
    eventually("the folder is gone", || std::fs::remove_dir_all(folder).is_ok() || !folder.exists());
}

/// From now on nothing can be written: a file lies where the folder was.
pub fn obstruct(app: &TestApp) {
    // Somebody may be writing into it.
    eventually("something is in the way", || {
        drop(std::fs::remove_dir_all(folder(app)));
        std::fs::write(folder(app), "in the way").is_ok()
    });
    eventually("the index cannot be kept", || app.search.status().state == State::Failing);
}

pub fn clear_the_way(app: &TestApp) {
    std::fs::remove_file(folder(app)).unwrap();
    eventually("the index heals", || app.search.status().state == State::Following);
    app.wait_for_index();
}

#[test]
fn an_entry_is_found_at_once_and_soon_in_the_index() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    officer.post("/api/v1/gifts", app.gift(json!({})), 201);
    app.wait_for_index();
    let before = app.search.status();
    for n in 0..5 {
        let name = format!("Quách Tỉnh {n}");
        let gift = app.gift(json!({"giver": {"kind": "PERSON", "name": name}, "display": "FULL_NAME"}));
        let code = officer.post("/api/v1/gifts", gift, 201)["code"].clone();
        assert_eq!(entries(&app, &format!("q={}", escaped(&name)))[0]["code"], code);
        let known = before.documents + n + 1;
        eventually("the index has it", || app.search.status().documents == known);
    }
    let status = app.search.status();
    assert_eq!((status.state, status.lag, status.answered), (State::Following, 0, before.answered + 5));
}

/// Writes what an erasure or a correction writes: the public row, and a leaf that names the entry.
fn change(app: &TestApp, kind: &str, code: &str, giver: Option<&str>) {
    let row = app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200);
    let words = words_and_pairs(["Lâm Đồng", "Hàm Liêm"].into_iter().chain(giver).chain(row["appeal"].as_str())).join(" ");
    let giver = giver.map_or("NULL".to_owned(), |name| format!("'{name}'"));
    let leaf = json!({"v": 1, "kind": kind, "entry": Uuid::new_v4(), "of": code}).to_string();
    app.database.execute(&format!(
        "UPDATE public_entry SET giver = {giver}, words = array_to_tsvector(string_to_array('{words}', ' ')) WHERE code = '{code}';
         INSERT INTO log_pending (entry, leaf, leaf_hash) SELECT '{}', leaf, sha256('\\x00'::bytea || leaf) FROM (SELECT convert_to('{leaf}', 'UTF8')) AS l(leaf)",
        Uuid::new_v4()
    ));
}

/// Every term that stands in the files of an index, those of deleted entries included; files of no segment are an error.
fn terms(folder: &Path) -> BTreeSet<String> {
    let index = tantivy::Index::open_in_dir(folder.join("0")).unwrap();
    let segments = index.searchable_segment_ids().unwrap();
    for entry in std::fs::read_dir(folder.join("0")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known =
            segments.iter().any(|id| name.starts_with(&id.uuid_string())) || name.contains("json") || name.contains("lock");
        assert!(known, "{name} belongs to nothing");
    }
    let mut found = BTreeSet::new();
    for segment in index.searchable_segments().unwrap() {
        let reader = tantivy::SegmentReader::open(&segment).unwrap();
        for field in ["words", "pairs", "begins", "facts"] {
            let inverted = reader.inverted_index(index.schema().get_field(field).unwrap()).unwrap();
            let mut stream = inverted.terms().stream().unwrap();
            while stream.advance() {
                found.insert(String::from_utf8(stream.key().to_vec()).unwrap());
            }
        }
    }
    found
}

#[test]
fn what_is_erased_leaves_the_index_and_its_files() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let mut kept = Vec::new();
    for n in 0..20 {
        let gift = app.gift(json!({"giver": {"kind": "PERSON", "name": format!("Trần Văn Giữ {n}")}, "display": "FULL_NAME"}));
        kept.push(officer.post("/api/v1/gifts", gift, 201)["code"].as_str().unwrap().to_owned());
    }
    let gift = app.gift(json!({"giver": {"kind": "PERSON", "name": "Xuânquỳnhzxk Hồqwv"}, "display": "FULL_NAME"}));
    let code = officer.post("/api/v1/gifts", gift, 201)["code"].as_str().unwrap().to_owned();
    app.wait_for_index();
    assert_eq!(codes(&entries(&app, "q=xuanquynhzxk")), [code.as_str()]);
    eventually("the files are in order", || !app.search.status().cleaning_due);
    let before = terms(&folder(&app));
    assert!(before.contains("xuanquynhzxk") && before.contains("xuanquynhzxk_hoqwv") && before.contains("x"), "{before:?}");

    change(&app, "AMENDMENT", &code, Some("Hồqwv Mới"));
    assert_eq!(entries(&app, "q=xuanquynhzxk").len(), 0, "at once, whatever the index still says");
    app.wait_for_index();
    assert_eq!(codes(&entries(&app, "q=hoqwv+moi")), [code.as_str()]);

    change(&app, "ERASURE", &code, None);
    assert_eq!(entries(&app, "q=hoqwv").len(), 0);
    app.wait_for_index();
    eventually("the files are clean", || !app.search.status().cleaning_due);
    let after = terms(&folder(&app));
    assert_eq!(
        after.iter().filter(|term| term.contains("qwv") || term.starts_with('x')).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    assert!(after.contains("giu") && after.len() > 20, "{after:?}");
    let mut all = codes(&entries(&app, "q=ham+liem"));
    all.reverse();
    kept.push(code);
    assert_eq!(all, kept, "every entry stays, once and in its place");
    assert_eq!(app.search.status().documents, 21);
    assert!(app.search.status().answered >= 5 && app.search.status().declined == 0, "{:?}", app.search.status());
}

#[test]
fn a_removed_folder_is_built_again_and_nobody_notices() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    book(&officer, &(0..40).map(|n| app.gift(json!({"amount_vnd": 1_000 + n}))).collect::<Vec<_>>());
    app.wait_for_index();
    let expected = codes(&entries(&app, ""));
    for _ in 0..3 {
        remove(&folder(&app));
        for _ in 0..10 {
            assert_eq!(codes(&entries(&app, "q=ham+liem")), expected);
        }
        eventually("it is there again", || folder(&app).join("0/meta.json").exists());
        app.wait_for_index();
        assert_eq!(codes(&entries(&app, "q=ham+liem")), expected);
    }
    remove(&folder(&app).join("0"));
    eventually("it is there again", || folder(&app).join("0/meta.json").exists());
    app.wait_for_index();
    assert_eq!((codes(&entries(&app, "q=ham+liem")), app.search.status().documents), (expected, 40));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// An installation that is stopped, its folder exchanged, and started again.
struct Restarted {
    app: TestApp,
    officer_gifts: i64,
}

impl Restarted {
    fn new() -> Self {
        let app = TestApp::start();
        Self { app, officer_gifts: 0 }
    }

    fn give(&mut self, count: i64) {
        let officer = self.app.officer_of("23095");
        let gifts: Vec<_> = (0..count).map(|n| self.app.gift(json!({"amount_vnd": 1_000 + self.officer_gifts + n}))).collect();
        book(&officer, &gifts);
        self.officer_gifts += count;
        self.app.wait_for_index();
    }

    /// Starts again after `change` has done something to the folder; searches are right all the time.
    fn restart(self, change: impl FnOnce(&Path)) -> Self {
        let Self { mut app, officer_gifts } = self;
        app.stop();
        change(&folder(&app));
        let database = app.database.take_over();
        let app = TestApp::start_with(database, app.shared.clone());
        let found = |app: &TestApp| entries(app, "q=ham+liem").len() as i64;
        assert_eq!(found(&app), officer_gifts);
        app.wait_for_index();
        assert_eq!((found(&app), app.search.status().documents as i64), (officer_gifts, officer_gifts));
        assert_eq!(app.search.status().state, State::Following);
        Self { app, officer_gifts }
    }
}

/// The files of the largest kind in an index.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder.join("0")).unwrap().map(|entry| entry.unwrap().path());
    let found: Vec<PathBuf> = all.filter(|path| path.extension().is_some_and(|e| e == ending)).collect();
    assert!(!found.is_empty(), "no .{ending} in {}", folder.display());
    found
}

#[test]
fn any_copy_of_the_folder_is_brought_up_to_date_or_built_anew() {
    let mut here = Restarted::new();
    here.give(30);
    let (old, foreign) = (Database::folder(), Database::folder());
    here = here.restart(|folder| copy(folder, &old));
    here.give(25);
    // An older copy of itself.
    here = here.restart(|folder| {
        std::fs::remove_dir_all(folder).unwrap();
        copy(&old, folder);
    });
    // The index of another installation, with fewer entries and then with more.
    let mut there = Restarted::new();
    for _ in 0..2 {
        there.give(40);
        there = there.restart(|folder| {
            drop(std::fs::remove_dir_all(&foreign));
            copy(folder, &foreign);
        });
        here = here.restart(|folder| {
            std::fs::remove_dir_all(folder).unwrap();
            copy(&foreign, folder);
        });
    }
    // Another version, damaged files, no files, nonsense.
    let meta = |folder: &Path| folder.join("0/meta.json");
    here = here.restart(|folder| {
        let text = std::fs::read_to_string(meta(folder)).unwrap();
        let (before, version) = text.split_once("\\\"version\\\":").unwrap();
        let other = format!("{before}\\\"version\\\":0{}", version.trim_start_matches(|c: char| c.is_ascii_digit()));
        assert_ne!(text, other);
        std::fs::write(meta(folder), other).unwrap();
    });
    for ending in ["idx", "term", "fast"] {
        here = here.restart(|folder| {
            for path in files(folder, ending) {
                let mut bytes = std::fs::read(&path).unwrap();
                let middle = bytes.len() / 3;
                bytes[middle] ^= 0x55;
                std::fs::write(path, bytes).unwrap();
            }
        });
        here = here.restart(|folder| files(folder, ending).iter().for_each(|path| std::fs::write(path, "").unwrap()));
        here = here.restart(|folder| files(folder, ending).iter().for_each(|path| std::fs::remove_file(path).unwrap()));
    }
    here = here.restart(|folder| std::fs::write(meta(folder), "{").unwrap());
    here = here.restart(|folder| std::fs::remove_file(meta(folder)).unwrap());
    here = here.restart(|folder| std::fs::remove_dir_all(folder).unwrap());
    here.give(3);
}

/// A database that was restored from a backup knows less than the index; nothing of the index may show.
#[test]
fn a_log_that_is_another_one_is_noticed_while_running() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    book(&officer, &(0..5).map(|_| app.gift(json!({}))).collect::<Vec<_>>());
    app.wait_for_index();
    // What no role of ours may do: the log loses its end.
    app.database.execute(
        "SET session_replication_role = replica;
         DELETE FROM public_entry WHERE code IN (SELECT entry FROM log_leaf WHERE idx >= 3);
         DELETE FROM log_leaf WHERE idx >= 3; UPDATE log_head SET size = 3",
    );
    eventually("the index is another one", || {
        let status = app.search.status();
        (status.indexed_idx, status.documents) == (2, 3)
    });
    assert_eq!(entries(&app, "q=ham+liem").len(), 3);
}

#[test]
fn too_far_behind_postgresql_answers_alone() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    officer.post("/api/v1/gifts", app.gift(json!({})), 201);
    app.wait_for_index();
    obstruct(&app);
    book(&officer, &(0..3_200).map(|n| app.gift(json!({"amount_vnd": 1_000 + n}))).collect::<Vec<_>>());
    app.wait_for_log();
    let before = app.search.status();
    let query = "/api/v1/public/entries?q=ham+liem&min_vnd=2000&limit=200";
    assert_eq!(app.anonymous().get(query, 200)["items"].as_array().unwrap().len(), 200);
    let after = app.search.status();
    assert_eq!((after.declined, after.answered), (before.declined + 1, before.answered));
    clear_the_way(&app);
    assert_eq!(app.anonymous().get(query, 200)["items"].as_array().unwrap().len(), 200);
    assert_eq!(app.search.status().answered, before.answered + 1);
    assert_eq!(app.search.status().documents, 3_201);
}

#[test]
fn servers_that_share_a_folder_have_an_index_each() {
    let app = TestApp::start();
    let sister = TestApp::start_with(app.database.share(), app.shared.clone());
    let officer = app.officer_of("23095");
    book(&officer, &(0..30).map(|n| app.gift(json!({"amount_vnd": 1_000 + n}))).collect::<Vec<_>>());
    for server in [&app, &sister] {
        server.wait_for_index();
        assert_eq!(entries(server, "q=ham+liem").len(), 30);
        assert_eq!((server.search.status().state, server.search.status().documents), (State::Following, 30));
        assert!(server.search.status().answered > 0);
    }
    assert!(folder(&app).join("0/meta.json").exists() && folder(&app).join("1/meta.json").exists());
}

#[test]
fn switched_off_it_leaves_nothing_behind() {
    let mut app = TestApp::start();
    app.officer_of("23095").post("/api/v1/gifts", app.gift(json!({})), 201);
    app.wait_for_index();
    app.stop();
    let mut shared = app.shared.clone();
    shared.search.on = false;
    let app = TestApp::start_with(app.database.take_over(), shared);
    eventually("the index is gone", || !folder(&app).join("0").exists());
    assert_eq!(entries(&app, "q=ham+liem").len(), 1);
    assert_eq!((app.search.status().state, app.search.status().answered), (State::Off, 0));
}

/// Only the owner of the files may look into them: they hold names.
#[test]
fn the_folder_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let app = TestApp::start();
    app.officer_of("23095").post("/api/v1/gifts", app.gift(json!({})), 201);
    app.wait_for_index();
    for folder in [folder(&app), folder(&app).join("0")] {
        assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
