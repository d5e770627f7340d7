#!/bin/sh
# A sample handler of the AWS IoT Device Client. The job documents of channels with `format: device-client` call it after the downloads:
#
#   install-firmware.sh USER VERSION FILE SHA256 SIZE [FILE SHA256 SIZE ...]
#
# USER is runAsUser of the step, which the Device Client passes first. SIZE is in bytes, or - if the release does not have it.
#
# It checks size and SHA-256 of every file before anything else. Then it copies the files to a new folder, checks the copies, runs
# OTA_APPLY, and only then makes the folder the current one. Each of these changes happens completely or not at all. So after a loss of
# power the device still has the old version or has the new one.
#
# OTA_DIR     has a folder for each VERSION and content; the file OTA_DIR/current names the one in use (default: /opt/ota)
# OTA_APPLY   a program that puts the files of the folder in its first argument into use (default: none)
#
# It needs POSIX sh, and sha256sum, shasum or openssl. The exit status is 0 if VERSION is installed, and otherwise:
#   64 wrong arguments   65 a file has other content   66 a file is missing   70 OTA_APPLY failed   74 a file cannot be written
#   77 it should run as USER, and sudo is missing
# The Device Client reports every status but 0 as FAILED.
set -eu
umask 077
# Without it, a-z may stand for other letters.
LC_ALL=C
export LC_ALL

say() { printf 'install-firmware: %s\n' "$*"; }
fail() {
  status=$1
  shift
  printf 'install-firmware: %s\n' "$*" >&2
  exit "$status"
}

usage='expected USER VERSION FILE SHA256 SIZE, with FILE SHA256 SIZE for each file'
[ "$#" -ge 5 ] && [ $((($# - 2) % 3)) -eq 0 ] || fail 64 "got $# arguments: $usage"

user=$1
if [ -n "$user" ]; then
  # Two names can be of one user. By names, this script would start itself again for ever.
  uid=$(id -u -- "$user" 2>/dev/null) || fail 64 "this device has no user \"$user\""
  # The Device Client runs every handler as its own user, and leaves it to the handler to become another one.
  if [ "$(id -u)" != "$uid" ]; then
    command -v sudo >/dev/null 2>&1 || fail 77 "this runs as $(id -un) and not as $user, and sudo is missing: install it, or run the Device Client as $user"
    exec sudo -n -u "$user" -- "$0" "$@"
  fi
fi

version=$2
shift 2
case $version in
'' | [!0-9]* | *[!0-9A-Za-z.+-]*) fail 64 "VERSION is a version such as 2.4.1, not \"$version\"" ;;
esac

sha256_of() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum <"$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 <"$1" | cut -d ' ' -f 1
  elif command -v openssl >/dev/null 2>&1; then
    openssl dgst -sha256 -r <"$1" | cut -d ' ' -f 1
  else
    fail 64 'sha256sum, shasum or openssl is required: install one of them'
  fi
}

# Ends the script unless the file $1 has the SHA-256 $2 and, if known, the size $3.
check() {
  [ -f "$1" ] || fail 66 "$1 is missing or is no file: was it downloaded?"
  actual_size=$(wc -c <"$1" | tr -d ' ')
  [ "$3" = - ] || [ "$actual_size" = "$3" ] || fail 65 "$1 has $actual_size bytes, expected $3"
  actual=$(sha256_of "$1")
  [ "$actual" = "$2" ] || fail 65 "$1 has the SHA-256 ${actual:-(none)}, expected $2"
}

# Runs the command "$@" with three arguments more, for each file: FILE SHA256 SIZE. They are in the variable `files`, one value a line.
for_each_file() {
  while IFS= read -r file && IFS= read -r sha256 && IFS= read -r size; do
    "$@" "$file" "$sha256" "$size"
  done <<EOF
$files
EOF
}

files=
names=' '
newline='
'
while [ "$#" -gt 0 ]; do
  case $1 in
  *"$newline"*) fail 64 'FILE has a line break' ;;
  /*) ;;
  *) fail 64 "FILE is a path that begins with /, not \"$1\"" ;;
  esac
  case $2 in
  *[!0-9a-f]*) fail 64 "SHA256 has 64 lower-case hex characters, not \"$2\"" ;;
  esac
  [ "${#2}" -eq 64 ] || fail 64 "SHA256 has 64 lower-case hex characters, not \"$2\""
  case $3 in
  - | 0) ;;
  '' | 0* | *[!0-9]*) fail 64 "SIZE is a number of bytes or -, not \"$3\"" ;;
  esac
  name=${1##*/}
  case $name in
  '' | . | .. | *[!0-9A-Za-z._-]*) fail 64 "the name of FILE has letters, digits and ._- only, not \"$name\"" ;;
  esac
  case $names in
  *" $name "*) fail 64 "two files have the name $name" ;;
  esac
  names="$names$name "
  files="$files${files:+$newline}$1$newline$2$newline$3"
  shift 3
done

for_each_file check
say "the files of $version have the right size and SHA-256"

dir=${OTA_DIR:-/opt/ota}
staging=$dir/.staging
mkdir -p "$dir" || fail 74 "cannot make $dir"
# An earlier run may have been killed here.
rm -rf "$staging"
mkdir "$staging" || fail 74 "cannot make $staging"
# On a full disk, the half of a copy would leave no room for the next try.
trap 'rm -rf "$staging" "$staging.sha256"' EXIT

copy() { cp "$1" "$staging/${1##*/}" || fail 74 "cannot copy $1 to $staging"; }
check_copy() { check "$staging/${1##*/}" "$2" "$3"; }
for_each_file copy
for_each_file check_copy
sync

# A second revision of a version has other content. It gets a folder of its own, so that the one in use stays as it is.
digests=$staging.sha256
printf '%s\n' "$files" >"$digests" || fail 74 "cannot write $digests"
name=$version-$(sha256_of "$digests" | cut -c 1-16)
current() { cat "$dir/current" 2>/dev/null || true; }

case $(current) in
"$name" | "$name.2")
  if diff -r "$staging" "$dir/$(current)" >/dev/null 2>&1; then
    # A device that is notified of a job again runs it again.
    say "$version is installed already, in $dir/$(current)"
    exit 0
  fi
  ;;
esac
# The folder in use is damaged. It stays until another one takes its place.
[ "$(current)" != "$name" ] || name=$name.2

folder=$dir/$name
rm -rf "${folder:?}"
mv "$staging" "$folder" || fail 74 "cannot move $staging to $folder"

if [ -n "${OTA_APPLY:-}" ]; then
  "$OTA_APPLY" "$folder" || fail 70 "$OTA_APPLY $folder failed with status $?, so the current version stays $(current)"
fi

{ printf '%s\n' "$name" >"$dir/.current" && sync && mv "$dir/.current" "$dir/current"; } || fail 74 "cannot write $dir/current"
[ "$(current)" = "$name" ] || fail 74 "cannot write $dir/current: it is no file"
sync

# The version is installed, so what is left of the downloads is no failure.
remove() { rm -f "$1" || say "cannot remove $1"; }
for_each_file remove
say "$version is installed in $folder"
