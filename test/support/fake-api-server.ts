import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { KubernetesApi } from "../../infra/kubernetes/api";

export interface ApiCall {
  method: string;
  /** With its query. */
  path: string;
  headers: http.IncomingHttpHeaders;
  body: unknown;
}

interface ApiObject {
  kind?: string;
  metadata: {
    name: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [key: string]: unknown;
}

/** Instead of an answer; `lose-answer`: it is done, and the connection cut. */
export type ApiFault = { status: number; body: unknown } | "cut" | "lose-answer";

/** A kubelet's side of a pod's streams. */
export type PodStreams = (socket: WebSocket, path: string) => void;

const COLLECTION = /\/(pods|endpointslices)$/;

/** How the API server says no. */
export const refusal = (code: number, message: string) => ({
  ...{ kind: "Status", apiVersion: "v1", status: "Failure", message, code },
});

/**
 * The few answers of an API server that flinktide asks for, on loopback: objects by their paths, replaced only in the
 * version that is named; a service's proxy; the streams of pods. Records every call.
 */
export class FakeApiServer {
  readonly calls: ApiCall[] = [];
  readonly objects = new Map<string, ApiObject>();
  /** Where `…/proxy` leads to, by the path before it. */
  readonly proxied = new Map<string, string>();
  streams: PodStreams = (socket) => socket.close();
  /** Replaces whatever version is there; only for a control. */
  careless = false;
  private readonly faults: { call: RegExp; fault: ApiFault; times: number }[] = [];
  private readonly sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  private readonly agent = new http.Agent({ keepAlive: true });
  private version = 0;
  private readonly server = http.createServer((request, response) => {
    void this.serve(request, response);
  });

  static async start(): Promise<FakeApiServer> {
    const fake = new FakeApiServer();
    fake.server.on("upgrade", (request: http.IncomingMessage, socket: Duplex, head: Buffer) =>
      fake.upgrade(request, socket, head),
    );
    await new Promise<void>((resolve) => fake.server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A client that shows the token `secret`. */
  client(): KubernetesApi {
    const { url: server, agent } = this;
    const credentials = async () => ({ headers: { Authorization: "Bearer secret" }, agent });
    return new KubernetesApi({ server, credentials });
  }

  async close(): Promise<void> {
    this.agent.destroy();
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The next calls that match `METHOD /path?query` meet the fault. */
  inject(call: RegExp, fault: ApiFault, times = 1): void {
    this.faults.push({ call, fault, times });
  }

  /** What was asked, as `METHOD /path?query`. */
  asked(): string[] {
    return this.calls.map(({ method, path }) => `${method} ${path}`);
  }

  /** Puts an object at a path as kubectl would. */
  put(path: string, object: Omit<ApiObject, "metadata"> & { metadata?: object }): void {
    const name = path.split("/").at(-1) ?? "";
    const metadata = { name, ...object.metadata, resourceVersion: String(++this.version) };
    this.objects.set(path, { ...object, metadata });
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const raw = Buffer.concat(parts);
    const isJson = headers["content-type"]?.includes("json") === true;
    const body: unknown = isJson ? JSON.parse(raw.toString("utf8")) : raw;
    this.calls.push({ method, path: url, headers, body });
    const fault = this.faultFor(`${method} ${url}`);
    if (fault === "cut") return void request.socket.destroy();
    if (typeof fault === "object") return reply(response, fault.status, fault.body);
    const [before = "", after] = url.split("/proxy");
    if (after !== undefined) return this.proxy(before, after, { method, headers, raw }, response);
    const answer = this.answer(method, new URL(url, "http://x"), body as ApiObject);
    if (fault === "lose-answer") return void request.socket.destroy();
    reply(response, answer.status, answer.body);
  }

  private faultFor(call: string): ApiFault | undefined {
    const found = this.faults.find((each) => each.times > 0 && each.call.test(call));
    if (found !== undefined) found.times -= 1;
    return found?.fault;
  }

  private answer(method: string, url: URL, body: ApiObject): { status: number; body: unknown } {
    const { pathname: path } = url;
    if (method === "POST") return this.create(path, body);
    if (method === "GET" && COLLECTION.test(path)) {
      const items = this.below(path, url.searchParams.get("labelSelector") ?? "");
      return { status: 200, body: { items } };
    }
    const found = this.objects.get(path);
    if (found === undefined) return { status: 404, body: refusal(404, `${path} not found`) };
    if (method === "DELETE") this.objects.delete(path);
    if (method === "PUT") return this.replace(path, found, body);
    if (method === "PATCH") this.put(path, merge(found, body) as ApiObject);
    return { status: 200, body: this.objects.get(path) ?? found };
  }

  private create(folder: string, body: ApiObject): { status: number; body: unknown } {
    const path = `${folder}/${body.metadata.name}`;
    if (this.objects.has(path)) return { status: 409, body: refusal(409, `${path} exists`) };
    this.put(path, body);
    return { status: 201, body: this.objects.get(path) };
  }

  private replace(path: string, found: ApiObject, body: ApiObject) {
    if (!this.careless && body.metadata.resourceVersion !== found.metadata.resourceVersion) {
      return { status: 409, body: refusal(409, "the object has been modified") };
    }
    this.put(path, body);
    return { status: 200, body: this.objects.get(path) };
  }

  private below(folder: string, selector: string): ApiObject[] {
    const wanted = selector.split(",").filter(Boolean);
    return [...this.objects]
      .filter(([path]) => path.slice(0, path.lastIndexOf("/")) === folder)
      .map(([, object]) => object)
      .filter(({ metadata: { labels = {} } }) =>
        wanted.every((each) => labels[each.split("=")[0] ?? ""] === each.split("=")[1]),
      );
  }

  private proxy(
    before: string,
    path: string,
    { method, headers, raw }: { method: string; headers: http.IncomingHttpHeaders; raw: Buffer },
    response: http.ServerResponse,
  ): void {
    const target = this.proxied.get(before);
    if (target === undefined) {
      return reply(response, 404, refusal(404, `services "${before.split("/").at(-1)}" not found`));
    }
    const { authorization: _, host: __, ...others } = headers;
    const onward = http.request(`${target}${path}`, { method, headers: others }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", (error) =>
      reply(response, 503, refusal(503, `error trying to reach service: ${error.message}`)),
    );
    onward.end(raw);
  }

  private upgrade(request: http.IncomingMessage, socket: Duplex, head: Buffer): void {
    const { url = "", headers } = request;
    this.calls.push({ method: "GET", path: url, headers, body: undefined });
    const fault = this.faultFor(`GET ${url}`);
    if (typeof fault === "object") {
      const text = JSON.stringify(fault.body);
      socket.end(`HTTP/1.1 ${fault.status} No\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
    } else if (fault !== undefined) socket.destroy();
    else this.sockets.handleUpgrade(request, socket, head, (open) => this.streams(open, url));
  }
}

function reply(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}

/** As a JSON merge patch (RFC 7386). */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...(target as object) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}
