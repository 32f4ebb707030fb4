import { cpuLimit, taskManagersThatFit } from "../../../infra/docker/limits";

it.each([
  [1, 0, 4, { cpuSet: "0", cpuShares: 1024 }],
  [1, 5, 4, { cpuSet: "1", cpuShares: 1024 }],
  [2, 1, 4, { cpuSet: "2,3", cpuShares: 2048 }],
  [3, 1, 4, { cpuSet: "0,1,3", cpuShares: 3072 }],
  [0.5, 0, 2, { cpuSet: "0", cpuShares: 512 }],
  [0.001, 0, 2, { cpuSet: "0", cpuShares: 2 }],
  [2, 0, 2, { cpuShares: 2048 }],
  [8, 0, 2, { cpuShares: 8192 }],
])("%d cores for container %d on %d cores", (cpus, index, hostCores, expected) => {
  expect(cpuLimit(cpus, index, hostCores)).toEqual(expected);
});

it.each([
  [8192, 1024, 1024, 5],
  [8191, 1024, 1024, 4],
  [3072, 1024, 1024, 0],
  [1024, 1024, 1024, 0],
])("into %d MiB beside a JobManager of %d go TaskManagers of %d: %d", (host, jm, tm, expected) => {
  expect(taskManagersThatFit(host, jm, tm)).toBe(expected);
});
