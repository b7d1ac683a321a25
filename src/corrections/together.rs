//! Several requests approved in one moment: what covers a reversal, and the reversal.
//!
//! Where the money of an entry has left, its reversal is approved only together with cover in the very account and chapter: a
//! deposit that takes the place of a larger one, a release back, a transfer by book, the reversal of what took the goods. Each is a
//! request of its own, asked for in its room by its rules; here somebody who may decide on every one of them does so at once, in the
//! order given, and all of it is booked or nothing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::correct;
use super::fault::Fault;
use crate::authz::Visit;
use crate::basics::codes::codes;
use crate::decisions::{self, Halt, Verdict};
use crate::giving::reversal;
use crate::house::Rooms;
use crate::http::{Check, FieldError};
use crate::spending::releases::{self, RELEASES};
use crate::spending::{cash_moves, order};
use crate::transfers::send;

/// At most so many in one moment.
const MOST: usize = 10;

codes! {
    /// What may be approved together.
    pub wire enum JointMatter {
        /// The reversal of a gift.
        GiftReversal = "GIFT_REVERSAL",
        /// The reversal of another entry.
        EntryReversal = "ENTRY_REVERSAL",
        /// Cash brought to the bank.
        CashDeposit = "CASH_DEPOSIT",
        /// Cash fetched from the bank.
        CashWithdrawal = "CASH_WITHDRAWAL",
        /// Money that changes its fund.
        FundRelease = "FUND_RELEASE",
        /// A transfer to another chapter.
        Transfer = "TRANSFER",
    }
}

/// One request, as the inbox names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JointDecision {
    /// What it is about.
    pub matter: JointMatter,
    pub id: Uuid,
}

/// Requests to approve in one moment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JointApprovalIn {
    /// In the order in which they are booked: what covers comes before what it covers.
    #[schema(min_items = 2, max_items = 10)]
    pub decisions: Vec<JointDecision>,
}

/// What was approved.
#[derive(Debug, Serialize, ToSchema)]
pub struct JointApprovalOut {
    /// As they were named, in their order.
    pub approved: Vec<JointDecision>,
}

impl JointApprovalIn {
    /// Two to ten, each once.
    pub fn check(self) -> Result<Vec<JointDecision>, Vec<FieldError>> {
        let mut check = Check::default();
        if !(2..=MOST).contains(&self.decisions.len()) {
            check.wrong("/decisions", "OUT_OF_RANGE", "Từ 2 đến 10 đề nghị.", "Two to ten requests.");
        }
        for (n, one) in self.decisions.iter().enumerate() {
            if self.decisions.iter().take(n).any(|before| before == one) {
                check.wrong(
                    format!("/decisions/{n}"),
                    "TWICE",
                    "Đề nghị này đã có ở trên.",
                    "This request stands above already.",
                );
            }
        }
        check.done(Some(self.decisions))
    }
}

/// Approves all of them, or none. Saying the same again answers as the first time.
pub fn approve(v: &mut Visit<'_>, rooms: Rooms, all: Vec<JointDecision>) -> Result<JointApprovalOut, Fault> {
    for one in &all {
        let kind = approve_one(v, rooms, one)?;
        if !decisions::is_approved(v.conn, kind, one.id)? {
            return Err(Fault::AnotherFirst);
        }
    }
    Ok(JointApprovalOut { approved: all })
}

fn approve_one(v: &mut Visit<'_>, rooms: Rooms, one: &JointDecision) -> Result<&'static decisions::Kind, Fault> {
    let (id, verdict) = (one.id, Verdict::Approve);
    Ok(match one.matter {
        JointMatter::GiftReversal => {
            reversal::decide(v, id, verdict).map_err(Halt::of)?;
            reversal::MATTER
        }
        JointMatter::EntryReversal => {
            correct::decide(v, rooms, id, verdict)?;
            correct::MATTER
        }
        JointMatter::CashDeposit => {
            order::decide(v, &cash_moves::DEPOSITS, id, verdict).map_err(Halt::of)?;
            cash_moves::DEPOSIT
        }
        JointMatter::CashWithdrawal => {
            order::decide(v, &cash_moves::WITHDRAWALS, id, verdict).map_err(Halt::of)?;
            cash_moves::WITHDRAWAL
        }
        JointMatter::FundRelease => {
            order::decide(v, &RELEASES, id, verdict).map_err(Halt::of)?;
            releases::MATTER
        }
        JointMatter::Transfer => {
            send::decide(v, id, verdict).map_err(Halt::of)?;
            send::MATTER
        }
    })
}
