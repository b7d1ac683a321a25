//! What this room tells those who keep a copy ([`crate::changes`]).

use crate::house::feed::Feed;

/// Payments.
pub static PAYMENTS: Feed = Feed { kind: "PAYMENT", read_at: "/payments/{id}" };
/// Other income.
pub static INCOMES: Feed = Feed { kind: "INCOME", read_at: "/incomes/{id}" };
/// Refunds to givers.
pub static REFUNDS: Feed = Feed { kind: "REFUND", read_at: "/refunds/{id}" };
/// Advances.
pub static ADVANCES: Feed = Feed { kind: "ADVANCE", read_at: "/advances/{id}" };
/// Clearings of advances.
pub static ADVANCE_CLEARINGS: Feed = Feed { kind: "ADVANCE_CLEARING", read_at: "/advance-clearings/{id}" };
/// Moves of cash.
pub static CASH_MOVES: Feed = Feed { kind: "CASH_MOVE", read_at: "/cash-moves/{id}" };
/// Releases between funds.
pub static FUND_RELEASES: Feed = Feed { kind: "FUND_RELEASE", read_at: "/fund-releases/{id}" };
/// Purchases.
pub static PURCHASES: Feed = Feed { kind: "PURCHASE", read_at: "/purchases/{id}" };
