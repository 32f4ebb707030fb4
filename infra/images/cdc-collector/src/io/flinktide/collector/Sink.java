package io.flinktide.collector;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where changes go, from DATAHUB_ENDPOINT: {@code https://HOST[:PORT]} is DataHub's Kafka-compatible endpoint (SASL_SSL,
 * port 9092, topic PROJECT.TOPIC), {@code kafka://HOST:PORT[,HOST:PORT...]} is plain Kafka (topic TOPIC).
 *
 * @param dataHub whether it is DataHub, which asks for credentials
 * @param servers bootstrap servers
 */
record Sink(boolean dataHub, String servers) {
  static final int DATAHUB_KAFKA_PORT = 9092;

  static Sink of(String endpoint) throws Refusal {
    try {
      if (endpoint.startsWith("kafka://")) {
        String hosts = endpoint.substring("kafka://".length());
        List<String> servers = new ArrayList<>(Arrays.asList(hosts.split(",")));
        if (servers.stream().allMatch(server -> server.matches("[^\\s:/]+:\\d{1,5}"))) {
          return new Sink(false, servers.stream().collect(Collectors.joining(",")));
        }
      } else if (endpoint.startsWith("https://")) {
        URI uri = URI.create(endpoint);
        if (uri.getHost() != null) {
          int port = uri.getPort() < 0 ? DATAHUB_KAFKA_PORT : uri.getPort();
          return new Sink(true, uri.getHost() + ":" + port);
        }
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new Refusal(
        "DATAHUB_ENDPOINT is \"" + endpoint + "\"; give https://HOST for DataHub or kafka://HOST:PORT for Kafka.");
  }

  String topic(String project, String topic) {
    return dataHub ? project + "." + topic : topic;
  }
}
