#!/bin/sh
# Starts the conductor, or one of its subcommands where the first argument names one; arguments are passed on to it.
#
# CONDUCTOR_ENV    the environment (default dev)
# FLINKTIDE_STATE  the state folder, under the path that it has on the host
# FLINKTIDE_CACHE  the cache that `npm run setup` has filled, under the path that it has on the host
set -eu
cd /opt/flinktide
case "${1:-}" in
  "" | -*) set -- --env "$CONDUCTOR_ENV" "$@" ;;
  *) set -- "$@" --env "$CONDUCTOR_ENV" ;;
esac
exec node --import tsx stacks/conductor/main.ts "$@"
