//! Certificates on paper: one a sheet, to be signed and stamped, or as cards of all who passed a course, ten to a sheet. Both carry a QR code
//! that leads to the certificate's page, where anybody sees whether it stands.

use chrono::{Datelike, NaiveDate};
use print::{About, Body, Card, Cards, Foot, Issuer, Item, Labelled, Look, Paper, Signature};
use serde_json::json;
use uuid::Uuid;

use super::certificate_store::{self, CertificateRow};
use super::enrolments;
use super::fault::Fault;
use super::show;
use super::store::{self, CourseRow, KindRow};
use crate::authz::{SeePeople, Visit};
use crate::basics::PublicCode;
use crate::basics::clock::vietnam_date;
use crate::http::{Lang, PublicUrl};
use crate::persons::{self, Known, PersonId};
use crate::tree;
use crate::vouchers::model::spaced;

/// What is printed of a certificate.
struct Printed {
    issuers: Vec<String>,
    kind: KindRow,
    person: Known,
    code: PublicCode,
    course: Option<String>,
    given_on: NaiveDate,
    valid_until: Option<NaiveDate>,
}

fn day(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

fn about(title: String, id: String, day: NaiveDate) -> About {
    let (year, month, day) = (u16::try_from(day.year()).unwrap_or_default(), day.month(), day.day());
    About { title, id, day: (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1)) }
}

impl Printed {
    fn kind(&self, lang: Lang) -> &str {
        if lang == Lang::En { &self.kind.en } else { &self.kind.vi }
    }

    fn link(&self, public: &PublicUrl) -> String {
        public.page(&format!("/g/{}", self.code.as_str()))
    }

    fn card(&self, public: &PublicUrl, lang: Lang) -> Card {
        let word = |vi: &str, en: &str| (if lang == Lang::En { en } else { vi }).to_owned();
        let mut items = vec![Labelled::new(word("Khóa học", "Course"), self.kind(lang))];
        items.push(Labelled::new(word("Ngày cấp", "Given on"), day(self.given_on)));
        items.extend(self.valid_until.map(|last| Labelled::new(word("Giá trị đến", "Good until"), day(last))));
        Card {
            issuers: self.issuers.clone(),
            title: word("GIẤY CHỨNG NHẬN", "CERTIFICATE"),
            name: self.person.name.clone(),
            items,
            code: spaced(&self.code),
            link: self.link(public),
        }
    }

    fn paper(&self, public: &PublicUrl, lang: Lang) -> Paper {
        let word = |vi: &str, en: &str| (if lang == Lang::En { en } else { vi }).to_owned();
        let birth = self.person.birth.map(|birth| birth.to_string());
        let mut items = vec![
            Item::new(word("Chứng nhận ông (bà)", "This certifies that"), Some(self.person.name.clone()), Look::Name),
            Item::new(word("Sinh", "Born"), birth, Look::Plain),
            Item::new(word("Đã đạt khóa học", "Has passed the course"), Some(self.kind(lang).to_owned()), Look::Plain),
        ];
        items.extend(self.course.as_ref().map(|code| Item::new(word("Lớp", "Class"), Some(code.clone()), Look::Plain)));
        items.push(Item::new(word("Ngày cấp", "Given on"), Some(day(self.given_on)), Look::Plain));
        let until = self.valid_until.map_or_else(|| word("không thời hạn", "for good"), day);
        items.push(Item::new(word("Có giá trị đến", "Good until"), Some(until), Look::Plain));
        Paper {
            lang: lang.tag(),
            about: about(word("Giấy chứng nhận", "Certificate"), self.code.as_str().to_owned(), self.given_on),
            issuer: Issuer {
                above: self.issuers.first().filter(|_| self.issuers.len() > 1).cloned(),
                name: self.issuers.last().cloned().unwrap_or_default(),
                address: None,
            },
            series: None,
            number: None,
            link: Some(self.link(public)),
            title: word("GIẤY CHỨNG NHẬN", "CERTIFICATE"),
            subtitle: (lang == Lang::Vi).then(|| "Certificate".to_owned()),
            day: None,
            cancelled: None,
            body: Body::Slip(items),
            signatures: vec![Signature {
                who: word("Thủ trưởng đơn vị", "For the chapter"),
                hint: word("(Ký, họ tên, đóng dấu)", "(Signature, name, stamp)"),
                name: None,
            }],
            note: None,
            foot: Some(Foot {
                code: Labelled::new(word("Mã kiểm tra", "Code"), spaced(&self.code)),
                find: word("Quét mã QR hoặc nhập mã để kiểm tra.", "Scan the QR code, or look the code up, to check it."),
            }),
            copies: Vec::new(),
            sheet: if lang == Lang::En { "Sheet" } else { "Trang" },
        }
    }
}

/// The chapter that gave it, and the one above: that first.
fn issuers(v: &mut Visit<'_>, chapter: Uuid) -> Result<Vec<String>, Fault> {
    let place = tree::place_of(v.conn, tree::ChapterId(chapter))?;
    let path: Vec<Uuid> = place.path.iter().rev().take(2).map(|step| step.id.0).collect();
    let names = tree::labels(v.conn, &path)?;
    Ok(path.iter().rev().filter_map(|id| names.get(id)).map(|label| label.name.clone()).collect())
}

/// Those of these that can be printed: ours, standing, of persons who may be named.
fn printed(v: &mut Visit<'_>, chapter: Uuid, rows: Vec<CertificateRow>) -> Result<Vec<Printed>, Fault> {
    let issuers = issuers(v, chapter)?;
    let known = persons::names(v.conn, v.vault, &rows.iter().map(|row| PersonId(row.person_id)).collect::<Vec<_>>())?;
    let courses = enrolments::course_codes(v.conn, &rows.iter().filter_map(|row| row.enrolment_id).collect::<Vec<_>>())?;
    let kinds = store::kinds(v.conn)?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows.into_iter().filter(CertificateRow::stands) {
        let kind = kinds.iter().find(|kind| kind.code == row.kind);
        let (Some(person), Some(code), Some(kind)) = (known.get(&PersonId(row.person_id)), &row.code, kind) else { continue };
        all.push(Printed {
            issuers: issuers.clone(),
            kind: kind.clone(),
            person: person.clone(),
            code: PublicCode::parse(code).map_err(|_| Fault::broken("a certificate has a broken code"))?,
            course: row.enrolment_id.and_then(|id| courses.get(&id).cloned()),
            given_on: row.given_on,
            valid_until: row.valid_until,
        });
    }
    Ok(all)
}

fn nothing() -> Fault {
    Fault::conflict(
        "Không có giấy chứng nhận nào của Hội còn đứng để in.",
        "There is no certificate of ours that stands and could be printed.",
    )
}

/// One certificate as a sheet, for those who see the people of its chapter. Noted.
pub fn one(v: &mut Visit<'_>, id: Uuid, public: &PublicUrl, lang: Lang) -> Result<(Paper, String), Fault> {
    let row = certificate_store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = store::today(v.conn, row.chapter_id)?;
    let here = v.see::<SeePeople>(chapter)?;
    let issuer = row.chapter_id;
    let of = printed(v, issuer, vec![row])?.pop().ok_or_else(nothing)?;
    v.note_seen(&here, "CERTIFICATE_PRINTED", id)?;
    Ok((of.paper(public, lang), of.code.as_str().to_owned()))
}

/// All certificates of a course as cards. Noted with their number.
pub fn of_course(v: &mut Visit<'_>, id: Uuid, public: &PublicUrl, lang: Lang) -> Result<(Cards, CourseRow), Fault> {
    let (course, here) = show::course_for_people(v, id)?;
    let ids: Vec<Uuid> = enrolments::of_course(v.conn, id)?.iter().map(|row| row.id).collect();
    let rows = certificate_store::of_enrolments(v.conn, &ids)?;
    let all = printed(v, course.chapter_id, rows)?;
    if all.is_empty() {
        return Err(nothing());
    }
    v.note_at(Some(here.chapter()), "CERTIFICATES_PRINTED", Some(id), Some(&json!({"certificates": all.len()})))?;
    let title = if lang == Lang::En { "Certificates" } else { "Giấy chứng nhận" };
    let cards = Cards {
        lang: lang.tag(),
        about: about(format!("{title} – {}", course.code), format!("giay-chung-nhan-{}", course.code), vietnam_date(v.now)),
        author: all.first().and_then(|one| one.issuers.last().cloned()).unwrap_or_default(),
        cards: all.iter().map(|one| one.card(public, lang)).collect(),
    };
    Ok((cards, course))
}
