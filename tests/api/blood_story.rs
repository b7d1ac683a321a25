//! Blood, from the targets of a year to what was given against them: the rooms of it in their order, as a chapter goes through them.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::blood_days::{agreed, begun, booked, check_in, gave, kept, send};
use crate::blood_targets::{decided, targets};
use crate::drives::{DRIVES, at, book, bookings, drive, page_of, press};
use crate::harness::{Caller, TestApp, eventually};
use crate::look::all;
use crate::members::audited as audit;
use crate::portal::page;
use crate::pre_check::answers;
use crate::publications::set_clock;
use crate::urgent_calls;

const DAY: &str = "2027-06-14";
/// From their twentieth donation on persons are honoured by the province.
const TWENTY: &str = "b100d000-0000-4000-8000-000000000020";

/// Who comes: 84 give, then 13 who are put off; the last two without a booking.
fn people() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = (0..97).map(|n| (format!("Người Hiến Máu {n}"), format!("09123{n:05}"))).collect();
    all[0].0 = "Nguyễn Thị Lan".to_owned();
    // Father and son have one telephone.
    all[2].1 = all[1].1.clone();
    all
}

fn millilitres(n: usize) -> u32 {
    match n {
        ..20 => 250,
        20..70 => 350,
        _ => 450,
    }
}

/// The centre gives the province a target, and the province hands it down.
fn targets_are_handed_down(app: &TestApp) {
    decided(app, &targets(json!({"chapter": "TW", "year": 2027, "lines": [{"chapter": "68", "units": 46_000}]})));
    let province = decided(app, &targets(json!({"year": 2027})));
    assert_eq!((&province["own_units"], &province["beyond_own_units"]), (&json!(46_000), &json!(710 - 46_000)));
    let stated = app.anonymous().get(province["href"].as_str().unwrap(), 200);
    assert_eq!(stated["targets"][1], json!({"chapter": "23095", "units": 600}));
}

/// 120 places in half-hours, found by commune and day, followed in a calendar.
fn a_drive_is_planned_and_found(app: &TestApp, officer: &Caller<'_>) -> String {
    let time = |n: u32| format!("{:02}:{:02}", 7 + n.div_ceil(2), (n + 1) % 2 * 30);
    let slots: Vec<Value> = (0..8).map(|n| json!({"from": time(n), "until": time(n + 1), "places": 15})).collect();
    let body = drive(json!({"day": DAY, "centre": "LAM_DONG", "waiting_most": 40, "slots": slots}));
    let made = officer.post(DRIVES, body, 201);
    let code = made["code"].as_str().unwrap().to_owned();
    assert_eq!(made["places"], 120);
    officer.post(&at(&code, "/opening"), Value::Null, 200);
    let found = app.anonymous().get(&format!("/api/v1/public/drives?chapter=23095&from={DAY}&until={DAY}"), 200);
    assert_eq!(found["items"][0]["code"], json!(code));
    assert!(app.anonymous().get_text("/api/v1/public/drives.ics", 200).contains(&code));
    assert!(page(app, "/hien-mau?chapter=ham+liem").contains(&code));
    code
}

/// Three on the public page, by three fields; the others by telephone. Nothing of what they answer beforehand is kept.
fn people_book(app: &TestApp, officer: &Caller<'_>, code: &str, people: &[(String, String)]) {
    for (n, (name, phone)) in people[..95].iter().enumerate() {
        if n < 3 {
            assert_eq!(book(app, code, name, phone, Some(1)), "HELD");
        } else {
            booked(officer, code, name, phone);
        }
    }
    let on_the_page: Vec<Value> = bookings(officer, code).into_iter().take(3).collect();
    for one in &on_the_page {
        assert_eq!(press(app, &page_of(one), "act=COME").status, 303);
    }
    let lan = &on_the_page[0];
    let kept = app.anonymous().get_text(&format!("{}?da-ghi", page_of(lan)), 200);
    assert!(kept.contains("<svg"), "with the code to keep: {kept}");
    let path = format!("/api/v1/public/drives/{code}/pre-check");
    let told = app.anonymous().post(&path, answers(json!({"yes": [{"question": "TATTOO", "on": "2027-03-14"}]})), 200);
    assert_eq!((&told["verdict"], &told["first_day"]), (&json!("COME_LATER"), &json!("2027-09-14")));
}

/// Two phones at the door; one of those who booked is overlooked, and of one another volume is noted than the centre has.
fn people_come(officer: &Caller<'_>, code: &str, people: &[(String, String)]) {
    begun(officer, code);
    let list = bookings(officer, code);
    let booking = |name: &str| list.iter().find(|one| one["name"] == name).unwrap().clone();
    let item = |change: Value| {
        let mut body = json!({"id": Uuid::new_v4()});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let items = people.iter().enumerate().filter(|(n, _)| *n != 5).map(|(n, (name, phone))| match n {
        0 => item(json!({"code": booking(name)["code"]})),
        10 => item(json!({"booking": booking(name)["id"], "volume_ml": 350})),
        95.. => item(json!({"walk_in": {"name": name, "contact": phone, "birth": "1990"}})),
        _ => item(json!({"booking": booking(name)["id"]})),
    });
    let items: Vec<Value> = items.collect();
    assert_eq!(items.len(), 96);
    assert!(check_in(officer, code, items.clone()).iter().all(|result| result == "CHECKED_IN"));
    // The evening sends it all again, and another phone had seen Lan as well.
    assert!(check_in(officer, code, items).iter().all(|result| result == "CHECKED_IN"));
    let again = item(json!({"booking": booking("Nguyễn Thị Lan")["id"]}));
    assert_eq!(check_in(officer, code, vec![again]), ["ALREADY"]);
}

/// The centre's file: 97 came, 84 gave, 13 were put off. Two differences are named and settled; a second person agrees.
fn the_day_is_reconciled(app: &TestApp, officer: &Caller<'_>, code: &str, people: &[(String, String)]) {
    let row = |(n, (name, phone)): (usize, &(String, String))| match n {
        ..84 => gave(name, phone, millilitres(n), u32::try_from(n).unwrap() + 1),
        84..91 => format!("{name};1990;Nam;{phone};Hoãn;huyết áp;;;;;\n"),
        _ => format!("{name};1990;Nam;{phone};Hoãn;xăm hình;;;;;\n"),
    };
    let rows: String = people.iter().enumerate().map(row).collect();
    let look = send(officer, code, "", &rows);
    assert_eq!((look.status, &look.json()["gave"], &look.json()["deferred"]), (200, &json!(84), &json!(13)), "{}", look.text);
    kept(officer, code, &rows);
    let open = || all(officer, &at(code, "/reconciliation/differences?open=true"), 50);
    let mut kinds: Vec<Value> = open().into_iter().map(|one| one["kind"].clone()).collect();
    kinds.sort_by_key(Value::to_string);
    assert_eq!(kinds, ["NOT_CHECKED_IN", "OTHER_VOLUME"]);
    for one in open() {
        let how = if one["kind"] == "NOT_CHECKED_IN" { "COUNT" } else { "FILE_RIGHT" };
        let path = at(code, &format!("/reconciliation/differences/{}/settlement", one["id"].as_str().unwrap()));
        officer.post(&path, json!({"how": how, "note": "Cán bộ trực xác nhận"}), 200);
    }
    let done = agreed(app, officer, code);
    assert_eq!(
        (&done["registered"], &done["came"], &done["gave"], &done["deferred"]),
        (&json!(97), &json!(97), &json!(84), &json!(13))
    );
    assert_eq!(officer.get(&at(code, ""), 200)["state"], "RECONCILED");
    // The certificate is checked by who holds it, and says nobody's name.
    let check = app.anonymous().get(&format!("/api/v1/public/blood-certificates?serial=HM000001&given_on={DAY}"), 200);
    assert!(!check.to_string().contains("Lan"), "{check}");
}

/// Two donors reach their twentieth donation: proposed, and decided at the province.
fn two_are_honoured(app: &TestApp, officer: &Caller<'_>) {
    let donors = all(officer, "/api/v1/donors?chapter=23095", 100);
    assert_eq!(donors.len(), 84);
    for one in &donors[..2] {
        let id = one["id"].as_str().unwrap();
        app.database.execute(&format!(
            "INSERT INTO donation (id, chapter_id, donor_id, day, component, volume_ml, proof, stands, request_hash, recorded_by, recorded_at)
             SELECT gen_random_uuid(), d.chapter_id, d.id, date '2027-03-01' - n * 90, 'WHOLE_BLOOD', 350, 'CENTRE', true, '\\x00', d.recorded_by, d.recorded_at
             FROM donor d, generate_series(1, 19) n WHERE d.id = '{id}';
             UPDATE donor SET donations = 20 WHERE id = '{id}'"
        ));
    }
    let list = json!({"id": Uuid::new_v4(), "chapter": "23095", "threshold": TWENTY, "until": app.today(), "decision_no": "12/TTr-HCTĐ"});
    let made = officer.post("/api/v1/blood-honours", list.clone(), 201);
    assert_eq!((&made["proposed"], &made["awarded_by"]), (&json!(2), &json!("68")));
    let approval = format!("/api/v1/blood-honours/{}/approval", list["id"].as_str().unwrap());
    app.chair_of("23095").post(&approval, Value::Null, 200);
    assert_eq!(app.chair_of("68").post(&approval, Value::Null, 200)["awarded"], 2);
}

/// A hospital needs three units for B− within two hours: asked in waves, until three have said that they come.
fn a_hospital_needs_blood(app: &TestApp, officer: &Caller<'_>) {
    for n in 0..6 {
        let (name, phone) = (format!("Trần Văn Hiếm {n}"), format!("09777{n:05}"));
        urgent_calls::donor(app, officer, "23095", &name, &phone, ("B", "NEGATIVE"));
    }
    let made = urgent_calls::asked(app, officer, json!({"units": 3, "wave_size": 2}));
    let mut said = 0;
    while said < 3 {
        let waiting: Vec<Value> =
            urgent_calls::list(officer, &made).into_iter().filter(|one| one.get("answer").is_none()).collect();
        assert!(waiting.len() <= 2 && waiting.iter().all(|one| !one.to_string().contains("Trần Văn")), "{waiting:?}");
        for one in waiting.iter().take(3 - said) {
            let path = urgent_calls::at(&made, &format!("/asked/{}/answer", one["id"].as_str().unwrap()));
            officer.post(&path, json!({"answer": "YES", "arrives_at": app.now() + Duration::minutes(30)}), 200);
            said += 1;
        }
        if said < 3 {
            officer.post(&urgent_calls::at(&made, "/waves"), json!({"id": Uuid::now_v7()}), 201);
        }
    }
    let shown = officer.get(&urgent_calls::at(&made, ""), 200);
    assert!(shown["yes"] == 3 && shown.get("enough_at").is_some(), "{shown}");
    assert_eq!(urgent_calls::list(officer, &made).len(), 4, "two of the six were left in peace");
}

/// Everybody sees units against target, for every commune.
fn it_is_published(app: &TestApp, officer: &Caller<'_>, code: &str) {
    let result = officer.post(&crate::blood_results::at(code), Value::Null, 200);
    assert_eq!(
        (&result["registered"], &result["came"], &result["gave"], &result["deferred"], &result["units"]),
        (&json!(97), &json!(97), &json!(84), &json!(13), &json!(84))
    );
    let ml: u32 = (0..84).map(millilitres).sum();
    assert_eq!(result["ml"], ml);
    assert_eq!(
        result["by_reason"],
        json!([{"kinds": ["TATTOO_OR_PIERCING"], "persons": 6}, {"kinds": ["BLOOD_PRESSURE"], "persons": 7}])
    );
    let country = app.anonymous().get("/api/v1/public/blood-results?rows=COMMUNE", 200);
    let row = country["rows"].as_array().unwrap().iter().find(|row| row["chapter"] == "23095").unwrap();
    assert_eq!((&row["units"], &row["target_units"]), (&json!(84), &json!(600)));
    let stated = app.anonymous().get_text(result["href"].as_str().unwrap(), 200);
    assert!(!stated.contains("TATTOO") && stated.contains("\"units\":84"), "{stated}");
    assert!(page(app, "/hien-mau/ket-qua?chapter=23095").contains("14,0% của chỉ tiêu 600"));
    assert!(page(app, "/don-vi/23095").contains("14,0% của chỉ tiêu 600"));
}

#[test]
fn a_year_of_blood_in_its_order() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    targets_are_handed_down(&app);

    set_clock(&app, "2027-06-01T02:00:00Z");
    let (officer, people) = (app.log_in(account), people());
    let code = a_drive_is_planned_and_found(&app, &officer);
    people_book(&app, &officer, &code, &people);

    // The morning before.
    set_clock(&app, "2027-06-13T00:31:00Z");
    let reminded = "SELECT count(*) FROM booking WHERE reminded_of = '2027-06-14'";
    eventually("they are reminded", || app.database.number(reminded) == 95);

    set_clock(&app, "2027-06-14T01:00:00Z");
    let officer = app.log_in(account);
    people_come(&officer, &code, &people);
    the_day_is_reconciled(&app, &officer, &code, &people);
    two_are_honoured(&app, &officer);
    a_hospital_needs_blood(&app, &officer);
    it_is_published(&app, &officer, &code);
    audit(&app);
}
