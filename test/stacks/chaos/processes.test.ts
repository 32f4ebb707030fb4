import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  allProcesses,
  descendantsOf,
  updateParts,
  type SeenProcess,
} from "../../../stacks/chaos/processes";

const process_ = (pid: number, parent: number, ...args: string[]): SeenProcess => ({
  ...{ pid, parent, args },
});
const CONDUCTOR = 10;
const UPDATE = [
  process_(20, CONDUCTOR, "pulumi", "up", "--yes"),
  process_(21, 20, "/cache/bin/pulumi-language-nodejs", "--root=/work"),
  process_(22, 21, "/usr/bin/node", "program"),
  process_(23, 20, "/home/plugins/pulumi-resource-docker", "127.0.0.1:1"),
  process_(24, 20, "node", "--import", "tsx", "infra/flink/provider/main.ts", "127.0.0.1:1"),
];

it("finds the parts of the conductor's update", () => {
  expect(updateParts(CONDUCTOR, UPDATE)).toEqual({
    ...{ pulumi: 20, "language host": 21, "docker provider": 23, "flink provider": 24 },
  });
});

it("finds nothing of another one's update, nor where pulumi only tells something", () => {
  expect(updateParts(11, UPDATE)).toEqual({});
  expect(updateParts(CONDUCTOR, [process_(20, CONDUCTOR, "pulumi", "stack", "output")])).toEqual(
    {},
  );
});

it("leaves out a part that has not begun", () => {
  expect(updateParts(CONDUCTOR, UPDATE.slice(0, 2))).toEqual({ pulumi: 20, "language host": 21 });
});

it("gives descendants nearest first, and no relatives", () => {
  const all = [process_(5, 4), process_(4, 3), process_(3, 1), process_(6, 1), process_(7, 3)];
  expect(descendantsOf(3, all).map(({ pid }) => pid)).toEqual([4, 7, 5]);
});

it("sees real processes, with an odd name too", async () => {
  const child = spawn(process.execPath, [
    ...["-e", 'process.title = "a ) b ( 7"; console.log(1); setInterval(() => {}, 1000)'],
  ]);
  try {
    await once(child.stdout, "data");
    const seen = descendantsOf(process.pid, allProcesses()).find(({ pid }) => pid === child.pid);
    expect(seen).toMatchObject({ parent: process.pid });
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  expect(allProcesses().find(({ pid }) => pid === child.pid)).toBeUndefined();
});
