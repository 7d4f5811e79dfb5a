# Sourced by the tests of the examples, which name the program $example.
refuses() { # status, words of the message, arguments
    expected=$1 words=$2
    shift 2
    status=0
    message=$("$example" "$@" 2>&1 >/dev/null) || status=$?
    [ "$status" -eq "$expected" ] || { echo "$*: exit status $status, not $expected"; exit 1; }
    case $message in
    *"$words"*) ;;
    *) echo "$*: says '$message', where '$words' was expected"; exit 1 ;;
    esac
}
