import { settingsFrom, type RawOptions } from "../../../stacks/chaos/options";

const read = (change: Partial<RawOptions> = {}) =>
  settingsFrom({
    ...{ target: "docker", repeat: "5", seed: "1", guarantee: "exactly-once", save: false },
    ...change,
  });
const names = (change: Partial<RawOptions>) => read(change).faults.map(({ name }) => name);

it("takes every fault, or those that are named", () => {
  expect(read()).toMatchObject({ repeat: 5, seed: 1, guarantee: "exactly-once", save: false });
  expect(names({})).toEqual([
    ...["conductor", "update", "jobmanager", "taskmanager", "kafka", "freeze", "prometheus"],
    ...["lock", "clock", "by-hand", "two-conductors"],
  ]);
  expect(names({ fault: ["freeze", "lock"] })).toEqual(["freeze", "lock"]);
});

it("breaks on Kubernetes what can be broken there", () => {
  expect(names({ target: "kubernetes" })).toEqual([
    ...["scale-down", "conductor", "update", "jobmanager", "taskmanager", "kafka", "drain"],
    ...["prometheus", "lock", "clock", "by-hand", "two-conductors"],
  ]);
});

it("takes for the control the faults after which a job begins again from a checkpoint", () => {
  const guarantee = "at-least-once";
  expect(names({ guarantee })).toEqual(["jobmanager", "taskmanager"]);
  expect(names({ guarantee, fault: ["kafka"] })).toEqual(["kafka"]);
});

it.each<[Partial<RawOptions>, string]>([
  [{ target: "dokcer" }, "--target dokcer: there is none. Fix: give docker or kubernetes."],
  [{ target: "kubernetes", fault: ["freeze"] }, "--fault freeze: there is none of this name"],
  [{ fault: ["freez"] }, "--fault freez: there is none of this name; did you mean freeze?"],
  [{ repeat: "0" }, "--repeat 0 is no count. Fix: give a whole number from 1."],
  [{ repeat: "two" }, "--repeat two is no count"],
  [{ seed: "-1" }, "--seed -1 is no count. Fix: give a whole number from 0."],
  [{ guarantee: "none" }, "--guarantee none is none. Fix: give exactly-once, or at-least-once"],
])("refuses %j", (change, sentence) => {
  expect(() => read(change)).toThrow(sentence);
});
