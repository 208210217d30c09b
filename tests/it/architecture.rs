//! The table of rooms in `docs/architecture.md`: no source file imports a room that the table does not allow, every
//! permission is used, and rooms import only rooms further down in the table, so there are no cycles.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use provlint::rules::portal::NAMES;

/// A row of the table.
struct Room {
    /// Its module path: `cli::shared` for `src/cli/shared/`.
    name: String,
    allowed: Allowed,
}

#[derive(PartialEq)]
enum Allowed {
    EverythingBelow,
    Only(BTreeSet<String>),
}

/// A place in the source code that names a module of another room.
struct Import {
    from: String,
    to: String,
    place: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The words of a cell that are in backticks.
fn code(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The rooms of the table, from top to bottom.
fn rooms() -> Vec<Room> {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `src/"));
    let room = |row: &str| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [name, _, allowed] = cells[..] else { panic!("not a row of room, contents and imports: {row}") };
        let name = name.trim_matches('`').trim_start_matches("src/").trim_end_matches('/').trim_end_matches(".rs");
        let allowed = match allowed {
            "everything below" => Allowed::EverythingBelow,
            allowed => Allowed::Only(code(allowed).map(|name| name.replace('/', "::")).collect()),
        };
        Room { name: name.replace('/', "::"), allowed }
    };
    rows.map(room).collect()
}

/// The source files below a folder, sorted.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let sources = paths.into_iter().flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    sources.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The module path of a file: `["cli", "shared", "live"]` for `src/cli/shared/live.rs`.
fn module(file: &Path) -> Vec<String> {
    let path = file.strip_prefix(root().join("src")).unwrap().with_extension("");
    let mut module: Vec<String> = path.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
    if module.last().is_some_and(|name| name == "mod") {
        module.pop();
    }
    module
}

/// The code of a file, without comments and without its tests; every line stays where it is.
fn code_of(text: &str) -> String {
    let tests = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    let lines = text[..tests].lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The absolute paths that begin at `text`, which follows `prefix`: one, or one for each name of a `{list}`.
fn paths(prefix: &[String], text: &str) -> Vec<Vec<String>> {
    let joined = |name: &str| prefix.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>();
    let Some(list) = text.strip_prefix('{') else {
        let end = text.find(|character| !is_word(character)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        return match rest.strip_prefix("::") {
            // One more name distinguishes a folder from its parent.
            Some(rest) if prefix.len() < 2 => paths(&joined(name), rest),
            _ => vec![joined(name)],
        };
    };
    let (mut all, mut depth, mut at_name) = (Vec::new(), 0, true);
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_name = true,
            _ if at_name && is_word(character) => {
                all.extend(paths(prefix, &list[at..]));
                at_name = false;
            }
            _ => {}
        }
    }
    all
}

/// Every module that a file names by `crate::` or `super::`, with the line.
fn named(file: &Path) -> Vec<(usize, Vec<String>)> {
    let (module, code) = (module(file), code_of(&fs::read_to_string(file).unwrap()));
    let mut named = Vec::new();
    for start in ["crate::", "super::", "provlint::"] {
        for (at, _) in code.match_indices(start) {
            // A `super` that follows another one belongs to that path, and a visibility is not an import.
            let before = &code[..at];
            if before.ends_with(|character| is_word(character) || character == ':') || before.ends_with("pub(in ") {
                continue;
            }
            let path = code[at..].trim_start_matches("super::");
            let supers = (code.len() - at - path.len()) / "super::".len();
            let prefix = if supers > 0 { &module[..module.len().saturating_sub(supers)] } else { &[] };
            let path = if supers > 0 { path } else { &path[start.len()..] };
            let line = before.matches('\n').count() + 1;
            named.extend(paths(prefix, path).into_iter().map(|path| (line, path)));
        }
    }
    named
}

/// The innermost room that contains a module.
fn room_of<'r>(rooms: &'r [Room], module: &[String]) -> Option<&'r Room> {
    let module = format!("{}::", module.join("::"));
    let around = rooms.iter().filter(|room| module.starts_with(&format!("{}::", room.name)));
    around.max_by_key(|room| room.name.len())
}

/// Every import of one room from another; and the files and names that belong to no room.
fn imports(rooms: &[Room]) -> (Vec<Import>, Vec<String>) {
    let (mut imports, mut homeless) = (Vec::new(), Vec::new());
    for file in sources(&root().join("src")).iter().filter(|file| !file.ends_with("src/lib.rs")) {
        let shown = file.strip_prefix(root()).unwrap().display().to_string();
        let Some(from) = room_of(rooms, &module(file)) else {
            homeless.push(shown);
            continue;
        };
        let named: BTreeSet<_> = named(file).into_iter().collect();
        for (line, path) in named {
            let place = format!("{shown}:{line}");
            match room_of(rooms, &path) {
                Some(to) if to.name != from.name => {
                    imports.push(Import { from: from.name.clone(), to: to.name.clone(), place });
                }
                Some(_) => {}
                None => homeless.push(format!("{place}: {}", path.join("::"))),
            }
        }
    }
    imports.dedup_by(|one, other| one.place == other.place && one.to == other.to);
    (imports, homeless)
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let rooms = rooms();
    let (imports, homeless) = imports(&rooms);
    let mut wrong = String::new();
    for name in homeless {
        let _ = writeln!(wrong, "{name}: in no room of the table");
    }
    for (at, room) in rooms.iter().enumerate() {
        let below: BTreeSet<&str> = rooms[at + 1..].iter().map(|room| room.name.as_str()).collect();
        let imported = || imports.iter().filter(|import| import.from == room.name);
        let Allowed::Only(allowed) = &room.allowed else {
            for Import { from, to, place } in imported().filter(|import| !below.contains(import.to.as_str())) {
                let _ = writeln!(wrong, "{place}: {from} imports {to}, which is above it");
            }
            continue;
        };
        for Import { from, to, place } in imported().filter(|import| !allowed.contains(&import.to)) {
            let _ = writeln!(wrong, "{place}: {from} imports {to}, which the table does not allow");
        }
        for unused in allowed.iter().filter(|allowed| imported().all(|import| import.to != **allowed)) {
            let _ = writeln!(wrong, "{}: may import {unused}, but does not", room.name);
        }
    }
    assert!(wrong.is_empty(), "docs/architecture.md and the code disagree:\n{wrong}");
}

#[test]
fn rooms_may_import_only_rooms_below_them() {
    let rooms = rooms();
    assert!(rooms.len() > 15, "{}", rooms.len());
    let mut wrong = Vec::new();
    for (at, room) in rooms.iter().enumerate() {
        let below: BTreeSet<&str> = rooms[at + 1..].iter().map(|room| room.name.as_str()).collect();
        if let Allowed::Only(allowed) = &room.allowed {
            let above = allowed.iter().filter(|allowed| !below.contains(allowed.as_str()));
            wrong.extend(above.map(|above| format!("{} may import {above}, which is not below it", room.name)));
        }
    }
    assert!(wrong.is_empty(), "docs/architecture.md: {wrong:#?}");
}

#[test]
fn imports_are_found_in_every_form() {
    let names = |prefix: &[&str], text: &str| {
        let prefix: Vec<String> = prefix.iter().map(|name| (*name).to_owned()).collect();
        paths(&prefix, text).iter().map(|path| path.join("::")).collect::<Vec<_>>()
    };
    assert_eq!(names(&[], "text::shell::joined;"), ["text::shell::joined"]);
    assert_eq!(names(&[], "{model::{self, Snapshot}, text};"), ["model::self", "model::Snapshot", "text"]);
    assert_eq!(names(&["cli"], "{terminal::screen::Screen, shared};"), ["cli::terminal::screen", "cli::shared"]);
    let code = code_of("use crate::a;\n// crate::b\n#[cfg(test)]\nmod tests { use crate::c; }\n");
    assert_eq!(code, "use crate::a;\n");
}

/// The one file that holds the names of the portal.
const PORTAL: &str = "src/rules/portal.rs";

/// Names that sentences also use.
const WORDS: [&str; 6] = [
    "Users and groups",
    "Accidental deletion prevention",
    "Start provisioning",
    "Pause provisioning",
    "Restart provisioning",
    "Secret token",
];

/// The names of the portal that no other sentence uses.
fn portal_names() -> impl Iterator<Item = &'static str> {
    let names = NAMES.iter().flat_map(|name| std::iter::once(name.today).chain(name.before.iter().copied()));
    let names = names.map(|name| name.trim_start_matches("tick "));
    names.filter(|name| name.contains(' ') && !WORDS.contains(name) || *name == "Connectivity")
}

/// A renamed page or button is one edit.
#[test]
fn steps_in_the_portal_are_made_in_one_file() {
    let press = regex_lite::Regex::new(r"\b[Cc]lick [A-Z]|Entra admin center|Enterprise apps >").unwrap();
    let mut elsewhere = String::new();
    for file in sources(&root().join("src")).iter().filter(|file| !file.ends_with(PORTAL)) {
        let code = code_of(&fs::read_to_string(file).unwrap());
        for (number, line) in code.lines().enumerate() {
            let text = line.split('"').skip(1).step_by(2).collect::<Vec<_>>().join(" ");
            if press.is_match(&text) || portal_names().any(|name| text.contains(name)) {
                writeln!(elsewhere, "{}:{}: {}", file.display(), number + 1, line.trim()).unwrap();
            }
        }
    }
    assert!(elsewhere.is_empty(), "make these steps in {PORTAL}:\n{elsewhere}");
}

/// Pages for people give the name of today wherever they give an older one.
#[test]
fn documentation_gives_todays_names_of_the_portal() {
    let mut pages = vec![root().join("README.md"), root().join("src/cli/mod.rs")];
    pages.extend(markdown(&root().join("docs")));
    let mut outdated = String::new();
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for name in NAMES {
            let is_older = |before: &&&str| {
                let before = before.trim_start_matches("tick ");
                let is_page = before == "Mappings" && text.contains("*Mappings*");
                is_page || (before.contains(' ') && text.contains(before))
            };
            if name.before.iter().any(|before| is_older(&before)) && !text.contains(name.today) {
                writeln!(outdated, "{}: {} is missing", page.display(), name.today).unwrap();
            }
        }
    }
    assert!(outdated.is_empty(), "{outdated}");
}

/// The Markdown files below a folder.
fn markdown(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let pages = paths.flat_map(|path| if path.is_dir() { markdown(&path) } else { vec![path] });
    pages.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}
