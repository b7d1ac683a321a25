//! Data step: the words by which entries are found, made again where letters are read otherwise than before (`Ð`, `ƀ`, apostrophes).

use std::collections::{BTreeSet, HashMap};

use diesel::expression::SqlLiteral;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::public::PublicGoods;
use crate::basics::words_and_pairs;
use crate::db::schema::public_entry;
use crate::db::shown;
use crate::db::statement::statement;
use crate::tree;
use crate::vault::steps::{StepError, Stepped, Work};

#[derive(Queryable, Selectable)]
#[diesel(table_name = public_entry, check_for_backend(diesel::pg::Pg))]
struct Row {
    seq: i64,
    chapter: String,
    appeal: Option<String>,
    giver: Option<String>,
    goods: Option<serde_json::Value>,
    #[diesel(select_expression = diesel::dsl::sql::<Text>("array_to_string(tsvector_to_array(words), ' ')"))]
    #[diesel(select_expression_type = SqlLiteral<Text>)]
    words: String,
}

statement! {
    struct UpdateWords {
        seqs: Vec<i64> => Array<BigInt>,
        words: Vec<String> => Array<Text>,
    } -> (),
    "UPDATE public_entry p SET words = array_to_tsvector(string_to_array(a.words, ' '))
     FROM unnest(?::int8[], ?::text[]) AS a(seq, words) WHERE p.seq = a.seq"
}

/// One batch of entries, in order of their number. Only what the two readings of the same texts differ in is changed: an entry keeps the
/// words of the name its chapter had on its day. `items` tells what goods are called.
pub fn batch(
    conn: &mut PgConnection,
    work: &Work<'_>,
    progress: Option<&str>,
    items: &HashMap<String, String>,
) -> Result<Stepped, StepError> {
    use public_entry as p;
    let after: i64 = progress.and_then(|text| text.parse().ok()).unwrap_or(-1);
    let rows: Vec<Row> = p::table.filter(p::seq.gt(after)).order(p::seq).limit(work.most).select(Row::as_select()).load(conn)?;
    let full = i64::try_from(rows.len()).unwrap_or(0) == work.most;
    let chapters: BTreeSet<&str> = rows.iter().map(|row| row.chapter.as_str()).collect();
    let places = tree::places(conn, &Vec::from_iter(chapters))?;
    let (mut seqs, mut words) = (Vec::new(), Vec::new());
    for row in &rows {
        let goods: Vec<PublicGoods> = row.goods.clone().and_then(|goods| serde_json::from_value(goods).ok()).unwrap_or_default();
        let called = goods.iter().filter_map(|goods| items.get(&goods.item)).map(String::as_str);
        let path = places.get(&row.chapter).map(|place| place.path.as_slice()).unwrap_or_default();
        let names = path.iter().skip(1).map(|step| step.short_name.as_str());
        let texts: Vec<&str> = names.chain(row.giver.as_deref()).chain(row.appeal.as_deref()).chain(called).collect();
        if let Some(new) = reworded(&row.words, &texts) {
            seqs.push(row.seq);
            words.push(new);
        }
    }
    if !seqs.is_empty() {
        shown::alters(conn);
        UpdateWords { seqs: &seqs, words: &words }.execute(conn)?;
    }
    Ok(Stepped {
        next: rows.last().filter(|_| full).map(|row| row.seq.to_string()),
        looked_at: rows.len() as u64,
        changed: seqs.len() as u64,
        notes: Vec::new(),
    })
}

/// The stored words with what the texts have now and without what they had before; `None` where that is the same.
fn reworded(stored: &str, texts: &[&str]) -> Option<String> {
    let (before, now) = (as_before(texts), BTreeSet::from_iter(words_and_pairs(texts.iter().copied())));
    if before == now {
        return None;
    }
    let stored: BTreeSet<&str> = stored.split(' ').filter(|word| !word.is_empty()).collect();
    let kept = stored.iter().copied().filter(|word| !before.contains(*word) || now.contains(*word));
    let new: BTreeSet<&str> = kept.chain(now.iter().map(String::as_str)).collect();
    (new != stored).then(|| Vec::from_iter(new).join(" "))
}

/// Words and pairs as they were read until now: marks and the stroke of `đ` forgotten, everything else that is not a-z and 0-9 a gap.
fn as_before(texts: &[&str]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for text in texts {
        let letters = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
        let folded: String = letters.map(|c| if c == 'đ' { 'd' } else { c }).collect();
        let words: Vec<&str> = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        all.extend(words.windows(2).map(|pair| format!("{}_{}", pair[0], pair[1])));
        all.extend(words.into_iter().map(str::to_owned));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_read_otherwise_is_changed() {
        assert_eq!(reworded("ham ham_liem liem", &["Hàm Liêm"]), None);
        let stored = "ang ang_van cu ham_cu van";
        assert_eq!(reworded(stored, &["\u{D0}ặng Văn"]).as_deref(), Some("cu dang dang_van ham_cu van"));
        assert_eq!(reworded("cu cu_m gar m m_gar", &["Cư M'gar"]).as_deref(), Some("cu cu_m cu_mgar gar m m_gar mgar"));
        assert_eq!(reworded("cu cu_m cu_mgar gar m m_gar mgar", &["Cư M'gar"]), None, "done again, nothing changes");
    }
}
