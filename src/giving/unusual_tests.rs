use super::*;
use crate::tree::Step;
use proptest::prelude::*;
use uuid::Uuid;

fn chapter(n: u128) -> ChapterId {
    ChapterId(Uuid::from_u128(n))
}

/// Centre 1, province 2, commune 3.
fn place() -> Place {
    let step = |n: u128| Step { id: chapter(n), code: n.to_string(), short_name: n.to_string() };
    Place {
        id: chapter(3),
        code: "3".into(),
        short_name: "3".into(),
        path: vec![step(1), step(2), step(3)],
        accepts_entries: true,
    }
}

fn row(role: Option<Role>, at: Option<u128>, confirm_above: i64, approve_above: i64) -> LimitRow {
    LimitRow { channel: Channel::Cash, role, chapter: at.map(chapter), limit: Limit { confirm_above, approve_above } }
}

fn weigh(rows: &[LimitRow], roles: &[Role], amount: i64) -> Weight {
    Limits::from_iter(rows.iter().cloned()).weigh(Channel::Cash, roles, &place(), Vnd::parse(amount).unwrap())
}

#[test]
fn a_limit_itself_is_usual_and_one_dong_more_is_not() {
    let rows = [row(None, None, 100, 500)];
    let of = |amount| weigh(&rows, &[Role::Officer], amount);
    assert_eq!(
        [of(100), of(101), of(500), of(501)],
        [Weight::Usual, Weight::Confirm(100), Weight::Confirm(100), Weight::Approve(500)]
    );
}

#[test]
fn the_nearest_chapter_counts_then_the_role_and_the_widest_role_of_a_person() {
    let (officer, accountant) = (Some(Role::Officer), Some(Role::Accountant));
    let rows = [row(None, None, 10, 10), row(officer, None, 20, 20), row(accountant, None, 30, 30)];
    let limit = |rows: &[LimitRow], roles: &[Role]| match weigh(rows, roles, 1_000) {
        Weight::Approve(limit) => limit,
        other => panic!("{other:?}"),
    };
    assert_eq!(limit(&rows, &[Role::Officer]), 20);
    assert_eq!(limit(&rows[..1], &[Role::Officer]), 10);
    assert_eq!(limit(&rows, &[Role::Officer, Role::Accountant]), 30);
    let mut nearer = rows.to_vec();
    nearer.extend([row(None, Some(2), 40, 40), row(officer, Some(1), 50, 50), row(None, Some(9), 60, 60)]);
    assert_eq!(limit(&nearer, &[Role::Officer]), 40, "a province's row for all goes before the centre's for officers");
    nearer.push(row(officer, Some(3), 5, 5));
    assert_eq!(limit(&nearer, &[Role::Officer]), 5, "nearer may also be stricter");
}

#[test]
fn without_a_row_nothing_is_asked() {
    assert_eq!(weigh(&[], &[Role::Officer], 1_000_000_000_000_000), Weight::Usual);
    let other = LimitRow { channel: Channel::Sms, ..row(None, None, 1, 1) };
    assert_eq!(weigh(&[other], &[Role::Officer], 1_000), Weight::Usual);
}

proptest! {
    /// More money is never less unusual.
    #[test]
    fn weight_grows_with_the_sum(
        limits in proptest::collection::vec((0..3u8, proptest::option::of(1..5u128), 1..1_000i64, 0..1_000i64), 0..8),
        a in 1..3_000i64, b in 1..3_000i64,
    ) {
        let rows: Vec<LimitRow> = limits.into_iter().map(|(role, at, first, more)| {
            row([None, Some(Role::Officer), Some(Role::Accountant)][usize::from(role)], at, first, first + more)
        }).collect();
        let rank = |amount| match weigh(&rows, &[Role::Officer], amount) {
            Weight::Usual => 0,
            Weight::Confirm(_) => 1,
            Weight::Approve(_) => 2,
        };
        prop_assert!(rank(a.min(b)) <= rank(a.max(b)));
    }
}
