//! The groups of commands in `provlint --help`. clap groups only options, so this text is written here.

use clap::Command;

/// Each group: its heading and its commands. `fix` is listed a second time with --app, because it then changes the tenant.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Look", &["check", "guide", "status", "preview", "diff", "logs", "eval", "rules", "explain", "profiles"]),
    ("Change files", &["fix", "init", "export"]),
    ("Change the tenant", &["connect", FIX_APP, "restore", "start", "provision", "pause", "restart"]),
    ("Test an endpoint", &["rehearse", "probe"]),
    ("Set up", &["auth", "completions", "lsp", "man", "json-schema"]),
];

const FIX_APP: &str = "fix --app";
const ABOUT_FIX_APP: &str = "Fix an app in the tenant";

/// The columns of a line of help, as `max_term_width` says.
const WIDTH: usize = 100;

/// The same program with its commands in groups.
pub(super) fn grouped(program: Command) -> Command {
    let styles = program.get_styles();
    let (header, literal) = (*styles.get_header(), *styles.get_literal());
    let mut template = "{before-help}{about-with-newline}\n{usage-heading} {usage}\n".to_owned();
    for (heading, names) in GROUPS {
        template.push_str(&format!("\n{header}{heading}:{header:#}\n"));
        for name in names {
            let about = match *name {
                FIX_APP => ABOUT_FIX_APP.to_owned(),
                name => about(&program, name),
            };
            let options = textwrap::Options::new(WIDTH - 15).word_separator(textwrap::WordSeparator::AsciiSpace);
            let about = textwrap::wrap(&about, options).join(&format!("\n{:15}", ""));
            template.push_str(&format!("  {literal}{name}{literal:#}{:width$}{about}\n", "", width = 13 - name.len()));
        }
    }
    template.push_str("\n`provlint COMMAND --help` explains a command.\n");
    template.push_str(&format!("\n{header}Options:{header:#}\n{{options}}{{after-help}}"));
    program.help_template(template)
}

fn about(program: &Command, name: &str) -> String {
    program.find_subcommand(name).and_then(Command::get_about).map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_command_is_in_one_group() {
        let program = Cli::command();
        let mut listed: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        listed.retain(|name| *name != FIX_APP);
        let names: Vec<String> = program.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        let mut commands: Vec<&str> = names.iter().map(String::as_str).collect();
        listed.sort_unstable();
        commands.sort_unstable();
        assert_eq!(listed, commands);
        let help = grouped(program).render_help().to_string();
        assert!(commands.iter().all(|name| help.contains(&format!("\n  {name} "))), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= WIDTH), "{help}");
    }
}
