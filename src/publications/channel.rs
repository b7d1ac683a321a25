//! Where a publication was shown.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where else than here something was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = PublicationChannel)]
pub enum Channel {
    /// This ledger: always.
    Website,
    /// Niêm yết tại trụ sở.
    NoticeBoard,
    /// Niêm yết tại nơi tiếp nhận.
    PlaceOfReceiving,
    /// Niêm yết tại nơi cứu trợ, hỗ trợ.
    PlaceOfAid,
    /// Niêm yết tại thôn, tổ dân phố, nơi sinh hoạt cộng đồng.
    CommunityPlaces,
    /// Thông báo bằng văn bản to the bodies concerned and to the press.
    WrittenNotice,
}

impl Channel {
    /// The two notices that the law on Red Cross activities wants of everything (art. 21).
    pub const NOTICES: [Channel; 2] = [Channel::PlaceOfReceiving, Channel::PlaceOfAid];

    pub fn name(self) -> &'static str {
        match self {
            Channel::Website => "WEBSITE",
            Channel::NoticeBoard => "NOTICE_BOARD",
            Channel::PlaceOfReceiving => "PLACE_OF_RECEIVING",
            Channel::PlaceOfAid => "PLACE_OF_AID",
            Channel::CommunityPlaces => "COMMUNITY_PLACES",
            Channel::WrittenNotice => "WRITTEN_NOTICE",
        }
    }
}
