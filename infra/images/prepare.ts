import * as fs from "node:fs";
import * as path from "node:path";

import { cached } from "../cached";
import { textHash } from "../content-hash";
import { exec } from "../exec";
import { step } from "../progress";
import { cacheDir } from "../toolchain/paths";
import { imageContext, recipeDirectory } from "./context";
import { ensureProgram } from "./debian";
import { writeClassList } from "./class-list";
import { ensureOsBase } from "./os-base";
import { fetchPayload } from "./payload";
import { IMAGE_VERSIONS, OS_BASE, type ImageVersion } from "./versions";

/**
 * Makes ready what `pulumi up` builds images from: the OS base in the engine and one build context an image in the
 * cache. Does nothing where all is there; safe beside another run.
 *
 * @param wanted images to prepare. @default IMAGE_VERSIONS
 */
export async function prepareImages(
  wanted: readonly ImageVersion[] = IMAGE_VERSIONS,
): Promise<void> {
  await ensureOsBase(OS_BASE);
  for (const image of wanted) await prepareContext(image);
}

async function prepareContext(image: ImageVersion): Promise<void> {
  const { directory } = imageContext(image.recipe, image.version);
  await cached(directory, async (temporary) => {
    fs.cpSync(recipeDirectory(image.recipe), temporary, { recursive: true });
    if (image.recipe === "prometheus") return;
    const payload = await preparePayload(image);
    // Links, not copies: a changed recipe does not store the distribution again.
    await exec("cp", ["-rl", payload, path.join(temporary, "payload")]);
    if (image.recipe === "flink") await writeClassList(temporary);
    if (image.version.startsWith("1.14.")) await compileSignOff(temporary);
    if (image.recipe === "cdc-collector") await compileCollector(temporary);
  });
}

/** Adds the TaskManager that signs off, which Flink 1.14 lacks, to the libraries of a Flink build context. */
async function compileSignOff(context: string): Promise<void> {
  const lib = path.join(context, "payload", "lib");
  const jar = path.join(lib, "flinktide-sign-off.jar");
  await compileJar(path.join(context, "sign-off"), "11", lib, jar);
}

/** Compiles the collector's own classes into its build context. */
async function compileCollector(context: string): Promise<void> {
  const lib = path.join(context, "payload", "lib");
  await compileJar(path.join(context, "src"), "17", lib, path.join(context, "collector.jar"));
}

/** Compiles every Java file below a folder, which gets a folder `classes`, into a jar. */
async function compileJar(sources: string, release: string, lib: string, jar: string) {
  await ensureProgram("javac", ["openjdk-17-jdk-headless"]);
  const files = fs.readdirSync(sources, { recursive: true, encoding: "utf8" });
  const java = files
    .filter((file) => file.endsWith(".java"))
    .map((file) => path.join(sources, file));
  const classes = path.join(sources, "classes");
  await exec("javac", ["--release", release, "-cp", path.join(lib, "*"), "-d", classes, ...java]);
  await exec("jar", ["cf", jar, "-C", classes, "."]);
}

/** Downloads once a version, whatever happens to the recipe. */
async function preparePayload(image: ImageVersion): Promise<string> {
  const lists = ["pom.xml", "jars.txt"]
    .map((file) => path.join(recipeDirectory(image.recipe), file))
    .filter((file) => fs.existsSync(file));
  const wanted = lists.map((file) => fs.readFileSync(file, "utf8")).join("");
  const name = `${image.recipe}-${image.version}-${textHash(wanted)}`;
  return cached(cacheDir("downloads", name), (temporary) =>
    step(`getting ${image.recipe} ${image.version}`, () => fetchPayload(image, temporary)),
  );
}
