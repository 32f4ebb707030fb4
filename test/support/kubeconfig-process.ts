import { findAccess } from "../../infra/kubernetes/access";

/**
 * Prints for each KUBECONFIG that is given, as JSON lines, how its cluster is reached: outside of jest, which can't load
 * the client library.
 */
async function main(): Promise<void> {
  for (const KUBECONFIG of process.argv.slice(2)) {
    const line = await describe(KUBECONFIG).catch((error: Error) => ({ error: error.message }));
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

async function describe(KUBECONFIG: string) {
  const around = { env: { KUBECONFIG }, home: "/nowhere", serviceAccount: "/nowhere" };
  const access = await findAccess(around);
  const [first, second] = [await access.credentials(), await access.credentials()];
  const { ca, cert, key, rejectUnauthorized, servername, keepAlive } = (
    first.agent as unknown as { options: Record<string, unknown> }
  ).options;
  const texts = Object.entries({ ca, cert, key }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return {
    ...{ server: access.server, headers: first.headers, sameAgent: first.agent === second.agent },
    ...{ ...Object.fromEntries(texts), rejectUnauthorized, servername, keepAlive },
  };
}

void main();
