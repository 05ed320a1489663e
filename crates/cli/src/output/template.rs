//! Go's templates, with the functions that Docker adds to them.

use anyhow::anyhow;
use gotmpl::{TemplateError, Value};
use serde_json::Value as Json;

/// A parsed template.
pub(crate) struct Template(gotmpl::Template);

impl Template {
    /// Reads a template.
    pub(crate) fn parse(source: &str) -> anyhow::Result<Self> {
        let template = gotmpl::Template::new("format")
            .missing_key(gotmpl::MissingKey::Error)
            .func("json", |args| Ok(json_text(only(args)?).into()))
            .func("join", join)
            .func("split", split)
            .func("lower", |args| Ok(text(only(args)?).to_lowercase().into()))
            .func("upper", |args| Ok(text(only(args)?).to_uppercase().into()))
            .func("title", |args| Ok(title(&text(only(args)?)).into()))
            .func("pad", pad)
            .func("truncate", truncate)
            .func("len", length);
        Self::finish(template, source)
    }

    /// Reads the template of a list, where `\t` and `\n` are what they are in Go's strings.
    pub(crate) fn of_list(text: &str) -> anyhow::Result<Self> {
        Self::parse(&unescaped(text))
    }

    /// The same for the line of headings, which no function changes but by letter case.
    pub(crate) fn of_headings(text: &str) -> anyhow::Result<Self> {
        let mut template = gotmpl::Template::new("format").missing_key(gotmpl::MissingKey::Error);
        for name in [
            "json", "join", "split", "truncate", "lower", "upper", "title", "pad",
        ] {
            template = template.func(name, |args| Ok(args.first().cloned().unwrap_or(Value::Nil)));
        }
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

fn unescaped(text: &str) -> String {
    text.replace("\\t", "\t").replace("\\n", "\n")
}

fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, Some(float)) => Value::Float(float),
            (None, None) => Value::Nil,
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

fn json_of(value: &Value) -> Json {
    match value {
        Value::Bool(value) => (*value).into(),
        Value::Int(number) => (*number).into(),
        Value::Uint(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) => text.as_ref().into(),
        Value::List(items) => items.iter().map(json_of).collect(),
        Value::Map(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(key, value)| (key.to_string(), json_of(value)));
            Json::Object(fields.collect())
        }
        _ => Json::Null,
    }
}

fn json_text(value: &Value) -> String {
    json_of(value).to_string()
}

/// What `{{.}}` would print.
fn text(value: &Value) -> String {
    value.to_string()
}

fn only(args: &[Value]) -> Result<&Value, TemplateError> {
    match args {
        [value] => Ok(value),
        _ => Err(wrong(format!(
            "wrong number of args: want 1 got {}",
            args.len()
        ))),
    }
}

fn wrong(why: String) -> TemplateError {
    TemplateError::Exec(why)
}

fn join(args: &[Value]) -> Result<Value, TemplateError> {
    match args {
        [Value::List(items), between] => {
            let items: Vec<String> = items.iter().map(text).collect();
            Ok(items.join(&text(between)).into())
        }
        [Value::Nil, _] => Ok("".into()),
        _ => Err(wrong("join wants a list and a text".to_owned())),
    }
}

fn split(args: &[Value]) -> Result<Value, TemplateError> {
    let [Value::String(whole), Value::String(between)] = args else {
        return Err(wrong("split wants two texts".to_owned()));
    };
    let parts = whole.split(between.as_ref()).map(Value::from);
    Ok(parts.collect::<Vec<_>>().into())
}

/// Each word with a capital.
fn title(text: &str) -> String {
    let mut before = ' ';
    let letters = text.chars().map(|letter| {
        let begins = !before.is_alphanumeric() && before != '_' && before != '\'';
        before = letter;
        if begins {
            letter.to_uppercase().to_string()
        } else {
            letter.to_string()
        }
    });
    letters.collect()
}

fn pad(args: &[Value]) -> Result<Value, TemplateError> {
    let [whole, before, behind] = args else {
        return Err(wrong("pad wants a text and two numbers".to_owned()));
    };
    let blanks = |count: &Value| {
        let count = count.as_int().and_then(|count| usize::try_from(count).ok());
        " ".repeat(count.unwrap_or_default().min(1000))
    };
    let whole = text(whole);
    if whole.is_empty() {
        return Ok("".into());
    }
    Ok(format!("{}{whole}{}", blanks(before), blanks(behind)).into())
}

fn truncate(args: &[Value]) -> Result<Value, TemplateError> {
    let [whole, length] = args else {
        return Err(wrong("truncate wants a text and a number".to_owned()));
    };
    let length = length
        .as_int()
        .and_then(|length| usize::try_from(length).ok());
    let whole = text(whole);
    let kept: String = whole.chars().take(length.unwrap_or_default()).collect();
    Ok(kept.into())
}

/// As Go's, for which a list that is not there has a length too.
fn length(args: &[Value]) -> Result<Value, TemplateError> {
    let value = only(args)?;
    let length = match value {
        Value::Nil => Some(0),
        value => value.len(),
    };
    length
        .and_then(|length| i64::try_from(length).ok())
        .map(Value::Int)
        .ok_or_else(|| wrong(format!("len of type {}", value.type_name())))
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
