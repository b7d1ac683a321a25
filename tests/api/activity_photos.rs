//! Photographs of activities: shown while everybody who can be recognised in them agrees, and to nobody from then on.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::activities::{activity, at, done, with};
use crate::harness::{Caller, TestApp};
use crate::papers;
use crate::personal::{REQUESTS, ask, path};
use crate::persons::record;
use crate::volunteers::wrong;

/// A photograph that hangs on something done, and what makes it right to show it.
pub fn pictured(app: &TestApp, officer: &Caller<'_>, consent: Value) -> (Value, Value, Value) {
    let of = done(officer, activity(app, json!({})), 30);
    let photo = papers::upload(officer, "ACTIVITY", "image/jpeg", &papers::jpeg_of_a_phone(&papers::jpeg(), 6));
    officer.post(&at(&of, "/documents"), json!({"document": photo["id"]}), 201);
    let agreed = with(json!({"id": Uuid::new_v4(), "document": photo["id"], "given_on": app.today()}), consent);
    officer.post(&at(&of, "/photo-consents"), agreed.clone(), 201);
    (of, photo, agreed)
}

pub fn by_person(person: &Value) -> Value {
    json!({"ground": "PERSON", "person": person, "text_version": 1})
}

fn publication(of: &Value, photo: &Value) -> String {
    at(of, &format!("/documents/{}/publication", photo["id"].as_str().unwrap()))
}

fn bytes(photo: &Value) -> String {
    format!("/api/v1/public/documents/{}", photo["sha256"].as_str().unwrap())
}

fn shown(app: &TestApp, of: &Value) -> Value {
    let one = app.anonymous().get(&format!("/api/v1/public/activities/{}", of["code"].as_str().unwrap()), 200);
    one.get("photos").cloned().unwrap_or(Value::Null)
}

fn published(officer: &Caller<'_>, of: &Value, photo: &Value) {
    officer.post(&publication(of, photo), json!({"title": "Tập <băng> bó"}), 201);
}

#[test]
fn a_picture_is_shown_without_what_the_phone_hid_in_it_until_somebody_withdraws() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let person = json!(record(&officer, json!({"name": "Trần Thị Zqan", "birth": "1988-05-01"})));
    let (of, photo, agreed) = pictured(&app, &officer, by_person(&person));
    assert_eq!(shown(&app, &of), Value::Null, "agreed is not published");
    published(&officer, &of, &photo);
    let photos = shown(&app, &of);
    assert_eq!((&photos[0]["sha256"], &photos[0]["title"]), (&photo["sha256"], &json!("Tập <băng> bó")));
    let answer = app.anonymous().send("GET", &bytes(&photo), None);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/jpeg")));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"), "what may go is asked for again");
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("bimat.example"), "where it was taken is nobody's business");
    let code = of["code"].as_str().unwrap();
    let page = app.anonymous().get_text(&format!("/hoat-dong/{code}?lang=vi"), 200);
    assert!(page.contains(&format!("src=\"{}\"", bytes(&photo))) && !page.contains("<băng>"), "{page}");

    let withdrawal = at(&of, &format!("/photo-consents/{}/withdrawal", agreed["id"].as_str().unwrap()));
    assert!(officer.post(&withdrawal, Value::Null, 200).get("withdrawn_at").is_some());
    officer.post(&withdrawal, Value::Null, 200);
    assert_eq!(shown(&app, &of), Value::Null);
    app.anonymous().get(&bytes(&photo), 404);
    officer.post(&publication(&of, &photo), json!({"title": "Lại đăng"}), 409);
    // That nobody could be recognised does not help: somebody has said no.
    let nobody = json!({"id": Uuid::new_v4(), "document": photo["id"], "ground": "NOBODY", "given_on": app.today()});
    officer.post(&at(&of, "/photo-consents"), nobody.clone(), 201);
    officer.post(&publication(&of, &photo), json!({"title": "Lại đăng"}), 409);
    officer.post(&at(&of, &format!("/photo-consents/{}/withdrawal", nobody["id"].as_str().unwrap())), Value::Null, 200);
    let again = json!({"id": Uuid::new_v4(), "document": photo["id"], "ground": "PERSON", "person": person, "text_version": 1,
        "given_on": app.today()});
    officer.post(&at(&of, "/photo-consents"), again.clone(), 201);
    officer.post(&at(&of, "/photo-consents"), again.clone(), 200);
    published(&officer, &of, &photo);
    assert_eq!(shown(&app, &of).as_array().unwrap().len(), 1);
    // Those who read the chapter and do not see its people are not told who agreed.
    let province = app.chair_of("68").get(&at(&of, "/photo-consents"), 200);
    assert!(!province.to_string().contains(person.as_str().unwrap()), "{province}");
    // What is taken back as a whole shows nothing.
    officer.post(&at(&of, "/cancellation"), json!({"why": "Ghi nhầm"}), 200);
    app.anonymous().get(&bytes(&photo), 404);
    crate::committees::audit(&app);
}

/// Erased, restricted, not to be shown: each takes the picture down at once, and it takes a new consent afterwards.
#[test]
fn a_request_about_personal_data_takes_a_picture_down() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    for kind in ["ERASE", "RESTRICT", "WITHDRAW_CONSENT"] {
        let name = format!("Trần Thị Zq{}", kind.to_lowercase().replace('_', ""));
        let person = json!(record(&officer, json!({"name": name, "birth": "1988-05-01"})));
        let (of, photo, _) = pictured(&app, &officer, by_person(&person));
        published(&officer, &of, &photo);
        let at_person = format!("/api/v1/persons/{}", person.as_str().unwrap());
        let copy = officer.get(&format!("{at_person}/personal-data"), 200).to_string();
        assert!(copy.contains("ACTIVITY_PHOTO"), "{copy}");
        let request = ask(&app, kind, json!({"party": officer.get(&at_person, 200)["party"]}));
        if officer.post(REQUESTS, request.clone(), 201)["state"] != "DONE" {
            chair.post(&path(&request, "/approval"), Value::Null, 200);
        }
        assert_eq!(shown(&app, &of), Value::Null, "{kind}");
        officer.post(&publication(&of, &photo), json!({"title": "Lại đăng"}), 409);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM activity_photo_consent WHERE person_id IS NULL"), 1);
    let undone = app.database.refuses("UPDATE activity_photo_consent SET withdrawn_at = NULL, withdrawn_account = NULL");
    assert!(undone.contains("activity_photo_consent_only_ends"), "{undone}");
    crate::committees::audit(&app);
}

#[test]
fn what_is_wrong_with_a_consent_to_a_picture_is_said_at_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let child = json!(record(&officer, json!({"name": "Em Zqbé", "birth": "2014-05-01"})));
    let (of, photo, _) = pictured(&app, &officer, json!({"ground": "NOBODY"}));
    let to = at(&of, "/photo-consents");
    let body = |change: Value| {
        let mut body = json!({"id": Uuid::new_v4(), "document": photo["id"], "ground": "PERSON", "given_on": app.today()});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    for (change, errors) in [
        (json!({"id": Uuid::now_v7(), "given_on": "2027-01-01"}), vec!["/id", "/person", "/text_version", "/given_on"]),
        (json!({"ground": "NOBODY", "person": child, "text_version": 1}), vec!["/person", "/text_version"]),
        (json!({"ground": "PAPER", "text_version": 1}), vec!["/paper"]),
        (json!({"ground": "PAPER", "text_version": 7, "paper": "0".repeat(64)}), vec!["/paper", "/text_version"]),
        (json!({"ground": "NOBODY", "document": Uuid::new_v4()}), vec!["/document"]),
    ] {
        let said = wrong(&officer.post(&to, body(change), 422));
        assert_eq!(said.iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), errors);
    }
    // A child agrees by the paper of who represents it, and not alone.
    officer.post(&to, body(json!({"person": child, "text_version": 1})), 409);
    let paper = papers::upload(&officer, "ACTIVITY", "image/png", &papers::png());
    officer.post(&to, body(json!({"person": child, "text_version": 1, "paper": paper["sha256"]})), 201);
    officer.post(&publication(&of, &photo), json!({"title": "Vừa không ai vừa có người"}), 409);
    // The paper itself is no picture to show, and strangers learn nothing.
    officer.post(&at(&of, "/documents"), json!({"document": paper["id"]}), 201);
    officer.post(&publication(&of, &paper), json!({"title": "Giấy đồng ý"}), 409);
    app.officer_of("23059").get(&to, 404);
    app.officer_of("23059").post(&to, body(json!({"ground": "NOBODY"})), 404);
}

/// What is planned, or not for the public, shows no pictures.
#[test]
fn pictures_are_of_what_is_done_and_public() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let planned = activity(&app, json!({}));
    let hidden = activity(&app, json!({"public": false, "result": crate::activities::result(9, 9)}));
    for of in [planned, hidden] {
        officer.post(crate::activities::ACTIVITIES, of.clone(), 201);
        let photo = papers::upload(&officer, "ACTIVITY", "image/jpeg", &papers::jpeg());
        officer.post(&at(&of, "/documents"), json!({"document": photo["id"]}), 201);
        let nobody = json!({"id": Uuid::new_v4(), "document": photo["id"], "ground": "NOBODY", "given_on": app.today()});
        officer.post(&at(&of, "/photo-consents"), nobody, 201);
        officer.post(&publication(&of, &photo), json!({"title": "Chưa"}), 409);
    }
}
