import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { clusterLayout, type ClusterLayout } from "../../../infra/cluster/layout";
import {
  commandOf,
  endProcess,
  ensureProcess,
  forgetEnded,
  logFile,
  requireRunning,
  runningProcess,
  startedProcesses,
  type ProcessSpec,
} from "../../../infra/cluster/processes";
import { waitFor } from "../../../infra/flink/wait";

let folder: string;
let layout: ClusterLayout;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-processes-"));
  const own = { state: path.join(folder, "state"), run: path.join(folder, "run") };
  layout = { ...clusterLayout(15), ...own };
});

afterEach(async () => {
  for (const name of startedProcesses(layout)) await endProcess(layout, name);
  fs.rmSync(folder, { recursive: true });
});

function onHost(name: string, script: string): ProcessSpec {
  return { name, command: "sh", args: ["-c", script], network: "host" };
}

it("should run what belongs to the cluster in its network namespace", () => {
  const spec = { name: "etcd", command: "/bin/etcd", args: ["--a=b"] } as const;
  expect(commandOf(layout, { ...spec, network: "cluster" })).toEqual([
    "nsenter",
    ["--net=/run/netns/flinktide-15", "/bin/etcd", "--a=b"],
  ]);
  expect(commandOf(layout, { ...spec, network: "host" })).toEqual(["/bin/etcd", ["--a=b"]]);
});

it("should start a process once, keep its log, and end it", async () => {
  const spec = onHost("sleeper", "echo here; exec sleep 300");
  ensureProcess(layout, spec);
  const first = runningProcess(layout, "sleeper");
  ensureProcess(layout, spec);
  expect(runningProcess(layout, "sleeper")).toEqual(first);
  expect(first?.pid).toBeGreaterThan(1);
  expect(startedProcesses(layout)).toEqual(["sleeper"]);
  requireRunning(layout);
  await endProcess(layout, "sleeper");
  expect(runningProcess(layout, "sleeper")).toBeUndefined();
  expect(startedProcesses(layout)).toEqual([]);
});

it("should take no other process for its own that has the same id by now", () => {
  ensureProcess(layout, onHost("sleeper", "exec sleep 300"));
  const record = path.join(layout.run, "processes", "sleeper.json");
  const text = fs.readFileSync(record, "utf8");
  fs.writeFileSync(record, JSON.stringify({ ...JSON.parse(text), started: "1" }));
  expect(runningProcess(layout, "sleeper")).toBeUndefined();
  fs.writeFileSync(record, text);
});

it("should name the process that ended, with the end of its log", async () => {
  ensureProcess(layout, onHost("short", "sleep 1; echo went wrong; exit 3"));
  await waitFor(async () => (runningProcess(layout, "short") ? undefined : true), 30_000);
  expect(() => requireRunning(layout)).toThrow(
    `short of the cluster ended; its log is ${logFile(layout, "short")}:\nwent wrong\nFix: npm run cluster:down`,
  );
  forgetEnded(layout);
  requireRunning(layout);
  expect(startedProcesses(layout)).toEqual([]);
});
