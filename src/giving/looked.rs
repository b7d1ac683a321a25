//! What is known before gifts are decided on, in one statement whatever their number: whether their ids are taken, the limits
//! that hold for them, and whether a gift that looks like one of them stands already.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Date, Nullable, SmallInt, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::prepare::Prepared;
use super::unusual::{Concern, Limit, LimitRow, Limits};
use crate::authz::Role;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::ledger::kinds::Channel;
use crate::tree::ChapterId;

/// See the module.
#[derive(Default)]
pub(super) struct Looked {
    /// Hash of the content under which an id is booked.
    pub booked: HashMap<Uuid, Vec<u8>>,
    /// Hash of the content under which an id was asked for.
    pub asked: HashMap<Uuid, Vec<u8>>,
    pub limits: Limits,
    likenesses: HashSet<i64>,
    references: HashSet<i64>,
}

// The first column says what a row is: 1 a gift, 2 an asked gift, 3 a limit, 4 a likeness, 5 a bank reference.
statement! {
    struct Look {
        ids: Vec<Uuid> => Array<SqlUuid>,
        asked_ids: Vec<Uuid> => Array<SqlUuid>,
        channels: Vec<&'static str> => Array<Text>,
        from: NaiveDate => Date,
        to: NaiveDate => Date,
        places: Vec<Uuid> => Array<SqlUuid>,
        likenesses: Vec<i64> => Array<BigInt>,
        asked_likenesses: Vec<i64> => Array<BigInt>,
        references: Vec<i64> => Array<BigInt>,
        asked_references: Vec<i64> => Array<BigInt>,
    } -> (SmallInt, Nullable<SqlUuid>, Nullable<Binary>, Nullable<Text>, Nullable<Text>, Nullable<BigInt>, Nullable<BigInt>),
    "SELECT 1::int2, id, request_hash, NULL::text, NULL::text, NULL::int8, NULL::int8 FROM gift WHERE id = ANY(?)
     UNION ALL SELECT 2::int2, id, request_hash, NULL, NULL, NULL, NULL FROM asked_gift WHERE id = ANY(?)
     UNION ALL (SELECT DISTINCT ON (channel, role, chapter_id) 3::int2, chapter_id, NULL, channel, role, confirm_above_vnd, approve_above_vnd
                FROM gift_limit WHERE channel = ANY(?) AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)
                  AND (chapter_id IS NULL OR chapter_id = ANY(?)) ORDER BY channel, role, chapter_id, valid_from DESC)
     UNION ALL SELECT 4::int2, NULL, NULL, NULL, NULL, g.likeness, NULL FROM gift g WHERE g.likeness = ANY(?)
                  AND NOT EXISTS (SELECT FROM reversal_request r WHERE r.gift_id = g.id AND r.state = 'APPROVED')
     UNION ALL SELECT 4::int2, NULL, NULL, NULL, NULL, likeness, NULL FROM asked_gift WHERE state = 'ASKED' AND likeness = ANY(?)
     UNION ALL SELECT 5::int2, NULL, NULL, NULL, NULL, g.reference_likeness, NULL FROM gift g WHERE g.reference_likeness = ANY(?)
                  AND NOT EXISTS (SELECT FROM reversal_request r WHERE r.gift_id = g.id AND r.state = 'APPROVED')
     UNION ALL SELECT 5::int2, NULL, NULL, NULL, NULL, reference_likeness, NULL FROM asked_gift WHERE state = 'ASKED' AND reference_likeness = ANY(?)"
}

type Row = (i16, Option<Uuid>, Option<Vec<u8>>, Option<String>, Option<String>, Option<i64>, Option<i64>);

/// Looks for all of `gifts`; `places` are the chapters they may have limits of.
pub(super) fn look(
    conn: &mut PgConnection,
    today: NaiveDate,
    places: &Vec<Uuid>,
    gifts: &[&Prepared],
) -> Result<Looked, DbError> {
    let ids: Vec<Uuid> = gifts.iter().map(|gift| gift.gift.id).collect();
    let channels: HashSet<&'static str> = gifts.iter().map(|gift| gift.gift.channel.name()).collect();
    let likenesses: Vec<i64> = gifts.iter().filter_map(|gift| gift.likeness).collect();
    let references: Vec<i64> = gifts.iter().filter_map(|gift| gift.reference_likeness).collect();
    let rows: Vec<Row> = Look {
        ids: &ids,
        asked_ids: &ids,
        channels: &channels.into_iter().collect(),
        from: &today,
        to: &today,
        places,
        likenesses: &likenesses,
        asked_likenesses: &likenesses,
        references: &references,
        asked_references: &references,
    }
    .load(conn)?;
    let (mut looked, mut limits) = (Looked::default(), Vec::new());
    for row in rows {
        match row {
            (1, Some(id), Some(hash), ..) => drop(looked.booked.insert(id, hash)),
            (2, Some(id), Some(hash), ..) => drop(looked.asked.insert(id, hash)),
            (3, ..) => limits.extend(limit_of(row)),
            (4, .., Some(likeness), _) => drop(looked.likenesses.insert(likeness)),
            (5, .., Some(reference), _) => drop(looked.references.insert(reference)),
            _ => {}
        }
    }
    looked.limits = limits.into_iter().collect();
    Ok(looked)
}

fn limit_of((_, chapter, _, channel, role, confirm, approve): Row) -> Option<LimitRow> {
    Some(LimitRow {
        channel: Channel::parse(&channel?)?,
        role: match role {
            Some(name) => Some(Role::parse(&name)?),
            None => None,
        },
        chapter: chapter.map(ChapterId),
        limit: Limit { confirm_above: confirm?, approve_above: approve? },
    })
}

impl Looked {
    /// What stands already and looks like this gift; from now on this one stands too.
    pub(super) fn concerns(&mut self, gift: &Prepared) -> Vec<Concern> {
        let mut concerns = Vec::new();
        if gift.reference_likeness.is_some_and(|reference| !self.references.insert(reference)) {
            concerns.push(Concern::SameBankReference);
        }
        if gift.likeness.is_some_and(|likeness| !self.likenesses.insert(likeness)) {
            concerns.push(Concern::LooksLike);
        }
        concerns
    }
}

statement! {
    struct Concerned { ids: Vec<Uuid> => Array<SqlUuid> } ->
        (SqlUuid, diesel::sql_types::Bool, diesel::sql_types::Bool, diesel::sql_types::Bool),
    "SELECT g.id, g.unusual,
            EXISTS (SELECT FROM gift o WHERE o.likeness = g.likeness AND o.id <> g.id
                      AND NOT EXISTS (SELECT FROM reversal_request r WHERE r.gift_id = o.id AND r.state = 'APPROVED')),
            EXISTS (SELECT FROM gift o WHERE o.reference_likeness = g.reference_likeness AND o.id <> g.id
                      AND NOT EXISTS (SELECT FROM reversal_request r WHERE r.gift_id = o.id AND r.state = 'APPROVED'))
     FROM gift g WHERE g.id = ANY(?)"
}

/// The concerns of booked gifts, quarantine aside: seen from today, so of two that look alike each says so.
pub(super) fn concerns_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Concern>>, DbError> {
    let rows: Vec<(Uuid, bool, bool, bool)> = Concerned { ids: &ids.to_vec() }.load(conn)?;
    let row = |(id, unusual, alike, reference): (Uuid, bool, bool, bool)| {
        let all = [(reference, Concern::SameBankReference), (alike, Concern::LooksLike), (unusual, Concern::Unusual)];
        (id, all.into_iter().filter(|(is, _)| *is).map(|(_, concern)| concern).collect())
    };
    Ok(rows.into_iter().map(row).collect())
}
