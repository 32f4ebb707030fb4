import { z } from "zod";
import { UserError } from "../errors";
import { tryExec } from "../exec";

const infoSchema = z.object({ NCPU: z.int(), MemTotal: z.int() });

/** What the Docker engine's machine has. */
export interface EngineCapacity {
  cores: number;
  memoryMiB: number;
}

/** Asks the Docker engine. Throws UserError where none answers. */
export async function engineCapacity(): Promise<EngineCapacity> {
  const { code, stdout, stderr } = await tryExec("docker", ["info", "--format", "{{json .}}"]);
  const parsed = code === 0 ? infoSchema.safeParse(JSON.parse(stdout)) : undefined;
  if (parsed?.success && parsed.data.NCPU > 0) {
    return { cores: parsed.data.NCPU, memoryMiB: Math.floor(parsed.data.MemTotal / 1024 / 1024) };
  }
  throw new UserError(
    `No Docker engine answers (${stderr.trim().split("\n").at(-1) ?? ""}). Fix: start Docker, or run: npm run setup`,
  );
}
