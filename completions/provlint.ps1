
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'provlint' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'provlint'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'provlint' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check exported schemas and snapshots, or apps in a tenant')
            [CompletionResult]::new('fix', 'fix', [CompletionResultType]::ParameterValue, 'Put right what check finds, as far as a program can')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what changed between two schemas, in mapping terms')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put a backed-up schema back into the tenant')
            [CompletionResult]::new('guide', 'guide', [CompletionResultType]::ParameterValue, 'Show the whole way from an app to people who can sign in to it, and what is done of it')
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Check an app, test its connection, and start its provisioning')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show where an app''s provisioning stands')
            [CompletionResult]::new('provision', 'provision', [CompletionResultType]::ParameterValue, 'Provision a group with its members on demand, or a user')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'Show an app''s provisioning log')
            [CompletionResult]::new('pause', 'pause', [CompletionResultType]::ParameterValue, 'Pause an app''s provisioning')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'Have an app''s provisioning begin anew')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write everything about one app''s provisioning into one file, a snapshot')
            [CompletionResult]::new('preview', 'preview', [CompletionResultType]::ParameterValue, 'Show what Entra would send for a user, and why')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask an app''s SCIM endpoint what Entra''s Test Connection asks, and judge the answer')
            [CompletionResult]::new('auth', 'auth', [CompletionResultType]::ParameterValue, 'See how provlint would sign in to Microsoft Graph')
            [CompletionResult]::new('eval', 'eval', [CompletionResultType]::ParameterValue, 'Try a mapping expression out, like the portal''s expression builder')
            [CompletionResult]::new('rules', 'rules', [CompletionResultType]::ParameterValue, 'List every rule')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a rule: what goes wrong, an example, the way through the portal')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a commented policy file')
            [CompletionResult]::new('profiles', 'profiles', [CompletionResultType]::ParameterValue, 'List the built-in profiles, or print one')
            [CompletionResult]::new('json-schema', 'json-schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a format, for editors and scripts')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'provlint;check' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'An app in the tenant, read live: its display name, object id or appId; may be repeated')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The vendor''s requirements to judge by; goes before the policy''s own profile')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group that must be assigned, instead of the policy''s; may be repeated')
            [CompletionResult]::new('--select', '--select', [CompletionResultType]::ParameterName, 'Run only this rule; may be repeated, or a list with commas')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Don''t run this rule; may be repeated, or a list with commas')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The severity from which on findings give exit code 1')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Report only what this file doesn''t list; the rest is counted and fails no run')
            [CompletionResult]::new('--write-baseline', '--write-baseline', [CompletionResultType]::ParameterName, 'Write what is found, for --baseline to leave it out from now on')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the report; may be repeated, each but one with its own --output')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'A file for the report of the --format before it')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'A file for the report of the --format before it')
            [CompletionResult]::new('--min-severity', '--min-severity', [CompletionResultType]::ParameterName, 'Leave less severe findings out of the report; they are counted')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many files are checked at a time; as many as there are processors, if not said')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--all-apps', '--all-apps', [CompletionResultType]::ParameterName, 'Every app in the tenant with a provisioning job that a policy says it is for (app.names)')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Never go online: --app and --all-apps are refused')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print findings alone, without the line that counts')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print findings alone, without the line that counts')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say also which rules could not judge, what was missing, and which people a finding is about')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say also which rules could not judge, what was missing, and which people a finding is about')
            [CompletionResult]::new('--members', '--members', [CompletionResultType]::ParameterName, 'Read the people too: the members of the assigned groups, and who is assigned directly')
            [CompletionResult]::new('--test-connection', '--test-connection', [CompletionResultType]::ParameterName, 'Have Entra test the credentials that it saved, as the portal''s Test Connection does')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;fix' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'An app in the tenant: its display name, object id or appId; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result of the one file to another, and leave it as it is')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result of the one file to another, and leave it as it is')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the report')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The vendor''s requirements to judge by; goes before the policy''s own profile')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group that must be assigned, instead of the policy''s; may be repeated')
            [CompletionResult]::new('--select', '--select', [CompletionResultType]::ParameterName, 'Run only this rule; may be repeated, or a list with commas')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Don''t run this rule; may be repeated, or a list with commas')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The severity from which on findings give exit code 1')
            [CompletionResult]::new('--backup-dir', '--backup-dir', [CompletionResultType]::ParameterName, 'The folder for the backup; the working directory, if not said')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and what only a person can do; write nothing')
            [CompletionResult]::new('--unsafe', '--unsafe', [CompletionResultType]::ParameterName, 'Make also the fixes that change who is matched, created or removed; in the tenant also those of settings (SyncAll)')
            [CompletionResult]::new('--assign-groups', '--assign-groups', [CompletionResultType]::ParameterName, 'Assign the groups that the policy (or --group) names and that aren''t')
            [CompletionResult]::new('--remove-unexpected', '--remove-unexpected', [CompletionResultType]::ParameterName, 'Take the assignments of groups away that the policy (or --group) doesn''t name')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--pause', '--pause', [CompletionResultType]::ParameterName, 'Pause provisioning first, where it is on. It stays paused')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;diff' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'An app in the tenant in its place: its display name, object id or appId')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;restore' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'The app to put it back into: its display name, object id or appId')
            [CompletionResult]::new('--backup-dir', '--backup-dir', [CompletionResultType]::ParameterName, 'The folder for the backup; the working directory, if not said')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change; write nothing')
            [CompletionResult]::new('--unsafe', '--unsafe', [CompletionResultType]::ParameterName, 'Put back also the settings that fix may have written (SyncAll, SkipOutOfScopeDeletions), and which groups are assigned')
            [CompletionResult]::new('--from-another-app', '--from-another-app', [CompletionResultType]::ParameterName, 'Take the schema of another app, or of another job, or one that doesn''t say of which it is')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--pause', '--pause', [CompletionResultType]::ParameterName, 'Pause provisioning first, where it is on. It stays paused')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;guide' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'The app: its display name, object id or appId')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group that must be assigned, instead of the policy''s; may be repeated')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The vendor''s requirements to judge by; goes before the policy''s own profile')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--members', '--members', [CompletionResultType]::ParameterName, 'Read the people too: the members of the assigned groups, and who is assigned directly')
            [CompletionResult]::new('--test-connection', '--test-connection', [CompletionResultType]::ParameterName, 'Have Entra test the credentials that it saved, as the portal''s Test Connection does')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;start' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'The app: its display name, object id or appId')
            [CompletionResult]::new('--job', '--job', [CompletionResultType]::ParameterName, 'The id of its provisioning job, where it has several')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Minutes to watch at most; the job goes on')
            [CompletionResult]::new('--every', '--every', [CompletionResultType]::ParameterName, 'Seconds between two looks')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group that must be assigned, instead of the policy''s; may be repeated')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The vendor''s requirements to judge by; goes before the policy''s own profile')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Go on although something is wrong, for a reason that is worth writing down')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Watch until the first cycle has ended')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;status' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'The app: its display name, object id or appId')
            [CompletionResult]::new('--job', '--job', [CompletionResultType]::ParameterName, 'The id of its provisioning job, where it has several')
            [CompletionResult]::new('--every', '--every', [CompletionResultType]::ParameterName, 'Seconds between two looks')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Show it again and again, until Ctrl-C')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;provision' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'The app: its display name, object id or appId')
            [CompletionResult]::new('--job', '--job', [CompletionResultType]::ParameterName, 'The id of its provisioning job, where it has several')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'An assigned group: its display name or object id')
            [CompletionResult]::new('--member', '--member', [CompletionResultType]::ParameterName, 'A member of the group, by user principal name or object id; may be repeated')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'One user alone, by user principal name or object id: that updates the profile, and gives no access')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The vendor''s requirements to judge by; goes before the policy''s own profile')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Go on although something is wrong, for a reason that is worth writing down')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every step, and what stayed as it was')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every step, and what stayed as it was')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;logs' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'The app: its display name, object id or appId')
            [CompletionResult]::new('--job', '--job', [CompletionResultType]::ParameterName, 'The id of its provisioning job, where it has several')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'How far back: 30m, 24h, 7d')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the output; in a pipe jsonl, if not said')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--failed', '--failed', [CompletionResultType]::ParameterName, 'Failures alone')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;pause' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'The app: its display name, object id or appId')
            [CompletionResult]::new('--job', '--job', [CompletionResultType]::ParameterName, 'The id of its provisioning job, where it has several')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;restart' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'The app: its display name, object id or appId')
            [CompletionResult]::new('--job', '--job', [CompletionResultType]::ParameterName, 'The id of its provisioning job, where it has several')
            [CompletionResult]::new('--reset', '--reset', [CompletionResultType]::ParameterName, 'What is forgotten')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group that must be assigned, instead of the policy''s; may be repeated')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The vendor''s requirements to judge by; goes before the policy''s own profile')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Go on although something is wrong, for a reason that is worth writing down')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;export' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'The app: its display name, the object id of the enterprise application, or its appId')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The file; standard output, if not said')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The file; standard output, if not said')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy, whose groups are looked up by name; else provlint.yaml, from the working directory upwards')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'A group to look up, instead of the policy''s; may be repeated')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--members', '--members', [CompletionResultType]::ParameterName, 'Read the people too: the members of the assigned groups, and who is assigned directly')
            [CompletionResult]::new('--test-connection', '--test-connection', [CompletionResultType]::ParameterName, 'Have Entra test the credentials that it saved, as the portal''s Test Connection does')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;preview' {
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'An app in the tenant, in place of a file: its display name, object id or appId')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The users: JSON or CSV; with --app also a user principal name or object id')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Another schema: show what it changes')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy, which says what attributes are required; found as by check')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The vendor''s requirements; go before the policy''s own profile')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'The time that Now() gives, 2027-01-31T12:00:00Z; the present, if not said')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'What Guid() and RandomString() follow from')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every user in full')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every user in full')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;probe' {
            [CompletionResult]::new('--tenant-url', '--tenant-url', [CompletionResultType]::ParameterName, 'The tenant URL, as it is entered in the portal')
            [CompletionResult]::new('--attribute', '--attribute', [CompletionResultType]::ParameterName, 'The attribute by which users are matched')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the answer')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read the secret token from standard input; else PROVLINT_SCIM_TOKEN holds it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;auth' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Sign in, and say in which way, to which tenant and with which rights. No token is shown')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'provlint;auth;status' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the answer')
            [CompletionResult]::new('--graph-url', '--graph-url', [CompletionResultType]::ParameterName, 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'The cloud that the tenant is in')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'The way to sign in; else the first that the environment offers')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'Certificates (PEM) to trust besides the system''s')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait between attempts where Graph is busy, all in all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--token-stdin', '--token-stdin', [CompletionResultType]::ParameterName, 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in')
            [CompletionResult]::new('--no-progress', '--no-progress', [CompletionResultType]::ParameterName, 'Show no sign of life while waiting')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;auth;help' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Sign in, and say in which way, to which tenant and with which rights. No token is shown')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'provlint;auth;help;status' {
            break
        }
        'provlint;auth;help;help' {
            break
        }
        'provlint;eval' {
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'The users to run it for: JSON or CSV')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'An attribute''s value; nothing behind = for none. May be repeated, also for one attribute of several values')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the output')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'The time that Now() gives, 2027-01-31T12:00:00Z; the present, if not said')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'What Guid() and RandomString() follow from')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;rules' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the list')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;explain' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;init' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile to extend')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'The file to write; `-` is standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'The file to write; `-` is standard output')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite the file if it exists')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;profiles' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the list')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;json-schema' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'provlint;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check exported schemas and snapshots, or apps in a tenant')
            [CompletionResult]::new('fix', 'fix', [CompletionResultType]::ParameterValue, 'Put right what check finds, as far as a program can')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what changed between two schemas, in mapping terms')
            [CompletionResult]::new('restore', 'restore', [CompletionResultType]::ParameterValue, 'Put a backed-up schema back into the tenant')
            [CompletionResult]::new('guide', 'guide', [CompletionResultType]::ParameterValue, 'Show the whole way from an app to people who can sign in to it, and what is done of it')
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Check an app, test its connection, and start its provisioning')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show where an app''s provisioning stands')
            [CompletionResult]::new('provision', 'provision', [CompletionResultType]::ParameterValue, 'Provision a group with its members on demand, or a user')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'Show an app''s provisioning log')
            [CompletionResult]::new('pause', 'pause', [CompletionResultType]::ParameterValue, 'Pause an app''s provisioning')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'Have an app''s provisioning begin anew')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write everything about one app''s provisioning into one file, a snapshot')
            [CompletionResult]::new('preview', 'preview', [CompletionResultType]::ParameterValue, 'Show what Entra would send for a user, and why')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Ask an app''s SCIM endpoint what Entra''s Test Connection asks, and judge the answer')
            [CompletionResult]::new('auth', 'auth', [CompletionResultType]::ParameterValue, 'See how provlint would sign in to Microsoft Graph')
            [CompletionResult]::new('eval', 'eval', [CompletionResultType]::ParameterValue, 'Try a mapping expression out, like the portal''s expression builder')
            [CompletionResult]::new('rules', 'rules', [CompletionResultType]::ParameterValue, 'List every rule')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a rule: what goes wrong, an example, the way through the portal')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a commented policy file')
            [CompletionResult]::new('profiles', 'profiles', [CompletionResultType]::ParameterValue, 'List the built-in profiles, or print one')
            [CompletionResult]::new('json-schema', 'json-schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a format, for editors and scripts')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'provlint;help;check' {
            break
        }
        'provlint;help;fix' {
            break
        }
        'provlint;help;diff' {
            break
        }
        'provlint;help;restore' {
            break
        }
        'provlint;help;guide' {
            break
        }
        'provlint;help;start' {
            break
        }
        'provlint;help;status' {
            break
        }
        'provlint;help;provision' {
            break
        }
        'provlint;help;logs' {
            break
        }
        'provlint;help;pause' {
            break
        }
        'provlint;help;restart' {
            break
        }
        'provlint;help;export' {
            break
        }
        'provlint;help;preview' {
            break
        }
        'provlint;help;probe' {
            break
        }
        'provlint;help;auth' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Sign in, and say in which way, to which tenant and with which rights. No token is shown')
            break
        }
        'provlint;help;auth;status' {
            break
        }
        'provlint;help;eval' {
            break
        }
        'provlint;help;rules' {
            break
        }
        'provlint;help;explain' {
            break
        }
        'provlint;help;init' {
            break
        }
        'provlint;help;profiles' {
            break
        }
        'provlint;help;json-schema' {
            break
        }
        'provlint;help;completions' {
            break
        }
        'provlint;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
