//! Lists of volunteers out of a spreadsheet: looked through without writing anything, entered whole, and once.

use serde_json::Value;

use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::volunteers::{VOLUNTEERS, audited};

const IMPORTS: &str = "/api/v1/volunteer-imports";
const HEAD: &str = "STT;Họ và tên tình nguyện viên;Năm sinh;SĐT;Email;Mã xã;Loại;Kỹ năng;Sẵn sàng huy động;Bảo hiểm đến\n";

/// The operations, for the table of who gets what.
pub fn calls(_: &TestApp) -> Vec<Call> {
    let list = format!("{HEAD}1;Lê Danh Sách;1988;0912345611;;;;;;\n");
    vec![
        call("GET /api/v1/volunteer-imports/template.xlsx", format!("{IMPORTS}/template.xlsx"), None, 200, 200, 200),
        call("POST /api/v1/volunteer-imports", to("&enter=true"), Some(Value::String(list)), 404, 403, 201),
    ]
}

fn to(rest: &str) -> String {
    format!("{IMPORTS}?chapter=23095{rest}")
}

#[track_caller]
fn send(caller: &Caller<'_>, path: &str, list: &str, status: u16) -> Value {
    let answer = caller.with("content-type", "text/csv").send("POST", path, Some(list.as_bytes().to_vec()));
    assert_eq!(answer.status, status, "{}", answer.text);
    answer.json()
}

fn faults(check: &Value) -> Vec<(u64, &str, &str)> {
    let all = check["faults"].as_array().unwrap().iter();
    all.map(|f| (f["row"].as_u64().unwrap_or(0), f["column"].as_str().unwrap_or(""), f["code"].as_str().unwrap())).collect()
}

#[test]
fn a_chapters_own_list_is_entered_whole_and_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let known = crate::persons::record(&officer, serde_json::json!({"name": "Lê Zqba", "phone": "0912345603"}));
    let list = format!(
        "{HEAD}1;Trần Zqmột;1988;912345601;;23095;;Sơ cấp cứu, lái xuồng, ca nô;x;31/12/2027\n2;Lê Zqhai;05/03/1990;;zqhai@example.org;;CTV;;Không;\n3;Lê Zqba;;0912345603;;;;BOAT;;\n"
    );
    // The name of that skill has a comma in it: it is said how to write it.
    let looked = send(&officer, &to(""), &list, 200);
    assert_eq!(faults(&looked), [(2, "skills", "NO_SUCH_SKILL"), (2, "skills", "NO_SUCH_SKILL")], "{looked}");
    let list = list.replace("Sơ cấp cứu, lái xuồng, ca nô", "Sơ cấp cứu, boat");
    let looked = send(&officer, &to(""), &list, 200);
    assert_eq!(
        (&looked["outcome"], &looked["rows"], &looked["known"]),
        (&Value::from("READY"), &Value::from(3), &Value::from(1))
    );
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer"), 0, "a look alone writes nothing");
    let entered = send(&officer, &to("&enter=true&verified=true"), &list, 201);
    assert_eq!(entered["outcome"], "ENTERED");
    assert_eq!(send(&officer, &to("&enter=true&verified=true"), &list, 200)["outcome"], "ENTERED", "sent again");
    let shown = officer.get(&format!("{VOLUNTEERS}?chapter=23095&state=VERIFIED"), 200);
    assert_eq!(shown["items"].as_array().unwrap().len(), 3);
    let of = |name: &str| {
        let items = shown["items"].as_array().unwrap();
        let id = items.iter().find(|one| one["name"] == name).unwrap()["id"].as_str().unwrap().to_owned();
        officer.get(&format!("{VOLUNTEERS}/{id}"), 200)
    };
    let first = of("Trần Zqmột");
    assert_eq!(
        (&first["phone"], &first["willing"], &first["insured_until"]),
        (&"0912345601".into(), &true.into(), &"2027-12-31".into())
    );
    assert_eq!((&first["skills"][0]["skill"], &first["skills"][1]["skill"]), (&"BOAT".into(), &"FIRST_AID".into()));
    assert_eq!((&of("Lê Zqhai")["kind"], &of("Lê Zqhai")["willing"]), (&"COLLABORATOR".into(), &false.into()));
    assert_eq!(of("Lê Zqba")["person"], known, "nobody is written down again");
    let mail = officer.get(&format!("/api/v1/persons/{}", of("Lê Zqhai")["person"].as_str().unwrap()), 200)["mail"].clone();
    assert_eq!(mail, "zqhai@example.org");
    assert_eq!(app.database.number("SELECT count(*) FROM person"), 3);
    let noted = app.database.text("SELECT string_agg(detail::text, ' ') FROM audit_event WHERE detail IS NOT NULL");
    assert!(!noted.contains("Zq"), "{noted}");
    audited(&app);
}

#[test]
fn what_is_wrong_is_named_row_by_row_and_nothing_is_written() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    send(&officer, &to("&enter=true"), &format!("{HEAD}1;Lê Zqcó;1980;0912345650;;;;;;\n"), 201);
    let rows = [
        "1;;1988;;;;;;;",
        "2;Lê Zqnhỏ;2014;;;;;;;",
        "3;Lê Zqcó;1980;0912345650;;;;;;",
        "4;Lê Zqxa;1980;0912345651;sai;00000;;Bay;;",
        "5;Lê Zqđôi;1980;0912345652;;;;;;",
        "6;Lê Zqđôi;1980;0912345652;;;;;;",
    ];
    let list = format!("{HEAD}{}\n", rows.join("\n"));
    let check = send(&officer, &to("&enter=true"), &list, 200);
    assert_eq!(check["outcome"], "FAULTY");
    let mut found = faults(&check);
    found.sort_unstable();
    assert_eq!(
        found.into_iter().filter(|fault| fault.0 > 2).collect::<Vec<_>>(),
        [
            (3, "birth", "OUT_OF_RANGE"),
            (4, "name", "ALREADY_VOLUNTEER"),
            (5, "commune", "NO_SUCH_UNIT"),
            (5, "mail", "NOT_AN_EMAIL"),
            (5, "skills", "NO_SUCH_SKILL"),
            (7, "name", "TWICE"),
        ]
    );
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer"), 1);
    // Another chapter's row; a file from elsewhere.
    let other = format!("{}Mã đơn vị\n1;Lê Zqkhác;1980;;;;;;;;23059\n", HEAD.replace('\n', ";"));
    assert_eq!(faults(&send(&officer, &to(""), &other, 200)), [(2, "chapter", "OTHER_CHAPTER")]);
    send(&app.officer_of("23059"), &to(""), &list, 404);
    let answer = officer.send("GET", &format!("{IMPORTS}/template.xlsx"), None);
    assert!(answer.status == 200 && answer.bytes.starts_with(b"PK"));
    audited(&app);
}
