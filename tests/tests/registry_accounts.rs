//! Who we are to registries: logged in once, sent with whatever needs it, kept where its owner wants it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use gantry_tests::crooked::{Answer, Crooked};
use gantry_tests::keyring::Keyring;
use gantry_tests::registry::{PASSWORD, Registry, USER, app};
use gantry_tests::{Engine, Finished, Running, Terminal, as_root_and_as_user, built};
use serde_json::Value;

as_root_and_as_user!(
    without_a_keyring_a_password_is_kept_in_a_file_when_asked,
    a_keyring_keeps_the_password,
    a_keyring_keeps_a_token_in_place_of_a_password,
    a_program_that_dockers_configuration_names_keeps_the_password,
    a_password_is_asked_for_without_showing_it,
    what_is_not_said_or_too_much_is_refused,
);

/// A registry that wants a password, and the name of an image there.
fn guarded() -> Option<(Registry, String)> {
    let registry = Registry::with_password()?;
    let credentials = format!("{USER}:{PASSWORD}");
    let name = registry.hold_as("app:1", &app("one"), &["--dest-creds", &credentials]);
    Some((registry, name))
}

/// `gantry …` in an environment of its own.
struct Session<'a> {
    engine: &'a Engine,
    prepare: Box<dyn Fn(&mut Command) + 'a>,
}

impl<'a> Session<'a> {
    fn new(engine: &'a Engine, prepare: impl Fn(&mut Command) + 'a) -> Self {
        Self {
            engine,
            prepare: Box::new(prepare),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.engine.command(&built("gantry"));
        command.args(arguments);
        (self.prepare)(&mut command);
        command
    }

    #[track_caller]
    fn gantry(&self, arguments: &[&str]) -> Finished {
        Running::start(&mut self.command(arguments)).finish()
    }

    #[track_caller]
    fn login(&self, password: &str, arguments: &[&str]) -> Finished {
        let arguments = [&["login", "-u", USER, "--password-stdin"], arguments].concat();
        let mut login = Running::start(&mut self.command(&arguments));
        login.write(&format!("{password}\r\n"));
        login.finish()
    }
}

/// Docker's configuration of the engine's account.
fn config(engine: &Engine) -> Value {
    let path = engine.file("../home/docker/config.json");
    fs::read(path).map_or(Value::Null, |text| serde_json::from_slice(&text).unwrap())
}

fn without_a_keyring_a_password_is_kept_in_a_file_when_asked(engine: &Engine) {
    let Some((registry, name)) = guarded() else {
        return;
    };
    let session = Session::new(engine, |_| {});
    let host = registry.host();
    let said = session.login(PASSWORD, &[&host]).fails_with(1);
    for part in ["no keyring", "this session has no bus", "--file"] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    let said = session.login("wrong", &["--file", &host]).fails_with(1);
    assert!(said.contains("unauthorized"), "{said}");
    assert_eq!(config(engine), Value::Null, "nothing was kept");
    let login = session.login(PASSWORD, &["--file", &host]);
    assert!(login.err.contains("stored unencrypted"), "{login:?}");
    assert_eq!(login.ok(), "Login Succeeded");
    let path = engine.file("../home/docker/config.json");
    assert_eq!(
        fs::metadata(path).unwrap().permissions().mode() & 0o777,
        0o600
    );

    // All that goes to the registry is signed; the docker CLI reads the same file.
    session.gantry(&["pull", "-q", &name]).ok();
    let other = registry.name("other:1");
    engine.docker(&["tag", &name, &other]).ok();
    session.gantry(&["push", "-q", &other]).ok();
    let found = session.gantry(&["search", &registry.name("oth")]).ok();
    assert!(found.contains(&registry.name("other")), "{found}");
    engine.docker(&["rmi", &name, &other]).ok();
    let ran = session.gantry(&["run", "--rm", &name, "cat", "/app"]).ok();
    assert_eq!(ran, "one");
    engine.docker(&["rmi", &name]).ok();
    engine.docker(&["pull", "-q", &name]).ok();
    let again = session.gantry(&["login", &host]).ok();
    assert!(
        again.contains("Authenticating with existing credentials"),
        "{again}"
    );

    let said = session.gantry(&["logout", &host]).ok();
    assert_eq!(said, format!("Removing login credentials for {host}"));
    let said = session.gantry(&["logout", &host]).ok();
    assert_eq!(said, format!("Not logged in to {host}"));
    engine.docker(&["rmi", &name]).ok();
    let said = session.gantry(&["pull", &name]).fails_with(1);
    assert!(said.contains("no basic auth credentials"), "{said}");
    // What the docker CLI stored is found and forgotten too.
    let mut login = engine.start_docker(&["login", "-u", USER, "--password-stdin", &host]);
    login.write(PASSWORD);
    login.finish().ok();
    session.gantry(&["pull", "-q", &name]).ok();
    session.gantry(&["logout", &host]).ok();
    assert_eq!(config(engine)["auths"], serde_json::json!({}));
}

fn a_keyring_keeps_the_password(engine: &Engine) {
    let Some((registry, name)) = guarded() else {
        return;
    };
    let keyring = Keyring::start(engine);
    let session = Session::new(engine, |command| keyring.give_to(command));
    let host = registry.host();
    assert!(
        session
            .login("wrong", &[&host])
            .fails_with(1)
            .contains("unauthorized")
    );
    assert!(keyring.items().is_empty());
    for _ in 0..2 {
        assert_eq!(session.login(PASSWORD, &[&host]).ok(), "Login Succeeded");
        let items = keyring.items();
        assert_eq!(items.len(), 1, "one account of each registry");
        assert_eq!(items[0].0["registry"], host);
        assert_eq!(items[0].0["username"], USER);
        assert_eq!(items[0].1, PASSWORD);
    }
    assert_eq!(config(engine), Value::Null, "and nothing in a file");
    keyring.lock();
    session.gantry(&["pull", "-q", &name]).ok();
    assert_eq!(keyring.unlocked(), 1);
    // It goes with the keyring, not with the engine.
    engine.docker(&["rmi", &name]).ok();
    engine.gantry(&["pull", &name]).fails_with(1);

    // Whoever chooses the file takes it out of the keyring.
    session.login(PASSWORD, &["--file", &host]).ok();
    assert!(keyring.items().is_empty());
    session.login(PASSWORD, &[&host]).ok();
    assert_eq!(config(engine)["auths"], serde_json::json!({}));
    let said = session.gantry(&["logout", &host]).ok();
    assert_eq!(said, format!("Removing login credentials for {host}"));
    assert!(keyring.items().is_empty());
}

fn a_keyring_keeps_a_token_in_place_of_a_password(engine: &Engine) {
    let Some(registry) = Registry::plain() else {
        return;
    };
    registry.hold("app:1", &app("one"));
    let crooked = Crooked::start(&registry.host(), |asked, answer| {
        let authorization = asked.headers.get("authorization").map(String::as_str);
        if asked.path.starts_with("/token") {
            let is_refreshed = asked.method == "POST";
            return match authorization {
                Some("Basic YW5uOnNlY3JldA==") => {
                    Answer::new(200).body(r#"{"token":"good","refresh_token":"again"}"#)
                }
                _ if is_refreshed => Answer::new(200).body(r#"{"access_token":"good"}"#),
                _ => Answer::new(401),
            };
        }
        if authorization == Some("Bearer good") {
            return answer;
        }
        let realm = format!("Bearer realm=\"http://{}/token\"", asked.headers["host"]);
        Answer::new(401).with("www-authenticate", realm)
    });
    let keyring = Keyring::start(engine);
    let session = Session::new(engine, |command| keyring.give_to(command));
    let host = crooked.host();
    session.login("secret", &[&host]).ok();
    let items = keyring.items();
    assert_eq!(
        (items[0].0["kind"].as_str(), items[0].1.as_str()),
        ("token", "again")
    );
    session
        .gantry(&["pull", "-q", &format!("{host}/app:1")])
        .ok();
    let asked = crooked.asked();
    assert!(asked.iter().any(|asked| asked.is("POST", "/token")));
}

/// Keeps one account in a file, as `docker-credential-pass` keeps them in another.
const HELPER: &str = r#"#!/bin/sh
kept="${0%/*}/kept"
case "$1" in
  store) cat >"$kept" ;;
  erase) rm -f "$kept" ;;
  get) read -r server
    [ -s "$kept" ] || { echo "credentials not found in native keychain"; exit 1; }
    cat "$kept" ;;
  list) echo '{}' ;;
esac
"#;

fn a_program_that_dockers_configuration_names_keeps_the_password(engine: &Engine) {
    let Some((registry, name)) = guarded() else {
        return;
    };
    let host = registry.host();
    let folder = engine.file("helper");
    fs::create_dir(&folder).unwrap();
    engine.identity().own(&folder);
    let program = engine.write("helper/docker-credential-test", HELPER);
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let home = engine.file("../home/docker");
    fs::create_dir_all(&home).unwrap();
    engine.identity().own(&home);
    let named = format!(r#"{{"credHelpers":{{"{host}":"test"}}}}"#);
    engine.write("../home/docker/config.json", named);
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display());
    let session = Session::new(engine, |command| {
        command.env("PATH", &path);
    });

    assert_eq!(session.login(PASSWORD, &[&host]).ok(), "Login Succeeded");
    let kept = fs::read(engine.file("helper/kept")).unwrap();
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    assert_eq!(
        (&kept["ServerURL"], &kept["Username"]),
        (&host.clone().into(), &USER.into())
    );
    assert_eq!(config(engine)["auths"], Value::Null);
    session.gantry(&["pull", "-q", &name]).ok();
    // The docker CLI finds it there too.
    engine.docker(&["rmi", &name]).ok();
    let mut docker = engine.command("docker".as_ref());
    docker.env("PATH", &path).args(["pull", "-q", &name]);
    Running::start(&mut docker).finish().ok();
    session.gantry(&["logout", &host]).ok();
    assert!(!engine.file("helper/kept").exists());

    // One that fails is named, and what needs nobody goes on.
    engine.write(
        "helper/docker-credential-test",
        "#!/bin/sh\necho 'no display' >&2\nexit 2\n",
    );
    engine.docker(&["rmi", &name]).ok();
    let refused = session.gantry(&["pull", &name]);
    assert!(
        refused.err.contains("docker-credential-test: no display"),
        "{refused:?}"
    );
    let open = Registry::plain().unwrap();
    engine.write("../home/docker/config.json", r#"{"credsStore":"test"}"#);
    session
        .gantry(&["pull", "-q", &open.hold("app:1", &app("one"))])
        .ok();
}

fn a_password_is_asked_for_without_showing_it(engine: &Engine) {
    let Some((registry, name)) = guarded() else {
        return;
    };
    let session = Session::new(engine, |_| {});
    let login = session.command(&["login", "--file", &registry.host()]);
    let mut terminal = Terminal::start(&login, 24, 80);
    terminal.shows("Username: ");
    terminal.types(&format!("{USER}\r"));
    terminal.shows("Password: ");
    // Typed the moment it is asked for: nothing is lost, and nothing is seen.
    terminal.types(&format!("{PASSWORD}\r"));
    terminal.shows("Login Succeeded");
    assert!(
        !terminal.screen().contains("battery"),
        "{}",
        terminal.screen()
    );
    assert_eq!(terminal.finish(), 0);
    session.gantry(&["pull", "-q", &name]).ok();
}

fn what_is_not_said_or_too_much_is_refused(engine: &Engine) {
    let session = Session::new(engine, |_| {});
    let refused = |arguments: &[&str]| session.gantry(arguments).fails_with(1);
    let file = ["login", "--file", "127.0.0.1:1"];
    assert!(refused(&file).contains("Cannot perform an interactive login from a non TTY device"));
    let both = [&file[..], &["-u", "x", "-p", "y", "--password-stdin"]].concat();
    assert!(refused(&both).contains("--password and --password-stdin are mutually exclusive"));
    let nobody = [&file[..], &["--password-stdin"]].concat();
    assert!(refused(&nobody).contains("Must provide --username with --password-stdin"));
    let empty = [&file[..], &["-u", "x", "-p", ""]].concat();
    assert!(refused(&empty).contains("Password Required"));
    let nowhere = [&file[..], &["-u", "x", "-p", "y"]].concat();
    assert!(refused(&nowhere).contains("refused"));
}
