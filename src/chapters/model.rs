//! What may be founded where, how chapters are called and numbered, what their contact and legal data look like. Pure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::codes::codes;
use crate::basics::text::{folded_words, is_invisible, words};
use crate::basics::typing::is_dash;
pub use crate::tree::Level;

codes! {
    /// What a chapter gathers around.
    #[derive(Hash)]
    #[schema(as = ChapterKind)]
    pub wire enum Kind {
        /// An administrative unit.
        Territorial = "TERRITORIAL",
        Agency = "AGENCY",
        School = "SCHOOL",
        Enterprise = "ENTERPRISE",
        Hospital = "HOSPITAL",
        /// A hamlet or neighbourhood (thôn, ấp, khu phố, tổ dân phố): branches only.
        Residential = "RESIDENTIAL",
        /// A profession or hobby its members share: branches only.
        Interest = "INTEREST",
    }
}

use Kind::{Agency, Enterprise, Hospital, Interest, Residential, School, Territorial};
use Level::{Branch, Commune, Grassroots, Province};

type Seat = (Level, Kind);

const PROVINCE: Seat = (Province, Territorial);
const COMMUNE: Seat = (Commune, Territorial);

/// Everything that can be founded: what, and under what. Whatever is not here is refused: territorial chapters come
/// with their units, a branch has nothing below it, and nothing is founded directly under the centre, because the
/// chapter at that depth is taken for the province in every list and total.
pub const FOUNDINGS: &[(Seat, &[Seat])] = &[
    ((Grassroots, Agency), &[PROVINCE, COMMUNE]),
    ((Grassroots, School), &[PROVINCE, COMMUNE]),
    ((Grassroots, Hospital), &[PROVINCE, COMMUNE]),
    ((Grassroots, Enterprise), &[PROVINCE, COMMUNE]),
    ((Branch, Residential), &[COMMUNE]),
    ((Branch, Agency), &[COMMUNE, (Grassroots, Agency)]),
    ((Branch, School), &[COMMUNE, (Grassroots, School)]),
    ((Branch, Hospital), &[COMMUNE, (Grassroots, Hospital)]),
    ((Branch, Enterprise), &[COMMUNE, (Grassroots, Enterprise)]),
    (
        (Branch, Interest),
        &[COMMUNE, (Grassroots, Agency), (Grassroots, School), (Grassroots, Hospital), (Grassroots, Enterprise)],
    ),
];

/// Whether a chapter of this level and kind may be founded under a parent of that level and kind.
pub fn may_found(level: Level, kind: Kind, parent: (Level, Kind)) -> bool {
    FOUNDINGS.iter().any(|(what, under)| *what == (level, kind) && under.contains(&parent))
}

impl Kind {
    /// Two letters in a code: trường học, cơ quan, bệnh viện, doanh nghiệp.
    fn letters(self) -> &'static str {
        match self {
            School => "TH",
            Agency => "CQ",
            Hospital => "BV",
            Enterprise => "DN",
            Territorial | Residential | Interest => "KH",
        }
    }
}

/// What a new code is counted under. A grassroots chapter is counted in its province, which outlives communes
/// (`68-TH`); a branch under the chapter it belongs to (`68-TH-0001-CH`, `23095-CH`).
pub fn code_prefix(level: Level, kind: Kind, province: &str, parent: &str) -> String {
    match level {
        Branch => format!("{parent}-CH"),
        _ => format!("{province}-{}", kind.letters()),
    }
}

/// The code with number `n` (from 1) of a prefix: `68-TH-0001`, `68-TH-0001-CH001`.
pub fn code(level: Level, prefix: &str, n: i32) -> String {
    match level {
        Branch => format!("{prefix}{n:03}"),
        _ => format!("{prefix}-{n:04}"),
    }
}

/// What a chapter is called in short: the full name without the words all chapters begin with.
pub fn short_name(name: &str) -> String {
    let lower = name.to_lowercase();
    let prefix = ["chi hội chữ thập đỏ ", "hội chữ thập đỏ ", "chi hội ", "hội ctđ "].into_iter().find(|p| lower.starts_with(p));
    // Lower case changes no character's place: the prefixes are counted in characters of the name itself.
    let rest: String = name.chars().skip(prefix.map_or(0, |p| p.chars().count())).collect();
    if words(&rest).is_empty() { name.to_owned() } else { rest.trim().to_owned() }
}

/// The form in which names of siblings are compared and searched; empty when there is no word in it.
pub fn folded_name(name: &str) -> String {
    folded_words(name).split(' ').map(without_zeros).collect::<Vec<_>>().join(" ")
}

/// A number without zeros before it; other words as they are.
pub fn without_zeros(word: &str) -> &str {
    if word.bytes().all(|b| b.is_ascii_digit()) {
        let rest = word.trim_start_matches('0');
        if rest.is_empty() && !word.is_empty() { "0" } else { rest }
    } else {
        word
    }
}

/// What a chapter's office can be reached by. Public: an office's, never a person's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChapterContact)]
pub struct Contact {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Thôn 2, xã Hàm Liêm, tỉnh Lâm Đồng", max_length = 200)]
    pub address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0252 3865 123")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "ctd.hamliem@lamdong.gov.vn", max_length = 200)]
    pub email: Option<String>,
}

/// What the chapter is before the law. All of it may be unknown: after the mergers it is not the same everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChapterLegal)]
pub struct Legal {
    /// Tư cách pháp nhân.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_personality: Option<bool>,
    /// Number of the certificate of registration of the seal (mẫu dấu).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 60)]
    pub seal_no: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal_registered_on: Option<NaiveDate>,
    /// Mã số thuế: 10, 12 or 13 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<String>,
    /// Whether money comes to an account of the chapter's own, and not through the Front or the level above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_bank_account: Option<bool>,
}

/// Everything about a chapter that may be changed without a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    pub contact: Contact,
    pub legal: Legal,
}

/// A decision of the chapter's superiors (quyết định).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub no: String,
    pub on: Option<NaiveDate>,
}

/// A chapter about to be founded, right in itself; whether it fits its parent is decided with the parent at hand.
#[derive(Debug, Clone)]
pub struct NewChapter {
    pub id: Uuid,
    pub level: Level,
    pub kind: Kind,
    pub name: String,
    pub short_name: String,
    pub founded_on: NaiveDate,
    /// The committee is provisional until the first congress.
    pub provisional: bool,
    pub decision: Decision,
    pub details: Details,
}

/// What a decision changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Rename {
        name: String,
        short_name: String,
    },
    /// The committee becomes provisional (lâm thời), as after a merger.
    MakeProvisional,
    /// A congress has elected a committee.
    MakeRegular,
}

/// An office's phone number as it is kept: as it was grouped, with plain blanks and dashes and nothing that nobody sees.
pub fn plain_office_phone(typed: &str) -> String {
    let seen = typed.chars().filter(|c| !is_invisible(*c));
    let plain = |c: char| match c {
        '/' => '.',
        c if c.is_whitespace() && !c.is_control() => ' ',
        c if is_dash(c) => '-',
        c => c,
    };
    seen.map(plain).collect()
}

/// Whether an office's phone number is one: 8 to 15 digits, written with spaces, dots, dashes, brackets or a leading plus.
pub fn is_office_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    (8..=15).contains(&digits) && rest.chars().all(|c| c.is_ascii_digit() || " .-()".contains(c))
}

/// Whether a text looks like an e-mail address; only a letter sent there would prove it.
pub fn is_email(text: &str) -> bool {
    let fits = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_+".contains(&b)) && !part.starts_with('.')
    };
    text.split_once('@').is_some_and(|(name, host)| {
        fits(name) && fits(host) && !host.contains("..") && host.rsplit_once('.').is_some_and(|(_, top)| top.len() >= 2)
    })
}

/// Whether a text is a tax code, and its digits: 10, 12, or 10 and 3 behind a dash.
pub fn tax_code(text: &str) -> Option<String> {
    let plain = match text.split_once('-') {
        Some((main, part)) if main.len() == 10 && part.len() == 3 => format!("{main}{part}"),
        Some(_) => return None,
        None => text.to_owned(),
    };
    let right = matches!(plain.len(), 10 | 12 | 13) && plain.bytes().all(|b| b.is_ascii_digit());
    right.then_some(match plain.split_at_checked(10) {
        Some((main, part)) if part.len() == 3 => format!("{main}-{part}"),
        _ => plain,
    })
}

/// What a kind of administrative unit is called.
pub fn vietnamese_kind(kind: &str) -> &'static str {
    match kind {
        "MUNICIPALITY" => "thành phố trực thuộc trung ương",
        "PROVINCE" => "tỉnh",
        "WARD" => "phường",
        "COMMUNE" => "xã",
        "SPECIAL_ZONE" => "đặc khu",
        "TOWNSHIP" => "thị trấn",
        "DISTRICT" => "huyện",
        "URBAN_DISTRICT" => "quận",
        "TOWN" => "thị xã",
        "CITY" => "thành phố",
        _ => "khu vực",
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod model_tests;
