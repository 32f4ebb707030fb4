import type { ConductorView } from "../../../tenant-view";
import { connect } from "./connection";
import { newsOf, STALE_MS } from "./describe";
import { byId, setText } from "./dom";
import { createList } from "./list";
import { tell } from "./news";
import { takeTokenFromAddress } from "./token";
import { between, clockWithSeconds, seconds } from "./text";

let view: ConductorView | undefined;

takeTokenFromAddress();
addEventListener("hashchange", takeTokenFromAddress);
for (const cancel of document.querySelectorAll("dialog [data-cancel]")) {
  cancel.addEventListener("click", () => cancel.closest("dialog")?.close());
}
const connection = connect(take, showState);
const list = createList(connection.now);
showState();
setInterval(() => {
  showState();
  list.tick(connection.now());
}, 1_000);

function take(next: ConductorView): void {
  const before = new Map(view?.tenants.map((tenant) => [tenant.tenant, tenant]));
  const news = next.tenants.flatMap((tenant) => {
    const known = before.get(tenant.tenant);
    return known === undefined ? [] : newsOf(known, tenant);
  });
  view = next;
  showState();
  list.update(next, connection.now());
  if (news.length > 0) tell(...news);
}

/** Whether what is shown is of now, above everything else. */
function showState(): void {
  const fault = faultOf();
  const banner = byId("connection", HTMLElement);
  setText(banner, fault ?? "");
  banner.hidden = fault === undefined;
  document.body.classList.toggle("stale", fault !== undefined && view !== undefined);
  if (view === undefined) return;
  setText(byId("environment", HTMLElement), view.environment);
  document.title = `${view.environment} – flinktide`;
  const role = view.leading ? "It leads" : "Another conductor leads; this one stands by";
  const ago = between(view.atMs, connection.now());
  setText(
    byId("conductor", HTMLElement),
    `Conductor ${view.pid} on ${view.host}. ${role}. Last round ${ago} ago, in ${seconds(view.cycleSeconds)}.`,
  );
}

function faultOf(): string | undefined {
  const shown =
    view === undefined
      ? "Nothing is known yet."
      : `What is shown is of ${clockWithSeconds(view.atMs)}.`;
  if (!connection.isUp()) {
    const was = connection.lastSign() !== undefined;
    return was
      ? `The connection to the conductor is lost; trying again. ${shown}`
      : "Connecting to the conductor.";
  }
  if (view === undefined) return "The conductor has just started and knows nothing yet.";
  const stale = connection.now() - view.atMs > STALE_MS;
  return stale ? `The conductor has not looked at any tenant for a while. ${shown}` : undefined;
}
