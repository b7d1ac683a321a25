//! What takes a second person about a member: one name for each, so that whoever decides reads what it is.

use super::model::StepKind;
use crate::decisions::{self, Actions};

/// Kết nạp.
pub const ADMISSION: &decisions::Kind = &decisions::Kind {
    name: "MEMBER_ADMISSION",
    vi: "Kết nạp hội viên",
    en: "Admit a member",
    shown_at: "/api/v1/member-steps/{id}",
    decided_at: "",
    actions: Actions {
        asked: "MEMBER_ADMISSION_REQUESTED",
        approved: "MEMBER_ADMISSION_APPROVED",
        refused: "MEMBER_ADMISSION_REFUSED",
        withdrawn: "MEMBER_ADMISSION_WITHDRAWN",
    },
};

/// Xóa tên.
pub const STRIKE_OFF: &decisions::Kind = &decisions::Kind {
    name: "MEMBER_STRIKE_OFF",
    vi: "Xóa tên hội viên",
    en: "Strike off a member",
    shown_at: "/api/v1/member-steps/{id}",
    decided_at: "",
    actions: Actions {
        asked: "MEMBER_STRIKE_OFF_REQUESTED",
        approved: "MEMBER_STRIKE_OFF_APPROVED",
        refused: "MEMBER_STRIKE_OFF_REFUSED",
        withdrawn: "MEMBER_STRIKE_OFF_WITHDRAWN",
    },
};

/// Khai trừ.
pub const EXPULSION: &decisions::Kind = &decisions::Kind {
    name: "MEMBER_EXPULSION",
    vi: "Khai trừ hội viên",
    en: "Expel a member",
    shown_at: "/api/v1/member-steps/{id}",
    decided_at: "",
    actions: Actions {
        asked: "MEMBER_EXPULSION_REQUESTED",
        approved: "MEMBER_EXPULSION_APPROVED",
        refused: "MEMBER_EXPULSION_REFUSED",
        withdrawn: "MEMBER_EXPULSION_WITHDRAWN",
    },
};

/// Phục hồi.
pub const REINSTATEMENT: &decisions::Kind = &decisions::Kind {
    name: "MEMBER_REINSTATEMENT",
    vi: "Phục hồi hội viên",
    en: "Reinstate a member",
    shown_at: "/api/v1/member-steps/{id}",
    decided_at: "",
    actions: Actions {
        asked: "MEMBER_REINSTATEMENT_REQUESTED",
        approved: "MEMBER_REINSTATEMENT_APPROVED",
        refused: "MEMBER_REINSTATEMENT_REFUSED",
        withdrawn: "MEMBER_REINSTATEMENT_WITHDRAWN",
    },
};

/// Chuyển sinh hoạt: both chapters approve.
pub const TRANSFER: &decisions::Kind = &decisions::Kind {
    name: "MEMBER_TRANSFER",
    vi: "Chuyển sinh hoạt hội viên",
    en: "Transfer a member",
    shown_at: "/api/v1/member-steps/{id}",
    decided_at: "",
    actions: Actions {
        asked: "MEMBER_TRANSFER_REQUESTED",
        approved: "MEMBER_TRANSFER_APPROVED",
        refused: "MEMBER_TRANSFER_REFUSED",
        withdrawn: "MEMBER_TRANSFER_WITHDRAWN",
    },
};

/// Left to the nearest chapter above both: approved, it is somebody else and they are admitted; refused, it is the same person.
pub const LIKENESS: &decisions::Kind = &decisions::Kind {
    name: "MEMBER_LIKENESS",
    vi: "Người xin vào Hội giống hội viên của đơn vị khác: có phải người khác không?",
    en: "An applicant is like a member of another chapter: is it somebody else?",
    shown_at: "/api/v1/member-steps/{id}",
    decided_at: "",
    actions: Actions {
        asked: "MEMBER_LIKENESS_REQUESTED",
        approved: "MEMBER_LIKENESS_APPROVED",
        refused: "MEMBER_LIKENESS_REFUSED",
        withdrawn: "MEMBER_LIKENESS_WITHDRAWN",
    },
};

/// Xếp hạng: bạch kim, vàng, bạc.
pub const GRADE: &decisions::Kind = &decisions::Kind {
    name: "MEMBER_GRADE",
    vi: "Xếp hạng hội viên",
    en: "Give a member a grade",
    shown_at: "/api/v1/member-steps/{id}",
    decided_at: "",
    actions: Actions {
        asked: "MEMBER_GRADE_REQUESTED",
        approved: "MEMBER_GRADE_APPROVED",
        refused: "MEMBER_GRADE_REFUSED",
        withdrawn: "MEMBER_GRADE_WITHDRAWN",
    },
};

/// Thôi xếp hạng.
pub const GRADE_END: &decisions::Kind = &decisions::Kind {
    name: "MEMBER_GRADE_END",
    vi: "Thôi xếp hạng hội viên",
    en: "End the grade of a member",
    shown_at: "/api/v1/member-steps/{id}",
    decided_at: "",
    actions: Actions {
        asked: "MEMBER_GRADE_END_REQUESTED",
        approved: "MEMBER_GRADE_END_APPROVED",
        refused: "MEMBER_GRADE_END_REFUSED",
        withdrawn: "MEMBER_GRADE_END_WITHDRAWN",
    },
};

/// The matter of a step that takes a second person.
pub fn of(kind: StepKind) -> Option<&'static decisions::Kind> {
    match kind {
        StepKind::Admission => Some(ADMISSION),
        StepKind::StrikeOff => Some(STRIKE_OFF),
        StepKind::Expulsion => Some(EXPULSION),
        StepKind::Reinstatement => Some(REINSTATEMENT),
        StepKind::Transfer => Some(TRANSFER),
        StepKind::Likeness => Some(LIKENESS),
        StepKind::Grade => Some(GRADE),
        StepKind::GradeEnd => Some(GRADE_END),
        StepKind::Leave | StepKind::Death => None,
    }
}
