import { HeldRoom } from "../../../infra/kubernetes/held-room";
import { FakeApiServer } from "../../support/fake-api-server";

const SCALE = "/apis/apps/v1/namespaces/flinktide-prod/deployments/headroom-acme/scale";

let server: FakeApiServer;
let room: HeldRoom;
const AT = { namespace: "flinktide-prod", name: "headroom-acme" };
beforeEach(async () => {
  server = await FakeApiServer.start();
  room = new HeldRoom(server.client(), "pods", AT);
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
  expect(await room.wanted()).toBe(3);
  await room.keep(5);
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
  await room.giveWay(started);
  expect(changes()).toEqual(left.map((replicas) => patched(SCALE, replicas)));
});

it("where there are none, nothing gives way", async () => {
  expect(await room.wanted()).toBeUndefined();
  await room.giveWay(3);
  expect(changes()).toEqual([]);
});

it("a CapacityBuffer is counted and set in the same way", async () => {
  const path =
    "/apis/autoscaling.x-k8s.io/v1beta1/namespaces/flinktide-prod/capacitybuffers/headroom-acme";
  const buffer = new HeldRoom(server.client(), "capacity-buffer", AT);
  expect(await buffer.wanted()).toBeUndefined();
  server.put(path, { spec: { replicas: 4 } });
  expect(await buffer.wanted()).toBe(4);
  await buffer.giveWay(3);
  expect(changes()).toEqual([patched(path, 1)]);
});
