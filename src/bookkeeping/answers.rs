//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::decisions::{already_waits, not_covered};
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::NoSuchChapter(denied) => denied.of_chapter("/chapter"),
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::OpenedMeanwhile => Problem::say(
                Kind::Conflict,
                "Một quỹ và tài khoản trong bản này đã có số dư đầu kỳ.",
                "A fund and account of this one were opened meanwhile.",
            ),
            Fault::NotStanding => Problem::say(
                Kind::Conflict,
                "Chỉ hủy được số dư đầu kỳ đã duyệt và chưa hủy.",
                "Only an opening balance that was approved and not reversed can be reversed.",
            ),
            Fault::ReversalAsked => already_waits(),
            Fault::NobodyAsked => Problem::say(Kind::Conflict, "Chưa có ai đề nghị hủy.", "Nobody has asked for a reversal."),
            Fault::NotCovered => not_covered(),
            Fault::Decision(halt) => halt.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
