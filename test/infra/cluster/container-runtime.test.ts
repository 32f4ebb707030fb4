import * as fs from "node:fs";
import * as http2 from "node:http2";
import * as os from "node:os";
import * as path from "node:path";
import { runtimeAnswers } from "../../../infra/cluster/container-runtime";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-cri-"));
const socket = path.join(folder, "containerd.sock");
const servers: http2.Http2Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

async function serve(answer: (stream: http2.ServerHttp2Stream, path: string) => void) {
  const server = http2.createServer();
  servers.push(server);
  server.on("stream", (stream, headers) => answer(stream, String(headers[":path"])));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
}

it("answers where its version is told", async () => {
  const asked: string[] = [];
  await serve((stream, called) => {
    asked.push(called);
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.from([0, 0, 0, 0, 2, 10, 0]));
  });
  expect(await runtimeAnswers(socket)).toBe(true);
  expect(asked).toEqual(["/runtime.v1.RuntimeService/Version"]);
});

it("does not while it listens and is not initialized", async () => {
  await serve((stream) =>
    stream.respond({ ":status": 200, "grpc-status": "2" }, { endStream: true }),
  );
  expect(await runtimeAnswers(socket)).toBe(false);
});

it("does not where it hangs up, or nobody listens", async () => {
  await serve((stream) => stream.session?.destroy());
  expect(await runtimeAnswers(socket)).toBe(false);
  expect(await runtimeAnswers(path.join(folder, "none.sock"))).toBe(false);
});
