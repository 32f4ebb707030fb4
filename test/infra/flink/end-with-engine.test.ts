import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { waitFor } from "../../../infra/flink/wait";

jest.setTimeout(60_000);

const PROJECT = path.join(__dirname, "../../..");
const PROVIDER = path.join(PROJECT, "infra/flink/provider/pulumi-resource-flink");
const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
});

const isThere = (pid: number) => fs.existsSync(`/proc/${pid}`);
const gone = (pid: number) => waitFor(async () => !isThere(pid) || undefined, 15_000, 100);

/** The provider as Pulumi starts it, by an "engine" that reads what it says until it is killed. */
async function underEngine(command: string): Promise<{ engine: ChildProcess; provider: number }> {
  // The shell stays, as what it starts last is not all it does.
  const engine = spawn("bash", ["-c", `${command} & echo "pid $!"; wait`], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(engine.pid ?? 0);
  let said = "";
  engine.stdout?.on("data", (data: Buffer) => (said += data.toString()));
  // The provider says its port when it can be talked to.
  const ready = await waitFor(async () => /^\d+$/m.test(said) || undefined, 40_000, 100);
  const provider = Number(/pid (\d+)/.exec(said)?.[1]);
  started.push(provider);
  expect([ready, isThere(provider)]).toEqual([true, true]);
  return { engine, provider };
}

it("should end when the engine is killed", async () => {
  const { engine, provider } = await underEngine(`exec '${PROVIDER}' 127.0.0.1:1`);
  engine.kill("SIGKILL");
  expect(await gone(provider)).toBe(true);
});

it("should go on while the engine lives", async () => {
  const { provider } = await underEngine(`exec '${PROVIDER}' 127.0.0.1:1`);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(isThere(provider)).toBe(true);
});

it("would stay, were it Pulumi's server alone", async () => {
  const alone = `require("@pulumi/pulumi/provider").main({ version: "1", schema: "{}" }, process.argv.slice(1))`;
  const { engine, provider } = await underEngine(
    `cd '${PROJECT}' && exec node -e '${alone}' 127.0.0.1:1`,
  );
  engine.kill("SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(isThere(provider)).toBe(true);
});
