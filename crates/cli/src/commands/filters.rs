//! `--filter key=value`.

use anyhow::Context;
use gantry_client::Filters;

pub(crate) fn parse(options: &[String]) -> anyhow::Result<Filters> {
    let mut filters = Filters::new();
    for option in options {
        let (key, value) = option
            .split_once('=')
            .with_context(|| format!("invalid filter \"{option}\": give key=value"))?;
        filters
            .entry(key.trim().to_lowercase())
            .or_default()
            .push(value.trim().to_owned());
    }
    Ok(filters)
}
