//! Registries and who we are to them.

use super::words;

words! {
    Registries {
        title => "Registries", "레지스트리";
        add => "Add…", "추가…";
        add_title => "Add a registry", "레지스트리 추가";
        add_field => "Address", "주소";
        add_hint => "As it stands in front of the names of its images.", "이미지 이름 앞에 오는 주소입니다.";
        add_bad => "A host and, if need be, a port: registry.example:5000", "호스트와 필요하면 포트: registry.example:5000";
        add_known => "It is in the list already.", "이미 목록에 있습니다.";
        add_go => "Add", "추가";
        drop => "Take off the list", "목록에서 지우기";
        more(name: &str) => format!("More for {name}"), format!("{name}: 더 보기");

        reading => "Looking for accounts…", "계정을 확인하는 중…";
        signed_in_as(user: &str) => format!("signed in as {user}"), format!("{user} 계정으로 로그인됨");
        signed_in => "signed in", "로그인됨";
        not_signed_in => "not signed in", "로그인하지 않음";
        in_keyring => "password in the system keyring", "비밀번호는 시스템 키링에 있음";
        in_session => "until Gantry closes", "Gantry를 닫을 때까지";
        in_helper(name: &str) => format!("password with docker-credential-{name}"), format!("비밀번호는 docker-credential-{name}에 있음");
        in_file(file: &str) => format!("password in {file}"), format!("비밀번호는 {file} 파일에 있음");

        plain => "plain HTTP, allowed by you", "암호화 없는 HTTP, 직접 허용함";
        plain_configured => "plain HTTP by config.toml", "암호화 없는 HTTP, config.toml 설정";
        plain_more => "Allow plain HTTP…", "암호화 없는 HTTP 허용…";
        plain_no_more => "Ask for encryption again", "다시 암호화 사용";
        plain_title(name: &str) => format!("Talk to {name} without encryption?"), format!("{name}: 암호화 없이 연결할까요?");
        plain_means => "Whoever is on the way can read what is sent, passwords too, and change what comes. Allow it in a network that you trust, for a registry that has no certificate.", "오가는 길목에 있는 사람은 비밀번호를 포함해 보내는 내용을 읽고 받는 내용을 바꿀 수 있습니다. 믿을 수 있는 네트워크에 있고 인증서가 없는 레지스트리에만 허용하십시오.";
        plain_keep => "Keep encryption", "암호화 유지";
        plain_go => "Allow plain HTTP", "암호화 없는 HTTP 허용";
        now_plain(name: &str) => format!("{name} is talked to without encryption"), format!("{name}: 암호화 없이 연결합니다");
        now_secure(name: &str) => format!("{name} is talked to with encryption"), format!("{name}: 암호화해서 연결합니다");
        not_changed(name: &str) => format!("{name} was not changed"), format!("{name}: 바꾸지 못했습니다");
        sign_in => "Sign in…", "로그인…";
        sign_in_again => "Sign in as somebody else…", "다른 계정으로 로그인…";
        sign_out => "Sign out", "로그아웃";
        signed_out(name: &str) => format!("Signed out of {name}"), format!("{name}에서 로그아웃했습니다");
        not_signed_out(name: &str) => format!("Not signed out of {name}"), format!("{name}에서 로그아웃하지 못했습니다");
        now_signed_in(name: &str) => format!("Signed in to {name}"), format!("{name}에 로그인했습니다");

        sign_in_to(name: &str) => format!("Sign in to {name}"), format!("{name} 로그인");
        asks(name: &str) => format!("{name} asks you to sign in"), format!("{name}에 로그인해야 합니다");
        to_pull(image: &str) => format!("To pull {image}. It may also not exist: this registry gives the same answer for both."), format!("{image} 이미지를 내려받으려면 로그인해야 합니다. 이미지가 없을 수도 있습니다. 이 레지스트리는 두 경우에 같은 답을 합니다.");
        to_push(image: &str) => format!("To push {image}. Nobody is let in without a name, or not to this repository."), format!("{image} 이미지를 올리려면 로그인해야 합니다. 이 저장소에는 허용된 계정만 올릴 수 있습니다.");
        user => "User name", "사용자 이름";
        secret => "Password or token", "비밀번호 또는 토큰";
        user_first => "Type the user name first", "먼저 사용자 이름을 입력하십시오";
        secret_first => "Type the password or token first", "먼저 비밀번호나 토큰을 입력하십시오";
        keep_keyring => "It is kept in the system keyring.", "시스템 키링에 보관합니다.";
        keep_session => "No keyring runs here: it is forgotten when Gantry closes.", "실행 중인 키링이 없어 Gantry를 닫으면 잊습니다.";
        keep_helper(name: &str) => format!("It is kept by docker-credential-{name}, as Docker is set up here."), format!("이 컴퓨터의 Docker 설정에 따라 docker-credential-{name}이 보관합니다.");
        keep_file(file: &str) => format!("It is kept in {file}, readable for every program of yours."), format!("{file} 파일에 보관합니다. 내 모든 프로그램이 읽을 수 있습니다.");
        in_file_choice => "Keep it in Docker's file instead", "대신 Docker 파일에 보관";
        go => "Sign in", "로그인";
        go_and_pull => "Sign in and pull", "로그인하고 내려받기";
        go_and_push => "Sign in and push", "로그인하고 올리기";
    }
}
