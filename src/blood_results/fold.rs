//! What a drive's result tells of persons, so that nobody is seen in it. Pure.
//!
//! Units, who registered and who gave are told as they are: they are of nobody. Persons by sex, age, group and volume are told by groups
//! of kinds, of which each has nobody or at least five; where fewer than five gave, all kinds are one group. How many were deferred is told
//! where it is nobody or at least five, and so is why.
//!
//! A group of few is counted together with its neighbour in the order of the kinds, whatever the neighbour has. (In
//! [`small_cells`](crate::tree::small_cells) it is the smallest of the others, which for one row by itself would tell how the two compare:
//! 12 beside 9 would be 4 and 8.)
//!
//! What a drive folds it folds for good: a correction counts together at least what was counted together before, so that the two beside
//! each other say no more than each alone. Every sum is made of what was told, never of what was counted, so no sum, no neighbour and no
//! earlier day gives anything back.
//!
//! Millilitres are told only where every volume is: units and millilitres together are two equations, and few bags have few solutions.

use std::collections::BTreeMap;

use super::kinds::{Dimension, UNKNOWN};
use crate::tree::small_cells::LEAST;

/// What was counted at a drive, as it is: not for the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub registered: u64,
    /// Who came: those who gave, who were deferred, and who left without either.
    pub came: u64,
    pub units: u64,
    /// Of all that was given; `None` where the volume of some is not known.
    pub ml: Option<u64>,
    /// Persons by the kinds of each dimension, in their order. By sex, age, group and volume those who gave; by reason the others.
    pub persons: BTreeMap<Dimension, Vec<u64>>,
}

/// Persons of one dimension: kinds that are counted together, by their places, and how many there are.
pub type Groups = Vec<(Vec<usize>, u64)>;

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub registered: u64,
    /// `None` where it is not told how many were deferred: one would give the other.
    pub came: Option<u64>,
    pub gave: u64,
    /// Whom the centre did not let give; `None` where they are few.
    pub deferred: Option<u64>,
    pub units: u64,
    pub ml: Option<u64>,
    /// Every kind of a dimension stands in one group. Without reasons where it is not told how many were deferred.
    pub persons: BTreeMap<Dimension, Groups>,
}

/// What is told of a drive; `before` is what was told of it earlier, where this is a correction.
pub fn fold(counted: &Counted, before: Option<&Told>) -> Told {
    let of = |dimension: Dimension| counted.persons.get(&dimension).cloned().unwrap_or_else(|| vec![0; dimension.kinds().len()]);
    let total = |dimension: Dimension| of(dimension).iter().sum::<u64>();
    let deferred = Some(total(Dimension::Reason)).filter(|many| !is_few(*many));
    // What was not told is not told later.
    let deferred = deferred.filter(|_| before.is_none_or(|before| before.deferred.is_some()));
    let mut persons = BTreeMap::new();
    for dimension in Dimension::ALL {
        if dimension == Dimension::Reason && deferred.is_none() {
            continue;
        }
        let earlier = before.and_then(|before| before.persons.get(&dimension));
        persons.insert(dimension, grouped(&of(dimension), earlier));
    }
    let is_whole = persons.get(&Dimension::Volume).is_some_and(|groups| {
        let unknown = Dimension::Volume.place(UNKNOWN);
        groups.iter().all(|(kinds, many)| kinds.len() == 1 && (*many == 0 || kinds.first().copied() != unknown))
    });
    Told {
        registered: counted.registered,
        came: deferred.map(|deferred| counted.came.max(total(Dimension::Sex) + deferred)),
        gave: total(Dimension::Sex),
        deferred,
        units: counted.units,
        ml: counted.ml.filter(|_| is_whole),
        persons,
    }
}

fn is_few(many: u64) -> bool {
    (1..LEAST).contains(&many)
}

/// Persons of one dimension, told by groups that are unions of the earlier ones: kinds that stand side by side.
fn grouped(counts: &[u64], earlier: Option<&Groups>) -> Groups {
    let many = |kinds: &[usize]| kinds.iter().filter_map(|kind| counts.get(*kind)).sum::<u64>();
    let finest = || (0..counts.len()).map(|kind| vec![kind]).collect();
    let mut groups: Vec<Vec<usize>> =
        earlier.map_or_else(finest, |groups| groups.iter().map(|(kinds, _)| kinds.clone()).collect());
    groups.sort_unstable();
    while groups.len() > 1 {
        let Some(few) = groups.iter().position(|kinds| is_few(many(kinds))) else { break };
        // With the next one; the last with the one before it.
        let first = few.min(groups.len() - 2);
        let next = groups.remove(first + 1);
        if let Some(kinds) = groups.get_mut(first) {
            kinds.extend(next);
        }
    }
    groups.into_iter().map(|kinds| (kinds.clone(), many(&kinds))).collect()
}

/// What of a dimension is told alone, by kind, and how many are counted under several: what sums are made of.
pub fn alone(groups: &Groups) -> (Vec<(usize, u64)>, u64) {
    let mut single = Vec::new();
    let mut together = 0;
    for (kinds, many) in groups {
        match kinds.as_slice() {
            [kind] => single.push((*kind, *many)),
            _ => together += many,
        }
    }
    (single, together)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(kinds: usize) -> impl Strategy<Value = Vec<u64>> {
        let count = prop_oneof![3 => Just(0u64), 3 => 1u64..6, 2 => 5u64..60];
        prop::collection::vec(count, kinds)
    }

    /// A drive at which everybody gave a bag of 250, 350 or 450 ml.
    fn counted() -> impl Strategy<Value = Counted> {
        let reasons = Dimension::Reason.kinds().len();
        (counts(3), counts(9), counts(reasons), any::<[u8; 32]>()).prop_map(|(volumes, groups, reasons, seed)| {
            let gave: u64 = volumes.iter().sum();
            // Everybody has a sex, an age and a group as well, however they fall.
            let spread = |kinds: usize, shift: usize, like: &[u64]| {
                let mut of = vec![0u64; kinds];
                for n in 0..gave as usize {
                    let weight: u64 = like.iter().sum::<u64>().max(1);
                    let at = (u64::from(seed[(n + shift) % 32]) * weight / 256 + n as u64) as usize % kinds;
                    of[at] += 1;
                }
                of
            };
            let ml = volumes.iter().zip([250, 350, 450]).map(|(many, ml)| many * ml).sum();
            let volume = volumes.iter().copied().chain([0]).collect();
            let persons = BTreeMap::from([
                (Dimension::Sex, spread(3, 1, &groups)),
                (Dimension::Age, spread(6, 7, &groups)),
                (Dimension::Group, spread(9, 13, &groups)),
                (Dimension::Volume, volume),
                (Dimension::Reason, reasons),
            ]);
            let came = gave + persons[&Dimension::Reason].iter().sum::<u64>();
            Counted { registered: gave + 3, came, units: gave, ml: Some(ml), persons }
        })
    }

    /// Other counts of one dimension: somebody counted here is counted there.
    fn others(counts: &[u64]) -> Vec<Vec<u64>> {
        let pairs = (0..counts.len()).flat_map(|from| (0..counts.len()).map(move |to| (from, to)));
        let moved = |(from, to): (usize, usize)| {
            let mut table = counts.to_vec();
            table[from] = table[from].checked_sub(1)?;
            table[to] += 1;
            (from != to).then_some(table)
        };
        pairs.filter_map(moved).collect()
    }

    /// The result with other counts in one dimension. Volumes bring their millilitres with them.
    fn with(of: &Counted, dimension: Dimension, counts: Vec<u64>) -> Counted {
        let mut other = of.clone();
        if dimension == Dimension::Volume {
            other.ml = Some(counts.iter().zip([250, 350, 450, 0]).map(|(many, ml)| many * ml).sum());
        }
        other.persons.insert(dimension, counts);
        other
    }

    fn small(of: &Counted) -> Vec<(Dimension, usize)> {
        of.persons
            .iter()
            .flat_map(|(dimension, counts)| {
                counts.iter().enumerate().filter(|(_, many)| is_few(**many)).map(|(kind, _)| (*dimension, kind))
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn nothing_small_is_told(of in counted()) {
            let told = fold(&of, None);
            prop_assert!(told.deferred.is_none_or(|many| !is_few(many)));
            for (dimension, groups) in &told.persons {
                let kinds = dimension.kinds().len();
                for (together, many) in groups {
                    // All kinds together are as many as gave, which the units say.
                    prop_assert!(!is_few(*many) || together.len() == kinds && *dimension != Dimension::Reason);
                }
                let mut all: Vec<usize> = groups.iter().flat_map(|(kinds, _)| kinds.clone()).collect();
                all.sort_unstable();
                prop_assert_eq!(all, (0..kinds).collect::<Vec<_>>(), "every kind stands in one group");
            }
        }

        /// For every small cell there is another result that is told in the very same words, and has another figure there: units,
        /// millilitres and totals included.
        #[test]
        fn nothing_small_is_given_back(of in counted()) {
            let told = fold(&of, None);
            for (dimension, kind) in small(&of) {
                let total: u64 = of.persons[&dimension].iter().sum();
                if dimension == Dimension::Reason && is_few(total) {
                    // Nothing is told of these at all.
                    prop_assert!(told.deferred.is_none() && !told.persons.contains_key(&dimension));
                    continue;
                }
                let same = |counts: &Vec<u64>| counts[kind] != of.persons[&dimension][kind] && fold(&with(&of, dimension, counts.clone()), None) == told;
                prop_assert!(others(&of.persons[&dimension]).iter().any(same), "{dimension} {kind}: {of:?} {told:?}");
            }
        }

        /// A correction counts together what was counted together, and the two beside each other give nothing back: for every small cell
        /// of either there is another pair that is told in the very same words.
        #[test]
        fn a_correction_gives_nothing_back(first in counted(), second in counted()) {
            let before = fold(&first, None);
            let after = fold(&second, Some(&before));
            for (dimension, groups) in &after.persons {
                let earlier = &before.persons[dimension];
                for (kinds, _) in earlier {
                    prop_assert!(groups.iter().any(|(now, _)| kinds.iter().all(|kind| now.contains(kind))));
                }
            }
            prop_assert!(before.deferred.is_some() || after.deferred.is_none());
            for (dimension, kind) in small(&second) {
                let Some(_) = after.persons.get(&dimension) else { continue };
                let is = second.persons[&dimension][kind];
                let same = |counts: &Vec<u64>| counts[kind] != is && fold(&with(&second, dimension, counts.clone()), Some(&before)) == after;
                prop_assert!(others(&second.persons[&dimension]).iter().any(same), "{dimension} {kind}: {second:?} {before:?} {after:?}");
            }
            for (dimension, kind) in small(&first) {
                let Some(_) = before.persons.get(&dimension) else { continue };
                let is = first.persons[&dimension][kind];
                let same = |counts: &Vec<u64>| {
                    let other = fold(&with(&first, dimension, counts.clone()), None);
                    counts[kind] != is && other == before && fold(&second, Some(&other)) == after
                };
                prop_assert!(others(&first.persons[&dimension]).iter().any(same), "{dimension} {kind}: {first:?} {before:?} {after:?}");
            }
        }
    }

    fn drive(volumes: [u64; 4], reasons: u64) -> Counted {
        let ml = volumes.iter().zip([250, 350, 450, 0]).map(|(many, ml)| many * ml).sum();
        let mut why = vec![0; Dimension::Reason.kinds().len()];
        why[0] = reasons;
        let gave = volumes.iter().sum();
        let persons =
            BTreeMap::from([(Dimension::Sex, vec![gave, 0, 0]), (Dimension::Volume, volumes.to_vec()), (Dimension::Reason, why)]);
        Counted { registered: 9, came: gave + reasons, units: gave, ml: Some(ml), persons }
    }

    /// Ten bags of 4,400 ml in all are nine of 450 and one of 350: so millilitres go with the volumes.
    #[test]
    fn millilitres_are_told_with_every_volume_or_not_at_all() {
        assert_eq!(fold(&drive([0, 1, 9, 0], 0), None).ml, None);
        assert_eq!(fold(&drive([5, 30, 9, 0], 0), None).ml, Some(15_800));
        assert_eq!(fold(&drive([5, 30, 9, 5], 0), None).ml, None, "of five nobody knows it");
    }

    /// Nothing is said by which kinds are counted together but that one of them is few.
    #[test]
    fn a_few_are_counted_with_their_neighbour_whatever_it_has() {
        let told = |counts: &[u64]| grouped(counts, None);
        assert_eq!(told(&[4, 9, 8]), [(vec![0, 1], 13), (vec![2], 8)]);
        assert_eq!(told(&[3, 10, 8]), [(vec![0, 1], 13), (vec![2], 8)]);
        assert_eq!(told(&[9, 8, 4]), [(vec![0], 9), (vec![1, 2], 12)]);
        assert_eq!(told(&[1, 0, 2, 30, 0]), [(vec![0, 1, 2, 3], 33), (vec![4], 0)]);
        assert_eq!(told(&[0, 0, 3, 0]), [(vec![0, 1, 2, 3], 3)]);
        assert_eq!(told(&[0, 0]), [(vec![0], 0), (vec![1], 0)]);
    }

    #[test]
    fn few_who_were_deferred_are_not_told_nor_later() {
        let first = fold(&drive([0, 40, 0, 0], 3), None);
        assert_eq!((first.deferred, first.came, first.persons.contains_key(&Dimension::Reason)), (None, None, false));
        let corrected = fold(&drive([0, 40, 0, 0], 9), Some(&first));
        assert_eq!((corrected.deferred, corrected.gave), (None, 40));
        let many = fold(&drive([0, 40, 0, 0], 13), None);
        assert_eq!((many.deferred, many.came), (Some(13), Some(53)));
        assert_eq!(fold(&drive([0, 3, 0, 0], 0), None).persons[&Dimension::Volume], vec![(vec![0, 1, 2, 3], 3)]);
    }
}
