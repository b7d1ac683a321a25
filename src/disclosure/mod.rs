//! Công khai: everything the public may read, under `/api/v1/public`.
//!
//! Nobody logs in here. Every query runs as the database role that can SELECT public rows and nothing else
//! ([`Db::read_public`](crate::db::Db::read_public)), so a mistake in this room cannot show what is not public. (What somebody writes who
//! signs up as a volunteer, or books a place of a blood drive, goes the other way: [`volunteers`], [`drives`].)
//! The room owns no table; it asks the ledger, the chapters and giving for their public faces.

pub mod activities;
pub mod appeals;
pub mod blood_certificates;
pub mod blood_honours;
pub mod blood_results;
pub mod blood_rules;
pub mod cards;
pub mod certificates;
pub mod chapter_ledger;
pub mod chapters;
pub mod columns;
pub mod commendations;
pub mod consent_texts;
pub mod courses;
pub mod csv;
pub mod csv_metadata;
pub mod csv_rows;
pub mod documents;
pub mod drives;
pub mod entries;
pub mod entry_out;
pub mod fair_share;
pub mod flow;
pub mod held;
pub mod labels;
mod late;
pub mod leaves;
pub mod members;
pub mod officers;
pub mod pre_check;
pub mod publications;
pub mod receipts;
pub mod reversals;
pub mod spreadsheet;
pub mod statements;
pub mod totals;
pub mod units;
pub mod volunteers;

use utoipa_actix_web::service_config::ServiceConfig;

/// Public answers may be kept this long by browsers and proxies.
pub(crate) const CACHE_CONTROL: &str = "public, max-age=10";
/// Lists and totals change with every gift.
pub(crate) const CACHE_CONTROL_LIST: &str = "public, max-age=3";

/// What officers have of it: their own book in the same words.
pub fn configure_officers(config: &mut ServiceConfig<'_>) {
    config.service(chapter_ledger::download_chapter_ledger);
}

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(entries::search_entries)
        .service(receipts::show_log)
        .service(receipts::download_receipt)
        .service(entries::show_entry)
        .service(totals::show_totals)
        .service(chapters::list_chapters)
        .service(chapters::show_chapter)
        .service(reversals::show_reversal_counts)
        .service(reversals::list_reversing_chapters)
        .service(reversals::show_chapter_reversals)
        .service(officers::show_officer_reversals)
        .service(officers::list_officer_chapters)
        .service(units::list_units)
        .service(units::show_unit)
        .service(appeals::list_appeals)
        .service(appeals::show_appeal)
        .service(csv::appeal_ledger)
        .service(csv_metadata::show_ledger_schema)
        .service(csv_metadata::show_ledger_package)
        .service(csv_metadata::show_ledger_csvw)
        .service(documents::list_appeal_documents)
        .service(publications::list_appeal_publications)
        .service(crate::documents::content::read_public_document)
        .service(appeals::list_items)
        .service(statements::list_statements)
        .service(statements::show_statement)
        .service(blood_honours::list_blood_honours)
        .service(blood_results::show_blood_results)
        .service(blood_results::download_blood_results)
        .service(blood_results::list_blood_results)
        .service(blood_results::download_blood_drives)
        .service(blood_results::show_blood_result)
        .service(cards::show_card)
        .service(consent_texts::list_consent_texts)
        .service(volunteers::apply_as_volunteer)
        .service(volunteers::list_volunteer_consent_texts)
        .service(certificates::show_certificate)
        .service(blood_rules::show_blood_rules)
        .service(blood_certificates::check_blood_certificate)
        .service(courses::list_courses)
        .service(courses::download_courses_calendar)
        .service(courses::list_courses_told)
        .service(drives::list_drives)
        .service(drives::download_drives_calendar)
        .service(drives::book_drive)
        .service(drives::list_booking_consent_texts)
        .service(drives::show_drive)
        .service(pre_check::show_pre_check)
        .service(pre_check::assess_pre_check)
        .service(activities::activities_calendar)
        .service(activities::list_activities)
        .service(activities::show_activity)
        .service(activities::count_activities_of_year)
        .service(activities::list_humanitarian_movements)
        .service(activities::list_campaigns)
        .service(activities::show_campaign)
        .service(commendations::list_commendations)
        .service(commendations::search_practice_models)
        .service(commendations::show_practice_model);
}

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::http::Problem;
use crate::http::etag::Tagged;

/// Serializes, tags and answers.
pub(crate) fn answer(request: &HttpRequest, body: &impl Serialize, cache_control: &'static str) -> Result<HttpResponse, Problem> {
    Ok(tagged(body)?.answer(request, cache_control))
}

pub(crate) fn tagged(body: &impl Serialize) -> Result<Tagged, Problem> {
    Ok(Tagged::json(serde_json::to_vec(body).map_err(Problem::internal)?))
}
