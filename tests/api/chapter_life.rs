//! Chapters are founded, renamed, given committees and offices; codes, rights, versions, and what is sent twice.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::harness::{Caller, TestApp};
use crate::look::{all, codes, escaped};

const CHAPTERS: &str = "/api/v1/chapters";

/// A school chapter of Hàm Liêm; `change` overrides fields, `null` removes them.
pub fn school(change: Value) -> Value {
    let mut new = json!({"id": Uuid::now_v7(), "parent": "23095", "level": "GRASSROOTS", "kind": "SCHOOL",
        "name": "Hội Chữ thập đỏ Trường THCS Hàm Liêm", "decision_no": "07/QĐ-HCTĐ", "decision_on": "2026-09-05"});
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(new.as_object_mut().unwrap().remove(key)),
            value => new[key] = value.clone(),
        }
    }
    new
}

fn branch(parent: &Value, name: &str) -> Value {
    json!({"id": Uuid::now_v7(), "parent": parent, "level": "BRANCH", "kind": "SCHOOL", "name": name, "decision_no": "08/QĐ-HCTĐ"})
}

fn province(app: &TestApp) -> Caller<'_> {
    app.staff(Role::ProvincialAdministrator, "68")
}

pub fn decision(kind: &str, more: Value) -> Value {
    let mut decision = json!({"id": Uuid::now_v7(), "kind": kind, "decision_no": "21/QĐ-HCTĐ", "decision_on": "2026-11-20"});
    decision.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    decision
}

fn chapters(app: &TestApp) -> i64 {
    app.database.number("SELECT count(*) FROM chapter")
}

#[test]
fn a_school_and_its_twelve_branches_are_founded_in_one_request() {
    let app = TestApp::start();
    let chair = app.chair_of("23095");
    let branches: Vec<Value> = (1..=12).map(|n| json!({"id": Uuid::now_v7(), "name": format!("Chi hội lớp 6A{n}")})).collect();
    let request = school(json!({"branches": branches, "provisional": true, "contact": {"phone": "0252 3865 123"}}));
    let founded = chair.post(CHAPTERS, request.clone(), 201);
    assert_eq!(founded["code"], "68-TH-0001");
    assert_eq!(
        (&founded["parent"], &founded["status"], &founded["version"]),
        (&json!("23095"), &json!("PROVISIONAL"), &json!(1))
    );
    assert_eq!((&founded["short_name"], &founded["founded_on"]), (&json!("Trường THCS Hàm Liêm"), &json!("2026-09-05")));
    let below: Vec<&str> = founded["branches"].as_array().unwrap().iter().map(|b| b["code"].as_str().unwrap()).collect();
    let expected: Vec<String> = (1..=12).map(|n| format!("68-TH-0001-CH{n:03}")).collect();
    assert_eq!(below, expected);
    assert_eq!(chair.post(CHAPTERS, request.clone(), 200), founded, "sent again, it answers as the first time");
    assert_eq!(chapters(&app), 3_356 + 13);

    let public = app.anonymous();
    assert_eq!(codes(&all(&public, "/api/v1/public/chapters?parent=68-TH-0001", 5)), expected);
    assert_eq!(codes(&all(&public, "/api/v1/public/chapters?parent=23095", 50)), ["68-TH-0001"]);
    let seen = public.get("/api/v1/public/chapters/68-TH-0001-CH012", 200);
    let above: Vec<&Value> = seen["ancestors"].as_array().unwrap().iter().map(|a| &a["code"]).collect();
    assert_eq!(above, ["TW", "68", "23095", "68-TH-0001"]);
    let seen = public.get("/api/v1/public/chapters/68-TH-0001", 200);
    assert_eq!((&seen["provisional"]["decision_no"], &seen["contact"]["phone"]), (&json!("07/QĐ-HCTĐ"), &json!("0252 3865 123")));
    let found = all(&public, &format!("/api/v1/public/chapters?q={}", escaped("truong thcs ham liem")), 50);
    assert_eq!(codes(&found), ["68-TH-0001"]);

    // The tree carries books and rights from the first moment.
    let gift = app.gift(json!({"chapter": "68-TH-0001-CH001"}));
    app.officer_of("68-TH-0001-CH001").post("/api/v1/gifts", gift, 201);
    assert_eq!(public.get("/api/v1/public/chapters/68-TH-0001", 200)["received_vnd"], 500_000);
    assert_eq!(public.get("/api/v1/public/chapters/68", 200)["received_vnd"], 500_000);

    let mut other = request;
    other["branches"][3]["name"] = json!("Chi hội lớp 9");
    assert_eq!(chair.post(CHAPTERS, other, 422)["type"], "/problems/id-taken");
}

#[test]
fn twelve_requests_at_once_and_twice_found_twelve_branches() {
    let app = TestApp::start();
    let admin = province(&app);
    let code = admin.post(CHAPTERS, school(json!({})), 201)["code"].clone();
    let requests: Vec<Value> = (1..=12).map(|n| branch(&code, &format!("Lớp {n}"))).collect();
    let answers: Vec<(u16, Value)> = std::thread::scope(|scope| {
        let send = |body: &Value| {
            let (token, body) = (admin.token().to_owned(), body.to_string().into_bytes());
            let app = &app;
            scope.spawn(move || {
                let answer = app.bearer(&token).send("POST", CHAPTERS, Some(body));
                (answer.status, answer.json())
            })
        };
        let running: Vec<_> = requests.iter().chain(&requests).map(send).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for n in 0..12 {
        let (one, two) = (&answers[n], &answers[n + 12]);
        let mut statuses = [one.0, two.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 201], "{} {}", one.1, two.1);
        assert_eq!(one.1["code"], two.1["code"]);
    }
    let below = codes(&all(&app.anonymous(), "/api/v1/public/chapters?parent=68-TH-0001", 50));
    assert_eq!(
        below,
        (1..=12).map(|n| format!("68-TH-0001-CH{n:03}")).collect::<Vec<_>>(),
        "no number is skipped or given twice"
    );
}

#[test]
fn numbers_are_counted_in_the_province_and_by_kind() {
    let app = TestApp::start();
    let central = app.staff(Role::CentralAdministrator, "TW");
    let found = |parent: &str, level: &str, kind: &str, name: &str| {
        let body = school(json!({"parent": parent, "level": level, "kind": kind, "name": name}));
        central.post(CHAPTERS, body, 201)["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(found("68", "GRASSROOTS", "SCHOOL", "Trường Đại học Đà Lạt"), "68-TH-0001");
    assert_eq!(found("23059", "GRASSROOTS", "SCHOOL", "Trường Tiểu học Hàm Thuận"), "68-TH-0002");
    assert_eq!(found("23095", "GRASSROOTS", "HOSPITAL", "Trạm Y tế Hàm Liêm"), "68-BV-0001");
    assert_eq!(found("68", "GRASSROOTS", "ENTERPRISE", "Công ty Điện lực"), "68-DN-0001");
    assert_eq!(found("01", "GRASSROOTS", "AGENCY", "Sở Tài chính"), "01-CQ-0001");
    assert_eq!(found("23095", "BRANCH", "RESIDENTIAL", "Chi hội thôn 1"), "23095-CH001");
    assert_eq!(found("23095", "BRANCH", "INTEREST", "Chi hội người cao tuổi"), "23095-CH002");
    assert_eq!(found("68-BV-0001", "BRANCH", "HOSPITAL", "Chi hội khoa Nội"), "68-BV-0001-CH001");
    // A founding that is refused takes no number.
    central.post(CHAPTERS, school(json!({"parent": "68", "name": "Trường Đại học Đà Lạt"})), 422);
    assert_eq!(found("68", "GRASSROOTS", "SCHOOL", "Trường Cao đẳng Đà Lạt"), "68-TH-0003");
}

#[test]
fn what_may_not_hang_there_is_refused_by_name() {
    let app = TestApp::start();
    let central = app.staff(Role::CentralAdministrator, "TW");
    let branch_code = central.post(
        CHAPTERS,
        json!({"id": Uuid::now_v7(), "parent": "23095", "level": "BRANCH", "kind": "RESIDENTIAL", "name": "Thôn 1", "decision_no": "1"}),
        201,
    )["code"]
        .clone();
    let before = chapters(&app);
    for (parent, level, kind) in [
        (json!("TW"), "GRASSROOTS", "AGENCY"),
        (json!("TW"), "PROVINCE", "TERRITORIAL"),
        (json!("68"), "COMMUNE", "TERRITORIAL"),
        (json!("68"), "BRANCH", "SCHOOL"),
        (json!("68"), "GRASSROOTS", "RESIDENTIAL"),
        (json!("23095"), "GRASSROOTS", "INTEREST"),
        (json!("23095"), "DISTRICT", "TERRITORIAL"),
        (branch_code.clone(), "BRANCH", "RESIDENTIAL"),
        (branch_code, "GRASSROOTS", "SCHOOL"),
    ] {
        let problem = central.post(CHAPTERS, school(json!({"parent": parent, "level": level, "kind": kind})), 422);
        assert_eq!(errors(&problem), [("/level".to_owned(), "NOT_UNDER_THIS".to_owned())], "{level} {kind} under {parent}");
    }
    let branches =
        json!([{"id": Uuid::now_v7(), "name": "Lớp 1"}, {"id": Uuid::now_v7(), "kind": "HOSPITAL", "name": "Khoa Nội"}]);
    let problem = central.post(CHAPTERS, school(json!({"branches": branches})), 422);
    assert_eq!(errors(&problem), [("/branches/1/kind".to_owned(), "NOT_UNDER_THIS".to_owned())]);
    app.database.execute("UPDATE chapter SET status = 'MERGED' WHERE code = '23095'");
    let problem = central.post(CHAPTERS, school(json!({})), 422);
    assert_eq!(errors(&problem), [("/parent".to_owned(), "BOOKS_CLOSED".to_owned())]);
    assert_eq!(chapters(&app), before);
}

#[test]
fn the_level_above_founds_and_nobody_else() {
    let app = TestApp::start();
    let before = chapters(&app);
    for (caller, status) in [
        (app.officer_of("23095"), 403),
        (app.accountant_of("23095"), 403),
        (app.staff(Role::Inspector, "68"), 403),
        (app.chair_of("23059"), 404),
        (app.staff(Role::ProvincialAdministrator, "01"), 404),
    ] {
        let problem = caller.post(CHAPTERS, school(json!({})), status);
        if status == 404 {
            assert_eq!(errors(&problem), [("/parent".to_owned(), "NO_SUCH_CHAPTER".to_owned())]);
            assert_eq!(problem["detail"], caller.post(CHAPTERS, school(json!({"parent": "99999"})), 404)["detail"]);
        }
    }
    // A commune's chair founds below the commune and not beside it.
    app.chair_of("23095").post(CHAPTERS, school(json!({"parent": "68"})), 404);
    assert_eq!(chapters(&app), before);
    let by = [app.chair_of("23095"), province(&app), app.staff(Role::CentralAdministrator, "TW")];
    for (n, caller) in by.iter().enumerate() {
        caller.post(CHAPTERS, school(json!({"name": format!("Trường số {n}")})), 201);
    }
}

#[test]
fn names_are_unique_among_siblings_whatever_marks_and_case() {
    let app = TestApp::start();
    let admin = province(&app);
    admin.post(CHAPTERS, school(json!({"name": "Trường Tiểu học Lê Lợi"})), 201);
    for twin in ["Trường Tiểu học Lê Lợi", "TRƯỜNG TIỂU HỌC LÊ LỢI", "Truong  Tieu hoc, Le Loi", "Trươ\u{300}ng Tiểu học Lê Lợi"]
    {
        let problem = admin.post(CHAPTERS, school(json!({"name": twin})), 422);
        assert_eq!(errors(&problem), [("/name".to_owned(), "NAME_TAKEN".to_owned())], "{twin}");
    }
    // The neighbours have such a school too.
    admin.post(CHAPTERS, school(json!({"name": "Trường Tiểu học Lê Lợi", "parent": "23059"})), 201);
    let branches = json!([{"id": Uuid::now_v7(), "name": "Lớp 1A"}, {"id": Uuid::now_v7(), "name": "lớp 1a"}]);
    let before = chapters(&app);
    let problem = admin.post(CHAPTERS, school(json!({"name": "Trường khác", "branches": branches})), 422);
    assert_eq!(errors(&problem), [("/branches/1/name".to_owned(), "NAME_TAKEN".to_owned())]);
    assert_eq!(chapters(&app), before, "all or nothing");
    // Stored in NFC, spaces as one.
    let decomposed =
        admin.post(CHAPTERS, school(json!({"name": "Tru\u{31b}o\u{31b}\u{300}ng   THPT  Ha\u{300}m Thua\u{323}\u{302}n"})), 201);
    assert_eq!(decomposed["name"], "Trường THPT Hàm Thuận");
}

#[test]
fn all_mistakes_of_a_founding_are_told_at_once() {
    let app = TestApp::start();
    let admin = province(&app);
    let problem = admin.post(
        CHAPTERS,
        school(
            json!({"id": Uuid::nil(), "name": " ", "decision_no": "x\ny", "decision_on": "2026-11-23", "founded_on": "1945-09-02",
            "contact": {"phone": "113", "email": "không"}, "legal": {"tax_code": "12", "seal_registered_on": "2027-01-01"},
            "branches": [{"id": Uuid::nil(), "name": "…"}]}),
        ),
        422,
    );
    let told: Vec<(String, String)> = errors(&problem);
    let expected = [
        ("/branches/0/id", "NOT_UNIQUE"),
        ("/branches/0/name", "NOT_A_NAME"),
        ("/contact/email", "NOT_AN_EMAIL"),
        ("/contact/phone", "NOT_A_PHONE"),
        ("/decision_no", "NOT_A_LINE"),
        ("/decision_on", "IN_THE_FUTURE"),
        ("/founded_on", "TOO_OLD"),
        ("/id", "NOT_UNIQUE"),
        ("/legal/seal_registered_on", "IN_THE_FUTURE"),
        ("/legal/tax_code", "NOT_A_TAX_CODE"),
        ("/name", "NOT_A_LINE"),
    ];
    assert_eq!(told, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let id = Uuid::now_v7();
    let twins = json!([{"id": id, "name": "A1"}, {"id": id, "name": "A2"}]);
    assert_eq!(errors(&admin.post(CHAPTERS, school(json!({"branches": twins})), 422))[0].1, "NOT_UNIQUE");
    let many: Vec<Value> = (0..101).map(|n| json!({"id": Uuid::now_v7(), "name": format!("Lớp {n}")})).collect();
    assert_eq!(
        errors(&admin.post(CHAPTERS, school(json!({"branches": many})), 422)),
        [("/branches".to_owned(), "OUT_OF_RANGE".to_owned())]
    );
    for (change, pointer, code) in [
        (json!({"level": "TEAM"}), "/level", "NOT_A_CHOICE"),
        (json!({"kind": 5}), "/kind", "WRONG_SHAPE"),
        (json!({"unit_code": "23095"}), "/unit_code", "UNKNOWN_FIELD"),
        (json!({"parent": null}), "/parent", "REQUIRED"),
        (json!({"contact": {"fax": "1"}}), "/contact/fax", "UNKNOWN_FIELD"),
    ] {
        let told = errors(&admin.post(CHAPTERS, school(change), 422));
        assert_eq!(told, [(pointer.to_owned(), code.to_owned())]);
    }
    admin.post(CHAPTERS, school(json!({"name": "x".repeat(70_000)})), 413);
    assert_eq!(errors(&admin.post(CHAPTERS, school(json!({"name": "x".repeat(201)})), 422))[0].1, "NOT_A_LINE");
    admin.post(CHAPTERS, school(json!({"name": "x".repeat(200)})), 201);
}

#[test]
fn an_id_stands_for_one_chapter_for_ever() {
    let app = TestApp::start();
    let admin = province(&app);
    let first = school(json!({}));
    admin.post(CHAPTERS, first.clone(), 201);
    for change in [json!({"name": "Khác"}), json!({"parent": "23059"}), json!({"kind": "HOSPITAL"}), json!({"provisional": true})]
    {
        let mut other = first.clone();
        other.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(admin.post(CHAPTERS, other, 422)["type"], "/problems/id-taken", "{change}");
    }
    let hanoi = app.staff(Role::ProvincialAdministrator, "01");
    let mut foreign = first.clone();
    (foreign["parent"], foreign["name"]) = (json!("01"), json!("Trường khác"));
    assert_eq!(hanoi.post(CHAPTERS, foreign, 422)["type"], "/problems/id-taken");
    // The id of a branch or of a chapter that came with its unit is taken as well.
    let commune = app.database.text("SELECT id FROM chapter WHERE code = '23095'");
    let problem = admin.post(CHAPTERS, school(json!({"id": commune, "name": "Một trường"})), 422);
    assert_eq!(problem["type"], "/problems/id-taken");
}

#[test]
fn a_renamed_chapter_is_found_by_both_names() {
    let app = TestApp::start();
    let admin = province(&app);
    admin.post(CHAPTERS, school(json!({})), 201);
    app.officer_of("68-TH-0001").post("/api/v1/gifts", app.gift(json!({"chapter": "68-TH-0001"})), 201);
    let path = format!("{CHAPTERS}/68-TH-0001/decisions");
    let rename = decision("RENAME", json!({"name": "Hội Chữ thập đỏ Trường THCS Nguyễn Trãi"}));
    let renamed = admin.post(&path, rename.clone(), 201);
    assert_eq!((&renamed["name"], &renamed["version"]), (&json!("Hội Chữ thập đỏ Trường THCS Nguyễn Trãi"), &json!(2)));
    assert_eq!(renamed["short_name"], "Trường THCS Nguyễn Trãi");
    let former = json!([{"name": "Hội Chữ thập đỏ Trường THCS Hàm Liêm", "valid_from": "2026-09-05", "valid_to": "2026-11-20"}]);
    assert_eq!(renamed["former_names"], former);
    assert_eq!(admin.post(&path, rename.clone(), 200), renamed);
    let mut other = rename;
    other["name"] = json!("Tên khác");
    assert_eq!(admin.post(&path, other, 422)["type"], "/problems/id-taken");

    let public = app.anonymous();
    let find = |q: &str| all(&public, &format!("/api/v1/public/chapters?q={}", escaped(q)), 50);
    let by_new = find("thcs nguyen trai");
    assert_eq!((codes(&by_new), &by_new[0]["matched_by"]), (vec!["68-TH-0001".to_owned()], &Value::Null));
    let by_old = find("Trường THCS Hàm Liêm");
    assert_eq!(codes(&by_old), ["68-TH-0001"]);
    assert_eq!(by_old[0]["matched_by"], json!([{"old_name": "Hội Chữ thập đỏ Trường THCS Hàm Liêm"}]));
    assert_eq!(public.get("/api/v1/public/chapters/68-TH-0001", 200)["former_names"], former);

    for (body, pointer, code) in [
        (decision("RENAME", json!({"name": "Hội Chữ thập đỏ Trường THCS Nguyễn Trãi"})), "/name", "SAME_NAME"),
        (decision("RENAME", json!({})), "/name", "MISSING"),
        (decision("RENAME", json!({"name": "Sớm hơn", "effective_on": "2026-11-19"})), "/effective_on", "BEFORE_THE_LAST"),
        (decision("RENAME", json!({"name": "Mai sau", "effective_on": "2026-11-23"})), "/effective_on", "IN_THE_FUTURE"),
        (decision("MAKE_PROVISIONAL", json!({"name": "Tên"})), "/name", "NOT_FOR_THIS"),
    ] {
        assert_eq!(errors(&admin.post(&path, body, 422)), [(pointer.to_owned(), code.to_owned())]);
    }
    admin.post(CHAPTERS, school(json!({"name": "Trường THCS Hàm Chính"})), 201);
    let taken = decision("RENAME", json!({"name": "Truong THCS ham chinh"}));
    assert_eq!(errors(&admin.post(&path, taken, 422)), [("/name".to_owned(), "NAME_TAKEN".to_owned())]);
    // The old name is free again, for it or for others.
    admin.post(&path, decision("RENAME", json!({"name": "Hội Chữ thập đỏ Trường THCS Hàm Liêm"})), 201);
    assert_eq!(find("Trường THCS Hàm Liêm")[0]["matched_by"], Value::Null);
    // An entry keeps the words of its day, and the audit knows it.
    app.officer_of("68-TH-0001").post("/api/v1/gifts", app.gift(json!({"chapter": "68-TH-0001"})), 201);
    audit(&app);
}

#[test]
fn a_commune_chapter_is_made_provisional_and_regular_by_decisions() {
    let app = TestApp::start();
    let (admin, chair) = (province(&app), app.chair_of("23095"));
    let path = format!("{CHAPTERS}/23095/decisions");
    let first = admin.get(&format!("{CHAPTERS}/23095"), 200);
    assert_eq!(
        (&first["version"], &first["status"], &first["contact"], &first["legal"]),
        (&json!(1), &json!("ACTIVE"), &json!({}), &json!({}))
    );
    let lam_thoi = decision("MAKE_PROVISIONAL", json!({"decision_no": "15/QĐ-UBND", "decision_on": "2025-07-20"}));
    // A committee does not make itself.
    chair.post(&path, lam_thoi.clone(), 403);
    app.officer_of("23095").post(&path, lam_thoi.clone(), 403);
    app.chair_of("23059").post(&path, lam_thoi.clone(), 404);
    app.staff(Role::ProvincialAdministrator, "01").post(&path, lam_thoi.clone(), 404);
    admin.post(&path, decision("MAKE_REGULAR", json!({})), 409);
    let made = admin.post(&path, lam_thoi.clone(), 201);
    assert_eq!((&made["status"], &made["version"]), (&json!("PROVISIONAL"), &json!(2)));
    assert_eq!(made["provisional"], json!({"decision_no": "15/QĐ-UBND", "decision_on": "2025-07-20", "since": "2025-07-20"}));
    assert_eq!(app.anonymous().get("/api/v1/public/chapters/23095", 200)["provisional"], made["provisional"]);
    assert_eq!(admin.post(&path, lam_thoi, 200), made);
    admin.post(&path, decision("MAKE_PROVISIONAL", json!({})), 409);
    let early = decision("MAKE_REGULAR", json!({"decision_on": "2025-07-19"}));
    assert_eq!(errors(&admin.post(&path, early, 422)), [("/effective_on".to_owned(), "BEFORE_THE_LAST".to_owned())]);
    // The books go on all the while.
    app.officer_of("23095").post("/api/v1/gifts", app.gift(json!({})), 201);
    let regular =
        admin.post(&path, decision("MAKE_REGULAR", json!({"decision_no": "3/QĐ-HCTĐ", "decision_on": "2026-01-21"})), 201);
    assert_eq!((&regular["status"], &regular["provisional"], &regular["version"]), (&json!("ACTIVE"), &Value::Null, &json!(3)));

    let history = chair.get(&format!("{CHAPTERS}/23095/versions"), 200);
    let told: Vec<[&Value; 4]> =
        history.as_array().unwrap().iter().map(|v| [&v["version"], &v["change"], &v["status"], &v["decision_no"]]).collect();
    let expected = json!([
        [1, "FOUNDED", "ACTIVE", null],
        [2, "MADE_PROVISIONAL", "PROVISIONAL", "15/QĐ-UBND"],
        [3, "MADE_REGULAR", "ACTIVE", "3/QĐ-HCTĐ"]
    ]);
    assert_eq!(json!(told), expected);
    assert_eq!(history[0]["recorded_by"], Value::Null, "what came with the units was nobody's doing");
    assert!(history[1]["recorded_by"].is_string() && history[1]["recorded_at"].is_string());
}

#[test]
fn nothing_comes_back_from_the_dead() {
    let app = TestApp::start();
    let admin = province(&app);
    admin.post(CHAPTERS, school(json!({})), 201);
    for status in ["MERGED", "DISSOLVED"] {
        app.database.execute(&format!(
            "BEGIN; ALTER TABLE chapter DISABLE TRIGGER chapter_lives; UPDATE chapter SET status = '{status}' WHERE code = '68-TH-0001';
             ALTER TABLE chapter ENABLE TRIGGER chapter_lives; COMMIT"
        ));
        let path = format!("{CHAPTERS}/68-TH-0001/decisions");
        for body in [
            decision("MAKE_REGULAR", json!({})),
            decision("MAKE_PROVISIONAL", json!({})),
            decision("RENAME", json!({"name": "Mới"})),
        ] {
            admin.post(&path, body, 409);
        }
        admin.patch(&format!("{CHAPTERS}/68-TH-0001"), json!({"contact": {"phone": "02523865123"}}), 409);
        for back in ["ACTIVE", "PROVISIONAL", "MERGING"] {
            let refused = app.database.refuses(&format!("UPDATE chapter SET status = '{back}' WHERE code = '68-TH-0001'"));
            assert!(refused.contains("chapter_status_moves"), "{refused}");
        }
    }
    for set in
        ["kind = 'HOSPITAL'", "level = 'BRANCH'", "founded_on = '2020-01-01'", "version = version + 2", "version = version - 1"]
    {
        let refused = app.database.refuses(&format!("UPDATE chapter SET {set} WHERE code = '68-TH-0001'"));
        assert!(refused.contains("chapter_lives") || refused.contains("chapter_version_counts"), "{set}: {refused}");
    }
    for sql in [
        "UPDATE chapter_version SET name = 'x'",
        "DELETE FROM chapter_version",
        "TRUNCATE chapter_former_name",
        "DELETE FROM chapter_request",
    ] {
        assert!(app.database.refuses(sql).contains("append_only"), "{sql}");
    }
}

#[test]
fn contact_and_legal_data_are_kept_by_the_chapter_itself() {
    let app = TestApp::start();
    let chair = app.chair_of("23095");
    let path = format!("{CHAPTERS}/23095");
    let read = chair.send("GET", &path, None);
    assert_eq!(read.header("etag"), Some("\"1\""));
    let change = json!({"contact": {"address": "Thôn 2", "phone": "0252 3865 123", "email": "ctd.hamliem@lamdong.gov.vn"},
        "legal": {"legal_personality": true, "seal_no": "12/ĐKMD", "seal_registered_on": "2026-02-03", "tax_code": "0301234567001", "own_bank_account": false}});
    let changed = chair.with("if-match", "\"1\"").patch(&path, change, 200);
    assert_eq!((&changed["version"], &changed["legal"]["tax_code"]), (&json!(2), &json!("0301234567-001")));
    // Somebody who read before that does not undo it unseen.
    assert_eq!(
        chair.with("if-match", "\"1\"").patch(&path, json!({"contact": {"phone": null}}), 409)["type"],
        "/problems/conflict"
    );
    // A tag of nobody's fits no version; weak forms, lists and a star name what they always did.
    assert_eq!(chair.with("if-match", "\"x\"").patch(&path, json!({}), 409)["type"], "/problems/conflict");
    for form in ["W/\"2\"", "\"7\", W/\"2\"", "*", "\"2-gzip\""] {
        chair.with("if-match", form).patch(&path, json!({}), 200);
    }
    assert_eq!(chair.with("if-match", "W/\"1\"").patch(&path, json!({}), 409)["type"], "/problems/conflict");
    assert_eq!(chair.with("if-match", "x").patch(&path, json!({}), 400)["type"], "/problems/malformed-request");
    let cleared = chair.with("if-match", "\"2\"").patch(
        &path,
        json!({"contact": {"phone": null}, "legal": {"own_bank_account": null}}),
        200,
    );
    assert_eq!(cleared["contact"], json!({"address": "Thôn 2", "email": "ctd.hamliem@lamdong.gov.vn"}));
    assert_eq!((&cleared["legal"]["own_bank_account"], &cleared["legal"]["legal_personality"]), (&Value::Null, &json!(true)));
    assert_eq!(chair.patch(&path, json!({}), 200)["version"], 3, "nothing changed is no version");
    assert_eq!(errors(&chair.patch(&path, json!({"contact": {"email": "x"}, "legal": {"tax_code": "x"}}), 422)).len(), 2);
    assert_eq!(errors(&chair.patch(&path, json!({"name": "Tên mới"}), 422)), [("/name".to_owned(), "UNKNOWN_FIELD".to_owned())]);

    province(&app).patch(&path, json!({"contact": {"phone": "02523865124"}}), 200);
    for (caller, status) in
        [(app.officer_of("23095"), 403), (app.staff(Role::Inspector, "68"), 403), (app.chair_of("23059"), 404)]
    {
        caller.patch(&path, json!({"contact": {"phone": "02523865125"}}), status);
        caller.get(&path, if status == 403 { 200 } else { 404 });
        caller.get(&format!("{path}/versions"), if status == 403 { 200 } else { 404 });
    }
    // The public sees the office, not the seal.
    let public = app.anonymous().get_text("/api/v1/public/chapters/23095", 200);
    assert!(public.contains("02523865124") && public.contains("ctd.hamliem@lamdong.gov.vn"));
    assert!(!public.contains("ĐKMD") && !public.contains("0301234567") && !public.contains("legal"));
    let changes = app.database.number("SELECT count(*) FROM audit_event WHERE action = 'CHAPTER_DETAILS_CHANGED'");
    assert_eq!(changes, 3);
    let history = chair.get(&format!("{path}/versions"), 200);
    assert_eq!(history[1]["contact"]["phone"], "0252 3865 123");
    assert_eq!(history.as_array().unwrap().len(), 4);
}

#[test]
fn two_who_change_at_once_do_not_overwrite_each_other() {
    let app = TestApp::start();
    let chair = app.chair_of("23095");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = |n: usize| {
            let (token, app) = (chair.token().to_owned(), &app);
            scope.spawn(move || {
                let body = json!({"contact": {"phone": format!("0252386512{n}")}}).to_string().into_bytes();
                app.bearer(&token).with("if-match", "\"1\"").send("PATCH", &format!("{CHAPTERS}/23095"), Some(body)).status
            })
        };
        let running: Vec<_> = (0..6).map(send).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 5, "{statuses:?}");
    assert_eq!(chair.get(&format!("{CHAPTERS}/23095"), 200)["version"], 2);
}
