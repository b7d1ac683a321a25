//! The part of the story that is about persons, members and committees.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;

use super::{Story, id};
use crate::harness::TestApp;
use crate::papers;

pub(super) fn committees(story: &mut Story, app: &TestApp) {
    let (admin, officer) = (app.staff(Role::ProvincialAdministrator, "68"), app.officer_of("23095"));
    let made = story.post(&admin, "/committees", "make_committee", "congress", 201);
    let holders = |title: &str| format!("/posts/{}/holders", crate::committees::post_of(&made, title));
    let person = json!({"id": "7d0f2a53-9b0e-4c64-8f0e-3c1d5b7a6001", "chapter": "23095", "name": "Nguyễn Thị Lan", "birth": "1980-03-02"});
    officer.post("/api/v1/persons", person, 201);
    story.post(&officer, &holders("CHAIR"), "enter_post_holder", "elected", 201);
    story.post(&officer, &holders("VICE_CHAIR"), "enter_post_holder", "for_the_time_being", 201);
    story.post(&admin, &format!("/committees/{}/posts", made["id"].as_str().unwrap()), "add_committee_post", "more_members", 201);
    let chair = format!("{}/7d0f2a53-9b0e-4c64-8f0e-3c1d5b7a6002", holders("CHAIR"));
    let before = json!({"id": id(0x6007), "account": id(2), "role": "OFFICER", "chapter": "23095", "valid_from": app.today(), "decision_no": "14/QĐ"});
    admin.post("/api/v1/role-assignments", before, 201);
    story.post(&admin, &format!("{chair}/carried-roles"), "carry_role_with_post", "given_before", 201);
    story.post(&admin, &format!("{chair}/roles"), "give_post_role", "with_the_chair", 201);
    story.post(&officer, &format!("{chair}/name"), "show_post_name", "agreed", 201);
    story.post(&admin, &format!("{chair}/ending"), "end_post_holder", "moves_away", 200);
    story.post(&admin, &format!("/committees/{}/ending", made["id"].as_str().unwrap()), "end_committee", "by_decision", 200);
}

pub(super) fn persons(story: &mut Story, app: &TestApp) {
    let officer = app.officer_of("23095");
    story.post(&officer, "/persons", "record_person", "member", 201);
    story.post(&officer, "/persons", "record_person", "from_an_old_list", 201);
    story.post(&officer, "/persons", "record_person", "pupil", 201);
    story.post(&officer, "/persons", "record_person", "organisation", 201);
    let body = story.body("change_person", "answered", Value::Null);
    officer.patch("/api/v1/persons/1f6b1c58-40f1-4f0e-9b7f-0a4f6a0d3c55", body, 200);
    story.post(&officer, "/person-joins", "request_person_join", "two_cards", 201);
    let chair = app.chair_of("23095");
    app.chair_of("23059");
    let at = "/members/3b0a7c1e-6f43-4b1c-9a55-0d0f3c8e7a10";
    story.post(&officer, "/members", "apply_for_member", "member", 201);
    story.post(&officer, "/members", "apply_for_member", "junior", 201);
    story.post(&officer, "/members", "apply_for_member", "collective", 201);
    crate::members_lists::waiting(&officer, "Trần Thị Hoa", "0912345603");
    let list = app.database.text("SELECT id::text FROM member_import ORDER BY uploaded_at DESC LIMIT 1");
    for (n, purpose, to) in [(0x0b11, "MEMBER", at.to_owned()), (0x0b12, "MEMBER_LIST", format!("/member-imports/{list}"))] {
        let bytes = papers::pdf(usize::from(n));
        let mut announced = papers::announcement(purpose, "application/pdf", &bytes);
        announced["id"] = json!(id(n));
        assert_eq!(papers::try_upload(&officer, &announced, &bytes).0, 200);
        let (operation, name) = match purpose {
            "MEMBER" => ("link_member_document", "consent"),
            _ => ("link_member_import_document", "class_list"),
        };
        story.post(&officer, &format!("{to}/documents"), operation, name, 201);
    }
    for member in [at, "/members/c2d1a0b9-1e5f-4f6a-8b7c-2a3b4c5d6e7f"] {
        chair.post(&format!("/api/v1{}/approval", member.replace("/members", "/member-steps")), Value::Null, 200);
    }
    story.post(&officer, "/members/c2d1a0b9-1e5f-4f6a-8b7c-2a3b4c5d6e7f/placement", "place_member", "group", 200);
    story.post(&officer, "/members/c2d1a0b9-1e5f-4f6a-8b7c-2a3b4c5d6e7f/transfer", "transfer_member", "move", 201);
    story.post(&officer, "/dues-sheets", "record_dues_sheet", "year", 201);
    let mut up = crate::transfers::transfer("23095", "68", "OPERATING", "CASH", 2_400);
    up["id"] = json!(id(0x0d02));
    officer.post("/api/v1/transfers", up, 201);
    story.post(&officer, "/dues-sheets/remittances", "note_dues_remittance", "up", 201);
    story.post(&officer, &format!("{at}/steps"), "enter_member_step", "grade", 201);
    story.post(&officer, &format!("{at}/steps"), "enter_member_step", "leave", 201);
    story.post(&officer, &format!("{at}/steps"), "enter_member_step", "reinstate", 201);
    let kept = crate::retention::proposed(app, "1f6b1c58-40f1-4f0e-9b7f-0a4f6a0d3c55", "2026-01-31");
    story.post(&officer, &format!("/retention-proposals/{kept}/keeping"), "keep_retention_person", "claim", 200);
}
