//! What earlier programs left behind in a backup goes on living under this one: people who share a telephone, papers, requests
//! about personal data, publications, a log of two keys. Each backup was made by its program (`tests/data/make_installation.py`).

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::*;

/// Made by `b3cbc20`, by `c639506`, which keeps names as given, unusual gifts and limits of the law, and by `0b6650c`, the last one that
/// knew money in alone.
const INSTALLATIONS: [&str; 7] = [
    "installation-2026-11-29",
    "installation-2026-11-29-second",
    "installation-2026-11-30",
    "installation-2026-11-30-second",
    "installation-2026-12-01",
    "installation-2026-12-01-second",
    "installation-2026-12-01-third",
];

/// Those that have members.
const WITH_MEMBERS: [&str; 3] = ["installation-2026-12-01", "installation-2026-12-01-second", "installation-2026-12-01-third"];

/// Those that have volunteers.
const WITH_VOLUNTEERS: [&str; 2] = ["installation-2026-12-01-second", "installation-2026-12-01-third"];

/// Those that have days of giving blood.
const WITH_BLOOD: [&str; 1] = ["installation-2026-12-01-third"];

fn data(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(of)
}

/// Restores the backup into a data folder and starts this program on it.
fn restored(of: &str) -> (Folder, Server, Value) {
    let (folder, data) = (Folder::new(), data(of));
    let mut restore = folder.program(&["restore", "--from"]);
    restore.arg(data.join("backup")).arg("--keys-from").arg(data.join("keys"));
    let said = said(&mut restore, "");
    assert!(said.ok(), "{said:?}");
    let server = Server::start(&folder);
    let story = serde_json::from_str(&fs::read_to_string(data.join("story.json")).unwrap()).unwrap();
    (folder, server, story)
}

fn list<'a>(story: &'a Value, name: &str) -> &'a [Value] {
    story[name].as_array().unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

/// The leaf in a receipt, which is what the giver holds: its other lines say where the log has grown to.
fn leaf_of(receipt: &str) -> &str {
    receipt.lines().find(|line| line.starts_with("extra ")).unwrap()
}

#[test]
fn a_backup_of_an_earlier_release_is_restored_migrated_and_answers_as_before() {
    INSTALLATIONS.iter().for_each(|of| answers_as_before(of));
}

fn answers_as_before(of: &str) {
    let (folder, server, story) = restored(of);
    let audited = folder.run(&["audit", "--database"]);
    assert!(audited.ok(), "{audited:?}");
    for (place, old) in story["totals"].as_object().unwrap() {
        let totals = server.get(&format!("/api/v1/public/totals?chapter={place}"));
        for figure in ["received_vnd", "gift_count", "by_channel", "by_fund", "quarantined"] {
            assert_eq!(totals[figure], old[figure], "{figure} of {place}");
        }
    }
    let log = server.get("/api/v1/public/log");
    assert_eq!((&log["origin"], &log["keys"]), (&story["log"]["origin"], &story["log"]["keys"]));

    let password = text(&story, "password");
    let officers = [("TW", server.log_in("ha.trunguong", password)), ("23095", server.log_in("hanh.hamliem", password))];
    let recorder = |gift: &Value| &officers.iter().find(|(chapter, _)| gift["chapter"] == *chapter).unwrap().1;
    for gift in list(&story, "gifts") {
        let again = server.post_gift(recorder(&gift["request"]), &gift["request"]).unwrap();
        let body = again.json();
        assert_eq!((again.status, &body["outcome"], &body["code"]), (200, &json!("ALREADY_BOOKED"), &gift["code"]), "{body}");
        let code = text(gift, "code");
        let shown = server.get(&format!("/api/v1/public/entries/{code}"));
        for member in ["kind", "day", "booked_on", "amount_vnd", "fund", "leaf_hash", "log_index", "reversed_by"] {
            assert_eq!(shown[member], gift["public"][member], "{member} of {code}");
        }
        let receipt = server.send("GET", &format!("/api/v1/public/entries/{code}/receipt"), None, None).text;
        assert_eq!(leaf_of(&receipt), leaf_of(text(gift, "receipt")), "{code}");
    }
    every_old_receipt_verifies(&folder, &story);
    server.stop();
}

/// A receipt that a giver has kept is checked without the server, under either key.
fn every_old_receipt_verifies(folder: &Folder, story: &Value) {
    let keys = list(&story["log"], "keys");
    for (n, gift) in list(story, "gifts").iter().enumerate().step_by(17) {
        let file = folder.top.join(format!("{n}.tlog-proof"));
        fs::write(&file, text(gift, "receipt")).unwrap();
        let checked = folder.run(&["receipt", "check", file.to_str().unwrap(), "--vkey", keys[n % keys.len()].as_str().unwrap()]);
        assert!(checked.ok(), "{checked:?}");
    }
}

#[test]
fn papers_publications_and_requests_of_an_earlier_release_are_there() {
    INSTALLATIONS.iter().for_each(|of| papers_and_requests_are_there(of));
}

fn papers_and_requests_are_there(of: &str) {
    let (folder, server, story) = restored(of);
    let hanh = server.log_in("hanh.hamliem", text(&story, "password"));
    for paper in list(&story, "papers") {
        let gift = text(paper, "gift");
        let erased = list(&story, "people")[6]["gift"] == *gift;
        let listed = server.send("GET", &format!("/api/v1/gifts/{gift}/documents"), Some(&hanh), None);
        let content = format!("/api/v1/documents/{}/content", text(&paper["document"], "id"));
        let content = server.send("GET", &content, Some(&hanh), None);
        assert_eq!(listed.status, 200, "{}", listed.text);
        if !erased {
            assert_eq!(content.status, 200, "{}", content.text);
            assert_eq!(listed.json()[0]["sha256"], paper["document"]["sha256"]);
        }
    }
    let published = server.get("/api/v1/public/appeals/TET-2026/publications");
    let done = |row: &&Value| row["versions"].as_array().is_some_and(|versions| !versions.is_empty());
    let duty = published.as_array().unwrap().iter().find(done).unwrap_or_else(|| panic!("{published}"));
    assert_eq!(duty["versions"][0]["code"], story["publication"]["code"]);
    for asked in list(&story, "personal_data_requests") {
        let path = format!("/api/v1/personal-data-requests/{}", text(&asked["request"], "id"));
        let now = server.send("GET", &path, Some(&hanh), None);
        assert_eq!(now.status, 200, "{}", now.text);
        assert_eq!((&now.json()["kind"], &now.json()["state"]), (&asked["answer"]["kind"], &asked["answer"]["state"]));
    }
    // What took a second person then is a matter now: two that were decided, and one that waits, as it was asked.
    let matters = "SELECT count(*) FROM decision WHERE matter IN ('PERSONAL_DATA_ERASURE', 'PERSONAL_DATA_CORRECTION')";
    assert_eq!(folder.number(matters), 3);
    let waits = list(&story, "personal_data_requests")
        .iter()
        .find(|asked| (&asked["answer"]["kind"], &asked["answer"]["state"]) == (&json!("ERASE"), &json!("REQUESTED")));
    let inbox = server.send("GET", "/api/v1/decisions?chapter=23095", Some(&hanh), None).json();
    let found = inbox["items"].as_array().unwrap().iter().find(|row| row["matter"] == "PERSONAL_DATA_ERASURE").unwrap();
    assert_eq!((&found["id"], &found["asked_at"]), (&waits.unwrap()["request"]["id"], &waits.unwrap()["answer"]["requested_at"]));
    let audited = folder.run(&["audit", "--database"]);
    assert!(audited.ok(), "{audited:?}");
    server.stop();
}

#[test]
fn members_committees_and_dues_of_an_earlier_release_are_there() {
    WITH_MEMBERS.iter().for_each(|of| members_are_there(of));
}

#[test]
fn volunteers_and_call_outs_of_an_earlier_release_are_there() {
    WITH_VOLUNTEERS.iter().for_each(|of| volunteers_are_there(of));
}

fn volunteers_are_there(of: &str) {
    let (_folder, server, story) = restored(of);
    let hanh = server.log_in("hanh.hamliem", text(&story, "password"));
    let get = |path: &str| {
        let answer = server.send("GET", path, Some(&hanh), None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    };
    for old in list(&story, "volunteers") {
        let now = get(&format!("/api/v1/volunteers/{}", text(old, "id")));
        for of_it in ["id", "person", "kind", "state", "willing", "skills"] {
            assert_eq!(now[of_it], old[of_it], "{of_it} of {}", old["id"]);
        }
    }
    let asked = get(&format!("/api/v1/call-outs/{}/asked", text(&story["call_out"], "id")));
    let (now, old) = (list(&asked, "items"), list(&story["call_out"], "asked"));
    assert!(!old.is_empty());
    assert_eq!(now.len(), old.len());
    for (now, old) in now.iter().zip(old) {
        assert_eq!((&now["id"], &now["link"]), (&old["id"], &old["link"]), "a link that was sent leads on");
    }
    server.stop();
}

#[test]
fn days_of_blood_of_an_earlier_release_are_there() {
    WITH_BLOOD.iter().for_each(|of| blood_is_there(of));
}

fn blood_is_there(of: &str) {
    let (_folder, server, story) = restored(of);
    let hanh = server.log_in("hanh.hamliem", text(&story, "password"));
    let get = |path: &str| {
        let answer = server.send("GET", path, Some(&hanh), None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    };
    let old = &story["blood"];
    let now = get(&format!("/api/v1/reconciliations/{}", text(&old["reconciliation"], "id")));
    for of_it in ["state", "registered", "came", "gave", "deferred", "ml", "reasons"] {
        assert_eq!(now[of_it], old["reconciliation"][of_it], "{of_it}");
    }
    for (path, was, same) in [
        ("/api/v1/donors?chapter=23095".to_owned(), list(old, "donors"), ["id", "name", "donations", "last_on"]),
        (format!("{}/bookings", text(old, "to_come")), list(old, "bookings"), ["id", "code", "state", "slot"]),
    ] {
        let now = get(&path);
        assert_eq!(list(&now, "items").len(), was.len(), "{path}");
        for old in was {
            let one = list(&now, "items").iter().find(|one| one["id"] == old["id"]).unwrap();
            same.iter().for_each(|of_it| assert_eq!(one[of_it], old[of_it], "{of_it} of {}", old["id"]));
        }
    }
    server.stop();
}

fn members_are_there(of: &str) {
    let (folder, server, story) = restored(of);
    let hanh = server.log_in("hanh.hamliem", text(&story, "password"));
    let get = |path: &str| {
        let answer = server.send("GET", path, Some(&hanh), None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    };
    for old in list(&story, "members") {
        let now = get(&format!("/api/v1/members/{}", text(&old["request"], "id")));
        for member in ["id", "person", "kind", "state", "card", "since", "until"] {
            assert_eq!(now[member], old["member"][member], "{member} of {}", old["member"]["id"]);
        }
        let person = get(&format!("/api/v1/persons/{}", text(&old["person"], "id")));
        assert_eq!((&person["name"], &person["birth"]), (&old["person"]["name"], &old["person"]["birth"]));
        if let Some(card) = old["member"]["card"].as_str() {
            assert_eq!(server.get(&format!("/api/v1/public/cards/{card}"))["state"], old["card"]["state"]);
        }
        let again = server.send("POST", "/api/v1/members", Some(&hanh), Some(&old["request"]));
        assert_eq!(again.status, 200, "{}", again.text);
    }
    let (committee, sheet) = (&story["committee"], &story["dues_sheet"]);
    let now = get(&format!("/api/v1/committees/{}", text(committee, "id")));
    assert_eq!((&now["posts"][0]["id"], &now["term_until"]), (&committee["posts"][0]["id"], &committee["term_until"]));
    let now = get(&format!("/api/v1/dues-sheets/{}", text(sheet, "id")));
    assert_eq!((&now["code"], &now["amount_vnd"]), (&sheet["code"], &sheet["amount_vnd"]));
    let audited = folder.run(&["audit", "--database"]);
    assert!(audited.ok(), "{audited:?}");
    server.stop();
}
