//! Query strings, read as Docker's server reads them.

use gantry_engine::Filters;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// The parameters of one request.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        Self {
            pairs: form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        }
    }

    /// The first value of a parameter, if it is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.first(name).filter(|value| !value.is_empty())
    }

    /// Every value of a parameter that may be repeated.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    fn first(&self, name: &str) -> Option<&str> {
        let (_, value) = self.pairs.iter().find(|(key, _)| key == name)?;
        Some(value)
    }

    /// Docker's booleans: anything but nothing, `0`, `no`, `false` and `none` is true.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.flag_or(name, false)
    }

    /// The same, with a value for an absent parameter.
    pub(crate) fn flag_or(&self, name: &str, absent: bool) -> bool {
        match self.first(name) {
            None => absent,
            Some(value) => !matches!(
                value.trim().to_ascii_lowercase().as_str(),
                "" | "0" | "no" | "false" | "none"
            ),
        }
    }

    /// A number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Error> {
        self.get(name)
            .map(|value| {
                value.parse().map_err(|_| {
                    Error::BadRequest(format!("invalid value for {name}: \"{value}\""))
                })
            })
            .transpose()
    }

    /// One of the words of a wire type; its default when there is none.
    pub(crate) fn word<T: Default + DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        let Some(value) = self.get(name) else {
            return Ok(T::default());
        };
        serde_json::from_value(value.into())
            .map_err(|_| Error::BadRequest(format!("invalid value for {name}: \"{value}\"")))
    }

    /// A time, in nanoseconds since 1970: `seconds`, `seconds.fraction` or RFC 3339. Zero and
    /// nothing mean no bound.
    pub(crate) fn time(&self, name: &str) -> Result<Option<i64>, Error> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let time = unix_time(value)
            .or_else(|| {
                value
                    .parse::<Timestamp>()
                    .ok()?
                    .as_nanosecond()
                    .try_into()
                    .ok()
            })
            .ok_or_else(|| Error::BadRequest(format!("invalid value for {name}: \"{value}\"")))?;
        Ok((time != 0).then_some(time))
    }

    /// Docker's filters.
    pub(crate) fn filters(&self) -> Result<Filters, Error> {
        Ok(Filters::parse(self.get("filters").unwrap_or_default())?)
    }
}

fn unix_time(value: &str) -> Option<i64> {
    let (seconds, fraction) = value.split_once('.').unwrap_or((value, ""));
    let seconds: i64 = seconds.parse().ok()?;
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanoseconds: i64 = format!("{fraction:0<9}").parse().ok()?;
    seconds.checked_mul(1_000_000_000)?.checked_add(nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_read_as_docker_reads_them() {
        let query = Query::parse("a=1&b=0&c=&d=False&e=yes&f=none&g");
        assert!(query.flag("a") && query.flag("e"));
        assert!(!query.flag("b") && !query.flag("c") && !query.flag("d"));
        assert!(!query.flag("f") && !query.flag("g") && !query.flag("absent"));
        assert!(query.flag_or("absent", true) && !query.flag_or("b", true));
    }

    #[test]
    fn times_are_unix_seconds_with_a_fraction_or_rfc_3339() {
        let query = Query::parse("a=1.5&b=0&c=1970-01-01T00:00:02Z&d=soon&e=-1&f=3.123456789");
        assert_eq!(query.time("a").unwrap(), Some(1_500_000_000));
        assert_eq!(query.time("b").unwrap(), None);
        assert_eq!(query.time("c").unwrap(), Some(2_000_000_000));
        assert!(query.time("d").is_err());
        assert_eq!(query.time("e").unwrap(), Some(-1_000_000_000));
        assert_eq!(query.time("f").unwrap(), Some(3_123_456_789));
        assert_eq!(query.time("absent").unwrap(), None);
    }

    #[test]
    fn numbers_name_the_parameter_that_is_wrong() {
        let query = Query::parse("t=10&w=wide");
        assert_eq!(query.number("t").unwrap(), Some(10));
        let error = query.number::<u16>("w").unwrap_err();
        assert_eq!(error.to_string(), "invalid value for w: \"wide\"");
    }

    #[test]
    fn values_are_decoded_and_repeated_ones_kept() {
        let query = Query::parse("names=a%3A1&names=b+c");
        assert_eq!(query.all("names").collect::<Vec<_>>(), ["a:1", "b c"]);
    }
}
