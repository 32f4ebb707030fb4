import * as fs from "node:fs";
import * as path from "node:path";

import { exec } from "../exec";
import { downloadVerified } from "./download";
import { ensureProgram, onPath } from "./debian";
import { recipeDirectory } from "./context";
import type { ImageVersion, Recipe } from "./versions";

/** Apache's download site for every release. */
export const APACHE_ARCHIVE = "https://archive.apache.org/dist";

/** Parts of Kafka's distribution that a broker does not need. */
const KAFKA_LEFT_OUT =
  /^(connect-|kafka-(streams|shell|tools)|trogdor|rocksdbjni|jetty-|jersey-|hk2-|jakarta\.|javax\.|javassist)/;

/** Annotations that nothing needs at run time, and the logging API that Flink has already. */
const NOT_FOR_FLINK =
  "org.slf4j,com.google.code.findbugs,com.google.errorprone,com.google.j2objc,org.checkerframework";

/**
 * Fills `target` with what an image takes from elsewhere: Flink (lib with the Kafka connector, plugins,
 * bin/bash-java-utils.jar), Kafka (libs) or the collector (lib). Official release first, then the package registry
 * that has the same files.
 *
 * @param archive address of Apache's download site
 */
export async function fetchPayload(
  { recipe, version }: ImageVersion,
  target: string,
  archive = APACHE_ARCHIVE,
): Promise<void> {
  fs.mkdirSync(target, { recursive: true });
  const work = fs.mkdtempSync(`${target}.work-`);
  try {
    if (recipe === "flink") await fetchFlink(version, target, work, archive);
    if (recipe === "kafka") await fetchKafka(version, target, work, archive);
    if (recipe === "cdc-collector") await fetchCollector(version, target, work);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

async function fetchFlink(version: string, target: string, work: string, archive: string) {
  const scala = /^1\.1[0-4]\./.test(version) ? "2.11" : "2.12";
  const name = `flink-${version}`;
  const tarball = path.join(work, "flink.tgz");
  const url = `${archive}/flink/${name}/${name}-bin-scala_${scala}.tgz`;
  if (await downloadVerified(url, tarball)) {
    await unpackFlink(tarball, name, target);
  } else {
    const sdist = await downloadSdist("apache-flink-libraries", version, work);
    await unpackFlink(sdist, `apache-flink-libraries-${version}/deps`, target);
  }
  const leftOut = [
    `-DexcludeGroupIds=${NOT_FOR_FLINK}`,
    "-DexcludeArtifactIds=flink-shaded-force-shading,listenablefuture",
  ];
  const line = version.split(".").slice(0, 2).join(".");
  await copyDependencies("flink", [`-Pflink-${line}`, ...leftOut], path.join(target, "lib"), work);
}

/** Takes the same files out of the release's and of the package's tarball. */
async function unpackFlink(tarball: string, root: string, target: string): Promise<void> {
  const strip = root.split("/").length;
  await exec("tar", [
    "-xzf",
    tarball,
    "-C",
    target,
    `--strip-components=${strip}`,
    "--wildcards",
    `${root}/lib/*.jar`,
    `${root}/plugins/metrics-prometheus/*`,
    `${root}/bin/bash-java-utils.jar`,
  ]);
}

async function downloadSdist(name: string, version: string, work: string): Promise<string> {
  if (!onPath("pip") && !onPath("pip3")) await ensureProgram("pip3", ["python3-pip"]);
  const pip = onPath("pip3") ? "pip3" : "pip";
  const arguments_ = ["download", "--quiet", "--no-deps", "--no-binary", name];
  await exec(pip, [...arguments_, "--dest", work, `${name}==${version}`]);
  return path.join(work, `${name}-${version}.tar.gz`);
}

async function fetchKafka(version: string, target: string, work: string, archive: string) {
  const libs = path.join(target, "libs");
  fs.mkdirSync(libs);
  const tarball = path.join(work, "kafka.tgz");
  const name = `kafka_2.13-${version}`;
  if (await downloadVerified(`${archive}/kafka/${version}/${name}.tgz`, tarball)) {
    const only = ["--strip-components=2", "--wildcards", `${name}/libs/*.jar`];
    await exec("tar", ["-xzf", tarball, "-C", libs, ...only]);
  } else {
    await copyDependencies("kafka", [`-Dkafka.version=${version}`], libs, work);
  }
  for (const jar of fs.readdirSync(libs)) {
    if (KAFKA_LEFT_OUT.test(jar)) fs.rmSync(path.join(libs, jar));
  }
}

/** Maven's own plugin for copying, pinned: the one that a Maven brings knows no `copy` of a single file. */
const DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1";

/** Puts Debezium Server's distribution into a folder; gives the file, a gzipped tar of `debezium-server/`. */
export async function fetchDebeziumServer(version: string, folder: string): Promise<string> {
  await ensureProgram("mvn", ["maven"]);
  const artifact = `io.debezium:debezium-server-dist:${version}:tar.gz`;
  const options = [`-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`];
  await exec("mvn", ["-q", "-B", `${DEPENDENCY_PLUGIN}:copy`, ...options], { cwd: folder });
  return path.join(folder, `debezium-server-dist-${version}.tar.gz`);
}

/** Takes the jars that jars.txt names out of Debezium Server's distribution, and adds a logger. */
async function fetchCollector(version: string, target: string, work: string) {
  const lib = path.join(target, "lib");
  fs.mkdirSync(lib);
  await copyDependencies("cdc-collector", [], lib, work);
  const tarball = await fetchDebeziumServer(version, work);
  const list = fs.readFileSync(path.join(recipeDirectory("cdc-collector"), "jars.txt"), "utf8");
  const wanted = list.split("\n").filter((line) => /^[^#]/.test(line));
  const members = wanted.map((name) => `debezium-server/lib/${name}-[0-9]*.jar`);
  const unpack = ["--strip-components=2", "--wildcards", ...members];
  await exec("tar", ["-xzf", tarball, "-C", lib, ...unpack]);
}

/** Copies what the pom of a recipe names, and all that needs, into a folder. */
async function copyDependencies(
  recipe: Recipe,
  options: readonly string[],
  folder: string,
  work: string,
): Promise<void> {
  await ensureProgram("mvn", ["maven", "openjdk-17-jdk-headless"]);
  const pom = path.join(work, "pom.xml");
  fs.copyFileSync(path.join(recipeDirectory(recipe), "pom.xml"), pom);
  await exec("mvn", [
    ...["-q", "-B", "-f", pom, ...options],
    "dependency:copy-dependencies",
    "-DincludeScope=runtime",
    `-DoutputDirectory=${folder}`,
  ]);
}
