//! What the codes of registries mean.

use gantry_view::Failure;

use super::Words;

pub(super) fn english(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "manifest-unknown" => Words::new(
            "The registry does not have this image",
            "It has no such tag or digest.",
            "Check the name and the tag.",
        ),
        "registry-denied" => Words::new(
            "The registry does not give access",
            "The repository does not exist, or is for others: registries do not tell which.",
            "Check the name, or log in with an account that may do this.",
        ),
        "registry-unauthorized" => Words::new(
            "The registry wants to know who you are",
            "",
            "Log in to it, and check name and password.",
        ),
        "registry-busy" => Words::new(
            "The registry asks for a pause",
            "Too much was asked of it in a short time.",
            "Wait, log in for a higher limit, or use a mirror.",
        ),
        "registry-unreachable" => Words::new(
            "The registry cannot be reached",
            "",
            "Check its address, the network, and the proxy if there is one.",
        ),
        "registry-untrusted" => Words::new(
            "The registry's certificate is not trusted",
            "",
            "Name its certificate authority in the settings, if you know that it is right; if it has no certificate at all, allow plain HTTP for it.",
        ),
        "registry-interrupted" => Words::new(
            "The connection to the registry was lost",
            "",
            "Try again: what came already is not fetched twice.",
        ),
        "registry-failed" => Words::new(
            "The registry failed",
            "",
            "Try again later; if it stays, ask who runs the registry.",
        ),
        "registry-invalid" | "registry-redirect" => Words::new(
            "The registry's answer cannot be used",
            "",
            "Check that the address is one of a registry; if it is, ask who runs it.",
        ),
        "platform-not-offered" => Words::new(
            "There is no such image for this kind of computer",
            "",
            "Choose another platform, or another image.",
        ),
        "registry-settings" => Words::new(
            "The settings of the registry cannot be used",
            "",
            "Correct them in config.toml.",
        ),
        "no-keyring" => Words::new(
            "The password cannot be kept",
            "No keyring runs in this session.",
            "Start one (GNOME Keyring, KWallet or KeePassXC), or choose Docker's configuration file.",
        ),
        "keyring-failed" => Words::new(
            "The keyring did not do it",
            "",
            "Unlock it, then try again.",
        ),
        "credential-helper" => Words::new(
            "A program that keeps passwords failed",
            "Docker's configuration names it.",
            "Check this program, or remove it from the configuration.",
        ),
        "docker-config" => Words::new(
            "Docker's configuration file cannot be used",
            "",
            "Correct this file, or move it away.",
        ),
        _ => return None,
    })
}

pub(super) fn korean(failure: &Failure) -> Option<Words> {
    let fact = |name| failure.fact(name);
    Some(match failure.code.as_str() {
        "manifest-unknown" => Words::new(
            "레지스트리에 이 이미지가 없습니다",
            "그런 태그나 다이제스트가 없습니다.",
            "이름과 태그를 확인하십시오.",
        ),
        "registry-denied" => Words::new(
            "레지스트리가 접근을 허용하지 않습니다",
            "저장소가 없거나 다른 사람의 것입니다. 레지스트리는 둘 중 어느 쪽인지 알려 주지 않습니다.",
            "이름을 확인하거나 권한이 있는 계정으로 로그인하십시오.",
        ),
        "registry-unauthorized" => Words::new(
            "레지스트리에 로그인해야 합니다",
            "",
            "로그인하고 이름과 비밀번호를 확인하십시오.",
        ),
        "registry-busy" => Words::new(
            "레지스트리가 잠시 멈추라고 합니다",
            "짧은 시간에 너무 많이 요청했습니다.",
            "기다리거나, 로그인해 한도를 늘리거나, 미러를 쓰십시오.",
        ),
        "registry-unreachable" => Words::new(
            "레지스트리에 연결할 수 없습니다",
            "",
            "주소와 네트워크, 프록시를 확인하십시오.",
        ),
        "registry-untrusted" => Words::new(
            "레지스트리의 인증서를 믿을 수 없습니다",
            "",
            "맞는 레지스트리라면 설정에 그 인증 기관을 적으십시오. 인증서가 아예 없다면 설정에서 암호화 없는 HTTP를 허용하십시오.",
        ),
        "registry-interrupted" => Words::new(
            "레지스트리와의 연결이 끊겼습니다",
            "",
            "다시 시도하십시오. 이미 받은 부분은 다시 받지 않습니다.",
        ),
        "registry-failed" => Words::new(
            "레지스트리에 문제가 생겼습니다",
            "",
            "나중에 다시 시도하십시오. 계속되면 레지스트리 관리자에게 문의하십시오.",
        ),
        "registry-invalid" | "registry-redirect" => Words::new(
            "레지스트리의 응답을 쓸 수 없습니다",
            "",
            "레지스트리 주소가 맞는지 확인하십시오. 맞다면 관리자에게 문의하십시오.",
        ),
        "platform-not-offered" => Words::new(
            "이 종류의 컴퓨터용 이미지가 없습니다",
            if fact("offered").is_empty() {
                String::new()
            } else {
                format!("있는 것: {}.", fact("offered"))
            },
            "다른 플랫폼이나 다른 이미지를 고르십시오.",
        ),
        "registry-settings" => Words::new(
            "레지스트리 설정을 쓸 수 없습니다",
            "",
            "config.toml에서 설정을 고치십시오.",
        ),
        "no-keyring" => Words::new(
            "비밀번호를 보관할 곳이 없습니다",
            "이 세션에서 실행 중인 키링이 없습니다.",
            "키링(GNOME 키링, KWallet, KeePassXC)을 실행하거나 Docker 설정 파일에 보관하도록 선택하십시오.",
        ),
        "keyring-failed" => Words::new(
            "키링이 요청을 처리하지 못했습니다",
            "",
            "키링을 잠금 해제한 뒤 다시 시도하십시오.",
        ),
        "credential-helper" => Words::new(
            "비밀번호를 보관하는 프로그램이 실패했습니다",
            "Docker 설정에 적힌 프로그램입니다.",
            "프로그램을 확인하거나 설정에서 지우십시오.",
        ),
        "docker-config" => Words::new(
            "Docker 설정 파일을 쓸 수 없습니다",
            "",
            "파일을 고치거나 다른 곳으로 옮기십시오.",
        ),
        _ => return None,
    })
}
