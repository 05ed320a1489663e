//! SIGKILL of the engine, of its clients and of supervisors, again and again, at any moment.
//!
//! Each round starts two operations with the docker CLI, kills something meanwhile, starts the
//! engine again and compares what is there with the [`World`]: what was acknowledged is there,
//! what was not may be there, nothing is there in part, and nothing is left over ([`debris`]).
//! The same seed gives the same rounds; the moments within them are the kernel's.

mod debris;
mod moment;
mod operation;
mod world;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use gantry_pack::{Archive, Image, Tree, fixtures};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};

use crate::{Account, Engine, Running, registry::Registry, skip};
use moment::{Moment, Victim};
use operation::Operation;
use world::World;

/// For what goes on in the background.
const TIME: Duration = Duration::from_secs(20);
/// Images that operations load; each has layers of its own.
const IMAGES: usize = 4;
/// Bytes of the larger layer of each: loading it takes a while, as with real images.
const LAYER: usize = 4 << 20;

/// Runs `count` rounds as `account`; fails the test at the first thing that is wrong.
pub fn kills(account: Account, count: usize, seed: u64) {
    let identity = match account.identity() {
        Ok(identity) => identity,
        Err(why) => return skip(&why),
    };
    let engine = Engine::start(identity);
    engine.load(&[fixtures::busybox("busybox:latest").unwrap()]);
    let mut rng = SmallRng::seed_from_u64(seed);
    let registry = Registry::plain();
    let mut pullable = Vec::new();
    for number in 0..IMAGES {
        let image = image(number, &mut rng);
        if let Some(registry) = &registry {
            pullable.push(registry.hold(&format!("image-{number}:pulled"), &image));
        }
        let archive = Archive::Docker.to_vec(&[image]).unwrap();
        engine.write(&archive_name(number), archive);
    }
    let mut world = World::new(pullable);
    let mut ids = BTreeSet::new();
    for round in 1..=count {
        let mut operations = vec![Operation::choose(&world, &mut rng)];
        let second = Operation::choose(&world, &mut rng);
        if !second.touches(&operations[0]) {
            operations.push(second);
        }
        let victim = Victim::choose(&world, &mut rng);
        let moment = Moment::choose(&mut rng);
        let told = format!("seed {seed}, round {round}: {operations:?}, {victim:?} {moment:?}");
        if std::env::var_os("GANTRY_CAMPAIGN_VERBOSE").is_some() {
            eprintln!("{told}");
        }
        let blow = moment.prepare(&engine, &victim);
        let mut clients: Vec<Running> = operations
            .iter()
            .map(|operation| engine.start_docker(&operation.words(&engine)))
            .collect();
        blow.strike(&engine, &mut clients);
        for (operation, client) in operations.iter().zip(clients) {
            let end = client.finish();
            world.expect(operation, end.code == 0);
        }
        if let Victim::Supervisor(name) = &victim {
            world.lost_its_supervisor(name);
        }
        if victim == Victim::Engine {
            engine.kill();
            engine.launch();
        }
        if let Err(wrong) = settles(&engine, &mut world, &mut ids, victim != Victim::Clients) {
            panic!("{told}\n{wrong}\n--- the engine said:\n{}", engine.log());
        }
    }
    world.read_everything(&engine);
}

/// Looks at everything until nothing is left over. What an engine that is not `new` was asked by
/// clients that are gone may come true a little later, so the world is looked at each time.
fn settles(
    engine: &Engine,
    world: &mut World,
    ids: &mut BTreeSet<String>,
    new: bool,
) -> Result<(), String> {
    let deadline = Instant::now() + TIME;
    loop {
        let running = world.compare(engine, new)?;
        ids.extend(world.ids());
        let left = debris::look(engine, ids, &running);
        if left.is_empty() {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(format!("left over: {left:#?}"));
        }
    }
}

fn archive_name(number: usize) -> String {
    format!("image-{number}.tar")
}

/// busybox with a layer that does not compress and one of many small files.
fn image(number: usize, rng: &mut SmallRng) -> Image {
    let mut noise = vec![0; LAYER];
    rng.fill_bytes(&mut noise);
    let many = (0..200).fold(Tree::new().dir("many", 0o755), |tree, file| {
        tree.file(
            &format!("many/{file}"),
            0o644,
            format!("{number} {file}\n").as_bytes(),
        )
    });
    let large = Tree::new().file("noise", 0o644, &noise).file(
        "number",
        0o644,
        format!("{number}\n").as_bytes(),
    );
    fixtures::busybox(&format!("image-{number}:latest"))
        .unwrap()
        .layer("COPY noise /", large)
        .unwrap()
        .layer("COPY many /", many)
        .unwrap()
}

/// One of several.
fn pick<'a, T>(of: &'a [T], rng: &mut impl Rng) -> Option<&'a T> {
    of.choose(rng)
}

/// Whether a chance of `percent` comes true.
fn chance(percent: u32, rng: &mut impl Rng) -> bool {
    rng.random_ratio(percent, 100)
}
