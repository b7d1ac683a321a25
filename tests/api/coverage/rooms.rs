//! The rooms that list their operations beside their own tests.

use serde_json::{Value, json};

use super::Call;
use crate::harness::TestApp;

/// Operations of rooms that list their own beside their tests.
pub const ROOMS: &[fn(&TestApp) -> Vec<Call>] = &[
    // Rooms with a file of their own.
    crate::blood_results::calls,
    crate::blood_targets::calls,
    crate::drives::calls,
    crate::donors::calls,
    crate::blood_days::calls,
    crate::blood_corrections::calls,
    crate::drive_shifts::calls,
    crate::public_statements::calls,
    crate::persons::calls,
    crate::members::calls,
    crate::members_lists::calls,
    crate::members_papers::calls,
    crate::member_tallies::calls,
    crate::retention::calls,
    crate::spending::calls,
    crate::stock::calls,
    crate::transfers::calls,
    crate::dues::calls,
    crate::corrections::calls,
    crate::decision_rules::calls,
    crate::books_read::calls,
    crate::periods::calls,
    crate::settlements::calls,
    crate::successions::calls,
    crate::committees_listed::calls,
    crate::campaigns::calls,
    crate::activities::calls,
    crate::commendations::calls,
    crate::committees_terms::calls,
    crate::teams::calls,
    crate::call_outs::calls,
    crate::urgent_calls::calls,
    crate::blood_honours::calls,
    crate::volunteers::calls,
    crate::volunteer_imports::calls,
    crate::volunteers_lists::calls,
    crate::volunteer_hours::calls,
    crate::sign_up::calls,
    crate::courses::calls,
    super::lists::calls,
    super::behind::calls,
    crate::vouchers::calls,
    crate::advances::calls,
    crate::purchases::calls,
    crate::password_links::calls,
    crate::webhooks::calls,
    crate::family_links::calls,
    crate::organs::calls,
];

/// What nobody has to log in for, of volunteers and blood drives: where it is asked, and what is sent.
pub fn open(app: &TestApp) -> [(&'static str, (String, Option<Value>)); 5] {
    let application = json!({"name": "Nguyễn Văn Bình", "contact": "0912345678", "chapter": "23095", "consent": 1});
    let open = app.database.text("SELECT code FROM drive WHERE state = 'OPEN' ORDER BY id LIMIT 1");
    let booking = crate::drives::booking("Nguyễn Văn Bình", "0912345678", None);
    let asked = format!("/api/v1/public/drives/{}/pre-check", crate::pre_check::drive_on(app, "2027-06-14"));
    [
        ("POST /api/v1/public/volunteer-applications", ("/api/v1/public/volunteer-applications".to_owned(), Some(application))),
        ("GET /api/v1/public/drives/{code}", (format!("/api/v1/public/drives/{open}"), None)),
        ("POST /api/v1/public/drives/{code}/bookings", (crate::drives::public(&open), Some(booking))),
        ("GET /api/v1/public/drives/{code}/pre-check", (asked.clone(), None)),
        ("POST /api/v1/public/drives/{code}/pre-check", (asked, Some(crate::pre_check::answers(json!({}))))),
    ]
}
