import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PROJECT_DIR } from "../../infra/toolchain/paths";

const FOLDER = path.join(PROJECT_DIR, "docs", "results");

/** The file in which today's figures of this name are kept. */
export function resultFile(name: string): string {
  return path.join(FOLDER, `${name}-${today()}.json`);
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Keeps figures as docs/results/<name>-<date>.json, with the date and the machine, and says so. */
export function keepResult(name: string, figures: object): void {
  const date = today();
  fs.mkdirSync(FOLDER, { recursive: true });
  const machine = { cores: os.cpus().length, memoryGiB: Math.round(os.totalmem() / 2 ** 30) };
  const file = resultFile(name);
  fs.writeFileSync(file, `${JSON.stringify({ date, machine, figures }, null, 2)}\n`);
  process.stdout.write(`Kept as ${path.relative(PROJECT_DIR, file)}\n`);
}
