import { podExec } from "../../../infra/kubernetes/pod-exec";
import { FakeApiServer, refusal } from "../../support/fake-api-server";
import { exited, runs } from "../../support/fake-kubelet";

const JOB_MANAGER = { namespace: "acme", pod: "jobmanager-1", container: "jobmanager" };
const PATH = "/api/v1/namespaces/acme/pods/jobmanager-1/exec";

let server: FakeApiServer;
beforeEach(async () => {
  server = await FakeApiServer.start();
});
afterEach(() => server.close());
const run = (...command: string[]) => podExec(server.client(), JOB_MANAGER, command);

it("runs the program with its arguments as they are, and gives what it prints", async () => {
  server.streams = runs(() => ({ out: ["a\n", "", "b\n"], err: "careful\n" }));
  expect(await run("find", "/a b", "-printf", "%T@ %h\\n")).toEqual({
    ...{ code: 0, stdout: "a\nb\n", stderr: "careful\n" },
  });
  expect(server.calls).toMatchObject([
    {
      path:
        `${PATH}?container=jobmanager&stdout=true&stderr=true` +
        "&command=find&command=%2Fa+b&command=-printf&command=%25T%40+%25h%5Cn",
      headers: {
        authorization: "Bearer secret",
        "sec-websocket-protocol": "v4.channel.k8s.io",
      },
    },
  ]);
});

it("gives the exit code of one that fails", async () => {
  server.streams = runs(() => ({ out: ["half"], err: "no", end: exited(2) }));
  expect(await run("false")).toEqual({ code: 2, stdout: "half", stderr: "no" });
});

it("gives -1 and the reason where it can't be started", async () => {
  const end = { status: "Failure", reason: "InternalError", message: 'exec: "fnid": not found' };
  server.streams = runs(() => ({ end }));
  expect(await run("fnid")).toEqual({ code: -1, stdout: "", stderr: 'exec: "fnid": not found' });
});

it("does not take a lost connection for an end", async () => {
  server.streams = runs(() => ({ out: ["half"], end: {} }));
  await expect(run("find")).rejects.toMatchObject({
    ...{ name: "KubernetesApiError", status: undefined },
    message: expect.stringContaining("the connection to jobmanager-1 was lost while find ran"),
  });
});

it("tells what the API server refuses", async () => {
  server.inject(/exec/, { status: 404, body: refusal(404, 'pods "jobmanager-1" not found') });
  await expect(run("find")).rejects.toMatchObject({
    ...{ status: 404, detail: 'pods "jobmanager-1" not found', call: `GET ${server.url}${PATH}` },
  });
  server.inject(/exec/, "cut");
  await expect(run("find")).rejects.toMatchObject({ status: undefined });
});

it("loses nothing of an output that is long", async () => {
  const lines = Array.from({ length: 2_000 }, (_, i) => `${i} ${"x".repeat(100)}\n`);
  server.streams = runs(() => ({ out: lines }));
  expect((await run("find")).stdout).toBe(lines.join(""));
});
