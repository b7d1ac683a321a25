//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotThoseBelow => Problem::say(
                Kind::Forbidden,
                "Bạn đọc được sổ của đơn vị này, không phải của mọi đơn vị bên dưới.",
                "You may read the books of this chapter, not those of all chapters below it.",
            ),
            Fault::NoSuchFund => Problem::field("fund", "NO_SUCH_FUND", "Không có quỹ này.", "There is no such fund."),
            Fault::TooLong { most } => Problem::field(
                "from",
                "TOO_MANY_ROWS",
                format!("Quá {most} dòng: hãy in ít ngày hơn, hoặc tải XLSX."),
                format!("More than {most} lines: print fewer days, or download the XLSX."),
            ),
            Fault::Heading(fault) => fault.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
