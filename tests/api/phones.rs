//! Phone numbers that were kept before they were judged: what is certain is carried on, and whoever logged in with one still
//! does.

use serde_json::{Value, json};
use so_nhan_ai::basics::hex;
use so_nhan_ai::giving;
use so_nhan_ai::identity;
use so_nhan_ai::identity::store::{CreateError, NewAccount, create_account};
use so_nhan_ai::parties;
use so_nhan_ai::vault::place;
use so_nhan_ai::vault::steps::{Note, StepError, Stepped, Work};

use crate::accounts::{caller, log_in};
use crate::books::{audit, books};
use crate::harness::{PASSWORD, TestApp};
use crate::personal::party_of;

type Batch = fn(&mut diesel::PgConnection, &Work<'_>, Option<&str>) -> Result<Stepped, StepError>;

/// Does a step in batches of two; how many rows it changed, and what it tells.
fn run(app: &TestApp, step: Batch) -> (u64, Vec<Note>) {
    let (mut conn, mut progress, mut notes, mut changed) = (app.database.connect(), None, Vec::new(), 0);
    loop {
        let work = Work { vault: &app.shared.vault, now: app.now(), most: 2 };
        let did = step(&mut conn, &work, progress.as_deref()).unwrap();
        changed += did.changed;
        notes.extend(did.notes);
        progress = did.next;
        if progress.is_none() {
            return (changed, notes);
        }
    }
}

#[test]
fn officers_numbers_are_those_of_today() {
    let app = TestApp::start();
    let hash = app.shared.passwords.hash(PASSWORD).unwrap();
    let old = [
        ("an.a", "01681234567"),
        ("binh.b", "0438224030"),
        ("cuc.c", "0381234568"),
        ("dung.c", "01681234568"),
        ("em.d", "01401234567"),
        ("giang.e", "0912345678"),
    ];
    let made = app.shared.db.tx_blocking(|conn| -> Result<(), CreateError> {
        for (user_name, phone) in old {
            let new = NewAccount { officer: None, full_name: "Cũ", user_name, phone: Some(phone), password_hash: &hash };
            create_account(conn, &app.shared.vault, app.now(), &new)?;
        }
        Ok(())
    });
    made.unwrap();
    let (changed, notes) = run(&app, identity::steps::phones);
    assert_eq!(changed, 2);
    let mut told: Vec<&str> = notes.iter().map(|note| note.subject.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, ["dung.c", "em.d"]);
    assert!(notes.iter().any(|note| note.did.contains("cuc.c")) && !notes.iter().any(|note| note.did.contains("123456")));
    for (typed, user) in [
        ("0168 123 4567", "an.a"),
        ("038 123 4567", "an.a"),
        ("04 3822 4030", "binh.b"),
        ("024 3822 4030", "binh.b"),
        ("0168 123 4568", "cuc.c"),
        ("0140 123 4567", "em.d"),
        ("+84 912 345 678", "giang.e"),
    ] {
        let session = log_in(&app, typed, PASSWORD, 201);
        assert_eq!(caller(&app, &session).get("/api/v1/session", 200)["user"], user, "{typed}");
    }
    assert_eq!(run(&app, identity::steps::phones).0, 0, "once more changes nothing");
    audit(&app);
}

#[test]
fn givers_numbers_are_those_of_today() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let gift = |name: &str, phone: &str| {
        let gift = app.gift(json!({"giver": {"kind": "PERSON", "name": name, "phone": phone}}));
        books(&app, &officer, &gift);
        gift
    };
    let [again, double, dead, today] = ["Lê An", "Lê Bình", "Lê Cúc", "Lê Bình"]
        .iter()
        .zip(["0987654001", "0987654002", "0987654003", "0381234568"])
        .map(|(name, phone)| gift(name, phone))
        .collect::<Vec<Value>>()
        .try_into()
        .unwrap();
    let put_back = |gift: &Value, phone: &str| {
        let of = format!("SELECT party_id::text FROM gift WHERE id = '{}'", gift["id"].as_str().unwrap());
        let id = app.database.text(&of).parse().unwrap();
        let vault = &app.shared.vault;
        let sealed = hex(&vault.seal(place("party", "phone", &id), phone.as_bytes()).unwrap());
        let hash = hex(&vault.hash("party.phone", phone.as_bytes()));
        app.database.execute(&format!("UPDATE party SET phone = '\\x{sealed}', phone_hash = '\\x{hash}' WHERE id = '{id}'"));
    };
    put_back(&again, "01681234567");
    put_back(&double, "01681234568");
    put_back(&dead, "01401234567");
    let (changed, notes) = run(&app, parties::phones::step);
    assert_eq!((changed, notes.len()), (1, 1), "{notes:?}");
    assert!(notes[0].did.contains("double") && !notes[0].did.contains("123456"), "{notes:?}");
    // Whoever gives again is found, by either number; two that are one today stay two.
    for phone in ["0168 123 4567", "038 123 4567"] {
        assert_eq!(party_of(&officer, &gift("Lê An", phone)), party_of(&officer, &again));
    }
    assert_eq!(party_of(&officer, &gift("Lê Bình", "0168 123 4568")), party_of(&officer, &today));
    assert_ne!(party_of(&officer, &double), party_of(&officer, &today));
    // A later step finds them by the numbers of today.
    assert_ne!(run(&app, giving::finding::step).0, 0);
    audit(&app);
}
