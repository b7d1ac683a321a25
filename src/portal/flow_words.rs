//! Words of the equation, and of the pages of entries that spend, send or take in: [`words`](super::words) beside them.

use super::words::words;

words! {
    /// What came, what went, what is left.
    Flow as flow {
        title: "Tiền và hiện vật đã đi đâu", "Where money and goods went";
        note: "Tính bằng đồng, hiện vật theo giá trị ghi sổ. Ba phần cân nhau đến từng đồng, và ai cũng cộng lại được từ sổ công khai.",
            "In đồng, goods by the value they were booked with. The three parts balance to the đồng, and everyone can add them up from the public log.";
        came: "Đã vào", "Came in";
        went: "Đã ra", "Went out";
        left: "Còn lại", "Left";
        on_the_way: "Đang chuyển giữa các đơn vị", "On the way between chapters";
        sentence: "{} vào = {} ra + {} còn lại", "{} in = {} out + {} left";
        own: "Riêng đơn vị này", "This chapter itself";
        kept_apart: "Giữ riêng chờ quyết định: {}", "Kept apart until decided: {}";
        cash: "Tiền mặt tại quỹ", "Cash on hand";
        bank: "Tiền gửi, ngân hàng đã xác nhận", "At the bank, confirmed";
        coming: "Tiền đến, ngân hàng chưa xác nhận", "Came by bank, not yet confirmed";
        going: "Tiền đã chuyển đi, ngân hàng chưa xác nhận", "Left by bank, not yet confirmed";
        goods: "Hiện vật trong kho", "Goods in stock";
        advances: "Đang tạm ứng cho cán bộ", "Advanced to officers";
        receivable: "Phải thu", "Owed to us";
        payable: "Còn phải trả", "We owe";
        by_category: "Chi theo mục", "Paid, by what for";
        category: "Mục chi", "Paid for";
        own_costs: "Trong đó chi phí của đơn vị lấy từ tiền ủng hộ, có người ủng hộ đồng ý: {} (Nghị định 93/2021/NĐ-CP, Điều 12)",
            "Of it own costs paid from gifts, with the givers' consent: {} (Decree 93/2021, art. 12)";
        by_place: "Trao và chi theo đơn vị", "Handed out and paid, by chapter";
        handed_out: "Đã trao", "Handed out";
        paid: "Đã chi", "Paid";
        place: "Đơn vị", "Chapter";
        amount: "Số tiền", "Amount";
        waiting: "Khoản chuyển chưa được xác nhận", "Transfers not yet confirmed";
        since: "từ ngày {}", "since {}";
        since_days: "từ ngày {}, đã {} ngày", "since {}, for {} days";
    }

    /// What is held, and what is open of it.
    Held as held {
        all_waiting: "Tất cả: {} khoản, còn {} chưa được xác nhận. Trên đây là những khoản cũ nhất.",
            "In all: {} transfers, {} not confirmed. Those above are the oldest.";
        advances: "Tạm ứng chưa thanh toán", "Advances not cleared";
        open: "Chưa thanh toán", "Not cleared";
        overdue: "Trong đó quá hạn ({} khoản)", "Of it overdue (number: {})";
        oldest: "khoản lâu nhất đến hạn ngày {}, số ngày quá hạn: {}", "the oldest was due on {}, days overdue: {}";
        nobody: "Chỉ công khai tổng số: người nhận tạm ứng không được nêu tên.", "In sum alone: those who have them are not named.";
        goods: "Hiện vật đang có trong kho", "Goods in stock, item by item";
        goods_note: "Theo giá trị ghi sổ, kể cả hiện vật được giữ riêng chờ quyết định.", "By the value they were booked with, with what is kept apart until decided.";
        item: "Tên hiện vật", "Item";
        quantity: "Số lượng", "Quantity";
        value: "Trị giá", "Value";
        rest_of_goods: "Xem {} dòng còn lại", "Show the other {} lines";
    }

    /// Members of a chapter by year.
    Members as members {
        title: "Hội viên", "Members";
        note: "Tính đến ngày cuối năm, kể cả các đơn vị trực thuộc. Nhóm dưới 5 người không hiện riêng, và cũng không tính ra được từ số khác.",
            "On the last day of the year, with all chapters below. Groups of fewer than five are not shown, and no other figure gives them away.";
        on: "Đến ngày", "On";
        all: "Tất cả", "All";
        by_kind: "Theo loại", "By kind";
    }

    /// An entry that came when the month of its day was closed.
    Late as late {
        tag: "ghi sau khi khóa sổ; tính vào tháng {}", "booked after closing; counts in {}";
        says: "Ghi sau khi khóa sổ, tính vào tháng {}", "Booked after the month was closed, counts in {}";
        text: "Khi khoản này vào sổ, sổ của những ngày ấy đã khóa. Ngày của khoản giữ nguyên; số đã khóa không đổi.",
            "When it was booked, the books of its day were closed already. Its day stays; what was closed does not change.";
    }

    /// An entry that is no gift.
    Moved as moved {
        of: "Về bút toán", "About entry";
        of_transfer: "Nhận từ khoản chuyển", "Taken over from transfer";
        of_refund: "Hoàn trả khoản ủng hộ", "Refunds the gift";
        of_advance: "Thanh toán khoản tạm ứng", "Clears the advance";
        to: "Chuyển đến", "Sent to";
        category: "Mục", "Category";
        reason: "Lý do", "Reason";
        households: "Số hộ", "Households";
        members: "Số hội viên", "Members";
        list: "Danh sách", "List";
        root: "Gốc băm của danh sách", "Root hash of the list";
        postings: "Hạch toán", "Postings";
        postings_note: "Đúng như trong sổ niêm phong: bên Nợ và bên Có bằng nhau trong từng quỹ.",
            "As in the sealed log: debits and credits are equal in every fund.";
        account: "Tài khoản", "Account";
        debit: "Nợ", "Debit";
        credit: "Có", "Credit";
        linked: "Bút toán liên quan", "Entries about this one";
        no_longer: "đã hủy", "reversed";
        refunded: "Khoản này đã được hoàn trả {}", "{} of this gift was given back";
        refunded_text: "Tiền đã trả lại người ủng hộ bằng bút toán dưới đây.", "The money went back to its giver by the entry below.";
        confirmed: "Đã được xác nhận đủ", "Confirmed in full";
        open: "Còn {} đang trên đường, chưa được đơn vị nhận xác nhận ({} ngày)", "{} is still on the way and not confirmed by its receiver ({} days)";
        parts: "Đã xác nhận {}, trả lại {}.", "Confirmed {}, returned {}.";
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
