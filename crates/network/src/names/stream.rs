//! Questions that come as a stream, with their length before each.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::directory::Directory;
use super::message;
use super::server::{PATIENCE, own_answer, resolvers};

/// How long one message may take, from its first wish to its last byte.
const WHOLE: Duration = Duration::from_secs(10);

/// Answers until whoever asks has enough, or takes too long.
pub fn serve(directory: &Directory, container: &str, stream: &TcpStream) -> io::Result<()> {
    loop {
        let query = read_message(Timed::new(stream, WHOLE))?;
        let Some(question) = message::question(&query) else {
            return Ok(());
        };
        let answer = match own_answer(directory, container, &query, &question) {
            Some(answer) => answer,
            None => resolvers(directory, container)
                .into_iter()
                .find_map(|other| ask(other, &query).ok())
                .unwrap_or_else(|| message::failure(&query, &question)),
        };
        write_message(Timed::new(stream, WHOLE), &answer)?;
    }
}

fn ask(other: IpAddr, query: &[u8]) -> io::Result<Vec<u8>> {
    let stream = TcpStream::connect_timeout(&SocketAddr::new(other, 53), PATIENCE)?;
    write_message(Timed::new(&stream, WHOLE), query)?;
    read_message(Timed::new(&stream, WHOLE))
}

fn read_message(mut stream: Timed<'_>) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message)?;
    Ok(message)
}

fn write_message(mut stream: Timed<'_>, message: &[u8]) -> io::Result<()> {
    let mut whole = (message.len() as u16).to_be_bytes().to_vec();
    whole.extend_from_slice(message);
    stream.write_all(&whole)
}

/// A stream while it has time: what comes byte by byte gets no more of it.
struct Timed<'a> {
    stream: &'a TcpStream,
    until: Instant,
}

impl<'a> Timed<'a> {
    fn new(stream: &'a TcpStream, time: Duration) -> Self {
        Self {
            stream,
            until: Instant::now() + time,
        }
    }

    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(Some(left))
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn a_message_that_trickles_in_runs_out_of_time() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut asking = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (stream, _) = listener.accept().unwrap();
        let trickle = thread::spawn(move || {
            // A message of 0xffff bytes, each of them in time.
            while asking.write_all(&[0xff]).is_ok() {
                thread::sleep(Duration::from_millis(5));
            }
        });
        let read = read_message(Timed::new(&stream, Duration::from_millis(100)));
        let late = [io::ErrorKind::TimedOut, io::ErrorKind::WouldBlock];
        assert!(late.contains(&read.unwrap_err().kind()));
        drop(stream);
        trickle.join().unwrap();
    }
}
