import type { ConductorView } from "../../../tenant-view";

/** The server sends a sign of life every 10 s. */
const SILENCE_MS = 25_000;
const AGAIN_MS = 3_000;

export interface Connection {
  /** The conductor's clock: views are judged by it, whatever the reader's says. */
  now(): number;
  /** When the last sign of life came, by that clock; undefined before the first. */
  lastSign(): number | undefined;
  isUp(): boolean;
}

/** Listens for views, and begins again whenever the connection is lost or silent. */
export function connect(onView: (view: ConductorView) => void, onChange: () => void): Connection {
  let source: EventSource | undefined;
  let offsetMs = 0;
  let lastSign: number | undefined;
  let openedAt = Date.now();
  let up = false;
  const become = (state: boolean) => {
    const changed = up !== state;
    up = state;
    if (changed) onChange();
  };
  const sign = () => {
    lastSign = Date.now() + offsetMs;
    become(true);
  };
  const open = () => {
    source?.close();
    openedAt = Date.now();
    source = new EventSource("/events");
    source.addEventListener("beat", (event: MessageEvent<string>) => {
      offsetMs = Number(event.data) - Date.now();
      sign();
    });
    source.addEventListener("view", (event: MessageEvent<string>) => {
      sign();
      onView(JSON.parse(event.data) as ConductorView);
    });
    source.addEventListener("error", () => become(false));
  };
  open();
  setInterval(() => {
    const now = Date.now();
    const silent = up && now + offsetMs - (lastSign ?? 0) > SILENCE_MS;
    // A browser gives up for good where the server refused it.
    const gaveUp = source?.readyState === EventSource.CLOSED && now - openedAt > AGAIN_MS;
    if (!silent && !gaveUp) return;
    become(false);
    open();
  }, 1_000);
  return { now: () => Date.now() + offsetMs, lastSign: () => lastSign, isUp: () => up };
}
