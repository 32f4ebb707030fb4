#!/usr/bin/env bash
# The broker accepts connections: no JVM is started for a probe.
exec 3<>/dev/tcp/127.0.0.1/9092
