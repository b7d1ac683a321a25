//! A program outside that takes webhooks, or behaves as programs outside do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Good,
    /// "I am broken."
    Broken,
    /// "Ask over there": at another path of its own.
    Moved,
    /// "Never again."
    Gone,
    /// A yes, and then an answer without end.
    Endless,
    /// Takes the request and says nothing.
    Silent,
}

/// One request, as it came.
#[derive(Debug, Clone)]
pub struct Taken {
    pub path: String,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Taken {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// See the module. Its threads end with the process.
#[derive(Clone)]
pub struct Receiver {
    port: u16,
    manner: Arc<Mutex<Manner>>,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Receiver {
    pub fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let receiver = Self { port, manner: Arc::new(Mutex::new(manner)), taken: Arc::default() };
        let serving = receiver.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let serving = serving.clone();
                std::thread::spawn(move || serving.serve(stream.unwrap()));
            }
        });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    pub fn becomes(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Every request so far, taken or not.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// Whoever breaks off is of no interest.
    fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let mut lines = BufReader::new(stream.try_clone().ok()?);
        let mut line = || {
            let mut text = String::new();
            lines.read_line(&mut text).ok().filter(|read| *read > 0).map(|_| text.trim_end().to_owned())
        };
        let path = line()?.split(' ').nth(1)?.to_owned();
        let mut headers = Vec::new();
        while let Some(text) = line().filter(|text| !text.is_empty()) {
            let (name, value) = text.split_once(':')?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
        let mut body = vec![0u8; length];
        lines.read_exact(&mut body).ok()?;
        self.taken.lock().unwrap().push(Taken { path, headers, body: String::from_utf8(body).ok()? });
        let manner = *self.manner.lock().unwrap();
        let mut say = |text: &str| stream.write_all(text.as_bytes()).ok();
        match manner {
            Manner::Good => say("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"),
            Manner::Broken => say("HTTP/1.1 500 Broken\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
            Manner::Moved => say("HTTP/1.1 307 Moved\r\nlocation: /elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
            Manner::Gone => say("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
            Manner::Endless => {
                say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
                while say("400\r\n").and_then(|()| say(&"x".repeat(0x400))).and_then(|()| say("\r\n")).is_some() {}
                None
            }
            Manner::Silent => {
                // Until the other side has enough.
                lines.read(&mut [0u8]).ok().map(drop)
            }
        }
    }
}
