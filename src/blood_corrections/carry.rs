//! What follows when a second person agrees to a correction: donations, certificates, totals, the statement, honours; all of it in that
//! transaction.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::matter::MATTER;
use super::model::{CorrectionState, Kind};
use super::people::{self, Giver};
use super::store::{self, PieceRow, Row};
use crate::authz::{Approve, Granted, KeepBlood, Right as OfChapter, Visit};
use crate::basics::clock::vietnam_date;
use crate::blood_days::rewrite::{self, Gave, Rewriting};
use crate::blood_honours;
use crate::blood_results;
use crate::blood_rules::Component;
use crate::decisions::{self, Approval, Matter, State, Verdict};
use crate::donors::correct::{self, NotCorrected, Right, Standing};
use crate::donors::{self, DonationId, DonationProof, DonorId, Fault, Given};
use crate::drives::{self, Drive};
use crate::http::Say;
use crate::tree::ChapterId;

impl Matter for Row {
    type Asks = KeepBlood;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let drive = drives::hold(v.conn, self.drive_id)?.ok_or(Fault::Unknown)?;
        let day = rewrite::day(v.conn, &drive)?.filter(|day| day.version() == self.version).ok_or_else(moved)?;
        let grant = today(v, &drive, by)?;
        let work = Work::of(v, self, &drive, (grant.chapter(), by.asking_account))?;
        let became = correct::correct(v.conn, grant.chapter(), (by.asking_account, v.now), &work.gone, &work.right)?;
        became.map_err(|(n, why)| not_corrected(work.places.get(n).copied(), why))?;
        donors::not_deferred(v.conn, &work.not_deferred)?;
        let of = rewrite::rewrite(v.conn, &day, (self.id, by.asking_account, v.now), &work.day)?;
        let statement = blood_results::correct(v, &grant, &drive).map_err(of_results)?;
        let donors: Vec<DonorId> = work.donors.into_iter().collect();
        let withdrawn = blood_honours::recount_of(v.conn, v.now, vietnam_date(v.now), &donors)?;
        store::made(v.conn, self.id, &work.made)?;
        store::approve(v.conn, &grant, v.now, self.id, (&of, statement.as_deref()))?;
        let detail = json!({"drive": drive.code, "statement": statement, "honours_withdrawn": withdrawn});
        Ok(v.note_with(&grant, "DRIVE_CORRECTED", self.id, &detail)?)
    }

    fn lay_aside<R: OfChapter>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        let to = if state == State::Withdrawn { CorrectionState::Withdrawn } else { CorrectionState::Refused };
        Ok(store::lay_aside(v.conn, by, v.now, self.id, to)?)
    }
}

/// The right of who decides, at the chapter that has the drive today: the one that asked, or its successor.
fn today(v: &mut Visit<'_>, drive: &Drive, by: &Approval) -> Result<Granted<Approve>, Fault> {
    let chapter = drives::today(v.conn, drive)?;
    if chapter == by.grant.chapter() { Ok(by.grant.clone()) } else { Ok(v.at::<Approve>(chapter)?) }
}

/// Decides. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<Row, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &row, id, verdict)?;
    store::find(v.conn, id)?.ok_or(Fault::Unknown)
}

/// What a correction does, put together.
struct Work {
    /// Donations that do not stand any more, and those that are right.
    gone: Vec<DonationId>,
    right: Vec<Right>,
    /// The pieces that these are of.
    places: Vec<i16>,
    day: Rewriting,
    /// Everybody whose history is another now.
    donors: BTreeSet<DonorId>,
    /// Which donation each piece made.
    made: Vec<(i16, Uuid)>,
    /// Who was put off until when, by a row that is wrong.
    not_deferred: Vec<(DonorId, NaiveDate)>,
}

impl Work {
    fn of(v: &mut Visit<'_>, row: &Row, drive: &Drive, (at, account): (ChapterId, Uuid)) -> Result<Self, Fault> {
        let pieces = store::pieces(v.conn, &[row.id])?;
        let ids: Vec<DonationId> = pieces.iter().filter_map(|piece| piece.donation_id).map(DonationId).collect();
        let standing = correct::standing_at(v.conn, drive.id, &ids, &[])?;
        let standing: HashMap<Uuid, Standing> = standing.into_iter().map(|one| (one.id.0, one)).collect();
        let rows: Vec<Uuid> = pieces.iter().filter_map(|piece| piece.row_id).collect();
        if ids.iter().any(|id| !standing.contains_key(&id.0)) || !rewrite::all_count(v.conn, &rows)? {
            return Err(moved());
        }
        let givers = people::givers(v, at, (account, drive.day), &pieces)?;
        let centres = drives::store::centres(v.conn)?;
        let centre = centres.into_iter().find(|one| one.id == drive.centre_id).map(|one| one.code).unwrap_or_default();
        let mut work = Work {
            gone: Vec::new(),
            right: Vec::new(),
            places: Vec::new(),
            day: Rewriting::default(),
            donors: BTreeSet::new(),
            made: Vec::new(),
            not_deferred: Vec::new(),
        };
        let put_off = rewrite::put_off_until(v.conn, &rows)?;
        for piece in &pieces {
            let until = piece.row_id.and_then(|row| put_off.get(&row).copied());
            let donor = givers.get(&piece.n).and_then(|giver| giver.donor);
            work.not_deferred.extend(donor.zip(until));
            let before = piece.donation_id.and_then(|id| standing.get(&id));
            work.add(piece, before, givers.get(&piece.n), (drive, &centre));
        }
        Ok(work)
    }

    fn add(&mut self, piece: &PieceRow, before: Option<&Standing>, giver: Option<&Giver>, at: (&Drive, &str)) {
        if let Some(before) = before {
            self.gone.push(before.id);
            self.donors.extend(before.donor);
        }
        match piece.kind() {
            Some(Kind::NotGiven) => self.day.gone.extend(piece.donation_id),
            Some(Kind::AlsoCame) => self.day.came.extend(piece.booking_id.map(|booking| (booking, piece.reason()))),
            Some(kind) if kind.gives() => {
                let right = right(kind, piece, before, giver, at);
                self.donors.extend(right.given.donor);
                self.day.gave.push(gave(piece, &right.given));
                self.made.push((piece.n, right.given.id.0));
                self.places.push(piece.n);
                self.right.push(right);
            }
            _ => {}
        }
    }
}

/// A donation as it is right.
fn right(
    kind: Kind,
    piece: &PieceRow,
    before: Option<&Standing>,
    giver: Option<&Giver>,
    (drive, centre): (&Drive, &str),
) -> Right {
    let id = Uuid::new_v4();
    // Of another volume everything else is what it was.
    let same = before.filter(|_| kind == Kind::OtherVolume);
    let given = Given {
        id: DonationId(id),
        donor: same.map_or(giver.and_then(|giver| giver.donor), |same| same.donor),
        drive: Some(drive.id),
        day: drive.day,
        component: before.map_or(piece.component().unwrap_or(Component::WholeBlood), |before| before.component),
        volume_ml: piece.volume_ml.or(before.and_then(|before| before.volume_ml)),
        din: before.map_or(piece.din(), |before| before.din.clone()),
        centre: before.and_then(|before| before.centre.clone()).or(Some(centre.to_owned())),
        sex: same.map_or(giver.and_then(|giver| giver.sex), |same| same.sex),
        age: same.map_or(giver.and_then(|giver| giver.age), |same| same.age),
        // A group that was somebody else's is nobody's until the centre says whose it is.
        group: same.map_or(piece.group(), |same| same.group),
        proof: DonationProof::Centre,
        request_hash: id.as_bytes().to_vec(),
        replaces: before.map(|before| before.id),
    };
    let serial = piece.serial.clone().or(same.and_then(|same| same.serial.clone()));
    Right { given, serial, is_same_giver: same.is_some() }
}

/// The row of a donation that is right.
fn gave(piece: &PieceRow, given: &Given) -> Gave {
    Gave {
        id: given.id.0,
        instead: piece.donation_id.or(piece.row_id),
        booking: piece.booking_id,
        component: given.component,
        volume_ml: given.volume_ml,
        din: given.din.clone(),
        sex: given.sex,
        age: given.age,
        group: given.group,
    }
}

fn moved() -> Fault {
    Fault::conflict(
        "Kết quả của ngày này đã đổi từ khi đề nghị: hãy rút đề nghị này và lập lại.",
        "The result of this drive has changed since this was asked: withdraw it and ask anew.",
    )
}

fn not_corrected(n: Option<i16>, why: NotCorrected) -> Fault {
    let place = n.map_or(0, |n| n + 1);
    let (vi, en) = match why {
        NotCorrected::NumberTaken => {
            ("mã túi máu đang là của một lần hiến khác", "the donation number stands for another donation")
        }
        NotCorrected::SameDay => ("ngày ấy người này đã có lần hiến cùng loại", "they have given this on that day already"),
        NotCorrected::SerialTaken => {
            ("số giấy chứng nhận đang là của một lần hiến khác", "the serial stands for another donation")
        }
        NotCorrected::MoreGivenBack => (
            "giấy chứng nhận đã được bồi hoàn nhiều hơn thể tích ấy, từ khi đề nghị",
            "more was given back for the certificate than this volume, since it was asked",
        ),
    };
    Fault::Conflict(Say::new(
        format!("Điều {place}: {vi}. Hãy rút đề nghị này và lập lại."),
        format!("Piece {place}: {en}. Withdraw this and ask anew."),
    ))
}

/// Why the result was not stated, as this room says it.
fn of_results(fault: blood_results::Fault) -> Fault {
    use blood_results::Fault as Of;
    match fault {
        Of::Unknown => Fault::Unknown,
        Of::NotReconciled | Of::AtOnce => moved(),
        Of::Denied(denied) => Fault::Denied(denied),
        Of::Broken(cause) => Fault::Broken(cause),
        Of::Db(error) => Fault::Db(error),
    }
}
