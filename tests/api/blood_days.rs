//! Days of giving blood: check-ins from phones, the centre's file, differences that are settled, the result that two agree on.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::blood_days;
use so_nhan_ai::donors;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::donors::{DONORS, at as donor_at, donation, entered};
use crate::drives::{at, bookings, opened};
use crate::examples::Story;
use crate::harness::{Answer, Caller, TestApp, eventually};
use crate::volunteers::audited;

/// A slot that has not begun when the tests' day begins.
pub fn slots() -> Value {
    json!([{"from": "20:00", "until": "20:30", "places": 200}])
}

/// A drive of today that people can book; its code.
pub fn of_today(app: &TestApp, officer: &Caller<'_>) -> String {
    opened(officer, json!({"day": app.today(), "slots": slots()}))
}

/// Books for somebody; the booking's id.
pub fn booked(officer: &Caller<'_>, code: &str, name: &str, contact: &str) -> String {
    let body = json!({"id": Uuid::new_v4(), "name": name, "contact": contact});
    officer.post(&at(code, "/bookings"), body, 201)["id"].as_str().unwrap().to_owned()
}

/// It is the day.
pub fn begun(officer: &Caller<'_>, code: &str) {
    assert_eq!(officer.post(&at(code, "/beginning"), Value::Null, 200)["state"], "RUNNING");
}

pub fn item(change: Value) -> Value {
    let mut body = json!({"id": Uuid::new_v4()});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

/// Checks people in; what became of each.
pub fn check_in(officer: &Caller<'_>, code: &str, items: Vec<Value>) -> Vec<String> {
    let answer = officer.post(&at(code, "/check-ins"), json!({"items": items}), 200);
    answer["items"].as_array().unwrap().iter().map(|one| one["result"].as_str().unwrap().to_owned()).collect()
}

const HEADS: &str =
    "Họ và tên;Ngày sinh;Giới tính;Điện thoại;Kết quả;Lý do hoãn;Thể tích;Mã túi máu;Nhóm máu;Số giấy chứng nhận;Mã đặt chỗ\n";

/// A row of somebody who gave: number `n` of the centre.
pub fn gave(name: &str, phone: &str, ml: u32, n: u32) -> String {
    format!("{name};1988;Nữ;{phone};Đạt;;{ml};G123426{n:06};B+;HM {n:06};\n")
}

fn put_off(name: &str, phone: &str, why: &str) -> String {
    format!("{name};1990;Nam;{phone};Hoãn;{why};;;;;\n")
}

/// Sends a centre's list of these rows.
pub fn send(officer: &Caller<'_>, code: &str, query: &str, rows: &str) -> Answer {
    let file = format!("{HEADS}{rows}").into_bytes();
    let path = at(code, &format!("/reconciliation?{query}"));
    officer.with("content-type", "text/csv").send("POST", &path, Some(file))
}

/// Keeps a list without faults; the id of the file.
pub fn kept(officer: &Caller<'_>, code: &str, rows: &str) -> String {
    let answer = send(officer, code, "keep=true", rows);
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["reconciliation"]["id"].as_str().unwrap().to_owned()
}

/// The differences of a drive: kind, and the id.
pub fn differences(officer: &Caller<'_>, code: &str) -> Vec<(String, String)> {
    let list = officer.get(&at(code, "/reconciliation/differences?open=true"), 200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list["items"].as_array().unwrap().iter().map(|one| (text(&one["kind"]), text(&one["id"]))).collect()
}

pub fn kinds(officer: &Caller<'_>, code: &str) -> Vec<String> {
    let mut kinds: Vec<String> = differences(officer, code).into_iter().map(|(kind, _)| kind).collect();
    kinds.sort();
    kinds
}

pub fn settle(officer: &Caller<'_>, code: &str, id: &str, how: &str, status: u16) -> Value {
    let path = at(code, &format!("/reconciliation/differences/{id}/settlement"));
    officer.post(&path, json!({"how": how, "note": "Đã hỏi cán bộ trực"}), status)
}

/// Settles everything that waits in one way.
pub fn settle_all(officer: &Caller<'_>, code: &str, how: &str) {
    for (_, id) in differences(officer, code) {
        settle(officer, code, &id, how, 200);
    }
}

/// Asks, has it approved, and waits until it is carried over; the result.
pub fn agreed(app: &TestApp, officer: &Caller<'_>, code: &str) -> Value {
    // Who may decide is looked for when it is asked.
    let chair = app.chair_of("23095");
    let asked = officer.post(&at(code, "/reconciliation/request"), json!({}), 200);
    assert_eq!(asked["state"], "ASKED");
    let path = format!("/api/v1/reconciliations/{}", asked["id"].as_str().unwrap());
    chair.post(&format!("{path}/approval"), Value::Null, 200);
    eventually("carried over", || officer.get(&path, 200)["state"] == "DONE");
    officer.get(&path, 200)
}

/// A drive with one who came and gave, whose file is kept without a difference; its code and the file's id.
pub fn compared(app: &TestApp, officer: &Caller<'_>, name: &str, n: u32) -> (String, String) {
    let code = of_today(app, officer);
    let phone = format!("09123{n:05}");
    let booking = booked(officer, &code, name, &phone);
    begun(officer, &code);
    assert_eq!(check_in(officer, &code, vec![item(json!({"booking": booking}))]), ["CHECKED_IN"]);
    let file = kept(officer, &code, &gave(name, &phone, 350, n));
    (code, file)
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    let fresh = of_today(app, &officer);
    begun(&officer, &fresh);
    let walk_in = json!({"items": [item(json!({"walk_in": {"name": "Người Đến Thẳng"}}))]});
    let (open, _) = compared(app, &officer, "Người Một", 90_001);
    let differing = {
        let code = of_today(app, &officer);
        begun(&officer, &code);
        kept(&officer, &code, &gave("Người Lạ", "0912390009", 350, 90_009));
        code
    };
    let (_, difference) = differences(&officer, &differing).remove(0);
    let (aside, _) = compared(app, &officer, "Người Hai", 90_002);
    let waits = |n: u32| {
        let (code, file) = compared(app, &officer, &format!("Người Chờ {n}"), n);
        officer.post(&at(&code, "/reconciliation/request"), json!({}), 200);
        format!("/api/v1/reconciliations/{file}")
    };
    let (first, second, third) = (waits(90_003), waits(90_004), waits(90_005));
    let settlement = at(&differing, &format!("/reconciliation/differences/{difference}/settlement"));
    let how = json!({"how": "COUNT", "note": "Đến lúc 8 giờ"});
    let list = format!("{HEADS}{}", gave("Người Một", "0912390001", 350, 90_100));
    vec![
        call("POST /api/v1/drives/{code}/check-ins", at(&fresh, "/check-ins"), Some(walk_in), 404, 403, 200),
        call("GET /api/v1/drives/{code}/check-ins", at(&open, "/check-ins"), None, 404, 403, 200),
        call("POST /api/v1/drives/{code}/reconciliation", at(&fresh, "/reconciliation"), Some(json!(list)), 404, 403, 200),
        call("GET /api/v1/drives/{code}/reconciliation", at(&open, "/reconciliation"), None, 404, 200, 200),
        call(
            "GET /api/v1/drives/{code}/reconciliation/differences",
            at(&differing, "/reconciliation/differences"),
            None,
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/drives/{code}/reconciliation/differences/{difference}/settlement",
            settlement,
            Some(how),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/drives/{code}/reconciliation/request",
            at(&open, "/reconciliation/request"),
            Some(json!({})),
            404,
            403,
            200,
        ),
        call(
            "POST /api/v1/drives/{code}/reconciliation/removal",
            at(&aside, "/reconciliation/removal"),
            Some(Value::Null),
            404,
            403,
            200,
        ),
        call("GET /api/v1/reconciliations/{id}", first.clone(), None, 404, 200, 200),
        call("POST /api/v1/reconciliations/{id}/approval", format!("{first}/approval"), Some(Value::Null), 404, 403, 200),
        call("POST /api/v1/reconciliations/{id}/refusal", format!("{second}/refusal"), Some(Value::Null), 404, 403, 200),
        call("POST /api/v1/reconciliations/{id}/withdrawal", format!("{third}/withdrawal"), Some(Value::Null), 404, 403, 200),
    ]
}

/// Sends the examples of the room.
pub fn examples(story: &mut Story, app: &TestApp) {
    let (officer, _) = (app.officer_of("23095"), app.chair_of("23095"));
    let code = of_today(app, &officer);
    begun(&officer, &code);
    story.post(&officer, &format!("/drives/{code}/check-ins"), "check_in_at_drive", "walk_in", 200);
    kept(
        &officer,
        &code,
        &format!("{}{}", gave("Nguyễn Văn Bình", "0912345678", 350, 80_001), gave("Người Lạ", "0912380002", 350, 80_002)),
    );
    let (_, id) = differences(&officer, &code).remove(0);
    let path = format!("/drives/{code}/reconciliation/differences/{id}/settlement");
    story.post(&officer, &path, "settle_drive_difference", "came", 200);
    settle_all(&officer, &code, "COUNT");
    story.post(&officer, &format!("/drives/{code}/reconciliation/request"), "ask_for_reconciliation", "settled", 200);
}

/// Fills the lists of one drive; its path.
pub fn fill(app: &TestApp, most: usize) -> String {
    let officer = app.officer_of("23095");
    let code = of_today(app, &officer);
    begun(&officer, &code);
    let items =
        (0..most).map(|n| item(json!({"walk_in": {"name": format!("Người Đến {n}"), "contact": format!("09124{n:05}")}})));
    check_in(&officer, &code, items.collect());
    kept(&officer, &code, &gave("Người Lạ", "0912480001", 350, 70_001));
    at(&code, "")
}

#[test]
fn the_numbers_agree_and_donors_have_their_certificates() {
    let app = TestApp::start();
    let officer = app.staff(Role::BloodOfficer, "23095");
    let code = of_today(&app, &officer);
    let ids: Vec<String> = [("Nguyễn Thị Lan", "0912345678"), ("Lê Văn An", "0912345679"), ("Trần Bình", "0912345670")]
        .map(|(name, phone)| booked(&officer, &code, name, phone))
        .into();
    begun(&officer, &code);
    let scanned = bookings(&officer, &code).iter().find(|one| one["id"] == json!(ids[0])).unwrap()["code"].clone();
    let came = vec![
        item(json!({"code": scanned, "volume_ml": 350})),
        item(json!({"booking": ids[1]})),
        item(json!({"walk_in": {"name": "Võ Thị Em", "contact": "0912345671", "birth": "1990"}})),
    ];
    assert_eq!(check_in(&officer, &code, came.clone()), ["CHECKED_IN"; 3]);
    // The same batch again, and other phones with the same people, check nobody in.
    assert_eq!(check_in(&officer, &code, came), ["CHECKED_IN"; 3]);
    let other_phone = vec![
        item(json!({"booking": ids[0]})),
        item(json!({"walk_in": {"name": "Võ Thị Em", "contact": "0912 345 671", "birth": "1990"}})),
        item(json!({"code": "7ZC4K0M9T2R8VQ3BV"})),
        item(json!({"walk_in": {"name": ""}})),
    ];
    let other = officer.post(&at(&code, "/check-ins"), json!({"items": other_phone}), 200);
    let results: Vec<&str> = other["items"].as_array().unwrap().iter().map(|one| one["result"].as_str().unwrap()).collect();
    assert_eq!(results[..2], ["ALREADY", "ALREADY"]);
    assert!(["UNKNOWN_BOOKING", "REFUSED"].contains(&results[2]) && results[3] == "REFUSED", "{other}");
    assert_eq!(officer.get(&at(&code, "/check-ins"), 200)["items"].as_array().unwrap().len(), 3);
    // A look alone keeps nothing.
    let rows = format!(
        "{}{}{}",
        gave("NGUYỄN THỊ LAN", "0912345678", 350, 1),
        put_off("Lê Văn An", "0912345679", "HBsAg dương tính"),
        put_off("Võ Thị Em", "0912345671", "huyết áp cao")
    );
    let look = send(&officer, &code, "", &rows);
    assert_eq!(look.status, 200, "{}", look.text);
    let look = look.json();
    assert_eq!(
        (&look["ready"], &look["gave"], &look["deferred"], &look["ml"]),
        (&json!(true), &json!(1), &json!(2), &json!(350))
    );
    assert_eq!((&look["differences"], look.get("reconciliation")), (&json!([]), None));
    let file = kept(&officer, &code, &rows);
    assert_eq!(send(&officer, &code, "keep=true", &rows).status, 200, "the same list again is the same list");
    let standing = officer.get(&at(&code, "/reconciliation"), 200);
    assert_eq!((&standing["id"], &standing["registered"], &standing["came"]), (&json!(file), &json!(4), &json!(3)));
    let done = agreed(&app, &officer, &code);
    for (what, count) in [("registered", 4), ("came", 3), ("gave", 1), ("deferred", 2), ("ml", 350), ("done_rows", 3)] {
        assert_eq!(done[what], count, "{what}: {done}");
    }
    let reasons = json!([{"reason": "BLOOD_PRESSURE", "persons": 1}, {"reason": "CENTRE_DECISION", "persons": 1}]);
    assert_eq!(done["reasons"], reasons);
    assert_eq!(officer.get(&at(&code, ""), 200)["state"], "RECONCILED");
    // What the file said of why is nowhere, and nobody is in the rows any more.
    let dump = crate::look::Dump::of(&app.database);
    assert_eq!(dump.tables_with("hbsag"), Vec::<&str>::new());
    assert_eq!(app.database.number("SELECT count(*) FROM drive_row WHERE content IS NOT NULL OR serial IS NOT NULL"), 0);
    // Lan is a donor with a history and a certificate; An and Em, who gave nothing, are none.
    let found = officer.get(&format!("{DONORS}?chapter=23095"), 200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let lan = officer.get(&donor_at(found["items"][0]["id"].as_str().unwrap()), 200);
    assert_eq!(
        (&lan["phone"], &lan["donations"], &lan["history"][0]["proof"]),
        (&json!("0912345678"), &json!(1), &json!("CENTRE"))
    );
    assert_eq!((&lan["certificates"][0]["serial"], &lan["group_tests"]), (&json!("HM 000001"), &json!(1)));
    let checked = format!("/api/v1/public/blood-certificates?serial=HM000001&given_on={}", app.today());
    assert_eq!(app.anonymous().get(&checked, 200)["volume_ml"], 350);
    // What rooms above ask: counts, by sex, age and group.
    let mut conn = app.database.connect();
    let drive = app.database.number(&format!("SELECT id FROM drive WHERE code = '{code}'"));
    let totals = blood_days::totals(&mut conn, &[drive]).unwrap().remove(&drive).unwrap();
    assert_eq!((totals.came, totals.gave, totals.deferred, totals.ml, totals.reasons.len()), (3, 1, 2, 350, 2));
    let given = donors::given_at(&mut conn, &[drive]).unwrap();
    assert_eq!((given.len(), given[0].count, given[0].age, given[0].sex.as_deref()), (1, 1, Some(37), Some("FEMALE")));
    audited(&app);
}

#[test]
fn each_difference_is_named_and_settled_before_anybody_is_asked() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = of_today(&app, &officer);
    let ids: Vec<String> = (1..=5).map(|n| booked(&officer, &code, &format!("Người Số {n}"), &format!("091234500{n}"))).collect();
    begun(&officer, &code);
    let came = [(0, None), (1, Some(250)), (2, None), (4, None)];
    let items = came.map(|(n, ml)| item(json!({"booking": ids[n], "volume_ml": ml})));
    assert_eq!(check_in(&officer, &code, items.into()), ["CHECKED_IN"; 4]);
    let codes: Vec<String> = ids
        .iter()
        .map(|id| {
            bookings(&officer, &code).iter().find(|one| one["id"] == json!(id)).unwrap()["code"].as_str().unwrap().to_owned()
        })
        .collect();
    // Its number was given to another donation in the country.
    let elsewhere = app.officer_of("23059");
    let other = entered(&elsewhere, json!({"chapter": "23059", "name": "Người Khác"}));
    elsewhere.post(&format!("{}/donations", donor_at(&other)), donation(json!({"din": "=G12342600000900"})), 201);
    let with_code = |name: &str, n: u32, booking: &str| format!("{name};1988;Nữ;;Đạt;;350;G123426{n:06};;;{booking}\n");
    let rows = [
        with_code("Người Khác Hẳn", 1, &codes[0]), // OTHER_PERSON
        gave("Người Số 2", "0912345002", 350, 2),  // OTHER_VOLUME: 250 at the door
        gave("Người Số 3", "0912345003", 350, 3),
        gave("Người Số 3", "0912345003", 350, 4),         // DOUBLE
        gave("Người Số 4", "0912345004", 350, 9),         // NOT_CHECKED_IN, NUMBER_GIVEN
        with_code("Người Mã Lạ", 6, "7ZC4K0M9T2R8VQ3BV"), // UNKNOWN_CODE
    ]
    .concat();
    kept(&officer, &code, &rows);
    let wanted = ["DOUBLE", "NOT_CHECKED_IN", "NOT_IN_FILE", "NUMBER_GIVEN", "OTHER_PERSON", "OTHER_VOLUME", "UNKNOWN_CODE"];
    assert_eq!(kinds(&officer, &code), wanted);
    officer.post(&at(&code, "/reconciliation/request"), json!({}), 409);
    let all = differences(&officer, &code);
    let id = |kind: &str| all.iter().find(|(of, _)| of == kind).unwrap().1.clone();
    settle(&officer, &code, &id("OTHER_VOLUME"), "COUNT", 422);
    for (kind, how) in [
        ("DOUBLE", "LEAVE_OUT"),
        ("NOT_CHECKED_IN", "COUNT"),
        ("NOT_IN_FILE", "LEAVE_OUT"),
        ("NUMBER_GIVEN", "COUNT"),
        ("OTHER_PERSON", "FILE_RIGHT"),
        ("OTHER_VOLUME", "OURS_RIGHT"),
        ("UNKNOWN_CODE", "LEAVE_OUT"),
    ] {
        let settled = settle(&officer, &code, &id(kind), how, 200);
        assert_eq!((&settled["how"], &settled["note"]), (&json!(how), &json!("Đã hỏi cán bộ trực")), "{kind}");
        settle(&officer, &code, &id(kind), how, 200);
    }
    settle(&officer, &code, &id("DOUBLE"), "COUNT", 409);
    assert_eq!(app.database.number("SELECT count(*) FROM drive_difference WHERE note LIKE '%trực%'::bytea"), 0, "sealed");
    let done = agreed(&app, &officer, &code);
    // Rows 1, 2, 3 and 5 gave; number 5 of the bookings was never there, number 4 came.
    for (what, count) in [("came", 4), ("gave", 4), ("deferred", 0), ("ml", 1_300)] {
        assert_eq!(done[what], count, "{what}: {done}");
    }
    assert_eq!(app.database.number("SELECT count(*) FROM donation WHERE drive_id IS NOT NULL AND din IS NULL"), 1);
    let names: Vec<String> = officer.get(&format!("{DONORS}?chapter=23095"), 200)["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(names.contains(&"Người Khác Hẳn".to_owned()) && !names.contains(&"Người Số 1".to_owned()), "{names:?}");
    audited(&app);
}

#[test]
fn a_file_that_is_not_right_is_refused_or_said_row_by_row() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = of_today(&app, &officer);
    let planned = opened(&officer, json!({"slots": slots()}));
    assert_eq!(send(&officer, &planned, "", &gave("A B", "0912345678", 350, 1)).status, 409, "it has not begun");
    begun(&officer, &code);
    let refused = |bytes: &str| {
        let path = at(&code, "/reconciliation?keep=true");
        let answer = officer.with("content-type", "text/csv").send("POST", &path, Some(bytes.as_bytes().to_vec()));
        (answer.status, answer.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(refused("a;b\n1;2\n"), (422, "COLUMNS_MISSING".to_owned()));
    let another = "Họ và tên;Kết quả;Thể tích;Cơ sở tiếp nhận máu\nLan;Đạt;350;Bệnh viện Chợ Rẫy\n";
    assert_eq!(refused(another), (422, "OTHER_CENTRE".to_owned()));
    let named = "Họ và tên;Kết quả;Thể tích;Cơ sở tiếp nhận máu\nLan;Đạt;350;Bệnh viện Đa khoa tỉnh Bình Thuận\n";
    assert_eq!(refused(named).0, 201);
    officer.post(&at(&code, "/reconciliation/removal"), Value::Null, 200);
    let faulty = |rows: &str| {
        let answer = send(&officer, &code, "keep=true", rows);
        assert_eq!(answer.status, 200, "{}", answer.text);
        let check = answer.json();
        assert_eq!((&check["ready"], check.get("reconciliation")), (&json!(false), None));
        let one = |fault: &Value| (fault["row"].clone(), fault["code"].as_str().unwrap().to_owned());
        check["faults"].as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    let wrong = faulty("Lan;;;;chắc đạt;;350;;;;\nHoa;;;;Đạt;;350;G123426000001X;;;\nMai;;;;Đạt;;;;;;\n");
    assert_eq!(wrong, [(json!(2), "UNKNOWN_WORD".into()), (json!(3), "WRONG_CHECK".into()), (json!(4), "REQUIRED".into())]);
    let moved: String = (1..=6).map(|n| format!("Người {n};;;;Đạt;;G12342600000{n};350;;;\n")).collect();
    assert!(faulty(&moved).iter().any(|(row, code)| row.is_null() && code == "COLUMN_MOVED"));
    // The faults are said in Vietnamese.
    let answer = send(&officer, &code, "", "Lan;;;;chắc đạt;;350;;;;\n").json();
    assert!(answer["faults"][0]["detail"].as_str().unwrap().contains("Không hiểu kết quả"), "{answer}");
    assert_eq!(send(&officer, &code, "layout=NOWHERE", "x").status, 422);
    // A list stands once in the country.
    let rows = gave("Nguyễn Thị Lan", "0912345678", 350, 7);
    let (first, second) = (kept(&officer, &code, &rows), of_today(&app, &officer));
    begun(&officer, &second);
    assert_eq!(send(&officer, &second, "keep=true", &rows).status, 409, "{first} has it");
    assert_eq!(send(&officer, &code, "keep=true", &gave("Lê An", "0912345679", 350, 8)).status, 409, "one file a drive");
    audited(&app);
}

#[test]
fn the_second_person_is_somebody_else_and_sees_counts_alone() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let accountant = app.accountant_of("23095");
    let (code, file) = compared(&app, &chair, "Nguyễn Thị Lan", 11);
    let path = format!("/api/v1/reconciliations/{file}");
    officer.post(&at(&code, "/reconciliation/request"), json!({"note": "xong"}), 200);
    // The chair sent the file: it is not theirs to agree, whoever asked.
    chair.post(&format!("{path}/approval"), Value::Null, 403);
    let shown = accountant.get(&path, 200);
    assert_eq!((&shown["gave"], shown.to_string().contains("Lan")), (&json!(1), false));
    accountant.get(&at(&code, "/reconciliation/differences"), 403);
    accountant.get(&at(&code, "/check-ins"), 403);
    let waits = accountant.get("/api/v1/decisions?chapter=23095", 200);
    assert!(waits.to_string().contains("DRIVE_RECONCILIATION"), "{waits}");
    // Refused, nothing of the file is kept, and another one may come.
    accountant.post(&format!("{path}/refusal"), Value::Null, 200);
    assert_eq!(app.database.number("SELECT count(*) FROM drive_row WHERE content IS NOT NULL"), 0);
    let again = kept(&officer, &code, &gave("Nguyễn Thị Lan", "0912300011", 350, 11));
    officer.post(&at(&code, "/reconciliation/request"), json!({}), 200);
    let path = format!("/api/v1/reconciliations/{again}");
    officer.post(&format!("{path}/withdrawal"), Value::Null, 200);
    kept(&officer, &code, &gave("Nguyễn Thị Lan", "0912300011", 350, 11));
    agreed(&app, &officer, &code);
    assert_eq!(app.database.number("SELECT count(*) FROM donation"), 1);
    audited(&app);
}
