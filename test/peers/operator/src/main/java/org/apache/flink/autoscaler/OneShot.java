package org.apache.flink.autoscaler;

import static org.apache.flink.autoscaler.metrics.ScalingMetric.CATCH_UP_DATA_RATE;
import static org.apache.flink.autoscaler.metrics.ScalingMetric.EXPECTED_PROCESSING_RATE;
import static org.apache.flink.autoscaler.metrics.ScalingMetric.LAG;
import static org.apache.flink.autoscaler.metrics.ScalingMetric.LOAD;
import static org.apache.flink.autoscaler.metrics.ScalingMetric.MAX_PARALLELISM;
import static org.apache.flink.autoscaler.metrics.ScalingMetric.NUM_RECORDS_IN;
import static org.apache.flink.autoscaler.metrics.ScalingMetric.NUM_SOURCE_PARTITIONS;
import static org.apache.flink.autoscaler.metrics.ScalingMetric.PARALLELISM;
import static org.apache.flink.autoscaler.metrics.ScalingMetric.SCALE_DOWN_RATE_THRESHOLD;
import static org.apache.flink.autoscaler.metrics.ScalingMetric.SCALE_UP_RATE_THRESHOLD;
import static org.apache.flink.autoscaler.metrics.ScalingMetric.TARGET_DATA_RATE;
import static org.apache.flink.autoscaler.metrics.ScalingMetric.TRUE_PROCESSING_RATE;

import org.apache.flink.api.common.JobStatus;
import org.apache.flink.autoscaler.config.AutoScalerOptions;
import org.apache.flink.autoscaler.metrics.CollectedMetricHistory;
import org.apache.flink.autoscaler.metrics.CollectedMetrics;
import org.apache.flink.autoscaler.metrics.EvaluatedScalingMetric;
import org.apache.flink.autoscaler.metrics.ScalingMetric;
import org.apache.flink.autoscaler.topology.ShipStrategy;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Questions that need no history of their own. */
final class OneShot {
    private OneShot() {}

    /** One call of JobVertexScaler. */
    static JsonNode parallelism(JsonNode question) {
        var conf = Job.configuration(question.get("options"));
        var scaler = new JobVertexScaler<String, JobAutoScalerContext<String>>(new Job.Events());
        var now = Instant.ofEpochMilli(question.get("ms").asLong());
        scaler.setClock(Clock.fixed(now, ZoneOffset.UTC));
        var delayed = new DelayedScaleDown();
        if (question.hasNonNull("lowerSinceMs")) {
            delayed.updateTriggerTime(
                    Job.KEYED, Instant.ofEpochMilli(question.get("lowerSinceMs").asLong()));
        }
        var metrics = new HashMap<ScalingMetric, EvaluatedScalingMetric>();
        metrics.put(PARALLELISM, current(question, "parallelism"));
        metrics.put(MAX_PARALLELISM, current(question, "maxParallelism"));
        metrics.put(NUM_SOURCE_PARTITIONS, EvaluatedScalingMetric.of(0));
        metrics.put(CATCH_UP_DATA_RATE, current(question, "catchUpRate"));
        metrics.put(TARGET_DATA_RATE, average(question, "targetRate"));
        metrics.put(TRUE_PROCESSING_RATE, average(question, "trueRate"));
        var change =
                scaler.computeScaleTargetParallelism(
                        Job.context(conf, JobStatus.RUNNING),
                        Job.KEYED,
                        List.of(ShipStrategy.HASH),
                        metrics,
                        history(question.get("past")),
                        conf.get(AutoScalerOptions.RESTART_TIME),
                        delayed);
        var out = Peer.JSON.createObjectNode();
        out.put("change", change.getChangeType().toString());
        out.put("parallelism", change.getNewParallelism());
        delayed.getFirstTriggerTimeForVertex(Job.KEYED)
                .ifPresent(since -> out.put("lowerSinceMs", since.toEpochMilli()));
        return out;
    }

    private static SortedMap<Instant, ScalingSummary> history(JsonNode past) {
        var history = new TreeMap<Instant, ScalingSummary>();
        if (past == null || past.isNull()) return history;
        var metrics = new HashMap<ScalingMetric, EvaluatedScalingMetric>();
        metrics.put(TRUE_PROCESSING_RATE, average(past, "trueRate"));
        metrics.put(EXPECTED_PROCESSING_RATE, current(past, "expectedRate"));
        history.put(
                Instant.ofEpochMilli(past.get("ms").asLong()),
                new ScalingSummary(past.get("from").asInt(), past.get("to").asInt(), metrics));
        return history;
    }

    /** One call of ScalingMetricEvaluator. */
    static JsonNode evaluation(JsonNode question) {
        var conf = Job.configuration(question.get("options"));
        var history = new TreeMap<Instant, CollectedMetrics>();
        for (var point : question.get("points")) {
            history.put(Instant.ofEpochMilli(point.get("ms").asLong()), collected(point));
        }
        var topology = Job.topology(1, 128, 0);
        var metrics =
                new ScalingMetricEvaluator()
                        .evaluate(
                                conf,
                                new CollectedMetricHistory(topology, history, Instant.EPOCH),
                                conf.get(AutoScalerOptions.RESTART_TIME))
                        .getVertexMetrics()
                        .get(Job.KEYED);
        var out = Peer.JSON.createObjectNode();
        out.put("targetRate", metrics.get(TARGET_DATA_RATE).getAverage());
        out.put("catchUpRate", metrics.get(CATCH_UP_DATA_RATE).getCurrent());
        out.put("trueRate", metrics.get(TRUE_PROCESSING_RATE).getAverage());
        out.put("scaleUpBelow", metrics.get(SCALE_UP_RATE_THRESHOLD).getCurrent());
        out.put("scaleDownAbove", metrics.get(SCALE_DOWN_RATE_THRESHOLD).getCurrent());
        out.put(
                "processingBacklog",
                ScalingMetricEvaluator.isProcessingBacklog(topology, history, conf));
        return out;
    }

    private static CollectedMetrics collected(JsonNode point) {
        var recordsIn = number(point, "recordsIn");
        var source = Map.of(NUM_RECORDS_IN, recordsIn, LAG, number(point, "lagRecords"), LOAD, 0.1);
        var keyed = Map.of(NUM_RECORDS_IN, recordsIn, LOAD, number(point, "load"));
        Map<JobVertexID, Map<ScalingMetric, Double>> vertices =
                Map.of(Job.SOURCE, source, Job.KEYED, keyed);
        return new CollectedMetrics(vertices, Map.of());
    }

    /** NaN and infinities come as text. */
    static double number(JsonNode node, String field) {
        var value = node.get(field);
        return value.isTextual() ? Double.parseDouble(value.asText()) : value.asDouble();
    }

    private static EvaluatedScalingMetric current(JsonNode node, String field) {
        return EvaluatedScalingMetric.of(number(node, field));
    }

    private static EvaluatedScalingMetric average(JsonNode node, String field) {
        return EvaluatedScalingMetric.avg(number(node, field));
    }
}
