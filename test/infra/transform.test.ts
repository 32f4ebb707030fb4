import { transform, type Transform } from "../../infra/transform";

interface Args {
  name: string;
  memory?: number;
}
const args: Args = { name: "a", memory: 1 };

it.each<[string, Transform<Args> | undefined, Args]>([
  ["nothing", undefined, { name: "a", memory: 1 }],
  ["a part", { memory: 2 }, { name: "a", memory: 2 }],
  [
    "a function",
    (given) => void (given.memory = (given.memory ?? 0) + 5),
    { name: "a", memory: 6 },
  ],
])("transform by %s", (_how, change, expected) => {
  expect(transform(change, args)).toEqual(expected);
  expect(args).toEqual({ name: "a", memory: 1 });
});
