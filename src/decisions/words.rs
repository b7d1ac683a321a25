//! Why something is not asked or not decided, and how that is said.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::http::{Kind, Problem};
use crate::vault::VaultError;

/// Why a request was not made or not decided.
#[derive(Debug)]
pub enum Halt {
    /// There is no such request.
    Unknown,
    /// The id stands for something else.
    IdTaken,
    /// Nobody else may approve at the chapter or above.
    NobodyElse,
    /// Who asked, recorded or approved before does not decide.
    NotOneself,
    DecidedOtherwise,
    /// The right is not held.
    Denied(Denied),
    /// The matter itself is in the way.
    Matter(Problem),
    Db(DbError),
}

wraps! {
    Halt {
        DbError => Halt::Db,
        Denied => Halt::Denied,
        Problem => Halt::Matter,
    }
}

impl Halt {
    /// What is in the way in the room of a matter, as the room says it.
    pub fn of(fault: impl Into<Problem>) -> Self {
        Halt::Matter(fault.into())
    }
}

impl From<VaultError> for Halt {
    fn from(error: VaultError) -> Self {
        Halt::Matter(Problem::internal(error))
    }
}

impl From<Halt> for Problem {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Unknown => Problem::not_found(),
            Halt::IdTaken => {
                Problem::say(Kind::IdTaken, "Mã nhận dạng này đã dùng cho đề nghị khác.", "This id stands for another request.")
            }
            Halt::NobodyElse => Problem::say(
                Kind::Conflict,
                "Việc này cần người thứ hai duyệt, mà chưa có ai khác được quyền duyệt ở đơn vị này hay cấp trên: cần bổ nhiệm trước.",
                "This takes a second person, and nobody else may approve here or above: appoint somebody first.",
            ),
            Halt::NotOneself => Problem::say(
                Kind::Forbidden,
                "Người ghi, người đề nghị hoặc người đã duyệt bước trước không tự duyệt: cần người thứ hai.",
                "Whoever recorded, asked or approved a step before does not decide: it takes a second person.",
            ),
            Halt::DecidedOtherwise => {
                Problem::say(Kind::Conflict, "Đề nghị đã được quyết định khác.", "The request was decided otherwise.")
            }
            Halt::Denied(denied) => denied.into(),
            Halt::Matter(problem) => problem,
            Halt::Db(error) => error.into(),
        }
    }
}

/// Something of the kind waits already, or was done.
pub fn already_waits() -> Problem {
    Problem::say(
        Kind::Conflict,
        "Đã có đề nghị hủy đang chờ hoặc đã được duyệt.",
        "A reversal of it is waiting or was approved already.",
    )
}

/// The chapter has gone up in another one, and this does not pass on to it.
pub fn books_closed() -> Problem {
    Problem::say(
        Kind::Conflict,
        "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
        "The chapter has merged or is dissolved: record at its successor.",
    )
}

/// What is to be taken back is not there any more.
pub fn not_covered() -> Problem {
    Problem::say(
        Kind::Conflict,
        "Tiền hoặc hiện vật này đã được chi, chuyển: không còn đủ để hủy. Hãy xử lý bút toán chi trước, hoặc lập khoản bù và duyệt cùng một lúc.",
        "This money or these goods have been used already: there is not enough left to reverse. Correct the outflow first, or ask for what covers it and approve both in one moment.",
    )
}
