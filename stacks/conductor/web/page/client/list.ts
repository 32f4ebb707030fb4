import type { ConductorView, TenantView } from "../../../tenant-view";
import { createCard, type Card } from "./card";
import { badgesOf } from "./describe";
import { byId, setText } from "./dom";
import { counted } from "./text";

/** Up to so many tenants are open when the page is. */
const OPEN_AT_FIRST = 3;

export interface List {
  update(view: ConductorView, nowMs: number): void;
  tick(nowMs: number): void;
}

/** All tenants by name, each in the same element for as long as it exists; a filter hides those not asked for. */
export function createList(now: () => number): List {
  const list = byId("tenants", HTMLElement);
  const filter = byId("filter", HTMLInputElement);
  const troubled = byId("troubled", HTMLInputElement);
  const shown = byId("shown", HTMLElement);
  const cards = new Map<string, Card>();
  let tenants: readonly TenantView[] = [];
  let first = true;
  const choose = () => {
    const wanted = filter.value.trim().toLowerCase();
    let count = 0;
    for (const tenant of tenants) {
      const fits = tenant.tenant.toLowerCase().includes(wanted);
      const asked = !troubled.checked || badgesOf(tenant, now()).some(({ bad }) => bad);
      const card = cards.get(tenant.tenant);
      if (card !== undefined) card.root.hidden = !(fits && asked);
      if (fits && asked) count++;
    }
    const all = counted(tenants.length, "tenant");
    setText(shown, count === tenants.length ? all : `${count} of ${all}`);
  };
  filter.addEventListener("input", choose);
  troubled.addEventListener("change", choose);
  return {
    update(view, nowMs) {
      tenants = view.tenants.toSorted((a, b) => a.tenant.localeCompare(b.tenant));
      removeOthers(cards, tenants);
      tenants.forEach((tenant, i) => {
        const card = cards.get(tenant.tenant) ?? createCard(tenant, now);
        cards.set(tenant.tenant, card);
        // Moving an element takes the focus from it.
        if (list.children[i] !== card.root) list.insertBefore(card.root, list.children[i] ?? null);
        card.update(tenant, nowMs);
      });
      if (first && tenants.length <= OPEN_AT_FIRST) for (const card of cards.values()) card.open();
      first = false;
      choose();
    },
    tick(nowMs) {
      for (const card of cards.values()) card.tick(nowMs);
    },
  };
}

function removeOthers(cards: Map<string, Card>, tenants: readonly TenantView[]): void {
  const names = new Set(tenants.map(({ tenant }) => tenant));
  for (const [name, card] of cards) {
    if (names.has(name)) continue;
    card.root.remove();
    cards.delete(name);
  }
}
