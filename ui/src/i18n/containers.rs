//! The page of containers.

use super::words;

words! {
    Containers {
        title => "Containers", "컨테이너";
        running_of(running: usize, all: usize) => format!("{running} of {all} running"), format!("{all}개 중 {running}개 실행 중");
        filter => "Filter by name, image or port", "이름·이미지·포트로 찾기";
        run => "Run a container", "컨테이너 실행";

        status => "Status", "상태";
        name => "Name", "이름";
        image => "Image", "이미지";
        ports => "Ports", "포트";
        cpu => "CPU", "CPU";
        memory => "Memory", "메모리";
        uptime => "Uptime", "가동 시간";
        actions => "Actions", "작업";
        all => "All", "전체";

        seg_running => "Running", "실행 중";
        seg_paused => "Paused", "일시 정지";
        seg_stopped => "Stopped", "중지됨";
        seg_problems => "Problems", "문제";

        running => "Running", "실행 중";
        paused => "Paused", "일시 정지";
        restarting => "Restarting", "재시작 중";
        removing => "Removing…", "삭제 중…";
        exited => "Exited", "종료됨";
        failed => "Failed", "실패";
        created => "Created", "생성됨";
        dead => "Lost", "손실됨";

        not_run_yet => "not run yet", "시작 안 함";
        never_started => "Never started", "시작한 적 없음";
        out_of_memory => "Ended: out of memory", "종료: 메모리 부족";
        ended_with(code: i64) => format!("Ended with code {code}"), format!("종료 코드 {code}");
        exited_ago(ago: &str) => format!("Exited {ago}"), format!("{ago} 종료");
        inside_only(port: &str) => format!("{port} inside only"), format!("{port} 내부 전용");
        port_when_running => "Published when the container runs", "컨테이너가 실행되면 열립니다";
        port_not_for_browsers => "Not a port for a browser", "브라우저로 여는 포트가 아님";
        port_inside_only => "Reachable inside the network only", "네트워크 안에서만 연결됩니다";

        tick(name: &str) => format!("Tick {name}"), format!("{name} 선택");
        tick_all => "Tick all", "모두 선택";
        selected(count: usize) => format!("{count} selected"), format!("{count}개 선택됨");
        clear_selection => "Clear selection (Esc)", "선택 해제 (Esc)";
        stopping_frees(ports: &str) => format!("Stopping frees {ports}"), format!("중지하면 포트 {ports} 반환됩니다", ports = super::with_particle(ports, super::Particle::Subject));
        some_of(verb: &str, fits: usize, all: usize) => format!("{verb} {fits} of {all}"), format!("{all}개 중 {fits}개 {verb}");
        none_fits => "None of them can do this now", "지금 할 수 있는 컨테이너가 없습니다";


        none_title => "No containers yet", "아직 컨테이너가 없습니다";
        none_text => "A container is a program with everything it needs, running apart from the rest of this computer. Run one from an image.", "컨테이너는 필요한 것을 모두 갖추고 이 컴퓨터의 나머지와 분리되어 실행되는 프로그램입니다. 이미지에서 실행합니다.";
        no_hits(query: &str) => format!("Nothing matches “{query}”"), format!("“{query}” 검색 결과가 없습니다");
        no_segment(segment: &str) => format!("Nothing here: {segment}"), format!("{segment}: 없음");
        no_segment_text => "Containers appear here as soon as they fit.", "해당하는 컨테이너가 생기면 여기에 나타납니다.";

        run_it => "Run…", "실행…";

        first_title => "Bring in an image", "이미지 가져오기";
        first_text => "Containers run from images. This computer has none yet.", "컨테이너는 이미지에서 실행됩니다. 이 컴퓨터에는 아직 이미지가 없습니다.";
        welcome_title => "Try the built-in image", "내장 이미지 사용해 보기";
        welcome_text => "gantry/welcome serves a page and logs each visit. It needs no network.", "gantry/welcome: 페이지를 보여 주고 방문을 기록합니다. 네트워크가 필요 없습니다.";
        drop_title => "Drop an image tar here", "이미지 tar 파일을 여기에 놓기";
        drop_text => "from docker save, podman save or an OCI folder", "docker save, podman save 또는 OCI 폴더";
        choose_file => "Choose a file…", "파일 선택…";
        or => "or", "또는";
    }
}
