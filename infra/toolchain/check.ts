import pc from "picocolors";

/** One line of `npm run doctor`. */
export interface Check {
  name: string;
  /** What is on this machine; undefined where nothing is. */
  found?: string;
  /** What is needed, for instance ">= 20". */
  wanted: string;
  /**
   * - `ok`: there and right
   * - `auto`: not there, but `npm run setup` gets it
   * - `unneeded`: not there, and nothing here asks for it
   * - `missing`: only a person can help
   */
  verdict: "ok" | "auto" | "unneeded" | "missing";
  /** What to do; given with `missing`, and where it helps. */
  fix?: string;
}

const WORDS: Record<Check["verdict"], string> = {
  ok: "ok",
  auto: "setup",
  unneeded: "-",
  missing: "MISSING",
};

/** A check of something that npm run setup may be able to install. */
export function installable(
  check: Omit<Check, "verdict">,
  state: { fits: boolean; needed: boolean; canInstall: boolean },
): Check {
  if (state.fits) return { ...check, verdict: "ok", fix: undefined };
  if (!state.needed) return { ...check, verdict: "unneeded", fix: undefined };
  if (state.canInstall) return { ...check, verdict: "auto", fix: "npm run setup installs it" };
  return { ...check, verdict: "missing" };
}

/** Whether nothing stands in the way: all is there or is got by `npm run setup`. */
export function isReady(checks: readonly Check[]): boolean {
  return checks.every(({ verdict }) => verdict !== "missing");
}

/** Aligned lines: verdict, name, found, wanted, fix. Colours only where asked for. */
export function renderChecks(checks: readonly Check[], colours: boolean): string {
  const { green, yellow, red, dim } = pc.createColors(colours);
  const paint = { ok: green, auto: yellow, unneeded: dim, missing: red };
  const rows = checks.map((check) => [
    WORDS[check.verdict],
    check.name,
    check.found ?? "not found",
    `wanted ${check.wanted}`,
    check.fix ?? "",
  ]);
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  return checks
    .map((check, i) => {
      const cells = (rows[i] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0));
      const line = [paint[check.verdict](cells[0] ?? ""), ...cells.slice(1)].join("  ");
      return `${line.trimEnd()}\n`;
    })
    .join("");
}
