//! The path from groups to the app, drawn from top to bottom so that it fits on a phone.

use std::collections::{HashMap, HashSet};

use maud::{Markup, html};
use textwrap::core::display_width;

use super::shown;
use crate::finding::{Evidence, Section, Severity};
use crate::report::{LocatedFinding, MappingTable, TargetReport, View, summary};

/// The picture's width; all other sizes are relative to it.
const WIDTH: usize = 400;
const GAP: usize = 16;
const HALF: usize = (WIDTH - GAP) / 2;
const BOX: usize = 44;
const ARROW: usize = 34;
/// The most boxes for assigned users and groups.
const MOST: usize = 8;
/// An upper bound of the width of a letter in a title, and in a note.
const LETTER: usize = 8;
const SMALL: usize = 6;

/// A box with a line, and a smaller one below it.
struct Tile {
    title: String,
    note: String,
    class: &'static str,
}

pub(super) fn picture(target: &TargetReport, view: &View) -> Markup {
    let levels =
        [assigned(target, view), vec![app(target, view)], mappings(target, view), vec![endpoint(target, view)]];
    let mut y = 1;
    let mut drawn = Vec::new();
    for (number, tiles) in levels.iter().filter(|tiles| !tiles.is_empty()).enumerate() {
        if number > 0 {
            drawn.push(arrow(y));
            y += ARROW;
        }
        for row in tiles.chunks(2) {
            let width = if tiles.len() == 1 { WIDTH - 2 } else { HALF };
            for (column, tile) in row.iter().enumerate() {
                drawn.push(draw(tile, 1 + column * (HALF + GAP - 2), y, width));
            }
            y += BOX + GAP / 2;
        }
        y -= GAP / 2;
    }
    html! {
        div.picture {
            svg viewBox={ "0 0 " (WIDTH) " " (y + 1) } role="img" aria-label="From the assigned users and groups to the app" {
                @for part in drawn { (part) }
            }
        }
    }
}

fn assigned(target: &TargetReport, view: &View) -> Vec<Tile> {
    let Some(assigned) = &view.assigned else {
        let (title, note) = ("Groups and users".to_owned(), "assignments are not in this file".to_owned());
        return vec![Tile { title, note, class: "lacking" }];
    };
    let is_wrong = |found: &&LocatedFinding| found.finding.severity > Severity::Info;
    let wrong: HashSet<&str> = target.news().filter(is_wrong).map(|found| found.finding.subject.as_str()).collect();
    let lacking =
        target.news().filter(|found| found.finding.rule.id == crate::rules::id::GROUP_NOT_ASSIGNED).map(|found| {
            let name = found.finding.subject.trim_start_matches("Group/").to_owned();
            Tile { title: name, note: "group, not assigned".into(), class: "bad lacking" }
        });
    let there = assigned.iter().map(|one| Tile {
        title: one.name.clone(),
        note: match (one.group, one.members) {
            (true, Some(members)) => format!("group, {}", summary::counted(members, "member")),
            (true, None) => "group".into(),
            (false, _) => "assigned directly".into(),
        },
        class: if wrong.contains(one.subject.as_str()) { "bad" } else { "" },
    });
    let mut tiles: Vec<Tile> = lacking.chain(there).collect();
    if tiles.is_empty() {
        tiles.push(Tile { title: "No one".into(), note: "is assigned".into(), class: "bad lacking" });
    }
    if tiles.len() > MOST {
        let more = tiles.len() - (MOST - 1);
        tiles.truncate(MOST - 1);
        tiles.push(Tile { title: format!("{more} more"), note: String::new(), class: "" });
    }
    tiles
}

fn app(target: &TargetReport, view: &View) -> Tile {
    let name = target.app.as_ref().and_then(|app| app.display_name.clone());
    Tile {
        title: name.unwrap_or_else(|| "Enterprise application".into()),
        note: match &view.job {
            Some(job) => format!("provisioning: {job}"),
            None => "in Entra ID".into(),
        },
        class: "",
    }
}

fn mappings(target: &TargetReport, view: &View) -> Vec<Tile> {
    // A subject is the name of a mapping, or begins with it and a slash; names may have slashes, too.
    let lengths: HashSet<usize> = view.mappings.iter().map(|mapping| mapping.name.len()).collect();
    let mut about: HashMap<&str, usize> = HashMap::new();
    for found in target.news().filter(|found| is_in_schema(found)) {
        let subject = found.finding.subject.as_str();
        let names = subject.match_indices('/').map(|(end, _)| &subject[..end]).chain([subject]);
        let names = names.filter(|name| lengths.contains(&name.len()));
        names.for_each(|name| *about.entry(name).or_default() += 1);
    }
    let tile = |mapping: &MappingTable| {
        let wrong = about.get(mapping.name.as_str()).copied().unwrap_or_default();
        let rows = summary::counted(mapping.rows.iter().filter(|row| row.source.is_some()).count(), "row");
        Tile {
            title: format!("{} mapping", mapping.name),
            note: match (mapping.on, wrong) {
                (false, _) => "off".into(),
                (true, 0) => rows,
                (true, wrong) => format!("{rows}, {}", summary::counted(wrong, "finding")),
            },
            class: match (mapping.on, wrong) {
                (true, 0) => "",
                (true, _) => "bad",
                (false, 0) => "off",
                (false, _) => "bad off",
            },
        }
    };
    view.mappings.iter().map(tile).collect()
}

/// Whether a finding is about a mapping: findings about groups have the same names.
fn is_in_schema(found: &LocatedFinding) -> bool {
    found.finding.rule.evidence.contains(&Evidence::Schema) && found.finding.rule.section != Section::Member
}

fn endpoint(target: &TargetReport, view: &View) -> Tile {
    Tile {
        title: "The app's SCIM endpoint".into(),
        note: view.endpoint.clone().unwrap_or_else(|| match &target.profile {
            Some(profile) => format!("checked with {profile}"),
            None => String::new(),
        }),
        class: "",
    }
}

fn draw(tile: &Tile, x: usize, y: usize, width: usize) -> Markup {
    let class = if tile.class.contains("bad") { "bad" } else { "" };
    let (title, note) = (shown(&tile.title), shown(&tile.note));
    let columns = |letter| (width - 20) / letter;
    html! {
        g {
            title { (title) ": " (note) }
            rect class=(tile.class) x=(x) y=(y) width=(width) height=(BOX) rx="8" {}
            text class=(class) x=(x + 10) y=(y + 19) { (cut(&title, columns(LETTER))) }
            text.small x=(x + 10) y=(y + 35) { (cut(&note, columns(SMALL))) }
        }
    }
}

fn arrow(y: usize) -> Markup {
    let middle = WIDTH / 2;
    let (from, to) = (y + 5, y + ARROW - 5);
    html! {
        path d={ "M" (middle) " " (from) "V" (to - 6) } {}
        path.head d={ "M" (middle - 5) " " (to - 8) "h10l-5 8z" } {}
    }
}

/// The start of a text, cut to a number of columns.
fn cut(text: &str, columns: usize) -> String {
    if display_width(text) <= columns {
        return text.to_owned();
    }
    let mut width = 1;
    let fits = |character: &char| {
        width += display_width(character.encode_utf8(&mut [0; 4]));
        width <= columns
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_by_its_width() {
        assert_eq!(cut("TOTAL-Admin", 11), "TOTAL-Admin");
        assert_eq!(cut("TOTAL-Administrators", 11), "TOTAL-Admi…");
        assert_eq!(cut("日本語日本語", 6), "日本…");
    }
}
