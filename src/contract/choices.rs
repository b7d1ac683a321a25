//! Fields that hold one of a few words say which, in answers as in requests.
//!
//! Answers carry many such fields as plain text because the database does. Here each gets the schema of its words: the one
//! that requests use already, or one of its own. Tests hold every answer of the server against these schemas.

use serde_json::{Value, json};

use super::walk::{Object, fields, object_at, reference, schemas};
use crate::http::Kind;
use crate::http::codes::{FIELD_CODES, LIST_CODES};

/// Name of a schema, what it says, its words.
pub type Words<'a> = (&'a str, &'a str, &'a [&'a str]);

/// Words that no request has.
const WORDS: &[Words<'_>] = &[
    ("AnnotationKind", "What was noted on an entry.", &["AMENDMENT", "ERASURE"]),
    ("AppealState", "Where an appeal stands.", &["DRAFT", "OPEN", "CLOSED"]),
    ("AskedState", "Where a gift that takes a second person stands.", &["ASKED", "APPROVED", "REFUSED", "WITHDRAWN"]),
    (
        "ChapterChange",
        "What made a version of a chapter.",
        &["FOUNDED", "RENAMED", "MADE_PROVISIONAL", "MADE_REGULAR", "DETAILS_CHANGED", "MERGED", "SPLIT", "MOVED", "DISSOLVED"],
    ),
    ("ChapterStatus", "Where a chapter stands.", &["ACTIVE", "PROVISIONAL", "MERGING", "MERGED", "DISSOLVED"]),
    ("ConsentBasis", "What a consent rests on.", &["CONSENT_TEXT", "DISPLAY_CHOICE_AT_GIVING"]),
    ("ConsentChannel", "How a consent was given.", &["AT_GIVING", "IN_PERSON", "PHONE", "POST", "EMAIL", "APP", "OTHER"]),
    (
        "ConsentPurpose",
        "What a giver agrees to, somebody who holds a post, is commended or stands in a picture, or who represents a child that joins.",
        &[
            "SHOW_MASKED_NAME",
            "SHOW_FULL_NAME",
            "SHOW_MASKED_NAME_OF_CHILD",
            "SHOW_FULL_NAME_OF_CHILD",
            "SHOW_NAME_OF_OFFICER",
            "SHOW_NAME_OF_COMMENDED",
            "SHOW_PICTURE",
            "SHOW_NAME_OF_DONOR",
            "CHILD_JOINS",
        ],
    ),
    ("DeadlineChangeKind", "What about a deadline changed.", &["ANSWER_DUE", "DUE_ON", "EXTENSION"]),
    ("DocumentClosing", "Why a paper is kept and not shown.", &["ERASED", "RESTRICTED"]),
    (
        "EntryKind",
        "What an entry of the ledger books.",
        &[
            "GIFT_CASH",
            "GIFT_BANK",
            "GIFT_IN_KIND",
            "GIFT_AGGREGATE",
            "REVERSAL",
            "OPENING_BALANCE",
            "TRANSFER_OUT",
            "TRANSFER_IN",
            "TRANSFER_RETURN",
            "PURCHASE",
            "ADVANCE",
            "ADVANCE_CLEARING",
            "PAYMENT",
            "DISTRIBUTION_CASH",
            "DISTRIBUTION_GOODS",
            "STOCK_ADJUSTMENT",
            "FUND_RELEASE",
            "REFUND",
            "DUES",
            "INCOME",
            "CASH_DEPOSIT",
            "CASH_WITHDRAWAL",
            "BANK_CONFIRMATION",
            "CASH_COUNT_DIFFERENCE",
            "INTEREST",
            "BANK_FEE",
        ],
    ),
    (
        "EntryReason",
        "Why an entry was reversed, or goods or cash are not what the books said.",
        &[
            "DUPLICATE",
            "WRONG_AMOUNT",
            "WRONG_APPEAL",
            "WRONG_CHAPTER",
            "WRONG_FUND",
            "WRONG_GIVER",
            "NOT_RECEIVED",
            "WRONG_CATEGORY",
            "WRONG_PAYEE",
            "DID_NOT_HAPPEN",
            "CASH_SHORTAGE",
            "CASH_SURPLUS",
            "LOST",
            "EXPIRED",
            "FOUND",
            "COUNTED",
            "ITEMISED",
            "OTHER",
            "LOST_ON_THE_WAY",
            "STOLEN",
            "SPOILED",
            "DESTROYED",
        ],
    ),
    ("HealthStatus", "The process answers.", &["ok"]),
    (
        "HoldingKind",
        "What is held about a person beside gifts.",
        &[
            "PAPER",
            "REVERSAL_NOTE",
            "COMMITTED",
            "PUBLIC_NAME",
            "REQUEST_NOTE",
            "REFUND",
            "PERSON",
            "MEMBER",
            "LISTED",
            "POST",
            "DUES",
            "VOLUNTEER",
            "COURSE",
            "COURSE_TAUGHT",
            "CERTIFICATE",
            "TEAM",
            "CALL_OUT",
            "CALL_OUT_STOP",
            "ACTIVITY_PHOTO",
            "DONOR",
            "DONATION",
            "BLOOD_CERTIFICATE",
            "BLOOD_GIVEN_BACK",
            "URGENT_CALL",
            "URGENT_CALL_STOP",
            "BLOOD_CLUB",
            "BLOOD_HONOUR",
            "BLOOD_FAMILY",
            "BOOKING",
            "COMMENDATION",
        ],
    ),
    ("ImportState", "Where a list of gifts stands: waiting, being booked, booked.", &["READY", "ACCEPTED", "DONE"]),
    ("KeptKind", "What an erasure left.", &["PAPER", "UNLINKED_PAPER", "SHARED_PAPER"]),
    ("LogState", "How the public log is.", &["ok", "stands_still"]),
    ("MediaType", "Types of files that are taken.", MEDIA_TYPES),
    ("MessageEnd", "What became of a message.", &["DONE_BY_HAND"]),
    ("OpeningState", "Where an opening balance stands.", &["REQUESTED", "APPROVED", "REFUSED", "REVERSED"]),
    (
        "OriginalKind",
        "What was reversed.",
        &[
            "GIFT",
            "OPENING_BALANCE",
            "TRANSFER_OUT",
            "TRANSFER_IN",
            "TRANSFER_RETURN",
            "PURCHASE",
            "ADVANCE",
            "ADVANCE_CLEARING",
            "PAYMENT",
            "DISTRIBUTION_CASH",
            "DISTRIBUTION_GOODS",
            "STOCK_ADJUSTMENT",
            "FUND_RELEASE",
            "REFUND",
            "DUES",
            "INCOME",
            "CASH_DEPOSIT",
            "CASH_WITHDRAWAL",
            "BANK_CONFIRMATION",
            "CASH_COUNT_DIFFERENCE",
            "INTEREST",
            "BANK_FEE",
        ],
    ),
    ("Relation", "How much of an old unit went into a new one.", &["WHOLE", "PARTIAL"]),
    ("RequestState", "Where a request about personal data stands.", &["REQUESTED", "ANSWERED", "EXECUTING", "DONE", "REFUSED"]),
    ("ReversalState", "Where the reversal of an entry stands.", &["REQUESTED", "APPROVED", "REFUSED"]),
    ("RuleMark", "How sure a rule is: from a source, to be verified, our own recommendation.", &["S", "GK", "REC"]),
    ("UnitKind", "Kinds of administrative units, of today and before.", UNIT_KINDS),
    ("UploadRefusal", "Why a file was not taken.", &["WRONG_HASH", "WRONG_TYPE", "DAMAGED", "ACTIVE_CONTENT", "CHUNKS_LOST"]),
    ("UploadState", "Where an upload stands.", &["OPEN", "DONE", "REFUSED"]),
];

/// Types of files that are taken, and given.
pub const MEDIA_TYPES: &[&str] = &["image/jpeg", "image/png", "image/webp", "application/pdf"];

const UNIT_KINDS: &[&str] = &[
    "MUNICIPALITY",
    "PROVINCE",
    "DISTRICT",
    "URBAN_DISTRICT",
    "TOWN",
    "CITY",
    "COMMUNE",
    "WARD",
    "TOWNSHIP",
    "SPECIAL_ZONE",
    "AREA",
];

/// (schema, field, the schema of its words).
const FIELDS: &[(&str, &str, &str)] = &[
    ("AdjustmentOut", "state", "AskedState"),
    ("AnnotationOut", "kind", "AnnotationKind"),
    ("AppealOut", "regime", "Regime"),
    ("AppealGoingOut", "state", "AppealState"),
    ("AppealOut", "state", "AppealState"),
    ("AskedOut", "channel", "Channel"),
    ("AskedOut", "state", "AskedState"),
    ("BloodTargetsOut", "state", "AskedState"),
    ("ChapterOut", "kind", "ChapterKind"),
    ("ChapterOut", "level", "ChapterLevel"),
    ("ChapterOut", "status", "ChapterStatus"),
    ("ChapterState", "status", "ChapterStatus"),
    ("ChapterVersionOut", "change", "ChapterChange"),
    ("ChapterVersionOut", "status", "ChapterStatus"),
    ("ConsentOut", "basis", "ConsentBasis"),
    ("ConsentOut", "channel", "ConsentChannel"),
    ("ConsentOut", "purpose", "ConsentPurpose"),
    ("ConsentTextOut", "purpose", "ConsentPurpose"),
    ("DeadlineChangeOut", "kind", "RequestKind"),
    ("DeadlineChangeOut", "what", "DeadlineChangeKind"),
    ("DocumentOut", "closed", "DocumentClosing"),
    ("DocumentOut", "media_type", "MediaType"),
    ("DocumentOut", "purpose", "Purpose"),
    ("EntryOut", "channel", "Channel"),
    ("EntryOut", "kind", "EntryKind"),
    ("EntryOut", "reason", "EntryReason"),
    ("FieldError", "code", "FieldCode"),
    ("GiftData", "display", "Display"),
    ("GiftOut", "channel", "Channel"),
    ("GiftOut", "display", "Display"),
    ("GiftOut", "reversal", "ReversalState"),
    ("GiverFound", "display", "Display"),
    ("GiverFound", "kind", "PartyKind"),
    ("Health", "status", "HealthStatus"),
    ("HeldOut", "role", "Role"),
    ("ImportFault", "code", "ListFaultCode"),
    ("ImportOut", "state", "ImportState"),
    ("Holding", "what", "HoldingKind"),
    ("InquiryOut", "channel", "InquiryWay"),
    ("InquiryOut", "outcome", "InquiryOutcome"),
    ("InquiryOut", "reason", "InquiryRefusal"),
    ("InquiryOut", "topic", "InquiryTopic"),
    ("KeptOut", "what", "KeptKind"),
    ("MatchedBy", "relation", "Relation"),
    ("MergedFrom", "relation", "Relation"),
    ("LinkedOut", "kind", "EntryKind"),
    ("MonthOut", "original", "OriginalKind"),
    ("MonthOut", "reason", "EntryReason"),
    ("OfficerGoingOut", "role", "Role"),
    ("OfficerReason", "original", "OriginalKind"),
    ("OfficerReason", "reason", "EntryReason"),
    ("OpeningLineOut", "account", "OpeningAccount"),
    ("MessageDone", "state", "MessageEnd"),
    ("OpeningOut", "state", "OpeningState"),
    ("OpeningReversalOut", "reason", "OpeningFault"),
    ("OpeningReversalOut", "state", "ReversalState"),
    ("PartyOut", "kind", "PartyKind"),
    ("PeriodClosingOut", "state", "AskedState"),
    ("Problem", "type", "ProblemType"),
    ("PublicDocumentOut", "media_type", "MediaType"),
    ("PublicGoods", "valuation", "Valuation"),
    ("PublicationDutyOut", "mark", "RuleMark"),
    ("PublicationEventOut", "event", "PublicationEvent"),
    ("Readiness", "log", "LogState"),
    ("Readiness", "status", "HealthStatus"),
    ("ReasonOut", "original", "OriginalKind"),
    ("ReasonOut", "reason", "EntryReason"),
    ("RequestOut", "channel", "Way"),
    ("RequestOut", "kind", "RequestKind"),
    ("RequestOut", "refusal", "Refusal"),
    ("RequestOut", "state", "RequestState"),
    ("ReversalOut", "reason", "Reason"),
    ("ReversalOut", "state", "ReversalState"),
    ("RoleAssignmentOut", "role", "Role"),
    ("RoleOut", "role", "Role"),
    ("SettlementReportOut", "state", "AskedState"),
    ("Successor", "relation", "Relation"),
    ("UnitOut", "kind", "UnitKind"),
    ("UnitVersion", "kind", "UnitKind"),
    ("UploadIn", "media_type", "MediaType"),
    ("UploadIn", "purpose", "Purpose"),
    ("UploadOut", "refusal", "UploadRefusal"),
    ("UploadOut", "state", "UploadState"),
    ("VoucherLineOut", "kind", "EntryKind"),
    ("VoucherOut", "kind", "EntryKind"),
];

/// Gives fields the schemas of their words; `more` are words that are not known here.
pub fn name_all(document: &mut Value, more: &[Words<'_>]) {
    let used = |name: &str| FIELDS.iter().any(|(_, _, of)| *of == name);
    if let Some(known) = object_at(document, "/components/schemas") {
        for (name, says, words) in WORDS.iter().chain(more).filter(|(name, ..)| used(name)) {
            known.insert((*name).to_owned(), json!({"type": "string", "description": says, "enum": words}));
        }
        let types: Vec<String> = Kind::ALL.iter().map(|kind| kind.reference()).collect();
        // What generators call them: no name begins with a slash.
        let names: Vec<String> = Kind::ALL.iter().map(|kind| kind.slug().replace('-', "_").to_uppercase()).collect();
        known.insert(
            "ProblemType".to_owned(),
            json!({"type": "string", "description": "Kinds of problems; what to do about each stands in docs/status-codes.md.", "enum": types, "x-enum-varnames": names}),
        );
        known.insert(
            "FieldCode".to_owned(),
            json!({"type": "string", "description": "What may be wrong with a field; each stands in docs/status-codes.md.", "enum": FIELD_CODES}),
        );
        let mut of_lists = [LIST_CODES, FIELD_CODES].concat();
        of_lists.sort_unstable();
        known.insert(
            "ListFaultCode".to_owned(),
            json!({"type": "string", "description": "What may be wrong in a list: with its table, or with a row as with a gift; each stands in docs/status-codes.md.", "enum": of_lists}),
        );
    }
    schemas(document, &mut |of, schema| {
        fields(schema, &mut |name, field| {
            if let Some((.., words)) = FIELDS.iter().find(|(schema, field, _)| *schema == of && *field == name) {
                refer(field, words);
            }
        });
    });
}

/// Puts a reference in place of "some text", and keeps whether there may be none.
fn refer(field: &mut Object, words: &str) {
    let description = field.remove("description");
    let may_be_null = field.get("type").and_then(Value::as_array).is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"));
    let is_text = field.get("type").is_some_and(|kind| kind == "string") || may_be_null;
    if is_text {
        field.clear();
        if may_be_null {
            field.insert("oneOf".to_owned(), json!([reference("schemas", words), {"type": "null"}]));
        } else if let Value::Object(reference) = reference("schemas", words) {
            field.extend(reference);
        }
    }
    if let Some(text) = description {
        field.insert("description".to_owned(), text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_keeps_its_words_and_whether_it_may_be_absent() {
        let mut document = json!({"components": {"schemas": {
            "AskedOut": {"properties": {"state": {"type": "string", "description": "Where it stands."}, "code": {"type": "string"}}},
            "EntryOut": {"allOf": [{"properties": {"channel": {"type": ["string", "null"], "example": "CASH"}}}]},
        }}});
        name_all(&mut document, &[]);
        let schemas = &document["components"]["schemas"];
        let state = &schemas["AskedOut"]["properties"]["state"];
        assert_eq!(*state, json!({"$ref": "#/components/schemas/AskedState", "description": "Where it stands."}));
        assert_eq!(schemas["AskedOut"]["properties"]["code"], json!({"type": "string"}));
        let channel = &schemas["EntryOut"]["allOf"][0]["properties"]["channel"];
        assert_eq!(*channel, json!({"oneOf": [{"$ref": "#/components/schemas/Channel"}, {"type": "null"}]}));
        assert_eq!(schemas["AskedState"]["enum"], json!(["ASKED", "APPROVED", "REFUSED", "WITHDRAWN"]));
        assert!(schemas["ProblemType"]["enum"].as_array().unwrap().contains(&json!("/problems/invalid")));
    }
}
