import * as fs from "node:fs";
import { ensureCluster } from "../../infra/cluster/cluster";
import { say, step } from "../../infra/progress";
import { readOptions, runMain } from "../../infra/toolchain/main";
import { setup } from "../../infra/toolchain/setup";
import { keepResult, resultFile } from "../bench/results";
import { ScratchEnvironment } from "../driver/scratch-environment";
import { abortedBySignal } from "../soak/interrupt";
import type { Breaker } from "./breaker";
import { FAULTS } from "./faults";
import { KubernetesBreaker } from "./kubernetes-breaker";
import { OPTIONS, settingsFrom, type Settings } from "./options";
import { repeatFault, type Counted } from "./repeat";
import {
  broken,
  controlVerdict,
  isSeen,
  keptSchema,
  LIMIT_SECONDS,
  printTable,
  together,
  verdict,
  type FaultResult,
} from "./result";
import { ChaosStage } from "./stage";

const HELP = `Usage: npm run chaos [-- --fault NAME]... [--repeat N] [--save]

Breaks a real environment of its own under load, at random moments around an update of its conductor, and looks how
long it takes until all is as it should be, that every word is counted once, that never more than one job lives, and
that the journal can be read. About two hours for all faults, five times each. Ends with 1 where a promise is broken.

  --target T        docker (default), or kubernetes: on the cluster of KUBECONFIG, else on one that
                    is made on this machine
  --fault NAME      only this fault; may be given several times. There are:
                    ${FAULTS.docker.map(({ name }) => name).join(", ")};
                    on Kubernetes instead of freeze: scale-down, drain
  --repeat N        times each (default 5)
  --seed N          of the moments (default 1)
  --guarantee G     at-least-once: a control, in which the count must show differences after a kill
  --save            keep the table under docs/results/, beside what else was kept there today
  --help            this text

What the conductors said, and their journals, are kept in out/chaos/.
`;

async function main(): Promise<number> {
  const options = readOptions(HELP, OPTIONS);
  if (options === undefined) return 0;
  const settings = settingsFrom(options);
  const kubernetes = settings.target === "kubernetes";
  Object.assign(process.env, (await setup({ kubernetes })).env);
  const cluster = kubernetes ? await ensureCluster() : undefined;
  const environment = await ScratchEnvironment.create({ cluster });
  const breaker = cluster && new KubernetesBreaker(cluster, environment.name, ChaosStage.tenant);
  try {
    return await run(environment, settings, breaker);
  } finally {
    await environment.remove();
  }
}

async function run(
  environment: ScratchEnvironment,
  settings: Settings,
  breaker?: Breaker,
): Promise<number> {
  const { guarantee, faults, repeat, seed, save } = settings;
  const stage = await step("platform, conductor and tenant", () =>
    ChaosStage.open(environment, { guarantee, breaker, signal: abortedBySignal() }),
  );
  const results: FaultResult[] = [];
  try {
    const before: Counted = { lost: 0, duplicated: 0 };
    for (const fault of faults) {
      const title = `${fault.title}, ${repeat} times`;
      const result = await step(title, () =>
        repeatFault(stage, fault, { times: repeat, seed, before }),
      );
      results.push(result);
      before.lost += result.lost;
      before.duplicated += result.duplicated;
    }
  } finally {
    await stage.close();
  }
  const isControl = guarantee === "at-least-once";
  process.stdout.write(printTable(results, isControl ? controlVerdict : verdict));
  if (save) keep(results, settings);
  return isControl ? judgedControl(results) : judged(results);
}

/** Today's other faults stay in the file: a table of many hours may be made in several runs. */
function keep(results: readonly FaultResult[], { guarantee, target }: Settings): void {
  const on = target === "docker" ? "chaos" : `chaos-${target}`;
  const name = guarantee === "at-least-once" ? `${on}-control` : on;
  const file = resultFile(name);
  const older = fs.existsSync(file)
    ? keptSchema.parse(JSON.parse(fs.readFileSync(file, "utf8"))).figures.results
    : [];
  const all = together(older, results);
  keepResult(name, { guarantee, limitSeconds: LIMIT_SECONDS, results: all });
}

function judged(results: readonly FaultResult[]): number {
  const faults = results.flatMap((result) =>
    broken(result).map((sentence) => `${result.fault}: ${sentence}`),
  );
  faults.forEach(say);
  return faults.length === 0 ? 0 : 1;
}

function judgedControl(results: readonly FaultResult[]): number {
  if (results.some(isSeen)) return 0;
  say("The checker sees nothing: it is blind, or nothing went wrong.");
  return 1;
}

if (require.main === module) runMain(main);
