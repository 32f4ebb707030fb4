import { UserError } from "../../infra/errors";
import { parseObjectUrl, type ObjectName } from "../../infra/kubernetes/object-url";
import { stacksFolder } from "./catalog";
import { COMMANDS_HELP } from "./commands";

export const HELP = `Usage: npm run conductor -- [--env dev] [--once] [--dry-run] [--tenant NAME]...
       npm run conductor -- COMMAND --help

Keeps every tenant of an environment at the capacity that its windows and its load ask for: observes every 5 s and
before each window opens, decides, and runs pulumi up where something has to change. One conductor acts for an
environment; a second one stands by. Ctrl-C or SIGTERM waits for the updates that run.

  --env NAME       the platform's stack                                   [dev]
  --once           one look and what follows from it, then ends
  --dry-run        says what it would do and touches nothing
  --tenant NAME    only this tenant; may be given several times
  --port N         of the page and the metrics on 127.0.0.1; 0: none      [7070]
  --probes PORT    serves /healthz, /readyz and /metrics on every address, for a cluster    [none]
  --stacks FOLDER  where the stack files are              [CONDUCTOR_STACKS, else the project]
  --lease PLACE    what lets one conductor act: kubernetes://NAMESPACE/NAME, a Lease for
                   conductors on several machines                         [a folder of this machine]
  --help           this text

Commands, beside a running conductor or without one:
${COMMANDS_HELP}
`;

export const OPTIONS = {
  env: { type: "string", default: "dev" },
  once: { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
  tenant: { type: "string", multiple: true },
  port: { type: "string", default: "7070" },
  probes: { type: "string" },
  stacks: { type: "string" },
  lease: { type: "string" },
} as const;

export interface Settings {
  environment: string;
  once: boolean;
  dryRun: boolean;
  only?: string[];
  /** undefined: no page. */
  port?: number;
  /** undefined: no probes. */
  probes?: number;
  folder: string;
  /** A Lease in a cluster; undefined: a folder of this machine. */
  lease?: ObjectName;
}

export interface RawOptions {
  env?: string;
  once?: boolean;
  "dry-run"?: boolean;
  tenant?: string[];
  port?: string;
  probes?: string;
  stacks?: string;
  lease?: string;
}

/** Throws UserError for a value that can't be. */
export function settingsFrom(raw: RawOptions): Settings {
  const { env = "dev", port = "7070", probes, tenant, lease } = raw;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(env)) {
    throw new UserError(`--env ${env} is not the name of a stack. Fix: give one such as dev.`);
  }
  const number = Number(port);
  if (!/^\d+$/.test(port) || number > 65535) {
    throw new UserError(`--port ${port} is not a port. Fix: give 1024 to 65535, or 0 for no page.`);
  }
  if (probes !== undefined && (!/^\d+$/.test(probes) || +probes < 1 || +probes > 65535)) {
    throw new UserError(`--probes ${probes} is not a port. Fix: give 1 to 65535.`);
  }
  return {
    environment: env,
    once: raw.once ?? false,
    dryRun: raw["dry-run"] ?? false,
    ...(tenant === undefined ? {} : { only: tenant }),
    ...(number === 0 ? {} : { port: number }),
    ...(probes === undefined ? {} : { probes: Number(probes) }),
    folder: raw.stacks ?? stacksFolder(),
    ...(lease === undefined ? {} : { lease: parseObjectUrl(lease, "the lease") }),
  };
}
