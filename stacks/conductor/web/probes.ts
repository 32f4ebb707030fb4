import { closeServer, createServer, listenOn } from "./listen";
import { answer, Refusal, reply, replyJson, type Route } from "./reply";

/** What a cluster asks of the conductor that runs in it. */
export interface Probed {
  /** Since the last round ended, ms; undefined before the first. */
  sinceRoundMs(): number | undefined;
  /** In Prometheus's text format. */
  metrics(): Promise<string>;
}

export interface ProbesServer {
  port: number;
  close(): Promise<void>;
}

/** A round ends within half a minute, whatever its tenants do. */
const STUCK_MS = 120_000;

/**
 * Serves `/healthz` (rounds go on), `/readyz` (there was one) and `/metrics`, and nothing else: every address of the
 * pod answers. Throws UserError where the port can't be had.
 */
export async function startProbes(
  port: number,
  probed: Probed,
  host = "0.0.0.0",
): Promise<ProbesServer> {
  const routes = routesOf(probed);
  const server = createServer((request, response) => void answer(routes, request, response));
  return { port: await listenOn(server, host, port), close: () => closeServer(server) };
}

function routesOf({ sinceRoundMs, metrics }: Probed): Route[] {
  return [
    {
      method: "GET",
      path: /^\/healthz$/,
      handle: ({ response }) => {
        const since = sinceRoundMs() ?? 0;
        if (since > STUCK_MS) throw new Refusal(503, `No round ended for ${seconds(since)} s.`);
        replyJson(response, 200, { ok: true });
      },
    },
    {
      method: "GET",
      path: /^\/readyz$/,
      handle: ({ response }) => {
        const since = sinceRoundMs();
        if (since === undefined) throw new Refusal(503, "The first round has not ended.");
        replyJson(response, 200, { sinceRoundSeconds: seconds(since) });
      },
    },
    {
      method: "GET",
      path: /^\/metrics$/,
      handle: async ({ response }) =>
        reply(response, 200, "text/plain; version=0.0.4; charset=utf-8", await metrics()),
    },
  ];
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
