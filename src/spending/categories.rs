//! What money is spent on and where income comes from: rows with dates, by the law of a day, and what may be paid from which
//! fund.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::wrong;
use crate::basics::codes::codes;
use crate::db::DbError;
use crate::db::schema::money_category;
use crate::http::FieldError;
use crate::ledger::accounts::Account;
use crate::ledger::model::{Fund, Restriction};

codes! {
    /// What a category is for.
    pub wire enum Side {
        /// Aid to people.
        Aid = "AID",
        /// Own costs.
        Operating = "OPERATING",
        /// Income that is no gift.
        Income = "INCOME",
    }
}

/// A category as it holds on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryOut {
    #[schema(example = "FOOD_WATER_MEDICINE")]
    pub code: String,
    /// What it is for.
    pub side: Side,
    /// In Vietnamese.
    #[schema(example = "Lương thực, nước uống, thuốc, nhu yếu phẩm")]
    pub vi: String,
    /// In English.
    #[schema(example = "Food, drinking water, medicine, essentials")]
    pub en: String,
    /// Paid from gifts only where the givers agreed; else from the fund OPERATING.
    pub needs_consent: bool,
    /// Takes its paper whatever the amount.
    pub needs_document: bool,
    /// The law behind it.
    #[schema(example = "Decree 93/2021/NĐ-CP, art. 11(1)")]
    pub source: String,
}

/// All categories of a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CategoriesOut {
    /// The day they hold on.
    pub day: NaiveDate,
    /// By side and code.
    pub items: Vec<CategoryOut>,
}

/// What categories are called, in Vietnamese and in English, by their newest row; unknown codes are absent.
pub fn names(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, (String, String)>, DbError> {
    use money_category as m;
    let rows: Vec<(String, String, String)> =
        m::table.filter(m::code.eq_any(codes)).order(m::valid_from).select((m::code, m::vi, m::en)).load(conn)?;
    Ok(rows.into_iter().map(|(code, vi, en)| (code, (vi, en))).collect())
}

/// Those of these codes that are own costs: paid from gifts only where the givers agreed. Allowed to the public role.
pub fn own_costs(conn: &mut PgConnection, codes: &[&str]) -> Result<HashSet<String>, DbError> {
    use money_category as m;
    let rows: Vec<String> = m::table.filter(m::code.eq_any(codes)).filter(m::needs_consent).select(m::code).load(conn)?;
    Ok(rows.into_iter().collect())
}

type Row = (String, String, String, String, bool, bool, String);

/// The categories of these sides that hold on a day.
pub fn of_day(conn: &mut PgConnection, day: NaiveDate, sides: &[Side]) -> Result<Vec<CategoryOut>, DbError> {
    use money_category as c;
    let rows: Vec<Row> = c::table
        .filter(c::side.eq_any(sides.iter().map(|side| side.name())))
        .filter(c::valid_from.le(day))
        .filter(c::valid_to.is_null().or(c::valid_to.ge(day)))
        .order((c::code, c::valid_from.desc()))
        .distinct_on(c::code)
        .select((c::code, c::side, c::vi, c::en, c::needs_consent, c::needs_document, c::source))
        .load(conn)?;
    let read = |(code, side, vi, en, needs_consent, needs_document, source): Row| {
        let side = Side::parse(&side)?;
        Some(CategoryOut { code, side, vi, en, needs_consent, needs_document, source })
    };
    let mut found: Vec<CategoryOut> = rows.into_iter().filter_map(read).collect();
    found.sort_by_key(|category| (Side::ALL.iter().position(|side| *side == category.side), category.code.clone()));
    Ok(found)
}

/// The category of a code on a day, among these sides; a field error where there is none.
pub fn find(
    conn: &mut PgConnection,
    at: &str,
    code: &str,
    day: NaiveDate,
    sides: &[Side],
) -> Result<Result<Category, FieldError>, DbError> {
    let found = of_day(conn, day, sides)?.into_iter().find(|category| category.code == code);
    let found =
        found.map(|CategoryOut { side, needs_consent, needs_document, .. }| Category { side, needs_consent, needs_document });
    Ok(found.ok_or_else(|| no_such(at)))
}

/// There is no such category on the day.
pub fn no_such(at: &str) -> FieldError {
    wrong(
        at,
        "NO_SUCH_CATEGORY",
        "Không có mục này vào ngày đó: xem danh sách mục chi, mục thu của ngày.",
        "There is no such category on that day: see the list of categories of the day.",
    )
}

/// What holds of a category on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Category {
    pub side: Side,
    /// See [`CategoryOut`].
    pub needs_consent: bool,
    /// See [`CategoryOut`].
    pub needs_document: bool,
}

impl Category {
    /// The expense that it is booked as.
    pub fn expense(&self) -> Account {
        match self.side {
            Side::Aid => Account::AidExpense,
            Side::Operating | Side::Income => Account::OperatingExpense,
        }
    }
}

/// Whether money of a fund may be spent at all: what came after an appeal's end waits for a decision.
pub fn may_leave(fund: &Fund) -> Result<(), FieldError> {
    if fund.restriction != Restriction::Quarantine {
        return Ok(());
    }
    Err(wrong(
        "/fund",
        "QUARANTINED",
        "Tiền đang giữ riêng chờ quyết định thì không được chi: cần quyết định chuyển quỹ trước.",
        "Money that is kept apart until decided is not spent: it takes a decision to release it first.",
    ))
}

/// Whether something may be paid from a fund. Own costs are paid from OPERATING, which other income fills; from what was given
/// only with the givers' recorded consent (Decree 93/2021, art. 12(3)).
pub fn may_pay(fund: &Fund, category: &Category, has_consent: bool) -> Result<(), FieldError> {
    may_leave(fund)?;
    let own_costs = category.needs_consent && fund.restriction != Restriction::Operating;
    match (own_costs, has_consent) {
        (true, false) => Err(wrong(
            "/fund",
            "OWN_COSTS_FROM_GIFTS",
            "Chi phí của đơn vị được chi từ quỹ OPERATING. Lấy từ tiền ủng hộ chỉ khi người ủng hộ đồng ý (Nghị định 93/2021/NĐ-CP, Điều 12): tải văn bản đồng ý lên và ghi SHA-256 vào own_cost_consent; khoản này sẽ được công khai.",
            "Own costs are paid from the fund OPERATING. From gifts only where the givers agreed (Decree 93/2021, art. 12): upload their consent and name its SHA-256 in own_cost_consent; it will be shown.",
        )),
        (false, true) => Err(wrong(
            "/own_cost_consent",
            "NOT_NEEDED",
            "Khoản này không phải chi phí của đơn vị lấy từ tiền ủng hộ: bỏ own_cost_consent.",
            "This is no own cost paid from gifts: leave own_cost_consent out.",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::model::FundId;

    fn category(side: Side) -> Category {
        Category { side, needs_consent: side == Side::Operating, needs_document: false }
    }

    #[test]
    fn own_costs_come_from_operating_or_with_consent() {
        for restriction in Restriction::ALL {
            let fund = Fund { id: FundId(1), code: "F".to_owned(), restriction, appeal: None };
            let code = |side, consent| may_pay(&fund, &category(side), consent).err().map(|error| error.code);
            let (aid, costs, agreed) = (code(Side::Aid, false), code(Side::Operating, false), code(Side::Operating, true));
            match restriction {
                Restriction::Quarantine => assert_eq!((aid, costs, agreed), (Some("QUARANTINED"), aid, aid)),
                Restriction::Operating => assert_eq!((aid, costs, agreed), (None, None, Some("NOT_NEEDED"))),
                _ => assert_eq!((aid, costs, agreed), (None, Some("OWN_COSTS_FROM_GIFTS"), None)),
            }
        }
    }
}
