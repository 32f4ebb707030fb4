import * as fc from "fast-check";
import { CoordinationLease } from "../../../infra/kubernetes/coordination-lease";
import { StoredLease } from "../../../infra/lease/lease";
import { identityOf, type ProcessIdentity } from "../../../infra/process-identity";
import { FakeApiServer, refusal } from "../../support/fake-api-server";
import type { StoreOf } from "../../support/lease-race";
import { check, moves, Seen } from "../../support/lease-stories";
import { MemoryApi } from "../../support/memory-api";

const AT = { namespace: "flinktide-dev", name: "conductor" };
const FOLDER = "/apis/coordination.k8s.io/v1/namespaces/flinktide-dev/leases";
const PATH = `${FOLDER}/conductor`;
const identity = identityOf(process.pid) as ProcessIdentity;

const leaseIn =
  (api: MemoryApi): StoreOf =>
  (gated) =>
    new CoordinationLease(async () => api.seenBy(gated), AT);

describe("three processes, each frozen before and after any request", () => {
  it("never hold the lease at the same instant, and its token only grows", async () => {
    const seen = new Seen();
    await fc.assert(
      fc.asyncProperty(moves, (story) => check(story, seen, leaseIn(new MemoryApi()))),
      { numRuns: 400 },
    );
    expect(seen.taken).toBeGreaterThan(800);
    expect(seen.lost).toBeGreaterThan(100);
    expect(seen.largest).toBeGreaterThanOrEqual(4);
  }, 120_000);

  it("are found out where the API server replaces any version", async () => {
    const found = await fc.check(
      fc.asyncProperty(moves, (story) => check(story, new Seen(), leaseIn(new MemoryApi(true)))),
      { numRuns: 700, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  }, 120_000);
});

describe("at an API server", () => {
  let server: FakeApiServer;
  let store: CoordinationLease;
  beforeEach(async () => {
    server = await FakeApiServer.start();
    const api = server.client();
    store = new CoordinationLease(async () => api, AT);
  });
  afterEach(() => server.close());

  const spec = () => server.objects.get(PATH)?.spec as Record<string, unknown>;
  const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

  it("is made by the first claim, and says who holds it in the fields that kubectl shows", async () => {
    expect(await store.highest()).toBe(0);
    expect(await store.read(0)).toBe("");
    expect(await store.claim(1)).toBe(true);
    const record = { holder: { ...identity, id: "a" }, fence: 1, renewals: 0 };
    await store.write(1, JSON.stringify(record));
    expect(server.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      ...[`GET ${PATH}`, `GET ${PATH}`, `GET ${PATH}`, `POST ${FOLDER}`],
      ...[`GET ${PATH}`, `PUT ${PATH}`],
    ]);
    expect(server.calls[3]?.body).toEqual({
      ...{ apiVersion: "coordination.k8s.io/v1", kind: "Lease" },
      metadata: { ...AT, annotations: { "flinktide.io/record": "" } },
      spec: { leaseTransitions: 1, leaseDurationSeconds: 15, acquireTime: at, renewTime: at },
    });
    expect(spec()).toEqual({
      ...{ leaseTransitions: 1, leaseDurationSeconds: 15, acquireTime: at, renewTime: at },
      holderIdentity: `${identity.host}/${process.pid}`,
    });
    expect(await store.read(1)).toBe(JSON.stringify(record));
  });

  it("a token is claimed once, and no lower one after it", async () => {
    expect([await store.claim(3), await store.claim(3), await store.claim(2)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await store.highest()).toBe(3);
  });

  it("of two that claim at once one gets it", async () => {
    await store.claim(1);
    const claims = await Promise.all([store.claim(2), store.claim(2), store.claim(2)]);
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await store.highest()).toBe(2);
  });

  it("what a holder of before writes is lost, and keeps what others annotated", async () => {
    await store.claim(1);
    const found = server.objects.get(PATH);
    const annotations = { ...found?.metadata.annotations, note: "mine" };
    server.put(PATH, { ...found, metadata: { ...found?.metadata, annotations } });
    await store.claim(2);
    await store.write(2, "second");
    await store.write(1, "first");
    expect([await store.read(1), await store.read(2)]).toEqual(["", "second"]);
    expect(server.objects.get(PATH)?.metadata.annotations).toMatchObject({ note: "mine" });
  });

  it("a write that meets another's change is made on top of it", async () => {
    await store.claim(1);
    server.inject(/^PUT/, { status: 409, body: refusal(409, "modified") });
    await store.write(1, "text");
    expect(await store.read(1)).toBe("text");
  });

  it("a claim whose answer is lost is nobody's, and is followed by the next one", async () => {
    await store.claim(1);
    server.inject(/^PUT/, "lose-answer");
    await expect(store.claim(2)).rejects.toMatchObject({ name: "KubernetesApiError" });
    expect([await store.highest(), await store.read(2)]).toEqual([2, ""]);
    expect(await store.claim(3)).toBe(true);
  });

  it("tells an API server that refuses from a lease that another one has", async () => {
    server.inject(/^GET/, { status: 403, body: refusal(403, "leases is forbidden") });
    await expect(store.claim(1)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("leases is forbidden. Fix: let the user"),
    });
  });

  it("goes from one process to another with a larger token", async () => {
    const lost: string[] = [];
    const lease = () =>
      new StoredLease(store, { identity, renewMs: null, onLost: (why) => lost.push(why) });
    const [one, other] = [lease(), lease()];
    expect([await one.acquire(), await other.acquire()]).toEqual([true, false]);
    expect(await one.renew()).toBe(true);
    await one.release();
    expect(spec().holderIdentity).toBe("");
    expect([await other.acquire(), other.fence]).toEqual([true, 2]);
    expect([await one.acquire(), one.held(), lost.length]).toEqual([false, false, 0]);
  });
});
