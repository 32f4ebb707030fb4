package io.flinktide.collector;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;

/** Answers /health, /health/live, /health/ready and /metrics, and nothing else. */
final class Front implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final Status status;
  private final String metricLabels;

  /** @param port 0 for any free one */
  Front(int port, Status status, String metricLabels) throws IOException {
    this.status = status;
    this.metricLabels = metricLabels;
    server = HttpServer.create(new InetSocketAddress(port), 16);
    server.setExecutor(
        Executors.newFixedThreadPool(
            2,
            work -> {
              Thread thread = new Thread(work, "front");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext("/", this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      switch (exchange.getRequestURI().getPath()) {
        case "/health" -> json(exchange, status.ready(), overall());
        // That it answers is all: a restart would not bring back a database or a purged binlog.
        case "/health/live" -> json(exchange, true, Map.of("status", "UP"));
        case "/health/ready" -> json(exchange, status.ready(), readiness());
        case "/metrics" -> send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", Metrics.page(status, metricLabels));
        default -> send(exchange, 404, "text/plain; charset=utf-8", "There is /health, /health/live, /health/ready, /metrics.\n");
      }
    }
  }

  private Map<String, Object> readiness() {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("status", status.ready() ? "UP" : "DOWN");
    status.notReadyBecause().ifPresent(reason -> answer.put("reason", Secrets.mask(reason)));
    return answer;
  }

  private Map<String, Object> overall() {
    Map<String, Object> answer = readiness();
    answer.put("engine", status.engine().name().toLowerCase(Locale.ROOT));
    answer.put("snapshot", status.snapshot);
    answer.put("database", status.database);
    answer.put("kafka", status.kafka);
    answer.put("lagSeconds", status.lagSeconds);
    answer.put("changes", status.sent);
    answer.put("errors", status.errors);
    answer.put("attempt", status.attempt);
    return answer;
  }

  private static void json(HttpExchange exchange, boolean good, Map<String, Object> body) throws IOException {
    send(exchange, good ? 200 : 503, "application/json", JSON.writeValueAsString(body) + "\n");
  }

  private static void send(HttpExchange exchange, int code, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(code, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}
