//! What each code means in Korean.

use gantry_view::Failure;

use super::{Words, engine, env_file, files, startup};
use crate::i18n::{
    Particle::{Object, Subject},
    with_particle,
};

pub(super) fn words(failure: &Failure) -> Option<Words> {
    let fact = |name| failure.fact(name);
    Some(match failure.code.as_str() {
        "transport" | "engine-lost" => Words::new(
            "엔진이 응답하지 않았습니다",
            "",
            "다시 시도하십시오. 엔진은 저절로 시작됩니다. 원인은 `gantry doctor`가 알려 줍니다.",
        ),
        "unreadable" | "unknown-call" | "no-such-endpoint" | "method-not-allowed" => Words::new(
            "창과 엔진이 서로를 이해하지 못합니다",
            "서로 버전이 다릅니다.",
            "창을 닫았다가 다시 여십시오. 그래도 안 되면 Gantry를 다시 설치하십시오.",
        ),
        "no-shell" => Words::new(
            "이 이미지에는 셸이 없습니다",
            "",
            "디버그 셸을 여십시오. 다른 이미지의 셸이 이 컨테이너 옆에서 실행됩니다.",
        ),
        "engine-error" | "internal" => Words::new(
            "엔진 안에서 문제가 생겼습니다",
            "",
            "다시 시도하십시오. 되풀이되면 자세한 내용을 복사해 알려 주십시오.",
        ),
        "shutting-down" => Words::new("엔진이 종료되는 중입니다", "", "잠시 뒤 다시 시도하십시오."),
        "request-interrupted" => Words::new(
            "요청이 끝까지 전달되지 않았습니다",
            "연결이 끊겼습니다.",
            "다시 시도하십시오.",
        ),
        "not-signed-in" => Words::new(
            "로그인되어 있지 않습니다",
            "",
            "`gantry web`이 출력한 주소를 다시 여십시오.",
        ),
        "desktop-only" | "not-in-browser" => Words::new(
            "브라우저에서는 할 수 없습니다",
            "",
            "데스크톱 앱을 쓰거나 이 컴퓨터의 경로를 고르십시오.",
        ),
        "no-browser" => Words::new(
            "브라우저를 열지 못했습니다",
            "",
            "주소를 복사해 직접 여십시오.",
        ),
        "no-file-manager" => Words::new(
            "파일 관리자를 열지 못했습니다",
            "",
            "파일 옆에 적힌 경로를 복사해 쓰십시오.",
        ),
        "bad-request" | "invalid-request" | "request-too-large" => Words::new(
            "엔진이 요청을 거절했습니다",
            "",
            "입력한 내용을 고친 뒤 다시 시도하십시오.",
        ),
        "not-supported" | "not-implemented" | "unsupported" => Words::new(
            "이 엔진이 지원하지 않는 기능입니다",
            "",
            "이 옵션을 빼십시오.",
        ),
        "conflict" => Words::new(
            "다른 것과 충돌합니다",
            "",
            "자세한 내용을 확인한 뒤 다시 시도하십시오.",
        ),
        "not-found" | "gone" => {
            Words::new("이제 없습니다", "", "F5를 눌러 지금 상태를 확인하십시오.")
        }
        "cancelled" => Words::new("취소했습니다", "", "필요하면 다시 시작하십시오."),
        "ambiguous-id" => Words::new(
            "이렇게 시작하는 것이 여러 개 있습니다",
            "",
            "ID를 더 길게 입력하십시오.",
        ),
        "exec-not-found" => Words::new(
            "그 명령이 이제 없습니다",
            "명령이나 컨테이너가 끝났습니다.",
            "다시 실행하십시오.",
        ),
        "exec-not-running" => Words::new("명령이 끝났습니다", "", "다시 실행하십시오."),
        "exec-started" => Words::new(
            "이미 시작한 명령입니다",
            "",
            "하나 더 필요하면 다시 실행하십시오.",
        ),
        "undo-expired" => Words::new("되돌릴 시간이 지났습니다", "", "다시 만드십시오."),
        "task-not-found" => Words::new("작업이 이제 없습니다", "", "다시 시작하십시오."),
        "network-not-found" => Words::new(
            "그런 네트워크가 없습니다",
            "",
            "네트워크 목록에서 고르십시오.",
        ),
        "network-exists" => Words::new(
            "같은 이름의 네트워크가 이미 있습니다",
            "",
            "다른 이름을 고르십시오.",
        ),
        "network-in-use" => Words::new(
            "네트워크를 사용하고 있습니다",
            "연결된 컨테이너가 있습니다.",
            "먼저 컨테이너를 삭제하거나 연결을 끊으십시오.",
        ),
        "network-forbidden" => Words::new(
            "이 네트워크는 바꿀 수 없습니다",
            "",
            "네트워크를 새로 만들어 쓰십시오. 기본 네트워크는 바꾸거나 삭제할 수 없습니다.",
        ),
        "network-overlaps" => Words::new(
            "이 주소는 이미 쓰고 있습니다",
            "다른 네트워크나 이 컴퓨터의 경로가 쓰는 주소입니다.",
            "다른 서브넷을 고르거나 비워 두십시오.",
        ),
        "network-failed" | "network-keeper" => Words::new(
            "컨테이너의 네트워크를 준비하지 못했습니다",
            "",
            "자세한 내용을 확인하십시오. `gantry doctor`가 이 컴퓨터에 없는 것을 알려 줍니다.",
        ),
        "address-in-use" => Words::new(
            format!(
                "네트워크 {}에서 {} 주소를 이미 쓰고 있습니다",
                fact("network"),
                fact("address")
            ),
            "",
            "네트워크의 다른 주소를 고르거나 엔진이 고르게 하십시오.",
        ),
        "port-in-use" => Words::new(
            format!("포트 {}번을 다른 것이 쓰고 있습니다", fact("port")),
            "",
            "다른 포트를 고르거나 이 포트를 쓰는 것을 끝내십시오.",
        ),
        "port-forbidden" => Words::new(
            format!("포트 {}번은 root만 쓸 수 있습니다", fact("port")),
            "",
            "1024 이상의 포트를 고르거나 sysctl net.ipv4.ip_unprivileged_port_start로 낮은 포트를 허용하십시오.",
        ),
        "invalid-name" => Words::new(
            "쓸 수 없는 이름입니다",
            "",
            "글자나 숫자로 시작하고 글자, 숫자, '_', '.', '-'만 쓰십시오.",
        ),
        "path-not-absolute" => Words::new(
            "경로를 쓰지 않았습니다",
            "경로가 /로 시작하지 않습니다.",
            "/ 또는 ~로 시작하는 경로를 입력하십시오.",
        ),
        "file-not-found" => Words::new(
            format!("{} 읽지 못했습니다", with_particle(fact("path"), Object)),
            "",
            "경로와 읽기 권한을 확인하십시오.",
        ),
        "file-not-saved" | "log-not-saved" => Words::new(
            format!("{} 쓰지 못했습니다", with_particle(fact("path"), Object)),
            "",
            "쓸 수 있는 폴더를 고르십시오.",
        ),
        "file-exists" => Words::new(
            "같은 이름의 파일이 이미 있습니다",
            "",
            "다른 이름을 고르십시오.",
        ),
        "welcome-missing" => Words::new(
            "내장 이미지를 추가하지 못했습니다",
            format!("{} 안에 {} 파일이 없습니다.", fact("folder"), fact("file")),
            "Gantry를 다시 설치하거나 파일을 프로그램 옆에 다시 두십시오.",
        ),
        "disk-full" => Words::new(
            "디스크에 공간이 부족합니다",
            "",
            "쓰지 않는 이미지를 삭제하는 등 공간을 비운 뒤 다시 시도하십시오.",
        ),
        "io" => Words::new(
            "파일을 읽거나 쓰지 못했습니다",
            "",
            "디스크와 권한을 확인한 뒤 다시 시도하십시오.",
        ),
        _ => {
            return super::registry::korean(failure)
                .or_else(|| super::other_engines::korean(failure))
                .or_else(|| image(failure))
                .or_else(|| container(failure))
                .or_else(|| engine::korean(failure));
        }
    })
}

fn image(failure: &Failure) -> Option<Words> {
    let fact = |name| failure.fact(name);
    Some(match failure.code.as_str() {
        "image-not-found" => Words::new(
            "이미지가 없습니다",
            format!(
                "{} 이 컴퓨터에서 찾지 못했습니다.",
                with_particle(fact("image"), Object)
            ),
            "파일에서 가져오거나 이미지 목록에서 이름을 확인하십시오.",
        ),
        "image-in-use" => Words::new(
            "이미지를 사용 중입니다",
            "컨테이너나 다른 이름이 이 이미지를 쓰고 있습니다.",
            "먼저 컨테이너를 삭제하거나 이미지를 강제로 삭제하십시오.",
        ),
        "volume-not-found" => Words::new(
            "볼륨이 없습니다",
            "",
            "그 사이에 삭제되었거나 이름이 다릅니다. 볼륨 목록을 확인하십시오.",
        ),
        "volume-exists" => Words::new(
            "같은 이름의 볼륨이 이미 있습니다",
            "",
            "다른 이름을 고르거나 그 볼륨을 먼저 삭제하십시오.",
        ),
        "volume-in-use" => Words::new(
            "볼륨을 사용 중입니다",
            "실행 중이거나 멈춘 컨테이너가 이 볼륨을 쓰고 있습니다.",
            "먼저 그 컨테이너를 삭제하십시오. 볼륨은 그대로 남습니다.",
        ),
        "volume-leaving" => Words::new(
            "볼륨을 삭제하는 중입니다",
            "",
            "잠시 뒤에 다시 시도하거나 다른 이름을 쓰십시오.",
        ),
        "layer-not-found" | "entry-not-found" => Words::new(
            "이미지 안의 그 자리에 아무것도 없습니다",
            "",
            "이미지의 레이어를 다시 확인하십시오.",
        ),
        "not-a-file" => Words::new("파일만 꺼낼 수 있습니다", "", "파일을 고르십시오."),
        "platform-mismatch" => Words::new(
            "다른 종류의 컴퓨터용 이미지입니다",
            if fact("actual").is_empty() {
                String::new()
            } else {
                format!(
                    "이미지는 {}용이고 이 컴퓨터는 {}입니다.",
                    fact("actual"),
                    fact("wanted")
                )
            },
            "이 컴퓨터용으로 만든 이미지를 가져오십시오.",
        ),
        "archive-truncated" => Words::new(
            "파일이 중간에 끊겼습니다",
            "받거나 복사하는 도중에 끊긴 것으로 보입니다. 저장한 것은 없습니다.",
            "파일을 다시 복사하거나 다시 내보내십시오.",
        ),
        "digest-mismatch" => Words::new(
            "내용이 다이제스트와 다릅니다",
            "파일이 손상되었거나 바뀌었습니다. 저장한 것은 없습니다.",
            "원래 있던 곳에서 파일을 다시 받으십시오.",
        ),
        "not-an-image" => Words::new(
            "이미지 파일이 아닙니다",
            "",
            "docker save, podman save 또는 OCI 도구로 만든 파일을 고르십시오.",
        ),
        "archive-invalid" => Words::new(
            "아카이브의 내용이 서로 맞지 않습니다",
            "",
            "원래 있던 곳에서 이미지를 다시 내보내십시오.",
        ),
        "archive-refused" => Words::new(
            "아카이브가 쓰면 안 되는 곳에 쓰려 합니다",
            "저장한 것은 없습니다.",
            "이 파일을 믿지 마십시오.",
        ),
        "archive-too-large" => Words::new(
            "아카이브가 허용된 크기보다 큽니다",
            "저장한 것은 없습니다.",
            "이 파일을 믿지 말거나 이미지를 줄이십시오.",
        ),
        "store-damaged" | "damaged" => Words::new(
            "엔진의 파일이 손상되었습니다",
            "",
            "`gantry doctor --repair`를 실행하십시오.",
        ),
        _ => return None,
    })
}

fn container(failure: &Failure) -> Option<Words> {
    let fact = |name| failure.fact(name);
    Some(match failure.code.as_str() {
        "container-not-found" => Words::new(
            "그런 컨테이너가 없습니다",
            "",
            "F5를 눌러 어떤 컨테이너가 있는지 확인하십시오.",
        ),
        "name-in-use" => Words::new(
            format!(
                "이름 {} 이미 사용 중입니다",
                with_particle(fact("name"), Subject)
            ),
            "다른 컨테이너가 이 이름을 쓰고 있습니다.",
            "다른 이름을 고르거나 그 컨테이너의 이름을 바꾸거나 삭제하십시오.",
        ),
        "ipc-not-shareable" => Words::new(
            "다른 컨테이너가 메모리를 함께 쓰지 않습니다",
            "",
            "그 컨테이너를 --ipc shareable로 실행하십시오.",
        ),
        "container-running" => Words::new(
            "컨테이너가 실행 중입니다",
            "",
            "먼저 중지하거나 강제로 삭제하십시오.",
        ),
        "container-paused" => Words::new(
            "컨테이너가 일시 중지되어 있습니다",
            "",
            "먼저 재개하십시오.",
        ),
        "container-not-paused" => Words::new(
            "컨테이너가 일시 중지된 상태가 아닙니다",
            "",
            "재개할 것이 없습니다.",
        ),
        "container-not-running" => {
            Words::new("컨테이너가 실행 중이 아닙니다", "", "먼저 시작하십시오.")
        }
        "container-restarting" => Words::new(
            "컨테이너가 곧 다시 시작됩니다",
            "",
            "실행될 때까지 기다리거나 중지하십시오.",
        ),
        "container-dead" | "container-state" => Words::new(
            "컨테이너가 지금 상태에서는 할 수 없습니다",
            "",
            "삭제한 뒤 다시 실행하십시오.",
        ),
        "container-files-open" => Words::new(
            "누군가 컨테이너의 파일을 쓰고 있습니다",
            "밖에서 파일을 복사하거나 보고 있습니다.",
            "복사가 끝나기를 기다리거나 그만둔 뒤 컨테이너를 다시 시작하십시오.",
        ),
        "container-start-given-up" => Words::new(
            "컨테이너를 시작하지 않았습니다",
            "파일을 복사하거나 보는 동안 컨테이너가 중지되거나 삭제되었습니다.",
            "다시 시작하십시오.",
        ),
        "container-damaged" => Words::new(
            "기록을 읽을 수 없는 컨테이너가 있습니다",
            "그 컨테이너가 어떤 볼륨을 쓰는지 알 수 없어 아무것도 지우지 않았습니다.",
            "자가 점검에서 어느 컨테이너인지 확인하십시오. 기록을 고치거나 폴더를 지우고 엔진을 다시 시작한 뒤 다시 시도하십시오.",
        ),
        "container-removing" => Words::new(
            "컨테이너가 이미 삭제되는 중입니다",
            "",
            "사라질 때까지 기다리십시오.",
        ),
        "supervisor-silent" => Words::new(
            "컨테이너를 지켜보는 프로그램이 응답하지 않습니다",
            "멈춰 있거나 실행될 틈이 없습니다.",
            "잠시 뒤 다시 시도하십시오. 중지하거나 강제 종료하면 컨테이너는 반드시 끝납니다.",
        ),
        "container-unkillable" => Words::new(
            "컨테이너를 끝낼 수 없습니다",
            "컨테이너의 프로세스가 커널 안에서 디스크나 네트워크 파일 시스템을 기다리고 있습니다.",
            "무엇을 기다리는지 확인하고, 그것이 응답하면 다시 시도하십시오.",
        ),
        "supervisor-lost" => Words::new(
            "컨테이너를 지켜보던 프로그램이 없어졌습니다",
            "",
            "컨테이너를 다시 시작하십시오.",
        ),
        "command-not-found" => Words::new(
            "이미지 안에서 명령을 찾지 못했습니다",
            "",
            "명령의 철자와 이미지에 그 명령이 있는지 확인하십시오.",
        ),
        "command-not-executable" => Words::new(
            "명령을 실행할 수 없습니다",
            "",
            "폴더가 아닌 프로그램을 고르고 권한을 확인하십시오.",
        ),
        "user-not-found" => Words::new(
            "이미지에 그런 사용자가 없습니다",
            "",
            "이미지에 있는 사용자나 숫자를 입력하십시오.",
        ),
        "group-not-found" => Words::new(
            "이미지에 그런 그룹이 없습니다",
            "",
            "이미지에 있는 그룹이나 숫자를 입력하십시오.",
        ),
        "start-failed" => Words::new(
            "컨테이너를 시작하지 못했습니다",
            "",
            "자세한 내용을 확인한 뒤 설정을 바꿔 실행하십시오.",
        ),
        "limit-unavailable" | "limits-unavailable" => Words::new(
            "제한을 적용할 수 없습니다",
            "이 컴퓨터의 cgroup이 이 제한을 허용하지 않습니다.",
            "이 제한 없이 실행하거나 세션에 cgroup 컨트롤러를 맡기십시오.",
        ),
        "single-id" => Words::new(
            "사용자 ID를 하나만 쓸 수 있습니다",
            "",
            "uidmap 패키지를 설치하고 사용자에게 보조 ID를 추가하십시오.",
        ),
        "shim-missing" => Words::new("gantry-shim이 없습니다", "", "Gantry를 다시 설치하십시오."),
        "seccomp" => Words::new(
            "시스템 호출 필터를 만들지 못했습니다",
            "",
            "`gantry doctor`를 실행하십시오.",
        ),
        "log-unreadable" => Words::new(
            "로그를 읽지 못했습니다",
            "",
            "디스크를 확인하십시오. 컨테이너에는 영향이 없습니다.",
        ),
        _ => {
            return files::korean(failure)
                .or_else(|| env_file::korean(failure))
                .or_else(|| startup::korean(failure));
        }
    })
}
