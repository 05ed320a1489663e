//! The names of Go's types, which templates may use beside the keys of the JSON.

use serde_json::Value;

use super::Template;

/// Keys that Go's types call otherwise.
const RENAMED: [(&str, &str); 2] = [("Id", "ID"), ("ApiVersion", "APIVersion")];

/// Keys that an engine leaves out of a part when they are empty, and Go's types have.
const LEFT_OUT: [(&str, &[&str]); 3] = [
    ("State", &["Health"]),
    (
        "Config",
        &[
            "ExposedPorts",
            "Healthcheck",
            "Shell",
            "StopSignal",
            "StopTimeout",
        ],
    ),
    (
        "HostConfig",
        &[
            "Annotations",
            "Init",
            "Mounts",
            "StorageOpt",
            "Sysctls",
            "Tmpfs",
        ],
    ),
];

/// Fills a template in with a document as it came, or else, as Docker does the other way round, with
/// what Go's types make of it.
pub(crate) fn render(template: &Template, document: &Value) -> anyhow::Result<String> {
    template.render(document).or_else(|error| {
        let mut typed = document.clone();
        add(&mut typed);
        template.render(&typed).map_err(|_| error)
    })
}

fn add(value: &mut Value) {
    let Some(fields) = value.as_object_mut() else {
        return;
    };
    for (key, name) in RENAMED {
        if let Some(value) = fields.get(key).cloned() {
            fields.entry(name).or_insert(value);
        }
    }
    for (part, keys) in LEFT_OUT {
        if let Some(part) = fields.get_mut(part).and_then(Value::as_object_mut) {
            for key in keys {
                part.entry(*key).or_insert(Value::Null);
            }
        }
    }
    fields.values_mut().for_each(add);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_kinds_of_names_are_known() {
        let document = json!({ "Id": "a", "State": {}, "Server": { "ApiVersion": "1.51" } });
        let render = |text: &str| render(&Template::parse(text).unwrap(), &document);
        assert_eq!(render("{{.ID}} {{.Id}}").unwrap(), "a a");
        assert_eq!(render("{{.Server.APIVersion}}").unwrap(), "1.51");
        assert_eq!(render("{{json .State.Health}}").unwrap(), "null");
        assert_eq!(render("{{json .State}}").unwrap(), "{}");
        let error = render("{{.State.Nonsense}}").unwrap_err().to_string();
        assert!(error.contains("Nonsense"), "{error}");
    }
}
