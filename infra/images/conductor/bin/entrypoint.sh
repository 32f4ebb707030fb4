#!/bin/sh
# Starts the conductor, or one of its subcommands where the first argument names one; arguments are passed on to it.
#
# CONDUCTOR_ENV    the environment (default dev)
# CONDUCTOR_STACKS the folder of the stack files
# FLINKTIDE_STATE  the state folder, under the path that it has on the host
# FLINKTIDE_CACHE  the cache that `npm run setup` has filled, under the path that it has on the host
set -eu
cd /opt/flinktide
# The image for clusters has a cache in it, which is read only, and Pulumi writes beside its plugins.
if [ -z "${FLINKTIDE_CACHE:-}" ] && [ -d /opt/flinktide-cache ]; then
  export FLINKTIDE_CACHE=/tmp/flinktide-cache
  # A command beside the running conductor finds it there.
  if [ ! -d "$FLINKTIDE_CACHE" ]; then
    cp -rs /opt/flinktide-cache "$FLINKTIDE_CACHE.$$"
    mv -T "$FLINKTIDE_CACHE.$$" "$FLINKTIDE_CACHE"
  fi
fi
case "${1:-}" in
  "" | -*) set -- --env "$CONDUCTOR_ENV" "$@" ;;
  *) set -- "$@" --env "$CONDUCTOR_ENV" ;;
esac
exec node --import tsx stacks/conductor/main.ts "$@"
