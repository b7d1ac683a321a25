//! `/api/v1/public/consent-texts`: what people read before they agree: givers, of how their name is shown; holders of posts, of theirs;
//! those who represent a child, of its joining.

use actix_web::{HttpRequest, HttpResponse, get, web};
use diesel::pg::PgConnection;

use super::{CACHE_CONTROL, answer};
use crate::db::Db;
use crate::http::Problem;
use crate::members;
use crate::parties::consent::{self, ConsentTextOut};

/// What a child's representative, and from seven years on the child, agree to.
const CHILD_JOINS: &str = "CHILD_JOINS";

fn load(conn: &mut PgConnection) -> Result<Vec<ConsentTextOut>, Problem> {
    let mut all = consent::texts(conn)?;
    let of_children = members::consent_texts(conn)?.into_iter();
    all.extend(of_children.map(|(version, valid_from, valid_to, vi, en)| ConsentTextOut {
        purpose: CHILD_JOINS.to_owned(),
        version,
        valid_from,
        valid_to,
        vi,
        en,
    }));
    // By purpose, the newest first.
    all.sort_by(|one, other| (&one.purpose, other.version).cmp(&(&other.purpose, one.version)));
    Ok(all)
}

/// The texts of consent in all their versions, so that everybody can read what was agreed to and when.
#[utoipa::path(tag = "public", responses((status = 200, body = Vec<ConsentTextOut>), (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[get("/consent-texts")]
pub async fn list_consent_texts(request: HttpRequest, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let texts = db.read_public(load).await?;
    answer(&request, &texts, CACHE_CONTROL)
}
