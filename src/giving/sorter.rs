//! Where each gift goes before anything is written: refused, known already, to be confirmed, to a second person, or into the
//! books.

use std::collections::HashMap;

use uuid::Uuid;

use super::accept::{Accepted, Context, Submission, accept};
use super::asked_store::Ask;
use super::looked::Looked;
use super::model::NewGift;
use super::unusual::{self, Concern, Limits, Weight};
use super::{refusals, store};
use crate::authz::{Granted, Record};
use crate::http::Problem;

/// Where each gift goes, before anything is written.
pub(super) struct Sorter<'a> {
    submissions: &'a [Submission],
    grants: &'a [Result<Granted<Record>, Problem>],
    looked: Looked,
    /// By a second person: no limit applies.
    approved: bool,
    pub refused: Vec<(usize, Problem)>,
    /// The first submission of each id that may be written.
    pub first: HashMap<Uuid, usize>,
    pub accepted: Vec<Accepted<'a>>,
    pub asks: Vec<Ask<'a>>,
    /// (position, id): the same content is here already or earlier among these.
    pub same: Vec<(usize, Uuid)>,
    /// The same of asked gifts.
    pub same_asked: Vec<(usize, Uuid)>,
}

impl<'a> Sorter<'a> {
    pub(super) fn new(looked: Looked, submissions: &'a [Submission], grants: &'a [Result<Granted<Record>, Problem>]) -> Self {
        Self {
            submissions,
            grants,
            looked,
            approved: false,
            refused: Vec::new(),
            first: HashMap::new(),
            accepted: Vec::new(),
            asks: Vec::new(),
            same: Vec::new(),
            same_asked: Vec::new(),
        }
    }

    /// Of gifts that a second person approved. That they were asked is why they are here, and their limits were weighed then.
    pub(super) fn of_approved(
        mut looked: Looked,
        submissions: &'a [Submission],
        grants: &'a [Result<Granted<Record>, Problem>],
    ) -> Self {
        looked.asked.clear();
        looked.limits = Limits::default();
        Self { approved: true, ..Self::new(looked, submissions, grants) }
    }

    /// Decides on one of them; in their order.
    pub(super) fn sort(&mut self, context: &Context, n: usize) {
        let (submissions, grants) = (self.submissions, self.grants);
        let (gift, grant) = match (submissions.get(n), grants.get(n)) {
            (Some(submission), Some(Ok(grant))) => (submission.gift.as_ref(), grant),
            (_, Some(Err(problem))) => return self.refuse(n, problem.clone()),
            _ => return,
        };
        let (id, is_same) = (gift.gift.id, |hash: &Vec<u8>| *hash == gift.request_hash || *hash == gift.bare_hash);
        let earlier = self.first.get(&id).and_then(|at| submissions.get(*at)).map(|first| &first.gift.request_hash);
        match (self.looked.booked.get(&id).or(earlier), self.looked.asked.get(&id)) {
            (Some(hash), _) if is_same(hash) => return self.same.push((n, id)),
            (None, Some(hash)) if is_same(hash) => return self.same_asked.push((n, id)),
            (None, None) => {}
            _ => return self.refuse(n, refusals::id_taken()),
        }
        match accept(context, n, grant, gift) {
            Ok(accepted) => self.weigh(accepted),
            Err(errors) => {
                self.first.insert(id, n);
                self.refuse(n, Problem::invalid(errors));
            }
        }
    }

    /// An unusual gift that is not confirmed leaves nothing, not even its id.
    fn weigh(&mut self, mut gift: Accepted<'a>) {
        let NewGift { id, channel, amount, confirmed, .. } = gift.gift.gift;
        let weight = self.looked.limits.weigh(channel, gift.grant.roles(), &gift.place, amount);
        let (limit, takes_two) = match weight {
            Weight::Usual => (0, false),
            Weight::Confirm(limit) => (limit, false),
            Weight::Approve(limit) => (limit, true),
        };
        if weight != Weight::Usual && !confirmed {
            return self.refuse(gift.at, unusual::unconfirmed(channel, amount, limit, takes_two));
        }
        self.first.insert(id, gift.at);
        gift.unusual = self.approved || weight != Weight::Usual;
        gift.concerns = self.looked.concerns(gift.gift);
        gift.concerns.extend(gift.unusual.then_some(Concern::Unusual));
        gift.concerns = store::with_quarantine(gift.concerns, &gift.fund.code);
        if takes_two {
            let Accepted { at, grant, gift, appeal, concerns, .. } = gift;
            self.asks.push(Ask { at, grant, gift, appeal, limit, concerns });
        } else {
            self.accepted.push(gift);
        }
    }

    fn refuse(&mut self, n: usize, problem: Problem) {
        self.refused.push((n, problem));
    }
}
