import * as pulumi from "@pulumi/pulumi";

export interface RecordedResource {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

export interface Recording<T> {
  /** In the order in which their dependencies let them. */
  resources: RecordedResource[];
  /** What the program gave, with every output in it known. */
  result: pulumi.Unwrap<T>;
}

export interface RecordOptions {
  stack: string;
  /** Outputs of another stack, by its qualified name such as `organization/flinktide/dev`. */
  outputsOf: (stack: string) => Record<string, unknown>;
  /** What a provider would add to a resource's inputs. @default nothing */
  stateOf?: (resource: RecordedResource) => Record<string, unknown>;
  /** The stack's own config, by full keys. @default what this process has set */
  config?: Readonly<Record<string, string>>;
  /** @default false */
  preview?: boolean;
}

const STACK = "pulumi:pulumi:Stack";
export const STACK_REFERENCE = "pulumi:pulumi:StackReference";

/** Runs a Pulumi program without an engine, a provider or a cluster; gives what it would make. One at a time. */
export async function recordProgram<T>(
  program: () => T,
  { stack, outputsOf, stateOf = () => ({}), config, preview = false }: RecordOptions,
): Promise<Recording<Awaited<T>>> {
  const resources: RecordedResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        const resource = { type, name, inputs: inputs as Record<string, unknown> };
        if (type !== STACK) resources.push(resource);
        const state =
          type === STACK_REFERENCE
            ? { outputs: outputsOf(String(resource.inputs["name"])) }
            : stateOf(resource);
        return { id: `${name}-id`, state: { ...inputs, ...state } };
      },
      call: () => ({}),
    },
    ...(["flinktide", stack, preview, "organization"] as const),
  );
  if (config !== undefined) pulumi.runtime.setAllConfig({ ...config });
  const built = await program();
  await pulumi.runtime.disconnect();
  return { resources, result: await known(built) };
}

function known<T>(value: T): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => {
    pulumi.output(value).apply((whole) => resolve(whole));
  });
}
