import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as fsp from "node:fs/promises";
import { once } from "node:events";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../../../infra/errors";
import { JournalFile, type Journal } from "../../../infra/flink/journal";

let folder: string;
let file: JournalFile;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-journal-"));
  file = new JournalFile(path.join(folder, "deep", "job.json"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const journal: Journal = {
  lineage: "1a2b",
  jobIds: ["j1"],
  spec: { jarSha256: "s", entryClass: "Main", args: ["x"], parallelism: 2 },
  transition: { step: "stopped", snapshot: "file:///s/1" },
};
const saved = (what: Journal = journal) => file.exclusively(() => file.save(what));

it("a journal that was never written is undefined", async () => {
  expect(await file.load()).toBeUndefined();
});

it("what was saved is loaded, by its owner only", async () => {
  await saved();
  expect(await file.load()).toEqual(journal);
  expect(fs.statSync(file.file).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(path.dirname(file.file))).toEqual(["job.json"]);
});

it("is synced before it takes the old one's place", async () => {
  await saved();
  const order: string[] = [];
  const open = fsp.open;
  const handle = await open(file.file, "r");
  const sync = jest.spyOn(Object.getPrototypeOf(handle) as fsp.FileHandle, "sync");
  sync.mockImplementation(async () => {
    order.push(`synced while the file holds ${(await file.load())?.lineage}`);
  });
  try {
    await file.save({ ...journal, lineage: "new" });
  } finally {
    sync.mockRestore();
    await handle.close();
  }
  expect(order).toEqual(["synced while the file holds 1a2b", "synced while the file holds new"]);
});

it("a write that fails leaves the old journal whole", async () => {
  await saved();
  await expect(saved({ ...journal, jobIds: [1] } as never)).rejects.toThrow();
  expect(await file.load()).toEqual(journal);
});

it.each(["", "{", '{"lineage":"x"}', '{"lineage":"x","jobIds":[],"more":1}'])(
  "a file of %j is refused with what to do",
  async (text) => {
    await saved();
    fs.writeFileSync(file.file, text);
    await expect(file.load()).rejects.toThrow(UserError);
    await expect(file.load()).rejects.toThrow(/job\.json can't be read.*Fix: restore it/s);
  },
);

it("an archive makes room for a new job and keeps the old ones apart", async () => {
  await saved();
  const first = await file.archive(journal);
  expect(await file.load()).toBeUndefined();
  await saved({ ...journal, lineage: "3c4d" });
  const second = await file.archive({ ...journal, lineage: "3c4d" });
  expect([first, second].map((name) => path.basename(name))).toEqual([
    "job.1a2b.retired.json",
    "job.3c4d.retired.json",
  ]);
  expect(await new JournalFile(first).load()).toEqual(journal);
});

it("a second one waits until the first has finished", async () => {
  const order: string[] = [];
  let free = (): void => undefined;
  const held = new Promise<void>((resolve) => (free = resolve));
  const first = file.exclusively(async () => {
    order.push("first");
    await held;
    order.push("first done");
  });
  while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const second = file.exclusively(async () => void order.push("second"));
  free();
  await Promise.all([first, second]);
  expect(order).toEqual(["first", "first done", "second"]);
});

it("one that is waited for too long is a clear error", async () => {
  const impatient = new JournalFile(file.file, 1);
  await file.exclusively(() =>
    expect(impatient.exclusively(async () => undefined)).rejects.toThrow(
      "Another process has worked on the job",
    ),
  );
});

it("the lock is free again after a failure", async () => {
  await expect(file.exclusively(() => Promise.reject(new Error("boom")))).rejects.toThrow("boom");
  await expect(file.exclusively(async () => "in")).resolves.toBe("in");
});

it("the lock of a process that was killed is taken over", async () => {
  fs.mkdirSync(path.dirname(file.file));
  const hold = `require("proper-lockfile").lock(${JSON.stringify(file.file)}, { realpath: false, stale: 5000, update: 1000 })
    .then(() => console.log("held")); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ["-e", hold], { cwd: process.cwd() });
  await once(holder.stdout, "data");
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await expect(file.exclusively(async () => "in")).resolves.toBe("in");
}, 30_000);
