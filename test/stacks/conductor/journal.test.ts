import * as fc from "fast-check";
import { spawn } from "node:child_process";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { PROJECT_DIR } from "../../../infra/toolchain/paths";
import { Journal, readJournal, unfinished } from "../../../stacks/conductor/journal";
import type { Entry } from "../../../stacks/conductor/journal-entry";
import { act, at, done, pauseEntry } from "./narrated";

let folder: string;
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), "flinktide-journal-"));
});
afterAll(() => fs.rm(folder, { recursive: true }));
let files = 0;
const newFile = () => path.join(folder, `journal-${(files += 1)}.jsonl`);

const told = (sentence: string): Entry => ({ kind: "conductor", at: at("09:00:00"), sentence });
const lineOf = (entry: Entry) => `${JSON.stringify(entry)}\n`;

/** Everything that could part or spoil a line: breaks, quotes, letters of several bytes, half of a pair. */
const sentences = fc.string({ unit: "binary", maxLength: 30 });
const entries = fc.array(
  fc.oneof(
    sentences.map(told),
    fc
      .record({ reason: sentences })
      .map(({ reason }): Entry => ({ kind: "skipped", at: at("09:00:00"), reason })),
    fc.constantFrom<Entry>(act("a", "09:00:00"), done("a", "09:00:08"), pauseEntry),
  ),
  { maxLength: 6 },
);

test("what is appended is read, in the order of the calls; one line each", async () => {
  const file = path.join(folder, "of", "tenants", "acme.jsonl");
  const journal = new Journal(file);
  const all = [act("a", "09:00:00"), done("a", "09:00:08"), pauseEntry, told("a\nb\u2028c")];
  await Promise.all(all.map((entry) => journal.append(entry)));
  expect(await readJournal(file)).toEqual({ entries: all, unreadable: 0 });
  expect((await fs.readFile(file, "utf8")).split("\n").map((line) => line !== "")).toEqual([
    ...all.map(() => true),
    false,
  ]);
  expect((await fs.stat(file)).mode & 0o777).toBe(0o600);
});

test("a missing file has no entries", async () => {
  expect(await readJournal(newFile())).toEqual({ entries: [], unreadable: 0 });
  expect(await readJournal(newFile(), { last: 3 })).toEqual({ entries: [], unreadable: 0 });
});

test("what is no entry is refused and not written, and what comes after it is", async () => {
  const file = newFile();
  const journal = new Journal(file);
  const bad = { ...pauseEntry, at: "yesterday" };
  await expect(journal.append(bad)).rejects.toThrow("at");
  await journal.append(pauseEntry);
  expect(await readJournal(file)).toEqual({ entries: [pauseEntry], unreadable: 0 });
});

test("a failed write is told, and the next append goes through", async () => {
  const file = newFile();
  const journal = new Journal(file);
  await fs.mkdir(file);
  const failed = journal.append(pauseEntry);
  await expect(failed).rejects.toThrow("EISDIR");
  await fs.rmdir(file);
  await journal.append(pauseEntry);
  expect((await readJournal(file)).entries).toEqual([pauseEntry]);
});

test("torn and unknown lines are counted and left out, empty ones are not counted", async () => {
  const file = newFile();
  const unknown = JSON.stringify({ kind: "dreamt", at: at("09:00:00") });
  const text = [lineOf(pauseEntry), "\n", unknown, "\n", "\0\0\0\n", lineOf(told("b")), '{"kind'];
  await fs.writeFile(file, text.join(""));
  expect(await readJournal(file)).toEqual({ entries: [pauseEntry, told("b")], unreadable: 3 });
  expect(await readJournal(file, { last: 1 })).toEqual({ entries: [told("b")], unreadable: 1 });
});

test("any prefix of a journal's bytes reads as a prefix of its entries; what is appended then is not lost", async () => {
  const file = newFile();
  await fc.assert(
    fc.asyncProperty(entries, fc.double({ min: 0, max: 1, noNaN: true }), async (all, share) => {
      await fs.rm(file, { force: true });
      const journal = new Journal(file);
      for (const entry of all) await journal.append(entry);
      const bytes = all.length === 0 ? Buffer.alloc(0) : await fs.readFile(file);
      const kept = bytes.subarray(0, Math.round(share * bytes.length));
      await fs.writeFile(file, kept);
      const torn = await readJournal(file);
      expect(torn.entries).toEqual(all.slice(0, torn.entries.length));
      const whole = kept.filter((byte) => byte === 0x0a).length;
      expect(torn.entries.length).toBeGreaterThanOrEqual(whole);
      expect(torn.unreadable).toBeLessThanOrEqual(1);
      const later = [told("one"), told("two")];
      for (const entry of later) await new Journal(file).append(entry);
      expect(await readJournal(file)).toEqual({
        entries: [...torn.entries, ...later],
        unreadable: torn.unreadable,
      });
    }),
    { numRuns: 100 },
  );
});

test("the control of it: an append that does not look for a torn line loses its entry", async () => {
  const file = newFile();
  await fs.writeFile(file, lineOf(told("a")).slice(0, -5));
  await fs.appendFile(file, lineOf(told("b")));
  expect(await readJournal(file)).toEqual({ entries: [], unreadable: 1 });
});

test("the last so many are the end of all, however long the lines are", async () => {
  const file = newFile();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 0, max: 9 }),
      async (lengths, last) => {
        const all = lengths.map((length, i) => told(`${i}${"é".repeat(length)}`));
        await fs.writeFile(file, all.map(lineOf).join(""));
        const { entries: read, unreadable } = await readJournal(file, { last });
        expect(unreadable).toBe(0);
        expect(read.map(lineOf)).toEqual(
          all.slice(all.length - Math.min(last, all.length)).map(lineOf),
        );
      },
    ),
    { numRuns: 60 },
  );
});

/** What every open file's methods come from. */
async function handles(): Promise<fs.FileHandle> {
  const handle = await fs.open(__filename);
  await handle.close();
  return Object.getPrototypeOf(handle) as fs.FileHandle;
}

test("of a long journal only the end is read", async () => {
  const file = newFile();
  const all = Array.from({ length: 20_000 }, (_, i) => told(`number ${i}`));
  await fs.writeFile(file, all.map(lineOf).join(""));
  const read = jest.spyOn(await handles(), "read");
  try {
    expect((await readJournal(file, { last: 10 })).entries).toEqual(all.slice(-10));
    const calls = read.mock.calls as unknown as [Buffer, number, number][];
    expect(calls.map(([, , length]) => length)).toEqual([65_536]);
  } finally {
    read.mockRestore();
  }
});

test("an append resolves after the line, the file and its new folders are synced", async () => {
  const file = path.join(newFile(), "deep", "acme.jsonl");
  const journal = new Journal(file);
  const sizes: number[] = [];
  const prototype = await handles();
  const sync = prototype.sync;
  const spy = jest.spyOn(prototype, "sync").mockImplementation(async function (
    this: fs.FileHandle,
  ) {
    sizes.push((await fs.stat(file)).size);
    await sync.call(this);
  });
  try {
    await journal.append(pauseEntry);
    const line = lineOf(pauseEntry).length;
    // The file, its folder, the folder above, and the one that was there.
    expect(sizes).toEqual([line, line, line, line]);
    await journal.append(pauseEntry);
    expect(sizes.slice(4)).toEqual([2 * line]);
  } finally {
    spy.mockRestore();
  }
});

test("two processes that append at once lose and part nothing", async () => {
  const file = newFile();
  const each = 40;
  const script = path.join(folder, "append.ts");
  const module = path.join(PROJECT_DIR, "stacks", "conductor", "journal.ts");
  await fs.writeFile(
    script,
    `import { Journal } from ${JSON.stringify(module)};
     const journal = new Journal(${JSON.stringify(file)});
     const sentence = (i: number) => process.argv[2] + i + " " + "x".repeat(20_000);
     const all = Array.from({ length: ${each} }, (_, i) =>
       journal.append({ kind: "conductor", at: "2026-11-23T01:00:00.000Z", sentence: sentence(i) }));
     void Promise.all(all);`,
  );
  const codes = await Promise.all(["a", "b"].map((name) => run(script, name)));
  expect(codes).toEqual([0, 0]);
  const { entries: all, unreadable } = await readJournal(file);
  expect([all.length, unreadable]).toEqual([2 * each, 0]);
  for (const name of ["a", "b"]) {
    const own = all.flatMap((e) =>
      e.kind === "conductor" && e.sentence.startsWith(name) ? [e] : [],
    );
    expect(own.map(({ sentence }) => Number.parseInt(sentence.slice(1)))).toEqual(
      Array.from({ length: each }, (_, i) => i),
    );
  }
}, 60_000);

function run(script: string, name: string): Promise<number | null> {
  const options = { cwd: PROJECT_DIR, stdio: "inherit" } as const;
  const child = spawn(process.execPath, ["--import", "tsx", script, name], options);
  return new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
}

test("unfinished are the acts that have no done of their id", () => {
  const [a, b, c] = [act("a", "09:00:00"), act("b", "09:10:00"), act("c", "09:20:00")];
  expect(unfinished([a, done("a", "09:00:09"), b, pauseEntry, c])).toEqual([b, c]);
  expect(unfinished([a, done("a", "09:00:09", { ok: false })])).toEqual([]);
  expect(unfinished([])).toEqual([]);
});
