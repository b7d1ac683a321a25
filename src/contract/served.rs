//! The document and the page that shows it, made once, compressed, and kept by browsers with a tag: they change with the
//! program only.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;
use utoipa_swagger_ui::Config;

use crate::http::{Problem, Rendered};

/// Where the document is.
pub const DOCUMENT: &str = "/api/openapi.json";
/// Asked for again each time, answered with 304 as long as the program is the same.
const ASK_AGAIN: &str = "public, max-age=0, must-revalidate";
const VARY: &str = "accept-encoding";

/// The files of the page by name, with their types: those that it loads, and no more.
const FILES: [(&str, &str); 7] = [
    ("index.html", "text/html; charset=utf-8"),
    ("index.css", "text/css; charset=utf-8"),
    ("swagger-ui.css", "text/css; charset=utf-8"),
    ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    ("swagger-ui-standalone-preset.js", "text/javascript; charset=utf-8"),
    ("swagger-initializer.js", "text/javascript; charset=utf-8"),
    ("favicon-32x32.png", "image/png"),
];

/// What is served under `/docs/` and at [`DOCUMENT`].
pub struct Documents {
    document: Rendered,
    /// Made when somebody first asks: few who run a server look at its documentation there.
    pages: OnceLock<BTreeMap<&'static str, Rendered>>,
}

impl Documents {
    pub fn made(document: &Value) -> Self {
        Self { document: Rendered::new("application/json", document.to_string()), pages: OnceLock::new() }
    }

    fn page(&self, name: &str) -> Option<&Rendered> {
        let name = if name.is_empty() { "index.html" } else { name };
        self.pages.get_or_init(pages).get(name)
    }
}

fn pages() -> BTreeMap<&'static str, Rendered> {
    let config = Arc::new(Config::from(DOCUMENT));
    let made = FILES.into_iter().filter_map(|(name, kind)| {
        let file = utoipa_swagger_ui::serve(name, config.clone()).ok().flatten()?;
        let bytes = file.bytes.into_owned();
        Some((name, if name == "index.html" { Rendered::new(kind, headed(&bytes)) } else { Rendered::new(kind, bytes) }))
    });
    made.collect()
}

/// The page under our name, and as wide as the phone that reads it: as it comes it has neither.
fn headed(page: &[u8]) -> String {
    let head = "<title>Sổ Nhân Ái – API</title>\n    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">";
    String::from_utf8_lossy(page).replacen("<title>Swagger UI</title>", head, 1)
}

pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route(DOCUMENT, web::get().to(show_document))
        .service(web::redirect("/docs", "/docs/"))
        .route("/docs/{name:.*}", web::get().to(show_page));
}

async fn show_document(request: HttpRequest, documents: web::Data<Documents>) -> HttpResponse {
    documents.document.answer(&request, ASK_AGAIN, VARY)
}

async fn show_page(
    request: HttpRequest,
    name: web::Path<String>,
    documents: web::Data<Documents>,
) -> Result<HttpResponse, Problem> {
    // The first one compresses a megabyte.
    let (name, pages) = (name.into_inner(), documents.clone());
    let found = web::block(move || pages.page(&name).cloned()).await.map_err(Problem::internal)?;
    Ok(found.ok_or_else(Problem::not_found)?.answer(&request, ASK_AGAIN, VARY))
}
