import * as fs from "node:fs/promises";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../../../../infra/errors";
import { ask, Stage, TOKEN, type Ask } from "./fixtures/stage";
import { tenant, view } from "./fixtures/views";

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.start(view([tenant("acme")]));
});
afterEach(() => stage.end());

describe("where it listens", () => {
  it("is 127.0.0.1 and nowhere else", async () => {
    const port = Number(new URL(stage.url).port);
    const others = Object.values(os.networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, address }) => family === "IPv4" && address !== "127.0.0.1")
      .map(({ address }) => address);
    // All of 127.0.0.0/8 is this machine: there is always one more address to try.
    for (const address of ["127.0.0.2", ...others]) {
      await expect(connected(address, port)).resolves.toBe(false);
    }
    await expect(connected("127.0.0.1", port)).resolves.toBe(true);
  });

  it("a taken port is told with what to do, and nothing stays open", async () => {
    const port = Number(new URL(stage.url).port);
    const attempt = stage.serve(port);
    await expect(attempt).rejects.toThrow(`port ${port} of 127.0.0.1 is taken. Fix: `);
    await expect(attempt).rejects.toBeInstanceOf(UserError);
    expect(stage.listening).toBe(1);
  });
});

describe("the socket", () => {
  const onSocket = (path: string, options: Ask = {}) =>
    ask({ socketPath: stage.socket, path }, options);

  it("serves the metrics and nothing else", async () => {
    expect((await onSocket("/metrics")).text).toBe("flinktide_up 1\n");
    for (const path of ["/", "/api/view", "/events", "/healthz"]) {
      expect((await onSocket(path)).status).toBe(404);
    }
    const headers = { Authorization: `Bearer ${TOKEN}` };
    const answer = await onSocket("/api/tenants/acme/pause", { method: "POST", headers });
    expect(answer.status).toBe(404);
    expect(stage.calls).toEqual([]);
  });

  it("may be used by everybody, in a folder that only its owner changes", async () => {
    const mode = async (file: string) => ((await fs.stat(file)).mode & 0o777).toString(8);
    expect(await mode(stage.socket)).toBe("666");
    expect(await mode(path.dirname(stage.socket))).toBe("755");
  });

  it("is removed at the end, and replaced where a dead conductor left it", async () => {
    await stage.server.close();
    await expect(fs.access(stage.socket)).rejects.toThrow("ENOENT");
    // Of a file that is no socket nobody listens to, as of a socket whose process is dead.
    await fs.writeFile(stage.socket, "");
    stage.server = await stage.serve(0);
    expect((await onSocket("/metrics")).status).toBe(200);
  });

  it("of a conductor that lives is left alone", async () => {
    await expect(stage.serve(0)).rejects.toThrow("another conductor serves its metrics on");
    expect((await onSocket("/metrics")).status).toBe(200);
  });

  it("with too long a path is told with what to do", async () => {
    const long = path.join(stage.folder, "x".repeat(120), "conductor.sock");
    jest.spyOn(stage, "socket", "get").mockReturnValue(long);
    await expect(stage.serve(0)).rejects.toThrow("too long. Fix: set FLINKTIDE_STATE");
  });
});

function connected(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
