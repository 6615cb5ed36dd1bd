# Puts the program build-once on the PATH of the steps that follow.
set -e
fail() { printf 'build-once/install: %s\n' "$@" >&2; exit 1; }
command -v node >/dev/null || fail 'this job has no node' 'Use an image with Node 20 or later, for example cimg/node.'

home="$HOME/.build-once"
mkdir -p "$home/bin"
if [ -n "$BUILD_ONCE_PATH" ]; then
  [ -f "$BUILD_ONCE_PATH" ] ||
    fail "there is no $BUILD_ONCE_PATH in $PWD" 'Check the repository out first, and run "npx gen-config" to write the file.'
  program="$home/build-once.mjs"
  cp "$BUILD_ONCE_PATH" "$program"
else
  program="$home/build-once-$BUILD_ONCE_VERSION.mjs"
  fetched=$(mktemp -d)
  trap 'rm -rf "$fetched"' EXIT
  tarball=$(npm pack --silent --pack-destination "$fetched" "gen-config@$BUILD_ONCE_VERSION") ||
    fail "npm cannot fetch gen-config $BUILD_ONCE_VERSION" 'Its own words are above. Behind a firewall, vendor the program: "install: vendored" in the spec.'
  tar -xzf "$fetched/$tarball" -C "$fetched" package/dist/build-once.mjs
  mv "$fetched/package/dist/build-once.mjs" "$program"
  found="sha512-$(node -p 'require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1])).digest("base64")' "$program")"
  if [ "$found" != "$BUILD_ONCE_INTEGRITY" ]; then
    rm -f "$program"
    fail "gen-config $BUILD_ONCE_VERSION is not the one that was pinned, so it is not run" "expected $BUILD_ONCE_INTEGRITY" "found    $found"
  fi
fi
printf '#!/bin/sh\nexec node "%s" "$@"\n' "$program" >"$home/bin/build-once"
chmod +x "$home/bin/build-once"
if [ -n "$BASH_ENV" ]; then printf 'export PATH="%s:$PATH"\n' "$home/bin" >>"$BASH_ENV"; fi
"$home/bin/build-once" --version
