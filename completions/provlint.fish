complete --keep-order --exclusive --command provlint --arguments "(PROVLINT_COMPLETE=fish provlint -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
