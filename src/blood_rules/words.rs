//! The rules as sentences, in Vietnamese and in English.

use super::model::{Component, Deferral, DeferralUnit, Interval, Wait};

/// Two languages.
pub type Said = (String, String);

fn said(vi: impl Into<String>, en: impl Into<String>) -> Said {
    (vi.into(), en.into())
}

/// The name of a component, as it stands within a sentence.
pub fn component(component: Component) -> (&'static str, &'static str) {
    match component {
        Component::WholeBlood => ("máu toàn phần", "whole blood"),
        Component::RedCells => ("hồng cầu", "red cells"),
        Component::Platelets => ("tiểu cầu", "platelets"),
        Component::Plasma => ("huyết tương", "plasma"),
        Component::Granulocytes => ("bạch cầu hạt", "granulocytes"),
        Component::StemCells => ("tế bào gốc", "stem cells"),
    }
}

pub(super) fn least_age(years: i16) -> Said {
    said(format!("Người hiến máu phải đủ {years} tuổi."), format!("Who gives blood is at least {years} years old."))
}

pub(super) fn most_age(years: i16) -> Said {
    said(format!("Người hiến máu không quá {years} tuổi."), format!("Who gives blood is at most {years} years old."))
}

pub(super) fn least_kg_woman(kg: i16) -> Said {
    said(format!("Nữ hiến máu phải nặng từ {kg} kg trở lên."), format!("Women who give blood weigh {kg} kg or more."))
}

pub(super) fn least_kg_man(kg: i16) -> Said {
    said(format!("Nam hiến máu phải nặng từ {kg} kg trở lên."), format!("Men who give blood weigh {kg} kg or more."))
}

pub(super) fn least_kg_apheresis(kg: i16) -> Said {
    said(
        format!("Người hiến thành phần máu bằng gạn tách phải nặng từ {kg} kg trở lên."),
        format!("Who gives by apheresis weighs {kg} kg or more."),
    )
}

/// How long somebody waits after giving.
pub fn interval(interval: &Interval) -> Said {
    let (vi, en) = component(interval.after);
    match interval.wait {
        Wait::Days(days) => said(
            format!("Sau khi hiến {vi} phải chờ {days} ngày mới hiến lần tiếp theo."),
            format!("After giving {en}, the next donation is {days} days later."),
        ),
        Wait::Times { times, within_days } => said(
            format!("Hiến {vi} không quá {times} lần trong {within_days} ngày."),
            format!("Giving {en}: at most {times} times in {within_days} days."),
        ),
    }
}

pub(super) fn no_interval(given: Component) -> Said {
    let (vi, en) = component(given);
    said(
        format!("Không có quy định về thời gian chờ sau khi hiến {vi}: hãy hỏi cơ sở tiếp nhận máu."),
        format!("No rule says how long to wait after giving {en}: ask the blood centre."),
    )
}

/// What puts a donation off, and for how long.
pub fn deferral(deferral: &Deferral) -> Said {
    let (vi, en) = (capital(&deferral.vi), capital(&deferral.en));
    let amount = deferral.amount;
    match deferral.unit {
        DeferralUnit::Month => said(format!("{vi}: trì hoãn {amount} tháng."), format!("{en}: put off for {amount} months.")),
        DeferralUnit::Day => said(format!("{vi}: trì hoãn {amount} ngày."), format!("{en}: put off for {amount} days.")),
        DeferralUnit::Hour => said(
            format!("{vi}: chỉ hiến máu vào ngày nghỉ, hoặc khi ít nhất {amount} giờ sau khi hiến mới làm việc."),
            format!("{en}: give on a day of rest, or {amount} hours or more before work."),
        ),
    }
}

/// With a capital letter in front.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
