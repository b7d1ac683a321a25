//! Addresses, texts, and when a message may go.

use chrono::{DateTime, Duration, NaiveTime, Timelike, Utc};
use serde::{Deserialize, Serialize};

use crate::basics::Phone;
use crate::basics::phone::PhoneKind;
use crate::jobs::JobKind;

/// Sending one message; the job has the message's id.
pub static SEND_MESSAGE: JobKind = JobKind::outward("SEND_MESSAGE");

/// How a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Mail,
    Sms,
}

impl Channel {
    pub fn name(self) -> &'static str {
        match self {
            Channel::Mail => "MAIL",
            Channel::Sms => "SMS",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Channel::Mail, Channel::Sms].into_iter().find(|channel| channel.name() == name)
    }
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Mail(String),
    Phone(Phone),
}

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    #[error("not an e-mail address like lan@example.org")]
    Odd,
    /// No mail server is asked for such an address; most often a keyboard was left in Vietnamese.
    #[error("an e-mail address has no letters with marks")]
    Marks,
}

impl Address {
    /// Reads an e-mail address as it was typed.
    pub fn mail(typed: &str) -> Result<Self, NotAnAddress> {
        let typed = typed.trim();
        if !typed.is_ascii() {
            return Err(NotAnAddress::Marks);
        }
        let address: lettre::Address = typed.parse().map_err(|_| NotAnAddress::Odd)?;
        // What a mail server on the internet can be asked for: a host in a domain, no literal address.
        let domain = address.domain();
        if typed.len() > 254 || !domain.contains('.') || domain.starts_with('[') {
            return Err(NotAnAddress::Odd);
        }
        Ok(Address::Mail(format!("{}@{}", address.user(), domain.to_ascii_lowercase())))
    }

    pub fn channel(&self) -> Channel {
        match self {
            Address::Mail(_) => Channel::Mail,
            Address::Phone(_) => Channel::Sms,
        }
    }

    /// Whether a machine can reach it: nothing written arrives at a landline, somebody has to call.
    pub fn can_be_sent(&self) -> bool {
        match self {
            Address::Mail(_) => true,
            Address::Phone(phone) => phone.kind() == PhoneKind::Mobile,
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Address::Mail(address) => address,
            Address::Phone(phone) => phone.as_str(),
        }
    }
}

/// What a message says. Sealed as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Of a mail; left out of an SMS.
    pub subject: String,
    pub body: String,
}

/// A message as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    pub to: String,
    #[serde(flatten)]
    pub text: Text,
}

/// What holds for a channel on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    /// Minutes of the Vietnamese day from which and until which nobody is disturbed.
    pub quiet: Option<(u32, u32)>,
    /// Most messages one address is sent within 24 hours.
    pub most_a_day: usize,
}

/// Whether a message may go now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Now,
    NotBefore(DateTime<Utc>),
}

/// Vietnam's offset; there is no summer time.
const OFFSET: Duration = Duration::hours(7);

impl Rule {
    /// `sent` are the moments of what the address was sent in the last 24 hours, in any order.
    pub fn judge(&self, now: DateTime<Utc>, sent: &[DateTime<Utc>]) -> Verdict {
        let mut latest: Vec<_> = sent.to_vec();
        latest.sort_unstable_by(|a, b| b.cmp(a));
        // The oldest of as many as are allowed: a day after it there is room for one more.
        if let Some(oldest) = latest.get(self.most_a_day.saturating_sub(1)).filter(|at| now - **at < Duration::days(1)) {
            return Verdict::NotBefore(*oldest + Duration::days(1));
        }
        let Some((from, until)) = self.quiet else { return Verdict::Now };
        let local = (now + OFFSET).naive_utc();
        let minute = local.hour() * 60 + local.minute();
        let is_quiet = if from < until { (from..until).contains(&minute) } else { minute >= from || minute < until };
        if !is_quiet {
            return Verdict::Now;
        }
        let end = NaiveTime::from_num_seconds_from_midnight_opt(until * 60, 0).unwrap_or(NaiveTime::MIN);
        let today = local.date().and_time(end);
        let end = if today > local { today } else { today + Duration::days(1) };
        Verdict::NotBefore(end.and_utc() - OFFSET)
    }
}

/// A line for a header: white space is one blank, as mail programs fold it anyway.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as part of an address that opens a program: blanks are `%20`, for a `+` would be shown.
pub(super) fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_is_one_that_servers_take() {
        assert_eq!(Address::mail(" Lan@Example.ORG ").unwrap().as_str(), "Lan@example.org");
        for odd in
            ["lan", "lan@", "@example.org", "lan@host", "a b@example.org", "lan@[127.0.0.1]", "lan@example.org\r\nBcc: x@y.z", ""]
        {
            assert_eq!(Address::mail(odd), Err(NotAnAddress::Odd), "{odd:?}");
        }
        assert_eq!(Address::mail("lấn@example.org"), Err(NotAnAddress::Marks));
        assert_eq!(Address::mail("lan@example.ỏg"), Err(NotAnAddress::Marks));
    }

    #[test]
    fn nothing_is_sent_to_a_landline() {
        let sent = |typed: &str| Address::Phone(Phone::parse(typed).unwrap()).can_be_sent();
        assert!(sent("0912345678") && !sent("02523865123") && Address::mail("lan@example.org").unwrap().can_be_sent());
    }

    #[test]
    fn a_night_is_waited_out() {
        let rule = Rule { quiet: Some((21 * 60, 7 * 60)), most_a_day: 3 };
        let morning = Verdict::NotBefore(at("2026-11-23T00:00:00Z"));
        assert_eq!(rule.judge(at("2026-11-22T13:59:59Z"), &[]), Verdict::Now);
        assert_eq!(rule.judge(at("2026-11-22T14:00:00Z"), &[]), morning, "21:00 in Vietnam");
        assert_eq!(rule.judge(at("2026-11-22T20:00:00Z"), &[]), morning, "03:00 in Vietnam");
        assert_eq!(rule.judge(at("2026-11-23T00:00:00Z"), &[]), Verdict::Now);
        let noon = Rule { quiet: Some((12 * 60, 13 * 60)), most_a_day: 3 };
        assert_eq!(noon.judge(at("2026-11-22T05:30:00Z"), &[]), Verdict::NotBefore(at("2026-11-22T06:00:00Z")));
    }

    #[test]
    fn nobody_is_flooded() {
        let rule = Rule { quiet: None, most_a_day: 2 };
        let now = at("2026-11-22T05:00:00Z");
        let (old, young) = (at("2026-11-21T06:00:00Z"), at("2026-11-22T04:00:00Z"));
        assert_eq!(rule.judge(now, &[young]), Verdict::Now);
        assert_eq!(rule.judge(now, &[young, old]), Verdict::NotBefore(at("2026-11-22T06:00:00Z")));
        assert_eq!(rule.judge(now, &[young, at("2026-11-20T00:00:00Z")]), Verdict::Now);
    }

    #[test]
    fn words_become_parts_of_addresses() {
        assert_eq!(escaped("a b+c&d=é"), "a%20b%2Bc%26d%3D%C3%A9");
        assert_eq!(one_line("Trần  Thị\r\n   Thử "), "Trần Thị Thử");
    }

    proptest! {
        /// Whatever the rule: at the moment it names it lets the message go, or names a later one, and soon it does.
        #[test]
        fn a_message_goes_in_the_end(from in 0u32..1440, until in 0u32..1440, most in 1usize..5, minute in 0i64..10_000, sent in proptest::collection::vec(0i64..2_880, 0..8)) {
            let rule = Rule { quiet: (from != until).then_some((from, until)), most_a_day: most };
            let begin = at("2026-11-22T00:00:00Z") + Duration::minutes(minute);
            let sent: Vec<_> = sent.into_iter().map(|ago| begin - Duration::minutes(ago)).collect();
            let (mut now, mut turns) = (begin, 0);
            while let Verdict::NotBefore(later) = rule.judge(now, &sent) {
                prop_assert!(later > now);
                (now, turns) = (later, turns + 1);
                prop_assert!(turns < 20);
            }
            prop_assert!(now - begin <= Duration::days(3));
        }
    }
}
