//! The pre-check: questions that somebody answers for themself before a blood drive, and what the rules of its day say.
//!
//! Answers are computed, shown and forgotten: they reach no table, no log and no figure, and no function here takes a connection and an answer
//! together. The questions are rows in versions; which illness it was is never asked. Only the blood centre decides.

mod assess;
mod model;
mod store;

pub use assess::{Answers, Assessment, Found, Since, assess};
pub use model::{PreCheckAsk, Question, Questionnaire};

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room { tables: &["pre_check", "pre_check_question"], ..Room::called("pre_check") };
