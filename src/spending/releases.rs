//! Releases: money that changes its fund by a decision, within the chapter. Two entries in one moment: one takes it from the old
//! fund, the other, `of` the first, gives it to the new one. Between which funds, and when only with the paper in which those who gave
//! agree, is said by dated rows.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::{Fault, Undrawn};
use super::feed;
use super::kind::{Booking, Orders, detail};
use super::model::{self, Basics, MoneyBy, OrderKind, Particulars, wrong};
use super::order::{self, Content, Request};
use super::store::{self, OrderRow};
use super::wire::MoneyOrderOut;
use crate::authz::Visit;
use crate::basics::{Line, Vnd};
use crate::db::DbError;
use crate::decisions;
use crate::house::feed::Feed;
use crate::http::{Check, FieldError, note};
use crate::ledger::accounts::Account;
use crate::ledger::entry::{Detail, NewEntry};
use crate::ledger::kinds;
use crate::ledger::model::{Balanced, Fund, FundId};

/// A release, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "FUND_RELEASE",
    vi: "Chuyển giữa các quỹ theo quyết định",
    en: "Move money between funds by a decision",
    shown_at: "/api/v1/fund-releases/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "FUND_RELEASE_REQUESTED",
        approved: "FUND_RELEASE_APPROVED",
        refused: "FUND_RELEASE_REFUSED",
        withdrawn: "FUND_RELEASE_WITHDRAWN",
    },
};

/// A release as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FundReleaseIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// Code of the fund that the money leaves.
    #[schema(example = "QUARANTINE:LULUT-2026", max_length = 60)]
    pub from_fund: String,
    /// Code of the fund that it comes to.
    #[schema(example = "GENERAL", max_length = 60)]
    pub to_fund: String,
    #[schema(minimum = 1, example = 1_500_000)]
    pub amount_vnd: i64,
    /// Where the money is: it stays there.
    pub held: MoneyBy,
    /// The day of the release.
    pub day: NaiveDate,
    /// In words; never public.
    #[schema(example = "Quyết định 12/QĐ-CTĐ: dùng cho hoạt động nhân đạo chung", max_length = 200)]
    pub content: String,
    /// SHA-256 of the decision that the chapter has uploaded for `MONEY_ORDER`, hexadecimal; the hash becomes public with the entries.
    #[schema(min_length = 64, max_length = 64)]
    pub document: String,
    /// SHA-256 of the paper in which those who gave agree, and under which conditions; uploaded in the same way. Needed where money
    /// leaves the fund of an appeal.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub givers_conditions: Option<String>,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A release that is right in itself.
pub struct Release {
    basics: Basics,
    chapter: String,
    from_fund: String,
    to_fund: String,
    held: MoneyBy,
    particulars: Particulars,
    conditions: Option<[u8; 32]>,
    note: Option<Line>,
}

impl FundReleaseIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Release, Vec<FieldError>> {
        let mut check = Check::default();
        let basics = model::basics(&mut check, self.id, self.amount_vnd, self.day, Some(&self.document), today);
        if self.from_fund == self.to_fund {
            check.wrong("/to_fund", "SAME_FUND", "Hai quỹ phải khác nhau.", "The two funds must differ.");
        }
        let content = model::content(&mut check, "/content", &self.content);
        let conditions = model::hash(&mut check, "/givers_conditions", self.givers_conditions.as_deref());
        let note = check.read(note(self.note.as_deref()));
        let (chapter, from_fund, to_fund, held) = (self.chapter, self.from_fund, self.to_fund, self.held);
        check.done(basics.zip(content).zip(conditions).zip(note).map(|(((basics, content), conditions), note)| Release {
            basics,
            chapter,
            from_fund,
            to_fund,
            held,
            particulars: Particulars { payee: None, content },
            conditions,
            note,
        }))
    }
}

/// See the module.
pub struct Releases;

/// What is said of releases.
pub static RELEASES: Releases = Releases;

impl Orders for Releases {
    fn kind(&self) -> OrderKind {
        OrderKind::FundRelease
    }

    fn matter(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn feed(&self) -> &'static Feed {
        &feed::FUND_RELEASES
    }

    fn books(&self) -> kinds::Kind {
        kinds::Kind::FundRelease
    }

    /// The account stays what it is: cash is cash of the other fund, and what is at the bank is moved by book.
    fn balanced(&self, _: &mut PgConnection, row: &OrderRow) -> Result<Vec<Balanced>, Undrawn> {
        let (Some(held), Some(to)) = (row.credited(), row.to_fund_id) else {
            return Err(Undrawn::broken("a release names no account or no second fund"));
        };
        let amount = Vnd::parse(row.amount_vnd).map_err(|_| Undrawn::broken("a release has an impossible amount"))?;
        let kind = self.books();
        let out = Balanced::moved(kind, FundId(row.fund_id), amount, held, Account::Interfund).map_err(Undrawn::broken)?;
        let into = Balanced::moved(kind, FundId(to), amount, Account::Interfund, held).map_err(Undrawn::broken)?;
        Ok(vec![out, into])
    }

    fn details(&self, conn: &mut PgConnection, row: &OrderRow) -> Result<Vec<Detail>, Undrawn> {
        let of = detail(conn, self.books(), row)?;
        Ok(vec![of.clone(), of])
    }

    /// The second is about the first.
    fn entries(&self, v: &mut Visit<'_>, of: &Booking<'_>) -> Result<Vec<NewEntry>, Fault> {
        let mut entries = self.drawn(v, of)?;
        let first = entries.first().map(|entry| entry.code.clone());
        if let Some(second) = entries.get_mut(1) {
            second.detail.of = first;
        }
        Ok(entries)
    }
}

/// Asks for a release. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, ask: &Release) -> Result<(MoneyOrderOut, bool), Fault> {
    let place = order::at(v, &ask.chapter)?;
    let Basics { id, amount, day, document } = ask.basics;
    let said = json!([ask.from_fund, ask.to_fund, amount.get(), ask.held, day, document, ask.conditions]);
    let request = Request { id, day, category: None, said, particulars: &ask.particulars, note: ask.note.as_ref() };
    order::request(v, &RELEASES, &place, &request, |v, _| {
        let (from, to) = (order::fund(v, "/from_fund", &ask.from_fund)?, order::fund(v, "/to_fund", &ask.to_fund)?);
        allowed(v.conn, &from, &to, day, ask.conditions.is_some())?.map_err(|error| Fault::Fields(vec![error]))?;
        let held = match ask.held {
            MoneyBy::Cash => Account::CashOnHand,
            MoneyBy::Bank => Account::Bank,
        };
        Ok(Content {
            fund: from,
            to_fund: Some(to),
            amount_vnd: amount.get(),
            debit: Some(held),
            credit: Some(held),
            category: None,
            of_entry: None,
            reason: None,
            consent: ask.conditions,
            document,
            about: None,
        })
    })
}

/// Whether money may go from one fund to the other, by the rule of a day.
fn allowed(
    conn: &mut PgConnection,
    from: &Fund,
    to: &Fund,
    day: NaiveDate,
    with_conditions: bool,
) -> Result<Result<(), FieldError>, DbError> {
    let needs = store::release_needs_conditions(conn, (from.restriction, to.restriction), day)?;
    Ok(match (needs, with_conditions) {
        (None, _) => Err(wrong(
            "/to_fund",
            "NOT_RELEASABLE",
            "Không có quy định cho chuyển từ quỹ này sang quỹ kia.",
            "No rule lets money of this fund go to that one.",
        )),
        (Some(true), false) => Err(wrong(
            "/givers_conditions",
            "REQUIRED",
            "Tiền của một đợt vận động chỉ được chuyển đi khi có văn bản về điều kiện, đồng ý của người ủng hộ: tải lên và ghi SHA-256.",
            "Money of an appeal leaves its fund only with the paper in which those who gave agree: upload it and name its SHA-256.",
        )),
        (Some(false), true) => Err(wrong(
            "/givers_conditions",
            "NOT_NEEDED",
            "Khoản này không cần văn bản của người ủng hộ: bỏ givers_conditions.",
            "This takes no paper of those who gave: leave givers_conditions out.",
        )),
        _ => Ok(()),
    })
}
