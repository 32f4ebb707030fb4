import axios from "axios";
import { z } from "zod";
import { sleep, waitFor } from "../../infra/flink/wait";

const EVERY_MS = 250;
const TIMEOUT_MS = 2_000;

const bodySchema = z.object({ reason: z.string().optional() });

/** What the collector said at an instant; a status of 0: nothing answered. */
export interface HealthSample {
  atMs: number;
  ready: number;
  live: number;
  /** Why it is not ready. */
  reason: string;
}

/** Asks a collector's health four times a second, and keeps what it said. */
export class HealthWatch {
  readonly samples: HealthSample[] = [];
  private stopped = false;
  private readonly loop: Promise<void>;

  /** `url`: where its port 8080 is. */
  constructor(private readonly url: string) {
    this.loop = this.watch();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  /** Waits until it is ready, or is not for a reason that fits; gives the sample. Throws when the time is up. */
  async until(ready: boolean, seconds: number, reason = /./): Promise<HealthSample> {
    const from = this.samples.length;
    const fits = (one: HealthSample) =>
      ready ? one.ready === 200 : one.ready === 503 && reason.test(one.reason);
    const look = async () => this.samples.slice(from).find(fits);
    const found = await waitFor(look, seconds * 1000, 50);
    if (found !== undefined) return found;
    const last = JSON.stringify(this.samples.at(-1));
    throw new Error(`not ${ready ? "ready" : "unready"} within ${seconds} s; last: ${last}`);
  }

  /** When it was ready for the first time. Throws when the time is up. */
  async firstReadyMs(seconds: number): Promise<number> {
    const found = () => this.samples.find(({ ready }) => ready === 200)?.atMs;
    return found() ?? (await this.until(true, seconds)).atMs;
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      const [ready, live] = await Promise.all([
        this.ask("/health/ready"),
        this.ask("/health/live"),
      ]);
      const { status, reason } = ready;
      this.samples.push({ atMs: Date.now(), ready: status, live: live.status, reason });
      await sleep(EVERY_MS);
    }
  }

  private async ask(path: string): Promise<{ status: number; reason: string }> {
    try {
      const options = { timeout: TIMEOUT_MS, proxy: false as const, validateStatus: () => true };
      const { status, data } = await axios.get<unknown>(`${this.url}${path}`, options);
      const body = bodySchema.safeParse(data);
      return { status, reason: body.data?.reason ?? "" };
    } catch {
      return { status: 0, reason: "" };
    }
  }
}
