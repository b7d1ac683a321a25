//! How goods came by their value.

use crate::basics::codes::codes;

codes! {
    /// How goods were valued.
    pub wire enum Valuation {
        DonorStated = "DONOR_STATED",
        Invoice = "INVOICE",
        MarketPrice = "MARKET_PRICE",
        PriceList = "PRICE_LIST",
        /// What the old books said: of goods that were there when a chapter's books came here, and of no others.
        OldBooks = "OLD_BOOKS",
    }
}

impl Valuation {
    /// Whether goods that come in today may be valued so.
    pub fn is_of_today(self) -> bool {
        self != Valuation::OldBooks
    }
}
