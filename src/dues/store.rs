//! SQL of sheets, their lines and their months.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer};
use uuid::Uuid;

use super::feed;
use super::model::{Debt, DuesSheetState, Month};
use crate::authz::{Granted, Read, Record, Seen};
use crate::db::DbError;
use crate::db::schema::{dues_exemption, dues_line, dues_month, dues_owed, dues_sheet};
use crate::db::statement::statement;
use crate::http::Span;
use crate::tree::{self, ChapterId};

/// A sheet as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = dues_sheet, check_for_backend(diesel::pg::Pg))]
pub struct SheetRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    /// Whose members may be free up to a share.
    pub grassroots_id: Uuid,
    /// The rule of its day: by it it was split.
    pub rule_id: i32,
    pub day: NaiveDate,
    pub account: String,
    /// How many paid, and how many are free.
    pub paid: i32,
    pub exempt: i32,
    pub amount_vnd: i64,
    pub state: String,
    pub request_hash: Vec<u8>,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
    pub entry_id: Uuid,
}

/// One member in a sheet.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = dues_line, check_for_backend(diesel::pg::Pg))]
pub struct LineRow {
    pub sheet_id: Uuid,
    pub n: i16,
    pub member_id: Uuid,
    pub first_month: NaiveDate,
    pub last_month: NaiveDate,
    pub amount_vnd: i64,
    /// Of who is free; gone with the person.
    pub ground: Option<String>,
    pub decision_no: Option<String>,
}

impl LineRow {
    pub fn is_free(&self) -> bool {
        self.amount_vnd == 0
    }

    pub fn months(&self) -> impl Iterator<Item = Month> {
        Month::of(self.first_month).to(Month::of(self.last_month))
    }
}

/// What of a sheet is owed upwards.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = dues_owed, check_for_backend(diesel::pg::Pg))]
pub struct OwedRow {
    pub sheet_id: Uuid,
    pub step: i16,
    pub from_id: Uuid,
    pub to_id: Uuid,
    pub amount_vnd: i64,
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<SheetRow>, DbError> {
    Ok(dues_sheet::table.find(id).select(SheetRow::as_select()).first(conn).optional()?)
}

/// The sheet behind an entry, held until the end of the transaction.
pub fn hold_of_entry(conn: &mut PgConnection, entry: Uuid) -> Result<Option<SheetRow>, DbError> {
    let of = dues_sheet::table.filter(dues_sheet::entry_id.eq(entry)).select(SheetRow::as_select());
    Ok(of.for_no_key_update().first(conn).optional()?)
}

/// Those of these entries that a sheet stands behind.
pub fn behind(conn: &mut PgConnection, entries: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    Ok(dues_sheet::table.filter(dues_sheet::entry_id.eq_any(entries)).select(dues_sheet::entry_id).load(conn)?)
}

/// Those of a chapter and of what it goes on for, oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<SheetRow>, DbError> {
    use dues_sheet as s;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let mut query = s::table.filter(s::chapter_id.eq(chapter)).select(SheetRow::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(s::recorded_at.gt(at).or(s::recorded_at.eq(at).and(s::id.gt(id))));
        }
        Ok(query.order((s::recorded_at, s::id)).limit(span.rows).load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &SheetRow| (row.recorded_at, row.id))
}

/// Sheets in order of id, after one of them.
pub fn after(conn: &mut PgConnection, after: Uuid, most: i64) -> Result<Vec<SheetRow>, DbError> {
    let query = dues_sheet::table.filter(dues_sheet::id.gt(after)).order(dues_sheet::id).limit(most);
    Ok(query.select(SheetRow::as_select()).load(conn)?)
}

/// The lines of a sheet, in their order.
pub fn lines(conn: &mut PgConnection, sheet: Uuid) -> Result<Vec<LineRow>, DbError> {
    let of = dues_line::table.filter(dues_line::sheet_id.eq(sheet)).order(dues_line::n);
    Ok(of.select(LineRow::as_select()).load(conn)?)
}

/// What of sheets is owed, in order of its steps.
pub fn owed_of(conn: &mut PgConnection, sheets: &[Uuid]) -> Result<HashMap<Uuid, Vec<OwedRow>>, DbError> {
    use dues_owed as o;
    let of = o::table.filter(o::sheet_id.eq_any(sheets)).order((o::sheet_id, o::step)).select(OwedRow::as_select());
    let mut owed: HashMap<Uuid, Vec<OwedRow>> = HashMap::new();
    for row in of.load::<OwedRow>(conn)? {
        owed.entry(row.sheet_id).or_default().push(row);
    }
    Ok(owed)
}

/// Which months of these first memberships are settled between two months.
pub fn settled(
    conn: &mut PgConnection,
    firsts: &[Uuid],
    first: Month,
    last: Month,
) -> Result<HashMap<Uuid, Vec<Month>>, DbError> {
    use dues_month as m;
    let rows: Vec<(Uuid, NaiveDate)> = m::table
        .filter(m::first_id.eq_any(firsts))
        .filter(m::month.between(first.first_day(), last.first_day()))
        .order((m::first_id, m::month))
        .select((m::first_id, m::month))
        .load(conn)?;
    let mut months: HashMap<Uuid, Vec<Month>> = HashMap::new();
    for (member, month) in rows {
        months.entry(member).or_default().push(Month::of(month));
    }
    Ok(months)
}

/// How many members of a grassroots chapter are free, by month; months in which nobody is are absent.
pub fn exempt(conn: &mut PgConnection, grassroots: ChapterId, months: &[Month]) -> Result<HashMap<Month, i64>, DbError> {
    use dues_exemption as x;
    let days: Vec<NaiveDate> = months.iter().map(|month| month.first_day()).collect();
    let of = x::table.filter(x::grassroots_id.eq(grassroots.0)).filter(x::month.eq_any(days));
    let rows: Vec<(NaiveDate, i32)> = of.select((x::month, x::exempt)).load(conn)?;
    Ok(rows.into_iter().map(|(month, count)| (Month::of(month), i64::from(count))).collect())
}

/// Writes a sheet, unless there is one of its id; whether it was written.
pub fn insert(conn: &mut PgConnection, by: &Granted<Record>, row: &SheetRow) -> Result<bool, DbError> {
    let row = SheetRow { chapter_id: by.chapter().0, recorded_by: by.account(), ..row.clone() };
    let written = diesel::insert_into(dues_sheet::table).values(&row).on_conflict(dues_sheet::id).do_nothing().execute(conn)?;
    if written == 1 {
        feed::changed(conn, by.chapter(), row.id)?;
    }
    Ok(written == 1)
}

/// Writes the lines of a sheet, all in one statement, and what is owed of it.
pub fn fill(conn: &mut PgConnection, _: &Granted<Record>, sheet: Uuid, lines: &[LineRow], debts: &[Debt]) -> Result<(), DbError> {
    diesel::insert_into(dues_line::table).values(lines).execute(conn)?;
    let row = |(step, debt): (i16, &Debt)| OwedRow {
        sheet_id: sheet,
        step,
        from_id: debt.from.0,
        to_id: debt.to.0,
        amount_vnd: debt.amount,
    };
    let owed: Vec<OwedRow> = (1..).zip(debts).map(row).collect();
    diesel::insert_into(dues_owed::table).values(&owed).execute(conn)?;
    Ok(())
}

statement! {
    /// Counts who is free, month by month, against how many may be.
    struct Free {
        grassroots: Uuid => diesel::sql_types::Uuid,
        allowed: i32 => Integer,
        months: Vec<NaiveDate> => Array<Date>,
        counts: Vec<i32> => Array<Integer>,
    } -> (),
    "INSERT INTO dues_exemption AS x (grassroots_id, allowed, month, exempt)
     SELECT ?::uuid, ?::int4, m.month, m.n FROM unnest(?::date[], ?::int4[]) AS m(month, n) ORDER BY m.month
     ON CONFLICT (grassroots_id, month) DO UPDATE SET exempt = x.exempt + excluded.exempt, allowed = excluded.allowed"
}

/// So many more are free in these months, of so many that may be; the database refuses more.
pub fn free(
    conn: &mut PgConnection,
    _: &Granted<Record>,
    grassroots: ChapterId,
    months: &BTreeMap<Month, i32>,
    allowed: i32,
) -> Result<(), DbError> {
    if months.is_empty() {
        return Ok(());
    }
    let (months, counts): (Vec<NaiveDate>, Vec<i32>) = months.iter().map(|(month, n)| (month.first_day(), *n)).unzip();
    Free { grassroots: &grassroots.0, allowed: &allowed, months: &months, counts: &counts }.execute(conn)?;
    Ok(())
}

statement! {
    /// Takes who is free out of the counts again.
    struct NotFree {
        months: Vec<NaiveDate> => Array<Date>,
        counts: Vec<i32> => Array<Integer>,
        grassroots: Uuid => diesel::sql_types::Uuid,
    } -> (),
    "UPDATE dues_exemption AS x SET exempt = x.exempt - m.n FROM unnest(?::date[], ?::int4[]) AS m(month, n)
     WHERE x.grassroots_id = ? AND x.month = m.month"
}

/// Notes that the entry of a sheet is reversed: its months are free again, and those who were exempt count no more.
pub fn reverse(conn: &mut PgConnection, row: &SheetRow) -> Result<(), DbError> {
    let months = free_months(&lines(conn, row.id)?);
    let (months, counts): (Vec<NaiveDate>, Vec<i32>) = months.iter().map(|(month, n)| (month.first_day(), *n)).unzip();
    NotFree { months: &months, counts: &counts, grassroots: &row.grassroots_id }.execute(conn)?;
    diesel::update(dues_sheet::table.find(row.id)).set(dues_sheet::state.eq(DuesSheetState::Reversed.name())).execute(conn)?;
    feed::changed(conn, ChapterId(row.chapter_id), row.id)
}

/// How many of these lines are free, by month.
pub fn free_months(lines: &[LineRow]) -> BTreeMap<Month, i32> {
    let mut months = BTreeMap::new();
    for month in lines.iter().filter(|line| line.is_free()).flat_map(LineRow::months) {
        *months.entry(month).or_default() += 1;
    }
    months
}

/// The lines of some members, whoever collected: their chapter or a branch of it; with when their sheets were recorded.
pub fn of_members(conn: &mut PgConnection, members: &[Uuid]) -> Result<Vec<(LineRow, DateTime<Utc>)>, DbError> {
    Ok(dues_line::table
        .inner_join(dues_sheet::table.on(dues_sheet::id.eq(dues_line::sheet_id)))
        .filter(dues_line::member_id.eq_any(members))
        .order((dues_line::sheet_id, dues_line::n))
        .select((LineRow::as_select(), dues_sheet::recorded_at))
        .load(conn)?)
}

/// Forgets why these members were free, for good. On an errand of whoever erases.
pub fn forget_grounds(conn: &mut PgConnection, members: &[Uuid]) -> Result<(), DbError> {
    use dues_line as l;
    diesel::update(l::table.filter(l::member_id.eq_any(members)))
        .set((l::ground.eq(None::<String>), l::decision_no.eq(None::<String>)))
        .execute(conn)?;
    Ok(())
}
