//! What takes a second person in this room.

use crate::decisions;

/// A list of honours, as a matter for a second person, and for a third where another level awards.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "BLOOD_HONOURS",
    vi: "Tôn vinh người hiến máu",
    en: "Honours for donors of blood",
    shown_at: "/api/v1/blood-honours/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "BLOOD_HONOURS_PROPOSED",
        approved: "BLOOD_HONOURS_AWARDED",
        refused: "BLOOD_HONOURS_REFUSED",
        withdrawn: "BLOOD_HONOURS_WITHDRAWN",
    },
};
