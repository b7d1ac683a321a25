//! Asking for a plan, and deciding on it.

use uuid::Uuid;

use super::carry;
use super::fault::Fault;
use super::founding;
use super::model::{Content, Kind, Plan, State};
use super::papers;
use super::store::{self, Row};
use super::survey::{self, Sides};
use super::wire::{SuccessionDryRunOut, SuccessionOut, out};
use crate::authz::{Approve, Denied, Granted, Organise, Read, Refusal, Right, Visit};
use crate::basics::clock::vietnam_date;
use crate::basics::hex;
use crate::decisions::{self, Approval, Asked, Halt, Matter, Verdict};
use crate::documents::store as documents;
use crate::house::Rooms;
use crate::http::{Check, Lang};
use crate::identity::handing_over;
use crate::ledger::store as ledger;
use crate::tree::{self, ChapterId, Place};

/// A plan, as a matter for further persons: of the successor, and of the chapter above all.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "SUCCESSION",
    vi: "Sáp nhập, chia tách hoặc giải thể đơn vị theo quyết định",
    en: "Merge, split, move or dissolve chapters by decision",
    shown_at: "/api/v1/successions/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "SUCCESSION_REQUESTED",
        approved: "SUCCESSION_APPROVED",
        refused: "SUCCESSION_REFUSED",
        withdrawn: "SUCCESSION_WITHDRAWN",
    },
};

/// Asks for a plan. The same sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, plan: &Plan) -> Result<(SuccessionOut, bool), Fault> {
    let (from, to) = (readable(v, "from", &plan.content.from)?, taking_over(v, &plan.content)?);
    let stand: Vec<ChapterId> = to.iter().map(|place| founding::stands(&plan.content, place)).collect();
    let all: Vec<ChapterId> = from.iter().map(|place| place.id).chain(stand.iter().copied()).collect();
    let above = survey::above(v.conn, &all)?.ok_or_else(|| Fault::broken("chapters without one above"))?;
    let grant = v.at::<Organise>(above)?;
    let leading = stand.first().ok_or_else(|| Fault::broken("a plan without a successor"))?;
    // It is the successor's matter first, which takes everything over, and then that of the chapter above all. One that is yet to be
    // made has nobody: then it is that of the chapter above it, and every step still takes another person.
    let side = v.at::<Organise>(*leading)?;
    let new = decisions::New {
        kind: MATTER,
        id: plan.id,
        subject: plan.id,
        about: Some(plan.decision_no.as_str()),
        amount_vnd: None,
        not_by: &[],
        with: Some(above),
    };
    let content = decisions::Content { text: &plan.text(), note: plan.note.as_ref() };
    let asked = decisions::ask(v, &side, &new, content)?;
    if asked == Asked::Now {
        check(v, plan, above, &from, &to)?;
        let going: Vec<Uuid> = from.iter().map(|place| place.id.0).collect();
        let new = store::New {
            id: plan.id,
            kind: plan.kind,
            above,
            effective_on: plan.effective_on,
            decision_no: plan.decision_no.as_str(),
            document: &plan.document,
            plan: serde_json::to_value(&plan.content).map_err(Fault::broken)?,
            from: &going,
            to: &stand.iter().map(|chapter| chapter.0).filter(|chapter| !going.contains(chapter)).collect(),
        };
        store::insert(v.conn, &grant, v.now, &new)?;
    }
    let row = store::find(v.conn, plan.id)?.ok_or(Fault::Unknown)?;
    Ok((out(v.conn, row)?, asked == Asked::Now))
}

/// The places of those that go on; of one that is yet to be made, where it will stand.
fn taking_over(v: &mut Visit<'_>, content: &Content) -> Result<Vec<Place>, Fault> {
    let mut places = Vec::with_capacity(content.to.len());
    for (n, code) in content.to.iter().enumerate() {
        places.push(match content.new_chapters.iter().enumerate().find(|(_, new)| new.code == *code) {
            Some((at, new)) => new.place(&place_of(v, &new.parent, || format!("/new_chapters/{at}/parent"))?),
            None => place_of(v, code, || format!("/to/{n}"))?,
        });
    }
    Ok(places)
}

fn place_of(v: &mut Visit<'_>, code: &str, pointer: impl Fn() -> String) -> Result<Place, Fault> {
    let (_, place) = v.see_code::<Read>(code).map_err(|denied| Fault::NoSuchChapter(denied, pointer()))?;
    Ok(place)
}

fn readable(v: &mut Visit<'_>, side: &str, codes: &[String]) -> Result<Vec<Place>, Fault> {
    let mut places = Vec::with_capacity(codes.len());
    for (n, code) in codes.iter().enumerate() {
        places.push(place_of(v, code, || format!("/{side}/{n}"))?);
    }
    Ok(places)
}

/// What needs to know what exists.
fn check(v: &mut Visit<'_>, plan: &Plan, above: ChapterId, from: &[Place], to: &[Place]) -> Result<(), Fault> {
    let mut check = Check::default();
    if !documents::is_kept(v.conn, above, &papers::OF_SUCCESSIONS, &hex(&plan.document))? {
        check.wrong(
            "/document",
            "NO_SUCH_DOCUMENT",
            "Đơn vị cấp trên chung chưa tải lên giấy tờ nào có SHA-256 này cho quyết định sáp nhập.",
            "The chapter above all of them has uploaded no document with this SHA-256 for a plan.",
        );
    }
    for (side, places) in [("from", from), ("to", to)] {
        for (n, place) in places.iter().enumerate().filter(|(_, place)| !place.accepts_entries) {
            check.wrong(
                format!("/{side}/{n}"),
                "CHAPTER_CLOSED",
                format!("{} đã sáp nhập hoặc giải thể.", place.short_name),
                format!("{} has merged or dissolved.", place.short_name),
            );
        }
    }
    check.extend(founding::look(v.conn, &plan.content, from)?);
    where_they_stand(v, plan, from, to, &mut check)?;
    officers(v, plan, from, to, &mut check)?;
    let codes: Vec<&str> = plan.content.shares.iter().map(|share| share.fund.as_str()).collect();
    let funds = ledger::funds_by_code(v.conn, &codes)?;
    for (n, _) in codes.iter().enumerate().filter(|(_, code)| !funds.contains_key(**code)) {
        check.wrong(format!("/shares/{n}/fund"), "NO_SUCH_FUND", "Không có quỹ này.", "There is no such fund.");
    }
    check.done(Some(())).map_err(Fault::Fields)
}

/// No chapter goes up in itself or in what stands below it; the central one goes up in nothing; what only moves stays what it is.
fn where_they_stand(v: &mut Visit<'_>, plan: &Plan, from: &[Place], to: &[Place], check: &mut Check) -> Result<(), Fault> {
    for (n, _) in from.iter().enumerate().filter(|(_, place)| place.path.len() == 1) {
        let (vi, en) = ("Trung ương Hội không sáp nhập, giải thể.", "The central chapter does not go up in another.");
        check.wrong(format!("/from/{n}"), "NOT_AT_THIS_LEVEL", vi, en);
    }
    for (n, place) in to.iter().enumerate() {
        let line = tree::line(v.conn, founding::stands(&plan.content, place))?;
        if from.iter().any(|old| line.iter().any(|(above, _)| *above == old.id)) {
            check.wrong(
                format!("/to/{n}"),
                "NOT_UNDER_THIS",
                "Đơn vị kế tục không nằm dưới đơn vị sáp nhập, giải thể.",
                "A successor does not stand below what goes up in it.",
            );
        }
    }
    if let (Kind::Move, [old], [new]) = (plan.kind, from, to) {
        let parent = |place: &Place| place.path.iter().rev().nth(1).map(|step| step.id);
        let same_level = tree::level(v.conn, old.id)? == founding::level(v.conn, &plan.content, new)?;
        if parent(old) == parent(new) || !same_level {
            check.wrong(
                "/to/0",
                "NOT_FOR_THIS",
                "MOVE: cùng cấp, dưới một cấp trên khác. Cùng cấp trên thì dùng MERGE.",
                "MOVE: of the same level, under another parent. Under the same one it is a MERGE.",
            );
        }
    }
    Ok(())
}

/// Roles that go on stand at a chapter that goes up, and exist where they go on.
fn officers(v: &mut Visit<'_>, plan: &Plan, from: &[Place], to: &[Place], check: &mut Check) -> Result<(), Fault> {
    let today = vietnam_date(v.now);
    let mut standing = Vec::new();
    for old in from {
        standing.extend(handing_over::standing_at(v.conn, old.id, today)?);
    }
    for (n, one) in plan.content.officers.iter().enumerate() {
        let Some(role) = standing.iter().find(|role| role.id == one.assignment) else {
            check.wrong(
                format!("/officers/{n}/assignment"),
                "NO_SUCH_ACCOUNT",
                "Không có vai trò này ở đơn vị sáp nhập, giải thể.",
                "No such role stands at a chapter that goes up.",
            );
            continue;
        };
        let Some(target) = to.iter().find(|place| place.code == one.to) else { continue };
        if !founding::level(v.conn, &plan.content, target)?.is_some_and(|level| handing_over::fits(&role.role, level)) {
            check.wrong(
                format!("/officers/{n}/to"),
                "NOT_AT_THIS_LEVEL",
                "Cấp này không có vai trò ấy.",
                "There is no such role at this level.",
            );
        }
    }
    Ok(())
}

/// A plan that waits, with whatever carries it out.
struct Waiting<'a> {
    row: &'a Row,
    rooms: Rooms,
}

impl Matter for Waiting<'_> {
    type Asks = Organise;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        store::decide(v.conn, &by.grant, v.now, self.row.id, State::Approved)?;
        if self.row.effective_on > vietnam_date(v.now) {
            return carry::later(v.conn, v.now, &by.grant, self.row);
        }
        let content = self.row.content().ok_or_else(|| Fault::broken("a plan is not as it must be"))?;
        founding::make(&mut v.errand(), self.row, &content, by.grant.account())?;
        let sides = Sides::of(v.conn, content)?;
        let chapters: Vec<ChapterId> = sides.from.iter().chain(&sides.to).map(|place| place.id).collect();
        let grants = v.at_each::<Approve>(&chapters)?.into_iter().collect::<Result<Vec<_>, _>>()?;
        carry::out(&mut v.errand(), self.rooms, self.row, &sides, &grants)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: decisions::State) -> Result<(), Fault> {
        let state = if state == decisions::State::Withdrawn { State::Withdrawn } else { State::Refused };
        Ok(store::decide(v.conn, by, v.now, self.row.id, state)?)
    }
}

/// Decides on a plan. Saying the same again answers as the first time.
pub fn decide(v: &mut Visit<'_>, rooms: Rooms, id: Uuid, verdict: Verdict) -> Result<SuccessionOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    let decided = match verdict == Verdict::Withdraw && row.state() == Some(State::Approved) {
        true => call_off(v, &row),
        false => decisions::decide(v, &Waiting { row: &row, rooms }, id, verdict).map(|_| ()).map_err(Fault::from),
    };
    match decided {
        // Whoever may look at it is told that this is not theirs.
        Err(
            Fault::Decision(Halt::Denied(Denied::Refused(Refusal::Unreadable)))
            | Fault::Denied(Denied::Refused(Refusal::Unreadable)),
        ) => {
            sees(v, &row)?;
            return Err(Refusal::NotAllowed.into());
        }
        other => other?,
    }
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    out(v.conn, row)
}

/// An approved plan that is not carried out, before its day or because something stands in its way for good.
fn call_off(v: &mut Visit<'_>, row: &Row) -> Result<(), Fault> {
    let by = v.at::<Organise>(ChapterId(row.above_chapter_id))?;
    store::decide(v.conn, &by, v.now, row.id, State::Withdrawn)?;
    Ok(v.note(&by, MATTER.actions.withdrawn, row.id)?)
}

/// That the visitor may read one of the chapters that it names.
fn sees(v: &mut Visit<'_>, row: &Row) -> Result<(), Fault> {
    let named = store::named(v.conn, row.id)?.into_iter().map(ChapterId);
    v.at_one_of::<Read>(&[ChapterId(row.above_chapter_id)].into_iter().chain(named).collect::<Vec<_>>())?;
    Ok(())
}

/// A plan, for those who may read the chapter that decides or its successor: what it would do shows the books of all that go up.
fn seen(v: &mut Visit<'_>, id: Uuid) -> Result<(Row, Sides), Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let content = row.content().ok_or_else(|| Fault::broken("a plan is not as it must be"))?;
    let sides = Sides::of(v.conn, content)?;
    let leading = sides.to.first().map(|place| founding::stands(&sides.content, place));
    v.at_one_of::<Read>(&[ChapterId(row.above_chapter_id)].into_iter().chain(leading).collect::<Vec<_>>())?;
    Ok((row, sides))
}

/// Shows a plan to those who may read one of the chapters that it names.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<SuccessionOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    sees(v, &row)?;
    let note = decisions::note_of(v, MATTER, id)?;
    let mut shown = out(v.conn, row)?;
    shown.note = note;
    Ok(shown)
}

/// Shows what a plan would do.
pub fn dry_run(v: &mut Visit<'_>, rooms: Rooms, lang: Lang, id: Uuid) -> Result<SuccessionDryRunOut, Fault> {
    let (row, sides) = seen(v, id)?;
    survey::survey(v.conn, v.now, rooms, lang, &row, &sides)
}
