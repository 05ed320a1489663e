//! Dockerfile instructions that a commit applies to the image's configuration.

use gantry_oci::RunConfig;
use serde_json::{Map, Value};

use super::health;
use crate::{Error, Result};

/// Applies `CMD ["x"]`, `ENV A=1` and the like.
pub(crate) fn apply(config: &mut RunConfig, change: &str) -> Result<()> {
    let change = change.trim();
    let (instruction, rest) = match change.split_once(char::is_whitespace) {
        Some((instruction, rest)) => (instruction.to_ascii_uppercase(), rest.trim()),
        None => (change.to_ascii_uppercase(), ""),
    };
    if rest.is_empty() && !matches!(instruction.as_str(), "CMD" | "ENTRYPOINT") {
        return Err(Error::Invalid(format!(
            "{instruction} requires at least one argument"
        )));
    }
    match instruction.as_str() {
        "CMD" => config.cmd = Some(command(rest, config.shell.as_deref())),
        "ENTRYPOINT" => config.entrypoint = Some(command(rest, config.shell.as_deref())),
        "ENV" => {
            for (key, value) in pairs(rest)? {
                let env = config.env.get_or_insert_default();
                env.retain(|known| known.split('=').next() != Some(key.as_str()));
                env.push(format!("{key}={value}"));
            }
        }
        "LABEL" => config.labels.get_or_insert_default().extend(pairs(rest)?),
        "EXPOSE" => {
            for port in words(rest)? {
                let port = if port.contains('/') {
                    port
                } else {
                    format!("{port}/tcp")
                };
                config
                    .exposed_ports
                    .get_or_insert_default()
                    .insert(port, empty());
            }
        }
        "VOLUME" => {
            let list = serde_json::from_str::<Vec<String>>(rest);
            for path in list.map_or_else(|_| words(rest), Ok)? {
                config.volumes.get_or_insert_default().insert(path, empty());
            }
        }
        "USER" => rest.clone_into(&mut config.user),
        "WORKDIR" => {
            config.working_dir = if rest.starts_with('/') {
                rest.to_owned()
            } else {
                format!("{}/{rest}", config.working_dir.trim_end_matches('/'))
            };
        }
        "STOPSIGNAL" => {
            super::signal::parse(rest)?;
            config.stop_signal = Some(rest.to_owned());
        }
        "ONBUILD" => config
            .on_build
            .get_or_insert_default()
            .push(rest.to_owned()),
        "HEALTHCHECK" => {
            let check = health::instruction(rest, |text| command(text, config.shell.as_deref()))?;
            config.healthcheck = serde_json::to_value(check).ok();
        }
        other => {
            return Err(Error::Invalid(format!(
                "{other} is not a valid change command"
            )));
        }
    }
    Ok(())
}

/// `["a", "b"]` as it is, anything else through the shell.
fn command(text: &str, shell: Option<&[String]>) -> Vec<String> {
    if let Ok(list) = serde_json::from_str(text) {
        return list;
    }
    let mut command = match shell {
        Some(shell) if !shell.is_empty() => shell.to_vec(),
        _ => vec!["/bin/sh".to_owned(), "-c".to_owned()],
    };
    command.push(text.to_owned());
    command
}

/// `A=1 B="two words"`, or the old `A some words`.
fn pairs(text: &str) -> Result<Vec<(String, String)>> {
    let list = words(text)?;
    if let Some(first) = list.first()
        && !first.contains('=')
    {
        let value = text[first.len()..].trim();
        if value.is_empty() {
            return Err(Error::Invalid(format!("{first} must have two arguments")));
        }
        return Ok(vec![(first.clone(), value.to_owned())]);
    }
    list.into_iter()
        .map(|word| match word.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
            _ => Err(Error::Invalid(format!(
                "can't find = in {word:?}. Must be of the form: name=value"
            ))),
        })
        .collect()
}

fn words(text: &str) -> Result<Vec<String>> {
    shell_words::split(text).map_err(|error| Error::Invalid(format!("{error}: {text}")))
}

fn empty() -> Value {
    Value::Object(Map::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(changes: &[&str]) -> RunConfig {
        let mut config = RunConfig::default();
        for change in changes {
            apply(&mut config, change).unwrap();
        }
        config
    }

    #[test]
    fn every_instruction_is_understood() {
        let config = applied(&[
            "CMD [\"ls\", \"-l\"]",
            "ENTRYPOINT echo hi",
            "ENV A=1 B=\"two words\"",
            "env A 2 3",
            "EXPOSE 80 53/udp",
            "LABEL x=y",
            "USER app:app",
            "WORKDIR /srv",
            "WORKDIR sub",
            "VOLUME [\"/data\"]",
            "VOLUME /more",
            "STOPSIGNAL SIGQUIT",
        ]);
        assert_eq!(config.cmd.unwrap(), ["ls", "-l"]);
        assert_eq!(config.entrypoint.unwrap(), ["/bin/sh", "-c", "echo hi"]);
        assert_eq!(config.env.unwrap(), ["B=two words", "A=2 3"]);
        assert_eq!(config.exposed_ports.unwrap().len(), 2);
        assert_eq!(config.working_dir, "/srv/sub");
        assert_eq!(config.volumes.unwrap().len(), 2);
        assert_eq!(
            (config.user.as_str(), config.stop_signal.as_deref()),
            ("app:app", Some("SIGQUIT"))
        );
    }

    #[test]
    fn nonsense_is_refused() {
        for change in [
            "RUN ls",
            "ENV",
            "ENV =x",
            "STOPSIGNAL nope",
            "ENV A=\"open",
            "",
        ] {
            assert!(
                apply(&mut RunConfig::default(), change).is_err(),
                "{change}"
            );
        }
    }
}
