//! Every word of the portal, in both languages side by side: a text without its translation does not compile.
//!
//! `{}` in a text stands for what [`fill`] puts there. Words for codes (kinds, channels, reasons) are in
//! [`labels`](super::labels).

macro_rules! words {
    ($($(#[$doc:meta])* $group:ident as $field:ident { $($name:ident: $vi:literal, $en:literal;)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $group { $(pub $name: &'static str),* }
        )*

        /// All groups.
        #[derive(Debug)]
        pub struct Words { $(pub $field: $group),* }

        impl Words {
            pub fn of(lang: $crate::http::Lang) -> &'static Words {
                match lang {
                    $crate::http::Lang::Vi => &VI,
                    $crate::http::Lang::En => &EN,
                }
            }
        }

        static VI: Words = Words { $($field: $group { $($name: $vi),* }),* };
        static EN: Words = Words { $($field: $group { $($name: $en),* }),* };

        /// Every text, for tests: (name, Vietnamese, English).
        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$($((stringify!($name), $vi, $en)),*),*];
    };
}

pub(super) use words;

/// A text with its `{}` filled, one after the other.
pub fn fill(text: &str, values: &[&str]) -> String {
    let mut parts = text.split("{}");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (n, part) in parts.enumerate() {
        out.push_str(values.get(n).copied().unwrap_or_default());
        out.push_str(part);
    }
    out
}

words! {
    /// Around every page.
    Common as common {
        name: "Sổ Nhân Ái", "Sổ Nhân Ái";
        of_whom: "Sổ công khai của Hội Chữ thập đỏ Việt Nam", "The public ledger of the Vietnam Red Cross";
        tagline: "Từng khoản ủng hộ Hội Chữ thập đỏ Việt Nam: tra cứu, cộng lại và tự kiểm tra, không cần đăng nhập.",
            "Every gift to the Vietnam Red Cross: look it up, add it up and check it yourself, without logging in.";
        skip: "Đến nội dung chính", "Skip to main content";
        menu: "Mục chính", "Main menu";
        appeals: "Đợt vận động", "Appeals";
        chapters: "Đơn vị", "Chapters";
        search: "Tra cứu", "Search";
        check: "Kiểm tra", "Check";
        open_data: "Dữ liệu mở", "Open data";
        activities: "Hoạt động", "Activities";
        home: "Trang chủ", "Home";
        switch: "English", "Tiếng Việt";
        switch_hint: "Xem trang này bằng tiếng Anh", "Read this page in Vietnamese";
        you_are_here: "Vị trí trang", "Where this page stands";
        foot: "Mỗi khoản vào sổ một lần, không sửa, không xóa. Ghi nhầm thì hủy bằng một bút toán khác, do người thứ hai duyệt.",
            "Each gift is booked once and never edited or deleted. A mistake is reversed by another entry that a second person approves.";
        foot_privacy: "Tên người ủng hộ chỉ hiện khi chính họ đồng ý. Số điện thoại, số tài khoản và nội dung chuyển khoản không bao giờ công khai.",
            "Givers are named only if they agreed. Phone numbers, account numbers and transfer memos are never public.";
        foot_links: "Kiểm tra và dữ liệu", "Checking and data";
        volunteer: "Làm tình nguyện viên", "Become a volunteer";
        api: "Tài liệu API", "API documentation";
        printed: "In ngày {}", "Printed on {}";
        sealed_on_paper: "Đầu sổ đã ký khi in: {} bút toán, lúc {}, gốc {}. Giữ tờ này để so với sổ về sau.",
            "Signed head of the log at printing: {} entries, {}, root {}. Keep this sheet to compare it with the log later.";
        scan: "Quét để mở trang này trên sổ công khai", "Scan to open this page of the public ledger";
        no_figure: "chưa có số liệu", "no figures yet";
        older: "Xem các khoản cũ hơn", "Older entries";
        more: "Xem tiếp", "More";
        newest: "Về đầu danh sách", "Back to the newest";
        table: "Xem dạng bảng", "Show as a table";
        day: "Ngày", "Day";
        amount: "Số tiền", "Amount";
        gifts: "Số khoản", "Gifts";
    }

    /// The first page.
    Home as home {
        title: "Sổ công khai", "The public ledger";
        heading: "Mỗi khoản ủng hộ đều có trong sổ, ai cũng kiểm tra được",
            "Every gift is in the book, and everyone can check it";
        lead: "Toàn bộ khoản tiền và hiện vật mà các cấp Hội Chữ thập đỏ Việt Nam đã nhận và ghi vào sổ này, từ xã, phường đến Trung ương.",
            "All money and goods that chapters of the Vietnam Red Cross have received and booked here, from communes to the centre.";
        find: "Tìm một khoản ủng hộ", "Find a gift";
        find_hint: "Mã trên phiếu thu, tên xã, tên người ủng hộ, hoặc số tiền", "Code on the receipt, commune, giver's name, or amount";
        find_button: "Tìm trong sổ", "Search the ledger";
        received: "Đã nhận trên cả nước", "Received in the whole country";
        in_gifts: "trong {} khoản ủng hộ", "in {} gifts";
        own_of_it: "Tính đến lần cập nhật gần nhất; khoản đã hủy không còn trong tổng.",
            "As of the latest update; reversed gifts are no longer in the total.";
        kept_apart: "chưa tính {} trong {} khoản đến sau khi đợt vận động hết hạn, giữ riêng chờ quyết định",
            "not counting {} in {} gifts that came after the end of an appeal, kept apart until decided";
        log_size: "Bút toán trong sổ", "Entries in the log";
        log_sealed: "niêm phong lúc {}", "sealed at {}";
        log_unsealed: "theo thứ tự, không thêm bớt vào giữa", "in order, nothing can be put in between";
        open_appeals: "Đang vận động", "Open appeals";
        no_appeals: "Hiện không có đợt vận động nào đang mở.", "No appeal is open now.";
        all_appeals: "Tất cả các đợt vận động", "All appeals";
        latest: "Vừa vào sổ", "Latest entries";
        live: "Danh sách tự cập nhật", "The list updates itself";
        pause: "Tạm dừng cập nhật", "Pause updates";
        resume: "Tiếp tục cập nhật", "Resume updates";
        live_off: "Tải lại trang để xem các khoản mới hơn.", "Reload the page for newer entries.";
        live_new: "Vừa có thêm khoản mới trong danh sách.", "New entries have come into the list.";
        all_entries: "Tìm trong tất cả các khoản", "Search all entries";
        how: "Không cần tin chúng tôi: hãy kiểm tra", "Do not trust us: check";
        how_1: "Tìm khoản của bạn", "Find your gift";
        how_1_text: "Quét mã QR trên phiếu thu, hoặc tìm theo xã và số tiền. Khoản của bạn phải có trong sổ, đúng số tiền, đúng đợt.",
            "Scan the QR code on the receipt, or search by commune and amount. Your gift must be there, with its amount and appeal.";
        how_2: "Cộng lại", "Add it up";
        how_2_text: "Tải cả sổ của một đợt vận động về máy và tự cộng. Tổng phải bằng con số trên trang này, đến từng đồng.",
            "Download the whole ledger of an appeal and add it up. The sum must be the figure on this site, to the đồng.";
        how_3: "Kiểm tra niêm phong", "Check the seal";
        how_3_text: "Mỗi bút toán có vị trí và mã băm trong một sổ chỉ ghi thêm. Sửa hay xóa một khoản cũ thì ai giữ bản sao cũng phát hiện được.",
            "Each entry has a place and a hash in a log that only grows. Whoever keeps a copy notices when an old entry is changed or removed.";
    }

    /// Appeals, all and one.
    Appeals as appeals {
        title: "Các đợt vận động", "Appeals";
        lead: "Mỗi đợt có quỹ riêng: tiền của đợt nào chỉ dùng cho đợt ấy.", "Each appeal has a fund of its own; its money serves that appeal only.";
        state_open: "Đang nhận", "Open";
        state_closed: "Đã đóng", "Closed";
        none: "Chưa có đợt vận động nào.", "There are no appeals yet.";
        run_by: "Đơn vị vận động", "Run by";
        regime: "Căn cứ", "Legal basis";
        period: "Thời gian tiếp nhận", "Receiving period";
        from_to: "{} – {}", "{} – {}";
        by_decision: "{}; gia hạn theo quyết định {} ngày {} của {}", "{}; extended by decision {} of {}, {}";
        by_commitment: "{}; gia hạn theo cam kết với người ủng hộ: {}", "{}; extended by a commitment to givers: {}";
        target: "Mục tiêu", "Target";
        of_target: "{} của mục tiêu {}", "{} of the target of {}";
        no_target: "Không đặt mục tiêu.", "No target was set.";
        five: "Từ lời hứa đến người nhận", "From promise to recipient";
        five_note: "Năm con số khác nhau, không cộng vào nhau: hứa chưa phải là nhận, nhận chưa phải là đã trao. Phần dưới cho thấy tiền và hiện vật đã đi đâu, đến từng đồng.",
            "Five different figures that do not add up: a promise is not yet received, and what is received is not yet handed over. Below is where money and goods went, to the đồng.";
        pledged: "Đã đăng ký", "Pledged";
        received: "Đã nhận", "Received";
        allocated: "Đã phân bổ", "Allocated";
        distributed: "Đã trao", "Distributed";
        spent: "Đã chi", "Spent";
        quarantined: "Nhận sau khi hết hạn, giữ riêng chờ quyết định", "Came after the end, kept apart until decided";
        over_time: "Nhận theo ngày", "Received by day";
        over_weeks: "Nhận theo tuần", "Received by week";
        chart_says: "Biểu đồ cột: {} đến {}; cao nhất {}, {}.", "Bar chart: {} to {}; highest on {}, {}.";
        nothing_yet: "Chưa nhận được khoản nào.", "Nothing has been received yet.";
        week_of: "Tuần từ", "Week from";
        by_province: "Nhận theo tỉnh, thành phố", "Received by province";
        by_commune: "Nhận theo đơn vị", "Received by chapter";
        place_itself: "riêng đơn vị này", "this chapter itself";
        elsewhere: "Các đơn vị khác cùng tiếp nhận", "Other chapters that receive for it";
        place: "Đơn vị", "Chapter";
        rest_of_places: "Xem {} đơn vị còn lại", "Show the other {} chapters";
        by_channel: "Theo hình thức", "By channel";
        channel: "Hình thức", "Channel";
        documents: "Văn bản đã công bố", "Published documents";
        no_documents: "Chưa có văn bản nào được công bố.", "No document has been published yet.";
        published_on: "công bố ngày {}", "published on {}";
        hash: "Mã băm SHA-256", "SHA-256 hash";
        events: "Công khai theo quy định", "Publications required by law";
        duty_due: "Còn trong hạn", "Not due yet";
        duty_overdue: "Chậm {} ngày", "Overdue by {} days";
        duty_published: "Đã công khai ngày {}", "Published on {}";
        duty_published_late: "Đã công khai ngày {}, chậm {} ngày", "Published on {}, {} days late";
        duty_open: "Chưa công khai", "Not published yet";
        duty_until: "Hạn: {}.", "Due: {}.";
        duty_at_latest: "Chậm nhất: {}.", "At the latest: {}.";
        duty_advised: "Nên công khai chậm nhất ngày {}.", "Best published by {}.";
        duty_ours: "(Luật không quy định số ngày; thời hạn do Hội tự đặt.)", "(The law names no number of days; set by us.)";
        duty_not_put_up: "Chưa ghi nhận niêm yết tại: {}.", "Not noted as put up at: {}.";
        place_of_receiving: "nơi tiếp nhận", "the place of receiving";
        place_of_aid: "nơi cứu trợ", "the place of aid";
        duty_unsure: "(Thời hạn chưa được đối chiếu với văn bản.)", "(The period has not been checked against the law's text yet.)";
        document_hash: "Mã băm văn bản trong sổ", "Hash of the document in the log";
        ledger: "Sổ của đợt này", "Ledger of this appeal";
        ledger_hits: "Kết quả tìm trong sổ của đợt này", "Found in the ledger of this appeal";
        whole_appeal: "Xem lại toàn bộ trang của đợt", "Back to the page of the appeal";
        download: "Tải cả sổ (CSV)", "Download the whole ledger (CSV)";
        download_sheet: "bản cho Excel và bảng tính khác", "for Excel and other spreadsheets";
        download_note: "Cộng cột amount_vnd của các dòng có fund là APPEAL:{} sẽ ra đúng số đã nhận ở trên.",
            "Adding up amount_vnd over the rows whose fund is APPEAL:{} gives the figure received above.";
    }

    /// Chapters, all and one.
    Chapters as chapters {
        title: "Đơn vị của Hội", "Chapters";
        lead: "Từ Trung ương Hội đến tỉnh, xã và chi hội. Tên cũ trước khi sắp xếp đơn vị hành chính cũng tìm được.",
            "From the centre to provinces, communes and branches. Names from before the administrative reform are found too.";
        find: "Tìm đơn vị", "Find a chapter";
        find_hint: "Tên xã, phường, tỉnh, trường… mới hoặc cũ; ví dụ: Hàm Chính, Bình Thuận", "Name of a commune, province, school…, today's or old; for example: Hàm Chính, Bình Thuận";
        find_button: "Tìm", "Find";
        found: "Kết quả cho “{}”", "Results for “{}”";
        none: "Không có đơn vị nào có tên như vậy.", "No chapter has such a name.";
        formerly: "trước đây: {}", "formerly: {}";
        partly: "một phần", "a part of it";
        provinces: "Tỉnh, thành phố", "Provinces";
        central: "Trung ương Hội, cả nước", "The centre, the whole country";
        below: "Đơn vị trực thuộc", "Chapters below";
        received: "Đã nhận", "Received";
        own: "Riêng đơn vị này", "This chapter itself";
        subtree: "Kể cả các đơn vị trực thuộc", "With all chapters below";
        carried: "Giữ riêng chờ quyết định", "Kept apart until decided";
        about: "Thông tin đơn vị", "About this chapter";
        code: "Mã đơn vị", "Code";
        level: "Cấp", "Level";
        status: "Tình trạng", "Status";
        founded: "Thành lập ngày", "Founded on";
        address: "Địa chỉ", "Address";
        phone: "Điện thoại", "Telephone";
        email: "Thư điện tử", "E-mail";
        no_contact: "Đơn vị chưa công bố địa chỉ liên hệ.", "The chapter has published no contact details.";
        provisional: "Ban Chấp hành lâm thời theo quyết định {}", "Provisional committee by decision {}";
        former: "Tên trước đây", "Former names";
        until: "{} – đến {}", "{} – until {}";
        went_up_in: "Đơn vị kế tục", "What it went up in";
        came_from: "Kế tục các đơn vị", "Goes on for";
        since: "từ ngày {}", "since {}";
        books_stay: "Sổ của đơn vị này đến ngày ấy vẫn ở đây, không đổi.", "Its books until then stay here, unchanged.";
        unit: "Đơn vị hành chính", "Administrative unit";
        latest: "Các khoản mới nhất", "Latest entries";
        all_entries: "Tìm trong mọi khoản của đơn vị", "Search all entries of this chapter";
    }

    /// One entry.
    Entry as entry {
        title: "Khoản {}", "Entry {}";
        stands: "Khoản này đang có hiệu lực", "This entry stands";
        stands_text: "Trong sổ không có bút toán nào hủy khoản này.", "No entry in the ledger reverses it.";
        cancelled: "ĐÃ HỦY", "REVERSED (ĐÃ HỦY)";
        cancelled_text: "Khoản này đã bị hủy ngày {}. Lý do: {}.", "This entry was reversed on {}. Reason: {}.";
        cancelled_by: "Xem bút toán hủy", "See the reversing entry";
        reverses: "Đây là bút toán hủy", "This entry reverses another";
        reverses_text: "Nó hủy một khoản đã ghi trước đó. Lý do: {}.", "It takes back an entry made before. Reason: {}.";
        reverses_link: "Xem khoản bị hủy", "See the reversed entry";
        giver: "Người ủng hộ", "Giver";
        anonymous: "Ẩn danh", "Not named";
        many: "Nhiều người ủng hộ", "Many givers";
        kept_apart: "Khoản này được giữ riêng, chưa tính vào tổng nào", "This entry is kept apart and is in no total yet";
        kept_apart_text: "Khoản này đến sau khi đợt vận động hết hạn tiếp nhận và đang chờ quyết định.",
            "It came after the end of the appeal and waits for a decision.";
        messages: "Số tin nhắn, giao dịch", "Messages or payments";
        appeal: "Đợt vận động", "Appeal";
        no_appeal: "Không theo đợt (quỹ chung)", "None (general fund)";
        chapter: "Đơn vị nhận", "Received by";
        day: "Ngày nhận", "Received on";
        day_reversed: "Ngày hủy", "Reversed on";
        booked: "Ngày vào sổ", "Booked on";
        channel: "Hình thức", "Channel";
        fund: "Quỹ", "Fund";
        goods: "Hiện vật", "Goods";
        item: "Tên hiện vật", "Item";
        quantity: "Số lượng", "Quantity";
        value: "Trị giá", "Value";
        valuation: "Cách tính", "Valued by";
        since: "Sau khi vào sổ", "Since it was booked";
        amended: "Thông tin người ủng hộ được đính chính hoặc đổi cách hiển thị.", "The giver's particulars were corrected, or are shown in another way.";
        erased: "Thông tin người ủng hộ đã được xóa theo yêu cầu của họ.", "The giver's particulars were erased at their request.";
        never_amount: "Số tiền, ngày và đơn vị không bao giờ đổi.", "Amount, day and chapter never change.";
        proof: "Bằng chứng trong sổ niêm phong", "Proof in the sealed log";
        index: "Vị trí trong sổ", "Place in the log";
        index_of: "thứ {} trong {} bút toán", "number {} of {} entries";
        sealing: "Đã ghi, đang chờ vị trí trong sổ (vài giây).", "Recorded, waiting for its place in the log (a few seconds).";
        leaf: "Mã băm của bút toán", "Hash of the entry";
        paper_differs: "Khoản trong sổ thì đúng, nhưng phiếu của bạn không khớp.", "The entry in the ledger is right, but your paper does not match it.";
        hash_fits: "Mã băm trong địa chỉ khớp với bút toán này.", "The hash in the address is that of this entry.";
        hash_differs: "Mã băm trong địa chỉ KHÔNG khớp với bút toán này. Phiếu hoặc đường dẫn có thể đã bị sửa; hãy báo cho đơn vị nhận.",
            "The hash in the address is NOT that of this entry. The receipt or link may have been altered; tell the chapter.";
        receipt: "Tải tệp biên nhận", "Download the receipt file";
        receipt_note: "Tệp này chứa bút toán và bằng chứng. Giữ nó, bạn kiểm tra được cả khi trang này không còn.",
            "The file holds the entry and its proof. With it you can check even when this site is gone.";
        no_script: "Trình duyệt này không chạy JavaScript, nên trang chưa tự kiểm tra. Bạn vẫn kiểm tra được bằng cách khác:",
            "This browser runs no JavaScript, so this page has not checked anything itself. You can check otherwise:";
        otherwise_receipt: "tải tệp biên nhận ở trên và mở nó bằng trang Kiểm tra hoặc bằng openssl;", "download the receipt file above and open it with the Check page or with openssl;";
        otherwise_mirror: "tải cả sổ về và so mã băm của bút toán này, theo hướng dẫn ở trang Dữ liệu mở.",
            "mirror the log and compare the hash of this entry, as the Open data page explains.";
    }

    /// A leaf of the log that is no entry of the books.
    Leaf as leaf {
        title: "Mục {} trong sổ niêm phong", "Entry {} of the sealed log";
        what: "Mục trong sổ niêm phong", "Entry of the sealed log";
        no_money: "Mục này không phải là một khoản tiền.", "This entry is not a sum of money.";
        sealing: "Đã ghi, đang niêm phong", "Recorded, being sealed";
        sealing_text: "Mục này đang chờ vị trí trong sổ (vài giây). Hãy tải lại trang.", "It is waiting for its place in the log (a few seconds). Reload the page.";
        key_added: "Thêm một khóa ký sổ", "A key was added to the log";
        key_added_text: "Từ ngày này khóa dưới đây cùng ký sổ công khai. Mục này đứng dưới chữ ký của các khóa đã có từ trước, nên chính các khóa ấy bảo đảm cho khóa mới.",
            "From this day on the key below signs the public log too. This entry stands under signatures of the keys before it, which vouch for the new one.";
        key_retired: "Một khóa ngừng ký sổ", "A key of the log was retired";
        key_retired_text: "Từ ngày này khóa dưới đây không ký gì mới. Những gì nó đã ký vẫn kiểm tra được.",
            "From this day on the key below signs nothing new. What it signed before can still be verified.";
        publication_text: "Hội đã công bố một văn bản mà pháp luật yêu cầu. Sổ giữ mã băm của văn bản: nếu văn bản bị đổi, mã băm không còn khớp.",
            "The Red Cross published a document that the law wants published. The log keeps the document's hash: if the document is changed, the hash no longer fits.";
        statement_text: "Hội đã công bố nguyên văn bản dưới đây. Sổ giữ mã băm của nó: nếu văn bản bị đổi, mã băm không còn khớp.",
            "The Red Cross stated the text below, word for word. The log keeps its hash: if the text is changed, the hash no longer fits.";
        other_text: "Sổ niêm phong có mục này, nhưng máy chủ không có khoản tương ứng trong sổ sách hoặc chưa biết loại này. Nội dung đầy đủ nằm trong tệp biên nhận.",
            "The sealed log has this entry, but this server has nothing for it in its books or does not know its kind. The receipt file holds all of it.";
        event: "Nội dung công khai", "What was published";
        period: "Kỳ đến hết ngày", "Period ending on";
        document: "Văn bản", "Document";
        withdrawn: "Không còn hiển thị từ ngày {}", "No longer shown since {}";
        of: "Khoản được nói đến", "The entry it is about";
        replaces: "Thay cho bản", "Replaces the version";
        replaced_by: "Đã có bản mới hơn", "Replaced by a newer version";
        chapter: "Đơn vị", "Chapter";
        key: "Khóa công khai (vkey)", "Public key (vkey)";
        doc: "Mã băm SHA-256 của văn bản", "SHA-256 hash of the document";
    }

    /// Finding entries.
    Search as find {
        title: "Tra cứu", "Search";
        heading: "Tìm trong tất cả các khoản", "Search all entries";
        q: "Từ cần tìm", "Search words";
        q_hint: "Có dấu hay không dấu đều được; đặt trong \"ngoặc kép\" để tìm các từ đi liền nhau. Mã khoản hoặc số tiền cũng tìm được.", "With or without accents; put words in \"double quotes\" to find them together. The code of an entry or an amount will do too.";
        exact: "Đúng số tiền (đ)", "Exact amount (đ)";
        min: "Từ (đ)", "From (đ)";
        max: "Đến (đ)", "To (đ)";
        from: "Nhận từ ngày", "Received from";
        to: "Đến ngày", "Until";
        channel: "Hình thức", "Channel";
        any_channel: "Mọi hình thức", "Any channel";
        appeal: "Mã đợt vận động", "Code of the appeal";
        chapter: "Mã đơn vị", "Code of the chapter";
        more_fields: "Thêm điều kiện", "More conditions";
        button: "Tìm", "Search";
        clear: "Xóa điều kiện", "Clear";
        newest: "Mới vào sổ trước", "Latest booked first";
        newest_on_paper: "{} khoản mới vào sổ nhất", "The {} entries booked last";
        conditions: "Điều kiện tìm", "Conditions";
        nothing: "Không có khoản nào phù hợp.", "No entries match.";
        nothing_hint: "Hãy thử ít từ hơn, khoảng ngày rộng hơn, hoặc tìm theo số tiền. Người không đồng ý nêu tên thì không tìm được theo tên.",
            "Try fewer words, a wider range of days, or the amount. Givers who chose not to be named are not found by name.";
        broken_code: "Mã có 17 ký tự; hình như thiếu hoặc sai một ký tự, hoặc bộ gõ tiếng Việt đang bật: hãy tắt bộ gõ rồi gõ lại.",
            "A code has 17 characters; one seems to be missing or wrong, or a Vietnamese keyboard is on: turn it off and type again.";
        read_as: "Tìm theo:", "Searched for:";
        not_searched: "Chưa tìm: hãy sửa các điều kiện được đánh dấu ở trên.", "Nothing was searched: correct the conditions marked above.";
        wrong_amount: "Số tiền không đúng; ví dụ: 500.000.", "Not an amount; for example: 500,000.";
        wrong_order_vnd: "Nhỏ hơn số tiền ở ô “Từ”.", "Less than the amount in “From”.";
        wrong_day: "Ngày không đúng.", "Not a valid date.";
        wrong_order_days: "Trước ngày ở ô “Nhận từ ngày”.", "Before the day in “Received from”.";
        wrong_appeal: "Không có đợt vận động mang mã này.", "No appeal has this code.";
        wrong_chapter: "Không có đơn vị mang mã này.", "No chapter has this code.";
        wrong_channel: "Không có hình thức này.", "There is no such channel.";
        wrong_q: "Tối đa 200 ký tự, một dòng.", "At most 200 characters, one line.";
        who_where: "Người ủng hộ, nơi nhận", "Giver and chapter";
        cancelled: "đã hủy", "reversed";
        amended: "có đính chính", "corrected";
        kept_apart: "giữ riêng", "kept apart";
        caption: "Các khoản trong sổ", "Entries of the ledger";
    }

    /// How often entries are reversed, where and by whom.
    Reversals as reversals {
        title: "Bút toán đã hủy", "Reversed entries";
        title_year: "Bút toán đã hủy năm {}", "Entries reversed in {}";
        section: "Bút toán đã hủy tại đơn vị", "Entries reversed at this chapter";
        lead: "Ghi nhầm thì hủy bằng một bút toán ngược, một người đề nghị và người thứ hai duyệt. Cả hai bút toán vẫn còn trong sổ; trang này đếm mọi lần hủy.",
            "A mistake is taken back by a mirrored entry that one person asks for and a second approves. Both entries stay in the ledger; this page counts every reversal.";
        beside: "Khoản bị hủy không biến mất: bút toán hủy đứng bên cạnh bản gốc trong sổ, và tổng đã được trừ tương ứng.",
            "What is reversed does not vanish: the reversal stands beside the original in the ledger, and the totals no longer count it.";
        country: "Đã hủy trên cả nước", "Reversed in the whole country";
        and_below: "kể cả cấp dưới", "with everything below";
        value: "Tổng trị giá các bút toán đã hủy: {}.", "Total value reversed: {}.";
        values: "Trị giá: đã đề nghị hủy {}, đã duyệt hủy {}.", "Value: asked for {}, approved {}.";
        value_short: "Trị giá", "Value";
        entries: "Số lần", "Entries";
        share: "{} ({} trong {} khoản ủng hộ đã ghi)", "{} ({} of {} gifts recorded)";
        ever: "Từ trước đến nay:", "All time:";
        all_years: "Tất cả các năm", "All years";
        choose_year: "Chọn năm", "Choose a year";
        in_year: "Năm {}", "{}";
        total: "đơn vị hủy {} bút toán, trị giá {}.", "reversed by the chapter: {}, worth {}.";
        with_below: "Kể cả cấp dưới: {} bút toán, trị giá {}.", "With everything below: {}, worth {}.";
        none: "Chưa có bút toán nào bị hủy.", "No entry has been reversed.";
        by_chapter: "Theo đơn vị", "By chapter";
        by_reason: "Theo lý do", "By reason";
        by_month: "Theo tháng và lý do", "By month and reason";
        by_person: "Theo cán bộ", "By officer";
        reason: "Lý do", "Reason";
        month_reason: "Tháng, lý do", "Month and reason";
        person: "Mã cán bộ", "Officer's code";
        asked: "Đề nghị", "Asked";
        approved: "Duyệt", "Approved";
        persons_note: "Mỗi cán bộ có một mã ngẫu nhiên, không cho biết là ai; Hội biết tên.",
            "Each officer has a random code that does not say who it is; the Red Cross knows the names.";
        officer_title: "Cán bộ {}: bút toán đã hủy năm {}", "Officer {}: entries reversed in {}";
        officer_lead: "Những lần người này đề nghị hủy, và những lần người này duyệt đề nghị của người khác. Hủy nhiều chưa phải là làm sai.",
            "What this person asked to be reversed, and what they approved at the request of others. Many reversals do not by themselves mean wrongdoing.";
        has_asked: "Đã đề nghị hủy", "Asked for";
        has_approved: "Đã duyệt hủy", "Approved";
    }

    /// For programs and for those who check.
    OpenData as open_data {
        title: "Dữ liệu mở", "Open data";
        lead: "Mọi thứ trên trang này cũng có ở dạng máy đọc được, không cần đăng ký. Hãy tải về, cộng lại, so sánh và công bố kết quả.",
            "Everything on this site can be read by programs too, without registration. Download it, add it up, compare, publish what you find.";
        api_title: "API công khai", "The public API";
        api_text: "JSON qua HTTPS, không cần khóa. Mỗi mạng được gửi khoảng 50 yêu cầu mỗi giây.", "JSON over HTTPS, no key. Each network may send some 50 requests a second.";
        api_entries: "tìm khoản, khoản mới vào sổ trước", "find entries, latest booked first";
        api_entry: "một khoản theo mã", "one entry by its code";
        api_totals: "tổng theo đợt, đơn vị, ngày", "totals by appeal, chapter, day";
        api_appeals: "các đợt vận động", "appeals";
        api_chapters: "đơn vị, tên mới và tên cũ", "chapters, by new and old names";
        api_reversals: "bút toán đã hủy theo đơn vị, lý do, cán bộ:", "reversed entries by chapter, reason, officer:";
        csv_title: "Cả sổ của một đợt (CSV)", "A whole ledger (CSV)";
        csv_text: "Mỗi dòng một bút toán, kèm mã băm trong sổ niêm phong. Tệp phản ánh sổ tại một thời điểm: X-Log-Size cho biết sổ có bao nhiêu bút toán lúc ấy.",
            "One row an entry, with its hash in the sealed log. The file shows the ledger at one moment: X-Log-Size says how many entries the log had then.";
        csv_sheet: "Mở bằng Excel hay LibreOffice thì hãy tải dạng dành cho bảng tính: tiếng Việt hiện đúng, tên đơn vị, tên hiện vật đứng cạnh mã, và mã không bị đọc thành số (08 và 00008 là hai đơn vị khác nhau, nên mã đơn vị có VN- ở trước).",
            "To open it in Excel or LibreOffice take the form for spreadsheets: Vietnamese letters are right, names of chapters and goods stand beside codes, and no code is read as a number (08 and 00008 are two chapters, so codes of chapters have VN- in front).";
        csv_sheet_link: "cho bảng tính", "for spreadsheets";
        csv_package_link: "mô tả các cột", "what the columns hold";
        csv_programs: "Chương trình đọc dạng thường: mã là chữ, số đồng là số nguyên. Mô tả các cột (Table Schema, CSVW) nằm cạnh tệp; dưới đây là cách đọc đúng bằng vài công cụ. Hủy một khoản là một dòng khác, có số tiền và số hiện vật âm.",
            "Programs read the plain form: codes are text, đồng are whole numbers. What the columns hold (Table Schema, CSVW) is said beside the file; below is how some tools read it rightly. A reversal is another row, with negative đồng and goods.";
        log_title: "Sổ niêm phong", "The sealed log";
        log_text: "Mọi bút toán là một lá của cây Merkle (RFC 6962), theo chuẩn C2SP tlog-tiles, đầu cây được ký (signed note). Trừ checkpoint, các tệp không bao giờ đổi nên có thể lấy qua bất kỳ máy chủ hay CDN nào.",
            "Every entry is a leaf of a Merkle tree (RFC 6962) in C2SP tlog-tiles form with signed checkpoints. All files but the checkpoint never change, so any server or CDN may carry them.";
        log_size: "Sổ hiện có {} bút toán.", "The log holds {} entries now.";
        checkpoint: "đầu sổ đã ký", "the signed head";
        tiles: "các mảnh của cây băm", "tiles of the hash tree";
        bundles: "các bút toán, 256 bút toán mỗi tệp", "the entries, 256 a file";
        origin: "Tên sổ (origin)", "Origin";
        key: "Khóa công khai (vkey)", "Public key (vkey)";
        no_key: "Hiện trong chữ ký ở {}.", "Stands in the signature of {}.";
        verify_title: "Kiểm tra bằng công cụ của người khác", "Verify with other people's tools";
        verify_text: "Không cần chương trình của chúng tôi. Hai chương trình dưới đây không có dòng nào chung với mã của sổ; hãy đọc trước khi chạy.",
            "You do not need our programs. The two below share no line with the ledger's code; read them before you run them.";
        verify_key: "Mọi thứ dựa vào khóa công khai: hãy so nó với nơi khác (báo in, bảng tin, biên nhận cũ), đừng chỉ lấy từ trang này.",
            "Everything rests on the public key: compare it with another source (a newspaper, a notice board, an old receipt), do not take it from this page alone.";
        verify_first: "Đặt sẵn, cho mọi lệnh dưới đây", "First, for all commands below";
        verify_receipt: "Một biên nhận, bằng openssl và bash", "A receipt, with openssl and bash";
        verify_receipt_text: "Cần bash, openssl 3, xxd; không cần mạng khi đã có hai tệp. Thay CODE bằng mã của khoản. Kết thúc bằng 0: đúng; 1: sai; 2: không kiểm tra được. Biên nhận không thấy được việc hủy về sau: hãy đọc cả sổ.",
            "It needs bash, openssl 3 and xxd, and no network once you have both files. Put the code of the entry for CODE. It ends with 0: right; 1: wrong; 2: could not be checked. A receipt cannot show a later reversal: read the whole log.";
        verify_log: "Cả sổ, bằng Go", "The whole log, with Go";
        verify_log_text: "Dùng thư viện golang.org/x/mod/sumdb (note, tlog) của chính Go, có sẵn trong Debian. Lệnh cuối còn cho biết khoản trong biên nhận về sau có bị hủy không (khi ấy kết thúc bằng 3).",
            "It stands on Go's own golang.org/x/mod/sumdb (note, tlog), as Debian has it. The last command also says whether the entry of a receipt was reversed later (then it ends with 3).";
        verify_mirror: "Giữ một bản sao của cả sổ", "Keep a mirror of the whole log";
        verify_mirror_text: "Ai giữ bản sao, hoặc chỉ một đầu sổ đã ký, sẽ biết khi có gì bị bớt đi hay viết lại. Lệnh đầu dùng chương trình của sổ (so-nhan-ai-verify): nó tải, kiểm tra và lần sau chạy tiếp từ chỗ đã dừng; Go đọc được chính bản sao ấy.",
            "Whoever keeps a mirror, or only a signed head, notices when something is taken away or rewritten. The first command uses the ledger's own program (so-nhan-ai-verify): it downloads, checks and goes on next time where it stopped; Go reads the same mirror.";
        verify_files: "Từng tệp một", "File by file";
        verify_files_text: "N viết theo nhóm ba chữ số, các nhóm trước thêm x: x001/x234/067. Tệp cuối của mỗi tầng chưa đủ 256 dòng thì có đuôi .p/ và số dòng. Hiện nay, tệp cuối của các bút toán và của mã băm là:",
            "N is written in groups of three digits, all but the last with an x: x001/x234/067. The last file of each level, while it has fewer than 256, ends with .p/ and their number. The last ones now, of entries and of hashes:";
        verify_page: "Trang Kiểm tra lưu được về máy và chạy cả khi không có mạng.", "The Check page can be saved to disk and works without a network.";
        verify_leaf: "Mã băm của một bút toán là SHA-256 của byte 0 rồi đến nội dung bút toán, lấy từ biên nhận; nó phải bằng mã băm trên trang của khoản ấy:",
            "The hash of an entry is SHA-256 over a zero byte and the bytes of the entry, out of its receipt; it has to be the one on the entry's page:";
        terms_title: "Dùng lại", "Reuse";
        terms_text: "Được dùng lại tự do, xin ghi nguồn. Xin đừng tìm cách nhận ra người ủng hộ ẩn danh.",
            "Reuse it freely and name the source. Please do not try to find out who an unnamed giver is.";
    }

    /// When something went wrong.
    Errors as errors {
        not_found: "Không tìm thấy trang này", "This page was not found";
        not_found_text: "Địa chỉ có thể bị gõ nhầm, hoặc mã không có trong sổ.", "The address may be mistyped, or the code is not in the ledger.";
        no_entry: "Không có khoản hay thẻ nào mang mã này", "No entry and no card has this code";
        no_entry_text: "Hãy xem lại từng ký tự trên phiếu hay trên thẻ. Nếu mã đúng mà vẫn không tìm thấy: khoản ấy chưa vào sổ, hãy hỏi đơn vị đã nhận; thẻ ấy không do Hội cấp.",
            "Check each character on the receipt or the card. If the code is right and still not found: the gift is not in the ledger, ask the chapter that took it; the card was not given out by the Red Cross.";
        too_many: "Quá nhiều yêu cầu", "Too many requests";
        too_many_text: "Mạng của bạn vừa gửi quá nhiều yêu cầu. Hãy thử lại sau {} giây.", "Your network has just sent too many requests. Try again in {} seconds.";
        ours: "Lỗi của hệ thống", "Our fault";
        ours_text: "Sổ không bị ảnh hưởng. Hãy thử lại; nếu còn lỗi, báo cho quản trị kèm mã yêu cầu.", "The ledger is not affected. Try again; if it persists, tell the administrator the request id.";
        unavailable: "Tạm thời chưa phục vụ được", "Temporarily unavailable";
        unavailable_text: "Không có gì trong sổ bị mất. Hãy tải lại trang sau ít giây.", "Nothing in the ledger is lost. Reload the page in a few seconds.";
        old_cursor: "Trang này của danh sách không còn dùng được", "This page of the list can no longer be used";
        old_cursor_text: "Địa chỉ không đầy đủ hoặc thuộc về một lần tìm khác. Hãy xem lại từ đầu danh sách.",
            "The address is incomplete or belongs to another search. Start again from the top of the list.";
        wrong_condition: "Địa chỉ có điều kiện không đúng", "The address has a wrong condition";
        request_id: "Mã yêu cầu", "Request id";
        back: "Về trang chủ", "Home page";
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
        assert_eq!(fill("{} của {}.", &["một", "hai"]), "một của hai.");
        assert_eq!(fill("{} {}", &["<"]), "< ");
    }
}
