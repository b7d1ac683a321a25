//! The demo's school chapter and branches: founded by Hàm Liêm's chair; Hạnh acts for them, because nobody of their own works there.

use chrono::NaiveDate;
use uuid::Uuid;

use super::Failure;
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::chapters::life::{self, Founding};
use crate::chapters::model::{Decision, Details, Kind, Level, NewChapter};
use crate::db::DbError;
use crate::http::Problem;
use crate::identity::appointing;
use crate::identity::appointments::{self, NewActsFor, Period, Which};
use crate::identity::store as identity;
use crate::persons::demo::{Founded, Scene};
use crate::tree::{self, ChapterId};

/// See the module; may be done again.
pub(super) fn found(scene: &Scene) -> Result<(), Failure> {
    let today = vietnam_date(scene.now);
    for which in Founded::ALL {
        let at = ChapterId(which.id());
        let is_there = scene.db.tx_blocking(|conn| -> Result<bool, DbError> { Ok(tree::level(conn, at)?.is_some()) })?;
        if is_there || !scene.stands()? {
            continue;
        }
        scene.visit("tam.hamliem", scene.now, |v| -> Result<(), Problem> { life::found(v, &new(which, today)).map(drop) })?;
        let code = scene.code(which)?;
        scene.visit("thu.lamdong", scene.now, |v| -> Result<(), Problem> {
            let hanh = identity::account_by_user_name(v.conn, "hanh.hamliem")?.ok_or_else(Problem::not_found)?;
            let roles = appointments::list(v.conn, &Which::OfAccount(hanh), Some(today), None, 1)?;
            let role = roles.first().ok_or_else(Problem::not_found)?;
            let decision_no = Line::parse("QĐ 03/QĐ-DEMO", 60).map_err(|_| Problem::internal("no line"))?;
            let period = Period { from: today, to: None };
            let acts = NewActsFor { id: which.beside(1), chapter: code, period, decision_no };
            Ok(appointing::give_acting(v, role.id, &acts).map(drop)?)
        })?;
    }
    Ok(())
}

fn new(which: Founded, today: NaiveDate) -> Founding {
    let (level, kind, name, short_name, branches): (_, _, _, _, &[&str]) = match which {
        Founded::School => (
            Level::Grassroots,
            Kind::School,
            "Hội Chữ thập đỏ Trường THCS Nguyễn Trãi",
            "Trường THCS Nguyễn Trãi",
            &["Chi hội lớp 6A", "Chi hội lớp 6B"],
        ),
        Founded::Branch => (Level::Branch, Kind::Residential, "Chi hội thôn 5", "Chi hội thôn 5", &[]),
        Founded::OtherBranch => (Level::Branch, Kind::Residential, "Chi hội thôn 7", "Chi hội thôn 7", &[]),
    };
    let chapter = |id: Uuid, level: Level, name: &str, short_name: &str| NewChapter {
        id,
        level,
        kind,
        name: name.to_owned(),
        short_name: short_name.to_owned(),
        founded_on: today,
        provisional: level == Level::Grassroots,
        decision: Decision { no: "07/QĐ-HCTĐ".to_owned(), on: Some(today) },
        details: Details::default(),
    };
    let branch = |(n, name): (u128, &&str)| chapter(which.beside(n), Level::Branch, name, name);
    Founding {
        parent: "23095".to_owned(),
        chapter: chapter(which.id(), level, name, short_name),
        branches: (2..).zip(branches).map(branch).collect(),
    }
}
