//! Paths as reports and messages show them.

use std::path::{Component, Path, Prefix};

/// A path with forward slashes, as on every other system. On Windows, `\\?\` before a drive or a share is left out.
pub fn shown(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    if !cfg!(windows) {
        return path.display().to_string();
    }
    let mut components = path.components();
    let start = match components.next() {
        Some(Component::Prefix(prefix)) => match prefix.kind() {
            Prefix::VerbatimDisk(letter) => Some(format!("{}:", char::from(letter))),
            Prefix::VerbatimUNC(server, share) => {
                Some(format!("//{}/{}", server.to_string_lossy(), share.to_string_lossy()))
            }
            _ => None,
        },
        _ => None,
    };
    let rest = if start.is_some() { components.as_path() } else { path };
    format!("{}{}", start.unwrap_or_default(), rest.display()).replace('\\', "/")
}

#[cfg(all(test, windows))]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_windows_is_shown_with_forward_slashes() {
        for (path, as_shown) in [
            (r"exports\a b.json", "exports/a b.json"),
            (r".\a.json", "./a.json"),
            (r"C:\exports\a.json", "C:/exports/a.json"),
            (r"\\server\share\a.json", "//server/share/a.json"),
            (r"\\?\C:\exports\a.json", "C:/exports/a.json"),
            (r"\\?\UNC\server\share\a.json", "//server/share/a.json"),
        ] {
            assert_eq!(shown(path), as_shown);
        }
    }
}
