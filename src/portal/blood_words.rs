//! Words of the pages of what was given: [`words`](super::words) beside them.

use super::words::words;

words! {
    /// Results of blood drives.
    BloodResults as blood {
        title: "Kết quả hiến máu", "Blood donation results";
        lead: "Đơn vị máu đã tiếp nhận so với chỉ tiêu, của từng tỉnh, xã và từng ngày hiến máu. Mỗi con số lấy từ bản công bố không đổi trong sổ công khai.",
            "Units of blood received against the target, by province, commune and drive. Every figure comes from a statement in the public log that does not change.";
        drives_to_come: "Các ngày hiến máu sắp tới", "Blood drives to come";
        units: "Đơn vị máu", "Units of blood";
        until: "Tính từ 01/01 đến {}", "From 1 January to {}";
        of_target: "{} của chỉ tiêu {}", "{} of the target of {}";
        target: "Chỉ tiêu", "Target";
        no_target: "Chưa có chỉ tiêu", "No target yet";
        reached: "Đạt", "Reached";
        last_year: "Cùng kỳ năm trước", "Same day last year";
        change: "So với cùng kỳ", "Compared with last year";
        drives: "Ngày hiến máu", "Drives";
        handed_on: "Đã giao cho đơn vị trực thuộc", "Handed on to those below";
        handed_on_differs: "{} so với chỉ tiêu của đơn vị", "{} compared with its own target";
        people: "Người đăng ký, hiến máu", "People who registered and gave";
        registered: "Đăng ký", "Registered";
        came: "Đến", "Came";
        gave: "Đã hiến", "Gave";
        deferred: "Tạm hoãn", "Deferred";
        not_told: "dưới 5, không hiện", "fewer than 5, not shown";
        not_telling: "Chưa kể {} ngày hiến máu có dưới 5 người tạm hoãn", "Without {} drives at which fewer than 5 were deferred";
        ml: "Thể tích", "Volume";
        ml_of: "của {} đơn vị", "of {} units";
        by_month: "Theo tháng", "By month";
        month: "Tháng", "Month";
        months_say: "Nhiều nhất: tháng {}, {} đơn vị. Cột nhạt là năm trước.", "Most: month {}, {} units. The pale bars are the year before.";
        by_chapter: "Theo đơn vị", "By chapter";
        rest: "{} đơn vị khác chưa có chỉ tiêu và kết quả.", "{} other chapters have neither a target nor a result.";
        by_sex: "Theo giới tính", "By sex";
        by_age: "Theo tuổi", "By age";
        by_group: "Theo nhóm máu", "By blood group";
        by_volume: "Theo thể tích", "By volume";
        by_reason: "Lý do tạm hoãn", "Why people were deferred";
        persons: "Người", "People";
        folded: "Nhóm dưới 5 người được gộp với nhóm bên cạnh khi công bố, và không tính lại được từ số nào khác.",
            "Groups of fewer than five were counted with their neighbours when the result was stated; no other figure gives them away.";
        together: "Được gộp chung", "Counted together";
        value: "Quy đổi để tham khảo", "What it counts for, for reference";
        value_text: "{} đơn vị × {} = {}. Không ai trả số tiền này và nó không nằm trong khoản thu nào.",
            "{} units × {} = {}. Nobody pays it, and it is part of no sum of money.";
        value_source: "Theo: {}", "By: {}";
        of_drives: "Từng ngày hiến máu", "Drive by drive";
        drive: "Ngày hiến máu", "Drive";
        corrected: "đã đính chính", "corrected";
        none: "Chưa có kết quả nào được công bố.", "No result has been published yet.";
        statement: "Bản công bố", "Statement";
        target_statement: "Quyết định giao chỉ tiêu", "Decision of the target";
        replaced: "Thay cho bản công bố", "Takes the place of";
        chapter: "Đơn vị tổ chức", "Held by";
        files: "Tải về (CSV)", "Download (CSV)";
        file_rows: "Đơn vị trong bảng này", "The chapters of this table";
        file_communes: "Mọi xã, phường, đặc khu", "Every commune, ward and special zone";
        file_drives: "Mọi ngày hiến máu trong năm", "Every drive of the year";
        all_results: "Xem kết quả hiến máu", "See the results";
        year: "Năm", "Year";
    }

    /// Kinds of persons.
    Kinds as kinds {
        female: "Nữ", "Women";
        male: "Nam", "Men";
        unknown: "Không rõ", "Not known";
        under_25: "Dưới 25", "Under 25";
        from_25: "25–34", "25–34";
        from_35: "35–44", "35–44";
        from_45: "45–54", "45–54";
        from_55: "Từ 55", "55 and older";
        up_to_250: "Đến 250 ml", "Up to 250 ml";
        from_251: "251–350 ml", "251–350 ml";
        over_350: "Trên 350 ml", "More than 350 ml";
        age: "Tuổi", "Age";
        weight: "Cân nặng", "Weight";
        interval: "Chưa đủ thời gian từ lần trước", "Too soon after the last time";
        tattoo: "Xăm, xỏ khuyên", "Tattoo or piercing";
        vaccination: "Mới tiêm vắc-xin", "Vaccination";
        medicine: "Đang dùng thuốc", "Medicine";
        minor_illness: "Cảm, viêm họng", "Cold or sore throat";
        work: "Công việc", "Work";
        not_rested: "Thiếu ngủ, chưa ăn, có rượu bia", "Not rested, not eaten, alcohol";
        blood_pressure: "Huyết áp", "Blood pressure";
        haemoglobin: "Huyết sắc tố", "Haemoglobin";
        veins: "Không lấy được ven", "No vein found";
        centre_decision: "Cơ sở tiếp nhận máu quyết định", "Decided by the blood centre";
    }
}

/// What a kind is called; a blood group is written as it is everywhere.
pub fn kind(code: &str, lang: crate::http::Lang) -> String {
    let w = &Words::of(lang).kinds;
    let said = match code {
        "FEMALE" => w.female,
        "MALE" => w.male,
        "UNKNOWN" => w.unknown,
        "UNDER_25" => w.under_25,
        "FROM_25_TO_34" => w.from_25,
        "FROM_35_TO_44" => w.from_35,
        "FROM_45_TO_54" => w.from_45,
        "FROM_55" => w.from_55,
        "UP_TO_250" => w.up_to_250,
        "FROM_251_TO_350" => w.from_251,
        "OVER_350" => w.over_350,
        "AGE" => w.age,
        "WEIGHT" => w.weight,
        "INTERVAL" => w.interval,
        "TATTOO_OR_PIERCING" => w.tattoo,
        "VACCINATION" => w.vaccination,
        "MEDICINE" => w.medicine,
        "MINOR_ILLNESS" => w.minor_illness,
        "WORK" => w.work,
        "NOT_RESTED" => w.not_rested,
        "BLOOD_PRESSURE" => w.blood_pressure,
        "HAEMOGLOBIN" => w.haemoglobin,
        "VEINS" => w.veins,
        "CENTRE_DECISION" => w.centre_decision,
        group => return group.replace("_POSITIVE", "+").replace("_NEGATIVE", "\u{2212}"),
    };
    said.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blood_results::kinds::Dimension;
    use crate::http::Lang;

    #[test]
    fn every_text_is_said_in_both_languages_with_the_same_holes() {
        for (name, vi, en) in ALL {
            assert!(!vi.trim().is_empty() && !en.trim().is_empty(), "{name}");
            assert_eq!(vi.matches("{}").count(), en.matches("{}").count(), "{name}");
        }
    }

    #[test]
    fn every_kind_has_a_name() {
        for code in Dimension::ALL.into_iter().flat_map(Dimension::kinds) {
            for lang in [Lang::Vi, Lang::En] {
                assert!(!kind(code, lang).contains('_'), "{code}");
            }
        }
        assert_eq!(kind("AB_NEGATIVE", Lang::Vi), "AB\u{2212}");
    }
}
