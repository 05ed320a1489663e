//! A registry that does what it is told to: everything goes through to one that behaves, and on the
//! way back the test may make something else of it.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub method: String,
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    body: Vec<u8>,
    /// How often the same was asked for before.
    pub before: usize,
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case; the length is that of the body unless it stands here.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// Between two bytes.
    pub pause: Option<Duration>,
    /// The connection stays open behind the body, until the client leaves.
    pub hold: bool,
}

type Alter = dyn Fn(&Asked, Answer) -> Answer + Send + Sync;

/// The registry. It ends with the test's process.
pub struct Crooked {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Answer {
    pub fn new(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.insert(name.to_owned(), value.to_string());
        self
    }

    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

impl Asked {
    pub fn is(&self, method: &str, part: &str) -> bool {
        self.method == method && self.path.contains(part)
    }
}

impl Crooked {
    /// In front of the registry at `behind`, on all addresses of this computer.
    pub fn start(
        behind: &str,
        alter: impl Fn(&Asked, Answer) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("0.0.0.0:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (behind, alter, log) = (behind.to_owned(), Arc::new(alter), Arc::clone(&asked));
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (behind, log) = (behind.clone(), Arc::clone(&log));
                let alter: Arc<Alter> = Arc::clone(&alter) as _;
                // A client that goes away is no failure of the test's.
                thread::spawn(move || serve(&connection, &behind, &*alter, &log));
            }
        });
        Self { port, asked }
    }

    /// With nothing behind it: it answers only what the test says.
    pub fn alone(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::start("127.0.0.1:1", move |asked, _| answer(asked))
    }

    /// `127.0.0.1:port`.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Everything that was asked for so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    connection: &TcpStream,
    behind: &str,
    alter: &Alter,
    log: &Mutex<Vec<Asked>>,
) -> Option<()> {
    let mut asked = receive(&mut BufReader::new(connection))?;
    {
        let mut log = log.lock().unwrap();
        let same = |other: &&Asked| other.method == asked.method && other.path == asked.path;
        asked.before = log.iter().filter(same).count();
        log.push(asked.clone());
    }
    let answer = alter(&asked, pass(&asked, behind).unwrap_or(Answer::new(502)));
    send(connection, &asked, &answer)
}

fn receive(input: &mut impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    input.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let mut asked = Asked {
        method: words.next()?.to_owned(),
        path: words.next()?.to_owned(),
        headers: headers(input)?,
        ..Asked::default()
    };
    let length = asked.headers.get("content-length");
    let length = length.and_then(|text| text.parse().ok()).unwrap_or(0);
    input.take(length).read_to_end(&mut asked.body).ok()?;
    Some(asked)
}

fn headers(input: &mut impl BufRead) -> Option<BTreeMap<String, String>> {
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Some(headers);
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
}

/// Asks the registry that behaves.
fn pass(asked: &Asked, behind: &str) -> Option<Answer> {
    let mut connection = TcpStream::connect(behind).ok()?;
    let mut head = Vec::new();
    write!(head, "{} {} HTTP/1.1\r\n", asked.method, asked.path).ok()?;
    for (name, value) in &asked.headers {
        if name != "connection" {
            write!(head, "{name}: {value}\r\n").ok()?;
        }
    }
    head.extend(b"connection: close\r\n\r\n");
    connection.write_all(&head).ok()?;
    connection.write_all(&asked.body).ok()?;
    let mut input = BufReader::new(connection);
    let mut line = String::new();
    input.read_line(&mut line).ok()?;
    let mut answer = Answer::new(line.split(' ').nth(1)?.parse().ok()?);
    answer.headers = headers(&mut input)?;
    if asked.method != "HEAD" {
        let length = answer.headers.remove("content-length");
        let length = length.and_then(|text| text.parse().ok()).unwrap_or(0);
        input.take(length).read_to_end(&mut answer.body).ok()?;
    }
    Some(answer)
}

fn send(mut connection: &TcpStream, asked: &Asked, answer: &Answer) -> Option<()> {
    let mut head = Vec::new();
    let status = answer.status;
    write!(head, "HTTP/1.1 {status} So\r\nconnection: close\r\n").ok()?;
    let endless = answer
        .headers
        .get("content-length")
        .is_some_and(String::is_empty);
    if !answer.headers.contains_key("content-length") {
        write!(head, "content-length: {}\r\n", answer.body.len()).ok()?;
    }
    for (name, value) in &answer.headers {
        if name != "connection" && !(name == "content-length" && endless) {
            write!(head, "{name}: {value}\r\n").ok()?;
        }
    }
    head.extend(b"\r\n");
    connection.write_all(&head).ok()?;
    if asked.method == "HEAD" {
        return Some(());
    }
    let Some(pause) = answer.pause else {
        connection.write_all(&answer.body).ok()?;
        if answer.hold {
            let _ = connection.read(&mut [0]);
        }
        return Some(());
    };
    for byte in &answer.body {
        connection.write_all(&[*byte]).ok()?;
        thread::sleep(pause);
    }
    Some(())
}
