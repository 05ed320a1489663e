//! The page of settings.

use super::words;

words! {
    Settings {
        title => "Settings", "설정";
        kept_as_changed => "All settings are saved as you change them", "설정은 바꾸는 즉시 저장됩니다";
        not_kept(raw: &str) => format!("The settings were not saved: {raw}"), format!("설정을 저장하지 못했습니다: {raw}");
        appearance => "Appearance", "모양";
        theme => "Theme", "테마";
        system => "System", "시스템";
        light => "Light", "밝게";
        dark => "Dark", "어둡게";
        language => "Language", "언어";
        other_language => "언어", "Language";
        other_language_code => "ko", "en";
        language_system => "As the desktop", "데스크톱과 같게";
        density => "Density", "간격";
        comfortable => "Comfortable", "넉넉하게";
        compact => "Compact", "촘촘하게";
        size => "Interface size", "화면 크기";
        smaller => "Smaller (Ctrl+−)", "작게 (Ctrl+−)";
        larger => "Larger (Ctrl++)", "크게 (Ctrl++)";
        title_bar => "Title bar", "제목 표시줄";
        title_bar_text => "System suits KDE and tiling desktops", "KDE와 타일형 데스크톱에는 시스템이 맞습니다";
        title_bar_auto => "Automatic", "자동";
        title_bar_own => "Gantry", "Gantry";
        title_bar_system => "System", "시스템";
        startup => "Startup", "시작";
        login_start => "Start containers marked “always” at login", "로그인할 때 “항상” 컨테이너 시작";
        login_off => "They start with the engine, which starts when it is needed", "지금은 엔진이 필요해질 때 함께 시작됩니다";
        login_on => "When you log in; `loginctl enable-linger` starts them with the computer", "로그인하면 시작합니다. 컴퓨터와 함께 시작하려면 `loginctl enable-linger`를 실행하십시오";
        login_lingers => "With the computer, before anybody logs in", "로그인하기 전에 컴퓨터와 함께 시작합니다";
        commands => "Commands", "명령";
        command_style => "Show equivalent commands as", "같은 명령 표시 방식";
        command_style_text => "In the status bar and in dialogs", "상태 표시줄과 대화 상자에서";
        engine => "Engine", "엔진";
        ready_rootless => "Ready, without root", "준비됨, root 아님";
        ready_root => "Ready, as root", "준비됨, root";
        version(version: &str) => format!("Gantry engine {version}"), format!("Gantry 엔진 {version}");
        storage => "Storage", "저장 위치";
        storage_text(used: &str, free: &str) => format!("{used} used, {free} free"), format!("{used} 사용, {free} 남음");
        socket => "Docker-compatible socket", "Docker 호환 소켓";
        computer => "This computer", "이 컴퓨터";
        computer_text(cpus: u32, memory: &str, architecture: &str, kernel: &str) => format!("{cpus} cores, {memory}, {architecture}, Linux {kernel}"), format!("{cpus}코어, {memory}, {architecture}, Linux {kernel}");
        limits => "Resource limits", "자원 제한";
        limits_cgroup(version: &str) => format!("cgroup {version}"), format!("cgroup {version}");
        limits_none => "not available here", "여기서는 사용할 수 없음";
        copy_socket => "Copy socket address", "소켓 주소 복사";
    }
}
