//! The audit of teams: nobody leads one who is not in it, and none is led by two.

use uuid::Uuid;

use super::model::TeamRole;
use super::store;
use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

const CHECK: &str = "team";
const BATCH: i64 = 500;

/// See the module.
pub struct Teams;

impl Audits for Teams {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let mut after = Uuid::nil();
        loop {
            let teams = store::after(audit.conn, after, BATCH)?;
            audit.findings.looked(CHECK, teams.len());
            let Some(last) = teams.last() else { return Ok(()) };
            after = last.id;
            let ids: Vec<Uuid> = teams.iter().map(|team| team.id).collect();
            let (members, leads) = (store::members_of(audit.conn, &ids)?, store::leads_of(audit.conn, &ids)?);
            for lead in &leads {
                let until = |day: Option<chrono::NaiveDate>| day.unwrap_or(chrono::NaiveDate::MAX);
                let is_in = members.iter().any(|member| {
                    member.id == lead.member_id
                        && member.from_day <= lead.from_day
                        && until(lead.until_day) <= until(member.until_day).max(lead.from_day)
                });
                if !is_in {
                    audit.findings.found(CHECK, lead.id.to_string(), "leads a team they are not in");
                }
            }
            for team in &teams {
                let open = leads
                    .iter()
                    .filter(|lead| lead.team_id == team.id && lead.until_day.is_none() && lead.role() == Some(TeamRole::Leader));
                if open.count() > 1 {
                    audit.findings.found(CHECK, team.id.to_string(), "has two leaders");
                }
            }
        }
    }
}
