import { UserError } from "../../../../infra/errors";
import { TOKEN } from "./fixtures/stage";
import { Visit } from "./fixtures/visit";
import { tenant } from "./fixtures/views";

const on = Visit.prepare();

describe("orders", () => {
  it.each([
    ["Pause", "pause", "acme: paused."],
    ["Resume", "resume", "acme: goes on; no pause, no hold."],
  ])("%s asks for the token once, and says that it is done", async (button, name, sentence) => {
    await on.open();
    await on.order("acme", button);
    await on.tokenDialog.getByLabel("Token", { exact: true }).fill(TOKEN);
    await on.tokenDialog.getByRole("button", { name: "Use it" }).click();
    await on.said(sentence);
    await on.order("acme", button);
    await on.said(sentence, 2);
    expect(on.stage.orders).toEqual([
      { tenant: "acme", order: name },
      { tenant: "acme", order: name },
    ]);
    await on.page.reload();
    await on.order("acme", button);
    await on.said(sentence);
    expect(on.stage.orders).toHaveLength(3);
    expect(on.complaints).toEqual([]);
  });

  it("Hold sends size and end by the reader's clock", async () => {
    await on.open(`#token=${TOKEN}`);
    expect(on.page.url()).toBe(`${on.stage.url}/`);
    await on.order("acme", "Hold…");
    expect(await on.holdDialog.getByLabel("TaskManagers").inputValue()).toBe("2");
    await on.holdDialog.getByLabel("TaskManagers").fill("6");
    const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await on.holdDialog.getByLabel("Until").fill(`${day}T18:00`);
    await on.holdDialog.getByRole("button", { name: "Hold" }).click();
    await on.said("acme: held at 6 TaskManagers until ");
    expect(await on.holdDialog.isVisible()).toBe(false);
    // 18:00 in India.
    const hold = { taskManagers: 6, until: `${day}T12:30:00.000Z` };
    expect(on.stage.orders).toEqual([{ tenant: "acme", order: "hold", hold }]);
  });

  it("with a wrong token nothing happens but another question; Escape gives it up", async () => {
    await on.open("#token=wrong");
    await on.order("acme", "Pause");
    await on.tokenDialog.getByRole("alert").getByText("The token is wrong.").waitFor();
    await on.page.keyboard.press("Escape");
    await on.said("acme: nothing was ordered.");
    expect(on.stage.calls).toEqual([]);
    expect(await on.focused()).toBe("Pause");
    await on.order("acme", "Pause");
    await on.tokenDialog.getByRole("button", { name: "Cancel" }).click();
    await on.said("acme: nothing was ordered.", 2);
    expect(on.stage.calls).toEqual([]);
    await on.order("acme", "Pause");
    await on.tokenDialog.getByLabel("Token", { exact: true }).fill(TOKEN);
    await on.page.keyboard.press("Enter");
    await on.said("acme: paused.");
  });

  it("that the conductor refuses are told, in the dialog where there is one", async () => {
    on.stage.orderFault = new UserError("9 exceeds the quota of 4. Fix: give at most 4.");
    await on.open(`#token=${TOKEN}`);
    await on.order("acme", "Hold…");
    await on.page.keyboard.type("9");
    await on.page.keyboard.press("Enter");
    await on.holdDialog.getByRole("alert").getByText("9 exceeds the quota of 4.").waitFor();
    await on.holdDialog.getByRole("button", { name: "Cancel" }).click();
    expect(await on.holdDialog.isVisible()).toBe(false);
    await on.order("acme", "Pause");
    await on.said("acme: not paused. 9 exceeds the quota of 4.");
    expect(on.stage.orders).toEqual([]);
  });

  it("that can't reach the conductor say so", async () => {
    await on.open(`#token=${TOKEN}`);
    await on.stage.server.close();
    await on.order("acme", "Pause");
    await on.said(
      "acme: not paused. The conductor does not answer; nobody knows whether it heard.",
    );
  });
});

/** What is asked of the element that has the focus. */
interface Focused {
  id: string;
  tagName: string;
  textContent: string;
  getAttribute(name: string): string | null;
  ownerDocument: { defaultView: { getComputedStyle(of: Focused): { outlineStyle: string } } };
}

it("the keyboard alone reaches everything, and what has the focus is seen", async () => {
  on.show(tenant("acme"));
  await on.open();
  const reached: string[] = [];
  for (let i = 0; i < 9; i++) {
    await on.page.keyboard.press("Tab");
    const { name, outline } = await on.page.locator(":focus").evaluate((at: Focused) => ({
      name: at.getAttribute("aria-label") ?? (at.id || at.textContent || at.tagName),
      outline: at.ownerDocument.defaultView.getComputedStyle(at).outlineStyle,
    }));
    reached.push(name);
    expect([name, outline]).not.toEqual([name, "none"]);
  }
  expect(reached).toEqual([
    "filter",
    "troubled",
    "acme",
    "Pause",
    "Resume",
    "Hold…",
    "Jobs of acme",
    "Last day of acme: rate, lag and slots",
    "INPUT",
  ]);
  await on.orders("acme").getByRole("button", { name: "Hold…" }).press("Enter");
  await on.page.keyboard.press("Escape");
  expect(await on.holdDialog.isVisible()).toBe(false);
  expect(await on.focused()).toBe("Hold…");
  const name = on.page.getByRole("button", { name: "acme", exact: true });
  await name.press("Space");
  expect(await name.getAttribute("aria-expanded")).toBe("false");
  expect(await on.orders("acme").isHidden()).toBe(true);
});

it("a thousand tenants: closed at first, filtered by name and by need, typing undisturbed", async () => {
  const many = Array.from({ length: 1000 }, (_, i) =>
    tenant(`tenant-${String(i).padStart(4, "0")}`, { alerts: i === 7 ? ["late"] : [] }),
  );
  on.show(tenant("acme"), ...many);
  await on.open();
  const shown = on.page.getByRole("status");
  expect(await shown.textContent()).toBe("1,001 tenants");
  expect(await on.page.locator(".details > *").count()).toBe(0);
  const filter = on.page.getByLabel("Filter by name");
  await filter.pressSequentially("tenant-00");
  on.show(tenant("acme"), ...many.slice(0, 999));
  await on.page.keyboard.type("0");
  await shown.getByText("10 of 1,000 tenants").waitFor();
  expect(await filter.inputValue()).toBe("tenant-000");
  await on.page.getByLabel("Only those that need a look").check();
  expect(await shown.textContent()).toBe("1 of 1,000 tenants");
  await on.page.getByRole("button", { name: "tenant-0007" }).click();
  await on.orders("tenant-0007").waitFor();
  expect(await on.page.locator(".details > *").count()).toBe(1);
});
