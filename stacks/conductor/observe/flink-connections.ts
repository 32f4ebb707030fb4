import { Agent } from "node:http";
import { FlinkRestClient } from "../../../infra/flink/rest-client";
import { Gate } from "../gate";

/** Questions that are under way at once, over all tenants. */
const AT_ONCE = 32;
/** One that takes longer waits for somebody, and holds up no other. */
const SLOW_MS = 250;
const TIMEOUT_MS = 2_000;
/** Enough for a second try where a connection that was kept turns out to be closed. */
const PATIENCE_MS = 100;

/** Connections to the JobManagers of all tenants: kept open, and asked so many at a time. */
export class FlinkConnections {
  /** To each JobManager. */
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 2, maxFreeSockets: 2 });
  private readonly gate = new Gate(AT_ONCE);

  /** A client that gives up soon. */
  client(url: string): FlinkRestClient {
    return new FlinkRestClient(url, {
      timeoutMs: TIMEOUT_MS,
      patienceMs: PATIENCE_MS,
      agent: this.agent,
      through: (attempt) => this.through(attempt),
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private async through<T>(attempt: () => Promise<T>): Promise<T> {
    const begun = await this.gate.through(async () => {
      const answer = attempt();
      await settledWithin(answer, SLOW_MS);
      return { answer };
    });
    return begun.answer;
  }
}

/** Waits for an answer, whatever it is, but not longer than `ms`. */
function settledWithin(answer: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const settled = () => {
      clearTimeout(timer);
      resolve();
    };
    answer.then(settled, settled);
  });
}
