import type { TenantView } from "../../../tenant-view";
import { createDetails, type Details } from "./details";
import { badgesOf, briefOf } from "./describe";
import { element, reconcile, setText } from "./dom";

/** A tenant in the list: always its name and one line, and all the rest while it is open. */
export interface Card {
  root: HTMLElement;
  update(tenant: TenantView, nowMs: number): void;
  /** Brings times like "in 5 m" up to date. */
  tick(nowMs: number): void;
  open(): void;
}

let made = 0;

export function createCard(first: TenantView, now: () => number): Card {
  const id = `tenant-${made++}`;
  const button = element(
    "button",
    { type: "button", "aria-expanded": "false", "aria-controls": id },
    first.tenant,
  );
  const badges = element("span", { class: "badges" });
  const brief = element("span");
  const body = element("div", { id, class: "details", hidden: "" });
  const root = element(
    "li",
    { class: "tenant" },
    element("h3", {}, button),
    element("p", { class: "brief" }, badges, brief),
    body,
  );
  let tenant = first;
  let details: Details | undefined;
  let visible = false;
  let isOpen = false;
  const draw = () => {
    if (details !== undefined && visible && isOpen) details.update(tenant, now());
  };
  // Out of sight nothing but the line is kept up to date.
  new IntersectionObserver(([entry]) => {
    visible = entry?.isIntersecting ?? false;
    draw();
  }).observe(root);
  const show = (open: boolean) => {
    details ??= createDetails(tenant, now);
    if (body.firstChild === null) body.append(details.root);
    isOpen = open;
    body.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    draw();
  };
  button.addEventListener("click", () => show(!isOpen));
  return {
    root,
    update(next, nowMs) {
      tenant = next;
      details?.push(next);
      updateLine(badges, brief, tenant, nowMs);
      draw();
    },
    tick(nowMs) {
      updateLine(badges, brief, tenant, nowMs);
      if (visible && isOpen) details?.tick(tenant, nowMs);
    },
    open: () => show(true),
  };
}

function updateLine(badges: Element, brief: Element, tenant: TenantView, nowMs: number): void {
  const make = () => element("span");
  reconcile(badges, badgesOf(tenant, nowMs), make, (child, badge) => {
    child.className = badge.bad ? "badge bad" : "badge";
    setText(child, badge.text);
  });
  setText(brief, briefOf(tenant, nowMs));
}
