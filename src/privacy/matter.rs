//! Requests about personal data as matters for a second person ([`decisions`](crate::decisions)).

use uuid::Uuid;

use super::model::RequestKind;
use crate::decisions::{Actions, Kind, New};

const ACTIONS: Actions = Actions {
    asked: "PERSONAL_DATA_REQUESTED",
    approved: "PERSONAL_DATA_REQUEST_APPROVED",
    refused: "PERSONAL_DATA_REQUEST_REFUSED",
    withdrawn: "PERSONAL_DATA_REQUEST_WITHDRAWN",
};

const fn kind(name: &'static str, vi: &'static str, en: &'static str) -> Kind {
    Kind { name, vi, en, shown_at: "/api/v1/personal-data-requests/{id}", decided_at: "", actions: ACTIONS }
}

/// Says nothing of whom it is about; where it is one gift alone, its public code follows. The database derives the same names
/// (`personal_data_matter`).
pub const ERASURE: &Kind = &kind("PERSONAL_DATA_ERASURE", "Xóa dữ liệu người ủng hộ", "Erase a giver's data");
pub const CORRECTION: &Kind = &kind("PERSONAL_DATA_CORRECTION", "Sửa dữ liệu người ủng hộ", "Correct a giver's data");
pub const CONSENT_WITHDRAWAL: &Kind =
    &kind("PERSONAL_DATA_CONSENT_WITHDRAWAL", "Rút đồng ý công khai tên người ủng hộ", "Withdraw a giver's consent to be shown");
pub const RESTRICTION: &Kind =
    &kind("PERSONAL_DATA_RESTRICTION", "Hạn chế xử lý dữ liệu người ủng hộ", "Restrict the use of a giver's data");
pub const RESTRICTION_LIFTING: &Kind =
    &kind("PERSONAL_DATA_RESTRICTION_LIFTING", "Bỏ hạn chế xử lý dữ liệu người ủng hộ", "Lift the restriction of a giver's data");
pub const OBJECTION: &Kind =
    &kind("PERSONAL_DATA_OBJECTION", "Phản đối công khai tên người ủng hộ", "Object to a giver's being shown");

pub const ACCESS: &Kind = &kind("PERSONAL_DATA_ACCESS", "Cấp bản sao dữ liệu cá nhân", "Hand over a copy of personal data");
pub const PROTECTION: &Kind =
    &kind("PERSONAL_DATA_PROTECTION", "Bảo vệ dữ liệu cá nhân", "Take measures to protect personal data");

/// The matter that a request of this kind is, where it waits for a second person. What an officer does by hand waits for nobody.
pub fn of(kind: RequestKind) -> Option<&'static Kind> {
    Some(match kind {
        RequestKind::Erase => ERASURE,
        RequestKind::Correct => CORRECTION,
        RequestKind::WithdrawConsent => CONSENT_WITHDRAWAL,
        RequestKind::Restrict => RESTRICTION,
        RequestKind::LiftRestriction => RESTRICTION_LIFTING,
        RequestKind::Object => OBJECTION,
        RequestKind::Access | RequestKind::Protect => return None,
    })
}

/// The matter that a request is which an officer does by hand: no approval ends it, but a second person may refuse it, and what was
/// refused was decided as everything is.
pub fn by_hand(kind: RequestKind) -> Option<&'static Kind> {
    match kind {
        RequestKind::Access => Some(ACCESS),
        RequestKind::Protect => Some(PROTECTION),
        _ => None,
    }
}

/// One to be asked for, about a person.
pub(super) fn new(kind: &'static Kind, id: Uuid) -> New<'static> {
    New { kind, id, subject: id, about: None, amount_vnd: None, not_by: &[], with: None }
}
