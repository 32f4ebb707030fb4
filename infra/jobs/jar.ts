import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { pipeline } from "node:stream/promises";
import { open as openZip } from "yauzl";

/** SHA-256 of a file's content, hex. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(fs.createReadStream(file), hash);
  return hash.digest("hex");
}

/** True where the jar holds the class. Throws where the file can't be read as a zip archive. */
export function jarHasClass(file: string, className: string): Promise<boolean> {
  const wanted = `${className.replaceAll(".", "/")}.class`;
  return new Promise((resolve, reject) => {
    openZip(file, { lazyEntries: true }, (error, zip) => {
      if (error !== null || zip === undefined) return reject(error ?? new Error("no archive"));
      const finish = (found: boolean) => {
        zip.close();
        resolve(found);
      };
      zip.on("entry", (entry: { fileName: string }) =>
        entry.fileName === wanted ? finish(true) : zip.readEntry(),
      );
      zip.on("end", () => finish(false));
      zip.on("error", reject);
      zip.readEntry();
    });
  });
}
