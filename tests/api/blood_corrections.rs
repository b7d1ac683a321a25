//! What a blood centre corrects of a drive that is reconciled: asked by one, decided by another, and everything follows in one moment.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::blood_days::{agreed, begun, booked, check_in, compared, gave, item, kept, of_today};
use crate::coverage::{Call, call};
use crate::donors::at as donor_at;
use crate::drives::at;
use crate::examples::Story;
use crate::harness::{Caller, TestApp};
use crate::volunteers::{audited, wrong};

pub fn at_correction(id: &Value, rest: &str) -> String {
    format!("/api/v1/drive-corrections/{}{rest}", id.as_str().unwrap())
}

/// A correction of the first version of a result.
pub fn correction(pieces: Value) -> Value {
    json!({"id": Uuid::new_v4(), "version": 1, "source": "Công văn 112/TTTM ngày 21/11/2026", "pieces": pieces})
}

/// Who gives, by number: a name without digits.
pub fn name(n: usize) -> String {
    let given = ["An", "Bình", "Chi", "Dũng", "Em", "Phú", "Giang", "Hoa", "Lan", "Mai"];
    format!("Nguyễn Thị {}", given[n % given.len()])
}

/// A drive of today that is reconciled: eight gave 350 ml, numbers `from + 1` on, and five were put off; its code.
pub fn reconciled(app: &TestApp, officer: &Caller<'_>, from: u32) -> String {
    let code = of_today(app, officer);
    let people: Vec<(String, String)> = (0..13).map(|n| (name(n), format!("09{:08}", from as usize * 100 + n))).collect();
    let ids: Vec<String> = people.iter().map(|(name, phone)| booked(officer, &code, name, phone)).collect();
    begun(officer, &code);
    check_in(officer, &code, ids.iter().map(|id| item(json!({"booking": id}))).collect());
    let row = |(n, (name, phone)): (usize, &(String, String))| match n {
        ..8 => gave(name, phone, 350, from + n as u32 + 1),
        _ => format!("{name};1990;Nữ;{phone};Hoãn;huyết áp;;;;;\n"),
    };
    let rows: String = people.iter().enumerate().map(row).collect();
    kept(officer, &code, &rows);
    let done = agreed(app, officer, &code);
    assert_eq!((&done["came"], &done["gave"], &done["version"]), (&json!(13), &json!(8), &json!(1)), "{done}");
    code
}

/// What was given at a drive, in the order of the numbers on the bags; what stands alone.
pub fn given(officer: &Caller<'_>, code: &str) -> Vec<Value> {
    let list = officer.get(&at(code, "/donations?limit=200"), 200);
    let mut all: Vec<Value> = list["items"].as_array().unwrap().iter().filter(|one| one["stands"] == true).cloned().collect();
    all.sort_by_key(|one| one["din"].to_string());
    all
}

/// Asks for a correction, and has it approved; as it is then.
pub fn corrected(app: &TestApp, officer: &Caller<'_>, code: &str, body: &Value) -> Value {
    let chair = app.chair_of("23095");
    assert_eq!(officer.post(&at(code, "/corrections"), body.clone(), 201)["state"], "ASKED");
    chair.post(&at_correction(&body["id"], "/approval"), Value::Null, 200)
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    app.chair_of("23095");
    let of = |n: u32| {
        let (code, _) = compared(app, &officer, &name(n as usize), 60_000 + n);
        agreed(app, &officer, &code);
        let donation = given(&officer, &code)[0]["id"].clone();
        let body = correction(json!([{"kind": "OTHER_VOLUME", "donation": donation, "volume_ml": 250}]));
        (code, body)
    };
    let asked = |n: u32| {
        let (code, body) = of(n);
        officer.post(&at(&code, "/corrections"), body.clone(), 201);
        (code, body["id"].clone())
    };
    let (fresh, body) = of(1);
    let ((first, one), (_, two), (_, three)) = (asked(2), asked(3), asked(4));
    vec![
        call("POST /api/v1/drives/{code}/corrections", at(&fresh, "/corrections"), Some(body), 404, 403, 201),
        call("GET /api/v1/drives/{code}/corrections", at(&first, "/corrections"), None, 404, 200, 200),
        call("GET /api/v1/drive-corrections/{id}", at_correction(&one, ""), None, 404, 200, 200),
        call("GET /api/v1/drive-corrections/{id}/pieces", at_correction(&one, "/pieces"), None, 404, 403, 200),
        call("POST /api/v1/drive-corrections/{id}/approval", at_correction(&one, "/approval"), Some(Value::Null), 404, 403, 200),
        call("POST /api/v1/drive-corrections/{id}/refusal", at_correction(&two, "/refusal"), Some(Value::Null), 404, 403, 200),
        call(
            "POST /api/v1/drive-corrections/{id}/withdrawal",
            at_correction(&three, "/withdrawal"),
            Some(Value::Null),
            404,
            403,
            200,
        ),
    ]
}

/// Sends the examples of the room.
pub fn examples(story: &mut Story, app: &TestApp) {
    let (officer, _) = (app.officer_of("23095"), app.chair_of("23095"));
    let (code, _) = compared(app, &officer, "Nguyễn Thị Lan", 80_101);
    agreed(app, &officer, &code);
    story.post(&officer, &format!("/drives/{code}/corrections"), "request_drive_correction", "volume_and_one_more", 201);
}

/// Fifty corrections of the drive of a code that came to nothing, and as many donations, for the lists.
pub fn fill(app: &TestApp, code: &str) {
    app.database.execute(&format!(
        "INSERT INTO drive_correction (id, drive_id, chapter_id, source, version, state, requested_by, requested_at, decided_by, decided_at)
         SELECT gen_random_uuid(), id, chapter_id, 'Công văn', 1, 'WITHDRAWN', recorded_by, now(), recorded_by, now() FROM drive, generate_series(1, 52)
         WHERE code = '{code}';
         INSERT INTO drive_correction_item (correction_id, n, kind, booking_id)
         SELECT c.id, 0, 'ALSO_CAME', (SELECT b.id FROM booking b WHERE b.drive_id = c.drive_id LIMIT 1) FROM drive_correction c JOIN drive d ON d.id = c.drive_id
         WHERE d.code = '{code}';
         INSERT INTO donation (id, chapter_id, drive_id, day, component, volume_ml, proof, stands, request_hash, recorded_by, recorded_at)
         SELECT gen_random_uuid(), chapter_id, id, day, 'WHOLE_BLOOD', 350, 'CENTRE', true, '', recorded_by, now() FROM drive, generate_series(1, 52)
         WHERE code = '{code}'"
    ));
}

/// A correction that waits and names somebody.
pub fn naming(app: &TestApp, officer: &Caller<'_>, name: &str, phone: &str) {
    let (code, _) = compared(app, officer, "Người Đã Hiến", 61_001);
    agreed(app, officer, &code);
    let piece = json!([{"kind": "ALSO_GAVE", "name": name, "contact": phone, "volume_ml": 350}]);
    officer.post(&at(&code, "/corrections"), correction(piece), 201);
}

#[test]
fn a_correction_puts_right_what_was_given_what_was_counted_and_what_was_stated() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = reconciled(&app, &officer, 62_000);
    let first = officer.post(&at(&code, "/result"), Value::Null, 200);
    assert_eq!((&first["units"], &first["ml"], &first["deferred"]), (&json!(8), &json!(2_800), &json!(5)));
    let all = given(&officer, &code);
    let [volume, twice, other] = [&all[0], &all[1], &all[2]];
    let body = correction(json!([
        {"kind": "OTHER_VOLUME", "din": "=G12342606200100", "volume_ml": 250},
        {"kind": "NOT_GIVEN", "donation": twice["id"], "why": "COUNTED_TWICE"},
        {"kind": "OTHER_DONOR", "donation": other["id"], "name": "Trần Văn Khác", "contact": "0977000001", "birth": "1995-03-08", "sex": "MALE",
            "abo": "A", "rh": "NEGATIVE", "serial": "HM 962003"},
        {"kind": "ALSO_GAVE", "name": "Lê Văn Thêm", "contact": "0977000002", "birth": "1990", "sex": "MALE", "volume_ml": 450,
            "din": "=G12342606209900", "serial": "HM 962099"}
    ]));
    let asked = officer.post(&at(&code, "/corrections"), body.clone(), 201);
    assert_eq!((&asked["by"]["gave"], &asked["by"]["ml"], asked["by"].get("came")), (&json!(0), &json!(450 - 100 - 350), None));
    assert_eq!(asked["kinds"].as_array().unwrap().len(), 4, "{asked}");
    assert_eq!(officer.post(&at(&code, "/corrections"), body.clone(), 200), asked, "sent again it is asked once");
    let mut another = body.clone();
    another["pieces"][3]["name"] = json!("Người Nào Đó");
    officer.post(&at(&code, "/corrections"), another, 422);
    officer.post(
        &at(&code, "/corrections"),
        correction(json!([{"kind": "OTHER_VOLUME", "donation": other["id"], "volume_ml": 250}])),
        409,
    );
    // Nothing is done before a second person agrees, and they see counts alone.
    assert_eq!(officer.get(&at(&code, "/reconciliation"), 200)["ml"], 2_800);
    let accountant = app.accountant_of("23095");
    let shown = accountant.get(&at_correction(&body["id"], ""), 200).to_string();
    assert!(!shown.contains("Trần") && !shown.contains("Thêm"), "{shown}");
    accountant.get(&at_correction(&body["id"], "/pieces"), 403);
    assert!(accountant.get("/api/v1/decisions?chapter=23095", 200).to_string().contains("DRIVE_CORRECTION"));
    let pieces = officer.get(&at_correction(&body["id"], "/pieces"), 200);
    assert_eq!((&pieces[2]["name"], &pieces[3]["volume_ml"]), (&json!("Trần Văn Khác"), &json!(450)));
    officer.post(&at_correction(&body["id"], "/approval"), Value::Null, 403);
    let done = accountant.post(&at_correction(&body["id"], "/approval"), Value::Null, 200);
    let by = &done["by"];
    assert_eq!(
        (&by["registered"], &by["came"], &by["gave"], &by["deferred"], &by["ml"]),
        (&json!(0), &json!(1), &json!(0), &json!(0), &json!(0)),
        "{done}"
    );
    assert_eq!((accountant.post(&at_correction(&body["id"], "/approval"), Value::Null, 200)["state"].clone()), json!("APPROVED"));
    accountant.post(&at_correction(&body["id"], "/refusal"), Value::Null, 409);
    let counts = officer.get(&at(&code, "/reconciliation"), 200);
    assert_eq!(
        (&counts["version"], &counts["came"], &counts["gave"], &counts["ml"]),
        (&json!(2), &json!(14), &json!(8), &json!(2_800))
    );
    // The statement is replaced in sight, and so are the sums.
    let result = app.anonymous().get(&format!("/api/v1/public/blood-results/drives/{code}"), 200);
    assert_eq!((&result["statement"], &result["replaces"]), (&done["statement"], &json!([first["statement"]])));
    assert_eq!((&result["came"], &result["units"]), (&json!(14), &json!(8)));
    assert!(result.get("ml").is_none(), "one of 250 and one of 450 are few: {result}");
    assert_eq!(app.anonymous().get(first["href"].as_str().unwrap(), 200)["units"], 8);
    // Donations and certificates.
    let now = given(&officer, &code);
    assert_eq!(now.len(), 8);
    let find = |din: &str| now.iter().find(|one| one["din"].as_str().is_some_and(|text| text.starts_with(din))).unwrap();
    let (smaller, moved, found) = (find("G1234 26 062001"), find("G1234 26 062003"), find("G1234 26 062099"));
    assert_eq!((&smaller["replaces"], &smaller["volume_ml"], &smaller["name"]), (&volume["id"], &json!(250), &volume["name"]));
    assert_ne!(smaller["certificate"]["code"], volume["certificate"]["code"], "another paper, another code");
    assert_eq!(
        (&moved["replaces"], &moved["name"], &found["name"]),
        (&other["id"], &json!("Trần Văn Khác"), &json!("Lê Văn Thêm"))
    );
    let check = |serial: &str, status: u16| {
        app.anonymous().get(&format!("/api/v1/public/blood-certificates?serial={serial}&given_on={}", app.today()), status)
    };
    assert_eq!(
        (check("HM062001", 200)["volume_ml"].clone(), check("HM962099", 200)["volume_ml"].clone()),
        (json!(250), json!(450))
    );
    check("HM062002", 404);
    check("HM062003", 404);
    let gone = officer.get(&donor_at(twice["donor"].as_str().unwrap()), 200);
    assert_eq!((&gone["donations"], &gone["history"][0]["stands"], &gone["group_tests"]), (&json!(0), &json!(false), &json!(0)));
    // Who and when is said; who it was is said nowhere else any more.
    let list = officer.get(&at(&code, "/corrections"), 200);
    let one = &list["items"][0];
    assert!(one["requested_by"].is_string() && one["decided_by"].is_string() && one["decided_at"].is_string(), "{one}");
    assert_eq!(app.database.number("SELECT count(*) FROM drive_correction_item WHERE content IS NOT NULL"), 0);
    audited(&app);
}

#[test]
fn what_cannot_be_corrected_so_is_said_at_once() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let code = reconciled(&app, &officer, 63_000);
    let path = at(&code, "/corrections");
    let all = given(&officer, &code);
    let said = |pieces: Value| wrong(&officer.post(&path, correction(pieces), 422));
    let place = |field: &str, what: &str| (format!("/pieces/0/{field}"), what.to_owned());
    for (piece, at, what) in [
        (json!({"kind": "OTHER_VOLUME", "donation": all[0]["id"], "volume_ml": 350}), "volume_ml", "SAME_AS_BEFORE"),
        (json!({"kind": "OTHER_VOLUME", "donation": Uuid::new_v4(), "volume_ml": 250}), "donation", "NO_SUCH_DONATION"),
        (json!({"kind": "NOT_GIVEN", "din": "=G12342699999900", "why": "NEVER_GIVEN"}), "din", "NO_SUCH_DONATION"),
        (json!({"kind": "NOT_GIVEN", "donation": all[0]["id"]}), "why", "MISSING"),
        (json!({"kind": "OTHER_VOLUME", "volume_ml": 250}), "donation", "ONE_OF_TWO"),
        (json!({"kind": "OTHER_DONOR", "donation": all[0]["id"]}), "name", "MISSING"),
        (json!({"kind": "NOT_GIVEN", "donation": all[0]["id"], "why": "NEVER_GIVEN", "volume_ml": 1}), "volume_ml", "NOT_NEEDED"),
        (json!({"kind": "ALSO_GAVE", "name": "Lê An", "volume_ml": 350, "din": "=G12342606300100"}), "din", "DIN_TAKEN"),
        (json!({"kind": "ALSO_GAVE", "name": "Lê An", "volume_ml": 3_000}), "volume_ml", "OUT_OF_RANGE"),
        (json!({"kind": "ALSO_GAVE", "name": "Lê An", "volume_ml": 350, "row": 2}), "row", "NOT_A_CHOICE"),
        (json!({"kind": "ALSO_GAVE", "name": "Lê An", "volume_ml": 350, "abo": "A"}), "rh", "MISSING"),
        (json!({"kind": "ALSO_CAME", "booking": Uuid::new_v4()}), "booking", "NO_SUCH_BOOKING"),
    ] {
        assert_eq!(said(json!([piece])), [place(at, what)], "{piece}");
    }
    // Whoever the list has already is counted once: under another donation, or as put off.
    let bookings = crate::drives::bookings(&officer, &code);
    let booking = |of: &Value| bookings.iter().find(|one| one["contact"] == *of).unwrap()["id"].clone();
    let (other, put_off) = (booking(&json!("0906300001")), booking(&json!("0906300008")));
    let here = json!({"kind": "OTHER_DONOR", "donation": all[0]["id"], "booking": other});
    assert_eq!(said(json!([here])), [place("booking", "TWICE")]);
    let gave = json!({"kind": "ALSO_GAVE", "booking": put_off, "volume_ml": 350});
    assert_eq!(said(json!([gave])), [place("booking", "TWICE")]);
    let twice = json!({"kind": "NOT_GIVEN", "donation": all[0]["id"], "why": "NEVER_GIVEN"});
    assert_eq!(said(json!([twice, twice])), [("/pieces/1/donation".to_owned(), "TWICE".to_owned())]);
    assert_eq!(said(json!([])), [("/pieces".to_owned(), "OUT_OF_RANGE".to_owned())]);
    // A drive that is not reconciled is settled where it is.
    let (open, _) = compared(&app, &officer, "Nguyễn Thị Lan", 63_101);
    officer.post(&at(&open, "/corrections"), correction(json!([twice])), 409);
    // What was read before a correction is read again; a correction that came to nothing changes nothing.
    let body = correction(json!([{"kind": "OTHER_VOLUME", "donation": all[0]["id"], "volume_ml": 250}]));
    officer.post(&path, body.clone(), 201);
    assert_eq!(chair.post(&at_correction(&body["id"], "/refusal"), Value::Null, 200)["state"], "REFUSED");
    assert_eq!(officer.get(&at(&code, "/reconciliation"), 200)["version"], 1);
    let body = correction(json!([{"kind": "OTHER_VOLUME", "donation": all[0]["id"], "volume_ml": 250}]));
    officer.post(&path, body.clone(), 201);
    assert_eq!(officer.post(&at_correction(&body["id"], "/withdrawal"), Value::Null, 200)["state"], "WITHDRAWN");
    let body = correction(json!([{"kind": "OTHER_VOLUME", "donation": all[0]["id"], "volume_ml": 250}]));
    assert_eq!(corrected(&app, &officer, &code, &body)["by"]["ml"], -100);
    let stale = correction(json!([{"kind": "OTHER_VOLUME", "donation": all[1]["id"], "volume_ml": 250}]));
    officer.post(&path, stale, 409);
    let gone = json!({"id": Uuid::new_v4(), "version": 2, "source": "CV", "pieces": [{"kind": "NOT_GIVEN", "donation": all[0]["id"], "why": "NEVER_GIVEN"}]});
    assert_eq!(wrong(&officer.post(&path, gone, 422)), [place("donation", "NO_SUCH_DONATION")], "it was replaced");
    audited(&app);
}

#[test]
fn who_asks_does_not_decide_and_another_chapter_learns_nothing() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = reconciled(&app, &officer, 64_000);
    let (chair, second) = (app.chair_of("23095"), app.chair_of("23095"));
    let all = given(&officer, &code);
    let body = correction(json!([{"kind": "NOT_GIVEN", "donation": all[0]["id"], "why": "OF_ANOTHER_DAY"}]));
    chair.post(&at(&code, "/corrections"), body.clone(), 201);
    chair.post(&at_correction(&body["id"], "/approval"), Value::Null, 403);
    let stranger = app.officer_of("23059");
    for path in [
        at(&code, "/corrections"),
        at(&code, "/donations"),
        at_correction(&body["id"], ""),
        at_correction(&body["id"], "/pieces"),
    ] {
        stranger.get(&path, 404);
    }
    stranger.post(&at(&code, "/corrections"), body.clone(), 404);
    stranger.post(&at_correction(&body["id"], "/approval"), Value::Null, 404);
    let above = app.staff(Role::Inspector, "68");
    above.get(&at_correction(&body["id"], ""), 200);
    above.get(&at(&code, "/donations"), 403);
    let done = second.post(&at_correction(&body["id"], "/approval"), Value::Null, 200);
    assert_eq!(
        (&done["by"]["gave"], &done["by"]["came"], done.get("statement")),
        (&json!(-1), &json!(0), None),
        "not published yet"
    );
    // Whoever publishes later publishes what is right.
    assert_eq!(officer.post(&at(&code, "/result"), Value::Null, 200)["units"], 7);
    audited(&app);
}

/// Two who gave were mixed up: each has their own donation, number and group afterwards.
#[test]
fn two_who_were_mixed_up_are_told_apart() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = reconciled(&app, &officer, 65_000);
    let all = given(&officer, &code);
    let (one, other) = (&all[0], &all[1]);
    let booking = |of: &Value| {
        let list = crate::drives::bookings(&officer, &code);
        list.iter().find(|booking| booking["name"] == of["name"]).unwrap()["id"].clone()
    };
    let body = correction(json!([
        {"kind": "OTHER_DONOR", "donation": one["id"], "booking": booking(other), "abo": "B", "rh": "POSITIVE"},
        {"kind": "OTHER_DONOR", "donation": other["id"], "booking": booking(one)},
    ]));
    let done = corrected(&app, &officer, &code, &body);
    assert_eq!((&done["by"]["gave"], &done["by"]["came"]), (&json!(0), &json!(0)), "{done}");
    let now = given(&officer, &code);
    assert_eq!((&now[0]["din"], &now[0]["donor"], &now[1]["donor"]), (&one["din"], &other["donor"], &one["donor"]));
    let tests = |of: &Value| officer.get(&donor_at(of["donor"].as_str().unwrap()), 200)["group_tests"].clone();
    assert_eq!((tests(other), tests(one)), (json!(1), json!(0)), "a group is theirs of whom the centre says so");
    audited(&app);
}

#[test]
fn what_was_given_back_stays_written_off_the_certificate_that_stands() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = reconciled(&app, &officer, 66_000);
    let all = given(&officer, &code);
    let (one, donor) = (&all[0], donor_at(all[0]["donor"].as_str().unwrap()));
    let back = json!({"id": Uuid::new_v4(), "certificate": one["certificate"]["code"], "volume_ml": 200, "day": app.today()});
    officer.post(&format!("{donor}/redemptions"), back, 201);
    let less = |ml: i32| correction(json!([{"kind": "OTHER_VOLUME", "donation": one["id"], "volume_ml": ml}]));
    let said = wrong(&officer.post(&at(&code, "/corrections"), less(150), 422));
    assert_eq!(said, [("/pieces/0/volume_ml".to_owned(), "MORE_THAN_GIVEN".to_owned())]);
    corrected(&app, &officer, &code, &less(250));
    let certificates = officer.get(&donor, 200)["certificates"].clone();
    let of = |state: &str| certificates.as_array().unwrap().iter().find(|one| one["state"] == state).unwrap().clone();
    assert_eq!((of("STANDS")["redeemed_ml"].clone(), of("REVOKED")["redeemed_ml"].clone()), (json!(200), json!(0)));
    let more = json!({"id": Uuid::new_v4(), "certificate": of("STANDS")["code"], "volume_ml": 100, "day": app.today()});
    officer.post(&format!("{donor}/redemptions"), more, 422);
    audited(&app);
}

#[test]
fn honours_that_rested_on_it_are_withdrawn_in_that_moment() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let code = reconciled(&app, &officer, 67_000);
    crate::blood_honours::awarded(&app, &officer);
    assert_eq!(app.database.number("SELECT count(*) FROM blood_honour WHERE state = 'AWARDED'"), 8);
    let all = given(&officer, &code);
    let body = correction(json!([
        {"kind": "NOT_GIVEN", "donation": all[0]["id"], "why": "NEVER_GIVEN"},
        {"kind": "OTHER_VOLUME", "donation": all[1]["id"], "volume_ml": 450}
    ]));
    corrected(&app, &officer, &code, &body);
    let state = |of: &Value| {
        app.database.text(&format!("SELECT state FROM blood_honour WHERE donor_id = '{}'", of["donor"].as_str().unwrap()))
    };
    assert_eq!((state(&all[0]), state(&all[1])), ("WITHDRAWN".to_owned(), "AWARDED".to_owned()));
    let noted = "SELECT count(*) FROM audit_event WHERE action = 'DRIVE_CORRECTED' AND detail->>'honours_withdrawn' = '1'";
    assert_eq!(app.database.number(noted), 1);
    audited(&app);
}

/// A person whose data are erased while a correction waits is in no piece of it any more; what they gave is counted.
#[test]
fn who_is_erased_while_a_correction_waits_is_counted_and_unknown() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let code = reconciled(&app, &officer, 68_000);
    let known = crate::donors::entered(&officer, json!({"name": "Phạm Thị Quỳnhxqz Hương", "phone": "0912300032"}));
    let person = officer.get(&donor_at(&known), 200)["person"].as_str().unwrap().to_owned();
    let piece = json!([{"kind": "ALSO_GAVE", "name": "Phạm Thị Quỳnhxqz Hương", "contact": "0912300032", "volume_ml": 350}]);
    let body = correction(piece);
    officer.post(&at(&code, "/corrections"), body.clone(), 201);
    assert_eq!(app.database.number("SELECT count(*) FROM drive_correction_item WHERE content IS NOT NULL"), 1);
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].clone();
    let request = crate::personal::ask(&app, "ERASE", json!({"party": party}));
    let asked = officer.post(crate::personal::REQUESTS, request.clone(), 201);
    if asked["state"] != "DONE" {
        chair.post(&crate::personal::path(&request, "/approval"), Value::Null, 200);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM drive_correction_item WHERE content IS NOT NULL"), 0);
    let done = chair.post(&at_correction(&body["id"], "/approval"), Value::Null, 200);
    assert_eq!((&done["by"]["gave"], &done["by"]["ml"]), (&json!(1), &json!(350)));
    assert_eq!(
        app.database.number("SELECT count(*) FROM donation WHERE drive_id IS NOT NULL AND donor_id IS NULL AND stands"),
        1
    );
    audited(&app);
}
