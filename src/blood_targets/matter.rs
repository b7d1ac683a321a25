//! What takes a second person in this room.

use crate::decisions;

/// Targets of a year for the chapters below, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "BLOOD_TARGET",
    vi: "Giao chỉ tiêu hiến máu",
    en: "Blood donation targets",
    shown_at: "/api/v1/blood-targets/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "BLOOD_TARGET_REQUESTED",
        approved: "BLOOD_TARGET_DECIDED",
        refused: "BLOOD_TARGET_REFUSED",
        withdrawn: "BLOOD_TARGET_WITHDRAWN",
    },
};
