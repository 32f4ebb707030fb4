import * as fs from "node:fs/promises";
import { Visit } from "./fixtures/visit";
import { decided, job, tenant, view } from "./fixtures/views";

const on = Visit.prepare();

describe("how it looks", () => {
  const axe = require.resolve("axe-core/axe.min.js");
  const folder = process.env.FLINKTIDE_SCREENSHOTS;

  /** What axe finds that keeps people from using the page, by rule. */
  async function violations(): Promise<string[]> {
    // Into the page's own world, past the policy that lets no foreign script in.
    const session = await on.chromium.context.newCDPSession(on.page);
    const source = await fs.readFile(axe, "utf8");
    await session.send("Runtime.evaluate", { expression: source });
    const found = await on.page.evaluate(async () => {
      const { axe: tool } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string }[] }> };
      };
      return (await tool.run()).violations;
    });
    return found.map(({ id, impact }) => `${impact}: ${id}`);
  }

  async function fullDay(): Promise<void> {
    for (let minute = 24 * 60; minute > 0; minute--) {
      const atMs = Date.now() - minute * 60_000;
      const rate = 900 + 700 * Math.sin(minute / 200) + 80 * Math.sin(minute * 7);
      const up = rate > 1100;
      const jobs = [
        job({
          producedPerSecond: rate,
          consumedPerSecond: Math.min(rate, 1500),
          lagSeconds: up ? 6 + 9 * Math.abs(Math.sin(minute / 17)) : 2,
          parallelism: up ? 6 : 2,
        }),
      ];
      const slots = { slotsTotal: up ? 8 : 4, slotsAvailable: 2 };
      on.stage.history.push(view([tenant("acme", { atMs, jobs, ...slots })], { atMs }));
    }
    on.show(
      tenant("acme", { jobs: [job({ lagSeconds: 14 })], ...decided("2026-11-23T09:31:00Z", 2, 4) }),
      tenant("globex", {
        problem: "Prometheus does not answer: no measurement since 09:12.",
        alerts: ["job wordcount is not RUNNING"],
        paused: true,
      }),
    );
  }

  it.each([
    ["light", 1100],
    ["dark", 1100],
    ["light", 360],
    ["dark", 360],
  ] as const)(
    "%s at %d px: nothing that axe finds, nothing beyond the edge",
    async (scheme, width) => {
      await fullDay();
      await on.page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await on.page.setViewportSize({ width, height: 900 });
      await on.open();
      await on.page.locator("svg .line").first().waitFor({ state: "attached" });
      expect(await on.page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      expect(await violations()).toEqual([]);
      if (folder !== undefined)
        await on.page.screenshot({ path: `${folder}/${scheme}-${width}.png`, fullPage: true });
      await on.order("acme", "Hold…");
      expect(await violations()).toEqual([]);
      if (folder !== undefined)
        await on.page.screenshot({ path: `${folder}/${scheme}-${width}-hold.png` });
      const background = await on.page.evaluate("getComputedStyle(document.body).backgroundColor");
      expect(background).toBe(scheme === "dark" ? "rgb(18, 21, 27)" : "rgb(246, 247, 249)");
      expect(on.complaints).toEqual([]);
    },
  );

  it("axe finds what is wrong", async () => {
    await on.open();
    await on.page.evaluate(
      'document.querySelector("main").append(document.createElement("button"))',
    );
    expect(await violations()).toEqual(["critical: button-name"]);
  });
});
