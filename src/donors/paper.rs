//! Certificates of donations on paper: one a sheet, to be signed and stamped, or as cards of everybody who gave at a drive, ten to a sheet.
//! Both have the centre's serial as it stands on the centre's own, and a QR code that leads to where serial and day are asked for.

use chrono::{Datelike, NaiveDate};
use print::{About, Body, Card, Cards, Foot, Issuer, Item, Labelled, Look, Paper, Signature};
use serde_json::json;
use uuid::Uuid;

use super::at_drive::{names, seen};
use super::enter::today_of;
use super::fault::Fault;
use super::model::{BloodCertificateState, DonorId};
use super::record::CertificateRow;
use super::store;
use crate::authz::{SeeBlood, Visit};
use crate::basics::PublicCode;
use crate::basics::text::order;
use crate::blood_rules::{Component, words};
use crate::drives;
use crate::http::{FieldError, Lang, PublicUrl, Say};
use crate::persons::Known;
use crate::tree::{self, ChapterId};
use crate::vouchers::model::spaced;

/// Most cards of a file: 500 sheets.
const MOST_CARDS: usize = 5_000;

/// What is printed of a certificate.
struct Printed {
    issuers: Vec<String>,
    person: Known,
    code: PublicCode,
    serial: String,
    centre: (String, String),
    component: Option<Component>,
    given_on: NaiveDate,
    volume_ml: i16,
}

fn day(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

fn about(title: String, id: String, day: NaiveDate) -> About {
    let (year, month, day) = (u16::try_from(day.year()).unwrap_or_default(), day.month(), day.day());
    About { title, id, day: (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1)) }
}

fn word(lang: Lang, vi: &str, en: &str) -> String {
    (if lang == Lang::En { en } else { vi }).to_owned()
}

impl Printed {
    fn link(&self, public: &PublicUrl) -> String {
        public.page(&format!("/g/{}", self.code.as_str()))
    }

    fn centre(&self, lang: Lang) -> String {
        word(lang, &self.centre.0, &self.centre.1)
    }

    /// What was given: `350 ml máu toàn phần`.
    fn given(&self, lang: Lang) -> String {
        let (vi, en) = self.component.map(words::component).unwrap_or_default();
        format!("{} ml {}", self.volume_ml, word(lang, vi, en)).trim_end().to_owned()
    }

    fn card(&self, public: &PublicUrl, lang: Lang) -> Card {
        Card {
            issuers: self.issuers.clone(),
            title: word(lang, "CHỨNG NHẬN HIẾN MÁU TÌNH NGUYỆN", "VOLUNTARY BLOOD DONATION"),
            name: self.person.name.clone(),
            items: vec![
                Labelled::new(word(lang, "Đã hiến", "Gave"), self.given(lang)),
                Labelled::new(word(lang, "Ngày", "On"), day(self.given_on)),
                Labelled::new(word(lang, "Nơi nhận", "To"), self.centre(lang)),
                Labelled::new(word(lang, "Số", "No."), self.serial.clone()),
            ],
            code: spaced(&self.code),
            link: self.link(public),
        }
    }

    fn items(&self, lang: Lang) -> Vec<Item> {
        let item = |vi: &str, en: &str, value: Option<String>, look| Item::new(word(lang, vi, en), value, look);
        vec![
            item("Chứng nhận ông (bà)", "This certifies that", Some(self.person.name.clone()), Look::Name),
            item("Sinh", "Born", self.person.birth.map(|birth| birth.to_string()), Look::Plain),
            item("Đã hiến máu tình nguyện", "Voluntarily gave", Some(self.given(lang)), Look::Plain),
            item("Ngày hiến", "On", Some(day(self.given_on)), Look::Plain),
            item("Cơ sở tiếp nhận máu", "Blood centre", Some(self.centre(lang)), Look::Plain),
            item("Số giấy của cơ sở", "The centre's serial", Some(self.serial.clone()), Look::Plain),
        ]
    }

    fn paper(&self, public: &PublicUrl, lang: Lang) -> Paper {
        let title = word(lang, "Giấy chứng nhận hiến máu tình nguyện", "Certificate of voluntary blood donation");
        Paper {
            lang: lang.tag(),
            about: about(title.clone(), self.code.as_str().to_owned(), self.given_on),
            issuer: Issuer {
                above: self.issuers.first().filter(|_| self.issuers.len() > 1).cloned(),
                name: self.issuers.last().cloned().unwrap_or_default(),
                address: None,
            },
            series: None,
            number: None,
            link: Some(self.link(public)),
            title: title.to_uppercase(),
            subtitle: (lang == Lang::Vi).then(|| "Certificate of voluntary blood donation".to_owned()),
            day: None,
            cancelled: None,
            body: Body::Slip(self.items(lang)),
            signatures: vec![Signature {
                who: word(lang, "Thủ trưởng đơn vị", "For the chapter"),
                hint: word(lang, "(Ký, họ tên, đóng dấu)", "(Signature, name, stamp)"),
                name: None,
            }],
            note: None,
            foot: Some(Foot {
                code: Labelled::new(word(lang, "Mã kiểm tra", "Code"), spaced(&self.code)),
                find: word(
                    lang,
                    "Để kiểm tra: quét mã QR, rồi nhập số giấy của cơ sở và ngày hiến.",
                    "To check it: scan the QR code, then enter the centre's serial and the day.",
                ),
            }),
            copies: Vec::new(),
            sheet: if lang == Lang::En { "Sheet" } else { "Trang" },
        }
    }
}

/// The chapter that wrote it down, and the one above: that first.
fn issuers(v: &mut Visit<'_>, chapter: Uuid) -> Result<Vec<String>, Fault> {
    let place = tree::place_of(v.conn, ChapterId(chapter))?;
    let path: Vec<Uuid> = place.path.iter().rev().take(2).map(|step| step.id.0).collect();
    let names = tree::labels(v.conn, &path)?;
    Ok(path.iter().rev().filter_map(|id| names.get(id)).map(|label| label.name.clone()).collect())
}

/// Those of these that stand and are of persons who may be named, by the order of a Vietnamese list.
fn printed(v: &mut Visit<'_>, issuer: Uuid, rows: Vec<(CertificateRow, Uuid)>) -> Result<Vec<Printed>, Fault> {
    let issuers = issuers(v, issuer)?;
    let known = names(v, &rows.iter().map(|(_, donor)| *donor).collect::<Vec<_>>())?;
    let centres = drives::store::centres(v.conn)?;
    let mut all = Vec::with_capacity(rows.len());
    for (row, donor) in rows {
        let Some(person) = known.get(&donor).filter(|_| row.state == BloodCertificateState::Stands.name()) else { continue };
        let centre = centres.iter().find(|one| one.code == row.centre).map(|one| (one.vi.clone(), one.en.clone()));
        all.push(Printed {
            issuers: issuers.clone(),
            person: person.clone(),
            code: PublicCode::parse(&row.code).map_err(|_| Fault::broken("a certificate has a broken code"))?,
            centre: centre.unwrap_or_else(|| (row.centre.clone(), row.centre.clone())),
            component: Component::parse(&row.component),
            serial: row.serial,
            given_on: row.given_on,
            volume_ml: row.volume_ml,
        });
    }
    all.sort_by_cached_key(|one| (order::of_person(&one.person.name), one.serial.clone()));
    Ok(all)
}

fn nothing() -> Fault {
    Fault::conflict(
        "Không có giấy chứng nhận nào còn giá trị để in.",
        "There is no certificate that stands and could be printed.",
    )
}

/// One certificate of a donor as a sheet, for those who see the donors of the chapter. Noted.
pub fn one(v: &mut Visit<'_>, donor: DonorId, code: &str, public: &PublicUrl, lang: Lang) -> Result<(Paper, String), Fault> {
    let of = store::find(v.conn, donor)?.ok_or(Fault::Unknown)?;
    let chapter = today_of(v, of.chapter_id)?;
    let here = v.see::<SeeBlood>(chapter)?;
    let donations = store::history(v.conn, &[donor])?;
    let certificates = store::certificates(v.conn, &donations.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let code = PublicCode::parse(code).map_err(|_| Fault::Unknown)?;
    let row = certificates.into_iter().find(|row| row.code == code.as_str()).ok_or(Fault::Unknown)?;
    let issuer = row.chapter_id;
    let printed = printed(v, issuer, vec![(row, donor.0)])?.pop().ok_or_else(nothing)?;
    v.note_seen(&here, "BLOOD_CERTIFICATE_PRINTED", donor.0)?;
    Ok((printed.paper(public, lang), code.as_str().to_owned()))
}

/// The certificates of a drive as cards, and its code. Noted with their number.
pub fn of_drive(
    v: &mut Visit<'_>,
    code: &str,
    part: Option<u32>,
    public: &PublicUrl,
    lang: Lang,
) -> Result<(Cards, String), Fault> {
    let (drive, here) = seen(v, code)?;
    let rows = store::certificates_at(v.conn, drive.id)?;
    let all = part_of(printed(v, drive.chapter_id, rows)?, part)?;
    if all.is_empty() {
        return Err(nothing());
    }
    let detail = json!({"drive": drive.code, "certificates": all.len()});
    v.note_at(Some(here.chapter()), "BLOOD_CERTIFICATES_PRINTED", None, Some(&detail))?;
    let title = word(lang, "Giấy chứng nhận hiến máu", "Certificates of blood donation");
    let cards = Cards {
        lang: lang.tag(),
        about: about(format!("{title} – {}", drive.code), format!("giay-hien-mau-{}", drive.code), drive.day),
        author: all.first().and_then(|one| one.issuers.last().cloned()).unwrap_or_default(),
        cards: all.iter().map(|one| one.card(public, lang)).collect(),
    };
    Ok((cards, drive.code))
}

/// The certificates of one file.
fn part_of(all: Vec<Printed>, part: Option<u32>) -> Result<Vec<Printed>, Fault> {
    let parts = all.len().div_ceil(MOST_CARDS).max(1);
    let at = match part.map(|part| usize::try_from(part).unwrap_or(usize::MAX)) {
        None if parts == 1 => 1,
        Some(part) if (1..=parts).contains(&part) => part,
        _ => {
            return Err(Fault::Fields(vec![FieldError::new(
                "part",
                "OUT_OF_RANGE",
                Say::new(
                    format!("Có {} giấy; mỗi tệp tối đa {MOST_CARDS}. Hãy tải từng phần: part từ 1 đến {parts}.", all.len()),
                    format!("There are {}; a file has at most {MOST_CARDS}. Fetch them in parts: 1 to {parts}.", all.len()),
                ),
            )]));
        }
    };
    Ok(all.into_iter().skip((at - 1) * MOST_CARDS).take(MOST_CARDS).collect())
}
