//! `/api/v1/members/file`, `/api/v1/members/cards/file`: members out of the house, as a list and as cards on paper.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, ContentDisposition, VARY};
use actix_web::{HttpResponse, HttpResponseBuilder, get, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::card_paper::{self, Chosen};
use super::exports::{self, Sink};
use super::model::{MemberKind, MemberState};
use crate::authz::{Desk, SeePeople, Visit};
use crate::basics::codes::codes;
use crate::db::Db;
use crate::http::sent_file::XLSX;
use crate::http::sets::Records;
use crate::http::spool::{self, Spool};
use crate::http::{Lang, Problem, PublicUrl, Query};
use crate::vault::Vault;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(download_members).service(download_member_cards);
}

codes! {
    /// As which file the members are wanted.
    pub wire enum MemberFileForm {
        /// Lines of text, for programs and for spreadsheets.
        Csv = "CSV",
        /// A sheet.
        Xlsx = "XLSX",
    }
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
    form: MemberFileForm,
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
        MemberFileForm::Csv => {
            let (mut spool, behind) = Spool::begin().map_err(Problem::internal)?;
            actix_web::rt::spawn(async move {
                let _turn = turn;
                let written = desk.blocking(move |db, vault, _| {
                    let mut out = Sink::csv(&mut spool, lang)?;
                    write(db, vault, &mut out)?;
                    out.end()?;
                    spool.end().map_err(Problem::internal)
                });
                // Whoever reads is told by the end that does not come.
                if let Err(problem) = written.await {
                    tracing::warn!(?problem, "a list of members could not be written to its end");
                }
            });
            Ok(answer(&code, "hoi-vien", "csv", "text/csv; charset=utf-8", lang).streaming(behind))
        }
        MemberFileForm::Xlsx => {
            let _turn = turn;
            let title = format!("{} – {name}", if lang == Lang::En { "Members" } else { "Danh sách hội viên" });
            let made = desk.blocking(move |db, vault, _| {
                let mut out = Sink::xlsx(title, lang)?;
                write(db, vault, &mut out)?;
                out.end()?.ok_or_else(|| Problem::internal("a sheet without a file"))
            });
            let (length, stream) = spool::whole(made.await?).map_err(Problem::internal)?;
            Ok(answer(&code, "hoi-vien", "xlsx", XLSX, lang).no_chunking(length).streaming(stream))
        }
    }
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

/// The head of a file's answer. A code is letters, digits and dashes; what is not has no place in a header.
fn answer(code: &str, stem: &str, ending: &str, media_type: &'static str, lang: Lang) -> HttpResponseBuilder {
    let safe: String = code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header(ContentDisposition::attachment(format!("{stem}-{safe}.{ending}")))
        .insert_header((CACHE_CONTROL, "no-store"));
    response
}
