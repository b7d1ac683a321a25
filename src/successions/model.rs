//! What a plan says, right in itself. Pure.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::codes::codes;
use crate::basics::{Line, unhex};
use crate::chapters::to_be_made::ToBeMade;
use crate::http::{Check, FieldError, note, one_line};
use crate::ledger::accounts::Account;

/// Most chapters that go up by one plan, or that they go up in.
pub const MOST_CHAPTERS: usize = 20;
/// Most lines of shares or of officers.
pub const MOST_LINES: usize = 200;

codes! {
    /// What becomes of the chapters.
    #[derive(Hash)]
    #[schema(as = SuccessionKind)]
    pub wire enum Kind {
        /// Hợp nhất, sáp nhập: several, or one, go up in another.
        Merge = "MERGE",
        /// Chia, tách: one goes up in several.
        Split = "SPLIT",
        /// Chuyển về cấp trên khác: one goes on as a new one, under another parent.
        Move = "MOVE",
        /// Giải thể: what it had goes to another, as a rule the one above.
        Dissolve = "DISSOLVE",
    }

    /// Where a plan stands.
    #[derive(Hash)]
    #[schema(as = SuccessionState)]
    pub wire enum State {
        Asked = "ASKED",
        /// It is carried out on its day.
        Approved = "APPROVED",
        Done = "DONE",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
    }
}

impl Kind {
    /// What the chapter's history calls it.
    pub fn change(self) -> &'static str {
        match self {
            Kind::Merge => "MERGED",
            Kind::Split => "SPLIT",
            Kind::Move => "MOVED",
            Kind::Dissolve => "DISSOLVED",
        }
    }

    /// What the chapter is then.
    pub fn status(self) -> &'static str {
        if self == Kind::Dissolve { "DISSOLVED" } else { "MERGED" }
    }

    /// Whether so many chapters may go up in so many.
    fn fits(self, from: usize, to: usize) -> bool {
        match self {
            Kind::Merge => from >= 1 && to == 1,
            Kind::Split => from == 1 && to >= 2,
            Kind::Move | Kind::Dissolve => from == 1 && to == 1,
        }
    }
}

/// What of a chapter that is split goes where. Whatever no share names goes to the first successor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SuccessionShare)]
pub struct Share {
    /// Code of a fund.
    #[schema(example = "APPEAL:LULUT-2026", max_length = 60)]
    pub fund: String,
    /// One account of it; all of them unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "CASH_ON_HAND", max_length = 30)]
    pub account: Option<String>,
    /// Code of the successor.
    #[schema(example = "23095", max_length = 40)]
    pub to: String,
}

/// A role that goes on at a successor; all others end that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoleGoesOn)]
pub struct GoesOn {
    /// Id of the role's assignment at a chapter that goes up.
    pub assignment: Uuid,
    /// Code of the successor where it goes on.
    #[schema(example = "23095", max_length = 40)]
    pub to: String,
}

/// Which chapters go up in which, and what goes where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub from: Vec<String>,
    pub to: Vec<String>,
    pub shares: Vec<Share>,
    pub officers: Vec<GoesOn>,
    /// Those of `to` that are made by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub new_chapters: Vec<ToBeMade>,
}

impl Content {
    /// To which successor, by its place among them, an account of a fund goes.
    pub fn target(&self, fund: &str, account: Account) -> usize {
        let names = |share: &&Share| share.fund == fund && share.account.as_deref().is_none_or(|name| name == account.name());
        // What names the account says more than what names the fund.
        let share = self.shares.iter().filter(names).max_by_key(|share| share.account.is_some());
        share.and_then(|share| self.to.iter().position(|to| *to == share.to)).unwrap_or(0)
    }

    /// Where the role of an assignment goes on.
    pub fn goes_on_at(&self, assignment: Uuid) -> Option<&str> {
        self.officers.iter().find(|one| one.assignment == assignment).map(|one| one.to.as_str())
    }

    /// All chapters it names.
    pub fn chapters(&self) -> Vec<&str> {
        self.from.iter().chain(&self.to).map(String::as_str).collect()
    }

    /// The chapter with a code, where the plan makes it.
    pub fn makes(&self, code: &str) -> Option<&ToBeMade> {
        self.new_chapters.iter().find(|new| new.code == code)
    }
}

/// A plan as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuccessionIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    pub kind: Kind,
    /// Codes of the chapters that go up.
    #[schema(example = json!(["23094"]), min_items = 1, max_items = 20)]
    pub from: Vec<String>,
    /// Codes of the chapters that go on for them: there already, or made by the plan (`new_chapters`). The first goes on with whatever is
    /// not given to another.
    #[schema(example = json!(["23095"]), min_items = 1, max_items = 20)]
    pub to: Vec<String>,
    /// Chapters of new communes or provinces, made in the moment in which the plan is carried out. (Those of schools, agencies, hospitals
    /// and enterprises are founded before, by `POST /chapters`.)
    #[serde(default)]
    #[schema(max_items = 20)]
    pub new_chapters: Vec<ToBeMade>,
    /// Of a split: what goes where.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub shares: Vec<Share>,
    /// Whose roles go on, and where.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub officers: Vec<GoesOn>,
    /// The day from which it holds: carried out on it, or at once when it has come.
    pub effective_on: NaiveDate,
    /// Number of the decision.
    #[schema(example = "07/QĐ-HCTĐ", max_length = 60)]
    pub decision_no: String,
    /// SHA-256 of the decision's paper, uploaded for this purpose by the chapter that decides, hexadecimal; public with the entries.
    #[schema(min_length = 64, max_length = 64)]
    pub document: String,
    /// For those who decide; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A plan that is right in itself.
#[derive(Debug, Clone)]
pub struct Plan {
    pub id: Uuid,
    pub kind: Kind,
    pub content: Content,
    pub effective_on: NaiveDate,
    pub decision_no: Line,
    pub document: [u8; 32],
    pub note: Option<Line>,
}

impl Plan {
    /// All but the note, in one form.
    pub fn text(&self) -> String {
        let Plan { kind, content, effective_on, decision_no, document, .. } = self;
        json!([kind, content, effective_on, decision_no.as_str(), document]).to_string()
    }
}

impl SuccessionIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Plan, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
        check_chapters(self.kind, &self.from, &self.to, &mut check);
        check_shares(self.kind, &self.shares, &self.to, &mut check);
        check_officers(&self.officers, &self.to, &mut check);
        let new_chapters = check_new(self.kind, self.new_chapters, &self.to, &mut check);
        let year = Days::new(366);
        if self.effective_on < today - year || self.effective_on > today + year {
            check.wrong(
                "/effective_on",
                "OUT_OF_RANGE",
                "Trong khoảng một năm trước đến một năm tới.",
                "Within a year past and one to come.",
            );
        }
        let decision_no = check.read(one_line("/decision_no", &self.decision_no, 60));
        let document = unhex(&self.document);
        if document.is_none() {
            check.wrong("/document", "NOT_A_HASH", "SHA-256 gồm 64 chữ số hệ 16.", "A SHA-256 has 64 hexadecimal digits.");
        }
        let note = check.read(note(self.note.as_deref()));
        let (id, kind, effective_on) = (self.id, self.kind, self.effective_on);
        let content = Content { from: self.from, to: self.to, shares: self.shares, officers: self.officers, new_chapters };
        let read = decision_no.zip(document).zip(note);
        check.done(read.map(|((decision_no, document), note)| Plan {
            id,
            kind,
            content,
            effective_on,
            decision_no,
            document,
            note,
        }))
    }
}

fn check_chapters(kind: Kind, from: &[String], to: &[String], check: &mut Check) {
    if from.len() > MOST_CHAPTERS || to.len() > MOST_CHAPTERS || !kind.fits(from.len(), to.len()) {
        check.wrong(
            "/kind",
            "NOT_FOR_THIS",
            "MERGE: một hay nhiều đơn vị vào một; SPLIT: một thành nhiều; MOVE, DISSOLVE: một và một; nhiều nhất 20.",
            "MERGE: one or more into one; SPLIT: one into several; MOVE and DISSOLVE: one and one; 20 at most.",
        );
    }
    let mut known = BTreeSet::new();
    for (side, codes) in [("from", from), ("to", to)] {
        for (n, code) in codes.iter().enumerate() {
            if !known.insert(code) {
                let (vi, en) = ("Đơn vị này đã có ở trên.", "This chapter stands above already.");
                check.wrong(format!("/{side}/{n}"), "TWICE", vi, en);
            }
        }
    }
}

fn check_shares(kind: Kind, shares: &[Share], to: &[String], check: &mut Check) {
    if shares.len() > MOST_LINES || (kind != Kind::Split && !shares.is_empty()) {
        check.wrong(
            "/shares",
            "NOT_FOR_THIS",
            "Chỉ khi chia tách (SPLIT), nhiều nhất 200 dòng.",
            "Of a SPLIT only, 200 lines at most.",
        );
    }
    let mut known = BTreeSet::new();
    for (n, share) in shares.iter().enumerate() {
        let pointer = format!("/shares/{n}");
        if !known.insert((&share.fund, &share.account)) {
            check.wrong(
                pointer.clone(),
                "TWICE",
                "Quỹ và tài khoản này đã có ở trên.",
                "This fund and account stand above already.",
            );
        }
        let account = share.account.as_deref().map(|name| Account::parse(name).is_some_and(Account::is_left));
        if account == Some(false) {
            check.wrong(
                format!("{pointer}/account"),
                "NOT_A_CHOICE",
                "Không phải tài khoản số dư.",
                "No account of what is left.",
            );
        }
        check_target(&pointer, &share.to, to, check);
    }
}

fn check_officers(officers: &[GoesOn], to: &[String], check: &mut Check) {
    if officers.len() > MOST_LINES {
        check.wrong("/officers", "OUT_OF_RANGE", "Nhiều nhất 200 dòng.", "200 lines at most.");
    }
    let mut known = BTreeSet::new();
    for (n, one) in officers.iter().enumerate() {
        let pointer = format!("/officers/{n}");
        if !known.insert(one.assignment) {
            check.wrong(pointer.clone(), "TWICE", "Vai trò này đã có ở trên.", "This role stands above already.");
        }
        check_target(&pointer, &one.to, to, check);
    }
}

fn check_new(kind: Kind, new: Vec<ToBeMade>, to: &[String], check: &mut Check) -> Vec<ToBeMade> {
    if new.len() > MOST_CHAPTERS || (kind == Kind::Dissolve && !new.is_empty()) {
        check.wrong(
            "/new_chapters",
            "NOT_FOR_THIS",
            "Không dùng khi giải thể (DISSOLVE); nhiều nhất 20.",
            "Not of a DISSOLVE, and 20 at most.",
        );
        return Vec::new();
    }
    let (mut codes, mut ids, mut names) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut checked = Vec::with_capacity(new.len());
    for (n, new) in new.into_iter().enumerate() {
        let at = format!("/new_chapters/{n}");
        let new = new.checked(&at, check);
        let (vi, en) = ("Đơn vị này đã có ở trên.", "This chapter stands above already.");
        for (field, first) in [
            ("code", codes.insert(new.code.clone())),
            ("id", ids.insert(new.id)),
            ("name", names.insert((new.parent.clone(), new.name.clone()))),
        ] {
            if !first {
                check.wrong(format!("{at}/{field}"), "TWICE", vi, en);
            }
        }
        if !to.contains(&new.code) {
            let (vi, en) = ("Không phải đơn vị kế tục trong phương án này.", "No successor of this plan.");
            check.wrong(format!("{at}/code"), "NO_SUCH_CHAPTER", vi, en);
        }
        checked.push(new);
    }
    checked
}

fn check_target(pointer: &str, target: &str, to: &[String], check: &mut Check) {
    if !to.iter().any(|code| code == target) {
        let (vi, en) = ("Không phải đơn vị kế tục trong phương án này.", "No successor of this plan.");
        check.wrong(format!("{pointer}/to"), "NO_SUCH_CHAPTER", vi, en);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_an_account_says_more_than_one_of_its_fund() {
        let share = |fund: &str, account: Option<Account>, to: &str| Share {
            fund: fund.to_owned(),
            account: account.map(|account| account.name().to_owned()),
            to: to.to_owned(),
        };
        let content = Content {
            from: vec!["A".to_owned()],
            to: vec!["B".to_owned(), "C".to_owned(), "D".to_owned()],
            shares: vec![share("GENERAL", Some(Account::CashOnHand), "D"), share("GENERAL", None, "C")],
            officers: Vec::new(),
            new_chapters: Vec::new(),
        };
        assert_eq!(content.target("GENERAL", Account::CashOnHand), 2);
        assert_eq!(content.target("GENERAL", Account::Bank), 1);
        assert_eq!(content.target("OPERATING", Account::Bank), 0);
    }

    #[test]
    fn everything_that_is_wrong_is_said() {
        let today = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        let plan = SuccessionIn {
            id: Uuid::from_u128(7),
            kind: Kind::Merge,
            from: vec!["A".to_owned(), "B".to_owned()],
            to: vec!["B".to_owned()],
            new_chapters: vec![ToBeMade {
                id: Uuid::from_u128(8),
                code: "23096".to_owned(),
                parent: "68".to_owned(),
                name: "Hội Chữ thập đỏ xã Hàm Liêm".to_owned(),
                short_name: None,
                provisional: true,
            }],
            shares: vec![Share { fund: "GENERAL".to_owned(), account: Some("LOSS".to_owned()), to: "X".to_owned() }],
            officers: vec![GoesOn { assignment: Uuid::nil(), to: "A".to_owned() }],
            effective_on: today + Days::new(400),
            decision_no: String::new(),
            document: "12".to_owned(),
            note: None,
        };
        let errors = plan.check(today).unwrap_err();
        let found: Vec<(&str, &str)> = errors.iter().map(|error| (error.pointer.as_str(), error.code)).collect();
        for expected in [
            ("/to/0", "TWICE"),
            ("/shares", "NOT_FOR_THIS"),
            ("/shares/0/account", "NOT_A_CHOICE"),
            ("/shares/0/to", "NO_SUCH_CHAPTER"),
            ("/officers/0/to", "NO_SUCH_CHAPTER"),
            ("/new_chapters/0/code", "NO_SUCH_CHAPTER"),
            ("/effective_on", "OUT_OF_RANGE"),
            ("/document", "NOT_A_HASH"),
        ] {
            assert!(found.contains(&expected), "{expected:?} in {found:?}");
        }
    }
}
