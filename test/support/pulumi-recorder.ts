import * as pulumi from "@pulumi/pulumi";

export interface RecordedResource {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/**
 * Runs a piece of a Pulumi program without an engine and gives the resources it registers: by name or, not `sorted`,
 * in the order in which their dependencies let them.
 */
export async function record(
  build: () => unknown,
  outputs: Record<string, unknown> = {},
  { preview = false, sorted = true } = {},
): Promise<RecordedResource[]> {
  const recorded: RecordedResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        recorded.push({ type, name, inputs: inputs as Record<string, unknown> });
        const state = type === "pulumi:pulumi:StackReference" ? { outputs } : {};
        const image = type.includes("RemoteImage") ? { imageId: `sha256:${name}` } : {};
        return { id: `${name}-id`, state: { ...inputs, ...image, ...state } };
      },
      call: () => ({}),
    },
    "flinktide",
    "dev-acme",
    preview,
    "organization",
  );
  await build();
  await pulumi.runtime.disconnect();
  const found = recorded.filter(({ type }) => type !== "pulumi:pulumi:Stack");
  return sorted ? found.sort((a, b) => (a.name < b.name ? -1 : 1)) : found;
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
