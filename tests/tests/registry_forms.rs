//! Registries in the forms that people run them in: with a certificate of one's own authority, only for
//! clients with a certificate, as another's mirror, and behind a link that is slow and breaks.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use gantry_pack::{Image, Tree};
use gantry_tests::certificates::Authority;
use gantry_tests::crooked::Crooked;
use gantry_tests::link::Link;
use gantry_tests::network::own_address;
use gantry_tests::registry::{Form, Registry, app, left};
use gantry_tests::{Account, Engine, as_root_and_as_user, on, skip, wait_for};
use rand::RngExt;

as_root_and_as_user!(
    a_registry_is_believed_with_its_authority_or_by_name,
    a_registry_may_want_a_certificate_of_ours,
    docker_hub_may_have_a_mirror,
);

/// Starts the engine anew with settings of registries: keys, then tables.
fn with_settings(engine: &Engine, settings: &str) {
    engine.terminate();
    let config = engine.write("config.toml", format!("[registries]\n{settings}"));
    engine.launch_with(&["--config", config.to_str().unwrap()]);
}

/// A copy that the engine's account may read.
fn copy(engine: &Engine, path: &Path) -> String {
    let name = path.file_name().unwrap().to_str().unwrap();
    let copied = engine.write(name, fs::read(path).unwrap());
    copied.to_str().unwrap().to_owned()
}

/// A registry with a certificate for this address.
fn encrypted(ip: IpAddr, more: impl FnOnce(&Authority) -> String) -> Option<(Registry, Authority)> {
    let mut made = None;
    let registry = Registry::start(|folder| {
        let authority = Authority::new(folder);
        let server = authority.sign("server", &[ip]);
        let http = format!(
            "  tls:\n    certificate: {}\n    key: {}\n{}",
            server.certificate.display(),
            server.key.display(),
            more(&authority)
        );
        made = Some(authority);
        Form {
            http,
            ip,
            ..Form::default()
        }
    })?;
    Some((registry, made?))
}

fn a_registry_is_believed_with_its_authority_or_by_name(engine: &Engine) {
    // On the loopback nobody asks who one is; so it must be another address.
    let Some(ip) = own_address() else {
        return skip("this computer has no address but the loopback's");
    };
    let Some((registry, authority)) = encrypted(ip, |_| String::new()) else {
        return;
    };
    let name = registry.hold("app:1", &app("one"));
    let host = registry.host();
    let said = engine.docker(&["pull", &name]).fails_with(1);
    assert!(said.contains("tls") && said.contains(&host), "{said}");

    let believed = copy(engine, &authority.certificate());
    let settings = format!("[registries.hosts.\"{host}\"]\nca = \"{believed}\"\n");
    with_settings(engine, &settings);
    engine.docker(&["pull", "-q", &name]).ok();
    engine.docker(&["push", "-q", &name]).ok();
    engine.docker(&["rmi", &name]).ok();

    // Only for the one that is named.
    let skip = |host: &str| format!("[registries.hosts.\"{host}\"]\nskip_verify = true\n");
    with_settings(engine, &skip("other.example"));
    engine.docker(&["pull", &name]).fails_with(1);
    with_settings(engine, &skip(&host));
    engine.docker(&["pull", "-q", &name]).ok();

    // Whoever names an authority means it, on the loopback too.
    let local = Ipv4Addr::LOCALHOST.into();
    let (near, _) = encrypted(local, |_| String::new()).unwrap();
    let name = near.hold("app:1", &app("one"));
    engine.docker(&["rmi", "-f", &registry.name("app:1")]).ok();
    engine.docker(&["pull", "-q", &name]).ok();
    let host = near.host();
    let settings = format!("[registries.hosts.\"{host}\"]\nca = \"{believed}\"\n");
    with_settings(engine, &settings);
    engine.docker(&["pull", &near.name("app:2")]).fails_with(1);
    let said = engine.gantry(&["pull", &near.name("app:2")]).fails_with(1);
    assert!(!said.contains("manifest unknown"), "{said}");
}

fn a_registry_may_want_a_certificate_of_ours(engine: &Engine) {
    let local = Ipv4Addr::LOCALHOST.into();
    let wants = |authority: &Authority| {
        format!(
            "    clientcas:\n      - {}\n",
            authority.certificate().display()
        )
    };
    let Some((registry, authority)) = encrypted(local, wants) else {
        return;
    };
    let client = authority.sign("client", &[]);
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in [
        (&client.certificate, "client.cert"),
        (&client.key, "client.key"),
    ] {
        fs::copy(from, folder.path().join(to)).unwrap();
    }
    let certificates = format!("--dest-cert-dir={}", folder.path().display());
    let name = registry.hold_as("app:1", &app("one"), &[&certificates]);
    engine.docker(&["pull", &name]).fails_with(1);
    let settings = format!(
        "[registries.hosts.\"{}\"]\nca = \"{}\"\nclient_certificate = \"{}\"\nclient_key = \"{}\"\n",
        registry.host(),
        copy(engine, &authority.certificate()),
        copy(engine, &client.certificate),
        copy(engine, &client.key),
    );
    with_settings(engine, &settings);
    engine.docker(&["pull", "-q", &name]).ok();
    engine.docker(&["push", "-q", &name]).ok();
    let ran = engine.docker(&["run", "--rm", &name, "cat", "/app"]);
    assert_eq!(ran.ok(), "one");
}

fn docker_hub_may_have_a_mirror(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    registry.hold("library/web:latest", &app("one"));
    registry.hold("ann/app:1", &app("one"));
    let mirror = Crooked::start(&registry.host(), |_, answer| answer);
    let settings = format!(
        "[registries.hosts.\"docker.io\"]\nmirrors = [\"http://{}\"]\n",
        mirror.host()
    );
    with_settings(engine, &settings);
    // A mirror is not told who we are, even if we are somebody.
    let home = engine.file("../home/docker");
    fs::create_dir_all(&home).unwrap();
    engine.identity().own(&home);
    let known = r#"{"auths":{"https://index.docker.io/v1/":{"auth":"YW5uOnNlY3JldA=="}}}"#;
    engine.write("../home/docker/config.json", known);
    for name in ["web", "ann/app:1"] {
        engine.gantry(&["pull", "-q", name]).ok();
        assert_eq!(
            engine.docker(&["run", "--rm", name, "cat", "/app"]).ok(),
            "one"
        );
    }
    let digests = engine.inspect("web", ".RepoDigests");
    assert!(digests.contains("web@sha256:"), "{digests}");
    let asked = mirror.asked();
    assert!(
        asked
            .iter()
            .any(|asked| asked.is("HEAD", "/v2/library/web/"))
    );
    for asked in asked {
        assert!(!asked.headers.contains_key("authorization"), "{asked:?}");
    }
}

#[test]
fn a_link_may_be_slow_and_break() {
    on(Account::Root, |engine| {
        let link = Link::new(engine);
        let Some(registry) = Registry::start(|_| Form {
            ip: link.address().into(),
            network_of: Some(link.pid()),
            ..Form::default()
        }) else {
            return;
        };
        let mut noise = vec![0_u8; 4 << 20];
        rand::rng().fill(&mut noise[..]);
        let tree = Tree::new().file("noise", 0o644, &noise);
        let image = Image::new("app:1").layer("COPY noise", tree).unwrap();
        let name = registry.hold("app:1", &image);
        if let Err(why) = link.slow(16) {
            return skip(&format!("this kernel has no slow links: {why}"));
        }
        let (host, port) = (registry.host(), registry.port());
        with_settings(
            engine,
            &format!(
                "retries = 30\nidle_timeout = 2\nconnect_timeout = 1\n\
                 [registries.hosts.\"{host}\"]\nplain_http = true\n"
            ),
        );
        let pull = engine.start_docker(&["pull", &name]);
        wait_for("a part to be here", || {
            (left(engine) > 1 << 19).then_some(())
        });
        link.cut();
        // Nobody said that it ended: the engine has to find out.
        wait_for("the connection to be given up", || {
            (!is_connected(port)).then_some(())
        });
        link.mend();
        pull.finish().ok();
        assert_eq!(engine.inspect(&name, ".Id"), image.id());
        let resumed = registry.log();
        assert!(resumed.contains("http.response.status=206"), "{resumed}");
    });
}

/// Whether somebody of this network is connected to that port.
fn is_connected(port: u16) -> bool {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let (remote, established) = (format!(":{port:04X}"), "01");
    table.lines().skip(1).any(|line| {
        let mut fields = line.split_whitespace().skip(2);
        let there = fields
            .next()
            .is_some_and(|address| address.ends_with(&remote));
        there && fields.next() == Some(established)
    })
}
