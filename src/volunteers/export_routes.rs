//! `/api/v1/volunteers/file`: the volunteers of a chapter out of the house, as a list.

use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::exports::{self, COLUMNS};
use super::model::VolunteerState;
use crate::authz::{Desk, SeePeople, Visit};
use crate::basics::codes::codes;
use crate::db::Db;
use crate::http::sent_file::XLSX;
use crate::http::sets::Records;
use crate::http::spool::{self, Spool};
use crate::http::table::{Sink, answer};
use crate::http::{Lang, Problem, Query};
use crate::vault::Vault;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(download_volunteers);
}

codes! {
    /// As which file the volunteers are wanted.
    pub wire enum VolunteerFileForm {
        /// Lines of text, for programs and for spreadsheets.
        Csv = "CSV",
        /// A sheet.
        Xlsx = "XLSX",
    }
}

/// The volunteers of a chapter as a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the answer's form in the OpenAPI document")]
pub struct VolunteersDownload(Vec<u8>);

/// Which volunteers, and as what.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VolunteersFileQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// `CSV` or `XLSX`.
    #[param(inline)]
    form: VolunteerFileForm,
    /// Only those that stand so.
    #[param(inline)]
    state: Option<VolunteerState>,
}

/// The volunteers of a chapter as a file, for those who see its people. Noted in the audit trail with their number.
///
/// Those whose data may not be used are left out.
#[utoipa::path(
    tag = "volunteers", params(VolunteersFileQuery),
    responses((status = 200, description = "The file", content(
        (VolunteersDownload = "text/csv"),
        (VolunteersDownload = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    )), Records)
)]
#[get("/volunteers/file")]
pub async fn download_volunteers(
    desk: Desk,
    lang: Lang,
    Query(query): Query<VolunteersFileQuery>,
) -> Result<HttpResponse, Problem> {
    let asked = query.clone();
    let begin = move |v: &mut Visit<'_>| -> Result<(String, String), Problem> {
        let (here, place) = v.see_code::<SeePeople>(&asked.chapter)?;
        exports::begin(v, &here, asked.state, asked.form.name())?;
        Ok((place.code, place.short_name))
    };
    let (code, name) = desk.tx(begin).await?;
    let turn = spool::turn().await;
    let (now, actor) = (desk.now(), desk.actor());
    // What may be read is asked again in the transaction that reads.
    let write = move |db: &Db, vault: &Vault, out: &mut Sink<'_>| {
        db.read_blocking(|conn| -> Result<(), Problem> {
            let mut v = Visit::enter(conn, vault, now, actor)?;
            let (here, _) = v.see_code::<SeePeople>(&query.chapter)?;
            Ok(exports::write(&mut v, &here, query.state, lang, out)?)
        })
    };
    match query.form {
        VolunteerFileForm::Csv => {
            let (mut spool, behind) = Spool::begin().map_err(Problem::internal)?;
            actix_web::rt::spawn(async move {
                let _turn = turn;
                let written = desk.blocking(move |db, vault, _| {
                    let mut out = Sink::csv(&mut spool, &COLUMNS, lang).map_err(Problem::internal)?;
                    write(db, vault, &mut out)?;
                    out.end().map_err(Problem::internal)?;
                    spool.end().map_err(Problem::internal)
                });
                // Whoever reads is told by the end that does not come.
                if let Err(problem) = written.await {
                    tracing::warn!(?problem, "a list of volunteers could not be written to its end");
                }
            });
            Ok(answer(&code, "tinh-nguyen-vien", "csv", "text/csv; charset=utf-8", lang).streaming(behind))
        }
        VolunteerFileForm::Xlsx => {
            let _turn = turn;
            let (sheet, title) = match lang {
                Lang::En => ("Volunteers", format!("Volunteers – {name}")),
                Lang::Vi => ("Tình nguyện viên", format!("Danh sách tình nguyện viên – {name}")),
            };
            let made = desk.blocking(move |db, vault, _| {
                let mut out = Sink::xlsx(sheet, title, &COLUMNS, lang).map_err(Problem::internal)?;
                write(db, vault, &mut out)?;
                let file = out.end().map_err(Problem::internal)?;
                file.ok_or_else(|| Problem::internal("a sheet without a file"))
            });
            let (length, stream) = spool::whole(made.await?).map_err(Problem::internal)?;
            Ok(answer(&code, "tinh-nguyen-vien", "xlsx", XLSX, lang).no_chunking(length).streaming(stream))
        }
    }
}
