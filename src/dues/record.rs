//! Recording what was collected: checked by the rule of the day, booked in one entry, split between the levels.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::fault::Fault;
use super::look;
use super::model::{DuesSheetState, Month, Rule, debts, due, grassroots, in_force};
use super::roll::{self, Enrolled};
use super::rules::{self, Above};
use super::sheet_in::{Entered, Said, Sheet};
use super::store::{self, LineRow, SheetRow};
use super::wire::DuesSheetOut;
use crate::authz::{Granted, KeepPeople, Record, Visit};
use crate::basics::Vnd;
use crate::chapters::store as chapters;
use crate::db::DbError;
use crate::http::{Check, FieldError, Say};
use crate::ledger::accounts::Account;
use crate::ledger::draft::{Behind, Draft};
use crate::ledger::kinds::Kind;
use crate::ledger::model::{Balanced, Fund};
use crate::ledger::store::{self as ledger, BookError, BookedAt, Detail, NewEntry};
use crate::spending::model::MoneyBy;
use crate::tree::{self, ChapterId, Level, Place};
use crate::vouchers::store as vouchers;

/// The fund that dues come to: own money of the chapter, as other income is.
pub const FUND: &str = "OPERATING";
const BOOKS_CLOSED: (&str, &str) = (
    "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
    "The chapter has merged or is dissolved: record at its successor.",
);

/// Records a sheet. The same sheet sent again answers as the first time.
pub fn record(v: &mut Visit<'_>, ask: &Sheet) -> Result<(DuesSheetOut, bool), Fault> {
    let (grant, here) = v.at_code::<Record>(&ask.chapter).map_err(Fault::NoSuchChapter)?;
    // A sheet names persons: who keeps books alone does not write one.
    let keeps = v.at::<KeepPeople>(here.id)?;
    let hash = v.vault.hash("dues_sheet.request", ask.content().as_bytes()).to_vec();
    if let Some(known) = store::find(v.conn, ask.id)? {
        return repeated(v, known, &hash);
    }
    let line = tree::line(v.conn, here.id)?;
    let around = around(v, &here, &line, ask)?;
    let lines = lines(v, &keeps, &around, ask)?;
    let total: i64 = lines.iter().map(|line| line.amount_vnd).sum();
    let paid = lines.iter().filter(|line| !line.is_free()).count();
    let free = store::free_months(&lines);
    let allowed = require_share(v, &around, &free, ask)?;
    let fund = fund(v)?;
    let entry = entry(v, &grant, &fund, ask, (total, paid))?;
    let row = SheetRow {
        id: ask.id,
        chapter_id: here.id.0,
        grassroots_id: around.grassroots.0,
        rule_id: around.rule.id,
        day: ask.day,
        account: ask.account.name().to_owned(),
        paid: i32::try_from(paid).map_err(Fault::broken)?,
        exempt: i32::try_from(lines.len() - paid).map_err(Fault::broken)?,
        amount_vnd: total,
        state: DuesSheetState::Booked.name().to_owned(),
        request_hash: hash.clone(),
        recorded_by: grant.account(),
        recorded_at: v.now,
        entry_id: entry.id,
    };
    if !store::insert(v.conn, &grant, &row)? {
        // Somebody was there first, this very moment.
        let known = store::find(v.conn, ask.id)?.ok_or(Fault::Unknown)?;
        return repeated(v, known, &hash);
    }
    let owed = debts(&line, around.rule.split(total));
    store::fill(v.conn, &grant, ask.id, &lines, &owed).map_err(meanwhile)?;
    store::free(v.conn, &grant, around.grassroots, &free, allowed).map_err(meanwhile)?;
    v.note(&grant, "DUES_RECORDED", ask.id)?;
    let funds = HashMap::from([(fund.id, fund)]);
    vouchers::book(v.conn, BookedAt::now(v.now), &funds, vec![(&grant, entry)]).map_err(not_booked)?;
    let written = store::find(v.conn, ask.id)?.ok_or(Fault::Unknown)?;
    Ok((look::out(v, &written, true)?, true))
}

fn repeated(v: &mut Visit<'_>, known: SheetRow, hash: &[u8]) -> Result<(DuesSheetOut, bool), Fault> {
    if known.request_hash != hash {
        return Err(Fault::IdTaken);
    }
    Ok((look::out(v, &known, true)?, false))
}

fn meanwhile(error: DbError) -> Fault {
    match error.constraint() {
        Some("dues_month_pk") => Fault::settled_meanwhile(),
        Some("dues_exemption_within_allowed") => Fault::Conflict(Say::fixed(
            "Có bảng thu khác vừa ghi miễn cho hội viên cùng tháng, nên số người được miễn vượt mức: hãy gửi lại để xem mức còn lại.",
            "Another sheet has just freed members in the same month, so there would be too many: send it again to see how many are left.",
        )),
        _ => error.into(),
    }
}

fn not_booked(error: BookError) -> Fault {
    match error {
        BookError::Closed => Fault::Conflict(Say::fixed(BOOKS_CLOSED.0, BOOKS_CLOSED.1)),
        BookError::Db(error) => error.into(),
        other => Fault::broken(other),
    }
}

/// What a sheet is checked against.
struct Around {
    line: Above,
    rules: Vec<Rule>,
    /// That of its day.
    rule: Rule,
    grassroots: ChapterId,
}

fn around(v: &mut Visit<'_>, here: &Place, line: &[(ChapterId, Level)], ask: &Sheet) -> Result<Around, Fault> {
    if !here.accepts_entries {
        return Err(Fault::field("/chapter", "BOOKS_CLOSED", BOOKS_CLOSED.0, BOOKS_CLOSED.1));
    }
    if ask.account == MoneyBy::Bank && !has_account(v, here, line)? {
        return Err(Fault::field(
            "/account",
            "NO_BANK_ACCOUNT",
            "Đơn vị không có tài khoản riêng (chi hội không đứng tên tài khoản): hội phí thu bằng tiền mặt, hoặc ghi ở đơn vị có tài khoản.",
            "The unit has no account of its own (a branch never owns one): dues come in cash, or are recorded where the account is.",
        ));
    }
    let rules = rules::on(v.conn, line)?;
    let rule = in_force(&rules, line, ask.day).cloned().ok_or_else(|| {
        Fault::field("/day", "NO_RULE", "Ngày này chưa có quy định về hội phí.", "There is no rule about dues on this day.")
    })?;
    let (at, _) = grassroots(line).ok_or_else(|| Fault::broken("a chapter has nothing above it but branches"))?;
    Ok(Around { line: line.to_vec(), rules, rule, grassroots: line[at].0 })
}

fn has_account(v: &mut Visit<'_>, here: &Place, line: &[(ChapterId, Level)]) -> Result<bool, DbError> {
    let is_branch = line.first().is_some_and(|(_, level)| *level == Level::Branch);
    Ok(!is_branch && chapters::bank_accounts(v.conn, &[here.id.0])?.get(&here.id.0) == Some(&here.id.0))
}

/// The lines as rows: everybody is a member here, every month has its rate and nobody has settled it before.
fn lines(v: &mut Visit<'_>, by: &Granted<KeepPeople>, around: &Around, ask: &Sheet) -> Result<Vec<LineRow>, Fault> {
    let members = roll::hold(v, by, ask.lines.iter().map(|line| line.member))?;
    let firsts: Vec<Uuid> = members.values().map(|member| member.first).collect();
    let first = ask.lines.iter().map(|line| line.first).min();
    let last = ask.lines.iter().map(|line| line.last).max();
    let (Some(first), Some(last)) = (first, last) else { return Err(Fault::broken("a sheet without lines")) };
    let settled = store::settled(v.conn, &firsts, first, last)?;
    let (mut check, mut rows) = (Check::default(), Vec::with_capacity(ask.lines.len()));
    for (n, line) in ask.lines.iter().enumerate() {
        let member = members.get(&line.member);
        let settled = member.and_then(|member| settled.get(&member.first)).map(Vec::as_slice).unwrap_or_default();
        rows.extend(row(&mut check, around, (ask.id, n), line, (member, settled)));
    }
    check.done(Some(rows)).map_err(Fault::Fields)
}

fn row(
    check: &mut Check,
    around: &Around,
    (sheet, n): (Uuid, usize),
    line: &Entered,
    (member, settled): (Option<&Enrolled>, &[Month]),
) -> Option<LineRow> {
    let at = |field: &str| format!("/lines/{n}/{field}");
    let Some(member) = member else {
        let (vi, en) = ("Đơn vị không có hội viên này.", "The unit has no such member.");
        check.wrong(at("member"), "NO_SUCH_MEMBER", vi, en);
        return None;
    };
    if !around.rule.payers.contains(&member.kind) {
        let (vi, en) = ("Loại hội viên này không đóng hội phí.", "This kind of member pays no dues.");
        check.wrong(at("member"), "PAYS_NO_DUES", vi, en);
    }
    let twice: Vec<String> =
        settled.iter().filter(|month| (line.first..=line.last).contains(month)).map(Month::to_string).collect();
    if !twice.is_empty() {
        let twice = twice.join(", ");
        check.wrong(
            at("from"),
            "SETTLED_BEFORE",
            format!("Các tháng này đã nộp hoặc đã được miễn: {twice}."),
            format!("These months are paid or free already: {twice}."),
        );
    }
    let Some(due) = due(&around.rules, &around.line, line.first.to(line.last)) else {
        let (vi, en) = ("Có tháng chưa có mức hội phí.", "One of the months has no rate.");
        check.wrong(at("from"), "NO_RULE", vi, en);
        return None;
    };
    let (amount, ground, decision_no) = match &line.said {
        Said::Free(ground, no) => (0, Some(ground.name().to_owned()), Some(no.as_str().to_owned())),
        Said::Paid(vnd) => {
            if vnd.is_some_and(|vnd| vnd.get() != due) {
                let (vi, en) = (
                    format!("Theo quy định, các tháng này là {due} đồng: hãy sửa tháng hoặc số tiền."),
                    format!("By the rule these months are {due} đồng: change the months or the amount."),
                );
                check.wrong(at("amount_vnd"), "NOT_BY_RATE", vi, en);
            }
            (due, None, None)
        }
    };
    Some(LineRow {
        sheet_id: sheet,
        n: i16::try_from(n + 1).ok()?,
        member_id: line.member,
        first_month: line.first.first_day(),
        last_month: line.last.first_day(),
        amount_vnd: amount,
        ground,
        decision_no,
    })
}

/// In no month more are free than the rule allows of the grassroots chapter's members; returns how many may be.
fn require_share(v: &mut Visit<'_>, around: &Around, free: &BTreeMap<Month, i32>, ask: &Sheet) -> Result<i32, Fault> {
    if free.is_empty() {
        return Ok(0);
    }
    let members = roll::count(v.conn, around.grassroots, ask.day, &around.rule.payers)?;
    let allowed = around.rule.may_be_exempt(members);
    let before = store::exempt(v.conn, around.grassroots, &free.keys().copied().collect::<Vec<_>>())?;
    let has = |month: &Month| before.get(month).copied().unwrap_or_default();
    if let Some((month, more)) = free.iter().find(|(month, more)| has(month) + i64::from(**more) > allowed) {
        let (has, percent) = (has(month), f64::from(around.rule.exempt_bp) / 100.0);
        return Err(Fault::Fields(vec![FieldError::new(
            "/lines",
            "TOO_MANY_EXEMPT",
            Say::new(
                format!(
                    "Tháng {month}: tối đa {allowed} hội viên được miễn ({percent}% của {members} hội viên); đã miễn {has}, bảng này thêm {more}."
                ),
                format!(
                    "{month}: at most {allowed} members may be free ({percent}% of {members}); {has} are already, and this sheet adds {more}."
                ),
            ),
        )]));
    }
    i32::try_from(allowed).map_err(Fault::broken)
}

fn fund(v: &mut Visit<'_>) -> Result<Fund, Fault> {
    ledger::funds_by_code(v.conn, &[FUND])?.remove(FUND).ok_or_else(|| Fault::broken("there is no fund OPERATING"))
}

/// The entry: what came, and of how many. It names nobody.
fn entry(
    v: &mut Visit<'_>,
    grant: &Granted<Record>,
    fund: &Fund,
    ask: &Sheet,
    (total, paid): (i64, usize),
) -> Result<NewEntry, Fault> {
    let mut draft = Draft::today(v.conn, v.vault, v.now, grant)?;
    draft.day = ask.day;
    let amount = Vnd::parse(total)
        .map_err(|_| Fault::field("/lines", "TOO_LARGE", "Tổng số tiền vượt 10^15 đồng.", "More than 10^15 đồng together."))?;
    let postings = postings(fund, amount, ask.account)?;
    let note = format!("Thu hội phí của {paid} hội viên");
    let detail = Detail { count: Some(u32::try_from(paid).map_err(Fault::broken)?), ..Detail::default() };
    let behind = Behind { note: &note, ..Behind::default() };
    Ok(draft.entry(postings, behind).map_err(Fault::broken)?.with_detail(detail))
}

/// What a sheet becomes in the books.
pub fn postings(fund: &Fund, amount: Vnd, account: MoneyBy) -> Result<Balanced, Fault> {
    Balanced::moved(Kind::Dues, fund.id, amount, Account::DuesIncome, account.into()).map_err(Fault::broken)
}
