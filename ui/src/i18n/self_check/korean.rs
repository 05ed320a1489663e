//! What a check found, in Korean: made of its code and its facts.

use gantry_view::Finding;

use super::Words;
use crate::i18n::{Particle, with_particle};

/// `None` for a code of a later engine.
pub(super) fn words(finding: &Finding) -> Option<Words> {
    let fact = |name: &str| finding.facts.get(name).map_or("", String::as_str);
    let error = fact("error");
    let (what, why, next): (String, &str, &str) = match finding.code.as_str() {
        "kernel" => (format!("Linux {} 커널입니다", fact("release")), "", ""),
        "kernel-old" => (
            format!("Linux {} 커널은 오래되었습니다", fact("release")),
            "일반 사용자의 컨테이너에는 Linux 5.11 이상의 오버레이 파일 시스템이 필요합니다.",
            "더 새로운 커널을 쓰십시오.",
        ),
        "namespaces-of-root" => ("엔진이 root 권한으로 실행됩니다".into(), "", ""),
        "namespaces-denied" => (
            format!("root가 마운트 네임스페이스를 만들 수 없습니다({error})"),
            "엔진에는 마운트 네임스페이스가 필요합니다. 권한이 제한된 컨테이너 안에서는 만들 수 없습니다.",
            "CAP_SYS_ADMIN을 주거나 일반 사용자로 엔진을 실행하십시오.",
        ),
        "subordinate-ids" => (
            format!(
                "하위 ID {}개를 쓸 수 있습니다. 컨테이너의 root는 이 컴퓨터의 {}이고 컨테이너의 사용자 1은 {}번입니다. 다른 사용자의 파일은 컨테이너에서 주인이 없습니다",
                fact("count"),
                fact("user"),
                fact("first"),
            ),
            "",
            "",
        ),
        "subordinate-ids-missing" | "subordinate-ids-few" => {
            let user = fact("user");
            let what = if finding.code == "subordinate-ids-few" {
                format!("{user} 사용자의 하위 ID가 {}개뿐입니다", fact("count"))
            } else {
                format!("/etc/subuid와 /etc/subgid에 {user} 사용자의 하위 ID가 없습니다")
            };
            (
                what,
                "ID가 하나뿐이면 파일 주인이 여럿인 이미지나 사용자를 바꾸는 프로그램이 작동하지 않습니다.",
                "두 파일에서 이 사용자에게 비어 있는 ID 65536개를 주십시오.",
            )
        }
        "shim" => (format!("{}에 있습니다", fact("path")), "", ""),
        "shim-missing" => (
            "이 프로그램 옆에 gantry-shim이 없습니다".into(),
            "컨테이너를 시작하고 지켜보는 프로그램입니다.",
            "Gantry를 다시 설치하십시오.",
        ),
        "id-mapping-helpers" => ("newuidmap과 newgidmap이 있습니다".into(), "", ""),
        "id-mapping-helper-missing" => (
            format!("{}이 없습니다", fact("name")),
            NEEDS_MAPPING,
            "uidmap 패키지를 설치하십시오(Fedora는 shadow-utils, Arch는 shadow).",
        ),
        "id-mapping-helper-powerless" | "id-mapping-helper-foreign" => (
            format!("{}에 setuid도 권한도 없습니다", fact("path")),
            NEEDS_MAPPING,
            if finding.code == "id-mapping-helper-foreign" {
                "시스템의 프로그램이 아닙니다. 이 폴더를 PATH에서 빼십시오."
            } else {
                "setuid 권한을 주십시오."
            },
        ),
        "empty-cgroups" => (
            format!("사라진 엔진의 빈 제어 그룹이 {}개 있습니다", fact("count")),
            "커널 메모리를 차지하고 다른 그룹을 찾는 데 방해가 됩니다.",
            "복구를 누르면 지워집니다.",
        ),
        "empty-cgroups-removed" => (
            format!(
                "사라진 엔진의 빈 제어 그룹 {}개를 지웠습니다",
                fact("count")
            ),
            "",
            "",
        ),
        "lingering" => (
            "로그아웃한 뒤에도 컨테이너가 계속 실행됩니다".into(),
            "",
            "",
        ),
        "lingering-off" => (
            "로그아웃하면 컨테이너가 종료됩니다".into(),
            "systemd는 사용자의 마지막 세션이 끝나면 그 사용자의 모든 것을 종료합니다.",
            "계속 실행하려면 이 사용자가 남아 있게 하십시오.",
        ),
        "container-record" => (
            format!("컨테이너의 기록을 읽을 수 없습니다: {error}"),
            "그 컨테이너는 목록에 나오지 않습니다. 무엇을 쓰는지 알 수 없는 동안에는 레이어와 볼륨을 지우지 않습니다.",
            "백업에서 파일을 되돌리고 엔진을 다시 시작하십시오. 백업이 없으면 컨테이너가 쓴 파일(upper 폴더)을 챙긴 뒤 그 폴더를 지우십시오.",
        ),
        other => {
            return user_namespace(other, error)
                .or_else(|| disk(other, &fact))
                .or_else(|| limits(other, &fact))
                .or_else(|| network(other, &fact))
                .or_else(|| store(other, &fact));
        }
    };
    Some(Words::new(what, why, next))
}

const NEEDS_MAPPING: &str =
    "이 도구가 없으면 ID가 하나뿐이라 파일 주인이 여럿인 이미지가 작동하지 않습니다.";

fn user_namespace(code: &str, error: &str) -> Option<Words> {
    if code == "user-namespace" {
        return Some(Words::new("사용자 네임스페이스를 쓸 수 있습니다", "", ""));
    }
    let next = match code {
        "user-namespace-switched-off" => "커널 설정에서 꺼져 있습니다. 켜십시오.",
        "user-namespace-apparmor" => {
            "Gantry에 AppArmor 프로필이 필요합니다. 데비안 패키지에는 들어 있고, 고치기를 누르면 설치됩니다."
        }
        "user-namespace-denied" => {
            "보안 모듈이 막고 있습니다. 커널 로그를 살펴보십시오(sudo dmesg | grep -i denied)."
        }
        "user-namespace-none" => {
            "이 컴퓨터에서 일반 사용자의 사용자 네임스페이스를 허용하거나 root로 엔진을 실행하십시오."
        }
        _ => return None,
    };
    Some(Words::new(
        format!("사용자 네임스페이스를 쓸 수 없습니다({error})"),
        "root가 아닌 사용자는 사용자 네임스페이스 안에서 컨테이너를 실행합니다.",
        next,
    ))
}

fn disk<'a>(code: &str, fact: &impl Fn(&str) -> &'a str) -> Option<Words> {
    let (data, error) = (fact("data"), fact("error"));
    let free = || format!("{data}에 {}가 비어 있습니다", fact("free"));
    const OVERLAY: &str = "컨테이너의 파일은 이미지 레이어 위의 오버레이입니다.";
    const FREE: &str =
        "공간을 비우십시오. 무엇이 자리를 차지하는지는 gantry system df로 볼 수 있습니다.";
    let (what, why, next) = match code {
        "overlay" => (format!("{data}에서 작동합니다"), "", ""),
        "overlay-of-a-user" => (
            format!("{data}에서 일반 사용자로 작동합니다(userxattr)"),
            "",
            "",
        ),
        "overlay-untried" => (
            format!("{data}에서 시험하지 못했습니다"),
            OVERLAY,
            "위의 항목을 보십시오. 폴더에 쓸 수 있어야 합니다.",
        ),
        "overlay-refused" => (
            format!("{data}에서 거부되었습니다: {error}"),
            OVERLAY,
            "데이터 폴더를 ext4, xfs, btrfs 같은 로컬 파일 시스템에 두십시오(--root 또는 GANTRY_ROOT).",
        ),
        "overlay-unknown" => (
            format!("{data}에서 거부되었습니다: {error}"),
            OVERLAY,
            "overlay 모듈을 불러오십시오(sudo modprobe overlay). 켤 때마다 불러오려면 /etc/modules-load.d에 적으십시오.",
        ),
        "disk" => (free(), "", ""),
        "disk-little" => (free(), "이미지에는 더 필요할 수 있습니다.", FREE),
        "disk-full" => (free(), "아무것도 가져오거나 쓸 수 없습니다.", FREE),
        "disk-no-files" => (
            format!(
                "{data}에 {}가 비어 있지만 파일은 {}개만 더 만들 수 있습니다",
                fact("free"),
                fact("files")
            ),
            "이미지의 파일마다 하나씩 필요합니다.",
            FREE,
        ),
        "disk-unreadable" => (
            format!("{} 볼 수 없습니다", with_particle(data, Particle::Object)),
            "이미지와 컨테이너가 저장되는 곳입니다.",
            "--root로 다른 폴더를 고르십시오.",
        ),
        _ => return None,
    };
    Some(Words::new(what, why, next))
}

fn limits<'a>(code: &str, fact: &impl Fn(&str) -> &'a str) -> Option<Words> {
    const WHY: &str = "지킬 수 없는 제한은 거부됩니다. 제한이 없는 컨테이너는 실행됩니다.";
    const AGAIN: &str = "아래 명령을 실행한 뒤 다시 로그인하십시오.";
    let partly = || {
        format!(
            "cgroup v2: {}. 위임되지 않음: {}(그래서 {} 옵션을 쓸 수 없음)",
            fact("there"),
            fact("missing"),
            fact("options")
        )
    };
    let (what, why, next) = match code {
        "cgroups" => (format!("cgroup v2: {} 사용 가능", fact("there")), "", ""),
        "cgroups-most" => (partly(), "", AGAIN),
        "cgroups-few" => (partly(), WHY, AGAIN),
        "cgroups-of-root" => ("cgroup v1을 root가 씁니다".to_owned(), "", ""),
        "cgroups-not-writable" => (
            "이 사용자는 제어 그룹에 쓸 수 없고, 대신 해 줄 systemd도 없습니다".to_owned(),
            WHY,
            "엔진이 시작되는 그룹을 이 사용자에게 주거나 root로 엔진을 실행하십시오.",
        ),
        "cgroups-without-bus" => (
            "사용자의 D-Bus가 없어 systemd에 제어 그룹을 요청할 수 없습니다".to_owned(),
            WHY,
            AGAIN,
        ),
        "cgroups-first-version" => (
            format!("{}: 일반 사용자는 제한을 걸 수 없습니다", fact("there")),
            WHY,
            "systemd.unified_cgroup_hierarchy=1로 부팅하거나 root로 엔진을 실행하십시오.",
        ),
        _ => return None,
    };
    Some(Words::new(what, why, next))
}

fn network<'a>(code: &str, fact: &impl Fn(&str) -> &'a str) -> Option<Words> {
    const PASST: &str = "passt 패키지를 설치하십시오.";
    const TUNNEL: &str =
        "pasta와 slirp4netns에 필요합니다. 없으면 컨테이너가 바깥 네트워크에 닿지 못합니다.";
    let (what, why, next) = match code {
        "packet-filter" => ("nf_tables가 규칙을 받아들입니다".to_owned(), "", ""),
        "packet-filter-untried" => (
            "nf_tables를 시험하지 못했습니다".to_owned(),
            "네트워크를 서로 나누고 컨테이너를 바깥으로 내보냅니다.",
            "",
        ),
        "packet-filter-refused" => (
            format!("nf_tables가 규칙을 거부합니다: {}", fact("error")),
            "없으면 컨테이너가 바깥에 닿지 못하고 서로의 이름도 찾지 못합니다.",
            "모듈을 불러오십시오. 직접 만든 커널에는 CONFIG_NF_TABLES와 CONFIG_NFT_MASQ가 필요합니다.",
        ),
        "forwarding" => ("방해하는 다른 패킷 필터가 없습니다".to_owned(), "", ""),
        "forwarding-stopped" => (
            format!(
                "{} 패킷 전달을 막으며 다른 프로그램의 규칙을 둘 자리가 없습니다",
                with_particle(fact("names"), Particle::Subject)
            ),
            "컨테이너가 바깥에 닿지 못합니다. 공개한 포트는 응답하지만 컨테이너에는 이 컴퓨터가 보낸 것으로 보입니다.",
            "아래 명령으로 통과시키십시오. 명령이 없으면 iptables-legacy를 설치하고(데비안, 우분투: iptables 패키지) 컨테이너를 다시 시작하십시오.",
        ),
        "router-guarded" => (
            format!(
                "컨테이너를 위해 패킷을 전달합니다. 다른 네트워크 사이의 패킷은 다시 켤 때까지 {} 막습니다",
                with_particle(fact("tables"), Particle::Subject)
            ),
            "",
            "그래도 라우터로 쓰려면 아래 명령을 실행하십시오.",
        ),
        "router-off" => (
            format!(
                "{} 다시 꺼졌습니다",
                with_particle(fact("switch"), Particle::Subject)
            ),
            "컨테이너가 바깥에 닿지 못하고 바깥에서도 닿지 못합니다.",
            "다시 켜십시오.",
        ),
        "way-out" => ("pasta가 있습니다".to_owned(), "", ""),
        "way-out-slow" => (
            format!(
                "pasta가 없어 {} 씁니다",
                with_particle(fact("program"), Particle::Object)
            ),
            "컨테이너가 바깥에 닿습니다. pasta가 더 빠릅니다.",
            PASST,
        ),
        "way-out-missing" => (
            "pasta도 slirp4netns도 설치되어 있지 않습니다".to_owned(),
            "컨테이너끼리, 그리고 공개한 포트로는 통하지만 바깥에는 닿지 못합니다.",
            PASST,
        ),
        "tunnel" => ("/dev/net/tun이 있습니다".to_owned(), "", ""),
        "tunnel-missing" => (
            "/dev/net/tun이 없습니다".to_owned(),
            TUNNEL,
            "tun 모듈을 불러오십시오(sudo modprobe tun). 켤 때마다 불러오려면 /etc/modules-load.d에 적으십시오.",
        ),
        "tunnel-closed" => (
            format!(
                "{} /dev/net/tun을 열 수 없습니다",
                with_particle(fact("user"), Particle::Topic)
            ),
            TUNNEL,
            "다른 곳에서 udev가 하는 것처럼 모두에게 허용하십시오.",
        ),
        "published-port-lost" => (
            format!(
                "{} 주소가 더는 {} 컨테이너의 포트 {}로 이어지지 않습니다: {}",
                fact("address"),
                fact("container"),
                fact("port"),
                fact("why")
            ),
            "그 주소로는 컨테이너에 닿을 수 없습니다.",
            "포트를 비운 뒤 컨테이너를 다시 시작하십시오.",
        ),
        _ => return None,
    };
    Some(Words::new(what, why, next))
}

fn store<'a>(code: &str, fact: &impl Fn(&str) -> &'a str) -> Option<Words> {
    const NOT_REPAIRED: &str = "이미지가 손상되었고 복구하지 못했습니다.";
    let (images, error) = (fact("images"), fact("error"));
    let again = format!("{images} 이미지를 다시 불러오십시오.");
    let (what, why, next) = match code {
        "store" => (
            format!(
                "이미지 {images}개, 블롭 {}개({}, 모두 다이제스트와 일치), 레이어 {}개",
                fact("blobs"),
                fact("size"),
                fact("layers")
            ),
            "",
            String::new(),
        ),
        "store-in-use" => (
            format!("엔진(프로세스 {})이 저장소를 쓰고 있습니다", fact("pid")),
            NOT_REPAIRED,
            "엔진을 멈춘 뒤 다시 시도하십시오. 컨테이너는 계속 실행됩니다.".to_owned(),
        ),
        "store-locked" => (
            format!("저장소를 혼자 쓸 수 없습니다: {error}"),
            NOT_REPAIRED,
            "원인을 없앤 뒤 다시 시도하십시오.".to_owned(),
        ),
        "store-not-repaired" => (
            format!("저장소를 복구하지 못했습니다: {error}"),
            NOT_REPAIRED,
            String::new(),
        ),
        "store-catalogue" => (
            format!("images.json을 읽을 수 없습니다: {error}"),
            "어떤 이미지가 있는지 적힌 파일입니다. 없으면 엔진이 시작되지 않습니다.",
            "백업에서 파일을 되돌리십시오. 백업이 없으면 다른 곳으로 옮기고 이미지를 다시 불러오십시오. 컨테이너의 레이어는 남습니다.".to_owned(),
        ),
        "store-database" => (
            format!("gantry.db를 읽을 수 없습니다: {error}"),
            "시작을 빠르게 할 뿐이며 레이어에서 다시 만들어집니다.",
            "엔진이 다음에 시작할 때 다시 만듭니다.".to_owned(),
        ),
        "store-blob-missing" => (
            format!("{images} 이미지의 {} 블롭이 없습니다", fact("blob")),
            "컨테이너는 실행되지만 이미지를 저장할 수 없습니다.",
            again,
        ),
        "store-blob-wrong" => (
            format!("{images} 이미지의 {} 블롭이 손상되었습니다", fact("blob")),
            "내용이 다이제스트와 다릅니다. 디스크가 고장 나고 있을 수 있습니다.",
            again,
        ),
        "store-layer" => (
            format!(
                "{images} 이미지의 {} 레이어를 쓸 수 없습니다: {error}",
                fact("layer")
            ),
            "이 이미지의 컨테이너는 시작되지 않습니다.",
            format!("{images} 이미지를 지우고 다시 불러오십시오."),
        ),
        _ => return None,
    };
    Some(Words::new(what, why, next))
}
