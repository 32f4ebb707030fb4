import { randomBytes } from "node:crypto";
import { exec } from "../../infra/exec";

const LABEL = "flinktide.test";

/** Containers, volumes and networks of one test file, found by label so that the next run removes what this leaves. */
export class TestContainers {
  private readonly label: string;
  private readonly prefix: string;

  /**
   * @param owner name of the test file
   * @param family first part of every name
   */
  constructor(owner: string, family = "flinktide-test") {
    this.label = `${LABEL}=${owner}`;
    this.prefix = `${family}-${owner}-${randomBytes(3).toString("hex")}`;
  }

  /** A name of this run's own. */
  name(suffix: string): string {
    return `${this.prefix}-${suffix}`;
  }

  async network(suffix: string): Promise<string> {
    const name = this.name(suffix);
    await exec("docker", ["network", "create", "--label", this.label, name]);
    return name;
  }

  /** Starts a hardened container: read-only root, `/tmp` in memory. */
  async run(suffix: string, image: string, options: string[], command: string[] = []) {
    const name = this.name(suffix);
    const hardened = ["--read-only", "--tmpfs", "/tmp", "--security-opt", "no-new-privileges"];
    const all = ["--detach", "--name", name, "--label", this.label, ...hardened, ...options];
    await exec("docker", ["run", ...all, image, ...command]);
    return name;
  }

  /** Removes everything of this test file, of earlier runs too. */
  async removeAll(): Promise<void> {
    const filter = ["--filter", `label=${this.label}`, "--quiet"];
    const containers = await ids(["ps", "--all", ...filter]);
    if (containers.length > 0) await exec("docker", ["rm", "--force", "--volumes", ...containers]);
    for (const kind of ["network", "volume"]) {
      const found = await ids([kind, "ls", ...filter]);
      if (found.length > 0) await exec("docker", [kind, "rm", ...found]);
    }
  }
}

async function ids(command: string[]): Promise<string[]> {
  return (await exec("docker", command)).split("\n").filter((line) => line !== "");
}

/** Runs a command in a container and gives what it prints. */
export async function inside(container: string, ...command: string[]): Promise<string> {
  return (await exec("docker", ["exec", container, ...command])).trim();
}

/** `docker inspect` of a container or image. */
export async function inspect(name: string, format: string): Promise<string> {
  return (await exec("docker", ["inspect", "--format", format, name])).trim();
}

/** Asks until the answer is there. Throws with the last problem when the time is up. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  seconds = 60,
): Promise<T> {
  let problem: unknown = "no answer";
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      problem = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what}: not within ${seconds} s (${String(problem)})`);
}
