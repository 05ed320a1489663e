//! What is done to containers, as the status bar and the rows tell it.

use super::{Particle::Object, counted, with_particle, words};
use crate::state::Verb;

words! {
    Verbs {
        start => "Start", "시작";
        stop => "Stop", "중지";
        restart => "Restart", "재시작";
        pause => "Pause", "일시 정지";
        resume => "Resume", "계속";
        kill => "Kill", "강제 종료";
        remove => "Remove", "삭제";
        remove_more => "Remove…", "삭제…";
        commit_more => "Commit as image…", "이미지로 저장…";
        again_more => "Duplicate with changes…", "바꿔서 복제…";
        rename_more => "Rename…", "이름 바꾸기…";
        copy_as_command => "Copy as command", "명령으로 복사";
        other_ways_to_stop => "Other ways to stop", "다른 중지 방법";
        send_signal(signal: &str) => format!("Send {signal}"), format!("{signal} 보내기");
        signal_reload => "reloads many servers", "많은 서버가 설정을 다시 읽음";
        signal_interrupt => "as Ctrl+C does", "Ctrl+C와 같음";
        signal_kill => "ends at once, nothing is saved", "저장 없이 바로 종료";
        not_running => "It is not running", "실행 중이 아님";
        is_paused => "It is paused", "일시 정지됨";

        doing(verb: Verb, name: &str) => doing_en(verb, name), doing_ko(verb, name);
        done(verb: Verb, name: &str, took: &str) => done_en(verb, name, took), done_ko(verb, name, took);
        failed(verb: Verb, name: &str) => failed_en(verb, name), failed_ko(verb, name);
        renamed(old: &str, new: &str) => format!("Renamed {old} to {new}"), format!("{old}의 이름을 {} 바꾸었습니다", with_particle(new, super::Particle::Direction));
        removed(first: &str, more: usize) => removed_en(first, more), removed_ko(first, more);
        images_kept => "Images and volumes are kept", "이미지와 볼륨은 남아 있습니다";
        undo_too_late => "Could not take the removal back", "삭제를 되돌리지 못했습니다";
        taken_back => "Took the removal back", "삭제를 되돌렸습니다";
    }
}

impl Verbs {
    /// The name of a verb, as a button says it.
    pub fn name(self, verb: Verb) -> &'static str {
        match verb {
            Verb::Start => self.start(),
            Verb::Stop => self.stop(),
            Verb::Restart => self.restart(),
            Verb::Pause => self.pause(),
            Verb::Resume => self.resume(),
            Verb::Kill => self.kill(),
            Verb::Remove => self.remove(),
        }
    }

    /// The verb while it goes on, as a status: `Stopping…`.
    pub fn going_on(self, verb: Verb) -> &'static str {
        let words = |en, ko| match self.0 {
            super::Lang::En => en,
            super::Lang::Ko => ko,
        };
        match verb {
            Verb::Start => words("Starting…", "시작 중…"),
            Verb::Stop => words("Stopping…", "중지 중…"),
            Verb::Restart => words("Restarting…", "재시작 중…"),
            Verb::Pause => words("Pausing…", "멈추는 중…"),
            Verb::Resume => words("Resuming…", "계속하는 중…"),
            Verb::Kill => words("Killing…", "강제 종료 중…"),
            Verb::Remove => words("Removing…", "삭제 중…"),
        }
    }
}

fn doing_en(verb: Verb, name: &str) -> String {
    let word = match verb {
        Verb::Start => "Starting",
        Verb::Stop => "Stopping",
        Verb::Restart => "Restarting",
        Verb::Pause => "Pausing",
        Verb::Resume => "Resuming",
        Verb::Kill => "Killing",
        Verb::Remove => "Removing",
    };
    format!("{word} {name}…")
}

fn doing_ko(verb: Verb, name: &str) -> String {
    format!("{name} {}…", noun_ko(verb))
}

fn done_en(verb: Verb, name: &str, took: &str) -> String {
    let word = match verb {
        Verb::Start => "Started",
        Verb::Stop => "Stopped",
        Verb::Restart => "Restarted",
        Verb::Pause => "Paused",
        Verb::Resume => "Resumed",
        Verb::Kill => "Killed",
        Verb::Remove => "Removed",
    };
    format!("{word} {name} in {took}")
}

fn done_ko(verb: Verb, name: &str, took: &str) -> String {
    let name = with_particle(name, Object);
    match verb {
        Verb::Resume => format!("{name} {took} 만에 다시 실행했습니다"),
        verb => format!("{name} {took} 만에 {}했습니다", noun_ko(verb)),
    }
}

fn failed_en(verb: Verb, name: &str) -> String {
    let word = match verb {
        Verb::Start => "start",
        Verb::Stop => "stop",
        Verb::Restart => "restart",
        Verb::Pause => "pause",
        Verb::Resume => "resume",
        Verb::Kill => "kill",
        Verb::Remove => "remove",
    };
    format!("Could not {word} {name}")
}

fn failed_ko(verb: Verb, name: &str) -> String {
    let name = with_particle(name, Object);
    match verb {
        Verb::Resume => format!("{name} 다시 실행하지 못했습니다"),
        verb => format!("{name} {}하지 못했습니다", noun_ko(verb)),
    }
}

fn noun_ko(verb: Verb) -> &'static str {
    match verb {
        Verb::Start => "시작",
        Verb::Stop => "중지",
        Verb::Restart => "재시작",
        Verb::Pause => "일시 정지",
        Verb::Resume => "계속",
        Verb::Kill => "강제 종료",
        Verb::Remove => "삭제",
    }
}

fn removed_en(first: &str, more: usize) -> String {
    match more {
        0 => format!("Removed {first}"),
        more => format!("Removed {first} and {}", counted(more, "more", "more")),
    }
}

fn removed_ko(first: &str, more: usize) -> String {
    match more {
        0 => format!("{} 삭제했습니다", with_particle(first, Object)),
        more => format!("{first} 외 {more}개를 삭제했습니다"),
    }
}
