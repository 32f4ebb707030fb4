import { FlinkConnections } from "../../../../stacks/conductor/observe/flink-connections";
import { TenantObserver } from "../../../../stacks/conductor/observe/tenant-observer";
import { FakeCollectors } from "./fake-collectors";
import { FakeKafka } from "./fake-kafka";
import { RecordedFlink, wordcount } from "./recorded-flink";

const ID = "aaaa";

let flink: RecordedFlink;
let clockMs: number;
let observer: TenantObserver;
const kafka = new FakeKafka();
const connections = new FlinkConnections();
const collectors = new FakeCollectors();

/** What the tenant's collector says: the age of its process in seconds, and the changes that Kafka has not. */
function say(uptime: number, waiting: number): void {
  collectors.at = { "acme/orders": { ready: true, sent: 0, uptime, waiting } };
}

/** So many records come into the topic, and the job takes them. */
function move(records: number): void {
  const { offsets } = flink.jobs.get(ID) as ReturnType<typeof wordcount>;
  offsets["acme_lines/0"] = (offsets["acme_lines/0"] ?? 0) + records;
  kafka.at["acme.lines/0"] = (kafka.at["acme.lines/0"] ?? 0) + records;
}

beforeEach(async () => {
  flink = await RecordedFlink.start();
  flink.jobs.set(ID, wordcount());
  kafka.at = { "acme.lines/0": 700, "acme.lines/1": 400 };
  clockMs = 0;
  const feeds = [{ tenant: "acme", name: "orders", topic: "acme.lines" }];
  observer = new TenantObserver({
    ...{ flinkUrl: flink.url, kafka, connections, clock: () => clockMs, fetchMs: 1 },
    jobs: [{ name: "wordcount", sourceParallelism: 1 }],
    collectors: { feeds, figures: collectors },
  });
});
afterEach(() => flink.close());
afterAll(() => connections.close());

/** Five seconds on. */
async function look() {
  clockMs += 5000;
  const { jobs, problems } = await observer.observe({ wordcount: ID }, clockMs);
  return { observation: jobs["wordcount"]?.observation, problems };
}

test("what waits in a database waits for the job, and a collector that makes up for it is no load", async () => {
  say(10, 0);
  await look();
  // The collector is held up: 400 changes a second pile up behind it.
  say(15, 2000);
  expect((await look()).observation).toMatchObject({
    ...{ producedPerSecond: 400, backlogRecords: 2100, consumedPerSecond: 0 },
  });
  say(20, 500);
  move(3500);
  const { observation, problems } = await look();
  expect(observation).toMatchObject({
    ...{ producedPerSecond: 400, backlogRecords: 600, consumedPerSecond: 700 },
  });
  expect(observation).not.toHaveProperty("atLeast");
  expect(problems).toEqual([]);
});

test("while its collector does not answer, there may be more load than is seen", async () => {
  say(10, 0);
  await look();
  collectors.at = {};
  const { observation, problems } = await look();
  expect(observation).toMatchObject({ producedPerSecond: 0, backlogRecords: 100, atLeast: true });
  expect(problems).toEqual(["job wordcount: collector orders does not answer"]);
});
