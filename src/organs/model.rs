//! Where a registration stands, and what may be done about it. Pure.

use crate::basics::codes::codes;

codes! {
    /// Where a registration stands.
    #[derive(Hash)]
    pub wire enum OrganState {
        /// Written down, and not handed to the coordinating centre yet.
        Interested = "INTERESTED",
        HandedOver = "HANDED_OVER",
        /// The centre gave a card.
        CardIssued = "CARD_ISSUED",
        /// Withdrawn; the centre has not been told yet.
        Withdrawn = "WITHDRAWN",
        /// Over; nothing of the person is kept.
        Ended = "ENDED",
    }

    /// What somebody would give after their death.
    #[derive(Hash)]
    pub wire enum OrganGift {
        Organs = "ORGANS",
        Tissue = "TISSUE",
        /// For teaching and research (hiến xác).
        Body = "BODY",
    }

    /// What is done about a registration.
    #[derive(Hash)]
    pub wire enum OrganStepKind {
        /// Handed to the coordinating centre.
        HandedOver = "HANDED_OVER",
        /// The centre gave a card.
        CardIssued = "CARD_ISSUED",
        /// The person withdrew.
        Withdrawn = "WITHDRAWN",
        /// The centre was told that they withdrew.
        CentreTold = "CENTRE_TOLD",
    }
}

impl OrganStepKind {
    /// Where it leads; `None` where it cannot be done.
    pub fn leads_from(self, state: OrganState) -> Option<OrganState> {
        use OrganState as S;
        match (self, state) {
            (OrganStepKind::HandedOver, S::Interested) => Some(S::HandedOver),
            (OrganStepKind::CardIssued, S::HandedOver) => Some(S::CardIssued),
            // Whom the centre does not know it need not be told about.
            (OrganStepKind::Withdrawn, S::Interested) => Some(S::Ended),
            (OrganStepKind::Withdrawn, S::HandedOver | S::CardIssued) => Some(S::Withdrawn),
            (OrganStepKind::CentreTold, S::Withdrawn) => Some(S::Ended),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_not_gone_may_withdraw_and_what_is_over_stays_over() {
        for state in OrganState::ALL {
            let may = OrganStepKind::Withdrawn.leads_from(state).is_some();
            assert_eq!(may, !matches!(state, OrganState::Withdrawn | OrganState::Ended), "{state}");
        }
        assert!(OrganStepKind::ALL.into_iter().all(|step| step.leads_from(OrganState::Ended).is_none()));
        // Nobody gets a card who was not handed over, and none after they withdrew.
        let from = OrganState::ALL.into_iter().filter(|state| OrganStepKind::CardIssued.leads_from(*state).is_some());
        assert_eq!(from.collect::<Vec<_>>(), [OrganState::HandedOver]);
    }
}
