//! The pages of leaves that are no entries of the books: keys of the log, publications, what was said of a person's data.
//! Whoever mirrors the log and types such a code finds what it is.

use diesel::connection::{Connection, SimpleConnection};
use serde_json::{Value, json};
use so_nhan_ai::log::key_log;

use crate::harness::{LOG_SECRET, TestApp, eventually};
use crate::log_keys::{SECOND, file, verifier, wait_for_signed};
use crate::personal::{ask, gift_path, party_of, path, personal};
use crate::portal::{browser, page};
use crate::publications::Desk;

fn english(app: &TestApp, code: &str) -> String {
    let answer = browser(app, "en").send("GET", &format!("/g/{code}"), None);
    assert_eq!(answer.status, 200, "{code}: {}", answer.text);
    answer.text
}

/// A page says all of these.
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// Hash and place of a leaf, as the database has them.
fn logged(app: &TestApp, code: &str) -> (String, String) {
    let of = |column: &str| app.database.text(&format!("SELECT {column} FROM log_leaf WHERE entry = '{code}'"));
    (of("encode(leaf_hash, 'hex')"), of("idx::text"))
}

/// What the browser's check begins with.
fn can_be_checked(app: &TestApp, code: &str, later: &str) {
    let (hash, index) = logged(app, code);
    says(
        &page(app, &format!("/g/{code}")),
        &[
            &format!("data-code=\"{code}\""),
            &format!("data-leaf-hash=\"{hash}\" data-index=\"{index}\" data-reversed-by=\"\" data-later=\"{later}\""),
            &format!("href=\"/api/v1/public/entries/{code}/receipt\""),
            &format!("https://so.example.org/g/{code}"),
            "/entry.js\"></script>",
            "<noscript>",
        ],
    );
    let with = |h: &str| page(app, &format!("/g/{code}?h={h}"));
    assert!(with(&hash[..16]).contains("Mã băm trong địa chỉ khớp"));
    let other = if hash.starts_with('0') { "1" } else { "0" };
    let forged = with(&format!("{other}{}", &hash[1..16]));
    assert!(forged.contains("KHÔNG khớp") && forged.contains(" data-paper-differs"), "{forged}");
    assert!(!with("zz").contains("Mã băm trong địa chỉ"));
}

#[test]
fn a_key_that_joins_and_a_key_that_leaves_have_a_page() {
    let app = TestApp::start();
    app.officer_of("23095").post("/api/v1/gifts", app.gift(json!({})), 201);
    app.wait_for_checkpoint();
    let log = || app.anonymous().get("/api/v1/public/log", 200);
    let old = log()["keys"][0].as_str().unwrap().to_owned();
    let new = verifier(&SECOND);
    assert!(!page(&app, "/du-lieu-mo").contains("khóa ký sổ"), "nothing was said of keys yet");
    app.shared.log.keys.take_up(&file(&[SECOND, LOG_SECRET]));
    wait_for_signed(&app, 2, &[&new]);
    let now = app.now();
    assert!(app.shared.db.tx_blocking(|conn| key_log::retire(conn, &old, now)).unwrap());
    wait_for_signed(&app, 3, &[&new]);
    eventually("the history has both leaves", || log()["key_history"][0]["retired_by"].is_string());
    let history = log()["key_history"].clone();
    let (added, retired) = (history[1]["added_by"].as_str().unwrap(), history[0]["retired_by"].as_str().unwrap());

    let text = page(&app, &format!("/g/{added}"));
    says(
        &text,
        &[
            "<h1 data-fact=\"kind\" data-value=\"KEY\">Thêm một khóa ký sổ</h1>",
            "không phải là một khoản tiền",
            &format!("data-fact=\"key\" data-value=\"{new}\"><code>{new}</code>"),
            "data-fact=\"booked\" data-value=\"2026-11-22\">22/11/2026<",
            "<a href=\"/don-vi/TW\">",
            "thứ 2 trong 3 bút toán",
        ],
    );
    assert!(!text.contains("Số tiền") && !text.contains("data-fact=\"amount\"") && !text.contains("đang có hiệu lực"));
    says(&english(&app, added), &["A key was added to the log", "not a sum of money", "22 Nov 2026"]);
    says(&page(&app, &format!("/g/{retired}")), &["Một khóa ngừng ký sổ", &format!("<code>{old}</code>")]);
    says(&english(&app, retired), &["A key of the log was retired", "can still be verified"]);
    can_be_checked(&app, added, "");
    can_be_checked(&app, retired, "");
    eventually("open data names both", || {
        let text = page(&app, "/du-lieu-mo");
        [added, retired].iter().all(|code| text.contains(&format!("href=\"/g/{code}\"")))
    });
    let spoken = format!("{}-{}", &added[..8], &added[8..]).to_lowercase();
    let there = crate::look::raw(&app, &format!("GET /g/{spoken} HTTP/1.1"), "Accept: text/html\r\n", b"");
    assert!(there.status == 303 && there.head.contains(&format!("location: /g/{added}")), "{}", there.head);
    // A code that no leaf has is nothing, as before.
    let answer = browser(&app, "vi").send("GET", "/g/7ZC4K0M9T2R8VQ3BX", None);
    assert!(answer.status == 404 && answer.text.contains("Không có khoản hay thẻ nào mang mã này"), "{}", answer.text);
}

#[test]
fn a_publication_names_its_document_its_appeal_and_its_other_versions() {
    let app = TestApp::start();
    let desk = Desk::open(&app, "23095", "LULUT", "DECREE_93_2021", "2026-12-02");
    let (one, two) = (desk.paper(300), desk.paper(400));
    let [first, second] = [&one, &two].map(|paper| desk.publish("OPENING_DOCUMENT", paper));
    app.wait_for_checkpoint();
    let [earlier, later] = [&first, &second].map(|made| made["code"].as_str().unwrap());
    let hash = second["sha256"].as_str().unwrap();
    let text = page(&app, &format!("/g/{later}"));
    says(
        &text,
        &[
            "data-value=\"PUBLICATION\">Công khai theo quy định</h1>",
            "data-fact=\"event\" data-value=\"OPENING_DOCUMENT\">Văn bản mở đợt vận động<",
            "data-fact=\"appeal\" data-value=\"LULUT\"><a href=\"/keu-goi/LULUT\">Đợt LULUT</a>",
            "data-fact=\"chapter\" data-value=\"23095\"><a href=\"/don-vi/23095\">",
            &format!("data-fact=\"of\" data-value=\"{earlier}\"><code><a href=\"/g/{earlier}\">{earlier}</a></code>"),
            &format!("<a href=\"/api/v1/public/documents/{hash}\">Văn bản của đợt</a>"),
            &format!("<code>{hash}</code>"),
        ],
    );
    says(&english(&app, later), &["The document that opens the appeal", "Replaces the version", "SHA-256 hash of the document"]);
    let (_, index) = logged(&app, later);
    can_be_checked(&app, later, "");
    can_be_checked(&app, earlier, &format!("{later}:{index}"));
    says(&page(&app, &format!("/g/{earlier}")), &["Đã có bản mới hơn", &format!("<a href=\"/g/{later}\">{later}</a>")]);
    says(&page(&app, "/keu-goi/LULUT"), &[&format!("href=\"/g/{later}\"")]);
    desk.hide(&two);
    let path = format!("/g/{later}");
    eventually("the document is gone", || page(&app, &path).contains("Không còn hiển thị từ ngày 22/11/2026"));
    let text = page(&app, &path);
    assert!(text.contains(&format!("<code>{hash}</code>")) && !text.contains("/api/v1/public/documents/"), "{text}");
}

#[test]
fn what_was_said_of_a_person_names_the_entry_and_nobody() {
    let app = TestApp::start();
    let (officer, approver) = (app.officer_of("23095"), app.accountant_of("23095"));
    let gift = personal(&app, "Tạ Thị Xqzerased", Some("0977 123 456"), "FULL_NAME", json!({}));
    let code = officer.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned();
    let decide = |kind: &str, change: Value| {
        let request = ask(&app, kind, change);
        officer.post("/api/v1/personal-data-requests", request.clone(), 201);
        approver.post(&path(&request, "/approval"), Value::Null, 200);
    };
    decide("CORRECT", json!({"gift": gift["id"], "changes": {"name": "Tạ Thị Xqzright"}}));
    decide("ERASE", json!({"party": party_of(&officer, &gift)}));
    app.wait_for_checkpoint();
    let entry = app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200);
    let of = |kind: &str| {
        let said = entry["annotations"].as_array().unwrap().iter().find(|said| said["kind"] == kind);
        said.unwrap_or_else(|| panic!("no {kind}: {entry}"))["code"].as_str().unwrap().to_owned()
    };
    for (kind, vi, en) in [
        ("AMENDMENT", "được đính chính hoặc đổi cách hiển thị", "were corrected, or are shown in another way"),
        ("ERASURE", "đã được xóa theo yêu cầu", "were erased at their request"),
    ] {
        let about = of(kind);
        let text = page(&app, &format!("/g/{about}"));
        let link = format!("data-fact=\"of\" data-value=\"{code}\"><code><a href=\"/g/{code}\">{code}</a></code>");
        says(&text, &[vi, &link, &format!("data-fact=\"kind\" data-value=\"{kind}\""), "<a href=\"/don-vi/23095\">"]);
        let english = english(&app, &about);
        says(&english, &[en, "The entry it is about"]);
        for page in [text, english] {
            assert!(!page.contains("Xqz") && !page.contains("0977") && !page.contains("500.000"), "{page}");
        }
        can_be_checked(&app, &about, "");
        says(&page(&app, &format!("/g/{code}")), &[&format!("href=\"/g/{about}\"")]);
    }
    assert!(!officer.get_text(&gift_path(&gift), 200).contains("Xqz"));
}

/// Until it has its place, not even its page says what it holds.
#[test]
fn a_leaf_without_a_place_is_being_sealed() {
    let app = TestApp::start();
    let desk = Desk::open(&app, "23095", "LULUT", "DECREE_93_2021", "2026-12-02");
    let paper = desk.paper(300);
    app.wait_for_checkpoint();
    let mut sequencer = app.database.connect();
    sequencer.begin_test_transaction().unwrap();
    sequencer.batch_execute("SELECT size FROM log_head FOR UPDATE").unwrap();
    let made = desk.publish("OPENING_DOCUMENT", &paper);
    let code = made["code"].as_str().unwrap();
    let text = page(&app, &format!("/g/{code}"));
    says(&text, &["Đã ghi, đang niêm phong", "Hãy tải lại trang"]);
    assert!(!text.contains("id=\"verify\"") && !text.contains("LULUT"), "{text}");
    says(&english(&app, code), &["Recorded, being sealed"]);
    drop(sequencer);
    app.wait_for_checkpoint();
    eventually("it has its page", || page(&app, &format!("/g/{code}")).contains("Công khai theo quy định"));
}
