import { randomBytes } from "node:crypto";
import * as path from "node:path";
import { check } from "../../stacks/workload/checker";
import { startFeeder, type Feeder } from "../../stacks/workload/feeder";
import type { Verdict } from "../../stacks/workload/verdict";

/** Real text fed to a test tenant's word count, and the verdict on what it counted. */
export class WordStream {
  private constructor(
    private readonly feeder: Feeder,
    private readonly brokers: string[],
    private readonly tenant: string,
    private readonly ledgerFile: string,
  ) {}

  static async start(
    folder: string,
    tenant: string,
    broker: string,
    linesPerSecond: number,
  ): Promise<WordStream> {
    const runId = `e2e-${randomBytes(4).toString("hex")}`;
    const ledgerFile = path.join(folder, `${tenant}-${runId}.ledger`);
    const topic = `${tenant}.lines`;
    const options = {
      brokers: [broker],
      topic,
      ledgerFile,
      linesPerSecond,
      maxSeconds: 1_200,
      runId,
    };
    return new WordStream(await startFeeder(options), [broker], tenant, ledgerFile);
  }

  setRate(linesPerSecond: number): void {
    this.feeder.setRate(linesPerSecond);
  }

  /** Ends the feeding and counts. */
  async finish(): Promise<Verdict> {
    await this.feeder.stop();
    return check({
      brokers: this.brokers,
      inputTopic: `${this.tenant}.lines`,
      outputTopic: `${this.tenant}.counts`,
      ledgerFile: this.ledgerFile,
    });
  }

  async abandon(): Promise<void> {
    await this.feeder.stop();
  }
}
