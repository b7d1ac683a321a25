//! What nobody needs goes, after a day and never sooner; what a row names stays; what is missing is reported.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::SystemTime;

use chrono::Duration;
use serde_json::json;
use so_nhan_ai::authz::Role;
use so_nhan_ai::documents::model::ContentHash;
use so_nhan_ai::documents::sweep::{SweepError, Swept, sweep_all};
use so_nhan_ai::documents::verify::{Fault, verify};
use so_nhan_ai::house::papers::Kept;
use so_nhan_ai::rooms::ROOMS;

use crate::harness::TestApp;
use crate::papers::{announcement, content, files, jpeg, pdf, png, send_chunk, sha256, try_upload, upload};

const PDF: &str = "application/pdf";

fn sweep(app: &TestApp) -> Swept {
    sweep_all(&app.shared.db, app.now(), &app.shared.archive, ROOMS).unwrap()
}

/// A file in its place without a row, as an upload leaves it that died in between.
fn orphan(app: &TestApp, bytes: &[u8]) -> String {
    let hash = sha256(bytes);
    let path = app.shared.archive.path_of(&ContentHash::parse(&hash).unwrap());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(SystemTime::from(app.now())).unwrap();
    format!("{}/{}/{hash}", &hash[..2], &hash[2..4])
}

#[test]
fn files_without_a_row_go_after_a_day_and_documents_stay() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let document = upload(&app.log_in(account), "GIFT", "image/jpeg", &jpeg());
    let lost = orphan(&app, b"nobody's");
    assert!(files(&app).contains(&lost));
    for (wait, gone) in [(Duration::zero(), false), (Duration::hours(24), false), (Duration::seconds(1), true)] {
        app.clock.advance(wait);
        let swept = sweep(&app);
        assert_eq!(swept.files, usize::from(gone), "{wait:?}");
        assert_eq!(files(&app).contains(&lost), !gone);
    }
    app.clock.advance(Duration::days(1_000));
    assert_eq!(sweep(&app).files, 0);
    let officer = app.log_in(account);
    assert_eq!(content(&officer, &document), jpeg());
}

/// What is uploaded again on top of an old orphan is new: the sweep that had its eye on it leaves it alone.
#[test]
fn an_upload_over_garbage_is_no_garbage() {
    let app = TestApp::start();
    orphan(&app, &png());
    app.clock.advance(Duration::days(3));
    let document = upload(&app.officer_of("23095"), "GIFT", "image/png", &png());
    assert_eq!(sweep(&app).files, 0);
    app.database.execute("DELETE FROM document");
    assert_eq!(sweep(&app).files, 0, "erased just now: a day's grace");
    app.clock.advance(Duration::days(2));
    assert_eq!(sweep(&app).files, 1);
    app.officer_of("23095").get(&format!("/api/v1/documents/{}", document["id"].as_str().unwrap()), 404);
}

/// Uploads of the same contents again and again while the sweep runs on old orphans of them: no row loses its file.
#[test]
fn the_sweep_takes_nothing_that_an_upload_is_about_to_name() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let contents: Vec<Vec<u8>> = (0..12).map(|n| pdf(100 + n)).collect();
    app.clock.advance(Duration::days(-3));
    contents.iter().for_each(|bytes| drop(orphan(&app, bytes)));
    app.clock.advance(Duration::days(3));
    let done = AtomicBool::new(false);
    let swept = thread::scope(|scope| {
        let sweeping = scope.spawn(|| {
            let mut swept = 0;
            while !done.load(Ordering::Acquire) {
                swept += sweep(&app).files;
            }
            swept
        });
        for bytes in &contents {
            upload(&officer, "GIFT", PDF, bytes);
        }
        done.store(true, Ordering::Release);
        sweeping.join().unwrap()
    });
    let mut faults = Vec::new();
    let looked = verify(&app.shared.db, &app.shared.archive, |file, fault| faults.push((file.clone(), fault))).unwrap();
    assert_eq!((looked, faults), (12, Vec::new()), "{swept} were swept before they were uploaded");
}

#[test]
fn unfinished_uploads_go_with_their_chunks() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let bytes = pdf(200_000);
    let begin = || {
        let announced = announcement("GIFT", PDF, &bytes);
        let officer = app.log_in(account);
        officer.post("/api/v1/uploads", announced.clone(), 201);
        send_chunk(&officer, announced["id"].as_str().unwrap(), 0, &bytes[..100_000]);
        announced
    };
    let old = begin();
    app.clock.advance(Duration::hours(47));
    let young = begin();
    // Left by a server that died while it put a file together.
    fs::write(app.shared.archive.dir().join("uploads").join(young["id"].as_str().unwrap()).join("whole-00"), b"x").unwrap();
    assert_eq!(sweep(&app), Swept::default());
    app.clock.advance(Duration::hours(1));
    assert_eq!(sweep(&app), Swept { uploads: 1, folders: 1, files: 0 });
    assert_eq!(app.database.number("SELECT count(*) FROM upload_chunk"), 1);
    let officer = app.log_in(account);
    let (status, done) = send_chunk(&officer, young["id"].as_str().unwrap(), 100_000, &bytes[100_000..]);
    assert_eq!((status, &done["state"]), (200, &json!("DONE")));
    assert_eq!(files(&app).len(), 1, "{:?}", files(&app));
    // The forgotten id may be used again, even for something else.
    let mut again = announcement("GIFT", PDF, &pdf(50));
    again["id"] = old["id"].clone();
    assert_eq!(try_upload(&officer, &again, &pdf(50)).0, 200);
    // Long after the upload is forgotten, its document answers for the id.
    app.clock.advance(Duration::days(50));
    assert_eq!(sweep(&app).uploads, 2);
    let officer = app.log_in(account);
    assert_eq!(officer.post("/api/v1/uploads", young.clone(), 200)["state"], "DONE");
    assert_eq!(
        officer.get(&format!("/api/v1/uploads/{}", young["id"].as_str().unwrap()), 200)["document"]["sha256"],
        json!(sha256(&bytes))
    );
    assert_eq!(officer.post("/api/v1/uploads", old, 422)["type"], "/problems/id-taken");
}

/// What closed it, and for how long, does not matter: a purpose says whether there is an end.
#[test]
fn what_is_kept_for_good_is_not_swept() {
    let app = TestApp::start();
    let everything = app.account_of(
        None,
        &[Role::Officer, Role::Accountant, Role::ChapterChair, Role::TracingOfficer, Role::BloodOfficer]
            .map(|role| (role, "23095")),
    );
    let holder = app.log_in(everything);
    for paper in ROOMS.papers() {
        let document = upload(&holder, paper.purpose, PDF, &pdf(2_000));
        app.database.execute(&format!(
            "INSERT INTO document_closure (document_id, reason, subject_id, closed_at, kept_until)
             VALUES ('{}', 'ERASED', gen_random_uuid(), '{}', '2020-12-31')",
            document["id"].as_str().unwrap(),
            app.now()
        ));
    }
    sweep(&app);
    let mut for_good: Vec<&str> = ROOMS.papers().filter(|paper| paper.kept == Kept::ForGood).map(|paper| paper.purpose).collect();
    for_good.sort_unstable();
    let left = app.database.text("SELECT string_agg(purpose, ' ' ORDER BY purpose COLLATE \"C\") FROM document");
    assert_eq!(left, for_good.join(" "));
    assert!(for_good.contains(&"MONEY_ORDER") && !for_good.contains(&"GIFT"));
}

/// A server with the wrong database would take every document for garbage.
#[test]
fn the_folder_of_another_database_is_left_alone() {
    let app = TestApp::start();
    upload(&app.officer_of("23095"), "GIFT", "image/jpeg", &jpeg());
    for n in 0..60 {
        orphan(&app, format!("document {n} of somebody else").as_bytes());
    }
    app.clock.advance(Duration::days(2));
    let outcome = sweep_all(&app.shared.db, app.now(), &app.shared.archive, ROOMS);
    assert!(matches!(outcome, Err(SweepError::Suspicious { garbage: 60, kept: 1 })), "{outcome:?}");
    assert_eq!(files(&app).len(), 61);
}

#[test]
fn missing_and_changed_files_are_reported() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let documents: Vec<_> = (0..4).map(|n| upload(&officer, "GIFT", PDF, &pdf(1_000 + n))).collect();
    let path = |n: usize| app.shared.archive.path_of(&ContentHash::parse(documents[n]["sha256"].as_str().unwrap()).unwrap());
    let found = || {
        let mut faults = Vec::new();
        let looked =
            verify(&app.shared.db, &app.shared.archive, |file, fault| faults.push((file.hash.to_string(), fault))).unwrap();
        assert_eq!(looked, 4);
        faults
    };
    assert_eq!(found(), []);
    fs::remove_file(path(0)).unwrap();
    fs::write(path(1), b"short").unwrap();
    let mut bytes = fs::read(path(2)).unwrap();
    bytes[500] ^= 1;
    fs::write(path(2), bytes).unwrap();
    let mut expected = vec![(0, Fault::Missing), (1, Fault::WrongSize), (2, Fault::WrongContent)];
    expected.sort_by_key(|(n, _)| documents[*n]["sha256"].as_str().unwrap().to_owned());
    let expected: Vec<_> =
        expected.into_iter().map(|(n, fault)| (documents[n]["sha256"].as_str().unwrap().to_owned(), fault)).collect();
    assert_eq!(found(), expected);
    // A reader gets an error and not half a page.
    let answer = officer.send("GET", &format!("/api/v1/documents/{}/content", documents[0]["id"].as_str().unwrap()), None);
    assert_eq!(answer.status, 500);
    assert_eq!(content(&officer, &documents[3]), pdf(1_003));
}
