//! Every example of the document is sent to a server, as it stands, and taken. Together they tell a story: later ones speak of what
//! earlier ones made. Only what nobody can write down beforehand is put in: passwords, codes, tokens and the hash of a file.

mod people;

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::contract::examples;
use so_nhan_ai::identity::second_factor::Authenticator;

use crate::factor::user_name;
use crate::harness::{Caller, PASSWORD, TestApp, eventually};
use crate::papers;

/// The examples that have been sent, and how to send the next.
pub struct Story {
    sent: BTreeSet<(String, String)>,
}

impl Story {
    /// The example `name` of an operation, with `secrets` in place of what it cannot know.
    pub fn body(&mut self, operation: &str, name: &str, secrets: Value) -> Value {
        assert!(self.sent.insert((operation.to_owned(), name.to_owned())), "{operation}/{name} is sent twice");
        let uses =
            examples::all().into_iter().find(|(id, _)| id == operation).unwrap_or_else(|| panic!("no example of {operation}")).1;
        let mut body = uses.into_iter().find(|one| one.name == name).unwrap_or_else(|| panic!("no {operation}/{name}")).body;
        for (field, value) in secrets.as_object().into_iter().flatten() {
            let secret = [
                "user",
                "password",
                "current_password",
                "code",
                "second_step_token",
                "refresh_token",
                "sha256",
                "size_bytes",
                "document",
                "entry",
                "instead_of",
                "certificate",
            ];
            assert!(secret.contains(&field.as_str()) && body[field] != Value::Null, "{operation}/{name}: {field} is no secret");
            body[field] = value.clone();
        }
        body
    }

    pub fn post(&mut self, by: &Caller<'_>, path: &str, operation: &str, name: &str, status: u16) -> Value {
        let body = self.body(operation, name, Value::Null);
        by.post(&format!("/api/v1{path}"), body, status)
    }
}

/// The ids that the examples use, by their number.
pub fn id(n: u16) -> String {
    format!("0199e0a1-7b1c-7c3e-9d52-6f0a3b8c{n:04x}")
}

fn tree_and_people(story: &mut Story, app: &TestApp) {
    let (chair, admin) = (app.chair_of("23095"), app.staff(Role::ProvincialAdministrator, "68"));
    story.post(&chair, "/chapters", "found_chapter", "school", 201);
    story.post(&chair, "/chapters", "found_chapter", "branch", 201);
    for (name, at) in [("rename", "68-TH-0001"), ("provisional", "68-TH-0001"), ("regular", "68-TH-0001")] {
        story.post(&chair, &format!("/chapters/{at}/decisions"), "decide_on_chapter", name, 201);
    }
    for name in ["contact", "legal"] {
        let body = story.body("change_chapter", name, Value::Null);
        chair.patch("/api/v1/chapters/23095", body, 200);
    }
    story.post(&admin, "/accounts", "register_account", "officer", 201);
    story.post(&admin, "/accounts", "register_account", "no_user_name", 201);
    let invited = app.account(Role::Officer, "23095").id;
    story.post(&admin, &format!("/accounts/{invited}/password-link"), "make_password_link", "by_hand", 200);
    story.post(&admin, "/subscribers", "register_subscriber", "gifts_and_appeals", 201);
    story.post(&admin, "/role-assignments", "give_role", "officer", 201);
    let given = story.post(&admin, "/role-assignments", "give_role", "for_others", 201);
    let acts_for = format!("/role-assignments/{}/acts-for", id(12));
    let ending = format!("{acts_for}/{}/ending", given["assignment"]["acts_for"][0]["id"].as_str().unwrap());
    story.post(&admin, &ending, "end_acts_for", "end", 200);
    story.post(&admin, &acts_for, "give_acts_for", "school", 201);
    story.post(&admin, &format!("/role-assignments/{}/ending", id(12)), "end_role", "last_day", 200);
    story.post(&admin, &format!("/role-assignments/{}/ending", id(11)), "end_role", "end", 200);
}

fn upload(story: &mut Story, by: &Caller<'_>, name: &str, bytes: &[u8]) {
    let announced = story.body("begin_upload", name, json!({"sha256": papers::sha256(bytes), "size_bytes": bytes.len()}));
    let (status, answer) = papers::try_upload(by, &announced, bytes);
    assert_eq!((status, &answer["state"]), (200, &json!("DONE")), "{answer}");
}

fn appeals_and_papers(story: &mut Story, app: &TestApp) {
    let province = app.chair_of("68");
    story.post(&province, "/appeals", "create_appeal", "disaster", 201);
    story.post(&province, "/appeals", "create_appeal", "longer", 201);
    let body = story.body("change_appeal", "title", Value::Null);
    province.patch("/api/v1/appeals/LULUT-2026", body, 200);
    province.post("/api/v1/appeals/LULUT-2026/opening", Value::Null, 200);
    upload(story, &province, "of_appeal", &papers::pdf(100));
    let at = "/appeals/LULUT-2026";
    story.post(&province, &format!("{at}/documents"), "link_appeal_document", "link", 201);
    let publication = format!("{at}/documents/{}/publication", id(18));
    story.post(&province, &publication, "publish_appeal_document", "publish", 201);
    story.post(&province, &format!("{at}/publications"), "publish_for_appeal", "opening", 201);
    story.post(&province, &format!("{at}/milestones"), "type_milestone", "distribution", 201);
}

/// A month without anything is closed as well as any.
fn closing(story: &mut Story, app: &TestApp) {
    story.post(&app.accountant_of("68"), "/periods/68/2026-10/closing", "request_period_closing", "october", 201);
}

/// The appeal is over, and everything it received has its place in the log.
fn settlement(story: &mut Story, app: &TestApp) {
    app.chair_of("68").post("/api/v1/appeals/LULUT-2026/closing", Value::Null, 200);
    crate::periods::settle(app);
    story.post(&app.accountant_of("68"), "/settlement-reports", "make_settlement_report", "storm", 201);
}

fn gifts(story: &mut Story, app: &TestApp) {
    let officer = app.officer_of("23095");
    for name in ["cash", "bank", "in_kind", "paper_slip"] {
        story.post(&officer, "/gifts", "record_gift", name, 201);
    }
    story.post(&app.officer_of("68"), "/gifts", "record_gift", "messages", 201);
    story.post(&officer, "/gifts", "record_gift", "unusual", 201);
    let batch = story.post(&officer, "/gifts/batch", "record_gifts", "from_a_phone", 200);
    assert_eq!(batch["booked"], 2, "{batch}");
    for (name, sum) in [("accept", 20_000), ("confirmed", 200_000_000)] {
        let list = format!("Ngày nhận,Số tiền\n20/11/2026,{sum}\n").into_bytes();
        let file = officer.with("content-type", "application/octet-stream");
        let kept = file.send("POST", "/api/v1/chapters/23095/gift-imports", Some(list)).json();
        let at = format!("/gift-imports/{}/acceptance", kept["import"]["id"].as_str().unwrap());
        let job = story.post(&officer, &at, "accept_gift_import", name, 202);
        let job = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
        eventually("it is booked", || officer.get(&job, 200)["state"] == "DONE");
    }
    upload(story, &officer, "of_gift", &papers::png());
    story.post(&officer, &format!("/gifts/{}/documents", id(21)), "link_gift_document", "link", 201);
    story.post(&officer, &format!("/gifts/{}/reversal", id(25)), "request_reversal", "duplicate", 201);
    for name in ["letter", "in_person"] {
        story.post(&officer, "/information-requests", "record_inquiry", name, 201);
    }
    story.post(&officer, &format!("/information-requests/{}/closing", id(30)), "close_inquiry", "answered", 200);
    story.post(&officer, &format!("/information-requests/{}/closing", id(31)), "close_inquiry", "refused", 200);
}

fn money_out(story: &mut Story, app: &TestApp) {
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let approve = |order: &Value, kind: &str| {
        chair.post(&format!("/api/v1/{kind}/{}/approval", order["id"].as_str().unwrap()), Value::Null, 200);
    };
    let grant = story.post(&officer, "/incomes", "request_income", "grant", 201);
    approve(&grant, "incomes");
    for name in ["own_costs", "on_credit", "debt"] {
        let order = story.post(&officer, "/payments", "request_payment", name, 201);
        approve(&order, "payments");
    }
    let refund = story.post(&officer, "/refunds", "request_refund", "by_mistake", 201);
    approve(&refund, "refunds");
}

fn books_and_persons(story: &mut Story, app: &TestApp) {
    let (accountant, officer, chair) = (app.accountant_of("23095"), app.officer_of("23095"), app.chair_of("23095"));
    story.post(&accountant, "/opening-balances", "request_opening", "old_books", 201);
    let at = format!("/opening-balances/{}", id(32));
    chair.post(&format!("/api/v1{at}/approval"), Value::Null, 200);
    story.post(&accountant, &format!("{at}/reversal"), "request_opening_reversal", "wrong", 201);
    for name in ["erase", "correct", "withdraw_consent", "access"] {
        story.post(&officer, "/personal-data-requests", "request_personal_data", name, 201);
    }
    let of = |n: u16, what: &str| format!("/personal-data-requests/{}/{what}", id(n));
    story.post(&officer, &of(34, "extension"), "extend_personal_data_request", "many", 200);
    story.post(&chair, &of(34, "refusal"), "refuse_personal_data_request", "not_proven", 200);
}

fn goods(story: &mut Story, app: &TestApp) {
    crate::stock::record(app, "23095");
    let officer = app.officer_of("23095");
    story.post(&officer, "/stock/stores", "make_store", "commune", 201);
    story.post(&officer, "/stock/adjustments", "request_adjustment", "found", 201);
    // The server names lots: the one of the example is put in, empty.
    app.database.execute(&format!(
        "INSERT INTO stock_lot SELECT '{}', chapter_id, f.id, 'RICE', 'KG', 'INVOICE', entry_id, received_on, NULL, NULL, 0, 0
         FROM gift, fund f WHERE f.code = 'GENERAL' AND chapter_id = (SELECT id FROM chapter WHERE code = '23095') LIMIT 1",
        id(0x5004)
    ));
    story.post(&officer, &format!("/stock/lots/{}/placement", id(0x5004)), "place_lot", "kept", 200);
    story.post(&officer, "/stock/counts", "record_count", "one_lot", 201);
    crate::stock::paper(app, "23095", "MONEY_ORDER");
    story.post(&officer, "/purchases", "request_purchase", "rice", 201);
}

/// What was sent, and what arrived of it.
fn transfers(story: &mut Story, app: &TestApp) {
    let (officer, chair, receiver) = (app.officer_of("23095"), app.chair_of("23095"), app.officer_of("23059"));
    officer.post("/api/v1/gifts", app.gift(json!({"amount_vnd": 5_000_000})), 201);
    let sent = story.post(&officer, "/transfers", "request_transfer", "cash", 201);
    chair.post(&crate::transfers::path(&sent, "/approval"), Value::Null, 200);
    story.post(&officer, "/transfers", "request_transfer", "goods", 201);
    story.post(&receiver, &format!("/transfers/{}/receipt", id(0x221)), "confirm_transfer", "whole", 201);
    let lost = crate::transfers::sent(app, crate::transfers::cash("23095", "23059", 100_000));
    let at = |what: &str| format!("/transfers/{}/{what}", lost["id"].as_str().unwrap());
    story.post(&receiver, &at("refusal-of-receipt"), "refuse_transfer_receipt", "not_arrived", 200);
    story.post(&officer, &at("return"), "return_transfer", "half", 201);
    story.post(&officer, &at("loss"), "request_transfer_loss", "stolen", 201);
}

/// Money handed out for a while, moved, taken back; who approves it; and a chapter that goes up in another.
fn more_money(story: &mut Story, app: &TestApp) {
    let (officer, chair, admin) =
        (app.officer_of("23095"), app.chair_of("23095"), app.staff(Role::ProvincialAdministrator, "68"));
    officer.post("/api/v1/gifts", app.gift(json!({"amount_vnd": 5_000_000})), 201);
    let advance = story.post(&officer, "/advances", "request_advance", "for_a_hand_over", 201);
    let at = format!("/advances/{}", id(0x0a60));
    let booked = chair.post(&format!("/api/v1{at}/approval"), Value::Null, 200);
    assert_eq!(advance["id"], booked["id"]);
    story.post(&officer, &format!("{at}/clearing"), "request_advance_clearing", "spent_and_returned", 201);
    story.post(&officer, "/cash-moves", "request_cash_move", "deposit", 201);
    chair.post(&format!("/api/v1/cash-moves/{}/approval", id(0x0a62)), Value::Null, 200);
    let moved = officer.get(&format!("/api/v1/cash-moves/{}", id(0x0a62)), 200);
    let body = story.body("request_cash_move", "less_than_was_said", json!({"instead_of": moved["code"]}));
    let less = officer.post("/api/v1/cash-moves", body, 201);
    let spent = crate::spending::carried_out(app, "payments", &crate::spending::payment(app, json!({"amount_vnd": 1_000})));
    let reversal = json!({"id": id(0x0a6b), "entry": spent["code"], "reason": "DUPLICATE"});
    officer.post("/api/v1/corrections", reversal, 201);
    story.post(&chair, "/joint-approvals", "approve_together", "deposit_and_reversal", 200);
    let moved = officer.get(&format!("/api/v1/cash-moves/{}", less["id"].as_str().unwrap()), 200);
    let body = story.body("request_correction", "twice", json!({"entry": moved["code"]}));
    officer.post("/api/v1/corrections", body, 201);
    let body = story.body("request_fund_release", "general_to_appeal", json!({"document": crate::stock::RECORD}));
    officer.post("/api/v1/fund-releases", body, 201);
    story.post(&admin, "/decision-rules", "set_decision_rule", "from_fifty_million", 200);
    crate::successions::paper(app, "23095");
    let body = story.body("request_succession", "merge", json!({"document": crate::successions::SHA}));
    chair.post("/api/v1/successions", body, 201);
}

/// Campaigns, programmes, activities, and who was commended.
fn activities(story: &mut Story, app: &TestApp) {
    let (province, officer, chair) = (app.chair_of("68"), app.officer_of("23095"), app.chair_of("23095"));
    story.post(&province, "/campaigns", "begin_campaign", "tet", 201);
    let body = story.body("change_campaign", "longer", Value::Null);
    province.patch(&format!("/api/v1/campaigns/{}", id(0xa010)), body, 200);
    let centre = app.staff(Role::CentralAdministrator, "TW");
    story.post(&centre, "/movements/TET_NHAN_AI/editions", "enter_movement_edition", "tet_2027", 201);
    story.post(&province, "/programmes", "enter_programme", "with_the_front", 201);
    let programme = format!("/programmes/{}", id(0xa012));
    let body = story.body("change_programme", "result", Value::Null);
    province.patch(&format!("/api/v1{programme}"), body, 200);
    story.post(&province, &format!("{programme}/tasks"), "add_programme_task", "tet", 201);
    story.post(&province, &format!("{programme}/tasks/{}/result", id(0xa013)), "finish_programme_task", "drill", 200);
    for name in ["planned", "done", "to_be_called_off"] {
        story.post(&officer, "/activities", "write_activity", name, 201);
    }
    let school = format!("/activities/{}", id(0xa020));
    let body = story.body("change_activity", "place", Value::Null);
    officer.patch(&format!("/api/v1{school}"), body, 200);
    story.post(&officer, &format!("{school}/result"), "write_activity_result", "school", 200);
    story.post(&officer, &format!("{school}/corrections"), "correct_activity", "counted_twice", 201);
    story.post(&officer, &format!("/activities/{}/cancellation", id(0xa022)), "cancel_activity", "flood", 200);
    upload(story, &officer, "of_activity", &papers::jpeg());
    let linked = story.post(&officer, &format!("{school}/documents"), "link_activity_document", "photograph", 201);
    story.post(&officer, &format!("{school}/photo-consents"), "agree_to_photo", "nobody", 201);
    let publication = format!("{school}/documents/{}/publication", linked["id"].as_str().unwrap());
    story.post(&officer, &publication, "publish_activity_document", "publish", 201);
    app.account(Role::ChapterChair, "68");
    story.post(&app.officer_of("68"), "/blood-targets", "request_blood_targets", "two_communes", 201);
    story.post(&province, "/commendation-quotas", "set_commendation_quota", "fifty", 201);
    for name in ["person", "collective"] {
        story.post(&officer, "/commendations", "propose_commendation", name, 201);
    }
    let lan = "/commendations/7d0f2a53-9b0e-4c64-8f0e-3c1d5b7aa031";
    chair.post(&format!("/api/v1{lan}/approval"), Value::Null, 200);
    story.post(&officer, &format!("{lan}/name"), "show_commendation_name", "agreed", 201);
    story.post(&officer, "/practice-models", "write_practice_model", "corner", 201);
}

/// One person's account, from the first password to the last code.
fn sessions(story: &mut Story, app: &TestApp) {
    let account = app.account(Role::Officer, "23095");
    let (user, nobody) = (user_name(app, account), app.anonymous());
    let next_code = |authenticator: &Authenticator| {
        app.clock.advance(Duration::seconds(30));
        authenticator.code(app.now())
    };
    let plain = story.body("log_in", "password", json!({"user": user, "password": PASSWORD}));
    let session = nobody.post("/api/v1/session", plain.clone(), 201);
    let body = story.body("refresh_session", "refresh", json!({"refresh_token": session["refresh_token"]}));
    let session = nobody.post("/api/v1/session/refresh", body, 200);
    let caller = app.bearer(session["access_token"].as_str().unwrap());
    let body = story.body("change_password", "change", json!({"current_password": PASSWORD}));
    let password = body["new_password"].clone();
    caller.post("/api/v1/session/password", body, 204);
    let body = story.body("begin_second_factor", "begin", json!({"password": password}));
    let offered = caller.post("/api/v1/second-factor", body, 201);
    let authenticator = Authenticator::from_base32(offered["secret"].as_str().unwrap()).unwrap();
    let body = story.body("confirm_second_factor", "confirm", json!({"code": next_code(&authenticator)}));
    caller.post("/api/v1/second-factor/confirmation", body, 200);
    let body = story.body("new_recovery_codes", "new", json!({"code": next_code(&authenticator)}));
    caller.post("/api/v1/second-factor/recovery-codes", body, 200);
    let body =
        story.body("log_in", "password_and_code", json!({"user": user, "password": password, "code": next_code(&authenticator)}));
    nobody.post("/api/v1/session", body, 201);
    let first = nobody.post("/api/v1/session", json!({"user": user, "password": password}), 200);
    let secrets = json!({"second_step_token": first["second_step_token"], "code": next_code(&authenticator)});
    let body = story.body("second_step", "code", secrets);
    nobody.post("/api/v1/session/second-step", body, 201);
    let body = story.body("remove_second_factor", "remove", json!({"password": password, "code": next_code(&authenticator)}));
    caller.post("/api/v1/second-factor/removal", body, 204);
}

fn courses(story: &mut Story, app: &TestApp) {
    let officer = app.officer_of("23095");
    let (course, place) = (format!("/courses/{}", id(0x0e01)), "/course-enrolments/5d1c9e0a-7b34-4a52-8e1f-6c0d9b8a7f65");
    story.post(&officer, "/courses", "plan_course", "first_aid", 201);
    story.post(&officer, "/courses", "plan_course", "called_off", 201);
    story.post(&officer, &format!("/courses/{}/cancellation", id(0x0e02)), "call_course_off", "storm", 200);
    let body = story.body("change_course", "larger_room", Value::Null);
    officer.patch(&format!("/api/v1{course}"), body, 200);
    officer.post(&format!("/api/v1{course}/opening"), Value::Null, 200);
    story.post(&officer, &format!("{course}/enrolments"), "enrol_in_course", "member", 201);
    story.post(&officer, &format!("{course}/attendance"), "note_course_attendance", "first_morning", 200);
    story.post(&officer, &format!("{place}/link"), "make_enrolment_link", "handed_over", 200);
    story.post(&officer, &format!("{course}/closing"), "close_course", "results", 200);
    let shown = officer.get(&format!("/api/v1{place}"), 200);
    let certificate = shown["certificate"].as_str().unwrap();
    story.post(&officer, &format!("/certificates/{certificate}/name"), "show_certificate_name", "agreed", 200);
    story.post(&officer, "/certificates", "record_certificate", "hospital", 201);
    story.post(&officer, &format!("{place}/corrections"), "correct_result", "taken_away", 201);
}

#[test]
fn every_example_is_taken() {
    let app = TestApp::start();
    let mut story = Story { sent: BTreeSet::new() };
    tree_and_people(&mut story, &app);
    people::committees(&mut story, &app);
    crate::call_out_examples::send(&mut story, &app);
    crate::urgent_calls::examples(&mut story, &app);
    crate::blood_honours::examples(&mut story, &app);
    appeals_and_papers(&mut story, &app);
    activities(&mut story, &app);
    closing(&mut story, &app);
    gifts(&mut story, &app);
    money_out(&mut story, &app);
    books_and_persons(&mut story, &app);
    goods(&mut story, &app);
    transfers(&mut story, &app);
    more_money(&mut story, &app);
    sessions(&mut story, &app);
    settlement(&mut story, &app);
    people::persons(&mut story, &app);
    courses(&mut story, &app);
    crate::drives::examples(&mut story, &app);
    crate::volunteers::examples(&mut story, &app);
    crate::donors::examples(&mut story, &app);
    crate::blood_days::examples(&mut story, &app);
    crate::blood_corrections::examples(&mut story, &app);
    crate::drive_shifts::examples(&mut story, &app);
    crate::family_links_between::examples(&mut story, &app);
    crate::organs::examples(&mut story, &app);
    let all: BTreeSet<(String, String)> = examples::all()
        .into_iter()
        .flat_map(|(id, uses)| uses.into_iter().map(move |one| (id.clone(), one.name)).collect::<Vec<_>>())
        .collect();
    assert_eq!(story.sent, all, "left: sent, right: in the document");
}

/// Whatever takes JSON shows at least one example of it, under its own name.
#[test]
fn every_body_has_an_example() {
    let document = so_nhan_ai::app::document().unwrap();
    let known: BTreeSet<String> = examples::all().into_iter().map(|(id, _)| id).collect();
    let mut shown = BTreeSet::new();
    for operation in document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values()) {
        let body = &operation["requestBody"]["content"]["application/json"];
        if body.is_object() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(body["examples"].as_object().is_some_and(|uses| !uses.is_empty()), "{id} has no example");
            shown.insert(id.to_owned());
        }
    }
    assert_eq!(shown, known);
}
