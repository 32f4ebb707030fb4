import { UserError } from "../../../../infra/errors";
import { ask, Stage, TOKEN, type Ask } from "./fixtures/stage";
import { AT, tenant, view } from "./fixtures/views";

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.start(view([tenant("acme"), tenant("a/b <i>")]));
});
afterEach(() => stage.end());

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const later = () => new Date(Date.now() + 3_600_000).toISOString();
const order = (path: string, options: Ask = {}) =>
  ask(`${stage.url}/api/tenants/${path}`, { method: "POST", headers: bearer(TOKEN), ...options });

describe("what everybody may look at", () => {
  it("is the page, which may load nothing but its own script, style and data", async () => {
    const { status, headers, text } = await ask(`${stage.url}/`);
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(text).toMatch(/^<!doctype html>/);
    expect(text).not.toMatch(/(src|href)=|url\(|unsafe-inline/);
    const policy = String(headers["content-security-policy"]);
    expect(policy.replaceAll(/sha256-[\w+/=]+/g, "HASH")).toBe(
      "default-src 'none'; script-src 'HASH'; style-src 'HASH'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });

  it("is the view", async () => {
    const { status, text } = await ask(`${stage.url}/api/view`);
    expect([status, JSON.parse(text)]).toEqual([200, stage.view]);
  });

  it("is a tenant's history, whatever the tenant is called", async () => {
    const { text } = await ask(`${stage.url}/api/tenants/${encodeURIComponent("a/b <i>")}/history`);
    expect(JSON.parse(text)).toEqual([
      {
        t: AT,
        producedPerSecond: 1200,
        consumedPerSecond: 1100,
        lagSeconds: 4,
        slotsTotal: 4,
        slotsUsed: 3,
        parallelism: 2,
      },
    ]);
    expect((await ask(`${stage.url}/api/tenants/nobody/history`)).status).toBe(404);
    expect((await ask(`${stage.url}/api/tenants/%ff/history`)).status).toBe(400);
  });

  it("is health and metrics", async () => {
    expect(JSON.parse((await ask(`${stage.url}/healthz`)).text)).toEqual({ atMs: AT });
    const { text, headers } = await ask(`${stage.url}/metrics`);
    expect([text, headers["content-type"]]).toEqual([
      "flinktide_up 1\n",
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
  });

  it("is not there before the first view", async () => {
    stage.view = undefined;
    for (const path of ["/api/view", "/healthz", "/api/tenants/acme/history"]) {
      expect((await ask(stage.url + path)).status).toBe(503);
    }
  });
});

describe("orders", () => {
  it.each(["pause", "resume"])("%s is handed over", async (name) => {
    const { status, text } = await order(`acme/${name}`);
    expect([status, text]).toEqual([200, '{"ok":true}']);
    expect(stage.orders).toEqual([{ tenant: "acme", order: name }]);
  });

  it("a hold is handed over with its size and end", async () => {
    const hold = { taskManagers: 6, until: later() };
    const path = `${encodeURIComponent("a/b <i>")}/hold`;
    expect((await order(path, { body: JSON.stringify(hold) })).status).toBe(200);
    expect(stage.orders).toEqual([{ tenant: "a/b <i>", order: "hold", hold }]);
  });

  it.each([
    ["no token", {}, "The token is missing."],
    ["a wrong token", bearer("b" + TOKEN.slice(1)), "The token is wrong."],
    ["an empty token", { Authorization: "Bearer " }, "The token is wrong."],
    ["part of the token", bearer(TOKEN.slice(0, -1)), "The token is wrong."],
    ["another scheme", { Authorization: `Basic ${TOKEN}` }, "The token is wrong."],
  ])("%s: 401, and nobody is asked, not even for the tenant", async (_what, headers, sentence) => {
    for (const path of ["acme/pause", "acme/resume", "acme/hold", "nobody/pause"]) {
      const { status, text } = await order(path, { headers, body: "no JSON" });
      expect([status, JSON.parse(text).error]).toEqual([401, expect.stringContaining(sentence)]);
    }
    expect(stage.calls).toEqual([]);
  });

  it.each([
    ["no JSON", "{", "The body is not JSON"],
    ["nothing", "", "taskManagers: it is missing"],
    ["no number", `{"taskManagers":"6","until":"${later()}"}`, "not a whole number above 0"],
    ["a fraction", `{"taskManagers":1.5,"until":"${later()}"}`, "not a whole number above 0"],
    ["zero", `{"taskManagers":0,"until":"${later()}"}`, "not a whole number above 0"],
    ["no instant", `{"taskManagers":6,"until":"18:00"}`, "write it as 2026-11-21T18:00:00Z"],
    ["the past", `{"taskManagers":6,"until":"2020-01-01T00:00:00Z"}`, "until (given:"],
    ["a typing error", `{"taskManagers":6,"until":"9026-01-01T00:00:00Z"}`, "a year ahead"],
    ["more", `{"taskManagers":6,"until":"${later()}","x":1}`, "x (given: 1)"],
  ])("a hold with %s: 400 with the sentence", async (_what, body, sentence) => {
    const { status, text } = await order("acme/hold", { body });
    expect([status, JSON.parse(text).error]).toEqual([400, expect.stringContaining(sentence)]);
    expect(stage.calls).toEqual([]);
  });

  it("what the conductor refuses is told; what it fails at is not", async () => {
    stage.orderFault = new UserError("6 exceeds the quota of 4. Fix: give at most 4.");
    const refused = await order("acme/pause");
    expect([refused.status, JSON.parse(refused.text).error]).toEqual([
      400,
      stage.orderFault.message,
    ]);
    stage.orderFault = new Error("/secret/path is full");
    const errors = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const failed = await order("acme/pause");
    expect(errors.mock.calls.join("")).toContain("/secret/path is full");
    errors.mockRestore();
    expect(failed.status).toBe(500);
    expect(failed.text).not.toContain("secret");
  });

  it("an unknown tenant: 404; an unknown order: 404", async () => {
    expect((await order("nobody/pause")).status).toBe(404);
    expect((await order("acme/destroy")).status).toBe(404);
    expect(stage.calls).toEqual([]);
  });

  it("a body of 4 KiB is read, a longer one is not, announced or not: 413", async () => {
    const hold = { taskManagers: 6, until: later() };
    const body = (bytes: number) => JSON.stringify(hold).padEnd(bytes, " ");
    expect((await order("acme/hold", { body: body(4096) })).status).toBe(200);
    expect((await order("acme/hold", { body: body(4097) })).status).toBe(413);
    const chunked = { ...bearer(TOKEN), "Transfer-Encoding": "chunked" };
    const long = body(1_000_000);
    expect((await order("acme/hold", { headers: chunked, body: long })).status).toBe(413);
    expect(stage.orders).toHaveLength(1);
  });
});

describe("requests that a foreign page could send", () => {
  it.each(["evil.example", "localhost.evil.example", "evil.example:80", "10.0.0.1", "a@localhost"])(
    "under the name %j: 403",
    async (host) => {
      for (const path of ["/", "/api/view", "/events", "/metrics"]) {
        expect((await ask(stage.url + path, { headers: { Host: host } })).status).toBe(403);
      }
      const headers = { ...bearer(TOKEN), Host: host };
      expect((await order("acme/pause", { headers })).status).toBe(403);
      expect(stage.calls).toEqual([]);
    },
  );

  it.each(["localhost", "localhost:9999", "LOCALHOST", "127.0.0.1", "[::1]:80"])(
    "under our own name %j: fine",
    async (host) => {
      expect((await ask(`${stage.url}/api/view`, { headers: { Host: host } })).status).toBe(200);
    },
  );

  it.each([
    { Origin: "http://evil.example" },
    { Origin: "null" },
    { Origin: "http://127.0.0.1:1" },
    { "Sec-Fetch-Site": "cross-site" },
  ])("an order from another origin, %j: 403 even with the token", async (headers) => {
    const { status } = await order("acme/pause", { headers: { ...bearer(TOKEN), ...headers } });
    expect(status).toBe(403);
    expect(stage.calls).toEqual([]);
  });

  it("an order from the page's own origin is taken", async () => {
    const headers = { ...bearer(TOKEN), Origin: stage.url, "Sec-Fetch-Site": "same-origin" };
    expect((await order("acme/pause", { headers })).status).toBe(200);
  });

  it.each([
    ["HEAD", "/", "GET"],
    ["POST", "/api/view", "GET"],
    ["GET", "/api/tenants/acme/pause", "POST"],
    ["OPTIONS", "/api/tenants/acme/pause", "POST"],
    ["DELETE", "/metrics", "GET"],
  ])("%s %s: 405, and it says %s", async (method, path, allowed) => {
    const { status, headers } = await ask(stage.url + path, { method });
    expect([status, headers.allow]).toEqual([405, allowed]);
  });
});
