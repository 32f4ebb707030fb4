import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PROJECT_DIR } from "../../infra/toolchain/paths";

/** Keeps figures as docs/results/<name>-<date>.json, with the date and the machine, and says so. */
export function keepResult(name: string, figures: object): void {
  const date = new Date().toISOString().slice(0, 10);
  const folder = path.join(PROJECT_DIR, "docs", "results");
  fs.mkdirSync(folder, { recursive: true });
  const machine = { cores: os.cpus().length, memoryGiB: Math.round(os.totalmem() / 2 ** 30) };
  const file = path.join(folder, `${name}-${date}.json`);
  fs.writeFileSync(file, `${JSON.stringify({ date, machine, figures }, null, 2)}\n`);
  process.stdout.write(`Kept as docs/results/${name}-${date}.json\n`);
}
