//! What was meant by a path to which there is no file.

use std::path::Path;

use super::problem::similar;
use crate::secret::mask_shapes;
use crate::text::shell::{operand, option};
use crate::text::shown;

/// What is wrong.
pub(super) fn message(path: &Path) -> String {
    let name = shown(path);
    let masked = mask_shapes(&name);
    if masked != name {
        // The name may be a token that was pasted, which no log may keep.
        format!("there is no file {masked}: this is a token")
    } else if is_directory(path) {
        format!("there is no directory {name}")
    } else if path.extension().is_none() {
        format!("there is no file or directory {name}")
    } else {
        format!("there is no file {name}")
    }
}

/// What to do.
pub(super) fn advice(path: &Path) -> String {
    let name = shown(path);
    if mask_shapes(&name) != name {
        return "pass a token with --token-stdin or PROVLINT_ACCESS_TOKEN, and name the app with --app".to_owned();
    }
    // No name of a file on Windows can have one.
    if cfg!(windows) && name.contains('"') {
        return "leave out the backslash before a closing quotation mark: it makes the mark a part of the path"
            .to_owned();
    }
    if name.contains('@') && path.components().count() == 1 {
        return "a user principal name is looked up in the tenant: name the app with --app".to_owned();
    }
    let near = similar(path).map(|near| format!("did you mean `{near}`?"));
    // A file has an extension, and a name alone may be that of an app.
    let app = (path.components().count() == 1 && path.extension().is_none() && !is_directory(path))
        .then(|| format!("an app in the tenant is named with{}", option("--app", &name)));
    match (near, app) {
        (Some(near), Some(app)) => return format!("{near} Or, {app}"),
        (Some(one), None) => return one,
        (None, Some(app)) => return format!("give the name of a file or directory; {app}"),
        (None, None) => {}
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if name.contains('*') {
        let all = folder.unwrap_or(Path::new("."));
        return format!("no file has a name like this; to search a directory: provlint check {}", operand(all));
    }
    match folder.filter(|folder| !folder.exists()) {
        Some(folder) => format!("there is no directory {} either", shown(folder)),
        None => "check the name; it is looked up from the working directory".to_owned(),
    }
}

/// Whether a path is written as that of a directory.
fn is_directory(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|end| std::path::is_separator(char::from(*end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";

    #[test]
    fn each_kind_of_path_has_its_hint_and_a_token_is_not_repeated() {
        for (path, said, hint) in [
            ("Acme Wiki", "there is no file or directory Acme Wiki", "with --app 'Acme Wiki'"),
            ("no-such/", "there is no directory no-such/", "working directory"),
            ("no-such/a.json", "there is no file no-such/a.json", "there is no directory no-such either"),
            ("src/*.jsn", "there is no file src/*.jsn", "provlint check src"),
            ("jane@contoso.com", "there is no file jane@contoso.com", "user principal name"),
            (TOKEN, "this is a token", "--token-stdin"),
        ] {
            let (message, advice) = (message(Path::new(path)), advice(Path::new(path)));
            assert!(message.contains(said) && advice.contains(hint), "{path}: {message}: {advice}");
            assert!(!format!("{message}{advice}").contains(TOKEN));
        }
    }
}
