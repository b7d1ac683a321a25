//! The rooms that list their operations beside their own tests.

use super::Call;
use crate::harness::TestApp;

/// Operations of rooms that list their own beside their tests.
pub const ROOMS: &[fn(&TestApp) -> Vec<Call>] = &[
    // Rooms with a file of their own.
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
    crate::volunteers::calls,
    crate::volunteer_imports::calls,
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
];
