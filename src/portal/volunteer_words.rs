//! Words of the page on which people sign up as volunteers, and of volunteers by year: [`words`](super::words) beside them.

use super::words::words;

words! {
    /// Signing up.
    SignUp as sign_up {
        title: "Làm tình nguyện viên Chữ thập đỏ", "Become a Red Cross volunteer";
        lead: "Chỉ cần họ tên, số điện thoại hoặc địa chỉ thư, và nơi bạn muốn giúp. Hội gửi bạn một liên kết để xác nhận, rồi cán bộ của Hội liên hệ với bạn.",
            "Your name, a telephone number or mail address, and where you would like to help are enough. You are sent a link to confirm, and an officer will be in touch.";
        name: "Họ và tên", "Full name";
        contact: "Số điện thoại hoặc địa chỉ thư", "Telephone number or mail address";
        contact_hint: "Để gửi liên kết xác nhận. Không hiện công khai.", "The link to confirm goes there. It is never published.";
        chapter: "Nơi bạn muốn giúp", "Where you would like to help";
        chapter_hint: "Tên xã, phường, đặc khu, trường hoặc mã đơn vị.", "The name of a commune, ward or school, or the code of a chapter.";
        choose: "Có nhiều đơn vị khớp: hãy chọn một.", "Several chapters fit: choose one.";
        nothing: "Không tìm thấy đơn vị nào: hãy ghi tên xã, phường hiện nay.", "No chapter was found: write the present name of the commune or ward.";
        agree: "Tôi đã đọc và đồng ý", "I have read this and agree";
        agree_to: "Bạn đồng ý với điều sau", "What you agree to";
        button: "Đăng ký", "Sign up";
        wrong: "Hãy xem lại các ô được đánh dấu.", "Look at the marked fields again.";
        taken: "Đã nhận đăng ký", "Your application was received";
        taken_text: "Hãy mở liên kết mà Hội gửi đến số điện thoại hoặc địa chỉ thư của bạn, và bấm nút Xác nhận. Nếu vài ngày sau chưa nhận được gì, hãy gọi cho đơn vị Hội nơi bạn đăng ký.",
            "Open the link that is sent to your number or address, and press the button Confirm. If nothing has come after some days, call the chapter where you signed up.";
        taken_forget: "Không xác nhận trong {} ngày, thông tin của bạn bị xóa.", "What you wrote is erased if you do not confirm within {} days.";
        invitation: "Làm tình nguyện viên ở đây", "Become a volunteer here";
    }

    /// Volunteers of a chapter by year.
    Volunteers as volunteers {
        title: "Tình nguyện viên", "Volunteers";
        on: "Đến ngày", "On";
        all: "Tất cả", "All";
        by_kind: "Theo loại", "By kind";
        note: "Tính đến ngày cuối năm, kể cả các đơn vị trực thuộc. Nhóm dưới 5 người không hiện riêng, và cũng không tính ra được từ số khác.",
            "On the last day of the year, with all chapters below. Groups of fewer than five are not shown, and no other figure gives them away.";
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
