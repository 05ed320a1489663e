//! Where a registry is: its mirrors, and itself.

use reqwest::Url;

use crate::guard;
use crate::{Error, Registries, Result};

/// The name of Docker's own registry in front of images, and where it really is.
pub(crate) const HUB: &str = "docker.io";
const HUB_HOST: &str = "registry-1.docker.io";

/// One place to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// With a slash at its end.
    pub base: Url,
    /// Somebody else's copy, who is not told who we are.
    pub mirror: bool,
}

/// What is wanted of a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Mirrors serve as well.
    Read,
    /// Only the registry itself will do.
    Write,
}

impl Registries {
    /// The places to ask, in this order.
    pub(crate) fn endpoints(&self, domain: &str, purpose: Purpose) -> Result<Vec<Endpoint>> {
        let settings = self.settings().host(domain);
        let invalid = |text: &str, why: String| Error::Settings {
            host: domain.to_owned(),
            why: format!("{text:?}: {why}"),
        };
        let mut endpoints = Vec::new();
        if purpose == Purpose::Read {
            for mirror in &settings.mirrors {
                endpoints.push(Endpoint {
                    base: base(mirror).map_err(|why| invalid(mirror, why))?,
                    mirror: true,
                });
            }
        }
        let host = if domain == HUB { HUB_HOST } else { domain };
        let own = |scheme: &str| {
            let text = format!("{scheme}://{host}/");
            base(&text).map_err(|why| invalid(&text, why))
        };
        let secure = own("https")?;
        let own = if settings.plain_http || self.is_allowed_plain(domain) {
            vec![own("http")?]
        } else if !guard::is_this_computer(&secure) {
            vec![secure]
        } else if let Some(found) = self.remembered(domain) {
            vec![found]
        } else {
            vec![secure, own("http")?]
        };
        endpoints.extend(own.into_iter().map(|base| Endpoint {
            base,
            mirror: false,
        }));
        Ok(endpoints)
    }

    /// Asks these places one after the other, until one answers or none can do better.
    pub(crate) async fn ask_each<T, Answer>(
        &self,
        domain: &str,
        purpose: Purpose,
        mut ask: impl FnMut(Endpoint) -> Answer,
    ) -> Result<T>
    where
        Answer: Future<Output = Result<T>>,
    {
        let mut left = self.endpoints(domain, purpose)?.into_iter().peekable();
        while let Some(endpoint) = left.next() {
            let Endpoint { base, mirror } = endpoint.clone();
            let error = match ask(endpoint).await {
                Ok(answer) => {
                    if !mirror && guard::is_this_computer(&base) {
                        self.remember(domain, &base);
                    }
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let connected = !matches!(error, Error::Unreachable { .. } | Error::Untrusted { .. });
            if left.peek().is_none() || !error.is_of_endpoint() || (!mirror && connected) {
                self.forget(domain);
                return Err(error);
            }
            tracing::debug!(%error, "asking the next one");
        }
        // There is always the registry itself.
        Err(Error::Cancelled)
    }
}

/// An address as people write it, with a slash at its end.
pub(crate) fn base(text: &str) -> Result<Url, String> {
    let text = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let mut url = Url::parse(&text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err("it is no http or https address".to_owned());
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HostSettings, Settings};

    fn places(settings: Settings, domain: &str, purpose: Purpose) -> Vec<String> {
        let endpoints = Registries::new(settings)
            .endpoints(domain, purpose)
            .unwrap();
        endpoints
            .into_iter()
            .map(|endpoint| endpoint.base.to_string())
            .collect()
    }

    #[test]
    fn only_this_computers_registries_are_asked_without_encryption() {
        let settings = Settings::default();
        assert_eq!(
            places(settings.clone(), "docker.io", Purpose::Read),
            ["https://registry-1.docker.io/"]
        );
        assert_eq!(
            places(settings.clone(), "127.0.0.1:5000", Purpose::Read),
            ["https://127.0.0.1:5000/", "http://127.0.0.1:5000/"]
        );
        for elsewhere in ["10.0.0.1:5000", "169.254.7.7:5000", "[fe80::1]:5000"] {
            assert_eq!(
                places(settings.clone(), elsewhere, Purpose::Read),
                [format!("https://{elsewhere}/")]
            );
        }
    }

    #[test]
    fn what_somebody_allows_is_asked_without_encryption_until_it_is_taken_back() {
        let registries = Registries::new(Settings::default());
        let place = || {
            let endpoints = registries.endpoints("10.0.0.1:5000", Purpose::Write);
            endpoints.unwrap().remove(0).base.to_string()
        };
        registries.allow_plain(["10.0.0.1:5000".to_owned()].into());
        assert_eq!(place(), "http://10.0.0.1:5000/");
        registries.allow_plain([].into());
        assert_eq!(place(), "https://10.0.0.1:5000/");
    }

    #[test]
    fn mirrors_are_read_and_never_written() {
        let hub = HostSettings {
            mirrors: vec![
                "http://10.0.0.1:5000".to_owned(),
                "mirror.example/hub".to_owned(),
            ],
            ..HostSettings::default()
        };
        let settings = Settings {
            hosts: [("docker.io".to_owned(), hub)].into(),
            ..Settings::default()
        };
        assert_eq!(
            places(settings.clone(), "docker.io", Purpose::Read),
            [
                "http://10.0.0.1:5000/",
                "https://mirror.example/hub/",
                "https://registry-1.docker.io/"
            ]
        );
        assert_eq!(
            places(settings, "docker.io", Purpose::Write),
            ["https://registry-1.docker.io/"]
        );
    }
}
