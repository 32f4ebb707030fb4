/**
 * The words of a line as the wordcount job counts them: every longest run of the ASCII letters A-Z and a-z, in lower
 * case; any other character separates words.
 */
export function splitWords(line: string): string[] {
  return (line.match(/[A-Za-z]+/g) ?? []).map((word) => word.toLowerCase());
}
