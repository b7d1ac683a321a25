//! Long lists of volunteers: looked through, accepted, entered by a job part by part, each row once.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::harness::{Answer, Caller, TestApp, eventually};
use crate::personal::{REQUESTS, ask, nowhere, path};
use crate::persons::record;
use crate::volunteers::{VOLUNTEERS, audited, entered};

const IMPORTS: &str = "/api/v1/volunteer-imports";
const HEAD: &str = "Họ và tên tình nguyện viên,Năm sinh,SĐT,Email,Kỹ năng,Sẵn sàng huy động\n";

/// The operation that shows a list, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let sent = send(&app.officer_of("23095"), "&enter=true", &list(0..501), 202).json();
    let shown = format!("{IMPORTS}/{}", sent["import"]["id"].as_str().unwrap());
    vec![call("GET /api/v1/volunteer-imports/{id}", shown, None, 404, 403, 200)]
}

/// Names have letters alone.
fn name(n: usize) -> String {
    n.to_string().bytes().map(|digit| char::from(b'a' + digit - b'0')).collect()
}

fn row(n: usize) -> String {
    format!("Lê Zq{},{},09{:08},zq{n}@example.org,Sơ cấp cứu,x\n", name(n), 1960 + n % 40, 30_000_000 + n)
}

fn list(of: impl Iterator<Item = usize>) -> String {
    format!("{HEAD}{}", of.map(row).collect::<String>())
}

#[track_caller]
fn send(caller: &Caller<'_>, rest: &str, list: &str, status: u16) -> Answer {
    let to = format!("{IMPORTS}?chapter=23095{rest}");
    let answer = caller.with("content-type", "text/csv").send("POST", &to, Some(list.as_bytes().to_vec()));
    assert_eq!(answer.status, status, "{}", answer.text);
    answer
}

fn faults(check: &Value) -> Vec<(u64, &str, &str)> {
    let all = check["faults"].as_array().unwrap().iter();
    all.map(|f| (f["row"].as_u64().unwrap_or(0), f["column"].as_str().unwrap_or(""), f["code"].as_str().unwrap())).collect()
}

fn shown(officer: &Caller<'_>, check: &Value) -> Value {
    officer.get(&format!("{IMPORTS}/{}", check["import"]["id"].as_str().unwrap()), 200)
}

fn counts(app: &TestApp) -> [i64; 5] {
    ["volunteer", "person", "volunteer_skill", "volunteer_step", "volunteer_span"]
        .map(|table| app.database.number(&format!("SELECT count(*) FROM {table}")))
}

/// A long list of Hàm Liêm with somebody in it, that waits to be entered.
pub fn waiting(app: &TestApp, officer: &Caller<'_>, name: &str, phone: &str) {
    lists_wait(app);
    send(officer, "&enter=true", &format!("{}{name},1977,{phone},,,\n", list(0..500)), 202);
}

/// Lists wait for an hour before they are entered.
fn lists_wait(app: &TestApp) {
    app.database.execute(
        "CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.due_at := NEW.due_at + interval '1 hour'; RETURN NEW; END $$;
         CREATE TRIGGER later BEFORE INSERT ON job FOR EACH ROW WHEN (NEW.kind = 'ENTER_VOLUNTEER_LIST') EXECUTE FUNCTION later()",
    );
}

#[test]
fn three_bad_rows_of_twelve_hundred_are_named_and_mended_all_go_in_by_a_job() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let bad = format!("{}Lê Zqxa,30/02/1990,,,,\nLê Zqxb,2014,,,,\nLê Zqxc,1980,,,Bay,\n", list(0..1_197));
    let check = send(&officer, "&enter=true&verified=true", &bad, 200).json();
    assert_eq!(
        faults(&check),
        [(1_199, "birth", "NOT_A_BIRTH"), (1_200, "birth", "OUT_OF_RANGE"), (1_201, "skills", "NO_SUCH_SKILL")]
    );
    assert_eq!((&check["outcome"], check.get("import"), counts(&app)), (&json!("FAULTY"), None, [0; 5]));
    // Mended: looked at alone nothing is written; then a job enters all of it.
    let mended = list(0..1_200);
    let looked = send(&officer, "&verified=true", &mended, 200).json();
    assert_eq!((&looked["outcome"], &looked["rows"], looked.get("import")), (&json!("READY"), &json!(1_200), None));
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_import"), 0);
    let taken = send(&officer, "&enter=true&verified=true", &mended, 202);
    let check = taken.json();
    let job = format!("/api/v1/jobs/{}", check["import"]["job"].as_str().unwrap());
    assert_eq!((&check["outcome"], taken.header("location")), (&json!("ACCEPTED"), Some(job.as_str())));
    eventually("the list is entered", || officer.get(&job, 200)["state"] == "DONE");
    let told = officer.get(&job, 200);
    assert_eq!((&told["done"], &told["total"], &told["errors"]), (&json!(1_200), &json!(1_200), &json!(0)));
    let done = shown(&officer, &check);
    assert_eq!((&done["state"], &done["entered"], &done["refused"]), (&json!("DONE"), &json!(1_200), &json!([])), "{done}");
    assert_eq!(counts(&app), [1_200; 5]);
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_import_part WHERE people IS NULL"), 3, "nobody is kept in it");
    // Sent again, and its job run again, nobody is entered twice.
    let again = send(&officer, "&enter=true&verified=true", &mended, 200).json();
    assert_eq!((&again["outcome"], &again["import"]["id"]), (&json!("ENTERED"), &check["import"]["id"]));
    app.database.execute(
        "UPDATE job SET state = 'WAITING', ended_at = NULL, attempts = 0, due_at = enqueued_at WHERE kind = 'ENTER_VOLUNTEER_LIST'",
    );
    eventually("the job is run again", || officer.get(&job, 200)["state"] == "DONE");
    assert_eq!(counts(&app), [1_200; 5]);
    let one = officer.get(&format!("{VOLUNTEERS}?chapter=23095&state=VERIFIED&limit=1"), 200)["items"][0].clone();
    let one = officer.get(&format!("{VOLUNTEERS}/{}", one["id"].as_str().unwrap()), 200);
    assert_eq!(
        (&one["willing"], &one["skills"][0]["skill"], &one["steps"][0]["kind"]),
        (&json!(true), &json!("FIRST_AID"), &json!("VERIFY"))
    );
    send(&officer, "", &list(0..5_001), 422);
    audited(&app);
}

/// What was right when the list was accepted may not be when its turn comes: the row is named, and the others stand.
#[test]
fn whoever_became_a_volunteer_or_was_erased_meanwhile_is_refused_by_row() {
    let app = TestApp::start();
    lists_wait(&app);
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let known = record(&officer, json!({"name": format!("Lê Zq{}", name(700)), "phone": "0930000700", "birth": "1980"}));
    let check = send(&officer, "&enter=true", &list(0..1_200), 202).json();
    assert_eq!(send(&officer, "&enter=true", &list(0..1_200), 200).json()["outcome"], "ACCEPTED", "sent again it waits still");
    assert_eq!(shown(&officer, &check)["entered"], 0);
    for n in [3, 900] {
        let person = json!({"name": format!("Lê Zq{}", name(n)), "phone": format!("09{:08}", 30_000_000 + n)});
        entered(&officer, person, json!({}));
    }
    let party = officer.get(&format!("/api/v1/persons/{known}"), 200)["party"].clone();
    let erase = ask(&app, "ERASE", json!({"party": party}));
    officer.post(REQUESTS, erase.clone(), 201);
    assert_eq!(chair.post(&path(&erase, "/approval"), Value::Null, 200)["state"], "DONE");
    app.clock.advance(Duration::hours(2));
    let officer = app.officer_of("23095");
    eventually("the list is entered", || shown(&officer, &check)["state"] == "DONE");
    let done = shown(&officer, &check);
    let refused: Vec<_> =
        done["refused"].as_array().unwrap().iter().map(|row| (row["row"].clone(), row["code"].clone())).collect();
    assert_eq!(
        refused,
        [(json!(5), json!("ALREADY_VOLUNTEER")), (json!(702), json!("ERASED")), (json!(902), json!("ALREADY_VOLUNTEER"))]
    );
    assert_eq!((&done["entered"], app.database.number("SELECT count(*) FROM volunteer")), (&json!(1_197), 1_199));
    nowhere(&app, &[&format!("Zq{}", name(700))]);
    audited(&app);
}

/// Who sent the list may not keep the chapter's people any more: somebody who may sends it again, and what is left goes in.
#[test]
fn a_list_whose_sender_left_goes_on_when_it_is_sent_again() {
    let app = TestApp::start();
    lists_wait(&app);
    let officer = app.officer_of("23095");
    let check = send(&officer, "&enter=true", &list(0..600), 202).json();
    app.database.execute(
        "UPDATE role_assignment SET valid_from = '2020-01-01', valid_to = '2020-01-02'
         WHERE account_id = (SELECT uploaded_by FROM volunteer_import)",
    );
    app.clock.advance(Duration::hours(2));
    app.database.wait_until("SELECT count(*) = 1 FROM job WHERE kind = 'ENTER_VOLUNTEER_LIST' AND state = 'DEAD'");
    let other = app.officer_of("23095");
    assert_eq!((&shown(&other, &check)["trouble"]["code"], counts(&app)[0]), (&json!("NOT_ALLOWED"), 0));
    assert_eq!(
        send(&other, "", &list(0..600), 200).json()["import"]["trouble"]["code"],
        "NOT_ALLOWED",
        "a look goes on with nothing"
    );
    assert!(send(&other, "&enter=true", &list(0..600), 200).json()["import"].get("trouble").is_none());
    eventually("the list is entered", || shown(&other, &check)["state"] == "DONE");
    assert_eq!((&shown(&other, &check)["entered"], counts(&app)[0]), (&json!(600), 600));
    audited(&app);
}

/// With which nobody goes on for a month keeps nobody; sent again it is a new one.
#[test]
fn a_list_that_nobody_goes_on_with_is_laid_aside_after_a_month() {
    let app = TestApp::start();
    let check = send(&app.officer_of("23095"), "&enter=true", &list(0..501), 202).json();
    eventually("the list is entered", || shown(&app.officer_of("23095"), &check)["state"] == "DONE");
    lists_wait(&app);
    let left = app.officer_of("23095");
    let check = send(&left, "&enter=true", &list(600..1_200), 202).json();
    app.database.execute(
        "UPDATE role_assignment SET valid_from = '2020-01-01', valid_to = '2020-01-02'
         WHERE account_id = (SELECT uploaded_by FROM volunteer_import WHERE state = 'ACCEPTED')",
    );
    app.clock.advance(Duration::days(29));
    app.database.wait_until("SELECT count(*) = 1 FROM job WHERE kind = 'ENTER_VOLUNTEER_LIST' AND state = 'DEAD'");
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_import_part WHERE people IS NOT NULL"), 2);
    app.clock.advance(Duration::days(2));
    app.database.wait_until("SELECT count(*) = 2 FROM job WHERE kind = 'LAPSE_VOLUNTEER_LIST' AND state = 'DONE'");
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_import"), 1, "what was entered stays as it was");
    assert_eq!(app.database.number("SELECT count(*) FROM volunteer_import_part WHERE people IS NOT NULL"), 0);
    let officer = app.officer_of("23095");
    officer.get(&format!("{IMPORTS}/{}", check["import"]["id"].as_str().unwrap()), 404);
    assert_eq!(send(&officer, "&enter=true", &list(600..1_200), 202).json()["outcome"], "ACCEPTED");
    audited(&app);
}

/// A chapter that merges while its list waits: its successor goes on with it, and has the people.
#[test]
fn a_list_of_a_chapter_that_merged_meanwhile_is_entered_at_its_successor() {
    let app = TestApp::start();
    lists_wait(&app);
    let check = send(&app.officer_of("23095"), "&enter=true&verified=true", &list(0..501), 202).json();
    crate::successions::carried(&crate::successions::persons(&app), &crate::successions::plan(&app, json!({})));
    app.clock.advance(Duration::hours(2));
    // Whose list it was has no right at the successor.
    app.database.wait_until("SELECT count(*) = 1 FROM job WHERE kind = 'ENTER_VOLUNTEER_LIST' AND state = 'DEAD'");
    let successor = app.officer_of("23059");
    send(&successor, "&enter=true&verified=true", &list(0..501), 200);
    eventually("the list is entered", || shown(&successor, &check)["state"] == "DONE");
    let there = "SELECT count(*) FROM volunteer v JOIN chapter c ON c.id = v.chapter_id WHERE c.code = '23059'";
    assert_eq!((&shown(&successor, &check)["entered"], app.database.number(there)), (&json!(501), 501));
    send(&successor, "&enter=true", &list(600..1_200), 409);
    audited(&app);
}

#[test]
fn nobody_else_sees_how_far_a_list_is() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let check = send(&officer, "&enter=true", &list(0..501), 202).json();
    let at = format!("{IMPORTS}/{}", check["import"]["id"].as_str().unwrap());
    app.officer_of("23059").get(&at, 404);
    app.accountant_of("23095").get(&at, 403);
    app.officer_of("23095").get(&format!("{IMPORTS}/{}", Uuid::now_v7()), 404);
    send(&app.officer_of("23059"), "&enter=true", &list(0..501), 404);
}
