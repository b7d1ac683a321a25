//! Words of the pages of commendations and of models of good practice: [`words`](super::words) beside them.

use super::words::words;

words! {
    /// Who was commended, and what to learn from.
    Commended as commended {
        title: "Biểu dương, khen thưởng", "Commendations";
        title_of: "Biểu dương, khen thưởng: {}", "Commendations: {}";
        lead: "Người tốt, việc thiện và những tập thể được các cấp Hội biểu dương. Tên cá nhân chỉ hiện khi chính người ấy đồng ý.",
            "Good people, good deeds, and the groups that chapters commend. People are named only where they agree to it themselves.";
        none: "Chưa có biểu dương, khen thưởng nào.", "Nobody has been commended yet.";
        unnamed: "Một cá nhân (ẩn danh)", "Somebody who is not named";
        collective: "Tập thể", "Group";
        person: "Cá nhân", "Person";
        proposed_by: "Đơn vị đề nghị", "Proposed by";
        awarded_by: "Đơn vị khen", "Awarded by";
        decision: "Quyết định {}, ngày {}", "Decision {}, {}";
        whole_country: "Cả nước", "The whole country";
        all: "Tất cả biểu dương, khen thưởng", "All commendations";
        models: "Mô hình hay", "Models of good practice";
        models_of: "Mô hình hay: {}", "Models of good practice: {}";
        models_lead: "Cách làm hay của các cấp Hội, để đơn vị khác học theo.", "What chapters do well, for others to learn from.";
        all_models: "Tất cả mô hình hay", "All models of good practice";
        find: "Tìm mô hình", "Look for a model";
        find_hint: "Gõ vài từ, có dấu hay không dấu đều được.", "A few words, with or without marks.";
        find_button: "Tìm", "Search";
        area: "Lĩnh vực", "Area";
        any_area: "Mọi lĩnh vực", "Any area";
        no_models: "Chưa có mô hình nào.", "There are no models yet.";
        nothing_found: "Không có mô hình nào khớp: hãy thử ít từ hơn.", "No model fits: try fewer words.";
        movement: "Phong trào", "Movement";
        chapter: "Đơn vị", "Chapter";
        published: "Đăng ngày", "Published";
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
