import * as path from "node:path";
import { UserError } from "../../infra/errors";
import { say } from "../../infra/progress";
import { readOptions, runMain } from "../../infra/toolchain/main";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { renderStack } from "./render";
import { writeRendered } from "./write";

const HELP = `Usage: npm run render -- STACK [--out FOLDER]

Writes the Kubernetes manifests of a stack as YAML, for review or GitOps: a platform's or a tenant's,
such as prod or prod-acme. Needs no cluster, no registry and no backend, and changes none; the same
files give the same bytes. A README beside them lists what belongs to the stack and is no manifest.

  --out FOLDER     where they go                    [rendered/STACK in the project]
  --at INSTANT     for this instant, such as 2026-11-23T09:00:00+08:00          [now]
  --stacks FOLDER  where the stack files are                            [the project]
  --help           this text
`;

const OPTIONS = {
  out: { type: "string" },
  at: { type: "string" },
  stacks: { type: "string", default: PROJECT_DIR },
} as const;

async function main(): Promise<number> {
  const [stack = "", ...rest] = process.argv.slice(2);
  const named = /^[A-Za-z0-9_.-]+$/.test(stack) && !stack.startsWith("-");
  const values = readOptions(HELP, OPTIONS, named ? rest : [stack, ...rest].filter(Boolean));
  if (values === undefined) return 0;
  if (!named) throw new UserError(`Name the stack to render.\n\n${HELP}`);
  const { out, at, stacks } = values;
  const from = process.env.INIT_CWD ?? process.cwd();
  const folder =
    out === undefined ? path.join(PROJECT_DIR, "rendered", stack) : path.resolve(from, out);
  const clock = instant(at);
  const rendered = await renderStack(stack, { folder: path.resolve(from, stacks), clock });
  writeRendered(folder, rendered);
  const { manifests, unpinned, others, secrets } = rendered;
  say(`${manifests.length} manifests of ${stack} in ${folder}`);
  const beside = others.length + secrets.length;
  if (beside > 0)
    say(`${beside} resources of ${stack} are no manifests; README.md there lists them.`);
  if (unpinned.length > 0) {
    say(`Not pinned: ${unpinned.join(", ")}. Fix: name their digests under kubernetes.images.`);
  }
  return 0;
}

function instant(at: string | undefined): () => Date {
  if (at === undefined) return () => new Date();
  const read = new Date(at);
  if (/T.*(Z|[+-]\d\d:\d\d)$/.test(at) && !Number.isNaN(read.getTime())) return () => read;
  throw new UserError(
    `--at ${at} is not an instant with a zone. Fix: write it as 2026-11-23T09:00:00+08:00.`,
  );
}

if (require.main === module) runMain(main);
