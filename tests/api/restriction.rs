//! What one officer can do to a person alone ends at their own chapter; the rest is decided above, and no answer says
//! whether there is a rest.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;

use crate::books;
use crate::harness::{Caller, TestApp};
use crate::personal::{REQUESTS, ask, gift_path, nowhere, party_of, path, personal};

const NAME: &str = "Hoàng Xqzthiên Ân";
const PHONE: &str = "0987654088";

fn shown(app: &TestApp, code: &str) -> Option<Value> {
    app.wait_for_log();
    app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200).get("giver").cloned()
}

fn give(caller: &Caller<'_>, gift: &Value) -> String {
    caller.post("/api/v1/gifts", gift.clone(), 201)["code"].as_str().unwrap().to_owned()
}

/// An answer without what is of this one request: what is left must be the same for everybody.
fn bare(mut answer: Value) -> Value {
    for own in ["id", "party", "requested_at", "answered_at", "decided_at", "done_at"] {
        if answer.get(own).is_some() {
            answer[own] = json!("…");
        }
    }
    answer
}

fn listed(caller: &Caller<'_>, chapter: &str, state: &str) -> Vec<Value> {
    caller.get(&format!("{REQUESTS}?chapter={chapter}&state={state}"), 200)["items"].as_array().unwrap().clone()
}

#[test]
fn hiding_somebody_ends_at_the_chapter_of_whoever_asks() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let (officer, neighbour) = (app.log_in(account), app.officer_of("23059"));
    let (local, province) = (app.chair_of("23095"), app.chair_of("68"));
    for (kind, of) in [
        ("RESTRICT", "PERSON"),
        ("WITHDRAW_CONSENT", "PERSON"),
        ("RESTRICT", "ORGANISATION"),
        ("WITHDRAW_CONSENT", "ORGANISATION"),
    ] {
        let who = |name: &str, phone: &str| json!({"kind": of, "name": format!("{name} {kind}"), "phone": phone});
        let gift = |who: &Value, chapter: &str| {
            app.gift(
                json!({"chapter": chapter, "giver": who, "display": "FULL_NAME", "amount_vnd": 1, "channel": "BANK_TRANSFER"}),
            )
        };
        let (known, alone) = (who(NAME, PHONE), who("Chỉ Ở Đây", "0987654089"));
        let theirs = give(&neighbour, &gift(&known, "23059"));
        let (bait, single) = (gift(&known, "23095"), gift(&alone, "23095"));
        let (ours, own) = (give(&officer, &bait), give(&officer, &single));
        let asked = |gift: &Value| officer.post(REQUESTS, ask(&app, kind, json!({"party": party_of(&officer, gift)})), 201);
        let (with_rest, without) = (asked(&bait), asked(&single));
        // At once here, and elsewhere nothing.
        assert_eq!((shown(&app, &ours), shown(&app, &own)), (None, None), "{kind} {of}");
        assert!(shown(&app, &theirs).is_some(), "{kind} of {of} hides a donor of another chapter");
        // The same answer either way, and the same after it, wherever whoever asked may look.
        assert_eq!(bare(with_rest.clone()), bare(without));
        assert_eq!(
            (&with_rest["state"], &with_rest["gifts_changed"], &with_rest["chapters"]),
            (&json!("DONE"), &json!(1), &json!(1))
        );
        assert!(listed(&officer, "23095", "OPEN").is_empty() && listed(&neighbour, "23059", "OPEN").is_empty());
        let copy = officer.get(&format!("/api/v1/parties/{}/personal-data", party_of_known(&officer, &bait, &with_rest)), 200);
        assert_eq!(copy["requests"].as_array().unwrap().len(), 1, "{copy}");
        // The rest waits where both are below.
        let rest = listed(&province, "68", "OPEN");
        assert_eq!(rest.len(), 1, "{rest:?}");
        let rest = &rest[0];
        assert_eq!((&rest["kind"], &rest["approver_chapter"], &rest["rest_of"]), (&json!(kind), &json!("68"), &with_rest["id"]));
        for stranger in [&officer, &neighbour, &local] {
            stranger.get(&path(rest, ""), 404);
            stranger.post(&path(rest, "/approval"), json!(null), 404);
        }
        // Whoever asked does not decide, with whatever account.
        app.log_in(app.account_of(Some(account.officer), &[(Role::ChapterChair, "68")])).post(
            &path(rest, "/approval"),
            json!(null),
            403,
        );
        if kind == "WITHDRAW_CONSENT" {
            province.post(&path(rest, "/refusal"), json!({"reason": "UNFOUNDED"}), 200);
            assert!(shown(&app, &theirs).is_some());
        } else {
            assert_eq!(province.post(&path(rest, "/approval"), json!(null), 200)["gifts_changed"], 1);
            assert_eq!(shown(&app, &theirs), None);
        }
    }
    let mine = officer.get_text("/api/v1/audit-events?limit=200", 200);
    assert_eq!(mine.matches("PERSONAL_DATA_REQUESTED").count(), 8, "one's own trail tells of one's own requests alone");
    books::audit(&app);
}

/// The party of a gift, also when its giver is restricted and shown no more: as the request names it.
fn party_of_known(officer: &Caller<'_>, gift: &Value, request: &Value) -> String {
    let own = officer.get(&gift_path(gift), 200);
    own["giver"]["id"].as_str().or(request["party"].as_str()).unwrap().to_owned()
}

#[test]
fn new_gifts_of_a_restricted_person_are_anonymous_until_two_persons_lift_it() {
    let app = TestApp::start();
    let (officer, chair, neighbour) = (app.officer_of("23095"), app.chair_of("23095"), app.officer_of("23059"));
    let gift = |chapter: &str, display: &str| personal(&app, NAME, Some(PHONE), display, json!({"chapter": chapter}));
    let first = gift("23095", "FULL_NAME");
    give(&officer, &first);
    let party = party_of(&officer, &first);
    officer.post(REQUESTS, ask(&app, "RESTRICT", json!({"party": party})), 201);
    // One by one and in a batch, whatever display is asked for; elsewhere as chosen.
    let (next, batch) = (gift("23095", "FULL_NAME"), gift("23095", "MASKED"));
    let code = give(&officer, &next);
    let answer = officer.post("/api/v1/gifts/batch", json!({"gifts": [batch, app.gift(json!({}))]}), 200);
    assert_eq!(answer["booked"], 2);
    assert_eq!(shown(&app, &code), None);
    assert_eq!(shown(&app, answer["items"][0]["gift"]["code"].as_str().unwrap()), None);
    assert_eq!(app.database.number("SELECT count(*) FROM consent WHERE withdrawn_at IS NULL"), 0);
    let own = officer.get(&gift_path(&next), 200);
    assert_eq!((own.get("giver"), own.get("particulars"), &own["display"]), (None, None, &json!("ANONYMOUS")));
    assert_eq!(officer.post("/api/v1/gifts", next.clone(), 200)["outcome"], "ALREADY_BOOKED");
    let elsewhere = give(&neighbour, &gift("23059", "FULL_NAME"));
    assert_eq!(shown(&app, &elsewhere), Some(json!(NAME)));
    books::audit(&app);
    let request = ask(&app, "LIFT_RESTRICTION", json!({"party": party}));
    officer.post(REQUESTS, request.clone(), 201);
    chair.post(&path(&request, "/approval"), json!(null), 200);
    let after = give(&officer, &gift("23095", "FULL_NAME"));
    assert_eq!(shown(&app, &after), Some(json!(NAME)));
    assert_eq!(shown(&app, &code), None);
    books::audit(&app);
}

#[test]
fn an_erasure_or_a_correction_changes_what_its_own_chapter_holds_and_leaves_the_rest_above() {
    let app = TestApp::start();
    let (officer, neighbour) = (app.officer_of("23095"), app.officer_of("23059"));
    let (local, province) = (app.chair_of("23095"), app.chair_of("68"));
    let gift = |chapter: &str| personal(&app, NAME, Some(PHONE), "FULL_NAME", json!({"chapter": chapter}));
    let (ours, theirs) = (gift("23095"), gift("23059"));
    let (our_code, their_code) = (give(&officer, &ours), give(&neighbour, &theirs));
    let party = party_of(&officer, &ours);
    let correct = ask(&app, "CORRECT", json!({"party": party, "changes": {"name": "Hoàng Xqzthiện Ân"}}));
    let asked = officer.post(REQUESTS, correct.clone(), 201);
    assert_eq!((&asked["approver_chapter"], &asked["chapters"]), (&json!("23095"), &json!(1)));
    assert_eq!(local.post(&path(&correct, "/approval"), json!(null), 200)["gifts_changed"], 1);
    assert_eq!((shown(&app, &our_code), shown(&app, &their_code)), (Some(json!("Hoàng Xqzthiện Ân")), Some(json!(NAME))));
    assert_eq!(neighbour.get(&gift_path(&theirs), 200)["giver"]["name"], NAME);
    let rest = listed(&province, "68", "OPEN");
    assert_eq!(rest.len(), 1);
    assert_eq!(province.get(&path(&rest[0], ""), 200)["changes"], json!({"name": "Hoàng Xqzthiện Ân"}));
    assert_eq!(province.post(&path(&rest[0], "/approval"), json!(null), 200)["gifts_changed"], 1);
    assert_eq!(shown(&app, &their_code), Some(json!("Hoàng Xqzthiện Ân")));
    books::audit(&app);

    let erase = ask(&app, "ERASE", json!({"party": party_of(&officer, &ours)}));
    let asked = officer.post(REQUESTS, erase.clone(), 201);
    assert_eq!((&asked["approver_chapter"], &asked["chapters"]), (&json!("23095"), &json!(1)));
    // What is asked at one chapter is no answer at another.
    let twin = ask(&app, "ERASE", json!({"party": party_of(&neighbour, &theirs)}));
    neighbour.post(REQUESTS, twin.clone(), 201);
    officer.post(REQUESTS, ask(&app, "ERASE", json!({"party": party_of(&officer, &ours)})), 409);
    assert_eq!(local.post(&path(&erase, "/approval"), json!(null), 200)["gifts_changed"], 1);
    assert!(officer.get(&gift_path(&ours), 200).get("giver").is_none());
    assert_eq!(neighbour.get(&gift_path(&theirs), 200)["giver"]["name"], "Hoàng Xqzthiện Ân");
    assert_eq!((shown(&app, &our_code), shown(&app, &their_code)), (None, Some(json!("Hoàng Xqzthiện Ân"))));
    assert_eq!(officer.post(REQUESTS, erase, 200)["state"], "DONE");
    books::audit(&app);
    for rest in listed(&province, "68", "OPEN").iter().filter(|request| request.get("rest_of").is_some()) {
        province.post(&path(rest, "/approval"), json!(null), 200);
    }
    nowhere(&app, &["Xqzthi", PHONE]);
    app.chair_of("23059").post(&path(&twin, "/approval"), json!(null), 200);
    assert_eq!(app.database.number("SELECT count(*) FROM party"), 0);
    assert_eq!(app.database.number("SELECT count(*) FROM party_restriction"), 0);
    books::audit(&app);
}
