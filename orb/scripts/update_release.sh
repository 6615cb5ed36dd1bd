# Updates a deploy marker. It tells of a deployment and never decides about it, so nothing here fails the job.
set +e
skip() { printf 'deploy marker: %s\n' "$@" 'The deployment itself is not touched by this.'; exit 0; }
# $NAME stands for what the environment holds under that name; anything else is taken as it is.
look_up() {
  value=$1
  case "$1" in '$'[A-Za-z_]*) ;; *) return 0 ;; esac
  case "$1" in ?*[!A-Za-z0-9_]*) return 0 ;; esac
  value=$(printenv "$(printf '%s' "$1" | cut -c 2-)") || skip "there is no $1 in the environment."
}
command -v circleci >/dev/null || skip 'there is no program "circleci", which only jobs of CircleCI have.'
look_up "$BUILD_ONCE_NAME" && name=$value
case "$name" in '' | -*) skip "\"$name\" cannot be the name of a plan." ;; esac
set -- run release update "$name" "--status=$BUILD_ONCE_STATUS"
look_up "$BUILD_ONCE_FAILURE_REASON"
[ -z "$value" ] || set -- "$@" "--failure-reason=$value"
if command -v timeout >/dev/null; then
  timeout -k 5 60 circleci "$@" </dev/null
else
  circleci "$@" </dev/null
fi
code=$?
[ "$code" -eq 0 ] || skip "it is not $BUILD_ONCE_STATUS now: circleci ended with code $code. Its own words are above."
printf 'deploy marker: %s is %s\n' "$name" "$BUILD_ONCE_STATUS"
