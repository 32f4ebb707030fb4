/** Values of a series from 0:00 on, every 15 seconds, as promtool writes them: `0x4 1x8` is five zeros, nine ones. */
export type Series = Record<string, string>;

export interface AlertCase {
  alert: string;
  /** Input under which it fires. */
  fires: Series;
  /** Seconds from 0:00 to the first evaluation that sees it. @default 0 */
  fromSeconds?: number;
  /** Labels of what fires, but for the severity. */
  labels: Record<string, string>;
  summary: string;
  description: string;
  /** Input that is nearly as bad, under which it does not. */
  quiet: Series;
}

const TENANT = { environment: "dev", tenant: "acme" };
const JOB = { ...TENANT, job: "words" };
const text = (labels: Record<string, string>) =>
  `{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(",")}}`;
/** As scraped: what is not of a Flink job is of the job `conductor`. */
const OF_TENANT = { ...TENANT, job: "conductor" };
const ofTenant = (metric: string, more = {}) =>
  `flinktide_${metric}${text({ ...OF_TENANT, ...more })}`;
const ofJob = (metric: string, job = "words") => `flinktide_${metric}${text({ ...JOB, job })}`;
const always = (value: string) => Array<string>(61).fill(value).join(" ");
const lag = (seconds: string, allowed = "10x60") => ({
  [ofJob("job_lag_seconds")]: seconds,
  [ofJob("job_allowed_lag_seconds")]: allowed,
});
const slots = (available: number, parallelism: number) => ({
  [ofTenant("slots_total")]: "10x60",
  [ofTenant("slots_available")]: `${available}x60`,
  [ofJob("job_parallelism")]: `${parallelism}x60`,
  [ofJob("job_parallelism", "letters")]: "2x60",
});

const CONDUCTOR_DOWN =
  "Its metrics could not be read for 1 minute. Jobs run on as they are, but nothing follows clock and load or restarts what breaks. Start it with: npm run conductor";
const AT_CEILING =
  "It has all 4 TaskManagers of its ceiling, and a job has been later than allowed for 5 minutes. Raise the ceiling of the window, or allow more lag.";
const slotsFree = (share: string) =>
  `${share} of 10 slots are free, and 20% should be; jobs that are not in the tenant's file hold some of them.`;
const LAG_UNKNOWN =
  "For 2 minutes its backlog or rate could not be measured. Until it can, the job keeps its 4 subtasks: nothing is scaled down without metrics.";

const CONDUCTOR: readonly AlertCase[] = [
  {
    alert: "FlinktideConductorDown",
    fires: { 'up{job="conductor",instance="localhost:9091"}': "0x60" },
    labels: { job: "conductor", instance: "localhost:9091" },
    summary: "The conductor does not answer",
    description: CONDUCTOR_DOWN,
    quiet: { 'up{job="conductor"}': "0x2 1 0x2 1x60" },
  },
  {
    alert: "FlinktideConductorDown",
    fires: { 'up{job="flink"}': "1x60" },
    labels: { job: "conductor" },
    summary: "The conductor does not answer",
    description: CONDUCTOR_DOWN,
    quiet: { 'up{job="flink"}': "0x60", 'up{job="conductor"}': "1x60" },
  },
  {
    alert: "FlinktideNoLeader",
    fires: {
      'flinktide_conductor_leading{environment="dev",instance="a"}': "0x60",
      'flinktide_conductor_leading{environment="dev",instance="b"}': "0x60",
    },
    labels: { environment: "dev" },
    summary: "No conductor leads environment dev",
    description:
      "A conductor runs, but for 1 minute it has not had the lease, so it changes nothing; a dead one's lease is over within 30 seconds. See its log for who has it.",
    quiet: {
      'flinktide_conductor_leading{environment="dev",instance="a"}': "0x60",
      'flinktide_conductor_leading{environment="dev",instance="b"}': "1x60",
    },
  },
  {
    alert: "FlinktideUpdatesFail",
    fires: { [ofTenant("updates_total", { result: "failed" })]: "0x8 1x7 2x60" },
    fromSeconds: 255,
    labels: { ...OF_TENANT, result: "failed" },
    summary: "Updates of tenant acme fail",
    description:
      "2 updates failed within 15 minutes: what should run does not. See why with: npm run conductor -- log acme",
    quiet: {
      [ofTenant("updates_total", { result: "failed" })]: "0x8 1x60",
      [ofTenant("updates_total", { result: "ok" })]: "0x8 1x7 2x60",
    },
  },
];

const CAPACITY: readonly AlertCase[] = [
  {
    alert: "FlinktideTaskManagersMissing",
    fires: { [ofTenant("taskmanagers")]: "2x60", [ofTenant("wanted_taskmanagers")]: "3x60" },
    labels: OF_TENANT,
    summary: "TaskManagers of tenant acme are missing",
    description: "2 TaskManagers are registered and 3 should be, for 2 minutes.",
    quiet: { [ofTenant("taskmanagers")]: "2x7 3x60", [ofTenant("wanted_taskmanagers")]: "3x60" },
  },
  {
    alert: "FlinktideCeilingReached",
    fires: {
      ...{ [ofTenant("wanted_taskmanagers")]: "4x60", [ofTenant("ceiling_taskmanagers")]: "4x60" },
      ...lag("11x60"),
    },
    labels: OF_TENANT,
    summary: "The ceiling of tenant acme is too low for its load",
    description: AT_CEILING,
    quiet: {
      ...{ [ofTenant("wanted_taskmanagers")]: "3x60", [ofTenant("ceiling_taskmanagers")]: "4x60" },
      ...lag("11x60"),
    },
  },
  {
    alert: "FlinktideCeilingReached",
    fires: {
      ...{ [ofTenant("wanted_taskmanagers")]: "4x60", [ofTenant("ceiling_taskmanagers")]: "3x60" },
      ...lag("11x60"),
    },
    labels: OF_TENANT,
    summary: "The ceiling of tenant acme is too low for its load",
    description: AT_CEILING,
    quiet: {
      ...{ [ofTenant("wanted_taskmanagers")]: "4x60", [ofTenant("ceiling_taskmanagers")]: "4x60" },
      ...lag("10x60"),
    },
  },
  {
    alert: "FlinktideSlotsNearlyUsed",
    fires: slots(1, 6),
    labels: OF_TENANT,
    summary: "Slots of tenant acme are nearly used",
    description: slotsFree("10%"),
    quiet: slots(2, 5),
  },
  {
    alert: "FlinktideSlotsNearlyUsed",
    fires: slots(0, 7),
    labels: OF_TENANT,
    summary: "Slots of tenant acme are nearly used",
    description: slotsFree("0%"),
    // All slots are used, by the tenant's own jobs.
    quiet: slots(0, 8),
  },
];

const JOBS: readonly AlertCase[] = [
  {
    alert: "FlinktideJobLate",
    fires: lag("95x60"),
    labels: JOB,
    summary: "The job words of tenant acme is late",
    description: "Records wait 1m 35s, and 10s are allowed, for 2 minutes.",
    quiet: lag("10x60"),
  },
  {
    alert: "FlinktideJobNotRunning",
    fires: { [ofJob("job_running")]: "0x60", [ofJob("job_wanted_parallelism")]: "4x60" },
    labels: JOB,
    summary: "The job words of tenant acme does not run",
    description:
      "No record has been processed for 1 minute; 4 subtasks should run. See what was tried with: npm run conductor -- why acme",
    quiet: { [ofJob("job_running")]: "0x3 1x60" },
  },
  {
    alert: "FlinktideMetricsMissing",
    fires: {
      [ofJob("job_wanted_parallelism")]: "4x60",
      [ofJob("job_lag_seconds", "letters")]: "0x60",
    },
    labels: JOB,
    summary: "The lag of the job words of tenant acme is not known",
    description: LAG_UNKNOWN,
    quiet: { [ofJob("job_wanted_parallelism")]: "4x60", [ofJob("job_lag_seconds")]: "0x60" },
  },
  {
    alert: "FlinktideMetricsMissing",
    fires: { [ofJob("job_wanted_parallelism")]: "4x60", [ofJob("job_lag_seconds")]: always("NaN") },
    labels: JOB,
    summary: "The lag of the job words of tenant acme is not known",
    description: LAG_UNKNOWN,
    // Nothing is consumed: that is a lag, and known.
    quiet: { [ofJob("job_wanted_parallelism")]: "4x60", [ofJob("job_lag_seconds")]: always("Inf") },
  },
];

const SOURCES: readonly AlertCase[] = [
  {
    alert: "FlinktideFlinkSilent",
    fires: { [ofTenant("floor_taskmanagers")]: "2x60" },
    labels: OF_TENANT,
    summary: "Flink of tenant acme does not answer",
    description:
      "The JobManager's REST API has not answered for 1 minute. At least 2 TaskManagers should be registered there.",
    quiet: { [ofTenant("floor_taskmanagers")]: "2x60", [ofTenant("taskmanagers")]: "0x60" },
  },
  {
    alert: "FlinktideFlinkTargetDown",
    fires: {
      'up{job="flink",instance="10.0.0.2:9249"}': "0x60",
      'up{job="flink",instance="10.0.0.3:9249"}': "1x60",
    },
    labels: { job: "flink", instance: "10.0.0.2:9249" },
    summary: "A Flink process gives no metrics",
    description:
      "The process at 10.0.0.2:9249 is in the network, but its metrics could not be read for 1 minute.",
    quiet: { 'up{job="flink",instance="10.0.0.2:9249"}': "0x2 1x60" },
  },
  {
    alert: "FlinktideKafkaSilent",
    fires: {
      [ofJob("job_wanted_parallelism")]: "4x60",
      [ofJob("job_wanted_parallelism", "letters")]: "2x60",
    },
    labels: { environment: "dev" },
    summary: "Kafka of environment dev does not answer",
    description:
      "For 1 minute no backlog is known of any of its 2 jobs, and they all come from Kafka.",
    quiet: {
      [ofJob("job_wanted_parallelism")]: "4x60",
      [ofJob("job_wanted_parallelism", "letters")]: "2x60",
      [ofJob("job_backlog_records", "letters")]: "0x60",
    },
  },
];

/** As scraped: its own labels, and Prometheus's job. */
const COLLECTOR = { ...TENANT, collector: "orders", job: "collector" };
const ofCollector = (metric: string) => `flinktide_collector_${metric}${text(COLLECTOR)}`;

const COLLECTORS: readonly AlertCase[] = [
  {
    alert: "FlinktideCollectorStopped",
    fires: { [ofCollector("stopped")]: "0x3 1x57" },
    fromSeconds: 60,
    labels: COLLECTOR,
    summary: "The collector orders of environment dev has stopped for good",
    description:
      "Changes that it has to read are no longer in the binlog, so it does not go on. Its log, and /health, say from where; docs/collector.md says what to do.",
    quiet: { [ofCollector("stopped")]: "0x60" },
  },
  {
    alert: "FlinktideCollectorNotReady",
    fires: { [ofCollector("ready")]: "0x60", [ofCollector("stopped")]: "0x60" },
    labels: COLLECTOR,
    summary: "The collector orders of environment dev is not ready",
    description:
      "For 1 minute no change has gone through: the database or Kafka does not answer, or the engine fails. Its /health/ready says which.",
    quiet: { [ofCollector("ready")]: "0x3 1 0x3 1x60" },
  },
  {
    alert: "FlinktideCollectorNotReady",
    fires: { [ofCollector("ready")]: "0x60" },
    labels: COLLECTOR,
    summary: "The collector orders of environment dev is not ready",
    description:
      "For 1 minute no change has gone through: the database or Kafka does not answer, or the engine fails. Its /health/ready says which.",
    // That it has stopped is an alert of its own.
    quiet: { [ofCollector("ready")]: "0x60", [ofCollector("stopped")]: "1x60" },
  },
  {
    alert: "FlinktideCollectorDown",
    fires: { 'up{job="collector",instance="10.0.0.9:8080"}': "0x60" },
    labels: { job: "collector", instance: "10.0.0.9:8080" },
    summary: "A collector does not answer",
    description:
      "The collector at 10.0.0.9:8080 is in the network, but its metrics could not be read for 1 minute.",
    quiet: { 'up{job="collector",instance="10.0.0.9:8080"}': "0x2 1x60" },
  },
  {
    alert: "FlinktideCollectorLate",
    fires: { [ofCollector("lag_seconds")]: "90x60", [ofCollector("snapshot_running")]: "0x60" },
    labels: COLLECTOR,
    summary: "The collector orders of environment dev is behind the binlog",
    description:
      "The oldest change that Kafka has not is 1m 30s old, and has been over 1 minute for 2 minutes.",
    quiet: { [ofCollector("lag_seconds")]: "60x60" },
  },
  {
    alert: "FlinktideCollectorLate",
    fires: { [ofCollector("lag_seconds")]: "90x60" },
    labels: COLLECTOR,
    summary: "The collector orders of environment dev is behind the binlog",
    description:
      "The oldest change that Kafka has not is 1m 30s old, and has been over 1 minute for 2 minutes.",
    // The first snapshot takes what it takes.
    quiet: { [ofCollector("lag_seconds")]: "90x60", [ofCollector("snapshot_running")]: "1x60" },
  },
  {
    alert: "FlinktideCollectorFails",
    fires: { [ofCollector("errors_total")]: "0x3 3x57" },
    fromSeconds: 60,
    labels: COLLECTOR,
    summary: "The collector orders of environment dev fails again and again",
    description:
      "Its engine failed 3 times within 15 minutes and was started again each time. Its log says why.",
    quiet: { [ofCollector("errors_total")]: "0x3 1x57" },
  },
];

export const ALERT_CASES = [...CONDUCTOR, ...CAPACITY, ...JOBS, ...SOURCES, ...COLLECTORS];
