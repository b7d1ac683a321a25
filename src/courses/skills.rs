//! What a certificate says a volunteer of the chapter can do: it stands with the volunteer as long as the certificate is good, so that whoever
//! calls out people who can give first aid finds those who learnt it.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::fault::Fault;
use super::store::KindRow;
use crate::authz::{Granted, KeepPeople, Right, Visit};
use crate::basics::clock::vietnam_date;
use crate::persons::PersonId;
use crate::volunteers::skills::{self, Attested};
use crate::volunteers::{self, SkillLevel, VolunteerId};

/// Writes down what certificates of a kind show, of those of these persons who are volunteers: (person, code of the certificate).
pub fn attest(
    v: &mut Visit<'_>,
    by: &Granted<KeepPeople>,
    kind: &KindRow,
    given: &[(Uuid, String)],
    last: Option<NaiveDate>,
) -> Result<(), Fault> {
    let (Some(skill), Some(level)) = (&kind.skill, kind.skill_level.as_deref().and_then(SkillLevel::parse)) else {
        return Ok(());
    };
    let people: Vec<PersonId> = given.iter().map(|(person, _)| PersonId(*person)).collect();
    let mut rows = volunteers::of_persons(v.conn, &people)?;
    rows.retain(volunteers::VolunteerRow::is_one);
    let known = skills::of(v.conn, &rows.iter().map(volunteers::VolunteerRow::volunteer).collect::<Vec<VolunteerId>>())?;
    let today = vietnam_date(v.now);
    for row in rows {
        let id = row.volunteer();
        // Who teaches it is not made a learner by a refresher.
        let has_more = known.get(&id).into_iter().flatten().any(|own| {
            own.skill == *skill
                && own.certificate.is_some()
                && own.counts_on(today)
                && SkillLevel::parse(&own.level).is_some_and(|own| own > level)
        });
        let certificate = given.iter().find(|(person, _)| *person == row.person().0).map(|(_, code)| code.clone());
        let (false, Some(certificate)) = (has_more, certificate) else { continue };
        // Held, so that nobody erases or ends them meanwhile.
        if volunteers::hold(v.conn, by, id)?.is_some() {
            let what = Attested { skill: skill.clone(), level, certificate, expires_on: last.map(|last| last + Days::new(1)) };
            skills::attest(v.conn, by, v.now, id, &what)?;
        }
    }
    Ok(())
}

/// A certificate that was taken away shows nothing any more.
pub fn revoke<R: Right>(v: &mut Visit<'_>, by: &Granted<R>, codes: &[&str]) -> Result<(), Fault> {
    for code in codes {
        skills::revoke(v.conn, by, code)?;
    }
    Ok(())
}
