/** How soon it is noticed that the engine has gone, in milliseconds. */
const LOOK_MS = 1_000;

/**
 * Ends this process when the engine that started it is gone, killed for instance. What had begun is in the jobs'
 * journals, and the next update finishes it. Left alone, the process would stay for good: and as soon as it had
 * something to say, Pulumi's server would report, for ever, that it can't report that there is nobody to report to.
 */
export function endWithEngine(): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(1);
  }, LOOK_MS).unref();
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));
}
