//! A person is a name with its marks and a number; the name as it was given belongs to the gift.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::basics::fold;
use so_nhan_ai::upkeep::UpkeepError;
use so_nhan_ai::upkeep::steps::{self, STEPS};

use crate::books::{audit, books, refuses};
use crate::harness::{Caller, TestApp};
use crate::personal::{REQUESTS, ask, gift_path, party_of, path, said};

const FAMILY: &str = "0987654321";

fn given(app: &TestApp, name: &str, change: Value) -> Value {
    let mut gift = app.gift(json!({"giver": {"kind": "PERSON", "name": name, "phone": FAMILY}, "display": "FULL_NAME"}));
    for (key, value) in change.as_object().unwrap() {
        gift[key] = value.clone();
    }
    gift
}

fn shown(app: &TestApp, code: &Value) -> Option<String> {
    let entry = app.anonymous().get(&format!("/api/v1/public/entries/{}", code.as_str().unwrap()), 200);
    entry.get("giver").and_then(Value::as_str).map(str::to_owned)
}

fn payer(officer: &Caller<'_>, gift: &Value) -> Value {
    officer.get(&format!("{}/cash-receipt", gift_path(gift)), 200)["payer"].clone()
}

#[test]
fn two_of_one_telephone_whose_names_differ_in_marks_are_two() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let names = ["Lê Thị Hằng", "Lê Thị Hạng", "Le Thi Hang", "Lê Thị Hàng"];
    let gifts: Vec<Value> = names.iter().map(|name| given(&app, name, json!({}))).collect();
    let codes: Vec<Value> = gifts.iter().map(|gift| books(&app, &officer, gift)["code"].clone()).collect();
    assert_eq!(app.database.number("SELECT count(*) FROM party"), names.len() as i64);
    let parties: Vec<String> = gifts.iter().map(|gift| party_of(&officer, gift)).collect();
    for (n, name) in names.iter().enumerate() {
        assert_eq!((payer(&officer, &gifts[n]), shown(&app, &codes[n])), (json!(name), Some((*name).to_owned())));
        // The others are proposed, and nothing more.
        let giver = officer.get(&gift_path(&gifts[n]), 200)["giver"].clone();
        let mut alike: Vec<&str> = giver["alike"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        alike.sort_unstable();
        let mut others: Vec<&str> = names.iter().copied().filter(|other| other != name).collect();
        others.sort_unstable();
        assert_eq!((giver["name"].as_str(), alike), (Some(*name), others));
    }
    // Capitals and blanks are the same person, and each gift keeps how it was written.
    let loud = given(&app, "LÊ THỊ  HẰNG", json!({}));
    let code = books(&app, &officer, &loud)["code"].clone();
    let written = officer.get(&gift_path(&loud), 200)["giver"]["name"].clone();
    assert_eq!(party_of(&officer, &loud), parties[0]);
    assert_eq!((fold(written.as_str().unwrap()).contains("hang"), written.as_str().unwrap().contains("HẰNG")), (true, true));
    assert_eq!((payer(&officer, &loud), shown(&app, &code)), (written.clone(), Some(written.as_str().unwrap().to_owned())));
    assert_eq!(officer.get(&gift_path(&gifts[0]), 200)["giver"]["name"], names[0]);
    // What one of them asks is about their own gifts.
    let copy = officer.get(&format!("/api/v1/parties/{}/personal-data", parties[1]), 200);
    assert_eq!((copy["gifts"].as_array().unwrap().len(), &copy["gifts"][0]["name"]), (1, &json!(names[1])));
    let request = ask(&app, "WITHDRAW_CONSENT", json!({"party": parties[1]}));
    assert_eq!(officer.post(REQUESTS, request, 201)["gifts_changed"], 1);
    let now: Vec<bool> = codes.iter().chain([&code]).map(|code| shown(&app, code).is_some()).collect();
    assert_eq!(now, [true, false, true, true, true]);
    // A gift that is hidden is opened by the name it was given in.
    assert_eq!(payer(&officer, &gifts[1]), json!(names[1]));
    audit(&app);
}

/// Whoever is alike at another chapter is nobody's business here.
#[test]
fn doubles_are_proposed_within_a_chapter_only() {
    let app = TestApp::start();
    let (officer, stranger) = (app.officer_of("23095"), app.officer_of("01"));
    books(&app, &officer, &given(&app, "Lê Thị Hằng", json!({})));
    let gift = given(&app, "Lê Thị Hạng", json!({"chapter": "01"}));
    books(&app, &stranger, &gift);
    assert!(stranger.get(&gift_path(&gift), 200)["giver"].get("alike").is_none());
    // Nor is how somebody else wrote the same name.
    let loud = given(&app, "LÊ THỊ HẰNG", json!({"chapter": "01"}));
    books(&app, &stranger, &loud);
    let party = party_of(&stranger, &loud);
    assert_eq!(stranger.get(&format!("/api/v1/parties/{party}/personal-data"), 200)["party"]["name"], "LÊ THỊ HẰNG");
    audit(&app);
}

/// A correction into somebody who is here already is carried out like any other: the answer does not tell.
#[test]
fn a_correction_into_a_known_person_goes_through() {
    let app = TestApp::start();
    let (officer, stranger, chair) = (app.officer_of("23095"), app.officer_of("01"), app.chair_of("01"));
    let theirs = given(&app, "Lê Thị Hằng", json!({}));
    let their_code = books(&app, &officer, &theirs)["code"].clone();
    let wrong = given(&app, "Lê Thị Hạng", json!({"chapter": "01", "display": "MASKED"}));
    let code = books(&app, &stranger, &wrong)["code"].clone();
    let party = party_of(&stranger, &wrong);
    let request = ask(&app, "CORRECT", json!({"party": party, "changes": {"name": "Lê Thị Hằng"}}));
    stranger.post(REQUESTS, request.clone(), 201);
    let done = chair.post(&path(&request, "/approval"), json!(null), 200);
    assert_eq!((&done["state"], &done["gifts_changed"]), (&json!("DONE"), &json!(1)), "{done}");
    assert_eq!(
        (officer.get(&gift_path(&theirs), 200)["giver"]["name"].clone(), shown(&app, &their_code)),
        (json!("Lê Thị Hằng"), Some("Lê Thị Hằng".to_owned()))
    );
    assert_eq!(said(&app, their_code.as_str().unwrap()), Vec::<String>::new(), "the other's gift is as it was");
    let own = stranger.get(&gift_path(&wrong), 200);
    assert_eq!(
        (&own["giver"]["name"], &own["giver"]["id"]),
        (&json!("Lê Thị Hằng"), &json!(party)),
        "and so is the chapter's name for them"
    );
    assert_eq!(said(&app, code.as_str().unwrap()), ["AMENDMENT"]);
    assert_eq!(app.database.number("SELECT count(*) FROM party"), 1);
    assert_eq!(app.database.number("SELECT count(*) FROM consent WHERE party_id NOT IN (SELECT id FROM party)"), 0);
    audit(&app);
}

#[test]
fn a_number_or_an_address_in_a_name_is_refused_with_what_to_do() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for display in ["ANONYMOUS", "MASKED", "FULL_NAME"] {
        for name in ["0912345678 Nguyễn An", "An 0912 345 678", "An 091.234.5678"] {
            refuses(&app, &officer, given(&app, name, json!({"display": display})), 422, &[("/giver/name", "NUMBER_IN_NAME")]);
        }
        // Digits that no paper prints are refused as such.
        let foreign = given(&app, "An ٠٩١٢٣٤٥٦٧", json!({"display": display}));
        refuses(&app, &officer, foreign, 422, &[("/giver/name", "NOT_PRINTABLE")]);
        refuses(
            &app,
            &officer,
            given(&app, "an@example.org", json!({"display": display})),
            422,
            &[("/giver/name", "ADDRESS_IN_NAME")],
        );
    }
    let organisation = app.gift(json!({"giver": {"kind": "ORGANISATION", "name": "Công ty Xanh, MST 0301234567"}}));
    refuses(&app, &officer, organisation, 422, &[("/giver/name", "NUMBER_IN_NAME")]);
    // What has few digits is a name, and a masked one shows none of them.
    for (name, masked) in [("Nguyễn An 12A1", "Nguyễn A."), ("12A1 Nguyễn An", "Nguyễn A."), ("9 An", "A."), ("84 12", "")]
    {
        let code = books(&app, &officer, &given(&app, name, json!({"display": "MASKED"})))["code"].clone();
        assert_eq!(shown(&app, &code).unwrap_or_default(), masked, "{name}");
    }
    let gift = given(&app, "Lê An", json!({}));
    books(&app, &officer, &gift);
    let ask = ask(&app, "CORRECT", json!({"gift": gift["id"], "changes": {"name": "Lê An 0912345678"}}));
    let problem = officer.post(REQUESTS, ask, 422);
    assert_eq!(
        (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
        (&json!("/changes/name"), &json!("NUMBER_IN_NAME"))
    );
    audit(&app);
}

/// Puts the books back to how a program that knew names without marks wrote them: everybody of one number and one folded
/// name is the party that was first, under the hash of the folded name.
fn as_before(app: &TestApp) {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        id: uuid::Uuid,
        #[diesel(sql_type = diesel::sql_types::Binary)]
        name: Vec<u8>,
    }
    let mut conn = app.database.connect();
    let vault = &app.shared.vault;
    let rows: Vec<Row> = diesel::sql_query("SELECT id, name FROM party ORDER BY created_at, id").load(&mut conn).unwrap();
    let mut first: std::collections::BTreeMap<String, uuid::Uuid> = Default::default();
    for Row { id, name } in rows {
        let name = fold(&vault.open_text(so_nhan_ai::vault::place("party", "name", &id), &name).unwrap()).replace("  ", " ");
        let keep = *first.entry(name.clone()).or_insert(id);
        let hash = vault.hash("party.name", name.as_bytes());
        for sql in [
            "UPDATE gift SET party_id = $2, giver_name = NULL WHERE party_id = $1 AND $3 IS NOT NULL",
            "UPDATE consent SET party_id = $2 WHERE party_id = $1 AND $3 IS NOT NULL",
            "DELETE FROM party WHERE id = $1 AND id <> $2 AND $3 IS NOT NULL",
            "UPDATE party SET name_hash = $3 WHERE id = $1 AND id = $2",
        ] {
            diesel::sql_query(sql)
                .bind::<diesel::sql_types::Uuid, _>(id)
                .bind::<diesel::sql_types::Uuid, _>(keep)
                .bind::<diesel::sql_types::Binary, _>(hash.as_slice())
                .execute(&mut conn)
                .unwrap();
        }
    }
    conn.batch_execute(
        "DELETE FROM party_alias; INSERT INTO party_alias (id, party_id, chapter_id) SELECT DISTINCT party_id, party_id, chapter_id FROM gift;
         DELETE FROM data_step_note; DELETE FROM data_step",
    )
    .unwrap();
}

#[test]
fn persons_that_were_taken_for_one_are_parted_by_what_their_gifts_still_say() {
    let app = TestApp::start();
    let (officer, stranger) = (app.officer_of("23095"), app.officer_of("01"));
    let names = ["Lê Thị Hằng", "Lê Thị Hạng", "LÊ THỊ HẰNG", "Lê Thị Hạng", "Trần Văn Nam"];
    let mut gifts: Vec<(Value, Value)> = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let gift = given(&app, name, json!({"amount_vnd": 10_000 + n}));
        let code = books(&app, &officer, &gift)["code"].clone();
        gifts.push((gift, code));
        app.clock.advance(chrono::Duration::seconds(1));
    }
    let elsewhere = given(&app, "Lê Thị Hạng", json!({"chapter": "01"}));
    let code = books(&app, &stranger, &elsewhere)["code"].clone();
    gifts.push((elsewhere, code));
    let alone = app.gift(json!({"giver": {"kind": "PERSON", "name": "Không Số Máy"}}));
    books(&app, &officer, &alone);
    app.wait_for_log();
    as_before(&app);
    let old = app.database.text("SELECT party_id::text FROM gift GROUP BY 1 ORDER BY count(*) DESC LIMIT 1");
    let leaves = app.database.number("SELECT count(*) FROM log_leaf");
    // Killed before and after each batch of each step.
    let mut conn = app.database.connect();
    let (mut kills, mut last) = (0, None);
    loop {
        let mut kill = |moment, name: &'static str, looked_at: u64| match Some((moment, name, looked_at)) {
            here if here != last => {
                last = here;
                Err(UpkeepError::Refused("killed".to_owned()))
            }
            _ => Ok(()),
        };
        match steps::run_on(&mut conn, STEPS, &app.shared.vault, &app.clock, 2, &mut kill) {
            Ok(()) => break,
            Err(UpkeepError::Refused(why)) if why == "killed" => kills += 1,
            Err(error) => panic!("{error}"),
        }
        assert!(kills < 200);
    }
    assert!(kills > 8, "{kills}");
    audit(&app);
    assert_eq!(app.database.number("SELECT count(*) FROM log_leaf"), leaves, "the log knows nothing of it");
    for (n, (gift, code)) in gifts.iter().enumerate() {
        let reader = if n == 5 { &stranger } else { &officer };
        let name = if n == 5 { "Lê Thị Hạng" } else { names[n] };
        let own = reader.get(&gift_path(gift), 200);
        assert_eq!((own["giver"]["name"].as_str(), shown(&app, code).as_deref()), (Some(name), Some(name)), "{n}");
    }
    let party = |n: usize| party_of(if n == 5 { &stranger } else { &officer }, &gifts[n].0);
    assert_eq!((party(0), party(1)), (party(2), party(3)));
    assert_ne!(party(0), party(1));
    assert_eq!(app.database.number("SELECT count(*) FROM party"), 4);
    // The id of before stays with those who keep it; where all went to the other person, it is that person's there.
    assert_eq!((party(0), party(5)), (old.clone(), old.clone()));
    assert_eq!(stranger.get(&format!("/api/v1/parties/{old}/personal-data"), 200)["party"]["name"], "Lê Thị Hạng");
    assert_eq!(
        app.database.number("SELECT count(*) FROM consent c JOIN gift g ON g.id = c.gift_id WHERE c.party_id <> g.party_id"),
        0
    );
    let told = app.database.text("SELECT string_agg(subject, ',') FROM data_step_note WHERE step = 'gift-names-as-given'");
    for (n, (_, code)) in gifts.iter().enumerate() {
        assert_eq!(told.contains(code.as_str().unwrap()), [1, 3, 5].contains(&n), "{n}: {told}");
    }
    let all = app.staff(Role::Inspector, "TW").get(&format!("/api/v1/parties/{}/personal-data", party(1)), 200);
    assert_eq!(all["gifts"].as_array().unwrap().len(), 3);
}
