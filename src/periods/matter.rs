//! What takes a second person in this room.

use crate::decisions;

/// The closing of a month, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "PERIOD_CLOSE",
    vi: "Khóa sổ tháng",
    en: "Close the month",
    shown_at: "/api/v1/period-closings/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "PERIOD_CLOSE_REQUESTED",
        approved: "PERIOD_CLOSED",
        refused: "PERIOD_CLOSE_REFUSED",
        withdrawn: "PERIOD_CLOSE_WITHDRAWN",
    },
};
