import * as fs from "node:fs/promises";
import * as path from "node:path";
import { writeDurably } from "../durable-file";

/**
 * What a lease needs of its storage. Every call may be interrupted for any time before and after it takes effect.
 * The highest fence that was claimed decides who holds the lease; none is claimed twice while it is the highest.
 */
export interface LeaseStore {
  /** The highest fence that was ever claimed; 0 where none was. */
  highest(): Promise<number>;
  /** Claims a fence for the caller alone; false where another one has. */
  claim(fence: number): Promise<boolean>;
  /** What its holder last wrote; empty where it wrote nothing. Throws where that can't be told. */
  read(fence: number): Promise<string>;
  /** Only for the one who claimed it. */
  write(fence: number, text: string): Promise<void>;
  /** Forgets all fences below one that is claimed. */
  sweep(below: number): Promise<void>;
}

/**
 * A folder with two files for a fence, `8` and `8.json`. The first is empty: its name is the claim, made in one step
 * and never changed, so that no crash, full disk or broken content can lower the number. The second is the record,
 * which its holder alone replaces: one that was frozen while it wrote overwrites nothing of who came after it.
 * The claims have files of their own because a file that is replaced may be missed by who lists the folder meanwhile.
 */
export class LeaseFiles implements LeaseStore {
  constructor(private readonly folder: string) {}

  async highest(): Promise<number> {
    const claims = (await this.names()).filter((name) => /^[1-9]\d{0,14}$/.test(name));
    return Math.max(0, ...claims.map(Number));
  }

  async claim(fence: number): Promise<boolean> {
    await fs.mkdir(this.folder, { recursive: true, mode: 0o700 });
    try {
      await (await fs.open(path.join(this.folder, String(fence)), "wx", 0o600)).close();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  }

  read(fence: number): Promise<string> {
    return fs.readFile(this.recordOf(fence), "utf8").catch((error) => unlessMissing(error, ""));
  }

  /** Makes the claim durable too, for it lies in the same folder. */
  write(fence: number, text: string): Promise<void> {
    return writeDurably(this.recordOf(fence), `${text}\n`);
  }

  async sweep(below: number): Promise<void> {
    for (const name of await this.names()) {
      const [, fence] = /^(\d+)(?:\.|$)/.exec(name) ?? [];
      if (fence === undefined || Number(fence) >= below) continue;
      await fs.rm(path.join(this.folder, name), { force: true });
    }
  }

  private recordOf(fence: number): string {
    return path.join(this.folder, `${fence}.json`);
  }

  private names(): Promise<string[]> {
    return fs.readdir(this.folder).catch((error) => unlessMissing(error, []));
  }
}

function unlessMissing<T>(error: NodeJS.ErrnoException, otherwise: T): T {
  if (error.code === "ENOENT") return otherwise;
  throw error;
}
