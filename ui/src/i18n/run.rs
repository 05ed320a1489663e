//! The run dialog.

use super::{Particle::Object, counted, with_particle, words};

words! {
    Run {
        title => "Run a container", "컨테이너 실행";
        title_again(name: &str) => format!("Duplicate {name} with changes"), format!("{} 바꿔서 복제", with_particle(name, Object));
        not_read(name: &str) => format!("Could not read {name}"), format!("{} 읽지 못했습니다", with_particle(name, Object));
        keep_changes => "Keep the files it changed", "바뀐 파일 유지";
        keep_changed(size: &str) => format!("{size} over its image, made into an image first"), format!("이미지보다 {size} 많음, 먼저 이미지로 저장");
        carried => "Carried along as it is", "그대로 이어받는 설정";
        left_out(addresses: &str) => format!("Not carried along, since only one container can have it: {addresses}."), format!("한 컨테이너만 가질 수 있어 이어받지 않음: {addresses}.");
        effect_keeps(name: &str) => format!("Makes an image without a name of what {name} changed, and runs that. A running container stands still meanwhile."), format!("{name}의 변경 내용을 이름 없는 이미지로 저장하고 그것을 실행합니다. 실행 중인 컨테이너는 그동안 멈춥니다.");
        image => "Image", "이미지";
        image_hint => "Choose an image", "이미지 선택";
        image_here => "on this computer", "이 컴퓨터에 있음";
        image_missing => "not on this computer", "이 컴퓨터에 없음";
        image_foreign => "other platform", "다른 플랫폼";
        image_none => "Choose an image first", "먼저 이미지를 선택하십시오";
        image_missing_why(name: &str) => format!("{name} is not on this computer. Import it first."), format!("{name}: 이 컴퓨터에 없는 이미지입니다. 먼저 가져오십시오.");
        images => "Images of this computer", "이 컴퓨터의 이미지";
        name => "Name", "이름";
        name_placeholder => "made up if empty", "비우면 자동으로 정함";
        name_free(name: &str) => format!("{name} is free."), format!("{name}: 사용할 수 있습니다.");
        name_taken(name: &str) => format!("{name} is taken by another container."), format!("{name}: 다른 컨테이너가 쓰는 이름입니다.");
        name_invalid => "Only letters, digits, dots, dashes and underscores; the first a letter or digit.", "영문자, 숫자, 점, 붙임표, 밑줄만 쓸 수 있고 첫 글자는 영문자나 숫자입니다.";
        use_name(name: &str) => format!("Use {name}"), format!("{name} 사용");

        command => "Command", "명령";
        command_empty => "empty keeps the image's own", "비우면 이미지의 명령을 사용";
        command_after(entrypoint: &str) => format!("It is given to {entrypoint}, the image's entry point."), format!("이미지의 진입점 {entrypoint}에 전달됩니다.");
        command_after_own(entrypoint: &str) => format!("It is given to {entrypoint}, the entry point that was asked for."), format!("지정된 진입점 {entrypoint}에 전달됩니다.");
        command_quote => "A quote is not closed.", "따옴표가 닫히지 않았습니다.";

        user => "User", "사용자";
        working_dir => "Working folder", "작업 폴더";

        restart => "Restart", "다시 시작";
        restart_no => "No", "안 함";
        restart_on_failure(word: &str) => match word.split_once(':') { Some((_, times)) => format!("When it fails, {times} times at most"), None => "When it fails".to_owned() }, match word.split_once(':') { Some((_, times)) => format!("실패하면, 최대 {times}번"), None => "실패하면".to_owned() };
        restart_unless_stopped => "Unless I stop it", "직접 멈출 때까지";
        restart_always => "Always", "항상";
        restart_removed => "What is removed when it ends cannot be started again.", "종료되면 삭제되는 컨테이너는 다시 시작할 수 없습니다.";
        effect_on_failure => "Starts again when it fails.", "실패하면 다시 시작합니다.";
        effect_on_failures(times: u32) => format!("Starts again when it fails, {} at most.", counted(times as usize, "time", "times")), format!("실패하면 최대 {times}번 다시 시작합니다.");
        effect_always => "Starts again whenever it ends.", "종료될 때마다 다시 시작합니다.";
        effect_unless_stopped => "Starts again whenever it ends, until you stop it.", "직접 멈출 때까지, 종료될 때마다 다시 시작합니다.";

        mounts => "Folders and volumes", "폴더와 볼륨";
        mounts_note => "this computer → container", "이 컴퓨터 → 컨테이너";
        add_folder => "Add folder", "폴더 추가";
        folder_source => "Folder on this computer", "이 컴퓨터의 폴더";
        add_volume => "Add volume", "볼륨 추가";
        add_memory => "Add memory", "메모리 추가";
        volume_source => "Name of the volume", "볼륨 이름";
        volume_name => "A volume's name has two characters or more: letters, digits, _ . -", "볼륨 이름은 두 글자 이상의 영문자, 숫자, _ . -입니다.";
        memory_source => "Memory, empty at each start", "메모리, 시작할 때마다 비어 있음";
        mount_target => "Path in the container", "컨테이너 안의 경로";
        read_only => "Read only", "읽기 전용";
        read_write => "Read, write", "읽기, 쓰기";
        access => "Access", "접근 권한";
        remove => "Remove", "삭제";
        mount_incomplete => "A row here needs both of its fields.", "두 칸을 모두 채워야 합니다.";
        folder_source_absolute => "Begin the folder's path with / or ~.", "폴더 경로는 / 또는 ~로 시작해야 합니다.";
        mount_target_absolute => "Begin the path in the container with /.", "컨테이너 안의 경로는 /로 시작해야 합니다.";
        mount_target_twice(path: &str) => format!("{path} is used twice."), format!("{path}: 두 번 쓰였습니다.");
        mount_colon => "A path here cannot hold a colon.", "이 경로에는 콜론을 쓸 수 없습니다.";

        environment => "Environment", "환경 변수";
        environment_note => "paste NAME=value lines anywhere", "NAME=value 줄을 붙여 넣을 수 있음";
        add_variable => "Add variable", "변수 추가";
        load_env => "Load .env file…", ".env 파일 불러오기…";
        load_env_title => "Choose a file of variables", "변수 파일 선택";
        drop_env => "Let go to read variables from it", "놓으면 변수를 읽어 옵니다";
        variable_name => "Name of the variable", "변수 이름";
        variable_value => "Value", "값";
        show_value => "Show value", "값 보기";
        hide_value => "Hide value", "값 숨기기";
        variable_nameless => "A variable needs a name.", "변수에는 이름이 필요합니다.";
        variable_equals => "A variable's name cannot hold =.", "변수 이름에는 =를 쓸 수 없습니다.";
        set_twice(name: &str) => format!("{name} is set twice."), format!("{name}: 두 번 설정했습니다.");

        labels => "Labels", "레이블";
        labels_note => "what other programs read of it", "다른 프로그램이 읽는 정보";
        add_label => "Add label", "레이블 추가";
        label_name => "Name of the label", "레이블 이름";
        label_nameless => "A label needs a name.", "레이블에는 이름이 필요합니다.";
        label_equals => "A label's name cannot hold =.", "레이블 이름에는 =를 쓸 수 없습니다.";

        network => "Network", "네트워크";
        network_default => "Default", "기본";
        network_host => "This computer's", "이 컴퓨터";
        network_none => "None", "없음";
        network_own_note => "Containers in it find each other by name.", "이 네트워크의 컨테이너끼리 이름으로 찾습니다.";
        alias => "Other names in it", "네트워크 안의 다른 이름";
        alias_hint => "db, database", "db, database";
        alias_invalid(name: &str) => format!("{name} cannot be a name in a network: letters, digits, dashes, dots."), format!("{name}: 네트워크 안의 이름은 영문자, 숫자, 붙임표, 점으로 씁니다.");
        network_default_note => "An address of its own; reached from this computer through its published ports.", "자체 주소를 가지며, 이 컴퓨터에서는 공개한 포트로 접근합니다.";
        network_host_note => "Shares this computer's network: its ports are open here as if it ran outside.", "이 컴퓨터의 네트워크를 함께 씁니다. 컨테이너의 포트가 이 컴퓨터에서 바로 열립니다.";
        network_shared_note => "Shares the network of another container.", "다른 컨테이너의 네트워크를 함께 씁니다.";
        network_none_note => "Nothing in, nothing out.", "밖과 통신하지 않습니다.";

        cpu_limit => "CPU limit", "CPU 제한";
        memory_limit => "Memory limit", "메모리 제한";
        no_limit => "none", "없음";
        of_cores(cores: u32) => format!("of {}", counted(cores as usize, "core", "cores")), format!("/ {cores}코어");
        of_memory(size: &str) => format!("of {size}"), format!("/ {size}");
        unit => "Unit", "단위";
        cpu_invalid => "Type a number of cores above 0, such as 0.5 or 2.", "0보다 큰 코어 수를 입력하십시오. 예: 0.5, 2";
        cpu_above(cores: u32) => format!("This computer has {}.", counted(cores as usize, "core", "cores")), format!("이 컴퓨터는 {cores}코어입니다.");
        memory_invalid => "Type a size above 0, such as 512.", "0보다 큰 크기를 입력하십시오. 예: 512";
        memory_small => "At least 6 MiB are needed to start anything.", "시작하려면 6 MiB 이상이 필요합니다.";
        memory_above(size: &str) => format!("This computer has {size}."), format!("이 컴퓨터의 메모리는 {size}입니다.");
limits_missing(controllers: &str) => format!("Cannot be limited on this computer: {controllers}."), format!("이 컴퓨터에서 제한할 수 없는 것: {controllers}.");
        limits_check => "The self-check says what helps.", "해결 방법은 자가 점검에 나옵니다.";

        terminal => "Give it a terminal", "터미널 연결";
        stdin => "Keep its input open", "입력 열어 두기";
        auto_remove => "Remove it when it ends", "종료되면 삭제";

        when_run => "When you press Run", "실행을 누르면";
        effect_image(name: &str) => format!("Runs {name}. Nothing to download: the image is here."), format!("{} 실행합니다. 이미지가 있으므로 내려받지 않습니다.", with_particle(name, Object));
        effect_program(command: &str) => format!("Starts {command}"), format!("시작하는 명령: {command}");
        effect_named(name: &str) => format!("Is called {name}."), format!("이름: {name}");
        effect_unnamed => "Gets a made-up name.", "이름은 자동으로 정해집니다.";
        effect_reads(path: &str) => format!("Can read {path}, cannot change it."), format!("{} 읽을 수 있지만 바꿀 수 없습니다.", with_particle(path, Object));
        effect_writes(path: &str) => format!("Can read and change {path} on this computer."), format!("이 컴퓨터의 {} 읽고 바꿀 수 있습니다.", with_particle(path, Object));
        effect_volume_new(name: &str) => format!("Creates the volume {name}. It stays when the container is removed."), format!("{name} 볼륨을 만듭니다. 컨테이너를 삭제해도 남습니다.");
        effect_volume(name: &str) => format!("Uses the volume {name}, which stays when the container is removed."), format!("{name} 볼륨을 씁니다. 컨테이너를 삭제해도 남습니다.");
        effect_volume_reads(name: &str) => format!("Can read the volume {name}, cannot change it."), format!("{name} 볼륨을 읽을 수 있지만 바꿀 수 없습니다.");
        effect_memory(path: &str) => format!("Keeps {path} in memory: it is gone when the container stops."), format!("{path}: 메모리에 두며 컨테이너가 멈추면 사라집니다.");
        effect_no_network => "Has no connection to any network.", "네트워크에 연결되지 않습니다.";
        effect_default_network => "Joins the default network with an address of its own.", "자체 주소로 기본 네트워크에 연결됩니다.";
        effect_own_network(name: &str, aliases: &str) => if aliases.is_empty() { format!("Joins {name}; containers there find it by its name.") } else { format!("Joins {name}; containers there find it by its name and as {aliases}.") }, if aliases.is_empty() { format!("{name} 네트워크에 연결되며, 그 안의 컨테이너가 이름으로 찾습니다.") } else { format!("{name} 네트워크에 연결되며, 그 안의 컨테이너가 이름과 {aliases}로 찾습니다.") };
        effect_port(host: u16, inside: u16) => format!("localhost:{host} leads to its port {inside}, on this computer only."), format!("localhost:{host}: 컨테이너의 {inside}번 포트로 이어집니다. 이 컴퓨터에서만 열립니다.");
        effect_port_open(host: u16) => format!("Port {host} can be reached by anyone on your network."), format!("같은 네트워크의 누구나 {host}번 포트에 접근할 수 있습니다.");
        ports => "Ports", "포트";
        ports_note => "this computer → container", "이 컴퓨터 → 컨테이너";
        add_port => "Add port", "포트 추가";
        port_host => "Port of this computer", "이 컴퓨터의 포트";
        port_inside => "Port of the container", "컨테이너의 포트";
        port_protocol => "Protocol", "프로토콜";
        port_reach => "Who reaches it", "접근 범위";
        port_local => "From this computer only (127.0.0.1)", "이 컴퓨터에서만 (127.0.0.1)";
        port_open => "From other computers too (0.0.0.0)", "다른 컴퓨터에서도 (0.0.0.0)";
        port_number => "A port is a number from 1 to 65535.", "포트는 1~65535의 숫자입니다.";
        port_taken(port: u16, name: &str) => format!("{port} is taken by {name}."), format!("{port}번은 {name} 컨테이너가 쓰고 있습니다.");
        port_twice(port: u16) => format!("{port} is here twice."), format!("{port}번이 두 번 있습니다.");
        port_use(port: u16) => format!("Use {port}"), format!("{port} 사용");
        port_instead(port: u16) => format!("Use {port} instead"), format!("{port}번으로 실행");
        effect_host_network => "Uses this computer's network directly.", "이 컴퓨터의 네트워크를 그대로 씁니다.";
        effect_host_ports(ports: &str) => format!("Opens {ports} on this computer itself: other computers may reach it."), format!("이 컴퓨터에서 {ports} 포트를 엽니다. 다른 컴퓨터에서 접근할 수 있습니다.");
        effect_limits(limits: &str) => format!("Uses at most {limits}."), format!("최대 {limits}까지 사용합니다.");
        cores(cores: &str) => if cores == "1" { "1 core".to_owned() } else { format!("{cores} cores") }, format!("{cores}코어");
        and => " and ", ", ";
        effect_stays => "Stays on the list when it ends, with its log and its changes.", "종료된 뒤에도 로그와 변경 내용과 함께 목록에 남습니다.";
        effect_goes => "Is removed when it ends, with its log and its changes.", "종료되면 로그와 변경 내용과 함께 삭제됩니다.";
        effect_terminal => "Writes colours and full screens, as in a terminal.", "터미널처럼 색과 전체 화면을 출력합니다.";
        effect_stdin => "Can be typed to in its Terminal tab.", "터미널 탭에서 입력할 수 있습니다.";
        effect_foreign => "Would not start: the image is for another kind of computer.", "시작되지 않습니다. 다른 종류의 컴퓨터용 이미지입니다.";

        equivalent => "Equivalent command", "같은 명령";
        show_command => "Show the whole command", "명령 전체 보기";
        hide_command => "Show one line", "한 줄로 보기";
        create => "Create without starting", "시작하지 않고 생성";
        run => "Run", "실행";
        needs_attention(count: usize) => if count == 1 { "1 field needs attention".to_owned() } else { format!("{count} fields need attention") }, format!("확인할 항목 {count}개");
        running(name: &str) => format!("Started {name}"), format!("{} 시작했습니다", with_particle(name, Object));
        created(name: &str) => format!("Created {name}"), format!("{} 만들었습니다", with_particle(name, Object));
    }
}
