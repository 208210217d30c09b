//! Fuzzers on stable Rust: laws that hold for mutated files.
//!
//! `cargo test` runs a fixed number of inputs for each target. With `PROVLINT_FUZZ_SECONDS` each target runs that long.
//! The inputs follow from a seed, `PROVLINT_FUZZ_SEED` [default: 0]. An input that breaks a law is saved, and once it lies
//! in `tests/corpus/<target>/`, every run begins with it.

mod mutate;
mod seeds;
mod targets;

use std::any::Any;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fastrand::Rng;

/// The files of one execution, and the chance that decides about the rest.
pub struct Input {
    pub parts: Vec<String>,
    pub chance: u64,
}

/// The line between the parts of a saved input; the chance comes first.
const BETWEEN: &str = "\n%%%%\n";
/// The longest that one execution may take, with room for a busy machine and a build that is not optimised.
const SLOWEST: Duration = Duration::from_secs(30);

impl Input {
    fn part(&self, index: usize) -> &str {
        self.parts.get(index).map_or("", String::as_str)
    }

    fn rng(&self) -> Rng {
        Rng::with_seed(self.chance)
    }

    fn saved(&self) -> String {
        format!("{}{BETWEEN}{}", self.chance, self.parts.join(BETWEEN))
    }

    fn read(path: &Path) -> Self {
        let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let (chance, parts) = text.split_once(BETWEEN).unwrap_or_else(|| panic!("{} has no parts", path.display()));
        Input { chance: chance.parse().unwrap(), parts: parts.split(BETWEEN).map(str::to_owned).collect() }
    }
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// The inputs of a target that broke a law before, in order.
fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(target);
    let files = fs::read_dir(&folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Runs `law` on the corpus of a target, and then on inputs that `make` makes: `cases` of them, or as many as fit into the
/// time.
fn fuzz(target: &str, cases: u64, make: impl Fn(&mut Rng) -> Vec<String>, law: impl Fn(&Input)) {
    for path in corpus(target) {
        if let Err(why) = hold(&law, &Input::read(&path)) {
            panic!("{}: {why}", path.display());
        }
    }
    let seed = number("PROVLINT_FUZZ_SEED").unwrap_or_default();
    let time = number("PROVLINT_FUZZ_SECONDS").map(Duration::from_secs);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    fs::create_dir_all(&folder).unwrap();
    // It stays behind if the program aborts or never ends.
    let running = folder.join(format!("{target}.running"));
    let started = Instant::now();
    let (mut done, mut slowest) = (0, (Duration::ZERO, 0));
    while time.map_or(done < cases, |time| started.elapsed() < time) {
        let mut rng = Rng::with_seed(chance_of(target, seed, done));
        let input = Input { parts: make(&mut rng), chance: rng.u64(..) };
        fs::write(&running, input.saved()).unwrap();
        let began = Instant::now();
        let mut held = hold(&law, &input);
        let took = began.elapsed();
        slowest = slowest.max((took, done));
        if took > SLOWEST && held.is_ok() {
            held = Err(format!("it took {took:?}"));
        }
        if let Err(why) = held {
            let path = folder.join(format!("{target}-{seed}-{done}"));
            fs::rename(&running, &path).unwrap();
            panic!(
                "{why}\ninput {done} of seed {seed} breaks a law of the target {target}. To replay it: \
                 mkdir -p tests/corpus/{target} && cp {} tests/corpus/{target}/ && cargo test --test it -- fuzz::",
                path.display()
            );
        }
        done += 1;
    }
    let _ = fs::remove_file(&running);
    let (took, which) = slowest;
    let all = started.elapsed();
    eprintln!("fuzz {target}: {done} inputs in {all:.1?}, seed {seed}, the slowest is {which} with {took:.1?}");
}

/// A number that differs for each input, so that every input can be made again without those before it.
fn chance_of(target: &str, seed: u64, number: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (target, seed, number).hash(&mut hasher);
    hasher.finish()
}

fn hold(law: &impl Fn(&Input), input: &Input) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| law(input))).map_err(|panic| said(panic.as_ref()))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}
