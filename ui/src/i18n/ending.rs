//! Why a container stopped, and how it is.

use gantry_view::{Container, EndingCause, Health};

use super::{Text, words};

words! {
    Endings {
        finished => "It was done.", "할 일을 마쳤습니다.";
        failed(code: i64) => format!("It ended by itself with exit code {code}."), format!("종료 코드 {code}로 스스로 종료되었습니다.");
        crashed(signal: &str) => format!("It crashed ({signal})."), format!("비정상 종료되었습니다({signal}).");
        killed_by_others(signal: &str) => format!("Another program ended it with {signal}."), format!("다른 프로그램이 {signal} 신호로 종료했습니다.");
        stopped(code: i64) => format!("It was stopped on request (exit code {code})."), format!("요청에 따라 중지되었습니다(종료 코드 {code}).");
        stopped_by_force => "It was stopped on request, and killed because it did not end in time.", "요청에 따라 중지했으나 제때 끝나지 않아 강제 종료되었습니다.";
        killed(signal: &str) => format!("It was killed on request ({signal})."), format!("요청에 따라 강제 종료되었습니다({signal}).");
        out_of_memory => "It ran out of memory.", "메모리가 부족했습니다.";
        out_of_limited_memory(limit: &str) => format!("It ran out of memory: its limit is {limit}."), format!("메모리가 부족했습니다. 제한은 {limit}입니다.");
        supervisor_lost => "Its supervisor was killed, and it went down with it.", "감독 프로세스가 종료되어 함께 종료되었습니다.";
        not_started(error: &str) => format!("It did not start: {error}"), format!("시작하지 못했습니다: {error}");
        failed_checks(count: u32) => format!("Its health check had failed {count} times in a row."), format!("상태 검사가 연속으로 {count}번 실패했습니다.");
        wrote_last(line: &str) => format!("It wrote last: {line}"), format!("마지막 출력: {line}");

        health_starting => "health: starting", "상태 검사: 시작 중";
        healthy => "healthy", "정상";
        unhealthy => "unhealthy", "비정상";
    }
}

impl Text {
    /// Why it stopped, in a sentence or two; `None` while it runs and before its first start.
    pub fn why_stopped(self, container: &Container) -> Option<String> {
        let ending = container.ending.as_ref()?;
        let words = self.endings;
        let signal = ending.signal.as_deref().unwrap_or_default();
        let mut parts = vec![match ending.cause {
            EndingCause::Finished => words.finished().to_owned(),
            EndingCause::Failed => words.failed(ending.exit_code),
            EndingCause::Crashed => words.crashed(signal),
            EndingCause::KilledByOthers => words.killed_by_others(signal),
            EndingCause::Stopped => words.stopped(ending.exit_code),
            EndingCause::StoppedByForce => words.stopped_by_force().to_owned(),
            EndingCause::Killed => words.killed(signal),
            EndingCause::OutOfMemory => match ending.memory_limit {
                Some(limit) => words.out_of_limited_memory(&self.size(limit)),
                None => words.out_of_memory().to_owned(),
            },
            EndingCause::SupervisorLost => words.supervisor_lost().to_owned(),
            EndingCause::NotStarted => words.not_started(&container.error),
        }];
        parts.extend(ending.failed_checks.map(|count| words.failed_checks(count)));
        parts.extend(ending.lines.last().map(|line| words.wrote_last(line)));
        Some(parts.join(" "))
    }

    pub fn health(self, health: Health) -> &'static str {
        match health {
            Health::Starting => self.endings.health_starting(),
            Health::Healthy => self.endings.healthy(),
            Health::Unhealthy => self.endings.unhealthy(),
        }
    }
}
