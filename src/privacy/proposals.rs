//! Persons of chapters whom nothing there needs any more: every room is asked until when it needs somebody, and who is due is proposed to
//! whoever keeps the chapter's persons. A program erases nobody: a person asks, a second one approves, as for every erasure.
//!
//! State: PROPOSED → ASKED (an erasure was asked for), KEPT (until a day, with a reason), or LAPSED (somebody is needed again, or gone).
//! What an officer did or read (`audit_event`) is proposed to nobody: it is kept, and the database lets nothing of it go.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Months, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::basics::clock::{vietnam_date, vietnam_midnight};
use crate::basics::codes::codes;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::schema::retention_proposal;
use crate::house::Rooms;
use crate::house::persons::{Candidate, Needed};
use crate::http::Span;
use crate::persons::retention as persons;

codes! {
    /// Where a proposal stands.
    #[schema(as = RetentionState)]
    pub wire enum ProposalState {
        /// It waits for somebody to decide.
        Proposed = "PROPOSED",
        /// The erasure is asked for: see `request`.
        Asked = "ASKED",
        /// Kept until a day; then it is proposed again.
        Kept = "KEPT",
        /// The person is needed again, or not there any more.
        Lapsed = "LAPSED",
    }

    /// Why somebody is kept although nothing of the program needs them.
    #[schema(as = RetentionReason)]
    pub wire enum KeepReason {
        /// A claim or a proceeding that is open.
        Claim = "CLAIM",
        /// The archive of the Hội, or another law.
        Archive = "ARCHIVE",
        /// They are about to take part again.
        NeededAgain = "NEEDED_AGAIN",
        Other = "OTHER",
    }
}

/// A proposal as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = retention_proposal, check_for_backend(diesel::pg::Pg))]
pub struct ProposalRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub person_id: Uuid,
    pub record: String,
    pub due_on: NaiveDate,
    pub state: String,
    pub proposed_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub request_id: Option<Uuid>,
    pub reason: Option<String>,
    pub kept_until: Option<NaiveDate>,
}

impl ProposalRow {
    pub fn is(&self, state: ProposalState) -> bool {
        self.state == state.name()
    }
}

/// Since when nothing needs somebody, and by the rule of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub record: &'static str,
    pub on: NaiveDate,
}

/// What several needs of one person come to: `None` while something stands, else the last of them; that somebody is written down says
/// less than what they were. Pure.
fn last_of(needs: &[Needed]) -> Option<Due> {
    let mut last: Option<Due> = None;
    for need in needs {
        let on = need.until?;
        if last.is_none_or(|due| due.on < on || due.on == on && due.record == "PERSON") {
            last = Some(Due { record: need.record, on });
        }
    }
    last
}

/// Who of these is due on a day: nothing needs them, nor another row of theirs at the chapter.
pub fn due(
    conn: &mut PgConnection,
    rooms: Rooms,
    today: NaiveDate,
    of: &[Candidate],
) -> Result<HashMap<Uuid, (Candidate, Due)>, DbError> {
    let periods = Periods::read(conn)?;
    let stars = persons::joined_with(conn, &of.iter().map(|one| one.person).collect::<Vec<_>>())?;
    let all: BTreeMap<Uuid, Candidate> = of.iter().chain(stars.values().flatten()).map(|one| (one.person, *one)).collect();
    let all: Vec<Candidate> = all.into_values().collect();
    let mut needs: HashMap<Uuid, Vec<Needed>> = HashMap::new();
    for holder in rooms.persons() {
        for need in holder.needed(conn, &periods, &all)? {
            needs.entry(need.person).or_default().push(need);
        }
    }
    let needs_of = |one: &Candidate| -> Vec<Needed> {
        let star = stars.get(&one.person).map_or(std::slice::from_ref(one), Vec::as_slice);
        star.iter().filter_map(|row| needs.get(&row.person)).flatten().copied().collect()
    };
    let found = of.iter().filter_map(|one| Some((one.person, (*one, last_of(&needs_of(one))?))));
    Ok(found.filter(|(_, (_, due))| due.on < today).collect())
}

/// Persons so old that something may be due: from before the shortest of the periods.
pub fn old_enough(conn: &mut PgConnection, today: NaiveDate) -> Result<Option<DateTime<Utc>>, DbError> {
    let years = Periods::read(conn)?.shortest_years();
    Ok(years.and_then(|years| today.checked_sub_months(Months::new(12 * years))).map(vietnam_midnight))
}

/// Proposes who of these is due, unless that is done, or somebody said why they are kept.
pub fn propose(conn: &mut PgConnection, rooms: Rooms, now: DateTime<Utc>, of: &[Candidate]) -> Result<usize, DbError> {
    use retention_proposal as r;
    let today = vietnam_date(now);
    let due = due(conn, rooms, today, of)?;
    let ids: Vec<Uuid> = due.keys().copied().collect();
    let kept = r::table.filter(r::person_id.eq_any(&ids)).filter(r::kept_until.ge(today)).select(r::person_id);
    let kept: Vec<Uuid> = kept.load(conn)?;
    let row = |(one, due): &(Candidate, Due)| ProposalRow {
        id: Uuid::new_v4(),
        chapter_id: one.chapter,
        person_id: one.person,
        record: due.record.to_owned(),
        due_on: due.on,
        state: ProposalState::Proposed.name().to_owned(),
        proposed_at: now,
        decided_by: None,
        decided_at: None,
        request_id: None,
        reason: None,
        kept_until: None,
    };
    let rows: Vec<ProposalRow> = due.values().filter(|(one, _)| !kept.contains(&one.person)).map(row).collect();
    Ok(diesel::insert_into(r::table).values(&rows).on_conflict_do_nothing().execute(conn)?)
}

/// Looks at proposals that wait, in order of id, after one of them: who is needed again, or gone, is proposed no more. Returns the last
/// one it looked at.
pub fn review(
    conn: &mut PgConnection,
    rooms: Rooms,
    now: DateTime<Utc>,
    after: Uuid,
    most: i64,
) -> Result<Option<Uuid>, DbError> {
    use retention_proposal as r;
    let rows: Vec<(Uuid, Uuid)> = r::table
        .filter(r::state.eq(ProposalState::Proposed.name()))
        .filter(r::id.gt(after))
        .order(r::id)
        .limit(most)
        .select((r::id, r::person_id))
        .for_no_key_update()
        .load(conn)?;
    let of = persons::these(conn, &rows.iter().map(|row| row.1).collect::<Vec<_>>())?;
    let due = due(conn, rooms, vietnam_date(now), &of)?;
    let over: Vec<Uuid> = rows.iter().filter(|(_, person)| !due.contains_key(person)).map(|row| row.0).collect();
    diesel::update(r::table.filter(r::id.eq_any(over)))
        .set((r::state.eq(ProposalState::Lapsed.name()), r::decided_at.eq(now)))
        .execute(conn)?;
    Ok(rows.last().map(|row| row.0))
}

/// How many wait, in the whole house.
pub fn waiting(conn: &mut PgConnection) -> Result<i64, DbError> {
    use retention_proposal as r;
    Ok(r::table.filter(r::state.eq(ProposalState::Proposed.name())).count().get_result(conn)?)
}

/// Where a proposal stands in the order of a list.
pub type At = (NaiveDate, Uuid);

/// The proposals of these chapters, the longest due first.
pub fn list(
    conn: &mut PgConnection,
    chapters: &[Uuid],
    state: ProposalState,
    span: &Span<At>,
) -> Result<Vec<ProposalRow>, DbError> {
    use retention_proposal as r;
    let mut query = r::table
        .filter(r::chapter_id.eq_any(chapters))
        .filter(r::state.eq(state.name()))
        .order((r::due_on, r::id))
        .limit(span.rows)
        .select(ProposalRow::as_select())
        .into_boxed();
    if let Some((due, id)) = span.after {
        query = query.filter(r::due_on.ge(due)).filter(r::due_on.gt(due).or(r::id.gt(id)));
    }
    Ok(query.load(conn)?)
}

/// One, held until the end of the transaction.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<ProposalRow>, DbError> {
    let row = retention_proposal::table.find(id).select(ProposalRow::as_select()).for_no_key_update();
    Ok(row.first(conn).optional()?)
}

/// Writes what became of one that is held.
pub fn decide(conn: &mut PgConnection, row: &ProposalRow) -> Result<(), DbError> {
    use retention_proposal as r;
    diesel::update(r::table.find(row.id))
        .set((
            r::state.eq(&row.state),
            r::decided_by.eq(row.decided_by),
            r::decided_at.eq(row.decided_at),
            r::request_id.eq(row.request_id),
            r::reason.eq(&row.reason),
            r::kept_until.eq(row.kept_until),
        ))
        .execute(conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn need(until: Option<i32>) -> Needed {
        let day = |n| NaiveDate::from_num_days_from_ce_opt(700_000 + n);
        Needed { person: Uuid::nil(), record: "MEMBER", until: until.and_then(day) }
    }

    proptest! {
        /// Somebody is needed while anything stands, and else until the last thing is over, in whatever order the rooms say it.
        #[test]
        fn the_last_need_counts(of in proptest::collection::vec(proptest::option::of(0i32..9_000), 0..8)) {
            let needs: Vec<Needed> = of.iter().copied().map(need).collect();
            let last = last_of(&needs);
            let mut turned = needs.clone();
            turned.reverse();
            prop_assert_eq!(last, last_of(&turned));
            let all: Option<Vec<NaiveDate>> = needs.iter().map(|need| need.until).collect();
            prop_assert_eq!(last.map(|due| due.on), all.and_then(|days| days.into_iter().max()));
        }
    }
}
