//! Go's templates, with the functions that Docker adds to them.

use anyhow::anyhow;
use gotmpl::{MissingKey, Value};
use serde_json::Value as Json;

use super::functions;

/// A parsed template.
pub(crate) struct Template(gotmpl::Template);

impl Template {
    /// Reads a template.
    pub(crate) fn parse(source: &str) -> anyhow::Result<Self> {
        let mut template = gotmpl::Template::new("format").missing_key(MissingKey::Error);
        for (name, function) in functions::ALL {
            template = template.func(name, function);
        }
        Self::finish(template, source)
    }

    /// Reads the template of a list, where `\t` and `\n` are what they are in Go's strings.
    pub(crate) fn of_list(text: &str) -> anyhow::Result<Self> {
        Self::parse(&unescaped(text))
    }

    /// The same for the line of headings, which functions leave as they are.
    pub(crate) fn of_headings(text: &str) -> anyhow::Result<Self> {
        let mut template = gotmpl::Template::new("format").missing_key(MissingKey::Error);
        for (name, _) in functions::ALL {
            template = template.func(name, |args| Ok(args.first().cloned().unwrap_or(Value::Nil)));
        }
        let template = template.func(functions::LABEL, |args| Ok(functions::label_heading(args)));
        Self::finish(template, &unescaped(text))
    }

    fn finish(template: gotmpl::Template, text: &str) -> anyhow::Result<Self> {
        let parsed = template.parse(text);
        parsed
            .map(Self)
            .map_err(|error| anyhow!("template parsing error: {error}"))
    }

    /// Fills it in.
    pub(crate) fn render(&self, value: &Json) -> anyhow::Result<String> {
        self.0
            .execute_to_string(&value_of(value))
            .map_err(|error| anyhow!("template: {error}"))
    }
}

/// Rows have one method, `{{.Label "key"}}`: it becomes a function of the row.
fn unescaped(text: &str) -> String {
    let text = text.replace("\\t", "\t").replace("\\n", "\n");
    text.replace(".Label \"", &format!("{} $ \"", functions::LABEL))
}

fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, Some(large)) => Value::Uint(large),
            (None, None) => number.as_f64().map_or(Value::Nil, Value::Float),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => items.iter().map(value_of).collect::<Vec<_>>().into(),
        Json::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(key, value)| (key.as_str().into(), value_of(value)));
            Value::Map(std::sync::Arc::new(fields.collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn render(template: &str) -> anyhow::Result<String> {
        let value = json!({
            "Name": "web", "State": { "Pid": 7, "Running": true, "Health": null },
            "Args": ["a", "b"], "Labels": { "com.example": "yes" }, "None": null,
        });
        Template::parse(template)?.render(&value)
    }

    #[test]
    fn fields_are_filled_in() {
        assert_eq!(render("{{.Name}}: {{ .State.Pid }}").unwrap(), "web: 7");
        assert_eq!(
            render("{{json .Args}} {{json .Name}}").unwrap(),
            "[\"a\",\"b\"] \"web\""
        );
        assert!(render("{{json .}}").unwrap().contains("\"Name\":\"web\""));
        assert_eq!(render("{{json .None}}").unwrap(), "null");
        assert_eq!(
            render("{{.Args}} {{.Labels}}").unwrap(),
            "[a b] map[com.example:yes]"
        );
    }

    #[test]
    fn flow_and_functions_are_gos() {
        for (template, wanted) in [
            ("{{range .Args}}<{{.}}>{{end}}", "<a><b>"),
            ("{{range $i, $a := .Args}}{{$i}}={{$a}} {{end}}", "0=a 1=b "),
            ("{{range .None}}x{{else}}none{{end}}", "none"),
            ("{{if .State.Running}}up{{else}}down{{end}}", "up"),
            ("{{if eq .Name \"web\"}}it{{end}}", "it"),
            ("{{with .State}}{{.Pid}}{{end}}", "7"),
            (
                "{{index .Args 1}} {{index .Labels \"com.example\"}}",
                "b yes",
            ),
            (
                "{{join .Args \", \"}} {{len .Args}} {{len .None}}",
                "a, b 2 0",
            ),
            (
                "{{upper .Name}} {{title .Name}} {{.Name | upper | lower}}",
                "WEB Web web",
            ),
            ("{{truncate .Name 2}}|{{pad .Name 1 2}}|", "we| web  |"),
            ("{{index (split \"a:b\" \":\") 1}}", "b"),
            ("{{printf \"%s-%d\" .Name .State.Pid}}", "web-7"),
            ("{{println .Name}}", "web\n"),
        ] {
            assert_eq!(render(template).unwrap(), wanted, "{template}");
        }
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        for template in ["{{.Nam}}", "{{.Name", "{{nonsense .Name}}", "{{.State.X}}"] {
            assert!(render(template).is_err(), "{template}");
        }
    }
}
