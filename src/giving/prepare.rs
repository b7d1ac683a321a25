//! Sealing and committing, before any transaction: everything about a gift that needs keys but no database.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::bare::Bare;
use super::gift_in::{GiftIn, GiverIn, LineIn, QuantityIn};
use super::model::{GiftLine, NewGift};
use super::personal;
use crate::basics::PublicCode;
use crate::basics::clock::vietnam_time;
use crate::basics::fold;
use crate::basics::text::words;
use crate::http::Problem;
use crate::ledger::entry::Passing;
use crate::log::{commitment, opening};
use crate::parties::NewParty;
use crate::vault::{Vault, VaultError, place};

/// A gift ready to be recorded.
#[derive(Clone)]
pub struct Prepared {
    pub gift: NewGift,
    pub entry_id: Uuid,
    pub code: PublicCode,
    pub party: Option<NewParty>,
    /// The name as given, sealed: of a giver who may be known by their telephone number. Anybody else's party is this
    /// gift's alone.
    pub giver_name: Option<Vec<u8>>,
    pub pd: [u8; 32],
    pub opening: Vec<u8>,
    /// Of one that was asked before its chapter went up in another one: what passes it on.
    pub passing: Option<Box<Passing>>,
    /// Sealed: wish, memo, bank reference, the payer's address, how many vouchers came with it. `None` when there is none.
    pub particulars: Option<Vec<u8>>,
    /// What two gifts of a chapter share when they look like one: giver's name, amount and day.
    pub likeness: Option<i64>,
    /// The same for the bank's reference.
    pub reference_likeness: Option<i64>,
    /// All of it, sealed, should a second person have to decide: only of a gift that is confirmed.
    pub content: Option<Vec<u8>>,
    /// Keyed hash of everything the client sent: the same id must mean the same content.
    pub request_hash: Vec<u8>,
    /// The same without what is personal: what is left to compare with once the giver's data were erased.
    pub bare_hash: Vec<u8>,
}

/// The system's random source or the vault failed.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    #[error("the system's random source failed")]
    Random(#[from] getrandom::Error),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl From<PrepareError> for Problem {
    fn from(error: PrepareError) -> Self {
        Problem::internal(error)
    }
}

/// Seals and commits. Codes, ids and secrets are fresh; if the gift turns out to be here already they are dropped.
pub fn prepare(vault: &Vault, gift: NewGift, now: DateTime<Utc>) -> Result<Prepared, PrepareError> {
    let code = match &gift.code {
        Some(code) => code.clone(),
        None => PublicCode::random()?,
    };
    let fields = committed_fields(&gift, now);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let secret = commitment::secret()?;
    let opening = opening::seal(vault, code.as_str(), &secret, &fields)?;
    Ok(Prepared {
        entry_id: Uuid::now_v7(),
        party: gift.giver.as_ref().map(|giver| NewParty::seal_at(vault, giver, &gift.chapter)).transpose()?,
        giver_name: match gift.giver.as_ref().filter(|giver| giver.phone.is_some()) {
            Some(giver) => Some(personal::seal_name(vault, gift.id, giver.name.as_str())?),
            None => None,
        },
        pd: commitment::commit(&secret, &fields),
        passing: None,
        opening,
        particulars: seal_particulars(vault, &gift)?,
        likeness: likeness(vault, &gift),
        reference_likeness: reference_likeness(vault, &gift),
        content: gift.confirmed.then(|| seal_content(vault, &gift, &code)).transpose()?,
        request_hash: vault.hash("gift.request", &content(&gift)?).to_vec(),
        bare_hash: bare(&gift).hash(vault)?,
        code,
        gift,
    })
}

/// The personal fields of a gift, as the kinds table fixes them (`GIVER`).
fn committed_fields(gift: &NewGift, now: DateTime<Utc>) -> [(&'static str, String); 5] {
    let text = |line: &Option<crate::basics::Line>| line.as_ref().map(|l| l.as_str().to_owned()).unwrap_or_default();
    [
        ("channel_ref", text(&gift.bank_reference)),
        ("memo", text(&gift.memo)),
        ("name", gift.giver.as_ref().map(|g| g.name.as_str().to_owned()).unwrap_or_default()),
        ("phone", gift.giver.as_ref().and_then(|g| g.phone.clone()).unwrap_or_default()),
        ("time", vietnam_time(gift.captured_at.unwrap_or(now))),
    ]
}

fn seal_particulars(vault: &Vault, gift: &NewGift) -> Result<Option<Vec<u8>>, VaultError> {
    let texts = [
        ("wish", &gift.wish),
        ("memo", &gift.memo),
        ("bank_reference", &gift.bank_reference),
        ("payer_address", &gift.payer.address),
    ];
    let mut map: serde_json::Map<String, serde_json::Value> =
        texts.into_iter().filter_map(|(name, line)| line.as_ref().map(|l| (name.to_owned(), json!(l.as_str())))).collect();
    map.extend(gift.payer.enclosed.map(|count| ("enclosed".to_owned(), json!(count))));
    if map.is_empty() {
        return Ok(None);
    }
    vault.seal(place("gift", "particulars", &gift.id), serde_json::Value::Object(map).to_string().as_bytes()).map(Some)
}

/// Eight bytes of a keyed hash: enough to find what may be the same, and useless without the key.
fn short_hash(vault: &Vault, purpose: &str, content: &serde_json::Value) -> i64 {
    let hash = vault.hash(purpose, content.to_string().as_bytes());
    hash.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

fn likeness(vault: &Vault, gift: &NewGift) -> Option<i64> {
    let name = fold(gift.giver.as_ref()?.name.as_str());
    let content = json!([gift.chapter, gift.received_on, gift.amount.get(), name]);
    Some(short_hash(vault, "gift.likeness", &content))
}

fn reference_likeness(vault: &Vault, gift: &NewGift) -> Option<i64> {
    let reference = words(gift.bank_reference.as_ref()?.as_str()).concat();
    (!reference.is_empty()).then(|| short_hash(vault, "gift.reference", &json!([gift.chapter, reference])))
}

/// A gift as it was sent, after normalisation, with the code it stands under.
fn seal_content(vault: &Vault, gift: &NewGift, code: &PublicCode) -> Result<Vec<u8>, PrepareError> {
    let sent = GiftIn { code: Some(code.as_str().to_owned()), ..GiftIn::from(gift) };
    let text = serde_json::to_vec(&sent)?;
    Ok(vault.seal(place("asked_gift", "content", &gift.id), &text)?)
}

/// One canonical text of all that was sent, its texts as they came: a JSON list, written as it is read here, because every
/// gift is hashed.
fn content(gift: &NewGift) -> Result<Vec<u8>, serde_json::Error> {
    let lines: Vec<_> = gift
        .lines
        .iter()
        .map(|l| (l.item.as_str(), l.quantity.milli(), l.unit.as_str(), l.value.get(), l.valuation.name()))
        .collect();
    let mut sent = serde_json::to_vec(&(
        gift.id,
        gift.code.as_ref().map(PublicCode::as_str),
        &gift.chapter,
        &gift.appeal,
        gift.channel.name(),
        gift.amount.get(),
        lines,
        gift.message_count,
        gift.giver.as_ref().map(|g| (g.kind.name(), &gift.sent.name, &gift.sent.phone)),
        gift.display.name(),
        &gift.sent.wish,
        &gift.sent.memo,
        &gift.sent.bank_reference,
        gift.received_on,
        &gift.sent.paper_slip,
        gift.captured_at,
    ))?;
    // Fields of later releases stand behind, where they were sent: what an older one hashed stays what it was.
    let later = (gift.payer.is_child, gift.payer.address.as_ref().map(crate::basics::Line::as_str), gift.payer.enclosed);
    if later != (false, None, None) {
        sent.pop();
        sent.push(b',');
        serde_json::to_writer(&mut sent, &later)?;
        sent.push(b']');
    }
    Ok(sent)
}

/// What of a gift is not personal.
fn bare<'a>(gift: &'a NewGift) -> Bare<'a> {
    let line = |l: &'a GiftLine| (l.item.as_str(), l.quantity.milli(), l.unit.as_str(), l.value.get(), l.valuation.name());
    Bare {
        id: gift.id,
        chapter: &gift.chapter,
        appeal: gift.appeal.as_deref(),
        channel: gift.channel.name(),
        amount_vnd: gift.amount.get(),
        lines: gift.lines.iter().map(line).collect(),
        message_count: gift.message_count,
        received_on: gift.received_on,
        paper_slip: gift.paper_slip.as_ref().map(|(book, no)| (book.as_str(), no.as_str())),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids of gifts that stand are compared by hashes of these very texts, which earlier releases wrote.
    #[test]
    fn what_a_gift_is_compared_by_stays_as_it_was() {
        let parse = |body: serde_json::Value| {
            let gift: GiftIn = serde_json::from_value(body).unwrap();
            String::from_utf8(content(&NewGift::parse(gift, "2026-11-22T03:00:00Z".parse().unwrap()).unwrap()).unwrap()).unwrap()
        };
        let id = "0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11";
        let plain = json!({"id": id, "chapter": "23095", "channel": "CASH", "amount_vnd": 500_000, "received_on": "2026-11-22"});
        assert_eq!(
            parse(plain.clone()),
            r#"["0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11",null,"23095",null,"CASH",500000,[],null,null,"ANONYMOUS",null,null,null,"2026-11-22",null,null]"#
        );
        let mut full = plain;
        let more = json!({
            "appeal": "LULUT-2026", "giver": {"kind": "PERSON", "name": " Nguyễn  Văn \"An\"", "phone": "0912 345 678"}, "display": "MASKED",
            "wish": "Mau khỏe", "paper_book": "A", "paper_no": "7", "captured_at": "2026-11-22T02:59:30.5Z", "payer_address": "Thôn 3",
        });
        for (name, value) in more.as_object().unwrap() {
            full[name] = value.clone();
        }
        assert_eq!(
            parse(full),
            r#"["0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11",null,"23095","LULUT-2026","CASH",500000,[],null,["PERSON","Nguyễn  Văn \"An\"","0912345678"],"MASKED","Mau khỏe",null,null,"2026-11-22",["A","7"],"2026-11-22T02:59:30.500Z",[false,"Thôn 3",null]]"#
        );
        let mut goods = json!({"id": id, "chapter": "23095", "channel": "IN_KIND", "received_on": "2026-11-22"});
        goods["lines"] =
            json!([{"item": "RICE", "quantity": "100.5", "unit": "KG", "value_vnd": 1_500_000, "valuation": "MARKET_PRICE"}]);
        assert!(parse(goods).contains(r#"[["RICE",100500,"KG",1500000,"MARKET_PRICE"]]"#));
    }
}
