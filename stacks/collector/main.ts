import { say, step } from "../../infra/progress";
import { readOptions, runMain } from "../../infra/toolchain/main";
import { setup } from "../../infra/toolchain/setup";
import { keepResult } from "../bench/results";
import { ScratchEnvironment } from "../driver/scratch-environment";
import { batchesOf, changesIn } from "./changes";
import { OPTIONS, settingsFrom, type Settings } from "./options";
import { broken, printResult, type FaultResult, type Result } from "./result";
import { passwordInFile, searchFor } from "./secrecy";
import { ChangesStage } from "./stage";
import { ChangeFeed, changePassword, count, disturb, purgeBehind, takeAway } from "./story";

const HELP = `Usage: npm run changes [-- --changes N] [--flink 1.14|1.20] [--skip-faults] [--save]

Changes a table of a real MariaDB, inserts, updates and deletes at a steady rate, in an environment of its own: a
collector sends them to Kafka, and a job counts the table's words. Meanwhile the job is rescaled three times and the
collector is killed twice. Then the database is away for 60 s, Kafka for 30 s, the password is wrong, and at last the
binlog is purged behind the collector. Ends with 1 unless the counts always came to be those made in SQL, a job without
deduplication came to others, health said what was amiss, and the password was found nowhere. About ten minutes.

  --changes N      row changes (default 100000)
  --flink VERSION  1.14 (default) or 1.20
  --skip-faults    only rescales and kills
  --save           keep the figures under docs/results/
  --help           this text
`;

const PASSWORD = "pw-4Kd8.Tn2sV";
const DISTURBANCES = {
  rescales: [
    [0.2, 4],
    [0.5, 2],
    [0.8, 3],
  ],
  kills: [0.35, 0.65],
} as const;
/** Changes while something is away; 500 each, twice a second. */
const FAULT_BATCHES = 20;

async function main(): Promise<number> {
  const options = readOptions(HELP, OPTIONS);
  if (options === undefined) return 0;
  const settings = settingsFrom(options);
  Object.assign(process.env, (await setup({ collector: true })).env);
  const environment = await ScratchEnvironment.create();
  try {
    const open = () => ChangesStage.open(environment, settings.version, PASSWORD);
    const stage = await step("platform, database and tenant", open);
    try {
      return tell(await play(stage, settings), settings);
    } finally {
      await stage.close();
    }
  } finally {
    await environment.remove();
  }
}

function tell(result: Result, { save, version }: Settings): number {
  process.stdout.write(printResult(result));
  const faults = broken(result);
  faults.forEach(say);
  if (save) keepResult(`changes-${version}`, result);
  return faults.length === 0 ? 0 : 1;
}

async function play(stage: ChangesStage, { changes, version, faults }: Settings): Promise<Result> {
  const feed = new ChangeFeed(stage);
  const startedMs = await stage.startedMs();
  const readySeconds = ((await stage.watch.firstReadyMs(120)) - startedMs) / 1000;
  const { rescales, kills } = DISTURBANCES;
  const disturbed = await step("changes, three rescales, two kills", () =>
    disturb(stage, feed, batchesOf(changes), DISTURBANCES),
  );
  const changed = changesIn(feed.batch);
  const counted = await step("counting", () => count(stage));
  const after = faults ? await playFaults(stage, feed) : [];
  const password = await searchFor(stage.password, {
    container: stage.collector,
    texts: { "pulumi stack export": await stage.exported() },
  });
  return {
    ...{ flink: version, changes: changed, changesInAll: changesIn(feed.batch), readySeconds },
    disturbed: { ...disturbed, rescaledTo: rescales.map(([, to]) => to), kills: kills.length },
    ...{ counted, faults: after },
    password: {
      ...password,
      inItsFile: (await passwordInFile(stage.collector)) === stage.password,
    },
  };
}

async function playFaults(stage: ChangesStage, feed: ChangeFeed): Promise<FaultResult[]> {
  const results: FaultResult[] = [];
  const play = async (fault: string, make: () => Promise<FaultResult["outage"]>) => {
    const outage = await step(fault, make);
    await feed.play(2);
    results.push({ fault, outage, counted: await step("counting", () => count(stage)) });
  };
  await play("database stopped for 60 s", () => takeAway(stage, stage.database.container, 60));
  await play("Kafka stopped for 30 s", () =>
    takeAway(stage, stage.kafka, 30, () => feed.play(FAULT_BATCHES)),
  );
  await play("password wrong for 30 s", () => changePassword(stage, 30));
  const fault = "binlog purged behind it";
  results.push({ fault, outage: await step(fault, () => purgeBehind(stage, feed)) });
  return results;
}

if (require.main === module) runMain(main);
