//! How a container is reached.

use super::{Particle::Object, with_particle, words};

words! {
    ContainerNetwork {
        on_host => "It uses this computer's network directly: what it listens on is open here, and there is nothing to publish.", "이 컴퓨터의 네트워크를 그대로 씁니다. 컨테이너가 여는 포트는 여기에서 바로 열리며 공개할 포트가 없습니다.";
        on_none => "It has no connection to any network.", "네트워크에 연결되지 않습니다.";
        on_other(id: &str) => format!("It shares the network of container {id}: its ports and networks are changed there."), format!("{id} 컨테이너의 네트워크를 함께 씁니다. 포트와 네트워크는 그곳에서 바꿉니다.");

        ports => "Ports on this computer", "이 컴퓨터의 포트";
        no_ports => "Nothing of it can be reached from this computer. Add a port: it takes effect at once, without a restart.", "이 컴퓨터에서 접근할 수 있는 포트가 없습니다. 포트를 추가하면 다시 시작하지 않고 바로 적용됩니다.";
        no_ports_stopped => "It does not run. Its ports show once it is started; what is added here is published then.", "실행 중이 아닙니다. 시작하면 포트가 표시되며, 여기에서 추가한 포트도 그때 공개됩니다.";
        inside_only => "Only inside its networks", "네트워크 안에서만";
        at_address(address: &str) => format!("At {address}"), format!("{address} 주소에서");
        publish_more => "Publish…", "공개…";
        publish => "Publish", "공개";
        withdraw(port: u16) => format!("Stop publishing {port}"), format!("{port}번 공개 중지");
        published(name: &str, port: u16) => format!("{name} is reached at port {port}"), format!("{port}번 포트로 {name}에 접근할 수 있습니다");
        published_later(name: &str, port: u16) => format!("Port {port} is published when {name} starts"), format!("{name}: 시작하면 {port}번 포트를 공개합니다");
        withdrawn(name: &str, port: u16) => format!("{name} is no longer reached at port {port}"), format!("{port}번 포트로 더는 {name}에 접근할 수 없습니다");
        not_published(port: u16) => format!("Port {port} was not published"), format!("{port}번 포트를 공개하지 못했습니다");
        not_withdrawn(port: u16) => format!("Port {port} is still published"), format!("{port}번 포트가 아직 공개되어 있습니다");
        use_instead(port: u16) => format!("Use {port} instead"), format!("대신 {port}번 사용");

        networks => "Networks", "네트워크";
        no_networks => "It is in no network.", "속한 네트워크가 없습니다.";
        leads_out => "way out", "외부 연결";
        address => "Address", "주소";
        gateway => "Gateway", "게이트웨이";
        mac => "MAC", "MAC";
        called => "Found as", "찾는 이름";
        by_address => "by its address only", "주소로만";
        when_started => "given when it starts", "시작할 때 정해짐";
        copy(what: &str) => format!("Copy {}", what.to_lowercase()), format!("{what} 복사");
        disconnect => "Disconnect", "연결 끊기";
        left(name: &str, network: &str) => format!("Disconnected {name} from {network}"), format!("{} {network}에서 끊었습니다", with_particle(name, Object));
        not_left(name: &str, network: &str) => format!("{name} is still in {network}"), format!("{}: 아직 {network}에 있습니다", name);

        connect_more => "Connect…", "연결…";
        connect => "Connect", "연결";
        connect_title(name: &str) => format!("Connect {name} to a network"), format!("{name} 네트워크 연결");
        network => "Network", "네트워크";
        nothing_to_connect => "It is in every network there is. Make one on the page of networks first.", "모든 네트워크에 이미 속해 있습니다. 먼저 네트워크 페이지에서 새로 만드십시오.";
        alias_note => "Besides its name, which containers there can use already", "이름 외에 그 안에서 쓸 이름";
        address_note => "Empty takes a free one", "비우면 자동으로 정함";
        address_invalid(typed: &str) => format!("{typed} is not an address"), format!("{typed}: 주소가 아닙니다");
        connected(name: &str, network: &str) => format!("Connected {name} to {network}"), format!("{} {network}에 연결했습니다", with_particle(name, Object));
    }
}
