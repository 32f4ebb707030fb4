package io.flinktide.wordcount;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The job's arguments, {@code --name value} each; a wrong one is an IllegalArgumentException of one sentence. */
final class Options {
  private static final List<String> NAMES =
      Arrays.asList(
          "--brokers",
          "--input-topic",
          "--output-topic",
          "--group-id",
          "--transactional-id-prefix",
          "--checkpoint-interval-ms",
          "--max-parallelism",
          "--source-parallelism",
          "--delivery-guarantee",
          "--work-micros",
          "--slot-rate");

  final String brokers;
  final String inputTopic;
  final String outputTopic;
  final String groupId;
  final String transactionalIdPrefix;
  final long checkpointIntervalMs;
  final int maxParallelism;
  final int sourceParallelism;
  final boolean exactlyOnce;
  final long workMicros;
  /** Lines that one subtask takes a second at most; 0 for no limit. */
  final long slotRate;

  private final Map<String, String> values;

  Options(String[] args) {
    values = pairs(args);
    brokers = required("--brokers");
    inputTopic = required("--input-topic");
    outputTopic = required("--output-topic");
    groupId = required("--group-id");
    transactionalIdPrefix = required("--transactional-id-prefix");
    required("--max-parallelism");
    maxParallelism = (int) number("--max-parallelism", 0, 1, 32768);
    checkpointIntervalMs = number("--checkpoint-interval-ms", 1000, 10, Integer.MAX_VALUE);
    sourceParallelism = (int) number("--source-parallelism", 1, 1, maxParallelism);
    workMicros = number("--work-micros", 0, 0, 1_000_000);
    slotRate = number("--slot-rate", 0, 0, 1_000_000);
    exactlyOnce = exactlyOnce(values.getOrDefault("--delivery-guarantee", "exactly-once"));
  }

  private static Map<String, String> pairs(String[] args) {
    Map<String, String> pairs = new HashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!NAMES.contains(args[i])) {
        throw new IllegalArgumentException(
            "Unknown argument \"" + args[i] + "\"; known are " + String.join(", ", NAMES) + ".");
      }
      if (i + 1 == args.length) {
        throw new IllegalArgumentException("Argument " + args[i] + " has no value.");
      }
      if (pairs.put(args[i], args[i + 1]) != null) {
        throw new IllegalArgumentException("Argument " + args[i] + " is given twice.");
      }
    }
    return pairs;
  }

  private String required(String name) {
    String value = values.get(name);
    if (value == null || value.trim().isEmpty()) {
      throw new IllegalArgumentException("Argument " + name + " is missing.");
    }
    return value;
  }

  private long number(String name, long fallback, long least, long most) {
    String value = values.get(name);
    long number;
    try {
      number = value == null ? fallback : Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("Argument " + name + " must be a whole number, not \"" + value + "\".");
    }
    if (number < least || number > most) {
      throw new IllegalArgumentException(
          "Argument " + name + " must be from " + least + " to " + most + ", not " + number + ".");
    }
    return number;
  }

  private static boolean exactlyOnce(String guarantee) {
    if (guarantee.equals("exactly-once")) {
      return true;
    }
    if (guarantee.equals("at-least-once")) {
      return false;
    }
    throw new IllegalArgumentException(
        "Argument --delivery-guarantee must be exactly-once or at-least-once, not \"" + guarantee + "\".");
  }
}
