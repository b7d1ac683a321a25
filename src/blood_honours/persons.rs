//! What this room answers for donors who are honoured: that they were, for how many donations, the names that stand in public, and the family
//! they are counted in. Who is erased leaves an honour of somebody.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::store::{self, HonourRow};
use super::{families, naming};
use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::schema::blood_honour_shown;
use crate::db::{DbError, shown};
use crate::donors;
use crate::house::errand::Errand;
use crate::house::persons::{
    Called, Candidate, Holding, HoldsPersons, Kept, Mentioned, Needed, OfParty, PersonsError, Processing,
};
use crate::persons::{self, PersonId};
use crate::vault::place;

/// See the module. No record of the books leads here: the honoured are found by their party.
pub struct Honoured;

/// The donors who are this party at these chapters, or another that goes on for it there.
fn donors_of(conn: &mut PgConnection, of: &OfParty<'_>, or: Option<Uuid>) -> Result<Vec<Uuid>, DbError> {
    let mut people = persons::ids_of_party(conn, of.party, of.chapters)?;
    if let Some(other) = or {
        people.extend(persons::ids_of_party(conn, other, of.chapters)?);
    }
    Ok(donors::of_persons(conn, &people)?.into_iter().map(|row| row.id).collect())
}

fn held(conn: &mut PgConnection, of: &OfParty<'_>, or: Option<Uuid>) -> Result<Vec<HonourRow>, DbError> {
    let donors = donors_of(conn, of, or)?;
    store::of_donors(conn, &donors)
}

fn ids(rows: &[HonourRow]) -> Vec<Uuid> {
    rows.iter().map(|row| row.id).collect()
}

/// Takes names and the proofs of consent away.
fn forget(conn: &mut PgConnection, of: &[Uuid]) -> Result<(), DbError> {
    use blood_honour_shown as s;
    shown::alters(conn);
    diesel::delete(s::table.filter(s::honour_id.eq_any(of))).execute(conn)?;
    Ok(())
}

/// Who is called otherwise is shown so where they are shown.
fn rename(conn: &mut PgConnection, of: &[Uuid], name: &str) -> Result<(), DbError> {
    use blood_honour_shown as s;
    shown::alters(conn);
    let standing = s::table.filter(s::honour_id.eq_any(of)).filter(s::withdrawn_at.is_null());
    diesel::update(standing).set(s::name.eq(Some(name))).execute(conn)?;
    Ok(())
}

impl HoldsPersons for Honoured {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Người hiến máu nào được đề nghị, được tôn vinh vì bao nhiêu lần hiến; gia đình được tính chung; tên được công khai",
                "Which donors were proposed and honoured for how many donations; families counted together; the name that is published",
            ),
            purpose: ("Tôn vinh người hiến máu tình nguyện", "To honour donors of blood"),
            grounds: (
                "Quyết định 122/QĐ-BCĐQG; công khai tên theo sự đồng ý (Luật 91/2025/QH15, điều 16)",
                "Decision 122/QĐ-BCĐQG; the name by consent to publication (Law 91/2025/QH15, art. 16)",
            ),
            readers: (
                "Cán bộ hiến máu của chính đơn vị, người quyết định khi đang chờ; tên được đồng ý công khai thì mọi người",
                "Officers of that very chapter who keep its donors, who decides while it waits; names that were agreed to, everybody",
            ),
            period: (
                "Tên công khai đến khi rút lại sự đồng ý; việc tôn vinh giữ không kèm tên khi đã xóa",
                "A name is shown until the consent is withdrawn; the honour stays without a name when it is erased",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["blood_honour.donor_id", "blood_honour_shown.name", "blood_family.name", "blood_family_member.donor_id"]
    }

    /// As long as a list that they are on waits.
    fn needed(&self, conn: &mut PgConnection, _: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        let people: Vec<PersonId> = of.iter().map(|one| PersonId(one.person)).collect();
        let donors = donors::of_persons(conn, &people)?;
        let waiting = store::waiting(conn, &donors.iter().map(|row| row.id).collect::<Vec<_>>())?;
        let of = |donor: Uuid| donors.iter().find(|row| row.id == donor).map(|row| row.person_id);
        let needed = |donor: Uuid| Some(Needed { person: of(donor)?, record: "BLOOD_HONOUR", until: None });
        Ok(waiting.into_iter().filter_map(needed).collect())
    }

    /// A family that is called after them is called nothing any more.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let mut naming = Vec::new();
        for (id, sealed) in families::names_at(errand.conn, &of.chapters)? {
            if of.called.is_in(&errand.vault.open_text(place("blood_family", "name", &id), &sealed)?) {
                naming.push(id);
            }
        }
        families::forget_names(errand.conn, &naming)?;
        Ok(Vec::new())
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let rows = held(errand.conn, of, None)?;
        let thresholds = store::thresholds(errand.conn)?;
        let shown = naming::names(errand.conn, &ids(&rows))?;
        let holding =
            |what: &str, text: String| Holding { what: what.to_owned(), gift: None, text, since: None, kept_until: None };
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let title =
                thresholds.iter().find(|threshold| threshold.id == row.threshold_id).map(|threshold| threshold.vi.as_str());
            found.push(holding("BLOOD_HONOUR", format!("{}; {}; {}", title.unwrap_or_default(), row.times, row.state)));
            let name = shown.iter().find(|(of, _)| *of == row.id);
            found.extend(name.map(|(_, name)| holding("PUBLIC_NAME", name.clone())));
        }
        let donors = donors_of(errand.conn, of, None)?;
        let members = families::of_donors(errand.conn, &donors)?;
        let of: Vec<Uuid> = members.iter().map(|row| row.family_id).collect();
        for family in families::find_all(errand.conn, &of)? {
            let Some(sealed) = &family.name else { continue };
            let name = errand.vault.open_text(place("blood_family", "name", &family.id), sealed)?;
            found.push(holding("BLOOD_FAMILY", name));
        }
        Ok(found)
    }

    fn correct_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>, to: Uuid, called: &Called) -> Result<(), PersonsError> {
        let rows = held(errand.conn, of, Some(to))?;
        Ok(rename(errand.conn, &ids(&rows), &called.name)?)
    }

    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let rows = held(errand.conn, of, None)?;
        forget(errand.conn, &ids(&rows))?;
        let donors = donors_of(errand.conn, of, None)?;
        families::leave_all(errand.conn, &donors, vietnam_date(errand.now))?;
        Ok(Vec::new())
    }

    fn is_shown_of(&self, conn: &mut PgConnection, of: &OfParty<'_>) -> Result<bool, DbError> {
        use blood_honour_shown as s;
        let rows = held(conn, of, None)?;
        let standing = s::table.filter(s::honour_id.eq_any(ids(&rows))).filter(s::withdrawn_at.is_null());
        Ok(diesel::select(diesel::dsl::exists(standing)).get_result(conn)?)
    }

    /// What may not be used is not shown; afterwards it takes a new consent.
    fn restrict_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        self.hide_of(errand, of)
    }

    fn hide_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        let rows = held(errand.conn, of, None)?;
        naming::forget_name(errand.conn, &ids(&rows), None, errand.now)?;
        Ok(())
    }
}
