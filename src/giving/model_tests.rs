use super::*;
use crate::ledger::model::{FundId, Restriction};
use crate::tree::Step;
use proptest::prelude::*;
use serde_json::json;

fn now() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

fn parse(change: serde_json::Value) -> Result<NewGift, Vec<(String, &'static str)>> {
    let mut body =
        json!({"id": Uuid::now_v7(), "chapter": "23095", "channel": "CASH", "amount_vnd": 500_000, "received_on": "2026-11-22"});
    for (key, value) in change.as_object().unwrap() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(key);
        } else {
            body[key] = value.clone();
        }
    }
    NewGift::parse(serde_json::from_value(body).unwrap(), now())
        .map_err(|errors| errors.into_iter().map(|e| (e.pointer, e.code)).collect())
}

fn refused(change: serde_json::Value, pointer: &str, code: &str) {
    let errors = parse(change.clone()).unwrap_err();
    assert!(errors.iter().any(|(p, c)| p == pointer && *c == code), "{change} → {errors:?}");
}

#[test]
fn a_plain_cash_gift_passes_and_is_anonymous() {
    let gift = parse(json!({})).unwrap();
    assert_eq!((gift.amount.get(), gift.display, gift.giver_shown()), (500_000, Display::Anonymous, None));
}

#[test]
fn wrong_fields_are_named() {
    refused(json!({"amount_vnd": 0}), "/amount_vnd", "NOT_POSITIVE");
    refused(json!({"amount_vnd": -1}), "/amount_vnd", "NOT_POSITIVE");
    refused(json!({"amount_vnd": 1_000_000_000_000_000_000i64}), "/amount_vnd", "TOO_LARGE");
    refused(json!({"amount_vnd": null}), "/amount_vnd", "MISSING");
    refused(json!({"received_on": "2026-11-23"}), "/received_on", "IN_THE_FUTURE");
    refused(json!({"received_on": "1999-01-01"}), "/received_on", "TOO_OLD");
    refused(json!({"wish": "a\u{0}b"}), "/wish", "CONTROL_CHARACTER");
    refused(json!({"wish": "x".repeat(501)}), "/wish", "TOO_LONG");
    refused(json!({"display": "MASKED"}), "/display", "NO_GIVER");
    refused(json!({"paper_book": "A"}), "/paper_no", "INCOMPLETE");
    refused(json!({"code": "NOPE"}), "/code", "NOT_A_CODE");
    refused(json!({"message_count": 3}), "/message_count", "NOT_AGGREGATE");
    refused(json!({"channel": "SMS"}), "/message_count", "MISSING");
    refused(json!({"giver": {"kind": "PERSON", "name": " ", "phone": "12"}}), "/giver/phone", "NOT_A_PHONE");
    refused(json!({"id": Uuid::nil()}), "/id", "NOT_UNIQUE");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let errors = parse(json!({"amount_vnd": 0, "received_on": "2099-01-01", "wish": ""})).unwrap_err();
    assert_eq!(errors.len(), 3);
}

#[test]
fn the_day_is_vietnams() {
    let body = json!({"id": Uuid::now_v7(), "chapter": "23095", "channel": "CASH", "amount_vnd": 1, "received_on": "2026-11-23"});
    let gift: GiftIn = serde_json::from_value(body).unwrap();
    assert!(NewGift::parse(gift.clone(), "2026-11-22T16:59:00Z".parse().unwrap()).is_err());
    assert!(NewGift::parse(gift, "2026-11-22T17:00:00Z".parse().unwrap()).is_ok());
}

#[test]
fn names_are_shown_only_by_choice() {
    let person = |display: serde_json::Value| {
        parse(json!({"giver": {"kind": "PERSON", "name": "Nguyễn Văn An"}, "display": display})).unwrap().giver_shown()
    };
    assert_eq!(person(json!(null)), None);
    assert_eq!(person(json!("MASKED")).as_deref(), Some("Nguyễn V. A."));
    assert_eq!(person(json!("FULL_NAME")).as_deref(), Some("Nguyễn Văn An"));
    let shown = |kind: &str| parse(json!({"giver": {"kind": kind, "name": "Hộ Bình An"}})).unwrap().giver_shown();
    assert_eq!(shown("ORGANISATION").as_deref(), Some("Hộ Bình An"));
    assert_eq!(shown("HOUSEHOLD_BUSINESS"), None);
    refused(json!({"giver": {"kind": "ORGANISATION", "name": "Công ty A"}, "display": "MASKED"}), "/display", "NOT_A_PERSON");
}

#[test]
fn goods_are_worth_their_lines() {
    let line = json!({"item": "RICE", "quantity": "100.5", "unit": "KG", "value_vnd": 1_500_000, "valuation": "MARKET_PRICE"});
    let gift = parse(json!({"channel": "IN_KIND", "amount_vnd": null, "lines": [line, line]})).unwrap();
    assert_eq!(gift.amount.get(), 3_000_000);
    refused(json!({"channel": "IN_KIND", "amount_vnd": 5, "lines": [line]}), "/amount_vnd", "NOT_THE_SUM");
    refused(json!({"channel": "IN_KIND", "amount_vnd": null}), "/lines", "OUT_OF_RANGE");
    refused(json!({"lines": [line]}), "/lines", "NOT_IN_KIND");
    let mut empty_unit = line.clone();
    empty_unit["unit"] = json!("");
    refused(json!({"channel": "IN_KIND", "amount_vnd": null, "lines": [empty_unit]}), "/lines/0/unit", "EMPTY");
}

#[test]
fn quantities_have_three_decimals_at_most() {
    for (text, milli) in [("1", 1_000), ("12.5", 12_500), ("0.125", 125), ("1000000", 1_000_000_000)] {
        assert_eq!(Quantity::parse(text).map(Quantity::milli), Some(milli), "{text}");
    }
    for text in
        ["0", "-1", "", ".", "1.", ".5", "1.2345", "1e3", "NaN", "1.2.3", "9999999999999", "1.000", "12.500", "1,5", "1,000"]
    {
        assert_eq!(Quantity::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_printed_quantity_is_read_back(milli in 1..=1_000_000_000_000i64) {
        prop_assert_eq!(Quantity::parse(&Quantity::from_milli(milli).to_string()), Some(Quantity::from_milli(milli)));
    }
}

fn id() -> ChapterId {
    ChapterId(Uuid::now_v7())
}

fn place(path: &[ChapterId]) -> Place {
    let step = |id: &ChapterId| Step { id: *id, code: String::new(), short_name: String::new() };
    Place {
        id: *path.last().unwrap(),
        code: "23095".into(),
        short_name: String::new(),
        path: path.iter().map(step).collect(),
        accepts_entries: true,
    }
}

fn terms(chapter: ChapterId, state: AppealState) -> AppealTerms {
    let fund = |id, restriction| Fund { id: FundId(id), code: String::new(), restriction, appeal: Some("A1".into()) };
    AppealTerms {
        id: Uuid::now_v7(),
        code: "A1".into(),
        state,
        chapter,
        receive_from: "2026-10-01".parse().unwrap(),
        receive_until: "2026-11-30".parse().unwrap(),
        fund: fund(1, Restriction::Appeal),
        quarantine: fund(2, Restriction::Quarantine),
        shared_with: vec![],
    }
}

#[test]
fn late_money_goes_to_quarantine_early_money_is_refused() {
    let (centre, province, commune) = (id(), id(), id());
    let here = place(&[centre, province, commune]);
    let open = terms(province, AppealState::Open);
    let to = |terms: &AppealTerms, day: &str| {
        terms.destination(&here, day.parse().unwrap()).map(|f| f.restriction).map_err(|e| e.code)
    };
    assert_eq!(to(&open, "2026-10-01"), Ok(Restriction::Appeal));
    assert_eq!(to(&open, "2026-11-30"), Ok(Restriction::Appeal));
    assert_eq!(to(&open, "2026-12-01"), Ok(Restriction::Quarantine));
    assert_eq!(to(&open, "2026-09-30"), Err("BEFORE_THE_APPEAL"));
    assert_eq!(to(&terms(province, AppealState::Closed), "2026-11-01"), Ok(Restriction::Quarantine));
    assert_eq!(to(&terms(province, AppealState::Draft), "2026-11-01"), Err("NOT_OPEN_YET"));
}

#[test]
fn chapters_receive_for_their_own_their_ancestors_and_shared_appeals() {
    let (centre, province, commune, other) = (id(), id(), id(), id());
    let here = place(&[centre, province, commune]);
    let day = "2026-11-01".parse().unwrap();
    for responsible in [centre, province, commune] {
        assert!(terms(responsible, AppealState::Open).destination(&here, day).is_ok());
    }
    let mut foreign = terms(other, AppealState::Open);
    assert_eq!(foreign.destination(&here, day).map_err(|e| e.code), Err("NOT_FOR_THIS_CHAPTER"));
    foreign.shared_with.push(province);
    assert!(foreign.destination(&here, day).is_ok());
    let above = place(&[centre, province]);
    assert!(terms(commune, AppealState::Open).destination(&above, day).is_err());
}
