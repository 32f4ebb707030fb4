import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../../infra/errors";
import { sleep, waitFor } from "../../infra/flink/wait";
import { say, step } from "../../infra/progress";
import { readOptions, runMain } from "../../infra/toolchain/main";
import { PROJECT_DIR, stateDir } from "../../infra/toolchain/paths";
import { requireNoConductor } from "../conductor/running";
import { awaitOneRunningJob, restoredTimes } from "../driver/tenant-probe";
import { Environment } from "../driver/environment";
import { breakLock } from "../driver/pulumi-lock";
import { renderHtml } from "../report/html";
import { parseReport, type DemoReportInput } from "../report/model";
import { renderTable } from "../report/table";
import type { Verdict } from "../workload/verdict";
import { dockerScenery } from "./docker-scenery";
import { KubernetesScenery } from "./kubernetes-scenery";
import type { Scenery } from "./scenery";
import { StagedTenant } from "./stage";
import { AFTER_THE_KILL, BEFORE_THE_KILL, FIRST, TENANTS, type Move } from "./tenants";

const HELP = `Usage: npm run demo [-- --target TARGET]

Brings up an environment with the tenants acme and globex, feeds them real text, walks them
through a day, kills a TaskManager, counts every word, and says what was measured. The stacks stay
up; npm run down removes them. The report is written to out/demo/ as HTML and JSON.

  --target docker       the environment dev, on this machine's Docker; the default
  --target kubernetes   the environment kube, from the same tenant files, on the cluster of
                        KUBECONFIG, else on one that is made on this machine. The first run builds
                        Kubernetes and its Pulumi provider (about 25 minutes on 2 cores)
  --help                this text
`;

const SCENERIES: Readonly<Record<string, () => Scenery>> = {
  docker: () => dockerScenery,
  kubernetes: () => new KubernetesScenery(),
};

/** A TaskManager that crashes comes back by its restart policy, and the job from its checkpoint. */
const RECOVERY_LIMIT_MS = 120_000;
const HEALTHY_LIMIT_MS = 60_000;

type Check = DemoReportInput["checks"][number];

async function main(): Promise<number> {
  const options = readOptions(HELP, { target: { type: "string", default: "docker" } });
  if (options === undefined) return 0;
  const { target } = options;
  const scenery = sceneryOf(target);
  const { platform } = scenery;
  await requireNoConductor(platform, "follows the real clock, not the demo's");
  const startedAt = Date.now();
  const env = await scenery.prepare();
  Object.assign(process.env, env);
  const environment = new Environment({ env, configDir: stateDir("demo") });
  const ledgers = stateDir("demo", "ledgers", platform);
  if (await scenery.isAnother()) await forget(environment, platform, ledgers);
  scenery.writeStackFiles(environment, TENANTS);
  const prometheusUrl = await bringUp(environment, platform, env.PULUMI_BACKEND_URL ?? "");
  const tenants = TENANTS.map((name) => new StagedTenant(environment, platform, name, ledgers));
  try {
    const checks = await play(tenants, scenery);
    return await finish(tenants, { startedAt, checks, prometheusUrl, target, scenery });
  } finally {
    await Promise.all(tenants.map((tenant) => tenant.quit()));
  }
}

function sceneryOf(target: string): Scenery {
  const make = SCENERIES[target];
  if (make !== undefined) return make();
  const targets = Object.keys(SCENERIES).join(" or ");
  throw new UserError(`--target ${target}: there is no such target. Fix: give ${targets}.`);
}

/** Drops what is known of stacks whose world is gone. */
async function forget(environment: Environment, platform: string, ledgers: string): Promise<void> {
  for (const stack of await environment.stacksOf(platform)) {
    await environment.remove(stack);
    say(`   ${stack}: what it was on is gone, so it begins anew`);
  }
  fs.rmSync(ledgers, { recursive: true, force: true });
}

async function bringUp(
  environment: Environment,
  platform: string,
  backendUrl: string,
): Promise<string> {
  for (const stack of [platform, ...TENANTS.map((tenant) => `${platform}-${tenant}`)]) {
    const broken = await breakLock(backendUrl, stack);
    if (broken !== undefined) say(`   freed ${stack}: ${broken.proof}`);
  }
  await environment.init(platform);
  const update = await step(`platform ${platform}: Kafka, Prometheus`, () =>
    environment.up(platform),
  );
  if (!update.ok)
    throw new UserError(`pulumi up of ${platform} failed:\n${update.errors.join("\n")}`);
  return String(update.outputs.prometheusUrl);
}

async function play(tenants: readonly StagedTenant[], scenery: Scenery): Promise<Check[]> {
  for (const tenant of tenants) {
    const first = FIRST[tenant.name];
    await step(`${tenant.name}: ${first.label}`, () => tenant.open(first));
  }
  const healthy = await step(`${scenery.runIn} healthy`, () => allHealthy(scenery));
  await sleep(5_000);
  await playAll(tenants, BEFORE_THE_KILL);
  const recovered = await killTaskManager(tenants, scenery);
  await playAll(tenants, AFTER_THE_KILL);
  return [healthy, recovered];
}

async function playAll(tenants: readonly StagedTenant[], moves: readonly Move[]): Promise<void> {
  for (const move of moves) {
    const tenant = tenants.find(({ name }) => name === move.tenant);
    await step(`${move.tenant}: ${move.label}`, async () => tenant?.play(move));
  }
}

async function allHealthy({ runIn, health }: Scenery): Promise<Check> {
  const started = Date.now();
  let states = await health();
  while (
    Object.values(states).some((s) => s !== "healthy") &&
    Date.now() - started < HEALTHY_LIMIT_MS
  ) {
    await sleep(1_000);
    states = await health();
  }
  const sick = Object.entries(states).filter(([, state]) => state !== "healthy");
  const seconds = Math.round((Date.now() - started) / 1000);
  const detail =
    sick.length === 0
      ? `${Object.keys(states).length} ${runIn}, ${seconds} s after the last update`
      : sick.map(([name, state]) => `${name} is ${state}`).join(", ");
  return { name: `${runIn} healthy within 60 s`, ok: sick.length === 0, detail };
}

async function killTaskManager(tenants: readonly StagedTenant[], scenery: Scenery): Promise<Check> {
  const [acme] = tenants;
  if (acme === undefined) throw new Error("the demo has no tenant");
  return step(`${acme.name}: a TaskManager is killed`, async () => {
    const before = await restoredTimes(acme.flinkUrl);
    const killedAt = Date.now();
    const victim = await scenery.crashTaskManager(acme.name);
    // A job whose TaskManager is gone seems to run until that is noticed.
    const noticed = await waitFor(
      async () => (await restoredTimes(acme.flinkUrl).catch(() => before)) > before || undefined,
      RECOVERY_LIMIT_MS,
    );
    const recovery = noticed && (await awaitOneRunningJob(acme.flinkUrl, RECOVERY_LIMIT_MS));
    await sleep(5_000);
    await acme.note(`${victim} killed`, killedAt);
    const seconds = Math.round((Date.now() - 5_000 - killedAt) / 1000);
    const detail =
      recovery === undefined ? "the job does not run" : `the job runs again after ${seconds} s`;
    return { name: "a killed TaskManager is survived", ok: recovery !== undefined, detail };
  });
}

interface Story {
  startedAt: number;
  checks: Check[];
  prometheusUrl: string;
  target: string;
  scenery: Scenery;
}

async function finish(tenants: readonly StagedTenant[], story: Story): Promise<number> {
  const { scenery } = story;
  const shown = (url: string) => scenery.shown(url);
  const planned = await Promise.all(tenants.map((tenant) => tenant.asPlanned()));
  const counted = await step("counting every word", () =>
    Promise.all(tenants.map((tenant) => tenant.close())),
  );
  const exact = counted.map(({ verdict, acknowledged }, i) => ({
    name: `${tenants[i]?.name}: every word counted once`,
    ok: verdict.exact,
    detail: `${acknowledged} lines acknowledged in this run. ${verdict.sentence}`,
  }));
  const report = parseReport({
    title: "flinktide demo",
    startedAt: story.startedAt,
    machine: describeMachine(),
    verdict: sumUp(counted.map(({ verdict }) => verdict)),
    checks: [...story.checks, ...planned, ...exact],
    transitions: tenants.flatMap((tenant) => tenant.transitions).sort((a, b) => a.at - b.at),
    series: tenants.map((tenant) => ({ tenant: tenant.name, samples: tenant.samples })),
    urls: [
      ...tenants.map((tenant) => ({ name: `Flink, ${tenant.name}`, url: shown(tenant.flinkUrl) })),
      { name: "Prometheus", url: shown(story.prometheusUrl) },
    ],
  } satisfies DemoReportInput);
  const folder = path.join(
    PROJECT_DIR,
    "out",
    story.target === "docker" ? "demo" : `demo-${story.target}`,
  );
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "report.json"), JSON.stringify(report, null, 2));
  fs.writeFileSync(path.join(folder, "report.html"), renderHtml(report));
  process.stdout.write(`${renderTable(report)}\n`);
  process.stdout.write(
    `Report: ${path.relative(PROJECT_DIR, folder)}/report.html\nThe stacks stay up; npm run down removes them.\n`,
  );
  return report.verdict.exact && report.checks.every((check) => check.ok) ? 0 : 1;
}

function sumUp(verdicts: readonly Verdict[]): DemoReportInput["verdict"] {
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((n, v) => n + of(v), 0);
  return {
    exact: verdicts.every((verdict) => verdict.exact),
    sentence: verdicts.map((verdict) => verdict.sentence).join(" "),
    words: sum((v) => v.words),
    lost: sum((v) => v.lost),
    duplicated: sum((v) => v.duplicated),
    unexpected: sum((v) => v.unexpected),
  };
}

function describeMachine(): string {
  const cpus = os.cpus();
  return `${cpus.length} x ${cpus[0]?.model.trim() ?? "CPU"}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`;
}

if (require.main === module) runMain(main);
