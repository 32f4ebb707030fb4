import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../infra/errors";
import { ensureProgram } from "../../infra/images/debian";
import type { ConductorStart } from "../driver/conductor-process";

const LIBRARIES = "/usr/lib";

/** A wall clock of one process that can be set while it runs; no other process goes by it, nor its own durations. */
export class FakeClock {
  private constructor(
    private readonly library: string,
    private readonly file: string,
  ) {}

  /** Installs libfaketime where it is missing. `file`: where the clock is kept. Throws UserError. */
  static async create(file: string): Promise<FakeClock> {
    await ensureProgram("faketime", ["faketime"]);
    const library = findLibrary();
    if (library === undefined) {
      throw new UserError(
        `There is no libfaketimeMT.so.1 below ${LIBRARIES}. Fix: install the package libfaketime.`,
      );
    }
    const clock = new FakeClock(library, file);
    clock.set(0);
    return clock;
  }

  /** How far it is ahead of the real one, in seconds. */
  set(aheadSeconds: number): void {
    const sign = aheadSeconds < 0 ? "-" : "+";
    // Replaced in one step: an empty file would be no offset.
    fs.writeFileSync(`${this.file}.tmp`, `${sign}${Math.abs(aheadSeconds)}s\n`);
    fs.renameSync(`${this.file}.tmp`, this.file);
  }

  /** How a process is started that goes by this clock. Those that it starts do not. */
  get start(): ConductorStart {
    return {
      env: {
        LD_PRELOAD: this.library,
        FAKETIME_TIMESTAMP_FILE: this.file,
        FAKETIME_CACHE_DURATION: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        NO_FAKE_STAT: "1",
      },
      nodeArgs: ["--import", "data:text/javascript,delete process.env.LD_PRELOAD"],
    };
  }
}

function findLibrary(): string | undefined {
  return fs
    .readdirSync(LIBRARIES)
    .map((folder) => path.join(LIBRARIES, folder, "faketime", "libfaketimeMT.so.1"))
    .find((file) => fs.existsSync(file));
}
