//! Words of the pages of activities: [`words`](super::words) beside them.

use super::words::words;

words! {
    /// What chapters do.
    Activities as activities {
        title: "Hoạt động nhân đạo", "Humanitarian activities";
        lead: "Việc các cấp Hội làm, đã và sắp diễn ra: mỗi hoạt động ghi một lần, do một đơn vị chủ trì.",
            "What chapters do, done and to come: each activity is written down once, led by one chapter.";
        follow: "Theo dõi trong lịch của bạn (iCalendar)", "Follow in your calendar (iCalendar)";
        commended: "Biểu dương, khen thưởng", "Commendations";
        models: "Mô hình hay", "Models of good practice";
        by_movement: "Theo phong trào", "By movement";
        all: "Tất cả", "All";
        none: "Chưa có hoạt động nào.", "There are no activities yet.";
        planned: "Sắp diễn ra", "To come";
        done: "Đã thực hiện", "Done";
        cancelled: "Đã hủy", "Called off";
        corrected: "Kết quả đã đính chính", "The result was corrected";
        area: "Lĩnh vực", "Area";
        movement: "Phong trào", "Movement";
        when: "Thời gian", "When";
        place: "Địa điểm", "Place";
        led_by: "Đơn vị chủ trì", "Led by";
        delivered_by: "Đơn vị thực hiện", "Delivered by";
        partners: "Phối hợp", "Partners";
        plan: "Kế hoạch", "Plan";
        result: "Kết quả", "Result";
        reason: "Lý do hủy", "Why it was called off";
        people: "Người tham gia, thụ hưởng", "People reached";
        people_and_times: "{} người, {} lượt", "{} people, {} times";
        few: "dưới 5 người", "fewer than 5 people";
        value: "Trị giá theo báo cáo", "Value as reported";
        money: "tiền {}", "money {}";
        goods: "hiện vật {}", "goods {}";
        labour: "ngày công {}", "labour {}";
        not_the_ledger: "Trị giá do đơn vị báo cáo; sổ công khai ghi riêng từng khoản tiền và hiện vật.",
            "Values are what chapters reported; the public ledger books money and goods by itself.";
        from_to: "{} đến {}", "{} to {}";
    }
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
