//! What takes a second person in this room.

use crate::decisions;

/// A commendation, as a matter for a second person, and for a third where another level awards it.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "COMMENDATION",
    vi: "Khen thưởng",
    en: "Commendation",
    shown_at: "/api/v1/commendations/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "COMMENDATION_PROPOSED",
        approved: "COMMENDATION_AWARDED",
        refused: "COMMENDATION_REFUSED",
        withdrawn: "COMMENDATION_WITHDRAWN",
    },
};
