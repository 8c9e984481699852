#!/bin/sh
# Installs the programs that the end-to-end tests compare with (Debian, root).
# Services of newly installed packages are neither started nor left enabled.
set -eu

packages="clamav clamav-daemon clamdscan clamav-freshclam daemontools
	python3 python3-pyclamd maildrop tnef unzip procps util-linux passwd"

[ "$(id -u)" = 0 ] || { echo "setup.sh: run as root" >&2; exit 1; }
command -v apt-get > /dev/null || { echo "setup.sh: no apt-get; install by hand:" $packages >&2; exit 1; }

installed() { dpkg-query -W -f '${Status}' "$1" 2> /dev/null | grep -q ' installed$'; }

missing=
for p in $packages; do
	installed "$p" || missing="$missing $p"
done

if [ -n "$missing" ]; then
	echo "setup.sh: installing$missing"
	# invoke-rc.d asks this program; 101 forbids the start.
	policy=/usr/sbin/policy-rc.d
	if [ ! -e $policy ]; then
		trap 'rm -f /usr/sbin/policy-rc.d' EXIT INT TERM
		printf '#!/bin/sh\nexit 101\n' > $policy
		chmod 755 $policy
	fi
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q
	# shellcheck disable=SC2086 # a list of words
	apt-get install -q -y --no-install-recommends $missing
	for p in $missing; do
		case $p in clamav-daemon | clamav-freshclam | daemontools) ;; *) continue ;; esac
		if [ -d /run/systemd/system ]; then
			systemctl disable --now "$p" 2> /dev/null || true
		fi
	done
fi

# The user of the HowTo's run script.
id qscand > /dev/null 2>&1 || useradd --system --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin qscand

for c in clamscan clamd clamdscan freshclam svscan supervise svc svstat svok multilog setuidgid reformime tnef unzip unshare; do
	PATH="$PATH:/usr/sbin:/sbin" command -v $c > /dev/null || { echo "setup.sh: $c is still missing" >&2; exit 1; }
done
/usr/bin/python3 -c 'import pyclamd' || { echo "setup.sh: python3-pyclamd does not work" >&2; exit 1; }
echo "setup.sh: all programs are there; $(clamscan --version)"
