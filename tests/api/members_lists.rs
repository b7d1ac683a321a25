//! Lists of members in and out, and cards on paper: looked through, decided by a second person, admitted once.

use std::io::Cursor;

use serde_json::{Value, json};
use sheets::{Out, Width};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::{Answer, Caller, TestApp, eventually};
use crate::members::{MEMBERS, STEPS, admitted};
use crate::personal::{REQUESTS, ask, path};
use crate::persons::record;

const IMPORTS: &str = "/api/v1/member-imports";
const NO: &str = "15%2FQD-HCTD";
const PAPER: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const HEAD: &str = "Họ và tên,Ngày sinh,Giới tính,Điện thoại,Loại hội viên,Tổ\r\n";

/// The operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let list = |name: &str| format!("{HEAD}{name},1988,,,,\r\n");
    let to = format!("{IMPORTS}?chapter=23095&decision_no={NO}");
    let kept = |name: &str| look(&officer, &to, list(name), 201)["import"]["id"].as_str().unwrap().to_owned();
    let lists = ["Lê Một", "Lê Hai", "Lê Ba", "Lê Bốn"].map(kept);
    admitted(&officer, &chair, json!({"name": "Người Có Thẻ"}));
    let at = |n: usize, rest: &str| format!("{IMPORTS}/{}{rest}", lists[n]);
    let nothing = || Some(Value::Null);
    vec![
        call("GET /api/v1/member-imports/template.xlsx", format!("{IMPORTS}/template.xlsx"), None, 200, 200, 200),
        call("POST /api/v1/member-imports", to.clone(), Some(Value::String(list("Lê Năm"))), 404, 403, 201),
        call("GET /api/v1/member-imports/{id}", at(0, "?part=0"), None, 404, 403, 200),
        call("POST /api/v1/member-imports/{id}/acceptance", at(0, "/acceptance"), nothing(), 404, 403, 202),
        call("POST /api/v1/member-imports/{id}/approval", at(1, "/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/member-imports/{id}/refusal", at(2, "/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/member-imports/{id}/withdrawal", at(3, "/withdrawal"), nothing(), 404, 403, 200),
        call("GET /api/v1/members/file", format!("{MEMBERS}/file?chapter=23095&form=CSV"), None, 404, 403, 200),
        call("GET /api/v1/members/cards/file", format!("{MEMBERS}/cards/file?chapter=23095"), None, 404, 403, 200),
    ]
}

/// A list of Hàm Liêm with somebody in it, that waits for a second person.
pub fn waiting(officer: &Caller<'_>, name: &str, phone: &str) {
    look(officer, &to(""), format!("{HEAD}{name},1977,,{phone},,\r\n"), 201);
}

#[track_caller]
fn send(caller: &Caller<'_>, path: &str, bytes: impl Into<Vec<u8>>, status: u16) -> Answer {
    let answer = caller.with("content-type", "text/csv").send("POST", path, Some(bytes.into()));
    assert_eq!(answer.status, status, "{}", answer.text);
    answer
}

#[track_caller]
fn look(caller: &Caller<'_>, path: &str, bytes: impl Into<Vec<u8>>, status: u16) -> Value {
    send(caller, path, bytes, status).json()
}

fn to(rest: &str) -> String {
    format!("{IMPORTS}?chapter=23095&decision_no={NO}{rest}")
}

fn at(check: &Value) -> String {
    format!("{IMPORTS}/{}", check["import"]["id"].as_str().unwrap())
}

/// Accepts a list and waits for its job; what comes back is the list then.
fn accept(chair: &Caller<'_>, check: &Value) -> Value {
    let taken = chair.post(&format!("{}/acceptance", at(check)), Value::Null, 202);
    done(chair, check, &taken)
}

fn done(chair: &Caller<'_>, check: &Value, taken: &Value) -> Value {
    let job = format!("/api/v1/jobs/{}", taken["job"].as_str().unwrap());
    eventually("the list is admitted", || ["DONE", "DEAD"].contains(&chair.get(&job, 200)["state"].as_str().unwrap()));
    chair.get(&at(check), 200)
}

fn faults(check: &Value) -> Vec<(u64, &str, &str)> {
    let all = check["faults"].as_array().unwrap().iter();
    all.map(|f| (f["row"].as_u64().unwrap_or(0), f["column"].as_str().unwrap_or(""), f["code"].as_str().unwrap())).collect()
}

fn audited(app: &TestApp) {
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
}

/// Names have letters alone.
fn name(n: usize) -> String {
    const NAMES: [&str; 10] = ["An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Khoa", "Lan", "Minh", "Nga"];
    n.to_string().bytes().map(|digit| NAMES[usize::from(digit - b'0')]).collect::<Vec<_>>().join(" ")
}

fn rows(n: usize) -> String {
    (0..n).map(|n| format!("Nguyễn Văn {},{},Nam,09{:08},,\r\n", name(n), 1960 + n % 40, 10_000_000 + n)).collect()
}

#[test]
fn a_class_is_admitted_from_its_signed_list_by_a_second_person() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let head = "STT;Họ tên;Năm sinh;Giới tính;Lớp;Phụ huynh;Ngày ký;Em đồng ý\r\n";
    let pupil = |n: usize| format!("{n};Em Zq {};2013;Nữ;6A;Trần Zqbố {};20/11/2026;x\r\n", name(n), name(n));
    let list = format!("{head}{}", (1..=40).map(pupil).collect::<String>());
    let junior = format!("&kind=JUNIOR&paper={PAPER}");
    // A look alone keeps nothing.
    let looked = look(&officer, &format!("{IMPORTS}?chapter=23095{junior}"), list.clone(), 200);
    assert_eq!((&looked["outcome"], &looked["rows"], looked.get("import")), (&json!("READY"), &json!(40), None));
    assert_eq!(app.database.number("SELECT count(*) FROM member_import"), 0);
    let check = look(&officer, &to(&junior), list.clone(), 201);
    let same = look(&officer, &to(&junior), list, 200);
    assert_eq!(same["import"]["id"], check["import"]["id"]);
    assert_eq!(app.database.number("SELECT count(*) FROM person"), 0, "nobody is written down before");
    crate::personal::nowhere(&app, &["Zqbố"]);
    // Who sent it does not accept it; who decides reads every row, and the inbox leads there.
    officer.post(&format!("{}/acceptance", at(&check)), Value::Null, 403);
    let waits = chair.get("/api/v1/decisions?chapter=23095", 200);
    assert_eq!(waits["items"][0]["url"], at(&check), "{waits}");
    let shown = chair.get(&format!("{}?part=0", at(&check)), 200);
    assert_eq!(
        (shown["people"].as_array().unwrap().len(), &shown["people"][0]["name"], &shown["people"][0]["guardian"]),
        (40, &json!("Em Zq Bình"), &json!("Trần Zqbố Bình"))
    );
    let list = accept(&chair, &check);
    assert_eq!((&list["state"], &list["admitted"], &list["refused"]), (&json!("DONE"), &json!(40), &json!([])), "{list}");
    assert_eq!(
        app.database.number("SELECT count(*) FROM member_import_part WHERE people IS NOT NULL"),
        0,
        "nobody is kept in it"
    );
    assert_eq!(app.database.number("SELECT count(*) FROM public_card WHERE state = 'VALID' AND chapter_id IS NULL"), 40);
    let members = officer.get(&format!("{MEMBERS}?chapter=23095&state=ADMITTED&limit=200"), 200);
    let one = officer.get(&format!("{MEMBERS}/{}", members["items"][0]["id"].as_str().unwrap()), 200);
    assert_eq!(
        (&one["kind"], &one["team"], &one["consent"]["child_agreed"], &one["steps"][0]["decision_no"]),
        (&json!("JUNIOR"), &json!("6A"), &json!(true), &json!("15/QD-HCTD")),
        "{one}"
    );
    // Accepted again, or sent again, nothing is done twice.
    assert_eq!(accept(&chair, &check)["admitted"], 40);
    assert_eq!(app.database.number("SELECT count(*) FROM member"), 40);
    audited(&app);
}

#[test]
fn rows_that_are_wrong_are_named_and_nothing_is_kept() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    let long = "Nguyễn ".repeat(50);
    let list = format!(
        "Họ tên,Ngày sinh,SĐT,Loại,Phụ huynh,Ngày ký,Em đồng ý,Mã đơn vị,Mã chi hội,Mã xã\r\n\
         Lê An,1988,,,,,,23095,,23095\r\n\
         Lê Bình,29/02/2001,,,,,,,,\r\n\
         {long},,,,,,,,,\r\n\
         Lê Chi 0912345678,2027,123,Cán bộ,,,,68,KHONG-CO,99999\r\n\
         Em Dũng,2013-05-01,,Thiếu niên,,,,,,\r\n\
         Em Giang,2013,,Thiếu niên,Lê Hạnh,20/11/2026,Không,,,\r\n\
         Em Khoa,2010-01-01,,Thiếu niên,Lê Hạnh,20/11/2026,Có,,,\r\n\
         Em Lan,2019-12-31,,Thiếu niên,Lê Hạnh,20/11/2026,,,,\r\n\
         Lê Minh,,0987654321,,,,,,,\r\n\
         LÊ MINH,,0987654321,,,,,,,\r\n\
         ,1990,,,,,,,,\r\n"
    );
    let check = look(&officer, &to(&format!("&paper={PAPER}")), list, 200);
    assert_eq!((&check["outcome"], check.get("import")), (&json!("FAULTY"), None));
    let found = faults(&check);
    for wanted in [
        (3, "birth", "NOT_A_BIRTH"),
        (4, "name", "NOT_A_LINE"),
        (5, "name", "NUMBER_IN_NAME"),
        (5, "birth", "IN_THE_FUTURE"),
        (5, "phone", "NOT_A_PHONE"),
        (5, "kind", "NOT_A_CHOICE"),
        (5, "chapter", "OTHER_CHAPTER"),
        (5, "branch", "NO_SUCH_CHAPTER"),
        (5, "commune", "NO_SUCH_UNIT"),
        (6, "guardian", "MISSING"),
        (7, "child_agreed", "MISSING"),
        (8, "kind", "OUT_OF_RANGE"),
        (11, "name", "TWICE"),
        (12, "name", "REQUIRED"),
    ] {
        assert!(found.contains(&wanted), "{wanted:?} in {found:?}");
    }
    assert!(found.iter().all(|(row, ..)| ![2, 9, 10].contains(row)), "{found:?}");
    assert_eq!(found.iter().filter(|(row, column, _)| (*row, *column) == (3, "birth")).count(), 1, "one fault a cell");
    assert_eq!(app.database.number("SELECT count(*) FROM member_import"), 0);
    let said = &check["faults"].as_array().unwrap().iter().find(|fault| fault["row"] == 3).unwrap()["detail"];
    assert!(said.as_str().unwrap().contains("Phải là ngày sinh có thật"), "{said}");
    // A list that was signed on no paper; a file of something else; columns that are not there.
    let unsigned = "Họ tên,Năm sinh,Phụ huynh,Ngày ký,Em đồng ý\r\nEm An,2013,Lê Hạnh,20/11/2026,Có\r\n";
    assert_eq!(faults(&look(&officer, &to("&kind=JUNIOR"), unsigned, 200)), [(2, "guardian", "NOT_SIGNED")]);
    let code = |bytes: &[u8]| look(&officer, &to(""), bytes, 422)["errors"][0]["code"].as_str().unwrap().to_owned();
    assert_eq!(
        (code(b"%PDF-1.7"), code("Ngày,Số tiền\n1/1/2026,5000\n".as_bytes())),
        ("NOT_A_SPREADSHEET".into(), "COLUMNS_MISSING".into())
    );
    look(&officer, &to("&paper=x"), rows(1), 422);
    let template = officer.send("GET", &format!("{IMPORTS}/template.xlsx"), None);
    assert_eq!((template.status, code(&template.bytes)), (200, "NO_ROWS".to_owned()));
}

#[test]
fn three_bad_rows_of_five_thousand_are_named_and_the_rest_goes_in_by_parts() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let bad = format!("{HEAD}{}X,30/02/1990,,,,\r\nY,,,12,,\r\nZ,1800,,,,\r\n", rows(4_997));
    let check = look(&officer, &to(""), bad, 200);
    assert_eq!(faults(&check), [(4_999, "birth", "NOT_A_BIRTH"), (5_000, "phone", "NOT_A_PHONE"), (5_001, "birth", "TOO_EARLY")]);
    let check = look(&officer, &to(""), format!("{HEAD}{}", rows(620)), 201);
    assert_eq!(check["import"]["parts"], 2);
    let list = accept(&chair, &check);
    assert_eq!((&list["state"], &list["admitted"]), (&json!("DONE"), &json!(620)), "{list}");
    let job = chair.get(&format!("/api/v1/jobs/{}", list["job"].as_str().unwrap()), 200);
    assert_eq!((&job["done"], &job["total"], &job["errors"]), (&json!(620), &json!(620), &json!(0)));
    let counts = chair.get("/api/v1/member-counts?chapter=23095", 200);
    assert_eq!(counts["members"], 620);
    // The same people under another decision are members already.
    let again = look(&officer, &format!("{IMPORTS}?chapter=23095&decision_no=16"), format!("{HEAD}{}", rows(2)), 200);
    assert_eq!(faults(&again), [(2, "name", "ALREADY_MEMBER"), (3, "name", "ALREADY_MEMBER")]);
    // All their cards are one file, ten to a sheet.
    let cards = officer.send("GET", &format!("{MEMBERS}/cards/file?chapter=23095"), None);
    assert_eq!(lopdf::Document::load_mem(&cards.bytes).unwrap().get_pages().len(), 62);
    audited(&app);
}

#[test]
fn whom_the_chapter_knows_is_not_written_down_again_and_whoever_is_alike_is_named() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let known = record(&officer, json!({"name": "Lê Zqan", "phone": "0912345678", "birth": "1988-05-01"}));
    record(&officer, json!({"name": "Trần Zqbình", "birth": "1990"}));
    let list = format!("{HEAD}LÊ ZQAN,,Nữ,912345678,,\r\nZqbình Trần,1991,,,,\r\nPhạm Zqchi,1991,,,,\r\nPham Zqchi,1991,,,,\r\n");
    let check = look(&officer, &to(""), list, 201);
    assert_eq!((&check["known"], &check["alike"]), (&json!(1), &json!([3, 5])));
    assert_eq!(accept(&chair, &check)["admitted"], 4);
    assert_eq!(app.database.number("SELECT count(*) FROM person"), 5);
    let members = officer.get(&format!("{MEMBERS}?chapter=23095"), 200);
    assert!(members["items"].as_array().unwrap().iter().any(|one| one["person"] == known), "{members}");
    let numbers = officer.get(&format!("/api/v1/persons/{known}"), 200);
    assert_eq!((&numbers["birth"], numbers.get("phone_confirmed_on")), (&json!("1988-05-01"), None));
    audited(&app);
}

#[test]
fn a_list_that_is_refused_or_withdrawn_keeps_nobody_and_may_come_again() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let list = format!("{HEAD}Lê Zqan,1988,,0912345678,,\r\n");
    for (who, step, state) in [(&chair, "refusal", "REFUSED"), (&officer, "withdrawal", "WITHDRAWN")] {
        let check = look(&officer, &to(""), list.clone(), 201);
        assert_eq!(who.post(&format!("{}/{step}", at(&check)), Value::Null, 200)["state"], state);
        assert_eq!(app.database.number("SELECT count(*) FROM member_import_part"), 0);
        chair.post(&format!("{}/acceptance", at(&check)), Value::Null, 409);
    }
    let check = look(&officer, &to(""), list.clone(), 201);
    let approved = chair.post(&format!("{}/approval", at(&check)), Value::Null, 200);
    assert_eq!(done(&chair, &check, &approved)["admitted"], 1);
    // One who asks to be erased while a list waits is taken out of it.
    let waiting = look(
        &officer,
        &format!("{IMPORTS}?chapter=23095&decision_no=17"),
        format!("{HEAD}Lê Zqba,,,0987654321,,\r\nLê Zqnăm,,,,,\r\n"),
        201,
    );
    let person = record(&officer, json!({"name": "Lê Zqba", "phone": "0987654321"}));
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].clone();
    let erase = ask(&app, "ERASE", json!({"party": party}));
    officer.post(REQUESTS, erase.clone(), 201);
    assert_eq!(chair.post(&path(&erase, "/approval"), Value::Null, 200)["state"], "DONE");
    let list = accept(&chair, &waiting);
    assert_eq!(
        (&list["admitted"], &list["refused"][0]["code"], &list["refused"][0]["row"]),
        (&json!(1), &json!("ERASED"), &json!(2))
    );
    crate::personal::nowhere(&app, &["Zqba"]);
    audited(&app);
}

/// Somebody of a list is a member elsewhere: checked above, and nobody of the two chapters learns of the other.
#[test]
fn whoever_is_a_member_elsewhere_is_checked_above() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let (there, their_chair) = (app.officer_of("23059"), app.chair_of("23059"));
    let province = app.chair_of("68");
    admitted(&there, &their_chair, json!({"chapter": "23059", "name": "Phạm Zqhương", "phone": "0987654077"}));
    let check = look(&officer, &to(""), format!("{HEAD}Phạm Zqhương,1988,,0987654077,,\r\nLê Zqan,1988,,,,\r\n"), 201);
    assert_eq!((&check["known"], &check["alike"]), (&json!(0), &json!([])), "a look tells nothing of others");
    let list = accept(&chair, &check);
    assert_eq!((&list["admitted"], &list["checked"]), (&json!(1), &json!(1)), "{list}");
    assert!(!list.to_string().contains("23059"));
    let step = app.database.text("SELECT id::text FROM member_step WHERE kind = 'LIKENESS'");
    assert_eq!(province.get(&format!("{STEPS}/{step}"), 200)["elsewhere"], "23059");
    assert_eq!(province.post(&format!("{STEPS}/{step}/approval"), Value::Null, 200)["state"], "DONE");
    assert_eq!(app.database.number("SELECT count(*) FROM member WHERE state = 'ADMITTED'"), 3);
    audited(&app);
}

#[test]
fn members_go_out_as_a_file_that_is_noted_and_harmless() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    admitted(
        &officer,
        &chair,
        json!({"name": "Lê Zqan", "birth": "1988-05-01", "sex": "FEMALE", "phone": "0912345678", "commune": "23095"}),
    );
    let odd = admitted(&officer, &chair, json!({"name": "Lê Zqbình", "birth": "1990"}));
    officer.post(&format!("{MEMBERS}/{odd}/placement"), json!({"kind": "MEMBER", "team": "=1+1"}), 200);
    let file = officer.send("GET", &format!("{MEMBERS}/file?chapter=23095&form=CSV"), None);
    assert_eq!((file.status, file.header("cache-control")), (200, Some("no-store")));
    let mut lines: Vec<&str> = file.text.lines().collect();
    lines[1..].sort_unstable();
    assert_eq!(lines.len(), 3, "{}", file.text);
    assert!(lines[1].starts_with("Lê Zqan,1988-05-01,Nữ,0912345678,VN-23095,Hội viên,,,2026-11-22,Hội viên,"), "{}", lines[1]);
    assert!(lines[2].contains(",'=1+1,"), "{}", lines[2]);
    let sheet = officer.send("GET", &format!("{MEMBERS}/file?chapter=23095&form=XLSX&state=ADMITTED"), None);
    let grid = sheets::read(&sheet.bytes, &sheets::Limits::LIST).unwrap();
    assert_eq!(grid.lines.len(), 4, "a title, the headings, two members");
    let noted = "SELECT count(*) FROM audit_event WHERE action = 'MEMBERS_EXPORTED' AND detail->>'members' = '2'";
    assert_eq!(app.database.number(noted), 2);
    // What went out comes in again as it is: the columns are the same.
    let again = look(&officer, &format!("{IMPORTS}?chapter=23095"), sheet.bytes, 200);
    assert!(matches!(faults(&again)[..], [(3 | 4, "name", "ALREADY_MEMBER")]), "{again}");
    for (caller, status) in
        [(app.officer_of("23059"), 404), (app.staff(Role::Inspector, "68"), 403), (app.accountant_of("23095"), 403)]
    {
        assert_eq!(caller.send("GET", &format!("{MEMBERS}/file?chapter=23095&form=CSV"), None).status, status);
    }
}

#[test]
fn cards_are_printed_ten_to_a_sheet() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let cards = |rest: &str, status: u16| {
        let answer = officer.send("GET", &format!("{MEMBERS}/cards/file?chapter=23095{rest}"), None);
        assert_eq!(answer.status, status, "{}", answer.text);
        answer
    };
    cards("", 422);
    let check = look(&officer, &to(""), format!("{HEAD}{}", rows(25)), 201);
    accept(&chair, &check);
    let all = cards("", 200);
    assert!(all.bytes.starts_with(b"%PDF"));
    assert_eq!(all.header("content-type"), Some("application/pdf"));
    let members = officer.get(&format!("{MEMBERS}?chapter=23095"), 200);
    let id = members["items"][0]["id"].as_str().unwrap();
    assert!(cards(&format!("&members={id}"), 200).bytes.len() < all.bytes.len());
    cards(&format!("&members={id},{}", Uuid::new_v4()), 404);
    cards("&members=x", 422);
    cards("&part=2", 422);
    cards("&kind=JUNIOR", 422);
    let noted = app
        .database
        .text("SELECT string_agg(detail->>'cards', ',' ORDER BY id) FROM audit_event WHERE action = 'MEMBER_CARDS_PRINTED'");
    assert_eq!(noted, "25,1");
}

/// The list in another form is the same list.
#[test]
fn the_same_people_in_a_sheet_and_in_lines_are_one_list() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    let heads = [("Họ tên", Width::Text(30)), ("Năm sinh", Width::Number(8))].map(|(head, width)| (head.to_owned(), width));
    let mut book = sheets::Book::new("Danh sách", Vec::new(), heads.to_vec()).unwrap();
    book.row(&[Out::Text("Nguyễn Zqan"), Out::Number(1988)]).unwrap();
    let mut file = Cursor::new(Vec::new());
    book.finish(&mut file).unwrap();
    let first = look(&officer, &to(""), file.into_inner(), 201);
    let second = look(&officer, &to(""), "Họ và tên;Ngày sinh\r\nNguyễn Zqan;1988\r\n", 200);
    assert_eq!(first["import"]["id"], second["import"]["id"]);
    let third = look(&officer, &to(""), "Họ và tên;Ngày sinh\r\nNguyễn Zqan;1989\r\n", 201);
    assert_ne!(first["import"]["id"], third["import"]["id"]);
}

/// What is left to the chapters above within a day has an end, also within one part of a list.
#[test]
fn a_list_leaves_no_more_than_ten_people_a_day_to_the_chapters_above_and_the_rest_waits() {
    let app = TestApp::start();
    let (there, their_chair) = (app.officer_of("23059"), app.chair_of("23059"));
    // Every second one of the list is a member of another commune.
    let elsewhere: String = (0..14).map(|n| format!("Lê Zq {},,,09{:08},,\r\n", name(n), 30_000_000 + n)).collect();
    let theirs = format!("{IMPORTS}?chapter=23059&decision_no={NO}");
    let check = look(&there, &theirs, format!("{HEAD}{elsewhere}"), 201);
    assert_eq!(accept(&their_chair, &check)["admitted"], 14);
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let own: Vec<String> = rows(30).lines().map(str::to_owned).collect();
    let lines: String =
        elsewhere.lines().zip(&own).flat_map(|(one, other)| [one.to_owned(), other.clone()]).map(|line| line + "\r\n").collect();
    let check = look(&officer, &to(""), format!("{HEAD}{lines}"), 201);
    let taken = chair.post(&format!("{}/acceptance", at(&check)), Value::Null, 202);
    let done = || app.database.number("SELECT done_rows FROM member_import_part WHERE done_at IS NULL");
    eventually("as far as it may go", || done() == 19);
    let list = chair.get(&at(&check), 200);
    assert_eq!((&list["checked"], &list["admitted"], &list["state"]), (&json!(10), &json!(9), &json!("ACCEPTED")), "{list}");
    // Nobody behind the tenth is written down, whoever it is.
    assert_eq!(
        app.database.number("SELECT count(*) FROM person p JOIN chapter c ON c.id = p.chapter_id WHERE c.code = '23095'"),
        19
    );
    let shown = chair.get(&format!("{}?part=0", at(&check)), 200);
    let named = shown["people"].as_array().unwrap().iter().filter(|one| one.get("name").is_some()).count();
    assert_eq!(named, 28 - 19, "who is done is not kept in the list");
    let job = format!("/api/v1/jobs/{}", taken["job"].as_str().unwrap());
    assert_eq!(chair.get(&job, 200)["state"], "WAITING");
    app.clock.advance(chrono::Duration::hours(2));
    eventually("it looks again", || chair_job(&app, &job).as_deref() == Some("WAITING"));
    assert_eq!(done(), 19, "not before a day is over");
    // On the next day the rest goes in.
    app.clock.advance(chrono::Duration::hours(23));
    eventually("the rest is admitted", || app.database.number("SELECT count(*) FROM member_import WHERE state = 'DONE'") == 2);
    let list = app.chair_of("23095").get(&at(&check), 200);
    assert_eq!((&list["checked"], &list["admitted"], &list["refused"]), (&json!(14), &json!(14), &json!([])), "{list}");
    assert_eq!(app.database.number("SELECT count(*) FROM member_import_part WHERE people IS NOT NULL"), 0);
    audited(&app);
}

fn chair_job(app: &TestApp, job: &str) -> Option<String> {
    app.chair_of("23095").get(job, 200)["state"].as_str().map(str::to_owned)
}
