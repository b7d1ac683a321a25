//! Gifts as JSON: what comes in, what goes out.

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked_wire::AskedOut;
use super::model::{GiftLine, NewGift};
use super::unusual::Concern;
use crate::basics::PublicCode;
use crate::basics::text::masked;
use crate::http::{Paging, Problem};
use crate::ledger::kinds::Channel;
use crate::parties::PartyKind;
use crate::parties::consent::Purpose;
use crate::vouchers::model::Number;

/// A gift as a phone, a desk or an import sends it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftIn {
    /// Made by the client, once; sending the same gift again with the same id never books it twice.
    pub id: Uuid,
    /// Public code made by the client, so that the giver has it while offline. Made by the server when absent.
    #[serde(default)]
    #[schema(example = "7ZC4K0M9T2R8VQ3BX", max_length = 40)]
    pub code: Option<String>,
    /// Code of the chapter that received the gift.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// Code of the appeal it was given for; without one it goes to the chapter's general fund.
    #[serde(default)]
    #[schema(example = "LULUT-2026", max_length = 40)]
    pub appeal: Option<String>,
    pub channel: Channel,
    /// Whole đồng, 1 to 10^15. For gifts in kind: absent, or the sum of the lines.
    #[serde(default)]
    #[schema(example = 500_000, minimum = 1, maximum = 1_000_000_000_000_000i64)]
    pub amount_vnd: Option<i64>,
    /// Goods; only and always for IN_KIND.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub lines: Vec<LineIn>,
    /// Number of messages or payments; only and always for SMS and E_WALLET.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub message_count: Option<i32>,
    /// Absent for a giver who stays unknown.
    #[serde(default)]
    pub giver: Option<GiverIn>,
    /// What the public may see of the giver's name. ANONYMOUS for persons and FULL_NAME for organisations unless chosen.
    #[serde(default)]
    pub display: Option<Display>,
    /// The giver is a child, and the choice of `display` was agreed to by the representative, and from seven years on by the
    /// child too.
    #[serde(default)]
    pub for_child: bool,
    /// Where the giver lives or has its seat: stands on the receipt, never public.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub payer_address: Option<String>,
    /// How many original vouchers came with the gift; stands on the receipt.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 99)]
    pub enclosed: Option<u8>,
    /// The giver's stated wish for the use of the gift.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub wish: Option<String>,
    /// Text of the transfer, as it came. Never shown to the public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub memo: Option<String>,
    /// The bank's reference. Never shown to the public.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub bank_reference: Option<String>,
    /// The day the gift was received, in Vietnam; not in the future.
    pub received_on: NaiveDate,
    /// Book and number of a pre-printed paper slip: both or none, once per chapter however they are typed (case, marks,
    /// blanks, hyphens and leading zeros aside).
    #[serde(default)]
    #[schema(max_length = 40)]
    pub paper_book: Option<String>,
    #[serde(default)]
    #[schema(max_length = 40)]
    pub paper_no: Option<String>,
    /// When the phone took it down; kept, not trusted.
    #[serde(default)]
    pub captured_at: Option<DateTime<Utc>>,
    /// An unusually large sum was looked at again and is right: for a gift that was answered `/problems/unusual`, never by default.
    #[serde(default)]
    pub confirmed: bool,
}

/// A gift as it could have been sent: every field as it was understood.
impl From<&NewGift> for GiftIn {
    fn from(gift: &NewGift) -> Self {
        let text = |line: &Option<crate::basics::Line>| line.as_ref().map(|line| line.as_str().to_owned());
        let slip = gift.paper_slip.as_ref();
        Self {
            id: gift.id,
            code: gift.code.as_ref().map(PublicCode::as_str).map(str::to_owned),
            chapter: gift.chapter.clone(),
            appeal: gift.appeal.clone(),
            channel: gift.channel,
            amount_vnd: Some(gift.amount.get()),
            lines: gift.lines.iter().map(LineIn::from).collect(),
            message_count: gift.message_count,
            giver: gift.giver.as_ref().map(|giver| GiverIn {
                kind: giver.kind,
                name: giver.name.as_str().to_owned(),
                phone: giver.phone.clone(),
            }),
            display: gift.giver.as_ref().map(|_| gift.display),
            wish: text(&gift.wish),
            memo: text(&gift.memo),
            bank_reference: text(&gift.bank_reference),
            received_on: gift.received_on,
            paper_book: slip.map(|(book, _)| book.as_str().to_owned()),
            paper_no: slip.map(|(_, no)| no.as_str().to_owned()),
            captured_at: gift.captured_at,
            for_child: gift.payer.is_child,
            payer_address: text(&gift.payer.address),
            enclosed: gift.payer.enclosed,
            confirmed: gift.confirmed,
        }
    }
}

impl From<&GiftLine> for LineIn {
    fn from(line: &GiftLine) -> Self {
        Self {
            item: line.item.clone(),
            quantity: QuantityIn::Text(line.quantity.to_string()),
            unit: line.unit.clone(),
            value_vnd: line.value.get(),
            valuation: line.valuation,
        }
    }
}

/// Goods of one kind.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineIn {
    /// Catalogue code (`GET /api/v1/public/items`).
    #[schema(example = "RICE", max_length = 40)]
    pub item: String,
    /// As text (`"12.5"`) or number: up to three decimals in units that measure, none in units that count.
    #[schema(value_type = String, example = "12.5")]
    pub quantity: QuantityIn,
    /// One of the item's units.
    #[schema(example = "KG", max_length = 20)]
    pub unit: String,
    /// Value of the line in đồng.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000i64)]
    pub value_vnd: i64,
    pub valuation: Valuation,
}

/// A quantity as clients write it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum QuantityIn {
    Text(String),
    Number(serde_json::Number),
}

/// How goods were valued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Valuation {
    DonorStated,
    Invoice,
    MarketPrice,
    PriceList,
}

impl Valuation {
    pub fn name(self) -> &'static str {
        match self {
            Valuation::DonorStated => "DONOR_STATED",
            Valuation::Invoice => "INVOICE",
            Valuation::MarketPrice => "MARKET_PRICE",
            Valuation::PriceList => "PRICE_LIST",
        }
    }
}

/// Who gave.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiverIn {
    pub kind: PartyKind,
    #[schema(example = "Nguyễn Văn An", max_length = 200)]
    pub name: String,
    #[serde(default)]
    #[schema(example = "0912345678", max_length = 60)]
    pub phone: Option<String>,
}

/// What the public may see of a giver's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Display {
    /// Nothing.
    Anonymous,
    /// Family name and initials: "Nguyễn V. A."
    Masked,
    /// The whole name, by the giver's recorded choice.
    FullName,
}

impl Display {
    pub fn name(self) -> &'static str {
        match self {
            Display::Anonymous => "ANONYMOUS",
            Display::Masked => "MASKED",
            Display::FullName => "FULL_NAME",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Display::Anonymous, Display::Masked, Display::FullName].into_iter().find(|display| display.name() == name)
    }

    /// A name in the form the public may see. Of one that is all digits nothing is left when it is masked.
    pub fn shown(self, name: &str) -> Option<String> {
        match self {
            Display::Anonymous => None,
            Display::Masked => Some(masked(name)).filter(|shown| !shown.is_empty()),
            Display::FullName => Some(name.to_owned()),
        }
    }

    /// What one agrees to by choosing it.
    pub fn purpose(self) -> Option<Purpose> {
        match self {
            Display::Anonymous => None,
            Display::Masked => Some(Purpose::ShowMaskedName),
            Display::FullName => Some(Purpose::ShowFullName),
        }
    }
}

/// Whether a post booked something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BookingOutcome {
    Booked,
    /// The gift was here already; nothing was booked again.
    AlreadyBooked,
    Refused,
    /// Unusually much: nothing was kept. Send it again with `"confirmed": true` if it is right.
    Unusual,
    /// It takes a second person: nothing is booked before they approve. `state` says where it stands.
    Asked,
}

/// What was booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceiptOut {
    pub id: Uuid,
    /// Public code of the entry, for the giver.
    #[schema(example = "7ZC4K0M9T2R8VQ3BX")]
    pub code: String,
    #[schema(example = "23095")]
    pub chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
    /// `GENERAL`, `APPEAL:<code>` or `QUARANTINE:<code>` (came after the appeal's end).
    #[schema(example = "APPEAL:LULUT-2026")]
    pub fund: String,
    pub amount_vnd: i64,
    pub received_on: NaiveDate,
    pub booked_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    /// Public code of the entry that reversed this gift: it no longer stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "3MZK0T9Q4B7XH2VWE")]
    pub reversed_by: Option<String>,
    /// The numbered receipt (phiếu thu): of cash gifts without a pre-printed slip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cash_receipt: Option<CashReceiptRef>,
    /// What to look at; the gift stands all the same.
    pub concerns: Vec<Concern>,
}

/// Which cash receipt a gift has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CashReceiptRef {
    /// Without gaps within its series; at least six digits.
    #[schema(example = "000123")]
    pub number: String,
    /// Kind of document, chapter, year of issue.
    #[schema(example = "PT/23095/2026")]
    pub series: String,
    /// The receipt as data; with `.html` to print, with `.pdf` to file.
    #[schema(example = "/api/v1/gifts/0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11/cash-receipt")]
    pub url: String,
}

impl CashReceiptRef {
    pub fn new(gift: Uuid, number: &Number) -> Self {
        Self { number: number.number(), series: number.series(), url: format!("/api/v1/gifts/{gift}/cash-receipt") }
    }
}

/// Answer to a single post.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GiftPosted {
    pub outcome: BookingOutcome,
    #[serde(flatten)]
    pub gift: ReceiptOut,
}

/// Answer to one gift of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchItem {
    /// Position in the batch, from 0.
    pub index: usize,
    pub outcome: BookingOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gift: Option<ReceiptOut>,
    /// The gift that waits for a second person, or what they decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<AskedOut>,
    /// Why it was refused, or what is unusual about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<crate::http::problem::ProblemDocument>,
}

/// Answer to a batch: one item for every gift sent, in order. What stands stands, even if this answer is lost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchOut {
    pub booked: usize,
    pub already_booked: usize,
    pub refused: usize,
    /// To be confirmed and sent again.
    pub unusual: usize,
    /// Above a limit that takes a second person.
    pub asked: usize,
    pub items: Vec<BatchItem>,
}

/// Which part of a chapter's list to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChapterQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    pub chapter: String,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

impl ChapterQuery {
    /// The list of the chapter, checked.
    pub fn paging<K: Serialize + DeserializeOwned>(self) -> Result<Paging<String, K>, Problem> {
        Paging::of(self.chapter, self.limit, self.cursor.as_deref())
    }
}
