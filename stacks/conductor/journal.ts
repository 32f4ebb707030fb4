import * as fs from "node:fs/promises";
import * as path from "node:path";
import { syncFolder } from "../../infra/durable-file";
import { entrySchema, type Entry, type EntryOf } from "./journal-entry";

const NEWLINE = 0x0a;

/**
 * Appends to a journal: a file to which lines are only ever added, each an entry as JSON.
 *
 * Several processes may append at once: a line goes to the file in one write at its end (O_APPEND), which no other
 * write can part. One process appends in the order of the calls.
 */
export class Journal {
  private last: Promise<void> = Promise.resolve();
  private folderIsDurable = false;

  /** The file and its folder are made by the first append. */
  constructor(readonly file: string) {}

  /**
   * Resolves once the entry is on disk. Rejects with zod's error for what is no entry, and with the system's where
   * nothing can be written; entries after it are not affected.
   */
  async append(entry: Entry): Promise<void> {
    const line = JSON.stringify(entrySchema.parse(entry));
    const written = this.last.then(() => this.write(line));
    this.last = written.catch(() => undefined);
    await written;
  }

  private async write(line: string): Promise<void> {
    const folder = path.dirname(this.file);
    const firstMade = await fs.mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await fs.open(this.file, "a+", 0o600);
    try {
      // What comes after a line that a crash has torn begins a new one. Where another process is in the midst of a
      // write, this may also see a torn line: then an empty one comes of it, which readers pass over.
      const start = (await endsTorn(handle)) ? "\n" : "";
      const bytes = Buffer.from(`${start}${line}\n`);
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten < bytes.length) {
        throw new Error(`only ${bytesWritten} of ${bytes.length} bytes went to ${this.file}`);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (!this.folderIsDurable) await syncFolders(folder, firstMade);
    this.folderIsDurable = true;
  }
}

async function endsTorn(handle: fs.FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEWLINE;
}

/** Syncs a folder and, where folders were made, those above it up to the one that holds the first of them. */
async function syncFolders(folder: string, firstMade: string | undefined): Promise<void> {
  const top = firstMade === undefined ? folder : path.dirname(firstMade);
  for (let at = folder; ; at = path.dirname(at)) {
    await syncFolder(at);
    if (path.relative(at, top) === "") return;
  }
}

export interface JournalPart {
  /** Oldest first. */
  entries: Entry[];
  /** Lines among them that are torn, or that this version does not know. */
  unreadable: number;
}

/** Bytes that are read from the end first; doubled until they hold enough entries. */
const FIRST_READ = 64 * 1024;

/**
 * The entries of a journal, or the `last` so many, for which only the file's end is read. A missing file has none.
 * Lines that can't be read are counted and left out.
 */
export async function readJournal(
  file: string,
  { last = Infinity }: { last?: number } = {},
): Promise<JournalPart> {
  let handle: fs.FileHandle;
  try {
    handle = await fs.open(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { entries: [], unreadable: 0 };
    throw error;
  }
  try {
    const { size } = await handle.stat();
    let length = last === Infinity ? size : Math.min(size, FIRST_READ);
    for (;;) {
      const part = entriesOf(await linesAtEnd(handle, size, length), last);
      if (part.entries.length >= last || length >= size) return part;
      length = Math.min(size, length * 2);
    }
  } finally {
    await handle.close();
  }
}

/** The lines of the last `length` bytes; of what is not the whole file, without the first, which may be cut. */
async function linesAtEnd(
  handle: fs.FileHandle,
  size: number,
  length: number,
): Promise<readonly string[]> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const at = size - length + filled;
    const { bytesRead } = await handle.read(buffer, filled, length - filled, at);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  const lines = buffer.toString("utf8", 0, filled).split("\n");
  return length < size ? lines.slice(1) : lines;
}

function entriesOf(lines: readonly string[], last: number): JournalPart {
  const entries: Entry[] = [];
  let unreadable = 0;
  for (let i = lines.length - 1; i >= 0 && entries.length < last; i--) {
    const line = lines[i] ?? "";
    if (line === "") continue;
    const entry = entryOf(line);
    if (entry === undefined) unreadable += 1;
    else entries.push(entry);
  }
  return { entries: entries.reverse(), unreadable };
}

function entryOf(line: string): Entry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** The updates that began and have no end: under way, or their conductor died. Oldest first. */
export function unfinished(entries: readonly Entry[]): EntryOf<"act">[] {
  const ended = new Set(entries.flatMap((entry) => (entry.kind === "done" ? [entry.id] : [])));
  return entries.filter(
    (entry): entry is EntryOf<"act"> => entry.kind === "act" && !ended.has(entry.id),
  );
}
