//! Those who were asked, for the officer who calls: a first name, the chapter and how to reach them, while the call goes on. Each
//! reading is noted.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::link::LINKS;
use super::out::{UrgentAnswerOut, UrgentAskedOut};
use super::store::{self, AskedRow, CallRow, Said};
use super::words;
use crate::authz::{Read, SeeBlood, Visit};
use crate::calling::model::{CallAnswer, first_name};
use crate::calling::words::sms;
use crate::donors::DonorId;
use crate::http::{PublicUrl, Span};
use crate::persons::{self, Known, PersonId};
use crate::tree;

/// Where somebody stands in the list.
pub type At = (DateTime<Utc>, Uuid);

/// Those who were asked in a call: a page of them.
pub fn page(v: &mut Visit<'_>, call: Uuid, span: &Span<At>) -> Result<Vec<AskedRow>, Fault> {
    let row = store::find(v.conn, call)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let here = v.see::<SeeBlood>(row.chapter())?;
    let rows = store::asked_list(v.conn, call, span)?;
    let detail = json!({"rows": rows.len()});
    v.note_at(Some(here.chapter()), "URGENT_CALL_ASKED_READ", Some(call), Some(&detail))?;
    Ok(rows)
}

/// One of them.
pub fn one(v: &mut Visit<'_>, public: &PublicUrl, call: Uuid, id: Uuid) -> Result<UrgentAskedOut, Fault> {
    let row = store::asked(v.conn, id)?.filter(|asked| asked.urgent_call_id == call).ok_or(Fault::Unknown)?;
    shown(v, public, call, vec![row])?.pop().ok_or(Fault::Unknown)
}

/// What it takes to show many of them, each asked for once.
struct Around<'a> {
    row: CallRow,
    /// Of whom nothing is shown any more: the call has ended.
    known: HashMap<PersonId, Known>,
    /// The calling chapter's own, and those it goes on for.
    own: Vec<Uuid>,
    codes: HashMap<Uuid, String>,
    chapter_name: String,
    waves: HashMap<Uuid, i32>,
    answers: HashMap<Uuid, Vec<Said>>,
    public: &'a PublicUrl,
}

/// They as they go out.
pub fn shown(v: &mut Visit<'_>, public: &PublicUrl, call: Uuid, rows: Vec<AskedRow>) -> Result<Vec<UrgentAskedOut>, Fault> {
    let row = store::find(v.conn, call)?.ok_or(Fault::Unknown)?;
    let ids: Vec<Uuid> = rows.iter().map(|asked| asked.id).collect();
    let people: Vec<PersonId> = rows.iter().map(|asked| PersonId(asked.person_id)).collect();
    let known = if row.is_open() { persons::names(v.conn, v.vault, &people)? } else { HashMap::new() };
    let mut answers: HashMap<Uuid, Vec<Said>> = HashMap::new();
    for said in store::answers_of(v.conn, &ids)? {
        answers.entry(said.0).or_default().push(said);
    }
    let label = tree::labels(v.conn, &[row.chapter_id])?.remove(&row.chapter_id);
    let around = Around {
        known,
        own: tree::with_succeeded(v.conn, row.chapter())?,
        codes: tree::codes(v.conn, rows.iter().map(|asked| asked.chapter_id))?,
        chapter_name: label.map(|label| label.name).unwrap_or_default(),
        waves: store::waves(v.conn, &[call])?.into_iter().map(|wave| (wave.id, wave.n)).collect(),
        answers,
        public,
        row,
    };
    Ok(rows.into_iter().map(|asked| around.out(v, asked)).collect())
}

impl Around<'_> {
    fn out(&self, v: &Visit<'_>, asked: AskedRow) -> UrgentAskedOut {
        let known = self.known.get(&PersonId(asked.person_id)).filter(|_| asked.revoked_at.is_none());
        let phone = known.and_then(|known| known.phone.as_deref());
        let answers_still = self.row.is_open() && known.is_some();
        let url = answers_still.then(|| self.public.page(&LINKS.path(v.vault, asked.id)));
        let sms = phone
            .zip(known)
            .zip(url.as_deref())
            .map(|((phone, known), url)| sms(phone, &words::asking(&self.row, &self.chapter_name, &known.name, url)));
        let answers = self.answers.get(&asked.id).into_iter().flatten();
        UrgentAskedOut {
            id: asked.id,
            chapter: self.codes.get(&asked.chapter_id).cloned().unwrap_or_default(),
            first_name: known.map(|known| first_name(&known.name).to_owned()),
            donor: known.map(|_| DonorId(asked.donor_id)).filter(|_| self.own.contains(&asked.chapter_id)),
            call: phone.map(|phone| format!("tel:{phone}")),
            sms,
            mail: known.and_then(|known| known.mail.as_ref()).map(|mail| format!("mailto:{mail}")),
            url,
            wave: self.waves.get(&asked.wave_id).copied().unwrap_or_default(),
            asked_at: asked.asked_at,
            by_message: asked.by_message,
            answer: asked.answer(),
            arrives_at: asked.arrives_at,
            answers: answers.filter_map(answer_out).collect(),
            revoked_at: asked.revoked_at,
            told_at: asked.told_at,
            code: asked.code,
        }
    }
}

fn answer_out((_, answer, arrives_at, answered_at, heard_by): &Said) -> Option<UrgentAnswerOut> {
    let answer = CallAnswer::parse(answer)?;
    Some(UrgentAnswerOut { answer, arrives_at: *arrives_at, answered_at: *answered_at, heard_by: *heard_by })
}
