import * as http2 from "node:http2";
import * as net from "node:net";

const ANSWER_TIMEOUT_MS = 2_000;
/** gRPC's frame of an empty message: not compressed, no bytes. */
const EMPTY = Buffer.alloc(5);
const VERSION_CALL = {
  ":method": "POST",
  ":path": "/runtime.v1.RuntimeService/Version",
  "content-type": "application/grpc",
  te: "trailers",
};
const OK = "0";

/**
 * Whether a container runtime answers the kubelet's first question: one that listens already may not be ready yet.
 *
 * @param socket where it listens
 */
export async function runtimeAnswers(socket: string): Promise<boolean> {
  const session = http2.connect("http://localhost", {
    createConnection: () => net.connect(socket),
  });
  try {
    return await new Promise<boolean>((resolve) => {
      const no = () => resolve(false);
      session.once("error", no);
      session.setTimeout(ANSWER_TIMEOUT_MS, no);
      const call = session.request(VERSION_CALL);
      call.once("error", no).once("close", no);
      // An answer without a message has its status in the headers.
      for (const part of ["response", "trailers"] as const) {
        call.once(part, (headers: http2.IncomingHttpHeaders) => {
          const status = headers["grpc-status"];
          if (status !== undefined) resolve(status === OK);
        });
      }
      call.resume();
      call.end(EMPTY);
    });
  } finally {
    session.destroy();
  }
}
