package org.apache.flink.autoscaler;

import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.autoscaler.config.AutoScalerOptions;
import org.apache.flink.autoscaler.event.AutoScalerEventHandler;
import org.apache.flink.autoscaler.topology.IOMetrics;
import org.apache.flink.autoscaler.topology.JobTopology;
import org.apache.flink.autoscaler.topology.ShipStrategy;
import org.apache.flink.autoscaler.topology.VertexInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The job in question: a source, which is not scaled, and one keyed vertex. */
final class Job {
    static final JobVertexID SOURCE = new JobVertexID(0, 1);
    static final JobVertexID KEYED = new JobVertexID(0, 2);

    private Job() {}

    /** A fresh one for each reconciliation, as in the operator: the autoscaler writes into it. */
    static Configuration configuration(JsonNode options) {
        var conf = new Configuration();
        options.fields()
                .forEachRemaining(
                        option ->
                                conf.setString(
                                        "job.autoscaler." + option.getKey(),
                                        option.getValue().asText()));
        conf.setString("job.autoscaler.enabled", "true");
        conf.set(AutoScalerOptions.VERTEX_EXCLUDE_IDS, List.of(SOURCE.toHexString()));
        return conf;
    }

    static JobAutoScalerContext<String> context(Configuration conf, JobStatus status) {
        return new JobAutoScalerContext<>(
                "job", new JobID(0, 1), status, conf, new UnregisteredMetricsGroup(), () -> null);
    }

    static JobTopology topology(int parallelism, int maxParallelism, long recordsIn) {
        // A source's tasks count no records in; its operator does.
        var source =
                new VertexInfo(SOURCE, Map.of(), 1, maxParallelism, new IOMetrics(0, recordsIn, 0));
        var keyed =
                new VertexInfo(
                        KEYED,
                        Map.of(SOURCE, ShipStrategy.HASH),
                        parallelism,
                        maxParallelism,
                        new IOMetrics(recordsIn, 0, 0));
        return new JobTopology(source, keyed);
    }

    /** Drops events but for exceptions, which would otherwise be swallowed. */
    static final class Events
            implements AutoScalerEventHandler<String, JobAutoScalerContext<String>> {
        @Override
        public void handleEvent(
                JobAutoScalerContext<String> context,
                Type type,
                String reason,
                String message,
                String messageKey,
                Duration interval) {}

        @Override
        public void handleException(
                JobAutoScalerContext<String> context, String reason, Throwable e) {
            throw new IllegalStateException(reason, e);
        }
    }
}
