//! What is sent about committees and posts, with the checks that need no database.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Acting, CommitteeKind, MadeBy, Manner, may_begin, may_last};
use crate::basics::Line;
use crate::documents::model::ContentHash;
use crate::http::{Check, FieldError, one_line};
use crate::persons::PersonId;

/// The longest number of a decision, in characters.
pub(super) const MOST_DECISION: usize = 100;
/// The longest name of a congress, in characters.
const MOST_CONGRESS: usize = 200;
/// Most seats of one post.
const MOST_SEATS: i16 = 200;
/// Most posts of one committee: there are fewer titles.
const MOST_POSTS: usize = 20;

/// A committee to enter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitteeIn {
    /// Made by the client, once; sending it again enters nothing.
    id: Uuid,
    /// Code of the chapter.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    kind: CommitteeKind,
    /// A congress, or a decision.
    made_by: MadeBy,
    /// Lâm thời: by decision, before a first congress.
    #[serde(default)]
    provisional: bool,
    /// What the congress is called.
    #[serde(default)]
    #[schema(example = "Đại hội đại biểu lần thứ I, nhiệm kỳ 2026–2031", max_length = 200)]
    congress: Option<String>,
    /// Number of the decision that recognises or makes it.
    #[schema(example = "12/QĐ-HCTĐ", max_length = 100)]
    decision_no: String,
    decision_on: NaiveDate,
    /// SHA-256 of its paper, uploaded for `COMMITTEE`, hexadecimal.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    document: Option<String>,
    /// Its first day. The chapter's committee of this kind before it ends that day, with every post in it and every role they carry; a
    /// new executive committee ends the standing committee too.
    valid_from: NaiveDate,
    /// The day on which its term is planned to be over. It stays all the same until the next one begins or a decision ends it.
    #[serde(default)]
    term_until: Option<NaiveDate>,
    /// What there is in it (`GET /post-titles`).
    #[schema(min_items = 1, max_items = 20)]
    posts: Vec<PostIn>,
}

/// A post of a committee.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostIn {
    #[schema(example = "EXECUTIVE_MEMBER", max_length = 40)]
    title: String,
    /// How many hold it; 1 unless given.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 200, example = 12)]
    seats: i16,
}

fn one() -> i16 {
    1
}

/// A committee that is right in itself.
#[derive(Debug, Clone)]
pub struct NewTerm {
    pub id: Uuid,
    pub chapter: String,
    pub kind: CommitteeKind,
    pub made_by: MadeBy,
    pub provisional: bool,
    pub congress: Option<Line>,
    pub decision_no: Line,
    pub decision_on: NaiveDate,
    pub document: Option<String>,
    pub valid_from: NaiveDate,
    pub term_until: Option<NaiveDate>,
    /// (title, seats)
    pub posts: Vec<(String, i16)>,
}

impl NewTerm {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        json!([
            "COMMITTEE",
            self.chapter,
            self.kind,
            self.made_by,
            self.provisional,
            self.congress.as_ref().map(Line::as_str),
            self.decision_no.as_str(),
            self.decision_on,
            self.document,
            self.valid_from,
            self.term_until,
            self.posts
        ])
        .to_string()
    }
}

pub(super) fn own_id(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
}

pub(super) fn hash(check: &mut Check, document: Option<&str>) -> Option<String> {
    let text = document?;
    let parsed = ContentHash::parse(text);
    if parsed.is_none() {
        check.wrong("/document", "NOT_A_HASH", "SHA-256 gồm 64 chữ số thập lục phân.", "A SHA-256 has 64 hexadecimal digits.");
    }
    parsed.map(|hash| hash.as_str().to_owned())
}

/// A decision is of a day that has come.
fn decided(check: &mut Check, on: NaiveDate, today: NaiveDate) {
    if on > today {
        check.wrong("/decision_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
    } else if !may_begin(on, today) {
        check.wrong(
            "/decision_on",
            "TOO_OLD",
            "Không trước ngày thành lập Hội 23/11/1946.",
            "Not before the society was founded, 23/11/1946.",
        );
    }
}

impl CommitteeIn {
    /// As its client called it.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<NewTerm, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let decision_no = check.read(one_line("/decision_no", &self.decision_no, MOST_DECISION));
        let congress = self.congress.as_deref().map(|text| check.read(one_line("/congress", text, MOST_CONGRESS)));
        decided(&mut check, self.decision_on, today);
        let document = hash(&mut check, self.document.as_deref());
        if !may_begin(self.valid_from, today) {
            check.wrong(
                "/valid_from",
                "OUT_OF_RANGE",
                "Từ ngày thành lập Hội đến một năm tới.",
                "Between the founding of the society and a year from now.",
            );
        }
        if self.term_until.is_some_and(|until| !may_last(self.valid_from, until)) {
            check.wrong(
                "/term_until",
                "OUT_OF_RANGE",
                "Sau ngày bắt đầu, không quá 12 năm.",
                "After the beginning, and no more than 12 years.",
            );
        }
        if self.made_by == MadeBy::Congress && self.provisional {
            check.wrong(
                "/provisional",
                "NOT_TOGETHER",
                "Ban do đại hội bầu không phải là lâm thời.",
                "What a congress elects is not provisional.",
            );
        }
        if self.made_by == MadeBy::Decision && self.congress.is_some() {
            check.wrong(
                "/congress",
                "NOT_TOGETHER",
                "Ban lập bằng quyết định thì không ghi đại hội.",
                "What a decision makes has no congress.",
            );
        }
        posts(&mut check, &self.posts);
        let posts = self.posts.into_iter().map(|post| (post.title, post.seats)).collect();
        check.done(decision_no.map(|decision_no| NewTerm {
            id: self.id,
            chapter: self.chapter,
            kind: self.kind,
            made_by: self.made_by,
            provisional: self.provisional,
            congress: congress.flatten(),
            decision_no,
            decision_on: self.decision_on,
            document,
            valid_from: self.valid_from,
            term_until: self.term_until,
            posts,
        }))
    }
}

fn posts(check: &mut Check, posts: &[PostIn]) {
    if posts.is_empty() || posts.len() > MOST_POSTS {
        check.wrong("/posts", "OUT_OF_RANGE", "Từ 1 đến 20 chức danh.", "1 to 20 posts.");
    }
    for (n, post) in posts.iter().enumerate() {
        if !(1..=MOST_SEATS).contains(&post.seats) {
            check.wrong(format!("/posts/{n}/seats"), "OUT_OF_RANGE", "Từ 1 đến 200 người.", "1 to 200 seats.");
        }
        if posts.iter().take(n).any(|other| other.title == post.title) {
            check.wrong(
                format!("/posts/{n}/title"),
                "TWICE",
                "Chức danh này đã ghi ở trên: hãy tăng số người.",
                "This post stands above already: raise its seats.",
            );
        }
    }
}

/// A post that comes to a committee in the middle of its term; of a title that it has already, more seats.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitteePostIn {
    /// Made by the client, once; sending it again adds nothing.
    id: Uuid,
    #[schema(example = "EXECUTIVE_MEMBER", max_length = 40)]
    title: String,
    /// How many hold it; 1 unless given.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 200, example = 3)]
    seats: i16,
    /// From when on there is it; today unless given, and no later.
    #[serde(default)]
    from: Option<NaiveDate>,
    /// Number of the decision.
    #[schema(example = "18/QĐ-HCTĐ", max_length = 100)]
    decision_no: String,
    decision_on: NaiveDate,
    /// SHA-256 of its paper, uploaded for `COMMITTEE`, hexadecimal.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    document: Option<String>,
}

/// A post to add, right in itself.
#[derive(Debug, Clone)]
pub struct Added {
    pub id: Uuid,
    pub title: String,
    pub seats: i16,
    pub from: Option<NaiveDate>,
    pub decision_no: Line,
    pub decision_on: NaiveDate,
    pub document: Option<String>,
}

impl Added {
    /// One text of all that was sent.
    pub fn content(&self, committee: Uuid) -> String {
        let decision = (self.decision_no.as_str(), self.decision_on);
        json!(["POST", committee, self.title, self.seats, self.from, decision, self.document]).to_string()
    }
}

impl CommitteePostIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Added, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let decision_no = check.read(one_line("/decision_no", &self.decision_no, MOST_DECISION));
        decided(&mut check, self.decision_on, today);
        let document = hash(&mut check, self.document.as_deref());
        if !(1..=MOST_SEATS).contains(&self.seats) {
            check.wrong("/seats", "OUT_OF_RANGE", "Từ 1 đến 200 người.", "1 to 200 seats.");
        }
        if self.from.is_some_and(|from| from > today) {
            check.wrong("/from", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        check.done(decision_no.map(|decision_no| Added {
            id: self.id,
            title: self.title,
            seats: self.seats,
            from: self.from,
            decision_no,
            decision_on: self.decision_on,
            document,
        }))
    }
}

/// How a committee, or somebody's time in a post, ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenureEndingIn {
    /// Number of the decision that ends it.
    #[schema(example = "20/QĐ-HCTĐ", max_length = 100)]
    decision_no: String,
    /// The first day on which it holds no longer; today unless given. Roles that the post carries end that day too; if it has passed,
    /// with the next request.
    #[serde(default)]
    until: Option<NaiveDate>,
}

/// An ending that is right in itself.
#[derive(Debug, Clone)]
pub struct Ended {
    pub decision_no: Line,
    pub until: Option<NaiveDate>,
}

impl Ended {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        format!("{}\0{:?}", self.decision_no.as_str(), self.until)
    }
}

impl TenureEndingIn {
    /// Checks every field.
    pub fn check(self) -> Result<Ended, FieldError> {
        Ok(Ended { decision_no: one_line("/decision_no", &self.decision_no, MOST_DECISION)?, until: self.until })
    }
}

/// Somebody to enter in a post.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostHolderIn {
    /// Made by the client, once, at random (UUIDv4): ids of persons' records carry no time.
    id: Uuid,
    /// A person of the chapter (`GET /persons`).
    person: PersonId,
    /// The first day; that of the committee unless given.
    #[serde(default)]
    from: Option<NaiveDate>,
    /// The first day on which it is held no longer, where that is known beforehand.
    #[serde(default)]
    until: Option<NaiveDate>,
    /// How they came to it.
    manner: Manner,
    /// Where it is held for the time being.
    #[serde(default)]
    acting: Option<Acting>,
    /// Number of the decision, or of the minutes of the election.
    #[schema(example = "05/NQ-BCH", max_length = 100)]
    decision_no: String,
    decision_on: NaiveDate,
    /// SHA-256 of its paper, uploaded for `COMMITTEE`, hexadecimal.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    document: Option<String>,
}

/// Somebody's time in a post, right in itself.
#[derive(Debug, Clone)]
pub struct NewInPost {
    pub id: Uuid,
    pub person: PersonId,
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub manner: Manner,
    pub acting: Option<Acting>,
    pub decision_no: Line,
    pub decision_on: NaiveDate,
    pub document: Option<String>,
}

impl NewInPost {
    /// One text of all that was sent.
    pub fn content(&self, post: Uuid) -> String {
        json!([
            "HOLDER",
            post,
            self.person.0,
            self.from,
            self.until,
            self.manner,
            self.acting,
            self.decision_no.as_str(),
            self.decision_on,
            self.document
        ])
        .to_string()
    }
}

impl PostHolderIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<NewInPost, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        if self.id.get_version_num() != 4 {
            check.wrong(
                "/id",
                "NOT_RANDOM",
                "id của bản ghi về một người phải là UUID ngẫu nhiên (phiên bản 4), không mang thời điểm.",
                "The id of a person's record is a random UUID (version 4), which carries no time.",
            );
        }
        let decision_no = check.read(one_line("/decision_no", &self.decision_no, MOST_DECISION));
        decided(&mut check, self.decision_on, today);
        let document = hash(&mut check, self.document.as_deref());
        if let (Some(from), Some(until)) = (self.from, self.until)
            && until <= from
        {
            check.wrong("/until", "BEFORE_THE_START", "Sau ngày bắt đầu.", "After the beginning.");
        }
        check.done(decision_no.map(|decision_no| NewInPost {
            id: self.id,
            person: self.person,
            from: self.from,
            until: self.until,
            manner: self.manner,
            acting: self.acting,
            decision_no,
            decision_on: self.decision_on,
            document,
        }))
    }
}
