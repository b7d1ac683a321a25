//! What is published of appeals: until when, by whom, and what stays of it. (Lists and rules: `publication_duties`.)
//!
//! The tests begin at 10:00 on Sunday, 22 November 2026.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use diesel::connection::{Connection, SimpleConnection};
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::upkeep::audit::audit_in;
use uuid::Uuid;

use crate::books;
use crate::guards::all_refused;
use crate::harness::{Account, Caller, TestApp};
use crate::papers::{announcement, pdf, png, sha256, try_upload, upload};

const PDF: &str = "application/pdf";

/// An appeal that is open, and who runs it.
pub struct Desk<'a> {
    pub app: &'a TestApp,
    chair: Account,
    chapter: String,
    code: String,
}

impl<'a> Desk<'a> {
    /// Of a chapter, receiving until a day.
    pub fn open(app: &'a TestApp, chapter: &str, code: &str, regime: &str, until: &str) -> Self {
        let desk =
            Self { app, chair: app.account(Role::ChapterChair, chapter), chapter: chapter.to_owned(), code: code.to_owned() };
        desk.draft(regime, until);
        desk.chair().post(&format!("/api/v1/appeals/{code}/opening"), json!(null), 200);
        desk
    }

    fn draft(&self, regime: &str, until: &str) {
        let appeal = json!({"id": Uuid::now_v7(), "code": self.code, "chapter": self.chapter, "regime": regime, "title": format!("Đợt {}", self.code),
            "purpose": "Cứu trợ", "receive_from": "2026-11-01", "receive_until": until});
        self.chair().post("/api/v1/appeals", appeal, 201);
    }

    pub fn chair(&self) -> Caller<'a> {
        self.app.log_in(self.chair)
    }

    pub fn path(&self) -> String {
        format!("/api/v1/appeals/{}/publications", self.code)
    }

    /// A paper of the chapter; papers of other lengths are other papers.
    pub fn paper(&self, length: usize) -> Value {
        let bytes = pdf(length);
        let mut announced = announcement("APPEAL", PDF, &bytes);
        announced["chapter"] = json!(self.chapter);
        let (status, answer) = try_upload(&self.chair(), &announced, &bytes);
        assert_eq!(status, 200, "{answer}");
        answer["document"]["id"].clone()
    }

    pub fn publish(&self, event: &str, document: &Value) -> Value {
        self.chair().post(&self.path(), ask(event, document), 201)
    }

    /// What the public sees of one duty.
    pub fn duty(&self, event: &str) -> Value {
        let all = self.duties();
        all.iter().find(|duty| duty["event"] == event).unwrap_or_else(|| panic!("no {event}: {all:?}")).clone()
    }

    pub fn duties(&self) -> Vec<Value> {
        let answer = self.app.anonymous().get(&format!("/api/v1/public/appeals/{}/publications", self.code), 200);
        answer.as_array().unwrap().clone()
    }

    fn state(&self, event: &str) -> String {
        self.duty(event)["state"].as_str().unwrap().to_owned()
    }

    /// The chair's screen, on which the document is hidden again.
    pub fn hide(&self, document: &Value) {
        let path = format!("/api/v1/appeals/{}/documents/{}/publication", self.code, document.as_str().unwrap());
        self.chair().delete(&path, 204);
    }
}

pub fn ask(event: &str, document: &Value) -> Value {
    json!({"id": Uuid::now_v7(), "event": event, "document": document, "title": "Văn bản của đợt",
        "channels": ["PLACE_OF_RECEIVING", "PLACE_OF_AID"]})
}

pub fn set_clock(app: &TestApp, at: &str) {
    app.clock.advance(at.parse::<DateTime<Utc>>().unwrap() - app.now());
}

pub fn leaf(app: &TestApp, code: &Value) -> Value {
    app.wait_for_log();
    let text =
        app.database.text(&format!("SELECT convert_from(leaf, 'UTF8') FROM log_leaf WHERE entry = '{}'", code.as_str().unwrap()));
    serde_json::from_str(&text).unwrap()
}

/// What a refusal must leave as it was.
fn written(app: &TestApp) -> String {
    app.database.text(
        "SELECT concat_ws(' ', (SELECT count(*) FROM publication), (SELECT count(*) FROM document_publication), (SELECT count(*) FROM document_link),
            (SELECT count(*) FROM log_leaf) + (SELECT count(*) FROM log_pending), (SELECT count(*) FROM audit_event WHERE action = 'APPEAL_PUBLICATION'))",
    )
}

#[test]
fn what_is_due_is_published_and_stands_in_the_log() {
    let app = TestApp::start();
    let desk = Desk::open(&app, "23095", "LULUT", "DECREE_93_2021", "2026-12-02");
    let due: Vec<[Value; 5]> = desk
        .duties()
        .iter()
        .map(|duty| ["event", "due_on", "state", "advisory", "provisional"].map(|name| duty[name].clone()))
        .collect();
    let expected = [
        // Opened on a Sunday: there is time until Monday.
        ("OPENING_DOCUMENT", json!("2026-11-23"), false, false),
        ("RECEIVING_TERMS", json!("2026-10-31"), true, false),
        ("SUPPORT_LEVELS", Value::Null, false, false),
        ("RESULTS_RECEIVED", json!("2026-12-17"), false, false),
        ("RESULTS_USED", json!("2027-01-21"), false, true),
        ("SETTLEMENT_REPORT", Value::Null, false, false),
    ];
    let expected = expected
        .map(|(event, day, advisory, provisional)| [json!(event), day, json!("DUE"), json!(advisory), json!(provisional)]);
    assert_eq!(due, expected);
    let results = desk.duty("RESULTS_RECEIVED");
    assert_eq!(
        (&results["mark"], &results["publish_from"], &results["counts_from"], &results["name"]),
        (&json!("S"), &json!("2026-12-03"), &json!("RECEIVING_ENDED"), &json!("Kết quả tiếp nhận"))
    );

    let paper = desk.paper(300);
    let mut body = ask("OPENING_DOCUMENT", &paper);
    body["channels"] = json!(["NOTICE_BOARD", "NOTICE_BOARD"]);
    let made = desk.chair().post(&desk.path(), body, 201);
    assert_eq!((&made["version"], &made["channels"]), (&json!(1), &json!(["WEBSITE", "NOTICE_BOARD"])));
    assert_eq!(made["sha256"], sha256(&pdf(300)));
    let leaf = leaf(&app, &made["code"]);
    let hash: Vec<u8> = (0..32).map(|n| u8::from_str_radix(&sha256(&pdf(300))[2 * n..2 * n + 2], 16).unwrap()).collect();
    // No more and no less than this is said for ever.
    assert_eq!(
        leaf,
        json!({"v": 1, "kind": "PUBLICATION", "entry": made["code"], "chapter": "23095", "province": "68", "day": "2026-11-22",
            "booked": "2026-11-22", "appeal": "LULUT", "event": "OPENING_DOCUMENT", "doc": URL_SAFE_NO_PAD.encode(hash), "postings": [], "pd": leaf["pd"]})
    );
    let duty = desk.duty("OPENING_DOCUMENT");
    assert_eq!((&duty["state"], duty.get("days_late")), (&json!("PUBLISHED"), None));
    let version = &duty["versions"][0];
    let index = app.database.number(&format!("SELECT idx FROM log_leaf WHERE entry = '{}'", made["code"].as_str().unwrap()));
    assert_eq!(
        (&version["code"], &version["leaf_hash"], &version["log_index"]),
        (&made["code"], &made["leaf_hash"], &json!(index))
    );
    let file = app.anonymous().send("GET", version["href"].as_str().unwrap(), None);
    assert_eq!((file.status, sha256(&file.bytes)), (200, version["sha256"].as_str().unwrap().to_owned()));
    assert!(version.get("id").is_none() && version.get("published_by").is_none());

    let listed = app.staff(Role::Inspector, "68").get(&desk.path(), 200);
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["id"], &listed[0]["document"]), (1, &made["id"], &paper));
    let trail = app.staff(Role::Inspector, "68").get("/api/v1/audit-events?chapter=23095", 200);
    let noted = trail["items"].as_array().unwrap().iter().find(|event| event["action"] == "APPEAL_PUBLICATION").unwrap();
    assert_eq!(noted["detail"], json!({"appeal": "LULUT", "event": "OPENING_DOCUMENT", "version": 1}));
    // One paper may say both; the titles of one paper are one.
    desk.publish("RECEIVING_TERMS", &paper);
    books::audit(&app);
}

#[test]
fn the_same_request_is_published_once() {
    let app = TestApp::start();
    let desk = Desk::open(&app, "23095", "LULUT", "DECREE_93_2021", "2026-12-02");
    let paper = desk.paper(300);
    let body = ask("OPENING_DOCUMENT", &paper);
    let token = desk.chair().token().to_owned();
    let answers: Vec<(u16, Value)> = std::thread::scope(|scope| {
        let send = || {
            let answer = app.bearer(&token).send("POST", &desk.path(), Some(body.to_string().into_bytes()));
            (answer.status, answer.json()["code"].clone())
        };
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|(status, code)| [200, 201].contains(status) && *code == answers[0].1), "{answers:?}");
    let after_the_day = {
        set_clock(&app, "2026-12-20T03:00:00Z");
        desk.chair().post(&desk.path(), body.clone(), 200)
    };
    assert_eq!((&after_the_day["published_on"], &after_the_day["code"]), (&json!("2026-11-22"), &answers[0].1));
    let before = written(&app);
    for (field, other) in [
        ("title", json!("Khác")),
        ("event", json!("RECEIVING_TERMS")),
        ("document", desk.paper(301)),
        ("channels", json!(["NOTICE_BOARD"])),
        ("version", json!(2)),
    ] {
        let mut changed = body.clone();
        changed[field] = other;
        assert_eq!(desk.chair().post(&desk.path(), changed, 422)["type"], "/problems/id-taken", "{field}");
    }
    // An id of another chapter's publication says no more than that.
    let other = Desk::open(&app, "23059", "HAMTHUAN", "DECREE_93_2021", "2026-12-22");
    let mut theirs = ask("OPENING_DOCUMENT", &other.paper(10));
    theirs["id"] = body["id"].clone();
    assert_eq!(other.chair().post(&other.path(), theirs, 422)["type"], "/problems/id-taken");
    assert_eq!(written(&app), before);
}

#[test]
fn what_is_not_to_be_published_is_refused() {
    let app = TestApp::start();
    let desk = Desk::open(&app, "23095", "LULUT", "DECREE_93_2021", "2026-12-02");
    let draft = Desk { code: "NHAP".to_owned(), chapter: desk.chapter.clone(), ..desk };
    draft.draft("DECREE_93_2021", "2026-12-02");
    let neighbour = Desk::open(&app, "23059", "HAMTHUAN", "DECREE_93_2021", "2026-12-02");
    let (paper, theirs) = (desk.paper(300), neighbour.paper(300));
    let of_gift = upload(&app.officer_of("23095"), "GIFT", "image/png", &png())["id"].clone();
    let before = written(&app);
    let with = |field: &str, value: Value| {
        let mut body = ask("OPENING_DOCUMENT", &paper);
        body[field] = value;
        body
    };
    for (body, pointer, code) in [
        (with("event", json!("ANNUAL_ACCOUNTS")), "/event", "NOT_REQUIRED"),
        (with("period", json!("2026-12-31")), "/period", "NO_SUCH_PERIOD"),
        (with("document", json!(Uuid::now_v7())), "/document", "NO_SUCH_DOCUMENT"),
        (with("document", theirs), "/document", "NO_SUCH_DOCUMENT"),
        (with("document", of_gift), "/document", "OTHER_PURPOSE"),
        (with("title", json!("  ")), "/title", "NOT_A_LINE"),
        (with("title", json!("x".repeat(201))), "/title", "NOT_A_LINE"),
    ] {
        let problem = desk.chair().post(&desk.path(), body, 422);
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!(pointer), &json!(code)),
            "{problem}"
        );
    }
    for (field, value) in
        [("event", json!("RUMOUR")), ("channels", json!(["RADIO"])), ("period", json!("soon")), ("extra", json!(1))]
    {
        desk.chair().post(&desk.path(), with(field, value), 422);
    }
    let soon = desk.chair().post(&desk.path(), with("event", json!("RESULTS_RECEIVED")), 409);
    assert!(soon["detail"].as_str().unwrap().contains("03/12/2026"), "{soon}");
    let second = desk.chair().post(&desk.path(), with("version", json!(2)), 409);
    assert!(second["detail"].as_str().unwrap().contains("bản 1"), "{second}");
    draft.chair().post(&draft.path(), with("version", json!(1)), 409);
    app.anonymous().get("/api/v1/public/appeals/NHAP/publications", 404);
    for (caller, status) in [
        (app.officer_of("23095"), 403),
        (app.accountant_of("23095"), 403),
        // RUN_APPEAL does not travel: the province runs its own.
        (app.chair_of("68"), 403),
        (app.staff(Role::Inspector, "68"), 403),
        (neighbour.chair(), 404),
        (app.chair_of("01"), 404),
        (app.anonymous(), 401),
    ] {
        caller.post(&desk.path(), with("version", json!(1)), status);
    }
    for (caller, status) in [(app.officer_of("23095"), 200), (neighbour.chair(), 404), (app.anonymous(), 401)] {
        caller.get(&desk.path(), status);
    }
    desk.chair().post("/api/v1/appeals/KHONGCO/publications", with("version", json!(1)), 404);
    app.anonymous().get("/api/v1/public/appeals/KHONGCO/publications", 404);
    assert_eq!(written(&app), before);
    desk.chair().post(&desk.path(), with("version", json!(1)), 201);
}

/// Fifteen days after 21 January 2027 is the eve of Tết; the first day somebody works again is Thursday, 11 February.
#[test]
fn the_last_day_ends_at_midnight_in_vietnam_and_is_no_day_off() {
    let app = TestApp::start();
    let desk = |code: &str| Desk::open(&app, "23095", code, "DECREE_93_2021", "2027-01-21");
    let (early, late) = (desk("SOM"), desk("MUON"));
    let results = "RESULTS_RECEIVED";
    assert_eq!(early.duty(results)["due_on"], "2027-02-11");
    let (of_early, of_late) = (early.paper(100), late.paper(200));
    set_clock(&app, "2027-01-21T16:59:59Z");
    early.chair().post(&early.path(), ask(results, &of_early), 409);
    set_clock(&app, "2027-01-21T17:00:00Z");
    assert_eq!(app.today().to_string(), "2027-01-22");
    set_clock(&app, "2027-02-11T16:59:59Z");
    assert_eq!((early.state(results), late.state(results)), ("DUE".into(), "DUE".into()));
    early.publish(results, &of_early);
    set_clock(&app, "2027-02-11T17:00:00Z");
    assert_eq!((early.state(results), late.state(results)), ("PUBLISHED".into(), "OVERDUE".into()));
    assert_eq!(late.duty(results)["days_late"], 1);
    let made = late.publish(results, &of_late);
    assert_eq!(made["published_on"], "2027-02-12");
    let duty = late.duty(results);
    assert_eq!((&duty["state"], &duty["days_late"]), (&json!("PUBLISHED_LATE"), &json!(1)));
    // Days off are data.
    app.database.execute("INSERT INTO public_holiday (day, name, mark, source) VALUES ('2027-02-11', 'bù', 'GK', 'x')");
    assert_eq!(late.duty(results)["due_on"], "2027-02-12");
    assert_eq!(late.state(results), "PUBLISHED");
}

#[test]
fn a_later_version_replaces_and_what_is_hidden_stays_known() {
    let app = TestApp::start();
    let desk = Desk::open(&app, "23095", "LULUT", "DECREE_93_2021", "2026-12-02");
    let event = "OPENING_DOCUMENT";
    let (one, two) = (desk.paper(300), desk.paper(400));
    let first = desk.publish(event, &one);
    desk.chair().post(&desk.path(), ask(event, &one), 409);
    set_clock(&app, "2026-11-25T03:00:00Z");
    let mut second = ask(event, &two);
    second["version"] = json!(1);
    desk.chair().post(&desk.path(), second.clone(), 409);
    second["version"] = json!(2);
    let second = desk.chair().post(&desk.path(), second, 201);
    assert_eq!((&second["version"], &second["replaces"]), (&json!(2), &first["code"]));
    let said = leaf(&app, &second["code"]);
    assert_eq!((&said["of"], &said["event"]), (&first["code"], &json!(event)));
    let duty = desk.duty(event);
    assert_eq!((&duty["state"], duty["versions"].as_array().unwrap().len()), (&json!("PUBLISHED"), 2));

    // The first one may go now: it stood until the second came.
    desk.hide(&one);
    let duty = desk.duty(event);
    assert_eq!(duty["state"], "PUBLISHED");
    let hidden = &duty["versions"][0];
    assert_eq!((hidden.get("href"), &hidden["withdrawn_on"]), (None, &json!("2026-11-25")));
    assert_eq!(hidden["sha256"], sha256(&pdf(300)));
    app.anonymous().get(&format!("/api/v1/public/documents/{}", sha256(&pdf(300))), 404);

    // The newest may not: it was to be shown for thirty days.
    desk.hide(&two);
    assert_eq!((desk.state(event), &desk.duty(event)["days_late"]), ("OVERDUE".into(), &json!(2)));
    let third = desk.publish(event, &two);
    assert_eq!((&third["version"], &third["sha256"]), (&json!(3), &second["sha256"]));
    assert_eq!(desk.state(event), "PUBLISHED");
    set_clock(&app, "2026-12-25T03:00:00Z");
    desk.hide(&two);
    assert_eq!(desk.state(event), "PUBLISHED", "shown for thirty days");
    let listed = desk.chair().get(&desk.path(), 200);
    assert_eq!(listed.as_array().unwrap().iter().map(|row| row["version"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    books::audit(&app);
}

#[test]
fn the_database_and_the_audit_hold_to_what_was_published() {
    let mut app = TestApp::start();
    let desk = Desk::open(&app, "23095", "LULUT", "DECREE_93_2021", "2026-12-02");
    let (one, two) = (desk.paper(300), desk.paper(400));
    let (first, second) = (desk.publish("OPENING_DOCUMENT", &one), desk.publish("OPENING_DOCUMENT", &two));
    desk.hide(&one);
    app.wait_for_log();
    app.stop();
    let copy = |version: &str, replaces: &str| {
        format!(
            "INSERT INTO publication SELECT gen_random_uuid(), '0000000000000000Z', 0, appeal_id, event, period, {version}, {replaces}, document_id, purpose, sha256,
             title, channels, published_on, published_at, published_by, leaf_hash FROM publication WHERE version = 2"
        )
    };
    let newest = format!("'{}'", second["code"].as_str().unwrap());
    all_refused(
        &app.database,
        &[
            ("another hash", "UPDATE publication SET sha256 = repeat('0', 64)".into(), "publication_append_only"),
            ("taken back", "DELETE FROM publication".into(), "publication_append_only"),
            ("never hidden", "DELETE FROM document_withdrawal".into(), "document_withdrawal_append_only"),
            ("a version left out", copy("4", &newest), "publication_follows"),
            ("a version twice", copy("2", &newest), "publication_follows"),
            ("replaced twice", copy("3", &format!("'{}'", first["code"].as_str().unwrap())), "publication_follows"),
        ],
    );
    books::audit(&app);
    let code = first["code"].as_str().unwrap();
    for (sql, check) in [
        (format!("UPDATE publication SET sha256 = repeat('0', 64) WHERE code = '{code}'"), "publication"),
        (format!("UPDATE publication SET event = 'RECEIVING_TERMS' WHERE code = '{code}'"), "publication"),
        (
            format!(
                "UPDATE publication SET published_on = published_on - 1, published_at = published_at - interval '1 day' WHERE code = '{code}'"
            ),
            "publication",
        ),
        ("UPDATE publication SET version = 5 WHERE version = 2".to_owned(), "publication_version"),
        (format!("DELETE FROM publication WHERE code = '{code}'"), "leaf"),
        (format!("DELETE FROM log_leaf WHERE entry = '{code}'"), "leaf"),
    ] {
        let mut conn = app.database.connect();
        conn.begin_test_transaction().unwrap();
        conn.batch_execute(&format!("SET LOCAL session_replication_role = replica; {sql}")).unwrap();
        let report = audit_in(&mut conn, None, 50, None).unwrap();
        let codes = [code, second["code"].as_str().unwrap()];
        let subject = codes[usize::from(check == "publication_version")];
        let named = report.findings.iter().any(|finding| finding.check == check && finding.subject.contains(subject));
        assert!(named, "{sql}: {}", report.text());
    }
}
