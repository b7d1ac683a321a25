//! A server that dies at every step of sending a message: the next one sends it, and what came twice came under one name.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::prelude::*;
use so_nhan_ai::authz::token::{Purpose, TokenKeys};
use so_nhan_ai::authz::{Actor, Record, Visit};
use so_nhan_ai::basics::{Clock, failpoint};
use so_nhan_ai::config::messages::MessageSettings;
use so_nhan_ai::http::Problem;
use so_nhan_ai::outbox::{self, Address, NewMessage, Text, Ways};
use so_nhan_ai::vault::Vault;
use uuid::Uuid;

use crate::harness::*;
use crate::sink::{Mood, Sink};

fn settings(sink: &Sink) -> MessageSettings {
    MessageSettings { mail_url: Some(sink.url()), mail_from: Some("so@example.org".to_owned()), ..MessageSettings::default() }
}

fn serve(folder: &Folder, sink: &Sink, dying_at: Option<&str>) -> Server {
    let mut command = folder.program(&["serve"]);
    command.env("SNA_MAIL_URL", sink.url()).env("SNA_MAIL_FROM", "so@example.org");
    if let Some(place) = dying_at {
        command.env(failpoint::VARIABLE, place);
    }
    Server::of(folder, command)
}

/// Writes a message beside the server, as a room in it would.
fn write(folder: &Folder, sink: &Sink, token: &str) -> Uuid {
    let keys = folder.data.join("keys");
    let (vault, now) = (Vault::of_folder(&keys).unwrap(), Clock::System.now());
    let claims = TokenKeys::of_folder(&keys).unwrap().verify(token, Purpose::Access, now).unwrap();
    let actor = Actor { account: claims.subject, session: claims.session };
    let new = NewMessage {
        id: Uuid::now_v7(),
        to: Address::mail("lan@example.org").unwrap(),
        text: Text { subject: "Biên nhận".to_owned(), body: "Cảm ơn chị.".to_owned() },
        purpose: "RECEIPT",
        about: None,
    };
    let ways = Ways::new(&settings(sink)).unwrap();
    let written = folder.connect().transaction(|conn| -> Result<(), Problem> {
        let mut v = Visit::enter(conn, &vault, now, actor)?;
        let (granted, _) = v.at_code::<Record>("23095")?;
        Ok(outbox::send(v.conn, &vault, &ways, &granted, now, &new)?)
    });
    written.unwrap();
    new.id
}

#[test]
fn a_server_killed_at_any_step_of_a_job_leaves_it_to_the_next() {
    let folder = Folder::ready();
    let sink = Sink::start(Mood::Good);
    let server = serve(&folder, &sink, None);
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let token = server.log_in("hanh.hamliem", PASSWORD);
    server.stop();
    for (place, times) in [("job_taken", 1), ("job_step_open", 2), ("job_step_done", 1), ("message_sent", 2), ("job_worked", 1)] {
        let mut server = serve(&folder, &sink, Some(place));
        let before = sink.mails().len();
        let id = write(&folder, &sink, &token);
        assert!(!server.process.wait(Duration::from_secs(60)).success(), "it dies at {place}");
        // Nobody waits here until the dead one's lease is over.
        let over = format!("UPDATE job SET due_at = now() WHERE id = '{id}' AND state = 'WAITING'");
        let server = {
            let next = serve(&folder, &sink, None);
            diesel::sql_query(over).execute(&mut folder.connect()).unwrap();
            next
        };
        let sent = format!(
            "SELECT count(*) FROM job j JOIN message m ON m.id = j.id WHERE m.id = '{id}' AND j.state = 'DONE' AND m.state = 'SENT' AND m.content IS NULL"
        );
        eventually("the next one does it", || folder.number(&sent) == 1);
        let mails = sink.mails().split_off(before);
        assert_eq!(mails.len(), times, "killed at {place}");
        let names: BTreeSet<&str> =
            mails.iter().map(|mail| mail.lines().find(|line| line.starts_with("Message-ID")).unwrap()).collect();
        assert_eq!(names.len(), 1, "killed at {place}");
        server.stop();
    }
}
