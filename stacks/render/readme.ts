import type { Rendered } from "./render";

/** By it a folder is known that an earlier run has written. */
export const HEADING = "# Manifests of the stack ";

/** What the folder holds, what it does not hold, and how it is used. */
export function readmeOf(rendered: Rendered): string {
  return [...intro(rendered), ...unpinned(rendered), ...leftOut(rendered)].join("\n");
}

function intro({ stack, window, manifests }: Rendered): string[] {
  const bounds =
    window === undefined ? [] : [`The autoscaler's bounds are those of the window ${window}.`, ""];
  return [
    `${HEADING}${stack}`,
    "",
    `Written by \`npm run render -- ${stack}\`; changes belong into Pulumi.${stack}.yaml.`,
    "",
    ...bounds,
    "```sh",
    `kubectl apply --server-side --field-manager flinktide-${stack} -f .`,
    "```",
    "",
    ...list(manifests.map(({ file, title }) => `\`${file}\`: ${title}`)),
  ];
}

function unpinned({ unpinned: images }: Rendered): string[] {
  if (images.length === 0) return [];
  return [
    "## Not pinned",
    "",
    "These images get their digest when they are pushed, so that they stand here by their tag. Push them",
    "(`pulumi up` of the platform does) and name them under `kubernetes.images` of the platform before you apply this:",
    "",
    ...list(images.map((image) => `\`${image}\``)),
  ];
}

function leftOut({ others, secrets }: Rendered): string[] {
  const why = "`pulumi up` makes them, since a cluster alone can't";
  return [
    ...(others.length === 0 ? [] : ["## Not Kubernetes", "", `${why}:`, "", ...list(others)]),
    ...(secrets.length === 0
      ? []
      : ["## Left out", "", "They would hold a secret in clear text:", "", ...list(secrets)]),
  ];
}

function list(entries: readonly string[]): string[] {
  return [...entries.map((entry) => `- ${entry}`), ""];
}
