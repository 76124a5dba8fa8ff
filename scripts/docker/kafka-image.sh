#!/usr/bin/env bash
# Builds apache/kafka:4.1.0 for an engine that can pull nothing: Kafka's jars from Maven and this machine's Java in one
# image, with the environment variables of the public one. Usage: kafka-image.sh FOLDER_OF_JARS
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
jars=$(readlink -f "$1")
java_home=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
R=$(mktemp -d)
trap 'rm -rf "$R"' EXIT
. "$here/rootfs.sh"

put_base
mkdir -p "$R"/{etc/kafka/docker,opt/kafka/libs,opt/kafka/config,opt/java/bin,opt/java/lib,mnt/shared/config}
# Java without sources, desktop and what only a compiler needs; Debian keeps parts of it elsewhere, by links.
cp -L "$java_home/bin/java" "$R/opt/java/bin/"
cp -rL "$java_home/conf" "$R/opt/java/"
tar -C "$java_home/lib" -ch --exclude=src.zip --exclude=ct.sym --exclude='libawt*' --exclude='libsplash*' \
  --exclude='libfontmanager*' --exclude='libjsound*' --exclude='libmlib*' --exclude='liblcms*' \
  --exclude='libjavajpeg*' --exclude='libjawt*' . | tar -C "$R/opt/java/lib" -x
find "$jars" -name '*.jar' ! -name 'rocksdbjni*' -exec cp -t "$R/opt/kafka/libs" {} +
# Testcontainers looks whether a port is open with a shell inside the container.
put_programs bash dash cat ls cp mkdir rm mv ln chmod sleep grep sed awk env id head tail hostname nc
ln -sf dash "$R/bin/sh"
put_libraries
cp "$here/kafka-image/server.properties" "$here/kafka-image/log4j2.yaml" "$R/etc/kafka/docker/"
cp "$here/kafka-image/log4j2.yaml" "$R/etc/kafka/docker/tools-log4j2.yaml"
install -m 755 "$here/kafka-image/run" "$R/etc/kafka/docker/run"
import_image apache/kafka:4.1.0 'ENTRYPOINT ["/etc/kafka/docker/run"]' 'EXPOSE 9092' \
  'ENV PATH=/opt/java/bin:/bin:/usr/bin JAVA_HOME=/opt/java LANG=C.UTF-8' 'WORKDIR /opt/kafka'
