package io.flinktide.wordcount;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into words: every longest run of the ASCII letters A-Z and a-z is a word, in lower case. Any other
 * character separates words. infra/jobs/words.ts splits identically.
 */
public final class Words {
  private Words() {}

  public static List<String> of(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        word.append((char) (c + ('a' - 'A')));
      } else if (c >= 'a' && c <= 'z') {
        word.append(c);
      } else {
        flush(word, words);
      }
    }
    flush(word, words);
    return words;
  }

  private static void flush(StringBuilder word, List<String> words) {
    if (word.length() > 0) {
      words.add(word.toString());
      word.setLength(0);
    }
  }
}
