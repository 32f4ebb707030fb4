import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../infra/errors";
import { HEADING, readmeOf } from "./readme";
import type { Rendered } from "./render";

const README = "README.md";
/** As manifests are called. */
const OURS = /^\d-[a-z0-9.-]+\.yaml$/;

/** Writes a stack's manifests in the place of an earlier run's. Throws UserError for a folder of something else. */
export function writeRendered(folder: string, rendered: Rendered): void {
  requireOwnFolder(folder, rendered.stack);
  fs.mkdirSync(folder, { recursive: true });
  for (const file of fs.readdirSync(folder)) {
    if (OURS.test(file)) fs.rmSync(path.join(folder, file));
  }
  for (const { file, yaml } of rendered.manifests) fs.writeFileSync(path.join(folder, file), yaml);
  fs.writeFileSync(path.join(folder, README), readmeOf(rendered));
}

function requireOwnFolder(folder: string, stack: string): void {
  if (!fs.existsSync(folder) || fs.readdirSync(folder).length === 0) return;
  const readme = path.join(folder, README);
  const first = fs.existsSync(readme) ? fs.readFileSync(readme, "utf8").split("\n")[0] : undefined;
  if (first === `${HEADING}${stack}`) return;
  throw new UserError(
    `${folder} holds something else than manifests of ${stack}. Fix: give an empty or a new folder with --out.`,
  );
}
