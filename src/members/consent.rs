//! Who agreed that a child joins: the representative, and from seven years on the child (Law 91/2025/QH15, art. 24).

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Consent;
use crate::basics::Line;
use crate::basics::{hex, unhex};
use crate::db::DbError;
use crate::db::schema::{member_consent, member_consent_text};
use crate::house::persons::PersonsError;
use crate::http::{Check, FieldError, one_name};
use crate::vault::{Vault, VaultError, place};

/// The consent to a child's joining, as it stands on the signed paper.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MemberConsentIn)]
pub struct ConsentIn {
    /// The version of the text that was agreed to.
    #[schema(example = 1)]
    pub text_version: i16,
    /// Name of the representative who signed.
    #[schema(example = "Nguyễn Văn Bình", max_length = 100)]
    pub guardian: String,
    /// The day of the signature.
    pub given_on: NaiveDate,
    /// SHA-256 of the signed paper, in hexadecimal digits, as it was or will be uploaded (for MEMBER, of a list for MEMBER_LIST).
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", min_length = 64, max_length = 64)]
    pub paper: String,
    /// Whether the child agreed as well; asked from 7 years on.
    #[serde(default)]
    pub child_agreed: bool,
}

/// Consent as it is read.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MemberConsentOut)]
pub struct ConsentOut {
    /// The version of the text that was agreed to.
    #[schema(example = 1)]
    pub text_version: i16,
    /// Name of the representative who signed.
    #[schema(example = "Nguyễn Văn Bình")]
    pub guardian: String,
    /// The day of the signature.
    pub given_on: NaiveDate,
    /// Whether the child agreed as well.
    pub child_agreed: bool,
    /// SHA-256 of the signed paper.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub paper: String,
    /// The paper itself, where the chapter has uploaded it (for MEMBER or MEMBER_LIST).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<Uuid>,
}

/// [`ConsentIn`], checked.
pub struct Given {
    text_version: i16,
    guardian: Line,
    given_on: NaiveDate,
    paper: Vec<u8>,
    child_agreed: bool,
}

/// Checks what was sent against what is needed on a day.
pub fn check(needed: Consent, sent: Option<&ConsentIn>, today: NaiveDate) -> Result<Option<Given>, Vec<FieldError>> {
    let mut check = Check::default();
    let Some(sent) = sent else {
        if !matches!(needed, Consent::Own | Consent::Nobodys) {
            check.wrong(
                "/consent",
                "MISSING",
                "Người chưa đủ 18 tuổi cần sự đồng ý bằng văn bản của người đại diện; từ đủ 7 tuổi các em cũng tự đồng ý.",
                "Below 18 the representative agrees in writing; from 7 years on the child agrees as well.",
            );
        }
        return check.done(Some(None));
    };
    if needed == Consent::Nobodys {
        check.wrong(
            "/consent",
            "NOT_A_PERSON",
            "Tổ chức vào Hội theo quyết định của mình: không cần giấy đồng ý.",
            "An organisation joins by its own decision: no consent is asked.",
        );
    }
    if needed == Consent::RepresentativeAndChild && !sent.child_agreed {
        check.wrong(
            "/consent/child_agreed",
            "MISSING",
            "Từ đủ 7 tuổi trở lên, em cũng phải tự mình đồng ý.",
            "From 7 years on the child agrees as well.",
        );
    }
    if sent.given_on > today {
        check.wrong("/consent/given_on", "IN_THE_FUTURE", "Ngày ký chưa tới.", "This day lies in the future.");
    }
    let guardian = check.read(one_name("/consent/guardian", &sent.guardian, 100));
    let paper = unhex(&sent.paper);
    if paper.is_none() {
        check.wrong(
            "/consent/paper",
            "NOT_A_HASH",
            "SHA-256 của bản có chữ ký: 64 chữ số hexa.",
            "SHA-256 of the signed paper: 64 hexadecimal digits.",
        );
    }
    let given = guardian.zip(paper).map(|(guardian, paper)| Given {
        text_version: sent.text_version,
        guardian,
        given_on: sent.given_on,
        paper: paper.to_vec(),
        child_agreed: sent.child_agreed,
    });
    check.done(given.map(Some))
}

/// Whether a text is one that could be agreed to on a day.
pub fn is_text(conn: &mut PgConnection, given: &Given) -> Result<bool, DbError> {
    use member_consent_text as t;
    let day = given.given_on;
    let text =
        t::table.find(given.text_version).filter(t::valid_from.le(day)).filter(t::valid_to.is_null().or(t::valid_to.gt(day)));
    Ok(diesel::select(diesel::dsl::exists(text)).get_result(conn)?)
}

fn seal(vault: &Vault, member: Uuid, guardian: &str) -> Result<Vec<u8>, VaultError> {
    vault.seal(place("member_consent", "guardian", &member), guardian.as_bytes())
}

/// Writes down who agreed.
pub fn record(conn: &mut PgConnection, vault: &Vault, member: Uuid, given: &Given) -> Result<(), PersonsError> {
    use member_consent as c;
    let guardian = seal(vault, member, given.guardian.as_str())?;
    diesel::insert_into(c::table)
        .values((
            (c::member_id.eq(member), c::text_version.eq(given.text_version), c::guardian.eq(guardian)),
            (c::child_agreed.eq(given.child_agreed), c::given_on.eq(given.given_on), c::paper.eq(&given.paper)),
        ))
        .execute(conn)?;
    Ok(())
}

/// [`record`] for many.
pub fn record_all(conn: &mut PgConnection, vault: &Vault, all: &[(Uuid, &Given)]) -> Result<(), PersonsError> {
    use member_consent as c;
    let row = |(member, given): &(Uuid, &Given)| -> Result<_, VaultError> {
        let guardian = seal(vault, *member, given.guardian.as_str())?;
        Ok((
            (c::member_id.eq(*member), c::text_version.eq(given.text_version), c::guardian.eq(guardian)),
            (c::child_agreed.eq(given.child_agreed), c::given_on.eq(given.given_on), c::paper.eq(given.paper.clone())),
        ))
    };
    let rows = all.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    diesel::insert_into(c::table).values(rows).execute(conn)?;
    Ok(())
}

/// A text: version, days on which it could be agreed to, words.
pub type Worded = (i16, NaiveDate, Option<NaiveDate>, String, String);

/// Every text in full. Readable by the public role.
pub fn consent_texts(conn: &mut PgConnection) -> Result<Vec<Worded>, DbError> {
    use member_consent_text as t;
    Ok(t::table.order(t::version).select((t::version, t::valid_from, t::valid_to, t::vi, t::en)).load(conn)?)
}

/// Every text, with the days on which it could be agreed to.
pub fn texts(conn: &mut PgConnection) -> Result<Vec<(i16, NaiveDate, Option<NaiveDate>)>, DbError> {
    use member_consent_text as t;
    Ok(t::table.order(t::version).select((t::version, t::valid_from, t::valid_to)).load(conn)?)
}

type Row = (i16, Vec<u8>, bool, NaiveDate, Vec<u8>);

fn row(conn: &mut PgConnection, member: Uuid) -> Result<Option<Row>, DbError> {
    use member_consent as c;
    let columns = (c::text_version, c::guardian, c::child_agreed, c::given_on, c::paper);
    Ok(c::table.find(member).select(columns).first(conn).optional()?)
}

/// Who agreed to a membership.
pub fn of(conn: &mut PgConnection, vault: &Vault, member: Uuid) -> Result<Option<ConsentOut>, PersonsError> {
    let Some((text_version, sealed, child_agreed, given_on, paper)) = row(conn, member)? else { return Ok(None) };
    let guardian = vault.open_text(place("member_consent", "guardian", &member), &sealed)?;
    Ok(Some(ConsentOut { text_version, guardian, given_on, child_agreed, paper: hex(&paper), document: None }))
}

/// The consent goes along with who is transferred.
pub fn follow(conn: &mut PgConnection, vault: &Vault, from: Uuid, to: Uuid) -> Result<(), PersonsError> {
    use member_consent as c;
    let Some((text_version, sealed, child_agreed, given_on, paper)) = row(conn, from)? else { return Ok(()) };
    let again = seal(vault, to, &vault.open_text(place("member_consent", "guardian", &from), &sealed)?)?;
    diesel::insert_into(c::table)
        .values((
            (c::member_id.eq(to), c::text_version.eq(text_version), c::guardian.eq(again)),
            (c::child_agreed.eq(child_agreed), c::given_on.eq(given_on), c::paper.eq(paper)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whether somebody's consent rests on a paper of one of these contents.
pub fn rests_on(conn: &mut PgConnection, hashes: &[&str]) -> Result<bool, DbError> {
    let papers: Vec<Vec<u8>> = hashes.iter().filter_map(|hash| unhex(hash)).map(|hash| hash.to_vec()).collect();
    let on = member_consent::table.filter(member_consent::paper.eq_any(papers));
    Ok(diesel::select(diesel::dsl::exists(on)).get_result(conn)?)
}

/// How many children somebody signed for.
pub fn count(conn: &mut PgConnection) -> Result<i64, DbError> {
    Ok(member_consent::table.count().get_result(conn)?)
}

/// Forgets who agreed: a proof about nobody proves nothing. Returns the hash of the paper it rested on.
pub fn forget(conn: &mut PgConnection, member: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    let gone = diesel::delete(member_consent::table.find(member)).returning(member_consent::paper);
    Ok(gone.get_result(conn).optional()?)
}
