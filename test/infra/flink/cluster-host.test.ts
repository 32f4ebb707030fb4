import * as fs from "node:fs";
import * as path from "node:path";
import { DockerClusterHost, MissingTaskManagerError } from "../../../infra/flink/cluster-host";
import { removeScratch, scratch, withEnv } from "../toolchain/fixtures/tools";

afterAll(removeScratch);

const ID = "dev-acme-taskmanager-2";
const OLD = "2026-11-21T12:00:00.5Z";
const NEW = "2026-11-21T12:30:00.5Z";

/**
 * A docker client that notes its calls and answers as Docker 28 does, with the states given by container; what it says
 * of no container is what the real one says.
 */
function docker(states: Record<string, { Running: boolean; StartedAt: string }>, restart = "") {
  const [bin, folder] = [scratch(), scratch()];
  const calls = path.join(folder, "calls");
  for (const [name, state] of Object.entries(states)) {
    fs.writeFileSync(path.join(folder, name), JSON.stringify(state));
  }
  const script = `#!/bin/sh
for id; do :; done
[ "$1" = inspect ] && { cat "${folder}/$id"; exit; }
echo "$@" >> "${calls}"
[ "$1" = restart ] && echo "Flag --time has been deprecated, use --timeout instead" >&2
[ -e "${folder}/$id" ] || { echo "Error response from daemon: No such container: $id" >&2; exit 1; }
${restart || "echo $id"}
`;
  fs.writeFileSync(path.join(bin, "docker"), script, { mode: 0o755 });
  const host = new DockerClusterHost("dev-acme-jobmanager");
  return {
    run: (work: (host: DockerClusterHost) => Promise<void>) =>
      withEnv({ PATH: `${bin}:${process.env.PATH}` }, () => work(host)),
    calls: () => (fs.existsSync(calls) ? fs.readFileSync(calls, "utf8").trim().split("\n") : []),
  };
}

const RESTART = `restart --time 1 ${ID}`;

describe("restartTaskManager", () => {
  it.each([true, false])("restarts the container; it runs before: %s", async (Running) => {
    const { run, calls } = docker({ [ID]: { Running, StartedAt: OLD } });
    await run((host) => host.restartTaskManager(ID));
    expect(calls()).toEqual([RESTART]);
  });

  it("tells a container that isn't there from every other failure", async () => {
    const { run } = docker({});
    const attempt = run((host) => host.restartTaskManager(ID));
    await expect(attempt).rejects.toBeInstanceOf(MissingTaskManagerError);
    await expect(attempt).rejects.toMatchObject({
      id: ID,
      message:
        `The TaskManager ${ID} can't be restarted: there is no container of that name. ` +
        "Fix: run pulumi up --refresh on the tenant's stack, which creates it again.",
    });
  });

  it("fails with what docker says otherwise", async () => {
    const said = "Error response from daemon: driver failed programming external connectivity";
    const container = { Running: true, StartedAt: OLD };
    const { run } = docker({ [ID]: container }, `echo "${said}" >&2; exit 1`);
    const attempt = run((host) => host.restartTaskManager(ID));
    await expect(attempt).rejects.not.toBeInstanceOf(MissingTaskManagerError);
    await expect(attempt).rejects.toMatchObject({
      name: "ExecError",
      message: expect.stringContaining(said),
    });
  });

  it("is not to blame for another container that isn't there", async () => {
    const container = { Running: true, StartedAt: OLD };
    const { run } = docker({ [ID]: container }, 'echo "No such container: other" >&2; exit 1');
    const attempt = run((host) => host.restartTaskManager(ID));
    await expect(attempt).rejects.toMatchObject({ name: "ExecError" });
  });
});

describe("startTaskManagers", () => {
  it.each([
    ["starts one that does not run", { Running: false, StartedAt: OLD }, [`start ${ID}`]],
    ["restarts one older than the JobManager", { Running: true, StartedAt: OLD }, [RESTART]],
    ["leaves one that runs and is younger", { Running: true, StartedAt: NEW }, []],
  ])("%s", async (_, taskManager, expected) => {
    const jobManager = { Running: true, StartedAt: "2026-11-21T12:10:00.5Z" };
    const { run, calls } = docker({ [ID]: taskManager, "dev-acme-jobmanager": jobManager });
    await run((host) => host.startTaskManagers([ID], new Set()));
    expect(calls()).toEqual(expected);
  });

  it("leaves alone those that are registered, and all where only their number is given", async () => {
    const away = { [ID]: { Running: false, StartedAt: OLD } };
    const { run, calls } = docker(away);
    await run((host) => host.startTaskManagers([ID], new Set([ID])));
    await run((host) => host.startTaskManagers({ atLeast: 3 }, new Set()));
    expect(calls()).toEqual([]);
  });
});

it("names those that are missing", async () => {
  const { run } = docker({});
  await run(async (host) => {
    expect(await host.missingTaskManagers(["a", "b"], new Set(["a"]))).toEqual(["b"]);
    expect(await host.missingTaskManagers({ atLeast: 3 }, new Set(["a"]))).toEqual([]);
  });
});
