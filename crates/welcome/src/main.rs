//! The program inside `gantry/welcome`: a web server of one page.
//!
//! It exists so that Gantry does its main job with no network and no other file: there is a page
//! to look at, a log that grows by one line per request, and a stop that works at once. It is
//! static, needs nothing from its image and no dependency of ours.
//!
//! [`settings`] reads the command line, [`http`] speaks with one client, [`pages`] knows the files,
//! [`signals`] ends the process.

mod http;
mod pages;
mod settings;
mod signals;

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, TcpListener},
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use settings::{Settings, Wish};

/// How many clients are served at once; the others wait in the kernel's queue.
const WORKERS: usize = 16;

static REQUESTS: AtomicU64 = AtomicU64::new(0);

fn main() -> ExitCode {
    let settings = match Settings::read(std::env::args().skip(1), |key| std::env::var(key).ok()) {
        Ok(Wish::Serve(settings)) => settings,
        Ok(Wish::Help) => {
            print!("{}", settings::HELP);
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            eprintln!("welcome: {why}");
            return ExitCode::from(2);
        }
    };
    signals::exit_on_request();
    match serve(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("welcome: port {}: {error}", settings.port);
            ExitCode::FAILURE
        }
    }
}

fn serve(settings: Settings) -> io::Result<()> {
    let listener = listen(settings.port)?;
    println!(
        "welcome: listening on port {}",
        listener.local_addr()?.port()
    );
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            let worker = thread::Builder::new().stack_size(128 * 1024);
            worker.spawn_scoped(scope, || accept(&listener))?;
        }
        if let Some(pause) = settings.heartbeat {
            heartbeat(pause);
        }
        Ok(())
    })
}

/// Both address families where the kernel has IPv6, IPv4 alone otherwise.
fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv6Addr::UNSPECIFIED, port))
        .or_else(|_| TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)))
}

fn accept(listener: &TcpListener) {
    loop {
        match listener.accept() {
            Ok((stream, peer)) => {
                let peer = peer.ip().to_canonical();
                match http::answer(stream) {
                    Ok(line) => {
                        REQUESTS.fetch_add(1, Ordering::Relaxed);
                        println!("{peer} {line}");
                    }
                    Err(why) => eprintln!("{peer} {why}"),
                }
            }
            // Out of descriptors, or a client that left in the queue: neither ends the server.
            Err(error) => {
                eprintln!("welcome: {error}");
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

/// A line now and then, so that the log of a container without a network is not silent.
fn heartbeat(pause: Duration) {
    let start = Instant::now();
    loop {
        thread::sleep(pause);
        let requests = REQUESTS.load(Ordering::Relaxed);
        println!(
            "welcome: up {} s, {requests} requests served",
            start.elapsed().as_secs()
        );
    }
}
