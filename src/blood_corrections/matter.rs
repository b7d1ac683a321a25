//! What takes a second person in this room.

use crate::decisions;

/// A correction of a drive that is reconciled, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "DRIVE_CORRECTION",
    vi: "Đính chính kết quả ngày hiến máu",
    en: "A correction of the result of a blood drive",
    shown_at: "/api/v1/drive-corrections/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "DRIVE_CORRECTION_REQUESTED",
        approved: "DRIVE_CORRECTION_APPROVED",
        refused: "DRIVE_CORRECTION_REFUSED",
        withdrawn: "DRIVE_CORRECTION_WITHDRAWN",
    },
};
