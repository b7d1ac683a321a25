//! What Decree 93/2021 and the Law on Red Cross activities want of appeals: how long they receive, which days are typed with
//! their papers, where things are put up, and who is late by what.
//!
//! The tests begin at 10:00 on Sunday, 22 November 2026.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{self, errors};
use crate::guards::all_refused;
use crate::harness::TestApp;
use crate::publications::{Desk, ask, set_clock};

fn draft(app: &TestApp, chapter: &str, code: &str, regime: &str, days: (i64, i64), extension: Value) -> Value {
    let day = |days: i64| app.today() + Duration::days(days);
    json!({"id": Uuid::now_v7(), "code": code, "chapter": chapter, "regime": regime, "title": "Đợt", "purpose": "Cứu trợ",
        "receive_from": day(days.0), "receive_until": day(days.1), "extension": extension})
}

fn decision(on: &str) -> Value {
    json!({"ground": "DECISION", "decision_no": "12/QĐ-BVĐ", "decided_on": on, "decided_by": "Ban Vận động cứu trợ tỉnh Lâm Đồng", "level": "PROVINCE"})
}

#[test]
fn an_appeal_receives_for_ninety_days_unless_somebody_who_may_decides_otherwise() {
    let app = TestApp::start();
    let chair = app.chair_of("68");
    let post = |body: Value, status: u16| chair.post("/api/v1/appeals", body, status);
    let of = |code: &str, days: (i64, i64), extension: Value| draft(&app, "68", code, "DECREE_93_2021", days, extension);
    let refused = |answer: Value, pointer: &str, code: &str| {
        let found = errors(&answer);
        assert!(found.iter().any(|(at, what)| at == pointer && what == code), "{answer}");
    };
    refused(post(of("DAI", (0, 91), Value::Null), 422), "/receive_until", "TOO_LONG");
    let ninety = of("VUA", (0, 90), Value::Null);
    post(ninety.clone(), 201);
    post(ninety, 200);
    // Half a decision is none, tomorrow's is none, and a district may not.
    for (field, value) in
        [("decision_no", Value::Null), ("decided_by", json!(" ")), ("level", json!("DISTRICT")), ("ground", json!("WISH"))]
    {
        let mut half = decision("2026-11-20");
        half[field] = value;
        post(of("NUA", (0, 120), half), 422);
    }
    refused(post(of("MAI", (0, 120), decision("2026-11-23")), 422), "/extension/decided_on", "IN_THE_FUTURE");
    post(of("HUA", (0, 120), json!({"ground": "COMMITMENT_TO_GIVERS", "commitment": "Xây nhà đến hết mùa mưa"})), 201);
    post(of("QD", (0, 120), decision("2026-11-20")), 201);
    let open = |code: &str, status: u16| chair.post(&format!("/api/v1/appeals/{code}/opening"), json!(null), status);
    let opened = open("QD", 200);
    assert_eq!(
        opened["extension"],
        json!({"ground": "DECISION", "decision_no": "12/QĐ-BVĐ", "decided_on": "2026-11-20", "decided_by": "Ban Vận động cứu trợ tỉnh Lâm Đồng", "level": "PROVINCE"})
    );
    // The launch is the day it is opened, when that is before the first day of receiving.
    post(of("SOM", (30, 120), Value::Null), 201);
    let early = open("SOM", 409);
    assert!(early["detail"].as_str().unwrap().contains("90 ngày"), "{early}");

    let patch = |code: &str, body: Value, status: u16| chair.patch(&format!("/api/v1/appeals/{code}"), body, status);
    open("VUA", 200);
    let longer = json!({"receive_until": app.today() + Duration::days(100)});
    refused(patch("VUA", longer.clone(), 422), "/receive_until", "TOO_LONG");
    let mut with = longer.clone();
    with["extension"] = decision("2026-11-21");
    assert_eq!(patch("VUA", with, 200)["receive_until"], longer["receive_until"]);
    assert_eq!(
        patch("VUA", json!({"title": "Tên khác"}), 200)["extension"]["decided_on"],
        "2026-11-21",
        "it stays with what it extended"
    );
    // One decision extends once.
    refused(patch("VUA", json!({"receive_until": app.today() + Duration::days(110)}), 422), "/receive_until", "TOO_LONG");
    let shown = app.anonymous().get("/api/v1/public/appeals/VUA", 200);
    assert_eq!(shown["extension"]["decision_no"], "12/QĐ-BVĐ");
    let page = app.anonymous().get_text("/keu-goi/VUA", 200);
    assert!(page.contains("gia hạn theo quyết định 12/QĐ-BVĐ ngày 21/11/2026 của Ban Vận động cứu trợ tỉnh Lâm Đồng"), "{page}");
    // Other laws have no such limit.
    chair.post("/api/v1/appeals", draft(&app, "68", "LUAT", "RED_CROSS_LAW", (0, 300), Value::Null), 201);

    // For another country the centre calls.
    let overseas = |chapter: &str| draft(&app, chapter, "CUBA", "OVERSEAS_DISASTER", (0, 200), Value::Null);
    refused(post(overseas("68"), 422), "/regime", "CENTRAL_ONLY");
    let centre = app.chair_of("TW");
    centre.post("/api/v1/appeals", overseas("TW"), 201);
    centre.post("/api/v1/appeals/CUBA/opening", json!(null), 200);
    books::books(&app, &app.officer_of("23095"), &app.gift(json!({"appeal": "CUBA"})));
    let duties = app.anonymous().get("/api/v1/public/appeals/CUBA/publications", 200);
    let events: Vec<&str> = duties.as_array().unwrap().iter().map(|duty| duty["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["OPENING_DOCUMENT", "RESULTS_RECEIVED", "RESULTS_USED", "SETTLEMENT_REPORT"]);
    let days = centre.get("/api/v1/appeals/CUBA/milestones", 200);
    assert_eq!((&days[0]["milestone"], &days[1]["milestone"]), (&json!("SETTLEMENT_APPROVED"), &json!("HANDED_OVER")));
    assert_eq!(days[1]["last_day"], "2027-07-12", "thirty days after 10 June 2027 end on a Saturday");
    books::audit(&app);
}

#[test]
fn days_are_typed_with_their_papers_and_clocks_count_from_them() {
    let mut app = TestApp::start();
    let desk = Desk::open(&app, "23095", "LULUT", "DECREE_93_2021", "2026-12-02");
    let path = "/api/v1/appeals/LULUT/milestones";
    let paper = desk.paper(300);
    let day = |milestone: &str, day: &str| json!({"id": Uuid::now_v7(), "milestone": milestone, "day": day, "document": paper});
    let state = |event: &str| {
        let duty = desk.duty(event);
        (duty["state"].clone(), duty["due_on"].clone(), duty["provisional"].clone())
    };
    assert_eq!(state("SUPPORT_LEVELS"), (json!("DUE"), Value::Null, json!(false)));
    let list = desk.chair().get(path, 200);
    let named: Vec<&str> = list.as_array().unwrap().iter().map(|row| row["milestone"].as_str().unwrap()).collect();
    assert_eq!(
        named,
        ["DISTRIBUTION_STARTED", "DISTRIBUTION_ENDED", "COMMITTED_UNTIL", "SETTLEMENT_APPROVED", "BANK_TOLD_TO_STOP"]
    );
    assert_eq!(list[1]["last_day"], "2026-12-22", "twenty days after receiving ends");

    let refused = |body: Value, code: &str| {
        let answer = desk.chair().post(path, body, 422);
        assert_eq!(errors(&answer)[0].1, code, "{answer}");
    };
    refused(day("DISTRIBUTION_STARTED", "2026-11-23"), "IN_THE_FUTURE");
    refused(day("DISTRIBUTION_STARTED", "2026-10-31"), "BEFORE_THE_APPEAL");
    refused(day("DISTRIBUTION_ENDED", "2026-11-22"), "STILL_RECEIVING");
    refused(day("SETTLEMENT_APPROVED", "2026-11-22"), "STILL_RECEIVING");
    refused(day("HANDED_OVER", "2026-11-22"), "NOT_REQUIRED");
    refused(day("COMMITTED_UNTIL", "2026-11-22"), "OUT_OF_RANGE");
    let mut strange = day("DISTRIBUTION_STARTED", "2026-11-20");
    strange["document"] = json!(Uuid::now_v7());
    refused(strange, "NO_SUCH_DOCUMENT");
    desk.chair().post(path, json!({"id": Uuid::now_v7(), "milestone": "DISTRIBUTION_STARTED", "day": "2026-11-20"}), 422);
    assert_eq!(app.database.number("SELECT count(*) FROM appeal_milestone"), 0);

    let began = day("DISTRIBUTION_STARTED", "2026-11-20");
    desk.chair().post(path, began.clone(), 201);
    desk.chair().post(path, began.clone(), 200);
    let mut other = began.clone();
    other["day"] = json!("2026-11-19");
    assert_eq!(desk.chair().post(path, other, 422)["type"], "/problems/id-taken");
    assert_eq!(state("SUPPORT_LEVELS"), (json!("OVERDUE"), json!("2026-11-20"), json!(false)));
    // A correction is a version of its own, and the newest counts.
    let mut corrected = day("DISTRIBUTION_STARTED", "2026-11-21");
    corrected["version"] = json!(1);
    desk.chair().post(path, corrected.clone(), 409);
    corrected["version"] = json!(2);
    let answer = desk.chair().post(path, corrected, 201);
    let versions: Vec<&Value> = answer[0]["versions"].as_array().unwrap().iter().map(|row| &row["day"]).collect();
    assert_eq!((&answer[0]["day"], versions), (&json!("2026-11-21"), vec![&json!("2026-11-20"), &json!("2026-11-21")]));
    desk.chair().post(path, day("DISTRIBUTION_STARTED", "2026-11-21"), 409);
    assert_eq!(state("SUPPORT_LEVELS"), (json!("DUE"), json!("2026-11-23"), json!(false)), "a Saturday");
    // A later beginning may be published before it is typed.
    desk.publish("SUPPORT_LEVELS", &paper);
    assert_eq!(desk.duty("SUPPORT_LEVELS")["state"], "PUBLISHED");

    // What was promised to givers runs longer than twenty days.
    assert_eq!(state("RESULTS_USED"), (json!("DUE"), json!("2027-01-21"), json!(true)));
    desk.chair().post(path, day("COMMITTED_UNTIL", "2027-02-15"), 201);
    assert_eq!(state("RESULTS_USED"), (json!("DUE"), json!("2027-03-17"), json!(true)));
    set_clock(&app, "2026-12-10T03:00:00Z");
    desk.chair().post(path, day("BANK_TOLD_TO_STOP", "2026-12-03"), 201);
    refused(day("DISTRIBUTION_ENDED", "2026-12-01"), "STILL_RECEIVING");
    desk.chair().post(path, day("DISTRIBUTION_ENDED", "2026-12-08"), 201);
    assert_eq!(state("RESULTS_USED"), (json!("DUE"), json!("2027-01-07"), json!(false)));
    refused(day("SETTLEMENT_APPROVED", "2026-12-07"), "BEFORE_THE_END");
    desk.chair().post(path, day("SETTLEMENT_APPROVED", "2026-12-09"), 201);
    assert_eq!(state("SETTLEMENT_REPORT"), (json!("DUE"), json!("2027-01-08"), json!(false)));
    refused(day("DISTRIBUTION_ENDED", "2026-12-10"), "AFTER_THE_SETTLEMENT");
    desk.publish("SETTLEMENT_REPORT", &paper);
    assert_eq!(desk.duty("SETTLEMENT_REPORT")["state"], "PUBLISHED");

    for (caller, status) in [
        (app.officer_of("23095"), 403),
        (app.chair_of("68"), 403),
        (app.staff(Role::Inspector, "68"), 403),
        (app.officer_of("23059"), 404),
        (app.anonymous(), 401),
    ] {
        caller.post(path, day("SETTLEMENT_APPROVED", "2026-12-10"), status);
    }
    app.staff(Role::Inspector, "68").get(path, 200);
    app.officer_of("23059").get(path, 404);
    let trail = app.staff(Role::Inspector, "68").get("/api/v1/audit-events?chapter=23095", 200);
    assert!(trail["items"].as_array().unwrap().iter().any(|event| event["action"] == "APPEAL_MILESTONE"));
    books::audit(&app);
    app.stop();
    all_refused(
        &app.database,
        &[
            ("another day", "UPDATE appeal_milestone SET day = '2026-01-01'".into(), "appeal_milestone_append_only"),
            ("forgotten", "DELETE FROM appeal_milestone".into(), "appeal_milestone_append_only"),
        ],
    );
}

#[test]
fn notices_at_both_places_are_part_of_publishing_and_pages_call_nobody_late_by_a_guess() {
    let app = TestApp::start();
    let desk = Desk::open(&app, "23095", "LULUT", "RED_CROSS_LAW", "2026-12-02");
    set_clock(&app, "2026-12-10T03:00:00Z");
    let paper = desk.paper(300);
    let with = |channels: Value| {
        let mut body = ask("RESULTS_RECEIVED", &paper);
        body["channels"] = channels;
        body
    };
    let missing = || {
        let duty = desk.duty("RESULTS_RECEIVED");
        (duty["state"].clone(), duty["notices_missing"].clone())
    };
    assert_eq!(missing(), (json!("DUE"), Value::Null));
    desk.chair().post(&desk.path(), with(json!(["NOTICE_BOARD"])), 201);
    assert_eq!(missing(), (json!("DUE"), json!(["PLACE_OF_RECEIVING", "PLACE_OF_AID"])));
    let page = || app.anonymous().get_text("/keu-goi/LULUT", 200);
    assert!(page().contains("Chưa ghi nhận niêm yết tại: nơi tiếp nhận, nơi cứu trợ."));
    // The same paper again says where else it was put up, and nothing less.
    desk.chair().post(&desk.path(), with(json!(["NOTICE_BOARD"])), 409);
    desk.chair().post(&desk.path(), with(json!(["PLACE_OF_AID", "COMMUNITY_PLACES"])), 409);
    desk.chair().post(&desk.path(), with(json!(["NOTICE_BOARD", "PLACE_OF_AID"])), 201);
    assert_eq!(missing(), (json!("DUE"), json!(["PLACE_OF_RECEIVING"])));
    desk.chair().post(&desk.path(), with(json!(["NOTICE_BOARD", "PLACE_OF_AID", "PLACE_OF_RECEIVING"])), 201);
    assert_eq!(missing(), (json!("PUBLISHED"), Value::Null));

    // Settled when nobody typed: no day, no word of being late, for years.
    set_clock(&app, "2036-12-10T03:00:00Z");
    let duty = desk.duty("SETTLEMENT_REPORT");
    assert_eq!((&duty["state"], duty.get("due_on"), duty.get("days_late")), (&json!("DUE"), None, None));
    assert!(
        page().contains("Báo cáo quyết toán</span> <span class=\"tag \">Chưa công khai</span><span class=\"sub\"></span>"),
        "{}",
        page()
    );

    // What we recommend is said to be ours.
    let aid = Desk::open(&app, "68", "VIENTRO", "FOREIGN_AID", "2036-12-20");
    set_clock(&app, "2037-06-01T03:00:00Z");
    let duty = aid.duty("RESULTS_USED");
    assert_eq!((&duty["state"], &duty["advisory"], &duty["mark"]), (&json!("DUE"), &json!(true), &json!("REC")));
    let page = app.anonymous().with("accept-language", "en").get_text("/keu-goi/VIENTRO", 200);
    assert!(page.contains("The law names no number of days; set by us.") && !page.contains("Overdue"), "{page}");
    let overdue = aid.chair().get("/api/v1/publication-duties?chapter=68&state=OVERDUE", 200);
    assert!(overdue["items"].as_array().unwrap().iter().all(|row| row["mark"] == "S"), "{overdue}");
    // A rule that is only remembered binds nobody, whoever wrote it.
    app.database.execute(
        "INSERT INTO publication_rule (regime, event, valid_from, counts_from, amount, unit, early, keep_days, mark, source)
         VALUES ('FOREIGN_AID', 'RESULTS_RECEIVED', '2020-01-01', 'RECEIVING_ENDED', 1, 'DAY', false, 30, 'GK', 'x')",
    );
    assert_eq!(aid.duty("RESULTS_RECEIVED")["state"], "DUE");
    books::audit(&app);
}

#[test]
fn whoever_asks_is_answered_within_ten_days() {
    const REQUESTS: &str = "/api/v1/information-requests";
    let app = TestApp::start();
    let desk = Desk::open(&app, "23095", "LULUT", "DECREE_93_2021", "2026-12-02");
    let account = app.account(Role::Officer, "23095");
    let officer = app.log_in(account);
    let about = |change: Value| {
        let mut request = json!({"id": Uuid::now_v7(), "chapter": "23095", "appeal": "LULUT", "topic": "USE", "channel": "POST",
            "received_on": "2026-11-20", "letter_no": "12/CV-ĐẾN"});
        for (field, value) in change.as_object().unwrap() {
            request[field] = value.clone();
        }
        request
    };
    let refused = |body: Value, pointer: &str, code: &str| {
        let answer = officer.post(REQUESTS, body, 422);
        assert_eq!(errors(&answer), [(pointer.to_owned(), code.to_owned())], "{answer}");
    };
    for text in ["Nguyễn Văn An", "0912345678", "a.b", "gọi 0912 345 678"] {
        refused(about(json!({"letter_no": text})), "/letter_no", "NOT_A_PAPER_NUMBER");
    }
    refused(about(json!({"received_on": "2026-11-23"})), "/received_on", "IN_THE_FUTURE");
    refused(about(json!({"received_on": "2025-11-01"})), "/received_on", "TOO_OLD");
    refused(about(json!({"appeal": "KHONGCO"})), "/appeal", "NO_SUCH_APPEAL");
    let [one, two, three, four] = [(); 4].map(|()| about(json!({})));
    let asked = officer.post(REQUESTS, one.clone(), 201);
    assert_eq!((&asked["due_on"], asked.get("days_late"), asked.get("outcome")), (&json!("2026-11-30"), None, None));
    officer.post(REQUESTS, one.clone(), 200);
    let mut other = one.clone();
    other["topic"] = json!("OTHER");
    assert_eq!(officer.post(REQUESTS, other, 422)["type"], "/problems/id-taken");
    for request in [&two, &three, &four] {
        officer.post(REQUESTS, request.clone(), 201);
    }
    for (caller, status) in
        [(app.officer_of("68"), 403), (app.chair_of("23095"), 403), (app.officer_of("23059"), 404), (app.anonymous(), 401)]
    {
        // RECORD acts at its own chapter, and chairs keep no books.
        caller.post(REQUESTS, about(json!({})), status);
    }

    let close = |request: &Value, body: Value, status: u16| {
        officer.post(&format!("{REQUESTS}/{}/closing", request["id"].as_str().unwrap()), body, status)
    };
    let paper = desk.paper(300);
    let published = desk.publish("OPENING_DOCUMENT", &paper)["code"].clone();
    for body in [
        json!({"outcome": "REFUSED"}),
        json!({"outcome": "REFUSED", "reason": "NOT_HELD"}),
        json!({"outcome": "REFUSED", "reason": "NOT_HELD", "reply_no": "34/CV", "publication": published}),
        json!({"outcome": "ANSWERED", "reason": "NOT_HELD"}),
        json!({"outcome": "ALREADY_PUBLISHED"}),
        json!({"outcome": "ALREADY_PUBLISHED", "publication": "0000000000000000Z"}),
        json!({"outcome": "ANSWERED", "closed_on": "2026-11-19"}),
        json!({"outcome": "ANSWERED", "closed_on": "2026-11-23"}),
    ] {
        close(&one, body, 422);
    }
    let already = json!({"outcome": "ALREADY_PUBLISHED", "publication": published});
    assert_eq!(close(&one, already.clone(), 200)["closed_on"], "2026-11-22");
    close(&one, already.clone(), 200);
    close(&one, json!({"outcome": "ANSWERED"}), 409);
    desk.hide(&paper);
    close(&two, already, 422);
    let refusal = json!({"outcome": "REFUSED", "reason": "PERSONAL_DATA", "reply_no": "34/CV-CTĐ"});
    assert_eq!(close(&two, refusal, 200)["reason"], "PERSONAL_DATA");

    let inspector = app.account(Role::Inspector, "68");
    let list = |query: &str| -> Vec<Value> {
        let page = app.log_in(inspector).get(&format!("{REQUESTS}?chapter=68&limit=1{query}"), 200);
        let mut found: Vec<Value> = page["items"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
        if let Some(next) = page["next"].as_str() {
            let rest = app.log_in(inspector).get(&format!("{REQUESTS}?chapter=68&limit=1{query}&cursor={next}"), 200);
            found.extend(rest["items"].as_array().unwrap().iter().map(|row| row["id"].clone()));
        }
        found
    };
    assert_eq!(list("&overdue=true"), Vec::<Value>::new());
    assert_eq!(list("").len(), 2);
    assert_eq!(list("&closed=true").len(), 2);
    set_clock(&app, "2026-12-01T03:00:00Z");
    assert_eq!(list("&overdue=true"), [three["id"].clone(), four["id"].clone()]);
    let officer = app.log_in(account);
    let late = officer.post(
        &format!("{REQUESTS}/{}/closing", three["id"].as_str().unwrap()),
        json!({"outcome": "ANSWERED", "reply_no": "35/CV-CTĐ"}),
        200,
    );
    assert_eq!(late["days_late"], 1);
    app.officer_of("23059").get(&format!("{REQUESTS}?chapter=23095"), 404);
    assert!(
        app.database
            .refuses("UPDATE information_request SET outcome = 'ANSWERED', refusal = NULL, reply_no = NULL, publication = NULL WHERE outcome IS NOT NULL")
            .contains("information_request_append_only")
    );
    assert!(app.database.refuses("DELETE FROM information_request").contains("information_request_append_only"));
    books::audit(&app);
}
