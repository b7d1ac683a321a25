//! Donors of blood: their histories, their certificates, and who may know of them.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::blood_rules::{AboGroup, Component, Din, RhFactor};
use so_nhan_ai::donors::{self, DonationId, DonationProof, DonorId, Given, Recorded, callable};
use so_nhan_ai::tree::ChapterId;
use uuid::Uuid;

use crate::coverage::{Call, call};
use crate::examples::Story;
use crate::harness::{Caller, TestApp};
use crate::personal::{REQUESTS, ask, path};
use crate::persons::record;
use crate::portal::page;
use crate::volunteers::{audited, wrong};

pub const DONORS: &str = "/api/v1/donors";
/// A certificate that stands, once [`some_certificate`] put it there.
pub const SERIAL: &str = "HM0012345";
pub const DAY: &str = "2026-06-14";

pub fn at(id: impl std::fmt::Display) -> String {
    format!("{DONORS}/{id}")
}

/// A donor as a client sends one.
pub fn donor(change: Value) -> Value {
    let mut body = json!({"id": Uuid::new_v4(), "chapter": "23095"});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

/// Enters somebody; the donor's id.
pub fn entered(officer: &Caller<'_>, change: Value) -> String {
    officer.post(DONORS, donor(change), 201)["id"].as_str().unwrap().to_owned()
}

/// A donation with a certificate that was seen.
pub fn donation(change: Value) -> Value {
    let mut body = json!({"id": Uuid::new_v4(), "day": DAY, "component": "WHOLE_BLOOD", "volume_ml": 350, "centre": "LAM_DONG", "proof": "PAPER"});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

/// Somebody with a certificate that everybody who holds it may check; the donor's id and the certificate's code.
pub fn some_certificate(app: &TestApp) -> (String, String) {
    let officer = app.officer_of("23095");
    let one = entered(&officer, json!({"name": "Người Hiến Máu"}));
    let shown = officer.post(&format!("{}/donations", at(&one)), donation(json!({"serial": "HM 0012345"})), 201);
    (one, shown["certificates"][0]["code"].as_str().unwrap().to_owned())
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let (one, certificate) = some_certificate(app);
    let person = record(&officer, json!({"name": "Người Sẽ Hiến"}));
    let mistaken = donation(json!({"day": "2025-01-01"}));
    officer.post(&format!("{}/donations", at(&one)), mistaken.clone(), 201);
    let withdrawal = format!("{}/donations/{}/withdrawal", at(&one), mistaken["id"].as_str().unwrap());
    let back = json!({"id": Uuid::new_v4(), "certificate": certificate, "volume_ml": 250, "day": app.today()});
    let another = donation(json!({"day": "2024-01-01", "proof": "SAID"}));
    let (drive, _) = crate::blood_days::compared(app, &officer, "Người Ở Ngày Hiến", 59_001);
    crate::blood_days::agreed(app, &officer, &drive);
    let drive = |rest: &str| format!("/api/v1/drives/{drive}{rest}");
    vec![
        call("GET /api/v1/drives/{code}/donations", drive("/donations"), None, 404, 403, 200),
        call("GET /api/v1/drives/{code}/certificates/file", drive("/certificates/file"), None, 404, 403, 200),
        call(
            "GET /api/v1/donors/{id}/certificates/{code}/file",
            format!("{}/certificates/{certificate}/file", at(&one)),
            None,
            404,
            403,
            200,
        ),
        call("POST /api/v1/donors", DONORS.to_owned(), Some(donor(json!({"person": person}))), 404, 403, 201),
        call("GET /api/v1/donors", format!("{DONORS}?chapter=23095"), None, 404, 403, 200),
        call("GET /api/v1/donors/{id}", at(&one), None, 404, 403, 200),
        call("PATCH /api/v1/donors/{id}", at(&one), Some(json!({"willing": true})), 404, 403, 200),
        call("POST /api/v1/donors/{id}/donations", format!("{}/donations", at(&one)), Some(another), 404, 403, 201),
        call("POST /api/v1/donors/{id}/donations/{donation}/withdrawal", withdrawal, Some(Value::Null), 404, 403, 200),
        call("POST /api/v1/donors/{id}/redemptions", format!("{}/redemptions", at(&one)), Some(back), 404, 403, 201),
    ]
}

/// Sends the examples of the room.
pub fn examples(story: &mut Story, app: &TestApp) {
    let officer = app.staff(Role::BloodOfficer, "23095");
    let one = "/donors/4f6a1c0e-52a5-4b0b-9c39-6d1f0b7a2e11";
    story.post(&officer, "/donors", "enter_donor", "new_person", 201);
    let body = story.body("change_donor", "willing", Value::Null);
    officer.patch(&format!("/api/v1{one}"), body, 200);
    let shown = story.post(&officer, &format!("{one}/donations"), "enter_donation", "with_certificate", 201);
    let code = shown["certificates"][0]["code"].clone();
    let body = story.body("redeem_blood", "hospital", json!({"certificate": code}));
    officer.post(&format!("/api/v1{one}/redemptions"), body, 201);
}

/// So many donors at Hàm Liêm.
pub fn fill(app: &TestApp, most: usize) {
    let officer = app.officer_of("23095");
    for n in 0..most {
        entered(&officer, json!({"name": format!("Người Hiến {n}")}));
    }
}

/// Something of a person in every store of the room.
pub fn held(officer: &Caller<'_>, person: &str) {
    let one = entered(officer, json!({"person": person, "willing": true}));
    let of = json!({"serial": format!("XQZ {}", &one[..8]), "abo": "B", "rh": "NEGATIVE"});
    let shown = officer.post(&format!("{}/donations", at(&one)), donation(of), 201);
    let code = shown["certificates"][0]["code"].clone();
    let back =
        json!({"id": Uuid::new_v4(), "certificate": code, "volume_ml": 100, "day": "2026-07-01", "facility": "Bệnh viện Xqz"});
    officer.post(&format!("{}/redemptions", at(&one)), back, 201);
}

fn next(shown: &Value, component: &str) -> Value {
    shown["next"].as_array().unwrap().iter().find(|next| next["component"] == component).unwrap().clone()
}

#[test]
fn a_donor_has_a_history_and_a_day_from_which_on_they_may_give_again() {
    let app = TestApp::start();
    // Whoever is given nothing but the donors enters, finds and shows them.
    let officer = app.staff(Role::BloodOfficer, "23095");
    let body =
        donor(json!({"name": "Nguyễn Thị Lan", "phone": "0912345678", "birth": "1988-05-01", "sex": "FEMALE", "willing": true}));
    let one = officer.post(DONORS, body.clone(), 201);
    assert_eq!((&one["name"], &one["willing"], &one["donations"]), (&json!("Nguyễn Thị Lan"), &json!(true), &json!(0)));
    assert_eq!(officer.post(DONORS, body.clone(), 200)["id"], body["id"]);
    let path = at(body["id"].as_str().unwrap());
    let given = donation(json!({"din": "g1234 89 654321 y", "serial": "HM 0012345", "abo": "B", "rh": "NEGATIVE"}));
    let shown = officer.post(&format!("{path}/donations"), given.clone(), 201);
    assert_eq!(officer.post(&format!("{path}/donations"), given, 200)["donations"], 1);
    assert_eq!((&shown["history"][0]["din"], &shown["history"][0]["volume_ml"]), (&json!("G1234 89 654321 Y"), &json!(350)));
    // One test says nothing of a group; the second, on another day, confirms it.
    assert!(shown.get("abo").is_none() && shown["group_tests"] == 1);
    let platelets = json!({"day": "2026-09-10", "component": "PLATELETS", "volume_ml": 250, "abo": "B", "rh": "NEGATIVE"});
    let shown = officer.post(&format!("{path}/donations"), donation(platelets), 201);
    assert_eq!((&shown["abo"], &shown["rh"], &shown["donations"]), (&json!("B"), &json!("NEGATIVE"), &json!(2)));
    // By the component given last: two weeks after platelets; and by the rules of an earlier day, twelve weeks after whole blood.
    let then = officer.get(&format!("{path}?on=2026-06-20"), 200);
    let whole = next(&then, "WHOLE_BLOOD");
    assert_eq!((&whole["from"], &then["rules_of"]), (&json!("2026-09-06"), &json!("2026-06-20")));
    assert!(whole["because"][0]["law_vi"].as_str().unwrap().contains("26/2013"), "{whole}");
    let then = officer.get(&format!("{path}?on=2026-09-12"), 200);
    assert_eq!(next(&then, "WHOLE_BLOOD")["from"], "2026-09-24");
    // A test that does not agree begins anew.
    let other = json!({"day": "2026-10-10", "abo": "A", "rh": "NEGATIVE"});
    let shown = officer.post(&format!("{path}/donations"), donation(other), 201);
    assert!(shown.get("abo").is_none() && shown["group_tests"] == 1, "{shown}");
    // Found by words of the name and by the number, without marks; not by whom else.
    let found = |q: &str| officer.get(&format!("{DONORS}?chapter=23095&q={q}"), 200)["items"].as_array().unwrap().len();
    assert_eq!((found("lan%20nguyen"), found("5678"), found("hoa")), (1, 1, 0));
    let looks = "SELECT count(*) FROM audit_event WHERE action = 'PERSONS_SEARCHED'";
    assert_eq!(app.database.number(looks), 3);
    officer.get(&path, 200);
    assert!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'DONOR_READ'") >= 3);
    audited(&app);
}

#[test]
fn who_may_not_see_donors_learns_nothing_and_it_is_noted() {
    let app = TestApp::start();
    let officer = app.staff(Role::BloodOfficer, "23095");
    let one = entered(&officer, json!({"name": "Nguyễn Thị Lan"}));
    let refused = || app.database.number("SELECT count(*) FROM audit_event WHERE action = 'PERSON_READ_REFUSED'");
    for (role, chapter, status) in [
        (Role::BloodOfficer, "23059", 404),
        (Role::BloodOfficer, "68", 403),
        (Role::Accountant, "23095", 403),
        (Role::ProvincialAdministrator, "68", 403),
        (Role::Inspector, "68", 403),
        (Role::ChapterChair, "23095", 200),
    ] {
        let (before, caller) = (refused(), app.staff(role, chapter));
        caller.get(&at(&one), status);
        assert_eq!(refused() - before, i64::from(status != 200), "{role:?} of {chapter}");
        caller.get(&format!("{DONORS}?chapter=23095"), status);
        caller.get(&format!("{DONORS}?chapter=23095&q=lan"), status);
    }
    // Who keeps donors sees no other persons.
    let person = record(&app.officer_of("23095"), json!({"name": "Người Khác"}));
    officer.get(&format!("/api/v1/persons/{person}"), 403);
    assert_eq!(officer.get(&format!("{DONORS}?chapter=23095&q=nguoi%20khac"), 200)["items"], json!([]));
}

#[test]
fn what_is_wrong_is_said_field_by_field() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let one = entered(&officer, json!({"name": "Nguyễn Thị Lan"}));
    let person = officer.get(&at(&one), 200)["person"].clone();
    officer.post(DONORS, donor(json!({"person": person})), 409);
    let both = officer.post(DONORS, donor(json!({"person": person, "name": "Lan"})), 422);
    assert_eq!(wrong(&both), [("/person".to_owned(), "ONE_OF_TWO".to_owned())]);
    let mut timed = donor(json!({"name": "Lan"}));
    timed["id"] = json!(Uuid::now_v7());
    assert_eq!(wrong(&officer.post(DONORS, timed, 422))[0].1, "NOT_RANDOM");
    let donations = format!("{}/donations", at(&one));
    for (change, code) in [
        (json!({"day": app.today() + Days::new(1)}), "IN_THE_FUTURE"),
        (json!({"day": "1930-01-01"}), "TOO_EARLY"),
        (json!({"volume_ml": 0}), "OUT_OF_RANGE"),
        (json!({"din": "G123489654321X"}), "WRONG_CHECK"),
        (json!({"din": "G123489654321"}), "NO_CHECK"),
        (json!({"din": "abc"}), "NOT_A_DIN"),
        (json!({"abo": "B"}), "MISSING"),
        (json!({"proof": "CENTRE"}), "NOT_A_CHOICE"),
        (json!({"serial": "số 12"}), "NOT_A_SERIAL"),
        (json!({"serial": "HM 1", "volume_ml": null}), "MISSING"),
        (json!({"centre": "NOWHERE"}), "NO_SUCH_CENTRE"),
    ] {
        let problem = officer.post(&donations, donation(change.clone()), 422);
        assert_eq!(wrong(&problem)[0].1, code, "{change}");
    }
    // A number is given once in the country, a serial once by a centre, a component once a day.
    officer.post(&donations, donation(json!({"din": "G123489654321Y", "serial": "HM 1"})), 201);
    officer.post(&donations, donation(json!({})), 409);
    let elsewhere = app.officer_of("23059");
    let other = entered(&elsewhere, json!({"chapter": "23059", "name": "Người Khác"}));
    let others = format!("{}/donations", at(&other));
    assert_eq!(wrong(&elsewhere.post(&others, donation(json!({"din": "=G12348965432100"})), 422))[0].1, "DIN_TAKEN");
    assert_eq!(wrong(&elsewhere.post(&others, donation(json!({"serial": "hm-1"})), 422))[0].1, "SERIAL_TAKEN");
    audited(&app);
}

#[test]
fn a_certificate_is_checked_by_serial_and_day_and_guessing_tells_nothing() {
    let app = TestApp::start();
    let (one, code) = some_certificate(&app);
    let asked = |rest: &str| format!("/api/v1/public/blood-certificates?{rest}");
    let good = app.anonymous().get(&asked("serial=hm%200012-345&given_on=2026-06-14"), 200);
    assert_eq!((&good["code"], &good["volume_ml"], &good["centre"]), (&json!(code), &json!(350), &json!("LAM_DONG")));
    assert!(!good.to_string().contains("Người"), "{good}");
    let answer = |rest: &str| {
        let answer = app.anonymous().send("GET", &asked(rest), None);
        let mut said = answer.json();
        said.as_object_mut().unwrap().retain(|name, _| name != "request_id" && name != "instance");
        (answer.status, said, answer.header("cache-control").map(str::to_owned))
    };
    // Another day, another serial, no serial at all: one answer.
    let other_day = answer("serial=HM0012345&given_on=2026-06-15");
    assert_eq!(other_day.0, 404);
    for rest in
        ["serial=HM0012346&given_on=2026-06-14", "serial=s%E1%BB%91%2012&given_on=2026-06-14", "serial=&given_on=2026-06-14"]
    {
        assert_eq!(answer(rest), other_day, "{rest}");
    }
    app.anonymous().get(&asked("serial=HM0012345"), 422);
    app.anonymous().get(&asked("given_on=2026-06-14"), 422);
    // The QR code leads to the form and says nothing without them.
    let form = page(&app, &format!("/g/{code}"));
    assert!(form.contains("/giay-hien-mau") && !form.contains("350"), "{form}");
    let found = page(&app, "/giay-hien-mau?so=HM0012345&ngay=2026-06-14");
    assert!(found.contains("350 ml") && found.contains("có giá trị"), "{found}");
    let none = page(&app, "/giay-hien-mau?so=HM0012345&ngay=2026-06-13");
    assert!(none.contains("Không có giấy như vậy"), "{none}");
    // Taken back, it is as if it had never been.
    let officer = app.officer_of("23095");
    let donation = officer.get(&at(&one), 200)["history"][0]["id"].as_str().unwrap().to_owned();
    officer.post(&format!("{}/donations/{donation}/withdrawal", at(&one)), Value::Null, 200);
    assert_eq!(answer("serial=HM0012345&given_on=2026-06-14"), other_day);
    audited(&app);
}

#[test]
fn blood_is_given_back_up_to_what_was_given() {
    let app = TestApp::start();
    let (one, code) = some_certificate(&app);
    let officer = app.officer_of("23095");
    let redemptions = format!("{}/redemptions", at(&one));
    let back = |ml: i64, day: &str| json!({"id": Uuid::new_v4(), "certificate": code, "volume_ml": ml, "day": day, "facility": "Bệnh viện Xqz"});
    let first = back(250, "2026-07-01");
    assert_eq!(officer.post(&redemptions, first.clone(), 201)["certificates"][0]["redeemed_ml"], 250);
    officer.post(&redemptions, first, 200);
    assert_eq!(wrong(&officer.post(&redemptions, back(101, "2026-07-01"), 422))[0].1, "MORE_THAN_GIVEN");
    assert_eq!(wrong(&officer.post(&redemptions, back(10, "2026-06-13"), 422))[0].1, "BEFORE_GIVING");
    officer.post(&redemptions, back(100, "2026-07-02"), 201);
    let checked = format!("/api/v1/public/blood-certificates?serial={SERIAL}&given_on={DAY}");
    assert_eq!(app.anonymous().get(&checked, 200)["redeemed_ml"], 350);
    assert_eq!(app.database.number("SELECT count(*) FROM blood_redemption WHERE facility LIKE '%Xqz%'::bytea"), 0, "sealed");
    audited(&app);
}

#[test]
fn an_erased_donor_leaves_what_was_counted_and_a_certificate_that_is_good() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let person = record(&officer, json!({"name": "Phạm Thị Quỳnhxqz Hương", "phone": "0987654077"}));
    held(&officer, &person);
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].as_str().unwrap().to_owned();
    let copy = officer.get(&format!("/api/v1/persons/{person}/personal-data"), 200).to_string();
    for said in ["DONOR", "B NEGATIVE", "350 ml", "XQZ", "Bệnh viện Xqz"] {
        assert!(copy.contains(said), "{said}: {copy}");
    }
    let request = ask(&app, "ERASE", json!({"party": party}));
    let asked = officer.post(REQUESTS, request.clone(), 201);
    if asked["state"] != "DONE" {
        chair.post(&path(&request, "/approval"), json!(null), 200);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM donation WHERE donor_id IS NULL AND stands AND volume_ml = 350"), 1);
    assert_eq!(app.database.text("SELECT state || donations FROM donor"), "ERASED0");
    let serial = app.database.text("SELECT serial_key FROM blood_certificate");
    app.anonymous().get(&format!("/api/v1/public/blood-certificates?serial={serial}&given_on={DAY}"), 200);
    let one = app.database.text("SELECT id FROM donor");
    let shown = officer.get(&at(&one), 200);
    assert!(shown.get("name").is_none() && shown["history"] == json!([]), "{shown}");
    officer.post(&format!("{}/donations", at(&one)), donation(json!({})), 409);
    audited(&app);
}

/// What a centre's list brings, thousands at once: numbers once in the country, groups confirmed by two days, who may be called found.
#[test]
fn many_are_recorded_at_once_and_found_for_a_call() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let ids: Vec<DonorId> = (0..4)
        .map(|n| DonorId(entered(&officer, json!({"name": format!("Người Hiến {n}"), "willing": n != 3})).parse().unwrap()))
        .collect();
    let chapter: Uuid = app.database.text("SELECT id FROM chapter WHERE code = '23095'").parse().unwrap();
    let account: Uuid = app.database.text("SELECT recorded_by FROM donor LIMIT 1").parse().unwrap();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let given = |donor: usize, on: &str, n: u32| Given {
        id: DonationId(Uuid::new_v4()),
        donor: Some(ids[donor]),
        drive: None,
        day: day(on),
        component: Component::WholeBlood,
        volume_ml: Some(350),
        din: Some(Din::read(&format!("G123426{n:06}")).unwrap()),
        centre: Some("LAM_DONG".to_owned()),
        sex: None,
        age: Some(30),
        group: Some((AboGroup::B, if donor == 1 { RhFactor::Positive } else { RhFactor::Negative })),
        proof: DonationProof::Centre,
        request_hash: Vec::new(),
        replaces: None,
    };
    let mut all: Vec<Given> =
        (0..4).flat_map(|n| [given(n, "2026-01-10", n as u32), given(n, "2026-06-10", 10 + n as u32)]).collect();
    let mut conn = app.database.connect();
    let mut write = |all: &[Given]| donors::record(&mut conn, ChapterId(chapter), (account, app.now()), all).unwrap();
    assert!(write(&all).iter().all(|became| *became == Recorded::New));
    assert!(write(&all).iter().all(|became| *became == Recorded::Again), "the same list again is the same list");
    // The number of another's donation, and the same day again under another number.
    all.truncate(2);
    (all[0].id, all[0].day) = (DonationId(Uuid::new_v4()), day("2025-01-01"));
    (all[1].id, all[1].din) = (DonationId(Uuid::new_v4()), Some(Din::read("G123426999999").unwrap()));
    assert_eq!(write(&all), [Recorded::NumberTaken, Recorded::SameDay]);
    let mut conn = app.database.connect();
    let mut found = |by: &str| {
        let wanted = callable::Wanted {
            group: (AboGroup::B, RhFactor::Negative),
            day: app.today(),
            given_by: &[(Component::WholeBlood, day(by))],
            not: &[ids[2].0],
            most: 10,
        };
        let donors = |found: Vec<callable::Near>| found.into_iter().map(|near| near.donor).collect::<Vec<_>>();
        let near = donors(callable::near(&mut conn, &[chapter], &wanted).unwrap());
        assert_eq!(donors(callable::anywhere(&mut conn, &[], &wanted).unwrap()), near, "the country is read in another way");
        assert!(callable::anywhere(&mut conn, &[chapter], &wanted).unwrap().is_empty(), "and not where somebody looked already");
        let all: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        assert_eq!(donors(callable::among(&mut conn, &all, &wanted).unwrap()), near);
        near
    };
    assert_eq!(found("2026-06-10"), [ids[0]], "not Rh+, not who was left out, not who is unwilling");
    assert!(found("2026-06-09").is_empty(), "too soon");
    let mut conn = app.database.connect();
    let times = donors::times(&mut conn, &[chapter], &[DonationProof::Centre], app.today(), 2).unwrap();
    assert_eq!((times.len(), times[0].times), (4, 2));
    assert!(donors::times(&mut conn, &[chapter], &[DonationProof::Said], app.today(), 1).unwrap().is_empty());
    // Put off by the centre, nobody calls them.
    donors::defer(&mut app.database.connect(), &[(ids[0], app.today())]).unwrap();
    assert!(found("2026-06-10").is_empty());
    audited(&app);
}
