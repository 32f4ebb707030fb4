import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import * as yauzl from "yauzl";

/** Jars whose classes a Flink process loads once a job comes, not yet at its start. */
const ARCHIVED_JARS = /^(flink-dist|flink-connector-|kafka-clients)/;

/**
 * Writes `classes.txt` into a Flink build context: the classes that are archived beside those a start loads, so that
 * the first job on a fresh process need not parse and verify them. Which ones, by the patterns in
 * `archived-classes.txt` (a leading `!` leaves out).
 */
export async function writeClassList(context: string): Promise<void> {
  const patterns = fs.readFileSync(path.join(context, "archived-classes.txt"), "utf8").split("\n");
  const wanted = patterns.filter((line) => /^[^#!]/.test(line)).map((line) => new RegExp(line));
  const unwanted = patterns
    .filter((line) => line.startsWith("!"))
    .map((line) => new RegExp(line.slice(1)));
  const lib = path.join(context, "payload", "lib");
  const jars = fs.readdirSync(lib).filter((jar) => ARCHIVED_JARS.test(jar));
  const names = (await Promise.all(jars.map((jar) => classesOf(path.join(lib, jar))))).flat();
  const chosen = names.filter(
    (name) => wanted.some((one) => one.test(name)) && !unwanted.some((one) => one.test(name)),
  );
  fs.writeFileSync(path.join(context, "classes.txt"), `${chosen.sort().join("\n")}\n`);
}

/** Names of the classes in a jar, with slashes and without `.class`. */
async function classesOf(jar: string): Promise<string[]> {
  const zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(jar, {
    autoClose: true,
  });
  return new Promise((resolve, reject) => {
    const names: string[] = [];
    zip.on("entry", (entry: yauzl.Entry) => {
      if (entry.fileName.endsWith(".class")) names.push(entry.fileName.slice(0, -".class".length));
    });
    zip.on("end", () => resolve(names));
    zip.on("error", reject);
  });
}
