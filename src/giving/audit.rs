//! The audit of gifts: each says what its entry says, shows of its giver what the giver allows, and is reversed only by
//! what two persons decided.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::display::Display;
use super::model::Quantity;
use super::personal;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::{appeal, asked_gift, gift, gift_line, reversal_request};
use crate::house::audit::{Audit, Audits};
use crate::ledger::audit::{self as books, Fact};
use crate::ledger::kinds::{Channel, Kind};
use crate::ledger::public::PublicGoods;
use crate::ledger::reversal_audit;
use crate::parties::naming::one_form;
use crate::parties::{self, SealedParty};
use crate::vault::{Vault, place};

const BATCH: i64 = 2_000;

/// A gift with what it belongs to.
#[derive(Queryable)]
struct Row {
    id: Uuid,
    entry: Uuid,
    chapter: Uuid,
    appeal: Option<String>,
    party: Option<Uuid>,
    channel: String,
    amount_vnd: i64,
    received_on: NaiveDate,
    display: String,
    particulars: Option<Vec<u8>>,
    message_count: Option<i32>,
    recorded_at: DateTime<Utc>,
    recorded_by: Uuid,
    giver_name: Option<Vec<u8>>,
}

/// See the module. Without a vault, names stay closed.
pub struct Gifts;

impl Audits for Gifts {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        against_entries(audit)?;
        requests(audit)?;
        asked_gifts(audit.conn, audit.findings, audit.vault)?;
        slips_and_appeals(audit.conn, audit.findings)
    }

    fn stands_behind(&self, conn: &mut PgConnection, entries: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
        let mut ours: Vec<Uuid> = gift::table.filter(gift::entry_id.eq_any(entries)).select(gift::entry_id).load(conn)?;
        let by = reversal_request::table.filter(reversal_request::entry_id.eq_any(entries.iter().copied().map(Some)));
        let reversals: Vec<Option<Uuid>> = by.select(reversal_request::entry_id).load(conn)?;
        ours.extend(reversals.into_iter().flatten());
        Ok(ours)
    }
}

fn against_entries(audit: &mut Audit<'_>) -> Result<(), DbError> {
    let Audit { conn, findings, vault, claims, .. } = audit;
    let mut after = Uuid::nil();
    loop {
        let rows = gifts(conn, after)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        findings.looked("gift", rows.len());
        let facts = books::facts(conn, &rows.iter().map(|row| row.entry).collect::<Vec<_>>())?;
        let mut lines = lines(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
        let givers = parties::load(conn, &rows.iter().filter_map(|row| row.party).collect::<Vec<_>>())?;
        for row in &rows {
            let Some(fact) = facts.get(&row.entry) else {
                findings.found("gift", row.id.to_string(), "has no entry");
                continue;
            };
            claims.entries(&fact.kind, 1);
            compare(findings, row, fact, lines.remove(&row.id).unwrap_or_default());
            check_giver(findings, *vault, row, fact, row.party.and_then(|id| givers.get(&id)));
        }
    }
}

/// An approved gift stands as a gift under its code, a refused one nowhere; what waits can be opened.
fn asked_gifts(conn: &mut PgConnection, findings: &mut Findings, vault: Option<&Vault>) -> Result<(), DbError> {
    findings.ask(
        conn,
        "asked_gift",
        "SELECT a.code, CASE WHEN a.state = 'APPROVED' THEN 'is approved and stands for no such gift' ELSE 'is not approved and stands as a gift' END
         FROM asked_gift a LEFT JOIN gift g ON g.id = a.id
         WHERE a.state = 'APPROVED' AND (g.chapter_id, g.amount_vnd) IS DISTINCT FROM (a.chapter_id, a.amount_vnd)
            OR a.state IN ('REFUSED', 'WITHDRAWN') AND g.id IS NOT NULL",
    )?;
    let waiting: Vec<(Uuid, String, Option<Vec<u8>>)> = asked_gift::table
        .filter(asked_gift::state.eq("ASKED"))
        .order(asked_gift::id)
        .select((asked_gift::id, asked_gift::code, asked_gift::content))
        .load(conn)?;
    findings.looked("asked_gift", waiting.len());
    for (id, code, content) in waiting {
        if let (Some(vault), Some(sealed)) = (vault, content)
            && let Err(error) = vault.open(place("asked_gift", "content", &id), &sealed)
        {
            findings.found("asked_gift", code, error.to_string());
        }
    }
    Ok(())
}

fn gifts(conn: &mut PgConnection, after: Uuid) -> Result<Vec<Row>, DbError> {
    use gift as g;
    Ok(g::table
        .left_join(appeal::table.on(appeal::id.nullable().eq(g::appeal_id)))
        .filter(g::id.gt(after))
        .order(g::id)
        .limit(BATCH)
        .select((
            g::id,
            g::entry_id,
            g::chapter_id,
            appeal::code.nullable(),
            g::party_id,
            g::channel,
            g::amount_vnd,
            g::received_on,
            g::display,
            g::particulars,
            g::message_count,
            g::recorded_at,
            g::recorded_by,
            g::giver_name,
        ))
        .load(conn)?)
}

fn lines(conn: &mut PgConnection, gifts: &[Uuid]) -> Result<HashMap<Uuid, Vec<PublicGoods>>, DbError> {
    use gift_line as l;
    type Line = (Uuid, String, i64, String, i64, String);
    let rows: Vec<Line> = l::table
        .filter(l::gift_id.eq_any(gifts))
        .order((l::gift_id, l::n))
        .select((l::gift_id, l::item, l::quantity_milli, l::unit, l::value_vnd, l::valuation))
        .load(conn)?;
    let mut lines: HashMap<Uuid, Vec<PublicGoods>> = HashMap::new();
    for (gift, item, milli, unit, value_vnd, valuation) in rows {
        let quantity = Quantity::from_milli(milli).to_string();
        lines.entry(gift).or_default().push(PublicGoods { item, quantity, unit, value_vnd, valuation });
    }
    Ok(lines)
}

/// A gift against its entry; the entry's own postings, leaf and row are the ledger's to check.
fn compare(findings: &mut Findings, row: &Row, fact: &Fact, lines: Vec<PublicGoods>) {
    let mut differences = Vec::new();
    let kind = Channel::parse(&row.channel).map(|channel| channel.gift_kind().name());
    if kind != Some(fact.kind.as_str()) || fact.channel.as_deref() != Some(row.channel.as_str()) {
        differences.push(format!("channel is {}, the entry is {}", row.channel, fact.kind));
    }
    if row.chapter != fact.chapter {
        differences.push("belongs to another chapter than its entry".to_owned());
    }
    if row.received_on != fact.day {
        differences.push(format!("received_on is {}, the entry's day {}", row.received_on, fact.day));
    }
    if (row.recorded_at, row.recorded_by) != (fact.recorded_at, fact.recorded_by) {
        differences.push("was recorded at another time or by another account than its entry".to_owned());
    }
    if let Some(shown) = &fact.public {
        if row.amount_vnd != shown.amount_vnd {
            differences.push(format!("amount_vnd is {}, the entry's {}", row.amount_vnd, shown.amount_vnd));
        }
        if row.appeal != shown.appeal {
            let text = |code: &Option<String>| code.clone().unwrap_or_else(|| "-".to_owned());
            differences.push(format!("appeal is {}, the entry's {}", text(&row.appeal), text(&shown.appeal)));
        }
        if row.message_count != shown.message_count {
            differences.push("message_count is not what is shown".to_owned());
        }
        let goods = if lines.is_empty() { None } else { serde_json::to_value(&lines).ok() };
        if goods != shown.goods {
            differences.push("its goods are not what is shown".to_owned());
        }
    }
    for difference in differences {
        findings.found("gift", &fact.code, difference);
    }
}

/// What is shown of the giver is what the giver allows, no more and no other name.
fn check_giver(findings: &mut Findings, vault: Option<&Vault>, row: &Row, fact: &Fact, giver: Option<&SealedParty>) {
    let shown = fact.public.as_ref().and_then(|public| public.giver.as_deref());
    let display = [Display::Anonymous, Display::Masked, Display::FullName].into_iter().find(|d| d.name() == row.display);
    let Some(display) = display else {
        return findings.found("giver", &fact.code, format!("display {} is unknown", row.display));
    };
    if shown.is_some() && (row.party.is_none() || display == Display::Anonymous) {
        return findings.found("giver", &fact.code, "a name is shown that may not be shown");
    }
    let Some(vault) = vault else { return };
    if let Some(sealed) = &row.particulars
        && let Err(error) = vault.open(place("gift", "particulars", &row.id), sealed)
    {
        findings.found("giver", &fact.code, format!("particulars: {error}"));
    }
    let Some(giver) = giver else { return };
    let party = giver.open(vault);
    let own = party.and_then(|party| Ok((personal::as_given(vault, row.id, row.giver_name.as_deref(), party.clone())?, party)));
    match own {
        Ok((given, party)) => {
            if display.shown(&given.name).as_deref() != shown {
                findings.found("giver", &fact.code, "the name that is shown is not the giver's in the form the giver chose");
            }
            if one_form(&given.name) != one_form(&party.name) {
                findings.found("giver", &fact.code, "stands with a party of another name than it was given in");
            }
            if party.phone.is_some() && row.giver_name.is_none() {
                findings.found("giver", &fact.code, "does not say in which name it was given");
            }
        }
        Err(error) => findings.found("giver", &fact.code, error.to_string()),
    }
}

/// Approved requests have booked the reversal of their gift.
fn requests(audit: &mut Audit<'_>) -> Result<(), DbError> {
    use reversal_request as r;
    let Audit { conn, findings, claims, .. } = audit;
    let mut after = Uuid::nil();
    loop {
        let rows: Vec<(Uuid, Uuid, Option<Uuid>, Uuid)> = r::table
            .inner_join(gift::table.on(gift::id.eq(r::gift_id)))
            .filter(r::state.eq("APPROVED"))
            .filter(r::id.gt(after))
            .order(r::id)
            .limit(BATCH)
            .select((r::id, gift::entry_id, r::entry_id, r::requested_by))
            .load(*conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.0;
        findings.looked("reversal", rows.len());
        let facts = books::facts(conn, &rows.iter().filter_map(|row| row.2).collect::<Vec<_>>())?;
        for (id, of, by, asked_by) in rows {
            match by.and_then(|by| facts.get(&by)) {
                None => findings.found("reversal", id.to_string(), "is approved and booked nothing"),
                Some(fact) if fact.reverses != Some(of) => {
                    findings.found("reversal", &fact.code, "does not reverse the gift it was asked for");
                }
                Some(fact) => reversal_audit::claim(claims, Kind::GiftCash, fact, asked_by),
            }
        }
    }
}

fn slips_and_appeals(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    findings.ask(
        conn,
        "paper_slip",
        "SELECT concat_ws(' ', coalesce(s.book, g.book), coalesce(s.no, g.no)), CASE WHEN g.id IS NULL THEN 'stands for a gift that is not on it'
                                               WHEN s.gift_id IS NULL THEN 'is not kept for the gift that is on it'
                                               ELSE 'stands for a gift that was reversed' END
         FROM (SELECT chapter_id, book, no, gift_id FROM paper_slip
               UNION ALL SELECT chapter_id, book, no, gift_id FROM paper_slip_collision) s
         FULL JOIN (SELECT id, chapter_id, paper_book AS book, paper_no AS no,
                           EXISTS (SELECT FROM reversal_request r WHERE r.gift_id = gift.id AND r.state = 'APPROVED') AS reversed
                    FROM gift WHERE paper_book IS NOT NULL) g
              ON (g.id, g.chapter_id, g.book, g.no) = (s.gift_id, s.chapter_id, s.book, s.no)
         WHERE g.id IS NULL OR g.reversed <> (s.gift_id IS NULL)",
    )?;
    // What no foreign key says any more (decision 188).
    let refers = [("chapter_id", "chapter"), ("appeal_id", "appeal"), ("recorded_by", "account")];
    findings.ask_references(conn, "gift_refers", ("gift", "id"), &refers)?;
    findings.ask(
        conn,
        "appeal",
        "SELECT a.code, 'is not in the state of its last version' FROM appeal a
         LEFT JOIN appeal_version v ON (v.appeal_id, v.version, v.state) = (a.id, a.version, a.state)
         WHERE v.appeal_id IS NULL OR EXISTS (SELECT FROM appeal_version n WHERE n.appeal_id = a.id AND n.version > a.version)",
    )
}
