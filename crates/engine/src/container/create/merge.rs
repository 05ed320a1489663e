//! What a container gets from its image where the request leaves it open, by Docker's rules.

use std::collections::{BTreeMap, BTreeSet};

use gantry_oci::{ImageConfig, RunConfig};
use gantry_wire::{ContainerConfig, HealthConfig};
use serde_json::Value;

use crate::{Error, Result};

/// Fills the request's gaps from the image.
pub(super) fn merge(config: &mut ContainerConfig, image: &ImageConfig) -> Result<()> {
    let image = &image.config;
    inherit(&mut config.user, &image.user);
    inherit(&mut config.working_dir, &image.working_dir);
    inherit(
        &mut config.stop_signal,
        image.stop_signal.as_deref().unwrap_or_default(),
    );
    merge_command(config, image)?;
    merge_env(&mut config.env, image.env.as_deref().unwrap_or_default());
    for (key, value) in image.labels.iter().flatten() {
        config
            .labels
            .entry(key.clone())
            .or_insert_with(|| value.clone());
    }
    add_keys(&mut config.exposed_ports, image.exposed_ports.as_ref());
    add_keys(&mut config.volumes, image.volumes.as_ref());
    if config.shell.is_empty() {
        config.shell = image.shell.clone().unwrap_or_default();
    }
    merge_health(config, image.healthcheck.as_ref());
    Ok(())
}

/// A command of the request replaces the image's; an entrypoint of the request also drops the
/// image's command. `[""]` clears the entrypoint.
fn merge_command(config: &mut ContainerConfig, image: &RunConfig) -> Result<()> {
    if config.entrypoint.is_empty() {
        if config.cmd.is_empty() {
            config.cmd = image.cmd.clone().unwrap_or_default();
        }
        config.entrypoint = image.entrypoint.clone().unwrap_or_default();
    }
    if config.entrypoint == [""] {
        config.entrypoint.clear();
    }
    if config.entrypoint.is_empty() && config.cmd.is_empty() {
        return Err(Error::Invalid("no command specified".to_owned()));
    }
    Ok(())
}

/// The program and its arguments.
pub(super) fn command_line(config: &ContainerConfig) -> (String, Vec<String>) {
    let mut words = config.entrypoint.iter().chain(&config.cmd).cloned();
    let path = words.next().unwrap_or_default();
    (path, words.collect())
}

/// Variables of the image that the request does not name come behind the request's own.
fn merge_env(env: &mut Vec<String>, image: &[String]) {
    let key = |variable: &str| variable.split('=').next().unwrap_or_default().to_owned();
    for variable in image {
        if !env.iter().any(|known| key(known) == key(variable)) {
            env.push(variable.clone());
        }
    }
}

fn merge_health(config: &mut ContainerConfig, image: Option<&Value>) {
    let Some(image) =
        image.and_then(|value| serde_json::from_value::<HealthConfig>(value.clone()).ok())
    else {
        return;
    };
    match &mut config.healthcheck {
        None => config.healthcheck = Some(image),
        Some(own) => {
            if own.test.is_empty() {
                own.test = image.test;
            }
            for (value, inherited) in [
                (&mut own.interval, image.interval),
                (&mut own.timeout, image.timeout),
                (&mut own.start_period, image.start_period),
                (&mut own.start_interval, image.start_interval),
                (&mut own.retries, image.retries),
            ] {
                if *value == 0 {
                    *value = inherited;
                }
            }
        }
    }
}

fn add_keys(set: &mut BTreeSet<String>, image: Option<&BTreeMap<String, Value>>) {
    set.extend(image.into_iter().flat_map(BTreeMap::keys).cloned());
}

fn inherit(value: &mut String, image: &str) {
    if value.is_empty() {
        image.clone_into(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(json: &str) -> ImageConfig {
        serde_json::from_str(&format!("{{\"config\":{json}}}")).unwrap()
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// Entrypoint and command of the request against those of one image.
    fn merged(entrypoint: &[&str], cmd: &[&str]) -> (Vec<String>, Vec<String>) {
        let image = image(r#"{"Entrypoint":["/e"],"Cmd":["a"]}"#);
        let mut config = ContainerConfig {
            entrypoint: words(entrypoint),
            cmd: words(cmd),
            ..ContainerConfig::default()
        };
        merge(&mut config, &image).unwrap();
        (config.entrypoint, config.cmd)
    }

    #[test]
    fn command_and_entrypoint_follow_docker() {
        assert_eq!(merged(&[], &[]), (words(&["/e"]), words(&["a"])));
        assert_eq!(merged(&[], &["b"]), (words(&["/e"]), words(&["b"])));
        assert_eq!(merged(&["/x"], &[]), (words(&["/x"]), words(&[])));
        assert_eq!(merged(&["/x"], &["b"]), (words(&["/x"]), words(&["b"])));
        assert_eq!(merged(&[""], &["b"]), (words(&[]), words(&["b"])));
    }

    #[test]
    fn nothing_to_run_is_refused() {
        let mut config = ContainerConfig::default();
        let error = merge(&mut config, &image("{}")).unwrap_err();
        assert_eq!(error.to_string(), "no command specified");
    }

    #[test]
    fn the_request_wins_and_the_image_fills_the_rest() {
        let image = image(
            r#"{"User":"app","WorkingDir":"/srv","StopSignal":"SIGQUIT","Cmd":["x"],
                "Env":["PATH=/bin","A=1"],"Labels":{"l":"image","m":"image"},
                "ExposedPorts":{"80/tcp":{}},"Volumes":{"/data":{}},
                "Healthcheck":{"Test":["CMD","t"],"Retries":3}}"#,
        );
        let mut config = ContainerConfig {
            env: words(&["A=2", "B=3"]),
            user: "root".into(),
            labels: BTreeMap::from([("l".into(), "request".into())]),
            healthcheck: Some(HealthConfig {
                retries: 5,
                ..HealthConfig::default()
            }),
            ..ContainerConfig::default()
        };
        merge(&mut config, &image).unwrap();
        assert_eq!(config.env, ["A=2", "B=3", "PATH=/bin"]);
        assert_eq!(
            (config.user.as_str(), config.working_dir.as_str()),
            ("root", "/srv")
        );
        assert_eq!(config.stop_signal, "SIGQUIT");
        assert_eq!(
            (config.labels["l"].as_str(), config.labels["m"].as_str()),
            ("request", "image")
        );
        assert!(config.exposed_ports.contains("80/tcp"));
        assert!(config.volumes.contains("/data"));
        let health = config.healthcheck.unwrap();
        assert_eq!((health.test.len(), health.retries), (2, 5));
    }
}
