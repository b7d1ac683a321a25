//! Committees and posts as they are shown to officers, down the tree: READ shows posts, SEE_PEOPLE at the chapter who holds them.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text};
use uuid::Uuid;

use super::fault::Fault;
use super::model::{Acting, EndedHow, MadeBy, Manner, PostStanding, standing};
use super::naming;
use super::out::{CommitteeOut, PostCountsOut, PostDetailOut, PostHolderOut, PostOut, PostTitleOut};
use super::store::{self, CommitteeRow, HolderRow, PostRow, TitleRow};
use crate::authz::{Denied, Read, Refusal, SeePeople, Seen, Visit};
use crate::basics::clock::vietnam_date;
use crate::chapters::store as chapters;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::http::Span;
use crate::persons::{self, Known, PersonId};
use crate::tree::{self, Label};

/// What it takes to show many posts, each asked for once.
struct Around {
    committees: HashMap<Uuid, CommitteeRow>,
    labels: HashMap<Uuid, Label>,
    titles: HashMap<String, TitleRow>,
    holders: HashMap<Uuid, Vec<HolderRow>>,
    today: NaiveDate,
}

impl Around {
    fn of(
        conn: &mut PgConnection,
        committees: HashMap<Uuid, CommitteeRow>,
        posts: &[PostRow],
        today: NaiveDate,
    ) -> Result<Self, DbError> {
        let chapters: Vec<Uuid> = committees.values().map(|row| row.chapter_id).collect();
        let mut holders: HashMap<Uuid, Vec<HolderRow>> = HashMap::new();
        for row in store::holders_of(conn, &posts.iter().map(|post| post.id).collect::<Vec<_>>())? {
            holders.entry(row.post_id).or_default().push(row);
        }
        let (labels, titles) = (tree::labels(conn, &chapters)?, store::titles(conn)?);
        Ok(Self { committees, labels, titles, holders, today })
    }

    fn post(&self, post: &PostRow) -> Result<PostOut, Fault> {
        let committee = self.committees.get(&post.committee_id).ok_or(Fault::Broken("a post of no committee"))?;
        let label = self.labels.get(&committee.chapter_id).ok_or(Fault::Broken("a committee of no chapter"))?;
        let title = self.titles.get(&post.title).ok_or(Fault::Broken("a post without a title"))?;
        let held: Vec<_> = self.holders.get(&post.id).into_iter().flatten().collect();
        let tenures: Vec<_> = held.iter().map(|row| (row.tenure(), row.acting.is_some())).collect();
        let now: Vec<_> = held.iter().filter(|row| row.tenure().holds_on(self.today)).collect();
        let count = |acting: bool| now.iter().filter(|row| !acting || row.acting.is_some()).count();
        Ok(PostOut {
            id: post.id,
            committee: committee.id,
            committee_kind: committee.kind().ok_or(Fault::Broken("a committee of no kind"))?,
            chapter: label.code.clone(),
            chapter_name: label.name.clone(),
            title: title.code.clone(),
            title_vi: title.vi.clone(),
            title_en: title.en.clone(),
            seats: post.seats,
            added_on: post.added_on,
            held: i64::try_from(count(false)).unwrap_or_default(),
            acting: i64::try_from(count(true)).unwrap_or_default(),
            standing: standing(post.seats, committee.tenure(), committee.provisional, &tenures, self.today),
            term_over: term_over(committee, self.today),
        })
    }

    fn committee(&self, row: &CommitteeRow, posts: &[PostRow]) -> Result<CommitteeOut, Fault> {
        let label = self.labels.get(&row.chapter_id).ok_or(Fault::Broken("a committee of no chapter"))?;
        let kind = row.kind().ok_or(Fault::Broken("a committee of no kind"))?;
        Ok(CommitteeOut {
            id: row.id,
            chapter: label.code.clone(),
            chapter_name: label.name.clone(),
            kind,
            kind_name: kind.vietnamese(),
            made_by: MadeBy::parse(&row.made_by).ok_or(Fault::Broken("a committee that nothing made"))?,
            provisional: row.provisional,
            congress: row.congress.clone(),
            decision_no: row.decision_no.clone(),
            decision_on: row.decision_on,
            document: row.document.clone(),
            valid_from: row.valid_from,
            term_until: row.term_until,
            term_over: term_over(row, self.today),
            until: row.valid_until,
            ended_how: row.ended_how.as_deref().and_then(EndedHow::parse),
            end_decision_no: row.end_decision_no.clone(),
            posts: posts
                .iter()
                .filter(|post| post.committee_id == row.id)
                .map(|post| self.post(post))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// The term is over, and the committee still stands.
pub fn term_over(row: &CommitteeRow, today: NaiveDate) -> bool {
    row.tenure().holds_on(today) && row.term_until.is_some_and(|until| until <= today)
}

/// Committees with their posts.
pub fn committees(v: &mut Visit<'_>, rows: Vec<CommitteeRow>) -> Result<Vec<CommitteeOut>, Fault> {
    let posts = store::posts_of(v.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let by_id = rows.iter().map(|row| (row.id, row.clone())).collect();
    let around = Around::of(v.conn, by_id, &posts, vietnam_date(v.now))?;
    rows.iter().map(|row| around.committee(row, &posts)).collect()
}

/// One committee, for those who may read its chapter.
pub fn committee(v: &mut Visit<'_>, id: Uuid) -> Result<CommitteeOut, Fault> {
    let row = store::committee(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    committees(v, vec![row])?.pop().ok_or(Fault::Unknown)
}

/// One post, with everybody who holds or held it. Who they are is for those who see the chapter's people, and is noted.
pub fn post(v: &mut Visit<'_>, id: Uuid) -> Result<PostDetailOut, Fault> {
    let row = store::post(v.conn, id)?.ok_or(Fault::Unknown)?;
    let committee = store::committee(v.conn, row.committee_id)?.ok_or(Fault::Broken("a post of no committee"))?;
    let chapter = committee.chapter();
    v.see::<Read>(chapter)?;
    let around = Around::of(v.conn, HashMap::from([(committee.id, committee)]), std::slice::from_ref(&row), vietnam_date(v.now))?;
    let rows = around.holders.get(&id).cloned().unwrap_or_default();
    let known = match v.see::<SeePeople>(chapter) {
        Ok(here) => {
            let people: Vec<PersonId> = rows.iter().map(|row| PersonId(row.person_id)).collect();
            let known = persons::look(v.conn, v.vault, &here, &people)?;
            if !known.is_empty() {
                v.note_seen(&here, "POST_HOLDERS_READ", id)?;
            }
            known
        }
        Err(Denied::Refused(Refusal::NotAllowed | Refusal::Unreadable)) => HashMap::new(),
        Err(denied) => return Err(denied.into()),
    };
    let holders = holders(v.conn, &rows, &known)?;
    Ok(PostDetailOut { post: around.post(&row)?, holders })
}

fn holders(conn: &mut PgConnection, rows: &[HolderRow], known: &HashMap<PersonId, Known>) -> Result<Vec<PostHolderOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let named: HashSet<Uuid> = naming::names(conn, &ids)?.into_iter().map(|(holder, _)| holder).collect();
    let carried = store::roles_of(conn, &ids)?;
    rows.iter()
        .map(|row| {
            let person = known.get(&PersonId(row.person_id));
            Ok(PostHolderOut {
                id: row.id,
                seat: row.seat,
                from: row.held_from,
                until: row.held_until,
                manner: Manner::parse(&row.manner).ok_or(Fault::Broken("a holder who came by nothing"))?,
                acting: row.acting.as_deref().and_then(Acting::parse),
                decision_no: row.decision_no.clone(),
                decision_on: row.decision_on,
                document: row.document.clone(),
                ended_how: row.ended_how.as_deref().and_then(EndedHow::parse),
                end_decision_no: row.end_decision_no.clone(),
                roles: carried.iter().filter(|(_, holder)| *holder == row.id).map(|(assignment, _)| *assignment).collect(),
                name_shown: named.contains(&row.id),
                person: person.map(|person| person.id),
                name: person.map(|person| person.name.clone()),
            })
        })
        .collect()
}

/// The titles that posts have today.
pub fn titles(v: &mut Visit<'_>) -> Result<Vec<PostTitleOut>, Fault> {
    let today = vietnam_date(v.now);
    let mut rows: Vec<TitleRow> = store::titles(v.conn)?.into_values().collect();
    rows.retain(|row| row.valid_from <= today && row.valid_to.is_none_or(|to| today < to));
    rows.sort_by(|a, b| (a.rank, &a.code).cmp(&(b.rank, &b.code)));
    let out = |row: TitleRow| PostTitleOut {
        code: row.code,
        committee_kind: row.committee_kind,
        vi: row.vi,
        en: row.en,
        single: row.single,
    };
    Ok(rows.into_iter().map(out).collect())
}

// How a post stands is said here once more, as `model::standing` says it: a list is found by it. A test compares the two.
statement! {
    struct PostsThat {
        held_on: NaiveDate => Date,
        held_after: NaiveDate => Date,
        chapter: Uuid => diesel::sql_types::Uuid,
        below: bool => Bool,
        after_from: NaiveDate => Date,
        after_id: Uuid => diesel::sql_types::Uuid,
        ended: NaiveDate => Date,
        to_come: NaiveDate => Date,
        standings: Vec<&'static str> => Array<Text>,
        rows: i64 => BigInt,
    } -> (diesel::sql_types::Uuid, diesel::sql_types::Uuid, Text, diesel::sql_types::SmallInt, Nullable<Date>, Date),
    "SELECT p.id, p.committee_id, p.title, p.seats, p.added_on, k.valid_from
     FROM committee_post p JOIN committee k ON k.id = p.committee_id
     CROSS JOIN LATERAL (SELECT count(*) AS held, count(h.acting) AS acting FROM post_holder h
                         WHERE h.post_id = p.id AND h.held_from <= ? AND (h.held_until IS NULL OR h.held_until > ?)) n
     WHERE k.chapter_id IN (SELECT a.chapter_id FROM chapter_ancestor a WHERE a.ancestor_id = ? AND (? OR a.depth = 0))
       AND (k.valid_from, p.id) > (?, ?)
       AND CASE WHEN k.valid_until <= ? THEN 'ENDED' WHEN k.valid_from > ? THEN 'TO_COME' WHEN n.held < p.seats THEN 'VACANT'
                WHEN k.provisional OR n.acting > 0 THEN 'PROVISIONAL' ELSE 'HELD' END = ANY(?)
     ORDER BY k.valid_from, p.id LIMIT ?"
}

/// A post in a list, with the first day of its committee, which orders it.
pub type Listed = (PostRow, NaiveDate);

/// Posts of a chapter, or of it and everything below, that stand so today; the oldest terms first.
pub fn posts(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    below: bool,
    standing: Option<PostStanding>,
    today: NaiveDate,
    span: &Span<(NaiveDate, Uuid)>,
) -> Result<Vec<Listed>, DbError> {
    let (after_from, after_id) = span.after.unwrap_or((NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default(), Uuid::nil()));
    let standings = standing.map_or_else(|| PostStanding::ALL.map(PostStanding::name).to_vec(), |one| vec![one.name()]);
    type Row = (Uuid, Uuid, String, i16, Option<NaiveDate>, NaiveDate);
    let rows: Vec<Row> = PostsThat {
        held_on: &today,
        held_after: &today,
        chapter: &here.chapter().0,
        below: &below,
        after_from: &after_from,
        after_id: &after_id,
        ended: &today,
        to_come: &today,
        standings: &standings,
        rows: &span.rows,
    }
    .load(conn)?;
    let listed = |(id, committee_id, title, seats, added_on, from)| (PostRow { id, committee_id, title, seats, added_on }, from);
    Ok(rows.into_iter().map(listed).collect())
}

/// What is shown of them.
pub fn posts_shown(v: &mut Visit<'_>, rows: Vec<Listed>) -> Result<Vec<PostOut>, Fault> {
    let posts: Vec<PostRow> = rows.into_iter().map(|(post, _)| post).collect();
    let of: Vec<Uuid> = posts.iter().map(|post| post.committee_id).collect();
    let committees = store::committees(v.conn, &of)?;
    let around = Around::of(v.conn, committees, &posts, vietnam_date(v.now))?;
    posts.iter().map(|post| around.post(post)).collect()
}

statement! {
    struct Counts {
        term: NaiveDate => Date,
        from: NaiveDate => Date,
        until: NaiveDate => Date,
        held_on: NaiveDate => Date,
        held_after: NaiveDate => Date,
        scopes: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        own: Uuid => diesel::sql_types::Uuid,
    } -> (diesel::sql_types::Uuid, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt),
    "SELECT a.ancestor_id, count(DISTINCT c.id), count(DISTINCT c.id) FILTER (WHERE k.kind = 'EXECUTIVE_COMMITTEE'), count(k.id),
            count(k.id) FILTER (WHERE k.provisional), count(k.id) FILTER (WHERE k.term_until <= ?),
            coalesce(sum(n.seats), 0)::bigint, coalesce(sum(n.held), 0)::bigint, coalesce(sum(n.acting), 0)::bigint
     FROM chapter_ancestor a JOIN chapter c ON c.id = a.chapter_id AND c.status NOT IN ('MERGED', 'DISSOLVED')
     LEFT JOIN committee k ON k.chapter_id = c.id AND k.valid_from <= ? AND (k.valid_until IS NULL OR k.valid_until > ?)
     LEFT JOIN LATERAL (
         SELECT sum(p.seats) AS seats, sum(h.held) AS held, sum(h.acting) AS acting FROM committee_post p
         CROSS JOIN LATERAL (SELECT count(*) AS held, count(h.acting) AS acting FROM post_holder h
                             WHERE h.post_id = p.id AND h.held_from <= ? AND (h.held_until IS NULL OR h.held_until > ?)) h
         WHERE p.committee_id = k.id) n ON true
     WHERE a.ancestor_id = ANY(?) AND (a.ancestor_id <> ? OR a.depth = 0)
     GROUP BY a.ancestor_id"
}

/// A chapter in the counts: whether it stands below the one that was asked about, its code, its id, its name.
pub type Counted = (bool, String, Uuid, String);

/// The chapter itself, then those directly below it by code.
pub fn counted(conn: &mut PgConnection, here: &Seen<Read>, span: &Span<(bool, String)>) -> Result<Vec<Counted>, DbError> {
    let mut rows = Vec::new();
    if span.after.is_none() {
        let own = tree::labels(conn, &[here.chapter().0])?.remove(&here.chapter().0);
        rows.extend(own.map(|label| (false, label.code, here.chapter().0, label.name)));
    }
    let after = span.after.as_ref().filter(|(below, _)| *below).map(|(_, code)| code.as_str());
    let more = span.rows - i64::try_from(rows.len()).unwrap_or_default();
    let children = chapters::children(conn, here.chapter().0, after, more)?;
    rows.extend(children.into_iter().map(|row| (true, row.code, row.id, row.name)));
    Ok(rows)
}

/// What is counted of each.
pub fn counts(v: &mut Visit<'_>, rows: Vec<Counted>) -> Result<Vec<PostCountsOut>, Fault> {
    let today = vietnam_date(v.now);
    // Of the chapter that was asked about, what stands below it has rows of its own.
    let own = rows.iter().find(|row| !row.0).map(|row| row.2).unwrap_or_default();
    type Row = (Uuid, i64, i64, i64, i64, i64, i64, i64, i64);
    let found: Vec<Row> = Counts {
        scopes: &rows.iter().map(|row| row.2).collect(),
        own: &own,
        from: &today,
        until: &today,
        held_on: &today,
        held_after: &today,
        term: &today,
    }
    .load(v.conn)?;
    let by_id: HashMap<Uuid, Row> = found.into_iter().map(|row| (row.0, row)).collect();
    let out = |(below, code, id, name): Counted| {
        let (_, chapters, with, committees, provisional, over, seats, held, acting) =
            by_id.get(&id).copied().unwrap_or((id, 0, 0, 0, 0, 0, 0, 0, 0));
        PostCountsOut {
            chapter: code,
            chapter_name: name,
            with_all_below: below,
            chapters,
            without_executive_committee: chapters - with,
            committees,
            provisional_committees: provisional,
            term_over: over,
            seats,
            held,
            acting,
            vacant: seats - held,
        }
    };
    Ok(rows.into_iter().map(out).collect())
}
