//! One container in full.

use super::words;

words! {
    Detail {
        logs => "Logs", "로그";
        files => "Files", "파일";
        inspect => "Inspect", "검사";
        up_for(span: &str) => format!("for {span}"), format!("{span}째");
        ended(ago: &str) => format!("ended {ago}"), format!("{ago} 종료");
        created(ago: &str) => format!("made {ago}"), format!("{ago} 생성");
        removed_when_ended => "Removed when it ends", "종료되면 삭제";
        back_to_list => "Back to the list", "목록으로";

        command => "Command", "명령";
        entrypoint => "Entrypoint", "진입점";
        working_dir => "Works in", "작업 폴더";
        user => "Runs as", "실행 사용자";
        hostname => "Calls itself", "호스트 이름";
        environment => "Environment", "환경 변수";
        mounts => "Folders and volumes", "폴더와 볼륨";
        read_only => "read-only", "읽기 전용";
        labels => "Labels", "레이블";
        memory_limit => "Memory limit", "메모리 제한";
        cpu_limit => "CPU limit", "CPU 제한";
        cores(cores: &str) => format!("{cores} cores"), format!("{cores}코어");
        no_limit => "no limit", "제한 없음";
        network => "Network", "네트워크";
        platform => "Platform", "플랫폼";
        restart_policy => "When it ends", "종료되면";
        restarts_never => "stays ended", "다시 시작하지 않음";
        restarts_always => "always starts again", "항상 다시 시작";
        restarts_unless_stopped => "starts again unless stopped", "중지하지 않는 한 다시 시작";
        restarts_on_failure => "starts again after a failure", "실패하면 다시 시작";
        restarts_on_failure_times(times: &str) => format!("starts again after a failure, at most {times} times"), format!("실패하면 다시 시작, 최대 {times}번");
        stop_signal => "Stopped by", "중지 신호";
        pid => "Process on this computer", "이 컴퓨터의 프로세스";
        created_at => "Made", "생성";
        started_at => "Started", "시작";
        finished_at => "Ended", "종료";
        exit_code => "Exit code", "종료 코드";
        own_changes => "Its own changes", "자체 변경";
        image => "Image", "이미지";
        id => "ID", "ID";
        image_user => "root", "root";
        run_command => "Makes the same container", "같은 컨테이너를 만드는 명령";
        raw => "As docker inspect prints it", "docker inspect 출력";
        copy_json => "Copy JSON", "JSON 복사";
        not_read => "The container could not be read", "컨테이너를 읽지 못했습니다";
        gone_title => "This container is gone", "이 컨테이너는 없습니다";
        gone_text => "It was removed, here or by another program.", "여기에서 또는 다른 프로그램이 삭제했습니다.";
    }
}
