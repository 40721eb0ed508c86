#!/bin/sh
# First process of the User Mode Linux kernel that uml.mjs boots on the host's file system.
# Arguments come by environment: LAB_DIRECTORY, a host folder for results, and LAB_PROJECT.
#
# It reads the ids of jobs from the console, one a line, runs LAB_DIRECTORY/ID.sh, and answers
# with lines that begin with the record separator (0x1e).

mount -t proc proc /proc
mount -t sysfs sysfs /sys
for folder in /tmp /run; do
  mount -t tmpfs tmpfs "$folder"
  # What the host keeps there stays hidden, but not the project and its results.
  for kept in "$LAB_PROJECT" "$LAB_DIRECTORY"; do
    case "$kept" in
      "$folder"/*) mkdir -p "$kept" && mount -t hostfs -o "$kept" none "$kept" ;;
    esac
  done
done
mkdir -p /run/lock /dev/pts /dev/shm
mount -t devpts devpts /dev/pts 2>/dev/null
mount -t tmpfs tmpfs /dev/shm 2>/dev/null

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root TERM=dumb LC_ALL=C.UTF-8
stty raw -echo

# The kernel loads ip_vs_wlc and the like by itself, from the place where Debian keeps them.
modules=/run/lab/lib/modules
mkdir -p "$modules"
ln -s "/usr/lib/uml/modules/$(uname -r)" "$modules/"
printf '#!/bin/sh\nexec /sbin/modprobe -d /run/lab "$@"\n' >/run/lab/modprobe
chmod 755 /run/lab/modprobe
echo /run/lab/modprobe >/proc/sys/kernel/modprobe
ip link set lo up

cd "$LAB_PROJECT" || halt -f
printf '\036ready\n'
while read -r id live; do
  job="$LAB_DIRECTORY/$id"
  if [ "$live" = live ]; then
    bash "$job.sh" </dev/null 2>&1
  else
    bash "$job.sh" </dev/null >"$job.out" 2>"$job.err"
  fi
  code=$?
  printf '\036done %s %s\n' "$id" "$code"
done
# The console ends when its owner does, who then can't clear up any more.
rm -rf "$LAB_DIRECTORY"
sync
halt -f
