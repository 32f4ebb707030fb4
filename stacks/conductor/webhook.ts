import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import axios from "axios";
import { UserError } from "../../infra/errors";
import { say } from "../../infra/progress";
import { problemsOf } from "../../policies/problem";
import { SIGNATURE_HEADER, signatureOf, TIMESTAMP_HEADER } from "./webhook-signature";
import { webhookUrl } from "./webhook-url";

/** A change of an alert, as it is posted. */
export interface AlertPost {
  tenant: string;
  /** `AlertChange.alert`. */
  alert: string;
  state: "firing" | "resolved";
  sentence: string;
  /** ISO 8601 in UTC. */
  at: string;
}

export interface WebhookOptions {
  url: string;
  environment: string;
  /** Left out: posts are not signed. */
  secret?: string;
  /** For one try. @default 5000 */
  timeoutMs?: number;
  retries?: {
    /** Pauses before the second try, the third and so on; the last one is repeated. @default 1, 5, 25, 125 s */
    pausesMs: readonly number[];
    /** A post is given up once it is so old, but has one try at least. @default 10 minutes */
    forMs: number;
  };
  /** Is told what could not be posted. @default standard error */
  say?: (sentence: string) => void;
}

const RETRIES = { pausesMs: [1_000, 5_000, 25_000, 125_000], forMs: 600_000 };
const TIMEOUT_MS = 5_000;
/** Posts that wait; the oldest is dropped for one more. */
const QUEUE = 100;

interface Waiting {
  body: string;
  what: string;
  sinceMs: number;
}

/** Posts alerts one after the other, in their order and beside everything else. The URL is never printed: it may be secret. */
export class Webhook {
  private readonly queue: Waiting[] = [];
  private readonly options: Required<Omit<WebhookOptions, "secret">> & { secret?: string };
  private working: Promise<void> | undefined;
  private readonly stop = new AbortController();

  /** Throws UserError where the URL is none. */
  constructor({ timeoutMs = TIMEOUT_MS, retries = RETRIES, ...options }: WebhookOptions) {
    const url = webhookUrl.safeParse(options.url);
    if (!url.success) {
      const problems = problemsOf(url.error, options.url, "alerts.webhook");
      throw new UserError("Alerts can't be posted:", problems);
    }
    this.options = { say, ...options, timeoutMs, retries };
  }

  /** Takes an alert to be posted, and returns at once. */
  send(alert: AlertPost): void {
    if (this.stop.signal.aborted) return;
    const { environment } = this.options;
    this.queue.push({
      body: JSON.stringify({ version: 1, environment, ...alert, id: randomUUID() }),
      what: `${alert.state} alert ${alert.alert} of ${alert.tenant}`,
      sinceMs: performance.now(),
    });
    const dropped = this.queue.length > QUEUE ? this.queue.shift() : undefined;
    if (dropped) this.giveUp(dropped, `more than ${QUEUE} wait`);
    this.working ??= this.work();
  }

  /** Resolves once nothing waits. */
  async idle(): Promise<void> {
    await this.working;
  }

  /** Ends a try that is under way and gives up what waits. */
  async close(): Promise<void> {
    this.stop.abort();
    await this.working;
    for (const post of this.queue.splice(0)) this.giveUp(post, "the conductor ends");
  }

  private async work(): Promise<void> {
    while (!this.stop.signal.aborted) {
      const post = this.queue.shift();
      if (post === undefined) break;
      await this.deliver(post);
    }
    this.working = undefined;
  }

  private async deliver(post: Waiting): Promise<void> {
    const { pausesMs, forMs } = this.options.retries;
    for (let tries = 0; ; tries++) {
      const failure = await this.try(post);
      if (failure === undefined) return;
      const waitMs = pausesMs[Math.min(tries, pausesMs.length - 1)] ?? 0;
      const isLast = !failure.isPassing || performance.now() - post.sinceMs + waitMs > forMs;
      if (isLast) return this.giveUp(post, `${failure.why}; tries: ${tries + 1}`);
      await pause(waitMs, undefined, { signal: this.stop.signal }).catch(() => undefined);
      if (this.stop.signal.aborted) return this.giveUp(post, "the conductor ends");
    }
  }

  /** Why it failed, and whether it may succeed later; undefined where it succeeded. */
  private async try({ body }: Waiting): Promise<{ why: string; isPassing: boolean } | undefined> {
    const limit = new AbortController();
    const abort = () => limit.abort();
    const timer = setTimeout(abort, this.options.timeoutMs);
    this.stop.signal.addEventListener("abort", abort);
    try {
      const { status, data } = await axios.post<NodeJS.ReadableStream & { destroy(): void }>(
        this.options.url,
        body,
        {
          ...{ headers: this.headers(body), signal: limit.signal, responseType: "stream" },
          ...{ maxRedirects: 0, proxy: false, validateStatus: () => true },
        },
      );
      data.destroy();
      if (status >= 200 && status < 300) return undefined;
      const isPassing = status >= 500 || status === 408 || status === 429;
      return { why: `the receiver answers with status ${status}`, isPassing };
    } catch (error) {
      const why = limit.signal.aborted ? "the receiver does not answer" : reasonOf(error);
      return { why, isPassing: true };
    } finally {
      clearTimeout(timer);
      this.stop.signal.removeEventListener("abort", abort);
    }
  }

  /** Made anew for each try: a receiver refuses old ones. */
  private headers(body: string): Record<string, string> {
    const { secret } = this.options;
    const timestamp = Math.floor(Date.now() / 1000).toString();
    const headers = { "Content-Type": "application/json", [TIMESTAMP_HEADER]: timestamp };
    if (secret === undefined) return headers;
    return { ...headers, [SIGNATURE_HEADER]: signatureOf(secret, timestamp, body) };
  }

  private giveUp({ what }: Waiting, why: string): void {
    this.options.say(`The ${what} was not posted: ${why}.`);
  }
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return `the receiver can't be reached (${typeof code === "string" ? code : "no reason given"})`;
}
