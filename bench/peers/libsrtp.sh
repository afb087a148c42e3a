#!/usr/bin/env bash
# Builds Debian's libsrtp2 with OpenSSL instead of NSS, from Debian's source of the version that is installed, into
# FOLDER/lib: usage: libsrtp.sh FOLDER. Nothing is installed; apt's own lists stay as they are.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
version=$(dpkg-query -W -f='${source:Version}' libsrtp2-1)
stamp=$folder/version
[[ -f $folder/lib/libsrtp2.so.1 && $(cat "$stamp" 2>/dev/null) == "$version" ]] && exit 0

# The sources lie where the packages came from.
apt=$folder/apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/parts"
apt-get indextargets --format 'deb-src $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' 'Label: Debian' |
  sort -u >"$apt/sources.list"
options=(
  -qq -o "Dir::Etc::SourceList=$apt/sources.list" -o "Dir::Etc::SourceParts=$apt/parts"
  -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt" -o APT::Sandbox::User=root
)
apt-get "${options[@]}" update
cd "$folder"
rm -rf libsrtp2-*
apt-get "${options[@]}" source --only-source "libsrtp2=$version"
cd libsrtp2-*/
# As debian/rules does, but for the crypto library; optimised as Debian's packages are.
CFLAGS="$(dpkg-buildflags --get CFLAGS)" CPPFLAGS="$(dpkg-buildflags --get CPPFLAGS)" LDFLAGS="$(dpkg-buildflags --get LDFLAGS)" \
  ./configure --enable-openssl --disable-pcap >/dev/null
make -s shared_library
mkdir -p "$folder/lib"
cp -P libsrtp2.so* "$folder/lib/"
ldd "$folder/lib/libsrtp2.so.1" | grep -q libcrypto
echo "$version" >"$stamp"
