import { Visit } from "./fixtures/visit";
import { decided, job, tenant, view } from "./fixtures/views";

const on = Visit.prepare();

const fact = (name: string, term: string) =>
  on.page
    .getByRole("listitem")
    .filter({ has: on.page.getByRole("button", { name, exact: true }) })
    .locator("dl > div")
    .filter({ has: on.page.getByText(term, { exact: true }) })
    .locator("dd");

describe("what is shown", () => {
  it("is every figure of a tenant, its jobs, and its day", async () => {
    on.show(
      tenant("acme", {
        wantedTaskManagers: 4,
        jobs: [job({ lagSeconds: 75, wantedParallelism: 4, held: "it was rescaled a moment ago" })],
        alerts: ["an update failed twice"],
        problem: "Prometheus does not answer",
        paused: true,
        hold: { taskManagers: 3, until: new Date(Date.now() + 60_000).toISOString() },
        doing: "updating the stack",
        lastUpdateSeconds: 12.4,
        ...decided("2020-01-01T06:30:00.000Z", 2, 4),
      }),
    );
    await on.open();
    const terms = await on.page.locator("dt").allTextContents();
    const values = await on.page.locator("dd").allTextContents();
    const text = Object.fromEntries(terms.map((term, i) => [term, values[i]]));
    expect(text).toMatchObject({
      Window: "day",
      "Floor to ceiling": "1 to 4 TaskManagers",
      TaskManagers: "2, wanted 4",
      "Slots in use": "3 of 4",
      Doing: "updating the stack",
      "Last update took": "12 s",
      // 06:30 in UTC, told by the clock of the reader in India.
      "Last decision": "Jan 1, 12:00: TaskManagers 2 -> 4: 0 of 4 slots are free.",
    });
    expect(text["Orders in force"]).toMatch(/^paused, held at 3 TaskManagers until /);
    expect(await on.page.getByRole("row").nth(1).getByRole("cell").allTextContents()).toEqual([
      "RUNNING",
      "2, wanted 4",
      "1,200",
      "1,100",
      "400",
      "1 m 15 s, too much",
      "10 s",
      "it was rescaled a moment ago",
    ]);
    expect(await on.page.locator(".badge").allTextContents()).toEqual([
      "problem",
      "1 alert",
      "lag above the limit",
      "paused",
      "held",
      "busy",
    ]);
    expect(await on.page.getByRole("list", { name: "Alerts of acme" }).innerText()).toBe(
      "Prometheus does not answer\nan update failed twice",
    );
    await expect(on.page.locator("svg .panel").count()).resolves.toBe(3);
    expect(on.complaints).toEqual([]);
  });

  it("is never taken for markup", async () => {
    const evil = '<img src=x onerror="document.title=1"><b>';
    on.show(
      tenant("acme"),
      tenant(evil, {
        window: evil,
        problem: evil,
        alerts: [evil],
        doing: evil,
        jobs: [job({ job: evil, state: evil, held: evil })],
        ...decided("2026-11-23T09:00:00Z", 1, 2),
        explanation: evil,
      }),
    );
    await on.open();
    on.show(
      tenant("acme"),
      tenant(evil, {
        alerts: [`${evil}2`],
        ...decided("2026-11-23T09:01:00Z", 1, 2),
        explanation: evil,
      }),
    );
    await on.said(`${evil}: ${evil}2`);
    await on.order(evil, "Hold…");
    expect(await on.page.locator("main img, main b").count()).toBe(0);
    expect(await on.page.locator("#hold-title").textContent()).toBe(`Hold ${evil}`);
    expect(on.complaints).toEqual([]);
  });

  it("follows every view, says what happened, and leaves the focus where it is", async () => {
    await on.open();
    expect(await fact("acme", "TaskManagers").textContent()).toBe("2");
    const row = on.page.getByRole("row").filter({ hasText: "wordcount" }).first();
    const before = await row.elementHandle();
    await on.orders("acme").getByRole("button", { name: "Pause" }).focus();
    on.show(
      tenant("aaa"),
      tenant("acme", {
        wantedTaskManagers: 4,
        alerts: ["job not RUNNING"],
        ...decided("2026-11-23T09:31:00Z", 2, 4),
      }),
    );
    await on.said("acme: TaskManagers 2 -> 4: 0 of 4 slots are free.");
    await on.said("acme: job not RUNNING");
    expect(await fact("acme", "TaskManagers").textContent()).toBe("2, wanted 4");
    expect(await on.page.locator("h3 button").allTextContents()).toEqual(["aaa", "acme"]);
    expect(await on.focused()).toBe("Pause");
    expect(await before?.evaluate((node) => node.isConnected)).toBe(true);
    expect(await on.page.locator("#conductor").textContent()).toMatch(
      /^Conductor 4242 on here\. It leads\. Last round \d+ s ago, in 0\.3 s\.$/,
    );
    on.show(tenant("acme", { alerts: [] }));
    await on.said("acme: over: job not RUNNING");
  });

  it("is a day that goes on, told minute by minute with the arrow keys", async () => {
    for (let minute = 30; minute > 0; minute--) {
      const atMs = Date.now() - minute * 60_000;
      const jobs = [job({ producedPerSecond: minute * 100 })];
      on.stage.history.push(view([tenant("acme", { atMs, jobs })], { atMs }));
    }
    on.show(tenant("acme"));
    await on.open();
    const slider = on.page.getByRole("slider");
    await on.page.waitForFunction('document.querySelector("input[type=range]")?.max === "30"');
    expect(await slider.getAttribute("aria-valuetext")).toContain("1,200/s arrive");
    await slider.focus();
    await on.page.keyboard.press("ArrowLeft");
    expect(await slider.getAttribute("aria-valuetext")).toContain(
      "100/s arrive, 1,100/s processed, lag 4 s, 3 of 4 slots used, parallelism 2",
    );
    await on.page.keyboard.press("Home");
    expect(await on.page.locator("output").textContent()).toContain("3,000/s arrive");
    await on.page.keyboard.press("End");
    on.show(tenant("acme", { jobs: [job({ producedPerSecond: 7777 })] }));
    await on.page.locator("output").getByText("7,777/s arrive").waitFor();
  });

  it("is marked where it is out of date, and where the connection is lost, until it is back", async () => {
    await on.open();
    const banner = on.page.locator("#connection");
    expect(await banner.isHidden()).toBe(true);
    const old = Date.now() - 300_000;
    on.stage.publish(view([tenant("acme", { atMs: old })], { atMs: old }));
    await banner.getByText("The conductor has not looked at any tenant for a while.").waitFor();
    expect(await on.page.locator(".badge").allTextContents()).toEqual(["out of date"]);
    const port = Number(new URL(on.stage.url).port);
    await on.stage.server.close();
    await banner.getByText("The connection to the conductor is lost; trying again.").waitFor();
    on.stage.server = await on.stage.serve(port);
    on.show(tenant("acme"));
    await banner.waitFor({ state: "hidden" });
  });
});
