//! What a container uses.

use super::{Particle::Object, counted, grouped, with_particle, words};

words! {
    Stats {
        stats => "Stats", "통계";
        what => "A reading every second while you look, every ten before", "보는 동안은 매초, 그 전에는 10초마다 측정합니다";
        what_hour => "Each point is the mean of a minute", "각 점은 1분 평균입니다";
        range => "Range", "범위";
        minutes => "5 min", "5분";
        hour => "1 h", "1시간";
        hour_ago => "1 h ago", "1시간 전";
        export_csv => "Export CSV", "CSV로 내보내기";
        table_saved(name: &str) => format!("Saved {name}"), format!("{} 저장했습니다", with_particle(name, Object));
        table_not_saved(name: &str) => format!("Could not save {name}"), format!("{} 저장하지 못했습니다", with_particle(name, Object));
        process_list => "Processes", "프로세스";
        first_processes(count: usize) => format!("the first {count}"), format!("처음 {count}개");
        pid => "PID", "PID";
        command => "Command", "명령";
        running_for => "Running for", "실행 시간";
        processes(count: u64) => counted(count as usize, "process", "processes"), format!("프로세스 {}개", grouped(count));
        cpu => "CPU", "CPU";
        memory => "Memory", "메모리";
        network => "Network", "네트워크";
        disk => "Disk", "디스크";
        of_cores(cores: f64, peak: &str) => format!("of {}, peak {peak}", if (cores - 1.0).abs() < 0.001 { "1 core".to_owned() } else { format!("{cores} cores") }), format!("{cores}코어 중, 최고 {peak}");
        of_bytes(limit: &str, peak: &str) => format!("of {limit}, peak {peak}"), format!("{limit} 중, 최고 {peak}");
        limit(limit: &str) => format!("{limit} limit"), format!("제한 {limit}");
        in_and_out(out: &str) => format!("in, {out} out"), format!("수신, 송신 {out}");
        written_and_read(read: &str) => format!("written, {read} read"), format!("쓰기, 읽기 {read}");
        incoming => "in", "수신";
        outgoing => "out", "송신";
        write => "write", "쓰기";
        read => "read", "읽기";
        five_minutes_ago => "5 min ago", "5분 전";
        now => "now", "지금";
        summed => "These figures are sums over its processes, because no control group counts them here. Memory that processes share is left out, and so is what ended processes used.", "여기에서는 cgroup으로 측정할 수 없어 프로세스별 수치를 더한 값입니다. 프로세스가 공유하는 메모리와 종료된 프로세스의 사용량은 빠져 있습니다.";
        unmeasured_title => "Not measured yet", "아직 측정되지 않았습니다";
        unmeasured_text => "The first reading comes within a second.", "첫 측정값은 1초 안에 나타납니다.";
        stopped_title => "This container is not running", "실행 중인 컨테이너가 아닙니다";
        stopped_text => "What it uses is measured while it runs.", "사용량은 실행 중에 측정됩니다.";
    }
}
