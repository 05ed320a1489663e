//! Running a program with a deadline, and looking at what it said.

use std::{
    fmt,
    io::{Read, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use crate::wait_for;

/// A program that ended.
pub struct Finished {
    command: String,
    /// Exit code, or 128 + the signal that ended it.
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            command,
            code,
            out,
            err,
        } = self;
        write!(
            f,
            "{command}\n  code {code}\n  stdout {out:?}\n  stderr {err:?}"
        )
    }
}

impl Finished {
    /// The standard output, without its last line feed; anything but code 0 fails the test.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out.trim_end_matches('\n').to_owned()
    }

    /// The standard error of a program that must end with `code`.
    #[track_caller]
    pub fn fails_with(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self:?}");
        self.err
    }
}

/// A program that still runs; killed when dropped.
pub struct Running {
    command: String,
    child: Child,
    out: Stream,
    err: Stream,
}

struct Stream {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Stream {
    fn new(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&bytes);
        let reader = thread::spawn(move || {
            let mut chunk = [0; 16 * 1024];
            while let Ok(count @ 1..) = pipe.read(&mut chunk) {
                into.lock().unwrap().extend_from_slice(&chunk[..count]);
            }
        });
        Self { bytes, reader }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }
}

impl Running {
    /// Starts `command` with pipes on all three streams.
    pub fn start(command: &mut Command) -> Self {
        let name = words(command);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let out = Stream::new(child.stdout.take().unwrap());
        let err = Stream::new(child.stderr.take().unwrap());
        Self {
            command: name,
            child,
            out,
            err,
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The standard output so far.
    pub fn out(&self) -> String {
        self.out.text()
    }

    /// The standard error so far.
    pub fn err(&self) -> String {
        self.err.text()
    }

    /// Takes the standard input; dropping it is its end.
    pub fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().unwrap()
    }

    pub fn write(&mut self, text: &str) {
        self.child
            .stdin
            .as_mut()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    }

    pub fn kill(&mut self) {
        let _ = self.child.kill();
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits until the standard output holds `text`.
    #[track_caller]
    pub fn says(&self, text: &str) {
        let seen = || self.out().contains(text).then_some(());
        wait_for(&format!("{text:?} from {}", self.command), seen);
    }

    /// Closes the standard input and waits for the end.
    #[track_caller]
    pub fn finish(mut self) -> Finished {
        use std::os::unix::process::ExitStatusExt;
        drop(self.child.stdin.take());
        let status = wait_for(&self.command, || self.child.try_wait().unwrap());
        wait_for("the end of its output", || {
            (self.out.reader.is_finished() && self.err.reader.is_finished()).then_some(())
        });
        Finished {
            command: self.command.clone(),
            code: status
                .code()
                .unwrap_or_else(|| 128 + status.signal().unwrap_or(0)),
            out: self.out.text(),
            err: self.err.text(),
        }
    }
}

/// A command without its environment, for messages.
fn words(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
