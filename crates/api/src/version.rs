//! The API's versions, and the optional prefix that names one.

use crate::error::Error;

/// The newest version of Docker's API that is spoken.
pub const API_VERSION: &str = "1.51";
/// The oldest version that is accepted.
pub const MIN_API_VERSION: &str = "1.24";

const NEWEST: u32 = 51;
const OLDEST: u32 = 24;

/// What the `Server` header says.
pub(crate) fn server() -> &'static str {
    concat!("Gantry/", env!("CARGO_PKG_VERSION"), " (linux)")
}

/// Takes `/v1.43` off the front of a path and checks it.
pub(crate) fn strip(path: &str) -> Result<&str, Error> {
    let Some(rest) = path.strip_prefix("/v") else {
        return Ok(path);
    };
    let (prefix, rest) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, "/"),
    };
    let Some((major, minor)) = parse(prefix) else {
        return Ok(path);
    };
    if (major, minor) > (1, NEWEST) {
        return Err(Error::BadRequest(format!(
            "client version {prefix} is too new. Maximum supported API version is {API_VERSION}"
        )));
    }
    if (major, minor) < (1, OLDEST) {
        return Err(Error::BadRequest(format!(
            "client version {prefix} is too old. Minimum supported API version is \
             {MIN_API_VERSION}, please upgrade your client to a newer version"
        )));
    }
    Ok(rest)
}

fn parse(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_optional() {
        assert_eq!(strip("/v1.43/info").unwrap(), "/info");
        assert_eq!(strip("/info").unwrap(), "/info");
        assert_eq!(strip("/volumes").unwrap(), "/volumes");
        assert_eq!(strip("/version").unwrap(), "/version");
    }

    #[test]
    fn versions_out_of_range_are_refused_with_the_range() {
        assert!(
            strip("/v1.23/info")
                .unwrap_err()
                .to_string()
                .contains("1.24")
        );
        assert!(
            strip("/v1.52/info")
                .unwrap_err()
                .to_string()
                .contains("1.51")
        );
        assert!(strip("/v2.0/info").is_err());
    }
}
