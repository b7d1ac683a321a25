//! Certificates of donations on paper: one to be signed, and all of a drive as cards.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;

use crate::blood_corrections::{corrected, correction, given, reconciled};
use crate::donors::at as donor_at;
use crate::drives::at;
use crate::harness::{Caller, TestApp};

fn pdf(by: &Caller<'_>, path: &str) -> Vec<u8> {
    let answer = by.send("GET", path, None);
    assert!(answer.status == 200 && answer.bytes.starts_with(b"%PDF"), "{path}: {}", answer.status);
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), (Some("application/pdf"), Some("no-store")));
    answer.bytes
}

fn file_of(one: &Value) -> String {
    let (donor, code) = (one["donor"].as_str().unwrap(), one["certificate"]["code"].as_str().unwrap());
    format!("{}/certificates/{code}/file", donor_at(donor))
}

#[test]
fn a_certificate_is_printed_by_itself_and_with_all_of_its_day() {
    let app = TestApp::start();
    let officer = app.staff(Role::BloodOfficer, "23095");
    let code = reconciled(&app, &officer, 58_000);
    let all = given(&officer, &code);
    let one = pdf(&officer, &file_of(&all[0]));
    let english = officer.with("accept-language", "en").send("GET", &file_of(&all[0]), None);
    assert!(english.status == 200 && english.bytes != one && english.header("content-language") == Some("en"));
    let cards = pdf(&officer, &at(&code, "/certificates/file"));
    if let Some(folder) = std::env::var_os("SAMPLES") {
        std::fs::write(std::path::Path::new(&folder).join("blood-certificate.pdf"), &one).unwrap();
        std::fs::write(std::path::Path::new(&folder).join("blood-certificates.pdf"), &cards).unwrap();
    }
    assert_eq!(pdf(&officer, &at(&code, "/certificates/file?part=1")), cards, "the same certificates are the same file");
    officer.get(&at(&code, "/certificates/file?part=2"), 422);
    // Each printing is noted; whoever sees no donors prints none, and another chapter learns nothing.
    for action in ["BLOOD_CERTIFICATE_PRINTED", "BLOOD_CERTIFICATES_PRINTED"] {
        assert_eq!(app.database.number(&format!("SELECT count(*) FROM audit_event WHERE action = '{action}'")), 2, "{action}");
    }
    let (reader, stranger) = (app.staff(Role::Inspector, "68"), app.officer_of("23059"));
    for path in [file_of(&all[0]), at(&code, "/certificates/file")] {
        reader.get(&path, 403);
        stranger.get(&path, 404);
    }
    // One donor's code is not another's, and what does not stand is not printed.
    let theirs = format!(
        "{}/certificates/{}/file",
        donor_at(all[1]["donor"].as_str().unwrap()),
        all[0]["certificate"]["code"].as_str().unwrap()
    );
    officer.get(&theirs, 404);
    let body = correction(json!([{"kind": "NOT_GIVEN", "donation": all[0]["id"], "why": "NEVER_GIVEN"}]));
    corrected(&app, &officer, &code, &body);
    officer.get(&file_of(&all[0]), 409);
    assert_ne!(pdf(&officer, &at(&code, "/certificates/file")), cards);
}
