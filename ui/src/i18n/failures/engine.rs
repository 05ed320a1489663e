//! Why an engine did not start, and what else it keeps to itself, in both languages.

use gantry_view::Failure;

use super::Words;

pub(super) fn english(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "engine-missing" => Words::new(
            "The program gantry was not found",
            "It lies neither beside this one nor in the PATH.",
            "Install Gantry again.",
        ),
        "engine-unrunnable" => Words::new(
            "The program gantry cannot be run",
            "",
            "Check its permissions, or install Gantry again.",
        ),
        "engine-start-failed" => Words::new(
            "The engine did not start",
            "",
            "`gantry doctor` tells what this computer lacks.",
        ),
        "engine-start-slow" => Words::new(
            "The engine is not ready yet",
            "",
            "Wait until the computer is less busy, then try again; `gantry doctor` tells more.",
        ),
        "engine-already-running" => Words::new(
            "An engine runs in this folder already",
            "",
            "Use that engine, or give another folder with --root.",
        ),
        "no-scope" => Words::new(
            "The engine has no scope of its own from systemd",
            "",
            "Log in to a desktop or a console session and start the engine again; `gantry doctor` tells more.",
        ),
        "no-home" => Words::new(
            "No home folder is known",
            "",
            "Set HOME, or give a folder with --root.",
        ),
        "unsafe-folder" => Words::new(
            "The folder for runtime files belongs to somebody else",
            "",
            "Remove the folder, or set XDG_RUNTIME_DIR.",
        ),
        "config-invalid" => Words::new(
            "The settings file cannot be read",
            "",
            "Correct the line, or remove the file to use the defaults.",
        ),
        "no-user-namespace" => Words::new(
            "This computer refuses user namespaces",
            "",
            "Open Self-check and press Fix…",
        ),
        "user-namespace-restricted" => Words::new(
            "AppArmor restricts user namespaces",
            "",
            "Open Self-check and press Fix…",
        ),
        "no-mount-namespace" => Words::new(
            "The engine may not make a mount namespace",
            "",
            "Run the engine with CAP_SYS_ADMIN, or as an ordinary user.",
        ),
        "namespaces-lost" => Words::new(
            "The running containers' namespaces cannot be joined",
            "",
            "Stop the containers' supervisors, then start the engine again.",
        ),
        "socket-activation" => Words::new(
            "systemd handed over no usable socket",
            "",
            "Restart gantry.socket.",
        ),
        "socket-path-too-long" => Words::new(
            "The socket's path is too long",
            "",
            "Give a shorter path with --socket.",
        ),
        "settings-not-saved" => Words::new(
            "The settings were not kept",
            "",
            "Check that the folder of the settings can be written to.",
        ),
        "unknown" => Words::new("It failed, and nobody said why", "", "Try again."),
        _ => return None,
    })
}

pub(super) fn korean(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "engine-missing" => Words::new(
            "gantry 프로그램을 찾지 못했습니다",
            "이 프로그램 옆에도 PATH에도 없습니다.",
            "Gantry를 다시 설치하십시오.",
        ),
        "engine-unrunnable" => Words::new(
            "gantry 프로그램을 실행할 수 없습니다",
            "",
            "실행 권한을 확인하거나 Gantry를 다시 설치하십시오.",
        ),
        "engine-start-failed" => Words::new(
            "엔진이 시작되지 않았습니다",
            "",
            "이 컴퓨터에 부족한 것은 `gantry doctor`가 알려 줍니다.",
        ),
        "engine-start-slow" => Words::new(
            "엔진이 아직 준비되지 않았습니다",
            "",
            "컴퓨터가 한가해진 뒤 다시 시도하십시오. 자세한 것은 `gantry doctor`가 알려 줍니다.",
        ),
        "engine-already-running" => Words::new(
            "이 폴더에서 이미 엔진이 실행 중입니다",
            "",
            "그 엔진을 쓰거나 --root로 다른 폴더를 지정하십시오.",
        ),
        "no-scope" => Words::new(
            "엔진이 systemd에서 자기 scope를 받지 못했습니다",
            "",
            "데스크톱이나 콘솔에 로그인한 뒤 엔진을 다시 시작하십시오. 자세한 것은 `gantry doctor`가 알려 줍니다.",
        ),
        "no-home" => Words::new(
            "홈 폴더를 알 수 없습니다",
            "",
            "HOME을 설정하거나 --root로 폴더를 지정하십시오.",
        ),
        "unsafe-folder" => Words::new(
            "실행 파일용 폴더가 다른 사용자의 것입니다",
            "",
            "폴더를 지우거나 XDG_RUNTIME_DIR를 설정하십시오.",
        ),
        "config-invalid" => Words::new(
            "설정 파일을 읽을 수 없습니다",
            "",
            "그 줄을 고치거나 파일을 지워 기본값을 쓰십시오.",
        ),
        "no-user-namespace" => Words::new(
            "이 컴퓨터에서 사용자 네임스페이스를 쓸 수 없습니다",
            "",
            "자가 점검을 열고 고치기를 누르십시오.",
        ),
        "user-namespace-restricted" => Words::new(
            "AppArmor가 사용자 네임스페이스를 제한합니다",
            "",
            "자가 점검을 열고 고치기를 누르십시오.",
        ),
        "no-mount-namespace" => Words::new(
            "엔진이 마운트 네임스페이스를 만들 수 없습니다",
            "",
            "CAP_SYS_ADMIN을 주거나 일반 사용자로 엔진을 실행하십시오.",
        ),
        "namespaces-lost" => Words::new(
            "실행 중인 컨테이너의 네임스페이스에 들어갈 수 없습니다",
            "",
            "컨테이너를 지켜보는 프로그램을 중지한 뒤 엔진을 다시 시작하십시오.",
        ),
        "socket-activation" => Words::new(
            "systemd가 쓸 수 있는 소켓을 넘겨주지 않았습니다",
            "",
            "gantry.socket을 다시 시작하십시오.",
        ),
        "socket-path-too-long" => Words::new(
            "소켓 경로가 너무 깁니다",
            "",
            "--socket으로 더 짧은 경로를 지정하십시오.",
        ),
        "settings-not-saved" => Words::new(
            "설정을 저장하지 못했습니다",
            "",
            "설정 폴더에 쓸 수 있는지 확인하십시오.",
        ),
        "unknown" => Words::new("이유를 알 수 없이 실패했습니다", "", "다시 시도하십시오."),
        _ => return None,
    })
}
