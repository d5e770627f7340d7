#!/bin/sh
# Tests of install-firmware.sh: sh install-firmware.test.sh [SHELL]. Runs the handler with SHELL (default: sh), and prints a line per test.
set -u
handler=$(cd "$(dirname "$0")" && pwd)/install-firmware.sh
shell=${1:-sh}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
me=$(id -un)
failures=0
count=0

digest() { { sha256sum <"$1" 2>/dev/null || shasum -a 256 <"$1"; } | cut -d ' ' -f 1; }
size() { wc -c <"$1" | tr -d ' '; }

# A device with nothing installed and two downloads.
fresh() {
  rm -rf "$work/device"
  mkdir -p "$work/device/downloads"
  OTA_DIR=$work/device/ota
  OTA_APPLY=
  export OTA_DIR OTA_APPLY
  one=$work/device/downloads/0-camera.img
  two=$work/device/downloads/1-model.bin
  printf 'the image' >"$one"
  printf 'the model' >"$two"
  sha_one=$(digest "$one")
  sha_two=$(digest "$two")
}

install() { "$shell" "$handler" "$@" >"$work/out" 2>"$work/err"; }

# The folder that is current, or nothing.
installed() { cat "$OTA_DIR/current" 2>/dev/null; }
version() { installed | sed 's/-[0-9a-f]\{16\}\(\.2\)\{0,1\}$//'; }

test_that() {
  count=$((count + 1))
  name=$1
  problem=
  fresh
}
expect() {
  [ "$2" = "$3" ] || problem="$problem; $1: expected \"$3\", got \"$2\""
}
expect_error() {
  case $(cat "$work/err") in *"$1"*) ;; *) problem="$problem; stderr lacks \"$1\": $(cat "$work/err")" ;; esac
}
end() {
  if [ -z "$problem" ]; then
    printf 'ok %s - %s\n' "$count" "$name"
  else
    failures=$((failures + 1))
    printf 'not ok %s - %s%s\n' "$count" "$name" "$problem"
  fi
}

test_that 'installs every file, names the version and removes the downloads'
install "$me" 2.4.1 "$one" "$sha_one" "$(size "$one")" "$two" "$sha_two" -
expect status $? 0
expect version "$(version)" 2.4.1
expect 'first file' "$(cat "$OTA_DIR/$(installed)/0-camera.img")" 'the image'
expect 'second file' "$(cat "$OTA_DIR/$(installed)/1-model.bin")" 'the model'
expect downloads "$(ls "$work/device/downloads")" ''
expect report "$(tail -n 1 "$work/out")" "install-firmware: 2.4.1 is installed in $OTA_DIR/$(installed)"
expect 'left over' "$(ls -A "$OTA_DIR")" "$(printf '%s\n' "$(installed)" current)"
end

test_that 'takes no user, as the Device Client passes it without runAsUser'
install '' 2.4.1 "$one" "$sha_one" 9
expect status $? 0
expect version "$(version)" 2.4.1
end

test_that 'says what is missing if it cannot become the user of the step'
mkdir -p "$work/bin"
ln -sf "$(command -v id)" "$work/bin/id"
with_path=$(command -v "$shell")
(PATH=$work/bin && export PATH && "$with_path" "$handler" nobody 2.4.1 "$one" "$sha_one" 9 >"$work/out" 2>"$work/err")
expect status $? 77
expect_error "this runs as $me and not as nobody, and sudo is missing"
expect installed "$(version)" ''
end

test_that 'takes a version with prerelease and build'
install "$me" 2.4.1-rc.1+build.7 "$one" "$sha_one" 9
expect status $? 0
expect version "$(version)" 2.4.1-rc.1+build.7
end

test_that 'refuses another SHA-256 before it changes anything'
install "$me" 2.4.1 "$one" "$sha_one" 9 "$two" "$sha_one" 9
expect status $? 65
expect_error "$two has the SHA-256 $sha_two, expected $sha_one"
expect 'folder of versions' "$(ls "$work/device")" downloads
expect downloads "$(ls "$work/device/downloads")" "$(printf '0-camera.img\n1-model.bin')"
end

test_that 'refuses another size before it changes anything'
install "$me" 2.4.1 "$one" "$sha_one" 10
expect status $? 65
expect_error "$one has 9 bytes, expected 10"
expect 'folder of versions' "$(ls "$work/device")" downloads
end

test_that 'refuses a file that was not downloaded'
install "$me" 2.4.1 "$one" "$sha_one" 9 "$work/device/downloads/none" "$sha_two" 9
expect status $? 66
expect_error "$work/device/downloads/none is missing"
expect 'folder of versions' "$(ls "$work/device")" downloads
end

test_that 'keeps the current version if the new files are wrong'
install "$me" 1.0.0 "$one" "$sha_one" 9
before=$(installed)
install "$me" 2.4.1 "$two" "$sha_one" 9
expect status $? 65
expect current "$(installed)" "$before"
expect 'its file' "$(cat "$OTA_DIR/$before/0-camera.img")" 'the image'
end

test_that 'installs the same version again without a change'
install "$me" 2.4.1 "$one" "$sha_one" 9
before=$(installed)
printf 'the image' >"$one"
OTA_APPLY=false
install "$me" 2.4.1 "$one" "$sha_one" 9
expect status $? 0
expect current "$(installed)" "$before"
expect report "$(tail -n 1 "$work/out")" "install-firmware: 2.4.1 is installed already, in $OTA_DIR/$before"
end

test_that 'repairs an installed version whose files are damaged'
install "$me" 2.4.1 "$one" "$sha_one" 9
for time in first second; do
  damaged=$(installed)
  printf 'damaged' >"$OTA_DIR/$damaged/0-camera.img"
  printf 'the image' >"$one"
  install "$me" 2.4.1 "$one" "$sha_one" 9
  expect "status, $time time" $? 0
  expect "its file, $time time" "$(cat "$OTA_DIR/$(installed)/0-camera.img")" 'the image'
  expect "the folder that was in use, $time time" "$(cat "$OTA_DIR/$damaged/0-camera.img")" damaged
  printf 'the image' >"$one"
  install "$me" 2.4.1 "$one" "$sha_one" 9
  expect "report, $time time" "$(tail -n 1 "$work/out")" "install-firmware: 2.4.1 is installed already, in $OTA_DIR/$(installed)"
done
end

# Programs of the machine that fail or behave in another way, for one call of the handler.
with_program() { # NAME SCRIPT ARGUMENTS...
  mkdir -p "$work/device/bin"
  printf '#!/bin/sh\n%s\n' "$2" >"$work/device/bin/$1"
  chmod +x "$work/device/bin/$1"
  shift 2
  PATH=$work/device/bin:$PATH install "$@"
}

test_that 'does not start itself for ever for a user who has two names'
# shellcheck disable=SC2016 # these are of the program
sudo='echo "$*" >>"$OTA_DIR.sudo"; [ "$(wc -l <"$OTA_DIR.sudo")" -lt 9 ] || exit 99; shift 4; exec "$@"'
with_program sudo "$sudo" "$(id -u)" 2.4.1 "$one" "$sha_one" 9
expect status $? 0
expect 'calls of sudo' "$(cat "$OTA_DIR.sudo" 2>/dev/null)" ''
end

test_that 'becomes another user with sudo, and passes every argument on'
# shellcheck disable=SC2016 # these are of the program
with_program sudo 'echo "$*" >"$OTA_DIR.sudo"' nobody 2.4.1 "$one" "$sha_one" 9
expect status $? 0
expect 'call of sudo' "$(cat "$OTA_DIR.sudo")" "-n -u nobody -- $handler nobody 2.4.1 $one $sha_one 9"
end

test_that 'leaves nothing behind on a disk that is full'
# shellcheck disable=SC2016 # these are of the program
with_program cp 'printf half >"$2"; echo "No space left on device" >&2; exit 1' "$me" 2.4.1 "$one" "$sha_one" 9
expect status $? 74
expect_error "cannot copy $one"
expect 'left over' "$(ls -A "$OTA_DIR")" ''
expect downloads "$(ls "$work/device/downloads")" "$(printf '0-camera.img\n1-model.bin')"
end

test_that 'reports success if only a download cannot be removed'
# shellcheck disable=SC2016 # these are of the program
with_program rm 'case $2 in */downloads/*) exit 1 ;; esac; exec /bin/rm "$@"' "$me" 2.4.1 "$one" "$sha_one" 9
expect status $? 0
expect version "$(version)" 2.4.1
expect report "$(tail -n 2 "$work/out" | head -n 1)" "install-firmware: cannot remove $one"
end

test_that 'reports a name of the current version that cannot be written'
mkdir -p "$OTA_DIR/current"
install "$me" 2.4.1 "$one" "$sha_one" 9
expect status $? 74
expect_error "cannot write $OTA_DIR/current: it is no file"
end

test_that 'installs the content of a link, and removes the link only'
ln -s "$two" "$one-link"
install "$me" 2.4.1 "$one-link" "$sha_two" 9
expect status $? 0
expect files "$(find "$OTA_DIR/$(installed)" -type l)" ''
expect downloads "$(ls "$work/device/downloads")" "$(printf '0-camera.img\n1-model.bin')"
end

test_that 'takes no folder of somebody else for its own'
mkdir -p "$OTA_DIR" "$work/device/others"
printf 'keep' >"$work/device/others/file"
ln -s "$work/device/others" "$OTA_DIR/.staging"
install "$me" 2.4.1 "$one" "$sha_one" 9
expect status $? 0
expect 'the other folder' "$(ls "$work/device/others")" file
end

test_that 'gives a second revision of a version its own folder'
install "$me" 2.4.1 "$one" "$sha_one" 9
before=$(installed)
install "$me" 2.4.1 "$two" "$sha_two" 9
expect status $? 0
expect version "$(version)" 2.4.1
expect 'first revision' "$(cat "$OTA_DIR/$before/0-camera.img")" 'the image'
expect 'second revision' "$(cat "$OTA_DIR/$(installed)/1-model.bin")" 'the model'
end

test_that 'goes on after a run that was killed'
mkdir -p "$OTA_DIR/.staging"
printf 'half' >"$OTA_DIR/.staging/9-old.bin"
install "$me" 2.4.1 "$one" "$sha_one" 9
expect status $? 0
expect files "$(ls "$OTA_DIR/$(installed)")" 0-camera.img
end

test_that 'runs OTA_APPLY with the folder before the version becomes current'
OTA_APPLY=$work/device/apply
# shellcheck disable=SC2016 # these are of the other script
printf '#!/bin/sh\nprintf "%%s %%s" "$(cat "$1/0-camera.img")" "$(ls "$OTA_DIR/current" 2>/dev/null)" >"$OTA_DIR/../applied"\n' >"$OTA_APPLY"
chmod +x "$OTA_APPLY"
install "$me" 2.4.1 "$one" "$sha_one" 9
expect status $? 0
expect applied "$(cat "$work/device/applied")" 'the image '
expect version "$(version)" 2.4.1
end

test_that 'keeps the current version if OTA_APPLY fails'
install "$me" 1.0.0 "$one" "$sha_one" 9
before=$(installed)
OTA_APPLY=$(command -v false)
install "$me" 2.4.1 "$two" "$sha_two" 9
expect status $? 70
expect_error "failed with status 1, so the current version stays $before"
expect current "$(installed)" "$before"
expect downloads "$(ls "$work/device/downloads")" 1-model.bin
end

test_that 'reports a folder that cannot be written'
printf 'a file' >"$OTA_DIR"
install "$me" 2.4.1 "$one" "$sha_one" 9
expect status $? 74
expect_error "cannot make $OTA_DIR"
end

refuses() { # WHAT MESSAGE ARGUMENTS...
  test_that "refuses $1"
  message=$2
  shift 2
  install "$@"
  expect status $? 64
  expect_error "$message"
  expect 'folder of versions' "$(ls "$work/device")" downloads
  end
}
fresh
refuses 'no file' 'got 2 arguments' "$me" 2.4.1
refuses 'a file without a size' 'got 4 arguments' "$me" 2.4.1 "$one" "$sha_one"
refuses 'a second file without a size' 'got 7 arguments' "$me" 2.4.1 "$one" "$sha_one" 9 "$two" "$sha_two"
refuses 'a version that leads to another folder' 'not "../2.4.1"' "$me" ../2.4.1 "$one" "$sha_one" 9
refuses 'a version with a slash' 'not "2/4"' "$me" 2/4 "$one" "$sha_one" 9
refuses 'an empty version' 'not ""' "$me" '' "$one" "$sha_one" 9
refuses 'a user who does not exist' 'has no user "nobody-here"' nobody-here 2.4.1 "$one" "$sha_one" 9
refuses 'a user that looks like an option' 'has no user "-n"' -n 2.4.1 "$one" "$sha_one" 9
refuses 'a version that begins with a dash' 'not "-rf"' "$me" -rf "$one" "$sha_one" 9
refuses 'a path that begins with a dash' 'not "-rf"' "$me" 2.4.1 -rf "$sha_one" 9
refuses 'a folder in place of a file' 'has letters, digits' "$me" 2.4.1 "$work/device/downloads/.." "$sha_one" 9
refuses 'quotes and dollar signs in a name' 'has letters, digits' "$me" 2.4.1 "$work/device/downloads/"'a"$(id)' "$sha_one" 9
refuses 'a short SHA-256' 'not "abc"' "$me" 2.4.1 "$one" abc 9
refuses 'a SHA-256 in capitals' '64 lower-case hex characters' "$me" 2.4.1 "$one" "$(printf '%s' "$sha_one" | tr a-f A-F)" 9
refuses 'an empty SHA-256' 'not ""' "$me" 2.4.1 "$one" '' 9
refuses 'a size that is no number' 'not "9k"' "$me" 2.4.1 "$one" "$sha_one" 9k
refuses 'a relative path' 'not "camera.img"' "$me" 2.4.1 camera.img "$sha_one" 9
refuses 'a name that a shell could misread' 'letters, digits and ._- only' "$me" 2.4.1 "$work/device/downloads/a b" "$sha_one" 9
refuses 'two files of one name' 'two files have the name 0-camera.img' "$me" 2.4.1 "$one" "$sha_one" 9 "$one" "$sha_one" 9
refuses 'a line break in a path' 'line break' "$me" 2.4.1 "/a
b" "$sha_one" 9

printf '1..%s\n' "$count"
[ "$failures" -eq 0 ]
