//! Who sees a document, how it is sent, what it hangs on, and what never becomes public.

use std::sync::{Arc, Mutex};

use diesel::Connection;
use diesel::connection::InstrumentationEvent;
use serde_json::{Value, json};
use so_nhan_ai::authz::token::Purpose;
use so_nhan_ai::authz::{Actor, Role, Visit};
use so_nhan_ai::documents::store::{Key, readable};
use so_nhan_ai::rooms::ROOMS;
use uuid::Uuid;

use crate::harness::{Caller, TestApp};
use crate::kit::appeal;
use crate::papers::{announcement, content, jpeg, jpeg_of_a_phone, pdf, png, try_upload, upload};

const PDF: &str = "application/pdf";

fn id_of(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

/// An upload under a name.
fn named(officer: &Caller<'_>, name: &str, media_type: &str, bytes: &[u8]) -> Value {
    let mut announced = announcement("GIFT", media_type, bytes);
    announced["name"] = json!(name);
    let (status, answer) = try_upload(officer, &announced, bytes);
    assert_eq!(status, 200, "{answer}");
    answer["document"].clone()
}

/// A document of an appeal of Hàm Liêm, which is open: (chair, document, path of its publication).
pub fn appeal_document<'a>(app: &'a TestApp, bytes: &[u8]) -> (Caller<'a>, Value, String) {
    app.open_appeal("23095", "LULUT");
    let chair = app.chair_of("23095");
    let document = upload(&chair, "APPEAL", PDF, bytes);
    chair.post("/api/v1/appeals/LULUT/documents", json!({"document": document["id"]}), 201);
    let path = format!("/api/v1/appeals/LULUT/documents/{}/publication", id_of(&document));
    (chair, document, path)
}

#[test]
fn whoever_may_read_the_chapter_reads_its_documents() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let bytes = pdf(500);
    let document = named(&officer, "Biên bản 'kiểm' quỹ.pdf", PDF, &bytes);
    let (shown, there) =
        (format!("/api/v1/documents/{}", id_of(&document)), format!("/api/v1/documents/{}/content", id_of(&document)));
    for (caller, status) in [
        (app.officer_of("23095"), 200),
        (app.staff(Role::Inspector, "68"), 200),
        (app.staff(Role::CentralAdministrator, "TW"), 200),
        (app.officer_of("23059"), 404),
        (app.staff(Role::ProvincialAdministrator, "01"), 404),
        (app.anonymous(), 401),
    ] {
        let answer = caller.get(&shown, status);
        assert_eq!(caller.send("GET", &there, None).status, status);
        if status == 200 {
            assert_eq!(
                (&answer["name"], &answer["chapter"], &answer["published"]),
                (&json!("Biên bản 'kiểm' quỹ.pdf"), &json!("23095"), &json!(false))
            );
            assert_eq!(content(&caller, &document), bytes);
        }
    }
    for nothing in ["x", "..%2F..%2Fetc%2Fpasswd", &Uuid::now_v7().to_string(), &"0".repeat(64), &"A".repeat(65)] {
        officer.get(&format!("/api/v1/documents/{nothing}/content"), 404);
    }
    let read = app.database.number("SELECT count(*) FROM audit_event WHERE action = 'DOCUMENT_READ'");
    assert_eq!(read, 6, "every reading is noted, refused ones are not");
}

/// Whether a paper exists somewhere else cannot be told from how much work the refusal is.
#[test]
fn a_foreign_paper_and_none_take_the_same_questions() {
    let app = TestApp::start();
    let document = upload(&app.officer_of("23095"), "GIFT", PDF, &pdf(500));
    let stranger = app.officer_of("23059");
    let claims = app.shared.tokens.verify(stranger.token(), Purpose::Access, app.now()).unwrap();
    let actor = Actor { account: claims.subject, session: claims.session };
    let questions = |key: &str| -> Vec<String> {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut conn = app.database.connect();
        let heard = Arc::clone(&asked);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                heard.lock().unwrap().push(query.to_string().split(" -- ").next().unwrap().to_owned());
            }
        });
        let mut visit = Visit::enter(&mut conn, &app.shared.vault, app.now(), actor).unwrap();
        assert!(readable(&mut visit, ROOMS, &Key::parse(key).unwrap()).unwrap().is_none(), "{key}");
        asked.lock().unwrap().clone()
    };
    for (foreign, none) in
        [(document["sha256"].as_str().unwrap(), "0".repeat(64)), (id_of(&document), Uuid::now_v7().to_string())]
    {
        let asked = questions(foreign);
        assert!(asked.len() >= 3, "{asked:?}");
        assert_eq!(asked, questions(&none));
    }
}

#[test]
fn a_document_is_sent_so_that_no_browser_mistakes_it() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for (name, media_type, bytes, plain, encoded) in [
        (
            "Giấy \"biên nhận\"; số 5.jpg",
            "image/jpeg",
            jpeg(),
            "Gi_y _bi_n nh_n__ s_ 5.jpg",
            "Gi%E1%BA%A5y%20%22bi%C3%AAn%20nh%E1%BA%ADn%22%3B%20s%E1%BB%91%205.jpg",
        ),
        ("../../x.pdf", PDF, pdf(10), "x.pdf", "x.pdf"),
        ("a.html", "image/png", png(), "a.html", "a.html"),
    ] {
        let document = named(&officer, name, media_type, &bytes);
        let path = format!("/api/v1/documents/{}/content", id_of(&document));
        let answer = officer.send("GET", &path, None);
        let header = |name| answer.header(name).unwrap_or_default();
        assert_eq!(header("content-type"), media_type);
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("content-disposition"), format!("inline; filename=\"{plain}\"; filename*=UTF-8''{encoded}"));
        assert!(header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(header("content-security-policy").contains("sandbox"), media_type != PDF);
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("etag"), format!("\"{}\"", document["sha256"].as_str().unwrap()));
        assert_eq!((header("accept-ranges"), header("content-length")), ("bytes", bytes.len().to_string().as_str()));
        assert_eq!(answer.bytes, bytes);
        let head = officer.send("HEAD", &path, None);
        assert_eq!(
            (head.status, head.bytes.len(), head.header("content-length")),
            (200, 0, Some(bytes.len().to_string().as_str()))
        );
    }
    let bad = announcement("GIFT", PDF, &pdf(10));
    let mut bad = bad;
    bad["name"] = json!("x.pdf\r\nSet-Cookie: a=b");
    officer.post("/api/v1/uploads", bad, 422);
}

#[test]
fn parts_of_a_document_can_be_asked_for() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let bytes = pdf(200_000);
    let document = upload(&officer, "GIFT", PDF, &bytes);
    let path = format!("/api/v1/documents/{}/content", id_of(&document));
    let size = bytes.len();
    let etag = format!("\"{}\"", document["sha256"].as_str().unwrap());
    for (range, first, last) in [
        ("bytes=0-0", 0, 0),
        ("bytes=70000-170000", 70_000, 170_000),
        ("bytes=-10", size - 10, size - 1),
        ("bytes=5-", 5, size - 1),
    ] {
        let answer = officer.with("range", range).with("if-range", &etag).send("GET", &path, None);
        assert_eq!(
            (answer.status, answer.header("content-range")),
            (206, Some(format!("bytes {first}-{last}/{size}").as_str())),
            "{range}"
        );
        assert!(answer.bytes == bytes[first..=last], "{range}");
    }
    let outside = officer.with("range", &format!("bytes={size}-")).send("GET", &path, None);
    assert_eq!((outside.status, outside.header("content-range")), (416, Some(format!("bytes */{size}").as_str())));
    assert_eq!(outside.json()["type"], "/problems/range-not-satisfiable");
    for (name, value) in [("range", "bytes=0-1,5-6"), ("range", "pages=1-2"), ("range", "bytes=9-3")] {
        assert_eq!(officer.with(name, value).send("GET", &path, None).status, 200, "{value}");
    }
    assert_eq!(officer.with("range", "bytes=0-1").with("if-range", "\"other\"").send("GET", &path, None).status, 200);
    let known = officer.with("if-none-match", &etag).send("GET", &path, None);
    assert_eq!((known.status, known.bytes.len()), (304, 0));
}

#[test]
fn a_gift_has_its_papers() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = app.gift(json!({}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let papers = format!("/api/v1/gifts/{}/documents", id_of(&gift));
    assert_eq!(officer.get(&papers, 200), json!([]));
    let (first, second) =
        (upload(&officer, "GIFT", "image/jpeg", &jpeg_of_a_phone(&jpeg(), 6)), upload(&officer, "GIFT", PDF, &pdf(10)));
    let linked = officer.post(&papers, json!({"document": first["id"]}), 201);
    assert_eq!((&linked["id"], &linked["sha256"]), (&first["id"], &first["sha256"]));
    officer.post(&papers, json!({"document": first["id"]}), 200);
    app.clock.advance(chrono::Duration::minutes(1));
    officer.post(&papers, json!({"document": second["id"]}), 201);
    let list = app.staff(Role::Inspector, "68").get(&papers, 200);
    assert_eq!(
        list.as_array().unwrap().iter().map(|d| d["id"].clone()).collect::<Vec<_>>(),
        [first["id"].clone(), second["id"].clone()]
    );
    // Not a gift's paper, not this chapter's, not there at all.
    let chair = app.chair_of("23095");
    let appeals = upload(&chair, "APPEAL", PDF, &pdf(20));
    let refused = officer.post(&papers, json!({"document": appeals["id"]}), 422);
    assert_eq!(refused["errors"][0]["code"], "OTHER_PURPOSE");
    let neighbour = app.officer_of("23059");
    let mut announced = announcement("GIFT", PDF, &pdf(30));
    announced["chapter"] = json!("23059");
    assert_eq!(try_upload(&neighbour, &announced, &pdf(30)).0, 200);
    for document in [announced["id"].clone(), json!(Uuid::now_v7())] {
        let refused = officer.post(&papers, json!({"document": document}), 422);
        assert_eq!(refused["errors"][0]["code"], "NO_SUCH_DOCUMENT");
    }
    neighbour.post(&papers, json!({"document": announced["id"]}), 404);
    chair.post(&papers, json!({"document": first["id"]}), 403);
    neighbour.get(&papers, 404);
    officer.get(&format!("/api/v1/gifts/{}/documents", Uuid::now_v7()), 404);
}

#[test]
fn a_published_document_is_everybodys_until_it_is_withdrawn() {
    let app = TestApp::start();
    let bytes = pdf(5_000);
    let (chair, document, publication) = appeal_document(&app, &bytes);
    let public = format!("/api/v1/public/documents/{}", document["sha256"].as_str().unwrap());
    let anybody = app.anonymous();
    let list = "/api/v1/public/appeals/LULUT/documents";
    anybody.get(&public, 404);
    assert_eq!(anybody.get(list, 200), json!([]));
    let title = json!({"title": "Quyết định \"mở\" đợt 1/2026"});
    assert_eq!(chair.post(&publication, title.clone(), 201)["published"], true);
    chair.post(&publication, title, 200);
    chair.post(&publication, json!({"title": "Khác"}), 409);
    let answer = anybody.send("GET", &public, None);
    assert_eq!((answer.status, answer.bytes == bytes), (200, true));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=604800, immutable"));
    let disposition = answer.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment; "), "a PDF from somebody is saved and not opened: {disposition}");
    assert!(answer.header("content-security-policy").unwrap().contains("sandbox"));
    assert!(disposition.ends_with("%22m%E1%BB%9F%22%20%C4%91%E1%BB%A3t%201%2F2026.pdf"), "{disposition}");
    assert!(!disposition.contains("bi%C3%AAn"), "the name on the phone is nobody's business");
    let etag = answer.header("etag").unwrap().to_owned();
    for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", W/{etag}"), "*".to_owned()] {
        assert_eq!(anybody.with("if-none-match", &known).send("GET", &public, None).status, 304, "{known}");
    }
    assert_eq!(anybody.with("range", "bytes=0-4").send("GET", &public, None).bytes, b"%PDF-");
    let listed = anybody.get(list, 200);
    assert_eq!(
        (&listed[0]["sha256"], &listed[0]["href"], listed.as_array().unwrap().len()),
        (&document["sha256"], &json!(public), 1)
    );
    let text = listed.to_string();
    for hidden in [id_of(&document), "biên nhận", "uploaded", "user"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    chair.delete(&publication, 204);
    anybody.get(&public, 404);
    assert_eq!(anybody.get(list, 200), json!([]));
    chair.delete(&publication, 404);
    let noted = app.database.text("SELECT string_agg(action, ' ' ORDER BY id) FROM audit_event WHERE action LIKE 'DOCUMENT%'");
    assert_eq!(noted, "DOCUMENT_UPLOADED DOCUMENT_LINKED DOCUMENT_PUBLISHED DOCUMENT_WITHDRAWN");
}

#[test]
fn publishing_takes_whoever_runs_the_appeal() {
    let app = TestApp::start();
    let (chair, document, publication) = appeal_document(&app, &pdf(50));
    let body = json!({"title": "Quyết định"});
    for (caller, status) in [
        (app.officer_of("23095"), 403),
        (app.accountant_of("23095"), 403),
        (app.staff(Role::Inspector, "68"), 403),
        (app.chair_of("68"), 403),
        (app.chair_of("23059"), 404),
        (app.anonymous(), 401),
    ] {
        caller.post(&publication, body.clone(), status);
        caller.delete(&publication, status);
    }
    for title in ["", " ", "a\nb", &"x".repeat(201)] {
        chair.post(&publication, json!({"title": title}), 422);
    }
    // Not linked to this appeal, and not an appeal that is still a draft.
    let other = upload(&chair, "APPEAL", PDF, &pdf(60));
    chair.post(&format!("/api/v1/appeals/LULUT/documents/{}/publication", id_of(&other)), body.clone(), 404);
    appeal(&app, "23095", "NHAP").draft(&chair);
    chair.post("/api/v1/appeals/NHAP/documents", json!({"document": document["id"]}), 201);
    chair.post(&format!("/api/v1/appeals/NHAP/documents/{}/publication", id_of(&document)), body, 409);
    app.anonymous().get("/api/v1/public/appeals/NHAP/documents", 404);
}

/// By no request, and by no mistake of the program either: the database refuses.
#[test]
fn a_givers_paper_is_never_public() {
    let app = TestApp::start();
    let (chair, of_appeal, _) = appeal_document(&app, &pdf(70));
    let officer = app.officer_of("23095");
    let gift = app.gift(json!({"appeal": "LULUT"}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let paper = upload(&officer, "GIFT", "image/jpeg", &jpeg_of_a_phone(&jpeg(), 6));
    officer.post(&format!("/api/v1/gifts/{}/documents", id_of(&gift)), json!({"document": paper["id"]}), 201);
    assert_eq!(
        chair.post("/api/v1/appeals/LULUT/documents", json!({"document": paper["id"]}), 422)["errors"][0]["code"],
        "OTHER_PURPOSE"
    );
    chair.post(&format!("/api/v1/appeals/LULUT/documents/{}/publication", id_of(&paper)), json!({"title": "x"}), 404);
    let hash = paper["sha256"].as_str().unwrap();
    app.anonymous().get(&format!("/api/v1/public/documents/{hash}"), 404);
    app.anonymous().get(&format!("/api/v1/documents/{hash}/content"), 401);
    let (id, appeal, account) = (
        id_of(&paper),
        app.database.text("SELECT id FROM appeal WHERE code = 'LULUT'"),
        app.database.text(&format!("SELECT uploaded_by FROM document WHERE id = '{}'", id_of(&paper))),
    );
    let link = |document: &str, kind: &str| {
        format!("INSERT INTO document_link VALUES ('{document}', '{kind}', '{appeal}', '{account}', now())")
    };
    let publish = |document: &str, purpose: &str, hash: &str| {
        format!(
            "INSERT INTO document_publication VALUES ('{document}', '{purpose}', '{appeal}', '{hash}', 1, 'image/jpeg', 'x', '2026-11-22', now(), '{account}')"
        )
    };
    assert!(app.database.refuses(&link(id, "APPEAL")).contains("document_link_purpose_fk"));
    assert!(app.database.refuses(&publish(id, "APPEAL", hash)).contains("document_publication_"));
    assert!(app.database.refuses(&publish(id, "GIFT", hash)).contains("document_publication_of_an_appeal"));
    // Nor under the cloak of a document that may be published.
    assert!(app.database.refuses(&publish(id_of(&of_appeal), "APPEAL", hash)).contains("document_publication_content_fk"));
    assert!(
        app.database
            .refuses(&format!("UPDATE document SET purpose = 'APPEAL' WHERE id = '{id}'"))
            .contains("document_append_only")
    );
    assert!(
        app.database
            .refuses(&format!("UPDATE document SET sha256 = '{hash}' WHERE id = '{}'", id_of(&of_appeal)))
            .contains("document_append_only")
    );
    // A name can be emptied (erasure), and then the id stands in for it.
    app.database.execute(&format!("UPDATE document SET name = '' WHERE id = '{id}'"));
    assert_eq!(officer.get(&format!("/api/v1/documents/{id}"), 200)["name"], "");
    let answer = officer.send("GET", &format!("/api/v1/documents/{id}/content"), None);
    assert!(answer.header("content-disposition").unwrap().contains(id));
}

/// A name on a phone is often a person's name: it is nowhere in the clear.
#[test]
fn names_of_files_are_sealed() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let document = named(&officer, "CCCD Zyxophilia Quỳnhđặc.jpg", "image/jpeg", &jpeg());
    let mut open = announcement("GIFT", PDF, &pdf(10));
    open["name"] = json!("Đơn của Zyxophilia.pdf");
    officer.post("/api/v1/uploads", open, 201);
    let tables = crate::look::Dump::of(&app.database);
    assert_eq!(tables.tables_with("Zyxophilia"), Vec::<&str>::new());
    assert_eq!(
        tables.tables_with("document"),
        Vec::<&str>::new().into_iter().chain(tables.tables_with("document")).collect::<Vec<_>>()
    );
    assert!(!tables.tables_with(document["sha256"].as_str().unwrap()).is_empty(), "the look sees the table");
}
