package org.apache.flink.autoscaler;

import org.apache.flink.api.common.JobStatus;
import org.apache.flink.autoscaler.metrics.FlinkMetric;
import org.apache.flink.autoscaler.realizer.ScalingRealizer;
import org.apache.flink.autoscaler.state.AutoScalerStateStore;
import org.apache.flink.autoscaler.state.InMemoryAutoScalerStateStore;
import org.apache.flink.autoscaler.topology.JobTopology;
import org.apache.flink.autoscaler.tuning.ConfigChanges;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo;
import org.apache.flink.runtime.rest.messages.job.metrics.AggregatedMetric;
import org.apache.flink.runtime.rest.messages.job.metrics.Metric;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/** The whole autoscaler over time: collector, evaluator, executor, with clock and metrics given. */
final class Sequence {
    private final JsonNode question;
    private final Collector collector = new Collector();
    private final Store store = new Store();
    private final JobVertexScaler<String, JobAutoScalerContext<String>> vertexScaler;
    private final JobAutoScalerImpl<String, JobAutoScalerContext<String>> autoscaler;
    private JsonNode step;

    Sequence(JsonNode question) throws ReflectiveOperationException {
        this.question = question;
        var events = new Job.Events();
        var executor = new ScalingExecutor<String, JobAutoScalerContext<String>>(events, store);
        this.vertexScaler = vertexScalerOf(executor);
        this.autoscaler =
                new JobAutoScalerImpl<>(
                        collector,
                        new ScalingMetricEvaluator(),
                        executor,
                        events,
                        new NoRealizer(),
                        store);
    }

    /** The executor gives no way to set its vertex scaler's clock. */
    @SuppressWarnings("unchecked")
    private static JobVertexScaler<String, JobAutoScalerContext<String>> vertexScalerOf(
            ScalingExecutor<String, JobAutoScalerContext<String>> executor)
            throws ReflectiveOperationException {
        var field = ScalingExecutor.class.getDeclaredField("jobVertexScaler");
        field.setAccessible(true);
        return (JobVertexScaler<String, JobAutoScalerContext<String>>) field.get(executor);
    }

    /** For each step the parallelism that the keyed vertex is scaled to, or null. */
    JsonNode run() throws Exception {
        var decisions = Peer.JSON.createArrayNode();
        for (var next : question.get("steps")) {
            step = next;
            store.decided = null;
            var clock = Clock.fixed(at("ms"), ZoneOffset.UTC);
            collector.setClock(clock);
            vertexScaler.setClock(clock);
            autoscaler.setClock(clock);
            var running = step.get("running").asBoolean();
            var conf = Job.configuration(question.get("options"));
            autoscaler.scale(
                    Job.context(conf, running ? JobStatus.RUNNING : JobStatus.RECONCILING));
            decisions.add(store.decided);
        }
        return Peer.JSON.createObjectNode().set("decisions", decisions);
    }

    private Instant at(String field) {
        return Instant.ofEpochMilli(step.get(field).asLong());
    }

    /** Takes from the step what the real one asks Flink for. */
    private final class Collector
            extends ScalingMetricCollector<String, JobAutoScalerContext<String>> {
        @Override
        public JobDetailsInfo getJobDetailsInfo(
                JobAutoScalerContext<String> context, Duration timeout) {
            return null;
        }

        @Override
        protected Instant getJobRunningTs(JobDetailsInfo details) {
            return at("runningSinceMs");
        }

        @Override
        protected JobTopology getJobTopology(
                JobAutoScalerContext<String> context,
                AutoScalerStateStore<String, JobAutoScalerContext<String>> stateStore,
                JobDetailsInfo details) {
            return Job.topology(
                    step.get("parallelism").asInt(),
                    question.get("maxParallelism").asInt(),
                    step.get("recordsIn").asLong());
        }

        @Override
        protected Map<JobVertexID, Map<String, FlinkMetric>> queryFilteredMetricNames(
                JobAutoScalerContext<String> context, JobTopology topology) {
            return Map.of();
        }

        @Override
        protected Map<JobVertexID, Map<FlinkMetric, AggregatedMetric>> queryAllAggregatedMetrics(
                JobAutoScalerContext<String> context,
                Map<JobVertexID, Map<String, FlinkMetric>> names) {
            return Map.of(
                    Job.SOURCE,
                    Map.of(
                            FlinkMetric.BUSY_TIME_PER_SEC, metric(100),
                            FlinkMetric.BACKPRESSURE_TIME_PER_SEC, metric(0),
                            FlinkMetric.SOURCE_TASK_NUM_RECORDS_IN, metric(number("recordsIn")),
                            FlinkMetric.SOURCE_TASK_NUM_RECORDS_IN_PER_SEC, metric(1),
                            FlinkMetric.PENDING_RECORDS, metric(number("lagRecords"))),
                    Job.KEYED,
                    Map.of(FlinkMetric.BUSY_TIME_PER_SEC, metric(number("busyMsPerSecond"))));
        }

        private double number(String field) {
            return OneShot.number(step, field);
        }

        private AggregatedMetric metric(double value) {
            return new AggregatedMetric("", value, value, value, value, 0.);
        }

        @Override
        protected Map<FlinkMetric, Metric> queryJmMetrics(JobAutoScalerContext<String> context) {
            return Map.of();
        }

        @Override
        protected Map<FlinkMetric, AggregatedMetric> queryTmMetrics(
                JobAutoScalerContext<String> context) {
            return Map.of();
        }
    }

    private static final class Store
            extends InMemoryAutoScalerStateStore<String, JobAutoScalerContext<String>> {
        private Integer decided;

        @Override
        public void storeParallelismOverrides(
                JobAutoScalerContext<String> context, Map<String, String> overrides) {
            super.storeParallelismOverrides(context, overrides);
            decided = Integer.valueOf(overrides.get(Job.KEYED.toString()));
        }
    }

    private static final class NoRealizer
            implements ScalingRealizer<String, JobAutoScalerContext<String>> {
        @Override
        public void realizeParallelismOverrides(
                JobAutoScalerContext<String> context, Map<String, String> overrides) {}

        @Override
        public void realizeConfigOverrides(
                JobAutoScalerContext<String> context, ConfigChanges changes) {}
    }
}
