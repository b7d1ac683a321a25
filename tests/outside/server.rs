//! A small HTTP server for tests: a folder's files, some answers besides, and faults on demand.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// What is answered to a path instead of the file.
#[derive(Debug, Clone)]
pub enum Answer {
    Json(String),
    Status(u16),
    /// This status so many times, then the file.
    First(u32, u16),
    /// A header that promises more than comes.
    Cut,
    /// Gzip that unpacks to this many zeros.
    Zeros(usize),
    /// These bodies one after the other; the last one stays.
    Series(Vec<Vec<u8>>),
}

impl Answer {
    /// The body of an answer that is one.
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Answer::Json(text) => text.into_bytes(),
            _ => Vec::new(),
        }
    }
}

/// An answer that is made when it is asked for.
#[derive(Debug)]
pub struct Made {
    pub body: Vec<u8>,
    /// `X-Log-Size`.
    pub log_size: Option<u64>,
}

type Maker = Arc<dyn Fn(&str) -> Option<Made> + Send + Sync>;

/// Serves until dropped.
pub struct Server {
    pub address: String,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    maker: Arc<Mutex<Option<Maker>>>,
    pub asked: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
}

impl Server {
    /// Serves `folder` under `/log`.
    pub fn of(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server =
            Self { address, answers: Arc::default(), maker: Arc::default(), asked: Arc::default(), stop: Arc::default() };
        let (answers, maker, asked, stop, folder) =
            (server.answers.clone(), server.maker.clone(), server.asked.clone(), server.stop.clone(), folder.to_owned());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let (answers, maker, asked, stop, folder) =
                    (answers.clone(), maker.clone(), asked.clone(), stop.clone(), folder.clone());
                // An error is a client that has gone.
                std::thread::spawn(move || drop(serve(stream.unwrap(), &folder, &answers, &maker, &asked, &stop)));
            }
        });
        server
    }

    pub fn log(&self) -> String {
        format!("{}/log", self.address)
    }

    pub fn answer(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// Makes answers to paths for which there is no other.
    pub fn answer_with(&self, maker: impl Fn(&str) -> Option<Made> + Send + Sync + 'static) {
        *self.maker.lock().unwrap() = Some(Arc::new(maker));
    }

    pub fn take_back(&self, path: &str) {
        self.answers.lock().unwrap().remove(path);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn serve(
    mut stream: TcpStream,
    folder: &Path,
    answers: &Mutex<HashMap<String, Answer>>,
    maker: &Mutex<Option<Maker>>,
    asked: &AtomicU32,
    stop: &AtomicBool,
) -> std::io::Result<()> {
    // Head and body are written apart; nothing shall wait for the other side in between.
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 || stop.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut header = String::new();
        while reader.read_line(&mut header)? > 2 {}
        let packs = header.to_ascii_lowercase().contains("gzip");
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        asked.fetch_add(1, Ordering::SeqCst);
        let answer = {
            let mut answers = answers.lock().unwrap();
            match answers.get(&path).cloned() {
                Some(Answer::First(0, _)) => None,
                Some(Answer::First(n, status)) => {
                    answers.insert(path.clone(), Answer::First(n - 1, status));
                    Some(Answer::Status(status))
                }
                Some(Answer::Series(mut bodies)) => {
                    let body = if bodies.len() > 1 { bodies.remove(0) } else { bodies.concat() };
                    if bodies != [body.clone()] {
                        answers.insert(path.clone(), Answer::Series(bodies));
                    }
                    Some(Answer::Series(vec![body]))
                }
                other => other,
            }
        };
        let maker = maker.lock().unwrap().clone();
        let made = if answer.is_none() { maker.and_then(|make| make(&path)) } else { None };
        let log_size = made.as_ref().and_then(|made| made.log_size);
        let log_size = log_size.map(|size| format!("X-Log-Size: {size}\r\n")).unwrap_or_default();
        let (status, body) = match answer {
            Some(Answer::Json(text)) => (200, text.into_bytes()),
            Some(Answer::Series(bodies)) => (200, bodies.concat()),
            Some(Answer::Status(status) | Answer::First(_, status)) => (status, Vec::new()),
            Some(Answer::Cut) => {
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")?;
                return Ok(());
            }
            Some(Answer::Zeros(many)) => {
                let body = gzip(&vec![0; many]);
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len())?;
                stream.write_all(&body)?;
                continue;
            }
            None => match made.map(|made| made.body).or_else(|| file(folder, &path)) {
                Some(body) => (200, body),
                None => (404, Vec::new()),
            },
        };
        // Bundles travel packed to those who take them so, as they do from a real server.
        let (encoding, body) = if packs && path.contains("/entries/") && status == 200 {
            ("Content-Encoding: gzip\r\n", gzip(&body))
        } else {
            ("", body)
        };
        write!(stream, "HTTP/1.1 {status} X\r\nRetry-After: 0\r\n{encoding}{log_size}Content-Length: {}\r\n\r\n", body.len())?;
        stream.write_all(&body)?;
    }
}

fn file(folder: &Path, path: &str) -> Option<Vec<u8>> {
    let path: PathBuf = folder.join(path.strip_prefix("/log/")?);
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
