//! Two server processes on one database number the receipts of one chapter, and one of them is killed in the middle.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use rustix::process::Signal;
use serde_json::Value;
use so_nhan_ai::db::private::{NAME, url_of_running};

use crate::flood::assert_whole;
use crate::harness::*;

fn number_of(answer: &Answer) -> i64 {
    let body = answer.json();
    body["cash_receipt"]["number"].as_str().unwrap_or_else(|| panic!("{body}")).parse().unwrap()
}

#[test]
fn two_processes_number_one_series_without_gaps_though_one_is_killed() {
    let folder = Folder::ready();
    let first = Server::start(&folder);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let token = first.log_in("hanh.hamliem", PASSWORD);
    let mut command = folder.program(&["serve"]);
    command.env("DATABASE_URL", url_of_running(&folder.data, NAME).unwrap());
    let second = Server::of(&folder, command);
    // Every gift, and the number of those that were answered.
    let sent: Mutex<Vec<(Value, Option<i64>)>> = Mutex::default();
    let answered = || sent.lock().unwrap().iter().filter(|(_, number)| number.is_some()).count();
    std::thread::scope(|scope| {
        for thread in 0..12i64 {
            let (sent, token, server) = (&sent, &token, if thread % 2 == 0 { &first } else { &second });
            scope.spawn(move || {
                for n in 0..40 {
                    let gift = gift(1_000 + thread * 100 + n);
                    let answer = server.post_gift(token, &gift).ok().filter(|answer| answer.status == 201);
                    sent.lock().unwrap().push((gift, answer.as_ref().map(number_of)));
                    if answer.is_none() {
                        break;
                    }
                }
            });
        }
        eventually("a hundred gifts are booked", || answered() >= 100);
        second.signal(Signal::KILL);
    });
    let sent = sent.into_inner().unwrap();
    assert!(sent.iter().any(|(_, number)| number.is_none()), "the kill came too late to break anything");
    // What was answered has its number; what was not is sent again and has one then.
    let mut numbers = BTreeMap::new();
    for (gift, number) in &sent {
        let again = number_of(&first.post_gift(&token, gift).unwrap());
        assert!(number.is_none_or(|number| number == again), "{number:?} became {again}");
        assert_eq!(numbers.insert(again, gift["id"].to_string()), None, "{again} was given twice");
    }
    assert_eq!(numbers.into_keys().collect::<BTreeSet<i64>>(), (1..=sent.len() as i64).collect());
    assert_whole(&folder);
    first.stop();
}
