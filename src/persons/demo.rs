//! Persons in the demo: those whom Hàm Liêm and its neighbour Hàm Thuận know, and the pupils of a school chapter. Rooms further up make
//! members, payers and holders of posts of them, in the same scene.

use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Days, Utc};
use diesel::pg::PgConnection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::fault::Fault;
use super::joins::{self, PersonJoinIn};
use super::model::PersonId;
use super::wire::PersonIn;
use super::{record, store};
use crate::authz::{Approve, Cast, KeepPeople, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::{Db, DbError};
use crate::house::thread::Means;
use crate::tree::{self, ChapterId};
use crate::vault::Vault;

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Records of persons have ids without a time, also in the demo.
const IDS: u128 = 0x0de0_0000_0000_4000_8000_0000_0000_0000;
const CHAPTERS: u128 = 0x0de0_0000_0000_7000_8000_0000_000a_0000;

/// Members of Hàm Liêm's first branch: the chair is the first of them.
pub const OF_BRANCH: RangeInclusive<u128> = 1..=25;
/// Youth of Hàm Liêm.
pub const YOUTH: RangeInclusive<u128> = 26..=33;
/// Honorary members of Hàm Liêm: so few that the public does not learn how many.
pub const HONORARY: RangeInclusive<u128> = 34..=35;
/// Members of Hàm Thuận.
pub const OF_NEIGHBOUR: RangeInclusive<u128> = 41..=52;
/// Pupils of the school.
pub const PUPILS: RangeInclusive<u128> = 61..=76;
/// Somebody who asks to be admitted.
pub const APPLICANT: u128 = 81;
/// An organisation that is a member.
pub const COOPERATIVE: u128 = 91;
/// One woman who was written down twice.
const TWICE: [u128; 2] = [82, 83];

/// Who works in a demo, and with what.
pub struct Scene {
    pub db: Db,
    pub vault: Arc<Vault>,
    pub now: DateTime<Utc>,
    cast: Cast,
}

/// Somebody of the demo, as the chapter calls them.
pub fn somebody(n: u128) -> Uuid {
    record_of(0, n)
}

/// The id of a record about somebody of the demo, by the kind of record.
pub fn record_of(kind: u128, n: u128) -> Uuid {
    Uuid::from_u128(IDS + (kind << 16) + n)
}

impl Scene {
    pub fn of(means: &Means) -> Result<Self, Failure> {
        let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
        Ok(Self { db, vault, now: clock.now(), cast: means.get::<Cast>()? })
    }

    /// Whether its chapters still are: somebody may have merged them, in a demo that goes on.
    pub fn stands(&self) -> Result<bool, Failure> {
        let look = |conn: &mut PgConnection| -> Result<bool, DbError> {
            let places = tree::places(conn, &["23095", "23059"])?;
            Ok(places.len() == 2 && places.values().all(|place| place.accepts_entries))
        };
        Ok(self.db.tx_blocking(look)?)
    }

    /// Lets somebody do something, in one transaction.
    pub fn visit<T, E>(
        &self,
        user: &str,
        at: DateTime<Utc>,
        work: impl FnOnce(&mut Visit<'_>) -> Result<T, E>,
    ) -> Result<T, Failure>
    where
        E: From<DbError> + From<diesel::result::Error> + Debug,
    {
        let actor = self.cast.actor(user)?;
        let done = self.db.tx_blocking(|conn: &mut PgConnection| -> Result<T, E> {
            let visit = Visit::enter(conn, &self.vault, at, actor);
            work(&mut visit.map_err(|_| E::from(diesel::result::Error::RollbackTransaction))?)
        });
        done.map_err(|fault| format!("{user} in the demo: {fault:?}").into())
    }

    /// When most of them became members: before the last year ended, so that something is told of it. In a demo whose staff
    /// began later, today.
    pub fn long_ago(&self) -> Result<DateTime<Utc>, Failure> {
        let then = self.now - Days::new(430);
        let could = |user: &str, chapter: &str| {
            self.visit(user, then, |v| -> Result<bool, DbError> { Ok(v.at_code::<KeepPeople>(chapter).is_ok()) })
        };
        let decided =
            self.visit("binh.lamdong", then, |v| -> Result<bool, DbError> { Ok(v.at_code::<Approve>("23059").is_ok()) });
        Ok(if could("hanh.hamliem", "23095")? && could("minh.hamthuan", "23059")? && decided? { then } else { self.now })
    }

    /// The code of the school chapter, and of Hàm Liêm's branches.
    pub fn code(&self, which: Founded) -> Result<String, Failure> {
        Ok(self.db.tx_blocking(|conn| -> Result<String, DbError> { tree::code_of(conn, ChapterId(which.id())) })?)
    }
}

/// Chapters that a demo founds before its rooms fill themselves: nobody of their own works there, so Hạnh acts for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Founded {
    School,
    Branch,
    OtherBranch,
}

impl Founded {
    pub const ALL: [Founded; 3] = [Founded::School, Founded::Branch, Founded::OtherBranch];

    pub fn id(self) -> Uuid {
        self.beside(0)
    }

    /// Ids of what belongs to it.
    pub fn beside(self, n: u128) -> Uuid {
        Uuid::from_u128(CHAPTERS + 1 + self as u128 + (n << 4))
    }
}

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let scene = Scene::of(means)?;
    if !scene.stands()? {
        return Ok(());
    }
    let (then, now) = (scene.long_ago()?, scene.now);
    let write = |user: &str, at: DateTime<Utc>, chapter: &str, people: &[u128]| {
        scene.visit(user, at, |v| people.iter().try_for_each(|n| write_down(v, chapter, *n)))
    };
    let here: Vec<u128> = OF_BRANCH.chain(YOUTH).chain(HONORARY).collect();
    write("hanh.hamliem", then, "23095", &here)?;
    write("minh.hamthuan", then, "23059", &Vec::from_iter(OF_NEIGHBOUR))?;
    write("hanh.hamliem", now, "23095", &[APPLICANT, TWICE[0], TWICE[1], COOPERATIVE])?;
    write("hanh.hamliem", now, &scene.code(Founded::School)?, &Vec::from_iter(PUPILS))?;
    // The two cards of one woman wait for the chair.
    scene.visit("hanh.hamliem", now, |v| -> Result<(), Fault> {
        let ask = json!({"id": record_of(1, 1), "kept": somebody(TWICE[0]), "joined": somebody(TWICE[1])});
        let ask: PersonJoinIn = serde_json::from_value(ask).map_err(Fault::broken)?;
        if joins::find(v.conn, ask.id)?.is_some() { Ok(()) } else { joins::request(v, &ask, None).map(drop) }
    })
}

fn write_down(v: &mut Visit<'_>, chapter: &str, n: u128) -> Result<(), Fault> {
    if store::find(v.conn, PersonId(somebody(n)))?.is_some() {
        return Ok(());
    }
    let today = vietnam_date(v.now);
    let mut body = told(n, today.year());
    body["id"] = json!(somebody(n));
    body["chapter"] = json!(chapter);
    body["commune"] = json!(if OF_NEIGHBOUR.contains(&n) { "23059" } else { "23095" });
    let body: PersonIn = serde_json::from_value(body).map_err(Fault::broken)?;
    let of = body.check(today).map_err(Fault::Fields)?;
    record::record(v, &body, &of).map(drop)
}

const FAMILIES: [&str; 10] = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ"];
const GIVEN: [&str; 23] = [
    "An", "Bảo", "Châu", "Diệp", "Giang", "Hà", "Hiền", "Hòa", "Hương", "Khánh", "Lâm", "Linh", "Loan", "Minh", "Nga", "Ngân",
    "Phúc", "Phương", "Quỳnh", "Thảo", "Thu", "Vân", "Xuân",
];

/// What is written down of somebody: the chair under his own name, the woman who is there twice, and the others as they come.
fn told(n: u128, year: i32) -> Value {
    if n == COOPERATIVE {
        return json!({"kind": "ORGANISATION", "name": "Hợp tác xã Nông nghiệp Hàm Liêm", "representative": "Nguyễn Văn Thạnh"});
    }
    let at = usize::try_from(n).unwrap_or_default();
    let is_woman = n.is_multiple_of(2);
    let middle = if is_woman { ["Thị", "Ngọc", "Thanh"] } else { ["Văn", "Minh", "Quốc"] }[at % 3];
    let name = match n {
        1 => "Lê Văn Tâm".to_owned(),
        n if TWICE.contains(&n) => "Phan Thị Mỹ Lệ".to_owned(),
        _ => format!("{} {middle} {}", FAMILIES[at * 7 % 10], GIVEN[at * 5 % 23]),
    };
    let age = match n {
        n if PUPILS.contains(&n) => 12,
        n if YOUTH.contains(&n) => 19 + n % 8,
        n if HONORARY.contains(&n) => 70 + n % 9,
        n if TWICE.contains(&n) => 44 - n % 2,
        n => 32 + n * 3 % 37,
    };
    let born = year - i32::try_from(age).unwrap_or_default();
    let day = format!("{born}-{:02}-{:02}", at % 12 + 1, at % 28 + 1);
    // Of the old know only the year, and of the young the number.
    let birth = if age > 60 { born.to_string() } else { day };
    let phone = (age < 60 && age > 18 && !n.is_multiple_of(5)).then(|| format!("09130001{n:02}"));
    let sex = if is_woman || TWICE.contains(&n) { "FEMALE" } else { "MALE" };
    json!({"name": name, "birth": birth, "sex": sex, "phone": phone, "phone_confirmed": phone.is_some() && n.is_multiple_of(4)})
}
