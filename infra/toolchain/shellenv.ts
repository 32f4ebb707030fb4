import { runMain } from "./main";
import { ensureToolchain } from "./toolchain";

/** Lines that set the variables in a POSIX shell, whatever their values hold. */
export function renderExports(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join("");
}

async function main(): Promise<number> {
  const { env } = await ensureToolchain();
  process.stdout.write(renderExports(env));
  return 0;
}

if (require.main === module) runMain(main);
