import { z } from "zod";
import { UserError } from "../../../infra/errors";
import { apiServerRefusal, KubernetesApi } from "../../../infra/kubernetes/api";
import { FakeApiServer, refusal } from "../../support/fake-api-server";

const POD = "/api/v1/namespaces/a/pods/p";
const podSchema = z.object({ metadata: z.object({ name: z.string() }) });

let server: FakeApiServer;
let api: KubernetesApi;
beforeEach(async () => {
  server = await FakeApiServer.start();
  api = server.client();
  server.put(POD, {});
});
afterEach(() => server.close());

it("asks with the credentials, and gives what it is told to look for", async () => {
  const request = { method: "GET", path: POD, query: { watch: "false" } } as const;
  expect(await api.request(request, podSchema)).toEqual({ metadata: { name: "p" } });
  expect(server.calls).toMatchObject([
    { method: "GET", path: `${POD}?watch=false`, headers: { authorization: "Bearer secret" } },
  ]);
});

it("a patch is a merge", async () => {
  const body = { metadata: { annotations: { a: "1" } } };
  await api.request({ method: "PATCH", path: POD, body }, z.unknown());
  expect(server.calls[0]).toMatchObject({
    ...{ headers: { "content-type": "application/merge-patch+json" }, body },
  });
  expect(server.objects.get(POD)?.metadata.annotations).toEqual({ a: "1" });
});

it("what is not there is undefined", async () => {
  expect(await api.find("/api/v1/namespaces/a/pods/q", podSchema)).toBeUndefined();
  expect(await api.find(POD, podSchema)).toEqual({ metadata: { name: "p" } });
});

it.each([
  [401, "log in to the cluster anew"],
  [403, "let the user of the kubeconfig do that"],
  [404, "look at what the message names"],
  [503, "look at what the message names"],
])("a refusal with %d is told with what the server says and what to do", async (status, fix) => {
  server.inject(/./, { status, body: refusal(status, "it says why") });
  const answer = api.request({ method: "DELETE", path: POD }, z.unknown());
  await expect(answer).rejects.toBeInstanceOf(UserError);
  await expect(answer).rejects.toMatchObject({
    ...{ name: "KubernetesApiError", status, call: `DELETE ${server.url}${POD}` },
    message: expect.stringContaining(`DELETE ${server.url}${POD}: it says why. Fix: ${fix}`),
  });
});

it("a refusal that is none of its own is told by its status", async () => {
  server.inject(/./, { status: 502, body: "<html>" });
  const answer = api.find(POD, podSchema);
  await expect(answer).rejects.toMatchObject({ status: 502, detail: "status 502" });
});

it("no answer has no status", async () => {
  server.inject(/./, "cut");
  await expect(api.find(POD, podSchema)).rejects.toMatchObject({
    ...{ status: undefined, message: expect.stringContaining("Fix: see that the cluster") },
  });
});

it("an answer of another shape is an error", async () => {
  server.inject(/./, { status: 200, body: { metadata: {} } });
  await expect(api.find(POD, podSchema)).rejects.toMatchObject({
    detail: expect.stringContaining("unexpected answer"),
  });
});

it.each([
  [refusal(404, "no such service"), "no such service"],
  [{ kind: "Status", apiVersion: "v1" }, "it gives no reason"],
  [{ errors: ["Flink's"] }, undefined],
  [{ status: "COMPLETED" }, undefined],
  ["text", undefined],
])("%j is a refusal of the API server itself: %s", (body, said) => {
  expect(apiServerRefusal(body)).toBe(said);
});
