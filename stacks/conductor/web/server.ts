import type { ServerResponse } from "node:http";
import { UserError } from "../../../infra/errors";
import type { ConductorView } from "../tenant-view";
import { createEvents, type ViewSource } from "./events";
import { requireOwnHost, requireSameOrigin, requireToken } from "./guard";
import type { HistoryPoint } from "./history-point";
import { closeServer, createServer, listenOn, listenOnSocket } from "./listen";
import { readOrderRequest, type OrderRequest } from "./order-request";
import { renderConductorPage } from "./page";
import { answer, refuse, Refusal, reply, replyJson, type Call, type Route } from "./reply";

export interface ServerOptions extends ViewSource {
  /** @default 127.0.0.1, which only this machine reaches */
  host?: string;
  /** 0 for any that is free. */
  port: number;
  /** What a person must show to change something. */
  token: string;
  /** The last day of a tenant, oldest first. */
  history(tenant: string): HistoryPoint[];
  /** Carries an order out. A UserError that it throws is told to who ordered. */
  order(request: OrderRequest): Promise<void>;
  /** In Prometheus's text format. */
  metrics(): Promise<string>;
  /** A Unix socket that serves the metrics and nothing else. @default none */
  metricsSocket?: string;
}

export interface WebServer {
  /** Of the page, such as `http://127.0.0.1:8090`. */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the page, its data and the metrics. Everybody who reaches it may look; orders need the token. Throws
 * UserError where the port or the socket can't be had, and then listens nowhere.
 */
export async function startServer(options: ServerOptions): Promise<WebServer> {
  const { host = "127.0.0.1", metricsSocket } = options;
  const events = createEvents(options);
  const routes = routesOf(options, events.add);
  const web = createServer((request, response) => {
    try {
      requireOwnHost(request, host);
    } catch (error) {
      return refuse(response, error);
    }
    void answer(routes, request, response);
  });
  const metricsOnly = [metricsRoute(options)];
  const socket = createServer((request, response) => void answer(metricsOnly, request, response));
  const close = async () => {
    events.close();
    await Promise.all([closeServer(web), closeServer(socket)]);
  };
  try {
    const port = await listenOn(web, host, options.port);
    if (metricsSocket !== undefined) await listenOnSocket(socket, metricsSocket);
    return { url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function routesOf(options: ServerOptions, addListener: (...call: EventCall) => void): Route[] {
  const page = renderConductorPage();
  return [
    {
      method: "GET",
      path: /^\/$/,
      handle: ({ response }) => {
        const policy = `${page.policy}; frame-ancestors 'none'`;
        const headers = { "Content-Security-Policy": policy };
        reply(response, 200, "text/html; charset=utf-8", page.html, headers);
      },
    },
    {
      method: "GET",
      path: /^\/events$/,
      handle: ({ request, response }) => addListener(request, response),
    },
    {
      method: "GET",
      path: /^\/api\/view$/,
      handle: ({ response }) => replyJson(response, 200, viewOf(options)),
    },
    {
      method: "GET",
      path: /^\/api\/tenants\/([^/]+)\/history$/,
      handle: ({ response, parts: [tenant = ""] }) => {
        requireTenant(options, tenant);
        replyJson(response, 200, options.history(tenant));
      },
    },
    {
      method: "POST",
      path: /^\/api\/tenants\/([^/]+)\/(pause|resume|hold)$/,
      handle: (call) => takeOrder(options, call),
    },
    {
      method: "GET",
      path: /^\/healthz$/,
      handle: ({ response }) => replyJson(response, 200, { atMs: viewOf(options).atMs }),
    },
    metricsRoute(options),
  ];
}

type EventCall = Parameters<ReturnType<typeof createEvents>["add"]>;

function metricsRoute({ metrics }: ServerOptions): Route {
  return {
    method: "GET",
    path: /^\/metrics$/,
    handle: async ({ response }) => sendMetrics(response, await metrics()),
  };
}

function sendMetrics(response: ServerResponse, text: string): void {
  reply(response, 200, "text/plain; version=0.0.4; charset=utf-8", text);
}

/** In an order that tells nobody anything without the token. */
async function takeOrder(
  options: ServerOptions,
  { request, response, parts }: Call,
): Promise<void> {
  const [tenant = "", order] = parts;
  requireSameOrigin(request);
  requireToken(request, options.token);
  requireTenant(options, tenant);
  const asked = await readOrderRequest(request, tenant, order as OrderRequest["order"]);
  try {
    await options.order(asked);
  } catch (error) {
    throw error instanceof UserError ? new Refusal(400, error.message) : error;
  }
  replyJson(response, 200, { ok: true });
}

/** Throws Refusal (503) before the first view. */
function viewOf({ view }: Pick<ServerOptions, "view">): ConductorView {
  const known = view();
  if (known !== undefined) return known;
  throw new Refusal(503, "The conductor has just started and knows nothing yet.");
}

function requireTenant(options: ServerOptions, tenant: string): void {
  if (viewOf(options).tenants.some((known) => known.tenant === tenant)) return;
  throw new Refusal(404, `There is no tenant ${JSON.stringify(tenant)}.`);
}
