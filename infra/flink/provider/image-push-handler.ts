import { z } from "zod";
import { UserError } from "../../errors";
import { exec, tryExec } from "../../exec";
import { checkAgainst, hasUnknowns, type ResourceHandler } from "./resource-handler";

/** The inputs of the resource `flink:index:ImagePush`. */
export const imagePushSchema = z.strictObject({
  /** An image of this machine's Docker engine, by id or tag. */
  image: z.string().min(1),
  /** Where it goes, with a tag that changes with the content: `registry.example.com/team/flink:1.14.6-fd4496a1`. */
  target: z.string().regex(/:[\w.-]+$/),
});
export type ImagePushInput = z.input<typeof imagePushSchema>;

/** `docker push` says last under which digest the registry keeps it. */
const DIGEST = /digest: (sha256:[0-9a-f]{64})/;

/** Pushes as the user would, with the log-ins of the docker command. The tag is only needed for that. */
async function push({ image, target }: ImagePushInput): Promise<string> {
  await exec("docker", ["tag", image, target]);
  const { code, stdout, stderr } = await tryExec("docker", ["push", target]);
  await tryExec("docker", ["rmi", target]);
  const digest = DIGEST.exec(stdout)?.[1];
  if (code === 0 && digest !== undefined) return digest;
  throw new UserError(
    `The image ${target} can't be pushed: ${stderr.trim() || stdout.trim()}. ` +
      `Fix: see that its registry runs and that this machine may push there (docker login), then run again.`,
  );
}

/** One image in a registry, pushed anew only under another tag. It stays there when the stack goes. */
export const imagePushHandler: ResourceHandler = {
  inputs: Object.keys(imagePushSchema.shape),
  outputs: [...Object.keys(imagePushSchema.shape), "digest"],
  check: (news) => checkAgainst(imagePushSchema, news),
  async diff(olds, news) {
    if (hasUnknowns(news)) return { changes: true };
    const { target } = z.object({ target: z.string() }).parse(olds);
    const changes = target !== imagePushSchema.parse(news).target;
    return { changes, replaces: changes ? ["target"] : [] };
  },
  async create(inputs) {
    const wanted = imagePushSchema.parse(inputs);
    return { id: wanted.target, outs: { ...wanted, digest: await push(wanted) } };
  },
  async read(id, props) {
    return { id, props, inputs: props };
  },
  async update(olds) {
    return olds;
  },
  async delete() {},
};
