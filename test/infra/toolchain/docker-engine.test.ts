import * as fs from "node:fs";
import * as path from "node:path";
import { exec } from "../../../infra/exec";
import { engineState, ensureDocker } from "../../../infra/toolchain/docker-engine";
import { removeScratch, scratch, withEnv } from "./fixtures/tools";

afterAll(removeScratch);

const NOWHERE = { DOCKER_HOST: "tcp://127.0.0.1:1" };

describe("an engine elsewhere that does not answer", () => {
  it("is reported, not replaced by one of our own", async () => {
    const attempt = withEnv(NOWHERE, () => ensureDocker());
    await expect(attempt).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(
        /DOCKER_HOST=tcp:\/\/127\.0\.0\.1:1 does not answer .*unset DOCKER_HOST/,
      ),
    });
  });

  it("has a reason", async () => {
    const state = await withEnv(NOWHERE, () => engineState());
    expect(state).toEqual({ running: false, reason: expect.stringMatching(/\S/) });
  });
});

it("a machine without a docker client has no engine", async () => {
  const state = await withEnv({ PATH: "/nonexistent" }, () => engineState());
  expect(state).toEqual({ running: false, reason: expect.stringContaining("ENOENT") });
});

describe("an engine that is installed but not running", () => {
  const asRoot = process.getuid?.() === 0;

  it("is started, and outlives its starter; or root is asked for", async () => {
    const { env, pid } = machine('echo $$ > "$FAKE/pid"; exec sleep 600');
    const attempt = withEnv(env, () => ensureDocker());
    if (!asRoot) return expect(attempt).rejects.toThrow("as root on Debian or Ubuntu");
    await attempt;
    const group = await exec("ps", ["-o", "pgid=,sid=", "-p", String(pid())]);
    process.kill(pid(), "SIGKILL");
    expect(group.trim().split(/\s+/)).toEqual([String(pid()), String(pid())]);
  });

  it("that ends at once is reported with what it said", async () => {
    const { env } = machine("echo 'failed to mount overlay'; exit 1");
    const attempt = withEnv(env, () => ensureDocker());
    const message = asRoot ? /does not start: .*\n?failed to mount overlay/s : /as root/;
    await expect(attempt).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(message),
    });
  });
});

/** A machine whose docker client answers once its dockerd, a shell script, has left its process id. */
function machine(dockerd: string) {
  const [bin, state] = [scratch(), scratch()];
  const script = (name: string, text: string) =>
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  script("docker", 'test -e "$FAKE/pid" && echo 20.10 || { echo "no daemon" >&2; exit 1; }');
  script("dockerd", dockerd);
  script(
    "systemctl",
    'setsid dockerd > "$FAKE/said" & sleep 1; test -e "$FAKE/pid" || { cat "$FAKE/said" >&2; exit 1; }',
  );
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    FAKE: state,
    FLINKTIDE_STATE: state,
    DOCKER_HOST: undefined,
  };
  return { env, pid: () => Number(fs.readFileSync(path.join(state, "pid"), "utf8")) };
}
