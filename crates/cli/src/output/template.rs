//! Templates: the part of Go's that people use. `{{.Name}}`, `{{.State.Pid}}`, `{{json .}}`.

use anyhow::{Context, bail};
use serde_json::Value;

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The keys of a field; none is the whole value.
    Field {
        keys: Vec<String>,
        json: bool,
    },
}

impl Template {
    /// Reads a template; `\t` and `\n` mean what they mean in Go.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let text = text.replace("\\t", "\t").replace("\\n", "\n");
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("{{") {
            let (action, behind) = after
                .split_once("}}")
                .context("template parsing error: unclosed action")?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(field(action.trim())?);
            rest = behind;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// Fills it in.
    pub(crate) fn render(&self, value: &Value) -> anyhow::Result<String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Field { keys, json } => {
                    let found = find(value, keys)?;
                    match found {
                        Value::String(text) if !json => out.push_str(text),
                        Value::Null if !json => out.push_str("<no value>"),
                        other => out.push_str(&other.to_string()),
                    }
                }
            }
        }
        Ok(out)
    }

    /// The first key of each field, in order: the columns of a table.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field { keys, .. } => keys.first().map(String::as_str),
            Part::Text(_) => None,
        })
    }
}

fn field(action: &str) -> anyhow::Result<Part> {
    let (json, path) = match action.strip_prefix("json ") {
        Some(path) => (true, path.trim()),
        None => (false, action),
    };
    let Some(path) = path.strip_prefix('.') else {
        bail!("template parsing error: \"{action}\" is not supported");
    };
    if path.contains(char::is_whitespace) {
        bail!("template parsing error: \"{action}\" is not supported");
    }
    let keys = path
        .split('.')
        .filter(|key| !key.is_empty())
        .map(str::to_owned)
        .collect();
    Ok(Part::Field { keys, json })
}

fn find<'a>(value: &'a Value, keys: &[String]) -> anyhow::Result<&'a Value> {
    keys.iter().try_fold(value, |value, key| {
        value
            .get(key)
            .with_context(|| format!("template: no field \"{key}\""))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn render(template: &str) -> anyhow::Result<String> {
        let value = json!({ "Name": "web", "State": { "Pid": 7 }, "Args": ["a"] });
        Template::parse(template)?.render(&value)
    }

    #[test]
    fn fields_are_filled_in() {
        assert_eq!(render("{{.Name}}: {{ .State.Pid }}").unwrap(), "web: 7");
        assert_eq!(
            render("{{json .Args}}\\t{{json .Name}}").unwrap(),
            "[\"a\"]\t\"web\""
        );
        assert!(render("{{json .}}").unwrap().contains("\"Name\":\"web\""));
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        for template in ["{{.Nam}}", "{{.Name", "{{if .Name}}", "{{range .Args}}"] {
            assert!(render(template).is_err(), "{template}");
        }
    }
}
