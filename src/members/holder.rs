//! What this room answers for the persons in its tables: members by their persons, and who signed for them. Who signed for a child stays
//! as long as the child is a member: without it nothing proves the consent.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::MemberState;
use super::store::Row;
use super::{cards, consent, grades, joined, papers, retention, spans, store};
use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::persons::{Called, Candidate, Holding, HoldsPersons, HowMany, Kept, Needed, OfParty, PersonsError, Processing};
use crate::parties::restriction;
use crate::persons::{self, PersonId};
use crate::tree;
use crate::vault::VaultError;

/// See the module.
pub struct Members;

fn of(errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Row>, PersonsError> {
    let ids: Vec<Uuid> = persons::ids_of_party(errand.conn, of.party, of.chapters)?.into_iter().map(|id| id.0).collect();
    Ok(store::of_persons(errand.conn, &ids)?)
}

fn unreadable(fault: persons::Fault) -> PersonsError {
    match fault {
        persons::Fault::Db(error) => error.into(),
        _ => VaultError::Damaged.into(),
    }
}

impl HoldsPersons for Members {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Loại hội viên, hạng, ngày kết nạp, quyết định, chi hội; người đại diện và sự đồng ý của trẻ em",
                "Kind of membership, grade, day of admission, decision, branch; representative and consent of children",
            ),
            purpose: ("Quản lý hội viên, cấp thẻ, thống kê", "To keep members, to issue cards, to count"),
            grounds: (
                "Sự đồng ý (Luật 91/2025/QH15, điều 9); trẻ em: người đại diện, từ 7 tuổi cả trẻ em (điều 24)",
                "Consent (Law 91/2025/QH15, art. 9); of children the representative, from 7 years the child too (art. 24)",
            ),
            readers: (
                "Cán bộ được giao của chính đơn vị đó; cấp trên chỉ xem số đếm",
                "Officers of that very chapter who are charged with it; levels above see counts",
            ),
            period: (
                "Đến khi ra khỏi Hội và hết thời hạn lưu, hoặc xóa theo yêu cầu; số đếm không còn gắn với người thì giữ",
                "Until they leave and the time of keeping is over, or erased on request; counts without a person stay",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["member_consent.guardian", "member_consent.paper"]
    }

    /// Members are counted as parties; who signed for a child is somebody else, once for each child.
    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        Ok(HowMany { persons: consent::count(conn)?, sensitive: 0 })
    }

    fn needed(&self, conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        retention::needed(conn, periods, of)
    }

    fn found_of(&self, errand: &mut Errand<'_>, party: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let mut found = Vec::new();
        for row in of(errand, party)? {
            let consent = consent::of(errand.conn, errand.vault, row.id)?;
            let guardian = consent.map(|consent| format!("{}, {}", consent.guardian, consent.given_on));
            let since = row.since.map(|day| day.to_string());
            let card = cards::of(errand.conn, row.id)?;
            let grades = grades::of(errand.conn, row.id)?.into_iter().map(|of| format!("{} {}", of.grade, of.from));
            let grades = Some(grades.collect::<Vec<_>>().join(", ")).filter(|grades| !grades.is_empty());
            let papers = papers::held(errand, &row)?;
            let said = [Some(row.kind), Some(row.state), since, row.team, card, guardian, grades];
            found.push(Holding {
                what: "MEMBER".to_owned(),
                gift: None,
                text: said.into_iter().flatten().collect::<Vec<_>>().join("; "),
                since: Some(row.recorded_at),
                kept_until: None,
            });
            found.extend(papers);
        }
        Ok(found)
    }

    /// The membership ends, its cards are no longer on record, and what was counted says no more who it was.
    fn erase_of(&self, errand: &mut Errand<'_>, party: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let (day, mut kept) = (vietnam_date(errand.now), Vec::new());
        for row in of(errand, party)? {
            spans::end(errand.conn, row.id, day)?;
            spans::forget(errand.conn, row.id)?;
            cards::forget(errand.conn, row.id, day)?;
            let paper = consent::forget(errand.conn, row.id)?;
            kept.extend(papers::let_go(errand, &row, paper.as_deref())?);
            grades::forget(errand.conn, row.id)?;
            store::become_(errand.conn, row.id, MemberState::Erased, None)?;
            joined::settle_among(errand.conn, &[row.person_id], day)?;
        }
        Ok(kept)
    }

    /// Called otherwise they may be another party, which is counted once a day from today on.
    fn correct_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>, to: Uuid, _: &Called) -> Result<(), PersonsError> {
        for party in [of.party, to] {
            for person in persons::ids_of_party(errand.conn, party, of.chapters)? {
                self.changed(errand, person.0)?;
            }
        }
        Ok(())
    }

    /// What was corrected is counted from the day of the correction on; days that are over stay as they were counted.
    fn changed(&self, errand: &mut Errand<'_>, person: Uuid) -> Result<(), PersonsError> {
        let id = PersonId(person);
        for row in store::of_persons(errand.conn, &[person])? {
            if row.state() != Some(MemberState::Admitted) {
                continue;
            }
            let known = persons::names(errand.conn, errand.vault, &[id]).map_err(unreadable)?;
            let chapter = tree::successors(errand.conn, &[row.chapter_id])?.remove(&row.chapter_id).unwrap_or(row.chapter_id);
            if let Some(known) = known.get(&id) {
                spans::count_anew(errand, &row, chapter, known)?;
            }
        }
        Ok(())
    }

    /// Who was joined is one member from today on, and who was parted again is each counted by their own.
    fn regrouped(&self, errand: &mut Errand<'_>, person: Uuid) -> Result<(), PersonsError> {
        joined::settle(errand.conn, PersonId(person), vietnam_date(errand.now))?;
        // Whoever was not counted for a while may be somebody else's age by now, or sit in another branch.
        self.changed(errand, person)
    }

    /// What may not be used: the papers of theirs alone. Whoever only asks not to be shown has papers that are used all the same.
    fn restrict_of(&self, errand: &mut Errand<'_>, party: &OfParty<'_>) -> Result<(), PersonsError> {
        for row in of(errand, party)? {
            if restriction::holds(errand.conn, party.party, row.chapter_id)? {
                papers::restrict(errand, &row)?;
            }
        }
        Ok(())
    }

    fn lift_of(&self, errand: &mut Errand<'_>, party: &OfParty<'_>) -> Result<(), PersonsError> {
        let rows = of(errand, party)?;
        Ok(papers::lift(errand, &rows)?)
    }
}
