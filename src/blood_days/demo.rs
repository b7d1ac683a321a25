//! A blood drive in the demo that is over: two weeks ago at Hàm Liêm, forty came, and two persons agreed on the centre's list.

use std::error::Error;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::json;
use uuid::Uuid;

use super::wire::CheckInIn;
use super::{check_in, compare, matter, settle, work};
use crate::authz::{Actor, Cast, KeepBlood, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::chapters::things::{Thing, next_code};
use crate::db::Db;
use crate::decisions::Verdict;
use crate::donors::Fault;
use crate::drives::{DriveState, store as drives};
use crate::house::thread::Means;
use crate::http::Lang;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own, by chance alone as far as anybody can tell.
const IDS: u128 = 0x0de0_0000_0000_4000_8000_0000_0021_0000;
const CHAPTER: &str = "23095";
const CENTRE: &str = "BINH_THUAN";
/// Who came, and how many of them gave.
const CAME: usize = 40;
const GAVE: usize = 34;
const SURNAMES: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi"];
const WOMEN: [&str; 5] = ["Thị Hoa", "Thị Mai", "Ngọc Ánh", "Thu Hà", "Kim Liên"];
const MEN: [&str; 5] = ["Văn Dũng", "Minh Tuấn", "Quốc Hùng", "Đình Khoa", "Hữu Phước"];
const HEADINGS: &str =
    "Họ và tên;Ngày sinh;Giới tính;Điện thoại;Kết quả;Lý do hoãn;Thể tích;Mã túi máu;Nhóm máu;Rh;Số giấy chứng nhận";

/// Who acts, and when.
struct Scene<'a> {
    vault: &'a Vault,
    now: DateTime<Utc>,
    officer: Actor,
    chair: Actor,
}

impl Scene<'_> {
    fn visit<'c>(&'c self, conn: &'c mut diesel::pg::PgConnection, actor: Actor) -> Result<Visit<'c>, Fault> {
        Visit::enter(conn, self.vault, self.now, actor).map_err(|_| Fault::broken("nobody of the demo is let in"))
    }
}

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let cast = means.get::<Cast>()?;
    let (officer, chair) = (cast.actor("hanh.hamliem")?, cast.actor("tam.hamliem")?);
    let scene = Scene { vault: &vault, now: clock.now(), officer, chair };
    let filled = db.tx_blocking(|conn| -> Result<(), Fault> {
        if drives::request(conn, Uuid::from_u128(IDS))?.is_some() {
            return Ok(());
        }
        let mut v = scene.visit(conn, scene.officer)?;
        let code = held(&mut v, vietnam_date(scene.now) - Days::new(14))?;
        let file = compared(&mut v, &code)?;
        settle::ask(&mut v, &code, None)?;
        matter::decide(&mut scene.visit(conn, scene.chair)?, file, Verdict::Approve)?;
        work::at_once(conn, scene.vault, file, scene.officer.account, scene.now)
    });
    filled.map_err(|fault| format!("{fault:?}").into())
}

/// Name, year of birth, whether a woman, number.
fn person(n: usize) -> (String, usize, bool, String) {
    let is_woman = n.is_multiple_of(2);
    let given = if is_woman { WOMEN } else { MEN };
    let name = |all: &[&'static str], at: usize| all.get(at % all.len().max(1)).copied().unwrap_or_default();
    (
        format!("{} {}", name(&SURNAMES, n / 5), name(&given, n / 2)),
        1972 + n * 7 % 34,
        is_woman,
        format!("0987{:06}", n * 1_237 % 1_000_000),
    )
}

/// The drive on its day, with everybody who came without a booking; its code.
fn held(v: &mut Visit<'_>, day: NaiveDate) -> Result<String, Fault> {
    let (grant, place) = v.at_code::<KeepBlood>(CHAPTER)?;
    let centre = drives::centre_in_use(v.conn, CENTRE, day)?.ok_or_else(|| Fault::broken("no blood centre of the demo"))?;
    let code = next_code(v.conn, &place, Thing::Drive)?;
    let new = drives::NewDrive {
        code: &code,
        chapter_id: place.id.0,
        centre_id: centre.id,
        title: "Ngày hội “Giọt hồng Hàm Liêm”",
        site: "Trường THCS Hàm Liêm",
        day,
        listed: true,
        state: DriveState::Running.name(),
        waiting_most: 0,
        team_id: None,
        version: 1,
        recorded_by: grant.account(),
        recorded_at: v.now,
        changed_at: v.now,
    };
    let id = Uuid::from_u128(IDS);
    drives::insert(v.conn, &grant, &new, id, id.as_bytes())?;
    let item = |n: usize| {
        let (name, born, _, number) = person(n);
        let came = json!({"name": name, "contact": number, "birth": born.to_string()});
        serde_json::from_value(json!({"id": Uuid::from_u128(IDS + 1 + n as u128), "walk_in": came}))
    };
    let items: Vec<CheckInIn> = (0..CAME).map(item).collect::<Result<_, _>>().map_err(Fault::broken)?;
    check_in::take(v, &code, &items, Lang::Vi)?;
    Ok(code)
}

/// The centre's list, kept; nothing differs.
fn compared(v: &mut Visit<'_>, code: &str) -> Result<Uuid, Fault> {
    let row = |n: usize| {
        let (name, born, is_woman, number) = person(n);
        let who = format!("{name};{born};{};{number}", if is_woman { "Nữ" } else { "Nam" });
        if n >= GAVE {
            return format!("{who};Hoãn;huyết áp;;;;;");
        }
        let ml = if n.is_multiple_of(5) {
            250
        } else if n % 5 == 1 {
            450
        } else {
            350
        };
        let group = ["O", "O", "A", "B"].get(n % 4).copied().unwrap_or("O");
        let rh = if n == 7 { "-" } else { "+" };
        format!("{who};Đạt;;{ml};G987626{:06};{group};{rh};BT {:06}", n + 1, n + 1)
    };
    let rows: Vec<String> = std::iter::once(HEADINGS.to_owned()).chain((0..CAME).map(row)).collect();
    let frame = compare::frame(v, code, "GENERAL")?;
    let file = compare::read(&frame, format!("{}\n", rows.join("\n")).as_bytes())?;
    if let Some(fault) = file.faults.first() {
        return Err(Fault::broken(format!("the list of the demo is wrong: {fault:?}")));
    }
    Ok(compare::keep(v, &frame, &file.entries)?.0.id)
}
