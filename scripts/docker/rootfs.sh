# Sourced by the scripts beside it: functions that put a program of this machine into an image, for an engine that can
# pull none. They expect $R, the root of the image's files.

# Copies programs found on this machine.
put_programs() {
  local name path
  for name in "$@"; do
    path=$(PATH=/bin:/usr/bin command -v "$name" || true)
    if [ -n "$path" ]; then cp -L "$path" "$R/bin/"; fi
  done
}

# Copies the shared libraries of all that is in the image, to where the loader expects them, and those it opens by name.
put_libraries() {
  local name
  {
    find "$R" -type f \( -perm -u+x -o -name '*.so*' \) -print0 | xargs -0 -n1 ldd 2>/dev/null | grep -oE '/[^ ]+\.so[^ ]*' | grep -v "^$R" || true
    for name in libgcc_s.so.1 libstdc++.so.6 libnss_files.so.2 libnss_dns.so.2 libresolv.so.2; do
      ls "/lib/$(uname -m)-linux-gnu/$name" "/usr/lib/$(uname -m)-linux-gnu/$name" 2>/dev/null || true
    done
  } | sort -u | while read -r library; do
    mkdir -p "$R$(dirname "$library")"
    cp -L "$library" "$R$library"
  done
}

# Folders and users that programs take for granted.
put_base() {
  mkdir -p "$R"/{bin,etc,tmp,proc,sys,dev,var,root,run,usr}
  chmod 1777 "$R/tmp"
  ln -sf ../bin "$R/usr/bin"
  printf 'root:x:0:0:root:/root:/bin/bash\nappuser:x:1000:1000::/tmp:/bin/bash\n' >"$R/etc/passwd"
  printf 'root:x:0:\nappuser:x:1000:\n' >"$R/etc/group"
  echo 'hosts: files dns' >"$R/etc/nsswitch.conf"
}

# import_image TAG CHANGE…: the files as an image.
import_image() {
  local tag=$1 changes=() change
  shift
  for change in "$@"; do changes+=(-c "$change"); done
  tar -C "$R" --owner=0 --group=0 --numeric-owner -c . | docker import "${changes[@]}" - "$tag" >/dev/null
}
