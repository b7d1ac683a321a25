//! Who works in the demo, and how givers are called.

use serde::Deserialize;

use super::Failure;
use crate::authz::Role;

/// Somebody with a log-in.
pub struct Staff {
    pub user: &'static str,
    pub name: &'static str,
    pub phone: Option<&'static str>,
    pub role: Role,
    pub chapter: &'static str,
}

const fn staff(user: &'static str, name: &'static str, phone: Option<&'static str>, role: Role, chapter: &'static str) -> Staff {
    Staff { user, name, phone, role, chapter }
}

/// Hàm Liêm and its neighbour Hàm Thuận, their province Lâm Đồng, and the centre.
pub const STAFF: [Staff; 17] = [
    staff("hanh.hamliem", "Trần Thị Hạnh", Some("0912000001"), Role::Officer, "23095"),
    staff("lan.hamliem", "Nguyễn Thị Lan", Some("0912000002"), Role::Accountant, "23095"),
    staff("tam.hamliem", "Lê Văn Tâm", Some("0912000003"), Role::ChapterChair, "23095"),
    staff("minh.hamthuan", "Phạm Quốc Minh", Some("0912000004"), Role::Officer, "23059"),
    staff("binh.lamdong", "Võ Thanh Bình", None, Role::ChapterChair, "68"),
    staff("thu.lamdong", "Đỗ Minh Thu", None, Role::ProvincialAdministrator, "68"),
    staff("nga.lamdong", "Huỳnh Thúy Nga", None, Role::Accountant, "68"),
    staff("kiem.lamdong", "Bùi Đức Kiểm", None, Role::Inspector, "68"),
    staff("quan.trunguong", "Hoàng Anh Quân", None, Role::CentralAdministrator, "TW"),
    staff("phuong.trunguong", "Đặng Mai Phương", None, Role::ChapterChair, "TW"),
    staff("ha.trunguong", "Vũ Ngọc Hà", None, Role::Accountant, "TW"),
    staff("yen.hamliem", "Cao Thị Yến", Some("0912000005"), Role::TracingOfficer, "23095"),
    staff("son.lamdong", "Trương Hoài Sơn", None, Role::TracingOfficer, "68"),
    staff("dung.trunguong", "Lý Mỹ Dung", None, Role::TracingOfficer, "TW"),
    staff("mai.hamliem", "Ngô Thị Mai", Some("0912000006"), Role::BloodOfficer, "23095"),
    staff("hai.lamdong", "Phan Thanh Hải", None, Role::BloodOfficer, "68"),
    staff("ngan.lamdong", "Đoàn Thị Ngân", None, Role::OrganOfficer, "68"),
];

/// The account in whose name the demo's own gifts are recorded; its existence marks a demo database.
pub const RECORDER: &str = "demo.recorder";

#[derive(Deserialize)]
struct Names {
    surnames: Vec<(String, f64)>,
    middle: Pair,
    given: Pair,
}

#[derive(Deserialize)]
struct Pair {
    male: Vec<(String, f64)>,
    female: Vec<(String, f64)>,
}

/// Makes names of people that could exist.
pub struct NameMaker(Names);

/// A small deterministic source of chance (splitmix64): the demo looks the same everywhere.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(from.len() as u64)).unwrap_or(0);
        from.get(at)
    }

    fn weighted<'a>(&mut self, from: &'a [(String, f64)]) -> &'a str {
        let total: f64 = from.iter().map(|(_, weight)| weight).sum();
        let mut at = self.below(1_000_000) as f64 / 1_000_000.0 * total;
        for (word, weight) in from {
            at -= weight;
            if at <= 0.0 {
                return word;
            }
        }
        from.first().map_or("", |(word, _)| word)
    }
}

impl NameMaker {
    pub fn new() -> Result<Self, Failure> {
        Ok(Self(serde_json::from_str(include_str!("../../../data/names.json"))?))
    }

    pub fn person(&self, chance: &mut Chance) -> String {
        let (middle, given) = if chance.below(2) == 0 {
            (&self.0.middle.male, &self.0.given.male)
        } else {
            (&self.0.middle.female, &self.0.given.female)
        };
        format!("{} {} {}", chance.weighted(&self.0.surnames), chance.weighted(middle), chance.weighted(given))
    }
}
