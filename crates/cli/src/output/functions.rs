//! The functions that Docker adds to Go's templates.

use gotmpl::{TemplateError, Value};
use serde_json::Value as Json;

type Outcome = Result<Value, TemplateError>;
type Function = fn(&[Value]) -> Outcome;

/// The function that a row's method `Label` becomes.
pub(super) const LABEL: &str = "label";

/// All of them by name.
pub(super) const ALL: [(&str, Function); 10] = [
    ("json", json),
    ("join", join),
    ("split", split),
    ("lower", lower),
    ("upper", upper),
    ("title", title),
    ("pad", pad),
    ("truncate", truncate),
    ("len", length),
    (LABEL, label),
];

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

fn json(args: &[Value]) -> Outcome {
    Ok(json_of(only(args)?).to_string().into())
}

fn lower(args: &[Value]) -> Outcome {
    Ok(text(only(args)?).to_lowercase().into())
}

fn upper(args: &[Value]) -> Outcome {
    Ok(text(only(args)?).to_uppercase().into())
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

fn join(args: &[Value]) -> Outcome {
    match args {
        [Value::List(items), between] => {
            let items: Vec<String> = items.iter().map(text).collect();
            Ok(items.join(&text(between)).into())
        }
        [Value::Nil, _] => Ok("".into()),
        _ => Err(wrong("join wants a list and a text".to_owned())),
    }
}

fn split(args: &[Value]) -> Outcome {
    let [Value::String(whole), Value::String(between)] = args else {
        return Err(wrong("split wants two texts".to_owned()));
    };
    let parts = whole.split(between.as_ref()).map(Value::from);
    Ok(parts.collect::<Vec<_>>().into())
}

/// Each word with a capital.
fn title(args: &[Value]) -> Outcome {
    let mut before = ' ';
    let whole = text(only(args)?);
    let letters = whole.chars().map(|letter| {
        let begins = !before.is_alphanumeric() && before != '_' && before != '\'';
        before = letter;
        if begins {
            letter.to_uppercase().to_string()
        } else {
            letter.to_string()
        }
    });
    Ok(letters.collect::<String>().into())
}

fn pad(args: &[Value]) -> Outcome {
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

fn truncate(args: &[Value]) -> Outcome {
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
fn length(args: &[Value]) -> Outcome {
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

/// The value of a row's label.
fn label(args: &[Value]) -> Outcome {
    let [row, Value::String(wanted)] = args else {
        return Err(wrong("Label wants a key".to_owned()));
    };
    let labels = row.field("Labels").map(text).unwrap_or_default();
    let mut pairs = labels.split(',').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(key, _)| *key == wanted.as_ref());
    Ok(found.map_or("", |(_, value)| value).into())
}

/// What stands above the values of a label: the last part of its key.
pub(super) fn label_heading(args: &[Value]) -> Value {
    let key = args.get(1).map(text).unwrap_or_default();
    let last = key.rsplit('.').next().unwrap_or_default();
    last.replace(['-', '_'], " ").into()
}
