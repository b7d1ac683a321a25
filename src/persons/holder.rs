//! What this room answers for the persons in its tables.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::Particulars;
use super::row::Row;
use super::{retention, sealed, store};
use crate::basics::clock::vietnam_date;
use crate::basics::{Line, Phone};
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::persons::{Called, Candidate, Holding, HoldsPersons, Kept, Needed, OfParty, PersonsError, Processing};
use crate::tree;
use crate::tree::ChapterId;
use crate::vault::VaultError;

/// See the module. No record of the books leads here: persons are found by their party.
pub struct Persons;

impl HoldsPersons for Persons {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Họ tên, ngày hoặc năm sinh, giới tính, xã nơi ở, số điện thoại, địa chỉ thư",
                "Name, birth date or year, sex, commune, telephone number, mail address",
            ),
            purpose: (
                "Quản lý hội viên, tình nguyện viên, người giữ chức danh",
                "To keep members, volunteers and holders of posts",
            ),
            grounds: ("Sự đồng ý (Luật 91/2025/QH15, điều 9, 24)", "Consent (Law 91/2025/QH15, art. 9, 24)"),
            readers: (
                "Cán bộ được giao của chính đơn vị đó; mỗi lần xem được ghi lại",
                "Officers of that very chapter who are charged with it; each reading is noted",
            ),
            period: (
                "Đến khi không còn vai trò nào và hết thời hạn lưu, hoặc xóa theo yêu cầu",
                "Until no role is left and the time of keeping is over, or erased on request",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["person.name", "person.phone", "person.particulars", "person.words", "person.request_hash"]
    }

    fn needed(&self, conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        retention::needed(conn, periods, of)
    }

    fn chapters_of(&self, conn: &mut PgConnection, party: Uuid) -> Result<Vec<Uuid>, DbError> {
        store::chapters_of(conn, party)
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let mut found = Vec::new();
        for row in store::of_party(errand.conn, of.party, of.chapters)? {
            let Some(known) = sealed::open(errand.vault, &row)? else { continue };
            let sex = known.sex.map(|sex| sex.name().to_owned());
            let birth = known.birth.map(|birth| birth.to_string());
            let said = [Some(known.name), known.representative, known.phone, known.mail, birth, sex, known.commune];
            found.push(Holding {
                what: "PERSON".to_owned(),
                gift: None,
                text: said.into_iter().flatten().collect::<Vec<_>>().join("; "),
                since: Some(row.recorded_at),
                kept_until: None,
            });
        }
        Ok(found)
    }

    fn correct_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>, to: Uuid, called: &Called) -> Result<(), PersonsError> {
        for row in store::of_party(errand.conn, of.party, of.chapters)? {
            rename(errand, &row, to, called)?;
        }
        Ok(())
    }

    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        for row in store::of_party(errand.conn, of.party, of.chapters)? {
            let hash = errand.vault.hash("person.erased", row.id.as_bytes());
            store::erase(errand.conn, row.id, vietnam_date(errand.now), &hash)?;
        }
        Ok(Vec::new())
    }
}

/// Writes another name and number into a row, which belongs to the party of that name from now on.
fn rename(errand: &mut Errand<'_>, row: &Row, to: Uuid, called: &Called) -> Result<(), PersonsError> {
    let Some(known) = sealed::open(errand.vault, row)? else { return Ok(()) };
    let name = Line::parse(&called.name, 200).map_err(|_| VaultError::Damaged)?;
    let same_number = called.phone == known.phone;
    let representative = known.representative.as_deref().map(|name| Line::parse(name, 200)).transpose();
    let of = Particulars {
        kind: known.kind,
        name,
        representative: representative.map_err(|_| VaultError::Damaged)?,
        phone: called.phone.as_deref().and_then(Phone::today),
        mail: known.mail,
        birth: known.birth,
        sex: known.sex,
        commune: known.commune,
    };
    let code = tree::code_of(errand.conn, ChapterId(row.chapter_id))?;
    let sealed = sealed::seal(errand.vault, row.id, &code, &of)?;
    // Where the chapter has written down the other party as well, the two stay two: that they are one is for somebody to decide.
    let to = if store::of_party(errand.conn, to, &[row.chapter_id])?.is_empty() { to } else { known.party };
    Ok(store::change(errand.conn, row, to, row.phone_confirmed_on.filter(|_| same_number), sealed)?)
}
