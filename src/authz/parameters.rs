//! Operations that read no parameters refuse those that are sent, as the others refuse unknown ones ([`crate::http::Query`]).
//!
//! Held here for all of the API by what each operation says of itself in the OpenAPI document, so that no new one can forget it.
//! Whoever has to log in hears that first: a stranger learns nothing from an odd address. Pages and the files of the log are no
//! operations of the API; what others hang on to their addresses is nobody's business.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use super::actor::actor_of;
use crate::http::Problem;
use crate::http::query::nothing_asked;
use crate::http::routing::{KnownPaths, Unasked};

/// See the module.
pub async fn refuse_unasked<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Err(refused) = check(&request) {
        return Ok(request.error_response(refused).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn check(request: &ServiceRequest) -> Result<(), Problem> {
    if request.query_string().is_empty() {
        return Ok(());
    }
    let known = request.app_data::<web::Data<KnownPaths>>();
    match known.and_then(|known| known.unasked(request.method().as_str(), request.path())) {
        None => Ok(()),
        Some(Unasked::Nothing) => nothing_asked(request.query_string()),
        Some(Unasked::Token) => {
            actor_of(request.request())?;
            nothing_asked(request.query_string())
        }
    }
}
