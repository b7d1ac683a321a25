//! A mail server on this machine that takes mail and keeps it, or behaves as mail servers do.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Good,
    /// "Try again later."
    Later,
    /// "No such person."
    Refusing,
    /// Takes the connection and says nothing.
    Silent,
    /// Takes the mail and breaks the connection before it says so.
    BreaksOff,
}

/// See the module. Its threads end with the process.
#[derive(Clone)]
pub struct Sink {
    pub port: u16,
    mood: Arc<Mutex<Mood>>,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    pub fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Self { port: listener.local_addr().unwrap().port(), mood: Arc::new(Mutex::new(mood)), mails: Arc::default() };
        let serving = sink.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let serving = serving.clone();
                std::thread::spawn(move || serving.serve(stream.unwrap()));
            }
        });
        sink
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Everything that was taken, head and body, as it came.
    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }

    /// Whoever breaks off is of no interest.
    fn serve(&self, stream: TcpStream) -> Option<()> {
        let mood = *self.mood.lock().unwrap();
        let mut answers = stream.try_clone().ok()?;
        let mut lines = BufReader::new(stream).lines();
        if mood == Mood::Silent {
            // Until the other side has had enough.
            while lines.next()?.is_ok() {}
            return None;
        }
        let mut say = |text: &str| answers.write_all(format!("{text}\r\n").as_bytes()).ok();
        say("220 sink.example.org ESMTP")?;
        loop {
            let line = lines.next()?.ok()?.to_ascii_uppercase();
            match line.split_whitespace().next()? {
                "EHLO" => say("250-sink.example.org\r\n250-8BITMIME\r\n250 SMTPUTF8")?,
                "RCPT" if mood == Mood::Later => say("451 4.3.0 later")?,
                "RCPT" if mood == Mood::Refusing => say("550 5.1.1 nobody here")?,
                "DATA" => {
                    say("354 go on")?;
                    let mut mail = String::new();
                    loop {
                        let line = lines.next()?.ok()?;
                        if line == "." {
                            break;
                        }
                        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                        mail.push('\n');
                    }
                    self.mails.lock().unwrap().push(mail);
                    if mood == Mood::BreaksOff {
                        return None;
                    }
                    say("250 taken")?;
                }
                "QUIT" => return say("221 bye"),
                _ => say("250 good")?,
            }
        }
    }
}
