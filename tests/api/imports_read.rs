//! How lists are read: nothing of a file may be left out, or taken for something else, without a word. (Sheets and cells: `crates/sheets`.)

use serde_json::{Value, json};

use crate::books::audit;
use crate::harness::{Answer, Caller, TestApp, eventually};

const PATH: &str = "/api/v1/chapters/23095/gift-imports";

fn send(caller: &Caller<'_>, kind: &str, list: &str) -> Answer {
    caller.with("content-type", kind).send("POST", PATH, Some(list.as_bytes().to_vec()))
}

#[track_caller]
fn look(caller: &Caller<'_>, list: &str, status: u16) -> Value {
    let answer = send(caller, "text/csv", list);
    assert_eq!(answer.status, status, "{}", answer.text);
    answer.json()
}

fn accept(caller: &Caller<'_>, check: &Value, status: u16) -> Value {
    let path = format!("/api/v1/gift-imports/{}", check["import"]["id"].as_str().unwrap());
    let answer = caller.post(&format!("{path}/acceptance"), json!({}), status);
    if status != 202 {
        return answer;
    }
    let list = || caller.get(&path, 200);
    eventually("the list is booked", || list()["state"] == "DONE");
    list()
}

/// (row, column, code), in the order of columns within a row.
fn faults(check: &Value) -> Vec<(u64, &str, &str)> {
    let all = check["faults"].as_array().unwrap().iter();
    all.map(|f| (f["row"].as_u64().unwrap_or(0), f["column"].as_str().unwrap_or(""), f["code"].as_str().unwrap())).collect()
}

#[test]
fn thousands_and_dollars_are_not_booked_as_dong() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for (list, row) in [
        ("Ngày nhận;Số tiền (nghìn đồng)\n20/11/2026;5000\n", 1),
        ("Ngày nhận;Số tiền (USD)\n20/11/2026;5000\n", 1),
        ("Đơn vị tính: nghìn đồng;\nNgày nhận;Số tiền\n20/11/2026;5000\n", 1),
        ("Ngày nhận;Số tiền;Loại tiền\n20/11/2026;5000;USD\n", 2),
    ] {
        let check = look(&officer, list, 200);
        assert_eq!(faults(&check), [(row, "amount_vnd", "OTHER_UNIT")], "{list}");
        assert_eq!((&check["outcome"], &check["amount_vnd"]), (&json!("FAULTY"), &json!(0)));
    }
    assert_eq!(app.database.number("SELECT count(*) FROM gift_import"), 0);
    let check =
        look(&officer, "Đơn vị: Hội Chữ thập đỏ xã Hàm Liêm;\nĐVT: đồng;\nNgày nhận;Số tiền (VNĐ)\n20/11/2026;5000\n", 201);
    assert_eq!(check["amount_vnd"], 5_000);
}

#[test]
fn all_faults_of_a_row_are_named_at_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let head = "Ngày nhận;Số tiền;Hình thức;Họ và tên;Điện thoại;Mã đợt;Quyển biên lai;Số biên lai\n";
    let list = format!(
        "{head}20/11/2026;-5;xx;a@b.vn;abc;KHONG-CO;Q1;7\n;500000;;Lê An;12345;;Q1;7\n20/11/2027;;;Lê An;;KHONG-CO;;\n20/11/2026;500000;;Lê Chi;;;Q1;8\n"
    );
    let check = look(&officer, &list, 200);
    let mut found = faults(&check);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            (2, "amount_vnd", "NOT_AN_AMOUNT"),
            (2, "appeal", "NO_SUCH_APPEAL"),
            (2, "channel", "NOT_A_CHOICE"),
            (2, "giver", "ADDRESS_IN_NAME"),
            (2, "phone", "NOT_A_PHONE"),
            (3, "paper_no", "SLIP_TAKEN"),
            (3, "phone", "NOT_A_PHONE"),
            (3, "received_on", "REQUIRED"),
            (4, "amount_vnd", "REQUIRED"),
            (4, "appeal", "NO_SUCH_APPEAL"),
            (4, "received_on", "IN_THE_FUTURE"),
        ]
    );
    assert_eq!((&check["unusual"], &check["alike"], &check["booked_already"]), (&json!([]), &json!([]), &json!(0)));
}

#[test]
fn a_telephone_number_without_a_name_is_not_thrown_away() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let list = "Ngày nhận;Số tiền;Họ và tên;Điện thoại;Loại người ủng hộ;Địa chỉ\n20/11/2026;5000;;0912345678;Tổ chức;Thôn 3\n20/11/2026;5000;;;Cá nhân;\n";
    let check = look(&officer, list, 200);
    let mut found = faults(&check);
    found.sort_unstable();
    let nameless = ["giver_kind", "payer_address", "phone"].map(|column| (2u64, column, "WITHOUT_A_GIVER"));
    assert_eq!(found, nameless);
}

#[test]
fn references_and_slips_keep_what_they_begin_with() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let list = "Ngày nhận;Số tiền;Hình thức;Mã giao dịch;Quyển biên lai;Số biên lai;Mã đơn vị\n\
                20/11/2026;500000;Chuyển khoản;VN-20261130-0001;;;VN-23095\n\
                20/11/2026;600000;;;VN-77;1;23095\n20/11/2026;700000;;;77;1;\n";
    let check = look(&officer, list, 201);
    assert_eq!((check["fault_count"].as_u64(), accept(&officer, &check, 202)["booked"].as_u64()), (Some(0), Some(3)));
    audit(&app);
}

#[test]
fn nothing_vanishes_around_the_total() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let head = "Ngày nhận;Số tiền;Họ và tên;Điện thoại\n20/11/2026;300000;Lê An;\n";
    let check = look(&officer, &format!("{head};300000;Tổng cộng;\n20/11/2026;;Lê Văn Quên;0912345678\n"), 200);
    assert_eq!(faults(&check), [(4, "received_on", "BELOW_THE_TOTAL")]);
    let check = look(&officer, &format!("{head}20/11/2026;300000;–;Tổng cộng\n"), 201);
    assert_eq!((&check["rows"], &check["amount_vnd"]), (&json!(1), &json!(300_000)));
}

#[test]
fn a_csv_of_vietnamese_excel_is_read() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let row = "30/11/2025;500000;Nguyễn Văn An;Số 12, đường Lê Lợi, thôn 3, xã Hàm Liêm, tỉnh Lâm Đồng\r\n";
    let list = format!("\u{feff}Ngày nhận;Số tiền;Họ và tên;Địa chỉ\r\n{row}");
    let check = look(&officer, &list, 201);
    assert_eq!((&check["rows"], &check["amount_vnd"], &check["ignored_sheets"]), (&json!(1), &json!(500_000), &json!([])));
    let tabs = look(&officer, &list.replace(';', "\t"), 200);
    assert_eq!(tabs["import"]["id"], check["import"]["id"]);
    assert_eq!(look(&officer, "Ngày nhận;Số tiền\n20/11/2026;1,500,000\n", 201)["amount_vnd"], 1_500_000);
}

#[test]
fn what_is_no_file_is_refused_by_its_type() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let list = "Ngày nhận;Số tiền\n20/11/2026;500000\n";
    for kind in ["application/json", "multipart/form-data; boundary=x", "text/html", "text/plain"] {
        let answer = send(&officer, kind, list);
        assert_eq!((answer.status, &answer.json()["type"]), (415, &json!("/problems/unsupported-media-type")), "{kind}");
    }
    assert_eq!(app.database.number("SELECT count(*) FROM gift_import"), 0);
    assert_eq!(send(&officer, "application/vnd.ms-excel", list).status, 201);
    for kind in [
        "text/csv; charset=utf-8",
        "application/octet-stream",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ] {
        assert_eq!(send(&officer, kind, list).status, 200, "{kind}: the same list");
    }
}

#[test]
fn officers_are_told_what_to_do_and_no_field_of_the_api() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let check = look(&officer, "Ngày nhận;Số tiền\n20/11/2026;200000000\n", 201);
    let refused = accept(&officer, &check, 409);
    for said in [&check["unusual"][0]["detail"], &refused["detail"]] {
        let said = said.as_str().unwrap();
        assert!(said.contains("xác nhận") && !said.contains("confirmed") && !said.contains("id"), "{said}");
    }
}
