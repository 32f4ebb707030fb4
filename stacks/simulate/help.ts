export const HELP = `Usage: npm run simulate [-- OPTIONS]

Replays a load against flinktide and the rules that people use today, on the same simulated cluster, and
compares slot-hours, minutes above the allowed lag, and rescales. Needs neither Docker nor Pulumi.

The load; without any of these, every built-in trace:
  --trace FILE.csv     columns timestamp,records_per_second, any step; repeatable
  --family NAME        a built-in trace; repeatable; all for every one
  --prometheus URL     a range query, with --query Q --from ISO --to ISO --step 60s
  --days N             length of the generated traces
  --seed N             of the generated traces (default 1)

The rules:
  --policy NAME        repeatable; all for every one (default all)
  --list               says which policies and traces there are

The cluster, the same for all of them:
  --slot-rate N        records that one slot processes a second (default 500)
  --allowed-lag 10s    time in which records wait longer is counted (default 10s)
  --slots N            slots of a TaskManager (default 4)
  --floor N            TaskManagers at least (default 1)
  --ceiling N          TaskManagers at most (default what the trace's peak needs twice)
  --start-up 15s       from the request of a TaskManager to its registration
  --rescale-gap 3s     in which a job that is rescaled processes nothing
  --warm-up 10s        in which a restarted job is slower
  --warm-up-share 0.8  of its capacity that it has then
  --checkpoint 10s     interval of the checkpoints
  --ready N            TaskManagers for which there is a node; the others wait (default all)
  --node-start 240s    for it
  --contention 0.00002 share of its capacity that each further slot costs all others

What if; runs flinktide with both files and shows the difference:
  --tenant FILE        a tenant's stack file, or its tenant block alone; alone: its windows for flinktide
  --what-if FILE       the same, changed
  --set PATH=VALUE     instead of or on top of --what-if, such as otherwise.ceiling=4 or
                       windows.morning.from=07:30; repeatable

What comes out, besides the table:
  --html FILE          the report (default out/simulate/report.html, without --json)
  --json FILE          the figures
  --price X            of one slot for one hour (default 0.05)
  --help               this text
`;

const one = { type: "string" } as const;
const many = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;

/** As the command line is read. */
export const OPTIONS = {
  trace: many,
  family: many,
  prometheus: one,
  query: one,
  from: one,
  to: one,
  step: one,
  days: one,
  seed: one,
  policy: many,
  list: flag,
  "slot-rate": one,
  "allowed-lag": one,
  slots: one,
  floor: one,
  ceiling: one,
  "start-up": one,
  "rescale-gap": one,
  "warm-up": one,
  "warm-up-share": one,
  checkpoint: one,
  ready: one,
  "node-start": one,
  contention: one,
  tenant: one,
  "what-if": one,
  set: many,
  html: one,
  json: one,
  price: one,
} as const;
