//! What papers of this room are for: the signed consent of one member, and the list that many signed on.
//!
//! They name people, children among them, so they are brought and read by the chapter's own officers who see its people, each reading is
//! noted, and none is ever public. A consent says which paper it rests on by its hash. A paper goes with its person, unless another
//! consent rests on it: a class list is closed when the first of the class is erased, so that nobody reads it any more, and goes when
//! the last is.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::consent;
use super::imports;
use super::model::MemberState;
use super::store::{self, Row};
use crate::basics::hex;
use crate::db::DbError;
use crate::documents::{closures, of_people};
use crate::house::errand::Errand;
use crate::house::papers::{Brings, Carrier, Carries, Kept as KeptAs, NoPaper, Paper, Peg, Reads};
use crate::house::persons::{Holding, Kept, PersonsError, What};
use crate::http::Say;
use crate::parties::restriction;
use crate::persons::{self, PersonId};
use crate::tree::{self, ChapterId};

/// The signed consent, the application, the decision of one member.
pub static OF_MEMBERS: Paper = Paper {
    purpose: "MEMBER",
    brought_by: Brings::KeepPeople,
    read_by: Reads::SeePeople,
    public: false,
    kept: KeptAs::WithThePerson,
    on: Some(&Peg {
        at: "/members/{id}",
        by_uuid: true,
        one: "member",
        a: "a member",
        read_noted: Some("MEMBER_DOCUMENTS_READ"),
        published_as: None,
        records: &OneMember,
    }),
};

/// The list that the representatives of a class signed.
pub static OF_LISTS: Paper = Paper {
    purpose: "MEMBER_LIST",
    brought_by: Brings::KeepPeople,
    read_by: Reads::SeePeople,
    public: false,
    kept: KeptAs::WithThePerson,
    on: Some(&Peg {
        at: "/member-imports/{id}",
        by_uuid: true,
        one: "member_import",
        a: "a list of members",
        read_noted: Some("MEMBER_IMPORT_DOCUMENTS_READ"),
        published_as: None,
        records: &OneList,
    }),
};

/// A consent may rest on either.
const BOTH: [&Paper; 2] = [&OF_MEMBERS, &OF_LISTS];

/// Where the records of a chapter are kept today.
fn carrier(conn: &mut PgConnection, id: Uuid, chapter: Uuid) -> Result<Carrier, DbError> {
    let today = tree::successors(conn, &[chapter])?;
    Ok(Carrier { id, chapter: today.get(&chapter).copied().unwrap_or(chapter) })
}

struct OneMember;

impl Carries for OneMember {
    fn find(&self, conn: &mut PgConnection, key: &str) -> Result<Option<Carrier>, DbError> {
        let Ok(id) = key.parse() else { return Ok(None) };
        store::find(conn, id)?.map(|row| carrier(conn, row.id, row.chapter_id)).transpose()
    }

    /// Who was erased does not come back with a paper, and of whom the data may not be used none is taken.
    fn take(&self, errand: &mut Errand<'_>, of: Carrier) -> Result<(), NoPaper> {
        let row = store::hold(errand.conn, of.id)?.ok_or(NoPaper::Gone)?;
        if row.state() == Some(MemberState::Erased) {
            return Err(NoPaper::Gone);
        }
        match persons::stands_for(errand.conn, PersonId(row.person_id))? {
            Some((party, ChapterId(chapter))) if !restriction::holds(errand.conn, party, chapter)? => Ok(()),
            _ => Err(NoPaper::Refused(Say::fixed(
                "Dữ liệu của người này đã được xóa hoặc bị hạn chế xử lý.",
                "The data of this person were erased or may not be used.",
            ))),
        }
    }
}

struct OneList;

impl Carries for OneList {
    fn find(&self, conn: &mut PgConnection, key: &str) -> Result<Option<Carrier>, DbError> {
        let Ok(id) = key.parse() else { return Ok(None) };
        imports::chapter_of(conn, id)?.map(|chapter| carrier(conn, id, chapter)).transpose()
    }
}

/// The paper that a consent rests on, where the chapter has it and may show it.
pub(super) fn kept(conn: &mut PgConnection, chapter: Uuid, paper: &str) -> Result<Option<Uuid>, DbError> {
    let chapters = tree::with_succeeded(conn, ChapterId(chapter))?;
    of_people::open_at(conn, &BOTH, paper, &chapters)
}

/// The papers that hang on a membership, for the copy that its person may ask for.
pub(super) fn held(errand: &mut Errand<'_>, row: &Row) -> Result<Vec<Holding>, PersonsError> {
    let papers = of_people::held(errand, &OF_MEMBERS, row.id)?.into_iter();
    let holding = |(text, since)| Holding { what: "PAPER".to_owned(), gift: None, text, since: Some(since), kept_until: None };
    Ok(papers.map(holding).collect())
}

/// Lets go of the papers of somebody who is erased. `paper` is what their consent rested on, which is forgotten already.
pub(super) fn let_go(errand: &mut Errand<'_>, row: &Row, paper: Option<&[u8]>) -> Result<Vec<Kept>, PersonsError> {
    let mut known = of_people::on_record(errand.conn, &OF_MEMBERS, row.id)?;
    if let Some(paper) = paper {
        known.extend(of_people::by_content(errand.conn, &BOTH, &hex(paper))?);
    }
    known.sort_by_key(|paper| paper.id);
    known.dedup_by_key(|paper| paper.id);
    let (mut go, mut stay) = (Vec::new(), Vec::new());
    for paper in known {
        let others = of_people::records(errand.conn, &[paper.id])?.into_iter().map(|(_, record)| record);
        let others: Vec<Uuid> = others.filter(|record| *record != row.id).collect();
        let needed =
            consent::rests_on(errand.conn, &[&paper.sha256, &paper.uploaded_sha256])? || store::is_anybody(errand.conn, &others)?;
        if needed { stay.push(paper.id) } else { go.push(paper.id) }
    }
    of_people::let_go(errand, row.id, &go, &stay)?;
    Ok(if stay.is_empty() { Vec::new() } else { vec![Kept { what: What::SharedPaper, count: stay.len(), until: None }] })
}

/// Closes the papers of a member whose data may be kept and not used.
pub(super) fn restrict(errand: &mut Errand<'_>, row: &Row) -> Result<(), DbError> {
    of_people::restrict(errand.conn, errand.now, &OF_MEMBERS, row.id)
}

/// Opens them again.
pub(super) fn lift(errand: &mut Errand<'_>, rows: &[Row]) -> Result<(), DbError> {
    closures::reopen(errand.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())
}
