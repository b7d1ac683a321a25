//! Every store that can hold something of a person answers to the person's requests: papers and their names, notes, uploads
//! under way; and nothing that holds somebody is forgotten by the list.

use std::collections::BTreeSet;

use chrono::Duration;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::documents::sweep::sweep_all;
use so_nhan_ai::rooms::ROOMS;
use so_nhan_ai::upkeep::audit;
use uuid::Uuid;

use crate::books;
use crate::harness::{Caller, Database, TestApp};
use crate::look::reverse;
use crate::opening_balances::{opening, people};
use crate::papers::{announcement, files, jpeg, png, send_chunk, try_upload, webp};
use crate::personal::{REQUESTS, ask, gift_path, nowhere, party_of, path, personal};

const NAME: &str = "Phạm Thị Quỳnhxqz Hương";
const PHONE: &str = "0987654077";

/// A paper of Hàm Liêm under a name of its own; returns the document's id.
fn named(officer: &Caller<'_>, name: &str, bytes: &[u8], media_type: &str) -> String {
    let mut announced = announcement("GIFT", media_type, bytes);
    announced["name"] = json!(name);
    let (status, answer) = try_upload(officer, &announced, bytes);
    assert_eq!((status, &answer["state"]), (200, &json!("DONE")), "{answer}");
    answer["document"]["id"].as_str().unwrap().to_owned()
}

fn papers_of(gift: &Value) -> String {
    format!("{}/documents", gift_path(gift))
}

fn content_of(id: &str) -> String {
    format!("/api/v1/documents/{id}/content")
}

/// Asks and, where it takes a second person, approves.
fn done(officer: &Caller<'_>, chair: &Caller<'_>, request: &Value) -> Value {
    let asked = officer.post(REQUESTS, request.clone(), 201);
    if asked["state"] == "DONE" { asked } else { chair.post(&path(request, "/approval"), json!(null), 200) }
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Bytes that are nobody's name: leaves and their hashes, keys, hashes of tokens, what was sent by officers about chapters.
const NOBODYS: &[&str] = &[
    "activity_request.request_hash",
    "annotation.leaf_hash",
    "blood_honour_request.request_hash",
    "call_out_request.request_hash",
    "campaign_request.request_hash",
    "chapter_request.request_hash",
    "closed_period.root",
    "commendation_request.request_hash",
    "committee_request.request_hash",
    "course_request.request_hash",
    "drive_check_in.request_hash",
    "drive_file.content_hash",
    "drive_request.request_hash",
    "drive_shift.request_hash",
    "dues_sheet.request_hash",
    "entry.document",
    "entry_detail.root",
    "idempotency_key.key_hash",
    "idempotency_key.request_hash",
    "known_device.token_hash",
    "link.token_hash",
    "log_checkpoint.root",
    "log_leaf.leaf",
    "log_leaf.leaf_hash",
    "log_pending.leaf",
    "log_pending.leaf_hash",
    "log_tile.data",
    "log_tree.root",
    "money_order.consent",
    "money_order.document",
    "opening_balance.document",
    "own_cost.consent",
    "public_entry.leaf_hash",
    "publication.leaf_hash",
    "recovery_code.code_hash",
    "role_assignment.request_hash",
    "role_assignment_acts_for.request_hash",
    "second_factor.secret",
    "session.previous_hash",
    "session.refresh_hash",
    "session.sibling_hashes",
    "settlement_report.body",
    "statement.body",
    "statement.leaf_hash",
    "stock_adjustment.document",
    "stock_count.document",
    "stock_count.request_hash",
    "subscriber.former_secret",
    "subscriber.secret",
    "succession.document",
    "team_request.request_hash",
    "transfer.document",
    "transfer_part.document",
    "urgent_call_request.request_hash",
    "volunteer_title_given.request_hash",
];

#[test]
fn every_column_that_may_hold_somebody_has_a_store_that_answers_for_it() {
    let rows: Vec<Column> = diesel::sql_query(
        "SELECT c.relname || '.' || a.attname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT LIKE '\\_\\_%'",
    )
    .load(&mut Database::untouched().connect())
    .unwrap();
    let all: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    let bytes: Vec<Column> = diesel::sql_query(
        "SELECT c.relname || '.' || a.attname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.atttypid = 'bytea'::regtype",
    )
    .load(&mut Database::untouched().connect())
    .unwrap();
    let held: Vec<&str> = ROOMS.persons().flat_map(|holder| holder.columns()).copied().collect();
    let once: BTreeSet<&str> = held.iter().copied().collect();
    assert_eq!(once.len(), held.len(), "two stores answer for one column");
    for column in &held {
        assert!(all.contains(column), "{column} is no column");
        assert!(!NOBODYS.contains(column), "{column} is somebody's and nobody's");
    }
    let bytes: BTreeSet<&str> = bytes.iter().map(|row| row.name.as_str()).collect();
    let orphans: Vec<_> = bytes.iter().filter(|name| !once.contains(**name) && !NOBODYS.contains(*name)).collect();
    assert!(orphans.is_empty(), "bytes without a store that answers for them: {orphans:?}");
    assert!(NOBODYS.iter().all(|name| bytes.contains(name)), "listed as nobody's, and gone");
}

#[test]
fn the_papers_of_an_erased_giver_are_closed_and_have_no_name() {
    let app = TestApp::start();
    let people = people(&app);
    let inspector = app.account(Role::Inspector, "68");
    let (officer, chair) = (&people.officer, &people.chair);
    let gift = personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({}));
    let other = personal(&app, "Lê Ở Lại", Some("0987654078"), "FULL_NAME", json!({}));
    for gift in [&gift, &other] {
        officer.post("/api/v1/gifts", gift.clone(), 201);
    }
    let file = format!("Biên nhận {NAME}.png");
    let linked = named(officer, &file, &png(), "image/png");
    let copy = named(officer, "anh 2.png", &png(), "image/png");
    let loose = named(officer, "bien nhan pham thi quynhxqz huong.jpg", &jpeg(), "image/jpeg");
    let theirs = named(officer, "Biên nhận Lê Ở Lại.webp", &webp(), "image/webp");
    officer.post(&papers_of(&gift), json!({"document": linked}), 201);
    officer.post(&papers_of(&other), json!({"document": theirs}), 201);
    let mut under_way = announcement("GIFT", "image/jpeg", &jpeg());
    under_way["name"] = json!(format!("giay {PHONE}.jpg"));
    officer.post("/api/v1/uploads", under_way.clone(), 201);
    // Texts of others that name the giver.
    officer.post("/api/v1/opening-balances", opening(json!({"note": format!("do {NAME} giữ sổ")})), 201);
    reverse(&app, other["id"].as_str().unwrap(), &format!("ghi nhầm của {NAME}"));
    let notes = "SELECT count(*) FROM (SELECT note FROM opening_balance UNION ALL SELECT note FROM reversal_request) n WHERE note IS NOT NULL";
    assert_eq!(app.database.number(notes), 2);

    let request = ask(&app, "ERASE", json!({"party": party_of(officer, &gift)}));
    let answer = done(officer, chair, &request);
    assert_eq!(answer["state"], "DONE");
    let kept: Vec<_> =
        answer["kept"].as_array().unwrap().iter().map(|k| (k["what"].as_str().unwrap(), &k["count"], k.get("until"))).collect();
    assert_eq!(kept, [("PAPER", &json!(2), Some(&json!("2036-12-31"))), ("UNLINKED_PAPER", &json!(2), None)]);
    assert!(answer["kept"][0]["says"].as_str().unwrap().contains("174/2016"), "{answer}");
    assert!(answer["stays"].as_str().unwrap().contains("Luật Kế toán"), "{answer}");
    assert_eq!(app.database.number(notes), 0);
    nowhere(&app, &["Quỳnhxqz", PHONE]);

    // Nobody who works with them reads the paper or its name; who inspects does, and it is noted.
    let list = officer.get(&papers_of(&gift), 200);
    assert_eq!(
        (&list[0]["name"], &list[0]["closed"], &list[0]["kept_until"]),
        (&json!(""), &json!("ERASED"), &json!("2036-12-31"))
    );
    for id in [&linked, &copy] {
        for caller in [officer, chair, &people.accountant] {
            let problem = caller.get(&content_of(id), 403);
            assert!(problem["detail"].as_str().unwrap().contains("2036-12-31"), "{problem}");
        }
        assert_eq!(officer.get(&format!("/api/v1/documents/{id}"), 200)["name"], "");
    }
    officer.get(&content_of(list[0]["sha256"].as_str().unwrap()), 403);
    let inspects = app.log_in(inspector);
    assert_eq!(inspects.send("GET", &content_of(&linked), None).bytes, png());
    assert!(!inspects.send("GET", &content_of(&linked), None).header("content-disposition").unwrap().contains("bi%C3%AA"));
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'CLOSED_DOCUMENT_READ'"), 2);
    assert_eq!(officer.get(&format!("/api/v1/documents/{loose}"), 200)["name"], "");
    assert_eq!(officer.send("GET", &content_of(&loose), None).status, 200, "it may be another person's of that name");
    // Nobody else lost anything.
    assert_eq!(officer.get(&papers_of(&other), 200)[0]["name"], "Biên nhận Lê Ở Lại.webp");
    assert_eq!(officer.send("GET", &content_of(&theirs), None).status, 200);
    // The phone that goes on with its upload, or sends its announcement again, is answered as before.
    let id = under_way["id"].as_str().unwrap();
    assert_eq!(officer.post("/api/v1/uploads", under_way.clone(), 200)["state"], "OPEN");
    let (status, finished) = send_chunk(officer, id, 0, &jpeg());
    assert_eq!((status, &finished["document"]["name"]), (200, &json!("")));
    assert_eq!(officer.post("/api/v1/uploads", under_way, 200)["state"], "DONE");
    // The name does not come back with another paper.
    officer.post(&papers_of(&gift), json!({"document": loose}), 409);
    books::audit(&app);
    drop(people);

    // The audit looks into every store.
    for (sql, what) in [
        (format!("UPDATE document SET name = '\\x00' WHERE id = '{linked}'"), "has a name"),
        (format!("DELETE FROM document_closure WHERE document_id = '{linked}'"), "is open"),
        (
            format!("UPDATE gift SET particulars = '\\x00' WHERE id = '{}'", gift["id"].as_str().unwrap()),
            "says something of them",
        ),
        (
            format!(
                "UPDATE public_entry SET giver = 'X' FROM gift g JOIN entry e ON e.id = g.entry_id WHERE public_entry.code = e.code AND g.id = '{}'",
                gift["id"].as_str().unwrap()
            ),
            "a name is shown",
        ),
        (
            format!(
                "INSERT INTO pd_opening SELECT e.code, '\\x00' FROM gift g JOIN entry e ON e.id = g.entry_id WHERE g.id = '{}'",
                gift["id"].as_str().unwrap()
            ),
            "an opening of its commitment is kept",
        ),
    ] {
        let found = tampered(&app, &sql);
        assert!(found.contains(what), "{sql}: {found}");
    }

    // When the law needs it no more, it goes, file and all.
    let file = files(&app).into_iter().filter(|file| !file.starts_with("uploads")).count();
    app.clock.advance(Duration::days(3_700));
    let swept = || sweep_all(&app.shared.db, app.now(), &app.shared.archive, ROOMS).unwrap();
    swept();
    let left = "SELECT count(*) FROM document WHERE id = '{}'";
    assert_eq!(app.database.number(&left.replace("{}", &linked)), 0);
    assert_eq!(app.database.number(&left.replace("{}", &theirs)), 1);
    app.clock.advance(Duration::days(2));
    swept();
    assert_eq!(files(&app).into_iter().filter(|file| !file.starts_with("uploads")).count(), file - 1);
}

/// Stores that this test has nothing of the person in, by their first column, and where they are tried. It may only shrink.
const TRIED_ELSEWHERE: &[(&str, &str)] = &[
    ("officer.full_name", "nobody's: officers are no givers, and their names stay with what they did"),
    ("money_order.particulars", "a refund names its giver: spending_money"),
    ("decision.note", "a note to who decides: decisions"),
    ("member_consent.guardian", "who signed for a child who is a member: members"),
    ("transfer_part.note", "a note of a transfer, as in decisions"),
    ("drive_row.content", "rows of a centre's file that waits: blood_days"),
];

/// What a store keeps in its columns, column by column, without saying what it is.
fn contents(app: &TestApp, columns: &[&str]) -> Vec<BTreeSet<String>> {
    let read = |column: &&str| {
        let (table, name) = column.split_once('.').unwrap();
        let all = app.database.text(&format!("SELECT coalesce(string_agg(DISTINCT md5({name}::text), ' '), '') FROM {table}"));
        all.split_whitespace().map(str::to_owned).collect()
    };
    columns.iter().map(read).collect()
}

/// A store that says that it erased, and did nothing, is found: something of the person is in each of them, and goes.
#[test]
fn every_store_lets_go_of_an_erased_person() {
    let app = TestApp::start();
    let people = people(&app);
    let (officer, chair) = (&people.officer, &people.chair);
    let gift = personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({"wish": "cho trẻ em"}));
    let other = personal(&app, "Lê Ở Lại", Some("0987654078"), "FULL_NAME", json!({}));
    for gift in [&gift, &other] {
        officer.post("/api/v1/gifts", gift.clone(), 201);
    }
    let paper = named(officer, &format!("Biên nhận {NAME}.png"), &png(), "image/png");
    officer.post(&papers_of(&gift), json!({"document": paper}), 201);
    officer.post("/api/v1/opening-balances", opening(json!({"note": format!("do {NAME} giữ sổ")})), 201);
    let person = crate::persons::record(officer, json!({"name": NAME, "phone": PHONE, "birth": "1977"}));
    crate::committees::named(&app, officer, &json!(person));
    let commended = crate::commendations::awarded(&app, officer, &json!(person));
    crate::commendations::named(&app, officer, &commended);
    crate::activity_photos::pictured(&app, officer, crate::activity_photos::by_person(&json!(person)));
    crate::courses::learner(&app, officer, &person);
    crate::teams::noted(&app, officer, &json!(person), NAME);
    // While they are no member and no volunteer yet.
    crate::members_lists::waiting(officer, NAME, PHONE);
    crate::volunteers_lists::waiting(&app, officer, NAME, PHONE);
    crate::dues::freed(&app, &person);
    crate::volunteers::held(officer, &person);
    crate::donors::held(officer, &person);
    crate::call_outs::with_person(&app, officer, &person);
    crate::urgent_calls::with_person(&app, officer, &person);
    crate::blood_honours::with_person(&app, officer, &person, NAME);
    let drive = crate::drives::opened(officer, json!({}));
    crate::drives::book(&app, &drive, NAME, PHONE, None);
    crate::blood_corrections::naming(&app, officer, NAME, PHONE);
    let volunteer = app.database.text(&format!("SELECT id FROM volunteer WHERE person_id = '{person}'"));
    crate::drive_shifts::helping(officer, &volunteer);
    crate::family_links::asked_by(&app, NAME, PHONE);
    crate::organs::asked_by(&app, NAME, PHONE);
    reverse(&app, other["id"].as_str().unwrap(), &format!("ghi nhầm của {NAME}"));
    let party = party_of(officer, &gift);
    officer.post(REQUESTS, ask(&app, "ACCESS", json!({"party": party, "note": "đến trụ sở hỏi"})), 201);

    let stores: Vec<&[&str]> = ROOMS.persons().map(|holder| holder.columns()).collect();
    let before: Vec<_> = stores.iter().map(|columns| contents(&app, columns)).collect();
    assert_eq!(done(officer, chair, &ask(&app, "ERASE", json!({"party": party})))["state"], "DONE");
    let let_go = |(columns, before): (&&[&str], &Vec<BTreeSet<String>>)| {
        contents(&app, columns).iter().zip(before).any(|(after, before)| !before.is_subset(after))
    };
    for (columns, before) in stores.iter().zip(&before) {
        let elsewhere = TRIED_ELSEWHERE.iter().any(|(column, _)| columns.contains(column));
        assert_eq!(let_go((columns, before)), !elsewhere, "the store of {columns:?}");
    }
    assert!(TRIED_ELSEWHERE.iter().all(|(column, _)| stores.iter().any(|columns| columns.contains(column))));
}

/// What the audit says of a change that is then forgotten.
fn tampered(app: &TestApp, sql: &str) -> String {
    use diesel::connection::SimpleConnection;
    let mut conn = app.database.connect();
    conn.begin_test_transaction().unwrap();
    conn.batch_execute("SET LOCAL session_replication_role = replica").unwrap();
    conn.batch_execute(sql).unwrap();
    // Without keys: what was put there is nothing that opens.
    audit::audit_in(&mut conn, None, 200, None).unwrap().text()
}

#[test]
fn a_restriction_closes_papers_and_lifting_opens_them_again() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gift = personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let party = party_of(&officer, &gift);
    let (first, second) =
        (named(&officer, &format!("{NAME}.png"), &png(), "image/png"), named(&officer, "2.jpg", &jpeg(), "image/jpeg"));
    officer.post(&papers_of(&gift), json!({"document": first}), 201);
    let copy = officer.get(&format!("/api/v1/parties/{party}/personal-data"), 200);
    let held: BTreeSet<&str> = copy["held"].as_array().unwrap().iter().map(|held| held["what"].as_str().unwrap()).collect();
    assert_eq!(held, BTreeSet::from(["COMMITTED", "PAPER", "PUBLIC_NAME"]));
    assert!(copy["held"].to_string().contains(&format!("{NAME}.png")), "{copy}");

    let lift = |of: &str| ask(&app, "LIFT_RESTRICTION", json!({"party": of}));
    officer.post(REQUESTS, lift(&party), 409);
    assert_eq!(officer.post(REQUESTS, ask(&app, "RESTRICT", json!({"party": party})), 201)["state"], "DONE");
    officer.get(&content_of(&first), 403);
    assert_eq!(officer.get(&papers_of(&gift), 200)[0]["closed"], "RESTRICTED");
    assert_eq!(officer.get(&papers_of(&gift), 200)[0]["name"], "");
    // What is linked meanwhile is closed as well.
    assert_eq!(officer.post(&papers_of(&gift), json!({"document": second}), 201)["closed"], "RESTRICTED");
    officer.get(&content_of(&second), 403);
    let own = officer.get(&gift_path(&gift), 200);
    assert!(own.get("giver").is_none() && own.get("particulars").is_none(), "{own}");
    assert_eq!(own["giver_restricted"], true);
    books::audit(&app);

    // Lifting takes two persons.
    let request = lift(&party);
    assert_eq!(officer.post(REQUESTS, request.clone(), 201)["state"], "REQUESTED");
    officer.get(&content_of(&first), 403);
    officer.post(&path(&request, "/approval"), json!(null), 403);
    let lifted = chair.post(&path(&request, "/approval"), json!(null), 200);
    assert_eq!(
        (&lifted["state"], &lifted["kind"], &lifted["gifts_changed"]),
        (&json!("DONE"), &json!("LIFT_RESTRICTION"), &json!(0))
    );
    assert_eq!(officer.send("GET", &content_of(&first), None).bytes, png());
    assert_eq!(officer.get(&papers_of(&gift), 200)[0]["name"], format!("{NAME}.png"));
    let own = officer.get(&gift_path(&gift), 200);
    assert_eq!((&own["giver"]["name"], &own["particulars"]["bank_reference"]), (&json!(NAME), &json!("FTXQZ778899")));
    assert_eq!(own["display"], "ANONYMOUS", "showing the name again takes a consent");

    // A corrected name is right in the name of the file too.
    let request = ask(&app, "CORRECT", json!({"gift": gift["id"], "changes": {"name": "Phạm Thị Quỳnh Hường"}}));
    done(&officer, &chair, &request);
    assert_eq!(officer.get(&papers_of(&gift), 200)[0]["name"], "Phạm Thị Quỳnh Hường.png");
    books::audit(&app);
}

/// What nobody notes shows nothing of anybody.
#[test]
fn lists_show_no_particulars_and_names_of_papers_are_read_with_a_note() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    // A reversal is asked of somebody.
    app.chair_of("68");
    let gift = personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({"captured_at": "2026-11-21T01:02:03Z"}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let paper = named(&officer, &format!("{NAME}.png"), &png(), "image/png");
    officer.post(&papers_of(&gift), json!({"document": paper}), 201);
    let request = Uuid::now_v7();
    officer.post(
        &format!("{}/reversal", gift_path(&gift)),
        json!({"id": request, "reason": "OTHER", "note": format!("của {NAME}")}),
        201,
    );
    officer.post(REQUESTS, ask(&app, "ACCESS", json!({"gift": gift["id"], "note": format!("của {NAME}")})), 201);
    let texts = ["Quỳnhxqz", PHONE, "UNGHOXQZ", "choxqz", "FTXQZ778899"];
    for caller in [
        app.officer_of("23095"),
        app.chair_of("68"),
        app.staff(Role::Inspector, "68"),
        app.staff(Role::CentralAdministrator, "TW"),
    ] {
        for list in [
            "/api/v1/gifts?chapter=23095",
            "/api/v1/reversals?chapter=23095",
            "/api/v1/personal-data-requests?chapter=23095",
            "/api/v1/opening-balances?chapter=23095",
            &format!("/api/v1/uploads/{paper}"),
        ] {
            let shown = caller.get_text(list, 200);
            for text in texts {
                assert!(!shown.contains(text), "{list} shows {text}: {shown}");
            }
        }
    }
    let row = &officer.get("/api/v1/gifts?chapter=23095", 200)["items"][0];
    assert_eq!((row.get("particulars"), row.get("giver"), &row["id"]), (None, None, &gift["id"]));
    let noted = |action: &str| app.database.number(&format!("SELECT count(*) FROM audit_event WHERE action = '{action}'"));
    assert_eq!((noted("GIFT_DOCUMENTS_READ"), noted("DOCUMENT_NAME_READ")), (0, 0));
    officer.get(&papers_of(&gift), 200);
    officer.get(&format!("/api/v1/documents/{paper}"), 200);
    assert_eq!((noted("GIFT_DOCUMENTS_READ"), noted("DOCUMENT_NAME_READ")), (1, 1));
}
