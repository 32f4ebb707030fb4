import { Balloons } from "../../../infra/kubernetes/balloons";
import { FakeApiServer } from "../../support/fake-api-server";

const SCALE = "/apis/apps/v1/namespaces/flinktide-prod/deployments/headroom-acme/scale";

let server: FakeApiServer;
let balloons: Balloons;
beforeEach(async () => {
  server = await FakeApiServer.start();
  const at = { namespace: "flinktide-prod", name: "headroom-acme" };
  balloons = new Balloons(server.client(), at);
});
afterEach(() => server.close());

const changes = () =>
  server.calls
    .filter(({ method }) => method !== "GET")
    .map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(body)}`);
const patched = (path: string, replicas: number) =>
  `PATCH ${path} {"spec":{"replicas":${replicas}}}`;

it("are counted and set by their Deployment's scale, and by nothing else of it", async () => {
  server.put(SCALE, { spec: { replicas: 3 } });
  expect(await balloons.wanted()).toBe(3);
  await balloons.keep(5);
  expect(changes()).toEqual([patched(SCALE, 5)]);
});

it.each([
  [4, 3, [1]],
  [2, 3, [0]],
  [0, 3, []],
  [4, 0, []],
  [4, -1, []],
])("of %i, those go in whose place %i are started", async (before, started, left) => {
  server.put(SCALE, { spec: { replicas: before } });
  await balloons.giveWay(started);
  expect(changes()).toEqual(left.map((replicas) => patched(SCALE, replicas)));
});

it("where there are none, nothing gives way", async () => {
  expect(await balloons.wanted()).toBeUndefined();
  await balloons.giveWay(3);
  expect(changes()).toEqual([]);
});
