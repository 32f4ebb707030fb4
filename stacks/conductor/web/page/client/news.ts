import { byId, element } from "./dom";
import { clockWithSeconds } from "./text";

const KEPT = 4;
/** More at once are only counted: nobody can listen to them all. */
const MOST_AT_ONCE = 3;

/** Says what happened, to eyes and to screen readers; the last few sentences stay. */
export function tell(...sentences: string[]): void {
  const log = byId("news", HTMLElement);
  const more = sentences.length - MOST_AT_ONCE;
  const told = more <= 0 ? sentences : [...sentences.slice(0, MOST_AT_ONCE), `and ${more} more.`];
  for (const sentence of told) {
    log.append(element("p", {}, `${clockWithSeconds(Date.now())} ${sentence}`));
  }
  while (log.children.length > KEPT) log.firstElementChild?.remove();
}
