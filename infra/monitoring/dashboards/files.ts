import * as path from "node:path";
import { DASHBOARDS } from ".";

/** The dashboards' files as they are committed: path and text. */
export function dashboardFiles(): { file: string; text: string }[] {
  return DASHBOARDS.map((dashboard) => ({
    file: path.join(__dirname, "json", `${dashboard.uid}.json`),
    text: `${JSON.stringify(dashboard, null, 2)}\n`,
  }));
}
