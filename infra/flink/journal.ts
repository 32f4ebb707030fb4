import * as fs from "node:fs/promises";
import * as path from "node:path";
import { lock } from "proper-lockfile";
import { z } from "zod";
import { syncFolder, writeDurably } from "../durable-file";
import { UserError } from "../errors";

/** What a submission runs; two submissions with an equal spec need no restart. */
export const jobSpecSchema = z.strictObject({
  jarSha256: z.string(),
  entryClass: z.string(),
  args: z.array(z.string()),
  parallelism: z.int().positive(),
});
export type RunningSpec = z.output<typeof jobSpecSchema>;

/** A restart that has begun. It is on disk before the step that it names is taken. */
export const transitionSchema = z.discriminatedUnion("step", [
  /** The old job is being stopped with a savepoint, or cancelled where it can't run; it may still be there. */
  z.strictObject({ step: z.literal("stopping") }),
  /** No job runs; the next one starts from `snapshot`, or afresh where nothing was ever checkpointed. */
  z.strictObject({ step: z.literal("stopped"), snapshot: z.string().optional() }),
  /**
   * The job of this id is being submitted; it may exist already, or appear later, while the id is used again until
   * it does. `spec` is absent where two requests under the id differ, so that it is open which one is taken.
   */
  z.strictObject({
    step: z.literal("submitting"),
    jobId: z.string(),
    spec: jobSpecSchema.optional(),
    snapshot: z.string().optional(),
  }),
]);
export type Transition = z.output<typeof transitionSchema>;
export type Submission = Extract<Transition, { step: "submitting" }>;

export const journalSchema = z.strictObject({
  /** Names the unbroken history of state; part of the job's transactional ids and savepoint folder. */
  lineage: z.string(),
  /** Ids of the jobs of this lineage, newest last. */
  jobIds: z.array(z.string()),
  /** What the newest job runs. */
  spec: jobSpecSchema.optional(),
  /** The snapshot that the newest job started from; absent after a fresh start. */
  snapshot: z.string().optional(),
  transition: transitionSchema.optional(),
});
export type Journal = z.output<typeof journalSchema>;

/** One job's durable progress, wherever it is kept. */
export interface JournalStore {
  /** undefined where the job was never submitted. Throws UserError for what isn't a journal. */
  load(): Promise<Journal | undefined>;
  /** All of it is durable once it returns; after a crash there is what was before, or all of it. */
  save(journal: Journal): Promise<void>;
  /**
   * Puts the journal of a job that is no more beside its old place, under its lineage, so that a job made anew
   * starts afresh and nothing is forgotten. Gives the archive's place.
   */
  archive(journal: Journal): Promise<string>;
  /**
   * Waits for another process that works on the same job; one that died loses its hold after some seconds.
   * Throws UserError when the other one does not finish in time.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/** How long another process that works on the same job is waited for. */
export const JOURNAL_WAIT_SECONDS = 150;

/** Throws UserError for a text that isn't a journal; `place`: what it was read from. */
export function parseJournal(text: string, place: string): Journal {
  try {
    return journalSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(
      `The job journal ${place} can't be read: ${error instanceof Error ? error.message : error}. ` +
        "Fix: restore it from a backup, or move it away to start the job without its state.",
    );
  }
}

export function printJournal(journal: Journal): string {
  return `${JSON.stringify(journalSchema.parse(journal), null, 2)}\n`;
}

/** Another process holds the journal for too long. */
export function journalBusy(place: string, waitSeconds: number): UserError {
  return new UserError(
    `Another process has worked on the job of ${place} for more than ${waitSeconds} s. ` +
      "Fix: wait until that update has ended, then run again.",
  );
}

const LOCK_STALE_MS = 5_000;

/** A JSON file, replaced atomically and synced. */
export class JournalFile implements JournalStore {
  /** `waitSeconds`: how long another process that works on the same job is waited for. */
  constructor(
    readonly file: string,
    private readonly waitSeconds = JOURNAL_WAIT_SECONDS,
  ) {}

  async load(): Promise<Journal | undefined> {
    let text: string;
    try {
      text = await fs.readFile(this.file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    return parseJournal(text, this.file);
  }

  async save(journal: Journal): Promise<void> {
    await writeDurably(this.file, printJournal(journal));
  }

  async archive(journal: Journal): Promise<string> {
    await this.save(journal);
    const archive = this.file.replace(/(\.json)?$/, `.${journal.lineage}.retired.json`);
    await fs.rename(this.file, archive);
    await syncFolder(path.dirname(this.file));
    return archive;
  }

  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    await fs.mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
    const release = await this.acquire();
    try {
      return await work();
    } finally {
      await release();
    }
  }

  private async acquire(): Promise<() => Promise<void>> {
    const retries = { retries: this.waitSeconds * 2, factor: 1, minTimeout: 500, maxTimeout: 500 };
    const options = { realpath: false, stale: LOCK_STALE_MS, update: 1_000, retries };
    try {
      return await lock(this.file, options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
      throw journalBusy(this.file, this.waitSeconds);
    }
  }
}
