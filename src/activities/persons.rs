//! What this room answers for the persons in photographs of activities: that they agreed to be shown. What they do not agree to any more is
//! taken down; of who was erased it is known still that somebody in the picture does not agree.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::photo_store::{self, PhotoConsentRow};
use super::store;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::persons::{Candidate, Holding, HoldsPersons, Kept, Needed, OfParty, PersonsError, Processing};
use crate::persons;

/// See the module. No record of the books leads here: those who agreed are found by their party.
pub struct Pictured;

fn persons_of(conn: &mut PgConnection, of: &OfParty<'_>) -> Result<Vec<Uuid>, DbError> {
    Ok(persons::ids_of_party(conn, of.party, of.chapters)?.into_iter().map(|id| id.0).collect())
}

/// Ends what stands of them, with their activities held: nobody publishes a picture meanwhile.
fn end(errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<PhotoConsentRow>, DbError> {
    let people = persons_of(errand.conn, of)?;
    let mut activities: Vec<Uuid> =
        photo_store::standing_of_persons(errand.conn, &people)?.into_iter().map(|row| row.activity_id).collect();
    activities.sort_unstable();
    activities.dedup();
    for id in activities {
        store::hold(errand.conn, id)?;
    }
    let standing = photo_store::standing_of_persons(errand.conn, &people)?;
    photo_store::withdraw(errand.conn, errand.now, None, &standing)?;
    Ok(standing)
}

impl HoldsPersons for Pictured {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Ảnh hoạt động, trong đó nhận ra được người; ai đồng ý cho đăng, ngày đồng ý",
                "Photographs of activities in which people can be recognised; who agreed that they are shown, and when",
            ),
            purpose: ("Thông tin về hoạt động của Hội", "To tell of what chapters do"),
            grounds: (
                "Sự đồng ý (Bộ luật Dân sự, điều 32; Luật 91/2025/QH15, điều 9, 16)",
                "Consent (Civil Code, art. 32; Law 91/2025/QH15, art. 9, 16)",
            ),
            readers: (
                "Ảnh được đồng ý công khai thì mọi người; ai đồng ý thì cán bộ được giao của chính đơn vị đó",
                "Pictures that were agreed to, everybody; who agreed, officers of that very chapter who are charged with it",
            ),
            period: (
                "Ảnh công khai đến khi rút lại sự đồng ý; bằng chứng đồng ý giữ không kèm người khi đã xóa",
                "A picture is shown until the consent is withdrawn; that somebody agreed stays without the person when they are erased",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["activity_photo_consent.person_id"]
    }

    /// As long as a picture with them is shown.
    fn needed(&self, conn: &mut PgConnection, _: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        let people: Vec<Uuid> = of.iter().map(|one| one.person).collect();
        let standing = photo_store::standing_of_persons(conn, &people)?;
        let needed = |row: PhotoConsentRow| Some(Needed { person: row.person_id?, record: "ACTIVITY_PHOTO", until: None });
        Ok(standing.into_iter().filter_map(needed).collect())
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let people = persons_of(errand.conn, of)?;
        let mut found = Vec::new();
        for row in photo_store::of_persons(errand.conn, &people)? {
            let Some(activity) = store::activity(errand.conn, row.activity_id)? else { continue };
            let ended = row.withdrawn_at.map_or("", |_| "; WITHDRAWN");
            let text = format!("{}; {}{ended}", activity.title, row.given_on);
            let since = Some(row.recorded_at);
            found.push(Holding { what: "ACTIVITY_PHOTO".to_owned(), gift: None, text, since, kept_until: None });
        }
        Ok(found)
    }

    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        end(errand, of)?;
        let people = persons_of(errand.conn, of)?;
        let all = photo_store::of_persons(errand.conn, &people)?;
        photo_store::forget(errand.conn, &all)?;
        Ok(Vec::new())
    }

    fn is_shown_of(&self, conn: &mut PgConnection, of: &OfParty<'_>) -> Result<bool, DbError> {
        let people = persons_of(conn, of)?;
        Ok(!photo_store::standing_of_persons(conn, &people)?.is_empty())
    }

    /// What may not be used is not shown; afterwards it takes a new consent.
    fn restrict_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        self.hide_of(errand, of)
    }

    fn hide_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        end(errand, of)?;
        Ok(())
    }
}
