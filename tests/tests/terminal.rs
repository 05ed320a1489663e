//! `-t`: a container with a terminal, driven as a person does.

use gantry_tests::{Engine, Terminal, as_root_and_as_user, wait_for};

as_root_and_as_user!(
    a_shell_answers_and_its_exit_code_arrives,
    the_size_follows_the_window,
    an_interrupt_reaches_the_program,
    detaching_leaves_it_running_and_attaching_comes_back,
);

fn shell(engine: &Engine, arguments: &[&str]) -> Terminal {
    let mut docker = engine.command("docker".as_ref());
    docker.args(["run", "-it"]).args(arguments);
    Terminal::start(&docker, 24, 80)
}

fn a_shell_answers_and_its_exit_code_arrives(engine: &Engine) {
    let mut terminal = shell(engine, &["--rm", "busybox", "sh"]);
    terminal.shows("# ");
    terminal.types("echo $((40 + 2)); tty\r");
    terminal.shows("\r\n42\r\n");
    terminal.shows("/dev/pts/0");
    terminal.types("exit 7\r");
    assert_eq!(terminal.finish(), 7);
}

fn the_size_follows_the_window(engine: &Engine) {
    let mut terminal = shell(engine, &["--rm", "busybox", "sh"]);
    terminal.shows("# ");
    // The CLI listens for changes of size a moment after the shell has its prompt, and a size goes
    // beside the keys, not among them: change and ask again until it has arrived.
    wait_for("the new size", || {
        terminal.resize(32, 99);
        terminal.resize(33, 99);
        terminal.types("stty size\r");
        terminal.screen().contains("33 99").then_some(())
    });
    terminal.types("exit\r");
    assert_eq!(terminal.finish(), 0);
}

fn an_interrupt_reaches_the_program(engine: &Engine) {
    let mut terminal = shell(engine, &["--rm", "busybox", "sh"]);
    terminal.shows("# ");
    terminal.types("echo started; sleep 600; echo code=$?\r");
    terminal.shows("\r\nstarted\r\n");
    terminal.types("\x03");
    terminal.types("echo after\r");
    terminal.shows("\r\nafter\r\n");
    terminal.types("exit 0\r");
    assert_eq!(terminal.finish(), 0);
}

fn detaching_leaves_it_running_and_attaching_comes_back(engine: &Engine) {
    let mut terminal = shell(engine, &["--name", "box", "busybox", "sh"]);
    terminal.shows("# ");
    terminal.types("name=kept\r");
    terminal.types("\x10\x11");
    assert_eq!(terminal.finish(), 0);
    assert_eq!(engine.inspect("box", ".State.Status"), "running");

    let mut docker = engine.command("docker".as_ref());
    docker.args(["attach", "box"]);
    let mut terminal = Terminal::start(&docker, 24, 80);
    wait_for("the shell to answer", || {
        terminal.types("echo =$name=\r");
        terminal.screen().contains("\r\n=kept=").then_some(())
    });
    terminal.types("exit 3\r");
    assert_eq!(terminal.finish(), 3);
}
