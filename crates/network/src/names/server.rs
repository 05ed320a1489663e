//! The thread that answers questions, and one for each question that comes as a stream.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use gantry_packet::complain;
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::net::{RecvFlags, SendFlags, SocketFlags, accept_with, recvfrom, sendto};

use super::directory::{Directory, host_resolvers};
use super::message::{self, A, AAAA, PTR, Question};
use super::shares::{Share, Shares};
use super::stream;
use crate::sys::wait_for_descriptors;

/// How long one resolver may take before the next is asked.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// Questions that wait for others' answers at most, of one container and of all.
const MOST_PENDING: (usize, usize) = (64, 1024);
/// Streams that are open at most, each with a thread.
const MOST_STREAMS: (usize, usize) = (16, 256);
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
            questions: Shares::new(MOST_PENDING.0, MOST_PENDING.1),
            streams: Shares::new(MOST_STREAMS.0, MOST_STREAMS.1),
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
    share: Share,
}

struct Worker {
    poll: Arc<OwnedFd>,
    sockets: Arc<Sockets>,
    directory: Arc<Directory>,
    pending: HashMap<u64, Pending>,
    questions: Arc<Shares>,
    streams: Arc<Shares>,
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
            let Some(share) = self.questions.take(&asked.container) else {
                tell(asked, from, &message::failure(query, &question));
                continue;
            };
            let others = resolvers(&self.directory, &asked.container);
            let query = query.to_vec();
            self.ask_next(Arc::clone(asked), from, query, question, others, share);
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
        share: Share,
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
                share,
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
            share,
            ..
        } = pending;
        self.ask_next(asked, from, query, question, others, share);
    }

    /// Answers a stream in a thread of its own: they are rare.
    fn accept(&self, asked: &Arc<Asked>) {
        let stream = match accept_with(&asked.socket, SocketFlags::CLOEXEC) {
            Ok(stream) => TcpStream::from(stream),
            Err(errno) => return wait_for_descriptors(errno),
        };
        // Whoever has enough of them is hung up on.
        let Some(share) = self.streams.take(&asked.container) else {
            return;
        };
        let (directory, container) = (Arc::clone(&self.directory), asked.container.clone());
        let served = thread::Builder::new().name("question".to_owned());
        let served = served.spawn(move || {
            // Whoever asked may have gone.
            let _ = stream::serve(&directory, &container, &stream);
            drop(share);
        });
        if let Err(error) = served {
            complain("a question was not answered", error);
        }
    }
}

/// The answer from what we know; `None` where somebody else must be asked.
pub fn own_answer(
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
pub fn resolvers(directory: &Directory, container: &str) -> Vec<IpAddr> {
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

fn lock(sockets: &Sockets) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<Asked>>> {
    // No code that could panic halfway through a change runs under the lock.
    sockets.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// A question about `example.`, which nobody answers: its container is not known.
    const QUESTION: &[u8] = b"\0\x19\x12\x34\0\0\0\x01\0\0\0\0\0\0\x07example\0\0\x01\0\x01";

    fn is_answered(mut stream: &TcpStream) -> bool {
        let mut length = [0; 2];
        let asked = stream.write_all(QUESTION);
        asked.and_then(|()| stream.read_exact(&mut length)).is_ok()
    }

    #[test]
    fn a_container_has_its_part_of_the_streams_and_others_have_theirs() {
        let server = Server::start(Arc::default()).unwrap();
        let listen = |container: &str| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            let address = listener.local_addr().unwrap();
            let datagrams = UdpSocket::bind("127.0.0.1:0").unwrap();
            let sockets = [datagrams.into(), listener.into()];
            (address, server.add(container, sockets).unwrap())
        };
        let ((greedy, _kept), (modest, _also)) = (listen("greedy"), listen("modest"));
        let open = |address| TcpStream::connect(address).unwrap();
        let mut streams: Vec<_> = (0..MOST_STREAMS.0).map(|_| open(greedy)).collect();
        assert!(streams.iter().all(is_answered));
        assert!(!is_answered(&open(greedy)));
        assert!(is_answered(&open(modest)));
        // The thread of the one that goes ends some time later.
        streams.pop();
        while !is_answered(&open(greedy)) {
            thread::yield_now();
        }
    }
}
