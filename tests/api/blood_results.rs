//! What drives gave: published once, folded where it is few, stated, summed up beside the targets; corrected in sight.
//!
//! The tests begin on Sunday, 22 November 2026.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;

use crate::blood_targets::{TARGETS, decided, targets};
use crate::books::{audit, errors};
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::look::all;
use crate::papers::sha256;
use crate::portal::{browser, page};
use crate::publications::{leaf, set_clock};
use crate::successions::{carried, persons, plan};

const RESULTS: &str = "/api/v1/public/blood-results";
/// A drive whose result everybody may read, where all operations are called.
pub const SHOWN: &str = "68-HM-0070";

/// Sex, age, ABO, Rh, millilitres, how many.
pub type Gave = (&'static str, i32, &'static str, &'static str, i32, i32);

/// A drive that is reconciled, with what it gave: `68-HM-0001` of Hàm Liêm.
pub fn reconciled(app: &TestApp, n: i32, chapter: &str, day: &str, gave: &[Gave]) -> String {
    app.account(Role::BloodOfficer, chapter);
    let code = format!("68-HM-{n:04}");
    app.database.execute(&format!(
        "INSERT INTO drive (code, chapter_id, centre_id, title, site, day, listed, state, waiting_most, version, recorded_by, recorded_at, changed_at)
         SELECT '{code}', c.id, 9, 'Ngày hội hiến máu', 'Nhà văn hóa', '{day}', true, 'RECONCILED', 0, 1, (SELECT id FROM account LIMIT 1), now(), now()
         FROM chapter c WHERE c.code = '{chapter}'"
    ));
    gave.iter().for_each(|some| give(app, &code, some));
    agreed(app, &code, &[("INTERVAL", 7), ("HAEMOGLOBIN", 6)]);
    code
}

/// What two persons agreed on: six who booked did not come, and so many were put off.
fn agreed(app: &TestApp, code: &str, deferred: &[(&str, i32)]) {
    for (reason, many) in deferred {
        app.database
            .execute(&format!("INSERT INTO drive_deferral SELECT id, '{reason}', {many} FROM drive WHERE code = '{code}'"));
    }
    counted(app, code);
}

/// The centre's file and the totals of a drive, from who gave there and who was put off.
fn counted(app: &TestApp, code: &str) {
    app.database.execute(&format!(
        "DELETE FROM drive_row r USING drive_file f, drive d WHERE r.file_id = f.id AND f.drive_id = d.id AND d.code = '{code}';
         DELETE FROM drive_file f USING drive d WHERE f.drive_id = d.id AND d.code = '{code}';
         DELETE FROM drive_total t USING drive d WHERE t.drive_id = d.id AND d.code = '{code}';
         INSERT INTO drive_total (drive_id, registered, came, gave, deferred, ml, made_at)
         SELECT d.id, g.many + x.many + 6, g.many + x.many, g.many, x.many, g.ml, now()
         FROM drive d, LATERAL (SELECT count(*) many, coalesce(sum(volume_ml), 0) ml FROM donation WHERE drive_id = d.id AND stands) g,
              LATERAL (SELECT coalesce(sum(persons), 0) many FROM drive_deferral WHERE drive_id = d.id) x WHERE d.code = '{code}';
         INSERT INTO drive_file (id, drive_id, chapter_id, layout, content_hash, state, row_count, done_rows, uploaded_by, uploaded_at, decided_by, decided_at)
         SELECT gen_random_uuid(), d.id, d.chapter_id, 'TEST', convert_to(d.code, 'UTF8'), 'DONE', t.gave + t.deferred, t.gave + t.deferred,
                d.recorded_by, now(), d.recorded_by, now()
         FROM drive d JOIN drive_total t ON t.drive_id = d.id WHERE d.code = '{code}';
         INSERT INTO drive_row (id, file_id, n, row_no, outcome, reason, component, volume_ml, counts)
         SELECT gen_random_uuid(), f.id, row_number() OVER (), row_number() OVER (), r.outcome, r.reason, 'WHOLE_BLOOD', r.volume_ml, true
         FROM drive d JOIN drive_file f ON f.drive_id = d.id, LATERAL (
             SELECT 'GAVE' outcome, NULL reason, volume_ml FROM donation WHERE drive_id = d.id AND stands
             UNION ALL SELECT 'DEFERRED', reason, NULL FROM drive_deferral, generate_series(1, persons) WHERE drive_id = d.id) r
         WHERE d.code = '{code}'"
    ));
}

/// So many gave alike at a drive.
fn give(app: &TestApp, code: &str, (sex, age, abo, rh, ml, many): &Gave) {
    app.database.execute(&format!(
        "INSERT INTO donation (id, chapter_id, drive_id, day, component, volume_ml, sex, age, abo, rh, proof, stands, request_hash, recorded_by, recorded_at)
         SELECT gen_random_uuid(), d.chapter_id, d.id, d.day, 'WHOLE_BLOOD', {ml}, '{sex}', {age}, '{abo}', '{rh}', 'CENTRE', true, '', d.recorded_by, now()
         FROM drive d, generate_series(1, {many}) WHERE d.code = '{code}'"
    ));
}

/// So many that gave alike are taken back: the centre's list was wrong.
fn take_back(app: &TestApp, code: &str, ml: i32, many: i32) {
    app.database.execute(&format!(
        "UPDATE donation SET stands = false WHERE id IN (SELECT g.id FROM donation g JOIN drive d ON d.id = g.drive_id
         WHERE d.code = '{code}' AND g.volume_ml = {ml} AND g.stands LIMIT {many})"
    ));
    counted(app, code);
}

pub fn at(code: &str) -> String {
    format!("/api/v1/drives/{code}/result")
}

/// 84 who gave at Hàm Liêm in June: 9 of 250 ml, 60 of 350, 15 of 450; two of B−.
const JUNE: &[Gave] = &[
    ("FEMALE", 22, "O", "POSITIVE", 250, 9),
    ("FEMALE", 30, "A", "POSITIVE", 350, 28),
    ("MALE", 41, "O", "POSITIVE", 350, 30),
    ("MALE", 50, "B", "NEGATIVE", 350, 2),
    ("MALE", 50, "B", "POSITIVE", 450, 15),
];

fn published(officer: &Caller<'_>, code: &str) -> Value {
    officer.post(&at(code), Value::Null, 200)
}

fn year(app: &TestApp, query: &str) -> Value {
    app.anonymous().get(&format!("{RESULTS}?{query}"), 200)
}

fn by(of: &Value, what: &str) -> Vec<(Vec<String>, i64)> {
    let kinds = |one: &Value| one["kinds"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap().to_owned()).collect();
    of[what].as_array().unwrap().iter().map(|one| (kinds(one), one["persons"].as_i64().unwrap())).collect()
}

fn alone(kind: &str, persons: i64) -> (Vec<String>, i64) {
    (vec![kind.to_owned()], persons)
}

#[test]
fn a_drive_is_published_folded_and_stated() {
    let app = TestApp::start();
    let officer = app.staff(Role::BloodOfficer, "23095");
    let code = reconciled(&app, 1, "23095", "2026-06-14", JUNE);
    assert_eq!(app.anonymous().get(&format!("{RESULTS}/drives/{code}"), 404)["status"], 404);
    let made = published(&officer, &code);
    assert_eq!((&made["units"], &made["gave"], &made["ml"]), (&json!(84), &json!(84), &json!(9 * 250 + 60 * 350 + 15 * 450)));
    assert_eq!((&made["registered"], &made["came"], &made["deferred"]), (&json!(103), &json!(97), &json!(13)));
    assert_eq!(by(&made, "by_reason"), [alone("INTERVAL", 7), alone("HAEMOGLOBIN", 6)]);
    assert_eq!(by(&made, "by_sex"), [alone("FEMALE", 37), alone("MALE", 47)]);
    assert_eq!(by(&made, "by_volume"), [alone("UP_TO_250", 9), alone("FROM_251_TO_350", 60), alone("OVER_350", 15)]);
    // Two of B− are counted with their neighbours, of whom there is nobody, until they are enough; nobody sees two.
    let groups = by(&made, "by_group");
    assert_eq!(groups[..2], [alone("O_POSITIVE", 39), alone("A_POSITIVE", 28)]);
    assert!(groups.iter().all(|(_, persons)| *persons >= 5) && !groups.contains(&alone("B_NEGATIVE", 2)), "{groups:?}");
    assert_eq!(groups.iter().map(|(_, persons)| persons).sum::<i64>(), 84);

    // Stated as it is shown, without why anybody was deferred.
    let text = app.anonymous().get_text(made["href"].as_str().unwrap(), 200);
    let stated: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&stated["event"], &stated["drive"], &stated["units"]), (&json!("BLOOD_RESULT"), &json!(code), &json!(84)));
    assert!(stated.get("by_reason").is_none() && !text.contains("INTERVAL") && !text.contains("HAEMOGLOBIN"), "{text}");
    let leaf = leaf(&app, &made["statement"]);
    assert_eq!((&leaf["event"], &leaf["day"], &leaf["chapter"]), (&json!("BLOOD_RESULT"), &json!("2026-06-14"), &json!("23095")));
    let row = &app.anonymous().get("/api/v1/public/statements?chapter=23095&event=BLOOD_RESULT", 200)["items"][0];
    assert_eq!(row["sha256"], sha256(text.as_bytes()));
    assert_eq!(app.anonymous().get(&format!("{RESULTS}/drives/{}", code.to_lowercase()), 200), made);
    for scope in ["23095", "68", "TW"] {
        let of = year(&app, &format!("chapter={scope}&year=2026"));
        assert_eq!((&of["own"]["units"], &of["gave"], &of["own"]["drives"]), (&json!(84), &json!(84), &json!(1)), "{scope}");
        assert_eq!(by(&of, "by_volume"), by(&made, "by_volume"));
        assert_eq!(of["months"][5], json!({"month": 6, "units": 84, "units_last_year": 0}));
    }
    audit(&app);
}

#[test]
fn the_same_numbers_are_stated_once() {
    let app = TestApp::start();
    let officer = app.staff(Role::BloodOfficer, "23095");
    let code = reconciled(&app, 1, "23095", "2026-06-14", JUNE);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let sent: Vec<_> =
            (0..4).map(|_| scope.spawn(|| officer.send("POST", &at(&code), Some(b"null".to_vec())).status)).collect();
        sent.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses, [200; 4]);
    assert_eq!(app.database.number("SELECT count(*) FROM statement"), 1);
    // A request that comes again under its key publishes nothing, whatever was corrected meanwhile.
    let keyed = officer.with("idempotency-key", "cong-bo-1");
    let first = keyed.post(&at(&code), Value::Null, 200);
    take_back(&app, &code, 350, 3);
    assert_eq!(keyed.post(&at(&code), Value::Null, 200), first);
    assert_eq!(app.database.number("SELECT count(*) FROM statement"), 1);
    assert_eq!(year(&app, "year=2026")["own"]["units"], 84);
    audit(&app);
}

#[test]
fn who_may_publish_and_when() {
    let app = TestApp::start();
    let officer = app.staff(Role::BloodOfficer, "23095");
    let code = reconciled(&app, 1, "23095", "2026-06-14", JUNE);
    app.database.execute(
        "INSERT INTO drive (code, chapter_id, centre_id, title, site, day, listed, state, waiting_most, version, recorded_by, recorded_at, changed_at)
         SELECT '68-HM-0002', chapter_id, 9, title, site, '2026-11-22', true, 'RUNNING', 0, 1, recorded_by, now(), now() FROM drive",
    );
    officer.post(&at("68-HM-0002"), Value::Null, 409);
    officer.post(&at("68-HM-0999"), Value::Null, 404);
    officer.post(&at("khong"), Value::Null, 404);
    for (stranger, status) in [
        (app.officer_of("23059"), 404),
        (app.chair_of("01"), 404),
        // Whoever decides above, or keeps the books here, does not publish.
        (app.accountant_of("23095"), 403),
        (app.chair_of("68"), 403),
        (app.staff(Role::Inspector, "68"), 403),
        (app.staff(Role::ProvincialAdministrator, "68"), 403),
    ] {
        stranger.post(&at(&code), Value::Null, status);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM blood_result"), 0);
}

/// What was told once is told no finer by a correction, nor by any sum, row, day or file.
#[test]
fn a_correction_replaces_in_sight_and_gives_nothing_back() {
    let app = TestApp::start();
    let officer = app.staff(Role::BloodOfficer, "23095");
    let code = reconciled(&app, 1, "23095", "2026-06-14", JUNE);
    let first = published(&officer, &code);
    take_back(&app, &code, 450, 12);
    let second = published(&officer, &code);
    assert_eq!((&second["units"], &second["replaces"]), (&json!(72), &json!([first["statement"]])));
    // Three bags of 450 ml are few: counted with others, and so are the millilitres that would tell them.
    assert!(second.get("ml").is_none(), "{second}");
    assert!(by(&second, "by_volume").iter().all(|(_, persons)| *persons >= 5), "{second}");
    // Twenty more of 450 ml: enough, and still not told alone.
    give(&app, &code, &("MALE", 50, "B", "POSITIVE", 450, 20));
    counted(&app, &code);
    let third = published(&officer, &code);
    assert!(third.get("ml").is_none() && by(&third, "by_volume").iter().all(|(kinds, _)| *kinds != ["OVER_350"]), "{third}");
    assert_eq!(third["replaces"], json!([second["statement"], first["statement"]]));
    let of = app.anonymous().get(&format!("{RESULTS}/drives/{code}"), 200);
    assert_eq!(of, third);
    let statements = app.anonymous().get("/api/v1/public/statements?event=BLOOD_RESULT", 200)["items"].clone();
    assert_eq!((&statements[1]["replaced_by"], &statements[0]["replaces"]), (&third["statement"], &second["statement"]));
    // The first statement is served as it was.
    assert_eq!(app.anonymous().get(first["href"].as_str().unwrap(), 200)["units"], 84);
    let of = year(&app, "year=2026");
    assert_eq!(
        (&of["own"]["units"], &of["own"]["drives"], &of["ml"], &of["ml_units"]),
        (&json!(92), &json!(1), &json!(0), &json!(0))
    );
    assert_eq!(by(&of, "by_volume").iter().map(|(_, persons)| persons).sum::<i64>(), 92);
    audit(&app);
    for attempt in [
        "UPDATE blood_result SET units = 1",
        "DELETE FROM blood_result",
        "UPDATE blood_result_count SET persons = 7",
        "INSERT INTO blood_result_count SELECT statement, 'AGE', '{UNDER_25}', 3 FROM blood_result",
        "UPDATE blood_result SET replaced_by = NULL",
    ] {
        app.database.refuses(attempt);
    }
    app.database.execute("UPDATE blood_result_year SET units = units + 1");
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(!report.clean && report.text().contains("blood_result_year"), "{}", report.text());
}

/// Of three who were put off it is told neither how many nor why, nor who came with them; nor when there are more of them later.
#[test]
fn few_who_were_put_off_are_told_nowhere() {
    let app = TestApp::start();
    let officer = app.staff(Role::BloodOfficer, "23095");
    let (few, many) = (reconciled(&app, 1, "23095", "2026-06-14", JUNE), reconciled(&app, 2, "23095", "2026-06-15", JUNE));
    app.database.execute(
        "DELETE FROM drive_deferral WHERE drive_id = (SELECT id FROM drive WHERE code = '68-HM-0001');
         DELETE FROM drive_total WHERE drive_id = (SELECT id FROM drive WHERE code = '68-HM-0001')",
    );
    officer.post(&at(&few), Value::Null, 409);
    agreed(&app, &few, &[("CENTRE_DECISION", 2), ("AGE", 1)]);
    let told = [published(&officer, &few), published(&officer, &many)];
    assert!(
        told[0].get("came").is_none() && told[0].get("deferred").is_none() && told[0]["by_reason"] == json!([]),
        "{}",
        told[0]
    );
    let of = year(&app, "chapter=23095");
    assert_eq!((&of["gave"], &of["came"], &of["deferred"]), (&json!(168), &json!(97), &json!(13)));
    assert_eq!((&of["drives_not_telling"], &by(&of, "by_reason")), (&json!(1), &by(&told[1], "by_reason")));
    let page = page(&app, &format!("/hien-mau/ket-qua/{few}"));
    assert!(page.contains("dưới 5, không hiện"), "{page}");
    let text = app.anonymous().get_text(&format!("{RESULTS}/drives.csv?chapter=23095"), 200);
    assert!(text.contains("68-HM-0001,2026-06-14,23095,Hội Chữ thập đỏ xã Hàm Liêm,93,,84,,84,"), "{text}");
    audit(&app);
}

/// Small drives of neighbours: what is told of the commune, the province and the country is the sum of what each told.
#[test]
fn sums_and_neighbours_tell_no_more_than_the_drives() {
    let app = TestApp::start();
    let (here, there) = (app.staff(Role::BloodOfficer, "23095"), app.staff(Role::BloodOfficer, "23059"));
    let large = reconciled(&app, 1, "23095", "2026-06-14", JUNE);
    let small = reconciled(
        &app,
        2,
        "23095",
        "2026-06-15",
        &[("MALE", 30, "AB", "NEGATIVE", 450, 1), ("FEMALE", 30, "O", "POSITIVE", 350, 2)],
    );
    let other = reconciled(
        &app,
        3,
        "23059",
        "2026-06-16",
        &[("MALE", 22, "O", "POSITIVE", 350, 6), ("FEMALE", 60, "O", "POSITIVE", 250, 1)],
    );
    let told = [published(&here, &large), published(&here, &small), published(&there, &other)];
    // Of three nothing is told but that they gave; every dimension has them under all its kinds.
    for what in ["by_sex", "by_age", "by_group", "by_volume"] {
        let [(kinds, 3)] = &by(&told[1], what)[..] else { panic!("{what}: {}", told[1]) };
        assert!(kinds.len() > 2, "{what}");
        for (scope, whose) in [("23095", &told[..2]), ("23059", &told[2..]), ("68", &told[..])] {
            let of = year(&app, &format!("chapter={scope}"));
            for (kinds, persons) in by(&of, what) {
                let single: i64 =
                    whose.iter().flat_map(|one| by(one, what)).filter(|(of, _)| *of == kinds).map(|(_, many)| many).sum();
                let together: i64 =
                    whose.iter().flat_map(|one| by(one, what)).filter(|(of, _)| of.len() > 1).map(|(_, many)| many).sum();
                assert_eq!(persons, if kinds.len() == 1 { single } else { together }, "{scope} {what} {kinds:?}");
            }
            assert_eq!(by(&of, what).iter().map(|(_, many)| many).sum::<i64>(), of["gave"].as_i64().unwrap(), "{scope} {what}");
        }
    }
    audit(&app);
}

#[test]
fn units_are_shown_against_targets_and_the_year_before_on_the_same_day() {
    let app = TestApp::start();
    decided(&app, &targets(json!({})));
    let (here, there) = (app.staff(Role::BloodOfficer, "23095"), app.staff(Role::BloodOfficer, "23059"));
    let of = |many| [("MALE", 30, "O", "POSITIVE", 350, many)];
    for (n, chapter, day, many) in [
        (1, "23095", "2026-06-14", 84),
        (2, "23095", "2025-11-22", 40),
        (3, "23095", "2025-11-23", 9),
        (4, "23059", "2026-01-01", 7),
        (5, "23059", "2025-12-31", 8),
    ] {
        let code = reconciled(&app, n, chapter, day, &of(many));
        published(if chapter == "23095" { &here } else { &there }, &code);
    }
    let province = year(&app, "chapter=68&rows=COMMUNE");
    let row = |of: &Value, code: &str| of["rows"].as_array().unwrap().iter().find(|row| row["chapter"] == code).unwrap().clone();
    let hamliem = row(&province, "23095");
    assert_eq!(
        (&hamliem["units"], &hamliem["units_last_year"], &hamliem["target_units"], &hamliem["drives"]),
        (&json!(84), &json!(40), &json!(600), &json!(1))
    );
    let hamthuan = row(&province, "23059");
    assert_eq!(
        (&hamthuan["units"], &hamthuan["units_last_year"], &hamthuan["target_units"]),
        (&json!(7), &json!(0), &json!(110))
    );
    assert_eq!(
        (&province["until"], &province["own"]["units"], &province["handed_on_units"]),
        (&json!("2026-11-22"), &json!(91), &json!(710))
    );
    assert_eq!(province["own"].get("target_units"), None, "nobody gave the province any");
    // The whole country by commune; a year that is over counts whole.
    let country = year(&app, "rows=COMMUNE");
    assert!(country["rows"].as_array().unwrap().len() > 3_000);
    assert_eq!(row(&country, "23095"), hamliem);
    let before = year(&app, "chapter=68&year=2025&rows=BELOW");
    assert_eq!(
        (&before["until"], &before["own"]["units"], &before["own"]["units_last_year"]),
        (&json!("2025-12-31"), &json!(57), &json!(0))
    );
    assert_eq!(row(&before, "23095").get("target_units"), None);
    assert_eq!(year(&app, "chapter=68&rows=NONE")["rows"], json!([]));
    // What it counts for stands apart, with who says so.
    let value = &province["value"][0];
    assert_eq!((&value["units"], &value["value_vnd"], &value["mark"]), (&json!(91), &json!(91 * 167_000), &json!("GK")));
    for (query, status) in [("year=1999", 422), ("year=2028", 422), ("rows=ALL", 422), ("chapter=KHONG", 404), ("x=1", 422)] {
        app.anonymous().get(&format!("{RESULTS}?{query}"), status);
    }
    audit(&app);
}

#[test]
fn a_year_begins_at_midnight_in_vietnam() {
    let app = TestApp::start();
    let officer = app.account(Role::BloodOfficer, "23095");
    let of = |many| [("MALE", 30, "O", "POSITIVE", 350, many)];
    let (old, new) = (reconciled(&app, 1, "23095", "2026-12-31", &of(10)), reconciled(&app, 2, "23095", "2027-01-01", &of(20)));
    set_clock(&app, "2026-12-31T16:59:59Z");
    let officer = app.log_in(officer);
    published(&officer, &old);
    assert_eq!(year(&app, "chapter=23095")["year"], 2026);
    set_clock(&app, "2026-12-31T17:00:00Z");
    published(&officer, &new);
    let of = year(&app, "chapter=23095");
    assert_eq!((&of["year"], &of["until"], &of["own"]["units"]), (&json!(2027), &json!("2027-01-01"), &json!(20)));
    assert_eq!(year(&app, "chapter=23095&year=2026")["own"]["units"], 10);
    audit(&app);
}

/// Hàm Liêm goes up in Hàm Thuận: what was given stays where it was given, and the successor corrects it.
#[test]
fn what_was_given_stays_on_the_tree_of_its_day() {
    let app = TestApp::start();
    decided(&app, &targets(json!({})));
    let code = reconciled(&app, 1, "23095", "2026-06-14", JUNE);
    published(&app.officer_of("23095"), &code);
    let waits = targets(json!({"year": 2027}));
    app.officer_of("68").post(TARGETS, waits.clone(), 201);
    let before: Vec<Value> = ["68", "TW"].map(|scope| year(&app, &format!("chapter={scope}"))["own"].clone()).into();
    carried(&persons(&app), &plan(&app, json!({})));
    let now: Vec<Value> = ["68", "TW"].map(|scope| year(&app, &format!("chapter={scope}"))["own"].clone()).into();
    assert_eq!(now, before);
    let of = |scope: &str| year(&app, &format!("chapter={scope}"))["own"].clone();
    assert_eq!((&of("23095")["units"], &of("23095")["target_units"]), (&json!(84), &json!(600)));
    assert_eq!((&of("23059")["units"], &of("23059")["target_units"]), (&json!(0), &json!(110)));
    let rows = year(&app, "chapter=68")["rows"].clone();
    assert!(rows.as_array().unwrap().iter().any(|row| row["chapter"] == "23095" && row["units"] == 84), "{rows}");
    // The old chapter is given nothing any more, nor by what waited.
    app.chair_of("68").post(&crate::blood_targets::at(&waits, "/approval"), Value::Null, 409);
    let again = app.officer_of("68").post(TARGETS, targets(json!({"year": 2027})), 422);
    assert_eq!(errors(&again), [("/lines".to_owned(), "CHAPTER_CLOSED".to_owned())]);
    // Whoever goes on with it corrects it, and it stays the old chapter's.
    take_back(&app, &code, 350, 10);
    let corrected = app.officer_of("23059").post(&at(&code), Value::Null, 200);
    assert_eq!((&corrected["chapter"], &corrected["units"]), (&json!("23095"), &json!(74)));
    assert_eq!((&of("23095")["units"], &of("23059")["units"], &of("68")["units"]), (&json!(74), &json!(0), &json!(74)));
    audit(&app);
}

#[test]
fn the_files_say_what_the_api_says() {
    let app = TestApp::start();
    decided(&app, &targets(json!({})));
    let officer = app.staff(Role::BloodOfficer, "23095");
    for n in 1..=3 {
        published(&officer, &reconciled(&app, n, "23095", &format!("2026-06-{:02}", 10 + n), JUNE));
    }
    let lines = |path: &str| -> Vec<Vec<String>> {
        let text = app.anonymous().get_text(path, 200);
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        std::iter::once(header).chain(rows.collect::<Vec<_>>()).collect()
    };
    let same = |file: &[Vec<String>], rows: &[Value]| {
        assert_eq!(file.len(), rows.len() + 1);
        for (line, row) in file[1..].iter().zip(rows) {
            for (name, cell) in file[0].iter().zip(line) {
                let said = match &row[name] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                if !["year", "until"].contains(&name.as_str()) {
                    assert_eq!(*cell, said, "{name}");
                }
            }
        }
    };
    let of = year(&app, "chapter=68");
    let rows: Vec<Value> = std::iter::once(of["own"].clone()).chain(of["rows"].as_array().unwrap().clone()).collect();
    same(&lines(&format!("{RESULTS}.csv?chapter=68")), &rows);
    let drives = all(&app.anonymous(), &format!("{RESULTS}/drives?chapter=68"), 2);
    assert_eq!(drives.len(), 3);
    same(&lines(&format!("{RESULTS}/drives.csv?chapter=68")), &drives);
}

#[test]
fn pages_show_it_in_both_languages() {
    let app = TestApp::start();
    decided(&app, &targets(json!({})));
    let officer = app.staff(Role::BloodOfficer, "23095");
    let code = reconciled(&app, 1, "23095", "2026-06-14", JUNE);
    let made = published(&officer, &code);
    let text = page(&app, "/hien-mau/ket-qua?chapter=23095");
    for said in ["Hội Chữ thập đỏ xã Hàm Liêm", "14,0% của chỉ tiêu 600", "Nhóm dưới 5 người", "167.000", &code, "Theo nhóm máu"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    let english = browser(&app, "en").send("GET", "/hien-mau/ket-qua", None);
    assert!(english.status == 200 && english.text.contains("Blood donation results"), "{}", english.text);
    let one = page(&app, &format!("/hien-mau/ket-qua/{}", code.to_lowercase()));
    assert!(one.contains(made["statement"].as_str().unwrap()) && one.contains("84"), "{one}");
    assert!(page(&app, "/don-vi/23095").contains("14,0% của chỉ tiêu 600"));
    for missing in ["/hien-mau/ket-qua/68-HM-0099", "/hien-mau/ket-qua?year=x", "/hien-mau/ket-qua?chapter=KHONG"] {
        assert_eq!(browser(&app, "vi").send("GET", missing, None).status, 404, "{missing}");
    }
}

/// A drive that is published: [`SHOWN`].
pub fn some(app: &TestApp) {
    let code = reconciled(app, 70, "23095", "2026-06-13", JUNE);
    assert_eq!(published(&app.officer_of("23095"), &code)["drive"], SHOWN);
}

/// Fifty drives of Hàm Liêm that were published, for the lists.
pub fn fill(app: &TestApp) {
    let officer = app.officer_of("23095");
    for n in 0..52 {
        published(&officer, &reconciled(app, 500 + n, "23095", "2026-06-14", &[("MALE", 30, "O", "POSITIVE", 350, 9)]));
    }
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    some(app);
    let code = reconciled(app, 71, "23095", "2026-06-14", JUNE);
    vec![call("POST /api/v1/drives/{code}/result", at(&code), Some(Value::Null), 404, 403, 200)]
}
