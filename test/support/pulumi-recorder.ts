import { recordProgram, type RecordedResource } from "../../infra/recorded-program";

export type { RecordedResource };

/**
 * Runs a piece of a Pulumi program without an engine and gives the resources it registers: by name or, not `sorted`,
 * in the order in which their dependencies let them.
 */
export async function record(
  build: () => unknown,
  outputs: Record<string, unknown> = {},
  { preview = false, sorted = true } = {},
): Promise<RecordedResource[]> {
  const { resources } = await recordProgram(
    // What it gives are whole resources, which nobody asks for.
    async () => void (await build()),
    {
      ...{ stack: "dev-acme", preview, outputsOf: () => outputs },
      stateOf: ({ type, name }) =>
        type.includes("RemoteImage") ? { imageId: `sha256:${name}` } : {},
    },
  );
  return sorted ? resources.sort((a, b) => (a.name < b.name ? -1 : 1)) : resources;
}

/** `type name` of each resource, to compare. */
export function names(resources: readonly RecordedResource[]): string[] {
  return resources.map(({ type, name }) => `${type} ${name}`);
}

/** The inputs of one resource. Throws where it is missing. */
export function inputsOf(resources: readonly RecordedResource[], name: string) {
  const found = resources.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`no resource ${name} in ${names(resources).join(", ")}`);
  return found.inputs;
}
