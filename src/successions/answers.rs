//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::http::{Kind, Problem, Say};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::NoSuchChapter(denied, pointer) => denied.of_chapter(&pointer),
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::InTheWay(what) => {
                let said = |of: fn(&Say) -> &str| {
                    what.iter().map(|(chapter, say)| format!("{chapter}: {}", of(say))).collect::<Vec<_>>().join(" ")
                };
                Problem::say(Kind::Conflict, said(|say| &say.vi), said(|say| &say.en))
            }
            Fault::NotCovered => Problem::say(
                Kind::Conflict,
                "Chia như vậy thì một đơn vị kế tục nhận khoản âm không đủ bù: hãy giao tiền gửi và tiền đang chuyển của một quỹ cho cùng một đơn vị.",
                "Shared out like this a successor would have less than nothing of something: give what a fund has at the bank and on the way to one of them.",
            ),
            Fault::Decision(halt) => halt.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
