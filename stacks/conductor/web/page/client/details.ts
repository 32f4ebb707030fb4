import type { TenantView } from "../../../tenant-view";
import { factsOf, isLate, JOB_COLUMNS, jobCells } from "./describe";
import { element, reconcile, setText } from "./dom";
import { openHoldDialog } from "./hold-dialog";
import { tell } from "./news";
import { sendOrder, type OrderName } from "./orders";
import { Timeline } from "./timeline";

/** All that is known of a tenant. */
export interface Details {
  root: HTMLElement;
  push(tenant: TenantView): void;
  update(tenant: TenantView, nowMs: number): void;
  tick(tenant: TenantView, nowMs: number): void;
}

export function createDetails(first: TenantView, now: () => number): Details {
  const name = first.tenant;
  let newest = first;
  const warnings = element("ul", { class: "warnings", "aria-label": `Alerts of ${name}` });
  const facts = element("dl", { class: "facts" });
  const jobs = element("tbody");
  const timeline = new Timeline(name, () => timeline.draw(newest, now()));
  const root = element(
    "div",
    {},
    warnings,
    orderButtons(() => newest, now),
    facts,
    jobTable(name, jobs),
    element("h4", {}, "Last day"),
    timeline.root,
  );
  const tick = (tenant: TenantView, nowMs: number) =>
    reconcile(
      facts,
      factsOf(tenant, nowMs),
      () => element("div", {}, element("dt"), element("dd")),
      (child, [term, value]) => {
        if (child.children[0] !== undefined) setText(child.children[0], term);
        if (child.children[1] !== undefined) setText(child.children[1], value);
      },
    );
  return {
    root,
    push(tenant) {
      newest = tenant;
      timeline.push(tenant);
    },
    update(tenant, nowMs) {
      const told = [...(tenant.problem === null ? [] : [tenant.problem]), ...tenant.alerts];
      warnings.hidden = told.length === 0;
      reconcile(warnings, told, () => element("li"), setText);
      tick(tenant, nowMs);
      updateJobs(jobs, tenant);
      timeline.draw(tenant, nowMs);
    },
    tick,
  };
}

function jobTable(tenant: string, body: HTMLElement): HTMLElement {
  const heads = JOB_COLUMNS.map((title) => element("th", { scope: "col" }, title));
  const caption = element("caption", {}, `Jobs of ${tenant}`);
  const head = element("thead", {}, element("tr", {}, ...heads));
  return element(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": `Jobs of ${tenant}` },
    element("table", {}, caption, head, body),
  );
}

function updateJobs(body: HTMLElement, tenant: TenantView): void {
  const row = () => element("tr", {}, element("th", { scope: "row" }));
  reconcile(body, tenant.jobs, row, (child, job) => {
    child.classList.toggle("late", isLate(job));
    reconcile(child, jobCells(job), () => element("td"), setText);
  });
}

/** `newest` gives the tenant as it is when a button is pressed. */
function orderButtons(newest: () => TenantView, now: () => number): HTMLElement {
  const button = (order: OrderName, text: string, act: () => void) => {
    const made = element("button", { type: "button", "data-order": order }, text);
    made.addEventListener("click", act);
    return made;
  };
  const { tenant } = newest();
  return element(
    "div",
    { class: "orders", role: "group", "aria-label": `Orders for ${tenant}` },
    button("pause", "Pause", () => void order(tenant, "pause", "paused.")),
    button("resume", "Resume", () => void order(tenant, "resume", "goes on; no pause, no hold.")),
    button("hold", "Hold…", () => openHoldDialog(newest(), now())),
  );
}

async function order(tenant: string, name: OrderName, done: string): Promise<void> {
  const result = await sendOrder(tenant, name);
  if (result.state === "done") tell(`${tenant}: ${done}`);
  else if (result.state === "refused") tell(`${tenant}: not ${name}d. ${result.sentence}`);
  else tell(`${tenant}: nothing was ordered.`);
}
