import { present, type Rule } from "./tenant-parts";
import { overlaps, type Span } from "./time-window";
import { printTimeOfDay } from "./units";

/** What holds between the times and names of windows and exceptions. */

type Timed = Span & { name: string; rank: number };
const LISTS = [
  ["windows", "window"],
  ["exceptions", "exception"],
] as const;

const spansHaveLength: Rule = (tenant) =>
  LISTS.flatMap(([list, kind]) =>
    present<Timed>(tenant[list]).flatMap(({ item, index }) =>
      item.from === item.to
        ? [
            {
              path: `${list}[${index}].to`,
              value: printTimeOfDay(item.to),
              fault: `it equals \`from\`, so the ${kind} is either empty or a whole day`,
              fix: 'give another time, or from "00:00" to "24:00" for the whole day',
            },
          ]
        : [],
    ),
  );

const sameRankDoesNotOverlap: Rule = (tenant) =>
  LISTS.flatMap(([list, kind]) =>
    present<Timed>(tenant[list]).flatMap(({ item: a }, place, all) =>
      all.slice(place + 1).flatMap(({ item: b, index }) =>
        a.rank === b.rank && a.from !== a.to && b.from !== b.to && overlaps(a, b)
          ? [
              {
                path: `${list}[${index}].rank`,
                value: b.rank,
                fault: `${kind} ${b.name} overlaps ${kind} ${a.name} of equal rank`,
                fix: "give one of them a higher rank, or move its times",
              },
            ]
          : [],
      ),
    ),
  );

/** Decisions print the names of both, without saying which is which. */
const exceptionsHaveOwnNames: Rule = ({ windows, exceptions }) =>
  present(exceptions).flatMap(({ item: { name }, index }) =>
    present(windows).some(({ item }) => item.name === name)
      ? [
          {
            path: `exceptions[${index}].name`,
            value: name,
            fault: "a window has this name",
            fix: "give the exception another one",
          },
        ]
      : [],
  );

export const windowRules: readonly Rule[] = [
  spansHaveLength,
  sameRankDoesNotOverlap,
  exceptionsHaveOwnNames,
];
