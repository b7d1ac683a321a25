//! Cards on paper, ten to a sheet: of all members of a chapter, of one kind, or of those that were chosen.
//!
//! A card says what its page says, and whose it is: the chapter, the name, since when. A junior's has the name alone, so that it can be
//! handed out: whoever finds it learns neither school nor chapter (Law 91/2025/QH15, art. 24).

use chrono::{Datelike, NaiveDate};
use print::{About, Card, Cards, Labelled};
use serde_json::json;
use uuid::Uuid;

use super::cards;
use super::fault::Fault;
use super::model::MemberKind;
use super::store::{self, Row};
use crate::authz::{SeePeople, Seen, Visit};
use crate::basics::PublicCode;
use crate::basics::clock::vietnam_date;
use crate::http::{FieldError, Lang, PublicUrl, Say};
use crate::persons::{self, Known, PersonId};
use crate::tree;
use crate::vouchers::model::spaced;

/// Most cards of a file: 500 sheets.
pub const MOST_CARDS: usize = 5_000;

/// Whose cards.
pub struct Chosen {
    pub kind: Option<MemberKind>,
    /// These alone.
    pub only: Option<Vec<Uuid>>,
    /// Which file of [`MOST_CARDS`], from 1.
    pub part: Option<u32>,
}

/// The cards that are asked for, noted in the audit trail with their number.
pub fn of(v: &mut Visit<'_>, here: &Seen<SeePeople>, public: &PublicUrl, chosen: &Chosen, lang: Lang) -> Result<Cards, Fault> {
    let mut rows = store::admitted(v.conn, here, chosen.only.as_deref())?;
    if chosen.only.as_ref().is_some_and(|only| rows.len() < only.len()) {
        return Err(Fault::Unknown);
    }
    rows.retain(|row| chosen.kind.is_none() || row.kind() == chosen.kind);
    let rows = part(rows, chosen.part)?;
    let known = persons::names(v.conn, v.vault, &rows.iter().map(|row| PersonId(row.person_id)).collect::<Vec<_>>())?;
    let codes = cards::of_all(v.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let place = tree::place_of(v.conn, here.chapter())?;
    let path: Vec<Uuid> = place.path.iter().rev().take(2).map(|step| step.id.0).collect();
    let names = tree::labels(v.conn, &path)?;
    let issuers: Vec<String> = path.iter().rev().filter_map(|id| names.get(id)).map(|label| label.name.clone()).collect();
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        // Those whose data may not be used are left out, and so is who has no card.
        let (Some(person), Some(code)) = (known.get(&PersonId(row.person_id)), codes.get(&row.id)) else { continue };
        let code = PublicCode::parse(code).map_err(|_| Fault::broken("a card has a broken code"))?;
        all.push(card(row, person, &code, &issuers, public, lang));
    }
    if all.is_empty() {
        return Err(nothing());
    }
    v.note_at(Some(here.chapter()), "MEMBER_CARDS_PRINTED", None, Some(&json!({"cards": all.len()})))?;
    let today = vietnam_date(v.now);
    let day = (u16::try_from(today.year()).unwrap_or_default(), today.month() as u8, today.day() as u8);
    let title = if lang == Lang::En { "Members' cards" } else { "Thẻ hội viên" };
    Ok(Cards {
        lang: lang.tag(),
        about: About { title: format!("{title} – {}", place.short_name), id: format!("the-hoi-vien-{}", place.code), day },
        author: place.short_name,
        cards: all,
    })
}

/// The rows of one file.
fn part(rows: Vec<Row>, part: Option<u32>) -> Result<Vec<Row>, Fault> {
    let parts = rows.len().div_ceil(MOST_CARDS).max(1);
    let wrong =
        |code: &'static str, vi: String, en: String| Err(Fault::Fields(vec![FieldError::new("part", code, Say::new(vi, en))]));
    match part.map(|part| usize::try_from(part).unwrap_or(usize::MAX)) {
        None if parts > 1 => wrong(
            "OUT_OF_RANGE",
            format!("Có {} thẻ; mỗi tệp tối đa {MOST_CARDS} thẻ. Hãy tải từng phần: part từ 1 đến {parts}.", rows.len()),
            format!(
                "There are {} cards; a file has at most {MOST_CARDS}. Fetch them in parts: part from 1 to {parts}.",
                rows.len()
            ),
        ),
        None => Ok(rows),
        Some(part) if (1..=parts).contains(&part) => {
            Ok(rows.into_iter().skip((part - 1) * MOST_CARDS).take(MOST_CARDS).collect())
        }
        Some(_) => wrong("OUT_OF_RANGE", format!("part từ 1 đến {parts}."), format!("part is 1 to {parts}.")),
    }
}

fn nothing() -> Fault {
    Fault::Fields(vec![FieldError::new(
        "chapter",
        "MISSING",
        Say::fixed("Không có thẻ nào để in.", "There is no card to print."),
    )])
}

fn card(row: &Row, person: &Known, code: &PublicCode, issuers: &[String], public: &PublicUrl, lang: Lang) -> Card {
    let kind = row.kind().unwrap_or(MemberKind::Member);
    let word = |vi: &str, en: &str| (if lang == Lang::En { en } else { vi }).to_owned();
    let title = match kind {
        MemberKind::Member => word("THẺ HỘI VIÊN", "MEMBER'S CARD"),
        MemberKind::Youth => word("THẺ THANH NIÊN CHỮ THẬP ĐỎ", "RED CROSS YOUTH"),
        MemberKind::Junior => word("THẺ THIẾU NIÊN CHỮ THẬP ĐỎ", "RED CROSS JUNIOR"),
        MemberKind::Honorary => word("THẺ HỘI VIÊN DANH DỰ", "HONORARY MEMBER'S CARD"),
        MemberKind::Collective => word("THẺ HỘI VIÊN TẬP THỂ", "COLLECTIVE MEMBER'S CARD"),
    };
    let is_junior = kind == MemberKind::Junior;
    let since = row.since.filter(|_| !is_junior).map(|day: NaiveDate| day.format("%d/%m/%Y").to_string());
    Card {
        issuers: if is_junior { Vec::new() } else { issuers.to_vec() },
        title,
        name: person.name.clone(),
        items: since.map(|day| Labelled::new(word("Hội viên từ", "Member since"), day)).into_iter().collect(),
        code: spaced(code),
        link: public.page(&format!("/g/{}", code.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persons::Sex;
    use crate::tree::ChapterId;

    fn printed(kind: MemberKind) -> Card {
        let since = NaiveDate::from_ymd_opt(2026, 11, 22);
        let row = Row {
            id: Uuid::nil(),
            chapter_id: Uuid::nil(),
            person_id: Uuid::nil(),
            kind: kind.name().to_owned(),
            state: "ADMITTED".to_owned(),
            branch_id: None,
            team: Some("Lớp 6A".to_owned()),
            since,
            came_from: None,
            recorded_by: Uuid::nil(),
            recorded_at: chrono::DateTime::UNIX_EPOCH,
        };
        let person = Known {
            id: PersonId(Uuid::nil()),
            chapter: ChapterId(Uuid::nil()),
            party: Uuid::nil(),
            kind: crate::persons::PersonKind::Person,
            representative: None,
            name: "Nguyễn Thị Lan".to_owned(),
            phone: Some("0912345678".to_owned()),
            phone_confirmed_on: None,
            mail: None,
            birth: crate::basics::Birth::read("2013-05-01"),
            sex: Some(Sex::Female),
            commune: Some("23095".to_owned()),
        };
        let code = PublicCode::parse("7ZC4K0M9T2R8VQ3BV").unwrap();
        let public = PublicUrl::parse("https://so.example.org").unwrap();
        card(&row, &person, &code, &["Hội Chữ thập đỏ xã Hàm Liêm".to_owned()], &public, Lang::Vi)
    }

    #[test]
    fn a_card_says_whose_it_is_and_a_juniors_no_more() {
        let member = printed(MemberKind::Member);
        assert_eq!(member.items, [Labelled::new("Hội viên từ", "22/11/2026")]);
        assert_eq!((member.issuers.len(), member.link.as_str()), (1, "https://so.example.org/g/7ZC4K0M9T2R8VQ3BV"));
        let junior = printed(MemberKind::Junior);
        assert_eq!((junior.name.as_str(), junior.issuers.len(), junior.items.len()), ("Nguyễn Thị Lan", 0, 0));
        let text = format!("{junior:?}{member:?}");
        for hidden in ["2013", "0912345678", "23095", "6A"] {
            assert!(!text.contains(hidden), "{hidden}");
        }
    }

    #[test]
    fn many_cards_come_in_parts() {
        let row = |_| store::Row { kind: "MEMBER".to_owned(), ..rows_of_one().remove(0) };
        let many: Vec<Row> = (0..MOST_CARDS + 1).map(row).collect();
        assert!(
            part(many.clone(), None).is_err() && part(many.clone(), Some(0)).is_err() && part(many.clone(), Some(3)).is_err()
        );
        assert_eq!((part(many.clone(), Some(1)).unwrap().len(), part(many, Some(2)).unwrap().len()), (MOST_CARDS, 1));
        assert_eq!(part(rows_of_one(), None).unwrap().len(), 1);
    }

    fn rows_of_one() -> Vec<Row> {
        vec![Row {
            id: Uuid::nil(),
            chapter_id: Uuid::nil(),
            person_id: Uuid::nil(),
            kind: "MEMBER".to_owned(),
            state: "ADMITTED".to_owned(),
            branch_id: None,
            team: None,
            since: None,
            came_from: None,
            recorded_by: Uuid::nil(),
            recorded_at: chrono::DateTime::UNIX_EPOCH,
        }]
    }
}
