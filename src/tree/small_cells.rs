//! Counts of persons that the public may see without anybody being seen: no cell under five, and none that a sum, a neighbour or a row
//! above gives back.
//!
//! Chapters are counted by kind, each with everything below it. From the root downwards, the chapters below one parent are told
//! together ([`below`]):
//! - They are told by the same *groups* of kinds, unions of their parent's groups. So for a kind that is folded here nothing but
//!   the parent's own figure is known, and what is folded at a parent is not told by its children.
//! - In every group each chapter that is shown has nobody or at least [`LEAST`].
//! - Chapters with fewer than that in all are not shown, and others with them until there are two at least and their sum, which
//!   parent and neighbours give, says of none of them what it has ([`is_safe`]). Nobody is told which of these are the small ones.
//! - Of a chapter that is not shown nothing below is shown.
//!
//! What is booked at the parent itself is one of the chapters below it for this purpose. Days of different years are told apart: there
//! is no sum over them. A day is told once it is over, so that no difference of two days tells who came.

/// Fewer are not shown.
pub const LEAST: u64 = 5;

/// How the chapters below one parent are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Kinds that are counted together, by their places; every kind stands in one.
    pub groups: Vec<Vec<usize>>,
    /// Of each chapter, in the order given: whether it is shown.
    pub shown: Vec<bool>,
}

impl Told {
    /// What is shown of a chapter: a figure a group; `None` where it is not shown.
    pub fn of(&self, n: usize, counts: &[u64]) -> Option<Vec<u64>> {
        let is_shown = self.shown.get(n).copied().unwrap_or(false);
        is_shown.then(|| self.groups.iter().map(|group| sum_of(counts, group)).collect())
    }

    /// Nothing is shown.
    pub fn nothing(groups: Vec<Vec<usize>>, chapters: usize) -> Self {
        Self { groups, shown: vec![false; chapters] }
    }
}

/// How the root is told, which has no neighbour and nobody above.
pub fn of_root(counts: &[u64]) -> Told {
    let finest = (0..counts.len()).map(|kind| vec![kind]).collect();
    let total: u64 = counts.iter().sum();
    let groups = folded(finest, &[counts.to_vec()], &[total == 0 || total >= LEAST]);
    Told { groups, shown: vec![total == 0 || total >= LEAST] }
}

/// How the chapters below one that is told by `groups` are told; `counts` of each by kind, with everything below.
pub fn below(groups: &[Vec<usize>], counts: &[Vec<u64>]) -> Told {
    let totals: Vec<u64> = counts.iter().map(|of| of.iter().sum()).collect();
    let mut shown: Vec<bool> = totals.iter().map(|total| *total == 0 || *total >= LEAST).collect();
    let groups = folded(groups.to_vec(), counts, &shown);
    while !is_safe(&groups, counts, &shown) {
        // The smallest of those that are left tells the least of what is lost. Nobody at all is hidden for nothing.
        let next = (0..counts.len()).filter(|n| shown[*n] && totals[*n] > 0).min_by_key(|n| totals[*n]);
        match next {
            Some(n) => shown[n] = false,
            // Their sums are those of the parent; not even who has nobody is told.
            None => return Told::nothing(groups, counts.len()),
        }
    }
    Told { groups, shown }
}

/// Merges groups until every chapter that is shown has nobody or enough in each.
fn folded(mut groups: Vec<Vec<usize>>, counts: &[Vec<u64>], shown: &[bool]) -> Vec<Vec<usize>> {
    while groups.len() > 1 {
        let offends = |group: &Vec<usize>| {
            let small = |of: &Vec<u64>| (1..LEAST).contains(&sum_of(of, group));
            counts.iter().zip(shown).filter(|(of, shown)| **shown && small(of)).count()
        };
        let Some(worst) = (0..groups.len()).max_by_key(|n| offends(&groups[*n])).filter(|n| offends(&groups[*n]) > 0) else {
            break;
        };
        let mut merged = groups.remove(worst);
        // With the smallest of the others most stays told apart.
        let all = |group: &Vec<usize>| counts.iter().map(|of| sum_of(of, group)).sum::<u64>();
        let Some(with) = (0..groups.len()).min_by_key(|n| all(&groups[*n])) else { break };
        merged.extend(groups.remove(with));
        merged.sort_unstable();
        groups.push(merged);
        groups.sort_unstable();
    }
    groups
}

/// Whether the sums over those that are not shown say of none of them what it has: there are none, or two at least, and each group has
/// so many among them that any one of them may have nobody or more than a few.
fn is_safe(groups: &[Vec<usize>], counts: &[Vec<u64>], shown: &[bool]) -> bool {
    let hidden: Vec<&Vec<u64>> = counts.iter().zip(shown).filter(|(_, shown)| !**shown).map(|(of, _)| of).collect();
    let enough = LEAST * hidden.len() as u64;
    hidden.is_empty()
        || hidden.len() > 1
            && groups.iter().all(|group| {
                let sum: u64 = hidden.iter().map(|of| sum_of(of, group)).sum();
                sum == 0 || sum >= enough
            })
}

fn sum_of(counts: &[u64], group: &[usize]) -> u64 {
    group.iter().filter_map(|kind| counts.get(*kind)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Chapters with counts of so many kinds, many of them small.
    fn counts() -> impl Strategy<Value = Vec<Vec<u64>>> {
        (1usize..4).prop_flat_map(|kinds| {
            let count = prop_oneof![2 => Just(0u64), 3 => 1u64..6, 2 => 5u64..60];
            prop::collection::vec(prop::collection::vec(count, kinds), 1..8)
        })
    }

    fn of_all(counts: &[Vec<u64>]) -> Vec<u64> {
        let kinds = counts.first().map_or(0, Vec::len);
        (0..kinds).map(|kind| counts.iter().map(|of| of[kind]).sum()).collect()
    }

    /// Everything that is published of the chapters below one: their figures, and by the parent's groups their sums.
    fn published(parent: &[Vec<usize>], told: &Told, counts: &[Vec<u64>]) -> (Vec<Option<Vec<u64>>>, Vec<u64>) {
        let figures = counts.iter().enumerate().map(|(n, of)| told.of(n, of)).collect();
        (figures, parent.iter().map(|group| sum_of(&of_all(counts), group)).collect())
    }

    /// Whether another table of counts would have been published in the very same words, and has another figure there.
    fn could_be_otherwise(parent: &[Vec<usize>], told: &Told, counts: &[Vec<u64>], figure: &dyn Fn(&[Vec<u64>]) -> u64) -> bool {
        let (seen, is) = (published(parent, told, counts), figure(counts));
        let kinds = counts.first().map_or(0, Vec::len);
        let places: Vec<(usize, usize)> = (0..counts.len()).flat_map(|n| (0..kinds).map(move |kind| (n, kind))).collect();
        // Somebody counted here is counted there, and somebody else the other way round.
        let moved = |(from, to): ((usize, usize), (usize, usize)), table: &[Vec<u64>]| {
            let mut table = table.to_vec();
            table[from.0][from.1] = table[from.0][from.1].checked_sub(1)?;
            table[to.0][to.1] += 1;
            Some(table)
        };
        let pairs = || places.iter().flat_map(|from| places.iter().map(move |to| (*from, *to))).filter(|(from, to)| from != to);
        let is_another = |table: &Vec<Vec<u64>>| figure(table) != is && published(parent, told, table) == seen;
        pairs()
            .filter_map(|pair| moved(pair, counts))
            .any(|table| is_another(&table) || pairs().filter_map(|pair| moved(pair, &table)).any(|table| is_another(&table)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn nothing_small_is_shown(counts in counts()) {
            let root = of_root(&of_all(&counts));
            let told = below(&root.groups, &counts);
            for (n, of) in counts.iter().enumerate() {
                for figure in told.of(n, of).into_iter().flatten() {
                    prop_assert!(figure == 0 || figure >= LEAST);
                }
            }
        }

        /// Neither sums nor neighbours nor the chapter above say how many a small cell has: by kind, or in all.
        #[test]
        fn nothing_small_is_given_back(counts in counts()) {
            let root = of_root(&of_all(&counts));
            prop_assume!(root.shown == [true]);
            let told = below(&root.groups, &counts);
            for n in 0..counts.len() {
                for kind in 0..counts[n].len() {
                    if (1..LEAST).contains(&counts[n][kind]) {
                        prop_assert!(could_be_otherwise(&root.groups, &told, &counts, &|table| table[n][kind]), "{told:?}");
                    }
                }
                if (1..LEAST).contains(&counts[n].iter().sum()) {
                    prop_assert!(could_be_otherwise(&root.groups, &told, &counts, &|table| table[n].iter().sum()), "{told:?}");
                }
            }
        }

        /// What is folded at a parent is not told by its children.
        #[test]
        fn groups_only_grow_downwards(counts in counts()) {
            let root = of_root(&of_all(&counts));
            let told = below(&root.groups, &counts);
            for group in &root.groups {
                prop_assert!(told.groups.iter().any(|below| group.iter().all(|kind| below.contains(kind))));
            }
        }
    }

    #[test]
    fn a_small_chapter_is_hidden_with_others_and_the_rest_is_shown() {
        let told = below(&[vec![0]], &[vec![3], vec![40], vec![9], vec![0]]);
        assert_eq!(told.shown, [false, true, false, true]);
        assert_eq!(told.of(1, &[40]), Some(vec![40]));
        // A small kind is counted with another one, at all of them.
        let told = below(&[vec![0], vec![1], vec![2]], &[vec![30, 2, 9], vec![20, 6, 0]]);
        assert_eq!(told.groups, [vec![0], vec![1, 2]]);
    }
}
