import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { imageContext } from "../../infra/images/context";
import { COLLECTOR_IMAGE } from "../../infra/images/versions";

/** Has what the collector's image is built from be there, in a cache of the tests' own: no setup makes it unasked. */
export function withCollectorFiles(): void {
  const before = process.env.FLINKTIDE_CACHE;
  let cache: string;
  beforeAll(() => {
    cache = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-collector-cache-"));
    process.env.FLINKTIDE_CACHE = cache;
    const { recipe, version } = COLLECTOR_IMAGE;
    fs.mkdirSync(imageContext(recipe, version).directory, { recursive: true });
  });
  afterAll(() => {
    if (before === undefined) delete process.env.FLINKTIDE_CACHE;
    else process.env.FLINKTIDE_CACHE = before;
    fs.rmSync(cache, { recursive: true, force: true });
  });
}
