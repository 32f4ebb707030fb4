package io.flinktide.collector;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Debezium's and Kafka's own figures, which they publish as beans of this JVM. */
final class Beans {
  static final String STREAMING = "debezium.*:type=connector-metrics,context=streaming,*";
  static final String SNAPSHOT = "debezium.*:type=connector-metrics,context=snapshot,*";
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  private Beans() {}

  /** An attribute of the first bean that fits; empty where there is none. */
  static <T> Optional<T> read(String pattern, String attribute, Class<T> type) {
    for (ObjectName name : names(pattern)) {
      try {
        Object value = SERVER.getAttribute(name, attribute);
        if (type.isInstance(value)) {
          return Optional.of(type.cast(value));
        }
      } catch (JMException | RuntimeException e) {
        // It is gone, or has no value yet.
      }
    }
    return Optional.empty();
  }

  /** Every number and truth value of the beans that fit, in Prometheus's format: {@code PREFIX_snake_case VALUE}. */
  static List<String> lines(String pattern, String prefix, String labels) {
    List<String> lines = new ArrayList<>();
    for (ObjectName name : names(pattern)) {
      try {
        for (MBeanAttributeInfo attribute : SERVER.getMBeanInfo(name).getAttributes()) {
          number(name, attribute.getName())
              .ifPresent(value -> lines.add(prefix + snake(attribute.getName()) + labels + " " + value));
        }
      } catch (JMException e) {
        // It is gone.
      }
    }
    return lines;
  }

  private static Optional<String> number(ObjectName name, String attribute) {
    try {
      Object value = SERVER.getAttribute(name, attribute);
      if (value instanceof Boolean truth) {
        return Optional.of(truth ? "1" : "0");
      }
      return value instanceof Number number ? Optional.of(number.toString()) : Optional.empty();
    } catch (JMException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** {@code MilliSecondsBehindSource} and {@code record-send-rate} as {@code milli_seconds_behind_source}, {@code record_send_rate}. */
  static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replaceAll("[^A-Za-z0-9]+", "_").toLowerCase(Locale.ROOT);
  }

  private static Iterable<ObjectName> names(String pattern) {
    try {
      return SERVER.queryNames(new ObjectName(pattern), null);
    } catch (JMException e) {
      throw new IllegalArgumentException(pattern, e);
    }
  }
}
