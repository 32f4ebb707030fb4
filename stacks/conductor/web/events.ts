import type { IncomingMessage, ServerResponse } from "node:http";
import type { ConductorView } from "../tenant-view";
import { begin, Refusal } from "./reply";

/** Pages that may listen at once. */
const MOST_CLIENTS = 32;
/** Between two signs of life, in milliseconds: longer silence is a lost connection. */
const BEAT_MS = 10_000;
/** A client that takes nothing for so long is let go. */
const STUCK_MS = 30_000;

export interface ViewSource {
  view(): ConductorView | undefined;
  subscribe(listener: (view: ConductorView) => void): () => void;
}

/** Sends every view to all who listen, as server-sent events: `view`, and `beat` with the server's clock. */
export interface Events {
  /** Answers a request with events until its client goes or `close` is called. Throws Refusal (503) for too many. */
  add(request: IncomingMessage, response: ServerResponse): void;
  close(): void;
}

interface Client {
  response: ServerResponse;
  /** Since when it has not taken what was written. */
  blockedSince?: number;
  /** There is a newer view than the last one it was sent. */
  behind: boolean;
}

export function createEvents(source: ViewSource): Events {
  const clients = new Set<Client>();
  // One buffer for all: a client that is slow costs no memory of its own.
  let newest: Buffer | undefined;
  const offer = (client: Client) => {
    const blocked = client.blockedSince !== undefined;
    client.behind = blocked && newest !== undefined;
    if (!blocked && newest !== undefined) send(client, newest);
  };
  const unsubscribe = source.subscribe((view) => {
    newest = clients.size === 0 ? undefined : viewEvent(view);
    for (const client of clients) offer(client);
  });
  const timer = setInterval(() => beat(clients), BEAT_MS).unref();
  return {
    add(_request, response) {
      if (clients.size >= MOST_CLIENTS) {
        throw new Refusal(503, `${MOST_CLIENTS} pages listen already. Close one.`);
      }
      begin(response, 200, "text/event-stream; charset=utf-8", { "X-Accel-Buffering": "no" });
      const client: Client = { response, behind: false };
      clients.add(client);
      response.on("close", () => clients.delete(client));
      response.on("drain", () => {
        client.blockedSince = undefined;
        if (client.behind) offer(client);
      });
      send(client, Buffer.from(`retry: 2000\n\n${beatEvent()}`));
      newest ??= viewEvent(source.view());
      offer(client);
    },
    close() {
      unsubscribe();
      clearInterval(timer);
      for (const { response } of clients) response.end();
    },
  };
}

function beat(clients: Iterable<Client>): void {
  const now = Date.now();
  for (const client of clients) {
    if (client.blockedSince === undefined) send(client, Buffer.from(beatEvent()));
    else if (now - client.blockedSince > STUCK_MS) client.response.destroy();
  }
}

/** What a blocked client was sent is bounded: one view at most waits for it. */
function send(client: Client, event: Buffer): void {
  if (!client.response.write(event)) client.blockedSince ??= Date.now();
}

function beatEvent(): string {
  return `event: beat\ndata: ${Date.now()}\n\n`;
}

function viewEvent(view: ConductorView | undefined): Buffer | undefined {
  if (view === undefined) return undefined;
  return Buffer.from(`event: view\ndata: ${JSON.stringify(view)}\n\n`);
}
