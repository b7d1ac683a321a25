//! The portal: the public ledger as web pages, for people. It stands over the functions of the public API and owns no
//! table: whatever a page shows, [`disclosure`](crate::disclosure) read it, under the database role that can SELECT
//! public rows and nothing else. (Whoever signs up as a volunteer, or books a place of a blood drive, writes, by way of `disclosure` too.)
//!
//! What always holds: a page is useful without JavaScript and in both languages ([`words`]); nothing is fetched from
//! elsewhere and nothing is inline, under a policy that forbids both ([`page::POLICY`]); text from the books reaches HTML
//! through escaping templates only. Pages are kept for three seconds ([`page::serve`]) and charged to their client like
//! the API; assets are in the program and free.

mod activities;
mod activity_words;
mod appeals;
mod asked;
mod assets;
mod blood_certificate;
mod blood_results;
mod blood_words;
mod booking;
mod call_out;
mod card;
mod certificate;
mod chapters;
mod charts;
mod commended;
mod commended_words;
mod committees;
mod courses;
mod drive_words;
mod drives;
mod entry;
mod errors;
mod flow;
mod flow_words;
mod format;
mod goods;
mod held;
mod home;
mod leaf;
mod ledger;
mod live;
mod log_state;
mod members;
mod moved;
mod open_data;
mod page;
mod pre_check;
mod pre_check_words;
mod proof;
mod publications;
mod reversals;
mod sign_up;
pub mod verifier;
mod volunteer_words;
mod volunteers;
mod words;

pub use live::Live;

use actix_web::middleware::from_fn;
use actix_web::{HttpResponse, Route, web};

use crate::disclosure::{fair_share, labels};
use crate::http::{Kind, Problem};

/// Every page. Registered last: it also answers, in HTML for browsers, what nobody else does.
pub fn configure(config: &mut web::ServiceConfig) {
    let pages = web::scope("").wrap(from_fn(fair_share::charge)).configure(pages);
    config.service(
        web::scope("")
            .wrap(from_fn(errors::show))
            .configure(assets::configure)
            .configure(call_out::configure)
            .configure(booking::configure)
            .service(pages),
    );
}

/// Of one drive, by its code: the letters of drives are in no other word that stands there.
const DRIVE: &str = "/hien-mau/{code:[^/]*[Hh][Mm][^/]*}";

fn pages(config: &mut web::ServiceConfig) {
    // Before the page that says that a booking was taken, for which it would be taken.
    let check = web::resource("/hien-mau/{code}/kiem-tra").route(web::get().to(pre_check::show_pre_check));
    config.service(check.route(web::post().to(pre_check::assess_pre_check)).default_service(web::to(wrong_method)));
    let mut page = |path, route: Route| {
        config.service(web::resource(path).route(route).default_service(web::to(wrong_method)));
    };
    page("/", web::get().to(home::show_home));
    page("/su-kien", web::get().to(live::listen));
    page("/keu-goi", web::get().to(appeals::list_appeals));
    page("/keu-goi/{code}", web::get().to(appeals::show_appeal));
    page("/don-vi", web::get().to(chapters::list_chapters));
    page("/don-vi/{code}", web::get().to(chapters::show_chapter));
    page("/hoat-dong", web::get().to(activities::list_activities));
    // Before the activities themselves, one of which it would be taken for.
    page("/hoat-dong/bieu-duong", web::get().to(commended::list_commendations));
    page("/hoat-dong/mo-hinh", web::get().to(commended::list_models));
    page("/hoat-dong/mo-hinh/{id}", web::get().to(commended::show_model));
    page("/hoat-dong/{code}", web::get().to(activities::show_activity));
    page("/hien-mau/ket-qua", web::get().to(blood_results::show_results));
    page("/hien-mau/ket-qua/{code}", web::get().to(blood_results::show_result));
    page("/huy", web::get().to(reversals::show_reversals));
    page("/can-bo/{code}", web::get().to(reversals::show_officer));
    page("/g/{code}", web::get().to(entry::show_entry));
    // Links in capitals, as some QR codes carry them.
    page("/G/{code}", web::get().to(entry::show_entry));
    page("/TIM", web::get().to(ledger::show_search));
    page("/KEU-GOI/{code}", web::get().to(entry::in_small_letters));
    page("/DON-VI/{code}", web::get().to(entry::in_small_letters));
    page("/tim", web::get().to(ledger::show_search));
    page("/giay-hien-mau", web::get().to(blood_certificate::check));
    page("/tinh-nguyen/khoa-hoc", web::get().to(courses::list_courses));
    page("/du-lieu-mo", web::get().to(open_data::show_open_data));
    page("/kiem-tra", web::get().to(open_data::show_check));
    page("/tinh-nguyen/da-nhan", web::get().to(sign_up::show_taken));
    page("/hien-mau", web::get().to(drives::list_drives));
    page("/hien-mau/{code:[^/]*[Hh][Mm][^/]*}/{taken:da-giu-cho|dang-cho}", web::get().to(drives::show_taken));
    // The pages that take something.
    let drive = web::resource(DRIVE).route(web::get().to(drives::show_drive)).route(web::post().to(drives::book));
    config.service(drive.default_service(web::to(wrong_method)));
    let form = web::resource("/tinh-nguyen").route(web::get().to(sign_up::show_sign_up)).route(web::post().to(sign_up::sign_up));
    config.service(form.default_service(web::to(wrong_method)));
}

/// Pages are read, and nearly all nothing else.
async fn wrong_method() -> Result<HttpResponse, Problem> {
    Err(Problem { headers: vec![("allow", "GET".to_owned())], ..Problem::new(Kind::MethodNotAllowed) })
}
