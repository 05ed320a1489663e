//! Networks.

use super::{Particle::Object, counted, with_particle, words};

words! {
    Networks {
        title => "Networks", "네트워크";
        sub(count: usize) => counted(count, "network", "networks"), format!("네트워크 {count}개");
        counts(own: usize, built_in: usize) => format!("{own} yours, {built_in} built in"), format!("직접 만든 것 {own}개, 기본 {built_in}개");
        new_network => "New network", "새 네트워크";
        name => "Name", "이름";
        containers => "Containers", "컨테이너";
        subnet => "Subnet", "서브넷";
        driver => "Driver", "드라이버";
        gateway => "Gateway", "게이트웨이";
        built_in => "built in", "기본";
        internal => "no internet", "인터넷 없음";
        copy_id => "Copy ID", "ID 복사";
        created => "Created", "만든 때";
        project => "Project", "프로젝트";
        id => "ID", "ID";
        outside => "Internet", "인터넷";
        has_way_out => "its containers reach it", "컨테이너가 접근할 수 있음";
        no_way_out => "its containers do not reach it", "컨테이너가 접근할 수 없음";
        gateways(addresses: &str) => format!("gateway {addresses}"), format!("게이트웨이 {addresses}");
        subnet_later => "chosen when its first container starts", "첫 컨테이너가 시작할 때 정해짐";
        nobody => "No container is in it.", "속한 컨테이너가 없습니다.";
        gone_title => "This network is gone", "이 네트워크는 없습니다";
        gone_text => "It was removed, here or by another program.", "여기에서 또는 다른 프로그램이 삭제했습니다.";

        remove => "Remove…", "삭제…";
        remove_now => "Remove network", "네트워크 삭제";
        remove_count(count: usize) => format!("Remove {}", counted(count, "network", "networks")), format!("네트워크 {count}개 삭제");
        remove_title(name: &str) => format!("Remove {name}?"), format!("{} 삭제할까요?", with_particle(name, Object));
        remove_frees(subnet: &str) => format!("{subnet} becomes free for other networks. No container is in it, so nothing else changes."), format!("{subnet} 대역을 다른 네트워크가 쓸 수 있게 됩니다. 속한 컨테이너가 없으므로 다른 것은 바뀌지 않습니다.");
        remove_loses_nothing => "No container is in it, so nothing else changes.", "속한 컨테이너가 없으므로 다른 것은 바뀌지 않습니다.";
        keep => "Keep", "유지";
        remove_off(members: &str) => format!("Remove is off while containers are in this network: {members}. Disconnect or remove them first."), format!("{members} 컨테이너가 이 네트워크에 있는 동안에는 삭제할 수 없습니다. 먼저 연결을 끊거나 삭제하십시오.");
        built_in_stays => "It belongs to Gantry and stays.", "Gantry의 기본 네트워크이므로 삭제할 수 없습니다.";
        stays(name: &str) => format!("{name} stays"), format!("{} 삭제하지 않았습니다", with_particle(name, Object));
        removed(name: &str) => format!("Removed {name}"), format!("{} 삭제했습니다", with_particle(name, Object));
        remove_unused => "Remove unused…", "안 쓰는 것 삭제…";
        unused_title(count: usize) => format!("Remove {} that no container is in?", counted(count, "network", "networks")), format!("컨테이너가 없는 네트워크 {count}개를 삭제할까요?");
        unused_text => "Their subnets become free for other networks.", "서브넷을 다른 네트워크가 쓸 수 있게 됩니다.";
        pruned(names: &str) => format!("Removed {names}"), format!("삭제했습니다: {names}");

        name_rule => "Two characters or more: letters, digits, _ . -", "두 글자 이상의 영문자, 숫자, _ . -";
        name_taken(name: &str) => format!("{name} exists already."), format!("{name} 네트워크가 이미 있습니다.");
        subnet_note => "Empty takes a free one", "비우면 자동으로 정함";
        subnet_invalid(typed: &str) => format!("{typed} is not a subnet such as 10.90.0.0/24"), format!("{typed}: 10.90.0.0/24 같은 서브넷이 아닙니다");
        gateway_note => "Empty takes the first address", "비우면 첫 주소";
        gateway_needs_subnet => "Name its subnet first", "서브넷을 먼저 정하십시오";
        address_invalid(typed: &str) => format!("{typed} is not an address"), format!("{typed}: 주소가 아닙니다");
        internal_switch => "No internet", "인터넷 없음";
        internal_note => "its containers reach each other only", "컨테이너끼리만 통신";
        ipv6_note => "gives them addresses of IPv6 as well", "IPv6 주소도 할당";
        create => "Create", "만들기";
        made(name: &str) => format!("Created {name}"), format!("{} 만들었습니다", with_particle(name, Object));
    }
}
