//! Environment variables from a file.

use std::{env, io};

use gantry_client::{BadLine, LineFault, read_env_file as read};
use gantry_view::{EnvFile, Failure, ReadEnvFile};
use tokio::io::AsyncReadExt;

use crate::{Desk, file, path};

/// More than this is no file of variables; the kernel takes two MiB of them at most.
const MOST: u64 = 4 << 20;

pub(crate) async fn read_env_file(
    _: &Desk,
    request: ReadEnvFile,
) -> Result<Vec<(String, String)>, Failure> {
    let content = match request.file {
        EnvFile::Content(content) => content,
        EnvFile::Path(typed) => {
            let path = path::absolute(&typed)?;
            content(&path).await.map_err(|error| Failure {
                what: format!("{} was not read", path.display()),
                why: file::reason(&error),
                next: "Check that it is a file of variables and that you may read it.".to_owned(),
                ..Failure::new(
                    "env-file-unreadable",
                    format!("{}: {error}", path.display()),
                )
                .with("path", path.display())
            })?
        }
    };
    read(&content, |name| env::var(name).ok()).map_err(|bad| invalid(&bad))
}

async fn content(path: &std::path::Path) -> io::Result<Vec<u8>> {
    let file = tokio::fs::File::open(path).await?;
    let mut content = Vec::new();
    file.take(MOST + 1).read_to_end(&mut content).await?;
    if content.len() as u64 > MOST {
        return Err(io::Error::other("it is larger than 4 MiB"));
    }
    Ok(content)
}

fn invalid(bad: &BadLine) -> Failure {
    let (fault, name) = match &bad.fault {
        LineFault::NoName => ("no-name", ""),
        LineFault::Blank(name) => ("blank", name.as_str()),
        LineFault::NotText(_) => ("not-text", ""),
    };
    Failure {
        what: "No variable was added".to_owned(),
        why: format!("Line {} of the file: {}", bad.line, bad.fault),
        next: "Write it as NAME=value, or begin it with # to leave it out.".to_owned(),
        ..Failure::new("env-file-invalid", bad.to_string())
            .with("line", bad.line)
            .with("fault", fault)
            .with("name", name)
    }
}
