package io.flinktide.wordcount;

import java.util.Map;
import java.util.TreeMap;

/** How a text's change changes the number of each word: a word that stays as often as it was is left out. */
final class WordDeltas {
  private WordDeltas() {}

  /** Either text may be null: there is no row. */
  static Map<String, Long> between(String before, String after) {
    Map<String, Long> deltas = new TreeMap<>();
    add(deltas, before, -1);
    add(deltas, after, 1);
    deltas.values().removeIf(delta -> delta == 0);
    return deltas;
  }

  private static void add(Map<String, Long> deltas, String text, long sign) {
    if (text != null) {
      for (String word : Words.of(text)) {
        deltas.merge(word, sign, Long::sum);
      }
    }
  }
}
