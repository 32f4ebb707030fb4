import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { z } from "zod";
import { ensureCluster, removeCluster } from "../infra/cluster/cluster";
import { clusterLayout } from "../infra/cluster/layout";
import { UserError } from "../infra/errors";
import { ensureChromium } from "../infra/toolchain/browser";
import { readOptions, runMain } from "../infra/toolchain/main";
import { PROJECT_DIR } from "../infra/toolchain/paths";
import { setup } from "../infra/toolchain/setup";

const HELP = `Usage: npm test [-- --only unit|e2e]

Makes this machine ready and runs every test: first those that need nothing, then those with real
containers, one file after the other. The last line says how many passed, failed and were skipped.

  --only PROJECT   unit or e2e
  --help           this text
`;

const PROJECTS = ["unit", "e2e"] as const;
type Project = (typeof PROJECTS)[number];

const resultSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  numRuntimeErrorTestSuites: z.int(),
});

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

async function main(): Promise<number> {
  const values = readOptions(HELP, { only: { type: "string" } });
  if (values === undefined) return 0;
  const projects = PROJECTS.filter(
    (project) => values.only === undefined || values.only === project,
  );
  if (projects.length === 0) {
    throw new UserError(
      `--only ${values.only} names no project. Fix: use ${PROJECTS.join(" or ")}.`,
    );
  }
  const all = projects.includes("e2e");
  await setup({ kubernetes: all, collector: all });
  // Before the tests, which would else install it at the same time.
  if (projects.includes("unit")) await ensureChromium();
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  await withoutClusterAfterwards(async () => {
    // What is built for it takes longer than a test may.
    if (all) await ensureCluster();
    for (const project of projects) {
      const counts = await runProject(project);
      for (const key of ["passed", "failed", "skipped"] as const) total[key] += counts[key];
    }
  });
  process.stdout.write(
    `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`,
  );
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** Several test files share one cluster; it goes with the last of them, unless it was there before. */
async function withoutClusterAfterwards(run: () => Promise<void>): Promise<void> {
  const wasThere = fs.existsSync(clusterLayout().kubeconfig);
  try {
    await run();
  } finally {
    if (!wasThere) await removeCluster();
  }
}

/** Real containers share the machine: their test files run one after the other, the others on every core. */
async function runProject(project: Project): Promise<Counts> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-results-"));
  const file = path.join(folder, "results.json");
  const jest = path.join(PROJECT_DIR, "node_modules", "jest", "bin", "jest.js");
  const workers = project === "e2e" ? "--runInBand" : "--maxWorkers=100%";
  const args = [jest, `--selectProjects=${project}`, "--json", `--outputFile=${file}`, workers];
  try {
    const code = await runVisibly(process.execPath, args);
    const results = resultSchema.parse(JSON.parse(fs.readFileSync(file, "utf8")));
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    return {
      passed: results.numPassedTests,
      // A run that failed without naming a test still failed.
      failed: code === 0 ? failed : Math.max(1, failed),
      skipped: results.numPendingTests + results.numTodoTests,
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Jest's report goes to standard error; its JSON on standard output is in the file already. */
function runVisibly(command: string, args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: PROJECT_DIR,
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

if (require.main === module) runMain(main);
