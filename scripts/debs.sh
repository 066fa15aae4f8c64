# shellcheck shell=sh disable=SC2016 # apt's formats have dollars of their own
# Owns the cache folder, and taking Debian packages into a folder of it without root; meant to be sourced.
# The tests want two Neovims at once, each with its own C library, and neither may touch the machine.

cache=${ORCHFLOW_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/orchflow-dev}
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac # apt reads relative folders against /etc

say() { printf '%s\n' "$*" >&2; }

# cache_lock NAME : one maker of a cached thing at a time; what a killed one left behind goes.
cache_lock() {
    mkdir -p "$cache"
    exec 9>"$cache/.lock-$1"
    if command -v flock >/dev/null; then
        flock 9
        rm -rf "$cache/.new-$1".*
    fi
}

# cache_work NAME : a new folder beside the cached things, so that a finished one can be renamed into place.
cache_work() { mktemp -d "$cache/.new-$1.XXXXXX"; }

# The folders of the machine's own mirrors, best first: apt reads its sources itself, so both formats work.
# A source may name its key; that key is kept, with `-` for "apt's usual keys".
debs_mirrors() {
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-none}")
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(SIGNED_BY)' 'Created-By: Packages' |
        awk -v own="$codename" '
            $3 == "main" { key = $4 == "" || $4 ~ /^\$/ ? "-" : $4; print ($2 == own ? 0 : 1), $1, key }' |
        sort -s -k1,1n | awk '!seen[$2]++ { print $2, $3 }'
}

# debs_apt STATE TOOL ARGS... : apt with every file of its own under STATE, so that it needs no root and no lock of the
# machine's, and thinks nothing is installed, so that it brings the C library too.
debs_apt() {
    state=$1 tool=$2
    shift 2
    "$tool" -qq \
        -o "Dir::State=$state/state" -o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache" \
        -o "Dir::Etc::sourcelist=$state/sources.list" -o "Dir::Etc::sourceparts=$state/empty" \
        -o "Dir::Etc::preferencesparts=$state/empty" -o Dir::Etc::preferences=/dev/null -o "Dir::Log=$state" \
        -o APT::Sandbox::User=root -o APT::Install-Recommends=false -o APT::Update::Error-Mode=any \
        -o Acquire::Languages=none -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
        -o Acquire::Retries=3 "$@"
}

# debs_sources STATE SUITE : reads the index of SUITE from the first of the machine's mirrors that has it.
debs_sources() {
    arch=$(dpkg --print-architecture)
    mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial" "$1/empty"
    : >"$1/status"
    debs_mirrors >"$1/mirrors"
    while read -r uri key; do
        [ "$key" = - ] && signed= || signed=" signed-by=$key"
        printf 'deb [arch=%s%s] %s %s main\n' "$arch" "$signed" "$uri" "$2" >"$1/sources.list"
        say "Reading the package index of Debian $2."
        if debs_apt "$1" apt-get update </dev/null >"$1/update.log" 2>&1; then return 0; fi
    done <"$1/mirrors"
    cat "$1/update.log" >&2 2>/dev/null || true
    return 1
}

# debs_version STATE PACKAGE : the version the index offers, or nothing.
debs_version() {
    debs_apt "$1" apt-cache show --no-all-versions "$2" 2>/dev/null | sed -n 's/^Version: //p'
}

# debs_unpack STATE ROOT PACKAGE... : downloads the packages and all they need, and unpacks them into ROOT.
debs_unpack() {
    state=$1 root=$2
    shift 2
    say "Downloading $*."
    debs_apt "$state" apt-get -y --download-only install "$@" </dev/null >"$state/install.log" 2>&1 ||
        { cat "$state/install.log" >&2; return 1; }
    mkdir -p "$root"
    for deb in "$state"/cache/archives/*.deb; do dpkg -x "$deb" "$root"; done
}

# debs_lib ROOT, debs_loader ROOT : where in ROOT the C library and its loader are, as paths below ROOT.
debs_lib() {
    lib=$(dirname "$(find "$1/usr/lib" -name libc.so.6 | head -n 1)")
    printf '%s' "${lib#"$1"}"
}
debs_loader() {
    loader=$(find "$1$(debs_lib "$1")" -maxdepth 1 -name 'ld*.so.[0-9]' | head -n 1)
    printf '%s' "${loader#"$1"}"
}
