package io.flinktide.collector;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Texts that nobody may read, wherever they come up. */
final class Secrets {
  private static final List<String> HIDDEN = new CopyOnWriteArrayList<>();

  private Secrets() {}

  static void hide(String secret) {
    if (!secret.isEmpty()) {
      HIDDEN.add(secret);
    }
  }

  static String mask(String text) {
    for (String secret : HIDDEN) {
      text = text.replace(secret, "********");
    }
    return text;
  }
}
