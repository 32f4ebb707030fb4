import { startProbes, type ProbesServer } from "../../../../stacks/conductor/web/probes";

let sinceRoundMs: number | undefined;
let server: ProbesServer;
beforeEach(async () => {
  const metrics = async () => "flinktide_up 1\n";
  server = await startProbes(0, { sinceRoundMs: () => sinceRoundMs, metrics }, "127.0.0.1");
});
afterEach(() => server.close());

async function ask(path: string, method = "GET") {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return [response.status, await response.text()];
}

it.each([
  [undefined, 200, 503],
  [0, 200, 200],
  [120_000, 200, 200],
  // A round that hangs: it is started anew.
  [120_001, 503, 200],
])("%s ms after a round it is alive: %d, ready: %d", async (ms, alive, ready) => {
  sinceRoundMs = ms;
  expect([(await ask("/healthz"))[0], (await ask("/readyz"))[0]]).toEqual([alive, ready]);
});

it("says why it is not well", async () => {
  sinceRoundMs = 200_400;
  expect(await ask("/healthz")).toEqual([503, '{"error":"No round ended for 200 s."}']);
  sinceRoundMs = undefined;
  expect(await ask("/readyz")).toEqual([503, '{"error":"The first round has not ended."}']);
});

it("serves the metrics, and neither page nor orders", async () => {
  expect(await ask("/metrics")).toEqual([200, "flinktide_up 1\n"]);
  expect((await ask("/"))[0]).toBe(404);
  expect((await ask("/api/view"))[0]).toBe(404);
  expect((await ask("/api/tenants/acme/pause", "POST"))[0]).toBe(404);
});

it("a port that is taken is told", async () => {
  const probed = { sinceRoundMs: () => 0, metrics: async () => "" };
  await expect(startProbes(server.port, probed, "127.0.0.1")).rejects.toThrow("is taken");
});
