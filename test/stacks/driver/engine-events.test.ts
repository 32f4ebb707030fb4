import { readOutcome } from "../../../stacks/driver/engine-events";

const urn = (type: string, name: string) => `urn:pulumi:dev-acme::flinktide::${type}::${name}`;
const STACK = "pulumi:pulumi:Stack";
let sequence = 0;
const line = (event: object) =>
  JSON.stringify({ sequence: sequence++, timestamp: 1_700_000_000, ...event });
const done = (op: string, type: string, name: string, outputs?: object) =>
  line({ resOutputsEvent: { metadata: { op, type, urn: urn(type, name), new: { outputs } } } });
const summary = (resourceChanges: object) =>
  line({ summaryEvent: { isPreview: false, durationSeconds: 3, resourceChanges } });

it("reads what an update changed and what the stack gives", () => {
  const stdout = [
    line({ preludeEvent: { config: {} } }),
    line({ resourcePreEvent: { metadata: { op: "create" } } }),
    done("create", "docker:index/container:Container", "flink-taskmanager-2", {}),
    done("update", "flink:index:Job", "wordcount", { jobId: "a1" }),
    done("same", "docker:index/network:Network", "network"),
    done("same", STACK, "flinktide-dev-acme", { taskManagers: 2 }),
    line({ diagnosticEvent: { severity: "info", message: "hello" } }),
    summary({ create: 1, update: 1, same: 9 }),
    line({ cancelEvent: {} }),
    "",
  ].join("\n");
  expect(readOutcome(stdout)).toEqual({
    changes: { create: 1, update: 1 },
    changed: { create: ["flink-taskmanager-2"], update: ["wordcount"] },
    outputs: { taskManagers: 2 },
    errors: [],
  });
});

it("reads errors without colours, and words that are no event", () => {
  const message = "<{%fg 1%}>error: it broke<{%reset%}>\n";
  const stdout = `${line({ diagnosticEvent: { severity: "error", message } })}\npanic: boom\n`;
  expect(readOutcome(stdout)).toEqual({
    changes: {},
    changed: {},
    outputs: {},
    errors: ["error: it broke", "panic: boom"],
  });
});

it("counts nothing where nothing changed", () => {
  expect(readOutcome(summary({ same: 12, read: 2 }))).toMatchObject({ changes: {}, changed: {} });
});
