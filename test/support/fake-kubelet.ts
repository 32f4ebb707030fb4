import type { WebSocket } from "ws";
import type { PodStreams } from "./fake-api-server";

export const message = (channel: number, text: string | Buffer) =>
  Buffer.concat([Buffer.of(channel), Buffer.from(text)]);

/** How a command ended, as a kubelet says it. */
export const exited = (code: number) =>
  code === 0
    ? { metadata: {}, status: "Success" }
    : {
        ...{ metadata: {}, status: "Failure", reason: "NonZeroExitCode" },
        message: `command terminated with non-zero exit code: exit status ${code}`,
        details: { causes: [{ reason: "ExitCode", message: String(code) }] },
      };

/** Runs each command as `answer` says. */
export function runs(
  answer: (command: string[], path: string) => { out?: string[]; err?: string; end?: object },
): PodStreams {
  return (socket, path) => {
    const command = new URL(path, "http://x").searchParams.getAll("command");
    const { out = [], err, end = exited(0) } = answer(command, path);
    for (const text of out) socket.send(message(1, text));
    if (err !== undefined) socket.send(message(2, err));
    if (Object.keys(end).length > 0) socket.send(message(3, JSON.stringify(end)));
    socket.close();
  };
}

/** Begins as a forwarded port does, and gives what comes to `port` with a way to answer. */
export function forwards(
  port: (bytes: Buffer, answer: (text: string | Buffer) => void, socket: WebSocket) => void,
): PodStreams {
  return (socket, path) => {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(Number(new URL(path, "http://x").searchParams.get("ports")));
    socket.send(message(0, number));
    socket.send(message(1, number));
    socket.on("message", (data: Buffer) =>
      port(data.subarray(1), (text) => socket.send(message(0, text)), socket),
    );
  };
}
