//! Everybody's fair share of the public ledger: each public request is charged to its client before it is answered.
//!
//! Charged here, for the whole scope, so that no new endpoint can forget it; the portal's pages are charged here too. The
//! one exception is an entry or a page that is still in the cache: serving it costs nothing, and it is what a giver's QR
//! code and a crowd ask for.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::http::cache::PublicCache;
use crate::http::{Allowance, Class, Metrics};

/// See the module.
pub async fn charge<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if !is_kept(&request) {
        let class = if request.path().ends_with(".csv") { Class::Download } else { Class::PublicRead };
        let spent =
            request.extract::<Allowance>().await.map_err(Error::from).and_then(|own| own.spend(class).map_err(Error::from));
        if let Err(refused) = spent {
            return Ok(request.error_response(refused).map_into_right_body());
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Whether the request asks for an entry or a page that is in the cache. Counts hits and misses.
fn is_kept(request: &ServiceRequest) -> bool {
    let entry = request.path().strip_prefix("/api/v1/public/entries/");
    if entry.is_none() && request.path().starts_with("/api/") {
        return false;
    }
    let kept = request.app_data::<web::Data<PublicCache>>().is_some_and(|cache| match entry {
        Some(code) => cache.get(code).is_some(),
        None => cache.has_page(request.request()),
    });
    if let Some(metrics) = request.app_data::<web::Data<Metrics>>() {
        metrics.cache(kept);
    }
    kept
}
