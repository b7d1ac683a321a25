//! The operations on documents, for the table of all operations.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Call, call};
use crate::harness::{Account, TestApp};
use crate::papers;

/// Documents of Hàm Liêm and a published one of Lâm Đồng.
pub(super) struct Documents {
    upload: Value,
    cancelled: Value,
    of_gift: Value,
    of_appeal: Value,
    inquiry: Value,
    /// Hash of the one that is public.
    pub(super) published: String,
}

impl Documents {
    pub(super) fn of(app: &TestApp, insider: Account, gift: &str) -> Self {
        let officer = app.log_in(insider);
        let upload = papers::announcement("GIFT", "image/jpeg", &papers::jpeg());
        officer.post("/api/v1/uploads", upload.clone(), 201);
        let cancelled = papers::announcement("GIFT", "image/png", &papers::png());
        officer.post("/api/v1/uploads", cancelled.clone(), 201);
        let of_gift = papers::upload(&officer, "GIFT", "image/png", &papers::png());
        officer.post(&format!("/api/v1/gifts/{gift}/documents"), json!({"document": of_gift["id"]}), 201);
        app.open_appeal("23095", "GIAY-TO");
        let of_appeal = papers::upload(&officer, "APPEAL", "image/webp", &papers::webp());
        let published = papers::published(app, "68", "LULUT", "x.pdf");
        let inquiry =
            json!({"id": Uuid::now_v7(), "chapter": "23095", "topic": "USE", "channel": "POST", "received_on": app.today()});
        officer.post("/api/v1/information-requests", inquiry.clone(), 201);
        Self { upload, cancelled, of_gift, of_appeal, inquiry, published }
    }

    pub(super) fn calls(&self, gift: &str) -> Vec<Call> {
        let v1 = |rest: String| format!("/api/v1{rest}");
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let (upload, of_gift, of_appeal) = (id(&self.upload), id(&self.of_gift), id(&self.of_appeal));
        let link = |document: &str| Some(json!({"document": document}));
        let publication = v1(format!("/appeals/GIAY-TO/documents/{of_appeal}/publication"));
        let mut another = self.inquiry.clone();
        another["id"] = json!(Uuid::now_v7());
        let event = json!({"id": Uuid::now_v7(), "event": "OPENING_DOCUMENT", "document": of_appeal, "title": "Đợt"});
        let new = papers::announcement("GIFT", "image/png", &papers::png());
        vec![
            call("POST /api/v1/uploads", v1("/uploads".into()), Some(new), 404, 403, 201),
            call("PATCH /api/v1/uploads/{id}", v1(format!("/uploads/{upload}")), None, 404, 403, 200),
            call("DELETE /api/v1/uploads/{id}", v1(format!("/uploads/{}", id(&self.cancelled))), None, 404, 403, 204),
            call("GET /api/v1/uploads/{id}", v1(format!("/uploads/{upload}")), None, 404, 200, 200),
            call("GET /api/v1/documents/{id}", v1(format!("/documents/{of_gift}")), None, 404, 200, 200),
            call("GET /api/v1/documents/{key}/content", v1(format!("/documents/{of_gift}/content")), None, 404, 200, 200),
            call("POST /api/v1/gifts/{id}/documents", v1(format!("/gifts/{gift}/documents")), link(&of_gift), 404, 403, 200),
            call("GET /api/v1/gifts/{id}/documents", v1(format!("/gifts/{gift}/documents")), None, 404, 200, 200),
            call(
                "POST /api/v1/appeals/{code}/documents",
                v1("/appeals/GIAY-TO/documents".into()),
                link(&of_appeal),
                404,
                403,
                201,
            ),
            call("GET /api/v1/appeals/{code}/documents", v1("/appeals/GIAY-TO/documents".into()), None, 404, 200, 200),
            call(
                "POST /api/v1/appeals/{code}/documents/{document}/publication",
                publication.clone(),
                Some(json!({"title": "Đợt"})),
                404,
                403,
                201,
            ),
            call(
                "POST /api/v1/appeals/{code}/publications",
                v1("/appeals/GIAY-TO/publications".into()),
                Some(event),
                404,
                403,
                201,
            ),
            call("GET /api/v1/appeals/{code}/publications", v1("/appeals/GIAY-TO/publications".into()), None, 404, 200, 200),
            call(
                "POST /api/v1/appeals/{code}/milestones",
                v1("/appeals/GIAY-TO/milestones".into()),
                Some(
                    json!({"id": Uuid::now_v7(), "milestone": "DISTRIBUTION_STARTED", "day": "2026-11-20", "document": of_appeal}),
                ),
                404,
                403,
                201,
            ),
            call("GET /api/v1/appeals/{code}/milestones", v1("/appeals/GIAY-TO/milestones".into()), None, 404, 200, 200),
            call("POST /api/v1/information-requests", v1("/information-requests".into()), Some(another), 404, 403, 201),
            call("GET /api/v1/information-requests", v1("/information-requests?chapter=23095".into()), None, 404, 200, 200),
            call(
                "POST /api/v1/information-requests/{id}/closing",
                v1(format!("/information-requests/{}/closing", id(&self.inquiry))),
                Some(json!({"outcome": "ANSWERED"})),
                404,
                403,
                200,
            ),
            call("GET /api/v1/publication-duties", v1("/publication-duties?chapter=23095".into()), None, 404, 200, 200),
            call("DELETE /api/v1/appeals/{code}/documents/{document}/publication", publication, None, 404, 403, 204),
        ]
    }
}
