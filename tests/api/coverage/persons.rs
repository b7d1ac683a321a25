//! The operations on what persons ask about their own data.

use serde_json::json;

use super::{Call, call};
use crate::harness::TestApp;
use crate::personal::{REQUESTS, ask, party_of};

pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of("23095");
    let named = |n: i64| {
        let giver = json!({"kind": "PERSON", "name": "Lê Quyền", "phone": "0987650000"});
        app.gift(json!({"amount_vnd": n, "channel": "BANK_TRANSFER", "giver": giver}))
    };
    let (erased, kept) = (named(7_001), named(7_002));
    for gift in [&erased, &kept] {
        officer.post("/api/v1/gifts", gift.clone(), 201);
    }
    let party = party_of(&officer, &kept);
    let wishes = [
        ("ERASE", json!({"gift": erased["id"]})),
        ("CORRECT", json!({"gift": kept["id"], "changes": {"name": "Lê Quyến"}})),
        ("ACCESS", json!({"party": party})),
    ];
    let wishes = wishes.map(|(kind, of)| officer.post(REQUESTS, ask(app, kind, of), 201)["id"].as_str().unwrap().to_owned());
    let of = |n: usize, what: &str| format!("{REQUESTS}/{}{what}", wishes[n]);
    let nothing = || Some(json!(null));
    let another = Some(ask(app, "ACCESS", json!({"gift": kept["id"]})));
    let longer = Some(json!({"days": 5, "reason": "OTHER"}));
    let refusal = Some(json!({"reason": "OTHER"}));
    let copy = format!("/api/v1/parties/{party}/personal-data");
    vec![
        call("POST /api/v1/personal-data-requests", REQUESTS.to_owned(), another, 404, 403, 201),
        call("GET /api/v1/personal-data-requests", format!("{REQUESTS}?chapter=23095"), None, 404, 200, 200),
        call("GET /api/v1/personal-data-requests/{id}", of(0, ""), None, 404, 200, 200),
        call("POST /api/v1/personal-data-requests/{id}/answer", of(0, "/answer"), nothing(), 404, 403, 200),
        call("POST /api/v1/personal-data-requests/{id}/extension", of(0, "/extension"), longer, 404, 403, 200),
        call("POST /api/v1/personal-data-requests/{id}/approval", of(0, "/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/personal-data-requests/{id}/refusal", of(1, "/refusal"), refusal, 404, 403, 200),
        call("POST /api/v1/personal-data-requests/{id}/completion", of(2, "/completion"), nothing(), 404, 403, 200),
        call("GET /api/v1/parties/{id}/personal-data", copy, None, 404, 200, 200),
        call("GET /api/v1/parties", "/api/v1/parties?chapter=23095&q=le%20quyen".to_owned(), None, 404, 200, 200),
        call("GET /api/v1/deadline-changes", "/api/v1/deadline-changes?chapter=23095".to_owned(), None, 404, 200, 200),
    ]
}
