set edit:completion:arg-completer[provlint] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) PROVLINT_COMPLETE="elvish" provlint -- $@words) | to-lines
}
