import { createColors } from "picocolors";

/** Colours only where somebody looks; picocolors alone would also colour a CI's log. */
const pc = createColors(Boolean(process.stderr.isTTY) && process.env.NO_COLOR === undefined);

/** Seconds between two lines that say a long step is still going on. */
const HEARTBEAT_SECONDS = 15;

/** Prints to standard error, so that standard output stays for results. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a step that may take long: says that it starts, that it goes on (every 15 s), and how long it took.
 */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const seconds = () => ((Date.now() - started) / 1000).toFixed(0);
  say(`${pc.cyan("..")} ${title}`);
  const beat = setInterval(
    () => say(`   ${pc.dim(`${title}: ${seconds()} s`)}`),
    HEARTBEAT_SECONDS * 1000,
  );
  try {
    const result = await work();
    say(`${pc.green("ok")} ${title} ${pc.dim(`(${seconds()} s)`)}`);
    return result;
  } catch (error) {
    say(`${pc.red("!!")} ${title} ${pc.dim(`(failed after ${seconds()} s)`)}`);
    throw error;
  } finally {
    clearInterval(beat);
  }
}
