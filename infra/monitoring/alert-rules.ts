/** A rule that Prometheus evaluates and, while its expression gives anything for as long as `for`, fires. */
export interface AlertRule {
  alert: string;
  /** PromQL. */
  expr: string;
  /** As Prometheus takes it, for instance `2m`. */
  for: string;
  /** `critical`: records wait or nobody acts; `warning`: it may come to that. */
  severity: "critical" | "warning";
  /** One line with names. */
  summary: string;
  /** What was measured, what it means and what to do. */
  description: string;
}

const JOB = "job {{ $labels.job }} of tenant {{ $labels.tenant }}";
const TENANT = "tenant {{ $labels.tenant }}";

/** In a description: the value of another metric with some of the alert's labels. */
function valueOf(metric: string, labels: readonly string[], format = ""): string {
  const selector = labels.map((label) => `${label}='%s'`).join(",");
  const values = labels.map((label) => `$labels.${label}`).join(" ");
  return `{{ with printf "${metric}{${selector}}" ${values} | query }}{{ . | first | value${format} }}{{ end }}`;
}
const OF_TENANT = ["environment", "tenant"];
const OF_JOB = [...OF_TENANT, "job"];

const LATE = "flinktide_job_lag_seconds > flinktide_job_allowed_lag_seconds";

/** Of all alerts the one that fires where a conductor runs that nobody scrapes. */
export const CONDUCTOR_DOWN = "FlinktideConductorDown";

const OF_THE_CONDUCTOR: readonly AlertRule[] = [
  {
    alert: CONDUCTOR_DOWN,
    expr: 'up{job="conductor"} == 0 or absent(up{job="conductor"})',
    for: "1m",
    severity: "critical",
    summary: "The conductor does not answer",
    description:
      "Its metrics could not be read for 1 minute. Jobs run on as they are, but nothing follows clock and load or restarts what breaks. Start it with: npm run conductor",
  },
  {
    alert: "FlinktideNoLeader",
    expr: "max by (environment) (flinktide_conductor_leading) == 0",
    for: "1m",
    severity: "critical",
    summary: "No conductor leads environment {{ $labels.environment }}",
    description:
      "A conductor runs, but for 1 minute it has not had the lease, so it changes nothing; a dead one's lease is over within 30 seconds. See its log for who has it.",
  },
  {
    alert: "FlinktideUpdatesFail",
    // Not 1: what one failure makes of the counter is extrapolated to the ends of the range.
    expr: 'increase(flinktide_updates_total{result="failed"}[15m]) > 1.5',
    for: "1m",
    severity: "critical",
    summary: `Updates of ${TENANT} fail`,
    description:
      '{{ $value | printf "%.0f" }} updates failed within 15 minutes: what should run does not. See why with: npm run conductor -- log {{ $labels.tenant }}',
  },
];

const OF_CAPACITY: readonly AlertRule[] = [
  {
    alert: "FlinktideTaskManagersMissing",
    expr: "flinktide_taskmanagers < flinktide_wanted_taskmanagers",
    for: "2m",
    severity: "warning",
    summary: `TaskManagers of ${TENANT} are missing`,
    description: `{{ $value }} TaskManagers are registered and ${valueOf("flinktide_wanted_taskmanagers", OF_TENANT)} should be, for 2 minutes.`,
  },
  {
    alert: "FlinktideCeilingReached",
    expr: `flinktide_wanted_taskmanagers >= flinktide_ceiling_taskmanagers and on (environment, tenant) (${LATE})`,
    for: "5m",
    severity: "warning",
    summary: `The ceiling of ${TENANT} is too low for its load`,
    description:
      "It has all {{ $value }} TaskManagers of its ceiling, and a job has been later than allowed for 5 minutes. Raise the ceiling of the window, or allow more lag.",
  },
  {
    alert: "FlinktideSlotsNearlyUsed",
    // Slots of jobs that are sized by their load are no sign: they are full when all is well.
    expr: "flinktide:slots_free:share < 0.2 and on (environment, tenant) (flinktide_slots_total - flinktide_slots_available > on (environment, tenant) sum by (environment, tenant) (flinktide_job_parallelism))",
    for: "5m",
    severity: "warning",
    summary: `Slots of ${TENANT} are nearly used`,
    description: `{{ $value | humanizePercentage }} of ${valueOf("flinktide_slots_total", OF_TENANT)} slots are free, and 20% should be; jobs that are not in the tenant's file hold some of them.`,
  },
];

const OF_JOBS: readonly AlertRule[] = [
  {
    alert: "FlinktideJobLate",
    expr: LATE,
    for: "2m",
    severity: "warning",
    summary: `The ${JOB} is late`,
    description: `Records wait {{ $value | humanizeDuration }}, and ${valueOf("flinktide_job_allowed_lag_seconds", OF_JOB, " | humanizeDuration")} are allowed, for 2 minutes.`,
  },
  {
    alert: "FlinktideJobNotRunning",
    expr: "flinktide_job_running == 0",
    for: "1m",
    severity: "critical",
    summary: `The ${JOB} does not run`,
    description: `No record has been processed for 1 minute; ${valueOf("flinktide_job_wanted_parallelism", OF_JOB)} subtasks should run. See what was tried with: npm run conductor -- why {{ $labels.tenant }}`,
  },
  {
    alert: "FlinktideMetricsMissing",
    expr: "flinktide_job_wanted_parallelism unless (flinktide_job_lag_seconds >= 0)",
    for: "2m",
    severity: "warning",
    summary: `The lag of the ${JOB} is not known`,
    description:
      "For 2 minutes its backlog or rate could not be measured. Until it can, the job keeps its {{ $value }} subtasks: nothing is scaled down without metrics.",
  },
];

const OF_SOURCES: readonly AlertRule[] = [
  {
    alert: "FlinktideFlinkSilent",
    expr: "flinktide_floor_taskmanagers unless (flinktide_taskmanagers >= 0)",
    for: "1m",
    severity: "critical",
    summary: `Flink of ${TENANT} does not answer`,
    description:
      "The JobManager's REST API has not answered for 1 minute. At least {{ $value }} TaskManagers should be registered there.",
  },
  {
    alert: "FlinktideFlinkTargetDown",
    expr: 'up{job="flink"} == 0',
    for: "1m",
    severity: "warning",
    summary: "A Flink process gives no metrics",
    description:
      "The process at {{ $labels.instance }} is in the network, but its metrics could not be read for 1 minute.",
  },
  {
    alert: "FlinktideKafkaSilent",
    expr: "count by (environment) (flinktide_job_wanted_parallelism) unless count by (environment) (flinktide_job_backlog_records >= 0)",
    for: "1m",
    severity: "critical",
    summary: "Kafka of environment {{ $labels.environment }} does not answer",
    description:
      "For 1 minute no backlog is known of any of its {{ $value }} jobs, and they all come from Kafka.",
  },
];

const COLLECTOR = "collector {{ $labels.collector }} of environment {{ $labels.environment }}";

const OF_COLLECTORS: readonly AlertRule[] = [
  {
    alert: "FlinktideCollectorStopped",
    expr: "flinktide_collector_stopped == 1",
    for: "0m",
    severity: "critical",
    summary: `The ${COLLECTOR} has stopped for good`,
    description:
      "Changes that it has to read are no longer in the binlog, so it does not go on. Its log, and /health, say from where; docs/collector.md says what to do.",
  },
  {
    alert: "FlinktideCollectorNotReady",
    expr: "flinktide_collector_ready == 0 unless flinktide_collector_stopped == 1",
    for: "1m",
    severity: "critical",
    summary: `The ${COLLECTOR} is not ready`,
    description:
      "For 1 minute no change has gone through: the database or Kafka does not answer, or the engine fails. Its /health/ready says which.",
  },
  {
    alert: "FlinktideCollectorDown",
    expr: 'up{job="collector"} == 0',
    for: "1m",
    severity: "critical",
    summary: "A collector does not answer",
    description:
      "The collector at {{ $labels.instance }} is in the network, but its metrics could not be read for 1 minute.",
  },
  {
    alert: "FlinktideCollectorLate",
    expr: "flinktide_collector_lag_seconds > 60 unless flinktide_collector_snapshot_running == 1",
    for: "2m",
    severity: "warning",
    summary: `The ${COLLECTOR} is behind the binlog`,
    description:
      "The oldest change that Kafka has not is {{ $value | humanizeDuration }} old, and has been over 1 minute for 2 minutes.",
  },
  {
    alert: "FlinktideCollectorFails",
    // Not 2: what a failure makes of the counter is extrapolated to the ends of the range.
    expr: "increase(flinktide_collector_errors_total[15m]) > 2.5",
    for: "0m",
    severity: "warning",
    summary: `The ${COLLECTOR} fails again and again`,
    description:
      'Its engine failed {{ $value | printf "%.0f" }} times within 15 minutes and was started again each time. Its log says why.',
  },
];

export const ALERT_RULES: readonly AlertRule[] = [
  ...OF_THE_CONDUCTOR,
  ...OF_CAPACITY,
  ...OF_JOBS,
  ...OF_SOURCES,
  ...OF_COLLECTORS,
];
