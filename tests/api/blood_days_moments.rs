//! Days of giving blood when things go wrong: late and early check-ins, rules that change, other chapters, people who are erased.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration as StdDuration, Instant};

use chrono::{Days, Duration};
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::blood_corrections::{corrected, correction, reconciled};
use crate::blood_days::{agreed, begun, booked, check_in, compared, gave, item, kept, kinds, of_today, send, settle_all, slots};
use crate::donors::{at as donor_at, donation, entered};
use crate::drives::{at, opened};
use crate::harness::TestApp;
use crate::volunteers::{audited, wrong};

#[test]
fn a_check_in_that_comes_late_waits_for_somebody_to_settle_it() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = of_today(&app, &officer);
    let (came, late, later) = (
        booked(&officer, &code, "Nguyễn Thị Lan", "0912345678"),
        booked(&officer, &code, "Lê Văn An", "0912345679"),
        booked(&officer, &code, "Trần Bình", "0912345670"),
    );
    begun(&officer, &code);
    check_in(&officer, &code, vec![item(json!({"booking": came}))]);
    kept(&officer, &code, &gave("Nguyễn Thị Lan", "0912345678", 350, 1));
    // A phone that had no network until now.
    assert_eq!(check_in(&officer, &code, vec![item(json!({"booking": late}))]), ["TO_SETTLE"]);
    assert_eq!(kinds(&officer, &code), ["LATE_CHECK_IN"]);
    officer.post(&at(&code, "/reconciliation/request"), json!({}), 409);
    settle_all(&officer, &code, "COUNT");
    let done = agreed(&app, &officer, &code);
    assert_eq!((&done["came"], &done["gave"]), (&json!(2), &json!(1)));
    // After everything was agreed on it is a case of its own, and changes no total.
    app.clock.advance(Duration::days(1));
    let officer = app.officer_of("23095");
    assert_eq!(check_in(&officer, &code, vec![item(json!({"booking": later}))]), ["TO_SETTLE"]);
    settle_all(&officer, &code, "LEAVE_OUT");
    assert_eq!(officer.get(&at(&code, "/reconciliation"), 200)["came"], 2);
    audited(&app);
}

/// Whoever came late is kept as having come and given nothing, which changes no total, or counted by a correction, which two persons agree on.
#[test]
fn a_late_check_in_changes_the_totals_by_a_correction_alone() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = reconciled(&app, &officer, 69_000);
    let published = officer.post(&at(&code, "/result"), Value::Null, 200);
    let came = |name: &str, phone: &str| item(json!({"walk_in": {"name": name, "contact": phone}}));
    let phones =
        [came("Người Về Sớm", "0977100001"), came("Người Được Hẹn Lại", "0977100002"), came("Người Đã Cho Máu", "0977100003")];
    assert_eq!(check_in(&officer, &code, phones.to_vec()), ["TO_SETTLE"; 3]);
    let list = officer.get(&at(&code, "/reconciliation/differences?open=true"), 200);
    let of = |name: &str| list["items"].as_array().unwrap().iter().find(|one| one["booking"]["name"] == name).unwrap().clone();
    assert_eq!(of("Người Về Sớm")["settled_by"], json!(["GAVE_NOTHING", "LEAVE_OUT"]));
    let settle = |name: &str, body: Value, status: u16| {
        let path = at(&code, &format!("/reconciliation/differences/{}/settlement", of(name)["id"].as_str().unwrap()));
        officer.post(&path, body, status)
    };
    // One person alone counts nobody beside what two agreed on.
    settle("Người Về Sớm", json!({"how": "COUNT", "note": "đã đến"}), 409);
    settle("Người Về Sớm", json!({"how": "GAVE_NOTHING", "note": "đã đến"}), 422);
    settle("Người Về Sớm", json!({"how": "LEAVE_OUT", "why": "HELPED", "note": "đã đến"}), 422);
    let kept = json!({"how": "GAVE_NOTHING", "why": "LEFT_EARLY", "note": "Về trước khi đến lượt"});
    let settled = settle("Người Về Sớm", kept.clone(), 200);
    assert_eq!((&settled["how"], &settled["why"]), (&json!("GAVE_NOTHING"), &json!("LEFT_EARLY")));
    settle("Người Về Sớm", kept, 200);
    settle("Người Về Sớm", json!({"how": "GAVE_NOTHING", "why": "HELPED", "note": "khác"}), 409);
    let totals = officer.get(&at(&code, "/reconciliation"), 200);
    assert_eq!((&totals["came"], &totals["registered"]), (&json!(13), &json!(13)));
    let booking = |name: &str| of(name)["booking"]["id"].clone();
    let body = correction(json!([
        {"kind": "ALSO_CAME", "booking": booking("Người Được Hẹn Lại"), "reason": "BLOOD_PRESSURE"},
        {"kind": "ALSO_GAVE", "booking": booking("Người Đã Cho Máu"), "volume_ml": 350}
    ]));
    let done = corrected(&app, &officer, &code, &body);
    let by = &done["by"];
    assert_eq!(
        (&by["registered"], &by["came"], &by["gave"], &by["deferred"], &by["ml"]),
        (&json!(2), &json!(2), &json!(1), &json!(1), &json!(350)),
        "{done}"
    );
    assert_eq!(kinds(&officer, &code), Vec::<String>::new(), "what waited is settled by it");
    let totals = officer.get(&at(&code, "/reconciliation"), 200);
    assert_eq!((&totals["came"], &totals["registered"], &totals["gave"]), (&json!(15), &json!(15), &json!(9)));
    let result = app.anonymous().get(&format!("/api/v1/public/blood-results/drives/{code}"), 200);
    assert_eq!(
        (&result["came"], &result["deferred"], &result["replaces"]),
        (&json!(15), &json!(6), &json!([published["statement"]]))
    );
    // Who is counted is not counted twice.
    let again = json!({"id": Uuid::new_v4(), "version": 2, "source": "CV", "pieces": [{"kind": "ALSO_CAME", "booking": booking("Người Được Hẹn Lại")}]});
    assert_eq!(wrong(&officer.post(&at(&code, "/corrections"), again, 422))[0].1, "SAME_AS_BEFORE");
    audited(&app);
}

/// Whoever may not send a list is told so while somebody else's is being read.
#[test]
fn who_may_not_send_a_file_waits_for_nobodys() {
    let app = TestApp::start();
    let (officer, reader, stranger) = (app.officer_of("23095"), app.staff(Role::Inspector, "68"), app.officer_of("23059"));
    let code = of_today(&app, &officer);
    begun(&officer, &code);
    let rows: String = (0..30_000).map(|n| gave(&format!("Người {n}"), "", 350, n)).collect();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let began = Instant::now();
        let reading = scope.spawn(|| {
            let answer = send(&officer, &code, "", &rows);
            is_over.store(true, Ordering::SeqCst);
            answer.status
        });
        let (mut longest, mut answers) = (StdDuration::ZERO, 0);
        while !is_over.load(Ordering::SeqCst) {
            let asked = Instant::now();
            assert_eq!(send(&stranger, &code, "", &gave("A B", "0912345678", 350, 1)).status, 404);
            assert_eq!(send(&reader, &code, "", &gave("A B", "0912345678", 350, 1)).status, 403);
            longest = longest.max(asked.elapsed());
            answers += 1;
        }
        assert_eq!(reading.join().unwrap(), 200);
        // Whoever waits for the turn waits for nearly all of it.
        assert!(
            answers > 2 && longest < began.elapsed() / 2,
            "{answers} answers, one after {longest:?} of {:?}",
            began.elapsed()
        );
    });
}

#[test]
fn nobody_is_checked_in_before_the_day_and_the_day_is_that_of_vietnam() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let tomorrow = opened(&officer, json!({"day": app.today() + Days::new(1), "slots": slots()}));
    let booking = booked(&officer, &tomorrow, "Nguyễn Thị Lan", "0912345678");
    let items = json!({"items": [item(json!({"booking": booking}))]});
    officer.post(&at(&tomorrow, "/check-ins"), items.clone(), 409);
    // 16:59 in Greenwich is a minute before midnight in Vietnam.
    let midnight = (app.today() + Days::new(1)).and_hms_opt(0, 0, 0).unwrap().and_utc() - Duration::hours(7);
    app.clock.advance(midnight - app.now() - Duration::minutes(1));
    let officer = app.officer_of("23095");
    officer.post(&at(&tomorrow, "/check-ins"), items.clone(), 409);
    app.clock.advance(Duration::minutes(2));
    assert_eq!(officer.post(&at(&tomorrow, "/check-ins"), items, 200)["items"][0]["result"], "CHECKED_IN");
    let cancelled = opened(&officer, json!({"day": app.today() + Days::new(3), "slots": slots()}));
    officer.post(&at(&cancelled, "/cancellation"), json!({"why": "WEATHER"}), 200);
    officer.post(&at(&cancelled, "/check-ins"), json!({"items": [item(json!({"walk_in": {"name": "Lê An"}}))]}), 409);
}

/// What was booked under other rules is explained by the rules of the day.
#[test]
fn the_rules_of_the_day_say_what_stands_in_the_way() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let known = entered(&officer, json!({"name": "Nguyễn Thị Lan", "phone": "0912345678", "birth": "1988-05-01"}));
    let given = donation(json!({"day": app.today() - Days::new(30)}));
    officer.post(&format!("{}/donations", donor_at(&known)), given, 201);
    let code = of_today(&app, &officer);
    let booking = booked(&officer, &code, "Nguyễn Thị Lan", "0912345678");
    begun(&officer, &code);
    let advice = |id: Uuid| {
        let answer = officer.post(&at(&code, "/check-ins"), json!({"items": [{"id": id, "booking": booking}]}), 200);
        answer["items"][0]["advice"].clone()
    };
    let id = Uuid::new_v4();
    let said = advice(id);
    let until = app.today() - Days::new(30) + Days::new(84);
    assert_eq!((&said[0]["from"], said[0]["law"].is_string()), (&json!(until), true), "{said}");
    // From today on another rule holds: the same check-in is explained by it.
    let today = app.today();
    app.database
        .execute(&format!("UPDATE blood_interval SET valid_to = '{today}' WHERE after = 'WHOLE_BLOOD' AND valid_to IS NULL"));
    app.database.execute(&format!(
        "INSERT INTO blood_interval
         SELECT (jsonb_populate_record(i, jsonb_build_object('days', 20, 'valid_from', '{today}', 'valid_to', NULL))).*
         FROM blood_interval i WHERE after = 'WHOLE_BLOOD'"
    ));
    assert_eq!(advice(id), Value::Null);
    // A day that is over is explained by the rules it had.
    let before = officer.get(&format!("{}?on={}", donor_at(&known), app.today() - Days::new(1)), 200);
    let whole = before["next"].as_array().unwrap().iter().find(|next| next["component"] == "WHOLE_BLOOD").unwrap().clone();
    assert_eq!(whole["from"], json!(until));
}

#[test]
fn another_chapters_day_is_not_there() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (code, file) = compared(&app, &officer, "Nguyễn Thị Lan", 21);
    let stranger = app.officer_of("23059");
    for path in ["/check-ins", "/reconciliation", "/reconciliation/differences"] {
        stranger.get(&at(&code, path), 404);
    }
    stranger.post(&at(&code, "/check-ins"), json!({"items": [item(json!({"walk_in": {"name": "Lê An"}}))]}), 404);
    assert_eq!(send(&stranger, &code, "", &gave("A B", "0912345678", 350, 1)).status, 404);
    stranger.get(&format!("/api/v1/reconciliations/{file}"), 404);
    // The province reads counts, and no person.
    let above = app.staff(Role::Inspector, "68");
    assert_eq!(above.get(&at(&code, "/reconciliation"), 200)["gave"], 1);
    above.get(&at(&code, "/check-ins"), 403);
    above.get(&at(&code, "/reconciliation/differences"), 403);
}

/// A person whose data are erased while a file waits is in no row of it any more; what they gave is counted.
#[test]
fn who_is_erased_while_a_file_waits_is_counted_and_unknown() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let known = entered(&officer, json!({"name": "Phạm Thị Quỳnhxqz Hương", "phone": "0912300031"}));
    let person = officer.get(&donor_at(&known), 200)["person"].as_str().unwrap().to_owned();
    let (code, _) = compared(&app, &officer, "Phạm Thị Quỳnhxqz Hương", 31);
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].clone();
    let request = crate::personal::ask(&app, "ERASE", json!({"party": party}));
    let asked = officer.post(crate::personal::REQUESTS, request.clone(), 201);
    if asked["state"] != "DONE" {
        chair.post(&crate::personal::path(&request, "/approval"), Value::Null, 200);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM drive_row WHERE content IS NOT NULL"), 0);
    let done = agreed(&app, &officer, &code);
    assert_eq!((&done["gave"], &done["ml"]), (&json!(1), &json!(350)));
    assert_eq!(app.database.number("SELECT count(*) FROM donation WHERE drive_id IS NOT NULL AND donor_id IS NULL"), 1);
    audited(&app);
}
