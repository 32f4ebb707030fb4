import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors";
import { tryExec } from "../exec";
import { ensureProgram } from "../images/debian";
import { step } from "../progress";
import { stateDir } from "./paths";

/** What Debian and Ubuntu call the engine and what it needs to run containers. */
const ENGINE_PACKAGES = ["docker.io", "containerd", "runc", "iptables"] as const;

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 500;

/** What `docker info` says: the engine's version, or why there is none. */
export type EngineState = { running: true; version: string } | { running: false; reason: string };

/** Asks the engine that the user's environment names. */
export async function engineState(): Promise<EngineState> {
  const args = ["info", "--format", "{{.ServerVersion}}"];
  const { code, stdout, stderr } = await tryExec("docker", args, { timeoutMs: 20_000 });
  // Old clients end with 0 although no engine answers.
  if (code === 0 && stdout.trim() !== "") return { running: true, version: stdout.trim() };
  const reason = stderr.trim().split("\n").at(-1);
  return { running: false, reason: reason || "docker info gives no answer" };
}

/** Whether this user may install and start an engine here. */
export function mayInstallEngine(): boolean {
  return process.getuid?.() === 0 && fs.existsSync("/usr/bin/apt-get");
}

/**
 * Makes sure that a Docker engine answers: the one that runs is used (also a remote one in DOCKER_HOST). Else, as root
 * on Debian or Ubuntu, it is installed and started. Throws UserError where that is not possible.
 */
export async function ensureDocker(): Promise<void> {
  const state = await engineState();
  if (state.running) return;
  refuseWhatIsNotOurs(state.reason);
  await ensureProgram("dockerd", ENGINE_PACKAGES);
  await step("starting the Docker engine", startEngine);
}

function refuseWhatIsNotOurs(reason: string): void {
  const host = process.env.DOCKER_HOST;
  if (host !== undefined && host !== "") {
    throw new UserError(
      `the Docker engine at DOCKER_HOST=${host} does not answer (${reason}). Fix: start it, or unset DOCKER_HOST.`,
    );
  }
  if (/permission denied/i.test(reason)) {
    throw new UserError(
      `this user may not use the Docker engine (${reason}). Fix: sudo usermod -aG docker $USER, then log in again.`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new UserError(
      `no Docker engine answers (${reason}). Fix: install and start Docker; as root on Debian or Ubuntu, npm run setup does it.`,
    );
  }
}

async function startEngine(): Promise<void> {
  if (fs.existsSync("/run/systemd/system")) {
    const { code, stderr } = await tryExec("systemctl", ["start", "docker"]);
    await waitForEngine(() => (code === 0 ? undefined : stderr.trim()));
    return;
  }
  removeStalePidFile();
  const log = stateDir("dockerd.log");
  const engine = launchDetached(log);
  await waitForEngine(() => {
    if (engine.exitCode === null && engine.pid !== undefined) return undefined;
    return `dockerd ended at once; its log is ${log}:\n${tail(log)}`;
  });
  engine.unref();
}

/** An engine that was killed leaves its process id, which another process may have by now: the next one would refuse. */
export function removeStalePidFile(file = "/var/run/docker.pid"): void {
  if (!fs.existsSync(file)) return;
  const program = `/proc/${fs.readFileSync(file, "utf8").trim()}/comm`;
  if (fs.existsSync(program) && fs.readFileSync(program, "utf8").trim() === "dockerd") return;
  fs.rmSync(file);
}

/** Without systemd (a container, a minimal machine) the engine runs on its own, in a session that outlives ours. */
function launchDetached(log: string): ChildProcess {
  fs.mkdirSync(stateDir(), { recursive: true });
  const out = fs.openSync(log, "a");
  const stdio: StdioOptions = ["ignore", out, out];
  const engine = spawn("dockerd", [], { detached: true, stdio, env: { ...process.env } });
  engine.on("error", () => undefined);
  fs.closeSync(out);
  return engine;
}

async function waitForEngine(ended: () => string | undefined): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const state = await engineState();
    if (state.running) return;
    const fault = ended() ?? (Date.now() > deadline ? state.reason : undefined);
    if (fault !== undefined) {
      throw new UserError(
        `the Docker engine does not start: ${fault}\nFix: start Docker by hand, then run this again.`,
      );
    }
    await sleep(POLL_MS);
  }
}

function tail(file: string): string {
  return fs.readFileSync(file, "utf8").trim().split("\n").slice(-5).join("\n");
}
