//! A patch that `git apply` and `patch -p1` accept.

use std::io::{self, Write};

use super::{FixRun, FixTarget};
use crate::report::{Format, Style};
use crate::text::{Outlet, is_unprintable, printable_line};

pub(super) const FORMAT: Format<FixRun> =
    Format { name: "patch", about: "a patch that git apply and patch -p1 accept", document: true, write };

fn write(run: &FixRun, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    // The lines of a patch must be exactly those of the file.
    let out = out.trusted()?;
    for target in run.targets.iter().filter(|target| !target.hunks.is_empty()) {
        write_target(target, out)?;
    }
    Ok(())
}

/// The target's name is its path from the directory in which the patch will be applied. Text between hunks would break
/// the patch, so all reasons come before the file's name.
fn write_target(target: &FixTarget, out: &mut dyn Write) -> io::Result<()> {
    for made in &target.made {
        // Without the # a line that begins with a name could be read as part of the patch.
        let reason = format!("{} ({}): {}", made.finding.rule.id, made.finding.subject, made.finding.help);
        writeln!(out, "# {}", printable_line(&reason))?;
    }
    let name = &target.name;
    writeln!(out, "--- {}\n+++ {}", header(&format!("a/{name}")), header(&format!("b/{name}")))?;
    for hunk in &target.hunks {
        writeln!(out, "{}", hunk.header)?;
        for (sign, line) in &hunk.lines {
            write!(out, "{}{line}", sign.as_char())?;
            if !line.ends_with('\n') {
                writeln!(out, "\n\\ No newline at end of file")?;
            }
        }
    }
    Ok(())
}

/// A name as it follows `---`: quoted if it has characters that git quotes or that control a terminal or a pipeline;
/// followed by a tab if it has spaces, which would end it.
fn header(path: &str) -> String {
    let special =
        |character: char| character.is_control() || is_unprintable(character) || matches!(character, '"' | '\\');
    if path.contains(special) || path.contains("##") {
        let mut quoted = String::from("\"");
        for character in path.chars() {
            match character {
                '"' | '\\' => quoted.extend(['\\', character]),
                control if control == '#' || control.is_control() || is_unprintable(control) => {
                    let mut bytes = [0; 4];
                    quoted.extend(control.encode_utf8(&mut bytes).bytes().map(|byte| format!("\\{byte:03o}")));
                }
                other => quoted.push(other),
            }
        }
        return quoted + "\"";
    }
    if path.contains(' ') { format!("{path}\t") } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_git_writes_them() {
        for (name, written) in [
            ("exports/a.json", "a/exports/a.json"),
            ("my app.json", "a/my app.json\t"),
            ("a\"\t\u{9b}.json", "\"a/a\\\"\\011\\302\\233.json\""),
            ("für.json", "a/für.json"),
            ("##vso[\u{202e}.json", "\"a/\\043\\043vso[\\342\\200\\256.json\""),
        ] {
            assert_eq!(header(&format!("a/{name}")), written);
        }
    }
}
