//! Lists of gifts out of a spreadsheet: looked through, accepted, booked once; and a chapter's book as a spreadsheet.

use std::io::Cursor;

use chrono::NaiveDate;
use serde_json::{Value, json};
use sheets::{Limits, Out, Value as Cell, Width};

use crate::books::{audit, counts};
use crate::harness::{Answer, Caller, TestApp, eventually};
use crate::personal;

const PATH: &str = "/api/v1/chapters/23095/gift-imports";
const HEAD: &str = "Ngày nhận,Họ và tên người ủng hộ,Điện thoại,Số tiền,Hình thức\r\n";

#[track_caller]
fn send(caller: &Caller<'_>, path: &str, bytes: impl Into<Vec<u8>>, status: u16) -> Answer {
    let answer = caller.with("content-type", "application/octet-stream").send("POST", path, Some(bytes.into()));
    assert_eq!(answer.status, status, "{}", answer.text);
    answer
}

#[track_caller]
fn look(caller: &Caller<'_>, bytes: impl Into<Vec<u8>>, status: u16) -> Value {
    send(caller, PATH, bytes, status).json()
}

fn path_of(check: &Value) -> String {
    format!("/api/v1/gift-imports/{}", check["import"]["id"].as_str().unwrap())
}

/// Accepts a list. One that is taken (202) is waited for: what comes back is the list when its job has ended.
fn accept(caller: &Caller<'_>, check: &Value, body: Value, status: u16) -> Value {
    let answer = caller.post(&format!("{}/acceptance", path_of(check)), body, status);
    if status != 202 {
        return answer;
    }
    let job = format!("/api/v1/jobs/{}", answer["id"].as_str().unwrap());
    eventually("the list is booked", || ["DONE", "DEAD"].contains(&caller.get(&job, 200)["state"].as_str().unwrap()));
    caller.get(&path_of(check), 200)
}

/// Good rows of different sums.
fn rows(n: usize) -> String {
    (0..n).map(|n| format!("20/11/2026,Nguyễn Văn {},09{:08},{},Tiền mặt\r\n", name(n), 10_000_000 + n, 20_000 + n)).collect()
}

/// Names have letters alone.
fn name(n: usize) -> String {
    const NAMES: [&str; 10] = ["An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Khoa", "Lan", "Minh", "Nga"];
    n.to_string().bytes().map(|digit| NAMES[usize::from(digit - b'0')]).collect::<Vec<_>>().join(" ")
}

fn faults(check: &Value) -> Vec<(u64, &str, &str)> {
    let all = check["faults"].as_array().unwrap().iter();
    all.map(|f| (f["row"].as_u64().unwrap_or(0), f["column"].as_str().unwrap_or(""), f["code"].as_str().unwrap())).collect()
}

#[test]
fn a_list_is_looked_through_and_then_booked_once() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let before = counts(&app);
    let list = "\u{feff}HỘI CHỮ THẬP ĐỎ XÃ HÀM LIÊM;;;;;;\r\n;;;;;;\r\nSTT;Ngày nhận *;Họ và tên;SĐT;Số tiền (đồng);Mã đợt;Cách hiện tên\r\n\
                1;20/11/2026;Nguyễn Văn An;912345678;500.000;LULUT;Hiện đầy đủ tên\r\n\
                2;21-11-2026;;;1.000.000;;\r\n;Tổng cộng;;;1.500.000;;\r\n";
    let check = look(&officer, list, 201);
    assert_eq!((&check["outcome"], &check["rows"], &check["amount_vnd"]), (&json!("READY"), &json!(2), &json!(1_500_000)));
    assert_eq!(counts(&app), before, "a look books nothing");
    let done = accept(&officer, &check, json!({}), 202);
    assert_eq!((&done["state"], &done["booked"], &done["refused"]), (&json!("DONE"), &json!(2), &json!([])));
    let gifts = officer.get("/api/v1/gifts?chapter=23095", 200);
    let funds: Vec<&str> = gifts["items"].as_array().unwrap().iter().map(|gift| gift["fund"].as_str().unwrap()).collect();
    assert!(funds.contains(&"APPEAL:LULUT") && funds.contains(&"GENERAL"), "{funds:?}");
    let phone = gifts["items"].as_array().unwrap().iter().find(|gift| gift["amount_vnd"] == 500_000).unwrap()["id"].clone();
    assert_eq!(officer.get(&format!("/api/v1/gifts/{}", phone.as_str().unwrap()), 200)["giver"]["phone"], "0912345678");

    let after = counts(&app);
    let again = accept(&officer, &check, json!({}), 202);
    assert_eq!((&again["state"], &again["booked"]), (&json!("DONE"), &json!(2)));
    let same = look(&officer, list, 200);
    assert_eq!((&same["import"]["id"], &same["booked_already"]), (&check["import"]["id"], &json!(2)));
    accept(&officer, &same, json!({}), 202);
    assert_eq!(counts(&app), after);
    assert_eq!(app.database.number("SELECT count(*) FROM gift_import_part WHERE gifts IS NOT NULL"), 0, "nothing is kept of it");
    audit(&app);
}

#[test]
fn the_same_list_in_another_form_is_the_same_list() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let headings = [("Họ và tên người ủng hộ", Width::Text(30)), ("Ngày nhận", Width::Day), ("Số tiền", Width::Amount(18))];
    let headings = headings.map(|(heading, width)| (heading.to_owned(), width)).to_vec();
    let mut book = sheets::Book::new("Danh sách", Vec::new(), headings).unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    book.row(&[Out::Text("Nguyễn Văn An"), Out::Day(day), Out::Whole(500_000)]).unwrap();
    book.row(&[Out::Empty, Out::Day(day), Out::Whole(600_000)]).unwrap();
    let mut file = Cursor::new(Vec::new());
    book.finish(&mut file).unwrap();
    let first = look(&officer, file.into_inner(), 201);
    let second = look(&officer, format!("{HEAD}20/11/2026,Nguyễn Văn An,,500000,\r\n20/11/2026,,,600000,\r\n"), 200);
    assert_eq!(first["import"]["id"], second["import"]["id"]);
    // In another order, or with one row more, it is another list.
    let third = look(&officer, format!("{HEAD}20/11/2026,,,600000,\r\n20/11/2026,Nguyễn Văn An,,500000,\r\n"), 201);
    assert_ne!(first["import"]["id"], third["import"]["id"]);
    accept(&officer, &first, json!({}), 202);
    let third = look(&officer, format!("{HEAD}20/11/2026,,,600000,\r\n20/11/2026,Nguyễn Văn An,,500000,\r\n"), 200);
    assert_eq!(third["alike"], json!([3]), "the one with a name looks like one that stands");
}

#[test]
fn goods_come_in_lists_too_one_kind_a_row() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let head = "Ngày nhận,Họ và tên,Số tiền,Hiện vật,Số lượng,ĐVT,Căn cứ giá trị,Hình thức\n";
    let list = format!(
        "{head}20/11/2026,An,1800000,gạo,100,kg,Giá thị trường,\n20/11/2026,Chi,500000,,,,,\n20/11/2026,Lan,250000,Mì ăn liền,2,THÙNG,,Hiện vật\n"
    );
    let check = look(&officer, list, 201);
    assert_eq!((&check["rows"], &check["amount_vnd"]), (&json!(3), &json!(2_550_000)));
    assert_eq!(accept(&officer, &check, json!({}), 202)["booked"], 3);
    let of = |sum: i64| {
        let gifts = officer.get("/api/v1/gifts?chapter=23095", 200);
        let found = gifts["items"].as_array().unwrap().iter().find(|gift| gift["amount_vnd"] == sum).unwrap()["id"].clone();
        officer.get(&format!("/api/v1/gifts/{}", found.as_str().unwrap()), 200)
    };
    let rice = of(1_800_000);
    assert_eq!(
        (&rice["channel"], &rice["lines"][0]["item"], &rice["lines"][0]["unit"]),
        (&json!("IN_KIND"), &json!("RICE"), &json!("KG")),
        "{rice}"
    );
    assert_eq!((&of(500_000)["channel"], &of(250_000)["lines"][0]["unit"]), (&json!("CASH"), &json!("BOX")));
    let broken = format!(
        "{head}20/11/2026,An,1000000,vàng,1,kg,,\n20/11/2026,An,1000000,gạo,1.000,kg,,\n20/11/2026,An,1000000,gạo,1,cái,,\n\
         20/11/2026,An,1000000,,5,kg,,\n20/11/2026,An,1000000,gạo,5,kg,,Tiền mặt\n20/11/2026,An,1000000,gạo,5,,,\n"
    );
    let found = look(&officer, broken, 200);
    for wanted in [
        (2, "item", "NO_SUCH_ITEM"),
        (3, "quantity", "NOT_A_QUANTITY"),
        (4, "unit", "NOT_A_UNIT"),
        (5, "item", "OUT_OF_RANGE"),
        (6, "item", "NOT_IN_KIND"),
    ] {
        assert!(faults(&found).contains(&wanted), "{wanted:?} in {:?}", faults(&found));
    }
    assert!(faults(&found).iter().any(|(row, column, _)| (*row, *column) == (7, "unit")), "{:?}", faults(&found));
    audit(&app);
}

#[test]
fn faults_are_named_by_row_and_nothing_is_kept() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let list = "Ngày nhận,Họ và tên,Điện thoại,Số tiền,Hình thức,Mã đợt,Mã đơn vị,Quyển biên lai,Số biên lai\n\
                20/11/2026,An,,500000,,,23095,,\n\
                31/11/2026,Bình,,500000,,,,,\n\
                20/11/2027,Chi,,500000,,,,,\n\
                20/11/2026,Dũng,12345,500000,séc,,,,\n\
                20/11/2026,Giang,,500000,,KHONG-CO,,,\n\
                20/11/2026,Hạnh,,500000,,,68,,\n\
                20/11/2026,Khoa,,500000,,,,Q1,7\n\
                20/11/2026,Lan,,500000,,,,q1,007\n\
                20/11/2026,NguyÔn V¨n L\u{ad}¬ng,,,,,,,\n";
    let check = look(&officer, list, 200);
    assert_eq!((&check["outcome"], &check["import"]), (&json!("FAULTY"), &Value::Null));
    let found = faults(&check);
    for wanted in [
        (3, "received_on", "NOT_A_DAY"),
        (4, "received_on", "IN_THE_FUTURE"),
        (5, "channel", "NOT_A_CHOICE"),
        (6, "appeal", "NO_SUCH_APPEAL"),
        (7, "chapter", "OTHER_CHAPTER"),
        (9, "paper_no", "SLIP_TAKEN"),
        (10, "amount_vnd", "REQUIRED"),
    ] {
        assert!(found.contains(&wanted), "{wanted:?} in {found:?}");
    }
    assert!(found.iter().all(|(row, ..)| *row != 2 && *row != 8), "{found:?}");
    assert_eq!(app.database.number("SELECT count(*) FROM gift_import"), 0);
    let said = |lang: &str| send(&officer.with("accept-language", lang), PATH, list, 200).json()["faults"][0]["detail"].clone();
    assert!(said("vi").as_str().unwrap().contains("Phải là ngày") && said("en").as_str().unwrap().contains("Must be a day"));
}

#[test]
fn a_file_that_is_no_list_says_what_it_is() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = |bytes: Vec<u8>| look(&officer, bytes, 422)["errors"][0]["code"].as_str().unwrap().to_owned();
    assert_eq!(code(Vec::new()), "EMPTY_FILE");
    assert_eq!(code(b"%PDF-1.7".to_vec()), "NOT_A_SPREADSHEET");
    assert_eq!(code("a,b\n1,2\n".into()), "COLUMNS_MISSING");
    assert_eq!(code(HEAD.into()), "NO_ROWS");
    assert_eq!(code(format!("{HEAD}{}", rows(10_001)).into()), "TOO_MANY_ROWS");
    assert_eq!(send(&officer, PATH, vec![b'x'; 8 * 1024 * 1024 + 1], 413).json()["type"], "/problems/too-large");
    let template = officer.send("GET", "/api/v1/gift-imports/template.xlsx", None);
    assert_eq!((template.status, code(template.bytes)), (200, "NO_ROWS".to_owned()));
}

#[test]
fn only_who_records_there_sends_and_accepts_a_list() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let check = look(&officer, format!("{HEAD}{}", rows(3)), 201);
    let stranger = app.officer_of("01");
    send(&stranger, PATH, format!("{HEAD}{}", rows(2)), 404);
    accept(&stranger, &check, json!({}), 404);
    let chair = app.chair_of("23095");
    send(&chair, PATH, format!("{HEAD}{}", rows(2)), 403);
    accept(&chair, &check, json!({}), 403);
    chair.get(&format!("/api/v1/gift-imports/{}", check["import"]["id"].as_str().unwrap()), 200);
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 0);
    // Another officer of the chapter may.
    assert_eq!(accept(&app.officer_of("23095"), &check, json!({}), 202)["booked"], 3);
    audit(&app);
}

#[test]
fn unusual_sums_are_confirmed_and_the_largest_wait_for_a_second_person() {
    let app = TestApp::start();
    let _chair = app.chair_of("23095");
    let officer = app.officer_of("23095");
    let check = look(
        &officer,
        format!("{HEAD}20/11/2026,An,,150000000,\r\n20/11/2026,Chi,,600000000,\r\n20/11/2026,Lan,,50000,\r\n"),
        201,
    );
    assert_eq!(check["unusual"].as_array().unwrap().iter().map(|row| &row["row"]).collect::<Vec<_>>(), [&json!(2), &json!(3)]);
    assert_eq!(accept(&officer, &check, json!({}), 409)["type"], "/problems/unusual");
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 0);
    let done = accept(&officer, &check, json!({"confirmed": true}), 202);
    assert_eq!((&done["state"], &done["booked"], &done["asked"]), (&json!("DONE"), &json!(2), &json!(1)));
    assert_eq!(app.database.number("SELECT count(*) FROM asked_gift WHERE state = 'ASKED'"), 1);
    audit(&app);
}

#[test]
fn a_list_that_is_accepted_is_a_job_and_accepted_again_the_same() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let check = look(&officer, format!("{HEAD}{}", rows(3)), 201);
    let id = check["import"]["id"].as_str().unwrap();
    let accept_path = format!("{}/acceptance", path_of(&check));
    let first = officer.send("POST", &accept_path, Some(b"{}".to_vec()));
    assert_eq!((first.status, first.header("location")), (202, Some(format!("/api/v1/jobs/{id}").as_str())));
    let job = first.json();
    assert_eq!((&job["id"], &job["kind"], &job["total"]), (&json!(id), &json!("BOOK_GIFT_LIST"), &json!(3)));
    assert_eq!(job["url"], path_of(&check));
    eventually("it is booked", || officer.get(&format!("/api/v1/jobs/{id}"), 200)["state"] == "DONE");
    let again = officer.post(&accept_path, json!({}), 202);
    assert_eq!(
        (&again["id"], &again["state"], &again["done"], &again["errors"]),
        (&json!(id), &json!("DONE"), &json!(3), &json!(0))
    );
    assert_eq!(app.database.number("SELECT count(*) FROM job"), 1);
    assert_eq!(officer.get(&path_of(&check), 200)["job"], json!(id));
    let noted = "SELECT count(*) FROM audit_event WHERE action = 'LIST_ACCEPTED'";
    assert_eq!(app.database.number(noted), 1);
    // Whoever reads the chapter sees how far it is, and nobody else.
    app.chair_of("23095").get(&format!("/api/v1/jobs/{id}"), 200);
    app.officer_of("23059").get(&format!("/api/v1/jobs/{id}"), 404);
}

/// Lets something happen in the moment in which a list is accepted, before its job begins.
fn as_it_is_accepted(app: &TestApp, what: &str) {
    app.database.execute(&format!(
        "CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NEW; END $$;
         CREATE TRIGGER meanwhile AFTER UPDATE ON gift_import FOR EACH ROW WHEN (NEW.state = 'ACCEPTED') EXECUTE FUNCTION meanwhile()"
    ));
}

#[test]
fn whose_right_has_ended_books_nothing_and_somebody_else_goes_on() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let check = look(&officer, format!("{HEAD}{}", rows(3)), 201);
    as_it_is_accepted(&app, "UPDATE role_assignment SET ended_at = now() WHERE account_id = NEW.accepted_by");
    officer.post(&format!("{}/acceptance", path_of(&check)), json!({}), 202);
    app.database.execute("DROP TRIGGER meanwhile ON gift_import");
    let job = format!(
        "SELECT count(*) FROM job WHERE state = 'DEAD' AND trouble = 'NOT_ALLOWED' AND id = '{}'",
        check["import"]["id"].as_str().unwrap()
    );
    eventually("the job ends", || app.database.number(&job) == 1);
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 0);
    let chair = app.chair_of("23095");
    let said = |lang: &str| chair.with("accept-language", lang).get(&path_of(&check), 200)["trouble"].clone();
    assert_eq!(said("vi")["code"], "NOT_ALLOWED");
    assert!(said("vi")["detail"].as_str().unwrap().contains("không còn quyền"), "{}", said("vi"));
    assert!(said("en")["detail"].as_str().unwrap().contains("may no longer record"), "{}", said("en"));
    accept(&chair, &check, json!({}), 403);
    let done = accept(&app.officer_of("23095"), &check, json!({}), 202);
    assert_eq!((&done["state"], &done["booked"], &done["trouble"]), (&json!("DONE"), &json!(3), &Value::Null));
    audit(&app);
}

#[test]
fn whoever_logs_out_meanwhile_has_the_list_booked_all_the_same() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let check = look(&officer, format!("{HEAD}{}", rows(3)), 201);
    as_it_is_accepted(&app, "UPDATE session SET ended_at = now() WHERE account_id = NEW.accepted_by");
    officer.post(&format!("{}/acceptance", path_of(&check)), json!({}), 202);
    eventually("it is booked", || app.database.number("SELECT count(*) FROM gift") == 3);
    officer.get(&path_of(&check), 401);
    audit(&app);
}

#[test]
fn what_was_interrupted_is_taken_up_and_nothing_is_booked_twice() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let check = look(&officer, format!("{HEAD}{}", rows(1_200)), 201);
    // The second part is booked, and the note that it is fails, as if the server had died between the two.
    app.database.execute(
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'gone'; END $$;
         CREATE TRIGGER die BEFORE UPDATE ON gift_import_part FOR EACH ROW WHEN (OLD.n = 1) EXECUTE FUNCTION die()",
    );
    let job = officer.post(&format!("{}/acceptance", path_of(&check)), json!({}), 202);
    let job = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    eventually("it was put off", || officer.get(&job, 200)["trouble"] == "DATABASE");
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 1_000);
    let half = officer.get(&path_of(&check), 200);
    assert_eq!((&half["state"], &half["booked"]), (&json!("ACCEPTED"), &json!(500)));
    assert_eq!((&officer.get(&job, 200)["done"], &officer.get(&job, 200)["total"]), (&json!(500), &json!(1_200)));
    app.database.execute("DROP TRIGGER die ON gift_import_part");
    app.clock.advance(chrono::Duration::minutes(1));
    let done = accept(&officer, &check, json!({}), 202);
    assert_eq!((&done["state"], &done["booked"]), (&json!("DONE"), &json!(1_200)));
    assert_eq!(officer.get(&job, 200)["done"], 1_200);
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 1_200);
    audit(&app);
}

#[test]
fn accepted_by_several_at_once_it_is_booked_once() {
    let app = TestApp::start();
    let check = look(&app.officer_of("23095"), format!("{HEAD}{}", rows(700)), 201);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(accept(&app.officer_of("23095"), &check, json!({}), 202)["state"], "DONE"));
        }
    });
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 700);
    audit(&app);
}

#[test]
fn what_is_refused_since_the_look_is_named_and_the_others_stand() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let list = "Ngày nhận,Họ và tên,Số tiền,Quyển biên lai,Số biên lai\n20/11/2026,An,500000,Q1,7\n20/11/2026,Chi,600000,Q1,8\n";
    let check = look(&officer, list, 201);
    officer.post("/api/v1/gifts", app.gift(json!({"paper_book": "Q1", "paper_no": "8"})), 201);
    let done = accept(&officer, &check, json!({}), 202);
    assert_eq!((&done["state"], &done["booked"]), (&json!("DONE"), &json!(1)));
    assert_eq!((&done["refused"][0]["row"], &done["refused"][0]["code"]), (&json!(3), &json!("SLIP_TAKEN")));
    assert!(done["refused"][0]["detail"].as_str().unwrap().contains("đã ghi cho khoản khác"), "in Vietnamese: {done}");
    let job = officer.get(&format!("/api/v1/jobs/{}", done["job"].as_str().unwrap()), 200);
    assert_eq!((&job["done"], &job["errors"]), (&json!(2), &json!(1)));
    audit(&app);
}

#[test]
fn a_list_that_nobody_accepts_is_forgotten() {
    let app = TestApp::start();
    let account = app.account(so_nhan_ai::authz::Role::Officer, "23095");
    let check = look(&app.log_in(account), format!("{HEAD}{}", rows(2)), 201);
    app.clock.advance(chrono::Duration::days(29));
    let younger = look(&app.log_in(account), format!("{HEAD}{}", rows(3)), 201);
    app.clock.advance(chrono::Duration::days(1) + chrono::Duration::hours(2));
    eventually("the old one is forgotten", || app.database.number("SELECT count(*) FROM gift_import") == 1);
    accept(&app.log_in(account), &check, json!({}), 404);
    assert_eq!(accept(&app.log_in(account), &younger, json!({}), 202)["booked"], 3);
    // Without a rule nothing is forgotten; by a shorter one it goes earlier.
    look(&app.log_in(account), format!("{HEAD}{}", rows(4)), 201);
    app.database.execute("INSERT INTO gift_import_keeping VALUES ('2026-12-01', 2, 'x')");
    app.clock.advance(chrono::Duration::days(2) + chrono::Duration::hours(2));
    eventually("it is forgotten", || app.database.number("SELECT count(*) FROM gift_import WHERE state = 'READY'") == 0);
}

/// Thousands of rows go in part by part. (How fast is measured by `bench/lists.py`.)
#[test]
fn a_long_list_is_booked_whole() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let check = look(&officer, format!("{HEAD}{}", rows(3_000)), 201);
    assert_eq!(accept(&officer, &check, json!({}), 202)["booked"], 3_000);
    audit(&app);
}

#[test]
fn a_chapters_book_is_a_spreadsheet_for_those_who_may_read_it() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    // Somebody has to be there to approve the reversal.
    app.chair_of("23095");
    let check = look(&officer, format!("{HEAD}{}", rows(1_100)), 201);
    accept(&officer, &check, json!({}), 202);
    let gift = app.gift(json!({"received_on": "2026-11-19", "giver": {"kind": "ORGANISATION", "name": "=1+1 Công ty"}}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    crate::look::reverse(&app, gift["id"].as_str().unwrap(), "nhầm");
    app.officer_of("01").post("/api/v1/gifts", app.gift(json!({"chapter": "01"})), 201);
    app.wait_for_log();

    app.officer_of("01").get("/api/v1/chapters/23095/ledger.xlsx", 404);
    let file = |query: &str| {
        let answer = app.chair_of("23095").send("GET", &format!("/api/v1/chapters/23095/ledger.xlsx{query}"), None);
        assert_eq!((answer.status, answer.header("content-length").unwrap()), (200, answer.bytes.len().to_string().as_str()));
        assert!(answer.header("content-disposition").unwrap().contains("so-23095-"), "{:?}", answer.headers);
        sheets::read(&answer.bytes, &Limits { rows: 5_000, ..Limits::LIST }).unwrap().lines
    };
    let lines = file("");
    let heading = lines.iter().position(|line| line.value(0) == &Cell::Text("Ngày".to_owned())).unwrap();
    let (total, body) = lines[heading + 1..].split_last().unwrap();
    assert_eq!(body.len() as i64, app.database.number("SELECT count(*) FROM posting p JOIN entry e ON e.id = p.entry_id JOIN chapter c ON c.id = e.chapter_id WHERE c.code = '23095'"));
    let sum =
        |column: usize| body.iter().map(|line| if let Cell::Number(n) = line.value(column) { *n } else { 0.0 }).sum::<f64>();
    assert_eq!((sum(8), sum(9)), (sum(9), sum(8)), "debits and credits agree");
    assert_eq!((total.value(8), total.value(9)), (&Cell::Number(sum(8)), &Cell::Number(sum(9))), "sums stand in the file");
    assert_eq!(lines[heading].value(13), &Cell::Text("Vị trí trong sổ niêm phong (từ 0)".to_owned()));
    assert!(
        body.iter().all(|line| matches!(line.value(13), Cell::Number(at) if *at >= 0.0)),
        "places are numbers, and not summed"
    );
    assert_eq!(total.value(13), &Cell::Empty);
    assert!(body.iter().any(|line| line.value(10) == &Cell::Text("=1+1 Công ty".to_owned())), "a text is no formula");
    assert_eq!(file("?from=2026-11-20&to=2026-11-20").len(), heading + 1 + 2_200 + 1);
    assert_eq!(file("?from=2027-01-01").len(), heading + 1);
    app.chair_of("23095").get("/api/v1/chapters/23095/ledger.xlsx?from=x", 422);
}

#[test]
fn whoever_is_erased_is_taken_out_of_lists_that_wait() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let gift = app.gift(json!({"giver": {"kind": "PERSON", "name": "Trần Xqzvương", "phone": "0987654001"}}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let list = "20/11/2026,Trần Xqzvương,0987654001,70000,\r\n20/11/2026,Lê Ở Lại,0987654002,80000,\r\n";
    let check = look(&officer, format!("{HEAD}{list}"), 201);
    let request = personal::ask(&app, "ERASE", json!({"party": personal::party_of(&officer, &gift)}));
    officer.post(personal::REQUESTS, request.clone(), 201);
    chair.post(&personal::path(&request, "/approval"), json!(null), 200);
    assert_eq!(accept(&officer, &check, json!({}), 202)["booked"], 2);
    let gifts = officer.get("/api/v1/gifts?chapter=23095", 200);
    let giver = |sum: i64| {
        let found = gifts["items"].as_array().unwrap().iter().find(|gift| gift["amount_vnd"] == sum).unwrap();
        officer.get(&format!("/api/v1/gifts/{}", found["id"].as_str().unwrap()), 200)["giver"]["name"].clone()
    };
    assert_eq!((giver(70_000), giver(80_000)), (Value::Null, json!("Lê Ở Lại")));
    audit(&app);
}
