
use builtin;
use str;

set edit:completion:arg-completer[provlint] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'provlint'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'provlint'= {
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand check 'Check exported schemas and snapshots, or apps in a tenant'
            cand fix 'Put right what check finds, as far as a program can'
            cand diff 'Show what changed between two schemas, in mapping terms'
            cand restore 'Put a backed-up schema back into the tenant'
            cand guide 'Show the whole way from an app to people who can sign in to it, and what is done of it'
            cand start 'Check an app, test its connection, and start its provisioning'
            cand status 'Show where an app''s provisioning stands'
            cand provision 'Provision a group with its members on demand, or a user'
            cand logs 'Show an app''s provisioning log'
            cand pause 'Pause an app''s provisioning'
            cand restart 'Have an app''s provisioning begin anew'
            cand export 'Write everything about one app''s provisioning into one file, a snapshot'
            cand preview 'Show what Entra would send for a user, and why'
            cand probe 'Ask an app''s SCIM endpoint what Entra''s Test Connection asks, and judge the answer'
            cand auth 'See how provlint would sign in to Microsoft Graph'
            cand eval 'Try a mapping expression out, like the portal''s expression builder'
            cand rules 'List every rule'
            cand explain 'Explain a rule: what goes wrong, an example, the way through the portal'
            cand init 'Write a commented policy file'
            cand profiles 'List the built-in profiles, or print one'
            cand json-schema 'Print the JSON Schema of a format, for editors and scripts'
            cand completions 'Print a completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'provlint;check'= {
            cand --app 'An app in the tenant, read live: its display name, object id or appId; may be repeated'
            cand --policy 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards'
            cand --profile 'The vendor''s requirements to judge by; goes before the policy''s own profile'
            cand --group 'A group that must be assigned, instead of the policy''s; may be repeated'
            cand --select 'Run only this rule; may be repeated, or a list with commas'
            cand --ignore 'Don''t run this rule; may be repeated, or a list with commas'
            cand --fail-on 'The severity from which on findings give exit code 1'
            cand --baseline 'Report only what this file doesn''t list; the rest is counted and fails no run'
            cand --write-baseline 'Write what is found, for --baseline to leave it out from now on'
            cand --format 'The form of the report; may be repeated, each but one with its own --output'
            cand -o 'A file for the report of the --format before it'
            cand --output 'A file for the report of the --format before it'
            cand --min-severity 'Leave less severe findings out of the report; they are counted'
            cand --jobs 'How many files are checked at a time; as many as there are processors, if not said'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --all-apps 'Every app in the tenant with a provisioning job that a policy says it is for (app.names)'
            cand --offline 'Never go online: --app and --all-apps are refused'
            cand -q 'Print findings alone, without the line that counts'
            cand --quiet 'Print findings alone, without the line that counts'
            cand -v 'Say also which rules could not judge, what was missing, and which people a finding is about'
            cand --verbose 'Say also which rules could not judge, what was missing, and which people a finding is about'
            cand --members 'Read the people too: the members of the assigned groups, and who is assigned directly'
            cand --test-connection 'Have Entra test the credentials that it saved, as the portal''s Test Connection does'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;fix'= {
            cand --app 'An app in the tenant: its display name, object id or appId; may be repeated'
            cand -o 'Write the result of the one file to another, and leave it as it is'
            cand --output 'Write the result of the one file to another, and leave it as it is'
            cand --format 'The form of the report'
            cand --policy 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards'
            cand --profile 'The vendor''s requirements to judge by; goes before the policy''s own profile'
            cand --group 'A group that must be assigned, instead of the policy''s; may be repeated'
            cand --select 'Run only this rule; may be repeated, or a list with commas'
            cand --ignore 'Don''t run this rule; may be repeated, or a list with commas'
            cand --fail-on 'The severity from which on findings give exit code 1'
            cand --backup-dir 'The folder for the backup; the working directory, if not said'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --dry-run 'Show what would change and what only a person can do; write nothing'
            cand --unsafe 'Make also the fixes that change who is matched, created or removed; in the tenant also those of settings (SyncAll)'
            cand --assign-groups 'Assign the groups that the policy (or --group) names and that aren''t'
            cand --remove-unexpected 'Take the assignments of groups away that the policy (or --group) doesn''t name'
            cand -y 'Do it without asking'
            cand --yes 'Do it without asking'
            cand --pause 'Pause provisioning first, where it is on. It stays paused'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;diff'= {
            cand --app 'An app in the tenant in its place: its display name, object id or appId'
            cand --format 'The form of the output'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;restore'= {
            cand --app 'The app to put it back into: its display name, object id or appId'
            cand --backup-dir 'The folder for the backup; the working directory, if not said'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --dry-run 'Show what would change; write nothing'
            cand --unsafe 'Put back also the settings that fix may have written (SyncAll, SkipOutOfScopeDeletions), and which groups are assigned'
            cand --from-another-app 'Take the schema of another app, or of another job, or one that doesn''t say of which it is'
            cand -y 'Do it without asking'
            cand --yes 'Do it without asking'
            cand --pause 'Pause provisioning first, where it is on. It stays paused'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;guide'= {
            cand --app 'The app: its display name, object id or appId'
            cand --format 'The form of the output'
            cand --group 'A group that must be assigned, instead of the policy''s; may be repeated'
            cand --policy 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards'
            cand --profile 'The vendor''s requirements to judge by; goes before the policy''s own profile'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --members 'Read the people too: the members of the assigned groups, and who is assigned directly'
            cand --test-connection 'Have Entra test the credentials that it saved, as the portal''s Test Connection does'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;start'= {
            cand --app 'The app: its display name, object id or appId'
            cand --job 'The id of its provisioning job, where it has several'
            cand --wait-timeout 'Minutes to watch at most; the job goes on'
            cand --every 'Seconds between two looks'
            cand --group 'A group that must be assigned, instead of the policy''s; may be repeated'
            cand --policy 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards'
            cand --profile 'The vendor''s requirements to judge by; goes before the policy''s own profile'
            cand --force 'Go on although something is wrong, for a reason that is worth writing down'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --wait 'Watch until the first cycle has ended'
            cand -y 'Do it without asking'
            cand --yes 'Do it without asking'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;status'= {
            cand --app 'The app: its display name, object id or appId'
            cand --job 'The id of its provisioning job, where it has several'
            cand --every 'Seconds between two looks'
            cand --format 'The form of the output'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --watch 'Show it again and again, until Ctrl-C'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;provision'= {
            cand --app 'The app: its display name, object id or appId'
            cand --job 'The id of its provisioning job, where it has several'
            cand --group 'An assigned group: its display name or object id'
            cand --member 'A member of the group, by user principal name or object id; may be repeated'
            cand --user 'One user alone, by user principal name or object id: that updates the profile, and gives no access'
            cand --format 'The form of the output'
            cand --policy 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards'
            cand --profile 'The vendor''s requirements to judge by; goes before the policy''s own profile'
            cand --force 'Go on although something is wrong, for a reason that is worth writing down'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -v 'Show every step, and what stayed as it was'
            cand --verbose 'Show every step, and what stayed as it was'
            cand -y 'Do it without asking'
            cand --yes 'Do it without asking'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;logs'= {
            cand --app 'The app: its display name, object id or appId'
            cand --job 'The id of its provisioning job, where it has several'
            cand --since 'How far back: 30m, 24h, 7d'
            cand --format 'The form of the output; in a pipe jsonl, if not said'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --failed 'Failures alone'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;pause'= {
            cand --app 'The app: its display name, object id or appId'
            cand --job 'The id of its provisioning job, where it has several'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -y 'Do it without asking'
            cand --yes 'Do it without asking'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;restart'= {
            cand --app 'The app: its display name, object id or appId'
            cand --job 'The id of its provisioning job, where it has several'
            cand --reset 'What is forgotten'
            cand --group 'A group that must be assigned, instead of the policy''s; may be repeated'
            cand --policy 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards'
            cand --profile 'The vendor''s requirements to judge by; goes before the policy''s own profile'
            cand --force 'Go on although something is wrong, for a reason that is worth writing down'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -y 'Do it without asking'
            cand --yes 'Do it without asking'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;export'= {
            cand --app 'The app: its display name, the object id of the enterprise application, or its appId'
            cand -o 'The file; standard output, if not said'
            cand --output 'The file; standard output, if not said'
            cand --policy 'The policy, whose groups are looked up by name; else provlint.yaml, from the working directory upwards'
            cand --group 'A group to look up, instead of the policy''s; may be repeated'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --members 'Read the people too: the members of the assigned groups, and who is assigned directly'
            cand --test-connection 'Have Entra test the credentials that it saved, as the portal''s Test Connection does'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;preview'= {
            cand --app 'An app in the tenant, in place of a file: its display name, object id or appId'
            cand --user 'The users: JSON or CSV; with --app also a user principal name or object id'
            cand --diff 'Another schema: show what it changes'
            cand --format 'The form of the output'
            cand --policy 'The policy, which says what attributes are required; found as by check'
            cand --profile 'The vendor''s requirements; go before the policy''s own profile'
            cand --now 'The time that Now() gives, 2027-01-31T12:00:00Z; the present, if not said'
            cand --seed 'What Guid() and RandomString() follow from'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -v 'Show every user in full'
            cand --verbose 'Show every user in full'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;probe'= {
            cand --tenant-url 'The tenant URL, as it is entered in the portal'
            cand --attribute 'The attribute by which users are matched'
            cand --format 'The form of the answer'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --token-stdin 'Read the secret token from standard input; else PROVLINT_SCIM_TOKEN holds it'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;auth'= {
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand status 'Sign in, and say in which way, to which tenant and with which rights. No token is shown'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'provlint;auth;status'= {
            cand --format 'The form of the answer'
            cand --graph-url 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud'
            cand --cloud 'The cloud that the tenant is in'
            cand --auth 'The way to sign in; else the first that the environment offers'
            cand --ca-bundle 'Certificates (PEM) to trust besides the system''s'
            cand --timeout 'Seconds to wait for an answer'
            cand --max-wait 'Seconds to wait between attempts where Graph is busy, all in all'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --token-stdin 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
            cand --no-progress 'Show no sign of life while waiting'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;auth;help'= {
            cand status 'Sign in, and say in which way, to which tenant and with which rights. No token is shown'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'provlint;auth;help;status'= {
        }
        &'provlint;auth;help;help'= {
        }
        &'provlint;eval'= {
            cand --user 'The users to run it for: JSON or CSV'
            cand --set 'An attribute''s value; nothing behind = for none. May be repeated, also for one attribute of several values'
            cand --format 'The form of the output'
            cand --now 'The time that Now() gives, 2027-01-31T12:00:00Z; the present, if not said'
            cand --seed 'What Guid() and RandomString() follow from'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;rules'= {
            cand --format 'The form of the list'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;explain'= {
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;init'= {
            cand --profile 'The profile to extend'
            cand -o 'The file to write; `-` is standard output'
            cand --output 'The file to write; `-` is standard output'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand --force 'Overwrite the file if it exists'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;profiles'= {
            cand --format 'The form of the list'
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;json-schema'= {
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;completions'= {
            cand --color 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'provlint;help'= {
            cand check 'Check exported schemas and snapshots, or apps in a tenant'
            cand fix 'Put right what check finds, as far as a program can'
            cand diff 'Show what changed between two schemas, in mapping terms'
            cand restore 'Put a backed-up schema back into the tenant'
            cand guide 'Show the whole way from an app to people who can sign in to it, and what is done of it'
            cand start 'Check an app, test its connection, and start its provisioning'
            cand status 'Show where an app''s provisioning stands'
            cand provision 'Provision a group with its members on demand, or a user'
            cand logs 'Show an app''s provisioning log'
            cand pause 'Pause an app''s provisioning'
            cand restart 'Have an app''s provisioning begin anew'
            cand export 'Write everything about one app''s provisioning into one file, a snapshot'
            cand preview 'Show what Entra would send for a user, and why'
            cand probe 'Ask an app''s SCIM endpoint what Entra''s Test Connection asks, and judge the answer'
            cand auth 'See how provlint would sign in to Microsoft Graph'
            cand eval 'Try a mapping expression out, like the portal''s expression builder'
            cand rules 'List every rule'
            cand explain 'Explain a rule: what goes wrong, an example, the way through the portal'
            cand init 'Write a commented policy file'
            cand profiles 'List the built-in profiles, or print one'
            cand json-schema 'Print the JSON Schema of a format, for editors and scripts'
            cand completions 'Print a completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'provlint;help;check'= {
        }
        &'provlint;help;fix'= {
        }
        &'provlint;help;diff'= {
        }
        &'provlint;help;restore'= {
        }
        &'provlint;help;guide'= {
        }
        &'provlint;help;start'= {
        }
        &'provlint;help;status'= {
        }
        &'provlint;help;provision'= {
        }
        &'provlint;help;logs'= {
        }
        &'provlint;help;pause'= {
        }
        &'provlint;help;restart'= {
        }
        &'provlint;help;export'= {
        }
        &'provlint;help;preview'= {
        }
        &'provlint;help;probe'= {
        }
        &'provlint;help;auth'= {
            cand status 'Sign in, and say in which way, to which tenant and with which rights. No token is shown'
        }
        &'provlint;help;auth;status'= {
        }
        &'provlint;help;eval'= {
        }
        &'provlint;help;rules'= {
        }
        &'provlint;help;explain'= {
        }
        &'provlint;help;init'= {
        }
        &'provlint;help;profiles'= {
        }
        &'provlint;help;json-schema'= {
        }
        &'provlint;help;completions'= {
        }
        &'provlint;help;help'= {
        }
    ]
    $completions[$command]
}
