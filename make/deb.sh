#!/usr/bin/env bash
# deb.sh [VERSION] - `make deb`: builds Debian's package from the tree as it is, in build/deb, and
# lets lintian look at it. VERSION, instead of that in debian/changelog, is for the test of
# upgrades; then neither tests nor lintian are run.

set -u -o pipefail
here=$(cd "$(dirname "$0")/.." && pwd) || exit 70
cd "$here" || exit 70
for program in dpkg-buildpackage dh; do
    command -v "$program" >/dev/null 2>&1 || {
        echo "deb.sh: $program is missing; as root: apt-get install dpkg-dev debhelper lintian &&" \
            "apt-get build-dep ./" >&2
        exit 69
    }
done

version=${1:-$(dpkg-parsechangelog -S Version)} || exit 70
name=fecpipe-${version%-*}
rm -rf build/deb
mkdir -p "build/deb/$name" || exit 73
# A copy: nothing is to be built in the tree, and the source package has to have no more than it.
tar --exclude=./build --exclude=./bin --exclude=./.git --exclude=./pipeline.conf -cf - . |
    tar -C "build/deb/$name" -xf - || exit 74
cd "build/deb/$name" || exit 70
[ -z "${1:-}" ] || sed -i "1s/(.*)/($version)/" debian/changelog
tar --sort=name --mtime="@$(dpkg-parsechangelog -S Timestamp)" --owner=0 --group=0 --numeric-owner \
    --exclude=./debian --transform "s|^\.|$name|" -czf "../fecpipe_${version%-*}.orig.tar.gz" . ||
    exit 74
[ -z "${1:-}" ] || export DEB_BUILD_OPTIONS=nocheck
dpkg-buildpackage -us -uc || exit $?
cd ..
if [ -n "${1:-}" ]; then
    :
elif command -v lintian >/dev/null 2>&1; then
    lintian --fail-on error,warning ./*.changes || exit $?
else
    echo "deb.sh: lintian is not installed, so the package was not looked at" >&2
fi
printf 'build/deb/%s\n' ./*.deb | sed 's|/\./|/|'
