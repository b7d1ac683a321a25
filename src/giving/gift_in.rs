//! A gift as it is sent, as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::display::Display;
use crate::ledger::kinds::Channel;
use crate::parties::PartyKind;
pub use crate::stock::quantity::{QuantityIn, quantity_schema};
pub use crate::stock::valuation::Valuation;

/// A gift as a phone, a desk or an import sends it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftIn {
    /// Made by the client, once; sending the same gift again with the same id never books it twice.
    pub id: Uuid,
    /// Public code made by the client, so that the giver has it while offline. Made by the server when absent.
    #[serde(default)]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV", max_length = 40)]
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

/// Goods of one kind.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineIn {
    /// Catalogue code (`GET /api/v1/public/items`).
    #[schema(example = "RICE", max_length = 40)]
    pub item: String,
    /// As text (`"12.5"`) or number: up to three decimals in units that measure, none in units that count.
    #[schema(schema_with = quantity_schema)]
    pub quantity: QuantityIn,
    /// One of the item's units.
    #[schema(example = "KG", max_length = 20)]
    pub unit: String,
    /// Value of the line in đồng.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000i64)]
    pub value_vnd: i64,
    pub valuation: Valuation,
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
