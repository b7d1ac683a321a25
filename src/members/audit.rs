//! The audit of members: who is one is counted once and nobody else, and a card says what stands.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::MemberState;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::house::audit::{Audit, Audits};
use crate::persons;

const CHECK: &str = "member";

/// See the module.
pub struct Members;

impl Audits for Members {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, CHECK, COUNTED)?;
        once(audit)?;
        audit.findings.ask(audit.conn, "member_card", CARDS)
    }
}

const COUNTED: &str = "SELECT m.id::text, format('is %s and has %s open spans', m.state, count(s.member_id))
FROM member m LEFT JOIN member_span s ON s.member_id = m.id AND s.to_day IS NULL
GROUP BY m.id HAVING count(s.member_id) > CASE m.state WHEN 'ADMITTED' THEN 1 ELSE 0 END";

statement! {
    struct Uncounted { state: &'static str => Text } -> (SqlUuid, SqlUuid),
    "SELECT m.id, m.person_id FROM member m
     WHERE m.state = ? AND NOT EXISTS (SELECT FROM member_span s WHERE s.member_id = m.id AND s.to_day IS NULL)"
}

statement! {
    struct CountedPersons { persons: Vec<Uuid> => Array<SqlUuid> } -> (SqlUuid,),
    "SELECT m.person_id FROM member m JOIN member_span s ON s.member_id = m.id AND s.to_day IS NULL WHERE m.person_id = ANY (?)"
}

/// Who is a member is counted, but of persons that were joined one.
fn once(audit: &mut Audit<'_>) -> Result<(), DbError> {
    let joined = persons::all_joined(audit.conn)?;
    let goes_on: HashMap<Uuid, Uuid> = joined.iter().flat_map(|(joined, kept)| [(*joined, *kept), (*kept, *kept)]).collect();
    let uncounted: Vec<(Uuid, Uuid)> = Uncounted { state: &MemberState::Admitted.name() }.load(audit.conn)?;
    for (member, _) in uncounted.iter().filter(|(_, person)| !goes_on.contains_key(person)) {
        audit.findings.found(CHECK, member.to_string(), "is ADMITTED and is not counted");
    }
    let counted: Vec<(Uuid,)> = CountedPersons { persons: &goes_on.keys().copied().collect() }.load(audit.conn)?;
    let mut times: HashMap<Uuid, usize> = HashMap::new();
    for kept in counted.iter().filter_map(|(person,)| goes_on.get(person)) {
        *times.entry(*kept).or_default() += 1;
    }
    let mut twice: Vec<Uuid> = times.into_iter().filter(|(_, times)| *times > 1).map(|(kept, _)| kept).collect();
    twice.sort_unstable();
    for kept in twice {
        audit.findings.found(CHECK, kept.to_string(), "is one person by a join and counted more than once");
    }
    Ok(())
}

const CARDS: &str = "SELECT c.code, format('says %s of somebody who is %s', coalesce(p.state, 'nothing'), m.state)
FROM member_card c JOIN member m ON m.id = c.member_id LEFT JOIN public_card p ON p.code = c.code
WHERE p.code IS NULL OR (p.state = 'VALID') <> (c.ended_on IS NULL AND m.state = 'ADMITTED')
   OR (p.state = 'NO_LONGER_ON_RECORD') <> (m.state = 'ERASED') OR (p.chapter_id IS NOT NULL AND m.kind = 'JUNIOR')";
