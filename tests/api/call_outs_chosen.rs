//! Whom a call-out asks where it asks for time, and what its shifts are for.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::errors;
use crate::call_outs::{CALL_OUTS, asked, at, called, list, volunteers};
use crate::harness::TestApp;
use crate::volunteers::verified;

/// It is Sunday: who has time on Mondays is asked where time is not asked for.
#[test]
fn only_those_who_have_time_then_are_asked_where_it_is_asked_for() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let parts = ["MORNING", "AFTERNOON", "EVENING", "NIGHT"];
    for (day, number) in [("SUNDAY", "0912345601"), ("MONDAY", "0912345602")] {
        let person = json!({"name": format!("Lê Rảnh {day}"), "phone": number, "phone_confirmed": true, "birth": "1980"});
        verified(&officer, person, json!({"weekdays": [day], "day_parts": parts}));
    }
    assert_eq!(app.today().to_string(), "2026-11-22");
    let with_time = asked(&app, &officer, json!({"needed": 2, "wave_size": 5, "available": true}));
    assert_eq!(with_time["asked"], 1);
    assert_eq!(asked(&app, &officer, json!({"needed": 2, "wave_size": 5}))["asked"], 2);
}

#[test]
fn who_is_in_a_shift_is_counted_in_it_and_works_until_its_end() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    volunteers(&officer, "23095", 2);
    let shift = |from: i64, until: i64| json!({"id": Uuid::now_v7(), "from": app.now() + Duration::hours(from), "until": app.now() + Duration::hours(until), "needed": 1});
    let (first, second) = (shift(2, 4), shift(4, 10));
    let made = asked(&app, &officer, json!({"needed": 2, "shifts": [first, second]}));
    let other = officer.post(CALL_OUTS, called(&app, json!({"shifts": [shift(2, 3)]})), 201);
    let people = list(&officer, &made);
    let of = |n: usize, rest: &str| at(&made, &format!("/asked/{}{rest}", people[n]["id"].as_str().unwrap()));
    let yes = json!({"answer": "YES", "shift": first["id"]});
    assert_eq!(officer.post(&of(0, "/answer"), yes, 200)["shift"], first["id"]);
    officer.post(&of(1, "/answer"), json!({"answer": "YES"}), 200);
    assert_eq!(officer.post(&of(1, "/shift"), json!({"shift": first["id"]}), 200)["shift"], first["id"]);
    let counted = || -> Vec<i64> {
        let shown = officer.get(&at(&made, ""), 200);
        shown["shifts"].as_array().unwrap().iter().map(|shift| shift["people"].as_i64().unwrap()).collect()
    };
    assert_eq!(counted(), [2, 0]);
    officer.post(&of(1, "/shift"), json!({"shift": second["id"]}), 200);
    assert_eq!(counted(), [1, 1]);
    // A shift of another call-out is none of this one.
    let none = officer.post(&of(1, "/shift"), json!({"shift": other["shifts"][0]["id"]}), 404);
    assert_eq!(errors(&none), [("/shift".to_owned(), "NO_SUCH_SHIFT".to_owned())]);
    assert!(officer.post(&of(1, "/shift"), json!({}), 200).get("shift").is_none());
    assert_eq!(counted(), [1, 0]);
    // Nobody wrote down that they left: it was the end of the shift, and of who is in none that of the call-out.
    app.clock.advance(Duration::hours(3));
    let officer = app.officer_of("23095");
    let came = |n: usize| json!({"id": Uuid::new_v4(), "asked": people[n]["id"], "what": "CAME", "how": "LIST", "at": app.now() - Duration::minutes(30)});
    officer.post(&at(&made, "/attendance"), json!({"scans": [came(0), came(1)]}), 200);
    app.clock.advance(Duration::hours(8));
    let officer = app.officer_of("23095");
    officer.post(&at(&made, "/ending"), Value::Null, 200);
    assert_eq!(officer.post(&at(&made, "/closing"), json!({}), 200)["hours_entered"], 2);
    let minutes = "SELECT sum(extract(epoch FROM ends_at - starts_at) / 60)::int8 FROM volunteer_hours";
    assert_eq!(app.database.number(minutes), 90 + 450);
    officer.post(&of(0, "/shift"), json!({}), 409);
}
