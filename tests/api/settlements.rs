//! Settlement reports of appeals, made from the books, approved by two persons and published.
//!
//! The tests begin on Sunday, 22 November 2026.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::coverage::{Call, call};
use crate::guards::all_refused;
use crate::harness::TestApp;
use crate::papers::sha256;
use crate::periods::{self, settle};
use crate::publications::{Desk, leaf, set_clock};
use crate::{spending, transfers};

const REPORTS: &str = "/api/v1/settlement-reports";

fn at(id: &Value, rest: &str) -> String {
    format!("{REPORTS}/{}{rest}", id.as_str().unwrap())
}

fn ask(appeal: &str, as_of: &str) -> Value {
    json!({"id": Uuid::now_v7(), "appeal": appeal, "as_of": as_of, "note": "theo biên bản của chị Hoa"})
}

fn give(app: &TestApp, chapter: &str, change: Value) -> Value {
    let mut gift = app.gift(json!({"chapter": chapter, "appeal": "BAO"}));
    gift.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    app.officer_of(chapter).post("/api/v1/gifts", gift, 201)
}

/// A storm appeal of the province with gifts of two communes, the last of them too late; now it is the 28th.
fn over<'a>(app: &'a TestApp, regime: &str) -> Desk<'a> {
    let desk = Desk::open(app, "68", "BAO", regime, "2026-11-25");
    give(app, "23095", json!({"amount_vnd": 500_000}));
    give(app, "23095", json!({"amount_vnd": 250_000, "channel": "BANK_TRANSFER"}));
    give(app, "23059", json!({"amount_vnd": 100_000}));
    set_clock(app, "2026-11-28T03:00:00Z");
    give(app, "23059", json!({"amount_vnd": 30_000}));
    settle(app);
    desk
}

/// Asked for and approved.
fn approved(app: &TestApp, as_of: &str) -> Value {
    let ask = ask("BAO", as_of);
    app.accountant_of("68").post(REPORTS, ask.clone(), 201);
    app.chair_of("68").post(&at(&ask["id"], "/approval"), Value::Null, 200)
}

fn terms(received: i64) -> Value {
    json!({"received": received.to_string(), "opened": "0", "other_income": "0", "released": "0", "taken_over": "0", "sent": "0",
        "handed_out": "0", "paid": "0", "paid_by_category": [], "refunded": "0", "lost": "0", "left": received.to_string()})
}

#[test]
fn a_report_is_made_from_the_books_approved_and_published() {
    let app = TestApp::start();
    let desk = over(&app, "RED_CROSS_LAW");
    let ask = ask("BAO", "2026-11-27");
    let accountant = app.accountant_of("68");
    let made = accountant.post(REPORTS, ask.clone(), 201);
    assert_eq!((&made["state"], &made["chapter"], &made["statement"]), (&json!("ASKED"), &json!("68"), &Value::Null));
    assert_eq!(accountant.post(REPORTS, ask.clone(), 200), made, "sent again it is the same");
    let chair = app.chair_of("68");
    let read = chair.get(&at(&ask["id"], ""), 200);
    assert_eq!(read["note"], "theo biên bản của chị Hoa");
    let report = &read["report"];
    // The gift of the 28th came after the day of the report: the quarantine has nothing yet.
    assert_eq!(
        report["funds"],
        json!([
            {"fund": "APPEAL:BAO", "total": terms(850_000), "on_the_way": "0", "chapters": [
                {"chapter": "23059", "terms": terms(100_000)}, {"chapter": "23095", "terms": terms(750_000)}]},
            {"fund": "QUARANTINE:BAO", "total": terms(0), "on_the_way": "0", "chapters": []}
        ])
    );
    assert_eq!(report["open"], json!([{"what": "NOT_CONFIRMED_BY_BANK", "fund": "APPEAL:BAO", "amount_vnd": "250000"}]));
    assert_eq!((&report["appeal"], &report["title"], &report["as_of"]), (&json!("BAO"), &json!("Đợt BAO"), &json!("2026-11-27")));

    // Who made it does not approve it, nor does another chapter.
    accountant.post(&at(&ask["id"], "/approval"), Value::Null, 403);
    app.chair_of("23095").post(&at(&ask["id"], "/approval"), Value::Null, 404);
    app.accountant_of("23095").get(&at(&ask["id"], ""), 404);
    let done = chair.post(&at(&ask["id"], "/approval"), Value::Null, 200);
    assert_eq!(chair.post(&at(&ask["id"], "/approval"), Value::Null, 200), done);
    assert_eq!((&done["state"], &done["sha256"]), (&json!("APPROVED"), &made["sha256"]));

    // Stated: the very text, under two leaves.
    let text = app.anonymous().get_text(done["href"].as_str().unwrap(), 200);
    assert_eq!(done["sha256"], sha256(text.as_bytes()));
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), *report);
    assert!(!text.contains("Hoa"));
    let (stated, published) = (leaf(&app, &done["statement"]), leaf(&app, &done["publication"]));
    assert_eq!(
        (&stated["kind"], &stated["event"], &stated["appeal"]),
        (&json!("STATEMENT"), &json!("SETTLEMENT_REPORT"), &json!("BAO"))
    );
    assert_eq!((&stated["day"], &stated["booked"]), (&json!("2026-11-27"), &json!("2026-11-28")));
    assert_eq!((&published["kind"], &published["event"]), (&json!("PUBLICATION"), &json!("SETTLEMENT_REPORT")));
    assert_eq!(stated["doc"], published["doc"]);

    // The day counts, and the duty is met but for the notices at the two places.
    let days = desk.chair().get("/api/v1/appeals/BAO/milestones", 200);
    let settled = days.as_array().unwrap().iter().find(|day| day["milestone"] == "SETTLEMENT_APPROVED").unwrap();
    assert_eq!((&settled["day"], &settled["versions"][0]["statement"]), (&json!("2026-11-28"), &done["statement"]));
    let duty = desk.duty("SETTLEMENT_REPORT");
    assert_eq!((&duty["counts_from_day"], &duty["due_on"]), (&json!("2026-11-28"), &json!("2026-12-28")));
    assert_eq!(
        (&duty["versions"][0]["sha256"], &duty["versions"][0]["href"], &duty["versions"][0]["statement"]),
        (&done["sha256"], &done["href"], &done["statement"])
    );
    let wider = json!({"id": Uuid::now_v7(), "event": "SETTLEMENT_REPORT", "statement": done["statement"], "title": "Báo cáo quyết toán",
        "channels": ["PLACE_OF_RECEIVING", "PLACE_OF_AID"]});
    let mut other = wider.clone();
    (other["id"], other["event"]) = (json!(Uuid::now_v7()), json!("RESULTS_USED"));
    assert_eq!(errors(&desk.chair().post(&desk.path(), other, 422)), [("/statement".to_owned(), "NO_SUCH_STATEMENT".to_owned())]);
    let again = desk.chair().post(&desk.path(), wider, 201);
    assert_eq!((&again["version"], &again["replaces"], &again["sha256"]), (&json!(2), &done["publication"], &done["sha256"]));
    assert_eq!(desk.duty("SETTLEMENT_REPORT")["state"], "PUBLISHED");

    for (ending, sign) in [("/paper.html", "BÁO CÁO QUYẾT TOÁN"), ("/paper.pdf", "%PDF-")] {
        let answer = app.accountant_of("68").send("GET", &at(&ask["id"], ending), None);
        assert!(answer.status == 200 && answer.text.contains(sign), "{ending}: {}", answer.status);
    }
    let page = app.accountant_of("68").get_text(&at(&ask["id"], "/paper.html"), 200);
    assert!(page.contains("850.000") && page.contains("Thủ trưởng đơn vị") && !page.contains("CHƯA DUYỆT"));
    audit(&app);
}

/// What was reversed since was still there on the day of the report.
#[test]
fn a_gift_reversed_after_the_day_of_the_report_is_in_it() {
    let app = TestApp::start();
    let _desk = Desk::open(&app, "68", "BAO", "RED_CROSS_LAW", "2026-11-25");
    let gift = give(&app, "23095", json!({"amount_vnd": 500_000}));
    set_clock(&app, "2026-11-28T03:00:00Z");
    let reversal = json!({"id": Uuid::now_v7(), "reason": "DUPLICATE"});
    app.officer_of("23095").post(&format!("/api/v1/gifts/{}/reversal", gift["id"].as_str().unwrap()), reversal.clone(), 201);
    let approval = format!("/api/v1/reversals/{}/approval", reversal["id"].as_str().unwrap());
    app.chair_of("23095").post(&approval, Value::Null, 200);
    settle(&app);
    let made = app.accountant_of("68").post(REPORTS, ask("BAO", "2026-11-27"), 201);
    assert_eq!(app.chair_of("68").get(&at(&made["id"], ""), 200)["report"]["funds"][0]["total"], terms(500_000));
    set_clock(&app, "2026-11-29T03:00:00Z");
    app.chair_of("68").post(&at(&made["id"], "/refusal"), Value::Null, 200);
    let made = app.accountant_of("68").post(REPORTS, ask("BAO", "2026-11-28"), 201);
    assert_eq!(app.chair_of("68").get(&at(&made["id"], ""), 200)["report"]["funds"][0]["total"], terms(0));
}

#[test]
fn what_is_not_to_be_settled_is_refused() {
    let app = TestApp::start();
    let desk = Desk::open(&app, "68", "BAO", "DECREE_93_2021", "2026-11-25");
    let accountant = app.accountant_of("68");
    let wrong = |appeal: &str, as_of: &str| errors(&accountant.post(REPORTS, ask(appeal, as_of), 422));
    let one = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    assert_eq!(wrong("BAO", "2026-11-22"), one("/appeal", "STILL_RECEIVING"));
    assert_eq!(wrong("BAO", "2026-11-23"), one("/as_of", "IN_THE_FUTURE"));
    assert_eq!(wrong("BAO", "2026-10-31"), one("/as_of", "BEFORE_THE_APPEAL"));
    assert_eq!(wrong("KHONG", "2026-11-22"), one("/appeal", "NO_SUCH_APPEAL"));
    app.officer_of("23095").post(REPORTS, ask("BAO", "2026-11-22"), 404);
    app.chair_of("68").post(REPORTS, ask("BAO", "2026-11-22"), 403);

    set_clock(&app, "2026-11-28T03:00:00Z");
    settle(&app);
    let accountant = app.accountant_of("68");
    let first = ask("BAO", "2026-11-28");
    accountant.post(REPORTS, first.clone(), 201);
    accountant.post(REPORTS, ask("BAO", "2026-11-28"), 409);
    let mut other = first.clone();
    other["as_of"] = json!("2026-11-27");
    accountant.post(REPORTS, other, 422);
    // The books moved: a gift of the 24th was typed today.
    give(&app, "23095", json!({"received_on": "2026-11-24"}));
    settle(&app);
    app.chair_of("68").post(&at(&first["id"], "/approval"), Value::Null, 409);
    accountant.post(&at(&first["id"], "/withdrawal"), Value::Null, 200);
    let second = ask("BAO", "2026-11-28");
    accountant.post(REPORTS, second.clone(), 201);
    app.chair_of("68").post(&at(&second["id"], "/refusal"), Value::Null, 200);
    app.chair_of("68").post(&at(&second["id"], "/approval"), Value::Null, 409);
    let page = accountant.get_text(&at(&second["id"], "/paper.html"), 200);
    assert!(page.contains("CHƯA DUYỆT") && page.contains("500.000"));
    assert_eq!(app.database.number("SELECT count(*) FROM statement"), 0);
    assert_eq!(desk.duty("SETTLEMENT_REPORT")["versions"], json!([]));
    let list = accountant.get(&format!("{REPORTS}?chapter=68"), 200);
    let states: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|row| &row["state"]).collect();
    assert_eq!(states, ["WITHDRAWN", "REFUSED"]);
    app.accountant_of("23095").get(&format!("{REPORTS}?chapter=68"), 404);
    audit(&app);
}

/// A later report replaces the one before; what nobody may take away stands.
#[test]
fn a_later_report_replaces_the_one_before() {
    let mut app = TestApp::start();
    let desk = over(&app, "RED_CROSS_LAW");
    let first = approved(&app, "2026-11-27");
    let text = app.anonymous().get_text(first["href"].as_str().unwrap(), 200);
    settle(&app);
    set_clock(&app, "2026-12-20T03:00:00Z");
    let second = approved(&app, "2026-12-19");
    app.wait_for_log();
    assert_eq!(app.anonymous().get_text(first["href"].as_str().unwrap(), 200), text);
    let funds = app.anonymous().get(second["href"].as_str().unwrap(), 200)["funds"].clone();
    assert_eq!((&funds[0]["total"], &funds[1]["total"]), (&terms(850_000), &terms(30_000)));
    assert_eq!(leaf(&app, &second["statement"])["of"], first["statement"]);
    assert_eq!(leaf(&app, &second["publication"])["of"], first["publication"]);
    let list = app.anonymous().get("/api/v1/public/statements?appeal=BAO", 200);
    assert_eq!((&list["items"][0]["replaces"], &list["items"][1]["replaced_by"]), (&first["statement"], &second["statement"]));
    assert_eq!(desk.duty("SETTLEMENT_REPORT")["versions"].as_array().unwrap().len(), 2);
    settle(&app);
    app.stop();
    all_refused(
        &app.database,
        &[
            ("other figures", "UPDATE settlement_report SET as_of = as_of - 1".into(), "settlement_report_keeps"),
            ("gone", "DELETE FROM settlement_report".into(), "settlement_report_append_only"),
            ("published twice over", "UPDATE publication SET statement = NULL".into(), "publication_append_only"),
        ],
    );
    audit(&app);
}

/// What was paid, by category, and what is on its way between chapters; and the same month closed.
#[test]
fn money_out_stands_in_the_report_and_in_the_month() {
    let app = TestApp::start();
    over(&app, "RED_CROSS_LAW");
    spending::paper(&app, "23095", spending::SHA);
    let rice = spending::payment(&app, json!({"fund": "APPEAL:BAO", "amount_vnd": 200_000, "document": spending::SHA}));
    spending::carried_out(&app, "payments", &rice);
    transfers::sent(&app, transfers::transfer("23095", "23059", "APPEAL:BAO", "CASH", 100_000));
    settle(&app);
    let done = approved(&app, "2026-11-28");
    let report = app.anonymous().get(done["href"].as_str().unwrap(), 200);
    let mut total = terms(850_000);
    for (name, amount) in [("paid", 200_000), ("sent", 100_000), ("left", 550_000)] {
        total[name] = json!(amount.to_string());
    }
    total["paid_by_category"] = json!([{"category": "FOOD_WATER_MEDICINE", "amount_vnd": "200000"}]);
    assert_eq!((&report["funds"][0]["total"], &report["funds"][0]["on_the_way"]), (&total, &json!("100000")));
    assert_eq!(report["funds"][1]["total"], terms(30_000));
    let open = |what: &str, amount: i64| json!({"what": what, "fund": "APPEAL:BAO", "amount_vnd": amount.to_string()});
    assert_eq!(report["open"], json!([open("ON_THE_WAY", 100_000), open("NOT_CONFIRMED_BY_BANK", 250_000)]));
    let page = app.accountant_of("68").get_text(&at(&done["id"], "/paper.html"), 200);
    assert!(page.contains("550.000") && page.contains("Đang chuyển giữa các đơn vị"));

    set_clock(&app, "2026-12-01T03:00:00Z");
    let november = periods::stated(&app, &periods::close(&app, "23095", "2026-11"));
    let measure = |measure: &str, part: Option<&str>, amount: i64| {
        let mut line = json!({"fund": "APPEAL:BAO", "measure": measure, "amount": amount.to_string()});
        part.into_iter().for_each(|part| line["part"] = json!(part));
        line
    };
    assert_eq!(
        november["measures"],
        json!([
            measure("RECEIVED", Some("BANK_TRANSFER"), 250_000),
            measure("RECEIVED", Some("CASH"), 500_000),
            measure("SENT", None, 100_000),
            measure("PAID", Some("FOOD_WATER_MEDICINE"), 200_000),
        ])
    );
    assert_eq!(november["entries"], 4);
    periods::compare(&app, &november);
    audit(&app);
}

/// Where the law wants no settlement report published, it is stated all the same.
#[test]
fn without_a_duty_it_is_stated_and_not_published() {
    let app = TestApp::start();
    let desk = over(&app, "FOREIGN_AID");
    let done = approved(&app, "2026-11-28");
    assert_eq!((&done["state"], &done["publication"]), (&json!("APPROVED"), &Value::Null));
    assert!(desk.duties().iter().all(|duty| duty["event"] != "SETTLEMENT_REPORT"));
    app.anonymous().get(done["href"].as_str().unwrap(), 200);
    audit(&app);
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    Desk::open(app, "23095", "QUYET-TOAN", "RED_CROSS_LAW", &app.today().to_string());
    settle(app);
    let today = app.today().to_string();
    let made = |by: &str| {
        let ask = json!({"id": Uuid::now_v7(), "appeal": "QUYET-TOAN", "as_of": today});
        app.accountant_of("23095").post(REPORTS, ask.clone(), 201);
        match by {
            "refusal" => drop(app.chair_of("23095").post(&at(&ask["id"], "/refusal"), Value::Null, 200)),
            "withdrawal" => drop(app.accountant_of("23095").post(&at(&ask["id"], "/withdrawal"), Value::Null, 200)),
            _ => {}
        }
        ask
    };
    let (refused, withdrawn, waits) = (made("refusal"), made("withdrawal"), made(""));
    let nothing = || Some(Value::Null);
    let one = |rest: &str| at(&waits["id"], rest);
    vec![
        call("POST /api/v1/settlement-reports", REPORTS.to_owned(), Some(waits.clone()), 404, 403, 200),
        call("GET /api/v1/settlement-reports", format!("{REPORTS}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/settlement-reports/{id}", one(""), None, 404, 200, 200),
        call("GET /api/v1/settlement-reports/{id}/paper.html", one("/paper.html"), None, 404, 200, 200),
        call("GET /api/v1/settlement-reports/{id}/paper.pdf", one("/paper.pdf"), None, 404, 200, 200),
        call("POST /api/v1/settlement-reports/{id}/approval", one("/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/settlement-reports/{id}/refusal", at(&refused["id"], "/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/settlement-reports/{id}/withdrawal", at(&withdrawn["id"], "/withdrawal"), nothing(), 404, 403, 200),
    ]
}
