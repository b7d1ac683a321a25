//! `/api/v1/members/file`, `/api/v1/members/cards/file`: members out of the house, as a list and as cards on paper.

use actix_web::{HttpResponse, get, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::card_paper::{self, Chosen};
use super::exports::{self, COLUMNS};
use super::model::{MemberKind, MemberState};
use crate::authz::{Desk, SeePeople, Visit};
use crate::http::sets::Records;
use crate::http::spool;
use crate::http::table::{Sink, TableFile, TableForm, answer};
use crate::http::{Lang, Problem, PublicUrl, Query};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(download_members).service(download_member_cards);
}

/// The members of a chapter as a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the answer's form in the OpenAPI document")]
pub struct MembersDownload(Vec<u8>);

/// Which members, and as what.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MembersFileQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// `CSV` or `XLSX`.
    #[param(inline)]
    form: TableForm,
    /// Only those that stand so.
    #[param(inline)]
    state: Option<MemberState>,
}

/// The members of a chapter as a file, for those who see its people. Noted in the audit trail with their number.
///
/// Those whose data may not be used are left out.
#[utoipa::path(
    tag = "members", params(MembersFileQuery),
    responses((status = 200, description = "The file", content(
        (MembersDownload = "text/csv"),
        (MembersDownload = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    )), Records)
)]
#[get("/members/file")]
pub async fn download_members(desk: Desk, lang: Lang, Query(query): Query<MembersFileQuery>) -> Result<HttpResponse, Problem> {
    let asked = query.clone();
    let begin = move |v: &mut Visit<'_>| -> Result<(String, String), Problem> {
        let (here, place) = v.see_code::<SeePeople>(&asked.chapter)?;
        exports::begin(v, &here, asked.state, asked.form.name())?;
        Ok((place.code, place.short_name))
    };
    let (code, name) = desk.tx(begin).await?;
    let (sheet, title) = match lang {
        Lang::En => ("Members", format!("Members – {name}")),
        Lang::Vi => ("Hội viên", format!("Danh sách hội viên – {name}")),
    };
    let file = TableFile { form: query.form, lang, code, stem: "hoi-vien", columns: &COLUMNS, sheet, title };
    let write = move |v: &mut Visit<'_>, out: &mut Sink<'_>| -> Result<(), Problem> {
        let (here, _) = v.see_code::<SeePeople>(&query.chapter)?;
        Ok(exports::write(v, &here, query.state, lang, out)?)
    };
    desk.table(file, write).await
}

/// Whose cards.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CardsQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Only members of this kind.
    #[param(inline)]
    kind: Option<MemberKind>,
    /// These members alone: ids with commas between them, at most 100.
    #[param(example = "3b0a7c1e-6f43-4b1c-9a55-0d0f3c8e7a10")]
    members: Option<String>,
    /// Which part of 5,000 cards, from 1, where there are more.
    #[param(minimum = 1)]
    part: Option<u32>,
}

/// Most members that are chosen one by one.
const MOST_CHOSEN: usize = 100;

/// The cards of members to print: PDF, ten to a sheet of A4, up to 5,000 in a file. Noted in the audit trail with their number.
///
/// Each has a QR code that leads to its page. A junior's card names neither chapter nor school.
#[utoipa::path(
    tag = "members", params(CardsQuery),
    responses((status = 200, description = "The sheets", body = MembersDownload, content_type = "application/pdf"), Records)
)]
#[get("/members/cards/file")]
pub async fn download_member_cards(
    desk: Desk,
    public: web::Data<PublicUrl>,
    lang: Lang,
    Query(query): Query<CardsQuery>,
) -> Result<HttpResponse, Problem> {
    let only = query.members.as_deref().map(chosen).transpose()?;
    let asked = Chosen { kind: query.kind, only, part: query.part };
    let read = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (here, place) = v.see_code::<SeePeople>(&query.chapter)?;
        Ok((card_paper::of(v, &here, &public, &asked, lang)?, place.code))
    };
    let (cards, code) = desk.tx(read).await?;
    let _turn = spool::turn().await;
    let file = web::block(move || print::cards(&cards)).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(answer(&code, "the-hoi-vien", "pdf", "application/pdf", lang).body(file))
}

/// Ids with commas between them, each once.
fn chosen(text: &str) -> Result<Vec<Uuid>, Problem> {
    let mut ids: Vec<Uuid> = text.split(',').filter_map(|id| id.trim().parse().ok()).collect();
    let all = text.split(',').count();
    if ids.len() < all || all > MOST_CHOSEN {
        return Err(Problem::field(
            "members",
            "NOT_A_CODE",
            "Mã của các hội viên, cách nhau bằng dấu phẩy, tối đa 100.",
            "Ids of members with commas between them, at most 100.",
        ));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
