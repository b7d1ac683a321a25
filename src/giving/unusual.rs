//! Is this sum plausible? Limits by channel, role and chapter, as dated data; what a gift's answer says of it.
//!
//! Above the first limit whoever sends a gift is asked whether it is right; above the second it takes a second person
//! ([`super::asked`]). Pure: the rows are read in [`super::looked`].

use serde::Serialize;
use utoipa::ToSchema;

use crate::authz::Role;
use crate::basics::Vnd;
use crate::basics::vnd::grouped;
use crate::http::{FieldError, Kind, Problem, Say};
use crate::ledger::kinds::Channel;
use crate::tree::{ChapterId, Place};

/// What an officer should look at in a gift. It stands all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(as = GiftConcern)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Concern {
    /// Another gift of the chapter names the same bank reference.
    SameBankReference,
    /// Another gift of the chapter has the same giver's name, amount and day.
    LooksLike,
    /// It came after its appeal's end and waits for a decision.
    Quarantined,
    /// Above a limit: confirmed, or for a second person to decide.
    Unusual,
}

/// The two sums, in đồng.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Above this the sender confirms.
    pub confirm_above: i64,
    /// Above this a second person approves.
    pub approve_above: i64,
}

/// A row of limits that holds today; without role or chapter for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitRow {
    pub channel: Channel,
    pub role: Option<Role>,
    pub chapter: Option<ChapterId>,
    pub limit: Limit,
}

/// The limits that may concern some gifts.
#[derive(Debug, Clone, Default)]
pub struct Limits(Vec<LimitRow>);

/// How a gift stands to its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Usual,
    /// Above this sum: confirmed by whoever sends it.
    Confirm(i64),
    /// Above this sum: approved by a second person.
    Approve(i64),
}

impl FromIterator<LimitRow> for Limits {
    fn from_iter<T: IntoIterator<Item = LimitRow>>(rows: T) -> Self {
        Self(rows.into_iter().collect())
    }
}

impl Limits {
    /// Weighs a sum that came to `place` by `channel`, recorded by somebody with these roles there.
    pub fn weigh(&self, channel: Channel, roles: &[Role], place: &Place, amount: Vnd) -> Weight {
        match self.of(channel, roles, place) {
            Some(limit) if amount.get() > limit.approve_above => Weight::Approve(limit.approve_above),
            Some(limit) if amount.get() > limit.confirm_above => Weight::Confirm(limit.confirm_above),
            _ => Weight::Usual,
        }
    }

    /// Who holds several roles has the limits of the widest.
    fn of(&self, channel: Channel, roles: &[Role], place: &Place) -> Option<Limit> {
        roles.iter().filter_map(|role| self.of_role(channel, *role, place)).reduce(|a, b| Limit {
            confirm_above: a.confirm_above.max(b.confirm_above),
            approve_above: a.approve_above.max(b.approve_above),
        })
    }

    /// The nearest chapter's row counts; of two for one place, the one that names the role.
    fn of_role(&self, channel: Channel, role: Role, place: &Place) -> Option<Limit> {
        let near = |row: &LimitRow| match row.chapter {
            None => Some(0),
            Some(chapter) => place.path.iter().position(|step| step.id == chapter).map(|at| at + 1),
        };
        self.0
            .iter()
            .filter(|row| row.channel == channel && row.role.is_none_or(|named| named == role))
            .filter_map(|row| Some((near(row)?, row.role.is_some(), row.limit)))
            .max_by_key(|(near, named, _)| (*near, *named))
            .map(|(.., limit)| limit)
    }
}

/// The answer to an unusual gift that is not confirmed. Nothing of it is kept, so the id is free for it and for others.
pub fn unconfirmed(channel: Channel, amount: Vnd, limit: i64, takes_two: bool) -> Problem {
    let pointer = if channel == Channel::InKind { "/lines" } else { "/amount_vnd" };
    let (sum, limit) = (grouped(amount.get()), grouped(limit));
    let (vi, en) = if takes_two {
        (" Khoản này còn cần người thứ hai duyệt rồi mới được ghi sổ.", " It then waits for a second person before it is booked.")
    } else {
        ("", "")
    };
    let detail = Say::new(
        format!(
            "{sum} đồng lớn khác thường so với hạn mức {limit} đồng ở đây: hãy đếm lại số 0. Nếu đúng, hãy xác nhận rồi gửi lại.{vi}"
        ),
        format!(
            "{sum} đồng is unusually much here (the limit is {limit} đồng): count the zeros again. If it is right, confirm it and send it again.{en}"
        ),
    );
    let error = FieldError::new(pointer, "UNUSUAL", detail.clone());
    Problem { detail: Some(detail), errors: vec![error], ..Problem::new(Kind::Unusual) }
}

#[cfg(test)]
#[path = "unusual_tests.rs"]
mod tests;
