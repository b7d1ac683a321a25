//! `/api/v1/volunteers/file`: the volunteers of a chapter out of the house, as a list.

use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::exports::{self, COLUMNS};
use super::model::VolunteerState;
use crate::authz::{Desk, SeePeople, Visit};
use crate::http::sets::Records;
use crate::http::table::{Sink, TableFile, TableForm};
use crate::http::{Lang, Problem, Query};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(download_volunteers);
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
    form: TableForm,
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
    let (sheet, title) = match lang {
        Lang::En => ("Volunteers", format!("Volunteers – {name}")),
        Lang::Vi => ("Tình nguyện viên", format!("Danh sách tình nguyện viên – {name}")),
    };
    let file = TableFile { form: query.form, lang, code, stem: "tinh-nguyen-vien", columns: &COLUMNS, sheet, title };
    let write = move |v: &mut Visit<'_>, out: &mut Sink<'_>| -> Result<(), Problem> {
        let (here, _) = v.see_code::<SeePeople>(&query.chapter)?;
        Ok(exports::write(v, &here, query.state, lang, out)?)
    };
    desk.table(file, write).await
}
