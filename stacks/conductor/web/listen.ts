import * as fs from "node:fs/promises";
import * as http from "node:http";
import * as net from "node:net";
import * as path from "node:path";
import { UserError } from "../../../infra/errors";

/** Milliseconds: a whole request must be there by then. An answer may take as long as it wants. */
const REQUEST_MS = 10_000;
const HEADERS_MS = 5_000;
const MOST_CONNECTIONS = 128;
/** What is being answered when the server closes may still end within. */
const CLOSE_MS = 2_000;
/** Bytes that every system has for a socket's path; a longer one would be cut short without a word. */
const LONGEST_PATH = 103;

/** A server that doesn't wait for who sends slowly, nor keeps more connections than a few pages need. */
export function createServer(listener: http.RequestListener): http.Server {
  const limits = { requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS };
  const server = http.createServer({ ...limits, connectionsCheckingInterval: 2_000 }, listener);
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

/** Throws UserError where the address can't be had. Gives the port. */
export async function listenOn(server: http.Server, host: string, port: number): Promise<number> {
  await listening(server, { host, port }, (code) => {
    const fix = "give another one with --port";
    if (code === "EADDRINUSE") return `port ${port} of ${host} is taken. Fix: ${fix}.`;
    if (code === "EACCES") return `this user may not listen on port ${port}. Fix: ${fix}.`;
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
      return `this machine has no address ${host} to listen on. Fix: use 127.0.0.1.`;
    }
    return undefined;
  });
  return (server.address() as net.AddressInfo).port;
}

/**
 * Listens on a Unix socket that every user may connect to, in a folder that every user may enter: what reads the
 * metrics runs as another user, in a container. The folder outlives the socket, so that it can be mounted. A socket
 * that nobody listens on any more is replaced. Throws UserError where somebody does.
 */
export async function listenOnSocket(server: http.Server, file: string): Promise<void> {
  if (Buffer.byteLength(file) > LONGEST_PATH) {
    throw new UserError(
      `the path of the socket ${file} is too long. Fix: set FLINKTIDE_STATE to a shorter folder.`,
    );
  }
  const folder = path.dirname(file);
  await fs.mkdir(folder, { recursive: true, mode: 0o755 });
  await fs.chmod(folder, 0o755);
  if (await answers(file)) {
    throw new UserError(
      `another conductor serves its metrics on ${file}. Fix: end it first, or leave the metrics to it.`,
    );
  }
  await fs.rm(file, { force: true });
  await listening(server, { path: file }, () => undefined);
  await fs.chmod(file, 0o666);
}

/** Ends a server that listens: no new connections, and the old ones soon. */
export async function closeServer(server: http.Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const limit = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
  await closed.finally(() => clearTimeout(limit));
}

async function listening(
  server: http.Server,
  where: net.ListenOptions,
  explain: (code: string | undefined) => string | undefined,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const sentence = explain(error.code);
      reject(sentence === undefined ? error : new UserError(sentence));
    });
    server.listen(where, () => resolve());
  });
  server.removeAllListeners("error");
}

async function answers(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(file, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
