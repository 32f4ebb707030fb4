import type { Scaler, Wish } from "../../policies/simulator/scaler";
import { sightOf, type Observation } from "./sight";

/** A cluster that can be looked at and changed. */
export interface Conducted {
  slotsPerTaskManager: number;
  /** Throws where it can't be observed now. */
  observe(): Promise<Observation>;
  /** One update, until it is done; `second` since the start. */
  act(wish: Wish, second: number): Promise<void>;
}

export interface ConductOptions {
  startMs: number;
  seconds: number;
  sleepUntil: (ms: number) => Promise<void>;
}

/**
 * Observes, lets the scaler decide and acts, as the simulator does: at fixed instants, one update at a time; a wish
 * that comes during an update is dropped. Gives the seconds at which the cluster could not be observed, in which
 * nothing was decided. Throws what an update threw.
 */
export async function conduct(
  scaler: Scaler,
  cluster: Conducted,
  { startMs, seconds, sleepUntil }: ConductOptions,
): Promise<number[]> {
  const unseen: number[] = [];
  let before = await cluster.observe();
  let update: Update | undefined;
  for (let second = scaler.everySeconds; second < seconds; second += scaler.everySeconds) {
    const nowMs = startMs + second * 1000;
    await sleepUntil(nowMs);
    if (update?.ended) {
      await update.work;
      update = undefined;
    }
    const now = await cluster.observe().catch(() => undefined);
    if (now === undefined) {
      unseen.push(second);
      continue;
    }
    const { taskManagers } = update?.wish ?? {};
    const sight = sightOf(before, now, taskManagers, cluster.slotsPerTaskManager);
    before = now;
    const wish = scaler.decide({ ...sight, nowMs });
    if (wish !== undefined && update === undefined) update = new Update(wish, cluster, second);
  }
  await update?.work;
  return unseen;
}

class Update {
  ended = false;
  readonly work: Promise<void>;

  constructor(
    readonly wish: Wish,
    cluster: Conducted,
    second: number,
  ) {
    this.work = cluster.act(wish, second).finally(() => (this.ended = true));
    // It is awaited at the next instant; until then a failure is no unhandled one.
    this.work.catch(() => undefined);
  }
}
