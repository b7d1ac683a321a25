//! Papers as answers: a page to print, and a PDF; and what a [`Fault`] means in HTTP.

use actix_web::http::header::{
    CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ContentDisposition, DispositionParam, DispositionType, VARY,
};
use actix_web::{HttpResponse, web};
use print::{Page, PrintError};
use utoipa::ToSchema;

use super::fault::Fault;
use crate::http::{Kind, Lang, Problem};

/// The bytes of a PDF file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the answer's form in the OpenAPI document")]
pub struct PdfFile(Vec<u8>);

/// A page to print, under the policy that allows its own style alone.
pub fn page(page: Result<Page, PrintError>, lang: Lang) -> Result<HttpResponse, Problem> {
    let page = page.map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header((CONTENT_SECURITY_POLICY, format!("{}; frame-ancestors 'none'", page.policy)))
        .body(page.html))
}

/// A PDF that a browser shows and saves as `name`, which has letters, digits and dashes alone.
pub async fn pdf(
    name: &str,
    lang: Lang,
    draw: impl FnOnce() -> Result<Vec<u8>, PrintError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    // Some milliseconds of work: not on the thread that takes requests.
    let file = web::block(draw).await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/pdf"))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header(ContentDisposition {
            disposition: DispositionType::Inline,
            parameters: vec![DispositionParam::Filename(format!("{name}.pdf"))],
        })
        .body(file))
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::OfGift => Problem::say(
                Kind::NotFound,
                "Số này là phiếu thu của một khoản ủng hộ: hãy xem ở khoản đó.",
                "This number is the receipt of a gift: the gift shows it.",
            ),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
