//! Words of the pages of blood drives and of bookings: [`words`](super::words) beside them.

use super::words::words;

words! {
    /// Drives, and booking a place.
    Drives as drives {
        title: "Hiến máu nhân đạo", "Give blood";
        lead: "Ngày hiến máu đang nhận đặt chỗ. Đặt chỗ không cần tài khoản: họ tên, số điện thoại hoặc địa chỉ thư, và giờ bạn đến.",
            "Blood drives that take bookings. No account is needed: your name, a telephone number or mail address, and when you come.";
        follow: "Theo dõi trong lịch của bạn (iCalendar)", "Follow in your calendar (iCalendar)";
        results: "Kết quả hiến máu các đơn vị", "What was given, chapter by chapter";
        where_label: "Xã, phường, tỉnh hoặc đơn vị", "Commune, ward, province or chapter";
        from_label: "Từ ngày", "From";
        find: "Tìm", "Find";
        choose: "Có nhiều đơn vị khớp: hãy chọn một.", "Several chapters fit: choose one.";
        nowhere: "Không tìm thấy đơn vị nào tên như vậy.", "No chapter of that name was found.";
        none: "Hiện chưa có ngày hiến máu nào nhận đặt chỗ.", "There is no drive to book at present.";
        all: "Tất cả ngày hiến máu", "All drives";
        places_left: "Còn chỗ", "Places left";
        full: "Đã đủ chỗ", "Full";
        running: "Đang diễn ra", "Going on";
        cancelled: "Đã hủy", "Called off";
        over: "Đã diễn ra", "Over";
        when: "Ngày", "Day";
        site: "Địa điểm", "Where";
        held_by: "Đơn vị tổ chức", "Held by";
        centre: "Cơ sở tiếp nhận máu", "Blood centre";
        book: "Đặt chỗ", "Book a place";
        name: "Họ và tên", "Full name";
        contact: "Số điện thoại hoặc địa chỉ thư", "Telephone number or mail address";
        contact_hint: "Để gửi liên kết xem, đổi hoặc hủy chỗ, và nhắc bạn. Không hiện công khai.",
            "The link to see, change or cancel your booking goes there, and a reminder. It is never published.";
        slot: "Giờ đến", "When you come";
        any: "Giờ nào còn chỗ cũng được", "Any time that is free";
        few: "sắp hết chỗ", "few places left";
        taken: "hết chỗ", "taken";
        agree_to: "Bạn đồng ý với điều sau", "What you agree to";
        button: "Đồng ý và đặt chỗ", "Agree and book";
        wait_button: "Đồng ý và ghi tên vào danh sách chờ", "Agree and join the waiting list";
        wait_hint: "Đã đủ chỗ. Ghi tên chờ: có người nhường chỗ thì Hội báo cho bạn theo thứ tự.",
            "All places are taken. You may wait: when somebody gives a place up you are told, in order.";
        closed: "Ngày hiến máu này không nhận đặt chỗ.", "This drive takes no bookings.";
        only_the_centre: "Bạn có hiến được hay không do cơ sở tiếp nhận máu quyết định trong ngày.",
            "Whether you can give is decided by the blood centre on the day.";
        check: "Tự kiểm tra trước khi đến", "Check for yourself before you come";
        wrong: "Hãy xem lại các ô được đánh dấu.", "Look at the marked fields again.";
        is_full: "Đã hết chỗ, và danh sách chờ cũng đã đầy. Hãy chọn ngày hiến máu khác.",
            "All places are taken, and so is the waiting list. Choose another drive.";
        held: "Đã giữ chỗ", "A place is kept";
        held_text: "Hãy mở liên kết mà Hội gửi đến số điện thoại hoặc địa chỉ thư của bạn và xác nhận trước thời hạn ghi ở đó, nếu không chỗ sẽ nhường cho người khác. Ở đó bạn cũng đổi giờ hoặc hủy được, và giữ mã đón tiếp. Nếu đến ngày mà chưa nhận được gì, hãy gọi cho đơn vị tổ chức, hoặc cứ đến và nói tên.",
            "Open the link that is sent to your number or address and confirm before the time it says, or the place passes on. There you can change the time or cancel, too, and keep the code. If nothing has come by the day, call the chapter, or come and say your name.";
        of_code: "Mã của một chỗ hiến máu", "The code of a place at a blood drive";
        of_code_text: "Cán bộ đón tiếp quét mã này khi người đặt chỗ đến. Muốn xem, đổi hoặc hủy chỗ, hãy mở liên kết được gửi riêng cho người ấy.",
            "An officer scans this code when whoever booked comes. To see, change or cancel the booking, open the link that was sent to them.";
        waiting: "Đã ghi tên chờ", "You are in the waiting list";
        waiting_text: "Khi có người nhường chỗ, Hội báo cho bạn theo thứ tự và bạn trả lời trong thời hạn. Liên kết gửi cho bạn cho biết chỗ của mình và để thôi chờ.",
            "When somebody gives a place up you are told, in order, and answer in time. The link you are sent shows how you stand, and lets you leave the list.";
    }

    /// The page of one booking.
    Booking as booking {
        title: "Chỗ hiến máu của bạn", "Your place at a blood drive";
        hello: "Chào {},", "Hello {},";
        over: "Liên kết đã hết hiệu lực", "This link is over";
        over_text: "Chỗ này đã hủy, ngày hiến máu đã qua, hoặc thông tin đã xóa. Nếu cần, hãy gọi cho đơn vị Hội.",
            "The booking has ended, the drive is over, or what was kept was erased. Call the chapter if you need to.";
        held: "Hội đang giữ chỗ cho bạn. Hãy xác nhận là bạn sẽ đến.", "A place is kept for you. Please say that you come.";
        answer_by: "Hãy trả lời trước {}, nếu không chỗ sẽ chuyển cho người khác.", "Answer before {}, or the place passes on.";
        late: "Thời hạn xác nhận đã qua nên chỗ của bạn đã nhường lại. Nếu bạn vẫn đến được, hãy bấm nút dưới đây: còn chỗ thì chỗ ấy là của bạn.",
            "The time to confirm is over, and your place has passed on. If you can come all the same, press the button below: if a place is left, it is yours.";
        come_all_the_same: "Tôi vẫn muốn đến", "I want to come all the same";
        still_there: "Bạn xác nhận sau thời hạn, nhưng vẫn còn chỗ: chỗ này là của bạn.",
            "You confirmed after the time was over, and there was still a place: it is yours.";
        waits_again: "Thời hạn đã qua và đã hết chỗ: bạn được ghi vào cuối danh sách chờ.",
            "The time was over and no place is left: you are at the end of the waiting list.";
        other_slots: "Thời hạn đã qua và giờ của bạn đã có người khác. Giờ khác còn chỗ: hãy chọn bên dưới.",
            "The time was over and your place is another's. There are places at other times: choose below.";
        late_and_full: "Thời hạn đã qua; nay đã hết chỗ và danh sách chờ cũng đã đầy. Hãy chọn ngày hiến máu khác.",
            "The time was over; all places are taken by now, and so is the waiting list. Choose another drive.";
        booked_anew: "Thời hạn đã qua, và bạn đã đặt chỗ lại: hãy dùng liên kết mới được gửi cho bạn.",
            "The time was over, and you have booked anew: use the new link that was sent to you.";
        booked: "Bạn đã xác nhận sẽ đến. Cảm ơn bạn!", "You have said that you come. Thank you!";
        waiting: "Bạn đang trong danh sách chờ. Có chỗ, Hội sẽ báo cho bạn.", "You are in the waiting list and will be told when there is a place.";
        moved: "Ngày hiến máu đã dời sang ngày ghi dưới đây. Bạn có đến được không? Không trả lời thì chỗ sẽ hủy vào ngày trước đó.",
            "The drive was moved to the day below. Can you come? If you do not answer, your place ends the day before.";
        come: "Tôi sẽ đến", "I will come";
        keep_waiting: "Tôi vẫn chờ", "I still wait";
        change: "Đổi giờ", "Change the time";
        change_button: "Đến giờ này", "Come then";
        give_up: "Hủy chỗ, nhường cho người khác", "Give the place up";
        sure: "Tôi chắc chắn không đến được.", "I am sure that I cannot come.";
        done: "Đã ghi.", "It is noted.";
        given_up: "Chỗ của bạn đã hủy. Cảm ơn bạn đã báo trước.", "Your place is given up. Thank you for telling us.";
        taken: "Khung giờ ấy vừa hết chỗ: hãy chọn giờ khác.", "That time is taken meanwhile: choose another.";
        not_understood: "Hãy chọn một trong các nút.", "Choose one of the buttons.";
        code: "Đưa mã này khi đến:", "Show this code when you come:";
        keep: "Giữ trang này: lưu liên kết hoặc chụp màn hình. Ăn nhẹ, ngủ đủ, mang theo căn cước.",
            "Keep this page: save the link or take a picture of it. Eat something light, sleep well, bring your identity card.";
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
