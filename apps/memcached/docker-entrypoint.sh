#!/bin/sh
# `docker run memcached:1 -m 64` and `docker run memcached:1 memcached -m 64` mean the same.
set -e
case "${1:-}" in -*) set -- memcached "$@" ;; esac
exec "$@"
