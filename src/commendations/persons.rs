//! What this room answers for the persons who are commended: that they were, for what, and the names that stand in public. Who is erased
//! leaves a commendation of somebody.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::{naming, retention};
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::schema::{commendation, commendation_citation, commendation_form, commendation_shown};
use crate::db::shown;
use crate::house::errand::Errand;
use crate::house::persons::{
    Called, Candidate, Holding, HoldsPersons, Kept, Mentioned, Needed, OfParty, PersonsError, Processing,
};
use crate::persons;
use crate::vault::place;

/// See the module. No record of the books leads here: the commended are found by their party.
pub struct Commended;

/// Commendation, form, year, state.
type Held = (Uuid, String, i16, String);

/// The commendations of who is this party at these chapters, or another that goes on for it there.
fn held(conn: &mut PgConnection, of: &OfParty<'_>, or: Option<Uuid>) -> Result<Vec<Held>, DbError> {
    use commendation as c;
    let mut people = persons::ids_of_party(conn, of.party, of.chapters)?;
    if let Some(other) = or {
        people.extend(persons::ids_of_party(conn, other, of.chapters)?);
    }
    let people: Vec<Option<Uuid>> = people.into_iter().map(|id| Some(id.0)).collect();
    Ok(c::table
        .inner_join(commendation_form::table.on(commendation_form::code.eq(c::form)))
        .filter(c::person_id.eq_any(&people))
        .order((c::proposed_at, c::id))
        .select((c::id, commendation_form::vi, c::year, c::state))
        .load(conn)?)
}

fn ids(rows: &[Held]) -> Vec<Uuid> {
    rows.iter().map(|row| row.0).collect()
}

/// Takes names, the proofs of consent and citations away.
fn forget(conn: &mut PgConnection, of: &[Uuid]) -> Result<(), DbError> {
    use commendation_citation as t;
    use commendation_shown as s;
    shown::alters(conn);
    diesel::delete(s::table.filter(s::commendation_id.eq_any(of))).execute(conn)?;
    diesel::delete(t::table.filter(t::commendation_id.eq_any(of))).execute(conn)?;
    Ok(())
}

/// Who is called otherwise is shown so where they are shown.
fn rename(conn: &mut PgConnection, of: &[Uuid], name: &str) -> Result<(), DbError> {
    use commendation_shown as s;
    shown::alters(conn);
    let standing = s::table.filter(s::commendation_id.eq_any(of)).filter(s::withdrawn_at.is_null());
    diesel::update(standing).set(s::name.eq(Some(name))).execute(conn)?;
    Ok(())
}

/// The citations of these, opened.
fn citations(errand: &mut Errand<'_>, of: &[Uuid]) -> Result<Vec<(Uuid, String)>, PersonsError> {
    use commendation_citation as t;
    let rows: Vec<(Uuid, Vec<u8>)> = t::table.filter(t::commendation_id.eq_any(of)).load(errand.conn)?;
    rows.into_iter()
        .map(|(id, sealed)| Ok((id, errand.vault.open_text(place("commendation_citation", "citation", &id), &sealed)?)))
        .collect()
}

impl HoldsPersons for Commended {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Ai được đề nghị, được tặng hình thức khen thưởng nào, vì sao; tên được công khai",
                "Who was proposed for and given which commendation, and why; the name that is published",
            ),
            purpose: ("Biểu dương, khen thưởng", "To commend people"),
            grounds: (
                "Quyết định khen thưởng; công khai tên theo sự đồng ý (Luật 91/2025/QH15, điều 16)",
                "The decision that commends; the name by consent to publication (Law 91/2025/QH15, art. 16)",
            ),
            readers: (
                "Cán bộ được giao của chính đơn vị, người quyết định khi đang chờ; tên được đồng ý công khai thì mọi người",
                "Officers of that very chapter who are charged with it, who decides while it waits; names that were agreed to, everybody",
            ),
            period: (
                "Tên công khai đến khi rút lại sự đồng ý; việc khen thưởng giữ không kèm tên khi đã xóa",
                "A name is shown until the consent is withdrawn; the commendation stays without a name when it is erased",
            ),
        }];
        ALL
    }

    fn needed(&self, conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        retention::needed(conn, periods, of)
    }

    fn columns(&self) -> &'static [&'static str] {
        &["commendation_shown.name", "commendation_citation.citation", "commendation.person_id"]
    }

    /// Citations of others may name somebody who goes; those of proposals that wait are for who decides, and go with their own person.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        use commendation as c;
        let at: Vec<Uuid> = c::table.filter(c::chapter_id.eq_any(&of.chapters)).select(c::id).load(errand.conn)?;
        let naming: Vec<Uuid> =
            citations(errand, &at)?.into_iter().filter(|(_, text)| of.called.is_in(text)).map(|(id, _)| id).collect();
        let gone = commendation_citation::table.filter(commendation_citation::commendation_id.eq_any(naming));
        diesel::delete(gone).execute(errand.conn)?;
        Ok(Vec::new())
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let rows = held(errand.conn, of, None)?;
        let shown = naming::names(errand.conn, &ids(&rows))?;
        let why = citations(errand, &ids(&rows))?;
        let holding =
            |what: &str, text: String| Holding { what: what.to_owned(), gift: None, text, since: None, kept_until: None };
        let mut found = Vec::with_capacity(rows.len());
        for (id, form, year, state) in rows {
            let why = why.iter().find(|(of, _)| *of == id).map(|(_, text)| format!("; {text}")).unwrap_or_default();
            found.push(holding("COMMENDATION", format!("{form}; {year}; {state}{why}")));
            let name = shown.iter().find(|(of, _)| *of == id);
            found.extend(name.map(|(_, name)| holding("PUBLIC_NAME", name.clone())));
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
        Ok(Vec::new())
    }

    fn is_shown_of(&self, conn: &mut PgConnection, of: &OfParty<'_>) -> Result<bool, DbError> {
        use commendation_shown as s;
        let rows = held(conn, of, None)?;
        let standing = s::table.filter(s::commendation_id.eq_any(ids(&rows))).filter(s::withdrawn_at.is_null());
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
