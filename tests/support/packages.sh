# shellcheck shell=bash
# Sourced by the two commands of README.md: installs what they need on Debian and Ubuntu, and only what is
# missing.

if [ -t 1 ]; then
    bold=$(printf '\033[1m') red=$(printf '\033[31m') plain=$(printf '\033[0m')
else
    bold='' red='' plain=''
fi

# With the seconds since the start: where the time goes.
step() { printf '%s==> %s s: %s%s\n' "$bold" "$SECONDS" "$*" "$plain"; }
fail() { printf '%s%s%s\n' "$red" "$*" "$plain" >&2; }

# Is what a Debian package gives here, wherever it came from?
present() {
    case $1 in
    build-essential)     command -v cc && command -v c++ && command -v make ;;
    pkg-config)          command -v pkg-config ;;
    meson)               command -v meson && meson_is_new ;;
    ninja-build)         command -v ninja ;;
    check)               pkg-config --exists check ;;
    zlib1g-dev)          pkg-config --exists zlib ;;
    libjansson-dev)      pkg-config --exists jansson ;;
    abigail-tools)       command -v abidw && command -v abidiff ;;
    mandoc)              command -v mandoc ;;
    ccache)              command -v ccache ;;
    openmpi-bin)         command -v mpirun ;;
    libopenmpi-dev)      pkg-config --exists ompi-c ;;
    clang-14)            command -v clang-14 ;;
    clang-format-14)     command -v clang-format-14 ;;
    libclang-rt-14-dev)  [ -n "$(find /usr/lib/llvm-14/lib/clang -name 'libclang_rt.asan*' 2>/dev/null | head -n 1)" ] ;;
    qemu-user-static)    command -v qemu-aarch64-static && command -v qemu-s390x-static ;;
    gcc-*-linux-gnu)     command -v "${1#gcc-}-gcc" ;;
    libc6-dev-arm64-cross) aarch64-linux-gnu-gcc -print-file-name=libc.a | grep / ;;
    libc6-dev-s390x-cross) s390x-linux-gnu-gcc -print-file-name=libc.a | grep / ;;
    python3-dev)         [ -f "$(/usr/bin/python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" ] ;;
    python3-venv)        /usr/bin/python3 -c 'import venv, ensurepip' ;;
    python3-*)           /usr/bin/python3 -c "import ${1#python3-}" ;;
    patchelf)            command -v patchelf ;;
    chromium)            command -v chromium ;;
    *)                   false ;;
    esac >/dev/null 2>&1
}

meson_is_new() { [ "$(printf '1.0\n%s\n' "$(meson --version)" | sort -V | head -n 1)" = 1.0 ]; }

missing() { # packages
    local package
    for package; do
        present "$package" || printf '%s ' "$package"
    done
}

apt() {
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" </dev/null
}

can_install() {
    command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }
}

# Fresh package lists, once; a mirror that is half there is no reason to stop.
refresh() {
    [ -z "${refreshed-}" ] || return 0
    refreshed=yes
    apt update || fail 'The package lists could not all be refreshed; going on with those at hand.'
}

# Installs packages without which nothing works; ends the script with a sentence when that cannot be done.
need() { # packages
    local wanted
    wanted=$(missing "$@")
    [ -n "$wanted" ] || return 0
    if ! can_install; then
        fail "Please install these first (their Debian names): $wanted"
        exit 1
    fi
    step "installing $wanted"
    refresh
    # shellcheck disable=SC2086
    apt install -y --no-install-recommends $wanted >/dev/null || {
        fail "apt-get could not install: $wanted"
        exit 1
    }
    wanted=$(missing "$@")
    [ -z "$wanted" ] || { fail "Still missing after apt-get install: $wanted"; exit 1; }
}

# Installs packages that more can be done with; says what is left out when that cannot be done. Fails when one
# is missing.
like() { # packages
    local wanted
    wanted=$(missing "$@")
    [ -n "$wanted" ] || return 0
    if can_install; then
        step "installing $wanted"
        refresh
        # shellcheck disable=SC2086
        apt install -y --no-install-recommends $wanted >/dev/null 2>&1 || true
        wanted=$(missing "$@")
    fi
    [ -z "$wanted" ] || { echo "Going on without $wanted"; return 1; }
}
