// Starts a TypeScript entry point from a bare checkout: installs the npm packages first where they are missing or old.
const { spawn, spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const project = path.resolve(__dirname, "..", "..");

function requireNode20() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major >= 20) return;
  console.error(
    `flinktide needs Node 20 or newer, this is ${process.version}. Fix: install Node 20 LTS.`,
  );
  process.exit(2);
}

/** The marker is written last, so an interrupted install is seen as missing. */
function upToDate() {
  const installed = path.join(project, "node_modules", ".flinktide-lock");
  const wanted = fs.readFileSync(path.join(project, "package-lock.json"), "utf8");
  return fs.existsSync(installed) && fs.readFileSync(installed, "utf8") === wanted;
}

function installPackages() {
  console.error(".. installing npm packages");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: project,
    stdio: ["ignore", 2, 2],
  });
  if (npm.status !== 0) return npm.status ?? 1;
  fs.copyFileSync(
    path.join(project, "package-lock.json"),
    path.join(project, "node_modules", ".flinktide-lock"),
  );
  return 0;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Takes the lock file unless a live process holds it. It appears with its owner's id in it, in one step. */
function tryLock(lock) {
  const mine = `${lock}.${process.pid}`;
  fs.writeFileSync(mine, String(process.pid));
  try {
    fs.linkSync(mine, lock);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  } finally {
    fs.unlinkSync(mine);
  }
  dropDeadLock(lock);
  return false;
}

function dropDeadLock(lock) {
  try {
    if (!isAlive(Number(fs.readFileSync(lock, "utf8")))) fs.unlinkSync(lock);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

/** One `npm ci` at a time in a checkout: it begins by removing node_modules. Gives npm's exit code. */
function installOnce() {
  const id = createHash("sha256").update(project).digest("hex").slice(0, 12);
  const lock = path.join(os.tmpdir(), `flinktide-npm-${id}`);
  for (let waited = 0; !tryLock(lock); waited++) {
    if (waited === 1) console.error("   waiting for another run that installs npm packages");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  }
  try {
    return upToDate() ? 0 : installPackages();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function start([entry, ...args]) {
  const child = spawn(process.execPath, ["--import", "tsx", path.join(project, entry), ...args], {
    stdio: "inherit",
  });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  // On a terminal Ctrl-C reaches the child by itself; a second one would count as "end at once".
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + os.constants.signals[signal]));
}

requireNode20();
const failure = upToDate() ? 0 : installOnce();
if (failure !== 0) process.exit(failure);
start(process.argv.slice(2));
