import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  breakingStack,
  keepingStack,
  runningJournal,
  SAID_OF_BREAKING,
} from "../../support/guarded-stacks";
import { RunningPack } from "../../support/policy-pack";

const MINUTES = 60_000;

jest.setTimeout(5 * MINUTES);

let pack: RunningPack;
let folder: string;
let journal: string;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-pack-"));
  journal = path.join(folder, "journal.json");
  fs.writeFileSync(journal, runningJournal());
  pack = new RunningPack("infra/guardrails");
  await pack.ready();
}, 10 * MINUTES);

afterAll(() => {
  pack?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

it("says nothing of a stack that keeps every rule", async () => {
  expect(await pack.check(keepingStack(journal))).toEqual([]);
});

it("says of one that breaks them what is wrong, each rule for itself", async () => {
  const said = await pack.check(breakingStack(journal));
  expect(said.map(({ policy }) => policy)).toEqual(SAID_OF_BREAKING.map(([rule]) => rule));
  for (const [i, [, text]] of SAID_OF_BREAKING.entries()) expect(said[i]?.message).toContain(text);
});

it("lets a job that has no state yet have any maximum parallelism", async () => {
  const said = await pack.check(breakingStack(path.join(folder, "none.json")));
  expect(said.map(({ policy }) => policy)).not.toContain("max-parallelism-kept");
});
