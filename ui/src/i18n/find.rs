//! The page that brings images from registries.

use super::words;

words! {
    Find {
        title => "Find images", "이미지 찾기";
        field => "Name of an image: postgres:17, ghcr.io/owner/name", "이미지 이름: postgres:17, ghcr.io/owner/name";
        empty_title => "Bring an image from a registry", "레지스트리에서 이미지 받기";
        empty_text => "Type its name as a tutorial writes it. Images come from Docker Hub unless the name begins with another registry.", "튜토리얼에 적힌 이름을 그대로 입력하십시오. 이름이 다른 레지스트리로 시작하지 않으면 Docker Hub에서 받습니다.";
        no_name => "This is not the name of an image. Names are lower case: registry/name:tag.", "이미지 이름이 아닙니다. 이름은 소문자로 씁니다: registry/name:tag.";
        comes_from(registry: &str) => format!("From {registry}, for this computer's platform"), format!("{registry}에서, 이 컴퓨터의 플랫폼용");
        here => "on this computer", "이 컴퓨터에 있음";
        pull => "Pull", "내려받기";
        pull_again => "Look for a newer one", "새 버전 확인";
        pull_and_run => "Pull and run…", "내려받아 실행…";
        run => "Run…", "실행…";
        show => "Show image", "이미지 보기";
        pulls => "Pulls", "내려받기";
        not_pushed(name: &str) => format!("{name} was not pushed"), format!("{name}: 올리지 못했습니다");
        not_pulled(name: &str) => format!("{name} was not pulled"), format!("{name}: 내려받지 못했습니다");
    }
}
