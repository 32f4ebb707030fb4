import type { CollectorSample } from "../../../../stacks/conductor/observe/collector-figures";
import { throughCollectors, Upstream } from "../../../../stacks/conductor/observe/upstream";
import { FakeCollectors } from "./fake-collectors";

const FEEDS = [
  { tenant: "acme", name: "orders", topic: "acme.changes" },
  { tenant: undefined, name: "shared", topic: "rates" },
];
const sample = (uptime: number, waiting: number | undefined, more: object = {}) =>
  ({ ready: true, sent: 0, uptime, waiting, ...more }) satisfies CollectorSample;

let figures: FakeCollectors;
let upstream: Upstream;
beforeEach(() => {
  figures = new FakeCollectors();
  upstream = new Upstream({ feeds: FEEDS, figures });
});

async function look(orders: CollectorSample | undefined) {
  figures.at = orders === undefined ? {} : { "acme/orders": orders };
  return upstream.look(["acme.changes"]);
}

it("a topic that no collector fills is as Kafka says", async () => {
  const standing = await upstream.look(["acme.lines"]);
  expect(standing).toEqual({ waiting: 0, growthPerSecond: 0, unknown: [] });
  const flow = { producedPerSecond: 5, backlogRecords: 7 };
  expect(throughCollectors(flow, standing)).toEqual(flow);
});

it("what waits in the database grows and shrinks, by the collector's own clock", async () => {
  await look(sample(10, 100));
  expect(await look(sample(15, 600))).toEqual({ waiting: 600, growthPerSecond: 100, unknown: [] });
  expect(await look(sample(25, 100))).toEqual({ waiting: 100, growthPerSecond: -50, unknown: [] });
});

it("between two scrapes all is as it was", async () => {
  await look(sample(10, 100));
  const seen = await look(sample(15, 600));
  expect(await look(sample(15, 600))).toEqual(seen);
});

it.each<[string, CollectorSample | undefined, string]>([
  ["does not answer", undefined, "collector orders does not answer"],
  ["is not ready", sample(15, 100, { ready: false }), "collector orders is not ready"],
  [
    "takes a snapshot",
    sample(15, undefined),
    "collector orders does not know yet how much waits in its database",
  ],
  [
    "was restarted",
    sample(2, 100),
    "collector orders does not know yet how much waits in its database",
  ],
])("a collector that %s hides load", async (_, now, sentence) => {
  await look(sample(10, 100));
  const standing = await look(now);
  expect(standing.unknown).toEqual([sentence]);
  const flow = { producedPerSecond: 5, backlogRecords: 7 };
  expect(throughCollectors(flow, standing)).toMatchObject({ producedPerSecond: 5, atLeast: true });
});

it("after a restart all is known again with the second sample", async () => {
  await look(sample(100, 100));
  await look(sample(2, 5000));
  expect(await look(sample(7, 2000))).toEqual({
    waiting: 2000,
    growthPerSecond: -600,
    unknown: [],
  });
});

it("several collectors come together, a tenant's and the platform's", async () => {
  const at = (uptime: number, orders: number, shared: number) => {
    figures.at = { "acme/orders": sample(uptime, orders), "/shared": sample(uptime, shared) };
    return upstream.look(["acme.changes", "rates"]);
  };
  await at(10, 0, 0);
  expect(await at(20, 50, 200)).toEqual({ waiting: 250, growthPerSecond: 25, unknown: [] });
});

describe("what arrives for the job", () => {
  const standing = { waiting: 6000, growthPerSecond: -900, unknown: [] };
  it("is what changes in the database, however fast the collector makes up for it", () => {
    expect(throughCollectors({ producedPerSecond: 1000, backlogRecords: 40 }, standing)).toEqual({
      producedPerSecond: 100,
      backlogRecords: 6040,
    });
  });
  it("is never less than nothing", () => {
    expect(throughCollectors({ producedPerSecond: 10 }, standing)).toEqual({
      producedPerSecond: 0,
    });
  });
  it("stays missing where Kafka does not tell", () => {
    expect(throughCollectors({}, standing)).toEqual({});
  });
});
