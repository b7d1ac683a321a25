//! Teams as they are shown to officers: READ shows them and how many, SEE_PEOPLE at the chapter who is in them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{Leadership, One, Ready, TeamRole};
use super::out::{TeamDetailOut, TeamLeaderOut, TeamMemberOut, TeamOut};
use super::store::{self, LeadRow, MemberRow, TeamRow};
use crate::authz::{Denied, Read, Refusal, SeePeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::http::Span;
use crate::persons::{self, Known, PersonId};
use crate::tree::{self, ChapterId};
use crate::volunteers::model::SkillProof;
use crate::volunteers::skills::{self, SkillRow};
use crate::volunteers::{self, VolunteerId, VolunteerRow, VolunteerState};

/// What it takes to show many teams, each asked for once.
struct Around {
    members: HashMap<Uuid, Vec<MemberRow>>,
    leads: HashMap<Uuid, Vec<LeadRow>>,
    /// Those who lead today and are volunteers no longer.
    gone: HashSet<Uuid>,
    labels: HashMap<Uuid, tree::Label>,
    today: NaiveDate,
}

impl Around {
    fn of(conn: &mut PgConnection, rows: &[TeamRow], today: NaiveDate) -> Result<Self, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let chapters: Vec<Uuid> = rows.iter().map(|row| row.chapter_id).collect();
        let (mut members, mut leads) = (HashMap::<Uuid, Vec<MemberRow>>::new(), HashMap::<Uuid, Vec<LeadRow>>::new());
        for row in store::members_of(conn, &ids)? {
            members.entry(row.team_id).or_default().push(row);
        }
        for row in store::leads_of(conn, &ids)? {
            leads.entry(row.team_id).or_default().push(row);
        }
        let leading: HashSet<Uuid> =
            leads.values().flatten().filter(|lead| lead.time().holds_on(today)).map(|lead| lead.member_id).collect();
        let leaders = members.values().flatten().filter(|member| leading.contains(&member.id)).map(MemberRow::person);
        let gone = no_more(&volunteers_of(conn, &leaders.collect::<Vec<_>>())?);
        Ok(Self { members, leads, gone, labels: tree::labels(conn, &chapters)?, today })
    }

    fn members(&self, team: Uuid) -> &[MemberRow] {
        self.members.get(&team).map_or(&[], Vec::as_slice)
    }

    fn leads(&self, team: Uuid) -> &[LeadRow] {
        self.leads.get(&team).map_or(&[], Vec::as_slice)
    }

    fn today(&self, team: Uuid) -> impl Iterator<Item = &MemberRow> {
        self.members(team).iter().filter(move |member| member.time().holds_on(self.today))
    }

    fn leadership(&self, row: &TeamRow) -> Leadership {
        if !row.time().holds_on(self.today) {
            return Leadership::TeamEnded;
        }
        let leader =
            self.leads(row.id).iter().find(|lead| lead.role() == Some(TeamRole::Leader) && lead.time().holds_on(self.today));
        let Some(leader) = leader else { return Leadership::NoLeader };
        let person = self.members(row.id).iter().find(|member| member.id == leader.member_id).map(|member| member.person_id);
        if person.is_some_and(|person| self.gone.contains(&person)) { Leadership::LeaderGone } else { Leadership::Led }
    }

    fn out(&self, row: &TeamRow) -> Result<TeamOut, Fault> {
        let label = self.labels.get(&row.chapter_id).ok_or(Fault::Broken("a team of no chapter"))?;
        let kind = row.kind().ok_or(Fault::Broken("a team of no kind"))?;
        Ok(TeamOut {
            id: row.id,
            chapter: label.code.clone(),
            chapter_name: label.name.clone(),
            kind,
            kind_name: kind.vietnamese(),
            name: row.name.clone(),
            place: row.place.clone(),
            founded_on: row.founded_on,
            decision_no: row.decision_no.clone(),
            ended_on: row.ended_on,
            end_decision_no: row.end_decision_no.clone(),
            people: i64::try_from(self.today(row.id).count()).unwrap_or_default(),
            leadership: self.leadership(row),
            version: row.version,
        })
    }
}

/// The volunteers that persons are or were, the one that stands before those that do not.
fn volunteers_of(conn: &mut PgConnection, persons: &[PersonId]) -> Result<HashMap<Uuid, VolunteerRow>, DbError> {
    let mut all = HashMap::new();
    for row in volunteers::of_persons(conn, persons)? {
        all.entry(row.person_id).or_insert(row);
    }
    Ok(all)
}

/// Persons who were volunteers and are none any more. Who never was one is in a team as somebody the chapter knows.
fn no_more(of: &HashMap<Uuid, VolunteerRow>) -> HashSet<Uuid> {
    let ended = |row: &&VolunteerRow| matches!(row.state(), Some(VolunteerState::Ended | VolunteerState::Erased));
    of.values().filter(ended).map(|row| row.person_id).collect()
}

/// Where a team stands in the list.
pub type At = (DateTime<Utc>, Uuid);

/// Which teams are listed.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Those of every chapter below too.
    pub below: bool,
    /// Only those that nobody leads.
    pub leaderless: bool,
}

/// Teams as many as a page has. Whether somebody leads is known by more than this room, so those that nobody leads are walked to.
pub fn list(v: &mut Visit<'_>, chapter: &str, wanted: Wanted, span: &Span<At>) -> Result<Vec<(At, TeamOut)>, Fault> {
    let (here, _) = v.see_code::<Read>(chapter)?;
    let today = vietnam_date(v.now);
    let most = usize::try_from(span.rows).unwrap_or_default();
    let (mut found, mut after) = (Vec::new(), span.after);
    let rows = if wanted.leaderless { WALKED } else { span.rows };
    loop {
        let some = store::list(v.conn, &here, wanted.below, &Span { after, rows })?;
        let around = Around::of(v.conn, &some, today)?;
        for row in &some {
            let out = around.out(row)?;
            let without = matches!(out.leadership, Leadership::NoLeader | Leadership::LeaderGone);
            if !wanted.leaderless || without {
                found.push(((row.made_at, row.id), out));
            }
        }
        after = some.last().map(|row| (row.made_at, row.id));
        if found.len() >= most || some.len() < usize::try_from(rows).unwrap_or_default() {
            found.truncate(most);
            return Ok(found);
        }
    }
}

/// Teams that are looked at together when those that nobody leads are sought.
const WALKED: i64 = 1_000;

/// One team with all that it has, for those who may read its chapter. Who is in it is for those who see the chapter's people, and noted.
pub fn team(v: &mut Visit<'_>, id: Uuid) -> Result<(TeamDetailOut, i32), Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let today = vietnam_date(v.now);
    let around = Around::of(v.conn, std::slice::from_ref(&row), today)?;
    let persons: Vec<PersonId> = around.members(id).iter().map(MemberRow::person).collect();
    let state = States::on(v, &persons, today)?;
    let readiness = Ready::of(around.today(id).map(|member| state.of(member.person())));
    let known = match v.see::<SeePeople>(row.chapter()) {
        Ok(here) => {
            let known = persons::look(v.conn, v.vault, &here, &persons)?;
            if !known.is_empty() {
                v.note_seen(&here, "TEAM_MEMBERS_READ", id)?;
            }
            known
        }
        Err(Denied::Refused(Refusal::NotAllowed | Refusal::Unreadable)) => HashMap::new(),
        Err(denied) => return Err(denied.into()),
    };
    let members = around.members(id).iter().map(|member| state.member(member, known.get(&member.person()), around.leads(id)));
    let out = TeamDetailOut {
        team: around.out(&row)?,
        readiness: readiness.into(),
        equipment: store::items(v.conn, id)?,
        members: members.collect(),
    };
    Ok((out, row.version))
}

/// What persons are as volunteers today.
struct States {
    reachable: HashSet<PersonId>,
    volunteers: HashMap<Uuid, VolunteerRow>,
    trained: HashSet<VolunteerId>,
    today: NaiveDate,
}

impl States {
    fn on(v: &mut Visit<'_>, persons: &[PersonId], today: NaiveDate) -> Result<Self, Fault> {
        let known = persons::names(v.conn, v.vault, persons)?;
        let reachable = known.values().filter(|one| one.phone_confirmed_on.is_some()).map(|one| one.id).collect();
        let volunteers = volunteers_of(v.conn, persons)?;
        let ids: Vec<VolunteerId> = volunteers.values().map(VolunteerRow::volunteer).collect();
        let trained = skills::of(v.conn, &ids)?;
        let trained =
            trained.into_iter().filter(|(_, of)| of.iter().any(|skill| counts(skill, today))).map(|(id, _)| id).collect();
        Ok(Self { reachable, volunteers, trained, today })
    }

    fn of(&self, person: PersonId) -> One {
        let volunteer = self.volunteers.get(&person.0);
        One {
            reachable: self.reachable.contains(&person),
            trained: volunteer.is_some_and(|row| self.trained.contains(&row.volunteer())),
            insured: volunteer.and_then(|row| row.insured_until).is_some_and(|until| self.today <= until),
        }
    }

    fn member(&self, row: &MemberRow, known: Option<&Known>, leads: &[LeadRow]) -> TeamMemberOut {
        let one = self.of(row.person());
        let volunteer = self.volunteers.get(&row.person_id);
        let led = leads.iter().filter(|lead| lead.member_id == row.id).filter_map(|lead| {
            Some(TeamLeaderOut { id: lead.id, role: lead.role()?, from: lead.from_day, until: lead.until_day })
        });
        TeamMemberOut {
            id: row.id,
            from: row.from_day,
            until: row.until_day,
            person: known.map(|known| known.id),
            name: known.map(|known| known.name.clone()),
            reachable: known.map(|_| one.reachable),
            trained: known.map(|_| one.trained),
            insured_until: known.and(volunteer).and_then(|row| row.insured_until),
            led: led.collect(),
        }
    }
}

/// Whether somebody is trained by a skill: it counts on the day, and more than their word shows it.
fn counts(skill: &SkillRow, day: NaiveDate) -> bool {
    skill.counts_on(day) && skill.proof != SkillProof::Said.name()
}

/// A team that can be called out.
#[derive(Debug, Clone)]
pub struct Callable {
    pub chapter: ChapterId,
    /// The volunteers who are in it today.
    pub volunteers: Vec<VolunteerId>,
}

/// A team by its id, if it stands on a day.
pub fn of_call(conn: &mut PgConnection, team: Uuid, day: NaiveDate) -> Result<Option<Callable>, DbError> {
    let Some(row) = store::find(conn, team)?.filter(|row| row.time().holds_on(day)) else { return Ok(None) };
    let members = store::members_of(conn, &[team])?;
    let persons: Vec<PersonId> = members.iter().filter(|member| member.time().holds_on(day)).map(MemberRow::person).collect();
    let volunteers = volunteers_of(conn, &persons)?.values().map(VolunteerRow::volunteer).collect();
    Ok(Some(Callable { chapter: row.chapter(), volunteers }))
}
