//! `/api/v1/drives`: thin handlers.

use utoipa_actix_web::service_config::ServiceConfig;

pub fn configure(_: &mut ServiceConfig<'_>) {}
