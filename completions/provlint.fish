# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_provlint_global_optspecs
    string join \n color= h/help V/version
end

function __fish_provlint_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_provlint_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_provlint_using_subcommand
    set -l cmd (__fish_provlint_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c provlint -n "__fish_provlint_needs_command" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_needs_command" -s V -l version -d 'Print version'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "check" -d 'Check exported schemas and snapshots, or apps in a tenant'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "fix" -d 'Put right what check finds, as far as a program can'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "diff" -d 'Show what changed between two schemas, in mapping terms'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "restore" -d 'Put a backed-up schema back into the tenant'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "guide" -d 'Show the whole way from an app to people who can sign in to it, and what is done of it'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "start" -d 'Check an app, test its connection, and start its provisioning'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "status" -d 'Show where an app\'s provisioning stands'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "provision" -d 'Provision a group with its members on demand, or a user'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "logs" -d 'Show an app\'s provisioning log'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "pause" -d 'Pause an app\'s provisioning'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "restart" -d 'Have an app\'s provisioning begin anew'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "export" -d 'Write everything about one app\'s provisioning into one file, a snapshot'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "preview" -d 'Show what Entra would send for a user, and why'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "probe" -d 'Ask an app\'s SCIM endpoint what Entra\'s Test Connection asks, and judge the answer'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "auth" -d 'See how provlint would sign in to Microsoft Graph'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "eval" -d 'Try a mapping expression out, like the portal\'s expression builder'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "rules" -d 'List every rule'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "explain" -d 'Explain a rule: what goes wrong, an example, the way through the portal'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "init" -d 'Write a commented policy file'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "profiles" -d 'List the built-in profiles, or print one'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "json-schema" -d 'Print the JSON Schema of a format, for editors and scripts'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c provlint -n "__fish_provlint_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c provlint -n "__fish_provlint_using_subcommand check" -l app -d 'An app in the tenant, read live: its display name, object id or appId; may be repeated' -r
complete -c provlint -n "__fish_provlint_using_subcommand check" -l policy -d 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand check" -l profile -d 'The vendor\'s requirements to judge by; goes before the policy\'s own profile' -r
complete -c provlint -n "__fish_provlint_using_subcommand check" -l group -d 'A group that must be assigned, instead of the policy\'s; may be repeated' -r
complete -c provlint -n "__fish_provlint_using_subcommand check" -l select -d 'Run only this rule; may be repeated, or a list with commas' -r
complete -c provlint -n "__fish_provlint_using_subcommand check" -l ignore -d 'Don\'t run this rule; may be repeated, or a list with commas' -r
complete -c provlint -n "__fish_provlint_using_subcommand check" -l fail-on -d 'The severity from which on findings give exit code 1' -r -f -a "error\t'Errors alone'
warning\t'Warnings too'
info\t'Any finding'
never\t'No finding'"
complete -c provlint -n "__fish_provlint_using_subcommand check" -l baseline -d 'Report only what this file doesn\'t list; the rest is counted and fails no run' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand check" -l write-baseline -d 'Write what is found, for --baseline to leave it out from now on' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand check" -l format -d 'The form of the report; may be repeated, each but one with its own --output' -r -f -a "pretty\t'the lines at fault with an explanation and the way to put it right'
compact\t'one line a finding: file:line:column: severity[rule] message'
json\t'one JSON document, for scripts'
jsonl\t'one finding a line, as JSON'
sarif\t'SARIF 2.1.0, for code scanning and editors'
github\t'annotations of GitHub Actions'
azure\t'issues of Azure Pipelines'
gitlab\t'GitLab\'s Code Quality report'
junit\t'JUnit XML: a suite a target, a case a rule'
markdown\t'a table, for pull requests and tickets'
html\t'a page to look at, with mapping tables and a picture'"
complete -c provlint -n "__fish_provlint_using_subcommand check" -s o -l output -d 'A file for the report of the --format before it' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand check" -l min-severity -d 'Leave less severe findings out of the report; they are counted' -r -f -a "error\t''
warning\t''
info\t''"
complete -c provlint -n "__fish_provlint_using_subcommand check" -l jobs -d 'How many files are checked at a time; as many as there are processors, if not said' -r
complete -c provlint -n "__fish_provlint_using_subcommand check" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand check" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand check" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand check" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand check" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand check" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand check" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand check" -l all-apps -d 'Every app in the tenant with a provisioning job that a policy says it is for (app.names)'
complete -c provlint -n "__fish_provlint_using_subcommand check" -l offline -d 'Never go online: --app and --all-apps are refused'
complete -c provlint -n "__fish_provlint_using_subcommand check" -s q -l quiet -d 'Print findings alone, without the line that counts'
complete -c provlint -n "__fish_provlint_using_subcommand check" -s v -l verbose -d 'Say also which rules could not judge, what was missing, and which people a finding is about'
complete -c provlint -n "__fish_provlint_using_subcommand check" -l members -d 'Read the people too: the members of the assigned groups, and who is assigned directly'
complete -c provlint -n "__fish_provlint_using_subcommand check" -l test-connection -d 'Have Entra test the credentials that it saved, as the portal\'s Test Connection does'
complete -c provlint -n "__fish_provlint_using_subcommand check" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand check" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l app -d 'An app in the tenant: its display name, object id or appId; may be repeated' -r
complete -c provlint -n "__fish_provlint_using_subcommand fix" -s o -l output -d 'Write the result of the one file to another, and leave it as it is' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l format -d 'The form of the report' -r -f -a "pretty\t'the lines that change, the reasons, and the steps that are left'
json\t'one JSON document, for scripts'
patch\t'a patch that git apply and patch -p1 accept'"
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l policy -d 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l profile -d 'The vendor\'s requirements to judge by; goes before the policy\'s own profile' -r
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l group -d 'A group that must be assigned, instead of the policy\'s; may be repeated' -r
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l select -d 'Run only this rule; may be repeated, or a list with commas' -r
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l ignore -d 'Don\'t run this rule; may be repeated, or a list with commas' -r
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l fail-on -d 'The severity from which on findings give exit code 1' -r -f -a "error\t'Errors alone'
warning\t'Warnings too'
info\t'Any finding'
never\t'No finding'"
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l backup-dir -d 'The folder for the backup; the working directory, if not said' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l dry-run -d 'Show what would change and what only a person can do; write nothing'
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l unsafe -d 'Make also the fixes that change who is matched, created or removed; in the tenant also those of settings (SyncAll)'
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l assign-groups -d 'Assign the groups that the policy (or --group) names and that aren\'t'
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l remove-unexpected -d 'Take the assignments of groups away that the policy (or --group) doesn\'t name'
complete -c provlint -n "__fish_provlint_using_subcommand fix" -s y -l yes -d 'Do it without asking'
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l pause -d 'Pause provisioning first, where it is on. It stays paused'
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand fix" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand fix" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand diff" -l app -d 'An app in the tenant in its place: its display name, object id or appId' -r
complete -c provlint -n "__fish_provlint_using_subcommand diff" -l format -d 'The form of the output' -r -f -a "pretty\t'a line for each difference'
json\t'one JSON document, for scripts'
markdown\t'a table, for pull requests'"
complete -c provlint -n "__fish_provlint_using_subcommand diff" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand diff" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand diff" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand diff" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand diff" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand diff" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand diff" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand diff" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand diff" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l app -d 'The app to put it back into: its display name, object id or appId' -r
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l backup-dir -d 'The folder for the backup; the working directory, if not said' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l dry-run -d 'Show what would change; write nothing'
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l unsafe -d 'Put back also the settings that fix may have written (SyncAll, SkipOutOfScopeDeletions), and which groups are assigned'
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l from-another-app -d 'Take the schema of another app, or of another job, or one that doesn\'t say of which it is'
complete -c provlint -n "__fish_provlint_using_subcommand restore" -s y -l yes -d 'Do it without asking'
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l pause -d 'Pause provisioning first, where it is on. It stays paused'
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand restore" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l app -d 'The app: its display name, object id or appId' -r
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l format -d 'The form of the output' -r -f -a "pretty\t''
json\t''"
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l group -d 'A group that must be assigned, instead of the policy\'s; may be repeated' -r
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l policy -d 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l profile -d 'The vendor\'s requirements to judge by; goes before the policy\'s own profile' -r
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l members -d 'Read the people too: the members of the assigned groups, and who is assigned directly'
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l test-connection -d 'Have Entra test the credentials that it saved, as the portal\'s Test Connection does'
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand guide" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand guide" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand start" -l app -d 'The app: its display name, object id or appId' -r
complete -c provlint -n "__fish_provlint_using_subcommand start" -l job -d 'The id of its provisioning job, where it has several' -r
complete -c provlint -n "__fish_provlint_using_subcommand start" -l wait-timeout -d 'Minutes to watch at most; the job goes on' -r
complete -c provlint -n "__fish_provlint_using_subcommand start" -l every -d 'Seconds between two looks' -r
complete -c provlint -n "__fish_provlint_using_subcommand start" -l group -d 'A group that must be assigned, instead of the policy\'s; may be repeated' -r
complete -c provlint -n "__fish_provlint_using_subcommand start" -l policy -d 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand start" -l profile -d 'The vendor\'s requirements to judge by; goes before the policy\'s own profile' -r
complete -c provlint -n "__fish_provlint_using_subcommand start" -l force -d 'Go on although something is wrong, for a reason that is worth writing down' -r
complete -c provlint -n "__fish_provlint_using_subcommand start" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand start" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand start" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand start" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand start" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand start" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand start" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand start" -l wait -d 'Watch until the first cycle has ended'
complete -c provlint -n "__fish_provlint_using_subcommand start" -s y -l yes -d 'Do it without asking'
complete -c provlint -n "__fish_provlint_using_subcommand start" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand start" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand status" -l app -d 'The app: its display name, object id or appId' -r
complete -c provlint -n "__fish_provlint_using_subcommand status" -l job -d 'The id of its provisioning job, where it has several' -r
complete -c provlint -n "__fish_provlint_using_subcommand status" -l every -d 'Seconds between two looks' -r
complete -c provlint -n "__fish_provlint_using_subcommand status" -l format -d 'The form of the output' -r -f -a "pretty\t''
json\t''"
complete -c provlint -n "__fish_provlint_using_subcommand status" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand status" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand status" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand status" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand status" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand status" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand status" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand status" -l watch -d 'Show it again and again, until Ctrl-C'
complete -c provlint -n "__fish_provlint_using_subcommand status" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand status" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l app -d 'The app: its display name, object id or appId' -r
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l job -d 'The id of its provisioning job, where it has several' -r
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l group -d 'An assigned group: its display name or object id' -r
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l member -d 'A member of the group, by user principal name or object id; may be repeated' -r
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l user -d 'One user alone, by user principal name or object id: that updates the profile, and gives no access' -r
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l format -d 'The form of the output' -r -f -a "pretty\t''
json\t''"
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l policy -d 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l profile -d 'The vendor\'s requirements to judge by; goes before the policy\'s own profile' -r
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l force -d 'Go on although something is wrong, for a reason that is worth writing down' -r
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand provision" -s v -l verbose -d 'Show every step, and what stayed as it was'
complete -c provlint -n "__fish_provlint_using_subcommand provision" -s y -l yes -d 'Do it without asking'
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand provision" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand provision" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l app -d 'The app: its display name, object id or appId' -r
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l job -d 'The id of its provisioning job, where it has several' -r
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l since -d 'How far back: 30m, 24h, 7d' -r
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l format -d 'The form of the output; in a pipe jsonl, if not said' -r -f -a "pretty\t'For people'
jsonl\t'An event a line, as JSON'"
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l failed -d 'Failures alone'
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand logs" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand pause" -l app -d 'The app: its display name, object id or appId' -r
complete -c provlint -n "__fish_provlint_using_subcommand pause" -l job -d 'The id of its provisioning job, where it has several' -r
complete -c provlint -n "__fish_provlint_using_subcommand pause" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand pause" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand pause" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand pause" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand pause" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand pause" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand pause" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand pause" -s y -l yes -d 'Do it without asking'
complete -c provlint -n "__fish_provlint_using_subcommand pause" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand pause" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l app -d 'The app: its display name, object id or appId' -r
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l job -d 'The id of its provisioning job, where it has several' -r
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l reset -d 'What is forgotten' -r -f -a "full\t'Everything: the links to objects at the app, errors, quarantine, and how far it came'
escrows\t'The errors that are kept for another try'
watermark\t'How far it came: everybody is gone through again, the links stay'
quarantine\t'The quarantine'"
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l group -d 'A group that must be assigned, instead of the policy\'s; may be repeated' -r
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l policy -d 'The policy; else provlint.yaml or .provlint.yaml, from the working directory upwards' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l profile -d 'The vendor\'s requirements to judge by; goes before the policy\'s own profile' -r
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l force -d 'Go on although something is wrong, for a reason that is worth writing down' -r
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand restart" -s y -l yes -d 'Do it without asking'
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand restart" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand export" -l app -d 'The app: its display name, the object id of the enterprise application, or its appId' -r
complete -c provlint -n "__fish_provlint_using_subcommand export" -s o -l output -d 'The file; standard output, if not said' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand export" -l policy -d 'The policy, whose groups are looked up by name; else provlint.yaml, from the working directory upwards' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand export" -l group -d 'A group to look up, instead of the policy\'s; may be repeated' -r
complete -c provlint -n "__fish_provlint_using_subcommand export" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand export" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand export" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand export" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand export" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand export" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand export" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand export" -l members -d 'Read the people too: the members of the assigned groups, and who is assigned directly'
complete -c provlint -n "__fish_provlint_using_subcommand export" -l test-connection -d 'Have Entra test the credentials that it saved, as the portal\'s Test Connection does'
complete -c provlint -n "__fish_provlint_using_subcommand export" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand export" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l app -d 'An app in the tenant, in place of a file: its display name, object id or appId' -r
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l user -d 'The users: JSON or CSV; with --app also a user principal name or object id' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l diff -d 'Another schema: show what it changes' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l format -d 'The form of the output' -r -f -a "pretty\t'For people'
json\t'For programs'"
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l policy -d 'The policy, which says what attributes are required; found as by check' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l profile -d 'The vendor\'s requirements; go before the policy\'s own profile' -r
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l now -d 'The time that Now() gives, 2027-01-31T12:00:00Z; the present, if not said' -r
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l seed -d 'What Guid() and RandomString() follow from' -r
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand preview" -s v -l verbose -d 'Show every user in full'
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand preview" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand preview" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand probe" -l tenant-url -d 'The tenant URL, as it is entered in the portal' -r
complete -c provlint -n "__fish_provlint_using_subcommand probe" -l attribute -d 'The attribute by which users are matched' -r
complete -c provlint -n "__fish_provlint_using_subcommand probe" -l format -d 'The form of the answer' -r -f -a "pretty\t''
json\t''"
complete -c provlint -n "__fish_provlint_using_subcommand probe" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand probe" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand probe" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand probe" -l token-stdin -d 'Read the secret token from standard input; else PROVLINT_SCIM_TOKEN holds it'
complete -c provlint -n "__fish_provlint_using_subcommand probe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand auth; and not __fish_seen_subcommand_from status help" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand auth; and not __fish_seen_subcommand_from status help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand auth; and not __fish_seen_subcommand_from status help" -f -a "status" -d 'Sign in, and say in which way, to which tenant and with which rights. No token is shown'
complete -c provlint -n "__fish_provlint_using_subcommand auth; and not __fish_seen_subcommand_from status help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from status" -l format -d 'The form of the answer' -r -f -a "table\t''
json\t''"
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from status" -l graph-url -d 'The root of Microsoft Graph; else PROVLINT_GRAPH_URL, else that of --cloud' -r
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from status" -l cloud -d 'The cloud that the tenant is in' -r -f -a "global\t''
usgov\t''
usgov-dod\t''
china\t''"
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from status" -l auth -d 'The way to sign in; else the first that the environment offers' -r -f -a "client-secret\t''
certificate\t''
federated-token\t''
github-actions\t''
azure-pipelines\t''
managed-identity\t''
azure-cli\t''
device-code\t''"
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from status" -l ca-bundle -d 'Certificates (PEM) to trust besides the system\'s' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from status" -l timeout -d 'Seconds to wait for an answer' -r
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from status" -l max-wait -d 'Seconds to wait between attempts where Graph is busy, all in all' -r
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from status" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from status" -l token-stdin -d 'Read a token for Graph from standard input; else PROVLINT_ACCESS_TOKEN holds one, else provlint signs in'
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from status" -l no-progress -d 'Show no sign of life while waiting'
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "status" -d 'Sign in, and say in which way, to which tenant and with which rights. No token is shown'
complete -c provlint -n "__fish_provlint_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c provlint -n "__fish_provlint_using_subcommand eval" -l user -d 'The users to run it for: JSON or CSV' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand eval" -l set -d 'An attribute\'s value; nothing behind = for none. May be repeated, also for one attribute of several values' -r
complete -c provlint -n "__fish_provlint_using_subcommand eval" -l format -d 'The form of the output' -r -f -a "pretty\t'For people'
json\t'For programs'"
complete -c provlint -n "__fish_provlint_using_subcommand eval" -l now -d 'The time that Now() gives, 2027-01-31T12:00:00Z; the present, if not said' -r
complete -c provlint -n "__fish_provlint_using_subcommand eval" -l seed -d 'What Guid() and RandomString() follow from' -r
complete -c provlint -n "__fish_provlint_using_subcommand eval" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand eval" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand rules" -l format -d 'The form of the list' -r -f -a "table\t''
json\t''"
complete -c provlint -n "__fish_provlint_using_subcommand rules" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand rules" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand explain" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand init" -l profile -d 'The profile to extend' -r
complete -c provlint -n "__fish_provlint_using_subcommand init" -s o -l output -d 'The file to write; `-` is standard output' -r -F
complete -c provlint -n "__fish_provlint_using_subcommand init" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand init" -l force -d 'Overwrite the file if it exists'
complete -c provlint -n "__fish_provlint_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand profiles" -l format -d 'The form of the list' -r -f -a "table\t''
json\t''"
complete -c provlint -n "__fish_provlint_using_subcommand profiles" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand profiles" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand json-schema" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand json-schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand completions" -l color -d 'When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded too' -r -f -a "auto\t'On a terminal'
always\t'Also in a pipe'
never\t'Nowhere'"
complete -c provlint -n "__fish_provlint_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "check" -d 'Check exported schemas and snapshots, or apps in a tenant'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "fix" -d 'Put right what check finds, as far as a program can'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "diff" -d 'Show what changed between two schemas, in mapping terms'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "restore" -d 'Put a backed-up schema back into the tenant'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "guide" -d 'Show the whole way from an app to people who can sign in to it, and what is done of it'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "start" -d 'Check an app, test its connection, and start its provisioning'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "status" -d 'Show where an app\'s provisioning stands'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "provision" -d 'Provision a group with its members on demand, or a user'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "logs" -d 'Show an app\'s provisioning log'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "pause" -d 'Pause an app\'s provisioning'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "restart" -d 'Have an app\'s provisioning begin anew'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "export" -d 'Write everything about one app\'s provisioning into one file, a snapshot'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "preview" -d 'Show what Entra would send for a user, and why'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "probe" -d 'Ask an app\'s SCIM endpoint what Entra\'s Test Connection asks, and judge the answer'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "auth" -d 'See how provlint would sign in to Microsoft Graph'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "eval" -d 'Try a mapping expression out, like the portal\'s expression builder'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "rules" -d 'List every rule'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "explain" -d 'Explain a rule: what goes wrong, an example, the way through the portal'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "init" -d 'Write a commented policy file'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "profiles" -d 'List the built-in profiles, or print one'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "json-schema" -d 'Print the JSON Schema of a format, for editors and scripts'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "completions" -d 'Print a completion script for a shell'
complete -c provlint -n "__fish_provlint_using_subcommand help; and not __fish_seen_subcommand_from check fix diff restore guide start status provision logs pause restart export preview probe auth eval rules explain init profiles json-schema completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c provlint -n "__fish_provlint_using_subcommand help; and __fish_seen_subcommand_from auth" -f -a "status" -d 'Sign in, and say in which way, to which tenant and with which rights. No token is shown'
