//! What this room answers for the persons who hold posts: the names that stand in public beside them, and that they hold or held them. The
//! history of a post stays when somebody is erased: their row in `post_holder` names a person about whom nothing is kept any more.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::{naming, retention};
use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::schema::{committee_post, post_holder, post_holder_shown, post_title};
use crate::db::shown;
use crate::house::errand::Errand;
use crate::house::persons::{Called, Candidate, Holding, HoldsPersons, Kept, Needed, OfParty, PersonsError, Processing};
use crate::persons;

/// See the module. No record of the books leads here: holders are found by their party.
pub struct NamesShown;

/// What a holding says of a post: holder, person, title, first day, day from which it is held no longer.
type Held = (Uuid, Uuid, String, chrono::NaiveDate, Option<chrono::NaiveDate>);

/// Who holds or held posts and is this party at these chapters, or another that goes on for it there. The post may be a successor's.
fn held(conn: &mut PgConnection, of: &OfParty<'_>, or: Option<Uuid>) -> Result<Vec<Held>, DbError> {
    use committee_post as p;
    use post_holder as h;
    let mut people = persons::ids_of_party(conn, of.party, of.chapters)?;
    if let Some(other) = or {
        people.extend(persons::ids_of_party(conn, other, of.chapters)?);
    }
    let people: Vec<Uuid> = people.into_iter().map(|id| id.0).collect();
    Ok(h::table
        .inner_join(p::table.on(p::id.eq(h::post_id)))
        .inner_join(post_title::table.on(post_title::code.eq(p::title)))
        .filter(h::person_id.eq_any(&people))
        .order((h::held_from, h::id))
        .select((h::id, h::person_id, post_title::vi, h::held_from, h::held_until))
        .load(conn)?)
}

fn holders(rows: &[Held]) -> Vec<Uuid> {
    rows.iter().map(|row| row.0).collect()
}

/// Takes names and the proofs of consent away: a proof about nobody proves nothing.
fn forget(conn: &mut PgConnection, of: &[Uuid]) -> Result<(), DbError> {
    use post_holder_shown as s;
    shown::alters(conn);
    diesel::delete(s::table.filter(s::holder_id.eq_any(of))).execute(conn)?;
    Ok(())
}

/// Who is called otherwise is shown so where they are shown.
fn rename(conn: &mut PgConnection, of: &[Uuid], name: &str) -> Result<(), DbError> {
    use post_holder_shown as s;
    shown::alters(conn);
    let standing = s::table.filter(s::holder_id.eq_any(of)).filter(s::withdrawn_at.is_null());
    diesel::update(standing).set(s::name.eq(Some(name))).execute(conn)?;
    Ok(())
}

impl HoldsPersons for NamesShown {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Ai giữ chức danh nào, từ ngày nào; tên được công khai",
                "Who holds which post since when; the name that is published",
            ),
            purpose: ("Tổ chức bộ máy, công khai người phụ trách", "To run the organisation, and to show who is in charge"),
            grounds: (
                "Quyết định công nhận chức danh; công khai tên theo sự đồng ý (Luật 91/2025/QH15, điều 16)",
                "The decision that recognises the post; the name by consent to publication (Law 91/2025/QH15, art. 16)",
            ),
            readers: (
                "Cán bộ được giao của chính đơn vị đó; tên được đồng ý công khai thì mọi người",
                "Officers of that very chapter who are charged with it; names that were agreed to, everybody",
            ),
            period: (
                "Tên công khai đến khi thôi chức danh hoặc rút lại sự đồng ý; lịch sử chức danh giữ không kèm tên khi đã xóa",
                "A name is shown until the post is left or the consent withdrawn; the history of posts stays without a name when it is erased",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["post_holder_shown.name", "post_holder.person_id"]
    }

    fn needed(&self, conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        retention::needed(conn, periods, of)
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let rows = held(errand.conn, of, None)?;
        let shown = naming::names(errand.conn, &holders(&rows))?;
        let today = vietnam_date(errand.now);
        let mut found = Vec::with_capacity(rows.len());
        for (id, _, title, from, until) in rows {
            let until = until.map(|day| format!(" – {day}")).unwrap_or_default();
            let holding =
                |what: &str, text: String| Holding { what: what.to_owned(), gift: None, text, since: None, kept_until: None };
            found.push(holding("POST", format!("{title}; {from}{until}")));
            let name = shown.iter().find(|(holder, _)| *holder == id && from <= today);
            found.extend(name.map(|(_, name)| holding("PUBLIC_NAME", name.clone())));
        }
        Ok(found)
    }

    fn correct_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>, to: Uuid, called: &Called) -> Result<(), PersonsError> {
        let rows = held(errand.conn, of, Some(to))?;
        Ok(rename(errand.conn, &holders(&rows), &called.name)?)
    }

    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let rows = held(errand.conn, of, None)?;
        forget(errand.conn, &holders(&rows))?;
        Ok(Vec::new())
    }

    fn is_shown_of(&self, conn: &mut PgConnection, of: &OfParty<'_>) -> Result<bool, DbError> {
        use post_holder_shown as s;
        let rows = held(conn, of, None)?;
        let standing = s::table.filter(s::holder_id.eq_any(holders(&rows))).filter(s::withdrawn_at.is_null());
        Ok(diesel::select(diesel::dsl::exists(standing)).get_result(conn)?)
    }

    /// What may not be used is not shown; afterwards it takes a new consent.
    fn restrict_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        self.hide_of(errand, of)
    }

    fn hide_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        let rows = held(errand.conn, of, None)?;
        naming::forget_name(errand.conn, &holders(&rows), None, errand.now)?;
        Ok(())
    }
}
