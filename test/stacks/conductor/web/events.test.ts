import * as http from "node:http";
import { ask, Stage } from "./fixtures/stage";
import { tenant, view } from "./fixtures/views";

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.start(view([tenant("acme")]));
});
afterEach(() => stage.end());

describe("events", () => {
  it("bring the view at once and every later one, until the server closes", async () => {
    const response = await open("/events");
    expect(response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    const received = events(response);
    await received.until(2);
    expect(received.names).toEqual(["beat", "view"]);
    expect(received.views).toEqual([stage.view]);
    stage.publish(view([tenant("acme", { paused: true })]));
    await received.until(3);
    expect(received.views[1]).toEqual(stage.view);
    await stage.server.close();
    await received.ended;
    expect(stage.listening).toBe(0);
  });

  it("skip what a slow client has no time for, and give it the newest", async () => {
    const response = await open("/events");
    const received = events(response);
    await received.until(2);
    response.pause();
    const many = (n: number) =>
      view([tenant("acme", { doing: "x".repeat(1_000_000) })], { fence: n });
    const before = process.memoryUsage.rss();
    for (let n = 2; n <= 300; n++) {
      stage.publish(many(n));
      await new Promise(setImmediate);
    }
    expect((process.memoryUsage.rss() - before) / 1024 ** 2).toBeLessThan(150);
    response.resume();
    await received.untilView(({ fence }) => fence === 300);
    expect(received.views.length).toBeLessThan(100);
    response.destroy();
  });

  it("go to 32 pages, not to more", async () => {
    const responses = await Promise.all(Array.from({ length: 32 }, () => open("/events")));
    expect(responses.map(({ statusCode }) => statusCode)).toEqual(Array(32).fill(200));
    const refused = await ask(`${stage.url}/events`);
    expect([refused.status, JSON.parse(refused.text).error]).toEqual([
      503,
      "32 pages listen already. Close one.",
    ]);
    responses.forEach((response) => response.destroy());
  });
});

function open(path: string): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    http.get(stage.url + path, { agent: false }, resolve).on("error", reject);
  });
}

/** What a stream of events says. */
function events(response: http.IncomingMessage) {
  const names: string[] = [];
  const views: ReturnType<typeof view>[] = [];
  const waiting = new Set<() => void>();
  let rest = "";
  response.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const [, name, data = ""] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
      if (name !== undefined) names.push(name);
      if (name === "view") views.push(JSON.parse(data));
    }
    for (const check of waiting) check();
  });
  response.on("error", () => undefined);
  const untilTrue = (isTrue: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!isTrue()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return {
    names,
    views,
    ended: new Promise((resolve) => response.on("close", resolve)),
    until: (count: number) => untilTrue(() => names.length >= count),
    untilView: (fits: (seen: (typeof views)[number]) => boolean) =>
      untilTrue(() => views.some(fits)),
  };
}
