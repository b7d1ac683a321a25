//! What this room tells those who keep a copy ([`crate::changes`]).

use crate::house::feed::Feed;

/// Payments.
pub static PAYMENTS: Feed = Feed { kind: "PAYMENT", read_at: "/payments/{id}" };
/// Other income.
pub static INCOMES: Feed = Feed { kind: "INCOME", read_at: "/incomes/{id}" };
/// Refunds to givers.
pub static REFUNDS: Feed = Feed { kind: "REFUND", read_at: "/refunds/{id}" };
