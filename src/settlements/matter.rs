//! What takes a second person in this room.

use crate::decisions;

/// A settlement report, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "SETTLEMENT_REPORT",
    vi: "Duyệt báo cáo quyết toán đợt",
    en: "Approve the settlement report of",
    shown_at: "/api/v1/settlement-reports/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "SETTLEMENT_REPORT_REQUESTED",
        approved: "SETTLEMENT_REPORT_APPROVED",
        refused: "SETTLEMENT_REPORT_REFUSED",
        withdrawn: "SETTLEMENT_REPORT_WITHDRAWN",
    },
};
