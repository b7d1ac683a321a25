//! Counts of persons by kind, chapter by chapter, folded for the public down the whole tree ([`small_cells`]).

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::Place;
use super::small_cells::{self, Told};

/// How many of each kind, in the order of the kinds, are of each chapter itself.
pub type Counts = BTreeMap<Uuid, Vec<u64>>;

/// Codes of the kinds that are counted together, and how many there are.
pub type Groups = Vec<(Vec<&'static str>, u64)>;

/// What is told of each chapter, with everything below it: groups of kinds and how many. From the root downwards; below one that is not
/// told, nothing is.
pub fn folded(kinds: &[&'static str], own: &Counts, places: &HashMap<Uuid, Place>) -> Vec<(Uuid, Groups)> {
    let mut whole = Counts::new();
    let mut children: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    let mut root = None;
    for (chapter, counts) in own {
        let Some(place) = places.get(chapter) else { continue };
        root = place.path.first().map(|step| step.id.0);
        for pair in place.path.windows(2) {
            let [above, here] = pair else { continue };
            let below = children.entry(above.id.0).or_default();
            if !below.contains(&here.id.0) {
                below.push(here.id.0);
            }
        }
        for step in &place.path {
            let sum = whole.entry(step.id.0).or_insert_with(|| vec![0; counts.len()]);
            sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
    }
    let Some(root) = root else { return Vec::new() };
    let first = small_cells::of_root(&whole[&root]);
    let mut found = Vec::new();
    let mut todo = vec![(root, first, 0)];
    while let Some((chapter, told, n)) = todo.pop() {
        let Some(figures) = whole.get(&chapter).and_then(|counts| told.of(n, counts)) else { continue };
        let names = told.groups.iter().map(|group| group.iter().filter_map(|kind| kinds.get(*kind)).copied().collect());
        found.push((chapter, names.zip(figures).collect()));
        let below = children.remove(&chapter).unwrap_or_default();
        // What is booked at the chapter itself is one of those below it.
        let all: Vec<Vec<u64>> = below.iter().map(|id| &whole[id]).chain(own.get(&chapter)).cloned().collect();
        let next: Told = small_cells::below(&told.groups, &all);
        todo.extend(below.into_iter().enumerate().map(|(n, id)| (id, next.clone(), n)));
    }
    found
}

/// What chapters have of each kind themselves, out of (chapter, kind, how many). A kind that is none of these is nobody's.
pub fn counts(kinds: &[&'static str], rows: Vec<(Uuid, String, i64)>) -> Counts {
    let mut own = Counts::new();
    for (chapter, kind, many) in rows {
        let Some(at) = kinds.iter().position(|known| *known == kind) else { continue };
        let counts = own.entry(chapter).or_insert_with(|| vec![0; kinds.len()]);
        if let Some(count) = counts.get_mut(at) {
            *count += u64::try_from(many).unwrap_or(0);
        }
    }
    own
}

/// What is told, as rooms store it: the chapter, the codes that are counted together with commas between them, how many. Of none, nothing.
pub fn rows(kinds: &[&'static str], own: &Counts, places: &HashMap<Uuid, Place>) -> Vec<(Uuid, String, i32)> {
    let mut rows = Vec::new();
    for (chapter, groups) in folded(kinds, own, places) {
        for (kinds, many) in groups.into_iter().filter(|(_, many)| *many > 0) {
            rows.push((chapter, kinds.join(","), i32::try_from(many).unwrap_or(i32::MAX)));
        }
    }
    rows
}

/// What was told of a chapter for a year, with everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearTold {
    pub year: i32,
    /// Codes of the kinds that are counted together, and how many there were.
    pub groups: Vec<(Vec<String>, i32)>,
}

/// The first of these years: rows of (year, codes, how many), those of a year one after the other.
pub fn years(rows: Vec<(i32, Vec<String>, i32)>, most: usize) -> Vec<YearTold> {
    let mut years: Vec<YearTold> = Vec::new();
    for (year, kinds, many) in rows {
        match years.last_mut().filter(|last| last.year == year) {
            Some(last) => last.groups.push((kinds, many)),
            None => years.push(YearTold { year, groups: vec![(kinds, many)] }),
        }
    }
    years.truncate(most);
    years
}
