//! The audit of stored sums: what PostgreSQL can add up again by itself from the postings.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::accounts::Account;
use super::kinds::Kind;
use super::measures::Measure;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::tree::Place;

/// What each chapter moved by itself, from the postings alone: by the measures of [`Measure::of`], each posting in one.
pub(super) fn own() -> String {
    let measured: Vec<String> = Kind::ALL
        .into_iter()
        .filter(|kind| kind.has_money())
        .flat_map(|kind| Account::ALL.into_iter().map(move |account| (kind, account)))
        .filter_map(|(kind, account)| Measure::of(kind, account).map(|(measure, sign)| (kind, account, measure, sign)))
        .map(|(kind, account, measure, sign)| format!("('{kind}', '{account}', '{measure}', {sign})"))
        .collect();
    format!(
        "SELECT e.chapter_id, p.fund_id, p.measure, e.day,
                CASE p.measure WHEN 'RECEIVED' THEN coalesce(e.channel, '') WHEN 'PAID' THEN coalesce(d.category, '')
                               WHEN 'OTHER_INCOME' THEN coalesce(d.category, '') ELSE '' END AS part,
                sum(p.amount)::bigint AS vnd, sum(CASE WHEN e.kind = 'REVERSAL' THEN -1 ELSE 1 END)::bigint AS n
         FROM (SELECT e.id, p.fund_id, m.measure, sum(m.sign * p.amount) AS amount
               FROM posting p JOIN entry e ON e.id = p.entry_id LEFT JOIN entry o ON o.id = e.reverses
               JOIN (VALUES {}) AS m(kind, account, measure, sign) ON m.kind = coalesce(o.kind, e.kind) AND m.account = p.account
               GROUP BY 1, 2, 3 HAVING sum(m.sign * p.amount) <> 0) p
         JOIN entry e USING (id) LEFT JOIN entry_detail d ON d.code = e.code GROUP BY 1, 2, 3, 4, 5",
        measured.join(", ")
    )
}

/// What should stand in the balances: every account, and the bank group.
pub(super) const BALANCES: &str = "SELECT e.chapter_id, p.fund_id, a.account, sum(p.amount)::bigint AS amount FROM posting p JOIN entry e ON e.id = p.entry_id
         CROSS JOIN LATERAL (SELECT p.account UNION ALL SELECT 'BANK_GROUP' WHERE p.account IN ('BANK', 'IN_TRANSIT', 'IN_TRANSIT_OUT')) a
         GROUP BY 1, 2, 3";

/// Balances and totals must be the sums of their postings; nothing may stand there that has none.
pub(super) fn audit(conn: &mut PgConnection, findings: &mut Findings, places: &HashMap<Uuid, Place>) -> Result<(), DbError> {
    // Subjects begin with the id of a chapter; people know its code.
    let name = |subject: &str| match subject.split_once(' ') {
        Some((id, rest)) => {
            let code = id.parse::<Uuid>().ok().and_then(|id| places.get(&id)).map_or(id, |place| place.code.as_str());
            format!("{code} {rest}")
        }
        None => subject.to_owned(),
    };
    findings.ask_named(
        conn,
        "balance",
        &format!(
            "SELECT concat_ws(' ', chapter_id, coalesce(f.code, fund_id::text), account),
                    format('is %s, the postings sum to %s', coalesce(b.amount_vnd::text, '-'), coalesce(w.amount::text, '-'))
             FROM balance b FULL JOIN ({BALANCES}) w USING (chapter_id, fund_id, account)
             LEFT JOIN fund f ON f.id = fund_id WHERE coalesce(b.amount_vnd, 0) <> coalesce(w.amount, 0)"
        ),
        &name,
    )?;
    findings.ask_named(conn, "total_by_day", &totals("total_by_day", ", day"), &name)?;
    findings.ask_named(conn, "total_overall", &totals("total_overall", ""), &name)?;
    findings.ask_named(conn, "left_overall", &left(), &name)?;
    findings.ask_named(conn, "reversal_by_month", &reversals("reversal_by_month", ", month"), &name)?;
    findings.ask_named(conn, "reversal_overall", &reversals("reversal_overall", ""), &name)?;
    findings.ask(
        conn,
        "posting_of_an_entry",
        "SELECT p.entry_id, 'a posting belongs to no entry' FROM posting p WHERE NOT EXISTS (SELECT FROM entry e WHERE e.id = p.entry_id)",
    )?;
    // What no foreign key says any more (decision 188).
    findings.ask_references(conn, "entry_refers", ("entry", "code"), &[("chapter_id", "chapter"), ("recorded_by", "account")])?;
    findings.ask_references(conn, "posting_refers", ("posting", "entry_id"), &[("fund_id", "fund")])?;
    findings.ask(
        conn,
        "public_entry_of_an_entry",
        "SELECT p.code, 'shows an entry that does not exist' FROM public_entry p WHERE NOT EXISTS (SELECT FROM entry e WHERE e.code = p.code)",
    )
}

/// What should stand in a table of totals, as SQL: by scope, fund, measure, part and, where it is kept by day, the day.
pub(super) fn wanted(day: &str) -> String {
    format!(
        "SELECT a.ancestor_id AS scope_id, fund_id, measure, part {day}, sum(vnd)::bigint AS subtree_vnd, sum(n)::bigint AS subtree_count,
                coalesce(sum(vnd) FILTER (WHERE a.depth = 0), 0)::bigint AS own_vnd, coalesce(sum(n) FILTER (WHERE a.depth = 0), 0)::bigint AS own_count
         FROM ({}) own JOIN chapter_ancestor a USING (chapter_id) GROUP BY 1, 2, 3, 4 {day}",
        own()
    )
}

/// A row of nothing is as good as none: that is how wrong ones are mended ([`super::rebuilding`]).
fn totals(stored: &str, day: &str) -> String {
    format!(
        "WITH want AS MATERIALIZED ({})
         SELECT concat_ws(' ', scope_id, coalesce(f.code, fund_id::text), measure, nullif(part, '') {day}),
                format('own %s in %s entries, with all below %s in %s; the entries say own %s in %s, with all below %s in %s', t.own_vnd, t.own_count,
                       t.subtree_vnd, t.subtree_count, w.own_vnd, w.own_count, w.subtree_vnd, w.subtree_count)
         FROM {stored} t FULL JOIN want w USING (scope_id, fund_id, measure, part {day}) LEFT JOIN fund f ON f.id = fund_id
         WHERE (coalesce(t.own_vnd, 0), coalesce(t.own_count, 0), coalesce(t.subtree_vnd, 0), coalesce(t.subtree_count, 0))
               IS DISTINCT FROM (coalesce(w.own_vnd, 0), coalesce(w.own_count, 0), coalesce(w.subtree_vnd, 0), coalesce(w.subtree_count, 0))",
        wanted(day)
    )
}

/// What should stand in the table of what is left, as SQL: every entry but gifts and their reversals, whose money lies where
/// its channel puts it.
pub(super) fn wanted_left() -> String {
    let quoted = |name: &str| format!("'{name}'");
    let gifts =
        Kind::ALL.into_iter().filter(|kind| kind.is_gift()).map(|kind| quoted(kind.name())).collect::<Vec<_>>().join(", ");
    let accounts = Account::ALL.into_iter().filter(|account| account.is_left()).map(|account| quoted(account.name()));
    let accounts = accounts.collect::<Vec<_>>().join(", ");
    format!(
        "SELECT a.ancestor_id AS scope_id, p.fund_id, p.account, coalesce(sum(p.amount) FILTER (WHERE a.depth = 0), 0)::bigint AS own_vnd,
                sum(p.amount)::bigint AS subtree_vnd
         FROM entry e LEFT JOIN entry o ON o.id = e.reverses JOIN posting p ON p.entry_id = e.id
         JOIN chapter_ancestor a ON a.chapter_id = e.chapter_id
         WHERE coalesce(o.kind, e.kind) NOT IN ({gifts}) AND p.account IN ({accounts}) GROUP BY 1, 2, 3"
    )
}

/// A row of nothing is as good as none.
fn left() -> String {
    format!(
        "WITH want AS MATERIALIZED ({})
         SELECT concat_ws(' ', scope_id, coalesce(f.code, fund_id::text), account),
                format('own %s, with all below %s; the entries say own %s, with all below %s', t.own_vnd, t.subtree_vnd, w.own_vnd, w.subtree_vnd)
         FROM left_overall t FULL JOIN want w USING (scope_id, fund_id, account) LEFT JOIN fund f ON f.id = fund_id
         WHERE (coalesce(t.own_vnd, 0), coalesce(t.subtree_vnd, 0)) IS DISTINCT FROM (coalesce(w.own_vnd, 0), coalesce(w.subtree_vnd, 0))",
        wanted_left()
    )
}

/// What each chapter reversed by itself, from the entries alone; a mirror shows the negative of what it takes back.
const REVERSED: &str = "SELECT e.chapter_id, date_trunc('month', e.booked)::date AS month, CASE WHEN o.kind LIKE 'GIFT\\_%' THEN 'GIFT' ELSE o.kind END AS original,
                               e.reason, count(*) AS n, -sum(p.amount_vnd)::bigint AS vnd
                        FROM entry e JOIN entry o ON o.id = e.reverses JOIN public_entry p ON p.code = e.code GROUP BY 1, 2, 3, 4";

fn reversals(stored: &str, month: &str) -> String {
    format!(
        "WITH own AS MATERIALIZED ({REVERSED}),
              want AS (SELECT a.ancestor_id AS scope_id, original, reason {month}, sum(n) AS subtree_count, sum(vnd) AS subtree_vnd,
                              coalesce(sum(n) FILTER (WHERE a.depth = 0), 0) AS own_count, coalesce(sum(vnd) FILTER (WHERE a.depth = 0), 0) AS own_vnd
                       FROM own JOIN chapter_ancestor a USING (chapter_id) GROUP BY 1, 2, 3 {month})
         SELECT concat_ws(' ', scope_id, original, reason {month}),
                format('own %s of %s đồng, with all below %s of %s; the entries say own %s of %s, with all below %s of %s', t.own_count, t.own_vnd,
                       t.subtree_count, t.subtree_vnd, w.own_count, w.own_vnd, w.subtree_count, w.subtree_vnd)
         FROM {stored} t FULL JOIN want w USING (scope_id, original, reason {month})
         WHERE (t.own_count, t.own_vnd, t.subtree_count, t.subtree_vnd)
               IS DISTINCT FROM (w.own_count, w.own_vnd, w.subtree_count, w.subtree_vnd)"
    )
}
