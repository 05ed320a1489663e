//! What the command line and the environment ask for.

use std::time::Duration;

pub const HELP: &str = "\
Serves a small page and writes a line per request to its standard output.

Usage: welcome [--help]

Environment:
  PORT       the port to listen on [8080]; 0 takes a free one
  HEARTBEAT  seconds between two signs of life in the log [10]; 0 for none

SIGTERM and SIGINT end it at once with exit code 0.
";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub port: u16,
    pub heartbeat: Option<Duration>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    Serve(Settings),
    Help,
}

impl Settings {
    pub fn read(
        mut arguments: impl Iterator<Item = String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Wish, String> {
        match arguments.next().as_deref() {
            None => {}
            Some("-h" | "--help") => return Ok(Wish::Help),
            Some(other) => return Err(format!("unknown argument {other:?}; --help tells more")),
        }
        let port = number(&environment, "PORT", 8080)?;
        let pause: u32 = number(&environment, "HEARTBEAT", 10)?;
        let heartbeat = (pause > 0).then(|| Duration::from_secs(pause.into()));
        Ok(Wish::Serve(Self { port, heartbeat }))
    }
}

fn number<T: std::str::FromStr>(
    environment: impl Fn(&str) -> Option<String>,
    key: &str,
    default: T,
) -> Result<T, String> {
    match environment(key) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .map_err(|_| format!("{key}={text} is not a number it can use")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Wish, String> {
        let find = |key: &str| {
            environment
                .iter()
                .find(|(name, _)| *name == key)
                .map(|(_, value)| (*value).to_owned())
        };
        Settings::read(arguments.iter().map(|a| (*a).to_owned()), find)
    }

    #[test]
    fn defaults_are_port_8080_and_a_line_every_ten_seconds() {
        let heartbeat = Some(Duration::from_secs(10));
        assert_eq!(
            read(&[], &[]),
            Ok(Wish::Serve(Settings {
                port: 8080,
                heartbeat
            }))
        );
    }

    #[test]
    fn the_environment_chooses() {
        let wish = read(&[], &[("PORT", "80"), ("HEARTBEAT", "0")]);
        assert_eq!(
            wish,
            Ok(Wish::Serve(Settings {
                port: 80,
                heartbeat: None
            }))
        );
    }

    #[test]
    fn what_it_does_not_understand_is_an_error() {
        assert!(read(&[], &[("PORT", "70000")]).is_err());
        assert!(read(&["--port"], &[]).is_err());
        assert_eq!(read(&["--help"], &[]), Ok(Wish::Help));
    }
}
