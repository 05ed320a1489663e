//! What each code means in English, where the engine leaves something out.

use gantry_view::Failure;

use super::{Words, engine, env_file, files, startup};

pub(super) fn words(failure: &Failure) -> Option<Words> {
    let fact = |name| failure.fact(name);
    Some(match failure.code.as_str() {
        // The way to the engine.
        "transport" | "engine-lost" => Words::new(
            "The engine did not answer",
            "",
            "Try again; the engine starts by itself. `gantry doctor` tells what keeps it from it.",
        ),
        "unreadable" | "unknown-call" | "no-such-endpoint" | "method-not-allowed" => Words::new(
            "The window and the engine do not understand each other",
            "They are of different versions.",
            "Close the window and open it again; if that does not help, install Gantry again.",
        ),
        "no-shell" => Words::new(
            "This image has no shell",
            "",
            "Open a debug shell: another image's, beside the container.",
        ),
        "engine-error" | "internal" => Words::new(
            "Something went wrong inside the engine",
            "",
            "Try again. If it comes back, copy the details and report them.",
        ),
        "shutting-down" => Words::new("The engine is leaving", "", "Try again in a moment."),
        "request-interrupted" => Words::new(
            "The request did not arrive whole",
            "The connection broke.",
            "Try again.",
        ),
        "not-signed-in" => Words::new(
            "This browser is not signed in",
            "",
            "Open the address again that `gantry web` printed.",
        ),
        "desktop-only" | "not-in-browser" => Words::new(
            "A browser cannot do this",
            "",
            "Use the desktop application, or choose a path on this computer.",
        ),
        "no-browser" => Words::new(
            "No browser opened",
            "",
            "Copy the address and open it yourself.",
        ),
        "no-file-manager" => Words::new(
            "No file manager opened",
            "",
            "The path stands beside the file: copy it from there.",
        ),

        // Requests.
        "bad-request" | "invalid-request" | "request-too-large" => Words::new(
            "The engine refused the request",
            "",
            "Change what was asked for and try again.",
        ),
        "not-supported" | "not-implemented" | "unsupported" => {
            Words::new("This engine does not do that", "", "Leave the option out.")
        }
        "conflict" => Words::new(
            "Something else stands in the way",
            "",
            "Look at the details, then try again.",
        ),
        "not-found" | "gone" => Words::new(
            "It is not there any more",
            "",
            "Press F5 to see what is there now.",
        ),
        "cancelled" => Words::new(
            "It was cancelled",
            "",
            "Start it again if you want it after all.",
        ),
        "ambiguous-id" => Words::new(
            "Several begin like this",
            "",
            "Give more characters of the id.",
        ),
        "exec-not-found" => Words::new(
            "That command is not there any more",
            "It ended, or its container did.",
            "Run it again.",
        ),
        "exec-not-running" => Words::new("The command has ended", "", "Run it again."),
        "exec-started" => Words::new(
            "The command was started before",
            "",
            "Run it again to have another one.",
        ),
        "undo-expired" => Words::new("It is too late to undo", "", "Create it again."),
        "task-not-found" => Words::new("The task is not there any more", "", "Start it again."),
        "network-not-found" => Words::new(
            "There is no such network",
            "",
            "Choose one of the list of networks.",
        ),
        "network-exists" => Words::new(
            "There is a network of that name already",
            "",
            "Choose another name.",
        ),
        "network-in-use" => Words::new(
            "The network is in use",
            "Containers are connected to it.",
            "Remove or disconnect them first.",
        ),
        "network-forbidden" => Words::new(
            "This network stays as it is",
            "",
            "Make a network of your own; those that are built in are neither changed nor removed.",
        ),
        "network-overlaps" => Words::new(
            "These addresses are taken",
            "Another network or a route of this computer has them.",
            "Choose another subnet, or none and let one be chosen.",
        ),
        "network-failed" | "network-keeper" => Words::new(
            "The container's network was not set up",
            "",
            "Read the details; `gantry doctor` says what this computer lacks.",
        ),
        "address-in-use" => Words::new(
            format!(
                "{} is taken on network {}",
                fact("address"),
                fact("network")
            ),
            "",
            "Choose another address of the network, or let the engine choose one.",
        ),
        "port-in-use" => Words::new(
            format!("Port {} is taken", fact("port")),
            "",
            "Publish another port, or end who has this one.",
        ),
        "port-forbidden" => Words::new(
            format!("Port {} is for root only", fact("port")),
            "",
            "Publish a port from 1024 on, or allow low ports to everybody with the sysctl net.ipv4.ip_unprivileged_port_start.",
        ),
        "invalid-name" => Words::new(
            "This name cannot be used",
            "",
            "Start with a letter or digit; go on with letters, digits, '_', '.' or '-'.",
        ),

        // Files.
        "path-not-absolute" => Words::new(
            "The path was not used",
            "It does not begin with /.",
            "Begin the path with / or ~.",
        ),
        "file-not-found" => Words::new(
            format!("{} cannot be read", fact("path")),
            "",
            "Check the path, and that you may read the file.",
        ),
        "file-not-saved" | "log-not-saved" => Words::new(
            format!("{} was not written", fact("path")),
            "",
            "Choose a folder that you may write to.",
        ),
        "file-exists" => Words::new(
            "There is a file of that name already",
            "",
            "Choose another name.",
        ),
        "welcome-missing" => Words::new(
            "The built-in image was not added",
            format!("Its file, {}, is not in {}.", fact("file"), fact("folder")),
            "Install Gantry again, or put the file back beside the program.",
        ),
        "disk-full" => Words::new(
            "The disk is full",
            "",
            "Free some disk space, for example by removing unused images.",
        ),
        "io" => Words::new(
            "A file could not be read or written",
            "",
            "Check the disk and the permissions, then try again.",
        ),
        _ => {
            return super::registry::english(failure)
                .or_else(|| super::other_engines::english(failure))
                .or_else(|| image(failure))
                .or_else(|| container(failure))
                .or_else(|| engine::english(failure));
        }
    })
}

fn image(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "image-not-found" => Words::new(
            "There is no such image here",
            "",
            "Import the image from a file, or check its name in the list of images.",
        ),
        "image-in-use" => Words::new(
            "The image is in use",
            "",
            "Remove the containers made from it first, or remove it by force.",
        ),
        "volume-not-found" => Words::new(
            "There is no such volume here",
            "",
            "It was removed meanwhile, or its name is spelt in another way.",
        ),
        "volume-exists" => Words::new(
            "A volume has that name already",
            "",
            "Choose another name, or remove that volume first.",
        ),
        "volume-in-use" => Words::new(
            "The volume is in use",
            "A container mounts it, running or not.",
            "Remove the containers that use it first. The volume is kept meanwhile.",
        ),
        "volume-leaving" => Words::new(
            "The volume is being removed",
            "",
            "Try again in a moment, or take another name.",
        ),
        "layer-not-found" | "entry-not-found" => Words::new(
            "The image has nothing at this place",
            "",
            "Look at the image's layers again.",
        ),
        "not-a-file" => Words::new("Only files can be taken out", "", "Choose a file."),
        "platform-mismatch" => Words::new(
            "The image is for another kind of computer",
            "",
            "Import the image built for this computer's architecture.",
        ),
        "archive-truncated" => Words::new(
            "The file ends too early",
            "It was probably cut off while it was copied. Nothing was kept.",
            "Copy or export the file again.",
        ),
        "digest-mismatch" => Words::new(
            "The content does not match its digest",
            "The file is damaged or was changed. Nothing was kept.",
            "Get the file again from where it came from.",
        ),
        "not-an-image" => Words::new(
            "This is not an image",
            "",
            "Choose what docker save, podman save or an OCI tool wrote.",
        ),
        "archive-invalid" => Words::new(
            "The archive does not fit together",
            "",
            "Export the image again from where it came from.",
        ),
        "archive-refused" => Words::new(
            "The archive tries to write where it must not",
            "Nothing was kept.",
            "Do not trust this file.",
        ),
        "archive-too-large" => Words::new(
            "The archive is larger than it may be",
            "Nothing was kept.",
            "Do not trust this file, or make the image smaller.",
        ),
        "store-damaged" | "damaged" => Words::new(
            "A file of the engine is damaged",
            "",
            "Run `gantry doctor --repair`.",
        ),
        _ => return None,
    })
}

fn container(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "container-not-found" => Words::new(
            "There is no such container",
            "",
            "Press F5 to see which containers there are.",
        ),
        "name-in-use" => Words::new(
            "The name is taken",
            "",
            "Choose another name, or rename or remove the container that has it.",
        ),
        "ipc-not-shareable" => Words::new(
            "The other container does not share its memory",
            "",
            "Run that one with --ipc shareable.",
        ),
        "container-running" => Words::new(
            "The container is running",
            "",
            "Stop it first, or remove it by force.",
        ),
        "container-paused" => Words::new("The container is paused", "", "Resume it first."),
        "container-not-paused" => Words::new(
            "The container is not paused",
            "",
            "There is nothing to resume.",
        ),
        "container-not-running" => {
            Words::new("The container is not running", "", "Start it first.")
        }
        "container-restarting" => Words::new(
            "The container is about to restart",
            "",
            "Wait until it runs, or stop it.",
        ),
        "container-dead" | "container-state" => Words::new(
            "The container is in no state for this",
            "",
            "Remove it and run it again.",
        ),
        "container-files-open" => Words::new(
            "Somebody is at the container's files",
            "They are being copied or looked at from outside.",
            "Let the copy come to its end, or end it, and start the container again.",
        ),
        "container-start-given-up" => Words::new(
            "The container was not started",
            "It was stopped or removed while its files were being copied or looked at.",
            "Start it again.",
        ),
        "container-damaged" => Words::new(
            "There is a container whose record cannot be read",
            "Nobody knows which volumes it has, so none is thrown away.",
            "The self-check names it. Mend its record or remove its folder, start the engine anew, and try again.",
        ),
        "container-removing" => Words::new(
            "The container is being removed",
            "",
            "Wait until it is gone.",
        ),
        "supervisor-silent" => Words::new(
            "The container's supervisor does not answer",
            "It stands still or is starved.",
            "Try again in a moment. Stop or kill ends the container in any case.",
        ),
        "container-unkillable" => Words::new(
            "The container cannot be ended",
            "A process of it waits in the kernel, often for a disk or a network file system.",
            "See what it waits for, and try again when that answers.",
        ),
        "supervisor-lost" => Words::new(
            "The container's supervisor is gone",
            "",
            "Start the container again.",
        ),
        "command-not-found" => Words::new(
            "The command was not found in the image",
            "",
            "Check the command's spelling and that the image contains it.",
        ),
        "command-not-executable" => Words::new(
            "The command cannot be executed",
            "",
            "Give a program, not a folder, and check its permissions.",
        ),
        "user-not-found" => Words::new(
            "The image has no such user",
            "",
            "Give a user that is in the image, or a number.",
        ),
        "group-not-found" => Words::new(
            "The image has no such group",
            "",
            "Give a group that is in the image, or a number.",
        ),
        "start-failed" => Words::new(
            "The container did not start",
            "",
            "Look at the details, then run it with other settings.",
        ),
        "limit-unavailable" | "limits-unavailable" => Words::new(
            "The limit cannot be enforced on this computer",
            "",
            "Run without this limit, or give your session control of the cgroup controller.",
        ),
        "single-id" => Words::new(
            "Only one user id is available",
            "",
            "Install the package uidmap and add subordinate ids for your user.",
        ),
        "shim-missing" => Words::new("gantry-shim is missing", "", "Install Gantry again."),
        "seccomp" => Words::new(
            "The system call filter could not be made",
            "",
            "Run `gantry doctor`.",
        ),
        "log-unreadable" => Words::new(
            "The log could not be read",
            "",
            "Check the disk; the container itself is not affected.",
        ),
        _ => {
            return files::english(failure)
                .or_else(|| env_file::english(failure))
                .or_else(|| startup::english(failure));
        }
    })
}
