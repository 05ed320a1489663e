//! Files of environment variables, read as Docker's command line reads `--env-file`.

use std::str::Utf8Error;

/// A line that says no variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct BadLine {
    /// Counted from 1.
    pub line: usize,
    pub fault: LineFault,
}

/// What is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    #[error("there is no name before the =")]
    NoName,
    #[error("the name \"{0}\" contains a blank")]
    Blank(String),
    #[error("it is not UTF-8 text")]
    NotText(#[source] Utf8Error),
}

/// The variables of a file, in its order. Lines that begin with `#` are comments; everything behind
/// the first `=` is the value, blanks and quotes included. A name alone takes what `ours` has under
/// it, and is left out where that has nothing.
pub fn read_env_file(
    file: &[u8],
    ours: impl Fn(&str) -> Option<String>,
) -> Result<Vec<(String, String)>, BadLine> {
    // Some editors begin a file with this mark.
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut variables = Vec::new();
    for (index, line) in file.split(|byte| *byte == b'\n').enumerate() {
        let told = |fault| BadLine {
            line: index + 1,
            fault,
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = str::from_utf8(line).map_err(|error| told(LineFault::NotText(error)))?;
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        variables.extend(read_variable(line, &ours).map_err(told)?);
    }
    Ok(variables)
}

fn read_variable(
    text: &str,
    ours: impl Fn(&str) -> Option<String>,
) -> Result<Option<(String, String)>, LineFault> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    if name.is_empty() {
        return Err(LineFault::NoName);
    }
    if name.contains([' ', '\t']) {
        return Err(LineFault::Blank(name.to_owned()));
    }
    let value = value.map(str::to_owned).or_else(|| ours(name));
    Ok(value.map(|value| (name.to_owned(), value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &[u8]) -> Result<Vec<String>, BadLine> {
        let ours = |name: &str| (name == "OURS").then(|| "here".to_owned());
        let read = read_env_file(file, ours)?.into_iter();
        Ok(read
            .map(|(name, value)| format!("{name}={value}"))
            .collect())
    }

    #[test]
    fn lines_are_read_as_docker_reads_them() {
        let file = b"\xef\xbb\xbf# comment\r\n\n  A=1\r\nB=x # no comment\nC=\"quoted\" \nOURS\nTHEIRS\nD=\nE=a=b";
        assert_eq!(
            read(file).unwrap(),
            [
                "A=1",
                "B=x # no comment",
                "C=\"quoted\" ",
                "OURS=here",
                "D=",
                "E=a=b"
            ]
        );
        assert_eq!(read(b"").unwrap(), [] as [&str; 0]);
    }

    #[test]
    fn a_line_that_says_no_variable_is_named() {
        for (file, line, said) in [
            (
                &b"A=1\n=2\n"[..],
                2,
                "line 2: there is no name before the =",
            ),
            (b"\n\nA B=1", 3, "line 3: the name \"A B\" contains a blank"),
            (
                b"export A=1",
                1,
                "line 1: the name \"export A\" contains a blank",
            ),
            (b"A=\xff", 1, "line 1: it is not UTF-8 text"),
        ] {
            let bad = read(file).unwrap_err();
            assert_eq!((bad.line, bad.to_string().as_str()), (line, said));
        }
    }
}
