import { ConfigMapJournal } from "../../../infra/kubernetes/config-map-journal";
import type { Journal } from "../../../infra/flink/journal";
import { journalAt } from "../../../infra/flink/journal-at";
import { FakeApiServer, refusal } from "../../support/fake-api-server";

const AT = { namespace: "flinktide-dev-acme", name: "journal-wordcount" };
const FOLDER = "/api/v1/namespaces/flinktide-dev-acme/configmaps";
const PATH = `${FOLDER}/journal-wordcount`;
const LEASE = "/apis/coordination.k8s.io/v1/namespaces/flinktide-dev-acme/leases/journal-wordcount";
const PLACE = "kubernetes://flinktide-dev-acme/journal-wordcount";

const journal: Journal = {
  lineage: "1a2b",
  jobIds: ["j1"],
  spec: { jarSha256: "s", entryClass: "Main", args: ["x"], parallelism: 2 },
  transition: { step: "stopped", snapshot: "file:///s/1" },
};
const next: Journal = { lineage: "1a2b", jobIds: ["j1", "j2"] };

let server: FakeApiServer;
beforeEach(async () => {
  server = await FakeApiServer.start();
});
afterEach(() => server.close());

/** The journal as one process has it. */
function opened(patienceMs = 2_000, waitSeconds = 20): ConfigMapJournal {
  const api = server.client();
  return new ConfigMapJournal(async () => api, AT, patienceMs, waitSeconds);
}
const data = () => server.objects.get(PATH)?.data;

it("a journal that was never written is undefined", async () => {
  expect(await opened().load()).toBeUndefined();
});

it("what was saved is loaded, also by another process", async () => {
  await opened().save(journal);
  expect(server.asked()).toEqual([`GET ${PATH}`, `POST ${FOLDER}`]);
  expect(server.calls[1]?.body).toEqual({
    ...{ apiVersion: "v1", kind: "ConfigMap" },
    metadata: { ...AT, labels: { "app.kubernetes.io/part-of": "flinktide" }, annotations: {} },
    data: { "journal.json": `${JSON.stringify(journal, null, 2)}\n` },
  });
  expect(await opened().load()).toEqual(journal);
});

it("each change replaces the version that was seen last", async () => {
  const mine = opened();
  await mine.save(journal);
  await mine.save(next);
  expect(server.calls.at(-1)).toMatchObject({
    ...{ method: "PUT", path: PATH },
    body: { metadata: { resourceVersion: "1" } },
  });
  expect(await mine.load()).toEqual(next);
});

it("one that was overtaken by another writes nothing", async () => {
  const [mine, other] = [opened(), opened()];
  await mine.save(journal);
  await other.load();
  await other.save(next);
  await expect(mine.save(journal)).rejects.toThrow(
    `Another process works on the job of ${PLACE}; this one leaves it alone from here on. Fix: wait`,
  );
  expect(await opened().load()).toEqual(next);
});

it("a journal that was deleted under its owner is not made again", async () => {
  const mine = opened();
  await mine.save(journal);
  server.objects.delete(PATH);
  await expect(mine.save(next)).rejects.toThrow("Another process works on the job");
});

it.each(["cut", "lose-answer"] as const)("a write that meets %s is made once", async (fault) => {
  const mine = opened();
  await mine.save(journal);
  server.inject(/^PUT/, fault);
  await mine.save(next);
  expect(await mine.load()).toEqual(next);
  const version = server.objects.get(PATH)?.metadata.resourceVersion;
  expect(version).toBe("2");
});

it("an API server that starts is waited for, one that refuses is not", async () => {
  const mine = opened();
  server.inject(/./, { status: 503, body: refusal(503, "starting") }, 2);
  await mine.save(journal);
  server.inject(/^PUT/, { status: 403, body: refusal(403, "configmaps is forbidden") });
  await expect(mine.save(next)).rejects.toThrow("configmaps is forbidden");
  server.inject(/./, { status: 503, body: refusal(503, "starting") }, 99);
  await expect(opened(100).load()).rejects.toThrow("starting. Fix: look at");
});

it("a namespace that is not there is said", async () => {
  server.inject(/^POST/, { status: 404, body: refusal(404, 'namespaces "x" not found') });
  await expect(opened().save(journal)).rejects.toThrow('namespaces "x" not found');
});

it.each(["", "{", '{"lineage":"x"}'])("a text of %j is refused with what to do", async (text) => {
  server.put(PATH, { data: { "journal.json": text } });
  await expect(opened().load()).rejects.toThrow(
    new RegExp(`The job journal ${PLACE} can't be read: .*Fix: restore it`, "s"),
  );
});

it("an archive makes room for a new job and keeps the old ones apart, in one step", async () => {
  const mine = opened();
  await mine.save(journal);
  expect(await mine.archive(journal)).toBe(`${PLACE}#1a2b.retired.json`);
  expect(server.asked()).toEqual([`GET ${PATH}`, `POST ${FOLDER}`, `PUT ${PATH}`]);
  expect(await mine.load()).toBeUndefined();
  await mine.save({ ...next, lineage: "3c4d" });
  await mine.archive({ ...next, lineage: "3c4d" });
  expect(Object.keys(data() as object)).toEqual(["1a2b.retired.json", "3c4d.retired.json"]);
});

describe("exclusively", () => {
  it("takes the Lease, marks the ConfigMap, works, and gives the Lease back", async () => {
    const mine = opened();
    await mine.exclusively(() => mine.save(journal));
    const { annotations } = server.objects.get(PATH)?.metadata ?? {};
    expect(annotations).toEqual({
      "flinktide.io/holder": expect.stringMatching(/^1 [0-9a-f-]{36}$/),
    });
    expect(server.objects.get(LEASE)?.spec).toMatchObject({
      ...{ leaseTransitions: 1, holderIdentity: "", leaseDurationSeconds: 15 },
    });
    expect(await mine.load()).toEqual(journal);
  });

  it("a second one waits until the first has finished", async () => {
    const order: string[] = [];
    let free = (): void => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    const [mine, other] = [opened(), opened()];
    const first = mine.exclusively(async () => {
      order.push("first");
      await held;
      await mine.save(journal);
      order.push("first done");
    });
    while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = other.exclusively(async () => {
      order.push("second");
      expect(await other.load()).toEqual(journal);
      await other.save(next);
    });
    free();
    await Promise.all([first, second]);
    expect(order).toEqual(["first", "first done", "second"]);
    expect(await opened().load()).toEqual(next);
  });

  it("one that is waited for too long is a clear error", async () => {
    const mine = opened();
    await mine.exclusively(() =>
      expect(opened(2_000, 1).exclusively(async () => undefined)).rejects.toThrow(
        `Another process has worked on the job of ${PLACE} for more than 1 s`,
      ),
    );
  });

  it("the Lease is free again after a failure", async () => {
    const failing = opened().exclusively(() => Promise.reject(new Error("boom")));
    await expect(failing).rejects.toThrow("boom");
    await expect(opened().exclusively(async () => "in")).resolves.toBe("in");
  });

  it("one whose Lease was taken over without its knowing fails at its next step", async () => {
    const mine = opened();
    await mine.exclusively(async () => {
      await mine.save(journal);
      // As a process sees it that has waited for the whole time to live.
      const lease = server.objects.get(LEASE);
      const released = JSON.stringify({ holder: null, fence: 1, renewals: 9 });
      server.put(LEASE, {
        ...lease,
        metadata: { ...lease?.metadata, annotations: { "flinktide.io/record": released } },
      });
      const other = opened();
      await other.exclusively(async () => expect(await other.load()).toEqual(journal));
      await expect(mine.save(next)).rejects.toThrow("Another process works on the job");
    });
    expect(await opened().load()).toEqual(journal);
  });
});

it("is chosen by its place; a wrong one is told", () => {
  expect(journalAt(PLACE)).toBeInstanceOf(ConfigMapJournal);
  expect(journalAt("/var/lib/job.json")).toMatchObject({ file: "/var/lib/job.json" });
  expect(() => journalAt("kubernetes://Acme")).toThrow(
    "kubernetes://Acme does not say where the journal is. Fix: give kubernetes://NAMESPACE/NAME",
  );
});
