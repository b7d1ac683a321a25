//! A web server that serves what a test puts there, and so can lie as no real server would.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
pub struct File {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    /// Further header lines.
    pub headers: Vec<String>,
}

type Files = Arc<Mutex<HashMap<String, File>>>;

pub struct Site {
    pub port: u16,
    files: Files,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    pub fn start() -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let site = Site { port: listener.local_addr().unwrap().port(), files: Files::default(), asked: Arc::default() };
        let (files, asked) = (site.files.clone(), site.asked.clone());
        // Ends with the process, like the connections it has accepted.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (files, asked) = (files.clone(), asked.clone());
                std::thread::spawn(move || answer(stream, &files, &asked));
            }
        });
        site
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn put(&self, path: &str, content_type: &'static str, body: impl Into<Vec<u8>>) {
        self.put_file(path, File { status: 200, content_type, body: body.into(), headers: Vec::new() });
    }

    pub fn put_file(&self, path: &str, file: File) {
        self.files.lock().unwrap().insert(path.to_owned(), file);
    }

    pub fn remove(&self, path: &str) {
        self.files.lock().unwrap().remove(path);
    }

    /// Removes what begins so.
    pub fn clear(&self, prefix: &str) {
        self.files.lock().unwrap().retain(|path, _| !path.starts_with(prefix));
    }

    /// The paths asked for since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn answer(stream: TcpStream, files: &Files, asked: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let Some(path) = lines.next().and_then(|line| line.split(' ').nth(1).map(str::to_owned)) else {
        return;
    };
    while lines.next().is_some_and(|line| !line.is_empty()) {}
    let path = path.split('?').next().unwrap_or_default().to_owned();
    let file = files.lock().unwrap().get(&path).cloned();
    asked.lock().unwrap().push(path.clone());
    // Browsers ask for this by themselves, and complain on the console.
    let icon = (path == "/favicon.ico").then(|| File { status: 204, content_type: "image/x-icon", ..File::default() });
    let file = file.or(icon).unwrap_or(File { status: 404, content_type: "text/plain", ..File::default() });
    let mut head = format!(
        "HTTP/1.1 {} x\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nConnection: close\r\n",
        file.status,
        file.content_type,
        file.body.len()
    );
    file.headers.iter().for_each(|line| head.extend([line.as_str(), "\r\n"]));
    let _ = (&stream).write_all(format!("{head}\r\n").as_bytes());
    let _ = (&stream).write_all(&file.body);
}
