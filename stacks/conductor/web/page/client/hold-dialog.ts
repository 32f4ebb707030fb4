import type { TenantView } from "../../../tenant-view";
import { byId, setText } from "./dom";
import { tell } from "./news";
import { sendOrder } from "./orders";
import { clock, counted } from "./text";

const HOUR_MS = 3_600_000;
const STEP_MS = 300_000;

/** Lets the reader choose how many TaskManagers a tenant is held at and until when, and orders it. */
export function openHoldDialog(tenant: TenantView, nowMs: number): void {
  const dialog = byId("hold-dialog", HTMLDialogElement);
  const form = byId("hold-form", HTMLFormElement);
  const count = byId("hold-count", HTMLInputElement);
  const until = byId("hold-until", HTMLInputElement);
  const fault = byId("hold-fault", HTMLElement);
  setText(byId("hold-title", HTMLElement), `Hold ${tenant.tenant}`);
  setText(fault, "");
  count.value = String(tenant.wantedTaskManagers ?? tenant.taskManagers ?? tenant.floor);
  until.value = localTime(Math.ceil((nowMs + HOUR_MS) / STEP_MS) * STEP_MS);
  let sending = false;
  form.onsubmit = (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    const hold = {
      taskManagers: count.valueAsNumber,
      until: new Date(until.value).toISOString(),
    };
    setText(fault, "");
    void sendOrder(tenant.tenant, "hold", hold).then((result) => {
      sending = false;
      if (result.state === "refused") setText(fault, result.sentence);
      if (result.state !== "done") return;
      dialog.close();
      const end = clock(Date.parse(hold.until), nowMs);
      tell(`${tenant.tenant}: held at ${counted(hold.taskManagers, "TaskManager")} until ${end}.`);
    });
  };
  dialog.showModal();
  count.select();
}

/** As an input of type datetime-local has it. */
function localTime(ms: number): string {
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 16);
}
