//! A file comes in pieces, over a bad connection, twice, at once, and through a restart; it is there once and whole.

use std::thread;

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::documents::Archive;
use so_nhan_ai::documents::model::Limits;
use uuid::Uuid;

use crate::books::later;
use crate::harness::{Caller, TestApp};
use crate::look::raw;
use crate::papers::{announcement, content, files, jpeg, pdf, send_chunk, sha256, try_upload, upload};

const PDF: &str = "application/pdf";
const KIB: u64 = 1 << 10;

fn id_of(announced: &Value) -> &str {
    announced["id"].as_str().unwrap()
}

/// Where an upload stands, by HEAD as a phone on a bad connection asks.
fn offset(caller: &Caller<'_>, id: &str) -> u64 {
    let answer = caller.send("HEAD", &format!("/api/v1/uploads/{id}"), None);
    assert_eq!((answer.status, answer.bytes.len()), (200, 0));
    answer.header("upload-offset").unwrap().parse().unwrap()
}

/// An upload of 300 KiB or so, announced.
fn announced(caller: &Caller<'_>) -> (Value, Vec<u8>) {
    let bytes = pdf(300_000);
    let announced = announcement("GIFT", PDF, &bytes);
    let begun = caller.post("/api/v1/uploads", announced.clone(), 201);
    assert_eq!((&begun["state"], &begun["offset"]), (&json!("OPEN"), &json!(0)), "{begun}");
    (announced, bytes)
}

#[test]
fn a_phone_that_lost_the_connection_asks_and_goes_on() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (announced, bytes) = announced(&officer);
    let id = id_of(&announced);
    let (status, first) = send_chunk(&officer, id, 0, &bytes[..100_000]);
    assert_eq!((status, &first["offset"], &first["state"]), (200, &json!(100_000), &json!("OPEN")));
    // The connection breaks in the middle of the next chunk: it announces more than it sends.
    let headers = format!(
        "Authorization: Bearer {}\r\nContent-Type: application/octet-stream\r\nUpload-Offset: 100000\r\nContent-Length: 100000\r\n",
        officer.token()
    );
    {
        use std::io::Write;
        let mut broken = std::net::TcpStream::connect(app.base.strip_prefix("http://").unwrap()).unwrap();
        broken.write_all(format!("PATCH /api/v1/uploads/{id} HTTP/1.1\r\nHost: x\r\n{headers}\r\n").as_bytes()).unwrap();
        broken.write_all(&bytes[100_000..150_000]).unwrap();
    }
    let again = officer.post("/api/v1/uploads", announced.clone(), 200);
    assert_eq!((&again["offset"], &again["state"]), (&json!(100_000), &json!("OPEN")), "announced again");
    assert_eq!(offset(&officer, id), 100_000);
    // Somewhere else: told where it stands, in a header and in words.
    let (status, wrong) = send_chunk(&officer, id, 200_000, &bytes[200_000..]);
    assert_eq!((status, &wrong["errors"][0]["code"]), (409, &json!("WRONG_OFFSET")), "{wrong}");
    let answer = officer.with("content-type", "application/offset+octet-stream").with("upload-offset", "200000").send(
        "PATCH",
        &format!("/api/v1/uploads/{id}"),
        Some(bytes[200_000..].to_vec()),
    );
    assert_eq!((answer.status, answer.header("upload-offset")), (409, Some("100000")));
    // The answer was lost: the same chunk again does no harm; other bytes at the same place are refused.
    assert_eq!(send_chunk(&officer, id, 0, &bytes[..100_000]).0, 200);
    assert_eq!(send_chunk(&officer, id, 0, &bytes[..99_999]).0, 409);
    assert_eq!(send_chunk(&officer, id, 0, &bytes[1..100_001]).0, 409);
    assert_eq!(offset(&officer, id), 100_000);
    let (status, done) = send_chunk(&officer, id, 100_000, &bytes[100_000..]);
    assert_eq!((status, &done["state"], &done["offset"]), (200, &json!("DONE"), &json!(bytes.len())));
    // That answer was lost as well.
    for _ in 0..2 {
        let (status, again) = send_chunk(&officer, id, 100_000, &bytes[100_000..]);
        assert_eq!((status, &again["document"]["sha256"]), (200, &json!(sha256(&bytes))));
    }
    assert_eq!(officer.post("/api/v1/uploads", announced.clone(), 200)["document"]["id"], announced["id"]);
    assert_eq!(content(&officer, &done["document"]), bytes);
    assert_eq!(files(&app).len(), 1, "one file and nothing else: {:?}", files(&app));
}

#[test]
fn announcements_are_checked() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let good = announcement("GIFT", PDF, &pdf(10));
    let with = |key: &str, value: Value| {
        let mut changed = good.clone();
        changed[key] = value;
        changed
    };
    for (key, value, code) in [
        ("name", json!("a\r\nSet-Cookie: b=c"), "NOT_A_LINE"),
        ("name", json!(""), "NOT_A_LINE"),
        ("name", json!("x".repeat(201)), "NOT_A_LINE"),
        ("media_type", json!("image/svg+xml"), "NOT_ACCEPTED"),
        ("media_type", json!("text/html"), "NOT_ACCEPTED"),
        ("size_bytes", json!(0), "OUT_OF_RANGE"),
        ("size_bytes", json!((20 << 20) + 1), "OUT_OF_RANGE"),
        ("size_bytes", json!(u64::MAX), "OUT_OF_RANGE"),
        ("sha256", json!("../../etc/passwd"), "NOT_A_HASH"),
        ("sha256", json!("g".repeat(64)), "NOT_A_HASH"),
        ("purpose", json!("HOLIDAY"), "NOT_A_CHOICE"),
        ("size_bytes", json!(-1), "WRONG_SHAPE"),
    ] {
        let refused = officer.post("/api/v1/uploads", with(key, value.clone()), 422);
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!(format!("/{key}")), &json!(code)),
            "{key} {value}"
        );
    }
    let all = officer.post("/api/v1/uploads", json!({"id": Uuid::now_v7(), "chapter": "23095", "purpose": "GIFT", "name": "", "media_type": "", "size_bytes": 0, "sha256": ""}), 422);
    assert_eq!(all["errors"].as_array().unwrap().len(), 4, "all mistakes at once: {all}");
    officer.post("/api/v1/uploads", with("chapter", json!("23059")), 404);
    officer.post("/api/v1/uploads", with("chapter", json!("nowhere")), 404);
    officer.post("/api/v1/uploads", with("purpose", json!("APPEAL")), 403);
    officer.post("/api/v1/uploads", good.clone(), 201);
    assert_eq!(officer.post("/api/v1/uploads", with("name", json!("khác.pdf")), 422)["type"], "/problems/id-taken");
    // An id of somebody else's chapter is taken too, and nothing more is said about it.
    let elsewhere = app.officer_of("23059").post("/api/v1/uploads", with("chapter", json!("23059")), 422);
    assert_eq!(elsewhere["type"], "/problems/id-taken");
}

#[test]
fn chunks_are_checked() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (announced, bytes) = announced(&officer);
    let path = format!("/api/v1/uploads/{}", id_of(&announced));
    let sends = |kind: &str, offset: Option<&str>, body: &[u8]| {
        let caller = officer.with("content-type", kind);
        let caller = offset.map_or(caller.with("x-none", ""), |offset| caller.with("upload-offset", offset));
        let answer = caller.send("PATCH", &path, Some(body.to_vec()));
        (answer.status, answer.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
    };
    let octets = "application/octet-stream";
    assert_eq!(sends("application/json", Some("0"), b"{}").0, 415);
    assert_eq!(sends(octets, None, &bytes[..70_000]), (422, "MISSING".into()));
    for offset in ["-1", "+0", "x", "1e3", "99999999999999999999999999"] {
        assert_eq!(sends(octets, Some(offset), &bytes[..70_000]), (422, "WRONG_SHAPE".into()), "{offset:?}");
    }
    assert_eq!(sends(octets, Some("0"), &bytes[..1_000]), (422, "TOO_SHORT".into()));
    assert_eq!(sends(octets, Some("0"), b""), (422, "TOO_SHORT".into()));
    assert_eq!(sends(octets, Some("0"), &[&bytes[..], b"x"].concat()), (422, "OUT_OF_RANGE".into()));
    assert_eq!(sends(octets, Some("0"), &vec![0; (1 << 20) + 1]).0, 413);
    // The same without an announced length.
    let head = format!(
        "Authorization: Bearer {}\r\nContent-Type: {octets}\r\nUpload-Offset: 0\r\nTransfer-Encoding: chunked\r\n",
        officer.token()
    );
    let long = [format!("{:x}\r\n", (1 << 20) + 1).into_bytes(), vec![0; (1 << 20) + 1], b"\r\n0\r\n\r\n".to_vec()].concat();
    assert_eq!(raw(&app, &format!("PATCH {path} HTTP/1.1"), &head, &long).status, 413);
    assert_eq!(sends(octets, Some("18446744073709551615"), &bytes[..70_000]), (422, "OUT_OF_RANGE".into()));
    assert_eq!(offset(&officer, id_of(&announced)), 0);
    assert_eq!(files(&app), Vec::<String>::new(), "what was refused left nothing behind");
    officer
        .with("content-type", octets)
        .with("upload-offset", "0")
        .send("PATCH", "/api/v1/uploads/x", Some(vec![]))
        .header("x-request-id")
        .unwrap();
    let unknown = send_chunk(&officer, &Uuid::now_v7().to_string(), 0, b"x");
    assert_eq!(unknown.0, 404);
}

#[test]
fn a_file_that_is_not_the_announced_one_is_refused() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let bytes = pdf(1_000);
    let mut announced = announcement("GIFT", PDF, &bytes);
    announced["sha256"] = json!("0".repeat(64));
    let (status, refused) = try_upload(&officer, &announced, &bytes);
    assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("WRONG_HASH")));
    assert_eq!(files(&app), Vec::<String>::new());
    // Under a new id it goes through.
    upload(&officer, "GIFT", PDF, &bytes);
}

/// Eight requests with one and the same chunk, then eight with different ones: the offset moves once.
#[test]
fn requests_at_once_move_the_offset_once() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (announced, bytes) = announced(&officer);
    let id = id_of(&announced);
    // On a slow disk some may wait too long for their turn and are told to come back, which clients do.
    let until_served = |at: u64, chunk: &[u8]| loop {
        match send_chunk(&officer, id, at, chunk).0 {
            503 => continue,
            status => return status,
        }
    };
    let at_once = |at: u64, chunks: Vec<&[u8]>| -> Vec<u16> {
        thread::scope(|scope| {
            let sent: Vec<_> = chunks.into_iter().map(|chunk| scope.spawn(|| until_served(at, chunk))).collect();
            sent.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    };
    assert_eq!(at_once(0, vec![&bytes[..70_000]; 8]), [200; 8]);
    assert_eq!(offset(&officer, id), 70_000);
    let different: Vec<&[u8]> = (0..8).map(|n| &bytes[70_000..150_000 + n]).collect();
    let answers = at_once(70_000, different);
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [200, 409].contains(status)), "{answers:?}");
    let now = offset(&officer, id);
    assert_eq!(files(&app).len(), 2, "chunks that lost are gone: {:?}", files(&app));
    // The end, eight times at once: one document, everybody is told.
    assert_eq!(at_once(now, vec![&bytes[usize::try_from(now).unwrap()..]; 8]), [200; 8]);
    assert_eq!(app.database.number("SELECT count(*) FROM document"), 1);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'DOCUMENT_UPLOADED'"), 1);
    assert_eq!(content(&officer, &json!({"id": id})), bytes);
    assert_eq!(files(&app).len(), 1);
}

/// Two servers on one database and one folder, and a restart in between.
#[test]
fn an_upload_goes_on_at_another_server_and_after_a_restart() {
    let mut first = TestApp::start();
    let account = first.account(Role::Officer, "23095");
    let token = first.log_in(account).token().to_owned();
    let second = TestApp::start_with(first.database.share(), first.shared.clone());
    let (announced, bytes) = announced(&first.bearer(&token));
    let id = id_of(&announced);
    assert_eq!(send_chunk(&first.bearer(&token), id, 0, &bytes[..70_000]).0, 200);
    assert_eq!(send_chunk(&second.bearer(&token), id, 70_000, &bytes[70_000..140_000]).0, 200);
    first.stop();
    // A chunk whose server died between the file and the database: the file is there, and counts for nothing.
    let orphan = first.shared.archive.dir().join("uploads").join(id).join("140000-00000000deadbeef");
    std::fs::write(orphan, &bytes[140_000..210_000]).unwrap();
    let third = TestApp::start_with(first.database.share(), first.shared.clone());
    assert_eq!(offset(&third.bearer(&token), id), 140_000);
    let (status, done) = send_chunk(&third.bearer(&token), id, 140_000, &bytes[140_000..]);
    assert_eq!((status, &done["state"]), (200, &json!("DONE")), "{done}");
    assert_eq!(content(&second.bearer(&token), &done["document"]), bytes);
    assert_eq!(files(&third).len(), 1);
}

/// Killed after the last chunk and before the document: everything is here and nothing happened. An empty chunk, or
/// the last one again, finishes.
#[test]
fn an_upload_that_died_before_its_document_is_finished_later() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for repeat_last in [false, true] {
        let (announced, bytes) = announced(&officer);
        let id = id_of(&announced);
        send_chunk(&officer, id, 0, &bytes[..200_000]);
        // What `register` leaves when the process dies right after it.
        let rest = &bytes[200_000..];
        std::fs::write(app.shared.archive.dir().join("uploads").join(id).join("200000-00"), rest).unwrap();
        app.database.execute(&format!(
            "INSERT INTO upload_chunk (upload_id, at_bytes, length_bytes, sha256, file) VALUES ('{id}', 200000, {}, '{}', '200000-00');
             UPDATE upload SET offset_bytes = size_bytes WHERE id = '{id}'",
            rest.len(),
            sha256(rest)
        ));
        let state = officer.get(&format!("/api/v1/uploads/{id}"), 200);
        assert_eq!((&state["state"], &state["offset"]), (&json!("OPEN"), &json!(bytes.len())));
        let (status, done) = match repeat_last {
            true => send_chunk(&officer, id, 200_000, rest),
            false => send_chunk(&officer, id, bytes.len() as u64, b""),
        };
        assert_eq!((status, &done["state"]), (200, &json!("DONE")), "{done}");
        assert_eq!(content(&officer, &done["document"]), bytes);
    }
}

#[test]
fn chunks_that_were_lost_refuse_the_upload_and_say_so() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let (announced, bytes) = announced(&officer);
    let id = id_of(&announced);
    send_chunk(&officer, id, 0, &bytes[..200_000]);
    std::fs::remove_dir_all(app.shared.archive.dir().join("uploads")).unwrap();
    let (status, refused) = send_chunk(&officer, id, 200_000, &bytes[200_000..]);
    assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("CHUNKS_LOST")));
}

#[test]
fn only_who_began_goes_on_and_only_while_they_may() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let officer = app.log_in(account);
    let (announced, bytes) = announced(&officer);
    let id = id_of(&announced);
    let chunk = &bytes[..70_000];
    for (caller, status) in [
        (app.officer_of("23095"), 403),
        (app.chair_of("23095"), 403),
        (app.staff(Role::Inspector, "68"), 403),
        (app.officer_of("23059"), 404),
        (app.staff(Role::ProvincialAdministrator, "01"), 404),
        (app.anonymous(), 401),
    ] {
        assert_eq!(send_chunk(&caller, id, 0, chunk).0, status);
    }
    assert_eq!(send_chunk(&officer, id, 0, chunk).0, 200);
    app.database
        .execute(&format!("UPDATE role_assignment SET ended_at = '2026-11-22T02:00:00Z' WHERE account_id = '{}'", account.id));
    assert_eq!(send_chunk(&officer, id, 70_000, chunk).0, 404);
    assert_eq!(files(&app).len(), 1);
}

#[test]
fn an_upload_is_forgotten_after_two_days() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let (announced, bytes) = announced(&app.log_in(account));
    let id = id_of(&announced);
    send_chunk(&app.log_in(account), id, 0, &bytes[..70_000]);
    let officer = later(&app, account, Duration::hours(47));
    assert_eq!(offset(&officer, id), 70_000);
    let officer = later(&app, account, Duration::hours(1));
    officer.get(&format!("/api/v1/uploads/{id}"), 404);
    assert_eq!(send_chunk(&officer, id, 70_000, &bytes[70_000..]).0, 404);
}

#[test]
fn an_account_has_limits() {
    let mut app = TestApp::start();
    app.stop();
    let mut shared = app.shared.clone();
    shared.archive =
        Archive::new(shared.archive.dir(), Limits { open_uploads: 3, daily: 1 << 20, reserve: 0, ..Limits::default() });
    let app = TestApp::start_with(app.database.share(), shared);
    let account = app.account(Role::Officer, "23095");
    let officer = app.log_in(account);
    let begun: Vec<_> = (0..3).map(|_| announced(&officer)).map(|(announced, _)| announced).collect();
    let tells = |answer: Value, word: &str| assert!(answer["detail"].as_str().unwrap().contains(word), "{answer}");
    let one_more = |officer: &Caller<'_>, size: usize, status| {
        officer.post("/api/v1/uploads", announcement("GIFT", PDF, &pdf(size)), status)
    };
    tells(one_more(&officer, 10, 429), "gửi dở");
    officer.post("/api/v1/uploads", begun[0].clone(), 200);
    one_more(&app.officer_of("23095"), 10, 201);
    // Finished ones make room, but the day's bytes are counted.
    for announced in &begun {
        send_chunk(&officer, id_of(announced), 0, &pdf(300_000));
    }
    tells(one_more(&officer, 200_000, 429), "24 giờ");
    let officer = later(&app, account, Duration::hours(24));
    one_more(&officer, 200_000, 201);
}

/// What its sender gives up is as if it had never been announced, but what was sent counts for the day.
#[test]
fn an_upload_is_cancelled_by_whoever_began_it() {
    let mut app = TestApp::start();
    app.stop();
    let mut shared = app.shared.clone();
    shared.archive =
        Archive::new(shared.archive.dir(), Limits { open_uploads: 1, daily: 1 << 20, reserve: 0, ..Limits::default() });
    let app = TestApp::start_with(app.database.share(), shared);
    let officer = app.officer_of("23095");
    let (announced, bytes) = announced(&officer);
    let (id, path) = (id_of(&announced), format!("/api/v1/uploads/{}", id_of(&announced)));
    send_chunk(&officer, id, 0, &bytes[..200_000]);
    for (caller, status) in [
        (app.anonymous(), 401),
        (app.officer_of("23095"), 403),
        (app.staff(Role::Inspector, "68"), 403),
        (app.officer_of("23059"), 404),
    ] {
        caller.delete(&path, status);
    }
    assert_eq!(offset(&officer, id), 200_000);
    let folder = app.shared.archive.dir().join("uploads").join(id);
    assert!(folder.exists());
    officer.delete(&path, 204);
    assert!(!folder.exists(), "what was sent is gone");
    assert_eq!(app.database.number("SELECT count(*) FROM upload_chunk"), 0);
    assert_eq!(app.database.number("SELECT count(*) FROM upload WHERE octet_length(name) > 0"), 0, "and so is its name");
    officer.get(&path, 404);
    assert_eq!(send_chunk(&officer, id, 200_000, &bytes[200_000..]).0, 404);
    officer.delete(&path, 404);
    officer.delete(&format!("/api/v1/uploads/{}", Uuid::now_v7()), 404);
    // Its place among the unfinished is free, its id too; what becomes a document stays one.
    officer.post("/api/v1/uploads", announced.clone(), 201);
    let (status, done) = send_chunk(&officer, id, 0, &bytes);
    assert_eq!((status, &done["state"]), (200, &json!("DONE")), "{done}");
    assert_eq!(officer.delete(&path, 409)["type"], "/problems/conflict");
    officer.get(&format!("/api/v1/documents/{id}"), 200);
    // 200,000 given up and 300,000 kept: of 1 MiB that leaves less than 600,000.
    let more = |size: usize, status| officer.post("/api/v1/uploads", announcement("GIFT", PDF, &pdf(size)), status);
    assert!(more(600_000, 429)["detail"].as_str().unwrap().contains("24 giờ"));
    // A refused one can be taken back as well.
    let mut refused = announcement("GIFT", PDF, &pdf(100));
    refused["sha256"] = json!(sha256(b"other"));
    assert_eq!(try_upload(&officer, &refused, &pdf(100)).0, 422);
    officer.delete(&format!("/api/v1/uploads/{}", id_of(&refused)), 204);
    more(10, 201);
}

/// The disk is full (here: the reserve is larger than any disk). Whoever asks is told, nothing is half there, gifts go on.
#[test]
fn a_full_disk_is_said_and_gifts_go_on() {
    let mut app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let (announced, bytes) = announced(&app.log_in(account));
    let id = id_of(&announced).to_owned();
    send_chunk(&app.log_in(account), &id, 0, &bytes[..70_000]);
    app.stop();
    let mut shared = app.shared.clone();
    shared.archive = Archive::new(shared.archive.dir(), Limits { reserve: u64::MAX, ..Limits::default() });
    let full = TestApp::start_with(app.database.share(), shared);
    let officer = full.log_in(account);
    let (status, told) = send_chunk(&officer, &id, 70_000, &bytes[70_000..]);
    assert_eq!((status, &told["type"]), (507, &json!("/problems/storage-full")), "{told}");
    assert_eq!(offset(&officer, &id), 70_000);
    assert_eq!(files(&full).len(), 1);
    officer.post("/api/v1/gifts", full.gift(json!({})), 201);
    // There is space again.
    let again = TestApp::start_with(app.database.share(), app.shared.clone());
    let (status, done) = send_chunk(&again.log_in(account), &id, 70_000, &bytes[70_000..]);
    assert_eq!((status, &done["state"]), (200, &json!("DONE")));
}

#[test]
fn the_largest_file_goes_through_and_comes_back() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let bytes = pdf((20 << 20) - 100);
    assert!(bytes.len() as u64 <= 20 << 20 && bytes.len() as u64 > 20 * KIB * KIB - 100);
    let document = upload(&officer, "GIFT", PDF, &bytes);
    assert!(content(&officer, &document) == bytes);
}

/// The same bytes from two chapters are one file, and neither sees the other.
#[test]
fn one_content_is_one_file_and_two_documents() {
    let app = TestApp::start();
    let (here, there) = (app.officer_of("23095"), app.officer_of("23059"));
    let ours = upload(&here, "GIFT", "image/jpeg", &jpeg());
    let mut announced = announcement("GIFT", "image/jpeg", &jpeg());
    announced["chapter"] = json!("23059");
    let (_, theirs) = try_upload(&there, &announced, &jpeg());
    assert_eq!(ours["sha256"], theirs["document"]["sha256"]);
    assert_eq!(files(&app).len(), 1);
    here.get(&format!("/api/v1/documents/{}", id_of(&announced)), 404);
    there.get(&format!("/api/v1/documents/{}", ours["id"].as_str().unwrap()), 404);
    let by_hash = format!("/api/v1/documents/{}/content", ours["sha256"].as_str().unwrap());
    for (caller, status) in [(&here, 200), (&there, 200), (&app.officer_of("01"), 404)] {
        assert_eq!(caller.send("GET", &by_hash, None).status, status);
    }
}
