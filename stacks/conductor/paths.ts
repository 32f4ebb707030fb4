import * as path from "node:path";
import { stateDir } from "../../infra/toolchain/paths";

/**
 * Where the conductor of an environment keeps what must survive it.
 *
 * @param state the state folder that it was started with. @default this process's own
 */
export function conductorPaths(environment: string, state = stateDir()) {
  const folder = path.join(state, "conductor", environment);
  return {
    folder,
    /** Append-only, one line an entry. */
    journal: (tenant: string) => `${folder}/journal/${tenant}.jsonl`,
    /** Of the conductor itself. */
    ownJournal: `${folder}/conductor.jsonl`,
    /** What people have told it about a tenant. */
    orders: (tenant: string) => `${folder}/orders/${tenant}.json`,
    /** The newest ConductorView. */
    status: `${folder}/status.json`,
    /** A folder. */
    lease: `${folder}/lease`,
    /** What a person must show to change something on the page. */
    token: `${folder}/token`,
    /** Where Prometheus's container finds the metrics. */
    metricsSocket: `${folder}/metrics/conductor.sock`,
    /** Copies of the stack files, and the events of the updates. */
    work: (stack: string) => `${folder}/workspaces/${stack}`,
  };
}
