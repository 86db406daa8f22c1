#!/usr/bin/env bash
# Every `footfall …` that the documents and the files of deploy/ tell people to type is a command
# that the program has, with options that its help names.
. "$(dirname "$0")/harness.sh"

footfall=${FOOTFALL_BINARY:-$root/.build/release/footfall}
[ -x "$footfall" ] || cannot_run "the program isn't built: make build"

# Commands in a Markdown file: lines of code, and code within a line.
in_markdown() { # FILE
    grep -E '^    |`footfall ' "$1" | grep -oE 'footfall [a-z]+[^`&|#;│]*' |
        grep -vE '^footfall [a-z]+/'
}

# Commands in a unit, a crontab or a script: what stands after the program's name.
in_configuration() { # FILE
    # shellcheck disable=SC2016 # the scripts' variables
    grep -vE '^[[:space:]]*#' "$1" |
        grep -oE '("\$footfall"|"\$1"|bin/footfall|run footfall) [a-z]+[^&|#;>)]*' |
        sed -E 's/^("\$footfall"|"\$1"|bin.footfall|run footfall)/footfall/'
}

# Has the program this command, and these options?
known() { # footfall COMMAND [SUBCOMMAND] WORD…
    local words=("${@:2}") command=("$2") help option
    case "$2" in
        # These have subcommands.
        channel | exclude | funnel | goal | import | site | token) command+=("${3:-}") ;;
        bots) case "${3:-}" in allow | disallow) command+=("$3") ;; *) command+=(list) ;; esac ;;
    esac
    # For a command that isn't one, the help is the program's own.
    help=$("$footfall" "${command[@]}" --help 2>&1) || return 1
    grep -qE "^USAGE: footfall ${command[*]}( |\$)" <<<"$help" || return 1
    for option in "${words[@]}"; do
        option=${option%%=*}
        option=${option%[.,)]}
        if [[ $option == --?* ]] && ! grep -qE -- "$option([^a-z-]|\$)" <<<"$help"; then
            echo "            the help of '${command[*]}' doesn't name $option"
            return 1
        fi
    done
}

commands=$(
    cd "$root" || exit
    for file in README.md CONTRIBUTING.md deploy/README.md docs/*.md docs/decisions/*.md; do
        in_markdown "$file"
    done
    for file in scripts/run.sh deploy/footfall.crontab deploy/systemd/*.service \
        deploy/compose/aggregate-hourly.sh; do
        in_configuration "$file"
    done
)
commands=$(sort -u <<<"$commands")
check "commands are found" test "$(wc -l <<<"$commands")" -gt 10
while read -r command; do
    read -r -a words <<<"$command"
    check "$command" known "${words[@]}"
done <<<"$commands"

# The settings that deploy/ ships are settings that the program knows.
mkdir "$work/data"
sed "s,^secret: .*,secret: $work/salts," "$root/deploy/footfall.yaml" >"$work/data/footfall.yaml"
capture "$footfall" site list --data "$work/data"
check "deploy/footfall.yaml is accepted" is "$status" 0
echo "shoes: 42" >>"$work/data/footfall.yaml"
capture "$footfall" site list --data "$work/data"
check "a setting that isn't one is noticed" says shoes

check "a command that isn't one is noticed" fails known footfall frobnicate
check "an option that isn't one is noticed" fails known footfall serve --frobnicate

finish
