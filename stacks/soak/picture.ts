import { NO_WINDOW } from "../../policies/decision";
import { changed, escape } from "../report/format";
import { renderPanel, type Measured, type Panel, type Place } from "../report/panel";
import { rowsFor } from "../report/scale";
import { STYLE } from "../report/style";
import { axisLabels, fixed, PLOT } from "../report/svg";
import { headline } from "./print";
import type { RecordedUpdate, Result, TenantResult } from "./result";

type Measure = "arrived" | "capacity" | "lag" | "taskManagers" | "floor" | "static";

const HOURS = 24;
/** Points of a curve, at most. */
const POINTS = 440;
const HEAD = 26;
const LABEL_ROW = 17;
const PANEL_GAP = 34;
const TENANT_GAP = 52;
const AXIS = 44;
/** Width of a letter of a label, at most. */
const LETTER = 7.2;

/** Beyond the style of all reports. */
export const PICTURE_STYLE = `
.soak { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
.soak .card { fill: var(--card); } .soak .head { font-size: 16px; font-weight: 600; }
.soak .head .told { font-size: 13px; font-weight: 400; fill: var(--soft); }
.soak .window { fill: var(--mark); opacity: .13; } .soak .window.other { opacity: .22; }
.soak .mark line { stroke-width: 1.5; }
.allowed { stroke: var(--bad); stroke-dasharray: 4 4; opacity: .7; }
`;

/** The day of all tenants as a picture that stands alone, light or dark as its reader's system is. */
export function renderPicture(result: Result): string {
  const { markup, height } = drawing(result);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart soak" viewBox="0 0 ${PLOT.width} ${height}" ` +
    `role="img" aria-label="${escape(labelOf(result))}">\n<style>${STYLE}${PICTURE_STYLE}</style>\n` +
    `<rect class="card" width="${PLOT.width}" height="${height}"/>\n${markup}\n</svg>\n`
  );
}

/** The same picture for a page that has its styles. */
export function pictureInPage(result: Result): string {
  const { markup, height } = drawing(result);
  return `<svg class="chart soak" viewBox="0 0 ${PLOT.width} ${height}" role="group" aria-label="${escape(labelOf(result))}">\n${markup}\n</svg>`;
}

function labelOf({ tenants, minutes }: Result): string {
  const names = tenants.map(({ name }) => name).join(" and ");
  return `A day of ${names}, played in ${minutes} minutes: load, capacity, lag, windows and decisions`;
}

function drawing(result: Result): { markup: string; height: number } {
  const seconds = result.minutes * 60;
  const x: Place = (second) => PLOT.left + (second / seconds) * (PLOT.right - PLOT.left);
  let top = 0;
  const parts = result.tenants.map((tenant) => {
    const drawn = drawTenant(tenant, result, x, top);
    top = drawn.bottom + TENANT_GAP;
    return drawn.markup;
  });
  const bottom = top - TENANT_GAP;
  const key = "grey: windows; dashed: decisions of the conductor, TaskManagers before → after";
  const title = `hour of the day; all of it took ${result.minutes} minutes`;
  return {
    markup: [
      ...parts,
      `<text class="tick" x="${PLOT.left}" y="${bottom + 38}">${key}</text>`,
      `<text class="tick" x="${PLOT.right}" y="${bottom + 38}" text-anchor="end">${title}</text>`,
    ].join("\n"),
    height: bottom + AXIS,
  };
}

function drawTenant(
  tenant: TenantResult,
  result: Result,
  x: Place,
  from: number,
): { markup: string; bottom: number } {
  const marks = placeMarks(tenant.updates, result, x);
  const rows = 1 + Math.max(0, ...marks.map(({ row }) => row));
  const windowsTop = from + HEAD + 6;
  const top = windowsTop + LABEL_ROW * (1 + rows) + PANEL_GAP - 8;
  const samples = samplesOf(tenant, result);
  let y = top;
  const panels = panelsOf(tenant, result).map((panel) => {
    const drawn = renderPanel(panel, samples, x, y);
    y += panel.height + PANEL_GAP;
    return drawn;
  });
  const bottom = y - PANEL_GAP;
  const head =
    `<text class="head" x="${PLOT.left}" y="${from + HEAD - 4}">${escape(tenant.name)} ` +
    `<tspan class="told">${escape(headline(tenant, result))}</tspan></text>`;
  return {
    markup: [
      head,
      ...windowsOf(tenant, x, windowsTop, bottom),
      ...marks.map((mark) => drawMark(mark, windowsTop + LABEL_ROW, bottom)),
      ...panels,
      hourTicks(result, x, bottom),
    ].join("\n"),
    bottom,
  };
}

function windowsOf({ spans }: TenantResult, x: Place, top: number, bottom: number): string[] {
  return spans
    .filter(({ window }) => window !== NO_WINDOW)
    .map(({ window, from, to, floor }, i) => {
      const [left, right] = [x(from * 60), x(to * 60)];
      const box = `x="${fixed(left)}" y="${top}" width="${fixed(right - left)}" height="${fixed(bottom - top)}"`;
      const middle = fixed((left + right) / 2);
      return (
        `<rect class="window${i % 2 === 0 ? "" : " other"}" ${box}><title>${escape(window)}: at least ${floor} TaskManagers</title></rect>` +
        `<text class="key" x="${middle}" y="${top + 13}" text-anchor="middle">${escape(window)}</text>`
      );
    });
}

interface Mark {
  x: number;
  row: number;
  text: string;
  told: string;
  /** At the right edge the label stands left of its line. */
  leftwards: boolean;
}

function placeMarks(updates: readonly RecordedUpdate[], result: Result, x: Place): Mark[] {
  const seconds = result.minutes * 60;
  const marks = updates
    .filter(
      ({ decidedAt, rescale, ok }) => decidedAt >= 0 && decidedAt <= seconds && (rescale || !ok),
    )
    .map((update) => {
      const before = update.from?.taskManagers ?? update.to.taskManagers;
      const size = changed({ before, after: update.to.taskManagers });
      const text = update.ok ? size : `${size} failed`;
      const at = x(update.decidedAt);
      const width = text.length * LETTER + 12;
      const leftwards = at + width > PLOT.width;
      const from = leftwards ? at - width : at;
      return { x: at, text, told: update.why, leftwards, span: { from, to: from + width } };
    });
  const rows = rowsFor(marks.map(({ span }) => span));
  return marks.map((mark, i) => ({ ...mark, row: rows[i] ?? 0 }));
}

function drawMark({ x, row, text, told, leftwards }: Mark, top: number, bottom: number): string {
  const y = top + LABEL_ROW * (row + 1);
  const at = fixed(x);
  const place = `x="${fixed(leftwards ? x - 4 : x + 4)}" y="${y - 4}" text-anchor="${leftwards ? "end" : "start"}"`;
  return (
    `<g class="mark"><title>${escape(told)}</title>` +
    `<line x1="${at}" x2="${at}" y1="${y - 15}" y2="${bottom}"/><text ${place}>${text}</text></g>`
  );
}

function hourTicks({ minutes }: Result, x: Place, bottom: number): string {
  const ticks = Array.from({ length: HOURS / 3 + 1 }, (_, i) => {
    const hour = 3 * i;
    return { at: (hour / HOURS) * minutes * 60, text: `${String(hour).padStart(2, "0")}:00` };
  });
  return axisLabels(ticks, x, bottom + 18);
}

function panelsOf({ staticPeak }: TenantResult, { allowedLagSeconds }: Result): Panel<Measure>[] {
  const fixedSize = { key: "static", name: "static peak", style: "b" } as const;
  return [
    {
      ...{ title: "Load", unit: "records/s", height: 120, steps: false },
      lines: [
        { key: "arrived", name: "arrived", style: "a", area: true },
        { key: "capacity", name: "capacity", style: "b" },
      ],
    },
    {
      ...{ title: "Lag", unit: "seconds", height: 60, steps: false, limit: allowedLagSeconds },
      lines: [{ key: "lag", name: "lag", style: "a", area: true }],
    },
    {
      ...{ title: "TaskManagers", unit: "", height: 70, steps: true },
      lines: [
        { key: "taskManagers", name: "registered", style: "a", area: true },
        { key: "floor", name: "floor", style: "c" },
        ...(staticPeak === null ? [] : [fixedSize]),
      ],
    },
  ];
}

/** Means of the load and the worst of the lag over some seconds each; sizes at their ends. */
function samplesOf(
  { series, spans, staticPeak }: TenantResult,
  { minutes, slotRate }: Result,
): Measured<Measure>[] {
  const width = Math.max(1, Math.ceil((minutes * 60) / POINTS));
  const count = Math.floor(series.arrived.length / width);
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i * width, (i + 1) * width];
    const arrived = series.arrived.slice(from, to);
    return {
      t: to,
      arrived: arrived.reduce((a, b) => a + b, 0) / width,
      capacity: (series.parallelism[to - 1] ?? 0) * slotRate,
      lag: Math.max(...series.lagSeconds.slice(from, to)),
      taskManagers: series.taskManagers[to - 1] ?? 0,
      floor: spans.findLast((span) => span.from * 60 < to)?.floor ?? 0,
      static: staticPeak?.taskManagers ?? null,
    };
  });
}
