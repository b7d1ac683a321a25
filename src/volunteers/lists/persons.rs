//! The people of lists that are being entered: whoever asks to be erased is taken out of them.

use diesel::pg::PgConnection;

use super::form::{Entry, Listed};
use super::store;
use crate::basics::Phone;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::persons::{Called, Holding, HoldsPersons, HowMany, Kept, Mentioned, OfParty, PersonsError, Processing};
use crate::parties::{self, naming};

/// See the module.
pub struct Lists;

/// The same name, marks and all, and the same number.
fn is_them(entry: &Entry, called: &Called) -> bool {
    let number = entry.cells.phone.as_deref().and_then(Phone::today);
    naming::one_form(&entry.cells.name) == naming::one_form(&called.name)
        && number.as_ref().map(Phone::as_str) == called.phone.as_deref()
}

impl HoldsPersons for Lists {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: ("Danh sách tình nguyện viên đang được nhập", "Lists of volunteers that are being entered"),
            purpose: ("Nhập nhiều tình nguyện viên một lần", "To enter many volunteers at once"),
            grounds: ("Sự đồng ý (Luật 91/2025/QH15, điều 9)", "Consent (Law 91/2025/QH15, art. 9)"),
            readers: ("Không ai: chương trình tự nhập", "Nobody: the program enters them"),
            period: ("Đến khi được nhập, lâu nhất 30 ngày", "Until they are entered, 30 days at the most"),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["volunteer_import.content_hash", "volunteer_import_part.people"]
    }

    /// Who waits in lists: until they are entered they are no party.
    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        Ok(HowMany { persons: store::people_waiting(conn)?, sensitive: 0 })
    }

    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let found = |one: &Listed| one.entry.as_ref().is_some_and(|entry| is_them(entry, &of.called));
        for part in store::waiting(errand.conn, &of.chapters)? {
            store::rewrite(errand.conn, errand.vault, &part, found)?;
        }
        Ok(Vec::new())
    }

    /// Rows of lists at these chapters with the party's name and number.
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
            let listed = store::opened_part(errand.vault, &part)?.into_iter().filter_map(|one| one.entry);
            for entry in listed.filter(|entry| is_them(entry, &called)) {
                let said = [Some(entry.cells.name), entry.cells.phone, entry.mail, entry.cells.birth, entry.cells.commune];
                found.push(Holding {
                    what: "LISTED".to_owned(),
                    gift: None,
                    text: said.into_iter().flatten().collect::<Vec<_>>().join("; "),
                    since: None,
                    kept_until: None,
                });
            }
        }
        Ok(found)
    }
}
