//! Networks and ports in the window: a network is made and joined, containers find each other in
//! it, ports come and go while a container runs, and what is in use stays.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use gantry_tests::{
    Account, Engine,
    network::{echo, free_port, held_port, own_subnet},
    skip, wait_for,
    window::{Door, Page, Window},
};

#[tokio::test]
async fn in_the_application() {
    story(Door::Application).await;
}

#[tokio::test]
async fn in_a_browser() {
    story(Door::Browser).await;
}

async fn story(door: Door) {
    let window = match Window::open(door, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.shows("nav a[aria-current=page]", "Containers").await;
    window.load_busybox();

    let net = own_subnet();
    made(page, engine, &net).await;
    joined(page, engine, &net).await;
    found_by_name(page, engine).await;
    published(page, engine).await;
    taken(page, engine).await;
    withdrawn(page, engine).await;
    run_into_it(page, engine).await;
    guarded_and_removed(page, engine, &net).await;
    window.close().await;
}

/// A container that sends back what it gets at port 7.
fn serve(engine: &Engine, name: &str) {
    let run = ["run", "-d", "--name", name];
    let serve = ["busybox", "nc", "-ll", "-p", "7", "-e", "cat"];
    engine.docker(&[&run[..], &serve].concat()).ok();
}

fn here(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

async fn open_network_of(page: &Page, engine: &Engine, name: &str) {
    let id = engine.inspect(name, ".Id");
    let go = "location.hash = arguments[0]";
    page.run(go, vec![format!("#/containers/{id}/network").into()])
        .await;
    page.shows(".det-h", name).await;
    page.find("[data-test=network-tab]").await;
}

async fn made(page: &Page, engine: &Engine, net: &str) {
    page.click("nav a[href='#/volumes']").await;
    page.click("[data-test=new-network]").await;
    page.fill("[data-test=network-name]", "shop").await;
    page.fill("[data-test=network-subnet]", net).await;
    page.shows("[role=dialog]", &format!("{net} is not a subnet"))
        .await;
    let subnet = format!("{net}.0/24");
    page.fill("[data-test=network-subnet]", &subnet).await;
    page.click("[data-test=create-network]").await;
    page.shows("[data-test=network][data-network=shop]", &subnet)
        .await;
    page.shows("[data-test=network-detail]", "No container is in it")
        .await;
    page.shows(
        "footer.statusbar",
        &format!("docker network create --subnet {subnet} shop"),
    )
    .await;
    let made = engine.inspect("shop", "(index .IPAM.Config 0).Subnet");
    assert_eq!(made, subnet);
}

async fn joined(page: &Page, engine: &Engine, net: &str) {
    serve(engine, "web");
    open_network_of(page, engine, "web").await;
    page.shows("[data-test=networks]", "bridge").await;
    page.click("[data-test=connect]").await;
    page.choose("[data-test=connect-network]", "shop").await;
    page.fill("[data-test=connect-alias]", "www").await;
    let address = format!("{net}.7");
    page.fill("[data-test=connect-address]", &address).await;
    page.click("[data-test=connect-go]").await;
    let member = "[data-test=member][data-network=shop]";
    page.shows(member, &address).await;
    page.shows(member, "web, www").await;
    page.shows(
        "footer.statusbar",
        &format!("docker network connect --alias www --ip {address} shop web"),
    )
    .await;
    page.photograph("container-network").await;
}

/// A second container joins while it runs, and asks for the first by its other name.
async fn found_by_name(page: &Page, engine: &Engine) {
    let ask = "until echo hello | timeout 2 nc www 7; do usleep 100000; done; sleep 1000";
    engine.docker(&["network", "create", "left-over"]).ok();
    let run = ["run", "-d", "--name", "asks", "--network", "left-over"];
    let ask = ["busybox", "sh", "-c", ask];
    engine.docker(&[&run[..], &ask].concat()).ok();
    open_network_of(page, engine, "asks").await;
    page.click("[data-test=connect]").await;
    page.choose("[data-test=connect-network]", "shop").await;
    page.click("[data-test=connect-go]").await;
    page.find("[data-test=member][data-network=shop]").await;
    wait_for("an answer from www", || {
        engine
            .docker(&["logs", "asks"])
            .ok()
            .contains("hello")
            .then_some(())
    });
}

async fn publish(page: &Page, port: u16) {
    page.click("[data-test=add-port]").await;
    page.fill("[data-test=run-port-host]", &port.to_string())
        .await;
    page.fill("[data-test=run-port-container]", "7").await;
    page.click("[data-test=publish]").await;
}

async fn published(page: &Page, engine: &Engine) {
    open_network_of(page, engine, "web").await;
    let pid = engine.inspect("web", ".State.Pid");
    let port = free_port();
    publish(page, port).await;
    let row = format!("[data-test=published][data-port='{port}']");
    page.shows(&row, "From this computer only").await;
    page.loses("[data-test=new-port]").await;
    assert_eq!(echo(here(port), "through\n").as_deref(), Some("through\n"));
    assert_eq!(engine.inspect("web", ".State.Pid"), pid, "not restarted");
    page.shows(".det-h .port", &port.to_string()).await;
}

/// Another program has the port: it is named, and the next free one is a press away.
async fn taken(page: &Page, engine: &Engine) {
    let holder = held_port();
    let port = holder.local_addr().unwrap().port();
    publish(page, port).await;
    page.shows("[data-test=port-failure]", &port.to_string())
        .await;
    page.photograph("port-taken").await;
    let offered = page.text("[data-test=port-instead]").await;
    let digits: String = offered.chars().filter(char::is_ascii_digit).collect();
    let free: u16 = digits.parse().unwrap();
    page.click("[data-test=port-instead]").await;
    page.find(&format!("[data-test=published][data-port='{free}']"))
        .await;
    page.loses("[data-test=port-failure]").await;
    assert_eq!(echo(here(free), "instead\n").as_deref(), Some("instead\n"));
    let ports = engine.docker(&["port", "web"]).ok();
    assert!(ports.contains(&format!("127.0.0.1:{free}")), "{ports}");
}

async fn withdrawn(page: &Page, engine: &Engine) {
    let ports = engine.docker(&["port", "web", "7/tcp"]).ok();
    for line in ports.lines() {
        let port: u16 = line.rsplit(':').next().unwrap().parse().unwrap();
        let row = format!("[data-test=published][data-port='{port}']");
        page.click(&format!("{row} button")).await;
        page.loses(&row).await;
        wait_for("the port to close", || {
            TcpStream::connect(here(port)).is_err().then_some(())
        });
    }
    assert_eq!(engine.docker(&["port", "web"]).ok(), "");
}

/// From the run dialog: a network with another name in it, a new volume, memory and a port.
async fn run_into_it(page: &Page, engine: &Engine) {
    let port = free_port();
    page.click("nav a[href='#/images']").await;
    page.click("[data-test=image-run]").await;
    page.fill("[data-test=run-name]", "third").await;
    let command = "sh -c 'echo kept > /d/note; exec nc -ll -p 7 -e cat'";
    page.fill("[data-test=run-command-field]", command).await;
    page.choose("[data-test=run-network]", "shop").await;
    page.fill("[data-test=run-alias]", "trois").await;
    page.click("[data-test=run-add-port]").await;
    page.fill("[data-test=run-port-host]", &port.to_string())
        .await;
    page.fill("[data-test=run-port-container]", "7").await;
    page.click("[data-test=run-add-volume]").await;
    page.fill(
        "[data-kind=volume] [data-test=run-mount-source]",
        "third_data",
    )
    .await;
    page.fill("[data-kind=volume] [data-test=run-mount-target]", "/d")
        .await;
    page.click("[data-test=run-add-memory]").await;
    page.fill(
        "[data-kind=memory] [data-test=run-mount-target]",
        "/scratch",
    )
    .await;
    for said in [
        "Creates the volume third_data",
        "Keeps /scratch in memory",
        "Joins shop; containers there find it by its name and as trois.",
        &format!("localhost:{port} leads to its port 7"),
    ] {
        page.shows("[data-test=run-effects]", said).await;
    }
    page.photograph("run-dialog").await;
    page.click("[data-test=run-go]").await;
    page.loses("[data-test=run-dialog]").await;
    page.shows(".det-h", "Running").await;
    let cut = "const words = document.querySelector('.last-action .cut'); \
        return words.scrollWidth > words.clientWidth";
    page.shows("footer.statusbar", "--network-alias trois")
        .await;
    assert_eq!(page.run(cut, vec![]).await, false, "the words give way");
    wait_for("its port", || echo(here(port), "third\n"));
    let alias = engine.inspect("third", "(index .NetworkSettings.Networks.shop.Aliases 0)");
    assert_eq!(alias, "trois");
    assert_eq!(engine.inspect("third", "(index .Mounts 0).Type"), "volume");
    let volume = [
        "run",
        "--rm",
        "-v",
        "third_data:/d",
        "busybox",
        "cat",
        "/d/note",
    ];
    assert_eq!(engine.docker(&volume).ok(), "kept");
}

async fn guarded_and_removed(page: &Page, engine: &Engine, net: &str) {
    page.click("nav a[href='#/volumes']").await;
    page.click("[data-test=network][data-network=shop] td")
        .await;
    page.shows(
        "[data-test=network-detail]",
        "Remove is off while containers are in this network: asks, third, web",
    )
    .await;
    page.find("[data-test=network-detail] .banner[data-k=plain]")
        .await;
    page.photograph("network").await;
    open_network_of(page, engine, "web").await;
    page.click("[data-test=member][data-network=shop] [data-test=disconnect]")
        .await;
    page.loses("[data-test=member][data-network=shop]").await;
    engine.docker(&["rm", "-f", "asks", "third"]).ok();

    page.click("nav a[href='#/volumes']").await;
    page.click("[data-test=network][data-network=shop] td")
        .await;
    page.shows("[data-test=network-detail]", "No container is in it")
        .await;
    page.click("[data-test=remove-network]").await;
    page.shows("[role=alertdialog]", &format!("{net}.0/24 becomes free"))
        .await;
    page.click("[data-test=remove-network-now]").await;
    page.loses("[data-test=network][data-network=shop]").await;

    // What came from elsewhere, and nobody is in any more, goes with one press.
    page.click("[data-test=prune-networks]").await;
    page.shows("[role=alertdialog]", "left-over").await;
    page.click("[data-test=prune-networks-now]").await;
    page.loses("[data-test=network][data-network=left-over]")
        .await;
    let own = ["network", "ls", "-q", "--filter", "type=custom"];
    assert_eq!(engine.docker(&own).ok(), "");
}
