//! A chapter's committees on its page: what posts there are, who holds them where they agree to be named, and what is vacant.

use crate::committees::model::Acting;
use crate::committees::shown::{PublicCommittee, PublicHolder, PublicPost};
use crate::http::Lang;

use super::format;
use super::words::fill;

/// The words of this part of the page.
pub struct Words {
    pub heading: &'static str,
    provisional: &'static str,
    by_decision: &'static str,
    until: &'static str,
    unnamed: &'static str,
    vacant: &'static str,
    /// What is said of names that are not there.
    pub hint: &'static str,
}

const VI: Words = Words {
    heading: "Các ban và chức danh",
    provisional: "lâm thời",
    by_decision: "theo quyết định {} ngày {}",
    until: "nhiệm kỳ đến {}",
    unnamed: "{} người",
    vacant: "khuyết {}",
    hint: "Họ tên chỉ hiện khi người giữ chức danh đồng ý.",
};

const EN: Words = Words {
    heading: "Committees and posts",
    provisional: "provisional",
    by_decision: "by decision {} of {}",
    until: "term until {}",
    unnamed: "{} held",
    vacant: "{} vacant",
    hint: "Names are shown only where the holders agree.",
};

/// A committee as it is shown.
pub struct Block {
    pub name: String,
    /// What made it, and until when.
    pub made: String,
    pub posts: Vec<Line>,
}

/// A post: what it is called, and who holds it.
pub struct Line {
    pub title: String,
    pub names: Vec<String>,
    /// How many hold it unnamed, and how many seats are vacant.
    pub rest: Option<String>,
}

pub fn words(lang: Lang) -> &'static Words {
    match lang {
        Lang::Vi => &VI,
        Lang::En => &EN,
    }
}

pub fn blocks(committees: Vec<PublicCommittee>, lang: Lang) -> Vec<Block> {
    committees.into_iter().map(|one| block(one, lang)).collect()
}

fn block(committee: PublicCommittee, lang: Lang) -> Block {
    let w = words(lang);
    let kind = match lang {
        Lang::Vi => committee.kind_vi,
        Lang::En => committee.kind_en,
    };
    let name = if committee.provisional { format!("{kind} ({})", w.provisional) } else { kind.to_owned() };
    let decision = fill(w.by_decision, &[&committee.decision_no, &format::day(committee.decision_on, lang)]);
    let until = committee.term_until.map(|day| fill(w.until, &[&format::day(day, lang)]));
    let made: Vec<String> = committee.congress.into_iter().chain([decision]).chain(until).collect();
    Block { name, made: made.join("; "), posts: committee.posts.into_iter().map(|post| line(post, lang)).collect() }
}

fn line(post: PublicPost, lang: Lang) -> Line {
    let w = words(lang);
    let title = match lang {
        Lang::Vi => post.title_vi,
        Lang::En => post.title_en,
    };
    let (named, unnamed): (Vec<_>, Vec<_>) = post.holders.into_iter().partition(|holder| holder.name.is_some());
    let count = |n: usize| format::count(i64::try_from(n).unwrap_or_default(), lang);
    let held = (!unnamed.is_empty()).then(|| fill(w.unnamed, &[&count(unnamed.len())]));
    let acting: Vec<String> = unnamed.iter().filter_map(|holder| holder.acting).map(|how| said(how, lang)).collect();
    let vacant = (post.vacant > 0).then(|| fill(w.vacant, &[&format::count(post.vacant, lang)]));
    let rest: Vec<String> = held.into_iter().chain(acting).chain(vacant).collect();
    Line {
        title,
        names: named.into_iter().filter_map(|holder| called(holder, lang)).collect(),
        rest: (!rest.is_empty()).then(|| rest.join(", ")),
    }
}

fn said(acting: Acting, lang: Lang) -> String {
    match lang {
        Lang::Vi => acting.vietnamese().to_lowercase(),
        Lang::En => acting.english().to_owned(),
    }
}

fn called(holder: PublicHolder, lang: Lang) -> Option<String> {
    let name = holder.name?;
    Some(match holder.acting {
        Some(how) => format!("{name} ({})", said(how, lang)),
        None => name,
    })
}
