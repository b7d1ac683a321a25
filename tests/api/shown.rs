//! What the public sees is right as soon as it is committed, whoever writes it: pages and answers that are kept belong to an
//! edition, and whatever writes a row that the public may read begins a new one.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::json;
use so_nhan_ai::authz::Role;
use so_nhan_ai::db::PUBLIC_ROLE;

use crate::chapter_life::{decision, school};
use crate::harness::{Database, TestApp, eventually};
use crate::look::reverse;
use crate::papers;
use crate::personal::{REQUESTS, ask, personal};
use crate::portal::page;
use crate::rooms::sources;

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Every table of which the public reads a column.
fn public_tables() -> BTreeSet<String> {
    let query = format!(
        "SELECT DISTINCT table_name::text AS name FROM information_schema.column_privileges
         WHERE grantee = '{PUBLIC_ROLE}' AND privilege_type = 'SELECT' AND table_schema = 'public'"
    );
    let rows: Vec<Table> = diesel::sql_query(query).load(&mut Database::fresh().connect()).unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

/// A file without its `statement!`s, and those of them that write: name and table.
fn statements(text: &str, tables: &BTreeSet<String>) -> (String, Vec<(String, String)>) {
    let (mut rest, mut writes) = (String::new(), Vec::new());
    for (n, part) in text.split("statement! {").enumerate() {
        if n == 0 {
            rest.push_str(part);
            continue;
        }
        let (statement, after) = part.split_once("\n}\n").unwrap_or((part, ""));
        let name = statement.split("struct ").nth(1).unwrap_or("").split([' ', '{']).next().unwrap();
        writes.extend(written(statement, tables).into_iter().map(|table| (name.to_owned(), table)));
        rest.push_str(after);
    }
    (rest, writes)
}

/// Tables that SQL writes.
fn written(sql: &str, tables: &BTreeSet<String>) -> Vec<String> {
    let words: Vec<&str> =
        sql.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    let writes = |before: &[&str]| matches!(before, ["INSERT", "INTO"] | ["DELETE", "FROM"] | [_, "UPDATE"]);
    words.windows(3).filter(|three| writes(&three[..2]) && tables.contains(three[2])).map(|three| three[2].to_owned()).collect()
}

/// The functions of a file, each from its name to the next one's.
fn functions(text: &str) -> Vec<(&str, &str)> {
    let starts: Vec<usize> = text.match_indices("fn ").map(|(at, _)| at).filter(|at| is_start(text, *at)).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(from, to)| (text[from + 3..].split(['(', '<']).next().unwrap(), &text[*from..to])).collect()
}

/// Whether `fn` stands at the head of a line, after nothing but words that may be there.
fn is_start(text: &str, at: usize) -> bool {
    let head = text[..at].rsplit('\n').next().unwrap();
    head.split_whitespace().all(|word| word.starts_with("pub") || ["async", "const", "super)"].contains(&word) || word == "in")
}

/// Tables that a function writes through diesel, by their own names and by those it gives them.
fn written_by(body: &str, tables: &BTreeSet<String>) -> BTreeSet<String> {
    let mut names: BTreeMap<&str, &str> = tables.iter().map(|table| (table.as_str(), table.as_str())).collect();
    for line in body.lines() {
        let Some(used) = line.trim().strip_prefix("use ").and_then(|rest| rest.strip_suffix(';')) else { continue };
        for (table, alias) in used.trim_matches(['{', '}']).split(", ").filter_map(|one| one.split_once(" as ")) {
            match tables.contains(table) {
                true => drop(names.insert(alias, table)),
                false => drop(names.remove(alias)),
            }
        }
    }
    let mut found: BTreeSet<String> = written(body, tables).into_iter().collect();
    for verb in ["insert_into(", "update(", "delete("] {
        for (at, _) in body.match_indices(verb) {
            let name = body[at + verb.len()..].trim_start().split("::").next().unwrap();
            found.extend(names.get(name).map(|table| (*table).to_owned()));
        }
    }
    found
}

#[test]
fn writers_are_found_in_code() {
    let tables = BTreeSet::from(["entry".to_owned(), "chapter".to_owned()]);
    let text = "statement! {\n    struct Add { x: i64 } -> (),\n    \"INSERT INTO entry (a) SELECT 1\"\n}\n\npub(super) fn one(c: C) {\n    use entry as e;\n    diesel::update(e::table).set(1)\n}\n\nfn two() {\n    Add { x: 1 }.execute(c)\n}\n    pub fn three(&self) { diesel::insert_into(chapter::table) }\n// UPDATE chapter SET\nfn four() {\n    use {chapter as c, entry as e};\n    diesel::delete(c::table)\n}";
    let (rest, writes) = statements(text, &tables);
    assert_eq!(writes, [("Add".to_owned(), "entry".to_owned())]);
    let found: Vec<(&str, BTreeSet<String>)> =
        functions(&rest).into_iter().map(|(name, body)| (name, written_by(body, &tables))).collect();
    assert_eq!(found[0], ("one", BTreeSet::from(["entry".to_owned()])));
    assert_eq!(found[1].0, "two");
    assert_eq!(found[2], ("three", BTreeSet::from(["chapter".to_owned()])));
    assert_eq!(found[3], ("four", BTreeSet::from(["chapter".to_owned()])));
}

/// No handler can forget it, for none is asked: the function that writes a row which the public may read says so.
#[test]
fn whatever_writes_what_the_public_reads_begins_an_edition() {
    let tables = public_tables();
    assert!(tables.contains("public_entry") && tables.len() > 25, "{tables:?}");
    let (mut silent, mut marked) = (Vec::new(), BTreeSet::new());
    for (file, text) in sources().into_iter().filter(|(file, _)| !file.starts_with("src/db/")) {
        let (rest, writes) = statements(&text, &tables);
        for (name, body) in functions(&rest) {
            let mut found = written_by(body, &tables);
            let runs = |statement: &str| body.contains(&format!(" {statement} {{"));
            found.extend(writes.iter().filter(|(statement, _)| runs(statement)).map(|(_, table)| table.clone()));
            if found.is_empty() {
                continue;
            }
            match body.contains("shown::adds(") || body.contains("shown::alters(") {
                true => marked.extend(found),
                false => silent.push(format!("{file}: {name} writes {found:?}")),
            }
        }
    }
    assert!(silent.is_empty(), "the public would not see it for a while: {silent:#?}");
    // What no code writes: the database itself, and the migrations.
    let never: Vec<&str> = tables.iter().map(String::as_str).filter(|table| !marked.contains(*table)).collect();
    assert_eq!(
        never,
        [
            "activity_area",
            "activity_sum",
            "blood_bag",
            "blood_centre",
            "blood_compatibility",
            "blood_deferral",
            "blood_interval",
            "blood_limit",
            "blood_value",
            "blood_volume",
            "booking_consent_text",
            "chapter_ancestor",
            "commendation_form",
            "consent_text",
            "course_kind",
            "drive_rule",
            "member_consent_text",
            "money_category",
            "movement",
            "post_title",
            "pre_check",
            "pre_check_question",
            "public_booking",
            "public_holiday",
            "publication_rule",
            "volunteer_consent_text",
            "volunteer_rule",
        ]
    );
}

/// What is read again and again, so that it is kept.
fn kept(app: &TestApp, paths: &[String]) {
    for path in paths {
        match path.starts_with("/api") {
            true => drop(app.anonymous().get(path, 200)),
            false => drop(page(app, path)),
        }
    }
}

#[test]
fn every_page_is_right_after_each_writing() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let says = |path: &str, text: &str| page(&app, path).contains(text);
    kept(&app, &["/".to_owned(), "/keu-goi".to_owned(), "/don-vi/23095".to_owned()]);

    app.open_appeal("23095", "LULUT");
    let appeal = "/keu-goi/LULUT".to_owned();
    assert!(says("/keu-goi", "/keu-goi/LULUT"), "an appeal that was opened");
    kept(&app, std::slice::from_ref(&appeal));
    chair.patch("/api/v1/appeals/LULUT", json!({"title": "Chung tay vùng lũ quét"}), 200);
    assert!(says(&appeal, "Chung tay vùng lũ quét"), "a new title");

    let sha256 = papers::published(&app, "23095", "LULUT", "quyet-dinh.pdf");
    assert!(says(&appeal, &sha256), "a paper that was published");
    let document = &officer.get("/api/v1/appeals/LULUT/documents", 200)[0]["id"];
    let publication = format!("/api/v1/appeals/LULUT/documents/{}/publication", document.as_str().unwrap());
    chair.delete(&publication, 204);
    assert!(!says(&appeal, &sha256), "a paper that was withdrawn");

    // Gifts come in floods: their pages may be a second behind.
    let gift = personal(&app, "Trịnh Xqzvương", Some("0987654001"), "FULL_NAME", json!({"appeal": "LULUT"}));
    let code = officer.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned();
    eventually("the gift is on its appeal's page", || says(&appeal, &code));
    app.wait_for_log();
    let (entry, public) = (format!("/g/{code}"), format!("/api/v1/public/entries/{code}"));
    let all = [entry.clone(), public.clone(), appeal.clone()];
    eventually("it has its place in the log", || app.anonymous().get(&public, 200)["log_index"].is_number());

    kept(&app, &all);
    assert!(says(&entry, "Xqzvương"));
    let request = ask(&app, "WITHDRAW_CONSENT", json!({"gift": gift["id"]}));
    assert_eq!(officer.post(REQUESTS, request, 201)["state"], "DONE");
    assert!(!says(&entry, "Xqzvương") && !says(&appeal, "Xqzvương"), "a name that is shown no more");
    assert_eq!(app.anonymous().get(&public, 200).get("giver"), None);

    app.wait_for_log();
    kept(&app, &all);
    let reversal = reverse(&app, gift["id"].as_str().unwrap(), "nhầm");
    assert!(says(&entry, &reversal), "an entry that was reversed");
    assert_eq!(app.anonymous().get(&public, 200)["reversed_by"], json!(reversal));

    let found = "/don-vi?q=truong+thcs+ham+liem".to_owned();
    kept(&app, std::slice::from_ref(&found));
    let admin = app.staff(Role::ProvincialAdministrator, "68");
    admin.post("/api/v1/chapters", school(json!({})), 201);
    assert!(says(&found, "68-TH-0001"), "a chapter that was founded");
    let founded = "/don-vi/68-TH-0001".to_owned();
    kept(&app, std::slice::from_ref(&founded));
    let name = json!({"name": "Hội Chữ thập đỏ Trường THCS Nguyễn Trãi"});
    admin.post("/api/v1/chapters/68-TH-0001/decisions", decision("RENAME", name), 201);
    assert!(says(&founded, "Nguyễn Trãi"), "a new name");
}
