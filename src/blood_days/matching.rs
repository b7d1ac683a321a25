//! Whom the rows of a centre's file are, and in what they differ from who was checked in. Pure.

use std::collections::{BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::model::{DifferenceKind, Entry, Outcome, may_be_one, name_key};
use crate::blood_rules::Component;

/// A booking of the drive.
#[derive(Debug, Clone)]
pub struct Known {
    pub booking: Uuid,
    /// What stands in its QR code.
    pub code: String,
    pub name: String,
    /// The telephone number or mail address; empty of who has none.
    pub contact: String,
    pub birth: Option<String>,
    pub came: bool,
    /// What they gave, as it was noted at the door.
    pub volume_ml: Option<i16>,
}

/// A difference: of a row (its place among the entries), of a booking, or of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub kind: DifferenceKind,
    pub row: Option<usize>,
    /// The row that it is a double of.
    pub other: Option<usize>,
    pub booking: Option<Uuid>,
}

/// What comparing found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Of each row in its order, whose it is.
    pub of: Vec<Option<Uuid>>,
    pub differences: Vec<Difference>,
}

struct Index<'a> {
    all: &'a [Known],
    by_code: HashMap<&'a str, usize>,
    by_name: HashMap<BTreeSet<String>, Vec<usize>>,
    /// By telephone number: one household may share it.
    by_number: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    fn of(all: &'a [Known]) -> Self {
        let mut by_name: HashMap<BTreeSet<String>, Vec<usize>> = HashMap::with_capacity(all.len());
        let mut by_number: HashMap<&str, Vec<usize>> = HashMap::with_capacity(all.len());
        for (n, known) in all.iter().enumerate() {
            by_name.entry(name_key(&known.name)).or_default().push(n);
            if !known.contact.is_empty() {
                by_number.entry(known.contact.as_str()).or_default().push(n);
            }
        }
        let by_code = all.iter().enumerate().map(|(n, known)| (known.code.as_str(), n)).collect();
        Self { all, by_code, by_name, by_number }
    }

    /// Those whom a row may be by name, number and birth, who came first; and whether the number says so.
    fn alike(&self, entry: &Entry, taken: &HashSet<usize>) -> (Vec<usize>, bool) {
        let named = self.by_name.get(&name_key(&entry.who.name)).map(Vec::as_slice).unwrap_or_default();
        let one = |n: &usize| self.all.get(*n);
        let fits = |n: &&usize| one(n).is_some_and(|known| may_be_one(known.birth.as_deref(), entry.who.birth.as_deref()));
        if let Some(phone) = &entry.who.phone {
            let numbered = self.by_number.get(phone.as_str()).map(Vec::as_slice).unwrap_or_default();
            let by_number: Vec<usize> = numbered.iter().filter(|n| named.contains(n)).filter(fits).copied().collect();
            if !by_number.is_empty() {
                return (by_number, true);
            }
        }
        let mut fit: Vec<usize> = named.iter().filter(fits).copied().collect();
        fit.retain(|n| !taken.contains(n));
        let came: Vec<usize> = fit.iter().filter(|n| one(n).is_some_and(|known| known.came)).copied().collect();
        (if came.is_empty() { fit } else { came }, false)
    }
}

/// Compares the rows of a file with the bookings of its drive. `bags`: the sizes of the day, none where no rule says them.
pub fn compare(entries: &[Entry], bookings: &[Known], bags: &[i16], given: &HashSet<String>) -> Compared {
    let index = Index::of(bookings);
    let mut found = Compared { of: vec![None; entries.len()], differences: Vec::new() };
    let (mut taken, mut of_booking): (HashSet<usize>, HashMap<usize, usize>) = (HashSet::new(), HashMap::new());
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (row, entry) in entries.iter().enumerate() {
        let mut differs = |kind, other, booking| found.differences.push(Difference { kind, row: Some(row), other, booking });
        let whose = whose(&index, entry, &taken, &mut differs);
        if let Some(n) = whose {
            let booking = index.all.get(n).map(|known| known.booking);
            if let Some(first) = of_booking.get(&n) {
                differs(DifferenceKind::Double, Some(*first), booking);
            } else {
                of_booking.insert(n, row);
                taken.insert(n);
            }
            if let (Some(known), Outcome::Gave) = (index.all.get(n), entry.outcome)
                && is_other_volume(entry, known.volume_ml, bags)
            {
                differs(DifferenceKind::OtherVolume, None, booking);
            }
            if let Some(place) = found.of.get_mut(row) {
                *place = booking;
            }
        } else if entry.outcome == Outcome::Gave && is_other_volume(entry, None, bags) {
            differs(DifferenceKind::OtherVolume, None, None);
        }
        let mut differs = |kind, other| found.differences.push(Difference { kind, row: Some(row), other, booking: None });
        if let Some(din) = &entry.din {
            if let Some(first) = numbers.insert(din.as_str(), row) {
                differs(DifferenceKind::Double, Some(first));
            }
            if given.contains(din.as_str()) {
                differs(DifferenceKind::NumberGiven, None);
            }
        }
    }
    let missing = bookings.iter().enumerate().filter(|(n, known)| known.came && !of_booking.contains_key(n));
    found.differences.extend(missing.map(|(_, known)| Difference {
        kind: DifferenceKind::NotInFile,
        row: None,
        other: None,
        booking: Some(known.booking),
    }));
    found
}

/// Whose a row is, as a place among the bookings; what is not plain is told.
fn whose(
    index: &Index<'_>,
    entry: &Entry,
    taken: &HashSet<usize>,
    differs: &mut dyn FnMut(DifferenceKind, Option<usize>, Option<Uuid>),
) -> Option<usize> {
    let n = match &entry.who.booking {
        Some(code) => {
            let Some(n) = index.by_code.get(code.as_str()).copied() else {
                differs(DifferenceKind::UnknownCode, None, None);
                return None;
            };
            let known = index.all.get(n)?;
            if name_key(&known.name) != name_key(&entry.who.name) {
                differs(DifferenceKind::OtherPerson, None, Some(known.booking));
            }
            n
        }
        None => {
            let (fit, by_number) = index.alike(entry, taken);
            let Some(n) = fit.first().copied() else {
                differs(DifferenceKind::NotCheckedIn, None, None);
                return None;
            };
            if fit.len() > 1 && !by_number {
                differs(DifferenceKind::OtherPerson, None, index.all.get(n).map(|known| known.booking));
            }
            n
        }
    };
    let known = index.all.get(n)?;
    if !known.came {
        differs(DifferenceKind::NotCheckedIn, None, Some(known.booking));
    }
    Some(n)
}

/// Whether the volume is not what was noted, or no size of bags.
fn is_other_volume(entry: &Entry, noted: Option<i16>, bags: &[i16]) -> bool {
    let Some(ml) = entry.volume_ml else { return false };
    let no_bag = entry.component == Component::WholeBlood && !bags.is_empty() && !bags.contains(&ml);
    no_bag || noted.is_some_and(|noted| noted != ml)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::model::Who;
    use super::*;
    use crate::blood_rules::Din;

    fn known(n: u128, name: &str, contact: &str, came: bool) -> Known {
        Known {
            booking: Uuid::from_u128(n),
            code: format!("CODE{n}"),
            name: name.to_owned(),
            contact: contact.to_owned(),
            birth: None,
            came,
            volume_ml: None,
        }
    }

    fn entry(name: &str, phone: Option<&str>, booking: Option<&str>) -> Entry {
        Entry {
            row: 2,
            who: Who { name: name.to_owned(), birth: None, phone: phone.map(str::to_owned), booking: booking.map(str::to_owned) },
            sex: None,
            age: None,
            outcome: Outcome::Gave,
            reason: None,
            until: None,
            component: Component::WholeBlood,
            volume_ml: Some(350),
            din: None,
            group: None,
            serial: None,
        }
    }

    fn kinds(found: &Compared) -> Vec<DifferenceKind> {
        found.differences.iter().map(|one| one.kind).collect()
    }

    const BAGS: &[i16] = &[250, 350, 450];

    #[test]
    fn each_kind_of_difference_is_told() {
        use DifferenceKind::*;
        let bookings = [known(1, "Nguyễn Thị Lan", "0912345678", true), known(2, "Lê An", "0987654321", false)];
        let run = |entries: &[Entry]| compare(entries, &bookings, BAGS, &HashSet::from(["G123426000001".to_owned()]));
        let plain = run(&[entry("NGUYEN THI LAN", Some("0912345678"), None)]);
        assert_eq!((kinds(&plain), plain.of), (vec![], vec![Some(Uuid::from_u128(1))]));
        assert!(kinds(&run(&[entry("Lan Nguyễn Thị", None, Some("CODE1"))])).is_empty());
        assert_eq!(kinds(&run(&[entry("Trần Bình", None, Some("CODE1"))])), [OtherPerson]);
        assert_eq!(kinds(&run(&[entry("Trần Bình", None, Some("CODE9"))])), [UnknownCode, NotInFile]);
        assert_eq!(kinds(&run(&[entry("Trần Bình", None, None)])), [NotCheckedIn, NotInFile]);
        let booked = run(&[entry("Lê An", None, None)]);
        assert_eq!((kinds(&booked), booked.of), (vec![NotCheckedIn, NotInFile], vec![Some(Uuid::from_u128(2))]));
        let twice = run(&[entry("Nguyễn Thị Lan", None, Some("CODE1")), entry("Nguyễn Thị Lan", None, Some("CODE1"))]);
        assert_eq!(kinds(&twice), [Double]);
        let mut odd = entry("Nguyễn Thị Lan", None, Some("CODE1"));
        (odd.volume_ml, odd.din) = (Some(300), Some(Din::read("G123426000001").unwrap()));
        assert_eq!(kinds(&run(&[odd])), [OtherVolume, NumberGiven]);
        let mut noted = bookings.to_vec();
        noted[0].volume_ml = Some(250);
        let found = compare(&[entry("Nguyễn Thị Lan", None, Some("CODE1"))], &noted, BAGS, &HashSet::new());
        assert_eq!(kinds(&found), [OtherVolume]);
    }

    #[test]
    fn of_two_with_one_name_the_number_tells_and_else_somebody_does() {
        let two = [known(1, "Nguyễn Thị Lan", "0912345678", true), known(2, "Nguyễn Thị Lan", "0987654321", true)];
        let by_number = compare(
            &[entry("Nguyễn Thị Lan", Some("0987654321"), None), entry("Nguyễn Thị Lan", Some("0912345678"), None)],
            &two,
            BAGS,
            &HashSet::new(),
        );
        assert_eq!((kinds(&by_number), by_number.of), (vec![], vec![Some(Uuid::from_u128(2)), Some(Uuid::from_u128(1))]));
        let by_name = compare(&[entry("Nguyễn Thị Lan", None, None)], &two, BAGS, &HashSet::new());
        assert_eq!(kinds(&by_name), [DifferenceKind::OtherPerson, DifferenceKind::NotInFile]);
    }

    proptest! {
        /// Whatever comes: whoever came is in the file or is told as missing, once; and no booking is two rows' without a word.
        #[test]
        fn nobody_is_lost(names in prop::collection::vec(0usize..6, 0..12), rows in prop::collection::vec((0usize..6, prop::option::of(0u128..8)), 0..16)) {
            let all = ["An", "Bình", "Chi", "Dũng", "Em", "Phú"];
            let bookings: Vec<Known> = (0u128..).zip(&names).map(|(n, name)| known(n, all[*name], "", n % 3 != 0)).collect();
            let entries: Vec<Entry> = rows.iter().map(|(name, code)| entry(all[*name], None, code.map(|n| format!("CODE{n}")).as_deref())).collect();
            let found = compare(&entries, &bookings, BAGS, &HashSet::new());
            for known in bookings.iter().filter(|known| known.came) {
                let in_file = found.of.contains(&Some(known.booking));
                let told = found.differences.iter().filter(|one| one.kind == DifferenceKind::NotInFile && one.booking == Some(known.booking)).count();
                prop_assert_eq!((in_file, told), (in_file, usize::from(!in_file)));
            }
            for known in &bookings {
                let rows = found.of.iter().filter(|of| **of == Some(known.booking)).count();
                let doubles = found.differences.iter().filter(|one| one.kind == DifferenceKind::Double && one.booking == Some(known.booking)).count();
                prop_assert_eq!(doubles, rows.saturating_sub(1));
            }
            for (n, of) in found.of.iter().enumerate() {
                prop_assert!(of.is_some() || found.differences.iter().any(|one| one.row == Some(n)));
            }
        }
    }
}
