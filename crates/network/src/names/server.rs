//! The thread that answers questions, and one for each question that comes as a stream.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::net::{RecvFlags, SendFlags, SocketFlags, accept_with, recvfrom, sendto};

use super::directory::{Directory, host_resolvers};
use super::message::{self, A, AAAA, PTR, Question};

/// How long one resolver may take before the next is asked.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a stream may stay open.
const STREAM_PATIENCE: Duration = Duration::from_secs(10);
/// Questions that wait for others' answers at most.
const MOST_PENDING: usize = 1024;
/// What marks the number of a question among those of sockets.
const PENDING: u64 = 1 << 63;

/// The sockets by number.
type Sockets = Mutex<HashMap<u64, Arc<Asked>>>;

#[derive(Debug)]
pub struct Server {
    poll: Arc<OwnedFd>,
    sockets: Arc<Sockets>,
    last: AtomicU64,
}

/// A socket at which a container asks.
#[derive(Debug)]
struct Asked {
    container: String,
    socket: OwnedFd,
    is_stream: bool,
}

/// Keeps a container's sockets; dropping it closes them.
#[derive(Debug)]
pub struct Served {
    numbers: [u64; 2],
    sockets: Arc<Sockets>,
}

impl Drop for Served {
    fn drop(&mut self) {
        let mut sockets = lock(&self.sockets);
        for number in self.numbers {
            sockets.remove(&number);
        }
    }
}

impl Server {
    pub fn start(directory: Arc<Directory>) -> io::Result<Self> {
        let poll = Arc::new(epoll::create(epoll::CreateFlags::CLOEXEC)?);
        let sockets = Arc::new(Sockets::default());
        let worker = Worker {
            poll: Arc::clone(&poll),
            sockets: Arc::clone(&sockets),
            directory,
            pending: HashMap::new(),
            last: 0,
        };
        thread::Builder::new()
            .name("names".to_owned())
            .spawn(move || worker.run())?;
        Ok(Self {
            poll,
            sockets,
            last: AtomicU64::new(0),
        })
    }

    /// Answers at a datagram socket and a listening one.
    pub fn add(&self, container: &str, sockets: [OwnedFd; 2]) -> io::Result<Served> {
        let mut numbers = [0; 2];
        for (index, socket) in sockets.into_iter().enumerate() {
            let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
            let asked = Arc::new(Asked {
                container: container.to_owned(),
                socket,
                is_stream: index == 1,
            });
            lock(&self.sockets).insert(number, Arc::clone(&asked));
            let data = EventData::new_u64(number);
            epoll::add(&*self.poll, &asked.socket, data, EventFlags::IN)?;
            numbers[index] = number;
        }
        Ok(Served {
            numbers,
            sockets: Arc::clone(&self.sockets),
        })
    }
}

/// A question that somebody else was asked.
struct Pending {
    asked: Arc<Asked>,
    from: SocketAddr,
    query: Vec<u8>,
    question: Question,
    socket: UdpSocket,
    /// Who is asked next.
    others: Vec<IpAddr>,
    deadline: Instant,
}

struct Worker {
    poll: Arc<OwnedFd>,
    sockets: Arc<Sockets>,
    directory: Arc<Directory>,
    pending: HashMap<u64, Pending>,
    last: u64,
}

impl Worker {
    fn run(mut self) {
        let mut events = Vec::with_capacity(64);
        loop {
            events.clear();
            let soon = Timespec {
                tv_sec: 0,
                tv_nsec: 250_000_000,
            };
            let timeout = (!self.pending.is_empty()).then_some(&soon);
            match epoll::wait(&*self.poll, spare_capacity(&mut events), timeout) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                // Only a descriptor that is none does this; there is no way on.
                Err(_) => return,
            }
            for event in &events {
                let number = event.data.u64();
                if number & PENDING != 0 {
                    self.pass_back(number);
                    continue;
                }
                let asked = lock(&self.sockets).get(&number).cloned();
                match asked {
                    Some(asked) if asked.is_stream => self.accept(&asked),
                    Some(asked) => self.answer(&asked),
                    None => {}
                }
            }
            self.ask_others();
        }
    }

    /// Reads questions from a datagram socket.
    fn answer(&mut self, asked: &Arc<Asked>) {
        let mut buffer = [0; 4096];
        for _ in 0..32 {
            let Ok((length, _, from)) = recvfrom(&asked.socket, &mut buffer, RecvFlags::DONTWAIT)
            else {
                return;
            };
            let query = &buffer[..length];
            let from = from.and_then(|from| SocketAddr::try_from(from).ok());
            let (Some(from), Some(question)) = (from, message::question(query)) else {
                continue;
            };
            if let Some(answer) = own_answer(&self.directory, &asked.container, query, &question) {
                tell(asked, from, &answer);
                continue;
            }
            let others = resolvers(&self.directory, &asked.container);
            if self.pending.len() >= MOST_PENDING {
                tell(asked, from, &message::failure(query, &question));
                continue;
            }
            self.ask_next(Arc::clone(asked), from, query.to_vec(), question, others);
        }
    }

    /// Asks the first of the others, from this thread's namespace, which is the host's.
    fn ask_next(
        &mut self,
        asked: Arc<Asked>,
        from: SocketAddr,
        query: Vec<u8>,
        question: Question,
        mut others: Vec<IpAddr>,
    ) {
        while !others.is_empty() {
            let other = others.remove(0);
            let Ok(socket) = ask(other, &query) else {
                continue;
            };
            self.last += 1;
            let number = self.last | PENDING;
            let data = EventData::new_u64(number);
            if epoll::add(&*self.poll, &socket, data, EventFlags::IN).is_err() {
                continue;
            }
            let deadline = Instant::now() + PATIENCE;
            let pending = Pending {
                asked,
                from,
                query,
                question,
                socket,
                others,
                deadline,
            };
            self.pending.insert(number, pending);
            return;
        }
        tell(&asked, from, &message::failure(&query, &question));
    }

    /// Passes an answer on.
    fn pass_back(&mut self, number: u64) {
        let Some(pending) = self.pending.remove(&number) else {
            return;
        };
        let mut answer = [0; 4096];
        match pending.socket.recv(&mut answer) {
            // The same number, so that nobody else's answer is believed.
            Ok(length) if length >= 2 && answer[..2] == pending.query[..2] => {
                tell(&pending.asked, pending.from, &answer[..length]);
            }
            _ => self.ask_again(pending),
        }
    }

    /// Asks others where somebody took too long.
    fn ask_others(&mut self) {
        let now = Instant::now();
        let late: Vec<_> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.deadline <= now)
            .map(|(number, _)| *number)
            .collect();
        for number in late {
            if let Some(pending) = self.pending.remove(&number) {
                self.ask_again(pending);
            }
        }
    }

    fn ask_again(&mut self, pending: Pending) {
        let Pending {
            asked,
            from,
            query,
            question,
            others,
            ..
        } = pending;
        self.ask_next(asked, from, query, question, others);
    }

    /// Answers a stream in a thread of its own: they are rare.
    fn accept(&self, asked: &Arc<Asked>) {
        let Ok(stream) = accept_with(&asked.socket, SocketFlags::CLOEXEC) else {
            return;
        };
        let (directory, container) = (Arc::clone(&self.directory), asked.container.clone());
        let served = thread::Builder::new().name("question".to_owned());
        let served = served.spawn(move || {
            // Whoever asked may have gone.
            let _ = serve_stream(&directory, &container, stream);
        });
        if let Err(error) = served {
            eprintln!("a question was not answered: {error}");
        }
    }
}

/// The answer from what we know; `None` where somebody else must be asked.
fn own_answer(
    directory: &Directory,
    container: &str,
    query: &[u8],
    question: &Question,
) -> Option<Vec<u8>> {
    match question.kind {
        PTR => {
            let address = message::reversed(&question.name)?;
            let found = directory.name(container, address)?;
            Some(message::name(query, question, &found))
        }
        A | AAAA => {
            let found = directory.addresses(container, &question.name)?;
            Some(message::addresses(query, question, &found))
        }
        // Of a name of ours there is nothing else.
        _ => {
            directory.addresses(container, &question.name)?;
            Some(message::addresses(query, question, &[]))
        }
    }
}

/// Who is asked about other names.
fn resolvers(directory: &Directory, container: &str) -> Vec<IpAddr> {
    match directory.upstream(container) {
        None => Vec::new(),
        Some(own) if own.is_empty() => host_resolvers(),
        Some(own) => own,
    }
}

fn ask(other: IpAddr, query: &[u8]) -> io::Result<UdpSocket> {
    let any = if other.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let socket = UdpSocket::bind(any)?;
    socket.set_nonblocking(true)?;
    socket.connect((other, 53))?;
    socket.send(query)?;
    Ok(socket)
}

fn tell(asked: &Asked, to: SocketAddr, answer: &[u8]) {
    // A datagram may be lost: then it is asked again.
    let _ = sendto(asked.socket.as_fd(), answer, SendFlags::DONTWAIT, &to);
}

/// Questions and answers with their length before each.
fn serve_stream(directory: &Directory, container: &str, stream: OwnedFd) -> io::Result<()> {
    let mut stream = TcpStream::from(stream);
    stream.set_read_timeout(Some(STREAM_PATIENCE))?;
    stream.set_write_timeout(Some(STREAM_PATIENCE))?;
    loop {
        let query = read_message(&mut stream)?;
        let Some(question) = message::question(&query) else {
            return Ok(());
        };
        let answer = match own_answer(directory, container, &query, &question) {
            Some(answer) => answer,
            None => resolvers(directory, container)
                .into_iter()
                .find_map(|other| ask_by_stream(other, &query).ok())
                .unwrap_or_else(|| message::failure(&query, &question)),
        };
        write_message(&mut stream, &answer)?;
    }
}

fn ask_by_stream(other: IpAddr, query: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&SocketAddr::new(other, 53), PATIENCE)?;
    stream.set_read_timeout(Some(STREAM_PATIENCE))?;
    write_message(&mut stream, query)?;
    read_message(&mut stream)
}

fn read_message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message)?;
    Ok(message)
}

fn write_message(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let mut whole = (message.len() as u16).to_be_bytes().to_vec();
    whole.extend_from_slice(message);
    stream.write_all(&whole)
}

fn lock(sockets: &Sockets) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<Asked>>> {
    // No code that could panic halfway through a change runs under the lock.
    sockets.lock().unwrap_or_else(PoisonError::into_inner)
}
