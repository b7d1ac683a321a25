//! The rules as they are stored. Allowed to the public role.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::model::{
    AboGroup, Bag, Component, Deferral, DeferralReason, DeferralUnit, Fits, Grounds, Interval, Limit, Procedure, RhFactor, Rules,
    Volume, Wait,
};
use crate::db::DbError;
use crate::db::schema::{blood_bag, blood_compatibility, blood_deferral, blood_interval, blood_limit, blood_volume};

type GroundsRow = (NaiveDate, Option<NaiveDate>, String, String, String, String);

fn grounds((valid_from, valid_to, law_vi, law_en, mark, source): GroundsRow) -> Grounds {
    Grounds { valid_from, valid_to, law_vi, law_en, mark, source }
}

/// The rows of a table that hold on a day, with what they rest on.
macro_rules! on {
    ($conn:expr, $table:ident, $day:expr, $order:expr, $columns:expr) => {{
        use $table as t;
        t::table
            .filter(t::valid_from.le($day))
            .filter(t::valid_to.is_null().or(t::valid_to.gt($day)))
            .order($order)
            .select(($columns, (t::valid_from, t::valid_to, t::law_vi, t::law_en, t::mark, t::source)))
            .load($conn)?
    }};
}

impl Rules {
    /// The rules that are in force on a day; none before the first of them.
    pub fn on(conn: &mut PgConnection, day: NaiveDate) -> Result<Rules, DbError> {
        Ok(Rules {
            day,
            limits: limits(conn, day)?.into_iter().map(|limit| (limit.name.clone(), limit)).collect(),
            volumes: volumes(conn, day)?,
            bags: bags(conn, day)?,
            intervals: intervals(conn, day)?,
            deferrals: deferrals(conn, day)?,
            fits: fits(conn, day)?,
        })
    }
}

fn limits(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<Limit>, DbError> {
    use blood_limit as l;
    let rows: Vec<((String, i16), GroundsRow)> = on!(conn, blood_limit, day, l::name, (l::name, l::value));
    Ok(rows.into_iter().map(|((name, value), of)| Limit { name, value, grounds: grounds(of) }).collect())
}

/// Procedure, least weight, most millilitres, millilitres a kilogram.
type VolumeRow = (String, i16, i16, Option<i16>);

fn volumes(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<Volume>, DbError> {
    use blood_volume as v;
    let rows: Vec<(VolumeRow, GroundsRow)> =
        on!(conn, blood_volume, day, (v::procedure, v::least_kg), (v::procedure, v::least_kg, v::most_ml, v::ml_per_kg));
    let read = |((procedure, least_kg, most_ml, ml_per_kg), of): ((String, _, _, _), _)| {
        Some(Volume { procedure: Procedure::parse(&procedure)?, least_kg, most_ml, ml_per_kg, grounds: grounds(of) })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

fn bags(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<Bag>, DbError> {
    use blood_bag as b;
    let rows: Vec<(i16, GroundsRow)> = on!(conn, blood_bag, day, b::ml, b::ml);
    Ok(rows.into_iter().map(|(ml, of)| Bag { ml, grounds: grounds(of) }).collect())
}

fn intervals(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<Interval>, DbError> {
    use blood_interval as i;
    type Row = (String, Option<i16>, Option<i16>, Option<i16>);
    let rows: Vec<(Row, GroundsRow)> = on!(conn, blood_interval, day, i::after, (i::after, i::days, i::times, i::within_days));
    let read = |((after, days, times, within_days), of): (Row, _)| {
        let wait = match (days, times, within_days) {
            (Some(days), _, _) => Wait::Days(days),
            (None, times, within_days) => Wait::Times { times: times?, within_days: within_days? },
        };
        Some(Interval { after: Component::parse(&after)?, wait, grounds: grounds(of) })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

fn deferrals(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<Deferral>, DbError> {
    use blood_deferral as d;
    type Row = (String, i16, i16, String, String, String, String);
    let rows: Vec<(Row, GroundsRow)> =
        on!(conn, blood_deferral, day, (d::place, d::code), (d::code, d::place, d::amount, d::unit, d::reason, d::vi, d::en));
    let read = |((code, place, amount, unit, reason, vi, en), of): (Row, _)| {
        let (unit, reason) = (DeferralUnit::parse(&unit)?, DeferralReason::parse(&reason)?);
        Some(Deferral { code, place, amount, unit, reason, vi, en, grounds: grounds(of) })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

fn fits(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<Fits>, DbError> {
    use blood_compatibility as c;
    type Row = (String, String, String, String, String, i16);
    let rows: Vec<(Row, GroundsRow)> = on!(
        conn,
        blood_compatibility,
        day,
        (c::component, c::receiver_abo, c::receiver_rh, c::rank, c::giver_abo, c::giver_rh),
        (c::component, c::receiver_abo, c::receiver_rh, c::giver_abo, c::giver_rh, c::rank)
    );
    let read = |((component, abo, rh, giver_abo, giver_rh, rank), of): (Row, _)| {
        let group = |abo: &str, rh: &str| Some((AboGroup::parse(abo)?, RhFactor::parse(rh)?));
        Some(Fits {
            component: Component::parse(&component)?,
            receiver: group(&abo, &rh)?,
            giver: group(&giver_abo, &giver_rh)?,
            rank,
            grounds: grounds(of),
        })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}
