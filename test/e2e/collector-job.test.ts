import { exec, tryExec } from "../../infra/exec";
import { ensureDocker } from "../../infra/toolchain/docker-engine";
import { batchesOf } from "../../stacks/collector/changes";
import { passwordInFile, searchFor } from "../../stacks/collector/secrecy";
import { ChangesStage } from "../../stacks/collector/stage";
import { ChangeFeed, count, disturb } from "../../stacks/collector/story";
import { ScratchEnvironment } from "../../stacks/driver/scratch-environment";
import { eventually, inspect } from "../support/containers";

jest.setTimeout(600_000);

const PASSWORD = "pw-4Kd8.Tn2sV";
/** `npm run changes` makes more of them, and rescales three times. */
const CHANGES = 6_000;

let environment: ScratchEnvironment;
let stage: ChangesStage;
beforeAll(async () => {
  await ensureDocker();
  environment = await ScratchEnvironment.create();
  stage = await ChangesStage.open(environment, "1.14", PASSWORD);
}, 1_800_000);
afterAll(async () => {
  await stage?.close();
  await environment?.remove();
}, 120_000);

test("a collector is ready within 60 s of its start", async () => {
  const readyMs = await stage.watch.firstReadyMs(60);
  expect(readyMs - (await stage.startedMs())).toBeLessThan(60_000);
});

test("a second update changes nothing, and the collector stays", async () => {
  const id = await inspect(stage.collector, "{{.Id}}");
  expect((await stage.up(1)).changes).toEqual({});
  expect(await inspect(stage.collector, "{{.Id}}")).toBe(id);
});

test("a second collector on the same data ends at once, and says why", async () => {
  const variables = await inspect(stage.collector, "{{range .Config.Env}}{{println .}}{{end}}");
  const own = variables.split("\n").filter((line) => /^(DATA|RETRY)/.test(line));
  // It has no secrets; any file that it can read will do.
  const env = [...own, "DATABASE_PASSWORD_FILE=/etc/hostname"];
  const image = await inspect(stage.collector, "{{.Image}}");
  const { code, stderr } = await tryExec("docker", [
    ...["run", "--rm", "--volumes-from", stage.collector],
    ...env.flatMap((variable) => ["--env", variable]),
    image,
  ]);
  expect({ code, stderr: stderr.trim() }).toEqual({
    code: 78,
    stderr:
      "Another collector uses the folder /opt/cdc-collector/data: two would send every change twice.",
  });
});

test("rescales and kills: the job's counts are SQL's, and without deduplication they are not", async () => {
  const feed = new ChangeFeed(stage);
  const disturbances = { rescales: [[0.2, 3]], kills: [0.4, 0.8] } as const;
  await disturb(stage, feed, batchesOf(CHANGES), disturbances);
  const counted = await count(stage);
  expect(counted).toMatchObject({ exact: true, blindAsTopic: true });
  expect(counted.repeated).toBeGreaterThan(0);
  expect(counted.blindDiffers).toBeGreaterThan(0);
});

test("Prometheus has read what the conductor asks of a collector", async () => {
  const sample = await eventually("a sample without lag", async () => {
    const seen = await stage.scraped();
    return seen?.ready && seen.waiting === 0 ? seen : undefined;
  });
  expect(sample.sent).toBeGreaterThan(0);
  expect(sample.uptime).toBeGreaterThan(0);
});

test("the password is in its file, and nowhere else", async () => {
  const state = await stage.exported();
  // The state is that of the collector.
  expect(state).toContain(stage.collector);
  const texts = { "pulumi stack export": state };
  const { searched, found } = await searchFor(PASSWORD, { container: stage.collector, texts });
  expect(searched).toEqual([
    "docker history",
    "docker inspect",
    "docker top",
    "process list of the machine",
    "environment of its processes",
    "its log",
    "pulumi stack export",
  ]);
  expect(found).toEqual([]);
  expect(await passwordInFile(stage.collector)).toBe(PASSWORD);
});

test("a changed collector is replaced: the old one is gone before the new one is there", async () => {
  const filter = ["--filter", `container=${stage.collector}`, "--filter", "type=container"];
  const since = String(Math.floor(Date.now() / 1000));
  const update = await stage.changeCollector({ logLevel: "WARN" });
  expect(update.changed).toMatchObject({ replace: ["collector-shop-collector"] });
  const format = ["--format", "{{.Action}}", "--since", since, "--until", "0s"];
  const seen = await exec("docker", ["events", ...filter, ...format]);
  const made = seen.split("\n").filter((action) => /^(destroy|create)$/.test(action));
  expect(made).toEqual(["destroy", "create"]);
  await stage.watch.until(true, 60);
  // It goes on where the old one was.
  expect(await count(stage)).toMatchObject({ exact: true });
});
