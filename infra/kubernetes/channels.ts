import type { IncomingMessage } from "node:http";
import WebSocket, { type RawData } from "ws";
import { apiServerRefusal, KubernetesApiError, type KubernetesApi } from "./api";

/** Several streams over one connection: the first byte of a message is the number of its stream. */
const PROTOCOL = "v4.channel.k8s.io";
const HANDSHAKE_MS = 10_000;

/**
 * Opens the streams of a pod through the API server. Throws KubernetesApiError. Messages that come before the caller
 * listens are not lost: the connection is paused until it calls `resume`.
 *
 * @param path with its query, for instance /api/v1/namespaces/a/pods/b/exec?command=ls&stdout=true
 */
export async function openChannels(api: KubernetesApi, path: string): Promise<WebSocket> {
  const { server, credentials } = api.access;
  const { headers, agent } = await credentials.call(api.access);
  const call = `GET ${server}${path.split("?")[0]}`;
  return new Promise((resolve, reject) => {
    const options = { headers, agent, handshakeTimeout: HANDSHAKE_MS, perMessageDeflate: false };
    const socket = new WebSocket(`${server.replace(/^http/, "ws")}${path}`, [PROTOCOL], options);
    socket.once("open", () => {
      socket.pause();
      resolve(socket);
    });
    socket.once("error", (error) => reject(new KubernetesApiError(call, undefined, error.message)));
    socket.once("unexpected-response", (_request, response) => {
      void refusalOf(call, response).then((error) => {
        reject(error);
        socket.terminate();
      });
    });
  });
}

async function refusalOf(call: string, response: IncomingMessage): Promise<KubernetesApiError> {
  const parts: Buffer[] = [];
  try {
    for await (const part of response) parts.push(part as Buffer);
  } catch {
    // What came is all there is.
  }
  const { statusCode = 0 } = response;
  const text = Buffer.concat(parts).toString("utf8");
  let detail: string | undefined;
  try {
    detail = apiServerRefusal(JSON.parse(text));
  } catch {
    detail = text.trim() || undefined;
  }
  return new KubernetesApiError(call, statusCode, detail ?? `status ${statusCode}`);
}

/** Which stream a message belongs to, and what it brings. */
export function messageOf(data: RawData): { channel: number; bytes: Buffer } {
  const whole = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
  return { channel: whole[0] ?? -1, bytes: whole.subarray(1) };
}
