//! Asking for a correction: what it says is looked up, so that the second person decides on what can be done.

use std::collections::{HashMap, HashSet};

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::matter::MATTER;
use super::model::{Kind, Piece, Which, Who};
use super::store::{self, New, PieceRow};
use super::wire::Ask;
use crate::authz::{Granted, KeepBlood, Visit};
use crate::blood_days::rewrite::{self, Came, Day};
use crate::db::DbError;
use crate::decisions::{self, Asked, Content};
use crate::donors::correct::{Standing, standing_at};
use crate::donors::{self, DonationId, Fault};
use crate::drives::{self, Drive, bookings};
use crate::http::Check;

/// A drive, held, and the right to keep the blood donors of its chapter.
fn kept(v: &mut Visit<'_>, code: &str) -> Result<(Drive, Granted<KeepBlood>), Fault> {
    let found = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &found)?;
    let grant = v.at::<KeepBlood>(chapter)?;
    Ok((drives::hold(v.conn, found.id)?.ok_or(Fault::Unknown)?, grant))
}

/// Asks for a correction of a drive. The same sent again asks once: whether it is new.
pub fn request(v: &mut Visit<'_>, code: &str, ask: &Ask) -> Result<bool, Fault> {
    let (drive, grant) = kept(v, code)?;
    let pieces = match store::find(v.conn, ask.id)? {
        Some(_) => {
            same_people(v, ask)?;
            None
        }
        None => Some(looked_up(v, &drive, ask)?),
    };
    let new = decisions::New {
        kind: MATTER,
        id: ask.id,
        subject: ask.id,
        about: Some(&drive.code),
        amount_vnd: None,
        not_by: &[],
        with: None,
    };
    let asked = decisions::ask(v, &grant, &new, Content { text: &ask.content(&drive.code), note: ask.note.as_ref() })?;
    if let (Asked::Now, Some(pieces)) = (asked, pieces) {
        let new = New { id: ask.id, drive: drive.id, source: ask.source.as_str(), version: ask.version, pieces: &pieces };
        store::insert(v.conn, &grant, v.now, &new).map_err(|error| match error.constraint() {
            Some("drive_correction_waiting_key") => waits(),
            Some("drive_correction_pk") => Fault::IdTaken,
            _ => error.into(),
        })?;
    }
    Ok(asked == Asked::Now)
}

fn waits() -> Fault {
    Fault::conflict(
        "Đã có một đính chính của ngày này đang chờ quyết định: hãy duyệt, từ chối hoặc rút đề nghị đó trước.",
        "A correction of this drive waits to be decided already: approve, refuse or withdraw that one first.",
    )
}

/// Whoever is named is in no hash: what comes again is compared with what is sealed, as long as that is there.
fn same_people(v: &mut Visit<'_>, ask: &Ask) -> Result<(), Fault> {
    let rows = store::pieces(v.conn, &[ask.id])?;
    for (piece, row) in ask.pieces.iter().zip(&rows) {
        if let (Some(said), Some(known)) = (&piece.who, row.open(v.vault)?)
            && *said != known
        {
            return Err(Fault::IdTaken);
        }
    }
    Ok(())
}

/// What there is of a day that pieces name.
struct Known {
    by_id: HashMap<Uuid, Standing>,
    by_din: HashMap<String, Uuid>,
    came: HashMap<Uuid, Came>,
    rows: HashMap<i32, Uuid>,
    /// Numbers of those that were found which stand for other donations.
    taken: HashSet<String>,
}

impl Known {
    fn of(conn: &mut PgConnection, drive: &Drive, day: &Day, pieces: &[Piece]) -> Result<Self, DbError> {
        let mut ids = Vec::new();
        let mut dins = Vec::new();
        for which in pieces.iter().filter_map(|piece| piece.which.as_ref()) {
            match which {
                Which::Donation(id) => ids.push(DonationId(*id)),
                Which::Number(din) => dins.push(din.as_str().to_owned()),
            }
        }
        let standing = standing_at(conn, drive.id, &ids, &dins)?;
        let by_din = standing.iter().filter_map(|one| Some((one.din.as_ref()?.as_str().to_owned(), one.id.0))).collect();
        let found: Vec<String> = pieces.iter().filter_map(|piece| Some(piece.din.as_ref()?.as_str().to_owned())).collect();
        Ok(Self {
            by_id: standing.into_iter().map(|one| (one.id.0, one)).collect(),
            by_din,
            came: rewrite::came(conn, day, &pieces.iter().filter_map(|piece| piece.booking).collect::<Vec<_>>())?,
            rows: rewrite::put_off(conn, day, &pieces.iter().filter_map(|piece| piece.row).collect::<Vec<_>>())?,
            taken: donors::numbers_given(conn, &found)?.into_keys().collect(),
        })
    }

    fn standing(&self, which: &Which) -> Option<&Standing> {
        match which {
            Which::Donation(id) => self.by_id.get(id),
            Which::Number(din) => self.by_id.get(self.by_din.get(din.as_str())?),
        }
    }
}

/// The pieces as they are stored; all that cannot be is said at once.
fn looked_up(v: &mut Visit<'_>, drive: &Drive, ask: &Ask) -> Result<Vec<PieceRow>, Fault> {
    let day = rewrite::day(v.conn, drive)?.ok_or_else(not_agreed)?;
    if day.version() != ask.version {
        return Err(Fault::Stale);
    }
    let known = Known::of(v.conn, drive, &day, &ask.pieces)?;
    let booked: Vec<Uuid> = ask.pieces.iter().filter_map(|piece| piece.booking).collect();
    let mut who: HashMap<Uuid, Who> = HashMap::new();
    for row in bookings::by_ids(v.conn, &booked)? {
        if let Some(of) = row.open(v.vault)?.filter(|_| row.drive_id == drive.id) {
            who.insert(row.id, Who { name: of.name, contact: of.contact, birth: of.birth, sex: None });
        }
    }
    let freed = |piece: &&Piece| matches!(piece.kind, Kind::OtherDonor | Kind::NotGiven);
    let of_pieces = ask.pieces.iter().filter(freed).filter_map(|piece| Some(known.standing(piece.which.as_ref()?)?.id.0));
    let freed: HashSet<Uuid> = of_pieces.collect();
    let mut check = Check::default();
    let mut seen = HashSet::new();
    let mut rows = Vec::with_capacity(ask.pieces.len());
    for (n, piece) in (0i16..).zip(&ask.pieces) {
        let of = piece.which.as_ref().and_then(|which| known.standing(which));
        about(&mut check, n, piece, (of, &known));
        if let Some(booking) = piece.booking {
            let row = piece.row.and_then(|row| known.rows.get(&row).copied());
            came(&mut check, n, (piece, row), known.came.get(&booking), &freed);
        }
        if of.is_some_and(|of| !seen.insert(of.id)) {
            wrong(&mut check, n, "donation", "TWICE", "Lần hiến này đã có ở trên.", "This donation stands above already.");
        }
        let named = piece.who.clone().or_else(|| piece.booking.and_then(|booking| who.get(&booking).cloned()));
        let named = named.filter(|_| matches!(piece.kind, Kind::OtherDonor | Kind::AlsoGave));
        let named = named.map(|who| Who { sex: piece.sex.or(who.sex), ..who });
        let content = named.map(|who| store::sealed(v.vault, (ask.id, n), &who)).transpose()?;
        rows.push(stored(ask.id, n, piece, of, &known, content));
    }
    check.done(Some(rows)).map_err(Fault::Fields)
}

fn not_agreed() -> Fault {
    Fault::conflict(
        "Ngày hiến máu này chưa đối chiếu xong: hãy xử lý ngay trong đối chiếu.",
        "This drive is not reconciled yet: settle it where it is reconciled.",
    )
}

fn stored(id: Uuid, n: i16, piece: &Piece, of: Option<&Standing>, known: &Known, content: Option<Vec<u8>>) -> PieceRow {
    PieceRow {
        correction_id: id,
        n,
        kind: piece.kind.name().to_owned(),
        donation_id: of.map(|of| of.id.0),
        made_id: None,
        booking_id: piece.booking,
        row_id: piece.row.and_then(|row| known.rows.get(&row).copied()),
        why: piece.why.map(|why| why.name().to_owned()),
        reason: piece.reason.map(|reason| reason.name().to_owned()),
        component: piece.component.map(|component| component.name().to_owned()),
        volume_ml: piece.volume_ml,
        din: piece.din.as_ref().map(|din| din.as_str().to_owned()),
        abo: piece.group.map(|(abo, _)| abo.name().to_owned()),
        rh: piece.group.map(|(_, rh)| rh.name().to_owned()),
        serial: piece.serial.clone(),
        content,
    }
}

fn wrong(check: &mut Check, n: i16, field: &str, code: &'static str, vi: &'static str, en: &'static str) {
    check.wrong(format!("/pieces/{n}/{field}"), code, vi, en);
}

/// What a piece says of what there is.
fn about(check: &mut Check, n: i16, piece: &Piece, (of, known): (Option<&Standing>, &Known)) {
    if let (Some(which), None) = (&piece.which, of) {
        let field = if matches!(which, Which::Number(_)) { "din" } else { "donation" };
        wrong(
            check,
            n,
            field,
            "NO_SUCH_DONATION",
            "Ngày này không có lần hiến ấy, hoặc lần hiến ấy đã bị thay: hãy xem lại danh sách.",
            "There is no such donation at this drive, or it was replaced: look at the list again.",
        );
    }
    if let (Kind::OtherVolume, Some(of), Some(ml)) = (piece.kind, of, piece.volume_ml) {
        other_volume(check, n, of, (ml, piece.serial.is_some()));
    }
    if piece.din.as_ref().is_some_and(|din| known.taken.contains(din.as_str())) {
        wrong(
            check,
            n,
            "din",
            "DIN_TAKEN",
            "Mã túi máu này đang là của một lần hiến khác.",
            "This donation number stands for another donation.",
        );
    }
    if piece.row.is_some_and(|row| !known.rows.contains_key(&row)) {
        wrong(
            check,
            n,
            "row",
            "NOT_A_CHOICE",
            "Danh sách của cơ sở không có người được hẹn lại ở dòng này.",
            "The centre's list puts nobody off in this row.",
        );
    }
}

fn other_volume(check: &mut Check, n: i16, of: &Standing, (ml, has_serial): (i16, bool)) {
    if of.volume_ml == Some(ml) && !has_serial {
        wrong(check, n, "volume_ml", "SAME_AS_BEFORE", "Thể tích vẫn như trước.", "The volume is what it was.");
    }
    if of.redeemed_ml > ml {
        wrong(
            check,
            n,
            "volume_ml",
            "MORE_THAN_GIVEN",
            "Giấy chứng nhận này đã được bồi hoàn nhiều hơn thể tích ấy: hãy hỏi lại cơ sở tiếp nhận máu.",
            "More than this volume was given back for the certificate already: ask the blood centre again.",
        );
    }
}

/// What is known of who made the booking that a piece names, and the row that it names. `freed`: donations of which this correction says that
/// they are not of who they were.
fn came(check: &mut Check, n: i16, (piece, row): (&Piece, Option<Uuid>), of: Option<&Came>, freed: &HashSet<Uuid>) {
    let mut wrong = |code, vi, en| wrong(check, n, "booking", code, vi, en);
    let Some(of) = of else {
        return wrong("NO_SUCH_BOOKING", "Ngày này không có đặt chỗ ấy.", "There is no such booking of this drive.");
    };
    match piece.kind {
        Kind::AlsoCame if !of.is_in => wrong(
            "NO_SUCH_BOOKING",
            "Chưa ai ghi người này đến: hãy ghi đến trước.",
            "Nobody checked them in: check them in first.",
        ),
        Kind::AlsoCame if of.row.is_some() || (of.counts && piece.reason.is_none()) => {
            wrong("SAME_AS_BEFORE", "Người này đã được tính.", "They are counted already.")
        }
        Kind::AlsoGave if of.row.is_some() && of.row != row => wrong(
            "TWICE",
            "Danh sách đã có người này: nếu họ được ghi là hẹn lại thì ghi số dòng.",
            "The list has them already: say the row in which they are put off.",
        ),
        Kind::OtherDonor if of.row.is_some_and(|row| !freed.contains(&row)) => wrong(
            "TWICE",
            "Danh sách đã tính người này ở dòng khác: nếu hai người bị ghi lẫn nhau thì đính chính cả hai lần hiến.",
            "The list counts them in another row: where two were mixed up, correct both donations.",
        ),
        _ => {}
    }
}
