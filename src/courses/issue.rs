//! Certificates are given with a result and taken away with it.

use std::collections::HashMap;

use uuid::Uuid;

use super::certificate_store::{self, CertificateRow, PublicRow};
use super::enrolments::EnrolmentRow;
use super::fault::Fault;
use super::model::{CertificateState, PublicCertificateState, valid_until};
use super::skills;
use super::store::{self, CourseRow, KindRow};
use crate::authz::{Granted, KeepPeople, Right, Visit};
use crate::basics::PublicCode;

/// Gives certificates to those who passed a course. What they show stands with the volunteers among them.
pub fn give(v: &mut Visit<'_>, by: &Granted<KeepPeople>, course: &CourseRow, passed: &[&EnrolmentRow]) -> Result<(), Fault> {
    if passed.is_empty() {
        return Ok(());
    }
    let kinds: HashMap<String, KindRow> = store::kinds(v.conn)?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let kind = kinds.get(&course.kind).ok_or_else(|| Fault::broken("a course of no kind"))?.certifies().to_owned();
    // What somebody can is proven on the last day of the course, whenever it is written down.
    let given_on = course.last_day;
    let months = store::months(v.conn, given_on)?.get(&kind).copied().flatten();
    let last = valid_until(given_on, months);
    let (mut rows, mut public) = (Vec::with_capacity(passed.len()), Vec::with_capacity(passed.len()));
    for enrolment in passed {
        let code = PublicCode::random().map_err(Fault::broken)?;
        rows.push(CertificateRow {
            id: Uuid::new_v4(),
            chapter_id: course.chapter_id,
            person_id: enrolment.person_id,
            kind: kind.clone(),
            enrolment_id: Some(enrolment.id),
            code: Some(code.as_str().to_owned()),
            elsewhere: None,
            given_on,
            valid_until: last,
            state: CertificateState::Stands.name().to_owned(),
            name_text: None,
            name_given_on: None,
            request_hash: Vec::new(),
            recorded_by: by.account(),
            recorded_at: v.now,
        });
        public.push(PublicRow {
            code: code.as_str().to_owned(),
            state: PublicCertificateState::Valid.name().to_owned(),
            kind: Some(kind.clone()),
            course: Some(course.code.clone()),
            chapter_id: Some(course.chapter_id),
            given_on: Some(given_on),
            valid_until: last,
            name: None,
        });
    }
    certificate_store::insert(v.conn, &rows, &public)?;
    let given: Vec<(Uuid, String)> = rows.into_iter().filter_map(|row| Some((row.person_id, row.code?))).collect();
    match kinds.get(&kind) {
        Some(certified) => skills::attest(v, by, certified, &given, last),
        None => Ok(()),
    }
}

/// Takes away the certificate of an enrolment, if one stands.
pub fn take_away<R: Right>(v: &mut Visit<'_>, by: &Granted<R>, enrolment: Uuid) -> Result<(), Fault> {
    let rows = certificate_store::of_enrolments(v.conn, &[enrolment])?;
    certificate_store::end(v.conn, &rows, CertificateState::Revoked)?;
    let codes: Vec<&str> = rows.iter().filter_map(|row| row.code.as_deref()).collect();
    skills::revoke(v, by, &codes)
}
