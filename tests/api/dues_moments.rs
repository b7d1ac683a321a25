//! Bad moments of dues: paid twice offline, one exempted twice, a chapter that merges with dues to be sent, what comes back.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::errors;
use crate::dues::{SHEETS, cash, free, members, owed, remitted, reverse, sheet, sound, year};
use crate::harness::{Caller, TestApp};
use crate::successions;
use crate::transfers::at_once;

/// Hàm Liêm, which goes up in Hàm Thuận.
const HERE: &str = "23095";
const NEXT: &str = "23059";

/// Two phones without a net took the same members' dues: one sheet stands, the other is told which months and books nothing.
#[test]
fn dues_paid_twice_offline_are_booked_once() {
    let app = TestApp::start();
    let people = members(&app, HERE, 3);
    let callers: Vec<Caller<'_>> = (0..2).map(|_| app.officer_of(HERE)).collect();
    let sheets: Vec<Value> = callers.iter().map(|_| sheet(&app, HERE, people.iter().map(|id| year(id)).collect())).collect();
    let asked: Vec<(&Caller<'_>, String, Value)> =
        callers.iter().zip(&sheets).map(|(caller, sheet)| (caller, SHEETS.to_owned(), sheet.clone())).collect();
    let statuses = at_once(&app, &asked);
    assert_eq!(statuses[0], 201, "{statuses:?}");
    assert!([409, 422].contains(&statuses[1]), "{statuses:?}");
    assert_eq!((cash(&app, HERE), app.database.number("SELECT count(*) FROM voucher")), (36_000, 1));
    // The one that lost is sent once more by its phone: the months are named, and nothing is booked.
    let stands = app.database.text("SELECT id::text FROM dues_sheet");
    let lost = sheets.iter().find(|sheet| sheet["id"] != json!(stands)).unwrap();
    let said = callers[0].post(SHEETS, lost.clone(), 422);
    assert_eq!(errors(&said).iter().filter(|(_, code)| code == "SETTLED_BEFORE").count(), 3, "{said}");
    let won = sheets.iter().find(|sheet| sheet["id"] == json!(stands)).unwrap();
    assert_eq!(callers[1].post(SHEETS, won.clone(), 200)["id"], json!(stands));
    assert_eq!(cash(&app, HERE), 36_000);
    sound(&app);
}

#[test]
fn a_sheet_with_one_exempted_twice_is_refused_and_so_is_one_exempted_before() {
    let app = TestApp::start();
    let people = members(&app, HERE, 30);
    let officer = app.officer_of(HERE);
    let twice = sheet(&app, HERE, vec![year(&people[0]), free(&people[1]), free(&people[1])]);
    assert_eq!(errors(&officer.post(SHEETS, twice, 422)), [("/lines/2/member".to_owned(), "TWICE".to_owned())]);
    assert_eq!(app.database.number("SELECT count(*) FROM dues_exemption"), 0);
    officer.post(SHEETS, sheet(&app, HERE, vec![year(&people[0]), free(&people[1])]), 201);
    let again = sheet(&app, HERE, vec![year(&people[2]), free(&people[1])]);
    assert_eq!(errors(&officer.post(SHEETS, again, 422)), [("/lines/1/from".to_owned(), "SETTLED_BEFORE".to_owned())]);
    // Paid and free at once, in one sheet or in two.
    let both = sheet(&app, HERE, vec![free(&people[0]), year(&people[3])]);
    assert_eq!(errors(&officer.post(SHEETS, both, 422)), [("/lines/0/from".to_owned(), "SETTLED_BEFORE".to_owned())]);
    assert_eq!(app.database.number("SELECT max(exempt) FROM dues_exemption"), 1);
    sound(&app);
}

/// A chapter with a sheet, a part of the share sent and a member in arrears goes up in another one: the cash and what is owed are the
/// successor's, months that are settled stay so, and a sheet of the old chapter can still be taken back.
#[test]
fn dues_of_a_chapter_that_merges_are_owed_and_taken_back_by_the_successor() {
    let app = TestApp::start();
    let people = members(&app, HERE, 20);
    let officer = app.officer_of(HERE);
    let first = officer.post(SHEETS, sheet(&app, HERE, vec![year(&people[0]), year(&people[1]), free(&people[2])]), 201);
    officer.post(SHEETS, sheet(&app, HERE, vec![year(&people[3])]), 201);
    remitted(&app, HERE, "68", 2_400);
    assert_eq!(owed(&officer, HERE), [(HERE.to_owned(), "68".to_owned(), 7_200, 2_400, 4_800)]);
    let plan = successions::plan(&app, json!({}));
    assert_eq!(successions::carried(&successions::persons(&app), &plan)["state"], "DONE");

    let there = app.officer_of(NEXT);
    assert_eq!((cash(&app, HERE), cash(&app, NEXT)), (0, 33_600), "36,000 less what was sent");
    assert_eq!(owed(&there, NEXT), [(NEXT.to_owned(), "68".to_owned(), 7_200, 2_400, 4_800)]);
    // The members are the successor's now, by the same ids.
    let again = sheet(&app, NEXT, vec![year(&people[0])]);
    assert_eq!(errors(&there.post(SHEETS, again, 422)), [("/lines/0/from".to_owned(), "SETTLED_BEFORE".to_owned())]);
    let settled = there.get(&format!("{SHEETS}/arrears/count?chapter={NEXT}"), 200);
    assert_eq!(settled["members"], 20, "{settled}");
    there.post(SHEETS, sheet(&app, NEXT, vec![year(&people[4])]), 201);
    assert_eq!(owed(&there, NEXT), [(NEXT.to_owned(), "68".to_owned(), 9_600, 2_400, 7_200)]);
    let listed = crate::look::all(&there, &format!("{SHEETS}?chapter={NEXT}"), 10);
    assert_eq!(listed.len(), 3, "those of the old chapter are read at the successor");
    // Taken back there, the money leaves the successor's cash and nothing of it is owed any more.
    let id = Uuid::now_v7();
    let ask = json!({"id": id, "entry": first["code"], "reason": "WRONG_AMOUNT"});
    there.post("/api/v1/corrections", ask, 201);
    app.chair_of(NEXT).post(&format!("/api/v1/corrections/{id}/approval"), Value::Null, 200);
    assert_eq!(cash(&app, NEXT), 33_600 + 12_000 - 24_000);
    assert_eq!(owed(&there, NEXT), [(NEXT.to_owned(), "68".to_owned(), 4_800, 2_400, 2_400)]);
    there.post(SHEETS, sheet(&app, NEXT, vec![year(&people[0])]), 201);
    sound(&app);
}

/// A branch's sheet is split in two steps; taken back, neither is owed any more.
#[test]
fn a_reversal_returns_the_whole_split() {
    let app = TestApp::start();
    let branch = crate::dues::branch(&app);
    let people = members(&app, &branch, 1);
    let made = app.officer_of(&branch).post(SHEETS, sheet(&app, &branch, vec![year(&people[0])]), 201);
    assert_eq!(made["kept_vnd"], 6_000);
    let here = app.officer_of(HERE);
    assert_eq!(owed(&here, HERE).len(), 2);
    reverse(&app, &branch, &made["code"], 200);
    assert_eq!((owed(&here, HERE), cash(&app, &branch)), (Vec::new(), 0));
    app.officer_of(&branch).post(SHEETS, sheet(&app, &branch, vec![year(&people[0])]), 201);
    assert_eq!(owed(&here, HERE).len(), 2);
    sound(&app);
}
