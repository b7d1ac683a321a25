//! Requests as they are asked and the states they pass through. Pure.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::clock::vietnam_date;
use crate::basics::codes::codes;
use crate::basics::{Line, Phone, unhex};
use crate::calendar::Period;
use crate::giving::display::Display;
use crate::giving::personal::Scope;
use crate::http::{Check, FieldError, note, one_name, phone};
use crate::parties::naming;

codes! {
    /// What is asked for.
    pub wire enum RequestKind {
        /// Xóa: name, phone and texts go for good; the amount stays.
        Erase = "ERASE",
        /// Chỉnh sửa: another name, phone or way of being shown.
        Correct = "CORRECT",
        /// Rút lại đồng ý: not to be shown any more.
        WithdrawConsent = "WITHDRAW_CONSENT",
        /// Hạn chế xử lý: kept, not shown, not used.
        Restrict = "RESTRICT",
        /// Truy cập: a copy of what is kept.
        Access = "ACCESS",
        /// Bỏ hạn chế xử lý: what was restricted may be used again. Takes two persons.
        LiftRestriction = "LIFT_RESTRICTION",
        /// Phản đối xử lý: not to be shown any more, whatever it was shown by; kept as the law on accounting asks.
        Object = "OBJECT",
        /// Yêu cầu biện pháp bảo vệ: measures that an officer takes and notes.
        Protect = "PROTECT",
    }
}

impl RequestKind {
    /// What no program does: it ends when somebody notes that it was done, and takes no second person.
    pub fn is_done_by_hand(self) -> bool {
        matches!(self, RequestKind::Access | RequestKind::Protect)
    }
}

/// What the rules in force give a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    pub answer: Period,
    pub execute: Period,
    /// Most days of the one extension.
    pub extension_days: u16,
}

codes! {
    /// By which way it came.
    pub wire enum Way {
        InPerson = "IN_PERSON",
        Phone = "PHONE",
        Post = "POST",
        Email = "EMAIL",
        App = "APP",
        Other = "OTHER",
    }
}

codes! {
    /// Where a request stands.
    pub wire enum State {
        Requested = "REQUESTED",
        /// The person was told that and how it will be done.
        Answered = "ANSWERED",
        /// Decided; the gifts are being changed.
        Executing = "EXECUTING",
        Done = "DONE",
        Refused = "REFUSED",
    }
}

codes! {
    /// Why a request is refused.
    pub wire enum Refusal {
        IdentityNotProven = "IDENTITY_NOT_PROVEN",
        LegalDutyToKeep = "LEGAL_DUTY_TO_KEEP",
        NotTheSubject = "NOT_THE_SUBJECT",
        Unfounded = "UNFOUNDED",
        Repeated = "REPEATED",
        Other = "OTHER",
    }
}

codes! {
    /// Why it takes longer.
    pub wire enum ExtensionReason {
        ManyGifts = "MANY_GIFTS",
        ThirdParties = "THIRD_PARTIES",
        IdentityUnclear = "IDENTITY_UNCLEAR",
        Other = "OTHER",
    }
}

impl RequestKind {
    /// The kind as it is stored and as its clocks know it: a lifting is a restriction the other way round.
    pub fn stored(self) -> &'static str {
        match self {
            RequestKind::LiftRestriction => RequestKind::Restrict.name(),
            kind => kind.name(),
        }
    }

    /// What was stored.
    pub fn read(stored: &str, lifts: bool) -> Option<Self> {
        let kind = Self::parse(stored)?;
        Some(if lifts && kind == RequestKind::Restrict { RequestKind::LiftRestriction } else { kind })
    }

    /// A restriction is of a person and not of one gift.
    pub fn is_of_a_whole_party(self) -> bool {
        matches!(self, RequestKind::Restrict | RequestKind::LiftRestriction)
    }
}

impl State {
    pub fn is_open(self) -> bool {
        !matches!(self, State::Done | State::Refused)
    }

    /// Still to be decided.
    pub fn waits(self) -> bool {
        matches!(self, State::Requested | State::Answered)
    }
}

/// A request as an officer writes it down.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestIn {
    /// Made by the client, once; sending the same request again asks only once.
    pub id: Uuid,
    pub kind: RequestKind,
    /// All gifts of this party, by the chapter's name for it (`giver.id` of a gift). Either this or `gift`.
    #[serde(default)]
    pub party: Option<Uuid>,
    /// This gift alone.
    #[serde(default)]
    pub gift: Option<Uuid>,
    /// The day the request came; the clocks count from it.
    pub received_on: NaiveDate,
    pub channel: Way,
    /// Whether others process the data too, so that the longer period holds.
    #[serde(default)]
    pub third_parties: bool,
    /// For whoever decides; sealed, and erased with the data it is about.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
    /// Only and always for `CORRECT`.
    #[serde(default)]
    pub changes: Option<ChangesIn>,
}

/// What is to be corrected: at least one of name, phone, display.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangesIn {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 60)]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<Display>,
    /// SHA-256 (64 hexadecimal digits) of the document that proves the consent to be shown, e.g. a signed form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub consent_evidence: Option<String>,
    /// The giver is a child: the representative agreed to `display`, and from seven years on the child too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_child: bool,
}

/// A request that is right in itself.
#[derive(Debug, Clone)]
pub struct NewRequest {
    pub id: Uuid,
    pub kind: RequestKind,
    pub scope: Scope,
    pub received_on: NaiveDate,
    pub channel: Way,
    pub third_parties: bool,
    pub note: Option<Line>,
    pub changes: Option<Changes>,
}

/// Checked changes, as they are sealed and read again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Changes {
    pub name: Option<String>,
    /// National form, digits only.
    pub phone: Option<String>,
    pub display: Option<Display>,
    pub evidence: Option<Vec<u8>>,
    /// Left out where it is not so: what was asked before there was the field still hashes as it did.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_child: bool,
}

/// Requests that came longer ago than this are typing mistakes.
const OLDEST_DAYS: i64 = 366;

impl NewRequest {
    pub fn parse(ask: RequestIn, now: DateTime<Utc>) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", ask.id, "id phải là UUID riêng của yêu cầu này.", "id must be a UUID of this request's own.");
        let scope = match (ask.party, ask.gift) {
            (Some(party), None) => Some(Scope::Party(party)),
            (None, Some(gift)) => Some(Scope::Gift(gift)),
            _ => {
                check.wrong(
                    "/party",
                    "ONE_OF_TWO",
                    "Ghi người ủng hộ hoặc khoản ủng hộ, một trong hai.",
                    "Name a party or a gift, one of the two.",
                );
                None
            }
        };
        if ask.kind.is_of_a_whole_party() && ask.gift.is_some() {
            check.wrong(
                "/gift",
                "NOT_FOR_ONE_GIFT",
                "Hạn chế xử lý áp dụng cho cả người, không cho riêng một khoản.",
                "A restriction is for the whole party.",
            );
        }
        let today = vietnam_date(now);
        if ask.received_on > today {
            check.wrong(
                "/received_on",
                "IN_THE_FUTURE",
                "Ngày nhận không thể sau hôm nay.",
                "A request cannot come after today.",
            );
        } else if (today - ask.received_on).num_days() > OLDEST_DAYS {
            check.wrong("/received_on", "TOO_OLD", "Ngày nhận trong vòng một năm.", "A request came within the last year.");
        }
        let note = check.read(note(ask.note.as_deref())).flatten();
        let changes = match (ask.kind, ask.changes) {
            (RequestKind::Correct, Some(changes)) => check.read_all(Changes::parse(&changes)),
            (RequestKind::Correct, None) => {
                check.wrong("/changes", "MISSING", "Thiếu nội dung cần sửa.", "What is to be corrected is missing.");
                None
            }
            (_, Some(_)) => {
                check.wrong("/changes", "NOT_A_CORRECTION", "Chỉ yêu cầu CORRECT có nội dung sửa.", "Only CORRECT has changes.");
                None
            }
            (_, None) => None,
        };
        let (id, kind, received_on, channel, third_parties) = (ask.id, ask.kind, ask.received_on, ask.channel, ask.third_parties);
        check.done(scope.map(|scope| Self { id, kind, scope, received_on, channel, third_parties, note, changes }))
    }

    /// Everything that was asked, as one text, with or without what is personal.
    pub fn content(&self, bare: bool) -> String {
        let note = self.note.as_ref().filter(|_| !bare).map(Line::as_str);
        let changes = self.changes.as_ref().filter(|_| !bare);
        let (party, gift) = ids(self.scope);
        content(self.id, self.kind.name(), party, gift, self.received_on, self.channel.name(), self.third_parties)
            + &serde_json::json!([note, changes]).to_string()
    }
}

/// What is left to compare a request with once its texts were erased.
pub fn content(
    id: Uuid,
    kind: &str,
    party: Option<Uuid>,
    gift: Option<Uuid>,
    received_on: NaiveDate,
    channel: &str,
    third_parties: bool,
) -> String {
    serde_json::json!([id, kind, party, gift, received_on, channel, third_parties]).to_string()
}

/// (party, gift) of a scope.
pub fn ids(scope: Scope) -> (Option<Uuid>, Option<Uuid>) {
    match scope {
        Scope::Party(id) => (Some(id), None),
        Scope::Gift(id) => (None, Some(id)),
    }
}

impl Changes {
    fn parse(changes: &ChangesIn) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        if changes.name.is_none() && changes.phone.is_none() && changes.display.is_none() {
            check.wrong(
                "/changes",
                "MISSING",
                "Sửa ít nhất tên, số điện thoại hoặc cách hiển thị.",
                "Correct at least name, phone or display.",
            );
        }
        let name = changes.name.as_deref().and_then(|name| check.read(one_name("/changes/name", name, 200)));
        if let Some(name) = &name
            && let Err(why) = naming::check(name.as_str())
        {
            check.add(why.error("/changes/name"));
        }
        let number = changes.phone.as_deref().and_then(|typed| check.read(phone("/changes/phone", typed)));
        let evidence = changes.consent_evidence.as_deref().map(|text| unhex(text).map(Vec::from));
        if let Some(None) = evidence {
            check.wrong(
                "/changes/consent_evidence",
                "NOT_A_HASH",
                "SHA-256 gồm 64 chữ số hệ 16.",
                "A SHA-256 has 64 hexadecimal digits.",
            );
        }
        check.done(Some(Self {
            name: name.map(|line| line.as_str().to_owned()),
            phone: number.map(Phone::into_string),
            display: changes.display,
            evidence: evidence.flatten(),
            for_child: changes.for_child,
        }))
    }

    /// Whether the party's own data change, not only how they are shown.
    pub fn says_otherwise(&self) -> bool {
        self.name.is_some() || self.phone.is_some()
    }
}

/// Whether a request may be carried out by one person: it shows less than before, nowhere more, and says nothing else.
pub fn shows_only_less(kind: RequestKind, changes: Option<&Changes>, shown: &[Display]) -> bool {
    match (kind, changes) {
        (RequestKind::WithdrawConsent | RequestKind::Restrict | RequestKind::Object, _) => true,
        (RequestKind::Correct, Some(changes)) => {
            !changes.says_otherwise() && changes.display.is_some_and(|to| shown.iter().all(|from| to <= *from))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_shows_less_everywhere_is_done_by_one_person() {
        let to = |display| Changes { display: Some(display), ..Changes::default() };
        let less = |changes: &Changes, shown: &[Display]| shows_only_less(RequestKind::Correct, Some(changes), shown);
        use Display::{Anonymous, FullName, Masked};
        assert!(less(&to(Anonymous), &[Anonymous, Masked, FullName]));
        assert!(less(&to(Masked), &[FullName, Masked]));
        assert!(!less(&to(Masked), &[FullName, Anonymous]));
        assert!(!less(&to(FullName), &[Masked]));
        assert!(!less(&Changes { name: Some("An".into()), ..to(Anonymous) }, &[FullName]));
        assert!(!shows_only_less(RequestKind::Erase, None, &[FullName]));
        assert!(!shows_only_less(RequestKind::Access, None, &[]));
        assert!(shows_only_less(RequestKind::Restrict, None, &[FullName]));
        assert!(!shows_only_less(RequestKind::LiftRestriction, None, &[]));
        assert!(shows_only_less(RequestKind::Object, None, &[FullName]));
        assert!(!shows_only_less(RequestKind::Protect, None, &[]));
    }

    #[test]
    fn names_are_read_back() {
        for kind in ["ERASE", "CORRECT", "WITHDRAW_CONSENT", "RESTRICT", "ACCESS", "LIFT_RESTRICTION", "OBJECT", "PROTECT"] {
            assert_eq!(RequestKind::parse(kind).map(RequestKind::name), Some(kind));
        }
        assert_eq!(unhex(&"ab".repeat(32)), Some([0xab; 32]));
        assert_eq!(unhex("é"), None);
        assert_eq!(unhex(&"zz".repeat(32)), None);
    }
}
