import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../../../infra/errors";
import { Webhook, type AlertPost, type WebhookOptions } from "../../../stacks/conductor/webhook";
import { signatureOf, verifySignature } from "../../../stacks/conductor/webhook-signature";

const ALERT: AlertPost = {
  tenant: "acme",
  alert: "job-not-running:wordcount",
  state: "firing",
  sentence: "wordcount has not been RUNNING for 1 m, it is FAILED – “disk full”.",
  at: "2026-11-23T01:00:00.000Z",
};
const SECRET = "s3cret-that-nobody-may-see";

interface Post {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}
type Answer = (response: http.ServerResponse, count: number) => void;

/** A receiver on loopback that keeps what it is sent. */
class Receiver {
  readonly posts: Post[] = [];
  private readonly server: http.Server;
  private arrivals: (() => void)[] = [];

  private constructor(answer: Answer) {
    this.server = http.createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        this.posts.push({ method, url, headers, body });
        answer(response, this.posts.length);
        this.arrivals.splice(0).forEach((tell) => tell());
      });
    });
  }

  static async start(answer: Answer): Promise<Receiver> {
    const receiver = new Receiver(answer);
    await new Promise<void>((resolve) => receiver.server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves with the next post. */
  arrival(): Promise<void> {
    return new Promise((resolve) => this.arrivals.push(resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const status =
  (code: number, headers: http.OutgoingHttpHeaders = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end("thank you");
const SOON = { pausesMs: [1, 2], forMs: 60_000 };

let said: string[];
let receivers: Receiver[];
let webhooks: Webhook[];
beforeEach(() => {
  said = [];
  receivers = [];
  webhooks = [];
});
afterEach(async () => {
  await Promise.all(webhooks.map((webhook) => webhook.close()));
  await Promise.all(receivers.map((receiver) => receiver.stop()));
});

async function receiverThat(answer: Answer): Promise<Receiver> {
  const receiver = await Receiver.start(answer);
  receivers.push(receiver);
  return receiver;
}
function webhookTo(url: string, options: Partial<WebhookOptions> = {}): Webhook {
  const webhook = new Webhook({
    ...{ url, environment: "dev", secret: SECRET, retries: SOON },
    ...{ say: (sentence: string) => said.push(sentence), ...options },
  });
  webhooks.push(webhook);
  return webhook;
}
const idOf = ({ body }: Post) => (JSON.parse(body) as { id: string }).id;
const header = (post: Post, name: string) => String(post.headers[name]);
const signed = (post: Post, changes = {}) => ({
  secret: SECRET,
  timestamp: header(post, "x-flinktide-timestamp"),
  signature: header(post, "x-flinktide-signature"),
  body: post.body,
  nowMs: Number(header(post, "x-flinktide-timestamp")) * 1000,
  ...changes,
});

test("posts the alert as JSON, signed so that a receiver can check it", async () => {
  const receiver = await receiverThat(status(204));
  const webhook = webhookTo(`${receiver.url}/hook?key=1`);
  webhook.send(ALERT);
  await webhook.idle();
  const [post] = receiver.posts as [Post];
  expect(receiver.posts).toHaveLength(1);
  expect([post.method, post.url, post.headers["content-type"]]).toEqual([
    "POST",
    "/hook?key=1",
    "application/json",
  ]);
  expect(JSON.parse(post.body)).toEqual({
    ...{ version: 1, environment: "dev", ...ALERT },
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(verifySignature(signed(post))).toBe(true);
  expect(Math.abs(Date.now() / 1000 - Number(signed(post).timestamp))).toBeLessThan(60);
  expect(said).toEqual([]);
});

test("without a secret nothing is signed", async () => {
  const receiver = await receiverThat(status(200));
  const webhook = webhookTo(receiver.url, { secret: undefined });
  webhook.send(ALERT);
  await webhook.idle();
  expect(receiver.posts[0]?.headers).not.toHaveProperty("x-flinktide-signature");
});

test("the signature is the one that other tools compute", () => {
  // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key
  expect(signatureOf("key", "1700000000", '{"a":1}')).toBe(
    "sha256=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03",
  );
});

describe("a receiver refuses", () => {
  const post = {
    secret: SECRET,
    timestamp: "1700000000",
    body: '{"a":1}',
    nowMs: 1_700_000_000_000,
  };
  const right = { ...post, signature: signatureOf(SECRET, post.timestamp, post.body) };

  it.each<[string, Partial<typeof right>, boolean]>([
    ["nothing that is right", {}, true],
    ["another secret", { secret: "other" }, false],
    ["another body", { body: '{"a":2}' }, false],
    ["another timestamp", { timestamp: "1700000001" }, false],
    ["a timestamp that is no number", { timestamp: "now" }, false],
    ["no signature", { signature: "" }, false],
    ["a signature without its kind", { signature: right.signature.slice(7) }, false],
    [
      "a signature of which a digit differs",
      { signature: right.signature.replace(/.$/, "x") },
      false,
    ],
    ["one of 5 minutes ago: not yet", { nowMs: 1_700_000_300_000 }, true],
    ["an older one", { nowMs: 1_700_000_301_000 }, false],
    ["one of the future", { nowMs: 1_699_999_699_000 }, false],
  ])("%s", (_, changes, expected) => {
    expect(verifySignature({ ...right, ...changes })).toBe(expected);
  });
});

test.each([500, 503, 408, 429])("a %i is tried again, with the same id and body", async (code) => {
  const receiver = await receiverThat((response, n) =>
    response.writeHead(n < 4 ? code : 200).end(),
  );
  const webhook = webhookTo(receiver.url);
  webhook.send(ALERT);
  await webhook.idle();
  expect(receiver.posts).toHaveLength(4);
  expect(new Set(receiver.posts.map(({ body }) => body)).size).toBe(1);
  expect(receiver.posts.every((post) => verifySignature(signed(post)))).toBe(true);
  expect(said).toEqual([]);
});

test.each([400, 401, 404, 410])("a %i is not", async (code) => {
  const receiver = await receiverThat(status(code));
  const webhook = webhookTo(receiver.url);
  webhook.send(ALERT);
  await webhook.idle();
  expect(receiver.posts).toHaveLength(1);
  expect(said).toEqual([
    `The firing alert job-not-running:wordcount of acme was not posted: the receiver answers with status ${code}; tries: 1.`,
  ]);
});

test.each([301, 302, 307, 308])("a redirect (%i) is not followed", async (code) => {
  const elsewhere = await receiverThat(status(200));
  const receiver = await receiverThat(status(code, { location: elsewhere.url }));
  const webhook = webhookTo(receiver.url);
  webhook.send(ALERT);
  await webhook.idle();
  expect([receiver.posts.length, elsewhere.posts.length]).toEqual([1, 0]);
  expect(said).toEqual([expect.stringContaining(`status ${code}; tries: 1`)]);
});

test("a receiver that does not answer, or breaks off, is tried again", async () => {
  const receiver = await receiverThat((response, count) => {
    if (count === 1) return;
    if (count === 2) response.destroy();
    else response.writeHead(200).end();
  });
  const webhook = webhookTo(receiver.url, { timeoutMs: 50 });
  webhook.send(ALERT);
  await webhook.idle();
  expect(new Set(receiver.posts.map(idOf)).size).toBe(1);
  expect(receiver.posts.length).toBeGreaterThanOrEqual(3);
  expect(said).toEqual([]);
});

test("an answer without end is not read", async () => {
  const receiver = await receiverThat((response) => {
    response.writeHead(200);
    response.write("x".repeat(100_000));
  });
  const webhook = webhookTo(receiver.url);
  webhook.send(ALERT);
  await webhook.idle();
  expect([receiver.posts.length, said]).toEqual([1, []]);
});

test("one that can't be reached is given up after a while, and neither URL nor secret is said", async () => {
  const receiver = await receiverThat(status(200));
  const { url } = receiver;
  await receiver.stop();
  const webhook = webhookTo(`${url}/token-in-path`, { retries: { ...SOON, forMs: 20 } });
  webhook.send(ALERT);
  await webhook.idle();
  expect(said).toEqual([
    expect.stringMatching(
      /^The firing alert job-not-running:wordcount of acme was not posted: the receiver can't be reached \(ECONNREFUSED\); tries: \d+\.$/,
    ),
  ]);
});

test("what waited for long has one try", async () => {
  const receiver = await receiverThat(status(503));
  const webhook = webhookTo(receiver.url, { retries: { pausesMs: [1], forMs: 0 } });
  for (const tenant of ["a", "b"]) webhook.send({ ...ALERT, tenant });
  await webhook.idle();
  expect(
    receiver.posts.map(({ body }) => JSON.parse(body) as AlertPost).map((p) => p.tenant),
  ).toEqual(["a", "b"]);
  expect(said).toHaveLength(2);
});

test("sending never waits; alerts arrive in their order, each with an id of its own", async () => {
  const held: http.ServerResponse[] = [];
  const receiver = await receiverThat((response, count) => {
    if (count === 1) held.push(response);
    else response.writeHead(200).end();
  });
  const webhook = webhookTo(receiver.url);
  const first = receiver.arrival();
  for (let i = 0; i < 5; i++) webhook.send({ ...ALERT, tenant: `t${i}` });
  await first;
  expect(receiver.posts).toHaveLength(1);
  held.forEach((response) => response.writeHead(200).end());
  await webhook.idle();
  const tenants = receiver.posts.map(({ body }) => (JSON.parse(body) as AlertPost).tenant);
  expect(tenants).toEqual(["t0", "t1", "t2", "t3", "t4"]);
  expect(new Set(receiver.posts.map(idOf)).size).toBe(5);
  webhook.send(ALERT);
  await webhook.idle();
  expect(receiver.posts).toHaveLength(6);
});

test("at most 100 wait; the oldest is dropped, and that is said", async () => {
  const receiver = await receiverThat(() => undefined);
  const webhook = webhookTo(receiver.url);
  for (let i = 0; i <= 102; i++) webhook.send({ ...ALERT, tenant: `t${i}` });
  const dropped = (i: number) =>
    `The firing alert job-not-running:wordcount of t${i} was not posted: more than 100 wait.`;
  // The first one is on its way.
  expect(said).toEqual([dropped(1), dropped(2)]);
});

test("closing ends a try and a pause, says what was not posted, and takes nothing more", async () => {
  const receiver = await receiverThat(() => undefined);
  const webhook = webhookTo(receiver.url);
  const first = receiver.arrival();
  webhook.send({ ...ALERT, tenant: "a" });
  webhook.send({ ...ALERT, tenant: "b" });
  await first;
  await webhook.close();
  webhook.send({ ...ALERT, tenant: "c" });
  await webhook.idle();
  const ended = (tenant: string) =>
    `The firing alert job-not-running:wordcount of ${tenant} was not posted: the conductor ends.`;
  expect(said).toEqual([ended("a"), ended("b")]);

  said = [];
  const busy = await receiverThat(status(503));
  const pausing = webhookTo(busy.url, { retries: { pausesMs: [3_600_000], forMs: 1e9 } });
  const arrival = busy.arrival();
  pausing.send({ ...ALERT, tenant: "d" });
  await arrival;
  await pausing.close();
  expect([said, busy.posts.length]).toEqual([[ended("d")], 1]);
});

test.each([
  "ftp://example.com",
  "example.com/hook",
  "",
  "file:///etc/passwd",
  "https://me:pw@example.com",
])("%j is no URL to post to", (url) => {
  expect(() => webhookTo(url)).toThrow(UserError);
  expect(() => webhookTo(url)).toThrow(/it is not an http or https URL without a user/);
});
