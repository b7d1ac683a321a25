//! Is this sum right? Above a first limit whoever sends a gift confirms it; above a second it waits for a second person and
//! counts nowhere before. And what the answers of gifts say to look at.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{audit, books, counts};
use crate::harness::{Caller, TestApp};
use crate::look::{all, entries};

const GIFTS: &str = "/api/v1/gifts";
const ASKED: &str = "/api/v1/asked-gifts";
const STORY: i64 = 1_000_000_000_000_000;

fn id(gift: &Value) -> &str {
    gift["id"].as_str().unwrap()
}

fn confirmed(gift: &Value) -> Value {
    let mut gift = gift.clone();
    gift["confirmed"] = json!(true);
    gift
}

/// An asked gift of Hàm Liêm.
pub fn ask(app: &TestApp, officer: &Caller<'_>) -> String {
    let gift = app.gift(json!({"amount_vnd": STORY, "confirmed": true}));
    assert_eq!(officer.post(GIFTS, gift.clone(), 202)["outcome"], "ASKED");
    id(&gift).to_owned()
}

fn decide(caller: &Caller<'_>, gift: &str, what: &str, status: u16) -> Value {
    caller.post(&format!("{ASKED}/{gift}/{what}"), Value::Null, status)
}

#[test]
fn an_unusual_sum_is_confirmed_before_it_is_booked() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let usual = books(&app, &officer, &app.gift(json!({"amount_vnd": 100_000_000})));
    assert_eq!(usual["concerns"], json!([]));
    let gift = app.gift(json!({"amount_vnd": 100_000_001}));
    let before = counts(&app);
    let said = officer.with("accept-language", "vi").post(GIFTS, gift.clone(), 409);
    assert_eq!(said["type"], "/problems/unusual");
    assert_eq!((&said["errors"][0]["pointer"], &said["errors"][0]["code"]), (&json!("/amount_vnd"), &json!("UNUSUAL")));
    let detail = said["detail"].as_str().unwrap();
    assert!(detail.contains("100.000.001") && detail.contains("100.000.000") && detail.contains("xác nhận"), "{detail}");
    let mut denied = gift.clone();
    denied["confirmed"] = json!(false);
    assert_eq!(officer.post(GIFTS, denied, 409)["type"], "/problems/unusual");
    assert_eq!(counts(&app), before, "nothing of it was kept");
    let booked = officer.post(GIFTS, confirmed(&gift), 201);
    assert_eq!((&booked["outcome"], &booked["concerns"]), (&json!("BOOKED"), &json!(["UNUSUAL"])));
    // Confirming is no part of what the id stands for.
    for again in [gift.clone(), confirmed(&gift)] {
        let again = officer.post(GIFTS, again, 200);
        assert_eq!((&again["outcome"], &again["code"]), (&json!("ALREADY_BOOKED"), &booked["code"]));
    }
    assert_eq!(officer.get(&format!("{GIFTS}/{}", id(&gift)), 200)["concerns"], json!(["UNUSUAL"]));
    // An id that was only asked about is free; one that is booked is not.
    let other = app.gift(json!({"amount_vnd": 200_000_000}));
    officer.post(GIFTS, other.clone(), 409);
    books(&app, &officer, &app.gift(json!({"id": other["id"], "amount_vnd": 20_000_000})));
    assert_eq!(officer.post(GIFTS, confirmed(&other), 422)["type"], "/problems/id-taken");
    // Confirming what is usual changes nothing.
    assert_eq!(books(&app, &officer, &app.gift(json!({"confirmed": true})))["concerns"], json!([]));
    let rice = json!([{"item": "RICE", "quantity": "1000", "unit": "TONNE", "value_vnd": 600_000_000, "valuation": "INVOICE"}]);
    let goods = app.gift(json!({"channel": "IN_KIND", "amount_vnd": null, "lines": rice}));
    assert_eq!(officer.post(GIFTS, goods.clone(), 409)["errors"][0]["pointer"], "/lines");
    officer.post(GIFTS, confirmed(&goods), 201);
    audit(&app);
}

#[test]
fn a_batch_asks_item_by_item() {
    let app = TestApp::start();
    app.chair_of("23095");
    let officer = app.officer_of("23095");
    let (much, far_too_much) = (app.gift(json!({"amount_vnd": 300_000_000})), app.gift(json!({"amount_vnd": STORY})));
    let gifts = json!([
        app.gift(json!({})),
        much,
        confirmed(&much),
        far_too_much,
        confirmed(&far_too_much),
        confirmed(&far_too_much),
        app.gift(json!({"amount_vnd": 0})),
        much
    ]);
    let answer = officer.post("/api/v1/gifts/batch", json!({"gifts": gifts}), 200);
    let outcomes: Vec<&str> = answer["items"].as_array().unwrap().iter().map(|item| item["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["BOOKED", "UNUSUAL", "BOOKED", "UNUSUAL", "ASKED", "ASKED", "REFUSED", "ALREADY_BOOKED"], "{answer}");
    let count = |name: &str| answer[name].as_i64().unwrap();
    assert_eq!(["booked", "already_booked", "unusual", "asked", "refused"].map(count), [2, 1, 2, 2, 1]);
    let items = &answer["items"];
    assert_eq!((&items[1]["problem"]["type"], &items[1]["problem"]["status"]), (&json!("/problems/unusual"), &json!(409)));
    assert_eq!((&items[4]["asked"]["state"], &items[4]["asked"]["code"]), (&json!("ASKED"), &items[5]["asked"]["code"]));
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 2);
    audit(&app);
}

#[test]
fn what_takes_a_second_person_counts_nowhere_before() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let account = app.account(Role::Officer, "23095");
    let (officer, chair) = (app.log_in_plain(account), app.chair_of("23095"));
    let gift = app.gift(
        json!({"amount_vnd": STORY, "appeal": "LULUT", "giver": {"kind": "PERSON", "name": "Đặng Văn Lớn", "phone": "0912345678"},
        "display": "FULL_NAME", "wish": "làm nhà", "paper_book": "A", "paper_no": "77"}),
    );
    let (before, dump) = (counts(&app), public(&app));
    assert!(officer.post(GIFTS, gift.clone(), 409)["detail"].as_str().unwrap().contains("người thứ hai"));
    let asked = officer.post(GIFTS, confirmed(&gift), 202);
    assert_eq!(
        [&asked["outcome"], &asked["state"], &asked["approver_chapter"], &asked["concerns"], &asked["limit_vnd"]],
        [&json!("ASKED"), &json!("ASKED"), &json!("23095"), &json!(["UNUSUAL"]), &json!(500_000_000)]
    );
    assert!(asked.get("giver").is_none() && !asked.to_string().contains("Lớn"), "{asked}");
    let code = asked["code"].as_str().unwrap();
    assert_eq!((counts(&app), public(&app)), (before, dump), "no entry, no total, no leaf, no public row, no party, no number");
    app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 404);
    for again in [gift.clone(), confirmed(&gift)] {
        let again = officer.post(GIFTS, again, 202);
        assert_eq!((&again["code"], &again["state"]), (&json!(code), &json!("ASKED")));
    }
    let mut other = confirmed(&gift);
    other["wish"] = json!("khác");
    assert_eq!(officer.post(GIFTS, other, 422)["type"], "/problems/id-taken");
    // What waits is listed without its giver, and read with them, which is noted.
    let listed = all(&chair, &format!("{ASKED}?chapter=23095"), 1);
    assert_eq!((listed.len(), &listed[0]["id"]), (1, &gift["id"]));
    assert!(!listed[0].to_string().contains("Lớn"));
    let read = chair.get(&format!("{ASKED}/{}", id(&gift)), 200);
    assert_eq!(
        (&read["giver"]["name"], &read["wish"], &read["paper_no"]),
        (&json!("Đặng Văn Lớn"), &json!("làm nhà"), &json!("77"))
    );
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'ASKED_GIFT_READ'"), 1);
    paper(&app, &officer, id(&gift), code, "CHƯA GHI SỔ");
    // Who decides: another person, with the right and a second factor.
    decide(&officer, id(&gift), "approval", 403);
    let twin = app.account_of(Some(account.officer), &[(Role::Accountant, "23095")]);
    assert!(decide(&app.log_in(twin), id(&gift), "approval", 403)["detail"].as_str().unwrap().contains("người thứ hai"));
    let plain = app.account(Role::ChapterChair, "23095");
    assert_eq!(decide(&app.log_in_plain(plain), id(&gift), "approval", 403)["type"], "/problems/second-factor-needed");
    decide(&app.chair_of("23059"), id(&gift), "approval", 404);
    let chair = app.chair_of("68");
    let done = decide(&chair, id(&gift), "approval", 200);
    assert_eq!((&done["state"], &done["code"]), (&json!("APPROVED"), &json!(code)));
    assert_eq!(decide(&chair, id(&gift), "approval", 200), done);
    decide(&chair, id(&gift), "refusal", 409);
    booked_as_asked(&app, &officer, &gift, code, account.id);
    paper(&app, &officer, id(&gift), code, "Đã được duyệt");
    assert!(!officer.get_text(&format!("{ASKED}/{}/paper.html", id(&gift)), 200).contains("Lớn"));
    assert_eq!(all(&chair, &format!("{ASKED}?chapter=23095"), 50), Vec::<Value>::new());
    audit(&app);
}

/// What everybody may see of the country.
fn public(app: &TestApp) -> [String; 3] {
    let get = |path: &str| app.anonymous().get_text(path, 200);
    [get("/api/v1/public/totals"), get("/api/v1/public/entries"), get("/api/v1/public/appeals/LULUT/ledger.csv")]
}

fn paper(app: &TestApp, officer: &Caller<'_>, gift: &str, code: &str, says: &str) {
    let path = format!("{ASKED}/{gift}/paper.html");
    let answer = officer.send("GET", &path, None);
    assert!(answer.status == 200 && answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let spaced = [&code[..4], &code[4..8], &code[8..12], &code[12..16], &code[16..]].join("-");
    let shown = [says, "Một triệu tỷ đồng", "1.000.000.000.000.000", &spaced, "GIẤY XÁC NHẬN TẠM"];
    // What for, by which way, whose paper it is and who made it out.
    let facts =
        ["(LULUT)", "Tiền mặt", "Hội Chữ thập đỏ tỉnh Lâm Đồng", "Hội Chữ thập đỏ xã Hàm Liêm", "Người Thử", "class=\"qr\""];
    for part in shown.into_iter().chain(facts).chain([format!("/g/{code}\"").as_str()]) {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
    let english = officer.with("accept-language", "en").get_text(&path, 200);
    assert!(english.contains("PROVISIONAL NOTE") && !english.contains("<script"), "{english}");
    app.anonymous().get(&path, 401);
    let file = officer.get(&format!("{ASKED}/{gift}"), 200)["paper_pdf_url"].as_str().unwrap().to_owned();
    let pdf = officer.send("GET", &file, None);
    assert_eq!((pdf.status, pdf.header("content-type")), (200, Some("application/pdf")));
    let named = format!("inline; filename=\"giay-xac-nhan-tam-{code}.pdf\"");
    assert_eq!((pdf.header("content-disposition"), pdf.header("content-language")), (Some(named.as_str()), Some("vi")));
    assert!(pdf.bytes.starts_with(b"%PDF-1.") && pdf.text.contains("pdfaid:part") && pdf.text.contains("/Count 1"));
    assert_eq!(officer.send("GET", &file, None).bytes, pdf.bytes, "printed again, it is the same file");
    app.anonymous().get(&file, 401);
    app.officer_of("23059").get(&file, 404);
    let read = "SELECT count(*) FROM audit_event WHERE action = 'ASKED_GIFT_READ'";
    let before = app.database.number(read);
    officer.send("GET", &file, None);
    assert_eq!(app.database.number(read), before + 1, "a paper that names the giver is a reading");
}

/// The gift stands as every other does: under the code it was given, recorded by who asked.
fn booked_as_asked(app: &TestApp, officer: &Caller<'_>, gift: &Value, code: &str, asker: Uuid) {
    let shown = app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200);
    assert_eq!((&shown["amount_vnd"], &shown["giver"]), (&json!(STORY), &json!("Đặng Văn Lớn")));
    assert_eq!(app.anonymous().get("/api/v1/public/totals", 200)["received_vnd"], STORY);
    for again in [gift.clone(), confirmed(gift)] {
        let again = officer.post(GIFTS, again, 200);
        assert_eq!((&again["outcome"], &again["code"]), (&json!("ALREADY_BOOKED"), &json!(code)));
        assert_eq!(again["concerns"], json!(["UNUSUAL"]));
    }
    assert_eq!(app.database.text("SELECT recorded_by FROM gift"), asker.to_string());
    assert_eq!(app.database.text("SELECT paper_no FROM gift JOIN paper_slip s ON s.gift_id = gift.id"), "77");
    assert_eq!(app.database.number("SELECT count(*) FROM consent WHERE withdrawn_at IS NULL"), 1);
    assert_eq!(app.database.number("SELECT count(*) FROM asked_gift WHERE content IS NULL AND request_hash = bare_hash"), 1);
    assert_eq!(officer.get(&format!("{GIFTS}/{}", id(gift)), 200)["giver"]["name"], "Đặng Văn Lớn");
}

#[test]
fn what_is_refused_or_withdrawn_is_booked_nowhere_and_leaves_nothing_personal() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gift = |name: &str| {
        let giver = json!({"kind": "PERSON", "name": name});
        app.gift(
            json!({"amount_vnd": STORY, "giver": giver, "bank_reference": "FT1", "channel": "BANK_TRANSFER", "confirmed": true}),
        )
    };
    let before = counts(&app);
    for (what, state, by) in [("refusal", "REFUSED", &chair), ("withdrawal", "WITHDRAWN", &officer)] {
        let gift = gift("Lê Nhầm");
        let asked = officer.post(GIFTS, gift.clone(), 202);
        let done = decide(by, id(&gift), what, 200);
        assert_eq!((&done["state"], &done["code"]), (&json!(state), &asked["code"]));
        assert_eq!(decide(by, id(&gift), what, 200), done);
        decide(&chair, id(&gift), "approval", 409);
        // Sent again it says what became of it; the id stays taken.
        let again = officer.post(GIFTS, gift.clone(), 202);
        assert_eq!((&again["outcome"], &again["state"]), (&json!("ASKED"), &json!(state)));
        let mut less = gift.clone();
        less["amount_vnd"] = json!(100_000);
        assert_eq!(officer.post(GIFTS, less, 422)["type"], "/problems/id-taken");
        let read = officer.get(&format!("{ASKED}/{}", id(&gift)), 200);
        assert!(read.get("giver").is_none() && read.get("bank_reference").is_none(), "{read}");
        let says = if state == "REFUSED" { "KHÔNG ĐƯỢC DUYỆT" } else { "ĐÃ RÚT" };
        assert!(officer.get_text(&format!("{ASKED}/{}/paper.html", id(&gift)), 200).contains(says));
    }
    // An accountant of the chapter who did not ask may not withdraw what is decided, and whoever asked may not refuse it.
    let last = gift("Trần Cuối");
    officer.post(GIFTS, last.clone(), 202);
    decide(&officer, id(&last), "refusal", 403);
    decide(&app.staff(Role::Inspector, "68"), id(&last), "withdrawal", 403);
    decide(&app.officer_of("23059"), id(&last), "withdrawal", 404);
    decide(&chair, &Uuid::now_v7().to_string(), "approval", 404);
    assert_eq!(counts(&app), before);
    let left = "content IS NOT NULL OR likeness IS NOT NULL OR reference_likeness IS NOT NULL OR request_hash <> bare_hash";
    assert_eq!(app.database.number(&format!("SELECT count(*) FROM asked_gift WHERE state <> 'ASKED' AND ({left})")), 0);
    // What was decided stays decided, whoever writes.
    for set in ["state = 'APPROVED'", "amount_vnd = 1", "decided_at = NULL"] {
        let said = app.database.refuses(&format!("UPDATE asked_gift SET {set} WHERE state = 'REFUSED'"));
        assert!(said.contains("asked_gift"), "{said}");
    }
    assert!(app.database.refuses("DELETE FROM asked_gift").contains("asked_gift_append_only"));
    audit(&app);
}

#[test]
fn the_slip_the_code_and_the_second_person_are_looked_at_when_it_is_asked_and_when_it_is_booked() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let asked = |change: Value| {
        let mut gift = app.gift(change);
        (gift["amount_vnd"], gift["confirmed"]) = (json!(STORY), json!(true));
        gift
    };
    // Nobody else may approve anywhere above.
    assert_eq!(officer.post(GIFTS, asked(json!({})), 409)["type"], "/problems/conflict");
    assert_eq!(app.database.number("SELECT count(*) FROM asked_gift"), 0);
    let chair = app.chair_of("68");
    let code = books(&app, &officer, &app.gift(json!({"paper_book": "A", "paper_no": "1"})))["code"].clone();
    let codes = |problem: Value| problem["errors"][0]["code"].as_str().unwrap().to_owned();
    assert_eq!(codes(officer.post(GIFTS, asked(json!({"paper_book": "a", "paper_no": "01"})), 422)), "SLIP_TAKEN");
    assert_eq!(codes(officer.post(GIFTS, asked(json!({"code": code})), 422)), "CODE_TAKEN");
    let first = asked(json!({"paper_book": "A", "paper_no": "2"}));
    let answer = officer.post(GIFTS, first.clone(), 202);
    assert_eq!(answer["approver_chapter"], "68");
    assert_eq!(codes(officer.post(GIFTS, asked(json!({"code": answer["code"]})), 422)), "CODE_TAKEN");
    // The slip went to another gift while it waited: it stays asked, and says why.
    let second = app.gift(json!({"paper_book": "A", "paper_no": "2"}));
    books(&app, &officer, &second);
    let said = chair.post(&format!("{ASKED}/{}/approval", id(&first)), Value::Null, 422);
    assert_eq!(codes(said), "SLIP_TAKEN");
    assert_eq!(app.database.text("SELECT state FROM asked_gift"), "ASKED");
    decide(&chair, id(&first), "refusal", 200);
    // An appeal that closed meanwhile: quarantine, as for every gift.
    app.open_appeal("68", "LULUT");
    let late = asked(json!({"appeal": "LULUT"}));
    officer.post(GIFTS, late.clone(), 202);
    chair.post("/api/v1/appeals/LULUT/closing", Value::Null, 200);
    decide(&chair, id(&late), "approval", 200);
    let shown = officer.get(&format!("{GIFTS}/{}", id(&late)), 200);
    assert_eq!((&shown["fund"], &shown["concerns"]), (&json!("QUARANTINE:LULUT"), &json!(["QUARANTINED", "UNUSUAL"])));
    audit(&app);
}

#[test]
fn two_who_decide_and_many_who_send_at_once_book_it_once() {
    let app = TestApp::start();
    let (officer, chair, accountant) = (app.officer_of("23095"), app.chair_of("23095"), app.accountant_of("23095"));
    let gift = app.gift(json!({"amount_vnd": STORY, "confirmed": true}));
    let body = gift.to_string().into_bytes();
    let send = |token: &str, path: String, body: Option<Vec<u8>>| app.bearer(token).send("POST", &path, body).status;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..6).map(|_| scope.spawn(|| send(officer.token(), GIFTS.to_owned(), Some(body.clone())))).collect();
        sent.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| *status == 202), "{statuses:?}");
    assert_eq!(app.database.number("SELECT count(*) FROM asked_gift"), 1);
    let path = |what: &str| format!("{ASKED}/{}/{what}", id(&gift));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let decided: Vec<_> = [&chair, &accountant, &chair, &accountant]
            .map(|by| scope.spawn(|| send(by.token(), path("approval"), None)))
            .into_iter()
            .chain([scope.spawn(|| send(officer.token(), path("withdrawal"), None))])
            .collect();
        decided.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let approved = app.database.text("SELECT state FROM asked_gift") == "APPROVED";
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), i64::from(approved));
    let expected: [u16; 5] = if approved { [200, 200, 200, 200, 409] } else { [409, 409, 409, 409, 200] };
    assert_eq!(statuses, expected);
    audit(&app);
}

#[test]
fn limits_are_rows_by_channel_role_chapter_and_day() {
    let app = TestApp::start();
    app.chair_of("TW");
    let (officer, accountant) = (app.officer_of("23095"), app.accountant_of("23095"));
    let status = |caller: &Caller<'_>, amount: i64| {
        let gift = app.gift(json!({"amount_vnd": amount}));
        caller.send("POST", GIFTS, Some(gift.to_string().into_bytes())).status
    };
    assert_eq!((status(&officer, 150_000_000), status(&accountant, 150_000_000)), (409, 201), "by role");
    let day = |days: i64| app.today() + Duration::days(days);
    let row = |role: &str, chapter: &str, from: i64, to: &str, first: i64| {
        app.database.execute(&format!(
            "INSERT INTO gift_limit (channel, role, chapter_id, valid_from, valid_to, confirm_above_vnd, approve_above_vnd, mark, source)
             SELECT 'CASH', {role}, id, '{}', {to}, {first}, {}, 'REC', 'test' FROM chapter WHERE code = '{chapter}'",
            day(from),
            first * 10
        ));
    };
    row("'OFFICER'", "68", 1, "NULL", 7);
    row("NULL", "68", -9, &format!("'{}'", day(-1)), 7);
    row("NULL", "01", -9, "NULL", 7);
    assert_eq!(status(&officer, 1_000), 201, "tomorrow's, yesterday's and another province's rows do not hold here today");
    row("NULL", "68", -3, "NULL", 1_000);
    row("NULL", "68", -2, "NULL", 2_000);
    assert_eq!((status(&officer, 2_000), status(&officer, 2_001)), (201, 409), "the newest that has begun, from above");
    row("'OFFICER'", "23095", 0, "NULL", 5_000);
    assert_eq!((status(&officer, 5_000), status(&accountant, 5_000)), (201, 409), "the chapter's own row for officers");
    // A person's widest role counts.
    let both = app.account_of(None, &[(Role::Officer, "23095"), (Role::Accountant, "23095")]);
    assert_eq!(status(&app.log_in(both), 5_000), 201);
    for (wrong, name) in [
        ("'GOLD', NULL, NULL, 1, 2", "gift_limit_channel_known"),
        ("'CASH', 'INSPECTOR', NULL, 1, 2", "gift_limit_role_known"),
        ("'CASH', NULL, NULL, 2, 1", "gift_limit_second_above_first"),
    ] {
        let said = app.database.refuses(&format!(
            "INSERT INTO gift_limit (channel, role, chapter_id, confirm_above_vnd, approve_above_vnd, valid_from, mark, source)
             VALUES ({wrong}, '2026-01-01', 'REC', 'test')"
        ));
        assert!(said.contains(name), "{said}");
    }
    audit(&app);
}

#[test]
fn answers_say_what_to_look_at() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    let an = |change: Value| {
        let mut gift = app.gift(json!({"giver": {"kind": "PERSON", "name": "Nguyễn Văn An", "phone": "0912345678"}}));
        change.as_object().unwrap().iter().for_each(|(key, value)| gift[key] = value.clone());
        gift
    };
    let concerns = |gift: &Value| books(&app, &officer, gift)["concerns"].clone();
    let first = an(json!({}));
    assert_eq!(concerns(&first), json!([]));
    assert_eq!(concerns(&an(json!({}))), json!(["LOOKS_LIKE"]));
    assert_eq!(
        concerns(&an(json!({"giver": {"kind": "PERSON", "name": " NGUYEN VAN AN"}, "channel": "BANK_TRANSFER"}))),
        json!(["LOOKS_LIKE"])
    );
    for other in [
        json!({"amount_vnd": 500_001}),
        json!({"received_on": app.today() - Duration::days(1)}),
        json!({"giver": {"kind": "PERSON", "name": "Nguyễn Văn Ân Hai"}}),
        json!({"giver": null, "channel": "CASH"}),
        json!({"giver": null, "channel": "BANK_TRANSFER"}),
    ] {
        assert_eq!(concerns(&an(other.clone())), json!([]), "{other}");
    }
    // Another chapter's gifts are nobody's concern here.
    let there = app.officer_of("23059").post(GIFTS, an(json!({"chapter": "23059"})), 201);
    assert_eq!(there["concerns"], json!([]));
    let bank = |reference: &str, amount: i64| {
        app.gift(json!({"channel": "BANK_TRANSFER", "bank_reference": reference, "amount_vnd": amount}))
    };
    assert_eq!(concerns(&bank("FT26 0001", 1)), json!([]));
    assert_eq!(concerns(&bank("ft260001", 2)), json!(["SAME_BANK_REFERENCE"]));
    assert_eq!(concerns(&bank("FT260002", 3)), json!([]));
    // In a batch they are looked at one after the other.
    let twins = json!([bank("FT9", 9), bank("FT9", 10), bank("FT10", 11)]);
    let answer = officer.post("/api/v1/gifts/batch", json!({"gifts": twins}), 200);
    let of = |n: usize| answer["items"][n]["gift"]["concerns"].clone();
    assert_eq!([of(0), of(1), of(2)], [json!([]), json!(["SAME_BANK_REFERENCE"]), json!([])]);
    // Reading, each of two that look alike says so, until one is reversed.
    let path = format!("{GIFTS}/{}", id(&first));
    assert_eq!(officer.get(&path, 200)["concerns"], json!(["LOOKS_LIKE"]));
    assert_eq!(officer.post(GIFTS, first.clone(), 200)["concerns"], json!(["LOOKS_LIKE"]));
    let listed = all(&officer, "/api/v1/gifts?chapter=23095", 200);
    let alike = listed.iter().filter(|gift| gift["concerns"] == json!(["LOOKS_LIKE"])).count();
    assert_eq!(alike, 3);
    for gift in listed.iter().filter(|gift| gift["id"] != first["id"] && gift["concerns"] == json!(["LOOKS_LIKE"])) {
        crate::look::reverse(&app, id(gift), "trùng");
    }
    assert_eq!(officer.get(&path, 200)["concerns"], json!([]));
    assert_eq!(entries(&app, "chapter=23095").iter().filter(|row| row.get("concerns").is_some()).count(), 0, "not the public's");
    audit(&app);
}
