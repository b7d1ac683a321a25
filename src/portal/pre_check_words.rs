//! Words of the page on which somebody looks for themself whether they may give blood: [`words`](super::words) beside them.

use super::words::words;

words! {
    /// The page.
    PreCheck as pre_check {
        title: "Tự kiểm tra trước khi hiến máu", "Check before giving blood";
        for_drive: "Ngày hiến máu {}", "Drive of {}";
        back: "Về trang của đợt hiến máu", "Back to the drive";
        you: "Về bạn", "About you";
        birth_hint: "Thí dụ 29/02/2000, hoặc 2000.", "Such as 29/02/2000, or 2000.";
        woman: "Nữ", "Woman";
        man: "Nam", "Man";
        not_said: "Không trả lời", "Not said";
        weight_hint: "Thí dụ 52 hoặc 52,5.", "Such as 52 or 52.5.";
        never: "Chưa hiến lần nào", "Never given";
        component: "Đã hiến", "What you gave";
        day: "Ngày", "Day";
        day_hint: "Ngày/tháng/năm. Không nhớ thì để trống.", "Day/month/year. Leave it empty if you do not remember.";
        yes: "Có", "Yes";
        button: "Xem kết quả", "See what the rules say";
        again: "Trả lời lại", "Answer again";
        wrong: "Hãy xem lại các ô được đánh dấu.", "Look at the marked fields again.";
        not_a_day: "Hãy ghi ngày/tháng/năm, thí dụ 14/06/2026.", "Write day/month/year, such as 14/06/2026.";
        no_component: "Hãy chọn đã hiến gì.", "Choose what you gave.";
        result: "Kết quả", "What the rules say";
        why: "Vì sao", "Why";
        law: "Căn cứ", "By";
        over_on: "Đến hiến được từ ngày {}", "You may come from {} on";
        always: "Theo quy định này thì chưa hiến được", "By this rule you cannot give";
        unclear: "Chưa đủ để biết: hãy hỏi cơ sở tiếp nhận máu", "Not enough to say: ask the blood centre";
        keep_to: "Cần thực hiện", "To be kept to";
        bag: "Với cân nặng của bạn: túi máu lớn nhất {} ml.", "By your weight: a bag of {} ml at most.";
        kept: "Câu trả lời của bạn không được lưu lại ở đâu cả.", "Your answers are kept nowhere.";
    }
}

/// A text in Vietnamese and in English.
pub fn both(text: impl Fn(&PreCheck) -> &'static str) -> (&'static str, &'static str) {
    (text(&VI.pre_check), text(&EN.pre_check))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_said_in_both_languages_with_the_same_holes() {
        for (name, vi, en) in ALL {
            assert!(!vi.trim().is_empty() && !en.trim().is_empty(), "{name}");
            assert_eq!(vi.matches("{}").count(), en.matches("{}").count(), "{name}");
        }
    }
}
