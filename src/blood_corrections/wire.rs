//! How a correction is sent, with the checks that need no database.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Kind, NotGiven, Piece, Which, Who};
use crate::basics::Line;
use crate::blood_rules::{AboGroup, Component, DeferralReason, RhFactor};
use crate::donors::typed;
use crate::http::{Check, FieldError, note, one_line, one_name};
use crate::persons::Sex;
use crate::persons::model::{MOST_NAME, birth, contact, is_by_chance};

/// Most pieces of a correction.
const MOST_PIECES: usize = 100;
/// The longest name of the centre's letter, in characters.
const MOST_SOURCE: usize = 200;
const MOST_ML: i16 = 2_000;

/// What a blood centre corrects of a drive that is reconciled.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveCorrectionIn {
    /// Made by the client, once, by chance alone (UUIDv4); sending it again asks only once.
    #[schema(example = "2c7f0a5e-91d4-4b38-8e26-7f1a3c5d9b04")]
    pub id: Uuid,
    /// Of which version of the result it speaks (`version` of the reconciliation): it is refused where the result was corrected meanwhile.
    #[schema(minimum = 1, example = 1)]
    pub version: i16,
    /// The letter or list in which the centre says so: its number and day. It names nobody.
    #[schema(example = "Công văn 112/TTTM ngày 20/06/2026", max_length = 200)]
    pub source: String,
    /// What it says, piece by piece.
    #[schema(min_items = 1, max_items = 100)]
    pub pieces: Vec<DriveCorrectionPieceIn>,
    /// For who decides; never public.
    #[serde(default)]
    #[schema(example = "Đã gọi lại cơ sở tiếp nhận máu để xác nhận.", max_length = 300)]
    pub note: Option<String>,
}

/// A piece of a correction.
///
/// `OTHER_VOLUME`: `donation` or `din`, `volume_ml`, and `serial` where the certificate has another one. `NOT_GIVEN`: `donation` or `din`, and
/// `why`. `OTHER_DONOR`: `donation` or `din`; who it is by `name` (and what else is known) or `booking`; `abo` and `rh` where the group is
/// theirs, `serial` of their certificate. `ALSO_GAVE`: who, by `name` or `booking`; `volume_ml`, and what else is known; `row` where the list has
/// them as put off. `ALSO_CAME`: `booking`, and `reason` where they were put off.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveCorrectionPieceIn {
    pub kind: Kind,
    /// The donation that it is about.
    #[serde(default)]
    pub donation: Option<Uuid>,
    /// The number on the bag, with its check character or as scanned: of the donation that it is about, or of the one that was found.
    #[serde(default)]
    #[schema(example = "G123489654321Y", max_length = 40)]
    pub din: Option<String>,
    /// Why it was written down.
    #[serde(default)]
    pub why: Option<NotGiven>,
    /// Under which booking they came.
    #[serde(default)]
    pub booking: Option<Uuid>,
    /// The row of the centre's list in which they are put off, as people count in their program.
    #[serde(default)]
    #[schema(minimum = 1, example = 57)]
    pub row: Option<i32>,
    /// Family name first.
    #[serde(default)]
    #[schema(example = "Nguyễn Văn Bình", max_length = 100)]
    pub name: Option<String>,
    /// A telephone number or a mail address: by it they are known again.
    #[serde(default)]
    #[schema(example = "0912345678", max_length = 254)]
    pub contact: Option<String>,
    /// The day, or the year alone.
    #[serde(default)]
    #[schema(example = "1995-03-08", max_length = 10)]
    pub birth: Option<String>,
    /// As in their papers.
    #[serde(default)]
    pub sex: Option<Sex>,
    /// What was given; whole blood unless it is said.
    #[serde(default)]
    pub component: Option<Component>,
    /// In millilitres.
    #[serde(default)]
    #[schema(example = 350, minimum = 1, maximum = 2000)]
    pub volume_ml: Option<i16>,
    /// The ABO group as the centre found it, with `rh`.
    #[serde(default)]
    pub abo: Option<AboGroup>,
    /// The Rh factor, with `abo`.
    #[serde(default)]
    pub rh: Option<RhFactor>,
    /// The centre's serial, as it stands on the certificate.
    #[serde(default)]
    #[schema(example = "HM 0012345", max_length = 60)]
    pub serial: Option<String>,
    /// Why the centre put them off, in a word of the public list.
    #[serde(default)]
    pub reason: Option<DeferralReason>,
}

/// A correction that is right in itself.
#[derive(Debug, Clone)]
pub struct Ask {
    pub id: Uuid,
    pub version: i16,
    pub source: Line,
    pub pieces: Vec<Piece>,
    pub note: Option<Line>,
}

impl Ask {
    /// One text of all that was asked, but the note and who somebody is: that is compared with what is sealed, and is in no hash.
    pub fn content(&self, drive: &str) -> String {
        let piece = |piece: &Piece| {
            let which = piece.which.as_ref().map(|which| match which {
                Which::Donation(id) => id.to_string(),
                Which::Number(din) => din.as_str().to_owned(),
            });
            let of =
                json!([piece.kind, which, piece.booking, piece.row, piece.who.is_some(), piece.sex, piece.why, piece.reason]);
            let din = piece.din.as_ref().map(|din| din.as_str());
            json!([of, piece.component, piece.volume_ml, din, piece.group.map(|(abo, rh)| (abo.name(), rh.name())), piece.serial])
        };
        let pieces: Vec<_> = self.pieces.iter().map(piece).collect();
        json!([drive, self.version, self.source.as_str(), pieces]).to_string()
    }
}

impl DriveCorrectionIn {
    /// Checks every field; all mistakes at once.
    pub(super) fn check(self, today: NaiveDate) -> Result<Ask, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID riêng của đề nghị này.", "id must be a UUID of its own.");
        if !is_by_chance(self.id) {
            check.wrong("/id", "NOT_RANDOM", "id phải là UUID ngẫu nhiên (phiên bản 4).", "The id is a random UUID (version 4).");
        }
        let source = check.read(one_line("/source", &self.source, MOST_SOURCE));
        let said = check.read(note(self.note.as_deref()));
        if self.pieces.is_empty() || self.pieces.len() > MOST_PIECES {
            check.wrong("/pieces", "OUT_OF_RANGE", "Từ 1 đến 100 điều đính chính.", "1 to 100 pieces.");
            return Err(check.into_errors());
        }
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for (n, piece) in self.pieces.iter().enumerate() {
            let mut of = Of { at: format!("/pieces/{n}"), check: &mut check };
            pieces.extend(piece.check(&mut of, today));
        }
        twice(&mut check, &self.pieces);
        let version = self.version;
        let ask = source.zip(said).filter(|_| pieces.len() == self.pieces.len());
        check.done(ask.map(|(source, note)| Ask { id: self.id, version, source, pieces, note }))
    }
}

/// What two pieces name is corrected in two ways at once.
fn twice(check: &mut Check, pieces: &[DriveCorrectionPieceIn]) {
    let (mut bookings, mut rows) = (HashSet::new(), HashSet::new());
    for (n, piece) in pieces.iter().enumerate() {
        let booking = piece.booking.filter(|booking| !bookings.insert(*booking)).map(|_| "booking");
        let row = piece.row.filter(|row| !rows.insert(*row)).map(|_| "row");
        for field in [booking, row].into_iter().flatten() {
            check.wrong(
                format!("/pieces/{n}/{field}"),
                "TWICE",
                "Đã có trong một điều ở trên.",
                "It stands in a piece above already.",
            );
        }
    }
}

/// Where a piece stands, and what is wrong with it.
struct Of<'c> {
    at: String,
    check: &'c mut Check,
}

impl Of<'_> {
    fn pointer(&self, field: &str) -> String {
        format!("{}/{field}", self.at)
    }

    fn missing(&mut self, field: &str) {
        let at = self.pointer(field);
        self.check.wrong(at, "MISSING", "Điều đính chính này cần ghi trường này.", "This piece wants this field.");
    }

    fn not_needed(&mut self, field: &str) {
        let at = self.pointer(field);
        self.check.wrong(at, "NOT_NEEDED", "Điều đính chính này không ghi trường này.", "This piece has no such field.");
    }
}

impl DriveCorrectionPieceIn {
    /// Fields that are said.
    fn said(&self) -> Vec<&'static str> {
        let all = [
            ("donation", self.donation.is_some()),
            ("din", self.din.is_some()),
            ("why", self.why.is_some()),
            ("booking", self.booking.is_some()),
            ("row", self.row.is_some()),
            ("name", self.name.is_some()),
            ("contact", self.contact.is_some()),
            ("birth", self.birth.is_some()),
            ("sex", self.sex.is_some()),
            ("component", self.component.is_some()),
            ("volume_ml", self.volume_ml.is_some()),
            ("abo", self.abo.is_some()),
            ("rh", self.rh.is_some()),
            ("serial", self.serial.is_some()),
            ("reason", self.reason.is_some()),
        ];
        all.into_iter().filter(|(_, is_said)| *is_said).map(|(field, _)| field).collect()
    }

    /// Fields that a piece of its kind has.
    fn known(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::OtherVolume => &["donation", "din", "volume_ml", "serial"],
            Kind::NotGiven => &["donation", "din", "why"],
            Kind::OtherDonor => &["donation", "din", "booking", "name", "contact", "birth", "sex", "abo", "rh", "serial"],
            Kind::AlsoGave => {
                &["din", "booking", "row", "name", "contact", "birth", "sex", "component", "volume_ml", "abo", "rh", "serial"]
            }
            Kind::AlsoCame => &["booking", "reason"],
        }
    }

    fn check(&self, of: &mut Of<'_>, today: NaiveDate) -> Option<Piece> {
        let known = self.known();
        self.said().into_iter().filter(|field| !known.contains(field)).for_each(|field| of.not_needed(field));
        self.wanted(of);
        let din = self.din.as_deref().and_then(|typed| {
            let at = of.pointer("din");
            of.check.read(typed::din(&at, typed))
        });
        let serial = self.serial.as_deref().and_then(|typed| {
            let at = of.pointer("serial");
            of.check.read(typed::serial(&at, typed))
        });
        let who = self.who(of, today);
        let which = match (self.donation, &din) {
            _ if !self.kind.is_of_donation() => None,
            (Some(id), None) => Some(Which::Donation(id)),
            (None, Some(din)) => Some(Which::Number(din.clone())),
            _ => None,
        };
        Some(Piece {
            kind: self.kind,
            which,
            booking: self.booking,
            row: self.row,
            who,
            sex: self.sex,
            why: self.why,
            reason: self.reason,
            component: (self.kind == Kind::AlsoGave).then(|| self.component.unwrap_or(Component::WholeBlood)),
            volume_ml: self.volume_ml,
            din: din.filter(|_| self.kind == Kind::AlsoGave),
            group: self.abo.zip(self.rh),
            serial: serial.map(|serial| serial.as_str().to_owned()),
        })
    }

    /// What a piece of its kind cannot do without.
    fn wanted(&self, of: &mut Of<'_>) {
        if self.kind.is_of_donation() && self.donation.is_some() == self.din.is_some() {
            let at = of.pointer("donation");
            of.check.wrong(
                at,
                "ONE_OF_TWO",
                "Ghi một trong hai: lần hiến, hoặc mã túi máu.",
                "Say one of two: the donation, or the number on the bag.",
            );
        }
        match self.kind {
            Kind::OtherVolume | Kind::AlsoGave if self.volume_ml.is_none() => of.missing("volume_ml"),
            Kind::NotGiven if self.why.is_none() => of.missing("why"),
            Kind::AlsoCame if self.booking.is_none() => of.missing("booking"),
            _ => {}
        }
        if matches!(self.kind, Kind::OtherDonor | Kind::AlsoGave) && self.name.is_none() && self.booking.is_none() {
            of.missing("name");
        }
        if self.volume_ml.is_some_and(|ml| !(1..=MOST_ML).contains(&ml)) {
            let at = of.pointer("volume_ml");
            of.check.wrong(at, "OUT_OF_RANGE", "Thể tích từ 1 đến 2000 ml.", "From 1 to 2000 ml.");
        }
        if self.abo.is_some() != self.rh.is_some() {
            let at = of.pointer("rh");
            of.check.wrong(at, "MISSING", "Ghi cả nhóm ABO và Rh, hoặc không ghi.", "Both ABO and Rh, or neither.");
        }
    }

    /// Who it is, where a name is said; else it is who booked.
    fn who(&self, of: &mut Of<'_>, today: NaiveDate) -> Option<Who> {
        let Some(name) = &self.name else {
            for (field, is_said) in [("contact", self.contact.is_some()), ("birth", self.birth.is_some())] {
                if is_said && self.known().contains(&field) {
                    of.missing("name");
                }
            }
            return None;
        };
        let (at, at_contact, at_birth) = (of.pointer("name"), of.pointer("contact"), of.pointer("birth"));
        let name = of.check.read(one_name(&at, name, MOST_NAME));
        let address = self.contact.as_deref().map(|typed| of.check.read(contact(&at_contact, typed)));
        let born = self.birth.as_deref().map(|text| of.check.read(birth(&at_birth, text, today)));
        Some(Who {
            name: name?.as_str().to_owned(),
            contact: address.flatten().map(|address| address.as_str().to_owned()).unwrap_or_default(),
            birth: born.flatten().map(|birth| birth.to_string()),
            sex: self.sex,
        })
    }
}
