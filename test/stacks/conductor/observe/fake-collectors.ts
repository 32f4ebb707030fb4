import type {
  CollectorFigures,
  CollectorKey,
  CollectorSample,
} from "../../../../stacks/conductor/observe/collector-figures";

/** Samples by `tenant/name`, as a test sets them; one that is not there does not answer. */
export class FakeCollectors implements CollectorFigures {
  at: Record<string, CollectorSample> = {};

  async of({ tenant, name }: CollectorKey): Promise<CollectorSample | undefined> {
    return this.at[`${tenant ?? ""}/${name}`];
  }
}
