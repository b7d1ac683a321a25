//! What somebody of a list must be to be admitted, as a day has it: the same as for who is applied for alone. What the database knows
//! is read once for many.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::super::consent::{self, ConsentIn, Given};
use super::super::model::{KindRule, MemberKind, consent_needed};
use super::super::store;
use super::form::Entry;
use crate::basics::{Birth, hex};
use crate::chapters;
use crate::chapters::units;
use crate::db::DbError;
use crate::http::{Check, FieldError, one_line};
use crate::persons::lists::{Particulars, Told, no_such_commune};
use crate::tree::{self, ChapterId, Level};

/// The longest name of a group.
const MOST_TEAM: usize = 60;

/// What the representatives of a list's children signed: which text, on which paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signed {
    pub text_version: Option<i16>,
    pub paper: Option<[u8; 32]>,
}

/// See the module.
pub struct Rules {
    today: NaiveDate,
    signed: Signed,
    kinds: HashMap<&'static str, KindRule>,
    texts: Vec<(i16, NaiveDate, Option<NaiveDate>)>,
    communes: HashSet<String>,
    branches: HashMap<String, Uuid>,
}

/// Somebody who may be admitted.
pub struct Fit {
    pub of: Particulars,
    pub kind: MemberKind,
    pub branch: Option<Uuid>,
    pub team: Option<String>,
    pub given: Option<Given>,
}

impl Rules {
    /// Those for these people of a chapter on a day.
    pub fn read<'e>(
        conn: &mut PgConnection,
        chapter: ChapterId,
        people: impl Iterator<Item = &'e Entry> + Clone,
        signed: Signed,
        today: NaiveDate,
    ) -> Result<Self, DbError> {
        let mut kinds = HashMap::new();
        for kind in MemberKind::ALL {
            kinds.extend(store::rule(conn, kind, today)?.map(|rule| (kind.name(), rule)));
        }
        let codes: HashSet<String> = people.clone().filter_map(|one| one.commune.clone()).collect();
        let communes = units::on(conn, &codes.into_iter().collect::<Vec<_>>(), today)?.into_keys().collect();
        let named: HashSet<&str> = people.filter_map(|one| one.branch.as_deref()).map(str::trim).collect();
        let branches = branches(conn, chapter, &named.into_iter().collect::<Vec<_>>())?;
        Ok(Self { today, signed, kinds, texts: consent::texts(conn)?, communes, branches })
    }

    /// Checks somebody; everything that is wrong is said at once. `known` is the birth that the chapter has written down, which counts.
    pub fn check(&self, one: &Entry, known: Option<Birth>) -> Result<Fit, Vec<FieldError>> {
        let mut check = Check::default();
        let told = Told {
            name: &one.name,
            phone: one.phone.as_deref(),
            birth: one.birth.as_deref(),
            sex: one.sex,
            commune: one.commune.as_deref(),
            ..Told::default()
        };
        if one.kind == MemberKind::Collective {
            check.wrong(
                "/kind",
                "NOT_A_PERSON",
                "Danh sách này ghi từng người: hội viên tập thể được đề nghị riêng.",
                "A list is of persons: a collective member is applied for by itself.",
            );
        }
        let of = told.check(&mut check, self.today);
        // One that is no code at all is said already.
        if let Some(code) = one.commune.as_deref().map(str::trim)
            && code.len() == 5
            && code.bytes().all(|b| b.is_ascii_digit())
            && !self.communes.contains(code)
        {
            check.add(no_such_commune());
        }
        let birth = known.or(one.birth.as_deref().and_then(Birth::read));
        self.ages(&mut check, one.kind, birth);
        let given = self.consent(&mut check, one, birth);
        let branch = one.branch.as_deref().map(str::trim).map(|code| self.branches.get(code).copied());
        if branch == Some(None) {
            check.wrong(
                "/branch",
                "NO_SUCH_CHAPTER",
                "Đơn vị không có chi hội nào mang mã này.",
                "The chapter has no branch of this code.",
            );
        }
        let team = one.team.as_deref().map(|text| check.read(one_line("/team", text, MOST_TEAM)));
        let team = team.flatten().map(|line| line.as_str().to_owned());
        let fit = of.map(|of| Fit { of, kind: one.kind, branch: branch.flatten(), team, given });
        check.done(fit)
    }

    fn ages(&self, check: &mut Check, kind: MemberKind, birth: Option<Birth>) {
        let Some(rule) = self.kinds.get(kind.name()).filter(|rule| rule.is_out(birth, self.today)) else { return };
        let age = |age: Option<i16>| age.map_or_else(String::new, |age| age.to_string());
        let (from, to) = (age(rule.least_age), age(rule.most_age));
        check.wrong(
            "/kind",
            "OUT_OF_RANGE",
            format!("Loại hội viên này theo quy định đang áp dụng: tuổi {from}–{to} ({}).", rule.source),
            format!("This kind of member, by the rule in force: age {from}–{to} ({}).", rule.source),
        );
    }

    fn consent(&self, check: &mut Check, one: &Entry, birth: Option<Birth>) -> Option<Given> {
        let needed = consent_needed(one.kind, birth, self.today);
        let Some(guardian) = &one.guardian else {
            return check.read_all(consent::check(needed, None, self.today)).flatten();
        };
        let (Some(version), Some(paper)) = (self.signed.text_version, self.signed.paper) else {
            check.wrong(
                "/consent",
                "NOT_SIGNED",
                "Danh sách có người đại diện thì cần bản danh sách có chữ ký: gửi kèm paper (SHA-256) của bản đã tải lên.",
                "A list with representatives takes the signed list: send paper (SHA-256) of the document that was uploaded.",
            );
            return None;
        };
        let Some(given_on) = one.signed_on else {
            check.wrong(
                "/consent/given_on",
                "MISSING",
                "Thiếu ngày người đại diện ký.",
                "The day on which the representative signed is missing.",
            );
            return None;
        };
        if !self.texts.iter().any(|(n, from, to)| *n == version && *from <= given_on && to.is_none_or(|to| to > given_on)) {
            check.wrong(
                "/consent/given_on",
                "OUT_OF_RANGE",
                "Không có bản văn này vào ngày ký.",
                "There was no such text on the day of the signature.",
            );
        }
        let sent = ConsentIn {
            text_version: version,
            guardian: guardian.clone(),
            given_on,
            paper: hex(&paper),
            child_agreed: one.child_agreed,
        };
        check.read_all(consent::check(needed, Some(&sent), self.today)).flatten()
    }
}

/// The branches of a chapter, and of those it goes on for, among these codes.
fn branches(conn: &mut PgConnection, chapter: ChapterId, codes: &[&str]) -> Result<HashMap<String, Uuid>, DbError> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let own = tree::with_succeeded(conn, chapter)?;
    let places = tree::places(conn, codes)?;
    let rows = chapters::store::by_ids(conn, &places.values().map(|place| place.id.0).collect::<Vec<_>>())?;
    let is_branch = |place: &tree::Place| {
        let level = rows.get(&place.id.0).and_then(|row| Level::parse(&row.level));
        let above = place.path.iter().rev().nth(1).is_some_and(|above| own.contains(&above.id.0));
        level == Some(Level::Branch) && above && place.accepts_entries
    };
    Ok(places.into_iter().filter(|(_, place)| is_branch(place)).map(|(code, place)| (code, place.id.0)).collect())
}
