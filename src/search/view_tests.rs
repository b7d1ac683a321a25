use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;

use super::super::fields::{VERSION, Wanted};
use super::super::shelf::{Position, Shelf};
use super::*;
use crate::basics::words_and_pairs;
use crate::ledger::findable::Findable;
use crate::ledger::kinds::Channel;
use crate::ledger::public::{Filter, Within};
use crate::ledger::words::{Term, Words};

const NAMES: [&str; 14] = [
    "Nguyễn Văn An",
    "Nguyễn Thị Ân",
    "Trần Văn Hòa",
    "Lê Thị Hoà",
    "Đặng Văn Nguyên",
    "Phạm An",
    "Công ty Hòa Phát 82",
    "Tổ 8 An Nguyễn",
    "Hội phụ nữ xã 821",
    "Ngô Nguyên Ngọc",
    "An",
    "Vũ Văn Văn An",
    "Hà",
    "",
];
const TYPED: [&str; 24] = [
    "nguyen van an",
    "nguyen",
    "n",
    "ng",
    "ngu",
    "a",
    "an",
    "hoa",
    "\"van an\"",
    "\"an van\"",
    "\"nguyen van an\"",
    "van van",
    "82",
    "8",
    "xa 82",
    "cong ty h",
    "khong co",
    "\"thi hoa\" le",
    "ham liem n",
    "ham liem nguyen van an van nguyen an van n",
    "\"ham liem\"",
    "liem ham",
    "h",
    "zz",
];
const PLACES: [(&str, Option<&str>, &str, &str); 6] = [
    ("23095", Some("23095"), "68", "Hàm Liêm"),
    ("68-TH-0001-CH002", Some("23095"), "68", "Hàm Liêm"),
    ("68-TH-0001", Some("23095"), "68", "Hàm Liêm"),
    ("68-TH-00010", Some("23095"), "68", "Hàm Liêm"),
    ("23059", Some("23059"), "68", "Hàm Thuận"),
    ("68", None, "68", "Lâm Đồng"),
];

fn row(seq: i64, name: usize, place: usize, appeal: usize, day: i64, amount: i64) -> Findable {
    let (chapter, grassroots, province, short) = PLACES[place % PLACES.len()];
    let appeal = [None, Some("BAO-13"), Some("TET")][appeal % 3];
    Findable {
        seq,
        chapter: chapter.into(),
        grassroots: grassroots.map(Into::into),
        province: Some(province.into()),
        appeal: appeal.map(Into::into),
        channel: Some(["CASH", "BANK_TRANSFER"][name % 2].into()),
        day: chrono::NaiveDate::from_num_days_from_ce_opt(739_000 + day as i32).unwrap(),
        amount_vnd: amount,
        words: words_and_pairs([short, NAMES[name % NAMES.len()], appeal.unwrap_or_default()]),
    }
}

/// The truth, by looking at every row.
fn looked_through(rows: &BTreeMap<i64, Findable>, filter: &Filter, before: Option<i64>, most: usize) -> Vec<i64> {
    let fits = |row: &&Findable| {
        let within = match &filter.within {
            None => true,
            Some(Within::Province(code)) => row.province.as_ref() == Some(code),
            Some(Within::Grassroots(code)) => row.grassroots.as_ref() == Some(code),
            Some(Within::Chapter(code)) => row.chapter == *code || row.chapter.starts_with(&format!("{code}-CH")),
        };
        let words = filter.words.iter().flat_map(|words| words.terms()).all(|term| match term {
            Term::Word(word) | Term::Pair(word) => row.words.contains(word),
            Term::Begins(begin) => row.words.iter().any(|word| word.starts_with(begin)),
        });
        within
            && words
            && filter.appeal.as_ref().is_none_or(|code| row.appeal.as_ref() == Some(code))
            && filter.channel.is_none_or(|channel| row.channel.as_deref() == Some(channel.name()))
            && filter.from.is_none_or(|day| row.day >= day)
            && filter.to.is_none_or(|day| row.day <= day)
            && filter.min_vnd.is_none_or(|min| row.amount_vnd >= min)
            && filter.max_vnd.is_none_or(|max| row.amount_vnd <= max)
            && before.is_none_or(|before| row.seq < before)
    };
    rows.values().rev().filter(fits).map(|row| row.seq).take(most).collect()
}

struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("sna-view-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn at(idx: i64) -> Position {
    Position { version: VERSION, idx, hash: String::new(), built_to: 0, whole: true }
}

/// What happens to an index between two commits.
#[derive(Debug, Clone)]
enum Happening {
    /// (steps between numbers, name, place, appeal, day, amount)
    Gifts(Vec<(i64, usize, usize, usize, i64, i64)>),
    /// Which rows lose their name, as a part of all.
    Erasure(Vec<prop::sample::Index>),
    /// A row that was late: its number lies between those that are there.
    Late(prop::sample::Index, usize),
    Cleaning,
    Reopening,
}

fn happening() -> impl Strategy<Value = Happening> {
    let gift = (1i64..5, 0usize..14, 0usize..6, 0usize..3, 0i64..40, prop_oneof![Just(500_000i64), 1i64..2_000]);
    prop_oneof![
        4 => proptest::collection::vec(gift, 1..120).prop_map(Happening::Gifts),
        2 => proptest::collection::vec(any::<prop::sample::Index>(), 1..8).prop_map(Happening::Erasure),
        1 => (any::<prop::sample::Index>(), 0usize..14).prop_map(|(at, name)| Happening::Late(at, name)),
        1 => Just(Happening::Cleaning),
        1 => Just(Happening::Reopening),
    ]
}

#[derive(Debug, Clone)]
struct Asked {
    filter: Filter,
    before: Option<prop::sample::Index>,
    most: usize,
}

fn asked() -> impl Strategy<Value = Asked> {
    let typed = proptest::option::weighted(0.7, 0..TYPED.len());
    let within = proptest::option::weighted(0.3, 0usize..6);
    let days = (proptest::option::weighted(0.3, 0i32..40), proptest::option::weighted(0.3, 0i32..40));
    let amounts =
        (proptest::option::weighted(0.3, 0i64..2_500), proptest::option::weighted(0.3, 0i64..600_000), prop::bool::weighted(0.2));
    let rest = (
        proptest::option::weighted(0.2, 0usize..3),
        prop::bool::weighted(0.2),
        proptest::option::of(any::<prop::sample::Index>()),
        1usize..60,
    );
    (typed, within, days, amounts, rest).prop_map(|(typed, within, days, (min, max, exact), (appeal, channel, before, most))| {
        let day = |n: Option<i32>| n.and_then(|n| chrono::NaiveDate::from_num_days_from_ce_opt(739_000 + n));
        let filter = Filter {
            appeal: appeal.map(|n| ["BAO-13", "TET", "NONE"][n].to_owned()),
            within: within.map(|n| match n {
                0 => Within::Province("68".into()),
                1 => Within::Grassroots("23095".into()),
                2 => Within::Grassroots("23059".into()),
                3 => Within::Chapter("68-TH-0001".into()),
                4 => Within::Chapter("68-TH-0001-CH002".into()),
                _ => Within::Province("01".into()),
            }),
            channel: channel.then_some(Channel::Cash),
            from: day(days.0),
            to: day(days.1),
            min_vnd: min,
            max_vnd: if exact { min } else { max },
            words: typed.and_then(|n| Words::parse(TYPED[n])),
        };
        Asked { filter, before, most }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is written, erased, merged and opened again: a walk finds what a look at every row finds, page by page.
    #[test]
    fn a_walk_finds_what_a_look_at_every_row_finds(
        happenings in proptest::collection::vec(happening(), 1..9),
        questions in proptest::collection::vec(asked(), 60),
    ) {
        let folder = Temporary::new();
        let mut shelf = Shelf::create(&folder.0, at(0)).unwrap();
        let mut rows: BTreeMap<i64, Findable> = BTreeMap::new();
        let (mut newest, mut view) = (0, None::<View>);
        for (n, happening) in happenings.into_iter().enumerate() {
            let existing: Vec<i64> = rows.keys().copied().collect();
            let (mut put, mut replaced) = (Vec::new(), Vec::new());
            match happening {
                Happening::Gifts(gifts) => {
                    for (step, name, place, appeal, day, amount) in gifts {
                        newest += step;
                        put.push(row(newest, name, place, appeal, day, amount));
                    }
                }
                Happening::Erasure(which) if !existing.is_empty() => {
                    for index in which {
                        let mut row = rows[index.get(&existing)].clone();
                        row.words = words_and_pairs(["Hàm Liêm"]);
                        replaced.push(row.seq);
                        put.retain(|other: &Findable| other.seq != row.seq);
                        put.push(row);
                    }
                }
                Happening::Late(index, name) => {
                    let seq = index.index(newest as usize + 1) as i64;
                    if !rows.contains_key(&seq) {
                        put.push(row(seq, name, 0, 0, 3, 77));
                    }
                }
                Happening::Cleaning => {
                    shelf.start_cleaning().unwrap();
                    shelf.remove_unused_files().unwrap();
                }
                Happening::Reopening if n > 0 => {
                    shelf.close();
                    shelf = Shelf::open(&folder.0).unwrap();
                }
                Happening::Erasure(_) | Happening::Reopening => {}
            }
            rows.extend(put.iter().map(|row| (row.seq, row.clone())));
            shelf.put(&put, replaced).unwrap();
            shelf.commit(at(n as i64)).unwrap();
            view = Some(shelf.view(view.as_ref()).unwrap());
        }
        shelf.close();
        let view = view.unwrap();
        prop_assert_eq!(view.documents as usize, rows.len());
        for Asked { filter, before, most } in questions {
            let mut before = before.map(|index| index.index(newest as usize + 2) as i64);
            // Two pages: the second goes on where the first ended.
            for _ in 0..2 {
                let found = view.walk(&Wanted::from(&filter), before, most).unwrap();
                prop_assert_eq!(&found, &looked_through(&rows, &filter, before, most), "{:?} before {:?}", filter, before);
                match found.last() {
                    Some(last) => before = Some(*last),
                    None => break,
                }
            }
        }
    }
}

/// More than a block of documents and more values than are looked up: the walk passes over blocks and looks at columns.
#[test]
fn long_lists_are_walked_by_blocks() {
    let folder = Temporary::new();
    let mut shelf = Shelf::create(&folder.0, at(0)).unwrap();
    let all: BTreeMap<i64, Findable> =
        (1..=14_000).map(|n| (n, row(n, n as usize % 7, n as usize % 4, n as usize % 3, n / 400, n))).collect();
    for part in all.values().cloned().collect::<Vec<_>>().chunks(9_000) {
        shelf.put(part, Vec::new()).unwrap();
        shelf.commit(at(part[0].seq)).unwrap();
    }
    let view = shelf.view(None).unwrap();
    let day = |n: i32| chrono::NaiveDate::from_num_days_from_ce_opt(739_000 + n);
    for typed in ["", "nguyen van an", "n", "hoa phat", "\"hoa phat\"", "khong"] {
        for (from, to) in
            [(None, None), (Some(3), Some(3)), (Some(0), Some(20)), (Some(30), None), (None, Some(1)), (Some(9), Some(8))]
        {
            for (min, max) in [
                (None, None),
                (Some(1_000), Some(9_000)),
                (Some(13_990), None),
                (Some(5), Some(5)),
                (Some(20_000), None),
                (Some(9), Some(3)),
            ] {
                let filter = Filter {
                    words: Words::parse(typed),
                    from: from.and_then(day),
                    to: to.and_then(day),
                    min_vnd: min,
                    max_vnd: max,
                    ..Filter::default()
                };
                for before in [None, Some(12_345), Some(1)] {
                    let found = view.walk(&Wanted::from(&filter), before, 50).unwrap();
                    assert_eq!(found, looked_through(&all, &filter, before, 50), "{filter:?} before {before:?}");
                }
            }
        }
    }
}

/// More words with one beginning than are looked up: not a wrong answer but none.
#[test]
fn too_many_completions_are_declined() {
    let folder = Temporary::new();
    let mut shelf = Shelf::create(&folder.0, at(0)).unwrap();
    let mut one = row(1, 0, 0, 0, 1, 1);
    one.words = (0..MOST_COMPLETIONS + 1).map(|n| format!("so{n}")).collect();
    shelf.put(&[one], Vec::new()).unwrap();
    shelf.commit(at(1)).unwrap();
    let view = shelf.view(None).unwrap();
    let walk = |typed: &str| view.walk(&Wanted::from(&Filter { words: Words::parse(typed), ..Filter::default() }), None, 5);
    assert!(matches!(walk("so0"), Ok(found) if found == [1]));
    assert!(matches!(walk("so1"), Ok(found) if found == [1]));
    let mut many = row(2, 0, 0, 0, 1, 1);
    many.words = (0..MOST_COMPLETIONS + 1).map(|n| format!("sox{n}")).collect();
    shelf.put(&[many], Vec::new()).unwrap();
    shelf.commit(at(2)).unwrap();
    let view = shelf.view(None).unwrap();
    let wanted = Wanted::from(&Filter { words: Words::parse("sox"), ..Filter::default() });
    assert!(matches!(view.walk(&wanted, None, 5), Err(Declined::TooManyCompletions)));
}
