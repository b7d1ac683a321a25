//! How much of some goods: exact to the thousandth.

use serde::{Deserialize, Serialize};

use crate::http::Check;

/// A positive quantity with up to three decimals, in thousandths of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity(i64);

impl Quantity {
    const MAX_MILLI: i64 = 1_000_000_000_000;

    /// Reads `12`, `12.5`, `0.125`. `None` for anything else, `1.000` and `1,000` included: written by hand in Vietnam
    /// they mean a thousand, and a thousandfold mistake is worse than a refusal.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 12 || decimals.len() > 3 || !digits(whole) || !digits(decimals) {
            return None;
        }
        if text.contains('.') && (decimals.is_empty() || decimals.len() == 3 && decimals.ends_with('0')) {
            return None;
        }
        let milli = whole.parse::<i64>().ok()? * 1_000 + format!("{decimals:0<3}").parse::<i64>().ok()?;
        (1..=Self::MAX_MILLI).contains(&milli).then_some(Self(milli))
    }

    pub fn from_milli(milli: i64) -> Self {
        Self(milli)
    }

    pub fn milli(self) -> i64 {
        self.0
    }

    /// Whether it has no decimals.
    pub fn is_whole(self) -> bool {
        self.0 % 1_000 == 0
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = (self.0 / 1_000, self.0 % 1_000);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{rest:03}").trim_end_matches('0'))
    }
}

/// A quantity as clients write it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum QuantityIn {
    Text(String),
    Number(serde_json::Number),
}

impl QuantityIn {
    /// Whether it says that there is nothing: for counts.
    pub fn is_nothing(&self) -> bool {
        match self {
            QuantityIn::Text(text) => text.trim() == "0",
            QuantityIn::Number(number) => number.as_i64() == Some(0),
        }
    }

    /// Reads it, or says what is wrong.
    pub fn check(&self, check: &mut Check, pointer: String) -> Option<Quantity> {
        let quantity = match self {
            QuantityIn::Text(text) => Quantity::parse(text),
            QuantityIn::Number(number) => Quantity::parse(&number.to_string()),
        };
        if quantity.is_none() {
            check.wrong(
                pointer,
                "NOT_A_QUANTITY",
                "Số lượng lớn hơn 0, dấu chấm thập phân, tối đa 3 chữ số lẻ, không dấu phân cách hàng nghìn: 1000 hoặc 12.5.",
                "A quantity is more than 0, with a decimal point, at most 3 decimals and no thousands separator: 1000 or 12.5.",
            );
        }
        quantity
    }
}

/// How the contract says it.
pub fn quantity_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    let kind = |kind| utoipa::openapi::ObjectBuilder::new().schema_type(kind);
    utoipa::openapi::OneOfBuilder::new()
        .description(Some(
            "As text (`\"12.5\"`) or number: up to three decimals in units that measure, none in units that count.",
        ))
        .item(kind(utoipa::openapi::Type::String))
        .item(kind(utoipa::openapi::Type::Number))
        .examples([serde_json::json!("12.5")])
        .into()
}
