import type { TenantView } from "../../../tenant-view";
import { PLOT } from "../../../../report/svg";
import { MINUTE_MS, pointOf, type HistoryPoint } from "../../history-point";
import { element, reconcile, setText } from "./dom";
import { extended, placeOf, rangeOf, renderPicture, toldOf } from "./picture";

/** A tenant's day: a picture, and a slider that tells the figures of each of its minutes. */
export class Timeline {
  readonly root: HTMLElement;
  private readonly picture = element("div", { class: "picture" });
  private readonly slider = element("input", { type: "range", min: "0", max: "0", value: "0" });
  private readonly told = element("output", { "aria-hidden": "true" });
  private points: HistoryPoint[] = [];
  private range = { from: 0, to: 1 };
  /** The minute that the reader chose; undefined follows the newest. */
  private chosen: number | undefined;
  private fetching = false;

  /** @param onHistory called when what was before the page was opened has come, and is to be drawn */
  constructor(
    private readonly tenant: string,
    private readonly onHistory: () => void,
  ) {
    const text = "Minute (arrow keys, or point at the picture)";
    const track = element("div", { class: "track" }, element("label", {}, text, this.slider));
    const reader = element("div", { class: "reader" }, track);
    const label = `Last day of ${tenant}: rate, lag and slots`;
    const region = { class: "scroll", tabindex: "0", role: "region", "aria-label": label };
    this.root = element("div", {}, element("div", region, this.picture, reader), this.told);
    this.slider.addEventListener("input", () => this.choose(this.slider.valueAsNumber));
    this.picture.addEventListener("pointermove", (event) => this.pointAt(event.clientX));
    void this.fetchHistory();
  }

  /** Takes the tenant's newest figures in. What is missing between, after a lost connection, is asked for. */
  push(view: TenantView): void {
    const point = pointOf(view);
    const last = this.points.at(-1);
    this.points = extended(this.points, point);
    if (last === undefined || point.t - last.t > 2 * MINUTE_MS) void this.fetchHistory();
  }

  draw(view: TenantView, nowMs: number): void {
    this.range = rangeOf(this.points, nowMs);
    const allowed = view.jobs.map(({ allowedLagSeconds }) => allowedLagSeconds);
    const limit = allowed.length === 0 ? undefined : Math.min(...allowed);
    this.picture.replaceChildren(parsed(renderPicture(this.points, this.range, limit)));
    this.tell();
  }

  private async fetchHistory(): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    try {
      const response = await fetch(`/api/tenants/${encodeURIComponent(this.tenant)}/history`);
      if (!response.ok) return;
      const history = (await response.json()) as HistoryPoint[];
      const end = history.at(-1)?.t ?? 0;
      this.points = this.points.filter(({ t }) => t >= end).reduce(extended, history);
      this.onHistory();
    } catch {
      // Without a connection; the page says so, and the next view brings the next attempt.
    } finally {
      this.fetching = false;
    }
  }

  private choose(index: number): void {
    this.chosen = index === this.points.length - 1 ? undefined : this.points[index]?.t;
    this.tell();
  }

  private pointAt(clientX: number): void {
    const box = this.picture.getBoundingClientRect();
    const x = ((clientX - box.left) / box.width) * PLOT.width;
    const share = (x - PLOT.left) / (PLOT.right - PLOT.left);
    this.choose(this.nearest(this.range.from + share * (this.range.to - this.range.from)));
  }

  private tell(): void {
    const newest = this.points.length - 1;
    const index = this.chosen === undefined ? newest : this.nearest(this.chosen);
    const point = this.points[index];
    if (point === undefined) return;
    this.slider.max = String(newest);
    this.slider.value = String(index);
    const text = toldOf(point, this.range.to);
    this.slider.setAttribute("aria-valuetext", text.join(", "));
    reconcile(this.told, text, () => element("span"), setText);
    const x = String(placeOf(this.range, Math.max(point.t, this.range.from)));
    const cursor = this.picture.querySelector(".cursor");
    for (const side of ["x1", "x2"]) cursor?.setAttribute(side, x);
    cursor?.setAttribute("visibility", "visible");
  }

  private nearest(ms: number): number {
    const away = (i: number) => Math.abs((this.points[i]?.t ?? 0) - ms);
    return this.points.reduce((best, _, i) => (away(i) < away(best) ? i : best), 0);
  }
}

/** An XML document runs nothing that stands in it. */
function parsed(svg: string): Element {
  return new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
}
