import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";

/** A stack file by its name. */
export interface StackFile {
  name: string;
  text: string;
}

/** Of this project; what belongs to one update, such as the conductor's decision, is none of them. */
const KEPT = ["role", "platform", "tenant"] as const;

/**
 * The file of the stack that is being updated, as far as a conductor needs it, made of the config that the update has
 * in force. Secrets, which an update has in clear text, are not in it.
 *
 * @param others keys of other projects, which have to be there; with what stands under them instead of the value
 */
export function ownStackFile(others: Readonly<Record<string, string>> = {}): StackFile {
  const config = new pulumi.Config("flinktide");
  const own = KEPT.flatMap((key) => {
    const value = config.get(key);
    return value === undefined ? [] : [[`flinktide:${key}`, asBlock(value)] as const];
  });
  const document = { config: { ...Object.fromEntries(own), ...others } };
  // The order of a block's keys is not the same wherever it is read.
  return { name: `Pulumi.${pulumi.getStack()}.yaml`, text: stringify(document, SORTED) };
}

const SORTED = { sortMapEntries: true, lineWidth: 0 };

function asBlock(value: string): unknown {
  return value.startsWith("{") ? (JSON.parse(value) as unknown) : value;
}
