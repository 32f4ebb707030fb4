/** Changes a child resource's arguments: either some of them, or a function that edits them in place. */
export type Transform<T> = Partial<T> | ((args: T) => void);

/** The arguments after the caller's change. The given object is left as it was. */
export function transform<T extends object>(change: Transform<T> | undefined, args: T): T {
  const changed = { ...args };
  if (typeof change === "function") change(changed);
  else Object.assign(changed, change);
  return changed;
}
