import { Duplex } from "node:stream";
import type WebSocket from "ws";
import type { KubernetesApi } from "./api";
import { messageOf, openChannels } from "./channels";

const DATA = 0;
const FAULT = 1;
/** Each stream begins with the number of its port. */
const PORT_BYTES = 2;

/** A port of a pod. */
export interface PodPort {
  namespace: string;
  pod: string;
  port: number;
}

/**
 * A connection to a port of a pod, through the API server. What is written before it is open is sent then; where it
 * can't be opened, it emits an error. `locate` says where it goes, once.
 */
export class PodConnection extends Duplex {
  private socket: WebSocket | undefined;
  /** Bytes of each stream that are still the number of the port. */
  private readonly preface = new Map([DATA, FAULT].map((channel) => [channel, PORT_BYTES]));

  constructor(
    private readonly api: () => Promise<KubernetesApi>,
    private readonly locate: (api: KubernetesApi) => Promise<PodPort>,
  ) {
    super();
  }

  override _construct(done: (error?: Error) => void): void {
    this.open().then(
      () => {
        done();
        this.emit("connect");
      },
      (error: unknown) => done(error as Error),
    );
  }

  override _read(): void {
    this.socket?.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.socket?.send(Buffer.concat([Buffer.of(DATA), chunk]), done);
  }

  override _final(done: () => void): void {
    this.socket?.close();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.socket?.terminate();
    done(error);
  }

  private async open(): Promise<void> {
    const api = await this.api();
    const { namespace, pod, port } = await this.locate(api);
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/portforward?ports=${port}`;
    const socket = await openChannels(api, path);
    if (this.destroyed) return socket.terminate();
    this.socket = socket;
    socket.on("message", (data) => {
      const { channel, bytes } = messageOf(data);
      this.receive(channel, bytes);
    });
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.push(null));
    socket.resume();
  }

  private receive(channel: number, bytes: Buffer): void {
    const due = Math.min(this.preface.get(channel) ?? 0, bytes.length);
    this.preface.set(channel, (this.preface.get(channel) ?? 0) - due);
    const rest = bytes.subarray(due);
    if (rest.length === 0) return;
    if (channel === FAULT) this.destroy(new Error(rest.toString("utf8").trim()));
    else if (channel === DATA && !this.push(rest)) this.socket?.pause();
  }
}
