import type { IncomingMessage, ServerResponse } from "node:http";
import { say } from "../../../infra/progress";

/** A request that is answered with an error: its message is the sentence that the client gets. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** With every answer: nothing is kept, framed, guessed at or shared with other pages. */
const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
} as const;

export type Headers = Readonly<Record<string, string>>;

/** Begins an answer whose body follows. */
export function begin(
  response: ServerResponse,
  status: number,
  type: string,
  headers: Headers = {},
): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": type, ...headers });
}

export function reply(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Headers = {},
): void {
  const length = String(Buffer.byteLength(body));
  begin(response, status, type, { "Content-Length": length, ...headers });
  response.end(body);
}

export function replyJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Headers = {},
): void {
  reply(response, status, "application/json; charset=utf-8", JSON.stringify(value), headers);
}

export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  /** What the groups of the route's path matched, decoded. */
  parts: string[];
}

export interface Route {
  method: "GET" | "POST";
  path: RegExp;
  handle(call: Call): void | Promise<void>;
}

/**
 * Answers a request by the route with its path and method, else with 404 or 405. A Refusal of a handler is answered as
 * such; any other throw is a bug: 500, and its stack is printed.
 */
export async function answer(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { route, parts } = find(routes, request);
    await route.handle({ request, response, parts });
  } catch (error) {
    refuse(response, error);
  }
}

/** Answers with an error, or cuts the connection where an answer has begun. */
export function refuse(response: ServerResponse, error: unknown): void {
  if (!(error instanceof Refusal)) say(error instanceof Error ? String(error.stack) : `${error}`);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const fallback = new Refusal(500, "The conductor failed at this; its log says at what.");
  const { status, message, headers } = error instanceof Refusal ? error : fallback;
  replyJson(response, status, { error: message }, headers);
}

function find(routes: readonly Route[], { url = "/", method = "" }: IncomingMessage) {
  const [path = "/"] = url.split("?");
  const there = routes.flatMap((route) => {
    const match = route.path.exec(path);
    return match === null ? [] : [{ route, parts: match.slice(1).map(decoded) }];
  });
  const allowed = there.map(({ route }) => route.method);
  const found = there.find(({ route }) => route.method === method);
  if (found !== undefined) return found;
  if (there.length === 0) throw new Refusal(404, "There is nothing at this address.");
  throw new Refusal(405, `This address takes ${allowed.join(", ")} only.`, {
    Allow: allowed.join(", "),
  });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(400, "The address is not encoded well.");
  }
}
