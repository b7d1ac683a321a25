//! Applications from the public page: taken down, confirmed by a link, forgotten where nobody confirms them.
//!
//! Whoever signs up gets the same answer, whether the house knows them or not. What they wrote is sealed. Without a mail server and a
//! gateway an officer sends the message with the link by hand, or asks them on the phone and confirms for them.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::due;
use super::fault::Fault;
use super::store::rule;
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::basics::codes::codes;
use crate::db::DbError;
use crate::db::schema::{volunteer_application, volunteer_consent_text};
use crate::db::statement::statement;
use crate::http::{Check, PublicUrl, Say};
use crate::links::{self, NewLink};
use crate::outbox::{self, Address, NewMessage, Text, Ways};
use crate::tree::{self, ChapterId, Place};
use crate::vault::{Vault, VaultError, place};

codes! {
    /// Where an application stands.
    #[derive(Hash)]
    pub wire enum ApplicationState {
        /// Nobody has used the link yet.
        Unconfirmed = "UNCONFIRMED",
        /// To be decided by the chapter.
        Confirmed = "CONFIRMED",
        Accepted = "ACCEPTED",
        Refused = "REFUSED",
    }

    /// Why an application is refused.
    pub wire enum RefusalReason {
        NotReached = "NOT_REACHED",
        NotOfAge = "NOT_OF_AGE",
        Withdrawn = "WITHDRAWN",
        /// They are a volunteer of the chapter already.
        KnownAlready = "KNOWN_ALREADY",
        Other = "OTHER",
    }
}

/// What the link is for, as [`crate::links`] knows it.
pub(super) const PURPOSE: &str = "CONFIRM_VOLUNTEER";
/// Where no rule says.
const UNCONFIRMED_DAYS: i32 = 30;
const MOST_A_DAY: i32 = 200;
const MOST_OF_AN_ADDRESS: i32 = 3;

/// An application that is right in itself.
pub struct SignUp {
    pub name: Line,
    pub address: Address,
    pub chapter: String,
    pub text_version: i16,
}

/// What is sealed of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    pub name: String,
    pub address: String,
}

/// An application as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = volunteer_application, check_for_backend(diesel::pg::Pg))]
pub(super) struct AppRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub content: Option<Vec<u8>>,
    pub address_hash: Option<Vec<u8>>,
    pub text_version: i16,
    pub state: String,
    pub made_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub confirmed_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<Uuid>,
    pub reason: Option<String>,
    pub volunteer_id: Option<Uuid>,
}

impl AppRow {
    pub fn state(&self) -> Option<ApplicationState> {
        ApplicationState::parse(&self.state)
    }

    /// What they wrote, while it is to be decided.
    pub fn open(&self, vault: &Vault) -> Result<Option<Content>, VaultError> {
        let Some(sealed) = &self.content else { return Ok(None) };
        let text = vault.open(place("volunteer_application", "content", &self.id), sealed)?;
        serde_json::from_slice(&text).map(Some).map_err(|_| VaultError::Damaged)
    }
}

/// With what somebody who signs up is written down and answered.
pub struct Desk<'a> {
    pub vault: &'a Vault,
    pub ways: &'a Ways,
    pub public: &'a PublicUrl,
    pub now: DateTime<Utc>,
}

statement! {
    struct Lock { key: i64 => BigInt } -> (Nullable<BigInt>,),
    "SELECT NULL::bigint FROM (SELECT pg_advisory_xact_lock(?)) l"
}

/// Takes an application down and writes to whoever sent it. What is there already, and too much of one address, is passed over in
/// silence: the answer is the same.
pub fn take(conn: &mut PgConnection, desk: &Desk<'_>, of: &SignUp) -> Result<(), Fault> {
    let at = check(conn, desk, of)?;
    // Those of a chapter come one after the other, so that none is counted too few.
    let key = i64::from_be_bytes(at.id.0.as_bytes()[..8].try_into().unwrap_or_default());
    Lock { key: &key }.execute(conn)?;
    if of_chapter_since(conn, at.id, desk.now - Duration::days(1))? >= number(conn, desk, "APPLICATIONS_A_DAY", MOST_A_DAY)? {
        return Err(Fault::TooMany(Say::fixed(
            "Hôm nay đơn vị này đã nhận quá nhiều đăng ký: hãy thử lại ngày mai, hoặc đến thẳng đơn vị.",
            "This chapter has received too many applications today: try again tomorrow, or go there.",
        )));
    }
    let hash = desk.vault.hash("volunteer_application.address", of.address.as_str().as_bytes()).to_vec();
    let open = open_of(conn, &hash)?;
    let here = open.iter().find(|row| row.chapter_id == at.id.0);
    match here {
        // Who has lost the message asks again after a day, and gets another.
        Some(row) if row.state() == Some(ApplicationState::Unconfirmed) && row.made_at < desk.now - Duration::days(1) => {
            remove(conn, &[row.id], desk.now)?;
        }
        Some(_) => return Ok(()),
        None if open.len() as i64 >= number(conn, desk, "APPLICATIONS_OF_AN_ADDRESS", MOST_OF_AN_ADDRESS)? => return Ok(()),
        None => {}
    }
    insert(conn, desk, &at, of, hash)
}

/// The chapter, and whether the text is the one of today.
fn check(conn: &mut PgConnection, desk: &Desk<'_>, of: &SignUp) -> Result<Place, Fault> {
    let mut check = Check::default();
    let place = tree::place(conn, &of.chapter)?.filter(|place| place.accepts_entries);
    if place.is_none() {
        check.wrong(
            "/chapter",
            "NO_SUCH_CHAPTER",
            "Không có đơn vị đang hoạt động nào mang mã này.",
            "There is no active chapter of this code.",
        );
    }
    if text_of_today(conn, desk.now)?.is_none_or(|text| text.version != of.text_version) {
        check.wrong(
            "/consent",
            "OUT_OF_RANGE",
            "Bản văn đồng ý đã thay đổi: hãy đọc bản đang áp dụng rồi gửi lại.",
            "The text of consent has changed: read the one in force and send this again.",
        );
    }
    check.done(place).map_err(Fault::Fields)
}

fn number(conn: &mut PgConnection, desk: &Desk<'_>, name: &str, or: i32) -> Result<i64, DbError> {
    Ok(i64::from(rule(conn, name, vietnam_date(desk.now))?.map_or(or, |rule| rule.value)))
}

/// For how many days an application waits for its confirmation.
pub fn waits(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<i64, DbError> {
    Ok(i64::from(rule(conn, "UNCONFIRMED_DAYS", vietnam_date(now))?.map_or(UNCONFIRMED_DAYS, |rule| rule.value)))
}

fn insert(conn: &mut PgConnection, desk: &Desk<'_>, at: &Place, of: &SignUp, hash: Vec<u8>) -> Result<(), Fault> {
    let id = Uuid::new_v4();
    let content = Content { name: of.name.as_str().to_owned(), address: of.address.as_str().to_owned() };
    let text = serde_json::to_vec(&content).map_err(Fault::broken)?;
    let row = AppRow {
        id,
        chapter_id: at.id.0,
        content: Some(desk.vault.seal(place("volunteer_application", "content", &id), &text)?),
        address_hash: Some(hash),
        text_version: of.text_version,
        state: ApplicationState::Unconfirmed.name().to_owned(),
        made_at: desk.now,
        confirmed_at: None,
        confirmed_by: None,
        decided_at: None,
        decided_by: None,
        reason: None,
        volunteer_id: None,
    };
    diesel::insert_into(volunteer_application::table).values(&row).execute(conn)?;
    let days = waits(conn, desk.now)?;
    let ends_at = desk.now + Duration::days(days);
    let new = NewLink { id: Uuid::now_v7(), purpose: PURPOSE, subject: id, ends_at, once: true };
    let token = links::make_for_house(conn, desk.vault, at.id, desk.now, &new).map_err(Fault::broken)?;
    let text = letter(&at.short_name, &desk.public.page(&token.path()), days);
    let message = NewMessage { id, to: of.address.clone(), text, purpose: PURPOSE, about: Some(id) };
    outbox::send_for_house(conn, desk.vault, desk.ways, at.id, desk.now, &message).map_err(Fault::broken)?;
    Ok(due::expect(conn, desk.now, days)?)
}

/// It names nobody: the number may be somebody else's.
fn letter(chapter: &str, url: &str, days: i64) -> Text {
    Text {
        subject: "Hội Chữ thập đỏ: xác nhận đăng ký tình nguyện viên / confirm that you sign up as a volunteer".to_owned(),
        body: format!(
            "Hội Chữ thập đỏ ({chapter}): có người đăng ký làm tình nguyện viên bằng số hoặc địa chỉ này. \
             Nếu là bạn, mở {url} và bấm nút Xác nhận. Không phải bạn: xin bỏ qua, sau {days} ngày thông tin được xóa."
        ),
    }
}

fn of_chapter_since(conn: &mut PgConnection, chapter: ChapterId, since: DateTime<Utc>) -> Result<i64, DbError> {
    use volunteer_application as a;
    let query = a::table.filter(a::chapter_id.eq(chapter.0)).filter(a::made_at.gt(since));
    Ok(query.count().get_result(conn)?)
}

/// Applications of an address that wait, wherever.
fn open_of(conn: &mut PgConnection, hash: &[u8]) -> Result<Vec<AppRow>, DbError> {
    use volunteer_application as a;
    let query = a::table.filter(a::address_hash.eq(hash)).order(a::made_at);
    Ok(query.select(AppRow::as_select()).load(conn)?)
}

/// One application.
pub(super) fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<AppRow>, DbError> {
    Ok(volunteer_application::table.find(id).select(AppRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction.
pub(super) fn held(conn: &mut PgConnection, id: Uuid) -> Result<Option<AppRow>, DbError> {
    Ok(volunteer_application::table.find(id).select(AppRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Notes that whoever sent it has confirmed it: by the link, or as an officer was told.
pub(super) fn confirm(conn: &mut PgConnection, id: Uuid, now: DateTime<Utc>, by: Option<Uuid>) -> Result<(), DbError> {
    use volunteer_application as a;
    diesel::update(a::table.find(id))
        .set((a::state.eq(ApplicationState::Confirmed.name()), a::confirmed_at.eq(Some(now)), a::confirmed_by.eq(by)))
        .execute(conn)?;
    Ok(())
}

/// What was decided; what they wrote goes.
pub(super) fn settle(conn: &mut PgConnection, row: &AppRow) -> Result<(), DbError> {
    use volunteer_application as a;
    diesel::update(a::table.find(row.id))
        .set((
            (a::state.eq(&row.state), a::content.eq(None::<Vec<u8>>), a::address_hash.eq(None::<Vec<u8>>)),
            (a::decided_at.eq(row.decided_at), a::decided_by.eq(row.decided_by)),
            (a::reason.eq(&row.reason), a::volunteer_id.eq(row.volunteer_id)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Applications go, with the messages about them that did not go out.
pub(super) fn remove(conn: &mut PgConnection, ids: &[Uuid], now: DateTime<Utc>) -> Result<usize, DbError> {
    use volunteer_application as a;
    outbox::cancel(conn, ids, now)?;
    Ok(diesel::delete(a::table.filter(a::id.eq_any(ids))).execute(conn)?)
}

/// A text of consent.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ConsentText {
    pub version: i16,
    pub valid_from: chrono::NaiveDate,
    pub valid_to: Option<chrono::NaiveDate>,
    pub vi: String,
    pub en: String,
}

/// The texts of consent in all their versions. Allowed to the public role.
pub fn texts(conn: &mut PgConnection) -> Result<Vec<ConsentText>, DbError> {
    use volunteer_consent_text as t;
    let query = t::table.order(t::version).select((t::version, t::valid_from, t::valid_to, t::vi, t::en));
    Ok(query.load(conn)?)
}

/// The one that is agreed to now.
pub fn text_of_today(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Option<ConsentText>, DbError> {
    let day = vietnam_date(now);
    let of_today = |text: &ConsentText| text.valid_from <= day && text.valid_to.is_none_or(|end| end > day);
    Ok(texts(conn)?.into_iter().rev().find(of_today))
}
