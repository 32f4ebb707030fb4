import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PROJECT_DIR } from "../../../infra/toolchain/paths";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-simulate-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const inFolder = (name: string) => path.join(folder, name);

function simulate(...args: string[]) {
  const main = path.join(PROJECT_DIR, "stacks", "simulate", "main.ts");
  const env = { ...process.env, npm_lifecycle_event: "simulate", INIT_CWD: folder };
  const options = { cwd: PROJECT_DIR, encoding: "utf8", env } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", main, ...args],
    options,
  );
  return { status, stdout, stderr };
}

fs.writeFileSync(
  inFolder("load.csv"),
  "timestamp,records_per_second\n2026-11-23T08:00:00Z,1000\n2026-11-23T09:00:00Z,3000\n",
);

test("a user's trace by its path, the file written where the user is: figures, no report, and twice the same", () => {
  const run = () =>
    simulate("--trace", inFolder("load.csv"), "--json", "figures.json", "--policy", "all");
  const { status, stdout } = run();
  expect(status).toBe(0);
  expect(stdout).toContain("│ policy");
  expect(stdout).toMatch(/Wrote figures\.json\n$/);
  expect(stdout).not.toContain("\u001b");
  const text = fs.readFileSync(inFolder("figures.json"), "utf8");
  const { policies, traces } = JSON.parse(text) as Record<string, Record<string, object>>;
  for (const figures of Object.values(policies ?? {})) {
    expect(Object.keys(figures)).toEqual(
      expect.arrayContaining([
        "slotHours",
        "violationMinutes",
        "worstLagSeconds",
        "rescales",
        "stoppedSeconds",
      ]),
    );
  }
  expect(Object.keys(policies ?? {})).toEqual(expect.arrayContaining(["flinktide", "oracle"]));
  expect(traces).toHaveLength(1);
  expect(text).not.toContain(folder);
  run();
  expect(fs.readFileSync(inFolder("figures.json"), "utf8")).toBe(text);
}, 60_000);

test("mistyped names end with 1, a suggestion and the list", () => {
  const { status, stderr, stdout } = simulate("--trace", "load.csv", "--policy", "oracel");
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    /^--policy oracel: there is none of this name; did you mean oracle\?\nThere are: all, flinktide, /,
  );
}, 60_000);

test("the list has every policy and trace; the help ends well", () => {
  const list = simulate("--list");
  expect(list.status).toBe(0);
  expect(list.stdout).toMatch(/^Policies \(--policy\):\n {2}flinktide +\S.*\n/);
  expect(list.stdout).toMatch(/\nTraces \(--family\):\n {2}daily-sine +A sine/);
  expect(simulate("--help")).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^Usage: npm run simulate/),
  });
}, 60_000);
