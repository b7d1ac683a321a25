//! `/giay-hien-mau`: whether a certificate of a donation is good, for who holds it. The QR code on one leads here as well; it says nothing
//! without the serial and the day.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::format;
use super::page::{Page, Section, dress, given, render};
use crate::blood_rules::Component;
use crate::blood_rules::words;
use crate::db::Db;
use crate::disclosure::blood_certificates::{PublicBloodCertificateOut, look_up};
use crate::http::{Allowance, Class, Lang, Problem, Query, Say};

/// The longest serial that comes back with the form, in characters.
const MOST_SHOWN: usize = 60;

/// What stands on the certificate.
#[derive(Debug, Default, Deserialize)]
pub struct CheckForm {
    so: Option<String>,
    ngay: Option<String>,
}

/// What the check says.
struct Answer {
    heading: String,
    text: String,
    facts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "portal/blood_certificate.html")]
struct CheckPage {
    p: Page,
    title: String,
    lead: String,
    serial_label: String,
    day_label: String,
    button: String,
    hint: String,
    serial: String,
    day: String,
    answer: Option<Answer>,
}

fn blank(p: Page, serial: String, day: String, answer: Option<Answer>) -> CheckPage {
    let say = |vi: &'static str, en: &'static str| Say::fixed(vi, en).in_lang(p.lang).to_owned();
    CheckPage {
        title: say("Kiểm tra giấy chứng nhận hiến máu", "Check a certificate of a blood donation"),
        lead: say(
            "Ghi số giấy chứng nhận và ngày hiến, đúng như in trên giấy. Trang này không cho biết giấy là của ai.",
            "Write the serial and the day of the donation as they stand on the certificate. This page does not say whose it is.",
        ),
        serial_label: say("Số giấy chứng nhận", "Serial"),
        day_label: say("Ngày hiến máu", "Day of the donation"),
        button: say("Kiểm tra", "Check"),
        hint: say(
            "Giấy do cơ sở tiếp nhận máu cấp; Hội chỉ biết những giấy mà cơ sở đã báo. Cần xác minh khác, hãy hỏi cơ sở ghi trên giấy.",
            "The blood centre gives it; the Red Cross knows those that a centre reported. For anything else ask the centre named on it.",
        ),
        p,
        serial,
        day,
        answer,
    }
}

/// What the QR code of a certificate leads to.
pub fn ask(p: Page) -> Result<String, Problem> {
    render(&blank(p, String::new(), String::new(), None))
}

/// The page, and the answer where serial and day are given. Nobody keeps it.
pub async fn check(
    request: HttpRequest,
    allowance: Allowance,
    Query(form): Query<CheckForm>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let p = Page::new(&request, Section::Other);
    let lang = p.lang;
    let serial: String = given(form.so).unwrap_or_default().chars().take(MOST_SHOWN).collect();
    let day = given(form.ngay).unwrap_or_default();
    let of_day: Option<NaiveDate> = day.trim().parse().ok();
    let answer = match of_day.filter(|_| !serial.trim().is_empty()) {
        None => None,
        Some(of_day) => {
            allowance.spend(Class::LogIn)?;
            let asked = serial.clone();
            let found = db.read_public(move |conn| look_up(conn, &asked, of_day)).await?;
            Some(answer(found, lang))
        }
    };
    let shown = of_day.map(|day| day.to_string()).unwrap_or_default();
    let page = render(&blank(p, serial, shown, answer))?;
    let mut response = HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/html; charset=utf-8")).body(page);
    dress(response.headers_mut(), lang);
    Ok(response)
}

fn answer(found: Option<PublicBloodCertificateOut>, lang: Lang) -> Answer {
    let say = |vi: &'static str, en: &'static str| Say::fixed(vi, en).in_lang(lang).to_owned();
    let Some(found) = found else {
        return Answer {
            heading: say("Không có giấy như vậy", "There is no such certificate"),
            text: say(
                "Không có giấy chứng nhận nào mang số này của ngày này trong sổ của Hội.",
                "No certificate of this serial and this day is on record with the Red Cross.",
            ),
            facts: Vec::new(),
        };
    };
    let ml = |ml: i16| format!("{ml} ml");
    let component = Component::parse(&found.component).map(words::component).map(|(vi, en)| say(vi, en));
    let centre = if lang == Lang::En { found.centre_en } else { found.centre_vi };
    let facts = [
        (say("Ngày hiến máu", "Day of the donation"), Some(format::day(found.given_on, lang))),
        (say("Thành phần", "Given"), component),
        (say("Thể tích", "Volume"), Some(ml(found.volume_ml))),
        (say("Đã bồi hoàn", "Given back in blood"), Some(ml(found.redeemed_ml))),
        (say("Cơ sở tiếp nhận máu", "Blood centre"), Some(centre)),
    ];
    Answer {
        heading: say("Giấy chứng nhận có giá trị", "This certificate is good"),
        text: say("Cơ sở tiếp nhận máu đã báo lần hiến này.", "The blood centre reported this donation."),
        facts: facts.into_iter().filter_map(|(label, value)| Some((label, value?))).collect(),
    }
}
