//! Where a publication was shown.

use crate::basics::codes::codes;

codes! {
    /// Where else than here something was shown.
    #[derive(PartialOrd, Ord)]
    #[schema(as = PublicationChannel)]
    pub wire enum Channel {
        /// This ledger: always.
        Website = "WEBSITE",
        /// Niêm yết tại trụ sở.
        NoticeBoard = "NOTICE_BOARD",
        /// Niêm yết tại nơi tiếp nhận.
        PlaceOfReceiving = "PLACE_OF_RECEIVING",
        /// Niêm yết tại nơi cứu trợ, hỗ trợ.
        PlaceOfAid = "PLACE_OF_AID",
        /// Niêm yết tại thôn, tổ dân phố, nơi sinh hoạt cộng đồng.
        CommunityPlaces = "COMMUNITY_PLACES",
        /// Thông báo bằng văn bản to the bodies concerned and to the press.
        WrittenNotice = "WRITTEN_NOTICE",
    }
}

impl Channel {
    /// The two notices that the law on Red Cross activities wants of everything (art. 21).
    pub const NOTICES: [Channel; 2] = [Channel::PlaceOfReceiving, Channel::PlaceOfAid];
}
