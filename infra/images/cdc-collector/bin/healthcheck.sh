#!/bin/sh
exec curl -fsS -o /dev/null "http://localhost:${MONITORING_PORT:-8080}/health/live"
