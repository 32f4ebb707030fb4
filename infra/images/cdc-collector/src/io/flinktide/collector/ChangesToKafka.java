package io.flinktide.collector;

import io.debezium.embedded.EmbeddedEngineChangeEvent;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends changes to one topic, keyed by their row's primary key, and marks them done when Kafka has them: each at least
 * once, and those of a row in their order.
 */
final class ChangesToKafka implements DebeziumEngine.ChangeConsumer<ChangeEvent<String, String>> {
  private final Producer<String, String> producer;
  private final String topic;
  private volatile int inFlight;
  private volatile long sent;
  private volatile Position done;

  ChangesToKafka(Producer<String, String> producer, String topic) {
    this.producer = producer;
    this.topic = topic;
  }

  @Override
  public void handleBatch(
      List<ChangeEvent<String, String>> changes,
      DebeziumEngine.RecordCommitter<ChangeEvent<String, String>> committer)
      throws InterruptedException {
    inFlight = changes.size();
    try {
      List<Future<?>> sends = new ArrayList<>(changes.size());
      for (ChangeEvent<String, String> change : changes) {
        sends.add(change.value() == null ? null : producer.send(new ProducerRecord<>(topic, change.key(), change.value())));
      }
      // Nothing comes before this batch is done: to linger for more would only hold it up.
      producer.flush();
      for (int i = 0; i < sends.size(); i++) {
        if (sends.get(i) != null) {
          sends.get(i).get();
          sent++;
        }
        inFlight = changes.size() - i - 1;
        committer.markProcessed(changes.get(i));
      }
      committer.markBatchFinished();
      positionOf(changes.get(changes.size() - 1)).ifPresent(position -> done = position);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Kafka did not take a change: " + e.getCause().getMessage(), e.getCause());
    } finally {
      inFlight = 0;
    }
  }

  /** Changes that are on their way. */
  int inFlight() {
    return inFlight;
  }

  /** Changes that Kafka has, since the start of this process. */
  long sent() {
    return sent;
  }

  /** Where the last change that Kafka has begins; null before the first. */
  Position done() {
    return done;
  }

  private static Optional<Position> positionOf(ChangeEvent<String, String> change) {
    if (change instanceof EmbeddedEngineChangeEvent<?, ?, ?> event) {
      Map<String, ?> offset = event.sourceRecord().sourceOffset();
      if (offset.get("file") instanceof String file && offset.get("pos") instanceof Number pos) {
        return Optional.of(new Position(file, pos.longValue()));
      }
    }
    return Optional.empty();
  }
}
