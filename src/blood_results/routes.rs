//! `/api/v1/drives/{code}/result`: the result of a drive is published. What everybody reads of it is in `disclosure`.

use actix_web::{post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::out::BloodResultOut;
use super::publish;
use crate::authz::{Desk, Visit};
use crate::http::sets::{Decides, Key};
use crate::http::{Answer, Problem};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(publish_blood_result);
}

/// Publish the result of a drive that is reconciled, as those who keep the chapter's days of giving blood.
///
/// What was counted is folded, stated in the public log and added to the sums. Published again after numbers were corrected, the new
/// statement takes the place of the old one in sight; with the same numbers nothing is stated. It can't be taken back.
#[utoipa::path(
    tag = "blood results",
    params(("code" = String, Path, description = "Code of the drive, in whatever way it is typed", example = "68-HM-0001"), Key),
    responses((status = 200, body = BloodResultOut), Decides)
)]
#[post("/drives/{code}/result")]
pub async fn publish_blood_result(desk: Desk, code: web::Path<String>) -> Answer<BloodResultOut> {
    let content = code.clone();
    let publish = move |v: &mut Visit<'_>| -> Result<_, Problem> { Ok(publish::publish(v, &code)?) };
    desk.once("drive/result", content, publish).await
}
