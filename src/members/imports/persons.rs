//! The people of lists that wait: whoever asks to be erased is taken out of them.

use diesel::pg::PgConnection;

use super::form::Listed;
use super::store;
use crate::basics::Phone;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::persons::{Called, Holding, HoldsPersons, HowMany, Kept, Mentioned, OfParty, PersonsError, Processing};
use crate::parties::{self, naming};

/// See the module.
pub struct Lists;

/// The same name, marks and all, and the same number.
fn is_them(name: &str, phone: Option<&str>, called: &Called) -> bool {
    let number = phone.and_then(Phone::today);
    naming::one_form(name) == naming::one_form(&called.name) && number.as_ref().map(Phone::as_str) == called.phone.as_deref()
}

/// Takes somebody out of a row: as the one it is about, or as who signed for a child.
fn take_out(one: &mut Listed, called: &Called) -> bool {
    let Some(entry) = &mut one.entry else { return false };
    if is_them(&entry.name, entry.phone.as_deref(), called) {
        one.entry = None;
        return true;
    }
    let signed = entry.guardian.as_deref().is_some_and(|name| naming::one_form(name) == naming::one_form(&called.name));
    if signed {
        entry.guardian = None;
    }
    signed
}

impl HoldsPersons for Lists {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: ("Danh sách kết nạp đang chờ người thứ hai", "Lists for admission that wait for a second person"),
            purpose: ("Kết nạp nhiều hội viên một lần", "To admit many members at once"),
            grounds: (
                "Sự đồng ý (Luật 91/2025/QH15, điều 9); trẻ em: người đại diện, từ 7 tuổi cả trẻ em (điều 24)",
                "Consent (Law 91/2025/QH15, art. 9); of children the representative, from 7 years the child too (art. 24)",
            ),
            readers: ("Người đề nghị và người duyệt ở chính đơn vị đó", "Who asks and who decides at that very chapter"),
            period: ("Đến khi được quyết định", "Until it is decided on"),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["member_import.content_hash", "member_import.paper", "member_import_part.people"]
    }

    /// Who waits in lists: until they are admitted they are no party.
    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        Ok(HowMany { persons: store::people_waiting(conn)?, sensitive: 0 })
    }

    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        for part in store::waiting(errand.conn, &of.chapters)? {
            store::rewrite(errand.conn, errand.vault, &part, |one| take_out(one, &of.called))?;
        }
        Ok(Vec::new())
    }

    /// Rows of lists that wait at these chapters with the party's name and number.
    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let Some(party) = parties::load(errand.conn, &[of.party])?.remove(&of.party) else { return Ok(Vec::new()) };
        let party = party.open(errand.vault)?;
        let called = Called { name: party.name, phone: party.phone };
        // By the name alone it may be anybody, whose data are not handed out.
        if called.phone.is_none() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for part in store::waiting(errand.conn, of.chapters)? {
            for entry in store::opened_part(errand.vault, &part)?.into_iter().filter_map(|one| one.entry) {
                if is_them(&entry.name, entry.phone.as_deref(), &called) {
                    let said = [Some(entry.name), entry.phone, entry.birth, entry.commune, entry.team, entry.guardian];
                    found.push(Holding {
                        what: "LISTED".to_owned(),
                        gift: None,
                        text: said.into_iter().flatten().collect::<Vec<_>>().join("; "),
                        since: None,
                        kept_until: None,
                    });
                }
            }
        }
        Ok(found)
    }
}
