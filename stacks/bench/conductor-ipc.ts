import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";

/** A process of a measurement, which answers one question at a time. */
export class Helper<Question extends object, Answer> {
  private constructor(
    private readonly child: ChildProcess,
    private readonly log: string,
  ) {}

  /** Starts an entry point that calls `answerQuestions`; what it says goes to the file `log`. */
  static start<Question extends object, Answer>(
    entry: string,
    { env, log, flags = [] }: { env: Record<string, string>; log: string; flags?: string[] },
  ): Helper<Question, Answer> {
    const stderr = fs.openSync(log, "a");
    const child = fork(entry, [], {
      ...{ execArgv: ["--import", "tsx", ...flags], env: { ...process.env, ...env } },
      stdio: ["ignore", "inherit", stderr, "ipc"],
    });
    fs.closeSync(stderr);
    return new Helper(child, log);
  }

  /** Rejects where the process ends, or says that it failed. */
  async ask(question: Question): Promise<Answer> {
    const done = new AbortController();
    const { signal } = done;
    const ended = once(this.child, "exit", { signal }).then(([code]) => {
      const said = fs.readFileSync(this.log, "utf8").slice(-2000);
      throw new Error(`a process of the measurement ended with code ${code}: ${said}`);
    });
    const answered = once(this.child, "message", { signal }) as Promise<
      [{ answer: Answer } | { error: string }]
    >;
    this.child.send(question);
    try {
      const [reply] = await Promise.race([answered, ended]);
      if ("error" in reply) throw new Error(reply.error);
      return reply.answer;
    } finally {
      done.abort();
      ended.catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.disconnect();
    await ended;
  }
}

/** Answers what the parent asks, until it lets go; then `end` is called. */
export function answerQuestions<Question extends object>(
  answer: (question: Question) => Promise<unknown>,
  end: () => Promise<void>,
): void {
  process.on("message", (question: Question) => {
    answer(question).then(
      (value) => process.send?.({ answer: value }),
      (error: Error) => process.send?.({ error: error.stack ?? error.message }),
    );
  });
  process.on("disconnect", () => void end().finally(() => process.exit()));
}
