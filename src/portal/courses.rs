//! `/tinh-nguyen/khoa-hoc`: courses that are open, the first to begin first, with a calendar to follow.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::format;
use super::page::{Page, Section, given, render, serve};
use crate::db::Db;
use crate::disclosure::courses::{self, PublicCourse};
use crate::http::{Lang, Problem, Query, Say};

/// Courses of a page.
const A_PAGE: i64 = 50;

/// Where in the list.
#[derive(Deserialize)]
pub struct CoursesForm {
    cursor: Option<String>,
}

/// A course of the list.
struct Line {
    code: String,
    title: String,
    kind: String,
    /// Whether there is a place, in words.
    seats: String,
    is_full: bool,
    place: String,
    chapter: String,
    chapter_name: String,
    sessions: Vec<String>,
}

#[derive(Template)]
#[template(path = "portal/courses.html")]
struct CoursesPage {
    p: Page,
    title: String,
    lead: String,
    open: String,
    none: String,
    follow: String,
    given_by: String,
    lines: Vec<Line>,
    next: Option<String>,
}

fn line(course: PublicCourse, lang: Lang) -> Line {
    let say = |vi: &'static str, en: &'static str| Say::fixed(vi, en).in_lang(lang).to_owned();
    let sessions = course.sessions.iter();
    Line {
        seats: if course.full {
            say("Đã đủ chỗ, có danh sách chờ", "Full, with a waiting list")
        } else {
            say("Còn chỗ", "Places left")
        },
        is_full: course.full,
        kind: if lang == Lang::En { course.kind_en } else { course.kind_vi },
        sessions: sessions.map(|one| format!("{}, {}–{}", format::day(one.day, lang), one.from, one.until)).collect(),
        code: course.code,
        title: course.title,
        place: course.place,
        chapter: course.chapter,
        chapter_name: course.chapter_name,
    }
}

/// The page.
pub async fn list_courses(
    request: HttpRequest,
    Query(form): Query<CoursesForm>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let cursor = given(form.cursor);
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let (lang, today) = (p.lang, p.today);
        let page = db.read_public(move |conn| courses::list(conn, today, None, cursor.as_deref(), A_PAGE)).await?;
        let say = |vi: &'static str, en: &'static str| Say::fixed(vi, en).in_lang(lang).to_owned();
        render(&CoursesPage {
            p,
            title: say("Khóa học", "Courses"),
            lead: say(
                "Sơ cấp cứu, ứng phó thảm họa và các lớp khác của Hội Chữ thập đỏ đang nhận học viên. Muốn học, hãy gọi cho đơn vị mở lớp và đọc mã lớp.",
                "First aid, disaster response and other courses of the Red Cross that take people. To take part, call the chapter that gives the course and say its code.",
            ),
            open: say("Lớp đang mở", "Open courses"),
            none: say("Hiện không có lớp nào đang nhận học viên.", "No course takes people at present."),
            follow: say("Theo dõi bằng ứng dụng lịch (iCalendar)", "Follow with a calendar program (iCalendar)"),
            given_by: say("Đơn vị mở lớp", "Given by"),
            lines: page.items.into_iter().map(|course| line(course, lang)).collect(),
            next: page.next.map(|cursor| format!("/tinh-nguyen/khoa-hoc?cursor={cursor}")),
        })
    })
    .await
}
