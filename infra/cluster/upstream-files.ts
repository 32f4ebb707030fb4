import * as fs from "node:fs";
import * as path from "node:path";
import { cached } from "../cached";
import { textHash } from "../content-hash";
import { go, moduleKey, type GoModule } from "../toolchain/go-module";
import { cacheDir } from "../toolchain/paths";

/**
 * Texts of files that an upstream module ships beside its sources, in the version that one of our modules pins.
 *
 * @param upstream the upstream module's path
 * @param files their paths in it
 */
export async function upstreamFiles(
  module: GoModule,
  upstream: string,
  files: readonly string[],
): Promise<string[]> {
  const key = `${moduleKey(module)}-${textHash(files.join("\n"))}`;
  const folder = await cached(
    cacheDir("downloads", `${module.executable}-files-${key}`),
    async (temporary) => {
      const copy = `${temporary}/module`;
      fs.cpSync(module.dir, copy, { recursive: true });
      await go(copy, ["mod", "download", upstream]);
      const dir = (await go(copy, ["list", "-m", "-f", "{{.Dir}}", upstream])).trim();
      fs.rmSync(copy, { recursive: true });
      files.forEach((file, i) =>
        fs.writeFileSync(path.join(temporary, String(i)), fs.readFileSync(path.join(dir, file))),
      );
    },
  );
  return files.map((_, i) => fs.readFileSync(path.join(folder, String(i)), "utf8"));
}
